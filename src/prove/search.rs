//! One question: is there a request in some regions and outside others?
//!
//! The search keeps a witness, a value for each attribute that satisfies what is decided so far. A region that must be avoided takes
//! part only once a witness has fallen into it.

use std::cell::RefCell;
use std::rc::Rc;

use super::attribute::Conflict;
use super::case::Conflicting;
use super::predicate::{AttributeId, Literal};
use super::region::Region;
use super::solver::{Answer, Extension, Lemma, Lit, Solver, Theory, Var};
use super::space::Space;
use super::witness::Witness;

/// What is asked for.
pub(super) struct Question<'q> {
    /// These all hold.
    pub(super) literals: &'q [Literal],
    /// Of each of these groups, the request is in one region at least.
    pub(super) groups: &'q [Vec<&'q Region>],
    /// It is in none of these.
    pub(super) avoid: &'q [&'q Region],
}

/// What is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There is no such request.
    None,
    /// A request, by the values of its attributes.
    Witness(Vec<Witness>),
    /// That was not found out, and why.
    Unknown(&'static str),
}

/// How many regions that a witness falls into are taken into the search at once.
const AT_ONCE: usize = 4;

/// How much of the budget a fact of the catalogue takes.
const OF_FACT: u64 = 500;

/// Whether every "there is none" is checked.
const CHECKED: bool = cfg!(debug_assertions);

/// What stays unknown where the budget ran out.
const TOO_HARD: &str = "the search took too long";

impl Space<'_> {
    /// Finds a request, or finds that there is none.
    pub(super) fn ask(&mut self, question: &Question<'_>, budget: &mut u64) -> Outcome {
        // Often the same statement is on both sides.
        if question.avoid.iter().any(|region| is_part(&region.literals, question.literals)) {
            return Outcome::None;
        }
        let mut search = Search::new(self, question.avoid, *budget);
        let outcome = search.run(question);
        *budget = search.budget;
        outcome
    }
}

/// Whether all of some literals are among others; both are in order.
fn is_part(some: &[Literal], of: &[Literal]) -> bool {
    let mut of = of.iter();
    some.iter().all(|one| of.by_ref().find(|other| *other >= one) == Some(one))
}

/// The search, which is the solver's theory.
struct Search<'s, 'c, 'q> {
    space: &'s mut Space<'c>,
    avoid: &'q [&'q Region],
    /// True while the regions to avoid count.
    guard: Option<Lit>,
    /// The solver's variable of each predicate that takes part, and the predicate of each variable.
    var_of: Vec<Option<Var>>,
    predicate_of: Vec<Option<usize>>,
    /// What holds of each attribute.
    asserted: Vec<Vec<Literal>>,
    /// Of each literal that the solver told, its attribute; none of those that are no predicates.
    told: Vec<Option<AttributeId>>,
    witness: Vec<Witness>,
    /// Of each attribute, how often its witness has changed.
    changes: Vec<u32>,
    /// Whether a predicate holds of the witness, and which witness that was.
    truth: RefCell<Vec<(u32, bool)>>,
    budget: u64,
    exhausted: bool,
    uncertain: Vec<Conflicting>,
    /// The clauses of the problem, for the check of what was found; kept in debug builds only.
    inputs: Vec<Vec<Lit>>,
}

