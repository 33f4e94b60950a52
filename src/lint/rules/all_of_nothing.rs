//! `all` in an allow, which is true of a request that has none.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, Effect, SetQualifier, Statement, Text};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements().filter(|(_, statement)| statement.effect == Effect::Allow) {
        for test in &statement.condition {
            let operator = test.operator.value;
            // "None of them is ..." is meant to be true where there are none.
            if operator.set != Some(SetQualifier::ForAllValues) || operator.base.is_negated() {
                continue;
            }
            let key = &test.key.value;
            // That a key of one value is compared so is a finding of its own.
            let known = key.plain().and_then(|key| subject.context.catalogue.key(key));
            if is_demanded(statement, key) || known.is_some_and(|known| !known.multivalued()) {
                continue;
            }
            findings.on_statement(
                index,
                Diagnostic::new(&code::ALL_OF_NOTHING, test.key.span, format!("a request without `{key}` is allowed too"))
                    .label("all of no values")
                    .note("`ForAllValues` is true where the key is missing or empty (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html)")
                    .help(match subject.is_json(test.key.span) {
                        true => format!("demand the key too: `\"Null\": {{\"{key}\": \"false\"}}` beside it"),
                        false => format!("demand the key too: `has {key} and all {key} ...`"),
                    }),
            );
        }
    }
}

/// Whether the statement asks for the key to be there. Whoever asks for a tag asks for the key that lists the tags too.
fn is_demanded(statement: &Statement, key: &Text) -> bool {
    let key = key.to_string().to_ascii_lowercase();
    statement.condition.iter().any(|test| {
        let (tested, operator) = (test.key.value.to_string().to_ascii_lowercase(), test.operator.value);
        let is_tag_of_it = key == "aws:tagkeys" && tested.starts_with("aws:requesttag/");
        let demands = match (operator.base, operator.set) {
            (BaseOperator::Null, _) => test.values.iter().all(|value| value.value.plain() == Some("false")),
            (_, Some(SetQualifier::ForAnyValue)) => !operator.if_exists,
            (base, None) => is_tag_of_it && !operator.if_exists && !base.is_negated(),
            _ => false,
        };
        demands && (tested == key || is_tag_of_it)
    })
}
