//! Policies that are larger than AWS takes, as what AWS takes.

use std::collections::BTreeMap;

use super::{Minimised, Options, minimise, size, split};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostic, Level, code};
use crate::elaborate::{Policy, Role};
use crate::policy::limits::Named;
use crate::policy::{Document, Kind};

/// A policy that is to be written as several.
#[derive(Clone, Debug)]
pub struct Divided {
    /// Its place among the policies.
    index: usize,
    /// What it becomes, in order.
    parts: Vec<Policy>,
}

/// Minimises the policies whose size fails the build. Where that is enough, the finding becomes a warning that says so; so it does
/// where the policy is to be divided, which is left to [`divide`]: tests speak of the whole. Wildcards are put in only where it does not do without.
/// `raised` holds the quotas raised for the account, by the keyword of the kind; `lint` tells what is to be said of a policy.
pub fn fit(
    catalogue: &Catalogue,
    raised: &BTreeMap<String, usize>,
    lint: &dyn Fn(&Policy) -> Vec<Diagnostic>,
    policies: &mut [Policy],
    findings: &mut Vec<Diagnostic>,
) -> Vec<Divided> {
    let mut divided = Vec::new();
    for index in 0..policies.len() {
        let is_of_size = |finding: &Diagnostic, policy: &Policy| {
            finding.code.name == code::SIZE_LIMIT.name && finding.primary.span == policy.span && finding.is_deny()
        };
        let policy = &policies[index];
        let limit = policy.limit(raised);
        let service = policy.target.as_ref().map(|target| target.service.as_str());
        let before = size(policy.kind, service, &policy.document);
        if before <= limit.size || !policy.complete || !findings.iter().any(|one| is_of_size(one, policy)) {
            continue;
        }
        let smaller = |open_world: bool| {
            let options = Options { kind: policy.kind, service, open_world };
            let Minimised { document, .. } = minimise(catalogue, &policy.document, options);
            (size(policy.kind, service, &document), document)
        };
        let (mut after, mut document) = smaller(true);
        if after > limit.size {
            (after, document) = smaller(false);
        }
        let Ok(parts) = split(catalogue, policy.kind, policy.inline, &document, limit.size) else { continue };
        let names = names(policy, parts.len());
        let is_taken = |name: &String| policies.iter().any(|other| other.kind == policy.kind && other.name == *name);
        if parts.len() > 1 && names.iter().any(|name| is_taken(name) || Named::ManagedPolicy.check(name).is_err()) {
            continue;
        }
        let whole = with_document(policy, document);
        let again = lint(&whole);
        if parts.len() == 1 && again.iter().any(|one| is_of_size(one, &whole)) {
            continue;
        }
        let (unit, kind) = (limit.counting.unit(), policy.kind);
        let message = format!("this {kind} has {before} {unit}, and AWS takes {}", limit.size);
        let finding = Diagnostic::new(&code::SIZE_LIMIT, policy.span, message);
        let finding = match parts.len() {
            1 => finding
                .label(format!("`build` writes {after} that mean the same"))
                .help("to write it so in the source, see what was written, or run `leastwise minimise` on its JSON"),
            number => finding
                .label(format!("`build` writes {number} policies that mean the same together"))
                .note(format!("they are called `{}`", names.join("`, `")))
                .help("attach all of them, or divide it in the source"),
        };
        findings.retain(|one| !is_of_size(one, policy));
        findings.push(Diagnostic { level: Level::Warn, ..finding });
        if parts.len() > 1 {
            let named = names.into_iter().zip(parts);
            let parts = named.map(|(name, part)| Policy {
                name,
                part_of: Some(whole.name.clone()),
                ..with_document(&whole, part)
            });
            divided.push(Divided { index, parts: parts.collect() });
        }
        policies[index] = whole;
    }
    findings.sort_by_key(|finding| (finding.primary.span.file, finding.primary.span.start, finding.primary.span.end));
    divided
}

/// Puts the parts of policies in their places, and in the lists of the roles that have them.
pub fn divide(divided: Vec<Divided>, policies: &mut Vec<Policy>, roles: &mut [Role]) {
    for Divided { index, parts } in divided.into_iter().rev() {
        let (kind, name) = (policies[index].kind, policies[index].name.clone());
        let names: Vec<String> = parts.iter().map(|part| part.name.clone()).collect();
        if kind == Kind::Policy {
            for role in roles.iter_mut() {
                if let Some(at) = role.policies.iter().position(|one| *one == name) {
                    role.policies.splice(at..=at, names.iter().cloned());
                }
            }
        }
        policies.splice(index..=index, parts);
    }
}

fn names(policy: &Policy, count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("{}-{number}", policy.name)).collect()
}

fn with_document(policy: &Policy, document: Document) -> Policy {
    Policy { trails: vec![Vec::new(); document.statements.len()], document, written: None, ..policy.clone() }
}
