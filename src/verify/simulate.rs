//! One request, and why it is decided so.

use std::collections::BTreeMap;

use super::given::Given;
use super::layers::{Declared, Say, World};
use super::near::nearest_miss;
use crate::base::Span;
use crate::elaborate::Elaborated;
use crate::evaluate::{Clauses, Context, Decision, Layer, Outcome, Request, Requester, decide};
use crate::policy::{ConditionTest, Kind};
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
    /// The session and endpoint policies of the project that the request goes through, by kind and name.
    pub through: &'q [(Kind, String)],
    /// The condition keys.
    pub context: Context,
}

/// What is decided, and why.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What, and by which layer.
    pub decision: Decision,
    /// What each level of the organisation is called, from the root: `unit workloads`. Empty where no source names them.
    pub levels: Vec<String>,
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
    /// The request goes through policies of a session, and who asks has no role.
    NoSession,
}

/// Decides one request with all that a project declares. A role of the project has the policies that the project gives it.
pub fn simulate(elaborated: &Elaborated, defaults: &Defaults, question: &Question<'_>) -> Result<Answer, Unanswerable> {
    let world = World::new(elaborated, defaults);
    let role = world.role(question.who).or_else(|| world.role_of_arn(question.who));
    let (declared, requester) = match role {
        Some(role) => {
            let requester = Requester::parse(&world.role_arn(role));
            (world.of_role(role, question.through, question.resource), requester)
        }
        None => (world.of_resource(question.resource), Requester::parse(question.who)),
    };
    let Some(requester) = requester else {
        return Err(Unanswerable::NoRole(world.role_names().into_iter().map(str::to_owned).collect()));
    };
    if role.is_none() && requester.account().is_some() {
        return Err(Unanswerable::Undeclared);
    }
    if role.is_none() && !question.through.is_empty() {
        return Err(Unanswerable::NoSession);
    }
    let request = world.request(requester, question.action, question.resource, question.context.clone());
    Ok(answer(&declared, &request))
}

/// Decides one request with policies that are given.
pub fn simulate_given(given: &Given, request: &Request) -> Answer {
    answer(&given.layers(&request.resource), request)
}

fn answer(declared: &Declared<'_>, request: &Request) -> Answer {
    let layers = &declared.layers;
    let bound = layers.bind(request);
    let decision = decide(layers, request, &bound);
    let mut says = declared.says();
    says.retain(|say| layers.reaches(say.layer, request, &bound));
    let clauses: Vec<_> = says.iter().map(|say| say.program.trace(&bound, say.needs_principal())).collect();
    let open = if decision.outcome == Outcome::Depends { layers.open_keys(&bound) } else { Vec::new() };
    let allowed_with = match decision.outcome {
        Outcome::Allowed => None,
        _ => nearest_miss(&says, &clauses, &request.resource, &request.context, |context| {
            let request = Request { context, ..request.clone() };
            decide(layers, &request, &layers.bind(&request)).outcome == Outcome::Allowed
        }),
    };
    let policies = says.iter().zip(clauses).map(|(say, clauses)| saying(say, clauses)).collect();
    Answer { decision, levels: declared.levels.clone(), policies, open, allowed_with }
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

/// Several decisions that a request needs all of, as on several resources: what is withheld by one is withheld.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-policies-for-amazon-ec2.html>
pub fn of_all(decisions: impl IntoIterator<Item = Decision>) -> Option<Decision> {
    let weight = |decision: &Decision| match decision.outcome {
        Outcome::ExplicitlyDenied => 0,
        Outcome::ImplicitlyDenied => 1,
        Outcome::Depends => 2,
        Outcome::Allowed => 3,
    };
    decisions.into_iter().min_by_key(weight)
}
