//! Claims about what policies and roles allow.

use std::collections::VecDeque;

use super::case::Case;
use super::claim::{Allowed, Sought};
use super::known::{Realm, Reliance};
use super::predicate::{AttributeId, Literal};
use super::region::{EARLY, Place, Region};
use super::search::Outcome;
use super::space::Space;
use super::subject::Whose;
use super::witness::Witness;
use crate::catalogue::Catalogue;
use crate::evaluate::{Context, KeyValue, Request};
use crate::policy::{Document, ResourceElement, Statement, Text, arn_matches};

/// What is found out about a claim.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It holds of every request.
    Holds,
    /// It does not hold of this one.
    Fails(Box<Counterexample>),
    /// It is not known, and why.
    Unknown(String),
}

/// A request of which a claim does not hold; the evaluator has decided it so.
#[derive(Clone, Debug)]
pub struct Counterexample {
    /// The request. What its context does not say, it does not have.
    pub request: Request,
    /// Whether it matters who asks: where no policy says whom it is for, it does not.
    pub names_requester: bool,
    /// The keys that it has, by name, sorted.
    pub keys: Vec<(String, KeyValue)>,
    /// The statement that lets it through, of the documents of the first subject.
    pub statement: Place,
    /// Where it should have been covered by others: the statement that comes nearest to that.
    pub nearest: Option<Place>,
}

/// How much work one claim may take: about one unit for each state of an automaton that is visited.
pub(super) const BUDGET: u64 = 2_000_000;
/// How much a request of today may take where one of tomorrow was found.
const BETTER: u64 = 20_000;
/// Why a request that the search found was not one.
const NOT_REPLAYED: &str = "a policy variable or a key that is compared in two ways keeps it from being found out";

/// Why nothing is found out about a policy that IAM would not take.
const FOREIGN: &str = "a character stands in a policy that IAM does not take";

/// What stays unknown because of variables.
const OF_VARIABLE: &str = "it depends on how the values of policy variables relate to each other";

/// Proves claims about some documents. What it has found out about their patterns serves every claim.
pub struct Prover<'c> {
    pub(super) space: Space<'c>,
}

/// What a subject allows, ready for claims.
pub struct Permissions<'d> {
    pub(super) subject: Whose<'d>,
    pub(super) allowed: Allowed,
    /// What it surely allows, where that is not the same.
    pub(super) surely: Option<Allowed>,
}

impl Permissions<'_> {
    fn surely(&self) -> &Allowed {
        self.surely.as_ref().unwrap_or(&self.allowed)
    }
}

impl<'c> Prover<'c> {
    /// A prover for claims about these documents, and no others: all that the subjects of the claims have, and those of the claims.
    pub fn new(catalogue: &'c Catalogue, documents: &[&Document]) -> Self {
        Prover::of(catalogue, documents, Realm::Open)
    }

    /// The same, for claims about the requests of a realm only.
    pub fn of(catalogue: &'c Catalogue, documents: &[&Document], realm: Realm<'_>) -> Self {
        Prover { space: Space::new(catalogue, documents, realm) }
    }

