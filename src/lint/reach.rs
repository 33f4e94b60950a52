//! How far an identity's permissions reach, as far as a look at its statements tells: which of the watched actions it may do on
//! everything. Where conditions and denies leave a question, a rule asks the prover.

use std::collections::{BTreeMap, HashMap};

use super::confine::is_anything;
use super::findings::placed;
use super::identity::{Boundary, Identity};
use super::watched::{CREATE_SERVICE_LINKED_ROLE, PASS_ROLE, Watch, Watched, service_of};
use crate::base::Span;
use crate::catalogue::{AccessLevel, Catalogue};
use crate::diagnostic::Diagnostic;
use crate::elaborate::Policy;
use crate::policy::{
    BaseOperator, ConditionTest, ESCALATIONS, Effect, EscalationPath, How, Kind, ResourceElement, Statement, glob,
};

/// That a statement allows a watched action.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grant {
    /// Its place among the watched actions.
    pub(super) action: usize,
    pub(super) statement: usize,
    /// The pattern that stands for it; of `NotAction` the first.
    pub(super) pattern: usize,
    /// Whether the resources are everything that it is about.
    pub(super) on_anything: bool,
}

/// How wide the grant of an action on anything is: in what its action says, and whether it is by `NotResource`, everything `but` some.
#[derive(Clone, Copy, Debug)]
pub(super) enum Breadth {
    Named { but: bool },
    Wildcard { but: bool },
    NotAction { but: bool },
}

impl Breadth {
    /// What Access Analyzer calls it where the action is `iam:PassRole`.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-pass-role-with-star-in-resource>
    pub(super) fn of_pass_role(self) -> &'static str {
        match self {
            Breadth::Named { but: false } => "PASS_ROLE_WITH_STAR_IN_RESOURCE",
            Breadth::Named { but: true } => "PASS_ROLE_WITH_NOT_RESOURCE",
            Breadth::Wildcard { but: false } => "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
            Breadth::Wildcard { but: true } => "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
            Breadth::NotAction { but: false } => "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
            Breadth::NotAction { but: true } => "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE",
        }
    }

    /// What it calls it where the action is `iam:CreateServiceLinkedRole`.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-create-slr-with-star-in-resource>
    pub(super) fn of_service_linked_role(self) -> &'static str {
        match self {
            Breadth::Named { but: false } => "CREATE_SLR_WITH_STAR_IN_RESOURCE",
            Breadth::Named { but: true } => "CREATE_SLR_WITH_NOT_RESOURCE",
            Breadth::Wildcard { but: false } => "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE",
            Breadth::Wildcard { but: true } => "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
            Breadth::NotAction { but: false } => "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
            Breadth::NotAction { but: true } => "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE",
        }
    }
}

/// The grants of one policy.
pub(super) type Grants = Vec<Grant>;

/// The grants of a policy.
pub(super) fn grants_of(watched: &Watched, policy: &Policy) -> Grants {
    let mut grants = Vec::new();
    if policy.kind != Kind::Policy {
        return grants;
    }
    for (index, statement) in policy.document.statements.iter().enumerate() {
        if statement.effect != Effect::Allow {
            continue;
        }
        let mut grant = |action: usize, pattern: usize| {
            let on_anything = watched.get(action).is_on_anything(statement.resource.as_ref());
            grants.push(Grant { action, statement: index, pattern, on_anything });
        };
        if statement.action.negated {
            (0..watched.len())
                .filter(|action| watched.is_about(statement, *action))
                .for_each(|action| grant(action, 0));
            continue;
        }
        for (place, pattern) in statement.action.patterns.iter().enumerate() {
            watched.matching(&pattern.value).for_each(|action| grant(action, place));
        }
    }
    grants
}

/// Keys that say how or when is asked, and leave open what may be done: a condition on them confines nothing.
const HOW_AND_WHEN: [&str; 9] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:referer",
    "aws:securetransport",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:principaltype",
];

