//! The policies of both sides in pairs, and what has changed of each.

use crate::catalogue::Catalogue;
use crate::cli::failure::Failure;
use crate::policy::{Document, Effect, Kind, Version};
use crate::prove::Subject;
use crate::prove::difference::{Difference, Side, difference, no_longer_denied, with_full_access};

use super::answer::{Change, Presence};
use super::given::{Given, GivenPolicy};

/// What has changed of each policy, by kind and name.
pub(super) fn policies(
    catalogue: &Catalogue,
    old: &Given,
    new: &Given,
    kind: Option<Kind>,
) -> Result<Vec<Change>, Failure> {
    if let (true, true, [one], [other]) = (old.is_single, new.is_single, &old.policies[..], &new.policies[..]) {
        let kind = match kind {
            Some(kind) => kind,
            None => one_kind(one, other)?,
        };
        let both = [one, other].map(|policy| GivenPolicy { kind, ..policy.clone() });
        return Ok(vec![changed(catalogue, &both[0], &both[1])]);
    }
    let mut changes = Vec::new();
    let mut rest: Vec<&GivenPolicy> = new.policies.iter().collect();
    for policy in &old.policies {
        let is_it = |other: &&GivenPolicy| (other.kind, &other.name) == (policy.kind, &policy.name);
        changes.push(match rest.iter().position(is_it) {
            Some(at) => changed(catalogue, policy, rest.remove(at)),
            None => alone(catalogue, policy, Presence::Removed),
        });
    }
    changes.extend(rest.into_iter().map(|policy| alone(catalogue, policy, Presence::Added)));
    changes.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    Ok(changes)
}

/// The kind of two policies that are compared whatever they are called: a guess gives way to what is known, but that statements say
/// whom they are for, or do not, is none. Nor is a policy of an organisation guessed, which grants nothing by itself.
fn one_kind(old: &GivenPolicy, new: &GivenPolicy) -> Result<Kind, Failure> {
    let is_control = [old, new].iter().any(|one| matches!(one.kind, Kind::Scp | Kind::Rcp));
    let alike = old.kind.has_principals() == new.kind.has_principals() && !is_control;
    match (old.kind == new.kind, old.is_guess, new.is_guess) {
        (true, ..) => Ok(new.kind),
        (false, true, _) if alike => Ok(new.kind),
        (false, false, true) if alike => Ok(old.kind),
        _ => Err(Failure::new(
            format!("OLD is {} and NEW is {}", old.kind.with_article(), new.kind.with_article()),
            "policies of different kinds are not compared; say what both are with `--kind`",
        )),
    }
}

/// A policy on both sides.
fn changed(catalogue: &Catalogue, old: &GivenPolicy, new: &GivenPolicy) -> Change {
    let kind = new.kind;
    let allows = |one: &GivenPolicy| one.document.statements.iter().any(|one| one.effect == Effect::Allow);
    // AWS attaches full access beside control policies that only deny; and so whatever denies only is compared by what it leaves.
    let denies_only = !allows(old) && !allows(new);
    let compared = |one: &GivenPolicy| {
        let is_control = matches!(kind, Kind::Scp | Kind::Rcp) && !allows(one);
        match denies_only || is_control {
            true => with_full_access(&one.document, kind.has_principals()),
            false => one.document.clone(),
        }
    };
    let (before, after) = (compared(old), compared(new));
    change(catalogue, new, Presence::Both, [&before, &after])
}

/// A policy on one side only.
fn alone(catalogue: &Catalogue, policy: &GivenPolicy, presence: Presence) -> Change {
    let nothing = Document { version: Version::V2012, id: None, statements: Vec::new() };
    if let Some(limit) = limit(policy.kind) {
        let (note, gained) = match presence {
            Presence::Removed => (limit.removed, true),
            _ => (limit.added, false),
        };
        let side = |any: bool| Side { any: Some(any), ..Side::default() };
        let sides = Difference { gained: side(gained), lost: side(!gained) };
        return Change { note: Some(note), ..assembled(policy, presence, sides) };
    }
    match presence {
        Presence::Removed => change(catalogue, policy, presence, [&policy.document, &nothing]),
        _ => change(catalogue, policy, presence, [&nothing, &policy.document]),
    }
}

fn change(catalogue: &Catalogue, policy: &GivenPolicy, presence: Presence, [old, new]: [&Document; 2]) -> Change {
    let subject = |document| Subject { document, has_principals: policy.kind.has_principals() };
    let (old, new) = (subject(old), subject(new));
    let mut change = assembled(policy, presence, difference(catalogue, old, new));
    // Beside these kinds another policy may allow what they do not.
    if matches!(policy.kind, Kind::Policy | Kind::Resource) {
        change.no_longer_denied = no_longer_denied(catalogue, old, new);
        change.newly_denied = no_longer_denied(catalogue, new, old);
    }
    change
}

fn assembled(policy: &GivenPolicy, presence: Presence, sides: Difference) -> Change {
    Change {
        kind: policy.kind,
        name: policy.name.clone(),
        presence,
        target: policy.target.clone(),
        gained: sides.gained,
        lost: sides.lost,
        no_longer_denied: None,
        newly_denied: None,
        note: None,
    }
}

/// What is said of a policy that grants nothing, and limits what others grant.
struct Limit {
    added: &'static str,
    removed: &'static str,
}

fn limit(kind: Kind) -> Option<Limit> {
    let (added, removed) = match kind {
        Kind::Policy | Kind::Trust | Kind::Resource => return None,
        Kind::Boundary => (
            "a new limit: identities with this boundary may do no more than it allows",
            "this limit is gone: identities without a boundary may do whatever their policies allow",
        ),
        Kind::Scp => (
            "a new limit: accounts that it is attached to may do no more than it allows",
            "this limit is gone: accounts that it was attached to may do more",
        ),
        Kind::Rcp => (
            "a new limit: resources of accounts that it is attached to may be used no more than it allows",
            "this limit is gone: resources of accounts that it was attached to may be used for more",
        ),
        Kind::Session => (
            "a new limit: sessions with it may do no more than it allows",
            "this limit is gone: sessions without it may do whatever their role may",
        ),
        Kind::Endpoint => (
            "a new limit: through the endpoint goes no more than it allows",
            "this limit is gone: an endpoint without a policy lets everything through",
        ),
    };
    Some(Limit { added, removed })
}
