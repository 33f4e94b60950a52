//! The checker rejects what is not a proof.

use super::toy::Toy;
use super::*;

/// A question whose answer is no for a reason of the theory, and its certificate.
fn example() -> (Toy, Vec<Vec<Lit>>, Vec<Lit>, Certificate) {
    let mut toy = Toy::new(&[3, 3]);
    let mut solver = Solver::recording();
    let guard = solver.new_var().literal(true);
    let atoms: Vec<Lit> = (0..6)
        .map(|number| {
            let var = solver.new_var();
            toy.define(var, number / 3, 1 << (number % 3));
            var.literal(true)
        })
        .collect();
    for (&a, &b) in atoms[..3].iter().flat_map(|a| atoms[3..].iter().map(move |b| (a, b))) {
        toy.held.push((guard, vec![!a, !b]));
    }
    let answer = solver.solve(&[guard], &mut toy, &mut plenty());
    assert_eq!(answer, Answer::Unsat { core: vec![guard] });
    let certificate = solver.certificate().unwrap();
    let inputs = toy.inputs.clone();
    (toy, inputs, vec![guard], certificate)
}

fn verdict(toy: &Toy, inputs: &[Vec<Lit>], assumptions: &[Lit], certificate: &Certificate) -> Result<(), Fault> {
    check(inputs, assumptions, certificate, |clause, tag| toy.is_valid(clause, tag))
}

#[test]
fn the_example_is_accepted() {
    let (toy, inputs, assumptions, certificate) = example();
    assert_eq!(verdict(&toy, &inputs, &assumptions, &certificate), Ok(()));
    let has = |wanted: fn(&Step) -> bool| certificate.steps.iter().any(wanted);
    assert!(has(|step| matches!(step, Step::Input(_))));
    assert!(has(|step| matches!(step, Step::Lemma { .. })));
    assert!(has(|step| matches!(step, Step::Learned(_))));
}

#[test]
fn a_dropped_clause_is_missed() {
    let (toy, inputs, assumptions, certificate) = example();
    for (at, step) in certificate.steps.iter().enumerate() {
        let mut cut = certificate.clone();
        cut.steps.remove(at);
        if !matches!(step, Step::Learned(_)) {
            assert!(verdict(&toy, &inputs, &assumptions, &cut).is_err(), "{at}");
        }
    }
}

#[test]
fn an_unknown_input_is_rejected() {
    let (toy, inputs, assumptions, certificate) = example();
    for at in 0..inputs.len() {
        let mut fewer = inputs.clone();
        let gone = fewer.remove(at);
        if certificate.steps.contains(&Step::Input(gone)) {
            assert!(matches!(verdict(&toy, &fewer, &assumptions, &certificate), Err(Fault::Input(_))));
        }
    }
}

/// A learned clause with a flipped literal may follow as well; then what rests on it has to follow too.
#[test]
fn a_flipped_literal_is_seen() {
    let (toy, inputs, assumptions, certificate) = example();
    let mut harmless = 0;
    for at in 0..certificate.steps.len() {
        for place in 0..3 {
            let mut forged = certificate.clone();
            let (Step::Input(clause) | Step::Lemma { clause, .. } | Step::Learned(clause)) = &mut forged.steps[at];
            let Some(lit) = clause.get_mut(place) else { continue };
            *lit = !*lit;
            if verdict(&toy, &inputs, &assumptions, &forged).is_ok() {
                assert!(matches!(forged.steps[at], Step::Learned(_)), "{at} {place}");
                harmless += 1;
            }
        }
    }
    assert!(harmless <= 2, "{harmless}");
}

#[test]
fn a_wrong_lemma_is_seen() {
    let (toy, inputs, assumptions, certificate) = example();
    for (at, step) in certificate.steps.iter().enumerate() {
        let Step::Lemma { clause, tag } = step else { continue };
        let mut forged = certificate.clone();
        forged.steps[at] = Step::Lemma { clause: clause[1..].to_vec(), tag: *tag };
        assert_eq!(verdict(&toy, &inputs, &assumptions, &forged), Err(Fault::Lemma(at)));
        forged.steps[at] = Step::Lemma { clause: clause.clone(), tag: 1 - tag };
        assert_eq!(verdict(&toy, &inputs, &assumptions, &forged), Err(Fault::Lemma(at)));
    }
}

#[test]
fn assumptions_count() {
    let (toy, inputs, assumptions, certificate) = example();
    assert_eq!(verdict(&toy, &inputs, &[], &certificate), Err(Fault::Assumption(assumptions[0])));
    let without = Certificate { assumptions: vec![], ..certificate.clone() };
    assert_eq!(verdict(&toy, &inputs, &assumptions, &without), Err(Fault::End));
    let empty = Certificate { steps: vec![], ..certificate };
    assert_eq!(verdict(&toy, &inputs, &assumptions, &empty), Err(Fault::End));
}
