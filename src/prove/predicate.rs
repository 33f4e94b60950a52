//! Tests of one attribute of a request, each kept once.

use std::rc::Rc;

use jiff::Timestamp;

use super::ranges::Ranges;
use super::strings::{FastMap, PatternId, Patterns};
use crate::policy::value::Decimal;

/// An attribute of requests: their action, resource, requester, or one of their condition keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct AttributeId(pub(super) u32);

impl AttributeId {
    pub(super) const ACTION: AttributeId = AttributeId(0);
    pub(super) const RESOURCE: AttributeId = AttributeId(1);
    pub(super) const REQUESTER: AttributeId = AttributeId(2);

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// An address: whether it is one of version 6, and its bits.
pub(super) type Address = (bool, u128);

/// A set of values of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Values {
    /// None at all.
    Nothing,
    /// Texts that match one of these patterns.
    Texts(Box<[PatternId]>),
    Numbers(Ranges<Decimal>),
    Instants(Ranges<Timestamp>),
    Addresses(Ranges<Address>),
    /// Requesters, by their place among those of the space.
    Requesters(Box<[u64]>),
    /// Values of which nothing is known: of an operator that reads the key otherwise than most do. Numbered.
    Opaque(u32),
}

/// How many of the values of a key must be in the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Quantity {
    /// The one that there is.
    One,
    /// Every one.
    All,
    /// At least one.
    Any,
}

/// A test of one attribute. What negates it is no test of its own, but the same one in a negative literal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Predicate {
    pub(super) attribute: AttributeId,
    /// Whether it holds of a request without the attribute.
    pub(super) absent: bool,
    pub(super) quantity: Quantity,
    pub(super) values: Rc<Values>,
}

/// A predicate, or its negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Literal(u32);

impl Literal {
    pub(super) fn new(predicate: usize, holds: bool) -> Self {
        Literal((predicate as u32) << 1 | u32::from(!holds))
    }

    /// The number of the predicate.
    pub(super) fn predicate(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// Whether the predicate is to hold.
    pub(super) fn holds(self) -> bool {
        self.0 & 1 == 0
    }
}

impl std::ops::Not for Literal {
    type Output = Literal;

    fn not(self) -> Literal {
        Literal(self.0 ^ 1)
    }
}

/// What a clause of a statement comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clause {
    /// It holds of every request.
    Always,
    /// It holds of none.
    Never,
    /// It holds where the literal does.
    If(Literal),
}

impl std::ops::Not for Clause {
    type Output = Clause;

    fn not(self) -> Clause {
        match self {
            Clause::Always => Clause::Never,
            Clause::Never => Clause::Always,
            Clause::If(literal) => Clause::If(!literal),
        }
    }
}

/// All predicates.
#[derive(Default)]
pub(super) struct Predicates {
    all: Vec<Predicate>,
    /// Of each, those of its patterns that hold wildcards.
    wild: Vec<Box<[PatternId]>>,
    numbers: FastMap<Predicate, usize>,
}

impl Predicates {
    /// The positive literal of a predicate.
    pub(super) fn add(&mut self, predicate: Predicate, patterns: &Patterns) -> Literal {
        if let Some(number) = self.numbers.get(&predicate) {
            return Literal::new(*number, true);
        }
        let number = self.all.len();
        self.wild.push(match &*predicate.values {
            Values::Texts(set) => set.iter().copied().filter(|id| !patterns.is_literal(*id)).collect(),
            _ => Box::default(),
        });
        self.all.push(predicate.clone());
        self.numbers.insert(predicate, number);
        Literal::new(number, true)
    }

    pub(super) fn get(&self, literal: Literal) -> &Predicate {
        &self.all[literal.predicate()]
    }

    /// The patterns with wildcards of a literal's set.
    pub(super) fn wild(&self, literal: Literal) -> &[PatternId] {
        &self.wild[literal.predicate()]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Predicate> {
        self.all.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}
