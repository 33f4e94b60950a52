//! What the sources claim of their policies, put to the test.
//!
//! In: elaborated policies, roles and organisations, and the `test` blocks about them. Out: a diagnostic for each claim that is not
//! so, with the statement that decides; of a request that is asked from the shell, the decision and its reason. Deliberately absent: claims about all requests (`prove`, `constraint`), which no room decides yet.

mod case;
mod coverage;
mod given;
mod layers;
mod near;
mod simulate;

pub use coverage::{Coverage, Untouched};
pub use given::Given;
pub use simulate::{Answer, Question, Saying, StatementSays, Unanswerable, of_all, simulate, simulate_given};

use crate::base::Span;
use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::elaborate::{Elaborated, Test};
use crate::project::Defaults;

/// How a test ended.
#[derive(Clone, Debug)]
pub struct Tested {
    /// What it shows.
    pub title: String,
    /// Where its title stands.
    pub span: Span,
    /// How many requests were decided for it.
    pub requests: usize,
    /// What is not so.
    pub failures: Vec<Diagnostic>,
}

impl Tested {
    fn new(test: &Test) -> Self {
        Self { title: test.title.clone(), span: test.span, requests: 0, failures: Vec::new() }
    }
}

/// Runs the tests of a project, in source order.
pub fn run_tests(elaborated: &Elaborated, catalogue: &Catalogue, defaults: &Defaults) -> Vec<Tested> {
    if elaborated.tests.is_empty() {
        return Vec::new();
    }
    let world = layers::World::new(elaborated, defaults);
    let run = |test: &Test| {
        let mut tested = Tested::new(test);
        test.cases.iter().for_each(|one| case::run(&world, catalogue, one, &mut tested, None));
        tested
    };
    elaborated.tests.iter().map(run).collect()
}

/// What the tests of a project reach of its policies.
pub fn coverage(elaborated: &Elaborated, catalogue: &Catalogue, defaults: &Defaults) -> Coverage {
    let world = layers::World::new(elaborated, defaults);
    let mut touched = coverage::Touched::default();
    for test in &elaborated.tests {
        let mut tested = Tested::new(test);
        test.cases.iter().for_each(|one| case::run(&world, catalogue, one, &mut tested, Some(&mut touched)));
    }
    Coverage::new(elaborated, &touched)
}
