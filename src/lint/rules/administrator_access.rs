//! Every action on every resource, in one statement or several; and all of IAM, which is as much.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::Context;
use crate::lint::reach::Reach;

const SOURCE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege";

pub(in crate::lint) fn check(_: Context<'_>, reach: &Reach<'_, '_>, found: &mut Vec<Diagnostic>) {
    let Some(grants) = reach.administrator() else { return };
    let mut places: Vec<_> = grants.iter().map(|(policy, grant)| (*policy, grant.statement)).collect();
    places.sort_unstable();
    places.dedup();
    let Some(&(policy, grant)) = grants.iter().min_by_key(|(policy, grant)| (*policy, grant.statement)) else { return };
    let policies: Vec<usize> = places.iter().map(|(policy, _)| *policy).collect();
    let name = reach.name(&policies);
    let statement = reach.statement(policy, grant.statement);
    let is_one = places.len() == 1 && reach.is_sweeping(policy, grant);
    let (message, label) = match (is_one, statement.action.negated) {
        (true, false) => (format!("`{name}` allows every action on every resource"), "administrator access"),
        (true, true) => (
            format!("`{name}` allows every action but these on every resource, IAM's among them"),
            "and everything else",
        ),
        (false, _) => (format!("`{name}` allows all of IAM on every resource"), "it can give itself the rest"),
    };
    let mut finding = Diagnostic::new(&code::ADMINISTRATOR_ACCESS, reach.pattern(policy, grant), message).label(label);
    for (other, place) in places.iter().skip(1).take(3) {
        finding = finding.also(reach.statement(*other, *place).span, "together with this");
    }
    let finding = finding
        .note(format!("whoever may change every policy and pass every role is an administrator ({SOURCE})"))
        .help("allow the actions that the work takes, on the resources that it is about; or give it a permissions boundary");
    found.push(reach.placed(policy, grant.statement, reach.named(policy, grant.statement, finding)));
}
