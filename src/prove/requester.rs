//! Who may ask, as far as the documents can tell one from another.
//!
//! Each principal that a document names stands for itself; for everybody else there is one of each sort. An account that is named
//! is asked from by its root user, by a role and by a user that nobody names.

use std::collections::BTreeSet;

use crate::evaluate::Requester;
use crate::policy::{Effect, Principal, PrincipalElement};

/// The account of identities that no document names.
pub(super) const OTHER_ACCOUNT: &str = "999999999999";
/// What roles and users are called that no document names.
const OTHER_NAME: &str = "someone";

/// Who may ask.
#[derive(Clone, Debug)]
pub(super) struct Requesters {
    all: Vec<Requester>,
}

impl Requesters {
    pub(super) fn new<'p>(named: impl Iterator<Item = &'p Principal>) -> Self {
        let mut texts = BTreeSet::new();
        let mut accounts = BTreeSet::from([OTHER_ACCOUNT.to_owned()]);
        for principal in named {
            accounts.extend(principal.account().map(str::to_owned));
            if let Some(text) = principal.text().and_then(|text| text.plain()) {
                texts.insert(text.to_owned());
            }
        }
        let mut all = vec![other_role(OTHER_ACCOUNT)];
        let own = texts
            .iter()
            .filter_map(|text| Requester::parse(text))
            .filter(|one| !matches!(one, Requester::Anonymous | Requester::Root { .. }));
        all.extend(own);
        for account in &accounts {
            let user = format!("arn:aws:iam::{account}:user/{OTHER_NAME}");
            all.push(other_role(account));
            all.push(Requester::User { account: account.clone(), arn: user });
            all.push(Requester::Root { account: account.clone() });
        }
        all.push(Requester::Anonymous);
        all.push(Requester::Service("other.amazonaws.com".to_owned()));
        all.push(Requester::Federated { provider: "other.example.com".to_owned() });
        let mut seen: Vec<Requester> = Vec::new();
        all.retain(|one| {
            let is_new = !seen.contains(one);
            if is_new {
                seen.push(one.clone());
            }
            is_new
        });
        Self { all }
    }

    pub(super) fn all(&self) -> &[Requester] {
        &self.all
    }

    /// Those for whom something holds.
    pub(super) fn where_(&self, holds: impl Fn(&Requester) -> bool) -> Box<[u64]> {
        let mut mask = vec![0u64; self.all.len().div_ceil(64)];
        for (index, _) in self.all.iter().enumerate().filter(|(_, one)| holds(one)) {
            mask[index / 64] |= 1 << (index % 64);
        }
        mask.into()
    }

    /// Those that an element of a statement includes.
    pub(super) fn included(&self, element: &PrincipalElement, effect: Effect) -> Box<[u64]> {
        self.where_(|one| one.class(element, effect).is_some())
    }

    /// That one alone.
    pub(super) fn only(&self, index: usize) -> Box<[u64]> {
        let mut mask = vec![0u64; self.all.len().div_ceil(64)];
        mask[index / 64] = 1 << (index % 64);
        mask.into()
    }

    pub(super) fn everybody(&self) -> Box<[u64]> {
        self.where_(|_| true)
    }
}

/// Whether a mask has a requester.
pub(super) fn has(mask: &[u64], index: usize) -> bool {
    mask.get(index / 64).is_some_and(|word| word & 1 << (index % 64) != 0)
}

fn other_role(account: &str) -> Requester {
    Requester::Session {
        account: account.to_owned(),
        role: format!("arn:aws:iam::{account}:role/{OTHER_NAME}"),
        session: None,
    }
}
