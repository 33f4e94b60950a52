//! Who asks, and how a `Principal` element names them.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use crate::policy::{Arn, Effect, Principal, PrincipalElement, value};

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requester {
    /// The root user of an account.
    Root {
        /// Its account.
        account: String,
    },
    /// An IAM user.
    User {
        /// Its account.
        account: String,
        /// Its ARN, path included.
        arn: String,
    },
    /// A session of a role, or the role itself where no session is named.
    Session {
        /// The role's account.
        account: String,
        /// The role's ARN, with its path where that is known.
        role: String,
        /// The session's ARN; none where it is not known.
        session: Option<String>,
    },
    /// A federated user of an IAM user.
    FederatedUser {
        /// The account.
        account: String,
        /// Its ARN.
        arn: String,
    },
    /// An identity of an OIDC or SAML provider, before it has a role.
    Federated {
        /// The provider's ARN, or its domain.
        provider: String,
    },
    /// An AWS service.
    Service(String),
    /// Nobody in particular.
    Anonymous,
}

/// How far a statement of a resource's policy grants by itself, in the account of the resource. Ordered by strength.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-req-context.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GrantClass {
    /// To the account, whose own policies decide further.
    Account,
    /// To the role, within its boundary and the session's policy.
    Role,
    /// To the requester itself.
    Direct,
}

impl std::fmt::Display for Requester {
    /// Its ARN, or its name; `*` for nobody in particular.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Requester::Root { account } => write!(f, "arn:aws:iam::{account}:root"),
            Requester::User { arn, .. } | Requester::FederatedUser { arn, .. } => f.write_str(arn),
            Requester::Session { role, session, .. } => f.write_str(session.as_ref().unwrap_or(role)),
            Requester::Federated { provider } => f.write_str(provider),
            Requester::Service(name) => f.write_str(name),
            Requester::Anonymous => f.write_str("*"),
        }
    }
}

