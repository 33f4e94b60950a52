//! One request of a role or of someone from without, and why it is decided so.

use std::collections::BTreeMap;

use super::layers::{Declared, Say, World};
use super::near::nearest_miss;
use crate::base::Span;
use crate::elaborate::Elaborated;
use crate::evaluate::{Clauses, Context, Decision, Layer, Outcome, Requester, decide};
use crate::policy::ConditionTest;
use crate::project::Defaults;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question<'q> {
    /// Who asks: a role of the project by its name or ARN, or whom no identity policy is about: a service, an identity provider,
    /// `*` for nobody in particular.
    pub who: &'q str,
    /// `s3:GetObject`
    pub action: &'q str,
    /// The ARN of one resource, or `*` for an action that has none.
    pub resource: &'q str,
    /// The condition keys.
    pub context: Context,
}

/// What is decided, and why.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What, and by which layer.
    pub decision: Decision,
    /// Every policy that has a say, layer by layer, in the order in which AWS looks at them.
    pub policies: Vec<Saying>,
    /// The condition keys that are left open and that the decision may hang on.
    pub open: Vec<String>,
    /// The nearest miss: values of condition keys with which the request would be allowed; `None` for a key that it would not have.
    pub allowed_with: Option<BTreeMap<String, Option<String>>>,
}

/// What one policy says of the request.
#[derive(Clone, Debug)]
pub struct Saying {
    /// Its layer.
    pub layer: Layer,
    /// Of the policies of an organisation, the level, counted from the root.
    pub level: Option<usize>,
    /// Its kind and name; of what AWS attaches itself, `FullAWSAccess`.
    pub name: String,
    /// What each statement says.
    pub statements: Vec<StatementSays>,
}

/// What one statement says of the request.
#[derive(Clone, Debug)]
pub struct StatementSays {
    /// Where it stands; nowhere where AWS attaches the policy itself.
    pub span: Option<Span>,
    /// Clause by clause.
    pub clauses: Clauses,
    /// The tests of the condition as they are written: operator, key and values.
    pub tests: Vec<(String, String, Vec<String>)>,
}

/// Why nothing can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unanswerable {
    /// The name is no role's; these are the names.
    NoRole(Vec<String>),
    /// It is an IAM identity that the project does not declare: its policies are not known.
    Undeclared,
}

/// Decides one request with all that a project declares. A role of the project has the policies that the project gives it.
pub fn simulate(elaborated: &Elaborated, defaults: &Defaults, question: Question<'_>) -> Result<Answer, Unanswerable> {
    let world = World::new(elaborated, defaults);
    let role = world.role(question.who).or_else(|| world.role_of_arn(question.who));
    let (declared, requester) = match role {
        Some(role) => {
            let requester = Requester::parse(&world.role_arn(role));
            (world.of_role(role, question.resource), requester)
        }
        None => (world.of_resource(question.resource), Requester::parse(question.who)),
    };
    let Some(requester) = requester else {
        return Err(Unanswerable::NoRole(world.role_names().into_iter().map(str::to_owned).collect()));
    };
    if role.is_none() && requester.account().is_some() {
        return Err(Unanswerable::Undeclared);
    }
    Ok(answer(&world, &declared, requester, question))
}

fn answer(world: &World<'_>, declared: &Declared<'_>, requester: Requester, question: Question<'_>) -> Answer {
    let layers = &declared.layers;
    let request_with = |context: Context| world.request(requester.clone(), question.action, question.resource, context);
    let request = request_with(question.context.clone());
    let bound = layers.bind(&request);
    let decision = decide(layers, &request, &bound);
    let mut says = declared.says();
    says.retain(|say| layers.reaches(say.layer, &request, &bound));
    let clauses: Vec<_> = says.iter().map(|say| say.program.trace(&bound, say.needs_principal())).collect();
    let open = if decision.outcome == Outcome::Depends { layers.open_keys(&bound) } else { Vec::new() };
    let allowed_with = match decision.outcome {
        Outcome::Allowed => None,
        _ => nearest_miss(&says, &clauses, question.resource, &question.context, |context| {
            let request = request_with(context);
            decide(layers, &request, &layers.bind(&request)).outcome == Outcome::Allowed
        }),
    };
    let policies = says.iter().zip(clauses).map(|(say, clauses)| saying(say, clauses)).collect();
    Answer { decision, policies, open, allowed_with }
}

fn saying(say: &Say<'_, '_>, clauses: Vec<Clauses>) -> Saying {
    let name =
        say.policy.map_or("FullAWSAccess".to_owned(), |policy| format!("{} {}", policy.kind.keyword(), policy.name));
    let statement = |(index, clauses): (usize, Clauses)| {
        let written = say.policy.and_then(|policy| policy.document.statements.get(index));
        let tests = written.map(|one| one.condition.as_slice()).unwrap_or_default();
        let test = |test: &ConditionTest| {
            let values = test.values.iter().map(|value| value.value.to_string()).collect();
            (test.operator.value.to_string(), test.key.value.to_string(), values)
        };
        StatementSays { span: written.map(|one| one.span), clauses, tests: tests.iter().map(test).collect() }
    };
    Saying {
        layer: say.layer,
        level: say.level,
        name,
        statements: clauses.into_iter().enumerate().map(statement).collect(),
    }
}
