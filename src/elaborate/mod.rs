//! Modules to policies.
//!
//! In: a loaded [`Project`], the catalogue, values for its `param`s. Out: one [`Policy`] for each declaration that is no
//! template, every element with its place; and roles and organisations with the policies that they name. Names and types are
//! checked here, templates are expanded, conditions brought into IAM's form. Deliberately absent: what is wise; `lint` judges that.

mod action;
mod atom;
mod attribute;
mod body;
mod call;
mod claim;
mod condition;
mod declaration;
mod elaborator;
mod environment;
mod expression;
mod merge;
mod normal;
mod organization;
mod proof;
mod resource;
mod role;
mod test;
mod types;
mod universal;
mod value;

use std::collections::BTreeMap;

use crate::base::Span;
use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::policy::limits::{Length, Limit, limit_of};
use crate::policy::{Document, Kind, Text};
use crate::project::{Config, Project};

pub use condition::inferred_family;
pub use organization::{Account, Organization, Unit};
pub use proof::{Constraint, Demand, Demanded, Exemption, Proof, ProofClaim, Rule, Universal};
pub use role::Role;
pub use test::{Case, KeyState, Refusal, Subject, Test};

/// One policy, complete but not yet judged.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// Its document.
    pub document: Document,
    /// Whether the document holds all that the source says: nothing was left out because it is wrong.
    pub complete: bool,
    /// For each statement of the document: the calls of templates that it came by, innermost last.
    pub trails: Vec<Vec<Span>>,
    /// The ARN of the resource that a resource-based policy is for, and its service.
    pub target: Option<Target>,
    /// `@inline`: embedded in one user, group or role.
    pub inline: bool,
    /// The text of its documentation comment.
    pub description: Option<String>,
    /// The name of the declared policy that it is a part of, where that had to be divided.
    pub part_of: Option<String>,
    /// How long the text is that holds nothing but the document and is what AWS is given; of source, which is written anew, nothing.
    pub written: Option<Length>,
}

impl Policy {
    /// How large it may be; `raised` holds the quotas raised for the account, by the keyword of the kind.
    pub fn limit(&self, raised: &BTreeMap<String, usize>) -> Limit {
        let service = self.target.as_ref().map(|target| target.service.as_str());
        let limit = limit_of(self.kind, service, self.inline);
        let raised = raised.get(self.kind.keyword()).copied().filter(|_| !self.inline);
        Limit { size: raised.unwrap_or(limit.size), ..limit }
    }

    /// A policy whose document does not come from source.
    pub fn of_document(kind: Kind, name: String, document: Document, span: Span) -> Self {
        Policy {
            kind,
            name,
            span,
            complete: true,
            trails: vec![Vec::new(); document.statements.len()],
            document,
            target: None,
            inline: false,
            description: None,
            part_of: None,
            written: None,
        }
    }
}

/// What a resource-based policy is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Service prefix, `s3`.
    pub service: String,
    /// Its ARN.
    pub arn: Text,
}

/// `@accept(code, because: "...", until: date)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// The code.
    pub code: String,
    /// The reason.
    pub because: String,
    /// The last day on which it holds, `2027-06-30`.
    pub until: Option<String>,
    /// What it covers: the declaration or statement that it stands before, with what is expanded there; in JSON the documents or
    /// statements that it names, of which there may be none.
    pub scopes: Vec<Span>,
    /// Whether all of that could be looked at, so that an acceptance without a finding is one too many.
    pub complete: bool,
    /// Where it is written.
    pub span: Span,
    /// The same with the blanks behind it: what is removed with it, where it can be removed.
    pub removal: Option<Span>,
}

impl Acceptance {
    /// Whether it accepts that finding.
    pub fn covers(&self, finding: &Diagnostic) -> bool {
        self.code == finding.code.name
            && std::iter::once(finding.primary.span)
                .chain(finding.about)
                .chain(finding.whose)
                .chain(finding.trail.iter().copied())
                .any(|at| self.scopes.iter().any(|scope| scope.contains(at)))
    }
}

/// All that a project declares.
#[derive(Clone, Debug, Default)]
pub struct Elaborated {
    /// Its policies, in source order.
    pub policies: Vec<Policy>,
    /// Its roles.
    pub roles: Vec<Role>,
    /// Its organisations.
    pub organizations: Vec<Organization>,
    /// Its tests.
    pub tests: Vec<Test>,
    /// Its `prove` blocks.
    pub proofs: Vec<Proof>,
    /// Its constraints.
    pub constraints: Vec<Constraint>,
    /// The findings that are accepted, with reasons; those of a template once, however often it is instantiated.
    pub acceptances: Vec<Acceptance>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// What decides the values that the source leaves open.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// What AWS has.
    pub catalogue: &'a Catalogue,
    /// `leastwise.toml`.
    pub config: &'a Config,
    /// `--set name=value`.
    pub set: &'a BTreeMap<String, String>,
}

/// Elaborates every declaration of a project. Never fails: what is wrong is in the diagnostics.
pub fn elaborate(project: &Project, inputs: Inputs<'_>) -> Elaborated {
    let mut elaborator = elaborator::Elaborator::new(project, inputs);
    elaborator.run();
    elaborator.finish()
}
