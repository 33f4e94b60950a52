//! Who has which policies: a role of the sources, a user, group or role of an account.

use std::collections::HashMap;

use crate::base::Span;
use crate::elaborate::{Policy, Role};
use crate::policy::Kind;

/// A user, group or role with its policies.
#[derive(Clone, Debug)]
pub struct Identity<'a> {
    /// What it is.
    pub holder: Holder,
    /// Its name, without its path.
    pub name: &'a str,
    /// Its path, `/service/`, where that is known.
    pub path: &'a str,
    /// Its ARN, where its account says so.
    pub arn: Option<&'a str>,
    /// Where it stands.
    pub span: Span,
    /// Its identity policies, those of a user's groups among them.
    pub policies: Vec<&'a Policy>,
    /// Whether those are all that it has: no other is attached.
    pub complete: bool,
    /// Its permissions boundary.
    pub boundary: Boundary<'a>,
    /// The ARN of that, where its account says so.
    pub boundary_arn: Option<&'a str>,
    /// Its trust policy.
    pub trust: Option<&'a Policy>,
    /// How long a session of a role lasts at most, in seconds, where that is set.
    pub max_session: Option<u64>,
}

impl<'a> Identity<'a> {
    /// Its ARN; where that is not known, as it is in an account.
    pub fn arn_in(&self, partition: &str, account: &str) -> String {
        let kind = match self.holder {
            Holder::User => "user",
            Holder::Group => "group",
            Holder::Role | Holder::Unknown => "role",
        };
        let of_account = || format!("arn:{partition}:iam::{account}:{kind}{}{}", self.path, self.name);
        self.arn.map_or_else(of_account, str::to_owned)
    }

    /// Its account, where that is known.
    pub fn account(&self) -> Option<&str> {
        self.arn?.split(':').nth(4).filter(|account| !account.is_empty())
    }

    /// Its policies and its boundary, as far as they are known.
    pub(super) fn documents(&self) -> impl Iterator<Item = &'a Policy> + '_ {
        let boundary = if let Boundary::Known(boundary) = self.boundary { Some(boundary) } else { None };
        self.policies.iter().copied().chain(boundary)
    }
}

/// Whose policies they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A role.
    Role,
    /// A user.
    User,
    /// A group, whose policies are those of its users.
    Group,
    /// Not known: a policy that nobody has been seen to have.
    Unknown,
}

/// A permissions boundary.
#[derive(Clone, Copy, Debug)]
pub enum Boundary<'a> {
    /// There is none.
    None,
    /// This one.
    Known(&'a Policy),
    /// There is one, whose document is not among the policies.
    Elsewhere,
}

/// The roles of sources, each with its policies.
pub fn of_roles<'a>(policies: &'a [Policy], roles: &'a [Role]) -> Vec<Identity<'a>> {
    if roles.is_empty() {
        return Vec::new();
    }
    let by_name: HashMap<(Kind, &str), &Policy> =
        policies.iter().map(|policy| ((policy.kind, policy.name.as_str()), policy)).collect();
    let find = |kind, name: &'a String| by_name.get(&(kind, name.as_str())).copied();
    let identity = |role: &'a Role| Identity {
        holder: Holder::Role,
        name: &role.name,
        path: role.path.as_deref().unwrap_or("/"),
        arn: None,
        span: role.span,
        policies: role.policies.iter().filter_map(|name| find(Kind::Policy, name)).collect(),
        complete: role.policies.iter().all(|name| find(Kind::Policy, name).is_some()),
        boundary: match &role.boundary {
            None => Boundary::None,
            Some(name) => find(Kind::Boundary, name).map_or(Boundary::Elsewhere, Boundary::Known),
        },
        boundary_arn: None,
        trust: role.trust.as_ref().and_then(|name| find(Kind::Trust, name)),
        max_session: role.max_session,
    };
    roles.iter().map(identity).collect()
}

/// The identity policies that none of these has, not as a boundary either, each as all that somebody has.
pub(super) fn of_the_rest<'a>(policies: &'a [Policy], identities: &[Identity<'_>]) -> Vec<Identity<'a>> {
    let boundaries = identities.iter().filter_map(|identity| match identity.boundary {
        Boundary::Known(boundary) => Some(boundary),
        Boundary::None | Boundary::Elsewhere => None,
    });
    let had = identities.iter().flat_map(|identity| &identity.policies).copied().chain(boundaries);
    let mut seen: Vec<*const Policy> = had.map(std::ptr::from_ref).collect();
    seen.sort_unstable();
    let is_seen = |policy: &Policy| seen.binary_search(&std::ptr::from_ref(policy)).is_ok();
    let rest = policies.iter().filter(|policy| policy.kind == Kind::Policy && !is_seen(policy));
    let alone = |policy: &'a Policy| Identity {
        holder: Holder::Unknown,
        name: &policy.name,
        path: "/",
        arn: None,
        span: policy.span,
        policies: vec![policy],
        complete: false,
        boundary: Boundary::None,
        boundary_arn: None,
        trust: None,
        max_session: None,
    };
    rest.map(alone).collect()
}
