//! Statements, and parts of statements, to which others leave nothing to say.
//!
//! Whether that is so, the prover decides. It is asked only where the texts give hope: where each action of a statement is covered by an
//! action of others, and these have no condition on a key that the statement itself does not test.

use std::collections::HashSet;

use super::lists::{covers_action, covers_text};
use super::{Work, has_extern, is_taken_away_by};
use crate::policy::{
    ConditionTest, Effect, PrincipalElement, Statement, arn_pattern_covers, arn_patterns_meet, glob, statements_differ,
};

impl Work<'_> {
    /// Takes out statements that others cover, and allows that are denied as a whole; from the last on, so that of two that say the
    /// same the first stays. One statement always stays.
    pub(super) fn subsume(&mut self) {
        let outlines: Vec<Outline> = self.statements.iter().map(Outline::new).collect();
        let mut live: Vec<bool> = vec![true; self.statements.len()];
        for index in (0..self.statements.len()).rev() {
            if live.iter().filter(|live| **live).count() < 2 {
                break;
            }
            let statement = &self.statements[index];
            let others = (0..self.statements.len()).filter(|&other| other != index && live[other]);
            let near: Vec<usize> = others
                .filter(|&other| {
                    is_near(statement, &self.statements[other])
                        && outlines[other].reaches(&outlines[index])
                        && outlines[other].meets(&outlines[index])
                })
                .collect();
            let is_same = |other: &usize| {
                outlines[*other].patterns.len() == outlines[index].patterns.len()
                    && statements_differ(&without_sid(&self.statements[*other]), &without_sid(statement)).is_none()
            };
            let is_duplicate = || near.iter().any(is_same);
            let is_covered = || {
                let all_reached = statement.action.negated
                    || (statement.action.patterns.iter())
                        .all(|pattern| near.iter().any(|&other| outlines[other].covers(&pattern.value)));
                all_reached && self.nothing_left(statement, &near)
            };
            if !near.is_empty() && (is_duplicate() || is_covered()) {
                live[index] = false;
                self.taken.subsumed += 1;
            }
        }
        let mut keep = live.into_iter();
        self.statements.retain(|_| keep.next().unwrap_or(true));
    }

    /// Takes actions and resources out of statements that other statements cover.
    pub(super) fn trim(&mut self) {
        let mut outlines: Vec<Outline> = self.statements.iter().map(Outline::new).collect();
        for index in 0..self.statements.len() {
            let statement = &self.statements[index];
            let near: Vec<usize> = (0..self.statements.len())
                .filter(|&other| {
                    other != index
                        && is_near(statement, &self.statements[other])
                        && (self.statements[other].condition.iter()).all(|test| has_test(statement, test))
                        && outlines[other].meets(&outlines[index])
                })
                .collect();
            if near.is_empty() {
                continue;
            }
            let resources = |other: usize| covers_resources(&self.statements[other], statement);
            let wide: Vec<usize> = near.iter().copied().filter(|&other| resources(other)).collect();
            let (gone, kept): (Vec<_>, Vec<_>) = match statement.action.negated {
                true => (Vec::new(), Vec::new()),
                false => (statement.action.patterns.iter().cloned())
                    .partition(|pattern| wide.iter().any(|&other| outlines[other].covers(&pattern.value))),
            };
            if !gone.is_empty() && !kept.is_empty() {
                let mut part = statement.clone();
                let count = gone.len();
                part.action.patterns = gone;
                if self.nothing_left(&part, &wide) {
                    self.statements[index].action.patterns = kept;
                    outlines[index] = Outline::new(&self.statements[index]);
                    self.taken.covered += count;
                    continue;
                }
            }
            let Some(element) = statement.resource.as_ref().filter(|element| !element.negated) else { continue };
            let all_actions = |other: usize| {
                let actions = &statement.action;
                !actions.negated && actions.patterns.iter().all(|pattern| outlines[other].covers(&pattern.value))
            };
            let wide: Vec<usize> = near.iter().copied().filter(|&other| all_actions(other)).collect();
            let (gone, kept): (Vec<_>, Vec<_>) = element.patterns.iter().cloned().partition(|pattern| {
                wide.iter().any(|&other| match &self.statements[other].resource {
                    Some(element) if !element.negated => (element.patterns.iter())
                        .any(|wider| covers_text(&wider.value, &pattern.value, arn_pattern_covers)),
                    _ => false,
                })
            });
            if !gone.is_empty() && !kept.is_empty() {
                let mut part = statement.clone();
                let count = gone.len();
                part.resource.iter_mut().for_each(|element| element.patterns = gone.clone());
                if self.nothing_left(&part, &wide) {
                    self.statements[index].resource.iter_mut().for_each(|element| element.patterns = kept.clone());
                    outlines[index] = Outline::new(&self.statements[index]);
                    self.taken.covered += count;
                }
            }
        }
    }

    /// Whether statements at these places leave nothing of a statement.
    fn nothing_left(&self, statement: &Statement, others: &[usize]) -> bool {
        let of = |effect: Effect| -> Vec<&Statement> {
            others.iter().map(|&other| &self.statements[other]).filter(|one| one.effect == effect).collect()
        };
        if has_extern(statement) || others.iter().any(|&other| has_extern(&self.statements[other])) {
            return false;
        }
        let denies = if statement.effect == Effect::Allow { of(Effect::Deny) } else { Vec::new() };
        self.prover.adds_nothing(statement, &of(statement.effect), &denies)
    }
}

