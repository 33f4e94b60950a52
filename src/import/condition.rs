//! The tests of a condition as formulas: what must hold, and what must not.

use super::Lookup;
use super::literal::{is_iam_name, quote};
use super::name::kebab;
use super::shared::Shared;
use crate::elaborate::inferred_family;
use crate::policy::{BaseOperator, ConditionTest, Effect, Family, Located, SetQualifier, Text, without_variables};
use crate::syntax::{Token, is_token};

/// The operands of `when`, which are joined by "and", and of `unless`, joined by "or".
#[derive(Debug, Default)]
pub(super) struct Formulas {
    pub(super) when: Vec<String>,
    pub(super) unless: Vec<String>,
}

/// What the tests of a statement say.
pub(super) fn formulas(lookup: Lookup<'_>, effect: Effect, tests: &[ConditionTest], shared: &mut Shared) -> Formulas {
    let mut formulas = Formulas::default();
    let mut done = vec![false; tests.len()];
    for (index, test) in tests.iter().enumerate() {
        if std::mem::replace(&mut done[index], true) {
            continue;
        }
        let writer = Writer { lookup, test };
        // "Present and different" is one comparison of the language and two tests of IAM.
        if let Some(presence) = presence_beside(tests, index).filter(|presence| !done[*presence]) {
            done[presence] = true;
            formulas.when.push(writer.compare("", negative(test.operator.value.base), shared));
            continue;
        }
        match writer.formula(effect, shared) {
            Formula::When(text) => formulas.when.push(text),
            Formula::Unless(text) => formulas.unless.push(text),
        }
    }
    formulas
}

/// The test beside a negated one that asks for the same key to be there, and stands behind it or has not been written yet.
fn presence_beside(tests: &[ConditionTest], index: usize) -> Option<usize> {
    let operator = tests[index].operator.value;
    if !operator.base.is_negated() || operator.if_exists || operator.set.is_some() {
        return None;
    }
    tests.iter().enumerate().skip(index + 1).find_map(|(other, test)| {
        let operator = test.operator.value;
        let asks = operator.base == BaseOperator::Null && operator.set.is_none() && only(&test.values) == Some("false");
        (asks && test.key.value == tests[index].key.value).then_some(other)
    })
}

enum Formula {
    When(String),
    Unless(String),
}

struct Writer<'a> {
    lookup: Lookup<'a>,
    test: &'a ConditionTest,
}

impl Writer<'_> {
    fn formula(&self, effect: Effect, shared: &mut Shared) -> Formula {
        let operator = self.test.operator.value;
        let base = operator.base;
        let optional = if operator.if_exists { "?" } else { "" };
        match operator.set {
            Some(SetQualifier::ForAnyValue) if base.is_negated() && effect == Effect::Deny && !operator.if_exists => {
                Formula::Unless(format!("all {}", self.compare("", positive(base), shared)))
            }
            Some(SetQualifier::ForAllValues) if base.is_negated() && effect == Effect::Deny && !operator.if_exists => {
                Formula::Unless(format!("any {}", self.compare("", positive(base), shared)))
            }
            Some(SetQualifier::ForAnyValue) if base.is_negated() => {
                Formula::When(format!("any {}", self.compare(optional, negative(base), shared)))
            }
            Some(SetQualifier::ForAnyValue) => {
                Formula::When(format!("any {}", self.compare(optional, positive(base), shared)))
            }
            Some(SetQualifier::ForAllValues) => {
                let word = if base.is_negated() { "no" } else { "all" };
                Formula::When(format!("{word} {}", self.compare(optional, positive(base), shared)))
            }
            None if base.is_negated() && !operator.if_exists => {
                Formula::Unless(self.compare("", positive(base), shared))
            }
            None if base.is_negated() => Formula::When(self.compare(optional, negative(base), shared)),
            None => self.single(effect, optional, shared),
        }
    }

    /// A positive operator on a key of one value.
    fn single(&self, effect: Effect, optional: &str, shared: &mut Shared) -> Formula {
        let operator = self.test.operator.value;
        let value = only(&self.test.values);
        match (operator.base, value) {
            (BaseOperator::Null, Some("true")) => Formula::When(format!("missing {}", self.key())),
            (BaseOperator::Null, Some("false")) => Formula::When(format!("has {}", self.key())),
            (BaseOperator::Bool, Some("true")) if self.is_inferred() => {
                Formula::When(format!("{}{optional}", self.key()))
            }
            (BaseOperator::Bool, Some("false")) if operator.if_exists && self.is_inferred() => {
                Formula::Unless(self.key())
            }
            // An order is negated by its opposite, which a request without the key passes.
            (base, Some(_)) if operator.if_exists && effect == Effect::Deny && is_order(base) => {
                let opposite = base.negation().unwrap_or(base);
                Formula::Unless(self.compare("", comparator(opposite), shared))
            }
            (base, _) => Formula::When(self.compare(optional, positive(base), shared)),
        }
    }

    /// `key == value`
    fn compare(&self, optional: &str, comparator: &str, shared: &mut Shared) -> String {
        let read_as = match self.is_inferred() {
            true => String::new(),
            false => format!(" as {}", word(self.family())),
        };
        let values: Vec<String> = self.test.values.iter().map(|value| self.value(value, shared)).collect();
        let (comparator, values) = match values.as_slice() {
            [one] => (comparator, one.clone()),
            _ => {
                let comparator = match comparator {
                    "==" => "in",
                    "!=" => "not in",
                    other => other,
                };
                (comparator, shared.list(&values, || hint(&self.test.key.value)))
            }
        };
        format!("{}{optional}{read_as} {comparator} {values}", self.key())
    }

    fn key(&self) -> String {
        match self.test.key.value.plain().filter(|key| is_iam_name(key)) {
            Some(key) => key.to_owned(),
            None => format!("key({})", quote(&self.test.key.value)),
        }
    }

    fn family(&self) -> Family {
        self.test.operator.value.base.family()
    }

    /// Whether the language takes the key for what the operator takes it for.
    fn is_inferred(&self) -> bool {
        let known = self.test.key.value.plain().and_then(|key| self.lookup.catalogue.key(key));
        inferred_family(known, self.test.values.first().map(|value| self.looks(value))) == self.family()
    }

    /// What a value looks like as it is written here.
    fn looks(&self, value: &Located<Text>) -> Family {
        match value.value.plain() {
            Some(text) if is_literal(self.family(), text) => self.family(),
            _ if value.value.pattern().starts_with("arn:") => Family::Arn,
            _ => Family::String,
        }
    }

    fn value(&self, value: &Located<Text>, shared: &mut Shared) -> String {
        match value.value.plain() {
            Some(text) if is_literal(self.family(), text) => text.to_owned(),
            _ if is_plain(&value.value) => quote(&value.value),
            _ => shared.one(quote(&value.value), || hint(&self.test.key.value)),
        }
    }
}

