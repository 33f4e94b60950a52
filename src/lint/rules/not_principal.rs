//! `NotPrincipal`.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::Effect;

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // Where there is no such element, that is told.
    if !subject.policy.kind.rules().not_principal {
        return;
    }
    for (index, statement) in subject.statements() {
        let Some(element) = statement.principal.as_ref().filter(|element| element.negated) else { continue };
        let Some(first) = element.principals.first() else { continue };
        let note = match statement.effect {
            Effect::Allow => {
                "`NotPrincipal` with `Allow` grants to everyone else in the world, anonymous requests included"
            }
            Effect::Deny => {
                "`NotPrincipal` with `Deny` also denies the sessions and the account of a listed role unless they are listed, and everyone with a permissions boundary"
            }
        };
        let told = Diagnostic::new(
            &code::NOT_PRINCIPAL,
            first.span,
            "`NotPrincipal` concerns more principals than it reads",
        )
        .note(format!(
            "{note} (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html)"
        ))
        .help("write `to anyone`, and except principals with a condition: `unless aws:PrincipalArn like \"...\"`");
        findings.on_statement(
            index,
            if statement.effect == Effect::Allow { told.aws("ALLOW_WITH_NOT_PRINCIPAL") } else { told },
        );
    }
}
