//! What follows from the trail by single clauses.

use super::Solver;
use super::clauses::{ClauseId, Watch};
use super::literal::Lit;

impl Solver {
    /// Assigns all that clauses force. Answers with a clause that is false in full, if there is one.
    pub(super) fn propagate(&mut self) -> Option<ClauseId> {
        while let Some(&lit) = self.trail.literals().get(self.trail.propagated) {
            self.trail.propagated += 1;
            self.work += 1;
            let gone = !lit;
            let mut list = std::mem::take(&mut self.clauses.watches[gone.index()]);
            self.visits += list.len();
            let found = self.visit(&mut list, gone);
            self.clauses.watches[gone.index()] = list;
            if found.is_some() {
                // The rest of the list was not looked at.
                self.trail.propagated -= 1;
                return found;
            }
        }
        None
    }

    /// Looks at the clauses that watch a literal which became false; those that find another to watch leave the list.
    fn visit(&mut self, list: &mut Vec<Watch>, gone: Lit) -> Option<ClauseId> {
        let mut kept = 0;
        for at in 0..list.len() {
            let watch = list[at];
            if self.trail.is_true(watch.blocker) {
                list[kept] = watch;
                kept += 1;
                continue;
            }
            let lits = self.clauses.literals_mut(watch.clause);
            if lits[0] == gone {
                lits.swap(0, 1);
            }
            let first = lits[0];
            let kept_watch = Watch { clause: watch.clause, blocker: first };
            if !self.trail.is_true(first) {
                if let Some(next) = (2..lits.len()).find(|&next| !self.trail.is_false(lits[next])) {
                    lits.swap(1, next);
                    let other = lits[1];
                    self.clauses.watches[other.index()].push(kept_watch);
                    continue;
                }
                if self.trail.is_false(first) {
                    list.copy_within(at.., kept);
                    list.truncate(kept + list.len() - at);
                    return Some(watch.clause);
                }
                self.trail.assign(first, watch.clause);
            }
            list[kept] = kept_watch;
            kept += 1;
        }
        list.truncate(kept);
        None
    }

    /// Takes back all that was assigned above a level.
    pub(super) fn back_to(&mut self, level: u32) {
        if level >= self.trail.depth() {
            return;
        }
        let len = self.trail.len_at(level);
        while self.trail.len() > len {
            if let Some(lit) = self.trail.pop() {
                self.saved[lit.var().index()] = Some(lit.is_positive());
            }
        }
        self.trail.close(level);
        while self.guards.pop_if(|&mut (place, _)| place >= len).is_some() {}
        self.scanned = self.scanned.min(len);
        if self.told > len {
            self.told = len;
            self.stale = true;
        }
    }
}
