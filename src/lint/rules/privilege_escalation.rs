//! Ways from the permissions that an identity has to those that it was not given, over all its policies together.

use std::collections::BTreeMap;

use crate::base::Span;
use crate::diagnostic::{Diagnostic, code};
use crate::elaborate::Policy;
use crate::lint::reach::{Grant, Reach, asks_for_tag};
use crate::lint::{Boundary, Context, Holder};
use crate::policy::{Document, ESCALATIONS, Effect, EscalationPath, How, Statement};
use crate::prove::{Permissions, Prover, Subject, Verdict, Whose, step_of};

/// A place among policies: a policy and a statement.
type At = (usize, usize);

/// A way that is open, and the statements that open it.
struct Open {
    path: &'static EscalationPath,
    by: Vec<At>,
}

pub(in crate::lint) fn check(context: Context<'_>, reach: &Reach<'_, '_>, found: &mut Vec<Diagnostic>) {
    if matches!(reach.identity.boundary, Boundary::Elsewhere) || reach.administrator().is_some() {
        return;
    }
    let ways = candidates(reach);
    if ways.is_empty() {
        return;
    }
    let open = if needs_proof(reach, &ways) { proved(context, reach, ways) } else { at_first_sight(ways) };
    // Of one statement it is told once, whatever ways it opens last.
    let mut groups: BTreeMap<(u32, At), Vec<Open>> = BTreeMap::new();
    for way in open {
        let span = |at: &At| reach.statement(at.0, at.1).span;
        let Some(last) = way.by.iter().copied().max_by_key(|at| (span(at).file, span(at).start)) else { continue };
        groups.entry((span(&last).start, last)).or_default().push(way);
    }
    for ((_, last), ways) in groups {
        found.push(finding(reach, last, &ways));
    }
}

/// A way that may be open, and for each of its actions the grants of it.
type Candidate = (&'static EscalationPath, Vec<Vec<(usize, Grant)>>);

/// The ways of which every action is allowed on everything, or on the identity itself, somewhere. What a statement about every service
/// opens by itself is told of that statement.
fn candidates(reach: &Reach<'_, '_>) -> Vec<Candidate> {
    let mut granted: BTreeMap<usize, Vec<(usize, Grant)>> = BTreeMap::new();
    for (policy, grant) in reach.grants() {
        // What has a certain tag is something in particular, as what has a certain name is.
        let is_wide = grant.on_anything && !asks_for_tag(reach.statement(policy, grant.statement));
        if (is_wide || !own_resources(reach, policy, grant).is_empty()) && !reach.is_denied(grant.action) {
            granted.entry(grant.action).or_default().push((policy, grant));
        }
    }
    if granted.is_empty() {
        return Vec::new();
    }
    let steps = |path: &'static EscalationPath| {
        let of = |action: &&str| Some(granted.get(&reach.watched.find(action)?)?.clone());
        let steps: Vec<_> = path.actions.iter().map(of).collect::<Option<_>>()?;
        let is_sweeping =
            |step: &Vec<(usize, Grant)>| step.iter().any(|(policy, grant)| reach.is_sweeping(*policy, *grant));
        (!steps.iter().all(is_sweeping)).then_some((path, steps))
    };
    ESCALATIONS.iter().filter_map(steps).collect()
}

/// The resources of a grant to change permissions that are the identity which has it, or a policy that it has.
fn own_resources<'a>(reach: &Reach<'_, 'a>, policy: usize, grant: Grant) -> Vec<&'a str> {
    let changes = |path: &&EscalationPath| path.how == How::Itself && path.actions.contains(&reach.watch(grant).name);
    let element = reach.statement(policy, grant.statement).resource.as_ref().filter(|element| !element.negated);
    let element = element.filter(|_| ESCALATIONS.iter().any(|path| changes(&path)));
    let texts = element.into_iter().flat_map(|element| &element.patterns).filter_map(|pattern| pattern.value.plain());
    texts.filter(|text| is_own(reach, text)).collect()
}

/// Whether an ARN is that of an identity, whoever it is, or of a managed policy that it has; its path does not matter.
fn is_own(reach: &Reach<'_, '_>, text: &str) -> bool {
    let Some((kind, name)) = text.splitn(6, ':').nth(5).and_then(|resource| resource.split_once('/')) else {
        return false;
    };
    let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
    let is_it = |holder: &str| kind == holder && name == reach.identity.name;
    let has = |policy: &&Policy| !policy.inline && policy.name == name;
    // No role has a user's name.
    let is_any_user = || kind == "user" && name.eq_ignore_ascii_case("${aws:username}");
    match reach.identity.holder {
        _ if kind == "policy" => reach.identity.policies.iter().any(has),
        Holder::Role => is_it("role"),
        Holder::User => is_it("user") || is_any_user(),
        Holder::Group => is_it("group") || is_any_user(),
        Holder::Unknown => is_any_user(),
    }
}

/// Whether a look does not decide it: there are conditions, denies or a boundary.
fn needs_proof(reach: &Reach<'_, '_>, ways: &[Candidate]) -> bool {
    let is_conditional =
        |(policy, grant): &(usize, Grant)| !reach.statement(*policy, grant.statement).condition.is_empty();
    let grants = || ways.iter().flat_map(|(_, steps)| steps).flatten();
    matches!(reach.identity.boundary, Boundary::Known(_))
        || grants().any(is_conditional)
        || reach.denies().any(|deny| grants().any(|(_, grant)| reach.watched.is_about(deny, grant.action)))
}

fn at_first_sight(ways: Vec<Candidate>) -> Vec<Open> {
    let first = |step: &Vec<(usize, Grant)>| step.first().map(|(policy, grant)| (*policy, grant.statement));
    ways.into_iter().map(|(path, steps)| Open { path, by: steps.iter().filter_map(first).collect() }).collect()
}

