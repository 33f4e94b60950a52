//! Policies that are given, in JSON files or in an account's export, and not declared in source.

use super::layers::{Declared, allows_something, with_full_access};
use crate::elaborate::Policy;

/// The policies that have a say about the requests of one identity.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Its identity policies, those of its groups among them.
    pub identity: Vec<Policy>,
    /// Its permissions boundary.
    pub boundary: Option<Policy>,
    /// The session policies that were passed; none of them where none were.
    pub session: Vec<Policy>,
    /// The policies of resources, each with the ARN that it is for; without one, it is for whatever is asked about.
    pub resources: Vec<(Option<String>, Policy)>,
    /// The policies of the VPC endpoint; none where the request comes through none.
    pub endpoint: Vec<Policy>,
    /// The service control policies, level by level from the root.
    pub scps: Vec<Vec<Policy>>,
    /// The resource control policies.
    pub rcps: Vec<Policy>,
}

impl Given {
    /// Whether more than one of these policies allows something: of such service control policies it matters on which levels they are.
    pub fn needs_levels(policies: &[Policy]) -> bool {
        policies.iter().filter(|policy| allows_something(policy)).count() > 1
    }

    /// The layers of a request about a resource.
    pub(super) fn layers(&self, resource: &str) -> Declared<'_> {
        let is_for = |target: &Option<String>| target.as_ref().is_none_or(|arn| arn == resource);
        Declared {
            identity: self.identity.iter().collect(),
            boundary: self.boundary.as_ref(),
            session: self.session.iter().collect(),
            resource: self.resources.iter().find(|(target, _)| is_for(target)).map(|(_, policy)| policy),
            endpoint: self.endpoint.iter().collect(),
            scps: self.scps.iter().map(|level| with_full_access(level.iter().collect())).collect(),
            rcps: if self.rcps.is_empty() { Vec::new() } else { vec![self.rcps.iter().collect()] },
            ..Declared::default()
        }
        .compiled()
    }
}
