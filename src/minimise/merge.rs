//! Statements that differ in one element only: one statement with both of its lists.
//!
//! Whole groups are merged at once, that which saves most first.

use std::collections::{BTreeMap, BTreeSet};

use super::{Work, length};
use crate::policy::{BaseOperator, ConditionTest, Effect, Kind, Located, Principal, SetQualifier, Statement, limits};

/// An element that is a list, of which a statement may have several in one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Action,
    Resource,
    Principal,
    /// The values of a test, by its operator and key.
    Values(String, String),
}

/// A statement's elements as texts: what does not change its meaning does not change them.
struct Shape {
    parts: BTreeMap<Part, String>,
    /// The lists that may take what another statement has.
    open: BTreeSet<Part>,
    effect: Effect,
    length: usize,
}

impl Work<'_> {
    /// Merges statements while some can be merged.
    pub(super) fn merge(&mut self) {
        let mut shapes: Vec<Shape> = self.statements.iter().map(Shape::new).collect();
        let mut refused: BTreeSet<String> = BTreeSet::new();
        while let Some((key, group, merged)) = self.best(&shapes, &refused) {
            let old: Vec<Statement> = group.iter().map(|&index| self.statements[index].clone()).collect();
            if !self.prover.same(&old, std::slice::from_ref(&merged)) {
                refused.insert(key);
                continue;
            }
            self.taken.merged += group.len() - 1;
            shapes[group[0]] = Shape::new(&merged);
            self.statements[group[0]] = merged;
            for &index in group[1..].iter().rev() {
                self.statements.remove(index);
                shapes.remove(index);
            }
        }
    }

    /// Of the groups of statements that differ in one part, that which is shortest as one, compared with what it was.
    fn best(&self, shapes: &[Shape], refused: &BTreeSet<String>) -> Option<(String, Vec<usize>, Statement)> {
        let mut groups: BTreeMap<Rest<'_>, Vec<usize>> = BTreeMap::new();
        for (index, shape) in shapes.iter().enumerate() {
            for part in &shape.open {
                groups.entry(shape.without(part)).or_default().push(index);
            }
        }
        let several = groups.into_iter().filter(|(_, group)| group.len() > 1);
        let mut best: Option<(usize, String, Vec<usize>, Statement)> = None;
        for (rest, group) in several {
            let key = if refused.is_empty() { String::new() } else { format!("{rest:?}") };
            if refused.contains(&key) {
                continue;
            }
            let merged = union(rest.part, group.iter().map(|&index| &self.statements[index]).collect());
            if !self.fits_counts(&merged) {
                continue;
            }
            let before: usize = group.iter().map(|&index| shapes[index].length).sum();
            let saved = before.saturating_sub(length(std::slice::from_ref(&merged)));
            let is_better = best.as_ref().is_none_or(|(most, _, first, _)| (saved, first[0]) > (*most, group[0]));
            if saved > 0 && is_better {
                best = Some((saved, format!("{rest:?}"), group, merged));
            }
        }
        best.map(|(_, key, group, merged)| (key, group, merged))
    }

    /// Whether a statement has no more of anything than the service takes.
    fn fits_counts(&self, statement: &Statement) -> bool {
        let counts = self.options.service.filter(|_| self.options.kind == Kind::Resource).and_then(limits::counts_of);
        let Some(counts) = counts else { return true };
        let resources = statement.resource.as_ref().map_or(0, |element| element.patterns.len());
        counts.actions_per_statement.is_none_or(|most| statement.action.patterns.len() <= most)
            && counts.resources_per_statement.is_none_or(|most| resources <= most)
    }
}

impl Shape {
    fn new(statement: &Statement) -> Self {
        let list = |negated: bool, texts: BTreeSet<String>| {
            format!("{negated}\n{}", texts.into_iter().collect::<Vec<_>>().join("\n"))
        };
        let mut parts = BTreeMap::new();
        let mut open = BTreeSet::new();
        let action = &statement.action;
        let texts = action.patterns.iter().map(|one| one.value.to_ascii_lowercase()).collect();
        parts.insert(Part::Action, list(action.negated, texts));
        if !action.negated {
            open.insert(Part::Action);
        }
        if let Some(element) = &statement.resource {
            let texts = element.patterns.iter().map(|one| format!("{:?}", one.value)).collect();
            parts.insert(Part::Resource, list(element.negated, texts));
            if !element.negated {
                open.insert(Part::Resource);
            }
        }
        if let Some(element) = &statement.principal {
            let texts = element.principals.iter().map(|one| format!("{:?}", one.value)).collect();
            parts.insert(Part::Principal, list(element.negated, texts));
            if !element.negated && element.principals.iter().all(|one| one.value != Principal::Anyone) {
                open.insert(Part::Principal);
            }
        }
        for test in &statement.condition {
            let part = Part::values(test);
            let texts = test.values.iter().map(|one| format!("{:?}", one.value)).collect();
            parts.insert(part.clone(), list(false, texts));
            if is_union(test) {
                open.insert(part);
            }
        }
        Self { parts, open, effect: statement.effect, length: length(std::slice::from_ref(statement)) }
    }

    /// What two statements have in common that differ in that part at most.
    fn without<'s>(&'s self, part: &'s Part) -> Rest<'s> {
        let others = self.parts.iter().filter(|(other, _)| *other != part);
        Rest { effect: self.effect, part, others: others.map(|(other, text)| (other, text.as_str())).collect() }
    }
}

/// A statement but for one part.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rest<'s> {
    effect: Effect,
    part: &'s Part,
    others: Vec<(&'s Part, &'s str)>,
}

impl Part {
    fn values(test: &ConditionTest) -> Self {
        Part::Values(test.operator.value.to_string(), format!("{:?}", test.key.value).to_ascii_lowercase())
    }
}

/// Whether a test holds of a list where it holds of one of its values.
fn is_union(test: &ConditionTest) -> bool {
    let operator = test.operator.value;
    !operator.base.is_negated()
        && operator.base != BaseOperator::Null
        && operator.set != Some(SetQualifier::ForAllValues)
}

/// The first of some statements, with what the others have in one part. It keeps the first Sid that there is.
fn union(part: &Part, statements: Vec<&Statement>) -> Statement {
    let mut merged = statements[0].clone();
    merged.sid = statements.iter().find_map(|statement| statement.sid.clone());
    for other in &statements[1..] {
        match part {
            Part::Action => add(&mut merged.action.patterns, &other.action.patterns),
            Part::Resource => {
                if let (Some(into), Some(from)) = (&mut merged.resource, &other.resource) {
                    add(&mut into.patterns, &from.patterns);
                }
            }
            Part::Principal => {
                if let (Some(into), Some(from)) = (&mut merged.principal, &other.principal) {
                    add(&mut into.principals, &from.principals);
                }
            }
            Part::Values(..) => {
                let into = merged.condition.iter_mut().find(|test| Part::values(test) == *part);
                let from = other.condition.iter().find(|test| Part::values(test) == *part);
                if let (Some(into), Some(from)) = (into, from) {
                    add(&mut into.values, &from.values);
                }
            }
        }
    }
    merged
}

fn add<T: Clone + PartialEq>(into: &mut Vec<Located<T>>, from: &[Located<T>]) {
    for one in from {
        if into.iter().all(|other| other.value != one.value) {
            into.push(one.clone());
        }
    }
}
