//! The solver against brute force, and every "no" against the checker.

mod certificates;
mod families;
mod plain;
mod theories;
mod toy;

use super::*;

/// A source of numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    /// One of the variables, or its opposite.
    fn literal(&mut self, vars: &[Var]) -> Lit {
        vars[self.below(vars.len())].literal(self.coin())
    }

    fn clause(&mut self, vars: &[Var], longest: usize) -> Vec<Lit> {
        (0..1 + self.below(longest)).map(|_| self.literal(vars)).collect()
    }
}

/// Enough for any test.
fn plenty() -> u64 {
    u64::MAX
}

/// Whether bit `v` of `world` makes a literal true.
fn holds(lit: Lit, world: u64) -> bool {
    (world >> lit.var().index() & 1 == 1) == lit.is_positive()
}

fn all_hold(clauses: &[Vec<Lit>], world: u64) -> bool {
    clauses.iter().all(|clause| clause.iter().any(|&lit| holds(lit, world)))
}

/// Whether some world of so many variables meets all clauses and assumptions.
fn satisfiable(vars: usize, clauses: &[Vec<Lit>], assumptions: &[Lit]) -> bool {
    (0..1u64 << vars).any(|world| assumptions.iter().all(|&lit| holds(lit, world)) && all_hold(clauses, world))
}

fn vars(solver: &mut Solver, count: usize) -> Vec<Var> {
    (0..count).map(|_| solver.new_var()).collect()
}

impl Solver {
    /// Whatever the watches: no clause is false in full or forces a literal.
    pub(super) fn assert_propagated(&self) {
        for id in self.clauses.ids() {
            let lits = self.clauses.literals(id);
            let open = lits.iter().filter(|&&lit| self.trail.is_open(lit)).count();
            assert!(open > 1 || lits.iter().any(|&lit| self.trail.is_true(lit)), "{lits:?}");
        }
    }
}
