//! A value for each attribute: one concrete request.

use jiff::Timestamp;

use super::predicate::{Address, Literal, Quantity, Values};
use super::requester::has;
use super::space::Space;
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
}

impl Text {
    pub(super) fn new(text: String) -> Self {
        let chars = text.chars().collect();
        Self { text, chars }
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
        let values = &predicate.values;
        let found = match witness {
            Witness::Absent => predicate.absent,
            Witness::Text(text) => self.has_text(values, text),
            Witness::Requester(index) => matches!(values, Values::Requesters(mask) if has(mask, *index)),
            Witness::One(value) => self.has_value(values, value),
            Witness::Several(all) if predicate.quantity == Quantity::All => {
                all.iter().all(|value| self.has_value(values, value))
            }
            Witness::Several(all) => all.iter().any(|value| self.has_value(values, value)),
        };
        found == literal.holds()
    }

    fn has_value(&self, values: &Values, value: &Value) -> bool {
        match (values, value) {
            (Values::Numbers(ranges), Value::Number(number)) => ranges.contains(number),
            (Values::Instants(ranges), Value::Instant(instant)) => ranges.contains(instant),
            (Values::Addresses(ranges), Value::Address(address)) => ranges.contains(address),
            (_, Value::Text(text)) => self.has_text(values, text),
            _ => false,
        }
    }

    fn has_text(&self, values: &Values, text: &Text) -> bool {
        matches!(values, Values::Texts(set) if self.patterns.any_matches(set, &text.chars))
    }
}
