//! Families that are hard for a search that does not learn.

use super::toy::Toy;
use super::*;

/// The checker is slow on purpose.
const LARGEST: usize = if cfg!(debug_assertions) { 5 } else { 7 };

/// More pigeons than holes by one.
fn pigeons(solver: &mut Solver, holes: usize) -> Vec<Vec<Lit>> {
    let at: Vec<Vec<Lit>> =
        (0..=holes).map(|_| vars(solver, holes).iter().map(|var| var.literal(true)).collect()).collect();
    let mut clauses = at.clone();
    for (number, one) in at.iter().enumerate() {
        for other in &at[..number] {
            clauses.extend(one.iter().zip(other).map(|(&one, &other)| vec![!one, !other]));
        }
    }
    clauses.iter().for_each(|clause| solver.add_clause(clause));
    clauses
}

#[test]
fn pigeons_do_not_fit() {
    for holes in 1..=LARGEST {
        let mut solver = Solver::recording();
        solver.limit = 100;
        let clauses = pigeons(&mut solver, holes);
        assert_eq!(solver.solve(&[], &mut NoTheory, &mut plenty()), Answer::Unsat { core: vec![] });
        assert_eq!(check(&clauses, &[], &solver.certificate().unwrap(), |_, _| false), Ok(()));
    }
}

/// Each attribute is one of two; every corner is to be avoided.
fn hypercube(solver: &mut Solver, sides: usize) -> (Toy, Lit) {
    let mut toy = Toy::new(&vec![2; sides]);
    let guard = solver.new_var().literal(true);
    let sides = vars(solver, sides);
    for (attribute, &side) in sides.iter().enumerate() {
        toy.define(side, attribute, 0b10);
    }
    for corner in 0..1usize << sides.len() {
        let clause = sides.iter().enumerate().map(|(bit, side)| side.literal(corner >> bit & 1 == 0));
        toy.held.push((guard, clause.collect()));
    }
    (toy, guard)
}

#[test]
fn corners_cover_the_hypercube() {
    for (shows_witness, sides) in [(true, LARGEST + 2), (false, LARGEST + 1), (true, LARGEST + 3)] {
        let mut solver = Solver::recording();
        let (mut toy, guard) = hypercube(&mut solver, sides);
        toy.shows_witness = shows_witness;
        assert_eq!(solver.solve(&[guard], &mut toy, &mut plenty()), Answer::Unsat { core: vec![guard] });
        let certificate = solver.certificate().unwrap();
        let result = check(&toy.inputs, &[guard], &certificate, |clause, tag| toy.is_valid(clause, tag));
        assert_eq!(result, Ok(()));
        toy.held.pop();
        assert_eq!(solver.solve(&[!guard], &mut toy, &mut plenty()), Answer::Sat);
    }
}

#[test]
fn an_exhausted_solver_goes_on() {
    let mut solver = Solver::recording();
    let clauses = pigeons(&mut solver, 6);
    let other = solver.new_var().literal(true);
    let mut tries = 0;
    while solver.solve(&[other], &mut NoTheory, &mut 500) == Answer::Exhausted {
        tries += 1;
    }
    assert!(tries > 2);
    assert_eq!(solver.solve(&[other], &mut NoTheory, &mut plenty()), Answer::Unsat { core: vec![] });
    assert_eq!(check(&clauses, &[other], &solver.certificate().unwrap(), |_, _| false), Ok(()));
}

#[test]
fn a_budget_of_nothing_is_exhausted_at_once() {
    let mut solver = Solver::new();
    let mut budget = 0;
    assert_eq!(solver.solve(&[], &mut NoTheory, &mut budget), Answer::Exhausted);
    budget = 1;
    assert_eq!(solver.solve(&[], &mut NoTheory, &mut budget), Answer::Sat);
    assert_eq!(budget, 0);
}