/// Whether a condition leaves open what may be done.
pub(super) fn is_unconfined(statement: &Statement) -> bool {
    let says_how = |test: &ConditionTest| {
        test.key.value.plain().is_some_and(|key| HOW_AND_WHEN.contains(&key.to_ascii_lowercase().as_str()))
    };
    statement.condition.iter().all(|test| says_how(test) || takes_anything(test))
}

/// Keys that are in every request of a principal: a test that takes all their values confines nothing.
const ALWAYS_THERE: [&str; 4] = ["aws:principalaccount", "aws:principalarn", "aws:requestedregion", "aws:userid"];

/// Whether a test takes every value that its key has.
fn takes_anything(test: &ConditionTest) -> bool {
    let base = test.operator.value.base;
    let key = test.key.value.plain().map(str::to_ascii_lowercase).unwrap_or_default();
    if base != BaseOperator::IpAddress && !ALWAYS_THERE.contains(&key.as_str()) {
        return false;
    }
    let is_all = |text: &str| match base {
        BaseOperator::IpAddress => matches!(text, "0.0.0.0/0" | "::/0"),
        _ => !base.is_negated() && is_anything(base, text),
    };
    test.values.iter().any(|value| value.value.plain().is_some_and(is_all))
}

/// What is known of an identity.
pub(super) struct Reach<'r, 'a> {
    pub(super) watched: &'r Watched,
    pub(super) identity: &'r Identity<'a>,
    /// For each of its policies, in order.
    grants: Vec<&'r Grants>,
    /// What it may do on everything, with the policy and the grant: not denied, and within its boundary.
    pub(super) open: Vec<(usize, Grant)>,
    administrator: Option<Vec<(usize, Grant)>>,
    /// The services that several patterns together allow as a whole.
    pub(super) whole: Vec<Whole>,
}

/// A service that several patterns of actions together allow, on everything, all but perhaps a trifling rest.
#[derive(Debug)]
pub(super) struct Whole {
    /// Its prefix.
    pub(super) service: String,
    /// How many of its actions are left out.
    pub(super) rest: usize,
    /// The patterns: of a policy, of a statement, its place.
    pub(super) by: Vec<(usize, usize, usize)>,
}

/// Which part of the actions of a service may be left out where the service is as good as allowed as a whole: one in so many.
const TRIFLING: usize = 20;

impl<'r, 'a> Reach<'r, 'a> {
    pub(super) fn new(
        catalogue: &Catalogue,
        watched: &'r Watched,
        identity: &'r Identity<'a>,
        known: &'r HashMap<*const Policy, Grants>,
    ) -> Self {
        const NONE: &Grants = &Vec::new();
        let of = |policy: &&Policy| known.get(&std::ptr::from_ref(*policy)).unwrap_or(NONE);
        let grants: Vec<&Grants> = identity.policies.iter().map(of).collect();
        let mut reach = Self { watched, identity, grants, open: Vec::new(), administrator: None, whole: Vec::new() };
        let mut decided: HashMap<usize, bool> = HashMap::new();
        let mut open = Vec::new();
        for (policy, grant) in reach.grants() {
            let is_open = grant.on_anything
                && is_unconfined(reach.statement(policy, grant.statement))
                && *decided
                    .entry(grant.action)
                    .or_insert_with(|| !reach.is_denied(grant.action) && reach.is_within(grant.action));
            if is_open {
                open.push((policy, grant));
            }
        }
        reach.open = open;
        reach.administrator = reach.of_administrator();
        reach.whole = reach.of_whole_services(catalogue);
        reach
    }

    /// The services that patterns which are each about some of their actions allow together.
    fn of_whole_services(&self, catalogue: &Catalogue) -> Vec<Whole> {
        let mut by_service: BTreeMap<String, Vec<(usize, usize, usize)>> = BTreeMap::new();
        for (place, policy) in self.identity.policies.iter().enumerate() {
            for (index, statement) in policy.document.statements.iter().enumerate() {
                if !self.is_open_statement(statement) || self.is_of_administrator(place, index) {
                    continue;
                }
                for (at, pattern) in statement.action.patterns.iter().enumerate() {
                    let Some((service, name)) = pattern.value.split_once(':') else { continue };
                    if !glob::is_pattern(service) && !is_all(name) {
                        by_service.entry(service.to_ascii_lowercase()).or_default().push((place, index, at));
                    }
                }
            }
        }
        let whole = by_service.into_iter().filter_map(|(service, by)| {
            let rest = self.rest_of_service(catalogue, &service, &by)?;
            Some(Whole { service, rest, by })
        });
        whole.collect()
    }

