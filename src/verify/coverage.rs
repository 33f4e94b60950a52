//! What the tests of a project reach: statements that apply to some request, tests of conditions that some request fails.

use std::collections::HashSet;

use crate::base::Span;
use crate::elaborate::{Elaborated, Policy};
use crate::evaluate::{Clauses, Truth};
use crate::policy::Kind;

/// A statement of a policy.
type Place<'a> = (Kind, &'a str, usize);

/// What requests have touched.
#[derive(Default)]
pub(super) struct Touched<'a> {
    /// Statements that applied.
    applied: HashSet<Place<'a>>,
    /// Tests of conditions that alone of the statement's clauses, or with other tests, kept it from applying.
    failed: HashSet<(Place<'a>, usize)>,
}

impl<'a> Touched<'a> {
    /// Takes in what the statements of a policy said of a request.
    pub(super) fn record(&mut self, policy: &'a Policy, clauses: &[Clauses]) {
        for (index, clauses) in clauses.iter().enumerate() {
            let place = (policy.kind, policy.name.as_str(), index);
            if clauses.applies() == Truth::Yes {
                self.applied.insert(place);
            }
            if clauses.principal && clauses.action && clauses.resource == Truth::Yes {
                let failed = clauses.condition.iter().enumerate().filter(|(_, holds)| **holds == Truth::No);
                self.failed.extend(failed.map(|(test, _)| (place, test)));
            }
        }
    }
}

/// What the tests of a project reach, and what they do not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// How many statements the policies have.
    pub statements: usize,
    /// How many tests of conditions they have.
    pub conditions: usize,
    /// What no request touches, in source order.
    pub untouched: Vec<Untouched>,
}

/// Something that the tests do not touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untouched {
    /// The policy's kind and name.
    pub policy: String,
    /// Where it stands.
    pub span: Span,
    /// The condition key whose test no request fails; `None` for a statement that applies to no request.
    pub key: Option<String>,
}

impl Coverage {
    pub(super) fn new(elaborated: &Elaborated, touched: &Touched<'_>) -> Self {
        let mut coverage = Self::default();
        for policy in &elaborated.policies {
            let name = format!("{} {}", policy.kind.keyword(), policy.name);
            for (index, statement) in policy.document.statements.iter().enumerate() {
                let place = (policy.kind, policy.name.as_str(), index);
                coverage.statements += 1;
                coverage.conditions += statement.condition.len();
                let mut untouched = |span, key| coverage.untouched.push(Untouched { policy: name.clone(), span, key });
                if !touched.applied.contains(&place) {
                    untouched(statement.span, None);
                }
                for (test, written) in statement.condition.iter().enumerate() {
                    if !touched.failed.contains(&(place, test)) {
                        untouched(written.key.span, Some(written.key.value.to_string()));
                    }
                }
            }
        }
        coverage
    }
}
