//! Claims about what policies and roles allow.

use super::claim::{Allowed, Sought};
use super::predicate::AttributeId;
use super::region::{Place, Region};
use super::search::Outcome;
use super::space::Space;
use super::subject::Subject;
use super::witness::Witness;
use crate::catalogue::Catalogue;
use crate::evaluate::{Context, KeyValue, Request};
use crate::policy::Document;

/// What is found out about a claim.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It holds of every request.
    Holds,
    /// It does not hold of this one.
    Fails(Box<Counterexample>),
    /// It is not known, and why.
    Unknown(String),
}

/// A request of which a claim does not hold; the evaluator has decided it so.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// The request. What its context does not say, it does not have.
    pub request: Request,
    /// The keys that it has, by name, sorted.
    pub keys: Vec<(String, KeyValue)>,
    /// The statement that lets it through, of the documents of the first subject.
    pub statement: Place,
    /// Where it should have been covered by others: the statement that comes nearest to that.
    pub nearest: Option<Place>,
}

/// How much work one claim may take: about one unit for each state of an automaton that is visited.
const BUDGET: u64 = 2_000_000;
/// Why a request that the search found was not one.
const NOT_REPLAYED: &str = "a policy variable or a key that is compared in two ways keeps it from being found out";

/// Proves claims about some documents. What it has found out about their patterns serves every claim.
pub struct Prover<'c> {
    space: Space<'c>,
}

/// What a subject allows, ready for claims.
pub struct Permissions<'d> {
    subject: Subject<'d>,
    allowed: Allowed,
}

impl<'c> Prover<'c> {
    /// A prover for claims about these documents, and no others: all that the subjects of the claims have, and those of the claims.
    pub fn new(catalogue: &'c Catalogue, documents: &[&Document]) -> Self {
        Prover { space: Space::new(catalogue, documents) }
    }

    /// What a subject allows.
    pub fn permissions<'d>(&mut self, subject: Subject<'d>) -> Permissions<'d> {
        let allowed = subject.allowed(&mut self.space);
        Permissions { subject, allowed }
    }

    /// Whether everything that `a` allows is allowed by `b`.
    pub fn within(&mut self, a: &Permissions<'_>, b: &Permissions<'_>) -> Verdict {
        let sought = Sought { by: &[&a.allowed], not_by: Some(&b.allowed) };
        self.verdict(&sought, |request| a.subject.allows(request) && !b.subject.allows(request))
    }

    /// Whether there is nothing that both allow.
    pub fn disjoint(&mut self, a: &Permissions<'_>, b: &Permissions<'_>) -> Verdict {
        let sought = Sought { by: &[&a.allowed, &b.allowed], not_by: None };
        self.verdict(&sought, |request| a.subject.allows(request) && b.subject.allows(request))
    }

    /// Whether a statement of `b` denies everything that `a` allows.
    pub fn denied(&mut self, a: &Permissions<'_>, b: &Permissions<'_>) -> Verdict {
        let denied =
            Allowed { ways: vec![vec![b.allowed.deny.clone()]], inexact: b.allowed.inexact, ..Allowed::default() };
        let sought = Sought { by: &[&a.allowed], not_by: Some(&denied) };
        self.verdict(&sought, |request| a.subject.allows(request) && !b.subject.denies(request))
    }

    /// A claim holds if no request is found that is sought.
    fn verdict(&mut self, sought: &Sought<'_>, is_sought: impl Fn(&Request) -> bool) -> Verdict {
        let mut budget = BUDGET;
        let mut counterexample = None;
        let outcome = self.space.find(sought, &mut budget, |space, witness, statement| {
            let request = space.replayed(witness, &is_sought).ok_or(NOT_REPLAYED)?;
            let nearest = sought.not_by.and_then(|other| nearest(space, witness, other));
            let keys = keys(space, &request.context);
            counterexample = Some(Counterexample { keys, request, statement, nearest });
            Ok(())
        });
        match (outcome, counterexample) {
            (Outcome::Witness(_), Some(found)) => Verdict::Fails(Box::new(found)),
            (Outcome::None, _) => Verdict::Holds,
            (Outcome::Unknown(why), _) => Verdict::Unknown(why.to_owned()),
            (Outcome::Witness(_), None) => Verdict::Unknown(NOT_REPLAYED.to_owned()),
        }
    }
}

/// Whether everything that one document allows is allowed by another.
pub fn within(catalogue: &Catalogue, a: Subject<'_>, b: Subject<'_>) -> Verdict {
    let documents: Vec<&Document> = a.documents().chain(b.documents()).collect();
    let mut prover = Prover::new(catalogue, &documents);
    let (a, b) = (prover.permissions(a), prover.permissions(b));
    prover.within(&a, &b)
}

/// The statement of which the fewest literals do not hold.
fn nearest(space: &Space<'_>, witness: &[Witness], allowed: &Allowed) -> Option<Place> {
    let off = |region: &&Region| {
        let holds = |literal: &&super::predicate::Literal| {
            let attribute = space.predicates.get(**literal).attribute;
            space.holds(**literal, &witness[attribute.index()])
        };
        region.literals.len() - region.literals.iter().filter(holds).count()
    };
    let regions = allowed.ways.iter().flatten().flatten();
    regions.min_by_key(off).map(|region| region.place)
}

fn keys(space: &Space<'_>, context: &Context) -> Vec<(String, KeyValue)> {
    let mut keys = Vec::new();
    for index in 3..space.attributes() {
        let Some(key) = space.key_of(AttributeId(index as u32)) else { continue };
        match context.get(&key.name.to_ascii_lowercase()) {
            KeyValue::Absent | KeyValue::Unknown => {}
            value => keys.push((key.name.clone(), value)),
        }
    }
    keys.sort_by(|a, b| a.0.cmp(&b.0));
    keys
}
