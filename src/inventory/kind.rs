//! Which kind of policy a document is, where it shows.

use crate::policy::{Document, Effect, Kind, Principal, Statement, rcp_supports};

/// The kind that a document must be of, or most probably is: a trust policy says who may assume a role, a resource control policy
/// denies everyone on everything; of the others, those with principals are resource-based.
pub fn recognise(document: &Document) -> Kind {
    let all = |holds: fn(&Statement) -> bool| !document.statements.is_empty() && document.statements.iter().all(holds);
    if !document.statements.iter().any(|statement| statement.principal.is_some()) {
        return Kind::Policy;
    }
    if all(|statement| statement.resource.is_none() && assumes(statement)) {
        return Kind::Trust;
    }
    if all(guards_everything) { Kind::Rcp } else { Kind::Resource }
}

fn assumes(statement: &Statement) -> bool {
    statement.action.patterns.iter().all(|pattern| {
        let action = pattern.value.to_ascii_lowercase();
        action.starts_with("sts:")
    })
}

fn guards_everything(statement: &Statement) -> bool {
    let everyone = statement.principal.as_ref().is_some_and(|element| {
        !element.negated && element.principals.iter().all(|principal| principal.value == Principal::Anyone)
    });
    let everything = statement.resource.as_ref().is_some_and(|element| {
        !element.negated && element.patterns.iter().all(|pattern| pattern.value.plain() == Some("*"))
    });
    let reached = |action: &str| action.split_once(':').is_some_and(|(prefix, _)| rcp_supports(prefix));
    statement.effect == Effect::Deny
        && everyone
        && everything
        && !statement.action.negated
        && statement.action.patterns.iter().all(|pattern| reached(&pattern.value))
}
