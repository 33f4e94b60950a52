//! What has changed of roles: which policies they have.

use std::collections::BTreeSet;

use crate::elaborate::Role;

use super::answer::RoleChange;

/// The roles that are not as they were, by name.
pub(super) fn changes(old: &[Role], new: &[Role]) -> Vec<RoleChange> {
    let names: BTreeSet<&str> = old.iter().chain(new).map(|role| role.name.as_str()).collect();
    let of = |roles: &'_ [Role], name: &str| roles.iter().find(|role| role.name == name).cloned();
    let each = names.into_iter().map(|name| match (of(old, name), of(new, name)) {
        (Some(old), Some(new)) => changed(&old, &new),
        (Some(_), None) => named(name, "it is gone".to_owned(), (false, true)),
        (None, Some(new)) => named(name, added(&new), (true, false)),
        (None, None) => named(name, String::new(), (false, false)),
    });
    each.filter(|role| !role.changes.is_empty()).collect()
}

fn named(name: &str, line: String, (gained, lost): (bool, bool)) -> RoleChange {
    RoleChange { name: name.to_owned(), changes: vec![line], gained, lost }
}

fn added(role: &Role) -> String {
    let policies = role.policies.iter().map(|name| format!("policy {name}"));
    let parts: Vec<String> = policies
        .chain(role.trust.iter().map(|name| format!("trust {name}")))
        .chain(role.boundary.iter().map(|name| format!("boundary {name}")))
        .collect();
    format!("it is new, with {}", if parts.is_empty() { "no policies".to_owned() } else { parts.join(", ") })
}

fn changed(old: &Role, new: &Role) -> RoleChange {
    let mut change = RoleChange { name: new.name.clone(), changes: Vec::new(), gained: false, lost: false };
    for name in new.policies.iter().filter(|name| !old.policies.contains(name)) {
        change.say(format!("policy {name} added"), (true, false));
    }
    for name in old.policies.iter().filter(|name| !new.policies.contains(name)) {
        change.say(format!("policy {name} removed"), (false, true));
    }
    change.layer("trust", &old.trust, &new.trust, (true, false));
    change.layer("boundary", &old.boundary, &new.boundary, (false, true));
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

    /// A layer of which there is one or none; `added` is what it means that there is one now.
    fn layer(&mut self, word: &str, old: &Option<String>, new: &Option<String>, added: (bool, bool)) {
        match (old, new) {
            (None, Some(name)) => self.say(format!("{word} {name} added"), added),
            (Some(name), None) => self.say(format!("{word} {name} removed"), (added.1, added.0)),
            (Some(a), Some(b)) if a != b => self.say(format!("{word} was {a}, is {b}"), (true, true)),
            _ => {}
        }
    }
}
