//! What AWS would refuse of a policy, and what would not do what it reads.
//!
//! In: policies, each word with its place; the catalogue; a project's levels and acceptances. Out: findings. One file a rule,
//! under `rules/`; a rule looks at the IAM model, so that it does not matter what the policy was written in. Deliberately
//! absent: changes to a policy; names and types of the language, which `elaborate` checks.

mod findings;
mod rules;
mod settle;
mod subject;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use crate::base::SourceMap;
use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::elaborate::{Policy, Role};
use crate::policy::{ArnFormat, Kind};

pub use rules::limit_of;
pub use settle::{Judgement, settle};

use findings::Findings;
use subject::Subject;

/// What rules look things up in.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The texts that the spans point into.
    pub sources: &'a SourceMap,
    /// What AWS has.
    pub catalogue: &'a Catalogue,
    /// Quotas raised for this account, in characters, by the keyword of the kind.
    pub limits: &'a BTreeMap<String, usize>,
}

/// Policies by kind and name.
type Policies<'a> = HashMap<(Kind, &'a str), &'a Policy>;

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

/// Every finding of every rule on these policies and roles, at its default level.
pub fn lint(context: Context<'_>, policies: &[Policy], roles: &[Role]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let formats = Formats::default();
    for policy in policies {
        let subject = Subject::new(context, &formats, policy);
        let mut findings = Findings::new(policy, &mut found);
        for rule in rules::OF_POLICIES {
            rule(&subject, &mut findings);
        }
    }
    if !roles.is_empty() {
        let by_name = policies.iter().map(|policy| ((policy.kind, policy.name.as_str()), policy)).collect();
        roles.iter().for_each(|role| rules::OF_ROLES.iter().for_each(|rule| rule(role, &by_name, &mut found)));
    }
    found
}
