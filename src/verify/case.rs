//! One claim of a test: its requests, and what is told of one that is decided otherwise.

use super::Tested;
use super::coverage::Touched;
use super::layers::{Declared, World};
use crate::base::Span;
use crate::catalogue::{Action, Catalogue};
use crate::diagnostic::{Diagnostic, code};
use crate::elaborate::{Case, KeyState, Policy, Subject};
use crate::evaluate::{Bound, Context, KeyValue, Layer, Layers, Outcome, Request, Requester, decide, decide_alone};
use crate::policy::{Effect, Kind, Located, Principal, glob};
use crate::syntax::Verb;

/// Decides every request of a claim. What it touches is kept where that is asked for.
pub(super) fn run<'a>(
    world: &World<'a>,
    catalogue: &Catalogue,
    case: &Case,
    tested: &mut Tested,
    mut touched: Option<&mut Touched<'a>>,
) {
    if case.subject == Subject::Other {
        let message = "this decides no request: name a policy or a role";
        tested.failures.push(Diagnostic::new(&code::FAILED_TEST, case.span, message).help("instantiate the template"));
        return;
    }
    let mut actions = Vec::new();
    for action in &case.actions {
        let before = actions.len();
        spelled(catalogue, &action.value, &mut actions);
        if actions.len() == before {
            tested.failures.push(unknown_action(catalogue, action));
        }
    }
    for resource in &case.resources {
        let text = resource.value.to_string();
        if glob::is_pattern(&text) && text != "*" {
            let message = format!("`{text}` is a pattern, and a test asks about one resource");
            let help = "write the ARN of one that could be asked for; `prove` is about all of them";
            tested.failures.push(Diagnostic::new(&code::FAILED_TEST, resource.span, message).help(help));
            continue;
        }
        let mut more = 0;
        let mut first: Option<Diagnostic> = None;
        for action in &actions {
            for requester in requesters(world, case) {
                tested.requests += 1;
                let asked = Asked { action: *action, resource: &text, any: is_any(*action, &text) };
                match failure(world, case, asked, requester, touched.as_deref_mut()) {
                    Some(_) if first.is_some() => more += 1,
                    Some(failure) => first = Some(failure),
                    None => {}
                }
            }
        }
        let told = |failure: Diagnostic| match more {
            0 => failure,
            1 => failure.note("1 more request of this claim is decided otherwise"),
            _ => failure.note(format!("{more} more requests of this claim are decided otherwise")),
        };
        tested.failures.extend(first.map(told));
    }
}

/// One action on one resource, or on any.
#[derive(Clone, Copy)]
struct Asked<'c> {
    action: Action<'c>,
    resource: &'c str,
    any: bool,
}

/// Whether `*` stands for any resource: that of an action which is about one. Of other actions it is what a request has.
fn is_any(action: Action<'_>, resource: &str) -> bool {
    resource == "*" && action.resource_types().len() > 0
}

/// The actions of AWS that a name or a pattern stands for.
fn spelled<'c>(catalogue: &'c Catalogue, pattern: &str, into: &mut Vec<Action<'c>>) {
    match pattern.split_once(':').map(|(prefix, name)| (catalogue.service(prefix), name)) {
        Some((Some(service), name)) => into.extend(service.actions_matching(name)),
        // A wildcard before the colon, or no colon at all.
        _ if glob::is_pattern(pattern) => {
            let all = catalogue.services().flat_map(|service| service.actions());
            into.extend(all.filter(|action| glob::matches(pattern, &action.full_name(), true)));
        }
        _ => {}
    }
}

/// A claim about an action that AWS does not have would hold of every policy that does not allow it, and say nothing.
fn unknown_action(catalogue: &Catalogue, action: &Located<String>) -> Diagnostic {
    let message = format!("AWS has no action `{}`, and this claim decides nothing", action.value);
    Diagnostic::new(&code::FAILED_TEST, action.span, message)
        .label("no such action")
        .help(catalogue.instead_of_action(&action.value))
}

/// Who asks: those named, else the role, else a role of the project's account.
fn requesters(world: &World<'_>, case: &Case) -> Vec<Requester> {
    let named = |principal: &Principal| match principal {
        Principal::Anyone => Some(Requester::Anonymous),
        Principal::Service(text) => Some(Requester::Service(text.to_string())),
        Principal::Aws(text) | Principal::Federated(text) => Requester::parse(&text.to_string()),
        Principal::CanonicalUser(_) => None,
    };
    if !case.principals.is_empty() {
        return case.principals.iter().filter_map(|one| named(&one.value)).collect();
    }
    let arn = match &case.subject {
        Subject::Role(name) => world.role(name).map(|role| world.role_arn(role)),
        _ => Some(format!("arn:aws:iam::{}:role/tester", world.account())),
    };
    arn.and_then(|arn| Requester::parse(&arn)).into_iter().collect()
}

