//! What the ARN of a permissions boundary may be, where it is not known: the account and the path are not in the document.

use std::collections::BTreeSet;

use crate::elaborate::Policy;
use crate::lint::{Boundary, Context, Identity};
use crate::policy::{BaseOperator, Document, Effect, glob, value};

/// Where nothing says in which account a boundary is.
const SOME_ACCOUNT: &str = "123456789012";
/// How many are looked at.
const MOST: usize = 12;

/// What may be so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct World {
    pub(super) partition: String,
    pub(super) account: String,
    /// The ARN of the boundary.
    pub(super) own: String,
    /// The ARNs of the boundaries that it asks for.
    pub(super) asked: Vec<String>,
}

impl World {
    /// An ARN of IAM.
    pub(super) fn arn(&self, account: &str, resource: &str) -> String {
        format!("arn:{}:iam::{account}:{resource}", self.partition)
    }
}

/// An ARN of a policy in a document: with its partition and account, where they stand there, and what is behind `policy/`.
struct Mention<'d> {
    partition: Option<&'d str>,
    account: Option<&'d str>,
    /// `team/Developer`
    policy: Option<&'d str>,
    /// Whether a condition asks for it as a boundary.
    asked: bool,
    /// Whether a deny is about it.
    denied: bool,
}

/// All that may be so of a boundary, the known before the guessed.
pub(super) fn worlds(context: Context<'_>, policy: &Policy, identities: &[Identity<'_>]) -> Vec<World> {
    let mentions = mentions(&policy.document);
    let asked = |home: &(String, String)| {
        let named =
            mentions.iter().filter(|one| one.asked).filter_map(|one| one.policy).filter(|name| !glob::is_pattern(name));
        named.map(|name| format!("arn:{}:iam::{}:policy/{name}", home.0, home.1)).collect::<Vec<_>>()
    };
    let known = identities.iter().find_map(|one| match one.boundary {
        Boundary::Known(boundary) if std::ptr::eq(boundary, policy) => one.boundary_arn,
        _ => None,
    });
    if let Some(own) = known.filter(|arn| arn.starts_with("arn:")) {
        let segment = |at: usize| own.split(':').nth(at).unwrap_or_default().to_owned();
        let home = (segment(1), segment(4));
        return vec![World { own: own.to_owned(), asked: asked(&home), partition: home.0, account: home.1 }];
    }
    let mut found = Vec::new();
    for home in homes(context, &mentions) {
        for name in names(policy, &mentions) {
            let own = format!("arn:{}:iam::{}:policy/{name}", home.0, home.1);
            found.push(World { own, asked: asked(&home), partition: home.0.clone(), account: home.1.clone() });
        }
    }
    found.truncate(MOST);
    found
}

/// The partitions and accounts where the boundary may be: those of the ARNs in it, else the project's.
fn homes(context: Context<'_>, mentions: &[Mention<'_>]) -> BTreeSet<(String, String)> {
    let partition = mentions.iter().find_map(|one| one.partition).unwrap_or("aws");
    let own = &context.surroundings.accounts;
    let here: BTreeSet<&str> = mentions.iter().filter_map(|one| one.account).collect();
    let both: BTreeSet<&str> = here.iter().copied().filter(|account| own.contains(*account)).collect();
    let accounts: BTreeSet<&str> = match () {
        () if !both.is_empty() => both,
        () if !here.is_empty() => here,
        () if !own.is_empty() => own.iter().map(String::as_str).collect(),
        () => [SOME_ACCOUNT].into(),
    };
    accounts.into_iter().map(|account| (partition.to_owned(), account.to_owned())).collect()
}

/// What may stand behind `policy/` in the ARN of the boundary: its name, with a path that stands in the document. Where the document
/// keeps policies of other names from being changed, the name is taken not to be that of the file.
fn names(policy: &Policy, mentions: &[Mention<'_>]) -> BTreeSet<String> {
    let own = policy.name.as_str();
    let base = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    let policies = || mentions.iter().filter_map(|one| Some((one, one.policy?)));
    let named: BTreeSet<String> = policies()
        .filter(|(_, text)| !glob::is_pattern(text) && base(text) == own)
        .map(|(_, text)| text.to_owned())
        .collect();
    if !named.is_empty() {
        return named;
    }
    let mut found: BTreeSet<String> = [own.to_owned()].into();
    for (_, text) in policies().filter(|(one, _)| one.denied) {
        match text.find(['*', '?', '$']) {
            None => found.insert(text.to_owned()),
            // `team/*` is a path, `team-*` the start of a name.
            Some(end) if text[..end].ends_with('/') => found.insert(format!("{}{own}", &text[..end])),
            Some(end) => found.insert(format!("{}zq0", &text[..end])),
        };
    }
    found
}

/// The ARNs of IAM in a document.
fn mentions(document: &Document) -> Vec<Mention<'_>> {
    let mut found = Vec::new();
    for statement in &document.statements {
        let resources = statement.resource.iter().flat_map(|element| &element.patterns);
        let denied = statement.effect == Effect::Deny && statement.resource.as_ref().is_some_and(|one| !one.negated);
        found.extend(resources.filter_map(|one| mention(one.value.plain()?, false, denied)));
        for test in statement.condition.iter().filter(|test| test.operator.value.base != BaseOperator::Null) {
            let asked = test.is_about("iam:PermissionsBoundary");
            found.extend(test.values.iter().filter_map(|one| mention(one.value.plain()?, asked, false)));
        }
    }
    found
}

fn mention(text: &str, asked: bool, denied: bool) -> Option<Mention<'_>> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "iam", _, account, resource] = parts.as_slice() else { return None };
    Some(Mention {
        partition: Some(*partition).filter(|text| !glob::is_pattern(text)),
        account: Some(*account).filter(|text| value::account_id(text).is_ok()),
        policy: resource.strip_prefix("policy/"),
        asked,
        denied,
    })
}
