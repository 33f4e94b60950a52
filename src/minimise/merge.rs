//! Statements that differ in one element only: one statement with both of its lists.
//!
//! Whole groups are merged at once, that which saves most first; groups that have no statement in common, in one go.
//!
//! That nothing changes is proved of a whole group at once, and not pair by pair: a request matches a list if it matches one element of
//! it, so that a statement says what those say together that have its elements between them and are otherwise as it is.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Work, length};
use crate::policy::{
    BaseOperator, ConditionTest, Effect, Kind, Located, Principal, SetQualifier, Statement, limits, statements_differ,
};

/// An element that is a list, of which a statement may have several in one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Action,
    Resource,
    Principal,
    /// The values of a test, by its operator and key.
    Values(String, String),
}

/// Numbers for texts: the same for the same.
#[derive(Default)]
struct Texts(HashMap<String, usize>);

impl Texts {
    fn number(&mut self, text: String) -> usize {
        let next = self.0.len();
        *self.0.entry(text).or_insert(next)
    }
}

/// A statement's elements as numbers of texts: what does not change its meaning does not change them.
struct Shape {
    parts: BTreeMap<Part, usize>,
    /// The lists that may take what another statement has.
    open: BTreeSet<Part>,
    effect: Effect,
    length: usize,
}

/// Statements that can be one.
struct Group {
    /// Their places.
    members: Vec<usize>,
    merged: Statement,
    /// By how much it is shorter than they are.
    saved: usize,
}

impl Work<'_> {
    /// Merges statements while some can be merged.
    pub(super) fn merge(&mut self) {
        let mut texts = Texts::default();
        let mut shapes: Vec<Shape> = self.statements.iter().map(|one| Shape::new(one, &mut texts)).collect();
        loop {
            let groups = self.groups(&shapes);
            if groups.is_empty() {
                return;
            }
            let mut live = vec![true; self.statements.len()];
            let mut touched = vec![false; self.statements.len()];
            for Group { members, merged, .. } in groups {
                if members.iter().any(|&index| touched[index]) {
                    continue;
                }
                self.taken.merged += members.len() - 1;
                members.iter().for_each(|&index| touched[index] = true);
                members[1..].iter().for_each(|&index| live[index] = false);
                shapes[members[0]] = Shape::new(&merged, &mut texts);
                self.statements[members[0]] = merged;
            }
            let mut keep = live.iter();
            self.statements.retain(|_| *keep.next().unwrap_or(&true));
            let mut keep = live.iter();
            shapes.retain(|_| *keep.next().unwrap_or(&true));
        }
    }

    /// The groups of statements that differ in one part, that which saves most first.
    fn groups(&self, shapes: &[Shape]) -> Vec<Group> {
        let mut alike: BTreeMap<Rest<'_>, Vec<usize>> = BTreeMap::new();
        for (index, shape) in shapes.iter().enumerate() {
            for part in &shape.open {
                alike.entry(shape.without(part)).or_default().push(index);
            }
        }
        let several = alike.into_iter().filter(|(_, members)| members.len() > 1);
        let groups = several.filter_map(|(rest, members)| {
            let statements: Vec<&Statement> = members.iter().map(|&index| &self.statements[index]).collect();
            let merged = union(rest.part, &statements);
            let before: usize = members.iter().map(|&index| shapes[index].length).sum();
            let saved = before.saturating_sub(length(std::slice::from_ref(&merged)));
            let is_taken = saved > 0 && self.fits_counts(&merged) && is_union_of(rest.part, &merged, &statements);
            is_taken.then_some(Group { members, merged, saved })
        });
        let mut groups: Vec<Group> = groups.collect();
        groups.sort_by_key(|group| (Reverse(group.saved), group.members[0]));
        groups
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
    fn new(statement: &Statement, numbers: &mut Texts) -> Self {
        let mut list = |negated: bool, texts: BTreeSet<String>| {
            numbers.number(format!("{negated}\n{}", texts.into_iter().collect::<Vec<_>>().join("\n")))
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
            // Two tests of one key by one operator have to hold both.
            if parts.insert(part.clone(), list(false, texts)).is_some() {
                return Self { parts, open: BTreeSet::new(), effect: statement.effect, length: 0 };
            }
            if is_union(test) {
                open.insert(part);
            }
        }
        Self { parts, open, effect: statement.effect, length: length(std::slice::from_ref(statement)) }
    }

    /// What two statements have in common that differ in that part at most.
    fn without<'s>(&'s self, part: &'s Part) -> Rest<'s> {
        let others = self.parts.iter().filter(|(other, _)| *other != part);
        Rest { effect: self.effect, part, others: others.map(|(other, text)| (other, *text)).collect() }
    }
}

