//! Global keys that only some services put into their requests, in statements about others.

use crate::catalogue::{Action, some_services};
use crate::diagnostic::{Diagnostic, code};
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Effect, Located, Statement};

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourcetag>
const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html";
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html>
const ABAC: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html";
const TAG: &str = "aws:ResourceTag/";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        for test in &statement.condition {
            let Some(key) = test.key.value.plain() else { continue };
            let found = if key.get(..TAG.len()).is_some_and(|start| start.eq_ignore_ascii_case(TAG)) {
                of_tag(subject, index, statement, test, key)
            } else if some_services::has_key("", key).is_some() && !asks_for(statement, key) {
                of_some_services(subject, index, statement, test, key)
            } else {
                continue;
            };
            found.into_iter().for_each(|finding| findings.on_statement(index, finding));
        }
    }
}

/// Whether a condition asks for a key to be there.
fn asks_for(statement: &Statement, key: &str) -> bool {
    let is_there = |test: &&ConditionTest| {
        test.is_about(key) && test.operator.value.base == BaseOperator::Null && !test.holds_without_key()
    };
    statement.condition.iter().any(|test| is_there(&test))
}

/// What becomes of requests that do not have the key.
fn effect(statement: &Statement, test: &ConditionTest) -> &'static str {
    match (statement.effect, test.holds_without_key()) {
        (Effect::Deny, false) => "never denies them",
        (Effect::Deny, true) => "always denies them, whatever the key was meant to say",
        (Effect::Allow, false) => "never allows them",
        (Effect::Allow, true) => "allows them, whatever the key was meant to say",
    }
}

fn finding(statement: &Statement, test: &ConditionTest, at: &Located<String>, message: String) -> Diagnostic {
    Diagnostic::new(&code::KEY_UNSUPPORTED_BY_SERVICE, test.key.span, message)
        .label("not in their requests")
        .also(at.span, "of these")
        .note(format!("so the statement {} ({PAGE})", effect(statement, test)))
}

/// The keys of VPC endpoints that some forty services have.
fn of_some_services(
    subject: &Subject<'_>,
    index: usize,
    statement: &Statement,
    test: &ConditionTest,
    key: &str,
) -> Option<Diagnostic> {
    let told = |at: &Located<String>, message: String| {
        finding(statement, test, at, message)
            .note(format!("as of {}", some_services::AS_OF))
            .help(
                "name actions of services that have the key; confine the others by `aws:SourceVpce` or `aws:SourceVpc`",
            )
            .aws("USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES")
    };
    let lacks = |service: &str| some_services::has_key(service, key) == Some(false);
    if statement.action.negated {
        let is_harmless = statement.effect == Effect::Allow && !test.holds_without_key();
        let at = statement.action.patterns.first().filter(|_| !is_harmless)?;
        return Some(told(at, format!("most services do not have the condition key `{key}`")));
    }
    subject.actions(index).find_map(|(pattern, matched)| match matched {
        Matched::One(action) if lacks(action.service().name()) => {
            Some(told(pattern, format!("`{}` does not have the condition key `{key}`", action.service().name())))
        }
        Matched::Several(several) if !several.is_empty() && lacks(several.service.name()) => {
            Some(told(pattern, format!("`{}` does not have the condition key `{key}`", several.service.name())))
        }
        Matched::Everything if statement.effect == Effect::Deny || test.holds_without_key() => {
            Some(told(pattern, format!("most services do not have the condition key `{key}`")))
        }
        _ => None,
    })
}

/// The tags of the resource, for actions that do not see them.
fn of_tag(
    subject: &Subject<'_>,
    index: usize,
    statement: &Statement,
    test: &ConditionTest,
    key: &str,
) -> Option<Diagnostic> {
    let (is_deny, holds) = (statement.effect == Effect::Deny, test.holds_without_key());
    // An exception by a tag, and an allow that provides for its absence, say what they do.
    if holds && (!is_deny || test.operator.value.base.is_negated() && test.operator.value.if_exists) {
        return None;
    }
    if statement.action.negated {
        let at = statement.action.patterns.first().filter(|_| !holds)?;
        let name = if is_deny {
            "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
        } else {
            "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
        };
        let message = format!("many actions do not have the condition key `{key}`");
        return Some(
            finding(statement, test, at, message)
                .help("name the actions that see the tags of their resource")
                .aws(name),
        );
    }
    let sees = |action: &Action<'_>| action.sees_key(key).is_some();
    let name = if is_deny {
        "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
    } else {
        "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
    };
    subject.actions(index).find_map(|(pattern, matched)| {
        let (unseen, by_bucket) = match matched {
            Matched::One(action) => (!sees(action), is_by_bucket(action)),
            Matched::Several(several) => {
                let mut actions = several.actions();
                (
                    !several.is_empty() && !several.actions().any(|action| sees(&action)),
                    actions.any(|action| is_by_bucket(&action)),
                )
            }
            _ => return None,
        };
        if unseen {
            let message = format!("`{}` does not have the condition key `{key}`", pattern.value);
            let told = finding(statement, test, pattern, message);
            return Some(told.help("put it in a statement of its own, and tell its resources by their ARNs").aws(name));
        }
        if by_bucket && is_deny && !holds {
            let message =
                format!("`{}` has the condition key `{key}` only where the bucket has ABAC turned on", pattern.value);
            let told = finding(statement, test, pattern, message);
            return Some(
                told.note(format!("it is off unless somebody turns it on ({ABAC})"))
                    .help("name the buckets by their ARNs, or objects by `s3:ExistingObjectTag/...`")
                    .aws(name),
            );
        }
        None
    })
}

/// Whether the tags that an action sees are those of a bucket.
fn is_by_bucket(action: &Action<'_>) -> bool {
    let mut types = action.resource_types();
    action.service().name() == "s3" && types.any(|ty| matches!(ty.resource.ident(), "bucket" | "object"))
}
