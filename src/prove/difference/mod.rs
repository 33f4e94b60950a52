//! What a change of a document means: the requests that it newly allows and no longer allows, as few regions in IAM's own words.
//!
//! A region is a statement. It is cut out of the statements of the documents: an allow of one document with what of it the other does
//! not allow (`cut`), and what a deny of the other document took away from it (`meet`). Every question is one of whole documents, so
//! that a region is as certain as `within` is, and has an example that the evaluator has decided. Of an identity with all its layers it
//! is the same (`layers`).

mod asking;
mod cut;
mod example;
mod layers;
mod meet;
mod side;

#[cfg(test)]
mod tests;

pub use layers::of_identity;

use super::prover::Counterexample;
use super::subject::Subject;
use crate::base::Span;
use crate::catalogue::Catalogue;
use crate::policy::{
    ActionElement, Document, Effect, Kind, Located, Principal, PrincipalElement, ResourceElement, Statement,
};

/// How what a document allows relates to what it allowed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The same requests are allowed.
    Equal,
    /// Fewer.
    Narrower,
    /// More.
    Wider,
    /// Some more, and some no longer.
    Incomparable,
    /// It could not be found out.
    Unknown,
}

impl Relation {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Relation::Equal => "equal",
            Relation::Narrower => "narrower",
            Relation::Wider => "wider",
            Relation::Incomparable => "incomparable",
            Relation::Unknown => "unknown",
        }
    }
}

/// Requests that one document allows and another does not.
#[derive(Clone, Debug)]
pub struct Region {
    /// An allow, without a Sid, that covers them.
    pub statement: Statement,
    /// What of it both documents allow.
    pub except: Vec<Statement>,
    /// The denies of the document itself that hold for some of it.
    pub denied: Vec<Statement>,
    /// Whether more of it than that does not differ.
    pub partly: bool,
    /// A request in it that the one allows and the other does not.
    pub example: Counterexample,
}

/// What one document allows and another does not.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// Whether there is anything; nothing where that could not be found out.
    pub any: Option<bool>,
    /// All of it.
    pub regions: Vec<Region>,
    /// Why not all of it may be there.
    pub unknown: Option<String>,
}

/// A change of a document.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What is newly allowed.
    pub gained: Side,
    /// What is no longer allowed.
    pub lost: Side,
}

impl Difference {
    /// How the new document relates to the old one.
    pub fn relation(&self) -> Relation {
        relation(self.gained.any, self.lost.any)
    }
}

/// The relation where something is gained and where something is lost, as far as that is known.
pub fn relation(gained: Option<bool>, lost: Option<bool>) -> Relation {
    match (gained, lost) {
        (None, _) | (_, None) => Relation::Unknown,
        (Some(false), Some(false)) => Relation::Equal,
        (Some(false), Some(true)) => Relation::Narrower,
        (Some(true), Some(false)) => Relation::Wider,
        (Some(true), Some(true)) => Relation::Incomparable,
    }
}

/// What changes between two documents; both have principals, or none has.
pub fn difference(catalogue: &Catalogue, old: Subject<'_>, new: Subject<'_>) -> Difference {
    let has_principals = old.has_principals || new.has_principals;
    Difference {
        gained: side::side(catalogue, new.document, old.document, has_principals),
        lost: side::side(catalogue, old.document, new.document, has_principals),
    }
}

/// A deny of `old`, with a request that it denies and `new` neither denies nor allows: another policy may allow it now.
pub fn no_longer_denied(
    catalogue: &Catalogue,
    old: Subject<'_>,
    new: Subject<'_>,
) -> Option<(Statement, Counterexample)> {
    let as_allows = |document: &Document, with_allows: bool| {
        let kept = document.statements.iter().filter(|one| one.effect == Effect::Deny || with_allows);
        let statements = kept.map(|one| Statement { effect: Effect::Allow, ..one.clone() }).collect();
        Document { version: document.version, id: None, statements }
    };
    let (denied, told) = (as_allows(old.document, false), as_allows(new.document, true));
    denied.statements.iter().find_map(|deny| {
        let statements = vec![deny.clone()];
        let alone = Document { statements, ..denied.clone() };
        let mut asking = asking::Asking::new(catalogue, &alone, &told, old.has_principals);
        let example = asking.example(deny).ok()?;
        Some((Statement { sid: None, effect: Effect::Deny, ..deny.clone() }, example))
    })
}

/// A document as AWS has it attached: beside a control policy that only denies stands the one that allows everything, for by itself it
/// would allow nothing. That comes last, so that the statements of the document keep their places.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>
pub fn as_attached(document: Document, kind: Kind) -> Document {
    let allows = document.statements.iter().any(|statement| statement.effect == Effect::Allow);
    if allows || !matches!(kind, Kind::Scp | Kind::Rcp) {
        return document;
    }
    let mut document = with_full_access(&document, kind.has_principals());
    document.statements.rotate_left(1);
    document
}

/// A document with full access beside its statements, as AWS attaches it beside a control policy.
pub fn with_full_access(document: &Document, has_principals: bool) -> Document {
    let mut document = document.clone();
    document.statements.insert(0, everything(has_principals));
    document
}

/// The statement that allows every request.
fn everything(has_principals: bool) -> Statement {
    let any = |text: &str| Located::new(text.into(), Span::default());
    let anyone =
        || PrincipalElement { negated: false, principals: vec![Located::new(Principal::Anyone, Span::default())] };
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: has_principals.then(anyone),
        action: ActionElement { negated: false, patterns: vec![Located::new("*".to_owned(), Span::default())] },
        resource: Some(ResourceElement { negated: false, patterns: vec![any("*")] }),
        condition: Vec::new(),
        span: Span::default(),
    }
}
