//! How a principal is written down.

use super::{Principal, Text};

/// The keys of the `Principal` element's object, in the order in which they are written.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
pub const PRINCIPAL_KEYS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

impl Principal {
    /// The key of the `Principal` element's object under which it stands. Everyone may also stand without an object.
    pub fn json_key(&self) -> &'static str {
        match self {
            Principal::Anyone | Principal::Aws(_) => "AWS",
            Principal::Service(_) => "Service",
            Principal::Federated(_) => "Federated",
            Principal::CanonicalUser(_) => "CanonicalUser",
        }
    }

    /// The text that stands there; none for everyone, who is written `*`.
    pub fn text(&self) -> Option<&Text> {
        match self {
            Principal::Anyone => None,
            Principal::Aws(text)
            | Principal::Service(text)
            | Principal::Federated(text)
            | Principal::CanonicalUser(text) => Some(text),
        }
    }

    /// The value as it stands in the policy, with holes for externs.
    pub fn value(&self) -> Text {
        self.text().cloned().unwrap_or_else(|| Text::from("*"))
    }

    /// The action by which it assumes a role.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html>
    pub fn assumes_with(&self) -> &'static str {
        match self {
            Principal::Federated(text) if text.pattern().contains(":saml-provider/") => "sts:AssumeRoleWithSAML",
            Principal::Federated(_) => "sts:AssumeRoleWithWebIdentity",
            _ => "sts:AssumeRole",
        }
    }

    /// The account of a principal under the key `AWS`: an account id, or the fifth segment of an ARN.
    pub fn account(&self) -> Option<&str> {
        let Principal::Aws(text) = self else { return None };
        let text = text.plain()?;
        let account = if text.starts_with("arn:") { text.split(':').nth(4)? } else { text };
        (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_values_and_accounts() {
        let role = Principal::Aws("arn:aws:iam::123456789012:role/x".into());
        assert_eq!((role.json_key(), role.account()), ("AWS", Some("123456789012")));
        assert_eq!(Principal::Aws("123456789012".into()).account(), Some("123456789012"));
        assert_eq!(Principal::Aws("AIDAEXAMPLE".into()).account(), None);
        assert_eq!((Principal::Anyone.json_key(), Principal::Anyone.value()), ("AWS", "*".into()));
        let service = Principal::Service("lambda.amazonaws.com".into());
        assert_eq!((service.json_key(), service.value()), ("Service", "lambda.amazonaws.com".into()));
        assert_eq!(service.account(), None);
    }
}
