//! Adding a clause, whatever the state of the search.

use super::Solver;
use super::clauses::{ClauseId, Kind, NONE};
use super::literal::Lit;
use super::theory::Lemma;

impl Solver {
    /// Adds a clause; one with a guard as `!guard or lits`. Answers whether there is a new clause.
    ///
    /// Nothing is assigned yet: a clause that forces a literal or is false in full becomes an arrival.
    pub(super) fn insert(&mut self, lits: &[Lit], guard: Option<Lit>, kind: Kind, tag: u64) -> bool {
        let mut clause = std::mem::take(&mut self.scratch.clause);
        clause.clear();
        let idle = self.hopeless || !self.gather(lits, guard, &mut clause);
        if !idle {
            self.order(&mut clause);
            let step = self.record.as_mut().map_or(0, |record| record.given(kind, tag, &clause));
            if clause.is_empty() {
                self.hopeless = true;
                self.record_root(step);
            } else {
                let id = self.clauses.add(&clause, kind, 0, step);
                // A single literal is forced before any decision.
                if kind == Kind::Input && clause.len() > 1 {
                    self.enchain(id, guard);
                }
                if self.is_unsettled(id) {
                    self.arrivals.push(id);
                }
            }
        }
        self.scratch.clause = clause;
        !idle
    }

    /// Adds a lemma as a clause.
    pub(super) fn insert_lemma(&mut self, lemma: &Lemma) -> bool {
        let clause: Vec<Lit> = lemma.together.iter().map(|&lit| !lit).collect();
        self.insert(&clause, None, Kind::Lemma, lemma.tag)
    }

    /// The literals without repetition. Not if the clause is true for ever.
    fn gather(&mut self, lits: &[Lit], guard: Option<Lit>, clause: &mut Vec<Lit>) -> bool {
        let mut useful = true;
        for lit in lits.iter().copied().chain(guard.map(|guard| !guard)) {
            let marks = &mut self.scratch.gathered;
            let for_ever = self.trail.is_true(lit) && self.trail.level(lit) == 0;
            useful &= !for_ever && !marks[(!lit).index()];
            if !std::mem::replace(&mut marks[lit.index()], true) {
                clause.push(lit);
            }
        }
        for lit in clause.iter() {
            self.scratch.gathered[lit.index()] = false;
        }
        useful
    }

    /// Puts the two best literals to watch in front: true ones, open ones, then those that became false last.
    fn order(&self, clause: &mut [Lit]) {
        let rank = |lit: Lit| match () {
            () if self.trail.is_true(lit) => (2, u32::MAX - self.trail.level(lit)),
            () if self.trail.is_open(lit) => (1, 0),
            () => (0, self.trail.level(lit)),
        };
        for place in 0..clause.len().min(2) {
            let mut best = place;
            for other in place + 1..clause.len() {
                if rank(clause[other]) > rank(clause[best]) {
                    best = other;
                }
            }
            clause[place..=best].rotate_right(1);
        }
    }

    /// Puts an input clause where decisions find it.
    ///
    /// An open guard counts as false, so its opposite cannot be a guard as well: clauses of that count always.
    fn enchain(&mut self, id: ClauseId, guard: Option<Lit>) {
        let guard = guard.filter(|&guard| self.clauses.chain_of(!guard) == NONE);
        if let Some(guard) = guard
            && self.clauses.chain_of(guard) == NONE
            && self.trail.is_true(guard)
            && let Some(place) = self.trail.literals().iter().rposition(|&lit| lit == guard)
            && place < self.scanned
        {
            let at = self.guards.partition_point(|&(other, _)| other < place);
            if self.guards.get(at).is_none_or(|&(other, _)| other != place) {
                self.guards.insert(at, (place, guard));
            }
        }
        self.clauses.chain(id, guard);
    }

    /// Whether a clause is false in full, forces a literal, or will force one after a step back that its watches miss.
    fn is_unsettled(&self, id: ClauseId) -> bool {
        match *self.clauses.literals(id) {
            [] => false,
            [only] => !(self.trail.is_true(only) && self.trail.level(only) == 0),
            [first, second, ..] => {
                self.trail.is_false(second)
                    && !(self.trail.is_true(first) && self.trail.level(first) <= self.trail.level(second))
            }
        }
    }

    /// Sees to the arrivals: resolves conflicts and assigns what is forced. Answers whether there is still hope.
    pub(super) fn settle(&mut self) -> bool {
        while let Some((id, top)) = self.lowest_conflict() {
            if top <= self.floor {
                self.fail(id);
                return false;
            }
            match self.below_top(id, top) {
                Some(below) => self.back_to(below.max(self.floor)),
                None => {
                    self.back_to(top);
                    self.learn_from(id, top);
                }
            }
        }
        let mut arrivals = std::mem::take(&mut self.arrivals);
        arrivals.retain(|&id| {
            let lits = self.clauses.literals_mut(id);
            if lits.len() > 1 && self.trail.is_false(lits[0]) && self.trail.is_open(lits[1]) {
                lits.swap(0, 1);
            }
            if self.trail.is_open(lits[0]) && lits[1..].iter().all(|&lit| self.trail.is_false(lit)) {
                self.trail.assign(lits[0], id);
            }
            self.is_unsettled(id)
        });
        self.arrivals = arrivals;
        true
    }

    /// The arrival that is false in full at the lowest level, and that level.
    fn lowest_conflict(&self) -> Option<(ClauseId, u32)> {
        let conflicts = self.arrivals.iter().filter_map(|&id| {
            let lits = self.clauses.literals(id);
            let all = lits.iter().all(|&lit| self.trail.is_false(lit));
            all.then(|| (id, self.top(id)))
        });
        conflicts.min_by_key(|&(_, top)| top)
    }

    /// The highest level among the literals of a clause, all of which are assigned.
    pub(super) fn top(&self, id: ClauseId) -> u32 {
        self.clauses.literals(id).iter().map(|&lit| self.trail.level(lit)).max().unwrap_or(0)
    }

    /// The second highest level, if only one literal is of level `top`.
    fn below_top(&self, id: ClauseId, top: u32) -> Option<u32> {
        let levels = self.clauses.literals(id).iter().map(|&lit| self.trail.level(lit));
        let at_top = levels.clone().filter(|&level| level == top).count();
        (at_top == 1).then(|| levels.filter(|&level| level < top).max().unwrap_or(0))
    }
}
