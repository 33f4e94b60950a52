//! Wildcards where they are ordinary characters.

use crate::diagnostic::{Diagnostic, Edit, Help, Safety, code};
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Family, Operator, glob};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String";

const ARN_PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        for test in &statement.condition {
            let Some(word) = in_source(subject, test).or_else(|| in_json(test.operator.value.base)) else { continue };
            for value in &test.values {
                let Some(text) = value.value.plain() else { continue };
                if !glob::is_pattern(&crate::policy::without_variables(text)) {
                    continue;
                }
                // `ArnEquals` is `ArnLike` by another name; what is wrong is that the source reads as equality.
                let matches = test.operator.value.base.allows_wildcards();
                let (message, note) = match matches {
                    true => (
                        format!("`{text}` is a pattern, and this reads as equality"),
                        format!("`ArnEquals` matches patterns as `ArnLike` does ({ARN_PAGE})"),
                    ),
                    false => (
                        format!("`{text}` is compared character by character"),
                        format!("`*` and `?` are wildcards to the `Like` operators only ({PAGE})"),
                    ),
                };
                let edits = word.edit.map(|text| Edit { span: test.operator.span, text: text.to_owned() });
                let finding = Diagnostic::new(&code::WILDCARD_WITHOUT_LIKE, value.span, message)
                    .label("holds a wildcard")
                    .also(test.operator.span, "compares for equality")
                    .note(note);
                let finding = match word.operator {
                    Some(base) => subject.with_operator(finding, index, test, Operator { base, ..test.operator.value }),
                    None => finding,
                };
                let edits = match finding.help {
                    Some(help) => help.edits,
                    None => edits.into_iter().collect(),
                };
                let help = Help { text: word.help.to_owned(), edits, safety: Safety::Safe };
                findings.on_statement(index, Diagnostic { help: Some(help), ..finding });
            }
        }
    }
}

/// What to write for an operator that compares for equality.
#[derive(Clone, Copy)]
struct Instead {
    help: &'static str,
    /// The word of the source.
    edit: Option<&'static str>,
    /// The operator of JSON.
    operator: Option<BaseOperator>,
}

/// By the word of the source, which says that equality is meant also where `ArnEquals` would match patterns.
fn in_source(subject: &Subject<'_>, test: &ConditionTest) -> Option<Instead> {
    if !matches!(test.operator.value.base.family(), Family::String | Family::Arn) {
        return None;
    }
    match subject.source(test.operator.span) {
        "==" | "in" => Some(Instead { help: "match it as a pattern with `like`", edit: Some("like"), operator: None }),
        "!=" | "not in" => {
            Some(Instead { help: "match it as a pattern with `not like`", edit: Some("not like"), operator: None })
        }
        "~=" | "not ~=" => Some(Instead {
            help: "match it as a pattern with `like`, which tells letter case apart",
            edit: None,
            operator: None,
        }),
        _ => None,
    }
}

/// By the operator of JSON.
fn in_json(base: BaseOperator) -> Option<Instead> {
    use BaseOperator::{StringEquals, StringEqualsIgnoreCase, StringNotEquals, StringNotEqualsIgnoreCase};
    match base {
        StringEquals | StringEqualsIgnoreCase => Some(Instead {
            help: "match it as a pattern with `StringLike`",
            edit: None,
            operator: (base == StringEquals).then_some(BaseOperator::StringLike),
        }),
        StringNotEquals | StringNotEqualsIgnoreCase => Some(Instead {
            help: "match it as a pattern with `StringNotLike`",
            edit: None,
            operator: (base == StringNotEquals).then_some(BaseOperator::StringNotLike),
        }),
        _ => None,
    }
}
