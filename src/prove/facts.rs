//! What follows from who asks: his ARN, his account, whether he is a service. Requests that say otherwise are none.

use super::predicate::{AttributeId, Clause, Quantity, Values};
use super::region::{Place, Region};
use super::requester::ACCOUNT_KEYS;
use super::space::Space;
use super::strings::{Class, Step};
use super::text;
use crate::evaluate::Requester;

/// Keys that only requests of IAM identities have.
const OF_IDENTITIES: [&str; 4] = ["aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:username"];
/// What an anonymous request has in the place of an account, and in that of a unique id if it has that key.
pub(super) const ANONYMOUS: &str = "anonymous";

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
        if let Some(key) = self.known_key("aws:PrincipalIsAWSService") {
            // Only signed requests have it.
            into.push(match requester {
                Requester::Service(_) => self.is_exactly(key, "true"),
                Requester::Anonymous => self.is_absent(key),
                Requester::Federated { .. } => self.is_null_or(key, "false"),
                _ => self.is_exactly(key, "false"),
            });
        }
        let Some(account) = requester.account() else { return self.facts_of_nobody(requester, into) };
        let named = self.requesters.accounts().to_vec();
        for name in ACCOUNT_KEYS {
            let Some(key) = self.known_key(name) else { continue };
            if index > 0 {
                into.push(self.is_exactly(key, account));
                continue;
            }
            into.push(self.is_account(key));
            for other in &named {
                into.push(self.differs(key, other));
            }
        }
        if let Some(key) = self.known_key("aws:PrincipalArn") {
            self.facts_of_arn(index, requester, &named, key, into);
        }
    }

    /// What holds of the keys of somebody who is no identity of an account: he has no ARN and no name. Of a service no account is
    /// documented, but it is none of a customer's; nor is it said what unique id it has.
    fn facts_of_nobody(&mut self, requester: &Requester, into: &mut Vec<Clause>) {
        for name in OF_IDENTITIES {
            if let Some(key) = self.known_key(name) {
                into.push(self.is_absent(key));
            }
        }
        let is_anonymous = *requester == Requester::Anonymous;
        for name in ACCOUNT_KEYS {
            let Some(key) = self.known_key(name) else { continue };
            into.push(match is_anonymous {
                // KMS takes no anonymous requests.
                true if name == ACCOUNT_KEYS[1] => self.is_absent(key),
                true => self.is_exactly(key, ANONYMOUS),
                false => !self.is_account(key),
            });
        }
        if let Some(key) = self.known_key("aws:userid").filter(|_| is_anonymous) {
            // One page says that such requests have it, another that they have not.
            into.push(self.is_null_or(key, ANONYMOUS));
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
        if index == 0 {
            let [of_iam, of_sts] = ["iam", "sts"].map(|service| format!("arn:aws*:{service}::{}:*", "?".repeat(12)));
            into.push(self.is_arn_like(key, &[&of_iam, &of_sts]));
            for account in named {
                into.push(!self.is_arn_like(key, &[&format!("arn:*:*::{account}:*")]));
            }
            return;
        }
        let unnamed = self.requesters.is_unnamed(index);
        match requester {
            // Of the root user only the account is known.
            Requester::Root { account } => {
                into.push(self.is_arn_like(key, &[&format!("arn:aws*:iam::{account}:root")]))
            }
            // The ARN of a session does not have the path of its role.
            Requester::Session { role, session: Some(_), .. } if role.matches('/').count() == 1 => {
                let (start, name) = role.rsplit_once('/').unwrap_or((role, ""));
                into.push(self.is_arn_like(key, &[role, &format!("{start}/?*/{name}")]));
            }
            Requester::Session { role: arn, .. }
            | Requester::User { arn, .. }
            | Requester::FederatedUser { arn, .. }
                if unnamed =>
            {
                self.facts_of_many(arn, key, into);
            }
            Requester::Session { role: arn, .. } => into.push(self.is_exactly(key, arn)),
            other => into.push(self.is_exactly(key, &other.to_string())),
        }
    }

    /// What the ARN of one of many is, who is none of those that are named; in whatever partition.
    fn facts_of_many(&mut self, arn: &str, key: AttributeId, into: &mut Vec<Clause>) {
        let (start, _) = arn.rsplit_once('/').unwrap_or((arn, ""));
        let start = start.splitn(3, ':').nth(2).unwrap_or_default();
        into.push(self.is_arn_like(key, &[&format!("arn:aws*:{start}/?*")]));
        let others = self.requesters.named_arns().to_vec();
        for other in others.iter().filter(|other| other.contains(start)) {
            into.push(self.differs(key, other));
        }
    }

    /// The clause that a key is missing, or has that value.
    fn is_null_or(&mut self, attribute: AttributeId, value: &str) -> Clause {
        let pattern = self.patterns.add(value.chars().map(Step::Char).collect());
        self.clause(attribute, true, Quantity::One, Values::Texts([pattern].into()))
    }

    /// The clause that a key has a value as long as the id of an account.
    fn is_account(&mut self, attribute: AttributeId) -> Clause {
        let pattern = self.patterns.add(vec![Step::One(Class::Any); 12]);
        self.clause(attribute, false, Quantity::One, Values::Texts([pattern].into()))
    }

    /// The clause that a key does not have that value.
    pub(super) fn differs(&mut self, attribute: AttributeId, value: &str) -> Clause {
        match self.is_exactly(attribute, value) {
            Clause::Always => Clause::Always,
            clause => !clause,
        }
    }

    /// The clause that a key is an ARN like one of these patterns.
    pub(super) fn is_arn_like(&mut self, attribute: AttributeId, patterns: &[&str]) -> Clause {
        let steps = patterns.iter().filter_map(|one| text::plain(one, true).and_then(|spelled| text::arn(&spelled)));
        let ids: Vec<_> = steps.collect::<Vec<_>>().into_iter().map(|steps| self.patterns.add(steps)).collect();
        self.clause(attribute, false, Quantity::One, Values::Texts(text::sorted(ids)))
    }
}
