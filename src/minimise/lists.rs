//! What another element of the same list covers.

use std::collections::BTreeSet;

use super::Work;
use crate::policy::value::address_range;
use crate::policy::{BaseOperator, Family, Located, Principal, Statement, Text, arn_pattern_covers, glob};

impl Work<'_> {
    /// Takes elements out of lists in which others stand for them.
    pub(super) fn lists(&mut self) {
        for statement in &mut self.statements {
            let parts = [0, 1, 2].into_iter().chain(3..3 + statement.condition.len());
            for part in parts {
                let mut shorter = statement.clone();
                let removed = tidy(&mut shorter, part);
                if removed > 0 && self.prover.same(std::slice::from_ref(statement), std::slice::from_ref(&shorter)) {
                    *statement = shorter;
                    self.taken.covered += removed;
                }
            }
        }
    }
}

/// Takes out of one list of a statement what the rest of the list covers, as far as the texts show it; how much that was.
fn tidy(statement: &mut Statement, part: usize) -> usize {
    match part {
        0 => {
            let patterns = &mut statement.action.patterns;
            keep(patterns, |one| glob::is_pattern(one), |a, b| covers_action(a, b), |a, b| a.eq_ignore_ascii_case(b))
        }
        1 => {
            let Some(element) = &mut statement.resource else { return 0 };
            let covers = |a: &Text, b: &Text| covers_text(a, b, arn_pattern_covers);
            keep(&mut element.patterns, |one| glob::is_pattern(&one.to_string()), covers, |a, b| a == b)
        }
        2 => {
            let Some(element) = &mut statement.principal else { return 0 };
            let same = |a: &Principal, b: &Principal| a == b || a.account().is_some() && root(a) == root(b);
            keep(&mut element.principals, |_| false, |_, _| false, same)
        }
        test => {
            let test = &mut statement.condition[test - 3];
            let base = test.operator.value.base;
            let covers = |a: &Text, b: &Text| covers_value(base, a, b);
            let broad = |_: &Text| base.allows_wildcards() || base.family() == Family::IpAddress;
            keep(&mut test.values, broad, covers, |a, b| a == b)
        }
    }
}

/// Keeps of a list what no other element covers, and the first of those that are the same. Only `broad` ones cover others.
fn keep<T: Clone>(
    list: &mut Vec<Located<T>>,
    broad: impl Fn(&T) -> bool,
    covers: impl Fn(&T, &T) -> bool,
    same: impl Fn(&T, &T) -> bool,
) -> usize {
    let before = list.len();
    if before < 2 {
        return 0;
    }
    let broad: Vec<usize> = (0..before).filter(|index| broad(&list[*index].value)).collect();
    let covered = |index: usize| {
        let one = &list[index].value;
        list[..index].iter().any(|earlier| same(&earlier.value, one))
            || broad.iter().any(|&other| {
                let wider = &list[other].value;
                // Of two that cover each other the first stays.
                other != index && covers(wider, one) && (other < index || !covers(one, wider))
            })
    };
    let dropped: BTreeSet<usize> = (0..before).filter(|index| covered(*index)).collect();
    if !dropped.is_empty() {
        let mut index = 0;
        list.retain(|_| {
            index += 1;
            !dropped.contains(&(index - 1))
        });
    }
    dropped.len()
}

/// Whether one pattern of actions covers another.
pub(super) fn covers_action(a: &str, b: &str) -> bool {
    a == "*:*" || glob::covers(a, b, true)
}

/// Whether one text covers another, neither of which holds an extern. A variable is no wildcard: it covers what is written as it is.
pub(super) fn covers_text(a: &Text, b: &Text, covers: impl Fn(&str, &str) -> bool) -> bool {
    let (Some(a), Some(b)) = (a.plain(), b.plain()) else { return a == b };
    a == b || !a.contains("${") && covers(a, &glob::open_variables(b))
}

fn covers_value(base: BaseOperator, a: &Text, b: &Text) -> bool {
    match base.family() {
        Family::Arn => covers_text(a, b, arn_pattern_covers),
        Family::IpAddress => covers_text(a, b, |a, b| match (address_range(a), address_range(b)) {
            (Ok(a), Ok(b)) => a.contains(&b),
            _ => false,
        }),
        _ if base.allows_wildcards() => covers_text(a, b, |a, b| glob::covers(a, b, false)),
        _ => a == b,
    }
}

/// An account as its root.
fn root(principal: &Principal) -> Option<String> {
    let text = principal.text()?.plain()?;
    let account = principal.account()?;
    Some(if text == account { format!("arn:aws:iam::{account}:root") } else { text.to_owned() })
}
