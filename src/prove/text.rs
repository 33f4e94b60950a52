//! The texts of policies as the patterns, numbers, instants and addresses that they stand for.

use std::ops::Bound;

use ipnet::IpNet;
use jiff::Timestamp;

use super::letter;
use super::predicate::Address;
use super::ranges::Ranges;
use super::region::Presence;
use super::space::Space;
use super::strings::{Class, PatternId, Step};
use crate::policy::value::{self, Decimal};
use crate::policy::{BaseOperator, variables};

/// A character of a policy's text: itself, or a wildcard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelled {
    Char(char),
    One,
    Run,
}

impl Space<'_> {
    /// A text with its variables: those of absent keys have their default, or there is no text. Where wildcards matter, those in
    /// defaults and the escaped ones are characters.
    pub(super) fn spelled(&mut self, text: &str, wildcards: bool, presence: &Presence<'_>) -> Option<Vec<Spelled>> {
        if !text.contains("${") {
            return plain(text, wildcards);
        }
        let mut out = Vec::new();
        let mut done = 0;
        for variable in variables(text).into_iter().flatten() {
            out.extend(plain(&text[done..variable.range.start], wildcards)?);
            done = variable.range.end;
            if variable.is_escape() {
                out.extend(variable.key.chars().map(Spelled::Char));
                continue;
            }
            let key = self.key(variable.key);
            let is_missing = presence.absent.contains(&key) || self.key_of(key).is_some_and(|key| key.several);
            let pinned = self.pinned.iter().find(|(of, _)| *of == key).and_then(|(_, value)| value.as_deref());
            match (is_missing, variable.default) {
                (false, _) => match pinned {
                    Some(value) => out.extend(value.chars().map(Spelled::Char)),
                    None => match letter::of_key(key.0) {
                        Some(letter) => out.push(Spelled::Char(letter)),
                        None => self.inexact = Some("there are too many condition keys"),
                    },
                },
                (true, Some(default)) => out.extend(default.chars().map(Spelled::Char)),
                (true, None) => return None,
            }
        }
        out.extend(plain(&text[done..], wildcards)?);
        Some(out)
    }
}

/// A text without variables.
pub(super) fn plain(text: &str, wildcards: bool) -> Option<Vec<Spelled>> {
    let mut out = Vec::with_capacity(text.len());
    out.extend(text.chars().map(if wildcards { wild } else { Spelled::Char }));
    Some(out)
}

/// A character where wildcards matter.
fn wild(character: char) -> Spelled {
    match character {
        '*' => Spelled::Run,
        '?' => Spelled::One,
        other => Spelled::Char(other),
    }
}

/// A pattern of actions, in lower case.
pub(super) fn action(text: &str) -> Vec<Step> {
    if text == "*:*" {
        return anything();
    }
    let mut out = Vec::with_capacity(text.len());
    out.extend(text.chars().map(|character| step(wild(character.to_ascii_lowercase()), Class::Any)));
    out
}

/// The pattern of every text.
pub(super) fn anything() -> Vec<Step> {
    vec![Step::Run(Class::Any)]
}

/// The pattern of that text alone.
pub(super) fn exact(text: &[Spelled]) -> Vec<Step> {
    let chars = text.iter().map(|one| match one {
        Spelled::Char(character) => *character,
        Spelled::One => '?',
        Spelled::Run => '*',
    });
    chars.map(Step::Char).collect()
}

/// The pattern of a text in any letter case.
pub(super) fn ignoring_case(text: &str) -> Vec<Step> {
    text.chars().map(in_any_case).collect()
}

fn in_any_case(character: char) -> Step {
    Step::AnyCase(letter::lower(character))
}

fn step(one: Spelled, class: Class) -> Step {
    match one {
        Spelled::Char(character) => Step::Char(character),
        Spelled::One => Step::One(class),
        Spelled::Run => Step::Run(class),
    }
}

fn steps(text: impl Iterator<Item = Spelled>, class: Class) -> impl Iterator<Item = Step> {
    text.map(move |one| step(one, class))
}

/// A pattern of ARNs, segment by segment; those that are missing match anything. Nothing where no ARN matches.
pub(super) fn arn(text: &[Spelled]) -> Option<Vec<Step>> {
    let mut segments = text.splitn(6, |one| *one == Spelled::Char(':'));
    let first = segments.next().unwrap_or_default();
    if !matches_arn(first) {
        return None;
    }
    let mut out: Vec<Step> = Vec::with_capacity(text.len() + 12);
    out.extend("arn".chars().map(Step::Char));
    for index in 1..6 {
        let class = if index == 5 { Class::Any } else { Class::NotColon };
        out.push(Step::Char(':'));
        match segments.next() {
            Some(segment) => out.extend(steps(segment.iter().copied(), class)),
            None => out.push(Step::Run(class)),
        }
    }
    Some(out)
}

