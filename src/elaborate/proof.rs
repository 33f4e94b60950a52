//! `prove` and `constraint` blocks, with their names resolved; `verify` decides them.

use super::test::Subject;
use crate::base::Span;
use crate::policy::{Document, Kind};
use crate::syntax::Relation;

/// `prove "title" { ... }`
#[derive(Clone, Debug)]
pub struct Proof {
    /// What it shows.
    pub title: String,
    /// The title.
    pub span: Span,
    /// Its claims in source order, those of a `for` once for each element.
    pub claims: Vec<ProofClaim>,
}

/// One claim about all requests.
#[derive(Clone, Debug)]
pub struct ProofClaim {
    /// All of it.
    pub span: Span,
    /// What is claimed.
    pub claim: Universal,
}

/// What is claimed of all requests.
#[derive(Clone, Debug)]
pub enum Universal {
    /// `A never allows S`, `A always allows S`, `A always denies S`
    Decides {
        /// Whose permissions.
        subject: Subject,
        /// The session and endpoint policies that the requests go through, by kind and name.
        through: Vec<(Kind, String)>,
        /// What is claimed.
        verb: Rule,
        /// `S`: what this allows.
        requests: Document,
    },
    /// `A within B`, `A equivalent B`, `A disjoint B`
    Relates(Subject, Relation, Subject),
}

/// What is claimed of each of some requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It is not allowed.
    NeverAllows,
    /// It is allowed.
    AlwaysAllows,
    /// A statement denies it.
    AlwaysDenies,
}

/// `constraint name on KINDS { ... }`
#[derive(Clone, Debug)]
pub struct Constraint {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// The kinds of policy that it is about.
    pub kinds: Vec<Kind>,
    /// Whether it is about roles.
    pub on_roles: bool,
    /// What it demands.
    pub demands: Vec<Demand>,
    /// Whom it leaves out, and why.
    pub exempt: Vec<Exemption>,
}

/// What a constraint demands of each policy or role.
#[derive(Clone, Debug)]
pub struct Demand {
    /// Where it stands.
    pub span: Span,
    /// What.
    pub demanded: Demanded,
}

/// What a constraint demands.
#[derive(Clone, Debug)]
pub enum Demanded {
    /// `never allows S`, `always denies S`
    Rule(Rule, Document),
    /// `requires KIND`: that the role has a policy of that kind.
    Requires(Kind),
}

/// `exempt A because "..."`
#[derive(Clone, Debug)]
pub struct Exemption {
    /// The policy or role that is left out.
    pub subject: Subject,
    /// Why.
    pub because: String,
    /// Where its name stands.
    pub span: Span,
}