impl Requester {
    /// The requester that a text names: the ARN of a root, user, role, session or federated user, an account id for its root, a
    /// service's domain, the ARN or domain of an identity provider, `*` for an anonymous request.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Requester::Anonymous);
        }
        if value::account_id(text).is_ok() {
            return Some(Requester::Root { account: text.to_owned() });
        }
        let Ok(arn) = Arn::parse(text) else {
            return match text {
                _ if text.contains(':') || text.contains('/') && !text.contains('.') => None,
                // Of Cognito's pools and of the providers of EKS clusters, which have a path, come identities, not services.
                _ if text == "cognito-identity.amazonaws.com" || text.contains('/') => {
                    Some(Requester::Federated { provider: text.to_owned() })
                }
                _ if text.contains(".amazonaws.com") => Some(Requester::Service(text.to_owned())),
                _ if text.contains('.') => Some(Requester::Federated { provider: text.to_owned() }),
                _ => None,
            };
        };
        let account = arn.account.to_owned();
        let whole = text.to_owned();
        Some(match (arn.service, arn.resource.split_once('/')) {
            ("iam", None) if arn.resource == "root" => Requester::Root { account },
            ("iam", Some(("user", _))) => Requester::User { account, arn: whole },
            ("iam", Some(("role", _))) => Requester::Session { account, role: whole, session: None },
            ("iam", Some(("saml-provider" | "oidc-provider", _))) => Requester::Federated { provider: whole },
            ("sts", Some(("assumed-role", rest))) => {
                let name = rest.split('/').next().unwrap_or(rest);
                let role = format!("arn:{}:iam::{account}:role/{name}", arn.partition);
                Requester::Session { account, role, session: Some(whole) }
            }
            ("sts", Some(("federated-user", _))) => Requester::FederatedUser { account, arn: whole },
            _ => return None,
        })
    }

    /// Gives a session the ARN of its role with its path, which the session's own ARN does not have.
    pub fn with_role(mut self, arn: &str) -> Self {
        if let Requester::Session { role, .. } = &mut self
            && arn.contains(":role/")
        {
            *role = arn.to_owned();
        }
        self
    }

    /// The account of who asks.
    pub fn account(&self) -> Option<&str> {
        match self {
            Requester::Root { account }
            | Requester::User { account, .. }
            | Requester::Session { account, .. }
            | Requester::FederatedUser { account, .. } => Some(account),
            Requester::Federated { .. } | Requester::Service(_) | Requester::Anonymous => None,
        }
    }

    /// Whether it is a session of a service-linked role, which no policy of an organisation reaches.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html#scp-effects-on-permissions>
    pub fn is_service_linked(&self) -> bool {
        match self {
            Requester::Session { role, .. } => {
                let name = role.rsplit('/').next().unwrap_or_default();
                role.contains(":role/aws-service-role/") || name.starts_with("AWSServiceRoleFor")
            }
            _ => false,
        }
    }

    /// How the `Principal` element of a statement of that effect includes who asks; `None` where it does not.
    pub(crate) fn class(&self, element: &PrincipalElement, effect: Effect) -> Option<GrantClass> {
        if element.negated {
            return (!self.is_excepted(element, effect)).then_some(GrantClass::Direct);
        }
        element.principals.iter().filter_map(|one| self.class_of(&one.value)).max()
    }

    fn class_of(&self, principal: &Principal) -> Option<GrantClass> {
        let named = match principal {
            Principal::Anyone => return Some(GrantClass::Direct),
            Principal::Service(service) => {
                let is_it = matches!(self, Requester::Service(name) if service.plain() == Some(name));
                return is_it.then_some(GrantClass::Direct);
            }
            Principal::Federated(provider) => {
                let is_it = matches!(self, Requester::Federated { provider: name } if provider.plain() == Some(name));
                return is_it.then_some(GrantClass::Direct);
            }
            Principal::CanonicalUser(_) => return None,
            Principal::Aws(text) => text.plain()?,
        };
        if named == "*" {
            return Some(GrantClass::Direct);
        }
        if let Some(account) = principal.account().filter(|_| is_whole_account(named)) {
            let same = self.account() == Some(account);
            let class = if matches!(self, Requester::Root { .. }) { GrantClass::Direct } else { GrantClass::Account };
            return same.then_some(class);
        }
        match self {
            Requester::User { arn, .. } => (arn == named).then_some(GrantClass::Direct),
            Requester::Session { session: Some(session), .. } if session == named => Some(GrantClass::Direct),
            Requester::Session { role, .. } => (role == named).then_some(GrantClass::Role),
            Requester::FederatedUser { arn, .. } if arn == named => Some(GrantClass::Direct),
            // The user that it came from has its name.
            Requester::FederatedUser { account, arn } => {
                let name = arn.rsplit('/').next().unwrap_or_default();
                let user = named.strip_prefix("arn:aws:iam::").and_then(|rest| rest.strip_prefix(account.as_str()));
                (user == Some(&format!(":user/{name}"))).then_some(GrantClass::Role)
            }
            _ => None,
        }
    }

    /// Whether `NotPrincipal` leaves out who asks. In a deny AWS wants the account beside the role or user: who lists only one of
    /// them denies the requester after all. An allow does not reach anyone who is listed.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    fn is_excepted(&self, element: &PrincipalElement, effect: Effect) -> bool {
        let classes = || element.principals.iter().filter_map(|one| self.class_of(&one.value));
        if effect == Effect::Allow {
            return classes().next().is_some();
        }
        let itself = classes().any(|class| class > GrantClass::Account);
        match self {
            Requester::Service(_) | Requester::Federated { .. } | Requester::Anonymous | Requester::Root { .. } => {
                itself
            }
            _ => itself && classes().any(|class| class == GrantClass::Account),
        }
    }
}

fn is_whole_account(named: &str) -> bool {
    value::account_id(named).is_ok() || named.ends_with(":root")
}
