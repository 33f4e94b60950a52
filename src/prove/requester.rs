//! Who may ask, as far as the documents can tell one from another.
//!
//! Each principal that a document names stands for itself; for everybody else there is one of each sort. An account that is named, as
//! a principal or in a condition, is asked from by its root user, and by a role, a user and a federated user that nobody names.

use std::collections::BTreeSet;

use crate::evaluate::Requester;
use crate::policy::value::account_id;
use crate::policy::{ConditionTest, Document, Effect, PrincipalElement};

/// Accounts of which the first that no document names stands for all those that none names.
const OTHER_ACCOUNTS: [&str; 4] = ["999999999999", "888888888888", "777777777777", "666666666666"];
/// The keys whose value is the account of who asks.
pub(super) const ACCOUNT_KEYS: [&str; 2] = ["aws:PrincipalAccount", "kms:CallerAccount"];
/// What roles and users are called that no document names.
const OTHER_NAME: &str = "someone";

/// Who may ask.
#[derive(Clone, Debug)]
pub(super) struct Requesters {
    all: Vec<Requester>,
    /// How many of them are named; those behind stand for many each.
    unnamed_from: usize,
    /// The accounts that are named.
    accounts: Vec<String>,
    /// The ARNs of roles and users that are named.
    arns: Vec<String>,
}

impl Requesters {
    /// Those that documents can tell apart.
    pub(super) fn new(documents: &[&Document]) -> Self {
        let mut texts = BTreeSet::new();
        let mut accounts = BTreeSet::new();
        for statement in documents.iter().flat_map(|document| &document.statements) {
            for principal in statement.principal.iter().flat_map(|element| &element.principals) {
                accounts.extend(principal.value.account().map(str::to_owned));
                if let Some(text) = principal.value.text().and_then(|text| text.plain()) {
                    texts.insert(text.to_owned());
                }
            }
            accounts.extend(statement.condition.iter().flat_map(accounts_in));
        }
        let other = OTHER_ACCOUNTS.into_iter().find(|one| !accounts.contains(*one)).unwrap_or(OTHER_ACCOUNTS[0]);
        let mut all = vec![other_role(other)];
        let own = texts.iter().filter_map(|text| Requester::parse(text));
        all.extend(own.filter(|one| !matches!(one, Requester::Anonymous | Requester::Root { .. })));
        all.extend(with_paths(&all));
        all.extend(federated(&all));
        let roots = accounts.iter().map(|account| Requester::Root { account: account.clone() });
        all.extend(roots);
        all.extend([
            Requester::Anonymous,
            Requester::Service("other.amazonaws.com".to_owned()),
            Requester::Federated { provider: "other.example.com".to_owned() },
        ]);
        let arns = all.iter().skip(1).filter_map(arn_of).collect();
        let unnamed_from = all.len();
        for account in &accounts {
            let user = format!("arn:aws:iam::{account}:user/{OTHER_NAME}");
            let federated = format!("arn:aws:sts::{account}:federated-user/{OTHER_NAME}");
            all.push(other_role(account));
            all.push(Requester::User { account: account.clone(), arn: user });
            all.push(Requester::FederatedUser { account: account.clone(), arn: federated });
        }
        Self { all, unnamed_from, accounts: accounts.into_iter().collect(), arns }
    }

    /// The accounts that are named.
    pub(super) fn accounts(&self) -> &[String] {
        &self.accounts
    }

    /// The ARNs of the roles and users that are named.
    pub(super) fn named_arns(&self) -> &[String] {
        &self.arns
    }

    /// Whether a requester stands for many whom nobody names.
    pub(super) fn is_unnamed(&self, index: usize) -> bool {
        index == 0 || index >= self.unnamed_from
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

/// The accounts that a test of who asks names.
fn accounts_in(test: &ConditionTest) -> impl Iterator<Item = String> {
    let key = test.key.value.plain().unwrap_or_default();
    let is_account = ACCOUNT_KEYS.iter().any(|name| name.eq_ignore_ascii_case(key));
    let is_arn = key.eq_ignore_ascii_case("aws:PrincipalArn");
    let texts = test.values.iter().filter(move |_| is_account || is_arn).filter_map(|value| value.value.plain());
    let accounts = texts.filter_map(move |text| if is_account { Some(text) } else { text.split(':').nth(4) });
    accounts.filter(|text| account_id(text).is_ok()).map(str::to_owned)
}

fn other_role(account: &str) -> Requester {
    Requester::Session {
        account: account.to_owned(),
        role: format!("arn:aws:iam::{account}:role/{OTHER_NAME}"),
        session: None,
    }
}

/// Sessions and roles that are named: a session's ARN does not have the path of its role.
fn with_paths(named: &[Requester]) -> Vec<Requester> {
    let mut found = Vec::new();
    let last = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    for session in named {
        let Requester::Session { account, role: short, session: Some(arn) } = session else { continue };
        for other in named {
            if let Requester::Session { account: of, role, session: None } = other
                && of == account
                && role != short
                && last(role) == last(short)
            {
                let (account, role, session) = (account.clone(), role.clone(), Some(arn.clone()));
                found.push(Requester::Session { account, role, session });
            }
        }
    }
    found
}

/// The federated users of users that are named, unless they are named too: who names the user names them.
fn federated(named: &[Requester]) -> Vec<Requester> {
    let of = |one: &Requester| match one {
        Requester::User { account, arn } => {
            let name = arn.rsplit('/').next().unwrap_or_default();
            let arn = format!("arn:aws:sts::{account}:federated-user/{name}");
            Some(Requester::FederatedUser { account: account.clone(), arn })
        }
        _ => None,
    };
    named.iter().filter_map(of).filter(|one| !named.contains(one)).collect()
}

/// The ARN of a role, user or federated user that is named itself; of a session's role there are others.
fn arn_of(requester: &Requester) -> Option<String> {
    match requester {
        Requester::Session { role, session: None, .. } => Some(role.clone()),
        Requester::User { arn, .. } | Requester::FederatedUser { arn, .. } => Some(arn.clone()),
        _ => None,
    }
}