/// Whether the first segment of a pattern is one of ARNs.
fn matches_arn(first: &[Spelled]) -> bool {
    if *first == ['a', 'r', 'n'].map(Spelled::Char) {
        return true;
    }
    let character = |one: &Spelled| match one {
        Spelled::Run => '*',
        Spelled::One => '?',
        Spelled::Char('*') => crate::policy::glob::LITERAL_STAR,
        Spelled::Char('?') => crate::policy::glob::LITERAL_QUESTION,
        Spelled::Char(character) => *character,
    };
    crate::policy::glob::matches(&first.iter().map(character).collect::<String>(), "arn", false)
}

/// The pattern of a value that an operator compares with; nothing where it matches no text.
pub(super) fn value(base: BaseOperator, text: &[Spelled]) -> Option<Vec<Step>> {
    use BaseOperator::*;
    match base {
        ArnEquals | ArnNotEquals | ArnLike | ArnNotLike => arn(text),
        StringEqualsIgnoreCase | StringNotEqualsIgnoreCase => Some(
            exact(text)
                .into_iter()
                .map(|step| match step {
                    Step::Char(character) => in_any_case(character),
                    other => other,
                })
                .collect(),
        ),
        StringLike | StringNotLike => Some(steps(text.iter().copied(), Class::Any).collect()),
        _ => Some(exact(text)),
    }
}

/// In order, none twice.
pub(super) fn sorted(mut ids: Vec<PatternId>) -> Box<[PatternId]> {
    ids.sort_unstable();
    ids.dedup();
    ids.into()
}

/// The numbers that compare so with one of these. What is no number compares with nothing.
pub(super) fn numbers(base: BaseOperator, texts: impl Iterator<Item = String>) -> Ranges<Decimal> {
    let of = |text: String| value::number(&text).ok().map(|number| compared(base, number));
    texts.filter_map(of).fold(Ranges::none(), |sum, one| sum.or(&one))
}

/// The instants that compare so with one of these.
pub(super) fn instants(base: BaseOperator, texts: impl Iterator<Item = String>) -> Ranges<Timestamp> {
    let of = |text: String| value::date(&text).ok().map(|instant| compared(base, instant));
    texts.filter_map(of).fold(Ranges::none(), |sum, one| sum.or(&one))
}

/// The values that compare so with one.
fn compared<T: Ord + Clone>(base: BaseOperator, one: T) -> Ranges<T> {
    use BaseOperator::*;
    match base {
        NumericLessThan | DateLessThan => Ranges::between(Bound::Unbounded, Bound::Excluded(one)),
        NumericLessThanEquals | DateLessThanEquals => Ranges::between(Bound::Unbounded, Bound::Included(one)),
        NumericGreaterThan | DateGreaterThan => Ranges::between(Bound::Excluded(one), Bound::Unbounded),
        NumericGreaterThanEquals | DateGreaterThanEquals => Ranges::between(Bound::Included(one), Bound::Unbounded),
        _ => Ranges::exactly(one),
    }
}

/// Whether a range of addresses is so narrow that it names a network: `/8` and more of version 4, `/32` and more of version 6.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
pub(super) fn is_narrow(text: &str) -> bool {
    value::address_range(text).is_ok_and(|net| match net {
        IpNet::V4(net) => net.prefix_len() >= 8,
        IpNet::V6(net) => net.prefix_len() >= 32,
    })
}

/// The addresses in one of these ranges.
pub(super) fn addresses(texts: impl Iterator<Item = String>) -> Ranges<Address> {
    let of = |text: String| value::address_range(&text).ok().map(range);
    texts.filter_map(of).fold(Ranges::none(), |sum, one| sum.or(&one))
}

fn range(net: IpNet) -> Ranges<Address> {
    match net {
        IpNet::V4(net) => addresses_between(false, u32::from(net.network()).into(), u32::from(net.broadcast()).into()),
        IpNet::V6(net) => addresses_between(true, net.network().into(), net.broadcast().into()),
    }
}

/// All addresses that there are.
pub(super) fn every_address() -> Ranges<Address> {
    addresses_between(false, 0, u32::MAX.into()).or(&addresses_between(true, 0, u128::MAX))
}

/// The end is the first address that is not in it, so that there is no gap to the range that begins there.
fn addresses_between(six: bool, first: u128, last: u128) -> Ranges<Address> {
    let end = last.checked_add(1).map_or(Bound::Included((six, last)), |next| Bound::Excluded((six, next)));
    Ranges::between(Bound::Included((six, first)), end)
}
