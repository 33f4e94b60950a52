//! What requests are made of: their attributes, the tests of them, and who may ask.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::predicate::{AttributeId, Clause, Predicate, Predicates, Quantity, Values};
use super::requester::Requesters;
use super::strings::{Class, FastMap, PatternId, Patterns, Step};
use crate::catalogue::Catalogue;
use crate::policy::{Document, Family, Principal, Version, variables};

/// The first of the characters that stand for the values of policy variables: no text of a policy holds them.
const FIRST_LETTER: u32 = 0xF_0000;

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
    /// Keys that policy variables stand for.
    variables: BTreeSet<AttributeId>,
    /// Keys, in lower case, that some condition compares as a set.
    sets: BTreeSet<String>,
    opaque: HashMap<String, u32>,
    /// The patterns of texts that were met before: of actions, and of resources without variables.
    pub(super) known_actions: FastMap<Box<str>, PatternId>,
    pub(super) known_resources: FastMap<Box<str>, Option<PatternId>>,
    /// Keys of policy variables that have these values in what is compiled now.
    pub(super) pinned: Vec<(AttributeId, String)>,
    /// Why what was compiled last is not exact, if it is not.
    pub(super) inexact: Option<&'static str>,
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
    pub(super) fn new(catalogue: &'c Catalogue, documents: &[&Document]) -> Self {
        let mut patterns = Patterns::new();
        let shapes = Shapes::new(&mut patterns);
        let mut space = Space {
            catalogue,
            patterns,
            predicates: Predicates::default(),
            requesters: Requesters::new(principals(documents)),
            keys: Vec::new(),
            key_numbers: FastMap::default(),
            variables: BTreeSet::new(),
            sets: BTreeSet::new(),
            opaque: HashMap::new(),
            known_actions: FastMap::default(),
            known_resources: FastMap::default(),
            pinned: Vec::new(),
            inexact: None,
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
        let values = Rc::new(values);
        Clause::If(self.predicates.add(Predicate { attribute, absent, quantity, values }, &self.patterns))
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
    pub(super) fn is_exactly(&mut self, attribute: AttributeId, value: &str) -> Clause {
        let pattern = self.patterns.add(value.chars().map(Step::Char).collect());
        self.clause(attribute, false, Quantity::One, Values::Texts([pattern].into()))
    }

    /// Whether the value of a key stands in the patterns of a literal.
    pub(super) fn stands_in(&self, key: AttributeId, literal: super::predicate::Literal) -> bool {
        let letter = Step::Char(Self::letter(key));
        let Values::Texts(set) = &*self.predicates.get(literal).values else { return false };
        set.iter().any(|id| self.patterns.steps(*id).contains(&letter))
    }

    /// The character that stands for the value of a key.
    pub(super) fn letter(attribute: AttributeId) -> char {
        char::from_u32(FIRST_LETTER + attribute.0).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    /// The key whose value a character stands for.
    pub(super) fn of_letter(letter: char) -> Option<AttributeId> {
        let above = u32::from(letter).checked_sub(FIRST_LETTER)?;
        (above < 0xF000).then_some(AttributeId(above))
    }

    /// Whether a pattern holds the value of a policy variable.
    pub(super) fn has_letter(&self, id: PatternId) -> bool {
        let is_letter = |step: &Step| matches!(step, Step::Char(character) if Space::of_letter(*character).is_some());
        self.patterns.steps(id).iter().any(is_letter)
    }

    /// The keys of the policy variables of a text, in the order in which they stand.
    pub(super) fn variables(&mut self, text: &str, version: Version) -> Vec<AttributeId> {
        if version != Version::V2012 || !text.contains("${") {
            return Vec::new();
        }
        let found = variables(text).into_iter().flatten().filter(|one| !one.is_escape());
        let keys: Vec<AttributeId> = found.map(|one| self.key(one.key)).collect();
        self.variables.extend(&keys);
        keys
    }

    /// Whether policy variables stand for a key.
    pub(super) fn is_variable(&self, attribute: AttributeId) -> bool {
        self.variables.contains(&attribute)
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

/// Whom the documents name.
fn principals<'d>(documents: &[&'d Document]) -> impl Iterator<Item = &'d Principal> {
    let statements = documents.iter().flat_map(|document| &document.statements).collect::<Vec<_>>();
    let elements = statements.into_iter().filter_map(|statement| statement.principal.as_ref());
    elements.flat_map(|element| &element.principals).map(|one| &one.value)
}

impl Shapes {
    fn new(patterns: &mut Patterns) -> Self {
        let one = |steps: &mut Vec<Step>| steps.extend([Step::One(Class::NotColon), Step::Run(Class::NotColon)]);
        let mut action = Vec::new();
        one(&mut action);
        action.push(Step::Char(':'));
        one(&mut action);
        let mut resource: Vec<Step> = "arn".chars().map(Step::Char).collect();
        for _ in 0..4 {
            resource.extend([Step::Char(':'), Step::Run(Class::NotColon)]);
        }
        resource.extend([Step::Char(':'), Step::Run(Class::Any)]);
        Shapes {
            action: [patterns.add(action)].into(),
            resource: [patterns.add(vec![Step::Char('*')]), patterns.add(resource)].into(),
            value: [patterns.add(vec![Step::Run(Class::Any)])].into(),
            filled: [patterns.add(vec![Step::One(Class::Any), Step::Run(Class::Any)])].into(),
            empty: patterns.add(Vec::new()),
        }
    }
}
