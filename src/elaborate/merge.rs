//! Tests of one statement that have the same operator and key.
//!
//! A `Condition` block is a map: two entries of one operator and key cannot both stand in it. They become one entry where IAM's
//! value lists mean the same, stand under an equivalent operator where they do not, and are refused where neither works. Nothing is dropped.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>

use super::normal::Inexpressible;
use crate::policy::{BaseOperator, ConditionTest, Located, Operator, SetQualifier, Text, glob};

/// The tests of a conjunction as the entries of one `Condition` block; `None` where they contradict each other.
pub(super) fn conjunction(tests: Vec<&ConditionTest>) -> Result<Option<Vec<ConditionTest>>, Inexpressible> {
    let mut entries: Vec<ConditionTest> = Vec::with_capacity(tests.len());
    for test in tests {
        let mut test = test.clone();
        loop {
            let Some(at) =
                entries.iter().position(|entry| entry.operator.value == test.operator.value && same_key(entry, &test))
            else {
                entries.push(test);
                break;
            };
            match both(&entries[at], &test) {
                Both::Values(values) => {
                    entries[at].values = values;
                    break;
                }
                Both::Never => return Ok(None),
                Both::Apart => {
                    let equivalent = equivalents(test.operator.value).find(|operator| {
                        !entries.iter().any(|entry| entry.operator.value == *operator && same_key(entry, &test))
                    });
                    match equivalent {
                        Some(operator) => test.operator.value = operator,
                        None => return Err(Inexpressible::Clash(Box::new((entries[at].clone(), test)))),
                    }
                }
            }
        }
    }
    Ok(Some(entries))
}

fn same_key(a: &ConditionTest, b: &ConditionTest) -> bool {
    match (a.key.value.plain(), b.key.value.plain()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => a.key.value == b.key.value,
    }
}

/// What two tests of one operator and key are together.
enum Both {
    /// One test with these values.
    Values(Vec<Located<Text>>),
    /// A contradiction.
    Never,
    /// Nothing that one list of values says.
    Apart,
}

fn both(a: &ConditionTest, b: &ConditionTest) -> Both {
    let operator = a.operator.value;
    let has = |values: &[Located<Text>], value: &Text| values.iter().any(|one| one.value == *value);
    let within = |a: &[Located<Text>], b: &[Located<Text>]| a.iter().all(|value| has(b, &value.value));
    let equal = within(&a.values, &b.values) && within(&b.values, &a.values);
    if equal {
        return Both::Values(a.values.clone());
    }
    if operator.base == BaseOperator::Null {
        return Both::Never;
    }
    // None of these and none of those: one list. `ForAnyValue` of a negated operator asks for some value that is none of the
    // list, which may be another value for each list.
    if operator.base.is_negated() && operator.set != Some(SetQualifier::ForAnyValue) {
        let mut values = a.values.clone();
        values.extend(b.values.iter().filter(|value| !has(&a.values, &value.value)).cloned());
        return Both::Values(values);
    }
    let exact = a.values.iter().chain(&b.values).all(|value| is_exact(operator.base, &value.value));
    if exact && operator.set != Some(SetQualifier::ForAnyValue) {
        let values: Vec<_> = a.values.iter().filter(|value| has(&b.values, &value.value)).cloned().collect();
        return match (values.is_empty(), operator.set, operator.if_exists) {
            (false, _, _) => Both::Values(values),
            (true, None, false) => Both::Never,
            (true, _, _) => Both::Apart,
        };
    }
    Both::Apart
}

/// Whether a value matches itself alone under an operator.
fn is_exact(base: BaseOperator, value: &Text) -> bool {
    let Some(text) = value.plain() else { return false };
    let plain = !text.contains("${");
    match base {
        BaseOperator::StringEquals | BaseOperator::Bool | BaseOperator::BinaryEquals => plain,
        BaseOperator::StringLike | BaseOperator::ArnEquals | BaseOperator::ArnLike => plain && !glob::is_pattern(text),
        _ => false,
    }
}

/// Operators that mean the same as one, given that a test with that one stands beside it: `...IfExists` differs on absence
/// only, which the other test decides already; `ArnEquals` and `ArnLike` are one operator under two names.
fn equivalents(operator: Operator) -> impl Iterator<Item = Operator> {
    let other_name = match operator.base {
        BaseOperator::ArnEquals => Some(BaseOperator::ArnLike),
        BaseOperator::ArnLike => Some(BaseOperator::ArnEquals),
        BaseOperator::ArnNotEquals => Some(BaseOperator::ArnNotLike),
        BaseOperator::ArnNotLike => Some(BaseOperator::ArnNotEquals),
        _ => None,
    };
    let decides_absence = !operator.if_exists || operator.set == Some(SetQualifier::ForAllValues);
    let renamed = other_name.map(|base| Operator { base, ..operator });
    let loose = decides_absence.then_some(Operator { if_exists: !operator.if_exists, ..operator });
    let both = other_name.filter(|_| decides_absence).map(|base| Operator {
        base,
        if_exists: !operator.if_exists,
        ..operator
    });
    [renamed, loose, both].into_iter().flatten()
}