/// What is decided, by which statement, and what is open.
struct Decided {
    outcome: Outcome,
    layer: Option<Layer>,
    /// The level of the organisation that withholds it.
    level: Option<String>,
    statement: Option<Span>,
    open: Vec<String>,
}

fn failure<'a>(
    world: &World<'a>,
    case: &Case,
    asked: Asked<'_>,
    requester: Requester,
    touched: Option<&mut Touched<'a>>,
) -> Option<Diagnostic> {
    let mut context = Context::open();
    for (key, state) in &case.context {
        context.set(
            &key.value,
            match state {
                KeyState::Absent => KeyValue::Absent,
                KeyState::One(value) => KeyValue::One(value.clone()),
                KeyState::Several(values) => KeyValue::Several(values.clone()),
            },
        );
    }
    let request = world.request(requester, &asked.action.full_name(), asked.resource, context);
    let (name, decided) = match &case.subject {
        Subject::Role(name) => {
            let role = world.role(name)?;
            let declared = if asked.any {
                world.of_role_anywhere(role, &case.through).collect()
            } else {
                vec![world.of_role(role, &case.through, asked.resource)]
            };
            (name, of_role(case, &declared, &request, asked.any, touched)?)
        }
        Subject::Policy(kind, name) => (name, of_policy(world.policy(*kind, name)?, &request, asked.any, touched)),
        Subject::Other => return None,
    };
    (!is_claimed(case.verb, decided.outcome)).then(|| told(case, name, asked, &decided))
}

fn is_claimed(verb: Verb, outcome: Outcome) -> bool {
    match verb {
        Verb::Allows => outcome == Outcome::Allowed,
        Verb::DeniesExplicitly => outcome == Outcome::ExplicitlyDenied,
        _ => matches!(outcome, Outcome::ImplicitlyDenied | Outcome::ExplicitlyDenied),
    }
}

/// What all layers decide; of several sets of them, one for each resource with a policy, the first that is not as claimed.
fn of_role<'a>(
    case: &Case,
    declared: &[Declared<'a>],
    request: &Request,
    any: bool,
    mut touched: Option<&mut Touched<'a>>,
) -> Option<Decided> {
    let mut decided = None;
    for declared in declared {
        let one = of_layers(declared, request, any, touched.as_deref_mut());
        let is_claimed = is_claimed(case.verb, one.outcome);
        decided = Some(one);
        if !is_claimed {
            break;
        }
    }
    decided
}

fn of_layers<'a>(declared: &Declared<'a>, request: &Request, any: bool, touched: Option<&mut Touched<'a>>) -> Decided {
    let bound = declared.layers.bind(request);
    let bound = if any { bound.with_any_resource() } else { bound };
    if let Some(touched) = touched {
        for say in declared.says().iter().filter(|say| declared.layers.reaches(say.layer, request, &bound)) {
            let clauses = say.program.trace(&bound, say.needs_principal());
            say.policy.into_iter().for_each(|policy| touched.record(policy, &clauses));
        }
    }
    let mut decision = decide(&declared.layers, request, &bound);
    // A key's own policy must allow too, and that of any key is not known.
    if any && decision.outcome == Outcome::Allowed && request.action.starts_with("kms:") {
        decision.outcome = Outcome::Depends;
    }
    let effect = if decision.outcome == Outcome::ExplicitlyDenied { Effect::Deny } else { Effect::Allow };
    let statement = decision.by.and_then(|layer| declared.statement(layer, &bound, effect));
    let statement = statement.filter(|_| decision.outcome != Outcome::ImplicitlyDenied);
    let open = if decision.outcome == Outcome::Depends { declared.layers.open_keys(&bound) } else { Vec::new() };
    let level = decision.level.and_then(|level| declared.levels.get(level).cloned());
    Decided { outcome: decision.outcome, layer: decision.by, level, statement, open }
}

