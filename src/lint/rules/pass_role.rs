//! `iam:PassRole` on any role: whoever may pass a role to a service lets the service act with it.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::Context;
use crate::lint::reach::{Reach, asks_for, asks_for_tag, denies_others};
use crate::lint::watched::PASS_ROLE;

const SERVICE: &str = "iam:PassedToService";
const SOURCE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html";

pub(in crate::lint) fn check(_: Context<'_>, reach: &Reach<'_, '_>, found: &mut Vec<Diagnostic>) {
    let Some(action) = reach.watched.find(PASS_ROLE) else { return };
    let denied = || reach.denies().any(|one| reach.watched.is_about(one, action) && denies_others(one, SERVICE));
    for (policy, grant) in reach.grants_of(action) {
        let statement = reach.statement(policy, grant.statement);
        let names_service = asks_for(statement, SERVICE);
        if names_service || asks_for_tag(statement) || denied() {
            continue;
        }
        let (code, message, label) = if grant.on_anything {
            (&code::PASS_ROLE, format!("`{}` may pass any role to any service", reach.policy(policy).name), "any role")
        } else {
            let message = format!("`{}` may pass this role to whichever service it trusts", reach.policy(policy).name);
            (&code::PASS_ROLE_TO_ANY_SERVICE, message, "to any service")
        };
        let place = match statement.resource.as_ref().and_then(|element| element.patterns.first()) {
            Some(first) if !statement.action.negated => first.span,
            _ => reach.pattern(policy, grant),
        };
        let finding = Diagnostic::new(code, place, message)
            .label(label)
            .note(format!("whoever passes a role to a service has the service act with it ({SOURCE})"))
            .help("name the roles, and the services: `when iam:PassedToService == \"lambda.amazonaws.com\"`");
        let finding =
            if grant.on_anything { finding.aws(reach.breadth(policy, grant).of_pass_role()) } else { finding };
        found.push(reach.placed(policy, grant.statement, finding));
    }
}
