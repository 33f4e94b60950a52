//! What the solver asks of a theory: of the one who knows what the atoms mean.

use super::Solver;
use super::clauses::Kind;
use super::literal::{Lit, Var};

/// Literals that cannot all be true, whatever the problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lemma {
    /// Those literals.
    pub together: Vec<Lit>,
    /// Whatever helps a checker to see it; the solver only copies it into the certificate.
    pub tag: u64,
}

/// The meaning of the variables that are atoms. Literals of other variables are passed over by it.
pub trait Theory {
    /// Told of `trail[new_from..]`: these literals are now true too, together with all before.
    ///
    /// Answers with a lemma if they cannot all be. It then counts as not told of `trail[new_from..]`, and is soon
    /// asked to undo and told again of what remains. A lemma need not be in conflict with the trail: one that forces
    /// a literal is of use too. Called once at least in every search, perhaps with nothing new.
    ///
    /// # Errors
    ///
    /// The lemma.
    fn assigned(&mut self, trail: &[Lit], new_from: usize) -> Result<(), Lemma>;

    /// Only the first `len` literals of the trail are still true. A witness of more is one of fewer.
    fn undo(&mut self, len: usize);

    /// What an atom is in the theory's one witness, which satisfies every literal that the theory was told of.
    ///
    /// A clause that the witness meets is left alone. Nothing if the theory has no witness, or for what is no atom.
    fn witness(&self, var: Var) -> Option<bool> {
        let _ = var;
        None
    }

    /// Which value to try first for a variable.
    fn phase(&self, var: Var) -> Option<bool> {
        let _ = var;
        None
    }

    /// Every clause is met, by the trail or by the witness. The theory may add what its witness does not respect:
    /// clauses of the problem that were held back, or lemmas. If it adds nothing the answer is [`Answer::Sat`].
    ///
    /// [`Answer::Sat`]: super::Answer::Sat
    fn complete(&mut self, extension: &mut Extension<'_>) {
        let _ = extension;
    }
}

/// For variables that mean nothing.
#[cfg(test)]
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTheory;

#[cfg(test)]
impl Theory for NoTheory {
    fn assigned(&mut self, _: &[Lit], _: usize) -> Result<(), Lemma> {
        Ok(())
    }

    fn undo(&mut self, _: usize) {}
}

/// How a theory reads the solver and adds to it in the midst of a search.
pub struct Extension<'a> {
    pub(super) solver: &'a mut Solver,
    /// Whether a clause was added.
    pub(super) grown: bool,
}

impl Extension<'_> {
    /// What a variable is, if that is settled.
    #[cfg(test)]
    pub fn value(&self, var: Var) -> Option<bool> {
        self.solver.value(var)
    }

    /// A new variable.
    pub fn new_var(&mut self) -> Var {
        self.solver.new_var()
    }

    /// Like [`Solver::favour`].
    #[cfg(test)]
    pub fn favour(&mut self, var: Var, weight: f64) {
        self.solver.favour(var, weight);
    }

    /// Like [`Solver::add_clause`].
    #[cfg(test)]
    pub fn add_clause(&mut self, lits: &[Lit]) {
        self.grown |= self.solver.insert(lits, None, Kind::Input, 0);
    }

    /// Like [`Solver::add_guarded`].
    pub fn add_guarded(&mut self, guard: Lit, lits: &[Lit]) {
        self.grown |= self.solver.insert(lits, Some(guard), Kind::Input, 0);
    }

    /// Adds what the theory knows.
    #[cfg(test)]
    pub fn add_lemma(&mut self, lemma: &Lemma) {
        self.grown |= self.solver.insert_lemma(lemma);
    }
}
