//! Trust policies that let nobody assume the role.

use super::bad_principal::ASSUMING;
use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{Effect, Kind, Statement, glob};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#id_roles_terms-and-concepts";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let policy = subject.policy;
    // That there is no statement, or one that AWS refuses, has been told.
    let statements = policy.document.statements.len();
    let is_refused = (0..statements).any(|index| findings.has(index, &code::KIND_RULE));
    let is_whole = policy.complete && statements > 0 && !is_refused;
    if policy.kind != Kind::Trust || !is_whole || policy.document.statements.iter().any(lets_in) {
        return;
    }
    findings.on_policy(
        Diagnostic::new(&code::TRUSTS_NOBODY, policy.span, "nobody may assume the role with this trust policy")
            .label("allows no `sts:AssumeRole`")
            .note(format!(
                "a role is assumed by whom its trust policy allows it; everyone else is denied without a word ({PAGE})"
            ))
            .help("allow it to somebody: `allow sts:AssumeRole to role(\"...\", \"...\")`"),
    );
}

fn lets_in(statement: &Statement) -> bool {
    let assumes = |pattern: &str| ASSUMING.iter().any(|action| glob::matches(pattern, action, true));
    statement.effect == Effect::Allow
        && (statement.action.negated || statement.action.patterns.iter().any(|pattern| assumes(&pattern.value)))
}
