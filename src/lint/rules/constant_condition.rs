//! Tests of a condition that come out the same for every request, or ask in a roundabout way whether a key is there.

use crate::catalogue::ConditionKey;
use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Effect, Kind, SetQualifier, Statement};

const PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html";

/// What a test says of every request alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Constant {
    /// It holds.
    Always,
    /// It does not.
    Never,
    /// It holds where the key is there.
    WherePresent,
    /// It holds where the key is not there.
    WhereAbsent,
}

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        for (test, known) in subject.tests(index) {
            let finding = match constant(subject.policy.kind, test, known) {
                Some(Constant::Always) => always(statement, test),
                Some(Constant::Never) if test.operator.value.base == BaseOperator::Null => never(statement, test),
                Some(found @ (Constant::WherePresent | Constant::WhereAbsent)) => presence(subject, test, found),
                // A statement that never applies is told as such.
                Some(Constant::Never) => continue,
                None => match every_address(test).or_else(|| only_where_missing(statement, test)) {
                    Some(finding) => finding,
                    None => continue,
                },
            };
            findings.on_statement(index, finding);
        }
    }
}

/// What a test says of every request alike, if it does.
pub(super) fn constant(kind: Kind, test: &ConditionTest, known: Option<ConditionKey<'_>>) -> Option<Constant> {
    let operator = test.operator.value;
    let always_there = known.is_some_and(|known| is_always_there(kind, known));
    if operator.base == BaseOperator::Null {
        return of_null(test, always_there);
    }
    // One value that matches everything is enough: the others add nothing to it.
    let everything = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'*');
    if !operator.base.allows_wildcards() || !test.values.iter().any(|one| one.value.plain().is_some_and(everything)) {
        return None;
    }
    let where_present = !operator.base.is_negated();
    let where_absent = match operator.set {
        None => operator.if_exists || operator.base.is_negated(),
        Some(SetQualifier::ForAllValues) => true,
        Some(SetQualifier::ForAnyValue) => operator.if_exists,
    };
    Some(match (where_present, where_absent || always_there && where_present) {
        (true, true) => Constant::Always,
        (true, false) => Constant::WherePresent,
        (false, true) if !always_there => Constant::WhereAbsent,
        (false, _) => Constant::Never,
    })
}

fn of_null(test: &ConditionTest, always_there: bool) -> Option<Constant> {
    let says = |wanted: &str| {
        test.values.iter().any(|one| one.value.plain().is_some_and(|text| text.eq_ignore_ascii_case(wanted)))
    };
    match (test.operator.value.set, says("true"), says("false")) {
        (Some(SetQualifier::ForAllValues), ..) | (None, true, true) => Some(Constant::Always),
        (Some(SetQualifier::ForAnyValue), ..) => Some(Constant::Never),
        (None, false, true) if always_there => Some(Constant::Always),
        (None, true, false) if always_there => Some(Constant::Never),
        _ => None,
    }
}

fn is_null_of_a_set(test: &ConditionTest) -> bool {
    test.operator.value.base == BaseOperator::Null && test.operator.value.set.is_some()
}

/// Whether every request that the policy sees has the key. Requests that nobody signed reach policies of resources only.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
fn is_always_there(kind: Kind, known: ConditionKey<'_>) -> bool {
    match known.availability() {
        Some("always" | "all") => true,
        Some("signed") => !kind.has_principals(),
        _ => false,
    }
}

fn always(statement: &Statement, test: &ConditionTest) -> Diagnostic {
    let message = format!("`{}` of `{}` holds of every request", test.operator.value, test.key.value);
    let finding = Diagnostic::new(&code::CONSTANT_CONDITION, test.key.span, message).label("demands nothing").note(
        match statement.effect {
            Effect::Allow => format!("the statement allows what it would allow without this test ({PAGE})"),
            Effect::Deny => format!("the statement denies what it would deny without this test ({PAGE})"),
        },
    );
    match test.operator.value.base {
        BaseOperator::Null if is_null_of_a_set(test) => finding
            .aws("NULL_WITH_QUALIFIER")
            .help("leave the prefix out: `Null` with `true` or `false` asks whether the key is missing"),
        BaseOperator::Null => finding.aws_names(&[]).help("remove the test, or ask for a value of the key"),
        _ => finding
            .aws("REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION")
            .help("name the values that are meant instead of `*`, or remove the test"),
    }
}