    /// How many actions of a service some patterns leave out, if these are trifling: few, none that is watched, and none that decides
    /// who may do what.
    fn rest_of_service(&self, catalogue: &Catalogue, service: &str, by: &[(usize, usize, usize)]) -> Option<usize> {
        let pattern = |(policy, statement, at): &(usize, usize, usize)| {
            self.statement(*policy, *statement).action.patterns[*at].value.as_str()
        };
        let is_open = |action: usize| self.open.iter().any(|(_, grant)| grant.action == action);
        if !by.iter().any(|one| glob::is_pattern(pattern(one))) || !self.watched.of_service(service).all(is_open) {
            return None;
        }
        let names: Vec<&str> = by.iter().filter_map(|one| Some(pattern(one).split_once(':')?.1)).collect();
        let actions = catalogue.service(service)?.actions();
        let most = actions.len() / TRIFLING;
        let mut rest = 0;
        for action in actions.filter(|action| !names.iter().any(|name| glob::matches(name, action.name(), true))) {
            rest += 1;
            if rest > most || action.access_level() == AccessLevel::PermissionsManagement {
                return None;
            }
        }
        Some(rest)
    }

    /// Every grant, with the place of its policy.
    pub(super) fn grants(&self) -> impl Iterator<Item = (usize, Grant)> + '_ {
        self.grants.iter().enumerate().flat_map(|(policy, grants)| grants.iter().map(move |grant| (policy, *grant)))
    }

    pub(super) fn policy(&self, policy: usize) -> &'a Policy {
        self.identity.policies[policy]
    }

    pub(super) fn statement(&self, policy: usize, statement: usize) -> &'a Statement {
        &self.policy(policy).document.statements[statement]
    }

    pub(super) fn watch(&self, grant: Grant) -> &'r Watch {
        self.watched.get(grant.action)
    }

    /// Where the pattern of a grant stands.
    pub(super) fn pattern(&self, policy: usize, grant: Grant) -> Span {
        let statement = self.statement(policy, grant.statement);
        statement.action.patterns.get(grant.pattern).map_or(statement.span, |pattern| pattern.span)
    }

    /// The statements of its policies that deny.
    pub(super) fn denies(&self) -> impl Iterator<Item = &'a Statement> + '_ {
        let of = |policy: &&'a Policy| policy.document.statements.iter().filter(|one| one.effect == Effect::Deny);
        self.identity.policies.iter().flat_map(of)
    }

    /// Whether a statement denies an action on everything, whatever the request.
    pub(super) fn is_denied(&self, action: usize) -> bool {
        self.denies().any(|one| one.condition.is_empty() && self.is_about_anything(one, action))
    }

    fn is_about_anything(&self, statement: &Statement, action: usize) -> bool {
        self.watched.is_about(statement, action) && self.watched.get(action).is_on_anything(statement.resource.as_ref())
    }

    /// Whether the boundary allows an action on everything. One that is not known is taken to confine.
    fn is_within(&self, action: usize) -> bool {
        let boundary = match self.identity.boundary {
            Boundary::None => return true,
            Boundary::Elsewhere => return false,
            Boundary::Known(boundary) => &boundary.document.statements,
        };
        let about = boundary.iter().filter(|one| self.is_about_anything(one, action));
        let (allows, denies): (Vec<_>, Vec<_>) = about.partition(|one| one.effect == Effect::Allow);
        allows.iter().any(|one| is_unconfined(one)) && !denies.iter().any(|one| one.condition.is_empty())
    }

    /// By which grants it is an administrator, if it is.
    pub(super) fn administrator(&self) -> Option<&[(usize, Grant)]> {
        self.administrator.as_deref()
    }

    /// Grants of all that gives permissions in IAM, if it may do all of it.
    fn of_administrator(&self) -> Option<Vec<(usize, Grant)>> {
        if self.open.is_empty() {
            return None;
        }
        let gives = |path: &&EscalationPath| path.how == How::Itself && path.actions.len() == 1;
        let needed = ESCALATIONS.iter().filter(gives).filter_map(|path| self.watched.find(path.actions[0]));
        let needed = needed.chain(self.watched.find(PASS_ROLE));
        needed.map(|action| self.open.iter().find(|(_, grant)| grant.action == action).copied()).collect()
    }

    /// Whether a grant is one of a statement about every service, or about all but some: that is told as a whole.
    pub(super) fn is_sweeping(&self, policy: usize, grant: Grant) -> bool {
        let element = &self.statement(policy, grant.statement).action;
        element.negated || element.patterns.get(grant.pattern).is_some_and(|pattern| is_every_service(&pattern.value))
    }

    /// Whether a grant is on every resource but some: that is told as a whole.
    pub(super) fn is_all_but(&self, policy: usize, grant: Grant) -> bool {
        self.statement(policy, grant.statement).resource.as_ref().is_some_and(|element| element.negated)
    }

    /// Whether a grant is one of those that together allow a service as a whole; or comes by `service:*`, and everything of that service that is watched is open: that is told as a whole.
    pub(super) fn is_service_wide(&self, policy: usize, grant: Grant) -> bool {
        let element = &self.statement(policy, grant.statement).action;
        let service = service_of(self.watch(grant).name);
        let is_part = |whole: &Whole| {
            let by = (policy, grant.statement, grant.pattern);
            whole.service == service && whole.by.contains(&by)
        };
        if self.whole.iter().any(is_part) {
            return true;
        }
        !element.negated
            && element
                .patterns
                .get(grant.pattern)
                .is_some_and(|pattern| pattern.value.split_once(':').is_some_and(|(_, name)| is_all(name)))
            && self.watched.of_service(service).all(|action| self.open.iter().any(|(_, one)| one.action == action))
    }

    /// Whether a statement is one of those that make it an administrator.
    pub(super) fn is_of_administrator(&self, policy: usize, statement: usize) -> bool {
        self.administrator.iter().flatten().any(|(of, grant)| (*of, grant.statement) == (policy, statement))
    }

    /// Whether a statement passes or creates any role.
    pub(super) fn is_of_roles(&self, policy: usize, statement: usize) -> bool {
        let is_it = |grant: &Grant| [PASS_ROLE, CREATE_SERVICE_LINKED_ROLE].contains(&self.watch(*grant).name);
        let of_policy = self.grants[policy].iter().filter(|grant| grant.statement == statement && grant.on_anything);
        of_policy.into_iter().any(is_it)
    }

    /// The grants of an action, one of each statement, but those of statements that are told as a whole: of an administrator, and of an
    /// allow of everything else; none where it is denied, or its boundary leaves it out.
    pub(super) fn grants_of(&self, action: usize) -> Vec<(usize, Grant)> {
        if self.is_denied(action) || !self.is_within(action) {
            return Vec::new();
        }
        let is_told = |(policy, grant): &(usize, Grant)| {
            self.is_of_administrator(*policy, grant.statement)
                || allows_everything_else(self.statement(*policy, grant.statement))
        };
        let mut grants: Vec<(usize, Grant)> = self.grants().filter(|(_, grant)| grant.action == action).collect();
        grants.retain(|grant| !is_told(grant));
        grants.dedup_by_key(|(policy, grant)| (*policy, grant.statement));
        grants
    }

    /// A finding on a statement as a whole, with Access Analyzer's names for what it allows of roles.
    pub(super) fn named(&self, policy: usize, statement: usize, finding: Diagnostic) -> Diagnostic {
        let of = |action: &str| {
            let action = self.watched.find(action)?;
            let is_it =
                |(of, grant): &(usize, Grant)| (*of, grant.statement, grant.action) == (policy, statement, action);
            self.open.iter().find(|one| is_it(one)).map(|(policy, grant)| self.breadth(*policy, *grant))
        };
        let passes = of(PASS_ROLE).map(Breadth::of_pass_role);
        let creates = of(CREATE_SERVICE_LINKED_ROLE).map(Breadth::of_service_linked_role);
        finding.aws_names(&passes.into_iter().chain(creates).collect::<Vec<_>>())
    }

    /// How the action and the resource of a grant on anything are wide.
    pub(super) fn breadth(&self, policy: usize, grant: Grant) -> Breadth {
        let statement = self.statement(policy, grant.statement);
        let but = statement.resource.as_ref().is_some_and(|element| element.negated);
        match statement.action.patterns.get(grant.pattern) {
            _ if statement.action.negated => Breadth::NotAction { but },
            Some(pattern) if glob::is_pattern(&pattern.value) => Breadth::Wildcard { but },
            _ => Breadth::Named { but },
        }
    }

    /// Whether a statement allows what it names on every resource, whatever the request.
    pub(super) fn is_open_statement(&self, statement: &Statement) -> bool {
        let is_on_all = |element: &ResourceElement| {
            !element.negated && element.patterns.iter().any(|pattern| is_all(&pattern.value.shown()))
        };
        statement.effect == Effect::Allow
            && !statement.action.negated
            && statement.resource.as_ref().is_some_and(is_on_all)
            && is_unconfined(statement)
    }

    /// What a message calls it: a policy if the finding is about that policy alone.
    pub(super) fn name(&self, policies: &[usize]) -> String {
        match policies {
            [first, rest @ ..] if rest.iter().all(|other| other == first) => self.policy(*first).name.clone(),
            _ => self.identity.name.to_owned(),
        }
    }

    /// A finding in a statement, told with the calls of templates that the statement came by.
    pub(super) fn placed(&self, policy: usize, statement: usize, finding: Diagnostic) -> Diagnostic {
        placed(self.policy(policy), statement, finding)
    }
}

