//! AWS policy JSON to documents.
//!
//! In: a text, or a part of one. Out: a [`Document`] in which every element knows its place in that text, or what AWS would
//! refuse, each at its place. This is the one way in for JSON. Deliberately absent: what only a kind of policy decides (whether there
//! is a principal, which actions there are): `lint` looks at that, on JSON and on source alike.

mod condition;
mod document;
pub mod json;
mod plain;
mod quick;

use crate::base::Span;
use crate::diagnostic::Diagnostic;

use super::Document;
use json::{Node, Place};

/// How strictly JSON is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// As AWS does.
    #[default]
    Strict,
    /// With comments and trailing commas, as people keep policies.
    Lenient,
}

/// A document, and what was read beside it.
#[derive(Clone, Debug)]
pub struct Read {
    /// The document.
    pub document: Document,
    /// Its comments, which only [`Mode::Lenient`] lets pass, in order.
    pub comments: Vec<(Span, String)>,
}

/// Reads a text that is one policy document.
pub fn read(place: Place<'_>, text: &str, mode: Mode) -> Result<Read, Vec<Diagnostic>> {
    if let Some(document) = quick::read(place, text) {
        return Ok(Read { document, comments: Vec::new() });
    }
    let parsed = json::parse(place, text, mode).map_err(|error| vec![*error])?;
    Ok(Read { document: read_node(&parsed.root)?, comments: parsed.comments })
}

/// Reads a document that is part of a larger JSON text.
pub fn read_node(node: &Node<'_>) -> Result<Document, Vec<Diagnostic>> {
    read_partly(node).whole()
}

/// What can be read of a document, also where AWS would refuse it.
#[derive(Clone, Debug, Default)]
pub struct Partial {
    /// The statements that AWS would not refuse, where there are any at all.
    pub document: Option<Document>,
    /// What AWS would refuse.
    pub errors: Vec<Diagnostic>,
    /// What AWS takes, and what does not show in the document: findings that can be accepted.
    pub remarks: Vec<Diagnostic>,
}

impl Partial {
    /// The document, if nothing of it would be refused.
    pub fn whole(self) -> Result<Document, Vec<Diagnostic>> {
        match self.document {
            Some(document) if self.errors.is_empty() => Ok(document),
            _ => Err(self.errors),
        }
    }
}

/// Reads what can be read of a document that is part of a larger JSON text.
pub fn read_partly(node: &Node<'_>) -> Partial {
    document::read(node)
}

#[cfg(test)]
mod tests;