/// What a statement is about, to be asked often.
struct Outline {
    negated: bool,
    patterns: Vec<String>,
    exact: HashSet<String>,
    /// The places of those patterns that stand for several actions.
    wild: Vec<usize>,
    /// The resources, with anything in the place of variables; nothing where these are none, or all others.
    resources: Option<Vec<String>>,
}

impl Outline {
    fn new(statement: &Statement) -> Self {
        let patterns: Vec<String> = statement.action.patterns.iter().map(|one| one.value.clone()).collect();
        let resources = statement.resource.as_ref().filter(|element| !element.negated).map(|element| {
            element.patterns.iter().map(|one| glob::open_variables(&one.value.pattern()).into_owned()).collect()
        });
        Self {
            negated: statement.action.negated,
            exact: patterns.iter().map(|one| one.to_ascii_lowercase()).collect(),
            wild: (0..patterns.len()).filter(|&at| glob::is_pattern(&patterns[at])).collect(),
            patterns,
            resources,
        }
    }

    /// Whether it covers a pattern of actions, as far as the texts show it.
    fn covers(&self, pattern: &str) -> bool {
        let listed = self.exact.contains(&pattern.to_ascii_lowercase())
            || self.wild.iter().any(|&at| covers_action(&self.patterns[at], pattern));
        if !self.negated {
            return listed;
        }
        !listed && !self.patterns.iter().any(|one| glob::intersects(one, pattern, true))
    }

    /// Whether it covers some action of another.
    fn reaches(&self, other: &Outline) -> bool {
        match other.negated {
            true => self.negated || self.patterns.iter().any(|one| one == "*" || one == "*:*"),
            false => other.patterns.iter().any(|pattern| self.covers(pattern)),
        }
    }

    /// Whether there may be a resource that both are about.
    fn meets(&self, other: &Outline) -> bool {
        let (Some(own), Some(others)) = (&self.resources, &other.resources) else { return true };
        own.iter().any(|one| others.iter().any(|other| one == other || arn_patterns_meet(one, other)))
    }
}

/// Whether another statement may cover something of a statement: of its effect, or a deny against an allow; for whom it names, by name;
/// and on no condition of its own.
///
/// Whom a policy of a resource names also decides how far it goes without other policies. So principals are compared as they are written:
/// that a role belongs to an account does not make it the same to grant to either.
fn is_near(statement: &Statement, other: &Statement) -> bool {
    (statement.effect == other.effect || is_taken_away_by(statement, other))
        && names_all(&other.principal, &statement.principal)
        && (other.condition.iter()).all(|test| statement.condition.iter().any(|own| same_key(own, test)))
}

fn names_all(all: &Option<PrincipalElement>, some: &Option<PrincipalElement>) -> bool {
    match (all, some) {
        (None, None) => true,
        (Some(all), Some(some)) => {
            let has = |a: &PrincipalElement, b: &PrincipalElement| {
                b.principals.iter().all(|one| a.principals.iter().any(|other| other.value == one.value))
            };
            all.negated == some.negated && has(all, some) && (!all.negated || has(some, all))
        }
        _ => false,
    }
}

fn same_key(a: &ConditionTest, b: &ConditionTest) -> bool {
    match (a.key.value.plain(), b.key.value.plain()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => a.key.value == b.key.value,
    }
}

fn has_test(statement: &Statement, test: &ConditionTest) -> bool {
    let has = |own: &ConditionTest| {
        let values = || own.values.iter().map(|value| &value.value);
        own.operator.value == test.operator.value
            && same_key(own, test)
            && own.values.len() == test.values.len()
            && test.values.iter().all(|value| values().any(|other| *other == value.value))
    };
    statement.condition.iter().any(has)
}

/// Whether a statement is about all resources that another is about, as far as the texts show it.
fn covers_resources(wide: &Statement, narrow: &Statement) -> bool {
    let Some(wide) = &wide.resource else { return true };
    let Some(narrow) = &narrow.resource else { return false };
    let texts = |element: &crate::policy::ResourceElement| {
        element.patterns.iter().map(|one| one.value.clone()).collect::<HashSet<_>>()
    };
    if wide.negated || narrow.negated {
        return wide.negated == narrow.negated && texts(wide) == texts(narrow);
    }
    let covered = |one: &crate::policy::Text| {
        wide.patterns.iter().any(|other| covers_text(&other.value, one, arn_pattern_covers))
    };
    narrow.patterns.iter().all(|one| covered(&one.value))
}

fn without_sid(statement: &Statement) -> Statement {
    Statement { sid: None, ..statement.clone() }
}
