//! Policies back to source.
//!
//! In: documents read from JSON, with the kinds and names that they are to have. Out: formatted source that compiles to the same
//! documents. Deliberately absent: guesses; what the language cannot say is refused, and what our own checks refuse but AWS takes is
//! accepted in the source with a reason.

mod action;
mod condition;
mod library;
mod literal;
mod name;
mod principal;
mod resource;
mod shared;
mod statement;

use std::collections::BTreeSet;

use crate::base::{FileId, SourceMap, Span};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostic, Level, code};
use crate::elaborate::{Policy, Target};
use crate::format::format;
use crate::inventory::{Shown, recognise, target};
use crate::lint::{Context, Surroundings, lint};
use crate::policy::{Document, Kind, Statement};
use crate::project::Defaults;

pub use name::Names;

/// A document that is to become a declaration.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its kind.
    pub kind: Kind,
    /// Its name, as the language takes it.
    pub name: String,
    /// The document, with its places in the JSON.
    pub document: Document,
    /// Where the document stands.
    pub span: Span,
    /// The comments in it.
    pub comments: Vec<(Span, String)>,
    /// Whether it is embedded in one user, group or role.
    pub inline: bool,
    /// What becomes its documentation comment.
    pub description: Option<String>,
}

/// What an import looks things up in.
#[derive(Clone, Copy, Debug)]
pub struct Lookup<'a> {
    /// The JSON that the spans point into.
    pub sources: &'a SourceMap,
    /// What AWS has.
    pub catalogue: &'a Catalogue,
    /// What the project that the source is for gives to resources that name none.
    pub defaults: &'a Defaults,
}

/// The source of one policy whose kind is a guess, of what a file is called or a list says: where AWS would refuse it as that
/// kind, as the kind that the document itself shows. The result has the kind that it became.
pub fn source_of_likely_kind(
    lookup: Lookup<'_>,
    named: &Named,
    names: &mut Names,
) -> Result<(Kind, String), Vec<Diagnostic>> {
    // Names are given out after every check, so that what is refused takes none.
    let refused = match source(lookup, named, names) {
        Ok(text) => return Ok((named.kind, text)),
        Err(refused) => refused,
    };
    let kind = recognise(&named.document);
    let is_of_kind = |finding: &Diagnostic| finding.code.name == code::KIND_RULE.name;
    if kind == named.kind || !refused.iter().all(is_of_kind) {
        return Err(refused);
    }
    source(lookup, &Named { kind, ..named.clone() }, names).map(|text| (kind, text)).map_err(|_| refused)
}

/// The source of one policy, formatted; or what AWS would refuse of it, at its place in the JSON.
pub fn source(lookup: Lookup<'_>, named: &Named, names: &mut Names) -> Result<String, Vec<Diagnostic>> {
    let shown = (named.kind == Kind::Resource).then(|| target(&named.document, None));
    let policy = policy_of(named, shown.as_ref());
    let surroundings = Surroundings::default();
    let context = Context { sources: lookup.sources, catalogue: lookup.catalogue, surroundings: &surroundings };
    let findings = lint(context, std::slice::from_ref(&policy), &[]);
    let denied = || findings.iter().filter(|finding| finding.level == Level::Deny);
    let refused: Vec<Diagnostic> = denied().filter(|finding| !finding.code.acceptable).cloned().collect();
    if !refused.is_empty() {
        return Err(refused);
    }
    // A finding on the policy as a whole, its size, is not accepted: AWS would not take it either.
    let accepted: Vec<(&str, Span)> = denied()
        .filter(|finding| finding.code.name != code::SIZE_LIMIT.name || finding.primary.span != named.span)
        .map(|one| (one.code.name, one.primary.span))
        .collect();
    let text = statement::policy(lookup, named, shown.as_ref(), &accepted, names);
    format(FileId(0), &text).map_err(|error| {
        let message = format!("this policy cannot be written as source: {error}");
        vec![Diagnostic::new(&code::POLICY_GRAMMAR, named.span, message).help("please report it with the policy")]
    })
}

/// One statement in the language's words; `target` is what a resource-based policy is for, which is `self` in it.
pub fn statement_text(lookup: Lookup<'_>, kind: Kind, statement: &Statement, target: Option<&Target>) -> String {
    statement::shown(lookup, kind, statement, target)
}

/// As the checks take it.
fn policy_of(named: &Named, shown: Option<&Shown>) -> Policy {
    let document = as_compiled(named.document.clone());
    Policy {
        target: shown.map(Shown::target),
        inline: named.inline,
        description: named.description.clone(),
        ..Policy::of_document(named.kind, named.name.clone(), document, named.span)
    }
}

/// As it is compiled again: nothing stands twice in a list, and there is no empty Sid.
fn as_compiled(mut document: Document) -> Document {
    for statement in &mut document.statements {
        statement.sid = statement.sid.take().filter(|sid| !sid.value.is_empty());
        let mut seen = BTreeSet::new();
        statement.action.patterns.retain(|one| seen.insert(one.value.to_ascii_lowercase()));
        if let Some(element) = &mut statement.resource {
            let mut seen = BTreeSet::new();
            element.patterns.retain(|one| seen.insert(one.value.clone()));
        }
        if let Some(element) = &mut statement.principal {
            let mut seen = BTreeSet::new();
            element.principals.retain(|one| seen.insert(one.value.clone()));
        }
    }
    document
}
