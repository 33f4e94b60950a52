//! Questions about attributes.

use super::toy::Toy;
use super::*;

struct Question {
    toy: Toy,
    solver: Solver,
    atoms: Vec<Var>,
    /// Variables that mean nothing.
    free: Vec<Var>,
    /// Clauses that the solver has from the start.
    eager: Vec<Vec<Lit>>,
}

fn random_question(random: &mut Random) -> Question {
    let sizes: Vec<u32> = (0..1 + random.below(4)).map(|_| 2 + random.below(3) as u32).collect();
    let mut toy = Toy::new(&sizes);
    toy.batch = 1 + random.below(4);
    toy.shows_witness = random.coin();
    toy.minimal = random.coin();
    toy.forces = random.below(3) == 0;
    let mut solver = Solver::recording();
    solver.limit = random.below(20);
    let atoms = vars(&mut solver, 2 + random.below(9));
    for &atom in &atoms {
        let attribute = random.below(sizes.len());
        toy.define(atom, attribute, random.below(1 << sizes[attribute]) as u32);
    }
    let free = vars(&mut solver, random.below(3));
    Question { toy, solver, atoms, free, eager: Vec::new() }
}

fn ask(question: &mut Question, assumptions: &[Lit], relevant: &[Vec<Lit>]) -> bool {
    let Question { toy, solver, free, eager, .. } = question;
    let units = assumptions.iter().map(|&lit| vec![lit]);
    let all: Vec<Vec<Lit>> = relevant.iter().cloned().chain(units).collect();
    match solver.solve(assumptions, toy, &mut plenty()) {
        Answer::Sat => {
            assert!(toy.satisfiable(&all, free));
            assert!(all.iter().all(|clause| toy.meets(solver, clause)));
            true
        }
        Answer::Unsat { core } => {
            assert!(!toy.satisfiable(&all, free));
            let inputs = [&eager[..], &toy.inputs].concat();
            let certificate = solver.certificate().unwrap();
            assert_eq!(check(&inputs, assumptions, &certificate, |clause, tag| toy.is_valid(clause, tag)), Ok(()));
            let again = solver.solve(&core, toy, &mut plenty());
            assert!(matches!(again, Answer::Unsat { .. }));
            false
        }
        Answer::Exhausted => unreachable!(),
    }
}

#[test]
fn random_boxes_agree_with_brute_force() {
    let mut random = Random(0x5EED_0004);
    let (mut yes, mut no) = (0, 0);
    for _ in 0..6000 {
        let mut question = random_question(&mut random);
        let guards = vars(&mut question.solver, 2).iter().map(|var| var.literal(true)).collect::<Vec<_>>();
        question.free.extend(guards.iter().map(|guard| guard.var()));
        let plain: Vec<Var> = [&question.atoms[..], &question.free[..question.free.len() - 2]].concat();
        for _ in 0..random.below(4) {
            let clause = random.clause(&plain, 3);
            question.solver.add_clause(&clause);
            question.eager.push(clause);
        }
        for _ in 0..random.below(24) {
            let held = (guards[random.below(2)], random.clause(&question.atoms, 3));
            if !question.toy.held.contains(&held) {
                question.toy.held.push(held);
            }
        }
        for _ in 0..4 {
            let mut assumptions: Vec<Lit> = (0..random.below(4)).map(|_| random.literal(&plain)).collect();
            assumptions.extend(guards.iter().filter(|_| random.below(3) > 0));
            let on = question.toy.held.iter().filter(|(guard, _)| assumptions.contains(guard));
            let mut relevant: Vec<Vec<Lit>> = on.map(|(_, clause)| clause.clone()).collect();
            relevant.extend(question.eager.iter().cloned());
            match ask(&mut question, &assumptions, &relevant) {
                true => yes += 1,
                false => no += 1,
            }
        }
    }
    assert!(yes > 4000 && no > 4000, "{yes} {no}");
}

/// A space cut into boxes again and again, all of them to be avoided, or all but one.
#[test]
fn covers_of_the_space_are_seen() {
    let mut random = Random(0x5EED_0005);
    for round in 0..1500 {
        let sizes: Vec<u32> = (0..2 + random.below(3)).map(|_| 2 + random.below(3) as u32).collect();
        let mut boxes: Vec<Vec<u32>> = vec![sizes.iter().map(|size| (1 << size) - 1).collect()];
        for _ in 0..3 + random.below(20) {
            let at = random.below(boxes.len());
            let attribute = random.below(sizes.len());
            let cut = boxes[at][attribute] & random.below(1 << sizes[attribute]) as u32;
            if cut != 0 && cut != boxes[at][attribute] {
                let mut part = boxes[at].clone();
                part[attribute] = cut;
                boxes[at][attribute] &= !cut;
                boxes.push(part);
            }
        }
        let left_out = round % 2 == 1;
        if left_out {
            boxes.swap_remove(random.below(boxes.len()));
        }
        let mut question =
            Question { toy: Toy::new(&sizes), solver: Solver::recording(), atoms: vec![], free: vec![], eager: vec![] };
        question.toy.shows_witness = random.coin();
        let guard = question.solver.new_var();
        question.free.push(guard);
        let guard = guard.literal(true);
        let mut known = std::collections::BTreeMap::new();
        for each in &boxes {
            let atoms = each.iter().enumerate().map(|(attribute, &mask)| {
                let var = *known.entry((attribute, mask)).or_insert_with(|| question.solver.new_var());
                question.toy.define(var, attribute, mask);
                var.literal(false)
            });
            let clause = atoms.collect();
            question.toy.held.push((guard, clause));
        }
        let relevant: Vec<Vec<Lit>> = question.toy.held.iter().map(|(_, clause)| clause.clone()).collect();
        assert_eq!(ask(&mut question, &[guard], &relevant), left_out);
        assert!(ask(&mut question, &[!guard], &[]));
    }
}

