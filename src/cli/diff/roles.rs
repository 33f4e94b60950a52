//! What has changed of roles: which policies they have, and what all their layers allow together.

use std::collections::BTreeSet;

use crate::catalogue::Catalogue;
use crate::elaborate::{Elaborated, Role};
use crate::policy::{Document, Kind};
use crate::prove::Subject;
use crate::prove::difference::{Difference, difference};
use crate::verify::role_differences;

use super::answer::{Change, Presence, RoleChange};
use super::given::Given;

/// What has changed of each role, by name.
pub(super) fn changes(catalogue: &Catalogue, old: &Given, new: &Given) -> Vec<RoleChange> {
    let (before, after) = (&old.declared, &new.declared);
    let names: BTreeSet<&str> = before.roles.iter().chain(&after.roles).map(|role| role.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let allowed = role_differences(catalogue, (before, &old.defaults), (after, &new.defaults), &names);
    let of = |side: &'_ Elaborated, name: &str| side.roles.iter().find(|role| role.name == name).cloned();
    let each = names.iter().zip(allowed).map(|(name, allowed)| match (of(before, name), of(after, name)) {
        (Some(old), Some(new)) => {
            let allowed = allowed.map(|difference| of_layers(name, difference));
            RoleChange { allowed, ..changed(&old, &new, |old, new| trusts(catalogue, (before, old), (after, new))) }
        }
        (Some(_), None) => named(name, "it is gone".to_owned(), (false, true)),
        (None, Some(new)) => named(name, added(&new), (true, false)),
        (None, None) => named(name, String::new(), (false, false)),
    });
    each.collect()
}

fn named(name: &str, line: String, (gained, lost): (bool, bool)) -> RoleChange {
    RoleChange { name: name.to_owned(), changes: vec![line], gained, lost, allowed: None }
}

/// What changes of a role's requests, which are told as those of its policies are.
fn of_layers(name: &str, Difference { gained, lost }: Difference) -> Change {
    Change {
        kind: Kind::Policy,
        name: name.to_owned(),
        presence: Presence::Both,
        target: None,
        gained,
        lost,
        no_longer_denied: None,
        newly_denied: None,
        note: None,
    }
}

/// Whether one trust policy lets somebody in whom the other does not, and the other way round.
fn trusts(catalogue: &Catalogue, old: (&Elaborated, &str), new: (&Elaborated, &str)) -> (bool, bool) {
    let document = |(side, name): (&'_ Elaborated, &str)| -> Option<Document> {
        let mut trusts = side.policies.iter().filter(|policy| policy.kind == Kind::Trust);
        trusts.find(|policy| policy.name == name).map(|policy| policy.document.clone())
    };
    let (Some(old), Some(new)) = (document(old), document(new)) else { return (true, true) };
    let subject = |document| Subject { document, has_principals: true };
    let found = difference(catalogue, subject(&old), subject(&new));
    (found.gained.any.unwrap_or(true), found.lost.any.unwrap_or(true))
}

fn added(role: &Role) -> String {
    let policies = role.policies.iter().map(|name| format!("policy {name}"));
    let parts: Vec<String> = policies
        .chain(role.trust.iter().map(|name| format!("trust {name}")))
        .chain(role.boundary.iter().map(|name| format!("boundary {name}")))
        .collect();
    format!("it is new, with {}", if parts.is_empty() { "no policies".to_owned() } else { parts.join(", ") })
}

fn changed(old: &Role, new: &Role, trusts: impl Fn(&str, &str) -> (bool, bool)) -> RoleChange {
    let mut change =
        RoleChange { name: new.name.clone(), changes: Vec::new(), gained: false, lost: false, allowed: None };
    // What policies and boundaries allow together is looked at by itself.
    let by_itself = (false, false);
    for name in new.policies.iter().filter(|name| !old.policies.contains(name)) {
        change.say(format!("policy {name} added"), by_itself);
    }
    for name in old.policies.iter().filter(|name| !new.policies.contains(name)) {
        change.say(format!("policy {name} removed"), by_itself);
    }
    let of_trust = match (&old.trust, &new.trust) {
        (Some(a), Some(b)) if a != b => trusts(a, b),
        (before, after) => (before.is_none() && after.is_some(), before.is_some() && after.is_none()),
    };
    change.layer("trust", &old.trust, &new.trust, of_trust);
    change.layer("boundary", &old.boundary, &new.boundary, by_itself);
    if old.max_session != new.max_session {
        // AWS's default is one hour.
        let seconds = |role: &Role| role.max_session.unwrap_or(3600);
        let line = format!("max-session was {} s, is {} s", seconds(old), seconds(new));
        change.say(line, (seconds(new) > seconds(old), seconds(new) < seconds(old)));
    }
    if old.path != new.path {
        let path = |role: &Role| role.path.clone().unwrap_or_else(|| "/".to_owned());
        change.say(format!("path was `{}`, is `{}`: its ARN is another", path(old), path(new)), (true, true));
    }
    for key in old.tags.keys().chain(new.tags.keys()).collect::<BTreeSet<_>>() {
        let line = match (old.tags.get(key), new.tags.get(key)) {
            (a, b) if a == b => continue,
            (Some(value), None) => format!("tag {key} `{value}` removed"),
            (None, Some(value)) => format!("tag {key} `{value}` added"),
            (a, b) => format!("tag {key} was `{}`, is `{}`", a.map_or("", |one| one), b.map_or("", |one| one)),
        };
        change.say(line, (true, true));
    }
    change
}

impl RoleChange {
    fn say(&mut self, line: String, (gained, lost): (bool, bool)) {
        self.changes.push(line);
        self.gained |= gained;
        self.lost |= lost;
    }

    /// A layer of which there is one or none.
    fn layer(&mut self, word: &str, old: &Option<String>, new: &Option<String>, which: (bool, bool)) {
        match (old, new) {
            (None, Some(name)) => self.say(format!("{word} {name} added"), which),
            (Some(name), None) => self.say(format!("{word} {name} removed"), which),
            (Some(a), Some(b)) if a != b => self.say(format!("{word} was {a}, is {b}"), which),
            _ => {}
        }
    }
}