/// A statement but for one part.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rest<'s> {
    effect: Effect,
    part: &'s Part,
    others: Vec<(&'s Part, usize)>,
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
fn union(part: &Part, statements: &[&Statement]) -> Statement {
    let mut merged = statements[0].clone();
    merged.sid = statements.iter().find_map(|statement| statement.sid.clone());
    match part {
        Part::Action => {
            merged.action.patterns = joined(statements.iter().map(|one| one.action.patterns.as_slice()));
        }
        Part::Resource => {
            let lists = statements.iter().filter_map(|one| Some(one.resource.as_ref()?.patterns.as_slice()));
            merged.resource.iter_mut().for_each(|element| element.patterns = joined(lists.clone()));
        }
        Part::Principal => {
            let lists = statements.iter().filter_map(|one| Some(one.principal.as_ref()?.principals.as_slice()));
            merged.principal.iter_mut().for_each(|element| element.principals = joined(lists.clone()));
        }
        Part::Values(..) => {
            let lists = statements.iter().filter_map(|one| {
                Some(one.condition.iter().find(|test| Part::values(test) == *part)?.values.as_slice())
            });
            let tests = merged.condition.iter_mut().filter(|test| Part::values(test) == *part);
            tests.for_each(|test| test.values = joined(lists.clone()));
        }
    }
    merged
}

fn joined<'s, T: Clone + Ord + 's>(lists: impl Iterator<Item = &'s [Located<T>]>) -> Vec<Located<T>> {
    let mut seen: BTreeSet<&T> = BTreeSet::new();
    lists.flatten().filter(|one| seen.insert(&one.value)).cloned().collect()
}

/// Whether a statement is the union of others by one part: it has their elements, no more and no fewer, and is otherwise as each of
/// them is.
fn is_union_of(part: &Part, merged: &Statement, statements: &[&Statement]) -> bool {
    let (rest, elements) = apart(part, merged);
    let mut all: BTreeSet<String> = BTreeSet::new();
    let is_like = |statement: &&Statement| {
        let (other, some) = apart(part, statement);
        all.extend(some);
        statements_differ(&rest, &other).is_none()
    };
    statements.iter().all(is_like) && all == elements
}

/// A statement without the elements of one part, and these.
fn apart(part: &Part, statement: &Statement) -> (Statement, BTreeSet<String>) {
    let mut rest = Statement { sid: None, ..statement.clone() };
    let elements = match part {
        Part::Action => texts(std::mem::take(&mut rest.action.patterns)),
        Part::Resource => {
            rest.resource.as_mut().map(|one| texts(std::mem::take(&mut one.patterns))).unwrap_or_default()
        }
        Part::Principal => {
            rest.principal.as_mut().map(|one| texts(std::mem::take(&mut one.principals))).unwrap_or_default()
        }
        Part::Values(..) => {
            let own = rest.condition.iter_mut().filter(|test| Part::values(test) == *part);
            own.flat_map(|test| texts(std::mem::take(&mut test.values))).collect()
        }
    };
    (rest, elements)
}

fn texts<T: std::fmt::Debug>(list: Vec<Located<T>>) -> BTreeSet<String> {
    list.iter().map(|one| format!("{:?}", one.value)).collect()
}
