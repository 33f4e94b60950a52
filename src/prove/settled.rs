//! Documents as they are for one identity: what is known of the keys of its requests is settled in them.
//!
//! Where claims are about two identities, each of them asks with keys of its own: what is settled does not get mixed up.

use std::borrow::Cow;

use crate::evaluate::{Context, KeyValue, Layers, Outcome, Request, Requester, decide_alone};
use crate::policy::{
    ActionElement, ConditionTest, Document, Located, ResourceElement, Statement, Text, Version, variables,
};

/// What is known of condition keys; nothing for a key that requests do not have.
type Facts = [(String, Option<String>)];

/// A document of which every test of a key that is known is decided, and every variable for its value has that value.
pub(super) fn settled<'d>(document: &'d Document, facts: &Facts) -> Cow<'d, Document> {
    let is_known = |name: &str| facts.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
    let tests_one = |test: &ConditionTest| test.key.value.plain().is_some_and(is_known);
    let has_variable = |text: &Text| document.version == Version::V2012 && text.shown().contains("${");
    let is_about = |statement: &Statement| {
        let values = statement.condition.iter().flat_map(|test| &test.values);
        let resources = statement.resource.iter().flat_map(|element| &element.patterns);
        statement.condition.iter().any(tests_one) || values.chain(resources).any(|one| has_variable(&one.value))
    };
    if !document.statements.iter().any(is_about) {
        return Cow::Borrowed(document);
    }
    let mut own = document.clone();
    for statement in own.statements.iter_mut().filter(|one| is_about(one)) {
        if document.version == Version::V2012 {
            substitute(statement, facts);
        }
        let decided: Vec<Outcome> = statement
            .condition
            .iter()
            .map(|test| if tests_one(test) { outcome(test, document.version, facts) } else { Outcome::Depends })
            .collect();
        if decided.contains(&Outcome::ImplicitlyDenied) {
            // It never applies, but keeps its place.
            statement.action = ActionElement { negated: false, patterns: Vec::new() };
        }
        let mut decided = decided.into_iter();
        statement.condition.retain(|_| decided.next() != Some(Outcome::Allowed));
    }
    Cow::Owned(own)
}

/// Writes the values of keys that are known where variables stand for them.
fn substitute(statement: &mut Statement, facts: &Facts) {
    let value = |key: &str| {
        let (_, value) = facts.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?;
        value.as_deref().filter(|value| !value.contains(['*', '?', '$']))
    };
    let of_text = |text: &mut Text| {
        let Some(plain) = text.plain() else { return };
        let mut written = plain.to_owned();
        for variable in variables(plain).into_iter().rev().flatten().filter(|one| !one.is_escape()) {
            if let Some(value) = value(variable.key) {
                written.replace_range(variable.range, value);
            }
        }
        if written != plain {
            *text = written.as_str().into();
        }
    };
    let resources = statement.resource.iter_mut().flat_map(|element| &mut element.patterns);
    resources.for_each(|one| of_text(&mut one.value));
    for test in statement.condition.iter_mut().filter(|test| test.operator.value.base.substitutes_variables()) {
        test.values.iter_mut().for_each(|one| of_text(&mut one.value));
    }
}

/// Whether a test of a key that is known holds, as the evaluator decides it.
fn outcome(test: &ConditionTest, version: Version, facts: &Facts) -> Outcome {
    let any = || Located::new("*".to_owned(), test.key.span);
    let statement = Statement {
        sid: None,
        effect: crate::policy::Effect::Allow,
        principal: None,
        action: ActionElement { negated: false, patterns: vec![any()] },
        resource: Some(ResourceElement { negated: false, patterns: vec![Located::new("*".into(), test.key.span)] }),
        condition: vec![test.clone()],
        span: test.key.span,
    };
    let mut layers = Layers::default();
    let program = layers.compile_some([&statement], version);
    let mut context = Context::open();
    know(&mut context, facts);
    let request = Request {
        requester: Requester::Federated { provider: String::new() },
        action: "any:Action".to_owned(),
        resource: "*".to_owned(),
        resource_account: None,
        context,
    };
    decide_alone(&program, &layers.bind(&request), false)
}

/// Sets the keys of a request that are known.
pub(super) fn know(context: &mut Context, facts: &Facts) {
    for (key, value) in facts {
        context.set(key, value.clone().map_or(KeyValue::Absent, KeyValue::One));
    }
}
