//! What requests are made of: their attributes, the tests of them, and who may ask.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::case::Conflicting;
use super::known::{Known, Realm};
use super::letter;
use super::predicate::{AttributeId, Clause, Predicate, Predicates, Quantity, Values};
use super::requester::Requesters;
use super::strings::{Class, FastMap, PatternId, Patterns, Step};
use crate::catalogue::Catalogue;
use crate::policy::{Document, Family, Version, variables};

/// What the values of a condition key are compared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Texts,
    Numbers,
    Instants,
    Addresses,
}

impl Axis {
    fn of(family: Family) -> Option<Self> {
        match family {
            Family::String | Family::Arn | Family::Bool | Family::Binary => Some(Axis::Texts),
            Family::Numeric => Some(Axis::Numbers),
            Family::Date => Some(Axis::Instants),
            Family::IpAddress => Some(Axis::Addresses),
            Family::Null => None,
        }
    }
}

/// A condition key.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// As it was written first.
    pub(super) name: String,
    /// Whether requests have several values of it.
    pub(super) several: bool,
    /// What its values are compared as; nothing where no operator compares them.
    pub(super) axis: Option<Axis>,
}

/// All that questions about some documents are asked in.
pub(super) struct Space<'c> {
    pub(super) catalogue: &'c Catalogue,
    pub(super) patterns: Patterns,
    pub(super) predicates: Predicates,
    pub(super) requesters: Requesters,
    /// In the order of their attributes, which follow those of action, resource and requester.
    keys: Vec<Key>,
    key_numbers: FastMap<String, AttributeId>,
    /// Keys, in lower case, that some condition compares as a set.
    sets: BTreeSet<String>,
    opaque: HashMap<String, u32>,
    /// The patterns of texts that were met before: of actions, and of resources without variables.
    pub(super) known_actions: FastMap<Box<str>, PatternId>,
    pub(super) known_resources: FastMap<Box<str>, Option<PatternId>>,
    /// What is known of the values of policy variables in what is compiled now.
    pub(super) pinned: Vec<(AttributeId, Option<String>)>,
    /// Keys that are compared with their own values, and the patterns of these.
    pub(super) selves: BTreeMap<AttributeId, PatternId>,
    /// The number of the next letter for a part of a value.
    pub(super) parts: u32,
    /// Letters before the last part of an ARN, in what was compiled last.
    pub(super) early: BTreeSet<char>,
    /// What excluded requests only as far as the values of variables are as they mostly are.
    pub(super) conflicts: Vec<Conflicting>,
    /// Ranges of addresses that name a network.
    pub(super) networks: BTreeSet<String>,
    /// Whether a text holds characters that are letters here: nothing is found out then.
    pub(super) has_foreign: bool,
    /// Why what was compiled last is not exact, if it is not.
    pub(super) inexact: Option<&'static str>,
    /// What the catalogue says of requests.
    pub(super) known: Known,
    /// The texts that are an action, a resource, a value.
    pub(super) shapes: Shapes,
}

/// What every value of an attribute matches.
pub(super) struct Shapes {
    pub(super) action: Box<[PatternId]>,
    pub(super) resource: Box<[PatternId]>,
    pub(super) value: Box<[PatternId]>,
    /// One of several values is not empty.
    pub(super) filled: Box<[PatternId]>,
    /// The empty text.
    pub(super) empty: PatternId,
}

impl<'c> Space<'c> {
    /// The space of some documents. Others must not be compiled in it.
    pub(super) fn new(catalogue: &'c Catalogue, documents: &[&Document], realm: Realm<'_>) -> Self {
        let mut patterns = Patterns::new();
        let known = Known::new(realm, documents);
        let shapes = Shapes::new(&mut patterns, known.partitions.as_ref());
        let mut space = Space {
            catalogue,
            patterns,
            predicates: Predicates::default(),
            requesters: Requesters::new(documents),
            keys: Vec::new(),
            key_numbers: FastMap::default(),
            sets: BTreeSet::new(),
            opaque: HashMap::new(),
            known_actions: FastMap::default(),
            known_resources: FastMap::default(),
            pinned: Vec::new(),
            selves: BTreeMap::new(),
            parts: 0,
            early: BTreeSet::new(),
            conflicts: Vec::new(),
            networks: BTreeSet::new(),
            has_foreign: false,
            inexact: None,
            known,
            shapes,
        };
        for statement in documents.iter().flat_map(|document| &document.statements) {
            for test in statement.condition.iter().filter(|test| test.operator.value.set.is_some()) {
                space.sets.insert(test.key.value.to_string().to_ascii_lowercase());
            }
        }
        space
    }