/// Whether a value can stand without quotes: a number, a date, a Boolean.
fn is_literal(family: Family, text: &str) -> bool {
    match family {
        Family::Numeric => is_token(text, |token| matches!(token, Token::Number(_))),
        Family::Date => is_token(text, |token| matches!(token, Token::Date(_))),
        Family::Bool => matches!(text, "true" | "false"),
        _ => false,
    }
}

fn only(values: &[Located<Text>]) -> Option<&str> {
    if let [one] = values { one.value.plain() } else { None }
}

fn is_order(base: BaseOperator) -> bool {
    matches!(comparator(base), "<" | "<=" | ">" | ">=")
}

fn comparator(base: BaseOperator) -> &'static str {
    use BaseOperator::*;
    match base {
        StringLike | StringNotLike | ArnLike | ArnNotLike => "like",
        StringEqualsIgnoreCase | StringNotEqualsIgnoreCase => "~=",
        NumericLessThan | DateLessThan => "<",
        NumericLessThanEquals | DateLessThanEquals => "<=",
        NumericGreaterThan | DateGreaterThan => ">",
        NumericGreaterThanEquals | DateGreaterThanEquals => ">=",
        NotIpAddress | IpAddress => "in",
        _ => "==",
    }
}

/// The comparison that the operator, or the one that it negates, stands for.
fn positive(base: BaseOperator) -> &'static str {
    comparator(base)
}

/// The comparison that asks for a value that is there and differs.
fn negative(base: BaseOperator) -> &'static str {
    match comparator(base) {
        "like" => "not like",
        "~=" => "not ~=",
        "in" => "not in",
        _ => "!=",
    }
}

/// The word after `as`.
fn word(family: Family) -> &'static str {
    match family {
        Family::String => "String",
        Family::Numeric => "Numeric",
        Family::Date => "Date",
        Family::Bool => "Bool",
        Family::Binary => "Binary",
        Family::IpAddress => "IpAddress",
        Family::Arn => "Arn",
        Family::Null => "Null",
    }
}

/// What values of a key might be called: the last word of its name.
fn hint(key: &Text) -> String {
    let text = key.to_string();
    kebab(text.rsplit([':', '/']).next().unwrap_or("values"))
}

/// Whether a value says by itself what it is, so that a name would hide it: a word, a service of AWS, a policy variable.
fn is_plain(value: &Text) -> bool {
    value.plain().is_some_and(|text| {
        let is_service = text.trim_end_matches(".cn").ends_with(".amazonaws.com");
        is_service || !text.starts_with("arn:") && !without_variables(text).contains('/')
    })
}
