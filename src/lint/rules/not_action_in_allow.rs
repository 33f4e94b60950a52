//! An allow of every action but some: also of those of services that it was not written for, and of those that are yet to come.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::Context;
use crate::lint::reach::{Reach, allows_everything_else};

pub(in crate::lint) fn check(_: Context<'_>, reach: &Reach<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (place, policy) in reach.identity.policies.iter().enumerate() {
        for (index, statement) in policy.document.statements.iter().enumerate() {
            let Some(first) = statement.action.patterns.first().filter(|_| allows_everything_else(statement)) else {
                continue;
            };
            // That it is an administrator's is told as a whole.
            if reach.is_of_administrator(place, index) {
                continue;
            }
            let message = format!("`{}` allows every action that is not named here", policy.name);
            let finding = Diagnostic::new(&code::NOT_ACTION_IN_ALLOW, first.span, message)
                .label("allows everything else")
                .note("`NotAction` with `Allow` also allows the actions of every other service, and those that AWS adds later (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html)")
                .help("name the actions that it is to allow; what must never happen belongs in a `deny`");
            found.push(reach.placed(place, index, reach.named(place, index, finding)));
        }
    }
}
