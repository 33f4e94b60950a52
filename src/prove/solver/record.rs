//! Which steps led to an answer.

use super::Solver;
use super::certificate::{Certificate, Step};
use super::clauses::{Kind, NONE};
use super::literal::{Lit, Var};

/// A clause that was added or concluded, and the steps it rests on.
struct Entry {
    step: Step,
    uses: Vec<u32>,
}

/// Every step so far.
#[derive(Default)]
pub(super) struct Record {
    entries: Vec<Entry>,
    /// What the conclusion in the making rests on.
    using: Vec<u32>,
    /// For each variable that is settled for ever, the step that says so.
    roots: Vec<u32>,
    /// What the last answer rests on.
    answer: Vec<u32>,
}

impl Record {
    /// Makes room for one more variable.
    pub(super) fn grow(&mut self) {
        self.roots.push(NONE);
    }

    /// Notes a clause of the problem or of the theory.
    pub(super) fn given(&mut self, kind: Kind, tag: u64, clause: &[Lit]) -> u32 {
        let clause = clause.to_vec();
        let step = if kind == Kind::Lemma { Step::Lemma { clause, tag } } else { Step::Input(clause) };
        self.push(step, Vec::new())
    }

    /// Notes a conclusion from the steps used since the last one.
    pub(super) fn learned(&mut self, clause: &[Lit]) -> u32 {
        let uses = std::mem::take(&mut self.using);
        self.push(Step::Learned(clause.to_vec()), uses)
    }

    fn push(&mut self, step: Step, uses: Vec<u32>) -> u32 {
        self.entries.push(Entry { step, uses });
        self.entries.len() as u32 - 1
    }

    pub(super) fn use_step(&mut self, step: u32) {
        self.using.push(step);
    }

    /// How many steps are used so far.
    pub(super) fn uses(&self) -> usize {
        self.using.len()
    }

    /// Takes back all uses but the first `len`.
    pub(super) fn unuse(&mut self, len: usize) {
        self.using.truncate(len);
    }

    /// The steps that the last answer rests on, in order.
    pub(super) fn certificate(&self, core: &[Lit]) -> Certificate {
        let mut needed = vec![false; self.entries.len()];
        let mut todo = self.answer.clone();
        while let Some(step) = todo.pop() {
            if !std::mem::replace(&mut needed[step as usize], true) {
                todo.extend_from_slice(&self.entries[step as usize].uses);
            }
        }
        let steps = self.entries.iter().zip(needed).filter(|&(_, needed)| needed);
        Certificate { assumptions: core.to_vec(), steps: steps.map(|(entry, _)| entry.step.clone()).collect() }
    }
}

impl Solver {
    /// Notes that the answer rests on the steps used since the last conclusion.
    pub(super) fn record_final(&mut self) {
        if let Some(record) = &mut self.record {
            record.answer.clear();
            record.answer.append(&mut record.using);
        }
    }

    /// Notes that a step alone leaves no model.
    pub(super) fn record_root(&mut self, step: u32) {
        if let Some(record) = &mut self.record {
            record.answer.clear();
            record.answer.push(step);
        }
    }

    /// Notes that the conclusion in the making rests on the value of a variable that is settled for ever.
    pub(super) fn use_root(&mut self, var: Var) {
        if self.record.is_some() {
            let step = self.root(var);
            if let Some(record) = &mut self.record {
                record.use_step(step);
            }
        }
    }

    /// Notes how the variables settled for ever came to be so, and forgets the clauses that did it.
    pub(super) fn record_roots(&mut self) {
        for place in self.tidied..self.trail.len_at(0) {
            let var = self.trail.literals()[place].var();
            if self.record.is_some() {
                self.root(var);
            }
            self.trail.forget_reason(var);
        }
    }

    /// The step that says what a variable settled for ever is.
    fn root(&mut self, var: Var) -> u32 {
        let Some(record) = &self.record else { return NONE };
        let mut todo = vec![var];
        let pending = |record: &super::Record, var: Var| record.roots[var.index()] == NONE;
        if !pending(record, var) {
            return record.roots[var.index()];
        }
        while let Some(&var) = todo.last() {
            let Some(record) = &mut self.record else { break };
            let id = self.trail.reason(var);
            let lits = self.clauses.literals(id);
            let before = todo.len();
            if pending(record, var) {
                todo.extend(lits.iter().map(|lit| lit.var()).filter(|&other| other != var && pending(record, other)));
            }
            if todo.len() == before {
                todo.pop();
                if pending(record, var) {
                    let others = lits.iter().map(|lit| lit.var()).filter(|&other| other != var);
                    let mut uses: Vec<u32> = others.map(|other| record.roots[other.index()]).collect();
                    uses.push(self.clauses.get(id).step);
                    let lit = lits.iter().copied().find(|lit| lit.var() == var);
                    record.roots[var.index()] = record.push(Step::Learned(lit.into_iter().collect()), uses);
                }
            }
        }
        self.record.as_ref().map_or(NONE, |record| record.roots[var.index()])
    }
}
