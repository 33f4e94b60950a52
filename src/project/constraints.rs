//! `[constraints]`: those that ship with the compiler, and which of them a project has turned on.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A constraint that ships with the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // each is explained where it is listed
pub enum Shipped {
    NoPublicAccess,
    NoAccessFromOutsideTheOrganization,
    NoPrivilegeEscalation,
    NoIamWritesWithoutBoundary,
    ThirdPartiesHaveExternalId,
    RolesAreBounded,
}

impl Shipped {
    /// All of them, with their names and what each demands.
    pub const ALL: [(Shipped, &str, &str); 6] = [
        (Shipped::NoPublicAccess, "no-public-access", "no policy of a resource and no trust policy lets the public in"),
        (
            Shipped::NoAccessFromOutsideTheOrganization,
            "no-access-from-outside-the-organization",
            "no policy of a resource and no trust policy lets anybody in from outside the organisation",
        ),
        (
            Shipped::NoPrivilegeEscalation,
            "no-privilege-escalation",
            "no role can come to do more than it may, by the known ways",
        ),
        (
            Shipped::NoIamWritesWithoutBoundary,
            "no-iam-writes-without-boundary",
            "users and roles are made and given policies only where they have a permissions boundary",
        ),
        (
            Shipped::ThirdPartiesHaveExternalId,
            "third-parties-have-external-id",
            "whoever assumes a role from an account that is not the project's gives an external id",
        ),
        (Shipped::RolesAreBounded, "roles-are-bounded", "every role has a permissions boundary"),
    ];

    /// The one of that name.
    pub fn named(name: &str) -> Option<Shipped> {
        Self::ALL.into_iter().find(|(_, own, _)| *own == name).map(|(shipped, ..)| shipped)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::entry(self).1
    }

    /// What it demands.
    pub fn demands(self) -> &'static str {
        Self::entry(self).2
    }

    fn entry(self) -> (Shipped, &'static str, &'static str) {
        Self::ALL.into_iter().find(|(shipped, ..)| *shipped == self).unwrap_or(Self::ALL[0])
    }
}

/// How a project sets a constraint.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Setting {
    /// `name = true`
    On(bool),
    /// `name = { exempt = { break-glass = "on call only" } }`
    Exempting {
        /// The names of the policies and roles that are left out, and why.
        exempt: BTreeMap<String, String>,
    },
}

impl Setting {
    /// Whether it is turned on.
    pub fn is_on(&self) -> bool {
        !matches!(self, Setting::On(false))
    }

    /// The names of those that are left out.
    pub fn exempted(&self) -> impl Iterator<Item = &str> {
        self.exemptions().map(|(name, _)| name)
    }

    /// The names of those that are left out, and why.
    pub(super) fn exemptions(&self) -> impl Iterator<Item = (&str, &str)> {
        let exempt = match self {
            Setting::Exempting { exempt } => Some(exempt),
            Setting::On(_) => None,
        };
        exempt.into_iter().flatten().map(|(name, because)| (name.as_str(), because.as_str()))
    }

    /// Whether a policy or role of that name is left out.
    pub fn exempts(&self, name: &str) -> bool {
        matches!(self, Setting::Exempting { exempt } if exempt.contains_key(name))
    }
}
