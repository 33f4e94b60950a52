//! `iam:CreateServiceLinkedRole` for any service.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::Context;
use crate::lint::reach::{Reach, asks_for};
use crate::lint::watched::CREATE_SERVICE_LINKED_ROLE;

pub(in crate::lint) fn check(_: Context<'_>, reach: &Reach<'_, '_>, found: &mut Vec<Diagnostic>) {
    let Some(action) = reach.watched.find(CREATE_SERVICE_LINKED_ROLE) else { return };
    for (policy, grant) in reach.grants_of(action) {
        let statement = reach.statement(policy, grant.statement);
        if !grant.on_anything || asks_for(statement, "iam:AWSServiceName") {
            continue;
        }
        let message = format!("`{}` may create the role of any service", reach.policy(policy).name);
        let finding = Diagnostic::new(&code::CREATE_SERVICE_LINKED_ROLE, reach.pattern(policy, grant), message)
            .label("for any service")
            .note("a service-linked role has the permissions that its service asks for (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html)")
            .help("name the service: `when iam:AWSServiceName == \"elasticloadbalancing.amazonaws.com\"`, or its role: `arn:aws:iam::*:role/aws-service-role/...`")
            .aws(reach.breadth(policy, grant).of_service_linked_role());
        found.push(reach.placed(policy, grant.statement, finding));
    }
}