/// The ways of which the prover finds a request for every action.
fn proved(context: Context<'_>, reach: &Reach<'_, '_>, ways: Vec<Candidate>) -> Vec<Open> {
    let (union, places) = union(reach, &ways);
    let step = |path: &EscalationPath, action: &str, grants: &[(usize, Grant)]| {
        let anything = reach.watched.find(action).map_or_else(Vec::new, |at| reach.watched.get(at).anything());
        let mut resources: Vec<&str> = anything.iter().map(String::as_str).collect();
        let own = grants.iter().filter(|_| path.how == How::Itself);
        resources.extend(own.flat_map(|(policy, grant)| own_resources(reach, *policy, *grant)));
        step_of(path, action, &resources)
    };
    let steps_of = |(path, grants): &Candidate| -> Vec<Document> {
        path.actions.iter().zip(grants).map(|(action, grants)| step(path, action, grants)).collect()
    };
    let steps: Vec<Vec<Document>> = ways.iter().map(steps_of).collect();
    let boundary = match reach.identity.boundary {
        Boundary::Known(boundary) => Some(&boundary.document),
        _ => None,
    };
    let documents: Vec<&Document> = std::iter::once(&union).chain(boundary).chain(steps.iter().flatten()).collect();
    let mut prover = Prover::new(context.catalogue, &documents);
    let whose = |document| Whose::Document(Subject { document, has_principals: false });
    let layers: Vec<Permissions<'_>> =
        std::iter::once(&union).chain(boundary).map(|document| prover.permissions(whose(document))).collect();
    let mut open = Vec::new();
    for ((path, _), steps) in ways.iter().zip(&steps) {
        let mut by = Vec::new();
        for step in steps {
            let step = prover.permissions(whose(step));
            let all: Vec<&Permissions<'_>> = layers.iter().chain([&step]).collect();
            match prover.nothing_in_common(&all) {
                Verdict::Fails(example) => by.extend(places.get(example.statement.statement)),
                Verdict::Holds | Verdict::Unknown(_) => break,
            }
        }
        if by.len() == path.actions.len() {
            open.push(Open { path, by });
        }
    }
    open
}

/// The statements that have a say about the actions of some ways, of all policies, in one document; and where each of them stands.
fn union(reach: &Reach<'_, '_>, ways: &[Candidate]) -> (Document, Vec<At>) {
    let mut actions: Vec<usize> =
        ways.iter().flat_map(|(_, steps)| steps).flatten().map(|(_, grant)| grant.action).collect();
    actions.sort_unstable();
    actions.dedup();
    let concerns = |statement: &&Statement| actions.iter().any(|action| reach.watched.is_about(statement, *action));
    let mut places = Vec::new();
    let mut statements = Vec::new();
    for (policy, of) in reach.identity.policies.iter().enumerate() {
        for (index, statement) in of.document.statements.iter().enumerate().filter(|(_, statement)| concerns(statement))
        {
            places.push((policy, index));
            statements.push(statement.clone());
        }
    }
    let version = reach.identity.policies.iter().map(|policy| policy.document.version).next().unwrap_or_default();
    (Document { version, id: None, statements }, places)
}

fn finding(reach: &Reach<'_, '_>, last: At, ways: &[Open]) -> Diagnostic {
    let first = &ways[0];
    let mut by: Vec<At> = ways.iter().flat_map(|way| &way.by).copied().collect();
    by.sort_unstable();
    by.dedup();
    let name = reach.name(&by.iter().map(|at| at.0).collect::<Vec<_>>());
    let message = format!("`{name}` can come to do more than it may: {}", first.path.how.explained());
    let mut finding = Diagnostic::new(&code::PRIVILEGE_ESCALATION, place_of(reach, last, first), message)
        .label("completes a way to more permissions");
    for at in by.iter().filter(|at| **at != last).take(4) {
        finding = finding.also(reach.statement(at.0, at.1).span, "with this");
    }
    finding = finding.note(format!("by `{}` ({})", first.path.actions.join("`, `"), first.path.name));
    let others: Vec<String> =
        ways.iter().skip(1).map(|way| format!("`{}` ({})", way.path.actions.join("`, `"), way.path.name)).collect();
    if !others.is_empty() {
        let more = if others.len() > 4 { format!(", and {} ways more", others.len() - 4) } else { String::new() };
        finding = finding.note(format!("also by {}{more}", others[..others.len().min(4)].join("; by ")));
    }
    let help = match first.path.how {
        How::NewRole => {
            "name the roles that may be passed, and to which service: `when iam:PassedToService == \"...\"`; or take an action away"
        }
        How::ExistingRole => "name the resources whose code may be changed or run; or take an action away",
        How::Itself | How::OtherPrincipal => {
            "name whose permissions or credentials it may change, ask for a boundary (`when iam:PermissionsBoundary == \"...\"`), or take it away"
        }
    };
    reach.placed(last.0, last.1, finding.note("see https://pathfinding.cloud").help(help))
}

/// The pattern of a statement that stands for an action of a way.
fn place_of(reach: &Reach<'_, '_>, at: At, way: &Open) -> Span {
    let statement = reach.statement(at.0, at.1);
    let is_of_way = |action: &usize| way.path.actions.contains(&reach.watched.get(*action).name);
    let grants = reach.grants().filter(|(policy, grant)| *policy == at.0 && grant.statement == at.1);
    let mut of_way = grants.filter(|(_, grant)| is_of_way(&grant.action));
    debug_assert!(statement.effect == Effect::Allow);
    of_way.next().map_or(statement.span, |(policy, grant)| reach.pattern(policy, grant))
}
