//! Keys of sessions that only an action beside the one that is allowed lets a caller set.

use super::bad_principal::ASSUMING;
use crate::diagnostic::{Diagnostic, Level, code};
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Effect, Kind, Statement};

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required>
const TAGS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html";
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html>
const SOURCE_IDENTITY: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !matches!(subject.policy.kind, Kind::Trust | Kind::Policy) {
        return;
    }
    for (index, statement) in subject.statements() {
        if statement.effect != Effect::Allow || statement.action.negated || !assumes(statement) {
            continue;
        }
        for test in statement.condition.iter().filter(|test| !test.holds_without_key()) {
            let Some((action, page)) = needed(test) else { continue };
            let is_allowed = subject.policy.document.statements.iter().any(|other| allows(other, action));
            if is_allowed {
                continue;
            }
            let told = finding(statement, test, action, page);
            // Of an identity's policies another may allow it; a role has one trust policy.
            let level = if subject.policy.kind == Kind::Trust { told.level } else { Level::Warn };
            findings.on_statement(index, Diagnostic { level, ..told });
        }
    }
}

/// Whether a statement allows to assume a role.
fn assumes(statement: &Statement) -> bool {
    ASSUMING.iter().any(|action| allows(statement, action))
}

fn allows(statement: &Statement, action: &str) -> bool {
    statement.effect == Effect::Allow && statement.action.includes(action)
}

/// The action that lets a caller set a key.
pub(super) fn needed(test: &ConditionTest) -> Option<(&'static str, &'static str)> {
    let key = test.key.value.plain()?.to_ascii_lowercase();
    match key.as_str() {
        "sts:sourceidentity" => Some(("sts:SetSourceIdentity", SOURCE_IDENTITY)),
        "aws:tagkeys" | "sts:transitivetagkeys" => Some(("sts:TagSession", TAGS)),
        _ if key.starts_with("aws:requesttag/") => Some(("sts:TagSession", TAGS)),
        _ => None,
    }
}

fn finding(statement: &Statement, test: &ConditionTest, action: &'static str, page: &str) -> Diagnostic {
    let key = test.key.value.shown();
    let told = Diagnostic::new(
        &code::MISSING_ACTION_FOR_KEY,
        test.key.span,
        format!("nobody can set `{key}` without `{action}`, which nothing here allows"),
    )
    .label(if test.operator.value.base == BaseOperator::Null { "asked for" } else { "compared" });
    let told = match statement.action.patterns.first() {
        Some(first) => told.also(first.span, format!("`{action}` is missing")),
        None => told,
    };
    told.note(format!("so the statement never allows anything ({page})"))
        .help(format!("add `{action}` to its actions"))
        .aws("MISSING_ACTION_FOR_CONDITION_KEY")
}
