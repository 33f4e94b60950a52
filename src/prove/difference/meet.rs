//! What two statements have in common, as a statement.

use std::collections::BTreeSet;

use crate::policy::glob;
use crate::policy::{
    ActionElement, ConditionTest, Located, Principal, PrincipalElement, ResourceElement, Statement, Text,
};

/// What two statements have in common.
#[derive(Clone, Debug)]
pub(super) struct Common {
    pub(super) statement: Statement,
    /// Whether the statement is just that, and no more.
    pub(super) exact: bool,
}

/// The requests that are in both of two statements; nothing where that can be seen of their patterns.
pub(super) fn meet(a: &Statement, b: &Statement) -> Option<Common> {
    let mut exact = true;
    let action = actions(&a.action, &b.action, &mut exact)?;
    let resource = match (&a.resource, &b.resource) {
        (Some(a), Some(b)) => Some(resources(a, b, &mut exact)?),
        (one, other) => one.clone().or(other.clone()),
    };
    let principal = match (&a.principal, &b.principal) {
        (Some(a), Some(b)) => Some(principals(a, b, &mut exact)?),
        (one, other) => one.clone().or(other.clone()),
    };
    let mut condition = a.condition.clone();
    for test in &b.condition {
        let same = |other: &ConditionTest| is_same(other, test);
        if !condition.iter().any(same) {
            condition.push(test.clone());
        }
    }
    Some(Common { statement: Statement { sid: None, principal, action, resource, condition, ..a.clone() }, exact })
}

/// Whether two tests ask the same.
pub(super) fn is_same(a: &ConditionTest, b: &ConditionTest) -> bool {
    let values = |test: &ConditionTest| test.values.iter().map(|value| value.value.clone()).collect::<BTreeSet<_>>();
    a.operator.value == b.operator.value
        && a.key.value.to_string().eq_ignore_ascii_case(&b.key.value.to_string())
        && values(a) == values(b)
}

fn actions(a: &ActionElement, b: &ActionElement, exact: &mut bool) -> Option<ActionElement> {
    let order = Order {
        is_all: |one: &String| matches!(one.as_str(), "*" | "*:*"),
        covers: |a, b| glob::covers(a, b, true),
        meets: |a, b| glob::intersects(a, b, true),
    };
    let (negated, patterns) = common((a.negated, &a.patterns), (b.negated, &b.patterns), &order, exact)?;
    Some(ActionElement { negated, patterns })
}

fn resources(a: &ResourceElement, b: &ResourceElement, exact: &mut bool) -> Option<ResourceElement> {
    let order = Order {
        is_all: |one: &Text| one.plain() == Some("*"),
        covers: |a, b| glob::covers(&a.to_string(), &b.to_string(), false),
        meets: |a, b| glob::intersects(&open(a), &open(b), false),
    };
    let (negated, patterns) = common((a.negated, &a.patterns), (b.negated, &b.patterns), &order, exact)?;
    Some(ResourceElement { negated, patterns })
}

/// A pattern in which a variable is taken for anything.
fn open(text: &Text) -> String {
    glob::open_variables(&text.pattern()).into_owned()
}

fn principals(a: &PrincipalElement, b: &PrincipalElement, exact: &mut bool) -> Option<PrincipalElement> {
    let order = Order { is_all: |one| *one == Principal::Anyone, covers: includes, meets: |_, _| false };
    let (negated, principals) = common((a.negated, &a.principals), (b.negated, &b.principals), &order, exact)?;
    Some(PrincipalElement { negated, principals })
}

/// Whether one principal stands for another too: everyone, and the account of a role or a user.
fn includes(a: &Principal, b: &Principal) -> bool {
    let is_account = matches!(a, Principal::Aws(text) if text.plain().is_some_and(|text| {
        !text.contains(':') || text.ends_with(":root")
    }));
    *a == Principal::Anyone || a == b || is_account && a.account().is_some() && a.account() == b.account()
}

type Patterns<'a, T> = (bool, &'a [Located<T>]);

/// How patterns of one element relate to each other.
struct Order<T> {
    /// Whether one is everything there is.
    is_all: fn(&T) -> bool,
    /// Whether the first has all that the second has.
    covers: fn(&T, &T) -> bool,
    /// Whether they have something in common.
    meets: fn(&T, &T) -> bool,
}

/// What two lists of patterns, each of which may name what is left out, have in common.
fn common<T: Clone>(
    a: Patterns<'_, T>,
    b: Patterns<'_, T>,
    order: &Order<T>,
    exact: &mut bool,
) -> Option<(bool, Vec<Located<T>>)> {
    let (negated, found) = match (a, b) {
        ((false, a), (false, b)) => (false, of_both(a, b, order, exact)),
        ((false, a), (true, out)) | ((true, out), (false, a)) => match a.iter().any(|one| (order.is_all)(&one.value)) {
            true => (true, out.to_vec()),
            false => (false, outside(a, out, order, exact)),
        },
        ((true, a), (true, b)) => (true, a.iter().chain(b).cloned().collect()),
    };
    let found = simplest(found, order);
    (!found.is_empty()).then_some((negated, found))
}

/// Of each pair that has something in common the narrower one.
fn of_both<T: Clone>(a: &[Located<T>], b: &[Located<T>], order: &Order<T>, exact: &mut bool) -> Vec<Located<T>> {
    let mut found = Vec::new();
    for (one, other) in a.iter().flat_map(|one| b.iter().map(move |other| (one, other))) {
        if (order.covers)(&one.value, &other.value) {
            found.push(other.clone());
        } else if (order.covers)(&other.value, &one.value) {
            found.push(one.clone());
        } else if (order.meets)(&one.value, &other.value) {
            *exact = false;
            found.push(one.clone());
        }
    }
    found
}

/// Those that are not left out.
fn outside<T: Clone>(a: &[Located<T>], out: &[Located<T>], order: &Order<T>, exact: &mut bool) -> Vec<Located<T>> {
    let kept = a.iter().filter(|one| !out.iter().any(|other| (order.covers)(&other.value, &one.value)));
    let kept: Vec<Located<T>> = kept.cloned().collect();
    *exact &= !kept.iter().any(|one| out.iter().any(|other| (order.meets)(&one.value, &other.value)));
    kept
}

/// Without those that another covers; of equal ones the first stays.
fn simplest<T: Clone>(found: Vec<Located<T>>, order: &Order<T>) -> Vec<Located<T>> {
    let covers = |a: usize, b: usize| (order.covers)(&found[a].value, &found[b].value);
    let is_needed = |at: &usize| {
        let at = *at;
        !(0..found.len()).any(|other| other != at && covers(other, at) && (other < at || !covers(at, other)))
    };
    (0..found.len()).filter(is_needed).map(|at| found[at].clone()).collect()
}
