//! The eight kinds of policy.

use std::fmt;

/// What a policy is attached to, which decides what it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Identity policy of a user, group or role.
    Policy,
    /// Permissions boundary of a user or role.
    Boundary,
    /// Service control policy of an organisation.
    Scp,
    /// Resource control policy of an organisation.
    Rcp,
    /// Trust policy of a role.
    Trust,
    /// Session policy, passed when a session is made.
    Session,
    /// Resource-based policy: of a bucket, queue, topic, key, function, secret, ...
    Resource,
    /// VPC endpoint policy.
    Endpoint,
}

impl Kind {
    /// All of them, in the order of the reference.
    pub const ALL: [Kind; 8] = [
        Kind::Policy,
        Kind::Boundary,
        Kind::Scp,
        Kind::Rcp,
        Kind::Trust,
        Kind::Session,
        Kind::Resource,
        Kind::Endpoint,
    ];

    /// The word that declares it, which also names its folder in the output.
    pub fn keyword(self) -> &'static str {
        match self {
            Kind::Policy => "policy",
            Kind::Boundary => "boundary",
            Kind::Scp => "scp",
            Kind::Rcp => "rcp",
            Kind::Trust => "trust",
            Kind::Session => "session",
            Kind::Resource => "resource",
            Kind::Endpoint => "endpoint",
        }
    }

    /// The kind that a word stands for: its keyword, what AWS's APIs call it, or what people do.
    pub fn of_word(word: &str) -> Option<Self> {
        let lower = word.to_ascii_lowercase();
        Kind::ALL.into_iter().find(|kind| kind.keyword() == lower).or(match lower.as_str() {
            "service_control_policy" => Some(Kind::Scp),
            "resource_control_policy" => Some(Kind::Rcp),
            "identity" | "identity_policy" | "managed" => Some(Kind::Policy),
            "permissions-boundary" => Some(Kind::Boundary),
            "bucket" | "resource_policy" | "resource-based" => Some(Kind::Resource),
            "vpc-endpoint" => Some(Kind::Endpoint),
            _ => None,
        })
    }

    /// Whether its statements say whom they are for.
    pub fn has_principals(self) -> bool {
        matches!(self, Kind::Trust | Kind::Resource | Kind::Endpoint | Kind::Rcp)
    }

    /// AWS's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Policy => "identity policy",
            Kind::Boundary => "permissions boundary",
            Kind::Scp => "service control policy",
            Kind::Rcp => "resource control policy",
            Kind::Trust => "role trust policy",
            Kind::Session => "session policy",
            Kind::Resource => "resource-based policy",
            Kind::Endpoint => "VPC endpoint policy",
        }
    }

    /// AWS's name for it, with its article.
    pub fn with_article(self) -> String {
        let article = if self == Kind::Policy { "an" } else { "a" };
        format!("{article} {}", self.name())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
