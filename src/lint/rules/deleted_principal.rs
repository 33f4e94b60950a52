//! Unique ids of users and roles where ARNs are meant.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::Principal;

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        for principal in statement.principal.iter().flat_map(|element| &element.principals) {
            let Principal::Aws(text) = &principal.value else { continue };
            let Some((text, (what, name))) = text.plain().and_then(|text| Some((text, sort(text)?))) else { continue };
            findings.on_statement(
                index,
                Diagnostic::new(&code::DELETED_PRINCIPAL, principal.span, format!("`{text}` is the unique id of a {what}"))
                    .aws(name)
                    .label("not its ARN")
                    .note(format!("IAM shows the id in place of the ARN once the {what} has been deleted; one that is made anew has another ({PAGE})"))
                    .help(format!("write the ARN of the {what}, or remove it: `{what}(\"123456789012\", \"Name\")`")),
            );
        }
    }
}

/// What a unique id is of, and Access Analyzer's name for it.
fn sort(text: &str) -> Option<(&'static str, &'static str)> {
    match text.get(..4).filter(|_| is_unique_id(text))? {
        "AIDA" => Some(("user", "INVALID_USER_REFERENCE")),
        _ => Some(("role", "INVALID_ROLE_REFERENCE")),
    }
}

/// Whether a principal is the unique id of a user or role, which IAM takes while there is one.
pub(super) fn is_unique_id(text: &str) -> bool {
    (16..=128).contains(&text.len())
        && ["AIDA", "AROA"].iter().any(|start| text.starts_with(start))
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
