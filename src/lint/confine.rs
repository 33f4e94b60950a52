//! Whether the conditions of a policy confine who gets in: what a statement asks of a key, and what the denies beside it take back.

use crate::policy::{
    BaseOperator, ConditionTest, Document, Effect, Family, SetQualifier, Statement, arn_matches, glob,
};

/// A character that stands in no value that somebody would name.
const UNLIKELY: &str = "\u{1}";

/// The test of a statement that only requests pass which have such a key, with one of some values that do not stand for all values.
pub(super) fn demand(statement: &Statement, is_such: impl Fn(&str) -> bool) -> Option<&ConditionTest> {
    statement.condition.iter().find(|test| key(test).is_some_and(|key| is_such(&key)) && demands(test))
}

/// Whether one of the denies of a document takes back what requests without such a key, or with another value, are allowed of an
/// action, or of a pattern of actions. What else such a deny asks for is not looked at.
pub(super) fn takes_back(document: &Document, action: &str, is_such: impl Fn(&str) -> bool) -> bool {
    let denies = document.statements.iter().filter(|statement| {
        let is_about = |pattern: &str| glob::intersects(pattern, action, true);
        statement.effect == Effect::Deny
            && statement.action.patterns.iter().any(|pattern| is_about(&pattern.value)) != statement.action.negated
    });
    denies
        .flat_map(|statement| &statement.condition)
        .any(|test| excepts(test) && key(test).is_some_and(|key| is_such(&key)))
}

/// The key of a test in lower case; nothing of one that is known on deployment only.
pub(super) fn key(test: &ConditionTest) -> Option<String> {
    test.key.value.plain().map(str::to_ascii_lowercase)
}

/// Whether a test fails of a request without the key, and of some values.
fn demands(test: &ConditionTest) -> bool {
    let operator = test.operator.value;
    let is_positive = !operator.if_exists
        && operator.set != Some(SetQualifier::ForAllValues)
        && operator.base != BaseOperator::Null
        && !operator.base.is_negated();
    is_positive
        && !test.values.iter().any(|value| value.value.plain().is_some_and(|text| is_anything(operator.base, text)))
}

/// Whether the operator takes a value for a pattern that stands for everything.
pub(super) fn is_anything(base: BaseOperator, text: &str) -> bool {
    if !base.allows_wildcards() || !text.contains('*') {
        return false;
    }
    glob::matches(text, UNLIKELY, false)
        || base.family() == Family::Arn && arn_matches(text, &format!("arn:aws:iam::000000000000:role/{UNLIKELY}"))
}

/// Whether a test of a deny holds of requests without the key, so that only some of those with it are left.
fn excepts(test: &ConditionTest) -> bool {
    let base = test.operator.value.base;
    let all_are = |wanted: &str| test.values.iter().all(|value| value.value.plain() == Some(wanted));
    match base {
        BaseOperator::Null => all_are("true"),
        BaseOperator::Bool => all_are("false"),
        _ => base.is_negated(),
    }
}
