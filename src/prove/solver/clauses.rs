//! The clauses, the two literals by which each is watched, and the chains of those that have to be met.

use super::literal::Lit;

/// The number of a clause; it does not change while the clause lives.
pub(super) type ClauseId = u32;

/// No clause.
pub(super) const NONE: ClauseId = ClauseId::MAX;

/// Where a clause comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The caller: part of the problem.
    Input,
    /// The theory: true whatever the problem.
    Lemma,
    /// It follows from other clauses.
    Learned,
    /// No longer a clause.
    Free,
}

/// All about a clause but its literals.
pub(super) struct Clause {
    start: u32,
    len: u32,
    pub(super) kind: Kind,
    /// From how many levels its literals came when it was learned: the fewer, the more useful.
    pub(super) glue: u32,
    pub(super) activity: f32,
    /// The next clause of the same chain.
    pub(super) next: ClauseId,
    /// Which step of the record it is.
    pub(super) step: u32,
}

/// A clause in the list of a literal that it watches.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    /// The number of the clause, doubled, and one more if it has two literals only.
    coded: u32,
    /// Another literal of it: if that one is true there is nothing to do.
    pub(super) blocker: Lit,
}

impl Watch {
    pub(super) fn new(clause: ClauseId, is_pair: bool, blocker: Lit) -> Watch {
        Watch { coded: clause * 2 + u32::from(is_pair), blocker }
    }

    pub(super) fn clause(self) -> ClauseId {
        self.coded / 2
    }

    /// Whether the blocker is the only other literal.
    pub(super) fn is_pair(self) -> bool {
        self.coded % 2 == 1
    }
}

/// All clauses.
pub(super) struct Clauses {
    literals: Vec<Lit>,
    clauses: Vec<Clause>,
    free: Vec<ClauseId>,
    /// Places in `literals` that belong to no clause any more.
    waste: usize,
    /// For each literal, the clauses to look at when it becomes false.
    pub(super) watches: Vec<Vec<Watch>>,
    /// For each literal, the first of the input clauses to be met only if it is true.
    chains: Vec<ClauseId>,
    /// The first of the input clauses to be met always.
    pub(super) always: ClauseId,
    /// How many learned clauses there are.
    pub(super) learned: usize,
}

impl Default for Clauses {
    fn default() -> Clauses {
        Clauses {
            literals: Vec::new(),
            clauses: Vec::new(),
            free: Vec::new(),
            waste: 0,
            watches: Vec::new(),
            chains: Vec::new(),
            always: NONE,
            learned: 0,
        }
    }
}

impl Clauses {
    /// Makes room for one more variable.
    pub(super) fn grow(&mut self) {
        self.watches.extend([Vec::new(), Vec::new()]);
        self.chains.extend([NONE, NONE]);
    }

    /// Adds a clause. It is watched by its first two literals, or not at all if it has but one.
    pub(super) fn add(&mut self, lits: &[Lit], kind: Kind, glue: u32, step: u32) -> ClauseId {
        let start = u32::try_from(self.literals.len()).expect("too many literals");
        self.literals.extend_from_slice(lits);
        let clause = Clause { start, len: lits.len() as u32, kind, glue, activity: 0.0, next: NONE, step };
        let id = match self.free.pop() {
            Some(id) => {
                self.clauses[id as usize] = clause;
                id
            }
            None => {
                self.clauses.push(clause);
                self.clauses.len() as ClauseId - 1
            }
        };
        self.learned += usize::from(kind == Kind::Learned);
        if let [first, second, ..] = *lits {
            self.watches[first.index()].push(Watch::new(id, lits.len() == 2, second));
            self.watches[second.index()].push(Watch::new(id, lits.len() == 2, first));
        }
        id
    }

    /// Puts an input clause in the chain of a guard, or among those to be met always.
    pub(super) fn chain(&mut self, id: ClauseId, guard: Option<Lit>) {
        let head = guard.map_or(&mut self.always, |guard| &mut self.chains[guard.index()]);
        self.clauses[id as usize].next = std::mem::replace(head, id);
    }

    /// The first of the clauses to be met if `guard` is true.
    pub(super) fn chain_of(&self, guard: Lit) -> ClauseId {
        self.chains[guard.index()]
    }

    pub(super) fn get(&self, id: ClauseId) -> &Clause {
        &self.clauses[id as usize]
    }

    pub(super) fn get_mut(&mut self, id: ClauseId) -> &mut Clause {
        &mut self.clauses[id as usize]
    }

    pub(super) fn literals(&self, id: ClauseId) -> &[Lit] {
        let clause = &self.clauses[id as usize];
        &self.literals[clause.start as usize..][..clause.len as usize]
    }

    pub(super) fn literals_mut(&mut self, id: ClauseId) -> &mut [Lit] {
        let clause = &self.clauses[id as usize];
        &mut self.literals[clause.start as usize..][..clause.len as usize]
    }

    /// The numbers of the clauses that live.
    pub(super) fn ids(&self) -> impl Iterator<Item = ClauseId> + '_ {
        (0..self.clauses.len() as ClauseId).filter(|&id| self.get(id).kind != Kind::Free)
    }

    /// Roughly how much there is to go through: places for literals and watch lists.
    pub(super) fn size(&self) -> usize {
        self.literals.len() + self.watches.len()
    }

    /// Makes all activities smaller.
    pub(super) fn scale_activities(&mut self, factor: f32) {
        self.clauses.iter_mut().for_each(|clause| clause.activity *= factor);
    }

    /// Removes clauses. They must be the reason of no variable.
    pub(super) fn remove(&mut self, ids: &[ClauseId]) {
        for &id in ids {
            let clause = &mut self.clauses[id as usize];
            self.learned -= usize::from(clause.kind == Kind::Learned);
            clause.kind = Kind::Free;
            self.waste += clause.len as usize;
        }
        for list in &mut self.watches {
            list.retain(|watch| self.clauses[watch.clause() as usize].kind != Kind::Free);
        }
        self.unchain();
        self.free.extend_from_slice(ids);
        if self.waste * 2 > self.literals.len() {
            self.compact();
        }
    }

    /// Takes removed clauses out of the chains.
    fn unchain(&mut self) {
        for head in self.chains.iter_mut().chain([&mut self.always]) {
            let mut old = std::mem::replace(head, NONE);
            let mut last = NONE;
            while old != NONE {
                let next = self.clauses[old as usize].next;
                if self.clauses[old as usize].kind != Kind::Free {
                    self.clauses[old as usize].next = NONE;
                    match last {
                        NONE => *head = old,
                        _ => self.clauses[last as usize].next = old,
                    }
                    last = old;
                }
                old = next;
            }
        }
    }

    /// Moves the literals of the living together.
    fn compact(&mut self) {
        let mut literals = Vec::with_capacity(self.literals.len() - self.waste);
        for clause in self.clauses.iter_mut().filter(|clause| clause.kind != Kind::Free) {
            let start = literals.len() as u32;
            literals.extend_from_slice(&self.literals[clause.start as usize..][..clause.len as usize]);
            clause.start = start;
        }
        self.literals = literals;
        self.waste = 0;
    }
}
