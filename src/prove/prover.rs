//! Claims about documents.

use super::claim::{Allowed, Sought};
use super::predicate::AttributeId;
use super::region::Region;
use super::search::Outcome;
use super::space::Space;
use super::witness::Witness;
use crate::catalogue::Catalogue;
use crate::evaluate::{Context, KeyValue, Layers, Request, decide_alone};
use crate::policy::{Document, Effect};

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
    /// The statement, by its place, that lets it through.
    pub statement: Option<usize>,
    /// Of the policy that was to cover it, the statement that comes nearest to it.
    pub nearest: Option<usize>,
}

/// A document, and whether its statements say whom they are for.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'d> {
    /// The document.
    pub document: &'d Document,
    /// Whether it is a policy of a resource, whose statements concern those that they name.
    pub has_principals: bool,
}

/// How much work one claim may take: about one unit for each state of an automaton that is visited.
const BUDGET: u64 = 2_000_000;

/// Whether everything that `a` allows is allowed by `b`.
pub fn within(catalogue: &Catalogue, a: Subject<'_>, b: Subject<'_>) -> Verdict {
    let mut space = Space::new(catalogue, &[a.document, b.document]);
    let of_a: Allowed = space.regions(a.document, a.has_principals).into();
    let of_b: Allowed = space.regions(b.document, b.has_principals).into();
    let judge = Judge::new(a, Some(b));
    let sought = Sought { by: &[&of_a], not_by: Some(&of_b) };
    let mut budget = BUDGET;
    let mut counterexample = None;
    let outcome = space.find(&sought, &mut budget, |space, witness| {
        counterexample = judge.counterexample(space, witness, &of_b);
        if counterexample.is_some() {
            Ok(())
        } else {
            Err("the values of its policy variables relate to each other in a way that was not found out")
        }
    });
    match (outcome, counterexample) {
        (Outcome::Witness(_), Some(found)) => Verdict::Fails(Box::new(found)),
        (Outcome::None, _) => Verdict::Holds,
        (Outcome::Unknown(why), _) => Verdict::Unknown(why.to_owned()),
        (Outcome::Witness(_), None) => Verdict::Unknown("the counterexample could not be shown".to_owned()),
    }
}

/// Decides requests with the documents themselves.
struct Judge<'d> {
    a: Subject<'d>,
    b: Option<Subject<'d>>,
}

impl<'d> Judge<'d> {
    fn new(a: Subject<'d>, b: Option<Subject<'d>>) -> Self {
        Self { a, b }
    }

    /// The request of a witness, if it is one that `a` allows and `b` does not.
    fn counterexample(&self, space: &mut Space<'_>, witness: &[Witness], of_b: &Allowed) -> Option<Counterexample> {
        let request = space.request(witness);
        let statement = allowing(self.a, &request)?;
        if self.b.is_some_and(|b| allowing(b, &request).is_some()) {
            return None;
        }
        let nearest = nearest(space, witness, of_b);
        Some(Counterexample { keys: keys(space, &request.context), request, statement, nearest })
    }
}

/// The statement of a document that allows a request that it allows.
pub(super) fn allowing(subject: Subject<'_>, request: &Request) -> Option<Option<usize>> {
    let mut layers = Layers::default();
    let program = layers.compile(subject.document);
    let bound = layers.bind(request);
    let allows = decide_alone(&program, &bound, subject.has_principals) == crate::evaluate::Outcome::Allowed;
    allows.then(|| program.deciding(&bound, Effect::Allow, subject.has_principals))
}

/// The statement of which the fewest literals do not hold.
fn nearest(space: &Space<'_>, witness: &[Witness], allowed: &Allowed) -> Option<usize> {
    let off = |region: &&Region| {
        let holds = |literal: &&super::predicate::Literal| {
            let attribute = space.predicates.get(**literal).attribute;
            space.holds(**literal, &witness[attribute.index()])
        };
        region.literals.len() - region.literals.iter().filter(holds).count()
    };
    let regions = allowed.ways.iter().flatten().flatten();
    regions.min_by_key(off).map(|region| region.statement)
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