    /// What a subject allows.
    pub fn permissions<'d>(&mut self, subject: Whose<'d>) -> Permissions<'d> {
        let allowed = subject.allowed(&mut self.space, true);
        let surely = (!subject.is_certain()).then(|| subject.allowed(&mut self.space, false));
        Permissions { subject, allowed, surely }
    }

    /// Whether everything that `a` allows is allowed by `b`.
    pub fn within(&mut self, a: &Permissions<'_>, b: &Permissions<'_>) -> Verdict {
        self.verdict(&Claim { by: &[a], not_by: Some(b), only_denied: false, surely: false })
    }

    /// Whether everything that all of these allow is allowed by `b`.
    pub(super) fn all_within(&mut self, all: &[&Permissions<'_>], b: &Permissions<'_>) -> Verdict {
        self.verdict(&Claim { by: all, not_by: Some(b), only_denied: false, surely: false })
    }

    /// Whether `b` surely allows everything that `a` allows: also where the policy of a resource would have to allow it, or where the
    /// resource is another account's.
    pub fn allowed(&mut self, a: &Permissions<'_>, b: &Permissions<'_>) -> Verdict {
        self.verdict(&Claim { by: &[a], not_by: Some(b), only_denied: false, surely: true })
    }

    /// Whether there is nothing that both allow.
    pub fn disjoint(&mut self, a: &Permissions<'_>, b: &Permissions<'_>) -> Verdict {
        self.nothing_in_common(&[a, b])
    }

    /// Whether there is nothing that all of these allow. A counterexample names the statement of the first.
    pub fn nothing_in_common(&mut self, all: &[&Permissions<'_>]) -> Verdict {
        self.verdict(&Claim { by: all, not_by: None, only_denied: false, surely: false })
    }

    /// Whether there is nothing that a subject allows, so that a claim about it would say nothing.
    pub fn is_nothing(&mut self, a: &Permissions<'_>) -> bool {
        let claim = Claim { by: &[a], not_by: None, only_denied: false, surely: false };
        matches!(self.verdict(&claim), Verdict::Holds)
    }

    /// Whether a statement of `b` denies everything that `a` allows.
    pub fn denied(&mut self, a: &Permissions<'_>, b: &Permissions<'_>) -> Verdict {
        self.verdict(&Claim { by: &[a], not_by: Some(b), only_denied: true, surely: true })
    }

    /// Whether a subject allows none of some requests, which are told by regions only, and of those by documents.
    pub(super) fn allows_none_of(
        &mut self,
        permissions: &Permissions<'_>,
        requests: &Allowed,
        others: Option<&Permissions<'_>>,
    ) -> Verdict {
        let by: Vec<&Permissions<'_>> = std::iter::once(permissions).chain(others).collect();
        let claim = Claim { by: &by, not_by: None, only_denied: false, surely: false };
        let impossible = self.space.contradictions();
        self.decide(&claim, Some(requests), &impossible)
    }

    fn verdict(&mut self, claim: &Claim<'_, '_>) -> Verdict {
        let impossible = if claim.has_principals() { self.space.contradictions() } else { Vec::new() };
        self.decide(claim, None, &impossible)
    }

    /// A claim holds if no request is found that is sought, among `requests` if there are such.
    ///
    /// Policy variables stand for themselves at first. Where that does not decide the claim, it is decided case by case.
    fn decide(&mut self, claim: &Claim<'_, '_>, requests: Option<&Allowed>, impossible: &[Region]) -> Verdict {
        self.decide_cases(claim, requests, impossible, (vec![Case::default()], None), BUDGET)
    }

    /// A claim of which only some cases are left to decide.
    pub(super) fn decide_cases(
        &mut self,
        claim: &Claim<'_, '_>,
        requests: Option<&Allowed>,
        impossible: &[Region],
        (cases, mut unknown): Open,
        mut budget: u64,
    ) -> Verdict {
        // A case has letters of its own; the next begins with those that stand in the policies.
        let early = self.space.early.clone();
        let mut waiting = VecDeque::from(cases);
        for round in 0.. {
            let Some(case) = waiting.pop_front() else { break };
            if round >= if unknown.is_some() { ROUNDS_UNKNOWN } else { ROUNDS } {
                unknown = unknown.or(Some(OF_VARIABLE));
                break;
            }
            self.space.pinned.clone_from(&case.pins);
            let ended = self.decide_case(claim, requests, impossible, &case, &mut budget);
            self.space.pinned.clear();
            self.space.early.clone_from(&early);
            match ended {
                Ended::Found(found) => return Verdict::Fails(found),
                Ended::None(cases, why) => {
                    waiting.extend(cases);
                    unknown = unknown.or(why);
                }
            }
        }
        unknown.map_or(Verdict::Holds, |why| Verdict::Unknown(why.to_owned()))
    }

    /// Looks for a request of one case.
    fn decide_case(
        &mut self,
        claim: &Claim<'_, '_>,
        requests: Option<&Allowed>,
        impossible: &[Region],
        case: &Case,
        budget: &mut u64,
    ) -> Ended {
        if self.space.has_foreign {
            return Ended::None(Vec::new(), Some(FOREIGN));
        }
        let compiled = (!case.pins.is_empty()).then(|| self.compiled(claim));
        let Some(known) = self.space.known_in(case) else { return Ended::None(Vec::new(), None) };
        let facts: Vec<Literal> = self.facts(claim).into_iter().chain(known).collect();
        let denials = claim.not_by.filter(|_| claim.only_denied).map(|other| other.surely().denials());
        let (mut by, not_by): (Vec<&Allowed>, Option<&Allowed>) = match &compiled {
            Some((by, not_by)) => (by.iter().collect(), not_by.as_ref()),
            None => {
                let other = claim.not_by.map(|other| if claim.surely { other.surely() } else { &other.allowed });
                (claim.by.iter().map(|one| &one.allowed).collect(), denials.as_ref().or(other))
            }
        };
        by.extend(requests);
        let is_early = |allowed: &&Allowed| allowed.inexact == Some(EARLY);
        if by.iter().copied().chain(not_by).any(|allowed| is_early(&allowed))
            && let Some(letter) = self.space.early.first().copied()
        {
            return Ended::None(self.space.segments_of(case, letter).cases, None);
        }
        let impossible: Vec<Region> = impossible.iter().chain(&case.others).cloned().collect();
        let sought = Sought { by: &by, not_by, facts: &facts, impossible: &impossible };
        self.search(claim, &sought, case, budget)
    }

    /// What the subjects of a claim allow in the case that is looked at.
    fn compiled(&mut self, claim: &Claim<'_, '_>) -> (Vec<Allowed>, Option<Allowed>) {
        self.space.early.clear();
        let by = claim.by.iter().map(|one| one.subject.allowed(&mut self.space, true)).collect();
        let not_by = claim.not_by.map(|one| one.subject.allowed(&mut self.space, !claim.surely));
        (by, not_by.map(|allowed| if claim.only_denied { allowed.denials() } else { allowed }))
    }

    /// What is known of the requests of those whose permissions a claim is about: of several identities, what they have in common. What
    /// an identity must be able to do, or never be, is claimed of its own requests.
    fn facts(&mut self, claim: &Claim<'_, '_>) -> Vec<Literal> {
        let about = claim.by.iter().copied().chain(claim.not_by.filter(|_| claim.surely));
        let mut all = about.filter_map(|one| one.subject.facts());
        let Some(first) = all.next() else { return Vec::new() };
        let others: Vec<_> = all.collect();
        let common = first.iter().filter(|fact| others.iter().all(|other| other.contains(fact)));
        self.space.known_of(&common.collect::<Vec<_>>())
    }

    /// One search; and where only an action that AWS does not have yet was found, another one for one that it has.
    pub(super) fn search(
        &mut self,
        claim: &Claim<'_, '_>,
        sought: &Sought<'_>,
        case: &Case,
        budget: &mut u64,
    ) -> Ended {
        if self.space.has_foreign {
            return Ended::None(Vec::new(), Some(FOREIGN));
        }
        let ended = self.searched(claim, sought, case, budget);
        let is_new =
            matches!(&ended, Ended::Found(found) if self.space.catalogue.action(&found.request.action).is_none());
        if !is_new || self.space.known.reliance != Reliance::Actions {
            return ended;
        }
        self.space.known.reliance = Reliance::Whole;
        let other = self.searched(claim, sought, case, &mut BETTER.min(*budget));
        self.space.known.reliance = Reliance::Actions;
        if matches!(other, Ended::Found(_)) { other } else { ended }
    }

    fn searched(&mut self, claim: &Claim<'_, '_>, sought: &Sought<'_>, case: &Case, budget: &mut u64) -> Ended {
        let (mut found, mut missed) = (None, None);
        self.space.conflicts.clear();
        let outcome = self.space.find(sought, budget, |space, witness, statement| {
            let is_sought = |request: &Request| claim.is_sought(request);
            let Some(replayed) = space.replayed(witness, is_sought) else {
                missed.get_or_insert_with(|| witness.to_vec());
                return false;
            };
            let asks = |request: &Request, key: &str| claim.asks_for(key, request);
            let (request, witness) = space.with_usual_keys(replayed, is_sought, asks);
            let request = space.with_fitting_requester(request, &witness, is_sought);
            let nearest = sought.not_by.and_then(|other| nearest(space, &witness, other));
            let keys = keys(space, &request.context);
            let mut all = claim.by.iter().copied().chain(claim.not_by);
            let request = match all.find(|one| matches!(one.subject, Whose::Identity(_))) {
                Some(asking) => asking.subject.asking(request),
                None => request,
            };
            let names_requester = claim.by.iter().copied().chain(claim.not_by).any(|one| one.subject.names_requester());
            found = Some(Box::new(Counterexample { names_requester, keys, request, statement, nearest }));
            true
        });
        if let Some(found) = found {
            return Ended::Found(found);
        }
        let mut unknown = if let Outcome::Unknown(why) = outcome { Some(why) } else { None };
        if let Some(witness) = missed {
            let plainer = self.space.plainer(&witness);
            let split = [witness, plainer].iter().map(|one| self.space.told_apart(case, one)).find(|one| one.complete);
            match split {
                Some(split) => return Ended::None(split.cases, unknown),
                None => unknown = unknown.or(Some(NOT_REPLAYED)),
            }
        }
        let conflicts = std::mem::take(&mut self.space.conflicts);
        let split = self.space.met(case, &conflicts, budget);
        if !split.complete {
            unknown = unknown.or(Some(OF_VARIABLE));
        }
        Ended::None(split.cases, unknown)
    }
}

/// How a search ended.
pub(super) enum Ended {
    Found(Box<Counterexample>),
    /// There is none but in these cases; or why that is not known.
    None(Vec<Case>, Option<&'static str>),
}

/// The cases that are not decided, and why the others may not be.
pub(super) type Open = (Vec<Case>, Option<&'static str>);

/// How many cases are looked at.
const ROUNDS: usize = 64;
/// How many, once it is clear that a claim may fail but will not be proved.
const ROUNDS_UNKNOWN: usize = 16;

/// That there is no request which all of some allow and another does not, or does not deny.
pub(super) struct Claim<'p, 'd> {
    pub(super) by: &'p [&'p Permissions<'d>],
    pub(super) not_by: Option<&'p Permissions<'d>>,
    pub(super) only_denied: bool,
    pub(super) surely: bool,
}

impl Claim<'_, '_> {
    fn has_principals(&self) -> bool {
        let has = |one: &Permissions<'_>| matches!(one.subject, Whose::Document(subject) if subject.has_principals);
        self.by.iter().copied().chain(self.not_by).any(has)
    }

    fn is_sought(&self, request: &Request) -> bool {
        let is_out = |other: &&Permissions<'_>| !match (self.only_denied, self.surely) {
            (true, _) => other.subject.denies(request),
            (false, true) => other.subject.surely_allows(request),
            (false, false) => other.subject.allows(request),
        };
        self.by.iter().all(|one| one.subject.allows(request)) && self.not_by.iter().all(is_out)
    }

    /// Whether a statement about a request asks for a key.
    fn asks_for(&self, key: &str, request: &Request) -> bool {
        let documents = self.by.iter().copied().chain(self.not_by).flat_map(|one| one.subject.documents());
        let mut statements = documents.flat_map(|document| &document.statements);
        statements.any(|one| one.condition.iter().any(|test| test.is_about(key)) && is_about(one, request))
    }
}

/// Whether a statement is about the action of a request, and about its resource as far as that shows without the values of variables.
fn is_about(statement: &Statement, request: &Request) -> bool {
    let is_open =
        |text: &Text| text.plain().is_none_or(|text| text.contains('$') || arn_matches(text, &request.resource));
    let of_resource =
        |element: &ResourceElement| element.negated || element.patterns.iter().any(|pattern| is_open(&pattern.value));
    statement.action.includes(&request.action) && statement.resource.as_ref().is_none_or(of_resource)
}

/// The statement that comes nearest to allowing a request: one about its action before others, among those one about its resource, and
/// among those the one of which the fewest literals do not hold.
fn nearest(space: &Space<'_>, witness: &[Witness], allowed: &Allowed) -> Option<Place> {
    let off = |region: &&Region| {
        let (mut of_action, mut of_resource, mut count) = (false, false, 0);
        for literal in region.literals.iter() {
            let attribute = space.predicates.get(*literal).attribute;
            if !space.holds(*literal, &witness[attribute.index()]) {
                of_action |= attribute == AttributeId::ACTION;
                of_resource |= attribute == AttributeId::RESOURCE;
                count += 1;
            }
        }
        (of_action, of_resource, count)
    };
    let regions = allowed.ways.iter().flatten().flatten();
    regions.min_by_key(off).map(|region| region.place)
}

fn keys(space: &Space<'_>, context: &Context) -> Vec<(String, KeyValue)> {
    let mut keys = Vec::new();
    for index in 3..space.attributes() {
        let Some(key) = space.key_of(AttributeId(index as u32)) else { continue };
        match context.get(&key.name.to_ascii_lowercase()) {
            KeyValue::Absent | KeyValue::Unknown => {}
            value => keys.push((key.name.clone(), value)),
        }
    }
    keys.sort_by(|a, b| a.0.cmp(&b.0));
    keys
}
