//! A value for each attribute: one concrete request.

use jiff::Timestamp;

use super::predicate::{Address, Literal, Quantity, Values};
use super::requester::has as has_one;
use super::space::Space;
use super::strings::{PatternId, Patterns};
use crate::policy::value::Decimal;

/// The value of a condition key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(Text),
    Number(Decimal),
    Instant(Timestamp),
    Address(Address),
}

/// A text, and its characters for matching.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) chars: Box<[char]>,
    /// The pattern that is this text, if there is one.
    literal: Option<PatternId>,
}

impl Text {
    pub(super) fn new(text: String, patterns: &Patterns) -> Self {
        let chars: Box<[char]> = text.chars().collect();
        let literal = patterns.literal(&chars);
        Self { text, chars, literal }
    }

    /// Finds the pattern that is this text, if it came later.
    pub(super) fn recall(&mut self, patterns: &Patterns) {
        self.literal = self.literal.or_else(|| patterns.literal(&self.chars));
    }
}

/// What an attribute is in one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Witness {
    /// An action or a resource.
    Text(Text),
    /// A requester, by its place.
    Requester(usize),
    /// A key that the request does not have.
    Absent,
    /// A key's one value.
    One(Value),
    /// The values of a key that has several.
    Several(Vec<Value>),
}

impl Space<'_> {
    /// Whether a literal holds of a value of its attribute.
    pub(super) fn holds(&self, literal: Literal, witness: &Witness) -> bool {
        let predicate = self.predicates.get(literal);
        let has = |value: &Value| self.has_value(literal, value);
        let found = match witness {
            Witness::Absent => predicate.absent,
            Witness::Text(text) => self.has_text(literal, text),
            Witness::Requester(index) => {
                matches!(&*predicate.values, Values::Requesters(mask) if has_one(mask, *index))
            }
            Witness::One(value) => has(value),
            Witness::Several(all) if predicate.quantity == Quantity::All => all.iter().all(has),
            Witness::Several(all) => all.iter().any(has),
        };
        found == literal.holds()
    }

    fn has_value(&self, literal: Literal, value: &Value) -> bool {
        match (&*self.predicates.get(literal).values, value) {
            (Values::Numbers(ranges), Value::Number(number)) => ranges.contains(number),
            (Values::Instants(ranges), Value::Instant(instant)) => ranges.contains(instant),
            (Values::Addresses(ranges), Value::Address(address)) => ranges.contains(address),
            (_, Value::Text(text)) => self.has_text(literal, text),
            _ => false,
        }
    }

    /// Whether a text is in the set of a literal.
    fn has_text(&self, literal: Literal, text: &Text) -> bool {
        let Values::Texts(set) = &*self.predicates.get(literal).values else { return false };
        text.literal.is_some_and(|id| set.binary_search(&id).is_ok())
            || self.patterns.any_matches(self.predicates.wild(literal), &text.chars)
    }
}
