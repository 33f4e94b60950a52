//! Tests for multi-factor authentication that requests without the key pass.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Effect, Statement};

const KEY: &str = "aws:MultiFactorAuthPresent";
const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        // Whoever asks whether the key is there has thought of it.
        if statement.condition.iter().any(|test| test.operator.value.base == BaseOperator::Null && is_key(test)) {
            continue;
        }
        for test in statement.condition.iter().filter(|test| is_key(test) && test.operator.value.set.is_none()) {
            if let Some(finding) = problem(subject, statement, test) {
                findings.on_statement(index, finding);
            }
        }
    }
}

fn is_key(test: &ConditionTest) -> bool {
    test.key.value.plain().is_some_and(|key| key.eq_ignore_ascii_case(KEY))
}

fn problem(subject: &Subject<'_>, statement: &Statement, test: &ConditionTest) -> Option<Diagnostic> {
    let operator = test.operator.value;
    let [value] = test.values.as_slice() else { return None };
    let wants = |text: &str| value.value.plain().is_some_and(|value| value.eq_ignore_ascii_case(text));
    let (message, help) = match (statement.effect, operator.if_exists) {
        (Effect::Deny, false) if operator.base == BaseOperator::Bool && wants("false") => (
            "a request with long-term access keys is not denied",
            match subject.is_json(test.key.span) {
                true => "write `BoolIfExists`, which also denies a request without the key".to_owned(),
                false => format!("write `{KEY}? == false`, which also denies a request without the key"),
            },
        ),
        (Effect::Allow, true) if operator.base == BaseOperator::Bool && wants("true") => (
            "a request with long-term access keys is allowed without MFA",
            match subject.is_json(test.key.span) {
                true => "write `Bool`, which demands the key".to_owned(),
                false => format!("write `{KEY} == true`, which demands the key"),
            },
        ),
        _ => return None,
    };
    let finding = Diagnostic::new(&code::MFA_NOT_REQUIRED, test.key.span, message)
        .label("not in such a request")
        .note(format!("the key is in requests with temporary credentials only; of one without it, `Bool` does not hold and `BoolIfExists` does ({PAGE})"));
    Some(finding.help(help))
}
