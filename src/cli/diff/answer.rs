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
    /// One line each.
    pub(super) changes: Vec<String>,
    pub(super) gained: bool,
    pub(super) lost: bool,
}

impl Answer {
    /// How everything together relates to what it was.
    pub(super) fn relation(&self) -> Relation {
        let (gained, lost) = (self.joined(|one| one.gained.any), self.joined(|one| one.lost.any));
        let of_roles = |of: fn(&RoleChange) -> bool| self.roles.iter().any(of);
        relation(gained.map(|any| any || of_roles(|one| one.gained)), lost.map(|any| any || of_roles(|one| one.lost)))
    }

    /// Whether more is allowed, or less is denied, as far as that is known.
    pub(super) fn is_wider(&self) -> Option<bool> {
        self.is(self.roles.iter().any(|role| role.gained), Change::is_wider)
    }

    /// Whether less is allowed, or more is denied, as far as that is known.
    pub(super) fn is_narrower(&self) -> Option<bool> {
        self.is(self.roles.iter().any(|role| role.lost), Change::is_narrower)
    }

    fn is(&self, of_roles: bool, of: fn(&Change) -> Option<bool>) -> Option<bool> {
        let known = of_roles || self.policies.iter().any(|one| of(one) == Some(true));
        if known { Some(true) } else { self.joined(of) }
    }

    fn joined(&self, of: impl Fn(&Change) -> Option<bool>) -> Option<bool> {
        self.policies.iter().try_fold(false, |sofar, one| of(one).map(|any| sofar || any))
    }
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
