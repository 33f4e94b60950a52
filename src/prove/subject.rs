//! Whose permissions a claim is about: a document by itself, or a role with all its layers.

use std::borrow::Cow;

use super::claim::Allowed;
use super::letter;
use super::predicate::{AttributeId, Clause, Literal, Quantity, Values};
use super::region::{OF_CANONICAL_USER, Region, Regions, push};
use super::settled::{know, settled};
use super::space::Space;
use super::strings::Step;
use super::text;
use crate::evaluate::{GrantClass, Layers, Outcome, Request, Requester, decide, decide_alone};
use crate::policy::{
    ActionElement, Arn, Document, Effect, Principal, PrincipalElement, RCP_SERVICES, ResourceElement, Statement,
    has_policy_of, inner_start,
};

/// Actions on a role that its trust policy must allow.
const ASSUMING: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
];

/// Whose permissions a claim is about.
#[derive(Clone, Debug)]
pub enum Whose<'d> {
    /// A document by itself: what it allows and does not deny.
    Document(Subject<'d>),
    /// A role, or another identity, with every layer that has a say about its requests.
    Identity(Box<Identity<'d>>),
}

/// A document, and whether its statements say whom they are for.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'d> {
    /// The document.
    pub document: &'d Document,
    /// Whether it is a policy of a resource, whose statements concern those that they name.
    pub has_principals: bool,
}

impl Subject<'_> {
    /// How it decides a request, and by which statement it allows it.
    pub(super) fn decide(&self, request: &Request) -> (Outcome, Option<usize>) {
        // Statements about other actions say nothing of it, and need not be compiled.
        let is_about = |statement: &Statement| statement.action.includes(&request.action);
        let numbered = self.document.statements.iter().enumerate();
        let (places, statements): (Vec<usize>, Vec<&Statement>) = numbered.filter(|(_, one)| is_about(one)).unzip();
        let mut layers = Layers::default();
        let program = layers.compile_some(statements, self.document.version);
        let bound = layers.bind(request);
        let outcome = decide_alone(&program, &bound, self.has_principals);
        let deciding = program.deciding(&bound, Effect::Allow, self.has_principals);
        (outcome, deciding.and_then(|place| places.get(place).copied()))
    }
}

/// The statement of a document that allows a request that it allows.
pub(super) fn allowing(subject: Subject<'_>, request: &Request) -> Option<Option<usize>> {
    let (outcome, statement) = subject.decide(request);
    (outcome == Outcome::Allowed).then_some(statement)
}

