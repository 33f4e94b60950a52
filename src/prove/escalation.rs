//! The requests of a way to more permissions, as questions to the prover.

use crate::base::Span;
use crate::policy::{
    ActionElement, BaseOperator, ConditionTest, Document, Effect, EscalationPath, Located, Operator, ResourceElement,
    Statement, Version,
};

/// What an attacker would attach.
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// One action of a way to more permissions, on one of these resources, as it would have to be allowed: a role is passed to one of the
/// services of the way, the policy attached is that of an administrator, and who gets permissions has no boundary.
pub fn step_of(path: &EscalationPath, action: &str, resources: &[&str]) -> Document {
    let mut condition = Vec::new();
    if action == "iam:PassRole" && !path.passed_to.is_empty() {
        condition.push(comparing(BaseOperator::StringEquals, "iam:PassedToService", path.passed_to, true));
    }
    if action.starts_with("iam:Attach") {
        condition.push(comparing(BaseOperator::ArnEquals, "iam:PolicyARN", &[ADMINISTRATOR], true));
    }
    if ["iam:Attach", "iam:Put", "iam:Create"].iter().any(|start| action.starts_with(start)) {
        condition.push(without_key("iam:PermissionsBoundary"));
    }
    allowing(&[action], resources, condition)
}

/// That a request does not have a key.
pub fn without_key(key: &str) -> ConditionTest {
    comparing(BaseOperator::Null, key, &["true"], false)
}

/// That a request has one of some values of a key, or does not have it, `if_exists`.
pub fn comparing(base: BaseOperator, key: &str, values: &[&str], if_exists: bool) -> ConditionTest {
    let at = Span::default();
    ConditionTest {
        operator: Located::new(Operator { set: None, base, if_exists }, at),
        key: Located::new(key.into(), at),
        values: values.iter().map(|value| Located::new((*value).into(), at)).collect(),
    }
}

/// A document that allows these actions on these resources under a condition.
pub fn allowing(actions: &[&str], resources: &[&str], condition: Vec<ConditionTest>) -> Document {
    let at = Span::default();
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action: ActionElement {
            negated: false,
            patterns: actions.iter().map(|action| Located::new((*action).to_owned(), at)).collect(),
        },
        resource: Some(ResourceElement {
            negated: false,
            patterns: resources.iter().map(|resource| Located::new((*resource).into(), at)).collect(),
        }),
        condition,
        span: at,
    };
    Document { version: Version::V2012, id: None, statements: vec![statement] }
}
