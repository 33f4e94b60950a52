//! A theory small enough for brute force: attributes with a few values, atoms that say which.

use super::*;

/// What an atom says: the attribute has a value of the mask.
#[derive(Clone, Copy, Debug)]
pub(super) struct Atom {
    pub(super) attribute: usize,
    pub(super) mask: u32,
}

#[derive(Default)]
pub(super) struct Toy {
    /// How many values each attribute has.
    pub(super) sizes: Vec<u32>,
    /// What the variables say.
    pub(super) atoms: Vec<Option<Atom>>,
    vars: Vec<Var>,
    /// The values still possible.
    allowed: Vec<u32>,
    /// What is undone: the place in the trail, the attribute, and the values before.
    stack: Vec<(usize, usize, u32)>,
    /// Clauses held back until the witness violates them, and their guard.
    pub(super) held: Vec<(Lit, Vec<Lit>)>,
    /// How many of these to add at once.
    pub(super) batch: usize,
    /// Which were added so far.
    pub(super) inputs: Vec<Vec<Lit>>,
    pub(super) shows_witness: bool,
    /// Whether lemmas are as small as possible.
    pub(super) minimal: bool,
    /// Whether it also answers with lemmas that force an atom.
    pub(super) forces: bool,
    pub(super) told: usize,
}

impl Toy {
    pub(super) fn new(sizes: &[u32]) -> Toy {
        let allowed = sizes.iter().map(|size| (1 << size) - 1).collect();
        Toy { sizes: sizes.to_vec(), allowed, batch: 1, shows_witness: true, minimal: true, ..Toy::default() }
    }

    /// Says what a variable means.
    pub(super) fn define(&mut self, var: Var, attribute: usize, mask: u32) {
        self.atoms.resize(self.atoms.len().max(var.index() + 1), None);
        self.atoms[var.index()] = Some(Atom { attribute, mask });
        self.vars.push(var);
    }

    /// The values that a literal leaves to its attribute.
    fn meaning(&self, lit: Lit) -> Option<Atom> {
        let Atom { attribute, mask } = (*self.atoms.get(lit.var().index())?)?;
        let all = (1 << self.sizes[attribute]) - 1;
        Some(Atom { attribute, mask: if lit.is_positive() { mask } else { all & !mask } })
    }

    fn value(&self, attribute: usize) -> u32 {
        self.allowed[attribute].trailing_zeros()
    }

    /// What the witness says of a literal; variables that are no atoms are as the solver has them, or false.
    fn satisfies(&self, lit: Lit, extension: &Extension<'_>) -> bool {
        match self.meaning(lit) {
            Some(Atom { attribute, mask }) => mask >> self.value(attribute) & 1 == 1,
            None => (extension.value(lit.var()) == Some(true)) == lit.is_positive(),
        }
    }

    /// The literals of one attribute that leave it no value.
    fn core(&self, trail: &[Lit], attribute: usize) -> Vec<Lit> {
        let all = (1 << self.sizes[attribute]) - 1;
        let empty = |lits: &[Lit]| lits.iter().fold(all, |mask, &lit| mask & self.meaning(lit).unwrap().mask) == 0;
        let of_it = |lit: &Lit| self.meaning(*lit).is_some_and(|atom| atom.attribute == attribute);
        let mut core: Vec<Lit> = trail.iter().copied().filter(of_it).collect();
        assert!(empty(&core));
        for at in (0..core.len()).rev().filter(|_| self.minimal) {
            let lit = core.remove(at);
            if !empty(&core) {
                core.insert(at, lit);
            }
        }
        core
    }

    /// A lemma that settles an open atom, now and then.
    fn forced(&self, trail: &[Lit]) -> Option<Lemma> {
        let open = self.vars.iter().copied().filter(|&var| self.forces && !trail.iter().any(|lit| lit.var() == var));
        open.flat_map(|var| [var.literal(true), var.literal(false)]).find_map(|lit| {
            let Atom { attribute, mask } = self.meaning(lit)?;
            let trail = [trail, &[lit]].concat();
            let impossible = self.allowed[attribute] & mask == 0;
            impossible.then(|| Lemma { together: self.core(&trail, attribute), tag: attribute as u64 })
        })
    }

