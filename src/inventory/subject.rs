//! Documents as the checks take them.

use std::collections::HashMap;

use super::{Found, Identity, recognise, target};
use crate::diagnostic::Diagnostic;
use crate::elaborate::Policy;
use crate::lint::{self, Boundary};
use crate::policy::Kind;

/// A document that was found, and what reading it had to say.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The policy; of a document that AWS would refuse, with the statements that it would not.
    pub policy: Option<Policy>,
    /// What AWS would refuse of the document, and what does not show in it.
    pub findings: Vec<Diagnostic>,
    /// The ARN of a managed policy; of an embedded one and of a trust policy, that of the user, group or role.
    pub arn: Option<String>,
    /// What else it goes by: its name without that of its user, group or role, and their name.
    pub aliases: Vec<String>,
}

/// A document as the checks take it. Without a kind it is of the one that it looks like, and without a service the policy of the
/// resource that it is about.
pub fn subject(found: Found, kind: Option<Kind>, service: Option<&str>, name: String) -> Subject {
    let Found { document, rest, mut remarks, inline, arn, aliases, description, span, written, .. } = found;
    let complete = document.is_ok();
    let document = document.map_or_else(
        |mut errors| {
            errors.append(&mut remarks);
            remarks = errors;
            rest
        },
        Some,
    );
    let policy = document.map(|document| {
        let kind = kind.unwrap_or_else(|| recognise(&document));
        let shown = (kind == Kind::Resource).then(|| target(&document, service)).filter(|shown| !shown.guessed);
        let inline = inline && kind == Kind::Policy;
        let target = shown.map(|shown| shown.target());
        Policy { target, inline, complete, description, written, ..Policy::of_document(kind, name, document, span) }
    });
    Subject { policy, findings: remarks, arn, aliases }
}

/// The users, groups and roles of an account with those of its policies that are here. `arns` are the ARNs of the policies, as
/// [`Subject::arn`] has them.
pub fn holders<'a>(
    identities: &'a [Identity],
    policies: &'a [Policy],
    arns: &[Option<String>],
) -> Vec<lint::Identity<'a>> {
    let mut by_arn: HashMap<&str, Vec<&'a Policy>> = HashMap::new();
    for (policy, arn) in policies.iter().zip(arns) {
        by_arn.entry(arn.as_deref().unwrap_or_default()).or_default().push(policy);
    }
    let with_arn = |wanted: &str| by_arn.get(wanted).map(Vec::as_slice).unwrap_or_default().iter().copied();
    let own = |identity: &'a Identity| {
        let embedded = with_arn(&identity.arn).filter(|policy| policy.kind == Kind::Policy);
        embedded.chain(identity.attached.iter().flat_map(|arn| with_arn(arn)))
    };
    let is_complete = |identity: &'a Identity| identity.attached.iter().all(|arn| with_arn(arn).next().is_some());
    let all_groups: Vec<&'a Identity> = identities.iter().filter(|identity| identity.is_group()).collect();
    let holder = |identity: &'a Identity| {
        let groups = all_groups.iter().copied().filter(|group| identity.groups.contains(&group.name));
        lint::Identity {
            holder: identity.holder,
            name: &identity.name,
            path: identity.path(),
            arn: Some(identity.arn.as_str()).filter(|arn| arn.starts_with("arn:")),
            span: identity.span,
            complete: std::iter::once(identity).chain(groups.clone()).all(is_complete),
            policies: own(identity).chain(groups.flat_map(own)).collect(),
            boundary: match &identity.boundary {
                None => Boundary::None,
                Some(arn) => with_arn(arn).next().map_or(Boundary::Elsewhere, Boundary::Known),
            },
            boundary_arn: identity.boundary.as_deref().filter(|arn| arn.starts_with("arn:")),
            trust: with_arn(&identity.arn).find(|policy| policy.kind == Kind::Trust),
            max_session: identity.max_session,
        }
    };
    identities.iter().map(holder).collect()
}
