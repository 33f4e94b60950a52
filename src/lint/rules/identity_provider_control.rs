//! Shared identity providers whose tokens are taken from anybody.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::federation::Trusted;
use crate::lint::{Findings, Subject};
use crate::policy::shared_provider;

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html";
const GITHUB: &str = "token.actions.githubusercontent.com";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for trusted in Trusted::all(subject) {
        let Some(provider) = trusted.issuer().and_then(shared_provider) else { continue };
        if trusted.confines(subject, provider.claim) {
            continue;
        }
        let key = match provider.claim.contains(':') {
            true => provider.claim.to_owned(),
            false => format!("{}:{}", provider.issuer, provider.claim),
        };
        let message = format!("every identity of `{}` may assume this role, whoever has it", provider.issuer);
        let finding = Diagnostic::new(&code::IDENTITY_PROVIDER_CONTROL, trusted.principal.span, message)
            .label(format!("`{key}` is not asked for"))
            .note(format!("others have identities there too, and IAM refuses to trust it without this claim ({PAGE})"))
            .help(match provider.issuer {
                GITHUB => {
                    format!("ask for the repository and the branch: `{key} == \"repo:ORG/REPO:ref:refs/heads/main\"`")
                }
                _ => format!("ask for the claim that is yours alone: `{key} == \"...\"`"),
            });
        let finding = match provider.issuer {
            GITHUB => finding.aws("MISSING_GITHUB_REPO_CONDITION_KEY"),
            _ if !trusted.confines_any(subject) => finding.aws("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL"),
            _ => finding,
        };
        findings.on_statement(trusted.index, finding);
    }
}
