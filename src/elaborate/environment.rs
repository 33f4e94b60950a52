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
    pub(super) this: Option<Valued>,
    /// The calls of templates, innermost last.
    pub(super) trail: Trail,
    /// The templates being expanded, to notice one that comes back to itself.
    pub(super) open: Vec<(ModuleId, usize)>,
}

impl Environment {
    /// The top level of a module.
    pub(super) fn of(module: ModuleId) -> Self {
        Self { module, locals: Vec::new(), this: None, trail: Vec::new(), open: Vec::new() }
    }

    /// The innermost local of that name.
    pub(super) fn local(&self, name: &str) -> Option<&Valued> {
        self.locals.iter().rev().find(|(local, _)| local == name).map(|(_, value)| value)
    }
}
