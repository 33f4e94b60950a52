//! Roles that anybody in the world may assume.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{Document, Effect, Kind, Principal, Statement};
use crate::prove::{self, Inside, Prover, Verdict, Whose};

const PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.policy.kind != Kind::Trust {
        return;
    }
    for (index, statement) in subject.statements().filter(|(_, one)| one.effect == Effect::Allow) {
        let Some(element) = statement.principal.as_ref().filter(|element| !element.negated) else { continue };
        let Some(anyone) = element.principals.iter().find(|one| is_anyone(&one.value)) else { continue };
        if !is_open(subject, statement) {
            continue;
        }
        findings.on_statement(
            index,
            Diagnostic::new(&code::TRUSTS_ANYONE, anyone.span, "everyone in every account of AWS may assume this role")
                .aws("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL")
                .label("not only your accounts")
                .note(format!("`*` is every principal, and nothing here says which of them ({PAGE})"))
                .help("name who assumes it, or narrow it: `when aws:PrincipalOrgID == \"o-...\" and aws:PrincipalArn like \"...\"`"),
        );
    }
}

/// `"*"`, or the same under the key `AWS`.
fn is_anyone(principal: &Principal) -> bool {
    match principal {
        Principal::Anyone => true,
        Principal::Aws(text) => text.plain() == Some("*"),
        _ => false,
    }
}

/// Whether the statement, with the denies beside it, lets the public in. What is not known counts as closed only where a condition
/// might close it.
fn is_open(subject: &Subject<'_>, statement: &Statement) -> bool {
    let document = &subject.policy.document;
    let denies = document.statements.iter().filter(|one| one.effect == Effect::Deny).cloned();
    let statements = std::iter::once(statement.clone()).chain(denies).collect();
    let alone = Document { version: document.version, id: None, statements };
    let mut prover = Prover::new(subject.context.catalogue, &[&alone]);
    let permissions = prover.permissions(Whose::Document(prove::Subject { document: &alone, has_principals: true }));
    match prover.closed_to_outside(&permissions, &Inside::Nobody) {
        Verdict::Holds => false,
        Verdict::Fails(_) => true,
        Verdict::Unknown(_) => statement.condition.is_empty(),
    }
}
