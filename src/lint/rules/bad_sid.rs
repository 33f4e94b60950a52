//! Sids that AWS does not take, or takes once only.

use std::collections::HashMap;

use crate::base::Span;
use crate::diagnostic::{Diagnostic, Level, code};
use crate::lint::{Findings, Subject};
use crate::policy::Kind;

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html";

const CHECKS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let policy = subject.policy;
    let rules = policy.kind.rules();
    let service = policy.target.as_ref().map(|target| target.service.as_str());
    let unique = rules.unique_sids || policy.kind == Kind::Resource && service == Some("sns");
    let mut first: HashMap<&str, Span> = HashMap::new();
    for (index, statement) in subject.statements() {
        let Some(sid) = &statement.sid else { continue };
        let Some(text) = sid.value.plain() else { continue };
        if !rules.accepts_sid(text) {
            let finding = Diagnostic::new(&code::BAD_SID, sid.span, format!("`{text}` is no Sid"))
                .aws("UNSUPPORTED_SID")
                .label("not letters and digits only")
                .note(format!(
                    "the Sid of {} holds letters A-Z, a-z and digits only ({PAGE})",
                    policy.kind.with_article()
                ));
            let wanted: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
            let help = format!("write `{wanted}`");
            let finding = match wanted.is_empty() {
                true => finding.help("name it with letters and digits, or leave it out"),
                false => subject.replace(finding, sid.span, text, &wanted, help),
            };
            findings.on_statement(index, finding);
        }
        match first.get(text) {
            Some(first) if !text.is_empty() => {
                let told = twice(text, sid.span, *first);
                let rule =
                    format!("within {} no two statements have the same Sid ({PAGE})", policy.kind.with_article());
                findings.on_statement(index, if unique { told.note(rule) } else { recommended(told) });
            }
            _ => {
                first.insert(text, sid.span);
            }
        }
    }
}

fn twice(text: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&code::BAD_SID, span, format!("two statements have the Sid `{text}`"))
        .aws("UNIQUE_SIDS_REQUIRED")
        .label("again here")
        .also(first, "first here")
        .help("give one of them another label, or none")
}

/// Where nothing demands it, Access Analyzer recommends it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
fn recommended(told: Diagnostic) -> Diagnostic {
    let told =
        told.aws("UNIQUE_SIDS_RECOMMENDED").note(format!("AWS takes it, and tells the two apart nowhere ({CHECKS})"));
    Diagnostic { level: Level::Warn, ..told }
}
