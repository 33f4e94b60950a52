//! One test of a key, and its negation, as IAM's operators.
//!
//! One rule for absence: a comparison on an absent key is false, `k?` means that absence is fine, and `not` is real negation.
//! IAM's own rule differs from operator to operator: a positive one is false on an absent key, a negated one true, one with
//! `IfExists` true, `ForAllValues` true, `ForAnyValue` false.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use super::normal::Normal;
use crate::base::Span;
use crate::policy::{BaseOperator, ConditionTest, Family, Located, Operator, SetQualifier, Text};
use crate::syntax::{Comparison, Quantifier};

/// A comparison, ready to be written.
#[derive(Clone, Debug)]
pub(super) struct Comparing {
    pub(super) key: Located<Text>,
    pub(super) quantifier: Option<Quantifier>,
    /// `k?`
    pub(super) optional: bool,
    pub(super) comparison: Comparison,
    /// Where the comparison is written.
    pub(super) at: Span,
    pub(super) family: Family,
    pub(super) values: Vec<Located<Text>>,
}

/// Whether the operator is as named here, or one that compares no values of this family.
pub(super) fn base_operator(comparison: Comparison, family: Family) -> Option<BaseOperator> {
    use BaseOperator::*;
    let positive = match comparison {
        Comparison::NotEqual | Comparison::In | Comparison::NotIn => Comparison::Equal,
        Comparison::NotLike => Comparison::Like,
        Comparison::NotEqualIgnoreCase => Comparison::EqualIgnoreCase,
        other => other,
    };
    Some(match (family, positive) {
        (Family::String, Comparison::Equal) => StringEquals,
        (Family::String, Comparison::Like) => StringLike,
        (Family::String, Comparison::EqualIgnoreCase) => StringEqualsIgnoreCase,
        (Family::Arn, Comparison::Equal) => ArnEquals,
        (Family::Arn, Comparison::Like) => ArnLike,
        (Family::Numeric, Comparison::Equal) => NumericEquals,
        (Family::Numeric, Comparison::Less) => NumericLessThan,
        (Family::Numeric, Comparison::LessEqual) => NumericLessThanEquals,
        (Family::Numeric, Comparison::Greater) => NumericGreaterThan,
        (Family::Numeric, Comparison::GreaterEqual) => NumericGreaterThanEquals,
        (Family::Date, Comparison::Equal) => DateEquals,
        (Family::Date, Comparison::Less) => DateLessThan,
        (Family::Date, Comparison::LessEqual) => DateLessThanEquals,
        (Family::Date, Comparison::Greater) => DateGreaterThan,
        (Family::Date, Comparison::GreaterEqual) => DateGreaterThanEquals,
        (Family::Bool, Comparison::Equal) => Bool,
        (Family::IpAddress, Comparison::Equal) => IpAddress,
        (Family::Binary, Comparison::Equal) => BinaryEquals,
        (Family::Null, Comparison::Equal) => Null,
        _ => return None,
    })
}

/// `has k`, or `missing k`.
pub(super) fn presence(key: Located<Text>, at: Span, present: bool) -> Normal {
    let value = Located::new(Text::from(if present { "false" } else { "true" }), key.span);
    let operator = Located::new(Operator { set: None, base: BaseOperator::Null, if_exists: false }, at);
    Normal::Test(ConditionTest { operator, key, values: vec![value] })
}

/// The comparison, or its negation. `None` where IAM has no operator for it: `BinaryEquals` has no negation.
pub(super) fn lower(comparing: &Comparing, negate: bool) -> Option<Normal> {
    let positive = base_operator(comparing.comparison, comparing.family)?;
    // `any k != v` is about values that differ; `k != v` and `no k == v` likewise, once the quantifier is taken into account.
    let differs = comparing.comparison.is_negative() != (comparing.quantifier == Some(Quantifier::No));
    if comparing.values.is_empty() {
        return Some(of_nothing(comparing, differs, negate));
    }
    let writer = Writer { comparing, positive };
    match comparing.quantifier {
        None => writer.single(differs, negate),
        Some(Quantifier::Any) => writer.any(differs, negate),
        Some(Quantifier::All | Quantifier::No) => writer.all(differs, negate),
    }
}

