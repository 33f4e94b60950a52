//! Wildcards in the actions of a trust policy that stand for more than to assume the role.

use super::bad_principal::NEEDING_MORE;
use super::missing_action_for_key::needed;
use crate::diagnostic::{Diagnostic, code};
use crate::lint::confine::key;
use crate::lint::{Findings, Subject};
use crate::policy::{ConditionTest, Effect, Kind, Located, Principal, Statement, glob};

const PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required";
/// What a trust policy decides on beside how the role is assumed: what whoever assumes it says of itself.
const BESIDE: [&str; 3] = ["sts:SetContext", "sts:SetSourceIdentity", "sts:TagSession"];

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.policy.kind != Kind::Trust {
        return;
    }
    for (index, statement) in subject.statements() {
        if statement.effect != Effect::Allow || statement.action.negated {
            continue;
        }
        for pattern in statement.action.patterns.iter().filter(|pattern| glob::is_pattern(&pattern.value)) {
            if let Some(finding) = problem(subject, statement, pattern) {
                findings.on_statement(index, finding);
            }
        }
    }
}

fn problem(subject: &Subject<'_>, statement: &Statement, pattern: &Located<String>) -> Option<Diagnostic> {
    let taken = taken(statement);
    let is_more = |action: &&&str| glob::matches(&pattern.value, action, true) && !taken.contains(*action);
    let more: Vec<String> = BESIDE.iter().filter(is_more).map(|action| format!("`{action}`")).collect();
    if more.is_empty() {
        return None;
    }
    let message = format!("`{}` also stands for {}", pattern.value, more.join(", "));
    let told = Diagnostic::new(&code::WIDE_TRUST_ACTION, pattern.span, message)
        .label("more than to assume the role")
        .note(format!("whoever may tag its session has the tags that policies ask for, and whoever may name a source identity is not the one that a log shows ({PAGE})"));
    let written: Vec<String> = taken.iter().map(|action| format!("`{action}`")).collect();
    let help = format!("write {}", written.join(", "));
    Some(match (taken.as_slice(), statement.action.patterns.as_slice()) {
        ([one], [_]) => subject.replace(told, pattern.span, &pattern.value, one, help).unsafely(),
        _ => told.help(help),
    })
}

/// The actions that the principals of a statement take: how each assumes the role, and what it has to say for that.
fn taken(statement: &Statement) -> Vec<&'static str> {
    let mut taken = Vec::new();
    for principal in statement.principal.iter().flat_map(|element| &element.principals) {
        taken.push(principal.value.assumes_with());
        let Principal::Service(name) = &principal.value else { continue };
        let more = NEEDING_MORE.iter().find(|(service, _)| name.plain() == Some(service));
        taken.extend(more.iter().flat_map(|(_, actions)| actions.iter().copied()));
    }
    let of_context = |test: &ConditionTest| key(test).is_some_and(|key| key.starts_with("sts:requestcontext"));
    taken.extend(statement.condition.iter().filter_map(|test| Some(needed(test)?.0)));
    taken.extend(statement.condition.iter().any(of_context).then_some("sts:SetContext"));
    taken.sort_unstable();
    taken.dedup();
    taken
}
