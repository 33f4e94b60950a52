//! What two patterns have to do with each other, told from their steps alone.

use super::pattern::{Pattern, follow};
use super::step::{Class, Step};

/// Whether every string that matches `b` matches `a`. `true` is always right; `false` may be a failure to see it.
pub(super) fn covers(a: &Pattern, b: &Pattern) -> bool {
    // Runs may be empty: the shortest text of `b` is one that `a` must match.
    if a.least() > b.least() || !b.prefix().starts_with(a.prefix()) || !ends_alike(a, b) {
        return false;
    }
    follow(a.steps(), b.steps(), Step::covers)
}

fn ends_alike(a: &Pattern, b: &Pattern) -> bool {
    let of_b = if b.is_literal() { b.prefix() } else { b.suffix() };
    of_b.ends_with(a.suffix())
}

/// Whether the first or last characters of the two already differ, so that no string matches both.
pub(super) fn clash_at_ends(a: &Pattern, b: &Pattern) -> bool {
    let starts = a.prefix().iter().zip(b.prefix()).any(|(x, y)| x != y);
    starts || a.suffix().iter().rev().zip(b.suffix().iter().rev()).any(|(x, y)| x != y)
}

/// Whether some string matches both. Exact.
pub(super) fn meet(a: &Pattern, b: &Pattern) -> bool {
    if clash_at_ends(a, b) {
        return false;
    }
    match (a.literal(), b.literal()) {
        (Some(text), _) => b.matches(text),
        (_, Some(text)) => a.matches(text),
        _ => steps_meet(a.steps(), b.steps()),
    }
}

/// Whether some string follows both: reachability in the product of the two, row by row.
fn steps_meet(mut a: &[Step], mut b: &[Step]) -> bool {
    while let ([first_a, rest_a @ ..], [first_b, rest_b @ ..]) = (a, b)
        && !first_a.is_run()
        && !first_b.is_run()
    {
        if !first_a.meets(*first_b) {
            return false;
        }
        (a, b) = (rest_a, rest_b);
    }
    // `row[j]`: some string takes the steps of `a` so far and the first `j` of `b`.
    let mut row = vec![false; b.len() + 1];
    row[0] = true;
    for (j, step) in b.iter().enumerate() {
        row[j + 1] = row[j] && step.is_run();
    }
    let mut next = vec![false; b.len() + 1];
    for &step in a {
        next[0] = step.is_run() && row[0];
        for (j, &other) in b.iter().enumerate() {
            let meet = step.meets(other);
            // A run may be empty. A run that takes a character stays where it is.
            next[j + 1] = (step.is_run() && (row[j + 1] || (meet && next[j])))
                || (other.is_run() && (next[j] || (meet && row[j + 1])))
                || (meet && row[j]);
        }
        if !next.contains(&true) {
            return false;
        }
        std::mem::swap(&mut row, &mut next);
    }
    row[b.len()]
}

/// Whether two patterns have no text in common, as far as that shows at the start of a segment: `:` ends one, where all before it are
/// single characters or take none.
pub(super) fn clash_in_segment(a: &[Step], b: &[Step]) -> bool {
    let is_end = |step: &Step| *step == Step::Char(':');
    let may_hold_end = |step: &Step| matches!(step, Step::One(Class::Any) | Step::Run(Class::Any));
    let as_char = |step: &Step| if let Step::Char(own) = *step { Some(own) } else { None };
    for (a, b) in a.split(is_end).zip(b.split(is_end)) {
        let mut chars = a.iter().map_while(as_char).zip(b.iter().map_while(as_char));
        if chars.any(|(one, other)| one != other) {
            return true;
        }
        if a.iter().chain(b).any(may_hold_end) {
            return false;
        }
    }
    false
}