impl Declared<'_> {
    /// The statement of a layer that decides.
    fn statement(&self, layer: Layer, bound: &Bound, effect: Effect) -> Option<Span> {
        self.says().iter().filter(|say| say.layer == layer).find_map(|say| {
            let index = say.program.deciding(bound, effect, say.needs_principal())?;
            say.policy?.document.statements.get(index).map(|one| one.span)
        })
    }
}

/// A policy by itself. A resource control policy takes away from what everybody has.
fn of_policy<'a>(policy: &'a Policy, request: &Request, any: bool, touched: Option<&mut Touched<'a>>) -> Decided {
    let needs_principal = matches!(policy.kind, Kind::Trust | Kind::Resource | Kind::Endpoint | Kind::Rcp);
    let mut layers = Layers::default();
    let program = layers.compile(&policy.document);
    let bound = layers.bind(request);
    let bound = if any { bound.with_any_resource() } else { bound };
    if let Some(touched) = touched {
        touched.record(policy, &program.trace(&bound, needs_principal));
    }
    let outcome = match decide_alone(&program, &bound, needs_principal) {
        Outcome::ImplicitlyDenied if policy.kind == Kind::Rcp => match program.deciding(&bound, Effect::Deny, true) {
            Some(_) => Outcome::Depends,
            None => Outcome::Allowed,
        },
        other => other,
    };
    let effect = if outcome == Outcome::ExplicitlyDenied { Effect::Deny } else { Effect::Allow };
    let statement = program.deciding(&bound, effect, needs_principal).filter(|_| outcome != Outcome::ImplicitlyDenied);
    let statement = statement.and_then(|index| policy.document.statements.get(index)).map(|one| one.span);
    if needs_principal {
        layers.resource = Some(program)
    } else {
        layers.identity = vec![program]
    }
    let open = if outcome == Outcome::Depends { layers.open_keys(&bound) } else { Vec::new() };
    Decided { outcome, layer: None, level: None, statement, open }
}

fn told(case: &Case, name: &str, asked: Asked<'_>, decided: &Decided) -> Diagnostic {
    let action = asked.action.full_name();
    let request = match asked.any {
        true => format!("`{action}` on any resource"),
        false => format!("`{action}` on `{}`", asked.resource),
    };
    let level = decided.level.as_ref().map(|level| format!(" at {level}")).unwrap_or_default();
    let layer = decided.layer.map(|layer| format!("the {}{level}", layer.name()));
    let message = match decided.outcome {
        Outcome::Allowed => format!("`{name}` allows {request}"),
        Outcome::ImplicitlyDenied => format!("`{name}` does not allow {request}"),
        Outcome::ExplicitlyDenied => format!("`{name}` denies {request} explicitly"),
        Outcome::Depends => format!("whether `{name}` allows {request} depends on the request"),
    };
    let label = match case.verb {
        Verb::Allows => "claimed to be allowed",
        Verb::DeniesExplicitly => "claimed to be denied by a statement",
        _ => "claimed to be denied",
    };
    let mut finding = Diagnostic::new(&code::FAILED_TEST, case.span, message).label(label);
    if let Some(statement) = decided.statement {
        let what = match decided.outcome {
            Outcome::Depends => "applies to some such requests",
            Outcome::ExplicitlyDenied => "denies it",
            _ => "allows it",
        };
        finding = finding.also(statement, what);
    }
    match (decided.outcome, layer) {
        (Outcome::Depends, _) if decided.open.is_empty() => finding
            .note(
                "a request has one resource, which `*` leaves open, and a policy says something of some resources only",
            )
            .help("name the resource"),
        (Outcome::Depends, _) => {
            let keys = decided.open.join("`, `");
            finding.note(format!("the claim leaves open `{keys}`")).help(format!(
                "say what the request has: `with {{ {}: ... }}`, or `absent` if it has none",
                decided.open.first().map_or("key", String::as_str)
            ))
        }
        (Outcome::ImplicitlyDenied, _) if case.verb == Verb::DeniesExplicitly => {
            finding.note("nothing allows it, and no statement denies it").help("write the `deny`, or claim `denies`")
        }
        (Outcome::ImplicitlyDenied, Some(layer)) => {
            finding.note(format!("{layer} has no statement that allows it")).help("allow it there, or change the claim")
        }
        (Outcome::ImplicitlyDenied, None) => {
            finding.note("no statement of it allows this").help("allow it, or change the claim")
        }
        (_, Some(layer)) => finding.note(format!("{layer} decides")).help("change the policy, or the claim"),
        (_, None) => finding.help("change the policy, or the claim"),
    }
}
