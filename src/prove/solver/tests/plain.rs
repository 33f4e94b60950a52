//! Questions without a theory.

use super::*;

/// The values of the model; open variables are false.
fn world(solver: &Solver, vars: &[Var]) -> u64 {
    vars.iter().map(|&var| u64::from(solver.value(var) == Some(true)) << var.index()).sum()
}

/// One solver, clauses that keep coming, and questions in between.
fn one_history(random: &mut Random) -> (usize, usize) {
    let mut solver = if random.coin() { Solver::recording() } else { Solver::new() };
    let count = 1 + random.below(12);
    let vars = vars(&mut solver, count);
    let mut clauses = Vec::new();
    let (mut yes, mut no) = (0, 0);
    for _ in 0..1 + random.below(8) {
        for _ in 0..random.below(2 * count + 2) {
            let mut clause = random.clause(&vars, 4);
            if clause.iter().any(|&lit| clause.contains(&!lit)) {
                continue;
            }
            if random.coin() || clause.len() < 2 {
                solver.add_clause(&clause);
            } else {
                // Any literal will do as the guard here.
                let guard = clause.pop().map(|lit| !lit).unwrap();
                solver.add_guarded(guard, &clause);
                clause.push(!guard);
            }
            clauses.push(clause);
        }
        let assumptions: Vec<Lit> = (0..random.below(5)).map(|_| random.literal(&vars)).collect();
        match solver.solve(&assumptions, &mut NoTheory, &mut plenty()) {
            Answer::Sat => {
                yes += 1;
                check_model(&solver, &vars, &clauses, &assumptions);
            }
            Answer::Unsat { core } => {
                no += 1;
                assert!(!satisfiable(count, &clauses, &assumptions));
                assert!(core.iter().all(|lit| assumptions.contains(lit)));
                assert!(!satisfiable(count, &clauses, &core));
                if let Some(certificate) = solver.certificate() {
                    assert_eq!(check(&clauses, &assumptions, &certificate, |_, _| false), Ok(()));
                    assert_eq!(certificate.assumptions, core);
                }
                let again = solver.solve(&core, &mut NoTheory, &mut plenty());
                assert!(matches!(again, Answer::Unsat { .. }));
            }
            Answer::Exhausted => unreachable!(),
        }
    }
    (yes, no)
}

/// A partial model is one if every way to fill it in by making guards false is; so a true literal, or a guard that is
/// not true, in every clause. Guards come last.
fn check_model(solver: &Solver, vars: &[Var], clauses: &[Vec<Lit>], assumptions: &[Lit]) {
    let is_true = |lit: Lit| solver.value(lit.var()) == Some(lit.is_positive());
    let is_open = |lit: Lit| solver.value(lit.var()).is_none();
    assert!(assumptions.iter().all(|&lit| is_true(lit)));
    for clause in clauses {
        assert!(clause.iter().any(|&lit| is_true(lit)) || clause.last().is_some_and(|&lit| is_open(lit)));
    }
    assert!(satisfiable(vars.len(), clauses, assumptions));
    if clauses.iter().all(|clause| clause.iter().any(|&lit| is_true(lit))) {
        assert!(all_hold(clauses, world(solver, vars)));
    }
}

#[test]
fn random_histories_agree_with_brute_force() {
    let mut random = Random(0x5EED_0001);
    let (mut yes, mut no) = (0, 0);
    for _ in 0..6000 {
        let (y, n) = one_history(&mut random);
        yes += y;
        no += n;
    }
    assert!(yes > 4000 && no > 4000, "{yes} {no}");
}

