//! What the sources claim of their policies, put to the test.
//!
//! In: elaborated policies, roles and organisations, and the `test` blocks about them. Out: a diagnostic for each claim that is not
//! so, with the statement that decides; of a request that is asked from the shell, the decision and its reason. Deliberately absent: how
//! requests are decided (`evaluate`), and all of them at once (`prove`).

mod case;
mod coverage;
mod given;
mod layers;
mod near;
mod proof;
mod shipped;
mod simulate;

pub use coverage::{Coverage, Untouched};
pub use given::Given;
pub use proof::{Decided, Stated};
pub use simulate::{Answer, Question, Saying, StatementSays, Unanswerable, of_all, simulate, simulate_given};

use crate::base::{FileId, Span};
use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::elaborate::{Elaborated, ProofClaim, Test};
use crate::project::{Config, Defaults};
use crate::prove::difference::{Difference, of_identity};

/// What was put to the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestedKind {
    /// A `test`: requests that are written out.
    Test,
    /// A `prove` block: claims about every request.
    Proof,
    /// A constraint: claims about every policy of its kinds.
    Constraint,
}

/// How a test, a proof or a constraint ended.
#[derive(Clone, Debug)]
pub struct Tested {
    /// Which of them it is.
    pub kind: TestedKind,
    /// What it shows.
    pub title: String,
    /// Where its title stands.
    pub span: Span,
    /// How many requests, or claims, were decided for it.
    pub requests: usize,
    /// What is not so.
    pub failures: Vec<Diagnostic>,
    /// What is left out of it without need.
    pub warnings: Vec<Diagnostic>,
}

impl Tested {
    fn new(test: &Test) -> Self {
        Self::of(TestedKind::Test, &test.title, test.span)
    }

    fn of(kind: TestedKind, title: &str, span: Span) -> Self {
        Self { kind, title: title.to_owned(), span, requests: 0, failures: Vec::new(), warnings: Vec::new() }
    }
}

/// Runs the tests of a project in source order, then its proofs, then its constraints. `settings` is the file that those which ship with
/// the compiler are turned on in, where what it leaves out can be told to be of the project or not.
pub fn run_tests(
    elaborated: &Elaborated,
    catalogue: &Catalogue,
    config: &Config,
    settings: Option<FileId>,
) -> Vec<Tested> {
    let is_empty = elaborated.tests.is_empty() && elaborated.proofs.is_empty() && elaborated.constraints.is_empty();
    if is_empty && !config.constraints.values().any(|setting| setting.is_on()) {
        return Vec::new();
    }
    let world = layers::World::new(elaborated, &config.defaults);
    let run = |test: &Test| {
        let mut tested = Tested::new(test);
        test.cases.iter().for_each(|one| case::run(&world, catalogue, one, &mut tested, None));
        tested
    };
    let mut tested: Vec<Tested> = elaborated.tests.iter().map(run).collect();
    tested.extend(proof::run(&world, elaborated, catalogue, (config, settings)));
    tested
}

/// Decides one claim about the policies and roles of a project; where there is nothing to decide, the finding says so.
pub fn decide(
    elaborated: &Elaborated,
    catalogue: &Catalogue,
    config: &Config,
    claim: &ProofClaim,
) -> Result<Decided, Box<Diagnostic>> {
    proof::decide(&layers::World::new(elaborated, &config.defaults), elaborated, catalogue, config, claim)
}

/// What changes between two projects of the requests that a role may make with all its layers; nothing where one of them lacks it.
pub fn role_differences(
    catalogue: &Catalogue,
    old: (&Elaborated, &Defaults),
    new: (&Elaborated, &Defaults),
    names: &[&str],
) -> Vec<Option<Difference>> {
    let worlds = [old, new].map(|(elaborated, defaults)| layers::World::new(elaborated, defaults));
    let of = |name: &str| {
        let [old, new] = worlds.each_ref().map(|world| world.role(name).and_then(|role| world.identity(role, &[])));
        Some(of_identity(catalogue, &old?.0, &new?.0))
    };
    names.iter().map(|name| of(name)).collect()
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
