//! Sets of numbers, of instants or of addresses, as intervals.

use std::cmp::Ordering;
use std::ops::Bound;

/// A set of values with an order: intervals in order, with a gap between each and the next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Ranges<T>(Vec<(Bound<T>, Bound<T>)>);

impl<T: Ord + Clone> Ranges<T> {
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    pub(super) fn all() -> Self {
        Self(vec![(Bound::Unbounded, Bound::Unbounded)])
    }

    /// The values from one bound to the other.
    pub(super) fn between(from: Bound<T>, to: Bound<T>) -> Self {
        let one = (from, to);
        Self(if is_empty(&one) { Vec::new() } else { vec![one] })
    }

    pub(super) fn exactly(value: T) -> Self {
        Self::between(Bound::Included(value.clone()), Bound::Included(value))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn is_all(&self) -> bool {
        matches!(self.0.as_slice(), [(Bound::Unbounded, Bound::Unbounded)])
    }

    pub(super) fn contains(&self, value: &T) -> bool {
        use std::ops::RangeBounds;
        self.0.iter().any(|interval| interval.contains(value))
    }

    /// The intervals, in order.
    pub(super) fn intervals(&self) -> &[(Bound<T>, Bound<T>)] {
        &self.0
    }

    /// What is in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut out = Vec::new();
        let (mut a, mut b) = (0, 0);
        while let (Some(one), Some(two)) = (self.0.get(a), other.0.get(b)) {
            let from = if lower(&one.0, &two.0) == Ordering::Less { &two.0 } else { &one.0 };
            let first_ends = upper(&one.1, &two.1) == Ordering::Less;
            let to = if first_ends { &one.1 } else { &two.1 };
            let both = (from.clone(), to.clone());
            if !is_empty(&both) {
                out.push(both);
            }
            if first_ends { a += 1 } else { b += 1 }
        }
        Self(out)
    }

    /// What is not in it.
    pub(super) fn not(&self) -> Self {
        let mut out = Vec::new();
        let mut from = Bound::Unbounded;
        for (start, end) in &self.0 {
            let Some(before) = turned(start) else {
                from = match turned(end) {
                    Some(next) => next,
                    None => return Self(out),
                };
                continue;
            };
            let gap = (from, before);
            if !is_empty(&gap) {
                out.push(gap);
            }
            match turned(end) {
                Some(next) => from = next,
                None => return Self(out),
            }
        }
        out.push((from, Bound::Unbounded));
        Self(out)
    }

    /// What is in one or the other.
    pub(super) fn or(&self, other: &Self) -> Self {
        self.not().and(&other.not()).not()
    }
}

/// The bound of what lies on the other side.
fn turned<T: Clone>(bound: &Bound<T>) -> Option<Bound<T>> {
    match bound {
        Bound::Unbounded => None,
        Bound::Included(value) => Some(Bound::Excluded(value.clone())),
        Bound::Excluded(value) => Some(Bound::Included(value.clone())),
    }
}

fn is_empty<T: Ord>(interval: &(Bound<T>, Bound<T>)) -> bool {
    match interval {
        (Bound::Included(a), Bound::Included(b)) => a > b,
        (Bound::Included(a) | Bound::Excluded(a), Bound::Excluded(b)) | (Bound::Excluded(a), Bound::Included(b)) => {
            a >= b
        }
        _ => false,
    }
}

/// Which of two lower bounds lets more in: the less.
fn lower<T: Ord>(a: &Bound<T>, b: &Bound<T>) -> Ordering {
    match (a, b) {
        (Bound::Unbounded, Bound::Unbounded) => Ordering::Equal,
        (Bound::Unbounded, _) => Ordering::Less,
        (_, Bound::Unbounded) => Ordering::Greater,
        (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) if a != b => a.cmp(b),
        (Bound::Included(_), Bound::Excluded(_)) => Ordering::Less,
        (Bound::Excluded(_), Bound::Included(_)) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

/// Which of two upper bounds lets less in: the less.
fn upper<T: Ord>(a: &Bound<T>, b: &Bound<T>) -> Ordering {
    match (a, b) {
        (Bound::Unbounded, Bound::Unbounded) => Ordering::Equal,
        (Bound::Unbounded, _) => Ordering::Greater,
        (_, Bound::Unbounded) => Ordering::Less,
        (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) if a != b => a.cmp(b),
        (Bound::Included(_), Bound::Excluded(_)) => Ordering::Greater,
        (Bound::Excluded(_), Bound::Included(_)) => Ordering::Less,
        _ => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ranges() -> impl Strategy<Value = Ranges<u8>> {
        let bound = (0..20u8, 0..3u8).prop_map(|(value, kind)| match kind {
            0 => Bound::Unbounded,
            1 => Bound::Included(value),
            _ => Bound::Excluded(value),
        });
        prop::collection::vec((bound.clone(), bound), 0..4)
            .prop_map(|all| all.into_iter().fold(Ranges::none(), |sum, (from, to)| sum.or(&Ranges::between(from, to))))
    }

    proptest! {
        #[test]
        fn sets_are_sets(a in ranges(), b in ranges(), value in 0..20u8) {
            prop_assert_eq!(a.and(&b).contains(&value), a.contains(&value) && b.contains(&value));
            prop_assert_eq!(a.or(&b).contains(&value), a.contains(&value) || b.contains(&value));
            prop_assert_eq!(a.not().contains(&value), !a.contains(&value));
            prop_assert_eq!(a.not().not(), a.clone());
            prop_assert!(a.and(&a.not()).is_empty());
            prop_assert!(a.or(&a.not()).is_all());
        }
    }
}
