//! The identity providers that a trust policy trusts, and what it asks of their tokens.

use super::confine::{demand, takes_back};
use super::subject::Subject;
use crate::catalogue::web_identity_claim;
use crate::policy::{ConditionTest, Effect, Kind, Located, Principal, Provider, Statement, glob};

/// A provider that a statement trusts.
pub(super) struct Trusted<'a> {
    /// The number of the statement.
    pub(super) index: usize,
    pub(super) statement: &'a Statement,
    pub(super) principal: &'a Located<Principal>,
    pub(super) provider: Provider,
}

/// The provider that a principal names; nothing of what is none, or is known on deployment only.
fn provider_of(principal: &Principal) -> Option<Provider> {
    let Principal::Federated(text) = principal else { return None };
    // The account of a provider may be an extern.
    Provider::of(&text.pattern())
}

impl<'a> Trusted<'a> {
    /// All that a trust policy trusts to assume the role; of another policy, none.
    pub(super) fn all(subject: &Subject<'a>) -> Vec<Trusted<'a>> {
        if subject.policy.kind != Kind::Trust {
            return Vec::new();
        }
        let allows = subject.statements().filter(|(_, one)| one.effect == Effect::Allow && !one.action.negated);
        let of_statement = |(index, statement): (usize, &'a Statement)| {
            let element = statement.principal.iter().filter(|element| !element.negated);
            element.flat_map(|element| &element.principals).filter_map(move |principal| {
                let provider = provider_of(&principal.value)?;
                let assumes = |pattern: &Located<String>| glob::matches(&pattern.value, provider.action(), true);
                let is_assumed = statement.action.patterns.iter().any(assumes);
                is_assumed.then_some(Trusted { index, statement, principal, provider })
            })
        };
        allows.flat_map(of_statement).collect()
    }

    /// The address of an OIDC provider.
    pub(super) fn issuer(&self) -> Option<&str> {
        if let Provider::Oidc(issuer) = &self.provider { Some(issuer) } else { None }
    }

    /// The key of a claim of its tokens, in lower case.
    pub(super) fn key(&self, claim: &str) -> String {
        match &self.provider {
            _ if claim.contains(':') => claim.to_ascii_lowercase(),
            Provider::Saml => format!("saml:{claim}"),
            Provider::Oidc(issuer) => format!("{issuer}:{claim}").to_ascii_lowercase(),
        }
    }

    /// The test by which the statement confines a claim to some values.
    pub(super) fn demands(&self, claim: &str) -> Option<&'a ConditionTest> {
        let wanted = self.key(claim);
        demand(self.statement, |key| is_same(key, &wanted))
    }

    /// The test by which the statement asks for a claim that only tokens of another provider have, so that none of this one passes.
    pub(super) fn asks_of_another(&self) -> Option<&'a ConditionTest> {
        demand(self.statement, |key| web_identity_claim(key).is_some_and(|claim| !is_same(key, &self.key(claim))))
    }

    /// Whether the policy confines a claim, here or by a deny.
    pub(super) fn confines(&self, subject: &Subject<'_>, claim: &str) -> bool {
        let wanted = self.key(claim);
        self.demands(claim).is_some()
            || takes_back(&subject.policy.document, self.provider.action(), |key| is_same(key, &wanted))
    }

    /// Whether the policy confines any claim of its tokens, here or by a deny.
    pub(super) fn confines_any(&self, subject: &Subject<'_>) -> bool {
        let prefix = self.key("");
        let is_claim = |key: &str| key.starts_with(&prefix) || key.replacen("/:", ":", 1).starts_with(&prefix);
        demand(self.statement, is_claim).is_some()
            || takes_back(&subject.policy.document, self.provider.action(), is_claim)
    }
}

/// Whether a key is that of a claim. An issuer may end in a slash, which its keys have and its address here has not.
fn is_same(key: &str, wanted: &str) -> bool {
    key == wanted || key.contains("/:") && key.replacen("/:", ":", 1) == wanted
}