/// Whether a statement allows every action but some, on every resource or every one but some.
pub(super) fn allows_everything_else(statement: &Statement) -> bool {
    let is_open = |element: &ResourceElement| {
        element.negated || element.patterns.iter().any(|pattern| is_all(&pattern.value.shown()))
    };
    statement.effect == Effect::Allow && statement.action.negated && statement.resource.as_ref().is_some_and(is_open)
}

/// Whether a pattern of actions is about every service.
pub(super) fn is_every_service(pattern: &str) -> bool {
    let service = pattern.split(':').next().unwrap_or_default();
    let is_any =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'*' | b'?')) && text.contains('*');
    is_any(service)
}

/// Whether a pattern of names is about all of them.
pub(super) fn is_all(pattern: &str) -> bool {
    pattern.contains('*') && pattern.bytes().all(|byte| matches!(byte, b'*' | b'?'))
}

/// Whether a condition asks for a value of a key that is among some, and not just for any.
pub(super) fn asks_for(statement: &Statement, key: &str) -> bool {
    statement.condition.iter().any(|test| {
        let base = test.operator.value.base;
        let is_key = test.key.value.plain().is_some_and(|text| {
            text.len() >= key.len() && text.is_char_boundary(key.len()) && text[..key.len()].eq_ignore_ascii_case(key)
        });
        let is_any = test.values.iter().any(|value| value.value.plain().is_some_and(is_all));
        is_key && base != BaseOperator::Null && !base.is_negated() && !is_any
    })
}

/// Whether a condition asks for a tag of the resource.
pub(super) fn asks_for_tag(statement: &Statement) -> bool {
    let is_tag =
        |key: &str| key.split_once(':').is_some_and(|(_, name)| name.to_ascii_lowercase().starts_with("resourcetag/"));
    let keys = statement.condition.iter().filter_map(|test| test.key.value.plain());
    keys.filter(|key| is_tag(key)).any(|key| asks_for(statement, key))
}

/// Whether a condition denies what does not have one of some values of a key.
pub(super) fn denies_others(statement: &Statement, key: &str) -> bool {
    let is_key = |test: &ConditionTest| test.key.value.plain().is_some_and(|text| text.eq_ignore_ascii_case(key));
    matches!(statement.condition.as_slice(), [test] if is_key(test) && test.operator.value.base.is_negated())
}
