//! An allow on every resource but some: also on those that are yet to come.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::Context;
use crate::lint::reach::Reach;
use crate::policy::Effect;

pub(in crate::lint) fn check(_: Context<'_>, reach: &Reach<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (place, policy) in reach.identity.policies.iter().enumerate() {
        for (index, statement) in policy.document.statements.iter().enumerate() {
            let element = statement.resource.as_ref().filter(|element| element.negated);
            let Some(first) = element.and_then(|element| element.patterns.first()) else { continue };
            // Of an allow of everything else, of roles and of an administrator it is told otherwise.
            let is_told =
                statement.action.negated || reach.is_of_administrator(place, index) || reach.is_of_roles(place, index);
            if statement.effect != Effect::Allow || is_told {
                continue;
            }
            let message = format!("`{}` allows this on every resource that is not named here", policy.name);
            let finding = Diagnostic::new(&code::NOT_RESOURCE_IN_ALLOW, first.span, message)
                .label("allowed on everything else")
                .note("`NotResource` with `Allow` also allows it on the resources of others, and on those that are made later (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html)")
                .help("name the resources that it is about; what must never be touched belongs in a `deny`");
            found.push(reach.placed(place, index, finding));
        }
    }
}
