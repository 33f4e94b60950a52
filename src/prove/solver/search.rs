//! The loop, decisions, restarts and tidying.

use super::clauses::{ClauseId, Kind, NONE};
use super::literal::Lit;
use super::theory::{Extension, Theory};
use super::{Answer, Solver};

/// Conflicts before the first restart.
const RESTART: u64 = 64;

impl Solver {
    /// Whether the clauses have a model in which all assumptions hold and with which the theory agrees.
    ///
    /// Takes from `budget` one for each literal propagated and for each turn of the loop; gives up when there is
    /// nothing left. The solver can be used further, whatever the answer.
    pub fn solve(&mut self, assumptions: &[Lit], theory: &mut impl Theory, budget: &mut u64) -> Answer {
        let answer = match self.begin(assumptions) {
            true => self.run(theory, budget),
            false => Some(false),
        };
        match answer {
            Some(true) => Answer::Sat,
            Some(false) => Answer::Unsat { core: self.core.clone() },
            None => Answer::Exhausted,
        }
    }

    /// Assumes the assumptions. Not if that fails at once.
    fn begin(&mut self, assumptions: &[Lit]) -> bool {
        self.back_to(0);
        self.floor = 0;
        if self.hopeless {
            self.core.clear();
            return false;
        }
        if !self.arrivals.is_empty() && !self.settle() {
            return false;
        }
        // Before anything is assumed, or what follows for ever would seem to follow from the assumptions.
        if let Some(id) = self.propagate() {
            self.fail(id);
            return false;
        }
        self.tidy();
        if assumptions.is_empty() {
            return true;
        }
        self.floor = 1;
        self.trail.deepen();
        for &lit in assumptions {
            if self.trail.is_false(lit) {
                self.fail_assumption(lit);
                return false;
            }
            if self.trail.is_open(lit) {
                self.trail.assign(lit, NONE);
            }
        }
        true
    }

    /// Searches: whether there is a model, or nothing if the budget does not suffice.
    fn run(&mut self, theory: &mut impl Theory, budget: &mut u64) -> Option<bool> {
        let (mut conflicts, mut restarts) = (0, 1);
        let mut until_restart = RESTART;
        let mut first = true;
        loop {
            if !self.spend(budget) {
                return None;
            }
            if self.hopeless {
                self.core.clear();
                return Some(false);
            }
            if !self.arrivals.is_empty() && !self.settle() {
                return Some(false);
            }
            if let Some(id) = self.propagate() {
                let top = self.top(id);
                if top <= self.floor {
                    self.fail(id);
                    return Some(false);
                }
                conflicts += 1;
                self.back_to(top);
                self.learn_from(id, top);
                continue;
            }
            if !self.tell(theory, std::mem::take(&mut first)) {
                conflicts += 1;
                continue;
            }
            if conflicts >= until_restart {
                restarts += 1;
                until_restart = conflicts + RESTART * luby(restarts);
                self.back_to(self.floor);
                continue;
            }
            if self.clauses.learned > self.limit {
                self.reduce();
            }
            if let Some(lit) = self.decide(theory, conflicts > 0) {
                self.trail.deepen();
                self.trail.assign(lit, NONE);
                continue;
            }
            let mut extension = Extension { solver: self, grown: false };
            theory.complete(&mut extension);
            if !extension.grown {
                return Some(true);
            }
        }
    }

    /// Takes from the budget what was done since the last time. Not if it is used up.
    fn spend(&mut self, budget: &mut u64) -> bool {
        let cost = 1 + std::mem::take(&mut self.work);
        let enough = *budget >= cost;
        *budget = budget.saturating_sub(cost);
        enough
    }

    /// Tells the theory what changed. Not if it answers with a lemma, which is added.
    fn tell(&mut self, theory: &mut impl Theory, always: bool) -> bool {
        if std::mem::take(&mut self.stale) {
            theory.undo(self.told);
        }
        if self.told == self.trail.len() && !always {
            return true;
        }
        match theory.assigned(self.trail.literals(), self.told) {
            Ok(()) => {
                self.told = self.trail.len();
                true
            }
            Err(lemma) => {
                self.stale = true;
                self.insert_lemma(&lemma);
                false
            }
        }
    }