/// What the witness meets costs no decision, so the theory is told of nothing but the assumption.
#[test]
fn what_the_witness_meets_is_not_decided() {
    let mut toy = Toy::new(&[4, 4]);
    let mut solver = Solver::new();
    let [a, b, root] = [0; 3].map(|_| solver.new_var());
    toy.define(a, 0, 0b0001);
    toy.define(b, 1, 0b0011);
    toy.define(root, 1, 0b0111);
    solver.add_clause(&[a.literal(true), b.literal(false)]);
    assert_eq!(solver.solve(&[root.literal(true)], &mut toy, &mut plenty()), Answer::Sat);
    assert_eq!((solver.value(a), solver.value(b)), (None, None));
    assert_eq!(toy.told, 1);
}

/// The theory may be another one each time.
#[test]
fn theories_can_be_changed() {
    let mut solver = Solver::new();
    let a = solver.new_var();
    solver.add_clause(&[a.literal(true)]);
    for mask in [0b01, 0b10, 0b00] {
        let mut toy = Toy::new(&[2]);
        toy.define(a, 0, mask);
        solver.change_theory();
        let answer = solver.solve(&[], &mut toy, &mut plenty());
        assert_eq!(answer == Answer::Sat, mask != 0);
        assert_eq!(toy.told, 1);
    }
}

/// Adds two clauses with a new variable, and a lemma, each time it is asked, until both atoms hold.
struct Growing {
    atoms: [Lit; 2],
    asked: usize,
}

impl Theory for Growing {
    fn assigned(&mut self, _: &[Lit], _: usize) -> Result<(), Lemma> {
        Ok(())
    }

    fn undo(&mut self, _: usize) {}

    fn phase(&self, _: Var) -> Option<bool> {
        Some(false)
    }

    fn complete(&mut self, extension: &mut Extension<'_>) {
        let [a, b] = self.atoms;
        self.asked += 1;
        if extension.value(a.var()).is_none() {
            let new = extension.new_var();
            extension.favour(new, 1.0);
            extension.add_clause(&[a, new.literal(true)]);
            extension.add_clause(&[a, new.literal(false)]);
        } else if extension.value(b.var()) != Some(true) {
            extension.add_lemma(&Lemma { together: vec![a, !b], tag: 7 });
        }
    }
}

#[test]
fn a_theory_can_add_variables_clauses_and_lemmas() {
    let mut solver = Solver::recording();
    let [a, b, c] = [(); 3].map(|()| solver.new_var().literal(true));
    let mut theory = Growing { atoms: [a, b], asked: 0 };
    assert_eq!(solver.solve(&[c], &mut theory, &mut plenty()), Answer::Sat);
    assert_eq!([a, b, c].map(|lit| solver.value(lit.var())), [Some(true); 3]);
    assert_eq!(theory.asked, 3);
    assert_eq!(solver.solve(&[c, !b], &mut theory, &mut plenty()), Answer::Unsat { core: vec![!b] });
    let steps = solver.certificate().unwrap().steps;
    assert!(steps.iter().any(|step| matches!(step, Step::Lemma { tag: 7, .. })));
}

/// Clauses of the problem that contradict each other when they come in the midst of a search.
#[test]
fn a_theory_can_end_the_search() {
    struct Ending(Vec<Vec<Lit>>);
    impl Theory for Ending {
        fn assigned(&mut self, _: &[Lit], _: usize) -> Result<(), Lemma> {
            Ok(())
        }
        fn undo(&mut self, _: usize) {}
        fn complete(&mut self, extension: &mut Extension<'_>) {
            self.0.iter().for_each(|clause| extension.add_clause(clause));
        }
    }
    for number in 0..4 {
        let mut solver = Solver::recording();
        let [a, b] = [(); 2].map(|()| solver.new_var().literal(true));
        let clauses = [vec![vec![!a]], vec![vec![!a, b]], vec![vec![a], vec![!a]], vec![vec![]]][number].clone();
        let answer = solver.solve(&[a, !b], &mut Ending(clauses.clone()), &mut plenty());
        assert!(matches!(answer, Answer::Unsat { .. }));
        assert_eq!(check(&clauses, &[a, !b], &solver.certificate().unwrap(), |_, _| false), Ok(()));
    }
}