    /// The attribute of a condition key. Letter case does not matter.
    pub(super) fn key(&mut self, name: &str) -> AttributeId {
        let lower = name.to_ascii_lowercase();
        if let Some(known) = self.key_numbers.get(&lower) {
            return *known;
        }
        let several = match self.catalogue.key(name) {
            Some(known) => known.multivalued(),
            None => self.sets.contains(&lower),
        };
        let id = AttributeId(3 + self.keys.len() as u32);
        self.keys.push(Key { name: name.to_owned(), several, axis: None });
        self.key_numbers.insert(lower, id);
        id
    }

    /// The attribute of a condition key, if something asks for it.
    pub(super) fn known_key(&self, name: &str) -> Option<AttributeId> {
        self.key_numbers.get(&name.to_ascii_lowercase()).copied()
    }

    /// The condition key of an attribute; none of action, resource and requester.
    pub(super) fn key_of(&self, attribute: AttributeId) -> Option<&Key> {
        attribute.index().checked_sub(3).and_then(|index| self.keys.get(index))
    }

    /// How many attributes there are.
    pub(super) fn attributes(&self) -> usize {
        3 + self.keys.len()
    }

    /// Whether it is a guess how many values a key holds: the catalogue does not have it.
    pub(super) fn is_guess(&self, attribute: AttributeId) -> bool {
        self.key_of(attribute).is_some_and(|key| self.catalogue.key(&key.name).is_none())
    }

    /// Whether values of a family can be compared with what else the key is compared with. The first family decides.
    pub(super) fn compares(&mut self, attribute: AttributeId, family: Family) -> bool {
        let Some(key) = attribute.index().checked_sub(3).and_then(|index| self.keys.get_mut(index)) else {
            return false;
        };
        match Axis::of(family) {
            None => true,
            Some(axis) => *key.axis.get_or_insert(axis) == axis,
        }
    }

    /// A set of which nothing is known but that it is the same for the same description.
    pub(super) fn opaque(&mut self, description: String) -> Values {
        let next = self.opaque.len() as u32;
        Values::Opaque(*self.opaque.entry(description).or_insert(next))
    }

    /// The clause that a value of a key, or none, is in a set.
    pub(super) fn clause(
        &mut self,
        attribute: AttributeId,
        absent: bool,
        quantity: Quantity,
        values: Values,
    ) -> Clause {
        let several = self.key_of(attribute).is_some_and(|key| key.several);
        let quantity = if several { quantity } else { Quantity::One };
        let is_key = attribute > AttributeId::REQUESTER;
        match extent(&self.patterns, &values) {
            Extent::Everything if !is_key || absent => return Clause::Always,
            Extent::Everything => return !self.is_absent(attribute),
            Extent::Nothing if !is_key || !absent => return Clause::Never,
            Extent::Nothing => return self.is_absent(attribute),
            Extent::Some => {}
        }
        self.see_itself(attribute, &values);
        let values = Rc::new(values);
        Clause::If(self.predicates.add(Predicate { attribute, absent, quantity, values }, &self.patterns))
    }

    /// Sees whether a key is compared with its own value.
    fn see_itself(&mut self, attribute: AttributeId, values: &Values) {
        let (Values::Texts(set), Some(letter)) = (values, letter::of_key(attribute.0)) else { return };
        let is_itself = |id: &PatternId| self.patterns.steps(*id).iter().any(|step| step.own() == Some(letter));
        if set.iter().any(is_itself) {
            let itself = self.patterns.add(vec![Step::Char(letter)]);
            self.selves.insert(attribute, itself);
        }
    }

    /// The clause that a request does not have a key.
    pub(super) fn is_absent(&mut self, attribute: AttributeId) -> Clause {
        let (quantity, values) = (Quantity::One, Rc::new(Values::Nothing));
        Clause::If(self.predicates.add(Predicate { attribute, absent: true, quantity, values }, &self.patterns))
    }

