//! Keys that say who a principal is, asked of AWS's services, which have none.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::confine::demand;
use crate::lint::{Findings, Subject};
use crate::policy::{Effect, Kind, Principal};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-unsupported-condition-key-for-service-principal";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if !matches!(subject.policy.kind, Kind::Resource | Kind::Trust) {
        return;
    }
    for (index, statement) in subject.statements().filter(|(_, one)| one.effect == Effect::Allow) {
        let element = statement.principal.as_ref().filter(|element| !element.negated);
        let mut principals = element.iter().flat_map(|element| &element.principals);
        let Some(service) = principals.find(|one| matches!(one.value, Principal::Service(_))) else { continue };
        let name = service.value.value();
        let Some(test) = demand(statement, |key| is_of_identities(key) && !is_of_certificate(name.plain(), key)) else {
            continue;
        };
        let message = format!("`{}` has no `{}`", name.shown(), test.key.value.shown());
        findings.on_statement(
            index,
            Diagnostic::new(&code::SERVICE_PRINCIPAL_KEY, test.key.span, message)
                .aws("UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL")
                .label("never there where a service calls")
                .also(service.span, "an AWS service")
                .note(format!("a service principal is in no organisation and has no tags, so that the condition keeps it out ({PAGE})"))
                .help("ask for whom the service works, with `aws:SourceOrgID` or `aws:SourceAccount`; and give others a statement of their own"),
        );
    }
}

/// Keys of users and roles.
fn is_of_identities(key: &str) -> bool {
    matches!(key, "aws:principalorgid" | "aws:principalorgpaths" | "aws:username")
        || key.starts_with("aws:principaltag/")
}

/// Whether it is a tag that IAM Roles Anywhere reads from the certificate of whoever asks it for the role.
///
/// <https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html>
fn is_of_certificate(service: Option<&str>, key: &str) -> bool {
    service == Some("rolesanywhere.amazonaws.com") && key.starts_with("aws:principaltag/")
}
