//! Conditions that contradict themselves from one operator to the next. What cannot be written at all is told earlier.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, SetQualifier, Statement, glob};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // A formula becomes several statements; that one of them never holds may be meant, that none does cannot.
    let contradictions: Vec<_> =
        subject.statements().map(|(_, statement)| (statement.span, contradiction(statement))).collect();
    let mut told = Vec::new();
    for (index, (span, found)) in contradictions.iter().enumerate() {
        let Some((a, b)) = found else { continue };
        let all = contradictions.iter().filter(|(other, _)| other == span).all(|(_, found)| found.is_some());
        if !all || told.contains(&span) {
            continue;
        }
        told.push(span);
        findings.on_statement(
            index,
            Diagnostic::new(&code::NEVER_APPLIES, b.key.span, "the condition of this statement never holds")
                .label("cannot hold")
                .also(a.key.span, "where this holds")
                .note("a statement that can never apply grants and denies nothing, whatever it says")
                .help("mend the condition, or remove the statement"),
        );
    }
}

/// Two tests of a statement of which one excludes the other.
fn contradiction(statement: &Statement) -> Option<(&ConditionTest, &ConditionTest)> {
    let tests = &statement.condition;
    let mut pairs = tests.iter().enumerate().flat_map(|(at, a)| tests[at + 1..].iter().map(move |b| (a, b)));
    pairs.find(|(a, b)| is_same_key(a, b) && (excludes(a, b) || excludes(b, a)))
}

fn is_same_key(a: &ConditionTest, b: &ConditionTest) -> bool {
    let keys = a.key.value.plain().zip(b.key.value.plain());
    keys.is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// Whether every request for which `a` holds is one for which `b` does not, as far as the two tell.
fn excludes(a: &ConditionTest, b: &ConditionTest) -> bool {
    let (operator, other) = (a.operator.value, b.operator.value);
    if operator.base == BaseOperator::Null {
        let is_absent = a.values.iter().all(|value| value.value.plain().is_some_and(|text| text == "true"));
        let holds_without = other.base == BaseOperator::Null
            || other.base.is_negated()
            || other.if_exists
            || other.set == Some(SetQualifier::ForAllValues);
        return is_absent && !holds_without;
    }
    if operator.set.is_some() || other.set.is_some() || operator.if_exists || operator.base.is_negated() {
        return false;
    }
    let Some(values) = exact_values(a) else { return false };
    let Some(others) = b.values.iter().map(|value| value.value.plain()).collect::<Option<Vec<_>>>() else {
        return false;
    };
    if others.iter().any(|other| other.contains("${")) {
        return false;
    }
    let among = |value: &&str| others.iter().any(|text| matches(comparing(other.base), value, text));
    match (operator.base, other.base) {
        (BaseOperator::Bool, BaseOperator::Bool) => !values.iter().any(among),
        _ => other.base.is_negated() && values.iter().all(among),
    }
}

/// How a negated operator, or `Bool`, compares.
fn comparing(base: BaseOperator) -> Comparing {
    match base {
        BaseOperator::StringNotEquals => Comparing::Exactly,
        BaseOperator::StringNotEqualsIgnoreCase | BaseOperator::Bool => Comparing::AnyCase,
        BaseOperator::StringNotLike => Comparing::Pattern,
        BaseOperator::ArnNotEquals | BaseOperator::ArnNotLike => Comparing::Arn,
        _ => Comparing::Unknown,
    }
}

#[derive(Clone, Copy)]
enum Comparing {
    Exactly,
    AnyCase,
    Pattern,
    Arn,
    /// Numbers and dates have several spellings, and ranges overlap.
    Unknown,
}

fn matches(how: Comparing, value: &str, other: &str) -> bool {
    match how {
        Comparing::Exactly => value == other,
        Comparing::AnyCase => value.eq_ignore_ascii_case(other),
        Comparing::Pattern => glob::matches(other, value, false),
        Comparing::Arn => crate::policy::arn_matches(other, value),
        Comparing::Unknown => false,
    }
}

/// The values of a test that is true of these alone.
fn exact_values(test: &ConditionTest) -> Option<Vec<&str>> {
    let base = test.operator.value.base;
    let is_pattern = |text: &str| match base {
        BaseOperator::StringEquals | BaseOperator::Bool => false,
        BaseOperator::StringLike | BaseOperator::ArnEquals | BaseOperator::ArnLike => glob::is_pattern(text),
        _ => true,
    };
    test.values
        .iter()
        .map(|value| value.value.plain().filter(|text| !text.contains("${") && !is_pattern(text)))
        .collect()
}
