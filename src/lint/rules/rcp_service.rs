//! Services that resource control policies do not reach.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::policy::{Kind, rcp_supports};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.policy.kind != Kind::Rcp {
        return;
    }
    for (index, _) in subject.statements() {
        for (pattern, matched) in subject.actions(index) {
            let Some((prefix, _)) = pattern.value.split_once(':') else { continue };
            if rcp_supports(prefix) || matches!(matched, Matched::Everything | Matched::NoService) {
                continue;
            }
            findings.on_statement(
                index,
                Diagnostic::new(&code::RCP_SERVICE, pattern.span, format!("resource control policies do not reach `{prefix}`"))
                    .label("denies nothing")
                    .note("as of 2026-09-26; see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services")
                    .help("leave it out, and deny it with a service control policy or in the resources' own policies"),
            );
        }
    }
}