impl<'s, 'c, 'q> Search<'s, 'c, 'q> {
    fn new(space: &'s mut Space<'c>, avoid: &'q [&'q Region], budget: u64) -> Self {
        let (attributes, predicates) = (space.attributes(), space.predicates.len());
        Search {
            space,
            avoid,
            guard: None,
            var_of: vec![None; predicates],
            predicate_of: Vec::new(),
            asserted: vec![Vec::new(); attributes],
            told: Vec::new(),
            witness: vec![Witness::Absent; attributes],
            changes: vec![1; attributes],
            truth: RefCell::new(vec![(0, false); predicates]),
            budget,
            exhausted: false,
            uncertain: Vec::new(),
            inputs: Vec::new(),
        }
    }

    fn run(&mut self, question: &Question<'_>) -> Outcome {
        if !self.start(question.literals) {
            return self.none();
        }
        if question.groups.is_empty() {
            match self.violated().first().copied() {
                None => match self.contradicted() {
                    None => return self.found(),
                    Some(fact) if self.is_inside(question.literals, &fact) => return Outcome::None,
                    Some(_) => {}
                },
                Some(region) if self.is_inside(question.literals, region) => return Outcome::None,
                Some(_) => {}
            }
        }
        let mut solver = if CHECKED { Solver::recording() } else { Solver::new() };
        let mut assumptions: Vec<Lit> =
            question.literals.iter().map(|literal| self.lit_in(*literal, &mut solver)).collect();
        let guard = self.fresh(&mut solver);
        self.guard = Some(guard);
        assumptions.push(guard);
        for group in question.groups {
            self.demand(group, &mut solver);
        }
        // The solver tells the literals again.
        self.asserted.iter_mut().for_each(Vec::clear);
        let mut budget = self.budget;
        let answer = solver.solve(&assumptions, self, &mut budget);
        self.budget = self.budget.min(budget);
        if CHECKED && matches!(answer, Answer::Unsat { .. }) && !self.exhausted {
            let certificate = solver.certificate();
            let is_shown = certificate
                .is_some_and(|one| self.space.is_shown(&self.inputs, &assumptions, &one, |lit| self.literal(lit)));
            assert!(is_shown, "this proof does not hold; please report it with the policies");
        }
        match answer {
            Answer::Sat if !self.exhausted => self.found(),
            Answer::Unsat { .. } if !self.exhausted => self.none(),
            _ => Outcome::Unknown(TOO_HARD),
        }
    }

    /// What the catalogue says and the witness goes against.
    fn contradicted(&mut self) -> Option<Rc<Region>> {
        let fact = self.space.contradicted(&mut self.witness)?;
        let predicates = self.space.predicates.len();
        self.var_of.resize(predicates, None);
        self.truth.get_mut().resize(predicates, (0, false));
        self.budget = self.budget.saturating_sub(OF_FACT);
        self.exhausted |= self.budget == 0;
        if CHECKED && self.space.known.is_unchecked(&fact) {
            assert!(self.space.is_vouched(&fact), "the catalogue does not say so; please report it with the policies");
        }
        Some(fact)
    }

    /// There is none, unless the values of variables let a text match what nothing else does.
    fn none(&mut self) -> Outcome {
        if self.exhausted {
            return Outcome::Unknown(TOO_HARD);
        }
        self.space.conflicts.append(&mut self.uncertain);
        Outcome::None
    }

    fn found(&mut self) -> Outcome {
        if self.exhausted { Outcome::Unknown(TOO_HARD) } else { Outcome::Witness(self.witness.clone()) }
    }

    /// Gives each attribute a value for which the first literals hold. Whether there are such.
    fn start(&mut self, literals: &[Literal]) -> bool {
        for literal in literals {
            self.asserted[self.space.predicates.get(*literal).attribute.index()].push(*literal);
        }
        for index in 0..self.asserted.len() {
            // A condition key that nothing is said of is absent, as it is from the start.
            if index > AttributeId::REQUESTER.index() && self.asserted[index].is_empty() {
                continue;
            }
            if self.settle(AttributeId(index as u32)).is_err() {
                return false;
            }
        }
        true
    }

    /// Gives an attribute a value for which all that holds of it holds; or says which of that cannot.
    fn settle(&mut self, attribute: AttributeId) -> Result<(), Vec<Literal>> {
        let index = attribute.index();
        let literals = std::mem::take(&mut self.asserted[index]);
        let found = self.space.value_for(attribute, &literals, &mut self.budget);
        let result = match found {
            Ok(witness) => {
                self.witness[index] = witness;
                self.changes[index] += 1;
                Ok(())
            }
            Err(Conflict::Exhausted) => {
                self.exhausted = true;
                Ok(())
            }
            Err(Conflict::Core { core, uncertain }) => {
                if !uncertain.is_empty() {
                    self.uncertain.push(uncertain);
                }
                Err(core.into_iter().map(|at| literals[at]).collect())
            }
        };
        self.asserted[index] = literals;
        result
    }

    /// Whether all requests for which some literals hold are in a region.
    fn is_inside(&mut self, literals: &[Literal], region: &Region) -> bool {
        region.literals.iter().all(|wanted| {
            if literals.contains(wanted) {
                return true;
            }
            let attribute = self.space.predicates.get(*wanted).attribute;
            let of_attribute = literals.iter().filter(|one| self.space.predicates.get(**one).attribute == attribute);
            let outside: Vec<Literal> = of_attribute.copied().chain([!*wanted]).collect();
            let found = self.space.value_for(attribute, &outside, &mut self.budget);
            matches!(found, Err(Conflict::Core { uncertain, .. }) if uncertain.is_empty())
        })
    }

    /// The smallest of the regions to avoid into which the witness falls.
    fn violated(&self) -> Vec<&'q Region> {
        let mut found: Vec<&'q Region> = self.avoid.iter().copied().filter(|region| self.is_in(region)).collect();
        found.sort_by_key(|region| region.literals.len());
        found.truncate(AT_ONCE);
        found
    }

    fn is_in(&self, region: &Region) -> bool {
        region.literals.iter().all(|literal| self.is_true(*literal))
    }

    /// Whether a literal holds of the witness.
    fn is_true(&self, literal: Literal) -> bool {
        let attribute = self.space.predicates.get(literal).attribute.index();
        let change = self.changes[attribute];
        let positive = Literal::new(literal.predicate(), true);
        let mut truth = self.truth.borrow_mut();
        let known = &mut truth[literal.predicate()];
        if known.0 != change {
            *known = (change, self.space.holds(positive, &self.witness[attribute]));
        }
        known.1 == literal.holds()
    }

    /// Of a group of regions the request is in one.
    fn demand(&mut self, group: &[&Region], solver: &mut Solver) {
        let mut one_of = Vec::new();
        for region in group {
            let chosen = self.fresh(solver);
            for literal in &region.literals {
                let lit = self.lit_in(*literal, solver);
                solver.add_clause(&[!chosen, lit]);
                self.keep(vec![!chosen, lit]);
            }
            one_of.push(chosen);
        }
        solver.add_clause(&one_of);
        self.keep(one_of);
    }

    fn keep(&mut self, clause: Vec<Lit>) {
        if CHECKED {
            self.inputs.push(clause);
        }
    }

    fn fresh(&mut self, solver: &mut Solver) -> Lit {
        let var = solver.new_var();
        self.predicate_of.push(None);
        var.literal(true)
    }

    fn lit_in(&mut self, literal: Literal, solver: &mut Solver) -> Lit {
        self.lit(literal, || solver.new_var())
    }

    fn lit(&mut self, literal: Literal, new_var: impl FnOnce() -> Var) -> Lit {
        let predicate = literal.predicate();
        let var = *self.var_of[predicate].get_or_insert_with(|| {
            self.predicate_of.push(Some(predicate));
            new_var()
        });
        var.literal(literal.holds())
    }

    /// The literal of a variable of the solver.
    fn literal(&self, lit: Lit) -> Option<Literal> {
        let predicate = self.predicate_of.get(lit.var().index()).copied().flatten()?;
        Some(Literal::new(predicate, lit.is_positive()))
    }
}

