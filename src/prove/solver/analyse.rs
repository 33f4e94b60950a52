//! What follows from a conflict: a new clause and how far to step back, or which assumptions failed.

use super::Solver;
use super::clauses::{ClauseId, Kind, NONE};
use super::literal::{Lit, Var};

/// Room that is used again and again.
#[derive(Default)]
pub(super) struct Scratch {
    /// For each variable, whether the analysis met it.
    seen: Vec<bool>,
    /// The variables so marked.
    marked: Vec<Var>,
    /// The clause being learned.
    learned: Vec<Lit>,
    stack: Vec<Lit>,
    /// For each level, the last clause that has a literal of it.
    levels: Vec<u64>,
    stamp: u64,
    /// For each literal, whether the clause being added has it; all false in between.
    pub(super) gathered: Vec<bool>,
    /// The clause being added.
    pub(super) clause: Vec<Lit>,
}

impl Scratch {
    /// Makes room for one more variable.
    pub(super) fn grow(&mut self) {
        self.seen.push(false);
        self.gathered.extend([false, false]);
        // One level for each decision, one for the assumptions, and level 0.
        self.levels.resize(self.seen.len() + 2, 0);
    }
}

impl Solver {
    /// Learns from a clause that is false in full, at the current level `top`: steps back and assigns what follows.
    pub(super) fn learn_from(&mut self, id: ClauseId, top: u32) {
        let mut learned = std::mem::take(&mut self.scratch.learned);
        self.resolve(id, top, &mut learned);
        self.minimise(&mut learned);
        let glue = self.count_levels(&learned);
        let mut back = 0;
        if learned.len() > 1 {
            let highest = (1..learned.len()).max_by_key(|&at| self.trail.level(learned[at])).unwrap_or(1);
            learned.swap(1, highest);
            back = self.trail.level(learned[1]);
        }
        self.unmark();
        self.back_to(back.max(self.floor));
        let step = self.record.as_mut().map_or(0, |record| record.learned(&learned));
        let id = self.clauses.add(&learned, Kind::Learned, glue, step);
        self.bump_clause(id);
        self.trail.assign(learned[0], id);
        if back < self.floor {
            self.arrivals.push(id);
        }
        self.scratch.learned = learned;
        self.bump /= 0.95;
        self.clause_bump /= 0.999;
    }

    /// Resolves a conflict with reasons until one literal of level `top` is left; its opposite comes first.
    fn resolve(&mut self, mut id: ClauseId, top: u32, learned: &mut Vec<Lit>) {
        learned.clear();
        learned.push(self.trail.literals()[0]);
        let mut place = self.trail.len();
        let mut open = 0;
        loop {
            self.use_clause(id);
            for at in 0..self.clauses.literals(id).len() {
                let lit = self.clauses.literals(id)[at];
                if !self.mark(lit) {
                    continue;
                }
                self.bump_var(lit.var());
                match self.trail.level(lit) == top {
                    true => open += 1,
                    false => learned.push(lit),
                }
            }
            let pivot = loop {
                place -= 1;
                let lit = self.trail.literals()[place];
                if self.scratch.seen[lit.var().index()] {
                    break lit;
                }
            };
            open -= 1;
            if open == 0 {
                learned[0] = !pivot;
                return;
            }
            id = self.trail.reason(pivot.var());
        }
    }

    /// Marks the variable of an assigned literal. Not if it is marked, or settled for ever.
    fn mark(&mut self, lit: Lit) -> bool {
        let var = lit.var();
        if self.scratch.seen[var.index()] {
            return false;
        }
        if self.trail.level(lit) == 0 {
            self.use_root(var);
            return false;
        }
        self.scratch.seen[var.index()] = true;
        self.scratch.marked.push(var);
        true
    }

    fn unmark(&mut self) {
        for var in self.scratch.marked.drain(..) {
            self.scratch.seen[var.index()] = false;
        }
    }

