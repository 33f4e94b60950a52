//! What each kind of policy may hold: one file a kind.

mod boundary;
mod endpoint;
mod policy;
mod rcp;
mod resource;
mod scp;
mod session;
mod trust;

use super::Kind;

/// Whether statements name principals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Each statement must.
    Required,
    /// None may: the principal is whoever the policy is attached to.
    Forbidden,
    /// Each statement must, and `"*"` is all it may say.
    OnlyAnyone,
}

/// Whether statements name resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceRule {
    /// Each statement must.
    Required,
    /// A statement may; without, it is about what the policy is attached to.
    Optional,
    /// None may: it is about what the policy is attached to.
    Forbidden,
}

/// What a `Sid` may be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SidRule {
    /// ASCII letters and digits.
    Alphanumeric,
    /// What the service accepts, often spaces and hyphens too.
    Any,
}

/// What a kind of policy may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// `Principal`
    pub principal: Presence,
    /// `Resource` and `NotResource`
    pub resource: ResourceRule,
    /// Whether `NotAction` may stand for `Action`.
    pub not_action: bool,
    /// Whether `NotPrincipal` may stand for `Principal`.
    pub not_principal: bool,
    /// Whether `"Effect": "Allow"` may be written.
    pub allow: bool,
    /// Whether there is an `Id`.
    pub id: bool,
    /// Whether version `2008-10-17` is accepted too.
    pub version_2008: bool,
    /// Whether the document is written without whitespace, because AWS counts it.
    pub minified: bool,
    /// What a `Sid` may be made of.
    pub sid: SidRule,
    /// Whether no two statements may have the same `Sid`.
    pub unique_sids: bool,
    /// The page of AWS's documentation that says so.
    pub source: &'static str,
}

impl Rules {
    /// Whether a `Sid` is made of what it may be made of.
    pub fn accepts_sid(&self, sid: &str) -> bool {
        match self.sid {
            SidRule::Alphanumeric => sid.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            SidRule::Any => true,
        }
    }
}

impl Kind {
    /// What it may hold.
    pub fn rules(self) -> &'static Rules {
        match self {
            Kind::Policy => &policy::RULES,
            Kind::Boundary => &boundary::RULES,
            Kind::Scp => &scp::RULES,
            Kind::Rcp => &rcp::RULES,
            Kind::Trust => &trust::RULES,
            Kind::Session => &session::RULES,
            Kind::Resource => &resource::RULES,
            Kind::Endpoint => &endpoint::RULES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rcps_refuse_allow_and_the_old_version() {
        for kind in Kind::ALL {
            assert_eq!(kind.rules().allow, kind != Kind::Rcp);
            assert_eq!(kind.rules().version_2008, kind != Kind::Rcp);
            assert!(kind.rules().source.starts_with("https://docs.aws.amazon.com/"));
        }
    }

    #[test]
    fn principals_stand_where_the_policy_is_on_the_resource_side() {
        for kind in Kind::ALL {
            let expected = match kind {
                Kind::Trust | Kind::Resource | Kind::Endpoint => Presence::Required,
                Kind::Rcp => Presence::OnlyAnyone,
                Kind::Policy | Kind::Boundary | Kind::Scp | Kind::Session => Presence::Forbidden,
            };
            assert_eq!(kind.rules().principal, expected, "{kind}");
        }
    }

    #[test]
    fn sids() {
        assert!(Kind::Policy.rules().accepts_sid("Read1") && !Kind::Policy.rules().accepts_sid("Read it"));
        assert!(Kind::Resource.rules().accepts_sid("Enable IAM User Permissions"));
    }
}
