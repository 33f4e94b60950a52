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

    /// The service whose resources' policy the name of a file says it is: `sqs` of `queue.sqs.json`.
    pub fn service_of_path(path: &str) -> Option<&str> {
        let file = path.rsplit(['/', '\\']).next()?;
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let (_, ending) = stem.rsplit_once('.')?;
        Some(ending).filter(|ending| super::limits::resource_limit(ending).is_some())
    }

    /// The kind that the path of a file shows: `allow.scp.json`, `queue.sqs.json`, `scp/allow.json`, `region-lock-scp.json`.
    pub fn of_path(path: &str) -> Option<Self> {
        let mut parts = path.rsplit(['/', '\\']);
        let (file, folder) = (parts.next()?, parts.next());
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let of_ending = |ending: &str| {
            Kind::of_word(ending).or_else(|| super::limits::resource_limit(ending).map(|_| Kind::Resource))
        };
        let ending = stem.rsplit_once('.').and_then(|(_, ending)| of_ending(ending));
        ending.or_else(|| folder.and_then(Kind::of_word)).or_else(|| {
            // Words that say nothing else in a name of a policy.
            let telling = [Kind::Scp, Kind::Rcp, Kind::Trust, Kind::Boundary];
            let words = || stem.split(|c: char| !c.is_ascii_alphanumeric());
            let mut found =
                telling.into_iter().filter(|kind| words().any(|word| word.eq_ignore_ascii_case(kind.keyword())));
            found.next().filter(|_| found.next().is_none())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_that_paths_show() {
        let shown = [
            ("region-lock.scp.json", Some(Kind::Scp)),
            ("in/queue.sqs.json", Some(Kind::Resource)),
            ("rcp/org-only.json", Some(Kind::Rcp)),
            ("81_trust_size.json", Some(Kind::Trust)),
            ("scp-for-trust.json", None),
            ("trusted.json", None),
            ("policy.json", None),
        ];
        for (path, kind) in shown {
            assert_eq!(Kind::of_path(path), kind, "{path}");
        }
    }

    #[test]
    fn services_that_paths_show() {
        let shown = [
            ("in/queue.sqs.json", Some("sqs")),
            ("allow.scp.json", None),
            ("sqs.json", None),
            ("sqs/queue.json", None),
        ];
        for (path, service) in shown {
            assert_eq!(Kind::service_of_path(path), service, "{path}");
        }
    }
}