/// Hard enough for restarts, with full-width random clauses at the threshold.
#[test]
fn random_three_literal_clauses_agree_with_brute_force() {
    let mut random = Random(0x5EED_0002);
    for _ in 0..300 {
        let mut solver = Solver::recording();
        solver.limit = 10;
        let vars = vars(&mut solver, 14);
        let clauses: Vec<Vec<Lit>> = (0..60).map(|_| (0..3).map(|_| random.literal(&vars)).collect()).collect();
        clauses.iter().for_each(|clause| solver.add_clause(clause));
        let answer = solver.solve(&[], &mut NoTheory, &mut plenty());
        assert_eq!(answer == Answer::Sat, satisfiable(14, &clauses, &[]));
        if answer != Answer::Sat {
            assert_eq!(check(&clauses, &[], &solver.certificate().unwrap(), |_, _| false), Ok(()));
        }
    }
}

#[test]
fn an_idle_guard_asks_for_nothing() {
    let mut solver = Solver::new();
    let [guard, a, b] = [0; 3].map(|_| solver.new_var());
    solver.add_guarded(guard.literal(true), &[a.literal(true), b.literal(true)]);
    assert_eq!(solver.solve(&[], &mut NoTheory, &mut plenty()), Answer::Sat);
    assert_eq!([guard, a, b].map(|var| solver.value(var)), [None; 3]);
    assert_eq!(solver.solve(&[guard.literal(true)], &mut NoTheory, &mut plenty()), Answer::Sat);
    assert_eq!([guard, a, b].iter().filter(|&&var| solver.value(var).is_some()).count(), 2);
}

/// A variable that is a guard either way cannot stay open.
#[test]
fn opposite_guards_count() {
    let mut solver = Solver::recording();
    let [guard, a, b] = [(); 3].map(|()| solver.new_var().literal(true));
    for clause in [[a, b], [a, !b], [!a, b], [!a, !b]] {
        solver.add_guarded(guard, &clause);
        solver.add_guarded(!guard, &clause);
    }
    assert_eq!(solver.solve(&[], &mut NoTheory, &mut plenty()), Answer::Unsat { core: vec![] });
}

#[test]
fn contradicting_assumptions_fail() {
    let mut solver = Solver::recording();
    let a = solver.new_var().literal(true);
    let Answer::Unsat { core } = solver.solve(&[a, !a], &mut NoTheory, &mut plenty()) else { panic!() };
    assert_eq!(core, [!a, a]);
    assert_eq!(check(&[], &[a, !a], &solver.certificate().unwrap(), |_, _| false), Ok(()));
    assert_eq!(solver.solve(&[a, a], &mut NoTheory, &mut plenty()), Answer::Sat);
}

#[test]
fn the_empty_clause_leaves_nothing() {
    let mut solver = Solver::recording();
    let a = solver.new_var().literal(true);
    solver.add_clause(&[]);
    solver.add_clause(&[a]);
    for _ in 0..2 {
        assert_eq!(solver.solve(&[a], &mut NoTheory, &mut plenty()), Answer::Unsat { core: vec![] });
        assert_eq!(check(&[vec![]], &[a], &solver.certificate().unwrap(), |_, _| false), Ok(()));
    }
}

/// Many questions, each with its own guard that is given up afterwards: tidying has much to remove.
#[test]
fn questions_come_and_go() {
    let mut random = Random(0x5EED_0003);
    let mut solver = Solver::recording();
    let atoms = vars(&mut solver, 8);
    let mut all = Vec::new();
    for _ in 0..3000 {
        let guard = solver.new_var().literal(true);
        let clauses: Vec<Vec<Lit>> = (0..26).map(|_| random.clause(&atoms, 3)).collect();
        for clause in &clauses {
            solver.add_guarded(guard, clause);
            all.push([&clause[..], &[!guard]].concat());
        }
        let answer = solver.solve(&[guard], &mut NoTheory, &mut plenty());
        assert_eq!(answer == Answer::Sat, satisfiable(8, &clauses, &[]));
        if answer != Answer::Sat && random.below(20) == 0 {
            assert_eq!(check(&all, &[guard], &solver.certificate().unwrap(), |_, _| false), Ok(()));
        }
        solver.add_clause(&[!guard]);
        all.push(vec![!guard]);
    }
    assert!(solver.clauses.ids().count() < 10_000);
}