/// An identity, and its layers.
#[derive(Clone, Debug)]
pub struct Identity<'d> {
    /// Who it is.
    pub requester: Requester,
    /// Its identity policies.
    pub identity: Vec<&'d Document>,
    /// Its permissions boundary.
    pub boundary: Option<&'d Document>,
    /// The session policies that were passed; none where none were.
    pub session: Vec<&'d Document>,
    /// The policies of the VPC endpoint; none where requests come through none.
    pub endpoint: Vec<&'d Document>,
    /// The service control policies, level by level.
    pub scps: Vec<Vec<&'d Document>>,
    /// The resource control policies.
    pub rcps: Vec<&'d Document>,
    /// The policies of resources: the ARN of the resource, which is in the account of the identity, and its policy.
    pub resources: Vec<(String, &'d Document)>,
    /// The policies of resources whose ARN is known in part only, or of which there is another policy: a pattern of the ARN, and the
    /// policy. What one grants may be granted; what it denies may be denied of another resource.
    pub somewhere: Vec<(String, &'d Document)>,
    /// What is known of the condition keys of its requests; nothing for a key that they do not have.
    pub facts: Vec<(String, Option<String>)>,
}

impl<'d> Whose<'d> {
    /// The documents, in the order in which [`super::Place`] counts them.
    pub fn documents(&self) -> Box<dyn Iterator<Item = &'d Document> + '_> {
        match self {
            Whose::Document(subject) => Box::new(std::iter::once(subject.document)),
            Whose::Identity(identity) => Box::new(identity.documents()),
        }
    }

    /// What it allows, as regions.
    ///
    /// Policies of resources that are not known may let an identity do more or less than its own say. What it `may` do takes them to
    /// allow it; what it surely does, not to, where they have to.
    pub(super) fn allowed(&self, space: &mut Space<'_>, may: bool) -> Allowed {
        match self {
            Whose::Document(subject) => space.regions(subject.document, 0, subject.has_principals).into(),
            Whose::Identity(identity) => identity.allowed(space, may),
        }
    }

    /// What is known of the condition keys of its requests; nothing of those of a document.
    pub(super) fn facts(&self) -> Option<&[(String, Option<String>)]> {
        match self {
            Whose::Document(_) => None,
            Whose::Identity(identity) => Some(&identity.facts),
        }
    }

    /// Whether what it may do and what it surely does are the same.
    pub(super) fn is_certain(&self) -> bool {
        matches!(self, Whose::Document(_))
    }

    /// Whether it matters who asks.
    pub(super) fn names_requester(&self) -> bool {
        !matches!(self, Whose::Document(subject) if !subject.has_principals)
    }

    /// A request as this one asks it: if it may only by one of its sessions, by that.
    pub(super) fn asking(&self, request: Request) -> Request {
        let Whose::Identity(identity) = self else { return request };
        let as_itself = Request { requester: identity.requester.clone(), ..request };
        if identity.outcome(&as_itself) == Outcome::Allowed {
            return as_itself;
        }
        let sessions = identity.sessions().into_iter().map(|requester| Request { requester, ..as_itself.clone() });
        sessions.into_iter().find(|one| identity.outcome(one) == Outcome::Allowed).unwrap_or(as_itself)
    }

    /// Whether it allows a request, as the evaluator decides it, or allows it one of its sessions.
    pub(super) fn allows(&self, request: &Request) -> bool {
        match self {
            Whose::Document(subject) => subject.decide(request).0 == Outcome::Allowed,
            Whose::Identity(identity) => identity.outcome(&self.asking(request.clone())) == Outcome::Allowed,
        }
    }

    /// Whether it allows a request, whatever the session.
    pub(super) fn surely_allows(&self, request: &Request) -> bool {
        self.outcome(request) == Outcome::Allowed
    }

    /// Whether a statement of it denies a request, whatever the session.
    pub(super) fn denies(&self, request: &Request) -> bool {
        self.outcome(request) == Outcome::ExplicitlyDenied
    }

    fn outcome(&self, request: &Request) -> Outcome {
        match self {
            Whose::Document(subject) => subject.decide(request).0,
            Whose::Identity(identity) => {
                identity.outcome(&Request { requester: identity.requester.clone(), ..request.clone() })
            }
        }
    }
}

impl<'d> Identity<'d> {
    fn documents(&self) -> impl Iterator<Item = &'d Document> + '_ {
        let own = self.identity.iter().chain(&self.boundary).chain(&self.session).chain(&self.endpoint);
        let others = self.scps.iter().flatten().chain(&self.rcps);
        let of_resources = self.somewhere.iter().chain(&self.resources).map(|(_, document)| *document);
        own.chain(others).copied().chain(of_resources)
    }

    /// How it decides a request, which it asks itself or one of its sessions.
    fn outcome(&self, request: &Request) -> Outcome {
        let mut own = request.clone();
        know(&mut own.context, &self.facts);
        let layers = self.layers(&own.resource);
        decide(&layers, &own, &layers.bind(&own)).outcome
    }

    /// A document as it is for this identity.
    fn settled<'o>(&self, document: &'o Document) -> Cow<'o, Document> {
        settled(document, &self.facts)
    }

    /// The sessions of the role that a document names.
    fn sessions(&self) -> Vec<Requester> {
        let statements = self.documents().flat_map(|document| &document.statements);
        let elements = statements.filter(|one| one.effect == Effect::Allow).filter_map(|one| one.principal.as_ref());
        elements.flat_map(|element| self.sessions_in(element)).collect()
    }

    /// The sessions of the role that an element names, each with the whole ARN of the role.
    fn sessions_in(&self, element: &PrincipalElement) -> Vec<Requester> {
        let Requester::Session { account, role, session: None } = &self.requester else { return Vec::new() };
        let named = element.principals.iter().filter_map(|one| one.value.text()?.plain());
        let of_session = named.filter_map(|text| match Requester::parse(text)? {
            Requester::Session { account: of, role: short, session: Some(session) }
                if of == *account && short.rsplit('/').next() == role.rsplit('/').next() =>
            {
                Some(Requester::Session { account: of, role: role.clone(), session: Some(session) })
            }
            _ => None,
        });
        of_session.collect()
    }

    /// The layers of a request about a resource.
    fn layers(&self, resource: &str) -> Layers {
        let mut layers = Layers::default();
        let some = |documents: &[&Document], layers: &mut Layers| {
            let programs: Vec<_> = documents.iter().map(|document| layers.compile(document)).collect();
            (!programs.is_empty()).then_some(programs)
        };
        layers.identity = self.identity.iter().map(|document| layers.compile(document)).collect();
        layers.boundary = self.boundary.map(|document| layers.compile(document));
        layers.session = some(&self.session, &mut layers);
        layers.endpoint = some(&self.endpoint, &mut layers);
        let levels = self.scps.iter().map(|level| level.iter().map(|document| layers.compile(document)).collect());
        layers.scps = levels.collect();
        // They are those of the account, and say nothing of the resources of others.
        let rcps = if self.is_foreign(resource) { &[][..] } else { &self.rcps };
        layers.rcps = vec![rcps.iter().map(|document| layers.compile(document)).collect()];
        let own = self.resources.iter().find(|(arn, _)| has_policy_of(resource, arn));
        layers.resource = own.map(|(_, document)| layers.compile(document));
        layers
    }

    fn allowed(&self, space: &mut Space<'_>, may: bool) -> Allowed {
        space.has_foreign |= self.facts.iter().filter_map(|(_, value)| value.as_deref()).any(letter::is_in);
        let with_principals = self
            .somewhere
            .iter()
            .chain(&self.resources)
            .map(|(_, document)| document)
            .chain(&self.endpoint)
            .chain(&self.rcps);
        let is_unclear = with_principals.flat_map(|document| &document.statements).any(Self::is_unclear);
        let inexact = is_unclear.then_some(OF_CANONICAL_USER);
        let mut allowed = Allowed { inexact, ..Allowed::default() };
        let mut number = 0;
        let mut layer = |space: &mut Space<'_>, documents: &[&Document], allowed: &mut Allowed| {
            let mut regions = Vec::new();
            for document in documents {
                let of = space.regions(&self.settled(document), number, false);
                regions.extend(allowed.take(of));
                number += 1;
            }
            regions
        };
        let identity = layer(space, &self.identity, &mut allowed);
        let mut limits = Vec::new();
        for documents in [self.boundary.as_slice(), &self.session] {
            if !documents.is_empty() {
                limits.push(layer(space, documents, &mut allowed));
            }
        }
        let mut gates = Vec::new();
        if !self.endpoint.is_empty() {
            let of = self.for_whom(space, &self.endpoint, may, &mut number, &mut allowed);
            gates.push(of.into_iter().flatten().collect());
        }
        for level in &self.scps {
            let mut regions = Vec::new();
            for document in level {
                let of = space.regions(&self.settled(document), number, false);
                regions.extend(allowed.take(of));
                number += 1;
            }
            gates.push(regions);
        }
        self.resource_controls(space, &mut number, &mut allowed);
        let all = |first: &[&Vec<Region>], limits: &[Vec<Region>]| {
            first.iter().copied().chain(limits).chain(&gates).cloned().collect::<Vec<_>>()
        };
        let alone = if may { self.maybe_alone(space, &identity) } else { self.surely_alone(space, &identity) };
        allowed.ways.push(all(&[&alone], &limits));
        for (pattern, document) in &self.somewhere {
            let mut own = Allowed::default();
            let [account, role, direct] =
                self.of_resource(space, (pattern, &granting(document)), may, number, &mut own);
            number += 1;
            if may {
                allowed.inexact = allowed.inexact.or(own.inexact);
                let by_account = all(&[&identity, &account], &limits);
                allowed.ways.extend([by_account, all(&[&role], &limits), all(&[&direct], &[])]);
            }
        }
        for (arn, document) in &self.resources {
            let [account, role, direct] = self.of_resource(space, (arn, document), may, number, &mut allowed);
            number += 1;
            if self.is_foreign(arn) {
                // Both accounts must allow it, however the policy names the identity.
                allowed.ways.push(all(&[&identity, &[account, role, direct].concat()], &limits));
                continue;
            }
            allowed.ways.push(all(&[&identity, &account], &limits));
            allowed.ways.push(all(&[&role], &limits));
            allowed.ways.push(all(&[&direct], &[]));
        }
        allowed
    }

    /// What identity policies may allow without a word of the resource's own policy: not on resources of other accounts, keys, and
    /// roles to assume whose policies are known.
    fn maybe_alone(&self, space: &mut Space<'_>, identity: &[Region]) -> Vec<Region> {
        let of = |wanted: &dyn Fn(&str) -> bool| -> Vec<&str> {
            self.resources.iter().map(|(arn, _)| arn.as_str()).filter(|arn| wanted(arn)).collect()
        };
        let is_own = |arn: &str, start: &str| {
            !self.is_foreign(arn)
                && Arn::parse(arn).is_ok_and(|arn| format!("{}:{}", arn.service, arn.resource).starts_with(start))
        };
        let known: [(Vec<&str>, &[&str]); 3] = [
            (of(&|arn| self.is_foreign(arn)), &[]),
            (of(&|arn| is_own(arn, "kms:key/")), &["kms:*"]),
            (of(&|arn| is_own(arn, "iam:role/")), &ASSUMING),
        ];
        let mut regions = identity.to_vec();
        for (arns, actions) in known.iter().filter(|(arns, _)| !arns.is_empty()) {
            let (elsewhere, others) = (!space.resource_in(arns), !space.action_among(actions));
            let ways: Vec<Clause> = if actions.is_empty() { vec![elsewhere] } else { vec![elsewhere, others] };
            regions = regions.iter().flat_map(|region| ways.iter().filter_map(|way| region.held(*way))).collect();
        }
        regions
    }

    /// Whether a resource is in another account, as far as its ARN says whose it is.
    fn is_foreign(&self, arn: &str) -> bool {
        let owner = Arn::parse(arn).map(|arn| arn.account).unwrap_or_default();
        !owner.is_empty() && Some(owner) != self.requester.account()
    }

    /// What identity policies allow without a word of the resource's own policy: on resources of the account, but for keys, and roles
    /// that are assumed.
    fn surely_alone(&self, space: &mut Space<'_>, identity: &[Region]) -> Vec<Region> {
        let mut own = Vec::new();
        push(self.own_resources(space), &mut own);
        push(!space.action_among(&ASSUMING), &mut own);
        let (on_keys, of_kms) = (space.resource_like(&["arn:*:kms:*:*:key/*"]), space.action_among(&["kms:*"]));
        let mut regions = Vec::new();
        for clauses in [vec![!of_kms], vec![of_kms, !on_keys]] {
            let mut literals = own.clone();
            clauses.into_iter().for_each(|clause| {
                push(clause, &mut literals);
            });
            regions.extend(identity.iter().filter_map(|region| region.within(&literals)));
        }
        regions
    }

    /// The clause that a resource is one of the account, as far as its ARN says whose it is.
    fn own_resources(&self, space: &mut Space<'_>) -> Clause {
        let own = self.requester.account().unwrap_or_default();
        space.resource_like(&["*", &format!("arn:*:*:*:{own}:*"), "arn:*:*:*::*"])
    }

    /// What resource control policies deny: of services that they reach, on resources of the account, which is the organisation's.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-effects-on-permissions>
    fn resource_controls(&self, space: &mut Space<'_>, number: &mut usize, allowed: &mut Allowed) {
        if self.rcps.is_empty() {
            return;
        }
        let services: Vec<String> = RCP_SERVICES.iter().map(|service| format!("{service}:*")).collect();
        // The ARN of a bucket does not say whose it is: it is taken to be the account's.
        let clauses =
            [space.action_among(&services), !space.action_among(&["kms:RetireGrant"]), self.own_resources(space)];
        let mut reach = Vec::new();
        clauses.into_iter().for_each(|clause| {
            push(clause, &mut reach);
        });
        let before = allowed.deny.len();
        self.for_whom(space, &self.rcps, false, number, allowed);
        let denied = allowed.deny.split_off(before);
        allowed.deny.extend(denied.iter().filter_map(|region| region.within(&reach)));
    }

    /// The regions of documents whose statements say whom they are for, of each document what it allows this identity.
    fn for_whom(
        &self,
        space: &mut Space<'_>,
        documents: &[&Document],
        may: bool,
        number: &mut usize,
        allowed: &mut Allowed,
    ) -> Vec<Vec<Region>> {
        let mut all = Vec::new();
        for document in documents {
            let own = self.concerning(document, may, |_| true);
            all.push(allowed.take(space.regions(&own, *number, false)));
            *number += 1;
        }
        all
    }

    /// The regions of the policy of a resource, by how it grants: to the account, to the role, directly.
    fn of_resource(
        &self,
        space: &mut Space<'_>,
        (arn, document): (&str, &Document),
        may: bool,
        number: usize,
        allowed: &mut Allowed,
    ) -> [Vec<Region>; 3] {
        [GrantClass::Account, GrantClass::Role, GrantClass::Direct].map(|class| {
            // What denies, denies however it names the identity: it is taken once.
            let takes = |(effect, found): (Effect, GrantClass)| match effect {
                Effect::Allow => found == class,
                Effect::Deny => class == GrantClass::Direct,
            };
            let own = self.concerning(document, may, takes);
            let mut regions = space.regions(&own, number, false);
            let target = space.resource_in(&[arn]);
            for list in [&mut regions.allow, &mut regions.deny] {
                *list = list.iter().filter_map(|region| region.held(target)).collect();
            }
            allowed.take(regions)
        })
    }

    /// Whether a statement about principals may concern this identity by the id of its account as a canonical user: what is granted
    /// so, it is granted to an account that allows by itself already; but it may be denied so, or left out.
    fn is_unclear(statement: &Statement) -> bool {
        let is_canonical = |element: &PrincipalElement| {
            element.principals.iter().any(|one| matches!(one.value, Principal::CanonicalUser(_)))
        };
        let element = statement.principal.as_ref().filter(|element| is_canonical(element));
        element.is_some_and(|element| element.negated || statement.effect == Effect::Deny)
    }

    /// The statements of a document that concern this identity. The others deny nothing and allow nothing, but keep their places.
    fn concerning(&self, document: &Document, may: bool, takes: impl Fn((Effect, GrantClass)) -> bool) -> Document {
        let mut own = self.settled(document).into_owned();
        for statement in &mut own.statements {
            let class = match &statement.principal {
                // Whoever has a boundary is denied, whomever it leaves out, as the evaluator has it.
                Some(element) if self.boundary.is_some() && element.negated && statement.effect == Effect::Deny => {
                    Some(GrantClass::Direct)
                }
                Some(element) => self.class(element, statement.effect, may),
                None => None,
            };
            let concerns = class.is_some_and(|class| takes((statement.effect, class)));
            statement.principal = None;
            if !concerns {
                statement.action.negated = false;
                statement.action.patterns.clear();
            }
        }
        own
    }

    /// How an element includes the identity: what it may do also by one of its sessions, which it can choose to make.
    fn class(&self, element: &PrincipalElement, effect: Effect, may: bool) -> Option<GrantClass> {
        let own = self.requester.class(element, effect);
        if !may || effect == Effect::Deny || element.negated {
            return own;
        }
        let sessions = self.sessions_in(element);
        sessions.iter().filter_map(|one| one.class(element, effect)).chain(own).max()
    }
}

