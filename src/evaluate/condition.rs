//! The tests of a condition, compiled once.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use std::cmp::Ordering;

use ipnet::IpNet;
use jiff::Timestamp;

use super::context::KeyValue;
use super::pattern::{Glob, Substituted, Template, segments, segments_match};
use super::statement::{Bound, KeyId, Keys};
use super::truth::Truth;
use crate::policy::value::{self, Decimal};
use crate::policy::{BaseOperator, ConditionTest, Family, Operator, SetQualifier, Version};

/// The condition of a statement: all its tests must hold.
#[derive(Clone, Debug, Default)]
pub struct ConditionProgram {
    tests: Vec<Test>,
}

#[derive(Clone, Debug)]
struct Test {
    operator: Operator,
    key: KeyId,
    values: Vec<Wanted>,
}

/// A value of the policy, in the form in which its operator compares it.
#[derive(Clone, Debug)]
enum Wanted {
    Text(Box<str>),
    Glob(Glob),
    Arn([Glob; 6]),
    Number(Decimal),
    Date(Timestamp),
    Bool(bool),
    Range(IpNet),
    Template(Template),
    /// A value that the operator cannot read: it matches nothing.
    Nothing,
}

impl ConditionProgram {
    /// Compiles the tests of a statement. Variables are variables in documents of version 2012-10-17 only.
    pub fn new(tests: &[ConditionTest], version: Version, keys: &mut Keys) -> Self {
        let compile = |test: &ConditionTest| {
            let operator = test.operator.value;
            let key = keys.id(&test.key.value.shown());
            let values = test.values.iter().map(|one| wanted(operator.base, &one.value.shown(), version, keys));
            Test { operator, key, values: values.collect() }
        };
        Self { tests: tests.iter().map(compile).collect() }
    }

    /// Whether it holds.
    pub fn holds(&self, bound: &Bound) -> Truth {
        Truth::all(self.tests.iter().map(|test| test.holds(bound)))
    }

    /// Whether each of its tests holds, in their order.
    pub(super) fn each(&self, bound: &Bound) -> Vec<Truth> {
        self.tests.iter().map(|test| test.holds(bound)).collect()
    }
}

/// Whether there is no value, or nothing but empty texts.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
fn is_null(value: &KeyValue) -> bool {
    match value {
        KeyValue::Unknown => false,
        KeyValue::Absent => true,
        KeyValue::One(text) => text.is_empty(),
        KeyValue::Several(texts) => texts.iter().all(String::is_empty),
    }
}

fn wanted(base: BaseOperator, text: &str, version: Version, keys: &mut Keys) -> Wanted {
    if version == Version::V2012
        && base.substitutes_variables()
        && let Some(template) = Template::new(text, base.allows_wildcards(), keys)
    {
        return Wanted::Template(template);
    }
    plain(base, text)
}

fn plain(base: BaseOperator, text: &str) -> Wanted {
    match base.family() {
        Family::String if base.allows_wildcards() => Wanted::Glob(Glob::new(text)),
        Family::String if ignores_case(base) => Wanted::Text(text.to_lowercase().into()),
        Family::String | Family::Binary => Wanted::Text(text.into()),
        Family::Arn => Wanted::Arn(segments(text)),
        Family::Numeric => value::number(text).map_or(Wanted::Nothing, Wanted::Number),
        Family::Date => value::date(text).map_or(Wanted::Nothing, Wanted::Date),
        Family::Bool | Family::Null => Wanted::Bool(text.eq_ignore_ascii_case("true")),
        Family::IpAddress => value::address_range(text).map_or(Wanted::Nothing, Wanted::Range),
    }
}

fn ignores_case(base: BaseOperator) -> bool {
    matches!(base, BaseOperator::StringEqualsIgnoreCase | BaseOperator::StringNotEqualsIgnoreCase)
}

impl Test {
    fn holds(&self, bound: &Bound) -> Truth {
        let value = bound.value(self.key);
        if self.operator.base == BaseOperator::Null {
            return self.null(value);
        }
        match (value, self.operator.set) {
            (KeyValue::Unknown, _) => Truth::Unknown,
            (KeyValue::Absent, set) => self.of_absent(set).into(),
            // An empty text is no value to all of whose values something would not apply.
            (value, Some(SetQualifier::ForAllValues)) if is_null(value) => Truth::Yes,
            (KeyValue::One(value), _) => self.matches(value, bound),
            (KeyValue::Several(values), Some(SetQualifier::ForAllValues)) => {
                Truth::all(values.iter().map(|value| self.matches(value, bound)))
            }
            (KeyValue::Several(values), Some(SetQualifier::ForAnyValue)) => {
                Truth::any(values.iter().map(|value| self.matches(value, bound)))
            }
            // Without a set operator, several values match nothing.
            (KeyValue::Several(_), None) => Truth::No,
        }
    }

