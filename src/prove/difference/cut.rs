//! A statement cut into what differs: halved again and again along its actions, its resources and its principals, until all of a
//! piece differs, or nothing; then put together again, into as few statements as that takes.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::policy::Statement;

/// How much of a piece differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    Nothing,
    Some,
    All,
}

/// The pieces of a statement that differ, those of which all does first. `judge` says how much of one does, and whether it may be
/// asked again.
pub(super) fn pieces(statement: &Statement, mut judge: impl FnMut(&Statement) -> (Share, bool)) -> Vec<Statement> {
    let mut cells = Cells::default();
    cut(statement, Block::of(statement), &mut judge, &mut cells);
    [true, false].into_iter().flat_map(|whole| gathered(statement, &cells, whole)).collect()
}

/// Which single pieces differ, by the places of their action, resource and principal; and whether all of each does.
type Cells = BTreeMap<(usize, usize, usize), bool>;

/// The places of some actions, resources and principals.
#[derive(Clone, Debug)]
struct Block {
    actions: Range<usize>,
    resources: Range<usize>,
    principals: Range<usize>,
}

impl Block {
    /// All of a statement. An element that names what it leaves out is one.
    fn of(statement: &Statement) -> Self {
        let length = |negated: bool, length: usize| 0..if negated { 1 } else { length };
        let resource = statement.resource.as_ref().map_or(0..1, |one| length(one.negated, one.patterns.len()));
        let principal = statement.principal.as_ref().map_or(0..1, |one| length(one.negated, one.principals.len()));
        Self {
            actions: length(statement.action.negated, statement.action.patterns.len()),
            resources: resource,
            principals: principal,
        }
    }

    /// Both halves, along the first element that has several.
    fn halves(&self) -> Option<[Self; 2]> {
        let half = |range: &Range<usize>| {
            let middle = range.start + range.len() / 2;
            (range.len() > 1).then_some([range.start..middle, middle..range.end])
        };
        if let Some(halves) = half(&self.actions) {
            return Some(halves.map(|actions| Self { actions, ..self.clone() }));
        }
        if let Some(halves) = half(&self.resources) {
            return Some(halves.map(|resources| Self { resources, ..self.clone() }));
        }
        half(&self.principals).map(|halves| halves.map(|principals| Self { principals, ..self.clone() }))
    }

    fn cells(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        self.actions.clone().flat_map(move |action| {
            let principals = self.principals.clone();
            let each = move |resource| principals.clone().map(move |principal| (action, resource, principal));
            self.resources.clone().flat_map(each)
        })
    }
}

fn cut(statement: &Statement, block: Block, judge: &mut impl FnMut(&Statement) -> (Share, bool), cells: &mut Cells) {
    let part = part(
        statement,
        &block.actions.clone().collect::<Vec<_>>(),
        &block.resources.clone().collect::<Vec<_>>(),
        &block.principals.clone().collect::<Vec<_>>(),
    );
    match judge(&part) {
        (Share::Nothing, _) => {}
        (Share::All, _) => cells.extend(block.cells().map(|cell| (cell, true))),
        (Share::Some, goes_on) => match block.halves().filter(|_| goes_on) {
            Some(halves) => halves.into_iter().for_each(|half| cut(statement, half, judge, cells)),
            None => cells.extend(block.cells().map(|cell| (cell, false))),
        },
    }
}

/// A statement with some of its actions, resources and principals.
fn part(statement: &Statement, actions: &[usize], resources: &[usize], principals: &[usize]) -> Statement {
    let mut part = Statement { sid: None, ..statement.clone() };
    if !part.action.negated {
        part.action.patterns = actions.iter().map(|at| statement.action.patterns[*at].clone()).collect();
    }
    if let (Some(element), Some(all)) = (&mut part.resource, &statement.resource)
        && !all.negated
    {
        element.patterns = resources.iter().map(|at| all.patterns[*at].clone()).collect();
    }
    if let (Some(element), Some(all)) = (&mut part.principal, &statement.principal)
        && !all.negated
    {
        element.principals = principals.iter().map(|at| all.principals[*at].clone()).collect();
    }
    part
}

/// Statements for the cells of which all differs, or only some: actions that share their resources together, and of these those that
/// share their principals.
fn gathered(statement: &Statement, cells: &Cells, whole: bool) -> Vec<Statement> {
    let mut of_action: BTreeMap<usize, BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
    for ((action, resource, principal), _) in cells.iter().filter(|(_, all)| **all == whole) {
        of_action.entry(*action).or_default().entry(*resource).or_default().push(*principal);
    }
    let mut out = Vec::new();
    for (actions, resources) in together(of_action) {
        for (resources, principals) in together(resources) {
            out.push(part(statement, &actions, &resources, &principals));
        }
    }
    out
}

/// Those that have the same, in the order of the first of each.
fn together<T: PartialEq>(each: BTreeMap<usize, T>) -> Vec<(Vec<usize>, T)> {
    let mut groups: Vec<(Vec<usize>, T)> = Vec::new();
    for (at, what) in each {
        match groups.iter_mut().find(|(_, known)| *known == what) {
            Some((members, _)) => members.push(at),
            None => groups.push((vec![at], what)),
        }
    }
    groups
}
