//! Services that resource control policies do not reach.

use crate::diagnostic::{Diagnostic, Level, code};
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::policy::{Kind, Located, rcp_supports};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.policy.kind != Kind::Rcp {
        return;
    }
    for (index, _) in subject.statements() {
        for (pattern, matched) in subject.actions(index) {
            let Some((prefix, _)) = pattern.value.split_once(':') else { continue };
            if pattern.value.eq_ignore_ascii_case("kms:RetireGrant") {
                findings.on_statement(index, retire_grant(pattern));
            }
            if rcp_supports(prefix) || matches!(matched, Matched::Everything | Matched::NoService) {
                continue;
            }
            findings.on_statement(
                index,
                Diagnostic::new(&code::RCP_SERVICE, pattern.span, format!("resource control policies do not reach `{prefix}`"))
                    .label("denies nothing")
                    .note("as of 2026-09-26; see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services")
                    .help("leave it out, and deny it with a service control policy or in the resources' own policies")
                    .aws("RCP_SYNTAX_ERROR_ACTION"),
            );
        }
    }
}

/// The one action of a service they reach that they do not.
fn retire_grant(pattern: &Located<String>) -> Diagnostic {
    let told = Diagnostic::new(&code::RCP_SERVICE, pattern.span, "resource control policies do not reach `kms:RetireGrant`")
        .label("denies nothing")
        .note("see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#actions-not-restricted-by-rcps")
        .help("leave it out; deny `kms:CreateGrant`, by which grants come about");
    // AWS takes it all the same.
    Diagnostic { level: Level::Warn, ..told }
}
