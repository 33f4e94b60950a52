//! What has changed, ready to be written.

use crate::base::SourceMap;
use crate::catalogue::Catalogue;
use crate::elaborate::Target;
use crate::evaluate::{KeyValue, Requester};
use crate::import::{Lookup, statement_text};
use crate::policy::{Kind, Statement};
use crate::project::Defaults;
use crate::prove::Counterexample;
use crate::prove::difference::{Region, Relation, Side, relation};

/// What has changed.
pub(super) struct Answer {
    pub(super) policies: Vec<Change>,
    pub(super) roles: Vec<RoleChange>,
}

/// How a policy is on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Both,
    Added,
    Removed,
}

/// A policy, and what has changed of it.
pub(super) struct Change {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) presence: Presence,
    pub(super) target: Option<Target>,
    pub(super) gained: Side,
    pub(super) lost: Side,
    /// A deny that denies no longer, and one that newly does, with a request that the policy does not allow either.
    pub(super) no_longer_denied: Option<(Statement, Counterexample)>,
    pub(super) newly_denied: Option<(Statement, Counterexample)>,
    /// What is to be said besides.
    pub(super) note: Option<&'static str>,
}

impl Change {
    /// How what is allowed relates to what was.
    pub(super) fn relation(&self) -> Relation {
        relation(self.gained.any, self.lost.any)
    }

    pub(super) fn is_wider(&self) -> Option<bool> {
        if self.no_longer_denied.is_some() { Some(true) } else { self.gained.any }
    }

    pub(super) fn is_narrower(&self) -> Option<bool> {
        if self.newly_denied.is_some() { Some(true) } else { self.lost.any }
    }

    pub(super) fn is_equal(&self) -> bool {
        (self.is_wider(), self.is_narrower()) == (Some(false), Some(false))
    }
}

/// A role, and what has changed of it.
pub(super) struct RoleChange {
    pub(super) name: String,
    /// What is attached to it or said of it that was not, or no longer is: one line each.
    pub(super) changes: Vec<String>,
    /// Whether more, or less, is allowed by these that its layers do not show: who may assume it, that it is there at all.
    pub(super) gained: bool,
    pub(super) lost: bool,
    /// What its layers allow together that they did not, and no longer allow; nothing of a role that is on one side only.
    pub(super) allowed: Option<Change>,
}

impl RoleChange {
    pub(super) fn is_wider(&self) -> Option<bool> {
        if self.gained { Some(true) } else { self.allowed.as_ref().map_or(Some(false), |change| change.gained.any) }
    }

    pub(super) fn is_narrower(&self) -> Option<bool> {
        if self.lost { Some(true) } else { self.allowed.as_ref().map_or(Some(false), |change| change.lost.any) }
    }

    pub(super) fn relation(&self) -> Relation {
        relation(self.is_wider(), self.is_narrower())
    }

    /// Whether there is nothing to say of it.
    pub(super) fn is_equal(&self) -> bool {
        self.changes.is_empty() && self.relation() == Relation::Equal
    }
}

impl Answer {
    /// How everything together relates to what it was.
    pub(super) fn relation(&self) -> Relation {
        let gained = joined(self.policies.iter().map(|one| one.gained.any).chain(self.of_roles(RoleChange::is_wider)));
        let lost = joined(self.policies.iter().map(|one| one.lost.any).chain(self.of_roles(RoleChange::is_narrower)));
        relation(gained, lost)
    }

    /// Whether more is allowed, or less is denied, as far as that is known.
    pub(super) fn is_wider(&self) -> Option<bool> {
        any(self.policies.iter().map(Change::is_wider).chain(self.of_roles(RoleChange::is_wider)))
    }

    /// Whether less is allowed, or more is denied, as far as that is known.
    pub(super) fn is_narrower(&self) -> Option<bool> {
        any(self.policies.iter().map(Change::is_narrower).chain(self.of_roles(RoleChange::is_narrower)))
    }

    fn of_roles(&self, of: fn(&RoleChange) -> Option<bool>) -> impl Iterator<Item = Option<bool>> {
        self.roles.iter().map(of)
    }
}

/// Whether one of them is so; not known where one is not.
fn joined(mut all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all.try_fold(false, |sofar, one| one.map(|one| sofar || one))
}

/// The same, but known where one of them is so.
fn any(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let all: Vec<Option<bool>> = all.collect();
    if all.contains(&Some(true)) { Some(true) } else { joined(all.into_iter()) }
}

/// What the words for things are looked up in.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) defaults: &'a Defaults,
}

impl Shown<'_> {
    /// A statement in the language's words.
    pub(super) fn statement(self, change: &Change, statement: &Statement) -> String {
        let sources = SourceMap::default();
        let lookup = Lookup { sources: &sources, catalogue: self.catalogue, defaults: self.defaults };
        statement_text(lookup, change.kind, statement, change.target.as_ref())
    }

    /// What of a region is an exception: its conditions alone where it is about all of the region.
    pub(super) fn exception(self, change: &Change, region: &Region, exception: &Statement) -> String {
        let whole = self.statement(change, exception);
        let bare = |statement: &Statement| Statement { condition: Vec::new(), ..statement.clone() };
        let head = self.statement(change, &bare(exception));
        let same = head == self.statement(change, &bare(&region.statement));
        match whole.strip_prefix(&head) {
            Some(rest) if same && !rest.trim().is_empty() => {
                rest.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned()
            }
            _ => whole,
        }
    }
}

/// `principal, action, resource` of an example, the first of them where the policy says whom it is for.
pub(super) fn asked(change: &Change, example: &Counterexample) -> (Option<String>, String, String) {
    let request = &example.request;
    let who = change.kind.has_principals().then(|| requester(&request.requester));
    (who, request.action.clone(), request.resource.clone())
}

/// The keys of an example.
pub(super) fn keys(example: &Counterexample) -> impl Iterator<Item = (&str, Vec<&str>, bool)> {
    example.keys.iter().filter_map(|(key, value)| match value {
        KeyValue::One(text) => Some((key.as_str(), vec![text.as_str()], false)),
        KeyValue::Several(texts) => Some((key.as_str(), texts.iter().map(String::as_str).collect(), true)),
        KeyValue::Unknown | KeyValue::Absent => None,
    })
}

fn requester(requester: &Requester) -> String {
    match requester {
        Requester::Root { account } => format!("arn:aws:iam::{account}:root"),
        Requester::User { arn, .. } | Requester::FederatedUser { arn, .. } => arn.clone(),
        Requester::Session { role, session, .. } => session.clone().unwrap_or_else(|| role.clone()),
        Requester::Federated { provider } => provider.clone(),
        Requester::Service(name) => name.clone(),
        Requester::Anonymous => "*".to_owned(),
    }
}
