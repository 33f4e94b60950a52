//! Why an answer is no: the steps, and a check of them that shares nothing with the search.

use super::literal::Lit;

/// One clause of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A clause of the problem; one with a guard holds the opposite of the guard too.
    Input(Vec<Lit>),
    /// A clause that the theory answers for.
    Lemma {
        /// The clause: the opposites of the literals that cannot all be true.
        clause: Vec<Lit>,
        /// What the theory gave along.
        tag: u64,
    },
    /// A clause that follows from those before.
    Learned(Vec<Lit>),
}

/// Why some assumptions cannot hold together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Those assumptions.
    pub assumptions: Vec<Lit>,
    /// The steps that show it, each resting only on earlier ones.
    pub steps: Vec<Step>,
}

/// What is wrong with a certificate; the number is that of the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It uses an assumption that was not made.
    Assumption(Lit),
    /// It uses a clause that is not part of the problem.
    Input(usize),
    /// The theory does not answer for the lemma.
    Lemma(usize),
    /// The clause does not follow in an obvious way from those before.
    Learned(usize),
    /// The assumptions and the clauses do not contradict each other in an obvious way.
    End,
}

/// Checks a certificate against the clauses and assumptions of the problem.
///
/// `holds` decides a lemma from scratch: whether one at least of the literals is true, whatever the atoms stand for.
///
/// # Errors
///
/// The first fault.
pub fn check(
    inputs: &[Vec<Lit>],
    assumptions: &[Lit],
    certificate: &Certificate,
    mut holds: impl FnMut(&[Lit], u64) -> bool,
) -> Result<(), Fault> {
    if let Some(&foreign) = certificate.assumptions.iter().find(|lit| !assumptions.contains(lit)) {
        return Err(Fault::Assumption(foreign));
    }
    let mut known: std::collections::BTreeSet<Vec<Lit>> = inputs.iter().map(|clause| sorted(clause)).collect();
    known.retain(|clause| !clause.iter().any(|&lit| clause.contains(&!lit)));
    let mut clauses: Vec<&[Lit]> = Vec::new();
    for (number, step) in certificate.steps.iter().enumerate() {
        let (clause, sound, fault) = match step {
            Step::Input(clause) => (clause, known.contains(&sorted(clause)), Fault::Input(number)),
            Step::Lemma { clause, tag } => (clause, holds(clause, *tag), Fault::Lemma(number)),
            Step::Learned(clause) => {
                let opposite: Vec<Lit> = clause.iter().map(|&lit| !lit).collect();
                (clause, contradict(&clauses, &opposite), Fault::Learned(number))
            }
        };
        if !sound {
            return Err(fault);
        }
        clauses.push(clause);
    }
    if contradict(&clauses, &certificate.assumptions) { Ok(()) } else { Err(Fault::End) }
}

fn sorted(clause: &[Lit]) -> Vec<Lit> {
    let mut clause = clause.to_vec();
    clause.sort_unstable();
    clause.dedup();
    clause
}

/// Whether clauses that have but one literal left, taken again and again, lead from `facts` to a contradiction.
fn contradict(clauses: &[&[Lit]], facts: &[Lit]) -> bool {
    let all = clauses.iter().copied().flatten().chain(facts);
    let mut holds = vec![false; all.map(|lit| lit.index() / 2 * 2 + 2).max().unwrap_or(0)];
    for &fact in facts {
        holds[fact.index()] = true;
        if holds[(!fact).index()] {
            return true;
        }
    }
    loop {
        let mut changed = false;
        for clause in clauses {
            if clause.iter().any(|lit| holds[lit.index()]) {
                continue;
            }
            let mut left = clause.iter().filter(|&&lit| !holds[(!lit).index()]);
            match (left.next(), left.next()) {
                (None, _) => return true,
                (Some(only), None) => {
                    holds[only.index()] = true;
                    changed = true;
                }
                _ => {}
            }
        }
        if !changed {
            return false;
        }
    }
}