/// What a document may grant at most, whatever is not known of it yet stands for: each statement keeps its place.
fn granting(document: &Document) -> Document {
    let mut granting = document.clone();
    for statement in &mut granting.statements {
        if statement.effect == Effect::Deny {
            statement.action = ActionElement { negated: false, patterns: Vec::new() };
        }
        let is_open = |element: &ResourceElement| element.patterns.iter().any(|one| one.value.has_extern());
        if statement.effect == Effect::Deny || statement.resource.as_ref().is_some_and(is_open) {
            statement.resource = None;
        }
        let is_deny = statement.effect == Effect::Deny;
        statement.condition.retain(|test| !is_deny && !test.values.iter().any(|one| one.value.has_extern()));
    }
    granting
}

impl Allowed {
    /// Takes what a document denies and whether it is exact, and returns what it allows.
    fn take(&mut self, regions: Regions) -> Vec<Region> {
        self.deny.extend(regions.deny);
        self.inexact = self.inexact.or(regions.inexact);
        regions.allow
    }
}

impl Space<'_> {
    /// What is known of keys: of those that something asks for by now.
    pub(super) fn known_of(&mut self, facts: &[&(String, Option<String>)]) -> Vec<Literal> {
        let mut literals = Vec::new();
        for (key, value) in facts {
            let Some(attribute) = self.known_key(key) else { continue };
            let clause = match value {
                None => self.is_absent(attribute),
                Some(value) => self.is_exactly(attribute, value),
            };
            push(clause, &mut literals);
        }
        literals
    }

    /// The clause that an action is like one of these.
    pub(super) fn action_among<T: AsRef<str>>(&mut self, texts: &[T]) -> Clause {
        let ids = texts.iter().map(|text| self.patterns.add(text::action(text.as_ref()))).collect();
        self.clause(AttributeId::ACTION, false, Quantity::One, Values::Texts(text::sorted(ids)))
    }

    /// The clause that a resource is like one of these; `*` is that text alone.
    fn resource_like(&mut self, texts: &[&str]) -> Clause {
        let mut ids = Vec::new();
        for text in texts {
            if *text == "*" {
                ids.push(self.patterns.add(vec![Step::Char('*')]));
            } else if let Some(steps) = text::plain(text, true).and_then(|spelled| text::arn(&spelled)) {
                ids.push(self.patterns.add(steps));
            }
        }
        self.clause(AttributeId::RESOURCE, false, Quantity::One, Values::Texts(text::sorted(ids)))
    }

    /// The clause that a resource is one of these or something in it.
    fn resource_in(&mut self, arns: &[&str]) -> Clause {
        let inner = |arn: &&str| inner_start(arn).map(|start| format!("{arn}{start}*"));
        let texts = arns.iter().flat_map(|arn| std::iter::once((*arn).to_owned()).chain(inner(arn)));
        let steps = texts.filter_map(|text| text::arn(&text::plain(&text, true)?)).collect::<Vec<_>>();
        let ids = steps.into_iter().map(|steps| self.patterns.add(steps)).collect();
        self.clause(AttributeId::RESOURCE, false, Quantity::One, Values::Texts(text::sorted(ids)))
    }
}
