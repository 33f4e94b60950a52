//! "Some value is not": what one other value satisfies.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{Effect, Operator, SetQualifier};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements().filter(|(_, statement)| statement.effect == Effect::Allow) {
        for test in &statement.condition {
            let operator = test.operator.value;
            if operator.set != Some(SetQualifier::ForAnyValue) || !operator.base.is_negated() {
                continue;
            }
            let key = &test.key.value;
            let message =
                format!("a request with one other value of `{key}` is allowed, whatever its other values are");
            let finding = Diagnostic::new(&code::NEGATED_ANY, test.key.span, message)
                .label("one value that is not among them is enough")
                .also(test.operator.span, "some value is not")
                .note(format!("`ForAnyValue` holds as soon as it holds of one value of the request ({PAGE})"));
            let wanted = Operator { set: Some(SetQualifier::ForAllValues), ..operator };
            findings.on_statement(
                index,
                match subject.is_json(test.key.span) {
                    true => subject.with_operator(finding, index, test, wanted).unsafely(),
                    false => finding.help(format!("write `no {key} in [...]`: none may be among them")),
                },
            );
        }
    }
}
