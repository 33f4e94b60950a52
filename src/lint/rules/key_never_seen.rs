//! Condition keys that are never in the request of an action.

use crate::catalogue::{Action, web_identity_claim};
use crate::diagnostic::{Diagnostic, code};
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Effect, Statement};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        if statement.action.negated {
            continue;
        }
        for (test, known) in subject.tests(index) {
            // Absence is provided for.
            if test.operator.value.if_exists || test.operator.value.base == BaseOperator::Null {
                continue;
            }
            let Some(key) = test.key.value.plain() else { continue };
            let Some(known) = known else { continue };
            // Most global keys are there whatever the action; web identities bring their claims with the session.
            if known.is_global() && !depends_on_action(known.name()) || web_identity_claim(key).is_some() {
                continue;
            }
            if is_of_no_action(subject, key) {
                continue;
            }
            let is_seen = subject.actions(index).any(|(_, matched)| sees(matched, key) == Some(true));
            for (pattern, matched) in subject.actions(index) {
                // What a wildcard takes in beside actions that see the key is not what the key is for.
                let is_by_the_way = is_seen && matches!(matched, Matched::Several(_));
                if sees(matched, key) == Some(false) && !is_by_the_way {
                    findings.on_statement(index, finding(subject, statement, test, key, pattern));
                }
            }
        }
    }
}

/// Whether a request of what a pattern stands for may have a key; nothing where that is not known.
fn sees(matched: &Matched<'_>, key: &str) -> Option<bool> {
    let sees = |action: &Action<'_>| action.sees_key(key).is_some();
    match matched {
        Matched::One(action) => Some(sees(action)),
        Matched::Several(several) if several.is_empty() => None,
        Matched::Several(several) => Some(several.actions().any(|action| sees(&action))),
        Matched::Everything | Matched::NoService | Matched::Nothing(_) => None,
    }
}

/// Whether AWS's reference has a service's key and says of no action that it sees it: then it is the reference that is
/// incomplete, as it is of `states:HTTPEndpoint`.
fn is_of_no_action(subject: &Subject<'_>, key: &str) -> bool {
    let service = key.split_once(':').and_then(|(prefix, _)| subject.context.catalogue.service(prefix));
    service.is_some_and(|service| !service.actions().any(|action| action.sees_key(key).is_some()))
}

/// The global keys that AWS documents action by action.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requesttag>
fn depends_on_action(key: &str) -> bool {
    ["aws:RequestTag/", "aws:TagKeys"].iter().any(|start| key.starts_with(start))
}

fn finding(
    subject: &Subject<'_>,
    statement: &Statement,
    test: &ConditionTest,
    key: &str,
    pattern: &crate::policy::Located<String>,
) -> Diagnostic {
    let on_absence = test.operator.value.base.is_negated()
        || test.operator.value.set == Some(crate::policy::SetQualifier::ForAllValues);
    let effect = match (statement.effect, on_absence) {
        (Effect::Allow, false) => "the statement never allows it",
        (Effect::Allow, true) => {
            "the condition always holds, and the statement allows it whatever the key was meant to say"
        }
        (Effect::Deny, false) => "the statement never denies it",
        (Effect::Deny, true) => "the condition always holds, and the statement always denies it",
    };
    let message = format!("`{}` never sees the condition key `{key}`", pattern.value);
    let finding = Diagnostic::new(&code::KEY_NEVER_SEEN, test.key.span, message)
        .label("not in the request")
        .also(pattern.span, "of this action")
        .note(format!("so {effect}"))
        .aws("UNSUPPORTED_ACTION_FOR_CONDITION_KEY");
    let service = pattern.value.split(':').next().unwrap_or_default();
    let seers: Vec<&str> = subject
        .context
        .catalogue
        .service(service)
        .into_iter()
        .flat_map(|service| service.actions())
        .filter(|action| action.sees_key(key).is_some())
        .map(|action| action.name())
        .take(5)
        .collect();
    finding.help(match seers.as_slice() {
        [] => format!("`leastwise catalogue {}` shows the keys that it sees", pattern.value),
        [one] => format!("put the action in a statement of its own; of `{service}`, `{one}` sees the key"),
        [some @ .., _] if seers.len() == 5 => format!(
            "put the action in a statement of its own; of `{service}`, `{}` and others see the key",
            some.join("`, `")
        ),
        seers => {
            format!("put the action in a statement of its own; of `{service}`, `{}` see the key", seers.join("`, `"))
        }
    })
}
