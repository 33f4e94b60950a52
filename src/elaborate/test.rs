//! `test` blocks, with their names resolved; `verify` runs them.

use crate::base::Span;
use crate::policy::{Kind, Located, Principal, Text};
use crate::syntax::Verb;

/// `test "title" { ... }`
#[derive(Clone, Debug)]
pub struct Test {
    /// What it shows.
    pub title: String,
    /// The title.
    pub span: Span,
    /// Its claims in source order, those of a `for` once for each element.
    pub cases: Vec<Case>,
    /// Its `refuses` blocks.
    pub refusals: Vec<Refusal>,
    /// The whole block.
    pub item: Span,
}

/// `refuses "code" { ... }`: these declarations, in the place of the test, are refused with that code.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The code.
    pub code: String,
    /// All of it.
    pub span: Span,
    /// The code's literal, behind which the block stands.
    pub code_span: Span,
}

/// One claim: of each of these actions on each of these resources by each of these principals.
#[derive(Clone, Debug)]
pub struct Case {
    /// All of it.
    pub span: Span,
    /// Whose permissions.
    pub subject: Subject,
    /// `allows`, `denies`, `denies explicitly`
    pub verb: Verb,
    /// Actions, or patterns of them.
    pub actions: Vec<Located<String>>,
    /// Resources; `*` where none are named.
    pub resources: Vec<Located<Text>>,
    /// Who asks; whoever the subject belongs to where nobody is named.
    pub principals: Vec<Located<Principal>>,
    /// The session policies that were passed to the role, and the policies of the VPC endpoint: their kinds and names.
    pub through: Vec<(Kind, String)>,
    /// What is said of the condition keys; the others are open.
    pub context: Vec<(Located<String>, KeyState)>,
}

/// Whose permissions a claim is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A policy, by itself.
    Policy(Kind, String),
    /// A role, with every layer that the project declares for it.
    Role(String),
    /// A template, a grant, an organisation: nothing that decides a request.
    Other,
}

/// What a claim says of a condition key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// The request does not have it.
    Absent,
    /// It has one value.
    One(String),
    /// It has these values.
    Several(Vec<String>),
}