fn never(statement: &Statement, test: &ConditionTest) -> Diagnostic {
    let message = format!("`{}` of `{}` holds of no request", test.operator.value, test.key.value);
    let finding = Diagnostic::new(&code::CONSTANT_CONDITION, test.key.span, message).label("never holds").note(
        match statement.effect {
            Effect::Allow => format!("the statement allows nothing ({PAGE})"),
            Effect::Deny => format!("the statement denies nothing ({PAGE})"),
        },
    );
    match is_null_of_a_set(test) {
        true => finding
            .aws("NULL_WITH_QUALIFIER")
            .help("leave the prefix out: `Null` with `true` or `false` asks whether the key is missing"),
        false => {
            finding.aws_names(&[]).help("the key is in every request: ask for a value of it, or remove the statement")
        }
    }
}

/// `StringLike` with `*`, which `Null` says plainly.
fn presence(subject: &Subject<'_>, test: &ConditionTest, found: Constant) -> Diagnostic {
    let key = &test.key.value;
    let is_there = found == Constant::WherePresent;
    let (aws, asks) = match is_there {
        true => ("EQUIVALENT_TO_NULL_FALSE", "is there"),
        false => ("EQUIVALENT_TO_NULL_TRUE", "is missing"),
    };
    Diagnostic::new(&code::EQUIVALENT_TO_NULL, test.key.span, format!("this only asks whether `{key}` {asks}"))
        .aws(aws)
        .label("matches any value")
        .note("`Null` says so plainly (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null)")
        .help(match (subject.is_json(test.key.span), is_there) {
            (true, _) => format!("write `\"Null\": {{\"{key}\": \"{}\"}}`", !is_there),
            (false, true) => format!("write `has {key}`"),
            (false, false) => format!("write `missing {key}`"),
        })
}

/// A test that holds of a missing key, in a statement that is about requests without that key only.
fn only_where_missing(statement: &Statement, test: &ConditionTest) -> Option<Diagnostic> {
    let operator = test.operator.value;
    let holds = operator.base != BaseOperator::Null
        && match operator.set {
            None => operator.if_exists || operator.base.is_negated(),
            Some(SetQualifier::ForAllValues) => true,
            Some(SetQualifier::ForAnyValue) => operator.if_exists,
        };
    let is_same = |one: &ConditionTest| one.key.value.to_string().eq_ignore_ascii_case(&test.key.value.to_string());
    let asks = statement.condition.iter().find(|one| {
        let operator = one.operator.value;
        let is_true = |text: &str| text.eq_ignore_ascii_case("true");
        operator.base == BaseOperator::Null
            && operator.set.is_none()
            && one.values.iter().all(|value| value.value.plain().is_some_and(is_true))
            && is_same(one)
    });
    let asks = asks.filter(|_| holds)?;
    let key = &test.key.value;
    let does = if statement.effect == Effect::Allow { "allows" } else { "denies" };
    let message = format!("`{operator}` of `{key}` holds of every request that this statement is about");
    Some(
        Diagnostic::new(&code::CONSTANT_CONDITION, test.key.span, message)
            .aws_names(&[])
            .label("demands nothing")
            .also(asks.key.span, "only where the key is missing")
            .note(format!(
                "all tests of a statement have to hold, so that it {does} nothing where the key has a value ({PAGE})"
            ))
            .help("put the two tests in statements of their own; or remove one, if the other is all that is meant"),
    )
}

/// A range that all addresses of one version are in.
fn every_address(test: &ConditionTest) -> Option<Diagnostic> {
    let base = test.operator.value.base;
    let value = test.values.iter().find(|one| matches!(one.value.plain(), Some("0.0.0.0/0" | "::/0")))?;
    let says = match base {
        BaseOperator::IpAddress => "holds of every request that has the key",
        BaseOperator::NotIpAddress => "holds of no request that has the key",
        _ => return None,
    };
    let range = value.value.plain().unwrap_or_default();
    let version = if range.starts_with(':') { "6" } else { "4" };
    let message = format!("every IPv{version} address is in `{range}`");
    Some(
        Diagnostic::new(&code::CONSTANT_CONDITION, value.span, message)
            .aws_names(&[])
            .label(format!("with it, `{base}` {says}"))
            .note(format!(
                "all addresses from 0 on are in a range whose prefix has no bits ({PAGE}#Conditions_IPAddress)"
            ))
            .help("name the ranges that are meant, or remove the test"),
    )
}
