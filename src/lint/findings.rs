//! Where the rules put what they find.

use std::collections::HashSet;

use crate::base::Span;
use crate::diagnostic::{Code, Diagnostic};
use crate::elaborate::Policy;

/// The findings on one policy.
pub(super) struct Findings<'a> {
    policy: &'a Policy,
    found: &'a mut Vec<Diagnostic>,
    /// Which codes have been found in which statements.
    told: HashSet<(usize, &'static str)>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(policy: &'a Policy, found: &'a mut Vec<Diagnostic>) -> Self {
        Self { policy, found, told: HashSet::new() }
    }

    /// Whether something of that code has been found in the statement of that number.
    pub(super) fn has(&self, index: usize, code: &Code) -> bool {
        self.told.contains(&(index, code.name))
    }

    /// A finding on the policy as a whole.
    pub(super) fn on_policy(&mut self, finding: Diagnostic) {
        self.found.push(finding);
    }

    /// A finding in the statement of that number, told with the calls of templates that the statement came by.
    pub(super) fn on_statement(&mut self, index: usize, finding: Diagnostic) {
        self.told.insert((index, finding.code.name));
        self.found.push(placed(self.policy, index, finding));
    }
}

/// A finding in the statement of that number, told with the calls of templates that the statement came by.
pub(super) fn placed(policy: &Policy, index: usize, finding: Diagnostic) -> Diagnostic {
    let trail: &[Span] = policy.trails.get(index).map_or(&[], Vec::as_slice);
    let finding = match policy.document.statements.get(index) {
        Some(statement) => finding.about(statement.span),
        None => finding,
    };
    finding.by_way_of(trail)
}
