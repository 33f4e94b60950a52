//! A plain value out of a set of numbers, instants or addresses.

use std::ops::Bound;

use jiff::Timestamp;

use super::predicate::Address;
use super::ranges::Ranges;
use crate::policy::value::{self, Decimal};

/// A number, whole and small where one is.
pub(super) fn pick(ranges: &Ranges<Decimal>) -> Option<Decimal> {
    let mut candidates: Vec<Decimal> = ["1", "0"].iter().filter_map(|text| value::number(text).ok()).collect();
    for (from, to) in ranges.intervals() {
        for bound in [from, to] {
            if let Bound::Included(number) | Bound::Excluded(number) = bound {
                candidates.push(number.clone());
                candidates.extend(neighbours(number));
            }
        }
        candidates.extend(inside(from, to));
    }
    candidates.into_iter().find(|number| ranges.contains(number))
}

/// The whole numbers beside a number.
fn neighbours(number: &Decimal) -> Vec<Decimal> {
    let text = number.to_string();
    let whole: Option<i128> = text.split('.').next().and_then(|whole| whole.parse().ok());
    let around = whole.into_iter().flat_map(|whole| [whole.saturating_add(1), whole.saturating_sub(1), whole]);
    around.filter_map(|whole| value::number(&whole.to_string()).ok()).collect()
}

/// A number between two that may lie close: one of them, and a little more or less.
fn inside(from: &Bound<Decimal>, to: &Bound<Decimal>) -> Vec<Decimal> {
    let digits = |bound: &Bound<Decimal>| match bound {
        Bound::Included(number) | Bound::Excluded(number) => number.to_string().len(),
        Bound::Unbounded => 0,
    };
    let zeros = "0".repeat(digits(from).max(digits(to)));
    let mut out = Vec::new();
    for bound in [from, to] {
        let (Bound::Included(number) | Bound::Excluded(number)) = bound else { continue };
        let text = number.to_string();
        // Away from zero; for the number below zero that is less.
        let fraction = if text.contains('.') { "" } else { "." };
        out.extend(value::number(&format!("{text}{fraction}{zeros}1")).ok());
        out.extend(nearer_to_zero(&text, &zeros));
    }
    out
}

/// A number a little nearer to zero: the last digit that is not zero, less one, with nines behind.
fn nearer_to_zero(text: &str, zeros: &str) -> Option<Decimal> {
    let mut digits: Vec<u8> = text.bytes().collect();
    let last = digits.iter().rposition(|digit| (b'1'..=b'9').contains(digit))?;
    digits[last] -= 1;
    for digit in &mut digits[last + 1..] {
        if *digit == b'0' {
            *digit = b'9';
        }
    }
    let text = String::from_utf8(digits).ok()?;
    let point = if text.contains('.') { "" } else { "." };
    value::number(&format!("{text}{point}{}", zeros.replace('0', "9"))).ok()
}

/// An instant: a bound of the set, or one that lies beside it.
pub(super) fn pick_instant(ranges: &Ranges<Timestamp>) -> Option<Timestamp> {
    let second = jiff::SignedDuration::from_secs(1);
    let mut candidates: Vec<Timestamp> = value::date("2026-01-01T00:00:00Z").into_iter().collect();
    for (from, to) in ranges.intervals() {
        for bound in [from, to] {
            if let Bound::Included(instant) | Bound::Excluded(instant) = bound {
                // Whole seconds are nicer.
                let whole = Timestamp::from_second(instant.as_second()).ok();
                candidates.extend(whole.and_then(|whole| whole.checked_add(second).ok()));
                candidates.extend(whole);
                candidates.extend(whole.and_then(|whole| whole.checked_sub(second).ok()));
                candidates.push(*instant);
                let tick = jiff::SignedDuration::from_nanos(1);
                candidates.extend(instant.checked_add(tick));
                candidates.extend(instant.checked_sub(tick));
            }
        }
    }
    candidates.into_iter().find(|instant| ranges.contains(instant))
}

/// An address; one of the documentation's networks where one is.
pub(super) fn pick_address(ranges: &Ranges<Address>) -> Option<Address> {
    let documentation = (false, u128::from(u32::from_be_bytes([203, 0, 113, 5])));
    let bounds = ranges.intervals().iter().flat_map(|(from, to)| [from, to]);
    let of_bounds = bounds.filter_map(|bound| match bound {
        Bound::Included(address) | Bound::Excluded(address) => Some(*address),
        Bound::Unbounded => None,
    });
    let beside =
        of_bounds.flat_map(|(six, bits)| [(six, bits.saturating_add(1)), (six, bits), (six, bits.saturating_sub(1))]);
    std::iter::once(documentation).chain(beside).find(|address| ranges.contains(address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal() -> impl Strategy<Value = Decimal> {
        (-30..30i32, 0..3u32).prop_map(|(number, places)| {
            let text = match places {
                0 => number.to_string(),
                1 => format!("{}.{}", number / 10, number.abs() % 10),
                _ => format!("{}.000{}", number / 10, number.abs() % 10),
            };
            value::number(&text).unwrap()
        })
    }

    proptest! {
        #[test]
        fn there_is_a_number_in_each_set_that_is_not_empty(a in decimal(), b in decimal(), open in any::<(bool, bool)>()) {
            let bound = |number: &Decimal, open: bool| if open { Bound::Excluded(number.clone()) } else { Bound::Included(number.clone()) };
            for set in [
                Ranges::between(bound(&a, open.0), bound(&b, open.1)),
                Ranges::between(Bound::Unbounded, bound(&a, open.0)),
                Ranges::between(bound(&a, open.0), Bound::Unbounded),
                Ranges::exactly(a.clone()).or(&Ranges::exactly(b.clone())).not(),
            ] {
                match pick(&set) {
                    Some(number) => prop_assert!(set.contains(&number)),
                    None => prop_assert!(set.is_empty(), "{:?}", set),
                }
            }
        }
    }
}
