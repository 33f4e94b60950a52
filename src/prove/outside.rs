//! Who can get in from outside: requests of everybody but those of an account or an organisation.

use super::claim::Allowed;
use super::predicate::{AttributeId, Clause, Literal, Quantity, Values};
use super::prover::{Permissions, Prover, Verdict};
use super::region::{Place, Region, push};
use super::requester::OTHER_ACCOUNT;
use super::space::Space;
use super::text;
use crate::evaluate::Requester;

/// What the outside is the outside of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inside {
    /// Nobody in particular: somebody who is known by no account, organisation, network or source that the policy names must not get
    /// in. That is access by the public.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
    Nobody,
    /// The accounts of these ids.
    Accounts(Vec<String>),
    /// An organisation.
    Organization {
        /// Its id.
        id: String,
        /// The ids of those of its accounts that are known.
        accounts: Vec<String>,
    },
}

/// Keys whose values name somebody or some place, which the public is not and does not come from.
const NAMING: [&str; 14] = [
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:userid",
    "aws:username",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceVpcArn",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];
/// Keys that only requests of IAM identities have.
const OF_IDENTITIES: [&str; 5] =
    ["aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:userid"];
/// An address that is in no network that a policy would name; RFC 5737 keeps it free.
const SOME_ADDRESS: &str = "198.51.100.77";

impl Inside {
    /// The accounts that are inside.
    fn accounts(&self) -> &[String] {
        match self {
            Inside::Nobody => &[],
            Inside::Accounts(accounts) | Inside::Organization { accounts, .. } => accounts,
        }
    }
}

impl Prover<'_> {
    /// Whether nobody outside gets in. AWS's own services are not counted: what they may do on whose behalf is another question.
    pub fn closed_to_outside(&mut self, permissions: &Permissions<'_>, inside: &Inside) -> Verdict {
        let outsiders = self.space.outsiders(inside);
        self.allows_none_of(permissions, &outsiders, None)
    }

    /// Whether none of some requests of anybody outside is allowed.
    pub fn closed_to_requests(
        &mut self,
        permissions: &Permissions<'_>,
        inside: &Inside,
        requests: &Permissions<'_>,
    ) -> Verdict {
        let outsiders = self.space.outsiders(inside);
        self.allows_none_of(permissions, &outsiders, Some(requests))
    }
}

impl Space<'_> {
    /// The requests from outside, as what is allowed.
    fn outsiders(&mut self, inside: &Inside) -> Allowed {
        let requesters = self.requesters.all().to_vec();
        let mut regions = Vec::new();
        for (index, requester) in requesters.iter().enumerate() {
            let mut literals = Vec::new();
            let mask = self.requesters.only(index);
            let is_one = push(self.requester_in(mask), &mut literals).is_some();
            if is_one && self.outsider(index, requester, inside, &mut literals).is_some() {
                let region = Region { literals: literals.into(), place: Place::default() };
                regions.extend(region.and(&[]).map(|literals| Region { literals: literals.into(), ..region }));
            }
        }
        Allowed { ways: vec![vec![regions]], ..Allowed::default() }
    }

    /// What holds of the requests of somebody outside; nothing for who is inside, or no outsider.
    fn outsider(
        &mut self,
        index: usize,
        requester: &Requester,
        inside: &Inside,
        into: &mut Vec<Literal>,
    ) -> Option<()> {
        match requester {
            Requester::Service(_) => None,
            Requester::Anonymous => {
                for key in OF_IDENTITIES {
                    self.set_key(key, None, into)?;
                }
                self.of_the_public(inside, into)
            }
            // An identity of a provider has no role yet, and asks for one.
            Requester::Federated { .. } => {
                for key in OF_IDENTITIES {
                    self.set_key(key, None, into)?;
                }
                let names = ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"];
                let ids = names.map(|name| self.patterns.add(text::action(name)));
                let values = Values::Texts(text::sorted(ids.to_vec()));
                let asks = self.clause(AttributeId::ACTION, false, Quantity::One, values);
                push(asks, into)?;
                self.of_the_public(inside, into)
            }
            _ => {
                let account = requester.account()?;
                if inside.accounts().iter().any(|own| own == account) {
                    return None;
                }
                if *inside == Inside::Nobody && account != OTHER_ACCOUNT {
                    return None;
                }
                self.identity(index, requester, inside, into)?;
                self.of_the_public(inside, into)
            }
        }
    }

    /// The keys that follow from an identity: those of a named one, or of one of many.
    fn identity(
        &mut self,
        index: usize,
        requester: &Requester,
        inside: &Inside,
        into: &mut Vec<Literal>,
    ) -> Option<()> {
        let is_anyone = index == 0 && *inside != Inside::Nobody;
        if let Inside::Organization { id, .. } = inside
            && let Some(key) = self.known_key("aws:PrincipalOrgID")
        {
            let is_inside = self.is_exactly(key, id);
            push(!is_inside, into)?;
        }
        if !is_anyone {
            self.set_key("aws:PrincipalAccount", requester.account(), into)?;
            let arn = requester.to_string();
            return match requester {
                Requester::Session { role, .. } => self.set_key("aws:PrincipalArn", Some(role), into),
                _ => self.set_key("aws:PrincipalArn", Some(&arn), into),
            };
        }
        // Somebody in an account that no policy names: whoever is named is asked about by name.
        let named: Vec<String> =
            self.requesters.all().iter().filter_map(Requester::account).map(str::to_owned).collect();
        let accounts = named.into_iter().filter(|account| account != OTHER_ACCOUNT);
        let others: Vec<String> = accounts.chain(inside.accounts().iter().cloned()).collect();
        if let Some(key) = self.known_key("aws:PrincipalAccount") {
            push(!self.is_absent(key), into)?;
            for account in &others {
                let clause = self.is_exactly(key, account);
                push(!clause, into)?;
            }
        }
        if let Some(key) = self.known_key("aws:PrincipalArn") {
            let any = self.is_arn_like(key, "arn:aws:iam::*:*");
            push(any, into)?;
            for account in &others {
                let clause = self.is_arn_like(key, &format!("arn:aws:iam::{account}:*"));
                push(!clause, into)?;
            }
        }
        Some(())
    }

    /// What holds of the public's requests, if it is the public that is outside.
    fn of_the_public(&mut self, inside: &Inside, into: &mut Vec<Literal>) -> Option<()> {
        if *inside != Inside::Nobody {
            return Some(());
        }
        for key in NAMING {
            self.set_key(key, None, into)?;
        }
        if let Some(key) = self.known_key("aws:SourceIp") {
            let values = Values::Addresses(text::addresses(std::iter::once(SOME_ADDRESS.to_owned())));
            let clause = self.clause(key, false, Quantity::One, values);
            push(clause, into)?;
        }
        Some(())
    }

    /// That a key has that value or, without one, that a request does not have it; if something asks for the key.
    fn set_key(&mut self, key: &str, value: Option<&str>, into: &mut Vec<Literal>) -> Option<()> {
        let Some(attribute) = self.known_key(key) else { return Some(()) };
        let clause = match value {
            Some(value) => self.is_exactly(attribute, value),
            None => self.is_absent(attribute),
        };
        push(clause, into)
    }

    /// The clause that a key is an ARN like a pattern.
    fn is_arn_like(&mut self, attribute: AttributeId, pattern: &str) -> Clause {
        let steps = text::plain(pattern, true).and_then(|spelled| text::arn(&spelled));
        let ids = steps.map(|steps| self.patterns.add(steps)).into_iter().collect();
        self.clause(attribute, false, Quantity::One, Values::Texts(text::sorted(ids)))
    }
}
