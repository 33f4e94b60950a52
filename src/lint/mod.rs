//! What AWS would refuse of a policy, what would not do what it reads, and what allows more than it has to.
//!
//! In: policies, each word with its place; who has which of them; the catalogue; a project's levels and acceptances. Out: findings.
//! One file a rule, under `rules/`; a rule looks at the IAM model, so that it does not matter what the policy was written in, and at
//! what a policy means, which `prove` tells. Deliberately absent: changes to a policy; names and types of the language, which
//! `elaborate` checks.

mod boundary_worlds;
mod confine;
mod cover;
mod federation;
mod findings;
mod identity;
mod narrow;
mod nearest;
mod reach;
mod rules;
mod sensitive;
mod settle;
mod subject;
mod watched;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use crate::base::SourceMap;
use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::elaborate::Policy;
use crate::policy::ArnFormat;
use crate::project::Defaults;

pub use identity::{Boundary, Holder, Identity, of_roles};
pub use settle::{Judgement, set_level, settle};

use findings::Findings;
use reach::{Reach, grants_of};
use subject::Subject;
use watched::Watched;

/// What rules look things up in.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The texts that the spans point into.
    pub sources: &'a SourceMap,
    /// What AWS has.
    pub catalogue: &'a Catalogue,
    /// What the project says of the accounts that the policies are for.
    pub surroundings: &'a Surroundings,
}

/// What a project says of the accounts that its policies are for.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Quotas raised for them, in characters, by the keyword of the kind.
    pub limits: BTreeMap<String, usize>,
    /// The accounts that are its own. Where there are none, it is not known which account is somebody else's.
    pub accounts: BTreeSet<String>,
    /// Its organisations.
    pub organizations: BTreeSet<String>,
    /// The partition, the account and the region of what names none.
    pub defaults: Defaults,
}

/// The formats of the catalogue's ARNs that have been asked for in one run, each cut into its segments once.
#[derive(Debug, Default)]
struct Formats<'a> {
    /// By the place of the text, which the catalogue keeps once.
    known: RefCell<HashMap<*const u8, Rc<ArnFormat<'a>>>>,
}

impl<'a> Formats<'a> {
    fn get(&self, format: &'a str) -> Rc<ArnFormat<'a>> {
        let mut known = self.known.borrow_mut();
        known.entry(format.as_ptr()).or_insert_with(|| Rc::new(ArnFormat::new(format))).clone()
    }
}

/// Every finding of every rule on these policies and on who has them, at its default level. An identity policy that none of the
/// identities has is looked at as if it was all that somebody has.
pub fn lint(context: Context<'_>, policies: &[Policy], identities: &[Identity<'_>]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let formats = Formats::default();
    let beyond: Vec<&Policy> = policies.iter().filter(|policy| rules::is_beyond_all(context, policy)).collect();
    let is_beyond = |policy: &Policy| beyond.iter().any(|one| std::ptr::eq(*one, policy));
    for policy in policies {
        let subject = Subject::new(context, &formats, policy);
        let mut findings = Findings::new(policy, &mut found);
        let rules = if is_beyond(policy) { rules::OF_SIZE } else { rules::OF_POLICIES };
        for rule in rules {
            rule(&subject, &mut findings);
        }
    }
    let alone = identity::of_the_rest(policies, identities);
    let watched = Watched::of(context.catalogue);
    let grants = policies
        .iter()
        .filter(|policy| !is_beyond(policy))
        .map(|policy| (std::ptr::from_ref(policy), grants_of(&watched, policy)))
        .collect();
    let all = identities.iter().chain(&alone);
    for identity in all.filter(|identity| !identity.documents().any(is_beyond)) {
        let before = found.len();
        rules::OF_IDENTITIES.iter().for_each(|rule| rule(context, identity, &mut found));
        let reach = Reach::new(context.catalogue, &watched, identity, &grants);
        rules::OF_REACH.iter().for_each(|rule| rule(context, &reach, &mut found));
        found[before..].iter_mut().for_each(|finding| finding.whose = Some(identity.span));
    }
    rules::OF_ACCOUNTS.iter().for_each(|rule| rule(context, policies, identities, &mut found));
    found
}
