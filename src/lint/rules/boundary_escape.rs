//! A permissions boundary that whoever it confines can take off, rewrite, or leave by way of somebody whom it does not confine.
//!
//! Each way out is a few requests. The prover is asked for one that the boundary allows, so that denies, conditions and resources count
//! for what they mean. Where the ARN of the boundary is not known, a way is open only if it is whatever the ARN may be.

use std::collections::{BTreeMap, HashSet};

use crate::diagnostic::{Diagnostic, code};
use crate::elaborate::Policy;
use crate::lint::findings::placed;
use crate::lint::watched::PASS_ROLE;
use crate::lint::{Boundary, Context, Holder, Identity};
use crate::policy::{
    BaseOperator, Document, ESCALATIONS, Effect, EscalationPath, How, Kind, ResourceElement, Statement, arn_matches,
    glob,
};
use crate::prove::{Prover, Subject, Verdict, Whose, allowing, comparing, step_of};

use crate::lint::boundary_worlds::{World, worlds};

const SOURCE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate";
const KEY: &str = "iam:PermissionsBoundary";

/// What gets out of a boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    TakesOff,
    Rewrites,
    PutsAnother,
    Gives,
    ActsAs,
    Passes,
}

impl Way {
    const ALL: [Way; 6] = [Way::TakesOff, Way::Rewrites, Way::PutsAnother, Way::Gives, Way::ActsAs, Way::Passes];

    fn actions(self) -> &'static [&'static str] {
        match self {
            Way::TakesOff => &["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"],
            Way::Rewrites => &[
                "iam:CreatePolicyVersion",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:SetDefaultPolicyVersion",
            ],
            Way::PutsAnother => &["iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary"],
            Way::Gives => &[
                "iam:AttachRolePolicy",
                "iam:AttachUserPolicy",
                "iam:CreateRole",
                "iam:CreateUser",
                "iam:PutRolePolicy",
                "iam:PutUserPolicy",
                "iam:UpdateAssumeRolePolicy",
            ],
            Way::ActsAs => &["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"],
            Way::Passes => &[PASS_ROLE],
        }
    }

    fn label(self) -> &'static str {
        match self {
            Way::TakesOff => "takes a boundary off",
            Way::Rewrites => "rewrites the boundary itself",
            Way::PutsAnother => "puts another boundary in its place",
            Way::Gives => "gives permissions without this boundary",
            Way::ActsAs => "acts as a user that has no boundary",
            Way::Passes => "passes roles that have no boundary",
        }
    }
}

/// Who is known to have no boundary.
#[derive(Default)]
struct Unbounded {
    roles: Vec<String>,
    users: Vec<String>,
    /// Whether there is nobody else in the account.
    all: bool,
}

