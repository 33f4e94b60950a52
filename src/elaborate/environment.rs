//! What is in scope while an expression is evaluated.

use super::value::{Trail, Valued};
use crate::project::ModuleId;

/// The names, `self`, and the way by which evaluation came here.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    /// Whose names are in scope.
    pub(super) module: ModuleId,
    /// Parameters and loop names, the innermost last.
    pub(super) locals: Vec<(String, Valued)>,
    /// What `self` is.
    pub(super) this: This,
    /// The calls of templates, innermost last.
    pub(super) trail: Trail,
    /// The templates being expanded, to notice one that comes back to itself.
    pub(super) open: Vec<(ModuleId, usize)>,
}

/// What `self` is.
#[derive(Clone, Debug)]
pub(super) enum This {
    /// Nothing: no resource-based policy, no boundary.
    Nothing,
    /// A boundary, whose ARN holds an account that nothing gives.
    NeedsAccount,
    /// The resource of a resource-based policy, a boundary's own ARN.
    Value(Valued),
}

impl Environment {
    /// The top level of a module.
    pub(super) fn of(module: ModuleId) -> Self {
        Self { module, locals: Vec::new(), this: This::Nothing, trail: Vec::new(), open: Vec::new() }
    }

    /// The innermost local of that name.
    pub(super) fn local(&self, name: &str) -> Option<&Valued> {
        self.locals.iter().rev().find(|(local, _)| local == name).map(|(_, value)| value)
    }
}
