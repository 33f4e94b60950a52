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
        let mut conflict = None;
        for at in 0..list.len() {
            let mut watch = list[at];
            let id = watch.clause();
            if conflict.is_none() && !self.trail.is_true(watch.blocker) {
                if !watch.is_pair() {
                    let Some(first) = self.rewatch(id, gone) else { continue };
                    watch = Watch::new(id, false, first);
                }
                let left = watch.blocker;
                if self.trail.is_false(left) {
                    conflict = Some(id);
                } else if self.trail.is_open(left) {
                    self.trail.assign(left, id);
                }
            }
            list[kept] = watch;
            kept += 1;
        }
        list.truncate(kept);
        conflict
    }

    /// Finds another literal for a clause to watch than `gone`. If there is none, or no need: the other one it watches.
    fn rewatch(&mut self, id: ClauseId, gone: Lit) -> Option<Lit> {
        let lits = self.clauses.literals_mut(id);
        if lits[0] == gone {
            lits.swap(0, 1);
        }
        let first = lits[0];
        if self.trail.is_true(first) {
            return Some(first);
        }
        let Some(next) = lits.iter().skip(2).position(|&lit| !self.trail.is_false(lit)) else { return Some(first) };
        lits.swap(1, next + 2);
        let other = lits[1];
        self.clauses.watches[other.index()].push(Watch::new(id, false, first));
        None
    }

    /// Takes back all that was assigned above a level.
    pub(super) fn back_to(&mut self, level: u32) {
        if level >= self.trail.depth() {
            return;
        }
        let len = self.trail.len_at(level);
        self.trail.cut(level);
        while self.guards.pop_if(|&mut (place, _)| place >= len).is_some() {}
        self.scanned = self.scanned.min(len);
        if self.told > len {
            self.told = len;
            self.stale = true;
        }
    }
}