    /// The next literal to make true: one of a clause that is not met. After conflicts, the one most active in these.
    ///
    /// Such a clause has an open literal, or it would have been a conflict.
    fn decide(&mut self, theory: &impl Theory, thorough: bool) -> Option<Lit> {
        while let Some(&lit) = self.trail.literals().get(self.scanned) {
            if self.clauses.chain_of(lit) != NONE {
                self.guards.push((self.scanned, lit));
            }
            self.scanned += 1;
        }
        #[cfg(test)]
        self.assert_propagated();
        let mut best: Option<(f64, Lit)> = None;
        let mut looked = 0;
        let chains = self.guards.iter().rev().map(|&(_, guard)| self.clauses.chain_of(guard));
        'chains: for mut id in chains.chain([self.clauses.always]) {
            while id != NONE {
                looked += 1;
                if !self.is_met(id, theory) {
                    self.better(id, &mut best);
                    if !thorough {
                        break 'chains;
                    }
                }
                id = self.clauses.get(id).next;
            }
        }
        self.visits += looked;
        let (_, lit) = best?;
        Some(theory.phase(lit.var()).map_or(lit, |holds| lit.var().literal(holds)))
    }

    /// Whether the trail or the theory's witness meets a clause.
    fn is_met(&self, id: ClauseId, theory: &impl Theory) -> bool {
        self.clauses.literals(id).iter().any(|&lit| {
            self.trail.is_true(lit) || (self.trail.is_open(lit) && theory.witness(lit.var()) == Some(lit.is_positive()))
        })
    }

    /// Takes the most active open literal of a clause if it is more active than the best so far.
    fn better(&self, id: ClauseId, best: &mut Option<(f64, Lit)>) {
        debug_assert!(self.clauses.literals(id).iter().any(|&lit| self.trail.is_open(lit)), "a conflict was missed");
        for &lit in self.clauses.literals(id) {
            let activity = self.activity[lit.var().index()];
            if self.trail.is_open(lit) && best.is_none_or(|(other, _)| activity > other) {
                *best = Some((activity, lit));
            }
        }
    }

    /// Forgets the worse half of the learned clauses.
    fn reduce(&mut self) {
        let clauses = &self.clauses;
        let mut spare: Vec<ClauseId> = clauses
            .ids()
            .filter(|&id| clauses.get(id).kind == Kind::Learned && clauses.get(id).glue > 2 && !self.is_reason(id))
            .collect();
        let worse = |&a: &ClauseId, &b: &ClauseId| {
            let (a, b) = (clauses.get(a), clauses.get(b));
            b.glue.cmp(&a.glue).then(a.activity.total_cmp(&b.activity))
        };
        spare.sort_by(worse);
        spare.truncate(spare.len() / 2);
        self.clauses.remove(&spare);
        self.limit += 300;
    }

    fn is_reason(&self, id: ClauseId) -> bool {
        let first = self.clauses.literals(id)[0];
        self.trail.is_true(first) && self.trail.reason(first.var()) == id
    }

    /// Removes clauses that are true for ever, if the work since the last time pays for it.
    fn tidy(&mut self) {
        if self.trail.len() == self.tidied || self.visits < self.clauses.size() || self.trail.depth() > 0 {
            return;
        }
        self.record_roots();
        self.visits = 0;
        self.tidied = self.trail.len();
        let is_true = |&id: &ClauseId| self.clauses.literals(id).iter().any(|&lit| self.trail.is_true(lit));
        let idle: Vec<ClauseId> = self.clauses.ids().filter(is_true).collect();
        self.clauses.remove(&idle);
    }
}

/// 1, 1, 2, 1, 1, 2, 4, ...: the `n`th, from one.
fn luby(mut n: u64) -> u64 {
    loop {
        let bits = u64::BITS - n.leading_zeros();
        if n == (1 << bits) - 1 {
            return 1 << (bits - 1);
        }
        n -= (1 << (bits - 1)) - 1;
    }
}
