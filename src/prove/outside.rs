//! Who can get in from outside: requests of everybody but those of an account or an organisation.

use std::collections::BTreeSet;

use super::claim::Allowed;
use super::facts::ANONYMOUS;
use super::letter;
use super::predicate::{AttributeId, Literal, Quantity, Values};
use super::prover::{Permissions, Prover, Verdict};
use super::region::{Place, Region, push};
use super::requester::ACCOUNT_KEYS;
use super::space::Space;
use super::strings::{Class, PatternId, Step};
use super::text;
use crate::evaluate::Requester;
use crate::policy::value::account_id;
use crate::policy::{Provider, names_tenant, tenant_key};

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

/// Keys whose values name somebody or some place. The public is none of those, and comes from none of those, that a policy names in
/// full; where it uses a wildcard, it names nobody.
const NAMING: [&str; 18] = [
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalAccount",
    "aws:userid",
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
    "aws:SourceOwner",
    "kms:CallerAccount",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
];
/// What an identity of a provider asks for.
const ASSUMING: [&str; 5] = [
    "sts:AssumeRoleWithWebIdentity",
    "sts:AssumeRoleWithSAML",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
];
/// Keys that say whose a resource is.
const OF_RESOURCES: [&str; 3] = ["aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths"];

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

    /// What holds of the requests of somebody outside; nothing for who is inside, or no outsider. What follows from who it is, the
    /// facts about requesters say.
    fn outsider(
        &mut self,
        index: usize,
        requester: &Requester,
        inside: &Inside,
        into: &mut Vec<Literal>,
    ) -> Option<()> {
        let is_inside = |account: &str| inside.accounts().iter().any(|own| own == account);
        match requester {
            Requester::Service(_) => return None,
            Requester::Anonymous => {}
            Requester::Federated { provider } => {
                // A provider that serves one account alone has that account's own users.
                let is_shared = Provider::of(provider).is_some_and(|one| one.is_shared());
                let own = |account: &str| is_inside(account) || *inside == Inside::Nobody;
                let is_own = provider.split(':').nth(4).is_some_and(own);
                if is_own && !is_shared {
                    return None;
                }
                self.of_provider(is_own || *inside == Inside::Nobody, into)?;
            }
            // The first stands for everybody in accounts that no document names.
            _ if index == 0 => self.of_no_account(inside, into)?,
            _ => {
                let account = requester.account()?;
                if is_inside(account) || *inside == Inside::Nobody {
                    return None;
                }
            }
        }
        if let Inside::Organization { id, .. } = inside {
            self.of_no_organization(id, into)?;
        }
        if *inside == Inside::Nobody { self.of_the_public(into) } else { Some(()) }
    }

    /// Somebody of an organisation that is not this one, or of none.
    fn of_no_organization(&mut self, id: &str, into: &mut Vec<Literal>) -> Option<()> {
        if let Some(key) = self.known_key("aws:PrincipalOrgID") {
            let clause = self.differs(key, id);
            push(clause, into)?;
        }
        if let Some(key) = self.known_key("aws:PrincipalOrgPaths") {
            let steps = format!("{id}/").chars().map(Step::Char).chain([Step::Run(Class::Any)]).collect();
            let values = Values::Texts([self.patterns.add(steps)].into());
            let clause = self.clause(key, false, Quantity::Any, values);
            push(!clause, into)?;
        }
        Some(())
    }

    /// Somebody in an account that no document names, nor is inside.
    fn of_no_account(&mut self, inside: &Inside, into: &mut Vec<Literal>) -> Option<()> {
        for account in inside.accounts() {
            for key in ACCOUNT_KEYS {
                if let Some(key) = self.known_key(key) {
                    let clause = self.differs(key, account);
                    push(clause, into)?;
                }
            }
            if let Some(key) = self.known_key("aws:PrincipalArn") {
                let clause = self.is_arn_like(key, &[&format!("arn:*:*::{account}:*")]);
                push(!clause, into)?;
            }
        }
        Some(())
    }

    /// An identity of a provider has no role yet, and asks for one. Where it is nobody's in particular, it is of no tenant that a policy
    /// names.
    fn of_provider(&mut self, is_unnamed: bool, into: &mut Vec<Literal>) -> Option<()> {
        let ids = ASSUMING.map(|name| self.patterns.add(text::action(name)));
        let values = Values::Texts(text::sorted(ids.to_vec()));
        let asks = self.clause(AttributeId::ACTION, false, Quantity::One, values);
        push(asks, into)?;
        if is_unnamed {
            for index in 3..self.attributes() {
                let key = AttributeId(index as u32);
                let Some(name) = self.key_of(key).map(|key| key.name.clone()) else { continue };
                if let Some((provider, claim)) = tenant_key(&name) {
                    self.none_of(key, |space, id| names_tenant(provider, &claim, &space.written(id)), into)?;
                } else if name.to_ascii_lowercase().ends_with(":sub") {
                    self.none_named(key, into)?;
                }
            }
        }
        Some(())
    }

    /// What holds of the public's requests.
    fn of_the_public(&mut self, into: &mut Vec<Literal>) -> Option<()> {
        for name in NAMING {
            if let Some(key) = self.known_key(name) {
                self.none_named(key, into)?;
            }
        }
        if let Some(key) = self.known_key("aws:PrincipalArn") {
            self.none_named(key, into)?;
            for account in self.accounts_in(key) {
                let clause = self.is_arn_like(key, &[&format!("arn:*:*::{account}:*")]);
                push(!clause, into)?;
            }
        }
        if let Some(key) = self.known_key("aws:SourceIp") {
            let networks = text::addresses(self.networks.iter().cloned());
            let clause = self.clause(key, false, Quantity::One, Values::Addresses(networks));
            push(!clause, into)?;
        }
        Some(())
    }

    /// The accounts that the patterns of ARNs of a key name.
    fn accounts_in(&self, key: AttributeId) -> BTreeSet<String> {
        let of_key = self.predicates.iter().filter(|predicate| predicate.attribute == key);
        let sets = of_key.filter_map(|predicate| match &*predicate.values {
            Values::Texts(set) => Some(set.to_vec()),
            _ => None,
        });
        let account = |id: PatternId| {
            let segment = self.patterns.steps(id).split(|step| *step == Step::Char(':')).nth(4)?;
            let digit = |step: &Step| match step {
                Step::Char(digit) => Some(*digit),
                _ => None,
            };
            let text: String = segment.iter().map(digit).collect::<Option<_>>()?;
            account_id(&text).is_ok().then_some(text)
        };
        sets.flatten().filter_map(account).collect()
    }

    /// Whether a pattern names one: a text without wildcards but that for nobody, or what is below a certain organisation. The value of
    /// another key names one only where it says whose the resource is: who asks chooses the others.
    fn names_one(&self, id: PatternId) -> bool {
        let steps = self.patterns.steps(id);
        let of_resource = |key: u32| {
            let key = self.key_of(AttributeId(key));
            key.is_some_and(|key| OF_RESOURCES.iter().any(|name| name.eq_ignore_ascii_case(&key.name)))
        };
        let mut letters = steps.iter().filter_map(|step| step.own()).filter(|letter| letter::is(*letter));
        if letters.any(|letter| !letter::key(letter::lower(letter)).is_some_and(of_resource)) {
            return false;
        }
        let start = steps.iter().map_while(|step| match step {
            Step::Char(character) => Some(*character),
            _ => None,
        });
        let start: String = start.collect();
        self.patterns.is_literal(id) && start != ANONYMOUS || start.starts_with("o-") && start.contains('/')
    }

    /// That a key has none of the values that some document names.
    fn none_named(&mut self, key: AttributeId, into: &mut Vec<Literal>) -> Option<()> {
        self.none_of(key, Space::names_one, into)
    }

    /// That a key has none of the values of those patterns of some document.
    fn none_of(
        &mut self,
        key: AttributeId,
        which: impl Fn(&Self, PatternId) -> bool,
        into: &mut Vec<Literal>,
    ) -> Option<()> {
        let of_key = self.predicates.iter().filter(|predicate| predicate.attribute == key);
        let mut ids: Vec<PatternId> = Vec::new();
        for predicate in of_key {
            if let Values::Texts(set) = &*predicate.values {
                ids.extend(set.iter().filter(|id| which(self, **id)));
            }
        }
        let clause = self.clause(key, false, Quantity::Any, Values::Texts(text::sorted(ids)));
        push(!clause, into)
    }

    /// A pattern as a policy has it.
    fn written(&self, id: PatternId) -> String {
        let letter = |step: &Step| match step {
            Step::Char(letter) | Step::AnyCase(letter) => *letter,
            Step::One(_) => '?',
            Step::Run(_) => '*',
        };
        self.patterns.steps(id).iter().map(letter).collect()
    }
}