    /// Leaves out the literals that the others imply.
    fn minimise(&mut self, learned: &mut Vec<Lit>) {
        self.count_levels(learned);
        let mut kept = 1;
        for at in 1..learned.len() {
            let lit = learned[at];
            if self.trail.reason(lit.var()) == NONE || !self.is_implied(lit) {
                learned[kept] = lit;
                kept += 1;
            }
        }
        learned.truncate(kept);
    }

    /// Whether a literal of the clause is false because others of it are.
    fn is_implied(&mut self, lit: Lit) -> bool {
        let marked = self.scratch.marked.len();
        let used = self.record.as_ref().map_or(0, |record| record.uses());
        self.scratch.stack.clear();
        self.scratch.stack.push(lit);
        while let Some(lit) = self.scratch.stack.pop() {
            let id = self.trail.reason(lit.var());
            self.use_clause(id);
            for at in 0..self.clauses.literals(id).len() {
                let lit = self.clauses.literals(id)[at];
                if !self.mark(lit) {
                    continue;
                }
                let foreign = self.scratch.levels[self.trail.level(lit) as usize] != self.scratch.stamp;
                if foreign || self.trail.reason(lit.var()) == NONE {
                    for var in self.scratch.marked.drain(marked..) {
                        self.scratch.seen[var.index()] = false;
                    }
                    if let Some(record) = &mut self.record {
                        record.unuse(used);
                    }
                    return false;
                }
                self.scratch.stack.push(lit);
            }
        }
        true
    }

    /// From how many levels the literals of a clause are; stamps those.
    fn count_levels(&mut self, lits: &[Lit]) -> u32 {
        self.scratch.stamp += 1;
        let mut count = 0;
        for &lit in lits {
            let level = &mut self.scratch.levels[self.trail.level(lit) as usize];
            count += u32::from(*level != self.scratch.stamp);
            *level = self.scratch.stamp;
        }
        count
    }

    /// Takes a clause that the assumptions make false, and finds which of them do.
    pub(super) fn fail(&mut self, id: ClauseId) {
        self.core.clear();
        self.hopeless = self.top(id) == 0;
        self.mark_all(id);
        for place in (self.trail.len_at(0)..self.trail.len()).rev() {
            let lit = self.trail.literals()[place];
            if self.scratch.seen[lit.var().index()] {
                match self.trail.reason(lit.var()) {
                    NONE => self.core.push(lit),
                    reason => self.mark_all(reason),
                }
            }
        }
        self.unmark();
        self.record_final();
    }

    fn mark_all(&mut self, id: ClauseId) {
        self.use_clause(id);
        for at in 0..self.clauses.literals(id).len() {
            self.mark(self.clauses.literals(id)[at]);
        }
    }

    /// Notes that an assumption is false for ever, or by another assumption.
    pub(super) fn fail_assumption(&mut self, lit: Lit) {
        self.core.clear();
        self.core.push(lit);
        match self.trail.level(lit) {
            0 => self.use_root(lit.var()),
            _ => self.core.push(!lit),
        }
        self.record_final();
    }

    fn bump_var(&mut self, var: Var) {
        let activity = &mut self.activity[var.index()];
        *activity += self.bump;
        if *activity > 1e100 {
            self.activity.iter_mut().for_each(|activity| *activity *= 1e-100);
            self.bump *= 1e-100;
        }
    }

    fn bump_clause(&mut self, id: ClauseId) {
        let clause = self.clauses.get_mut(id);
        clause.activity += self.clause_bump;
        if clause.activity > 1e20 {
            self.clauses.scale_activities(1e-20);
            self.clause_bump *= 1e-20;
        }
    }

    /// Notes that the conclusion in the making rests on a clause.
    fn use_clause(&mut self, id: ClauseId) {
        if self.clauses.get(id).kind == Kind::Learned {
            self.bump_clause(id);
        }
        if let Some(record) = &mut self.record {
            record.use_step(self.clauses.get(id).step);
        }
    }
}