pub(in crate::lint) fn check(
    context: Context<'_>,
    policies: &[Policy],
    identities: &[Identity<'_>],
    found: &mut Vec<Diagnostic>,
) {
    let in_use: HashSet<*const Policy> = identities
        .iter()
        .filter_map(|one| match one.boundary {
            Boundary::Known(boundary) => Some(std::ptr::from_ref(boundary)),
            Boundary::None | Boundary::Elsewhere => None,
        })
        .collect();
    let is_boundary = |policy: &&Policy| {
        policy.kind == Kind::Boundary
            || policy.kind == Kind::Policy && in_use.contains(&std::ptr::from_ref::<Policy>(policy))
    };
    for policy in policies.iter().filter(is_boundary).filter(|policy| allows_some_of_iam(policy)) {
        let open = open(context, policy, identities);
        let mut by_statement: BTreeMap<usize, Vec<(Way, &'static str)>> = BTreeMap::new();
        for (way, action, statement) in open {
            by_statement.entry(statement).or_default().push((way, action));
        }
        for (index, ways) in by_statement {
            found.push(placed(policy, index, finding(policy, &policy.document.statements[index], &ways)));
        }
    }
}

fn allows_some_of_iam(policy: &Policy) -> bool {
    let is_of_iam = |statement: &Statement| {
        statement.action.negated
            || statement.action.patterns.iter().any(|pattern| {
                let service = pattern.value.split(':').next().unwrap_or_default();
                glob::matches(service, "iam", true)
            })
    };
    policy.document.statements.iter().any(|one| one.effect == Effect::Allow && is_of_iam(one))
}

fn finding(policy: &Policy, statement: &Statement, ways: &[(Way, &'static str)]) -> Diagnostic {
    let (first, action) = ways[0];
    let pattern = statement.action.patterns.iter().find(|one| glob::matches(&one.value, action, true));
    let place = pattern.or(statement.action.patterns.first()).map_or(statement.span, |one| one.span);
    let named: Vec<&str> = ways.iter().map(|(_, action)| *action).collect();
    let message = format!("whom `{}` confines can get out of it: by `{}`", policy.name, named.join("`, `"));
    Diagnostic::new(&code::BOUNDARY_ESCAPE, place, message)
        .label(first.label())
        .note(format!("a boundary confines nobody who can take it off, rewrite it, or act by somebody without one ({SOURCE})"))
        .help("deny what takes boundaries off and changes this policy; ask for the boundary elsewhere: `when iam:PermissionsBoundary == \"arn:...\"`; name the roles that may be passed")
}

/// A request of a way.
struct Step {
    action: &'static str,
    request: Document,
    /// Whether it counts only if it is not about somebody who is named: of those it is not known that they have no boundary.
    unnamed: bool,
}

/// The ways that are open in every world, each by its first action, with the statement that lets it through.
fn open(context: Context<'_>, policy: &Policy, identities: &[Identity<'_>]) -> Vec<(Way, &'static str, usize)> {
    let mut open: Option<BTreeMap<&'static str, usize>> = None;
    for world in worlds(context, policy, identities) {
        let here = open_in(context, &policy.document, &world, &unbounded(&world, identities));
        open = Some(match open {
            None => here,
            Some(before) => before.into_iter().filter(|(action, _)| here.contains_key(action)).collect(),
        });
    }
    let open = open.unwrap_or_default();
    let of_way = |way: Way| {
        let mut first: BTreeMap<usize, &'static str> = BTreeMap::new();
        for action in way.actions() {
            if let Some(statement) = open.get(action) {
                first.entry(*statement).or_insert(action);
            }
        }
        first.into_iter().map(move |(statement, action)| (way, action, statement))
    };
    Way::ALL.into_iter().flat_map(of_way).collect()
}

/// The actions that get out in one world, each with the statement that lets it through.
fn open_in(
    context: Context<'_>,
    document: &Document,
    world: &World,
    unbounded: &Unbounded,
) -> BTreeMap<&'static str, usize> {
    let unnamed = without_names(document, unbounded);
    let (steps, passing) = (steps(world, unbounded), passing(world, unbounded));
    let requests = steps.iter().map(|step| &step.request).chain(passing.iter().flatten());
    let documents: Vec<&Document> = [document, &unnamed].into_iter().chain(requests).collect();
    let mut prover = Prover::new(context.catalogue, &documents);
    let mut allows = |of: &Document, request: &Document| {
        let whose = |document| Whose::Document(Subject { document, has_principals: false });
        let (of, request) = (prover.permissions(whose(of)), prover.permissions(whose(request)));
        match prover.nothing_in_common(&[&of, &request]) {
            Verdict::Fails(example) => Some(example.statement.statement),
            Verdict::Holds | Verdict::Unknown(_) => None,
        }
    };
    let mut open = BTreeMap::new();
    for step in &steps {
        let of = if step.unnamed { &unnamed } else { document };
        open.extend(allows(of, &step.request).map(|statement| (step.action, statement)));
    }
    let is_open = |path: &&Vec<Document>| path.iter().all(|request| allows(document, request).is_some());
    if let Some(path) = passing.iter().find(is_open) {
        open.extend(allows(document, &path[0]).map(|statement| (PASS_ROLE, statement)));
    }
    open
}

/// The document without the users and roles that its allows name one by one, but those that are known to have no boundary. A user of
/// whom a variable says that it is the one who asks has this one.
fn without_names(document: &Document, unbounded: &Unbounded) -> Document {
    let is_known = |text: &str| unbounded.roles.iter().chain(&unbounded.users).any(|arn| arn_matches(text, arn));
    let counts = |text: &str| {
        let name = text.splitn(6, ':').nth(5).unwrap_or(text);
        let is_self = name.to_ascii_lowercase().contains("${aws:username");
        name.contains(['*', '?']) && !is_self || is_known(text)
    };
    let statement = |one: &Statement| {
        let narrow = |element: &ResourceElement| ResourceElement {
            negated: element.negated,
            patterns: element.patterns.iter().filter(|one| counts(&one.value.shown())).cloned().collect(),
        };
        let resource = match &one.resource {
            Some(element) if one.effect == Effect::Allow && !element.negated => Some(narrow(element)),
            other => other.clone(),
        };
        Statement { resource, ..one.clone() }
    };
    Document { statements: document.statements.iter().map(statement).collect(), ..document.clone() }
}

/// Who of the identities has no boundary, and can be used: nobody changes or passes the role of a service.
fn unbounded(world: &World, identities: &[Identity<'_>]) -> Unbounded {
    let mut found = Unbounded { all: identities.iter().any(|identity| identity.arn.is_some()), ..Unbounded::default() };
    for identity in identities.iter().filter(|identity| matches!(identity.boundary, Boundary::None)) {
        let arn = identity.arn_in(&world.partition, &world.account);
        match identity.holder {
            Holder::Role if !arn.contains(":role/aws-service-role/") => found.roles.push(arn),
            Holder::User => found.users.push(arn),
            Holder::Role | Holder::Group | Holder::Unknown => {}
        }
    }
    found
}

/// The requests of each way but that of roles that are passed, in one world.
fn steps(world: &World, unbounded: &Unbounded) -> Vec<Step> {
    let others = [world.arn("aws", "policy/AdministratorAccess"), world.arn(&world.account, "policy/zq0")];
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    let mut steps = Vec::new();
    for (way, action) in Way::ALL.into_iter().flat_map(|way| way.actions().iter().map(move |action| (way, *action))) {
        let of_users = action.contains("User") || way == Way::ActsAs;
        let any = vec![world.arn(&world.account, if of_users { "user/*" } else { "role/*" })];
        let known = if of_users { &unbounded.users } else { &unbounded.roles };
        let has = |values: &[&str], if_exists| comparing(BaseOperator::ArnEquals, KEY, values, if_exists);
        let (on, condition, unnamed) = match way {
            Way::TakesOff => (any, vec![has(&[&world.own], false)], false),
            Way::Rewrites => (std::iter::once(&world.own).chain(&world.asked).cloned().collect(), Vec::new(), false),
            Way::PutsAnother => (any, vec![has(&others, false)], false),
            Way::Gives if action.starts_with("iam:Create") => (any, vec![has(&others, true)], false),
            Way::Gives => {
                let mut condition = vec![has(&others, true)];
                if action.starts_with("iam:Attach") {
                    condition.push(comparing(BaseOperator::ArnEquals, "iam:PolicyARN", &others, true));
                }
                (if unbounded.all { known.clone() } else { any }, condition, !unbounded.all)
            }
            Way::ActsAs => (known.clone(), vec![has(&others, true)], false),
            Way::Passes => continue,
        };
        if !on.is_empty() {
            let on: Vec<&str> = on.iter().map(String::as_str).collect();
            steps.push(Step { action, request: allowing(&[action], &on, condition), unnamed });
        }
    }
    steps
}

/// The ways by which code of a new resource acts with a role that is passed to it: every request of each, the passing first. A role
/// that is named is not known to have no boundary.
fn passing(world: &World, unbounded: &Unbounded) -> Vec<Vec<Document>> {
    let any = world.arn(&world.account, "role/zq0");
    let mut roles: Vec<&str> = unbounded.roles.iter().map(String::as_str).collect();
    if !unbounded.all {
        roles.push(&any);
    }
    let of_path = |path: &EscalationPath| {
        let pass = path.actions.contains(&PASS_ROLE).then(|| step_of(path, PASS_ROLE, &roles))?;
        let others =
            path.actions.iter().filter(|action| **action != PASS_ROLE).map(|action| step_of(path, action, &["*"]));
        Some(std::iter::once(pass).chain(others).collect())
    };
    let paths = ESCALATIONS.iter().filter(|path| path.how == How::NewRole && !roles.is_empty());
    paths.filter_map(of_path).collect()
}
