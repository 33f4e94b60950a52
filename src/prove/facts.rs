//! What follows from who asks: his ARN, his account, whether he is a service. Requests that say otherwise are none.

use super::predicate::{AttributeId, Clause, Quantity, Values};
use super::region::{Place, Region};
use super::space::Space;
use super::text;
use crate::evaluate::Requester;

/// Keys that only requests of IAM identities have.
const OF_IDENTITIES: [&str; 7] = [
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:userid",
    "aws:username",
    "kms:CallerAccount",
];

impl Space<'_> {
    /// What follows from who asks, as regions in which no request is: a named identity with another's ARN, ...
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    pub(super) fn contradictions(&mut self) -> Vec<Region> {
        let requesters = self.requesters.all().to_vec();
        let mut regions = Vec::new();
        for (index, requester) in requesters.iter().enumerate() {
            let mask = self.requesters.only(index);
            let Clause::If(is_one) = self.requester_in(mask) else { continue };
            let mut facts = Vec::new();
            self.facts(index, requester, &mut facts);
            for fact in facts {
                if let Clause::If(fact) = fact {
                    let mut literals = [is_one, !fact];
                    literals.sort_unstable();
                    regions.push(Region { literals: literals.into(), place: Place::default() });
                }
            }
        }
        regions
    }

    /// What holds of the keys of every request of somebody, of those keys that something asks for.
    fn facts(&mut self, index: usize, requester: &Requester, into: &mut Vec<Clause>) {
        let is_service = matches!(requester, Requester::Service(_));
        if let Some(key) = self.known_key("aws:PrincipalIsAWSService") {
            into.push(self.is_exactly(key, if is_service { "true" } else { "false" }));
        }
        let Some(account) = requester.account() else {
            for name in OF_IDENTITIES {
                if let Some(key) = self.known_key(name) {
                    into.push(self.is_absent(key));
                }
            }
            return;
        };
        let named = self.requesters.accounts().to_vec();
        for name in ["aws:PrincipalAccount", "kms:CallerAccount"] {
            let Some(key) = self.known_key(name) else { continue };
            if index > 0 {
                into.push(self.is_exactly(key, account));
                continue;
            }
            into.push(!self.is_absent(key));
            for other in &named {
                into.push(self.differs(key, other));
            }
        }
        if let Some(key) = self.known_key("aws:PrincipalArn") {
            self.facts_of_arn(index, requester, &named, key, into);
        }
    }

    fn facts_of_arn(
        &mut self,
        index: usize,
        requester: &Requester,
        named: &[String],
        key: AttributeId,
        into: &mut Vec<Clause>,
    ) {
        let arn = match requester {
            Requester::Session { role, .. } => role.clone(),
            other => other.to_string(),
        };
        if index == 0 {
            into.push(self.is_arn_like(key, "arn:*:*::*:*"));
            for account in named {
                into.push(!self.is_arn_like(key, &format!("arn:*:*::{account}:*")));
            }
            return;
        }
        if !self.requesters.is_unnamed(index) {
            into.push(self.is_exactly(key, &arn));
            return;
        }
        // One of many, who is none of those that are named.
        let (start, _) = arn.rsplit_once('/').unwrap_or((&arn, ""));
        into.push(self.is_arn_like(key, &format!("{start}/*")));
        let others = self.requesters.named_arns().to_vec();
        for other in others.iter().filter(|other| other.starts_with(start)) {
            into.push(self.differs(key, other));
        }
    }

    /// The clause that a key does not have that value.
    pub(super) fn differs(&mut self, attribute: AttributeId, value: &str) -> Clause {
        match self.is_exactly(attribute, value) {
            Clause::Always => Clause::Always,
            clause => !clause,
        }
    }

    /// The clause that a key is an ARN like a pattern.
    pub(super) fn is_arn_like(&mut self, attribute: AttributeId, pattern: &str) -> Clause {
        let steps = text::plain(pattern, true).and_then(|spelled| text::arn(&spelled));
        let ids = steps.map(|steps| self.patterns.add(steps)).into_iter().collect();
        self.clause(attribute, false, Quantity::One, Values::Texts(text::sorted(ids)))
    }
}
