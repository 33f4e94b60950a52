//! ARNs that are matched as texts, so that a wildcard crosses from one segment into the next.

use crate::catalogue::{ConditionKey, KeyType};
use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{Arn, BaseOperator, ConditionTest, Operator, Segment, glob};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, _) in subject.statements() {
        for (test, known) in subject.tests(index) {
            if !is_text_of_arn(test, known) {
                continue;
            }
            for value in &test.values {
                let Some(text) = value.value.plain().filter(|text| crosses(text)) else { continue };
                let message = format!("a wildcard of `{text}` takes colons too");
                let finding = Diagnostic::new(&code::STRING_LIKE_ON_ARN, value.span, message)
                    .aws("STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS")
                    .label("compared as text")
                    .also(test.operator.span, "here")
                    .note(format!("`{}` knows no segments: what was meant as any region or any account also matches ARNs of other accounts and services that hold the rest further on; `ArnLike` compares segment by segment ({PAGE})", test.operator.value));
                findings.on_statement(index, mended(subject, finding, index, test));
            }
        }
    }
}

/// Whether `test` matches a key of ARNs, and of nothing else, as a text.
fn is_text_of_arn(test: &ConditionTest, known: Option<ConditionKey<'_>>) -> bool {
    let is_like = matches!(test.operator.value.base, BaseOperator::StringLike | BaseOperator::StringNotLike);
    is_like && known.is_some_and(|known| !known.types().is_empty() && known.types().iter().all(|ty| ty == KeyType::Arn))
}

/// Whether a wildcard stands before the last segment, where `StringLike` and `ArnLike` differ. What matches everything says so.
fn crosses(text: &str) -> bool {
    let before = Arn::range(text, Segment::Resource).map_or(text.len(), |range| range.start);
    glob::is_pattern(&crate::policy::without_variables(&text[..before])) && !text.bytes().all(|byte| byte == b'*')
}

/// With the operator to write, and the edit where it stands before this key alone.
fn mended(subject: &Subject<'_>, finding: Diagnostic, index: usize, test: &ConditionTest) -> Diagnostic {
    let old = test.operator.value;
    let base = if old.base.is_negated() { BaseOperator::ArnNotLike } else { BaseOperator::ArnLike };
    let wanted = Operator { base, ..old };
    if !subject.is_json(test.key.span) {
        return finding.help("compare it as an ARN: without `as String`");
    }
    let short = test.values.iter().any(|value| value.value.plain().is_none_or(|text| !text.starts_with("arn:")));
    match short {
        true => finding.help(format!("compare whole ARNs with `{wanted}`")),
        false => subject.with_operator(finding, index, test, wanted).unsafely(),
    }
}
