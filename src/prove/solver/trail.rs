//! What is assigned, in which order, at which depth of decisions, and why.

use super::clauses::{ClauseId, NONE};
use super::literal::{Lit, Var};

/// The assigned literals, oldest first, and what is known of each variable.
#[derive(Default)]
pub(super) struct Trail {
    /// For each literal: 1 true, -1 false, 0 neither.
    values: Vec<i8>,
    levels: Vec<u32>,
    reasons: Vec<ClauseId>,
    literals: Vec<Lit>,
    /// Where each level but level 0 starts.
    starts: Vec<usize>,
    /// How many of the literals were propagated.
    pub(super) propagated: usize,
}

impl Trail {
    /// Makes room for one more variable.
    pub(super) fn grow(&mut self) -> Var {
        let var = Var::from_index(self.levels.len());
        self.values.extend([0, 0]);
        self.levels.push(0);
        self.reasons.push(NONE);
        var
    }

    pub(super) fn is_true(&self, lit: Lit) -> bool {
        self.values[lit.index()] > 0
    }

    pub(super) fn is_false(&self, lit: Lit) -> bool {
        self.values[lit.index()] < 0
    }

    pub(super) fn is_open(&self, lit: Lit) -> bool {
        self.values[lit.index()] == 0
    }

    /// The level at which the variable of an assigned literal was assigned.
    pub(super) fn level(&self, lit: Lit) -> u32 {
        self.levels[lit.var().index()]
    }

    /// The clause that forced an assigned variable, or [`NONE`].
    pub(super) fn reason(&self, var: Var) -> ClauseId {
        self.reasons[var.index()]
    }

    pub(super) fn forget_reason(&mut self, var: Var) {
        self.reasons[var.index()] = NONE;
    }

    pub(super) fn literals(&self) -> &[Lit] {
        &self.literals
    }

    pub(super) fn len(&self) -> usize {
        self.literals.len()
    }

    /// The current level: the number of decisions.
    pub(super) fn depth(&self) -> u32 {
        self.starts.len() as u32
    }

    pub(super) fn deepen(&mut self) {
        self.starts.push(self.literals.len());
    }

    /// How many literals are assigned at `level` and below it.
    pub(super) fn len_at(&self, level: u32) -> usize {
        self.starts.get(level as usize).copied().unwrap_or(self.literals.len())
    }

    pub(super) fn assign(&mut self, lit: Lit, reason: ClauseId) {
        debug_assert!(self.is_open(lit));
        self.values[lit.index()] = 1;
        self.values[(!lit).index()] = -1;
        self.levels[lit.var().index()] = self.starts.len() as u32;
        self.reasons[lit.var().index()] = reason;
        self.literals.push(lit);
    }

    /// Takes back all that was assigned above `level`.
    pub(super) fn cut(&mut self, level: u32) {
        let len = self.len_at(level);
        for lit in self.literals.drain(len..) {
            self.values[lit.index()] = 0;
            self.values[(!lit).index()] = 0;
        }
        self.starts.truncate(level as usize);
        self.propagated = self.propagated.min(len);
    }
}
