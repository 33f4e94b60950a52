//! Accounts of one's own that are trusted as a whole, so that their policies decide who assumes the role.

use super::missing_external_id::{confines, is_whole_account, names_user};
use crate::diagnostic::{Diagnostic, code};
use crate::lint::confine::{demand, takes_back};
use crate::lint::{Findings, Subject};
use crate::policy::{Effect, Kind, Statement, glob};

const PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts";
const ACTION: &str = "sts:AssumeRole";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let own = &subject.context.surroundings.accounts;
    if subject.policy.kind != Kind::Trust || takes_back(&subject.policy.document, ACTION, says_who) {
        return;
    }
    for (index, statement) in subject.statements().filter(|(_, one)| one.effect == Effect::Allow && assumes(one)) {
        if demand(statement, says_who).is_some() || names_user(statement) {
            continue;
        }
        let element = statement.principal.as_ref().filter(|element| !element.negated);
        for principal in element.iter().flat_map(|element| &element.principals) {
            let account = principal.value.account().filter(|account| own.contains(*account));
            let Some(account) = account.filter(|_| is_whole_account(&principal.value)) else { continue };
            findings.on_statement(
                index,
                Diagnostic::new(&code::TRUSTS_ACCOUNT, principal.span, format!("whoever in account {account} may call `{ACTION}` assumes this role"))
                    .label("the account, not somebody in it")
                    .note(format!("the policies of the account decide who that is: one that allows `{ACTION}` on `*` is enough ({PAGE})"))
                    .help(format!("name who assumes it: `role(\"{account}\", \"Name\")`; or narrow it: `when aws:PrincipalArn like \"arn:aws:iam::{account}:role/...\"`")),
            );
        }
    }
}

fn assumes(statement: &Statement) -> bool {
    statement.action.patterns.iter().any(|pattern| glob::matches(&pattern.value, ACTION, true))
}

/// Whether a key tells one principal of an account from another, or says how it asks. All of them are of one organisation.
fn says_who(key: &str) -> bool {
    confines(key) && !key.contains("org")
}