    /// Whether a clause is true whatever the values of the attributes.
    pub(super) fn is_valid(&self, clause: &[Lit], tag: u64) -> bool {
        let attribute = tag as usize;
        (0..self.sizes[attribute]).all(|value| {
            clause.iter().any(|&lit| {
                self.meaning(lit).is_some_and(|atom| atom.attribute == attribute && atom.mask >> value & 1 == 1)
            })
        })
    }

    /// Whether some values of the attributes and of `free` variables meet all clauses.
    pub(super) fn satisfiable(&self, clauses: &[Vec<Lit>], free: &[Var]) -> bool {
        let worlds: u64 = self.sizes.iter().map(|&size| u64::from(size)).product::<u64>() << free.len();
        (0..worlds).any(|mut world| {
            let values: Vec<u32> = (self.sizes.iter())
                .map(|&size| {
                    let value = world % u64::from(size);
                    world /= u64::from(size);
                    value as u32
                })
                .collect();
            let is_true = |lit: Lit| match self.meaning(lit) {
                Some(atom) => atom.mask >> values[atom.attribute] & 1 == 1,
                None => {
                    let place = free.iter().position(|&var| var == lit.var());
                    place.is_some_and(|place| world >> place & 1 == 1) == lit.is_positive()
                }
            };
            clauses.iter().all(|clause| clause.iter().any(|&lit| is_true(lit)))
        })
    }

    /// Whether the solver's trail together with the witness meets a clause.
    pub(super) fn meets(&self, solver: &Solver, clause: &[Lit]) -> bool {
        clause.iter().any(|&lit| match self.meaning(lit) {
            Some(Atom { attribute, mask }) => mask >> self.value(attribute) & 1 == 1,
            None => (solver.value(lit.var()) == Some(true)) == lit.is_positive(),
        })
    }
}

impl Theory for Toy {
    fn assigned(&mut self, trail: &[Lit], new_from: usize) -> Result<(), Lemma> {
        for (place, &lit) in trail.iter().enumerate().skip(new_from) {
            assert!(self.stack.last().is_none_or(|&(last, ..)| last < place));
            self.told += 1;
            let Some(Atom { attribute, mask }) = self.meaning(lit) else { continue };
            let before = self.allowed[attribute];
            self.stack.push((place, attribute, before));
            self.allowed[attribute] = before & mask;
            if before & mask == 0 {
                return Err(Lemma { together: self.core(&trail[..=place], attribute), tag: attribute as u64 });
            }
        }
        self.forced(trail).map_or(Ok(()), Err)
    }

    fn undo(&mut self, len: usize) {
        while let Some((_, attribute, before)) = self.stack.pop_if(|&mut (place, ..)| place >= len) {
            self.allowed[attribute] = before;
        }
    }

    fn witness(&self, var: Var) -> Option<bool> {
        let Atom { attribute, mask } = (*self.atoms.get(var.index())?)?;
        self.shows_witness.then(|| mask >> self.value(attribute) & 1 == 1)
    }

    fn complete(&mut self, extension: &mut Extension<'_>) {
        let mut left = self.batch;
        for (guard, clause) in &self.held {
            let on = extension.value(guard.var()) == Some(guard.is_positive());
            if left == 0 || !on || clause.iter().any(|&lit| self.satisfies(lit, extension)) {
                continue;
            }
            let full = [&clause[..], &[!*guard]].concat();
            // With nothing to show, the solver does not know that the witness violates a clause it has already.
            assert!(!self.inputs.contains(&full));
            extension.add_guarded(*guard, clause);
            self.inputs.push(full);
            left -= 1;
        }
    }
}
