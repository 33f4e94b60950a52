//! Tests for multi-factor authentication that requests without the key pass.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Effect, Operator, Statement};

const KEY: &str = "aws:MultiFactorAuthPresent";
const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        // Whoever asks whether the key is there has thought of it.
        if statement.condition.iter().any(|test| test.operator.value.base == BaseOperator::Null && is_key(test)) {
            continue;
        }
        for test in statement.condition.iter().filter(|test| is_key(test) && test.operator.value.set.is_none()) {
            if let Some(finding) = problem(subject, index, statement, test) {
                findings.on_statement(index, finding);
            }
        }
    }
}

fn is_key(test: &ConditionTest) -> bool {
    test.key.value.plain().is_some_and(|key| key.eq_ignore_ascii_case(KEY))
}

fn problem(subject: &Subject<'_>, index: usize, statement: &Statement, test: &ConditionTest) -> Option<Diagnostic> {
    let operator = test.operator.value;
    let [value] = test.values.as_slice() else { return None };
    let wants = |text: &str| value.value.plain().is_some_and(|value| value.eq_ignore_ascii_case(text));
    let is_bool = operator.base == BaseOperator::Bool;
    let (message, optional) = match (statement.effect, operator.if_exists) {
        (Effect::Deny, false) if is_bool && wants("false") => {
            ("a request with long-term access keys is not denied", true)
        }
        (Effect::Allow, true) if is_bool && wants("true") => {
            ("a request with long-term access keys is allowed without MFA", false)
        }
        _ => return None,
    };
    let finding = Diagnostic::new(&code::MFA_NOT_REQUIRED, test.key.span, message)
        .label("not in such a request")
        .note(format!("the key is in requests with temporary credentials only; of one without it, `Bool` does not hold and `BoolIfExists` does ({PAGE})"));
    if subject.is_json(test.key.span) {
        let wanted = Operator { if_exists: optional, ..operator };
        return Some(subject.with_operator(finding, index, test, wanted).unsafely());
    }
    Some(finding.help(match optional {
        true => format!("write `{KEY}? == false`, which also holds of a request without the key"),
        false => format!("write `{KEY} == true`, which demands the key"),
    }))
}