impl Search<'_, '_, '_> {
    /// The request is not in a region, from here on.
    fn avoid(&mut self, guard: Lit, region: &Region, extension: &mut Extension<'_>) {
        let clause: Vec<Lit> =
            region.literals.iter().map(|literal| self.lit(!*literal, || extension.new_var())).collect();
        extension.add_guarded(guard, &clause);
        self.keep(clause.into_iter().chain([!guard]).collect());
    }
}

impl Theory for Search<'_, '_, '_> {
    fn assigned(&mut self, trail: &[Lit], new_from: usize) -> Result<(), Lemma> {
        self.undo(new_from);
        let mut changed: Vec<AttributeId> = Vec::new();
        for lit in &trail[new_from..] {
            let literal = self.literal(*lit);
            let attribute = literal.map(|literal| self.space.predicates.get(literal).attribute);
            self.told.push(attribute);
            let (Some(literal), Some(attribute)) = (literal, attribute) else { continue };
            self.asserted[attribute.index()].push(literal);
            if !self.is_true(literal) && !changed.contains(&attribute) {
                changed.push(attribute);
            }
        }
        for attribute in changed {
            if let Err(core) = self.settle(attribute) {
                let together: Vec<Literal> = core;
                let lit = |literal: &Literal| self.var_of[literal.predicate()].map(|var| var.literal(literal.holds()));
                let lemma = Lemma { together: together.iter().filter_map(lit).collect(), tag: 0 };
                self.undo(new_from);
                return Err(lemma);
            }
        }
        Ok(())
    }

    fn undo(&mut self, len: usize) {
        while self.told.len() > len {
            if let Some(attribute) = self.told.pop().flatten() {
                self.asserted[attribute.index()].pop();
            }
        }
    }

    fn witness(&self, var: Var) -> Option<bool> {
        let predicate = self.predicate_of.get(var.index()).copied().flatten()?;
        Some(self.is_true(Literal::new(predicate, true)))
    }

    fn phase(&self, var: Var) -> Option<bool> {
        self.witness(var)
    }

    fn complete(&mut self, extension: &mut Extension<'_>) {
        if self.exhausted {
            return;
        }
        let Some(guard) = self.guard else { return };
        let violated = self.violated();
        if violated.is_empty()
            && let Some(fact) = self.contradicted()
        {
            self.avoid(guard, &fact, extension);
        }
        violated.into_iter().for_each(|region| self.avoid(guard, region, extension));
    }
}
