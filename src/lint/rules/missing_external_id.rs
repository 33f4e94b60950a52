//! Accounts of others that are trusted without an external id.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::confine::{demand, takes_back};
use crate::lint::{Findings, Subject};
use crate::policy::{Effect, Kind, Located, Principal, Statement, glob};

const PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html#external-id-purpose";
const ACTION: &str = "sts:AssumeRole";

/// Keys that tell one customer of a third party from another, one organisation from another, or one principal from another.
const CONFINING: [&str; 15] = [
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:userid",
    "aws:username",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "sts:externalid",
];

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.policy.kind != Kind::Trust || takes_back(&subject.policy.document, ACTION, confines) {
        return;
    }
    for (index, statement) in subject.statements().filter(|(_, one)| one.effect == Effect::Allow) {
        let assumes = statement.action.patterns.iter().any(|pattern| glob::matches(&pattern.value, ACTION, true));
        let element = statement.principal.as_ref().filter(|element| !element.negated && assumes);
        if demand(statement, confines).is_some() || names_user(statement) {
            continue;
        }
        for principal in element.iter().flat_map(|element| &element.principals) {
            let Some(account) = third_party(subject, principal) else { continue };
            let whole = is_whole_account(&principal.value);
            let message = match whole {
                true => format!("everyone whom account {account} lets may assume this role"),
                false => format!(
                    "account {account} is in none of your organisations, and assumes this role without an external id"
                ),
            };
            findings.on_statement(
                index,
                Diagnostic::new(&code::MISSING_EXTERNAL_ID, principal.span, message)
                    .label("trusted without an external id")
                    .note(format!("a third party that works for many can be made to use your role for another of them, unless it says for whom it works ({PAGE})"))
                    .help("of a third party, ask for the id that it gave you: `when sts:ExternalId == \"...\"`; in an account of your own, name the role, or its organisation: `when aws:PrincipalOrgID == \"o-...\"`"),
            );
        }
    }
}

/// Whether a key, in lower case, is one of those.
pub(super) fn confines(key: &str) -> bool {
    CONFINING.contains(&key) || key.starts_with("aws:principaltag/")
}

/// Whether the session must be named after a user, whom a third party's service is not.
pub(super) fn names_user(statement: &Statement) -> bool {
    demand(statement, |key| key == "sts:rolesessionname").is_some_and(|test| {
        let is_user = |text: &str| text.to_ascii_lowercase().contains("${aws:username}");
        test.values.iter().all(|value| value.value.plain().is_some_and(is_user))
    })
}

/// The account of a principal that may be somebody else's: one that is trusted as a whole and not known to be the project's own, and
/// any other where the project's organisations say which are.
fn third_party<'a>(subject: &Subject<'_>, principal: &'a Located<Principal>) -> Option<&'a str> {
    let surroundings = subject.context.surroundings;
    let account = principal.value.account().filter(|account| !surroundings.accounts.contains(*account))?;
    let is_known = !surroundings.organizations.is_empty() && !surroundings.accounts.is_empty();
    (is_known || is_whole_account(&principal.value)).then_some(account)
}

/// An account by its id, or by the ARN of its root.
pub(super) fn is_whole_account(principal: &Principal) -> bool {
    let Principal::Aws(text) = principal else { return false };
    text.plain().is_some_and(|text| !text.contains(':') || text.ends_with(":root"))
}