    fn of_absent(&self, set: Option<SetQualifier>) -> bool {
        match set {
            Some(SetQualifier::ForAllValues) => true,
            Some(SetQualifier::ForAnyValue) => self.operator.if_exists,
            None => self.operator.if_exists || self.operator.base.is_negated(),
        }
    }

    fn null(&self, value: &KeyValue) -> Truth {
        // With a set operator it is a constant: all of no values are, and none of no values is.
        match (value, self.operator.set) {
            (KeyValue::Unknown, None) => return Truth::Unknown,
            (KeyValue::Absent, Some(set)) => return (set == SetQualifier::ForAllValues).into(),
            _ => {}
        }
        let absent = is_null(value);
        self.values.iter().any(|one| matches!(one, Wanted::Bool(wanted) if *wanted == absent)).into()
    }

    /// One value of the request: some value of the policy matches it, or, negated, none does.
    fn matches(&self, value: &str, bound: &Bound) -> Truth {
        let base = self.operator.base;
        let read = Given::new(base, value);
        let found = Truth::any(self.values.iter().map(|wanted| compare(base, &read, wanted, bound)));
        if base.is_negated() { !found } else { found }
    }
}

/// A value of the request, read as its operator reads values.
enum Given<'a> {
    Text(&'a str),
    Lower(String),
    Arn(Option<[&'a str; 6]>),
    Number(Option<Decimal>),
    Date(Option<Timestamp>),
    Bool(bool),
    Range(Option<IpNet>),
}

impl<'a> Given<'a> {
    fn new(base: BaseOperator, text: &'a str) -> Self {
        match base.family() {
            Family::String if ignores_case(base) => Given::Lower(text.to_lowercase()),
            Family::String | Family::Binary => Given::Text(text),
            Family::Arn => Given::Arn(arn(text)),
            Family::Numeric => Given::Number(value::number(text).ok()),
            Family::Date => Given::Date(value::date(text).ok()),
            Family::Bool | Family::Null => Given::Bool(text.eq_ignore_ascii_case("true")),
            Family::IpAddress => Given::Range(value::address_range(text).ok()),
        }
    }
}

/// The six segments of an ARN.
pub(super) fn arn(text: &str) -> Option<[&str; 6]> {
    let mut parts = text.splitn(6, ':');
    let mut segments = [""; 6];
    for segment in &mut segments {
        *segment = parts.next()?;
    }
    (segments[0] == "arn").then_some(segments)
}

fn compare(base: BaseOperator, given: &Given<'_>, wanted: &Wanted, bound: &Bound) -> Truth {
    let holds = match (given, wanted) {
        (_, Wanted::Template(template)) => {
            return match template.substitute(bound, base.allows_wildcards()) {
                Substituted::Text(text) => compare(base, given, &plain(base, &text), bound),
                Substituted::Missing => Truth::No,
                Substituted::Unknown => Truth::Unknown,
            };
        }
        (Given::Text(text), Wanted::Text(wanted)) => *text == &**wanted,
        (Given::Lower(text), Wanted::Text(wanted)) => **text == **wanted,
        (Given::Text(text), Wanted::Glob(glob)) => glob.matches(text),
        (Given::Arn(arn), Wanted::Arn(pattern)) => segments_match(pattern, *arn),
        (Given::Number(Some(number)), Wanted::Number(wanted)) => ordered(base, number.cmp(wanted)),
        (Given::Date(Some(date)), Wanted::Date(wanted)) => ordered(base, date.cmp(wanted)),
        (Given::Bool(value), Wanted::Bool(wanted)) => value == wanted,
        (Given::Range(Some(range)), Wanted::Range(wanted)) => wanted.contains(range),
        _ => false,
    };
    holds.into()
}

/// Whether an operator holds of two values in that order. The negated ones are negated by who asks.
fn ordered(base: BaseOperator, order: Ordering) -> bool {
    use BaseOperator::*;
    match base {
        NumericLessThan | DateLessThan => order == Ordering::Less,
        NumericLessThanEquals | DateLessThanEquals => order != Ordering::Greater,
        NumericGreaterThan | DateGreaterThan => order == Ordering::Greater,
        NumericGreaterThanEquals | DateGreaterThanEquals => order != Ordering::Less,
        _ => order == Ordering::Equal,
    }
}
