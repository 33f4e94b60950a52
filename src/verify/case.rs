//! One claim of a test: its requests, and what is told of one that is decided otherwise.

use super::Tested;
use super::coverage::Touched;
use super::layers::{Declared, World};
use crate::base::Span;
use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostic, code};
use crate::elaborate::{Case, KeyState, Policy, Subject};
use crate::evaluate::{Bound, Context, KeyValue, Layer, Layers, Outcome, Request, Requester, decide, decide_alone};
use crate::policy::{Effect, Kind, Principal, glob};
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
    case.actions.iter().for_each(|action| spelled(catalogue, &action.value, &mut actions));
    for resource in &case.resources {
        let text = resource.value.to_string();
        if glob::is_pattern(&text) && text != "*" {
            let message = format!("`{text}` is a pattern, and a test asks about one resource");
            let help = "write the ARN of one that could be asked for; `prove` is about all of them";
            tested.failures.push(Diagnostic::new(&code::FAILED_TEST, resource.span, message).help(help));
            continue;
        }
        for action in &actions {
            for requester in requesters(world, case) {
                tested.requests += 1;
                if let Some(failure) = failure(world, case, action, &text, requester, touched.as_deref_mut()) {
                    tested.failures.push(failure);
                }
            }
        }
    }
}

/// The actions that a pattern stands for; the pattern, where it stands for none.
fn spelled(catalogue: &Catalogue, pattern: &str, into: &mut Vec<String>) {
    let before = into.len();
    if let Some((prefix, name)) = pattern.split_once(':').filter(|_| glob::is_pattern(pattern))
        && let Some(service) = catalogue.service(prefix)
    {
        into.extend(service.actions_matching(name).map(|action| action.full_name()));
    }
    if into.len() == before {
        into.push(pattern.to_owned());
    }
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
    statement: Option<Span>,
    open: Vec<String>,
}

fn failure<'a>(
    world: &World<'a>,
    case: &Case,
    action: &str,
    resource: &str,
    requester: Requester,
    touched: Option<&mut Touched<'a>>,
) -> Option<Diagnostic> {
    let mut context = Context::open();
    for (key, state) in &case.context {
        context.set(
            key,
            match state {
                KeyState::Absent => KeyValue::Absent,
                KeyState::One(value) => KeyValue::One(value.clone()),
                KeyState::Several(values) => KeyValue::Several(values.clone()),
            },
        );
    }
    let request = world.request(requester, action, resource, context);
    let (name, decided) = match &case.subject {
        Subject::Role(name) => {
            let declared = world.of_role(world.role(name)?, resource);
            (name, of_role(&declared, &request, touched))
        }
        Subject::Policy(kind, name) => (name, of_policy(world.policy(*kind, name)?, &request, touched)),
        Subject::Other => return None,
    };
    let holds = match case.verb {
        Verb::Allows => decided.outcome == Outcome::Allowed,
        Verb::DeniesExplicitly => decided.outcome == Outcome::ExplicitlyDenied,
        _ => matches!(decided.outcome, Outcome::ImplicitlyDenied | Outcome::ExplicitlyDenied),
    };
    (!holds).then(|| told(case, name, action, resource, &decided))
}

fn of_role<'a>(declared: &Declared<'a>, request: &Request, touched: Option<&mut Touched<'a>>) -> Decided {
    let bound = declared.layers.bind(request);
    if let Some(touched) = touched {
        for say in declared.says().iter().filter(|say| declared.layers.reaches(say.layer, request, &bound)) {
            let clauses = say.program.trace(&bound, say.needs_principal());
            say.policy.into_iter().for_each(|policy| touched.record(policy, &clauses));
        }
    }
    let decision = decide(&declared.layers, request, &bound);
    let effect = if decision.outcome == Outcome::ExplicitlyDenied { Effect::Deny } else { Effect::Allow };
    let statement = decision.by.and_then(|layer| declared.statement(layer, &bound, effect));
    let statement = statement.filter(|_| decision.outcome != Outcome::ImplicitlyDenied);
    let open = if decision.outcome == Outcome::Depends { declared.layers.open_keys(&bound) } else { Vec::new() };
    Decided { outcome: decision.outcome, layer: decision.by, statement, open }
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
fn of_policy<'a>(policy: &'a Policy, request: &Request, touched: Option<&mut Touched<'a>>) -> Decided {
    let needs_principal = matches!(policy.kind, Kind::Trust | Kind::Resource | Kind::Endpoint | Kind::Rcp);
    let mut layers = Layers::default();
    let program = layers.compile(&policy.document);
    let bound = layers.bind(request);
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
    Decided { outcome, layer: None, statement, open }
}

fn told(case: &Case, name: &str, action: &str, resource: &str, decided: &Decided) -> Diagnostic {
    let request = format!("`{action}` on `{resource}`");
    let layer = decided.layer.map(|layer| format!("the {}", layer.name()));
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