struct Writer<'a> {
    comparing: &'a Comparing,
    positive: BaseOperator,
}

impl Writer<'_> {
    /// A key of one value.
    fn single(&self, differs: bool, negate: bool) -> Option<Normal> {
        let optional = self.comparing.optional;
        Some(match (differs, optional, negate) {
            (false, false, false) => self.equal(false),
            (false, false, true) => self.different(self.is_strict())?,
            (false, true, false) => self.equal(true),
            (false, true, true) if self.is_strict() => self.different(false)?,
            (false, true, true) => Normal::all([self.different(false)?, self.has()]),
            (true, false, false) if self.is_strict() => self.different(false)?,
            (true, false, false) => Normal::all([self.different(false)?, self.has()]),
            (true, false, true) => self.equal(true),
            (true, true, false) => self.different(true)?,
            (true, true, true) => self.equal(false),
        })
    }

    /// Some value of the key.
    fn any(&self, differs: bool, negate: bool) -> Option<Normal> {
        let optional = self.comparing.optional;
        let base = if differs { self.positive.negation()? } else { self.positive };
        if !negate {
            return Some(self.test(Some(SetQualifier::ForAnyValue), base, optional));
        }
        let none = self.test(Some(SetQualifier::ForAllValues), base.negation()?, false);
        Some(if optional { Normal::all([none, self.has()]) } else { none })
    }

    /// Every value of the key; true of none, as in IAM.
    fn all(&self, differs: bool, negate: bool) -> Option<Normal> {
        let base = if differs { self.positive.negation()? } else { self.positive };
        Some(match negate {
            false => self.test(Some(SetQualifier::ForAllValues), base, self.comparing.optional),
            true => self.test(Some(SetQualifier::ForAnyValue), base.negation()?, false),
        })
    }

    /// Whether the opposite operator is false on an absent key too, as the orders and `Bool` are.
    fn is_strict(&self) -> bool {
        self.positive == BaseOperator::Bool || self.positive.negation().is_some_and(|opposite| !opposite.is_negated())
    }

    fn equal(&self, if_exists: bool) -> Normal {
        self.test(None, self.positive, if_exists)
    }

    /// The opposite operator; of `Bool`, the other value.
    fn different(&self, if_exists: bool) -> Option<Normal> {
        if self.positive == BaseOperator::Bool {
            let [value] = self.comparing.values.as_slice() else { return None };
            let other = match value.value.plain()? {
                "true" => "false",
                "false" => "true",
                _ => return None,
            };
            let values = vec![Located::new(other.into(), value.span)];
            return Some(self.with(None, self.positive, if_exists, values));
        }
        Some(self.test(None, self.positive.negation()?, if_exists))
    }

    fn has(&self) -> Normal {
        presence(self.comparing.key.clone(), self.comparing.at, true)
    }

    fn test(&self, set: Option<SetQualifier>, base: BaseOperator, if_exists: bool) -> Normal {
        self.with(set, base, if_exists, self.comparing.values.clone())
    }

    fn with(
        &self,
        set: Option<SetQualifier>,
        base: BaseOperator,
        if_exists: bool,
        values: Vec<Located<Text>>,
    ) -> Normal {
        let operator = Located::new(Operator { set, base, if_exists }, self.comparing.at);
        Normal::Test(ConditionTest { operator, key: self.comparing.key.clone(), values })
    }
}

/// A comparison with no values at all, as an empty list parameter gives: nothing is equal to one of none.
fn of_nothing(comparing: &Comparing, differs: bool, negate: bool) -> Normal {
    let key = || comparing.key.clone();
    let all = matches!(comparing.quantifier, Some(Quantifier::All | Quantifier::No));
    // As a question of presence: `None` where the answer is the same for every request.
    let (constant, when_present) = match (all, differs) {
        (true, false) => (None, false),
        (true, true) => (Some(true), true),
        (false, false) if comparing.optional => (None, false),
        (false, false) => (Some(false), false),
        (false, true) if comparing.optional => (Some(true), true),
        (false, true) => (None, true),
    };
    match constant {
        Some(holds) if holds != negate => Normal::Always,
        Some(_) => Normal::Never,
        None => presence(key(), comparing.at, when_present != negate),
    }
}
