//! A small solver for clauses over atoms that a theory knows the meaning of.
//!
//! In come variables, clauses (at any time, also in the midst of a search), and for each question a few literals to
//! assume, a [`Theory`] and a budget. Out comes an [`Answer`]: a model, or the assumptions that cannot hold together
//! and, if asked for, a [`Certificate`] of it. What was learned in one question serves the next.
//!
//! The search learns from conflicts (first unique implication point), and is lazy in two ways. It decides only on
//! what a clause needs that is met neither by the trail nor by the theory's witness, so a model may be partial. And
//! clauses with a guard ask for nothing until the guard is true.
//!
//! Deliberately absent: preprocessing, since questions are tiny; propagation by the theory, but by lemmas; saved
//! phases, since a decision always serves a clause that is not met; a queue of variables by activity, since the clauses
//! in play are few and are looked through at each decision; removal of variables; threads; randomness: the same calls
//! give the same answers.
//!
//! - `literal`: variables and literals
//! - `trail`: what is assigned, and why
//! - `clauses`: the clauses, their watches and chains
//! - `theory`: what is asked of a theory
//! - `insert`: adding a clause, whatever the state of the search
//! - `search`: the loop, decisions, restarts, tidying
//! - `propagate`: what follows from the trail
//! - `analyse`: what follows from a conflict
//! - `record`: which steps led to the answer
//! - `certificate`: those steps, and their independent check

mod analyse;
mod certificate;
mod clauses;
mod insert;
mod literal;
mod propagate;
mod record;
mod search;
mod theory;
mod trail;
#[cfg(test)]
mod tests;

pub use certificate::{Certificate, check};
#[cfg(test)]
pub use certificate::{Fault, Step};
pub use literal::{Lit, Var};
#[cfg(test)]
pub use theory::NoTheory;
pub use theory::{Extension, Lemma, Theory};

use analyse::Scratch;
use clauses::{ClauseId, Clauses, Kind};
use record::Record;
use trail::Trail;

/// What came out of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// There is a model: [`Solver::value`] and the theory's witness.
    Sat,
    /// There is none.
    Unsat {
        /// The assumptions that cannot all hold; none if the clauses have no model at all.
        core: Vec<Lit>,
    },
    /// The budget was used up.
    Exhausted,
}

/// The solver.
pub struct Solver {
    trail: Trail,
    clauses: Clauses,
    /// How often a variable took part in a conflict of late.
    activity: Vec<f64>,
    bump: f64,
    clause_bump: f32,
    /// Clauses to look at after each step back: they may force a literal, yet no watch tells.
    arrivals: Vec<ClauseId>,
    /// The true guards of chains: with their places in the trail, in that order.
    guards: Vec<(usize, Lit)>,
    /// How much of the trail was searched for guards.
    scanned: usize,
    /// How much of the trail the theory was told of.
    told: usize,
    /// Whether the theory has yet to be told that it was told too much.
    stale: bool,
    /// The level of the assumptions, which no conflict goes below: 1, or 0 without any.
    floor: u32,
    core: Vec<Lit>,
    /// Whether there is no model, whatever is assumed.
    hopeless: bool,
    /// Work done: literals propagated.
    work: u64,
    /// Watches looked at since the last tidying.
    visits: usize,
    /// Literals of level 0 at the last tidying.
    tidied: usize,
    /// How many learned clauses may be kept.
    limit: usize,
    scratch: Scratch,
    record: Option<Box<Record>>,
}

impl Default for Solver {
    fn default() -> Solver {
        Solver::new()
    }
}

impl Solver {
    /// A solver without variables.
    pub fn new() -> Solver {
        Solver {
            trail: Trail::default(),
            clauses: Clauses::default(),
            activity: Vec::new(),
            bump: 1.0,
            clause_bump: 1.0,
            arrivals: Vec::new(),
            guards: Vec::new(),
            scanned: 0,
            told: 0,
            stale: false,
            floor: 0,
            core: Vec::new(),
            hopeless: false,
            work: 0,
            visits: 0,
            tidied: 0,
            limit: 2000,
            scratch: Scratch::default(),
            record: None,
        }
    }

    /// One that can give certificates, and is a little slower for it.
    pub fn recording() -> Solver {
        Solver { record: Some(Box::default()), ..Solver::new() }
    }

    /// A new variable.
    pub fn new_var(&mut self) -> Var {
        let var = self.trail.grow();
        self.clauses.grow();
        self.activity.push(0.0);
        self.scratch.grow();
        if let Some(record) = &mut self.record {
            record.grow();
        }
        var
    }

    /// Makes a variable one to decide on early, as if it had been in `weight` conflicts.
    #[cfg(test)]
    pub fn favour(&mut self, var: Var, weight: f64) {
        self.activity[var.index()] += weight * self.bump;
    }

    /// Adds a clause for ever: one of these literals has to be true.
    pub fn add_clause(&mut self, lits: &[Lit]) {
        self.add_between(lits, None);
    }

    /// Adds a clause for ever: if `guard` is true, so is one of these literals.
    ///
    /// Until it is true the clause takes no part in decisions; if it stays open, take it to be false. The guard must be
    /// no atom. To be rid of the clause, and of all that was learned from it, add the clause `!guard`.
    #[cfg(test)]
    pub fn add_guarded(&mut self, guard: Lit, lits: &[Lit]) {
        self.add_between(lits, Some(guard));
    }

    fn add_between(&mut self, lits: &[Lit], guard: Option<Lit>) {
        self.back_to(0);
        self.floor = 0;
        self.insert(lits, guard, Kind::Input, 0);
    }

    /// Says that the next search comes with another theory, which was told nothing yet.
    #[cfg(test)]
    pub fn change_theory(&mut self) {
        self.told = 0;
        self.stale = false;
    }

    /// What a variable is in the model, after [`Answer::Sat`] and before the next change; nothing if that does not
    /// matter, or if it is for the theory's witness to say.
    #[cfg(test)]
    pub fn value(&self, var: Var) -> Option<bool> {
        let lit = var.literal(true);
        if self.trail.is_open(lit) { None } else { Some(self.trail.is_true(lit)) }
    }

    /// Why there is no model, right after [`Answer::Unsat`]; nothing if the solver does not record.
    pub fn certificate(&self) -> Option<Certificate> {
        self.record.as_ref().map(|record| record.certificate(&self.core))
    }
}
