//! The nearest miss: which values of condition keys would have let a request through.
//!
//! Candidates come from the policies: what their conditions compare with, and what a variable in them would have to be. Each is
//! tried by deciding anew, so that nothing is claimed that would not be so.

use std::collections::BTreeMap;

use super::layers::Say;
use crate::evaluate::{Clauses, Context, KeyValue, Truth};
use crate::policy::{BaseOperator, ConditionTest, Statement, variables};

/// Values of keys; `None` for a key that the request would not have.
pub(super) type Settings = BTreeMap<String, Option<String>>;

/// More candidates than these are not tried: each is tried with each other.
const MOST: usize = 64;

/// Facts of who asks and for what; they are no values to choose.
const FIXED: [&str; 7] = [
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principaltype",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:username",
    "aws:resourceaccount",
];

/// The fewest settings, of one key or of two, with which the request is allowed.
pub(super) fn nearest_miss(
    says: &[Say<'_, '_>],
    clauses: &[Vec<Clauses>],
    resource: &str,
    context: &Context,
    is_allowed: impl Fn(Context) -> bool,
) -> Option<Settings> {
    let mut candidates = Vec::new();
    for (say, clauses) in says.iter().zip(clauses) {
        let statements = say.policy.map(|policy| policy.document.statements.as_slice()).unwrap_or_default();
        for (statement, clauses) in statements.iter().zip(clauses).filter(|(_, one)| one.principal && one.action) {
            of_statement(statement, clauses, resource, context, &mut candidates);
        }
    }
    candidates.retain(|(key, _)| !FIXED.contains(&key.to_ascii_lowercase().as_str()));
    candidates.truncate(MOST);
    let works = |settings: &Settings| {
        let mut context = context.clone();
        for (key, value) in settings {
            context.set(key, value.clone().map_or(KeyValue::Absent, KeyValue::One));
        }
        is_allowed(context)
    };
    let one = candidates.iter().map(|one| Settings::from([one.clone()]));
    let two = candidates.iter().enumerate().flat_map(|(index, one)| {
        let others = candidates[index + 1..].iter().filter(|other| !other.0.eq_ignore_ascii_case(&one.0));
        others.map(|other| Settings::from([one.clone(), other.clone()]))
    });
    one.chain(two).find(works)
}

type Candidate = (String, Option<String>);

fn of_statement(
    statement: &Statement,
    clauses: &Clauses,
    resource: &str,
    context: &Context,
    into: &mut Vec<Candidate>,
) {
    let mut add = |candidate: Candidate| {
        if !into.contains(&candidate) {
            into.push(candidate);
        }
    };
    if clauses.resource != Truth::Yes {
        let patterns = statement.resource.iter().flat_map(|element| &element.patterns);
        patterns.filter_map(|pattern| of_variable(&pattern.value.to_string(), resource)).for_each(&mut add);
    }
    for test in &statement.condition {
        of_test(test, context).into_iter().for_each(&mut add);
    }
}

/// What the one variable of a pattern would have to be, for the pattern to match a text.
fn of_variable(pattern: &str, text: &str) -> Option<Candidate> {
    let found = variables(pattern).into_iter().flatten().find(|variable| !variable.is_escape())?;
    let (before, after) = (&pattern[..found.range.start], &pattern[found.range.end..]);
    let rest = text.strip_prefix(before)?;
    let value = match after.chars().next() {
        None | Some('*') => rest,
        Some(next) => &rest[..rest.find(next)?],
    };
    (!value.is_empty()).then(|| (found.key.to_owned(), Some(value.to_owned())))
}

/// The values that a test compares with, and those with which a variable in them would hold.
fn of_test(test: &ConditionTest, context: &Context) -> Vec<Candidate> {
    let key = test.key.value.to_string();
    if test.operator.value.base == BaseOperator::Null {
        let is_absent = test.values.iter().any(|value| value.value.plain() == Some("true"));
        return if is_absent { vec![(key, None)] } else { Vec::new() };
    }
    if test.operator.value.base == BaseOperator::Bool {
        return ["true", "false"].map(|value| (key.clone(), Some(value.to_owned()))).to_vec();
    }
    let given = context.get(&key.to_ascii_lowercase());
    let mut found = Vec::new();
    for text in test.values.iter().map(|value| value.value.to_string()) {
        match variables(&text).into_iter().flatten().find(|variable| !variable.is_escape()) {
            None => found.push((key.clone(), Some(text))),
            Some(variable) => {
                if let KeyValue::One(given) = &given {
                    found.extend(of_variable(&text, given));
                }
                if let KeyValue::One(value) = context.get(&variable.key.to_ascii_lowercase()) {
                    let whole = format!("{}{value}{}", &text[..variable.range.start], &text[variable.range.end..]);
                    found.push((key.clone(), Some(whole)));
                }
            }
        }
    }
    found
}