    /// The clause that a request does not have a key, or has an empty value of it.
    pub(super) fn is_null(&mut self, attribute: AttributeId) -> Clause {
        if self.key_of(attribute).is_some_and(|key| key.several) {
            return self.is_absent(attribute);
        }
        let (quantity, values) = (Quantity::One, Rc::new(Values::Texts([self.shapes.empty].into())));
        Clause::If(self.predicates.add(Predicate { attribute, absent: true, quantity, values }, &self.patterns))
    }

    /// The clause that a key has exactly this value.
    ///
    /// Of a key that is compared as a number, an instant or an address it is not told: the clause then holds of every request.
    pub(super) fn is_exactly(&mut self, attribute: AttributeId, value: &str) -> Clause {
        if self.key_of(attribute).and_then(|key| key.axis).is_some_and(|axis| axis != Axis::Texts) {
            return Clause::Always;
        }
        let pattern = self.patterns.add(value.chars().map(Step::Char).collect());
        self.clause(attribute, false, Quantity::One, Values::Texts([pattern].into()))
    }

    /// Whether a pattern holds the value of a policy variable, or a part of one.
    pub(super) fn has_letter(&self, id: PatternId) -> bool {
        self.patterns.steps(id).iter().any(|step| step.own().is_some_and(letter::is))
    }

    /// The keys of the policy variables of a text, in the order in which they stand.
    pub(super) fn variables(&mut self, text: &str, version: Version) -> Vec<AttributeId> {
        if version != Version::V2012 || !text.contains("${") {
            return Vec::new();
        }
        let found = variables(text).into_iter().flatten().filter(|one| !one.is_escape());
        found.map(|one| self.key(one.key)).collect()
    }
}

enum Extent {
    Nothing,
    Some,
    Everything,
}

/// Whether a set is none or all of its values.
fn extent(patterns: &Patterns, values: &Values) -> Extent {
    let (none, all) = match values {
        Values::Nothing => (true, false),
        Values::Texts(set) => {
            let is_everything = |id: &PatternId| matches!(patterns.steps(*id), [Step::Run(Class::Any)]);
            (set.is_empty(), set.iter().any(is_everything))
        }
        Values::Numbers(ranges) => (ranges.is_empty(), ranges.is_all()),
        Values::Instants(ranges) => (ranges.is_empty(), ranges.is_all()),
        Values::Addresses(ranges) => (ranges.is_empty(), ranges.is_all()),
        Values::Requesters(_) | Values::Opaque(_) => (false, false),
    };
    match (none, all) {
        (true, _) => Extent::Nothing,
        (_, true) => Extent::Everything,
        _ => Extent::Some,
    }
}

impl Shapes {
    /// Resources are of these partitions, or of any.
    fn new(patterns: &mut Patterns, partitions: Option<&BTreeSet<String>>) -> Self {
        let one = |steps: &mut Vec<Step>| steps.extend([Step::One(Class::NotColon), Step::Run(Class::NotColon)]);
        let mut action = Vec::new();
        one(&mut action);
        action.push(Step::Char(':'));
        one(&mut action);
        let arns = |partition: &[Step]| {
            let mut steps: Vec<Step> = "arn:".chars().map(Step::Char).collect();
            steps.extend(partition);
            for _ in 0..3 {
                steps.extend([Step::Char(':'), Step::Run(Class::NotColon)]);
            }
            steps.extend([Step::Char(':'), Step::Run(Class::Any)]);
            steps
        };
        let named = |name: &String| arns(&name.chars().map(Step::Char).collect::<Vec<_>>());
        let resources = match partitions {
            Some(names) => names.iter().map(named).collect(),
            None => vec![arns(&[Step::Run(Class::NotColon)])],
        };
        let resources = [vec![Step::Char('*')]].into_iter().chain(resources).map(|steps| patterns.add(steps));
        let resource = resources.collect();
        Shapes {
            action: [patterns.add(action)].into(),
            resource,
            value: [patterns.add(vec![Step::Run(Class::Any)])].into(),
            filled: [patterns.add(vec![Step::One(Class::Any), Step::Run(Class::Any)])].into(),
            empty: patterns.add(Vec::new()),
        }
    }
}
