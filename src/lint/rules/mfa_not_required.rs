//! Tests for multi-factor authentication that requests without the key pass.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::cover::actions_cover;
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Effect, Operator, Statement};

const PRESENT: &str = "aws:MultiFactorAuthPresent";
const AGE: &str = "aws:MultiFactorAuthAge";
const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        // Whoever asks whether the key is there has thought of it, but not always of its value.
        if statement.condition.iter().any(|test| test.operator.value.base == BaseOperator::Null && is_of_mfa(test)) {
            presence_alone(subject, statement).into_iter().for_each(|told| findings.on_statement(index, told));
            continue;
        }
        for test in statement.condition.iter().filter(|test| is_of_mfa(test) && test.operator.value.set.is_none()) {
            if let Some(finding) = problem(subject, index, statement, test) {
                findings.on_statement(index, finding);
            }
        }
    }
}

fn is_key(test: &ConditionTest, key: &str) -> bool {
    test.key.value.plain().is_some_and(|plain| plain.eq_ignore_ascii_case(key))
}

fn is_of_mfa(test: &ConditionTest) -> bool {
    is_key(test, PRESENT) || is_key(test, AGE)
}

fn is_one(test: &ConditionTest, wanted: &str) -> bool {
    let [value] = test.values.as_slice() else { return false };
    value.value.plain().is_some_and(|value| value.eq_ignore_ascii_case(wanted))
}

/// What a test says of a request: that it has MFA, or that it has none, or that it is too old.
fn says(test: &ConditionTest) -> Option<bool> {
    use BaseOperator::{Bool, NumericGreaterThan, NumericGreaterThanEquals, NumericLessThan, NumericLessThanEquals};
    match test.operator.value.base {
        Bool if is_key(test, PRESENT) && is_one(test, "true") => Some(true),
        Bool if is_key(test, PRESENT) && is_one(test, "false") => Some(false),
        NumericLessThan | NumericLessThanEquals if is_key(test, AGE) => Some(true),
        NumericGreaterThan | NumericGreaterThanEquals if is_key(test, AGE) => Some(false),
        _ => None,
    }
}

fn problem(subject: &Subject<'_>, index: usize, statement: &Statement, test: &ConditionTest) -> Option<Diagnostic> {
    let operator = test.operator.value;
    let (message, optional) = match (statement.effect, operator.if_exists, says(test)?) {
        (Effect::Deny, false, false) if !is_denied_without(subject, statement) => {
            ("a request with long-term access keys is not denied", true)
        }
        (Effect::Allow, true, true) => ("a request with long-term access keys is allowed without MFA", false),
        (Effect::Allow, _, false) if is_key(test, PRESENT) => return Some(inverted(test)),
        _ => return None,
    };
    let (message, presence) = match is_key(test, PRESENT) {
        true => (message, "with temporary credentials"),
        false if optional => ("a request without MFA is not denied", "with MFA"),
        false => ("a request without MFA is allowed", "with MFA"),
    };
    let key = test.key.value.shown();
    let wanted = Operator { if_exists: optional, ..operator };
    let without = Operator { if_exists: false, ..operator };
    let finding = Diagnostic::new(&code::MFA_NOT_REQUIRED, test.key.span, message)
        .label("not in such a request")
        .note(format!("the key is in requests {presence} only; of one without it, `{without}` does not hold and `{without}IfExists` does ({PAGE})"));
    if subject.is_json(test.key.span) {
        return Some(subject.with_operator(finding, index, test, wanted).unsafely());
    }
    let mark = if optional { "?" } else { "" };
    Some(finding.help(match is_key(test, PRESENT) {
        true if optional => format!("write `{key}? == false`, which also holds of a request without the key"),
        true => format!("write `{key} == true`, which demands the key"),
        false => format!("write `{key}{mark}` and the comparison"),
    }))
}

/// A test whether the key is there, which it is with temporary credentials, whether they come of MFA or not.
fn presence_alone(subject: &Subject<'_>, statement: &Statement) -> Option<Diagnostic> {
    let mut tests = statement.condition.iter().filter(|test| is_of_mfa(test));
    let (test, None) = (tests.next().filter(|test| is_key(test, PRESENT))?, tests.next()) else { return None };
    let denies_false = |other: &Statement| {
        other.effect == Effect::Deny
            && actions_cover(&other.action, &statement.action)
            && other.condition.iter().any(|test| says(test) == Some(false))
    };
    let message = match statement.effect {
        Effect::Allow if is_one(test, "false") => "a session without MFA is allowed too",
        Effect::Deny if is_one(test, "true") && !subject.statements().any(|(_, other)| denies_false(other)) => {
            "a session without MFA is not denied"
        }
        _ => return None,
    };
    Some(
        Diagnostic::new(&code::MFA_NOT_REQUIRED, test.key.span, message)
            .label("there, and `false`")
            .note(format!(
                "the key is in every request with temporary credentials, and says whether they come of MFA ({PAGE})"
            ))
            .help(match statement.effect {
                Effect::Allow => "allow where it is `true`, with `Bool`",
                Effect::Deny => "deny where it is `false` or not there, with `BoolIfExists`",
            }),
    )
}

/// Whether another deny of the same actions holds of requests without the key.
fn is_denied_without(subject: &Subject<'_>, statement: &Statement) -> bool {
    let holds_without = |test: &ConditionTest| match test.operator.value.base {
        BaseOperator::Null => is_of_mfa(test) && is_one(test, "true"),
        _ => test.operator.value.if_exists && says(test) == Some(false),
    };
    let others = subject
        .statements()
        .filter(|(_, other)| other.effect == Effect::Deny && actions_cover(&other.action, &statement.action));
    others.into_iter().any(|(_, other)| !other.condition.is_empty() && other.condition.iter().all(holds_without))
}

/// An allow of those alone who have no MFA.
fn inverted(test: &ConditionTest) -> Diagnostic {
    let at = test.values.first().map_or(test.key.span, |value| value.span);
    Diagnostic::new(&code::MFA_NOT_REQUIRED, at, "only requests without MFA are allowed")
        .label("the other way round")
        .note(format!("the key is `true` of a request that was authenticated with MFA ({PAGE})"))
        .help("ask for `true`; or deny where it is `false`")
}
