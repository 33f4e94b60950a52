//! The check of a "there is none": every clause that was learned follows from those before, and every lemma about an attribute is
//! decided again, by other and plainer means than those that found it.

use super::letter::{self, Kind};
use super::number;
use super::predicate::{AttributeId, Literal, Quantity, Values};
use super::ranges::Ranges;
use super::requester::has;
use super::solver::{Certificate, Lit, check};
use super::space::{Axis, Space};
use super::strings::{Class, PatternId, Step};
use super::text::every_address;

/// More sets of places than these are not looked at: the lemma then counts as seen.
const MOST_STATES: usize = 20_000;

impl Space<'_> {
    /// Whether a certificate shows that these assumptions and clauses contradict each other.
    pub(super) fn is_shown(
        &self,
        inputs: &[Vec<Lit>],
        assumptions: &[Lit],
        certificate: &Certificate,
        literal: impl Fn(Lit) -> Option<Literal>,
    ) -> bool {
        let holds = |clause: &[Lit], _: u64| {
            let together: Option<Vec<Literal>> = clause.iter().map(|lit| literal(!*lit)).collect();
            together.is_some_and(|literals| self.excludes(&literals))
        };
        check(inputs, assumptions, certificate, holds).is_ok()
    }

    /// Whether no value of their one attribute satisfies all of these literals.
    pub(super) fn excludes(&self, literals: &[Literal]) -> bool {
        let Some(attribute) = literals.first().map(|one| self.predicates.get(*one).attribute) else { return false };
        if literals.iter().any(|one| self.predicates.get(*one).attribute != attribute) {
            return false;
        }
        let demands: Vec<(&Values, bool)> =
            literals.iter().map(|one| (&*self.predicates.get(*one).values, one.holds())).collect();
        match attribute {
            AttributeId::REQUESTER => !(0..self.requesters.all().len()).any(|index| {
                demands
                    .iter()
                    .all(|(values, inside)| matches!(values, Values::Requesters(mask) if has(mask, index) == *inside))
            }),
            AttributeId::ACTION => self.no_text(&self.shapes.action, &demands),
            AttributeId::RESOURCE => self.no_text(&self.shapes.resource, &demands),
            _ => self.no_key(attribute, literals, &demands),
        }
    }

    fn no_key(&self, attribute: AttributeId, literals: &[Literal], demands: &[(&Values, bool)]) -> bool {
        if literals.iter().all(|one| self.predicates.get(*one).absent == one.holds()) {
            return false;
        }
        let key = self.key_of(attribute);
        if !key.is_some_and(|key| key.several) {
            return self.no_value(attribute, demands);
        }
        // What all values must do, and with it each thing that one of them must do.
        let of_one = |one: &Literal| {
            let quantity = self.predicates.get(*one).quantity;
            matches!((quantity, one.holds()), (Quantity::All, false) | (Quantity::Any, true))
        };
        let pairs = || literals.iter().zip(demands);
        let all: Vec<_> = pairs().filter(|(one, _)| !of_one(one)).map(|(_, demand)| *demand).collect();
        let mut ones = pairs().filter(|(one, _)| of_one(one)).map(|(_, demand)| *demand).peekable();
        match ones.peek() {
            None => self.no_value(attribute, &all),
            Some(_) => ones.any(|one| self.no_value(attribute, &[&all[..], &[one]].concat())),
        }
    }

    fn no_value(&self, attribute: AttributeId, demands: &[(&Values, bool)]) -> bool {
        if demands.iter().any(|(values, inside)| **values == Values::Nothing && *inside) {
            return true;
        }
        let key = self.key_of(attribute);
        let is_text = |values: &Values| matches!(values, Values::Texts(_));
        if key.is_some_and(|key| key.axis.is_some_and(|axis| axis != Axis::Texts))
            && demands.iter().any(|(values, inside)| *inside && is_text(values))
        {
            return true;
        }
        let shape = &self.shape_of(attribute);
        fn left<'v, T: Ord + Clone + 'v>(
            demands: &[(&'v Values, bool)],
            everything: Ranges<T>,
            of: impl Fn(&'v Values) -> Option<&'v Ranges<T>>,
            pick: impl Fn(&Ranges<T>) -> Option<T>,
        ) -> bool {
            let each = demands.iter().filter_map(|(values, inside)| of(values).map(|ranges| (ranges, *inside)));
            let left = each.fold(everything, |left, (ranges, inside)| {
                left.and(&if inside { ranges.clone() } else { ranges.not() })
            });
            pick(&left).is_none()
        }
        match self.key_of(attribute).and_then(|key| key.axis) {
            Some(Axis::Numbers) => left(
                demands,
                Ranges::all(),
                |values| if let Values::Numbers(ranges) = values { Some(ranges) } else { None },
                number::pick,
            ),
            Some(Axis::Instants) => left(
                demands,
                Ranges::all(),
                |values| if let Values::Instants(ranges) = values { Some(ranges) } else { None },
                number::pick_instant,
            ),
            Some(Axis::Addresses) => left(
                demands,
                every_address(),
                |values| if let Values::Addresses(ranges) = values { Some(ranges) } else { None },
                number::pick_address,
            ),
            Some(Axis::Texts) | None => self.no_text(shape, demands),
        }
    }

    /// Whether no text is in all the sets and outside the others: every set of places that a text can lead to is looked at.
    fn no_text(&self, shape: &[PatternId], demands: &[(&Values, bool)]) -> bool {
        let mut sets: Vec<Sided<'_>> = vec![(self.steps_of(shape), true)];
        for (values, inside) in demands {
            if let Values::Texts(set) = values {
                sets.push((self.steps_of(set), *inside));
            }
        }
        Self::no_word(&sets)
    }

    /// Whether no text is in the sets that it must be in and outside the others.
    pub(super) fn no_word(sets: &[Sided<'_>]) -> bool {
        // Where all the texts of a set are written out, no others are looked at.
        let written =
            sets.iter().filter(|(_, inside)| *inside).find_map(|(set, _)| set.iter().map(|one| text(one)).collect());
        if let Some(texts) = written {
            let texts: Vec<Vec<char>> = texts;
            let is_in = |text: &[char], set: &[&[Step]]| set.iter().any(|steps| leads_through(steps, text));
            return !texts.iter().any(|text| sets.iter().all(|(set, inside)| is_in(text, set) == *inside));
        }
        let letters = letters(sets);
        let start: State =
            sets.iter().map(|(set, _)| set.iter().map(|steps| closed(steps, vec![0])).collect()).collect();
        let mut seen = std::collections::HashSet::from([start.clone()]);
        let mut waiting = vec![start];
        while let Some(state) = waiting.pop() {
            let accepted = |(places, (set, inside)): (&Vec<Vec<usize>>, &Sided<'_>)| {
                places.iter().zip(set).any(|(places, steps)| places.contains(&steps.len())) == *inside
            };
            if state.iter().zip(sets).all(accepted) {
                return false;
            }
            for letter in &letters {
                let next: State = state
                    .iter()
                    .zip(sets)
                    .map(|(places, (set, _))| {
                        places.iter().zip(set).map(|(places, steps)| after(steps, places, *letter)).collect()
                    })
                    .collect();
                // A set that must be met and whose patterns all have ended is met by nothing that follows.
                let is_dead =
                    next.iter().zip(sets).any(|(places, (_, inside))| *inside && places.iter().all(Vec::is_empty));
                if !is_dead && seen.insert(next.clone()) {
                    waiting.push(next);
                }
            }
            if seen.len() > MOST_STATES {
                return true;
            }
        }
        true
    }

    fn steps_of(&self, set: &[PatternId]) -> Vec<&[Step]> {
        set.iter().map(|id| self.patterns.steps(*id)).collect()
    }
}

/// The patterns of a set, and whether texts are to be in it.
pub(super) type Sided<'p> = (Vec<&'p [Step]>, bool);
/// Of each pattern of each set, the places that a text leads to.
type State = Vec<Vec<Vec<usize>>>;

/// The characters that patterns name, and one that none does.
fn letters(sets: &[Sided<'_>]) -> Vec<char> {
    let mut letters: Vec<char> = vec![':', '\u{10FFFD}'];
    for step in sets.iter().flat_map(|(set, _)| set).copied().flatten() {
        match step {
            Step::Char(letter) => letters.push(*letter),
            Step::AnyCase(letter) => letters.extend([*letter, letter::upper(*letter)]),
            Step::One(_) | Step::Run(_) => {}
        }
    }
    letters.sort_unstable();
    letters.dedup();
    letters
}

/// The text that a pattern is, if it is one only.
fn text(steps: &[Step]) -> Option<Vec<char>> {
    let letter = |step: &Step| if let Step::Char(letter) = step { Some(*letter) } else { None };
    steps.iter().map(letter).collect()
}

/// Whether a pattern matches the whole of a text.
fn leads_through(steps: &[Step], text: &[char]) -> bool {
    let start = closed(steps, vec![0]);
    let last = text
        .iter()
        .try_fold(start, |places, letter| Some(after(steps, &places, *letter)).filter(|next| !next.is_empty()));
    last.is_some_and(|places| places.contains(&steps.len()))
}

/// With the places behind runs, which may be empty.
fn closed(steps: &[Step], mut places: Vec<usize>) -> Vec<usize> {
    let mut at = 0;
    while at < places.len() {
        let place = places[at];
        if matches!(steps.get(place), Some(Step::Run(_))) && !places.contains(&(place + 1)) {
            places.push(place + 1);
        }
        at += 1;
    }
    places.sort_unstable();
    places
}

fn after(steps: &[Step], places: &[usize], letter: char) -> Vec<usize> {
    // What a letter stands for may be none or several characters, or hold a `:`.
    let (is_one, may_be_colon) = match letter::kind(letter) {
        None => (true, letter == ':'),
        Some(Kind::Text) => (false, true),
        Some(Kind::Segment) => (false, false),
        Some(Kind::Single) => (true, true),
        Some(Kind::Plain) => (true, false),
    };
    let in_class = |class: Class| class == Class::Any || !may_be_colon;
    let mut next = Vec::new();
    for place in places {
        let to = match steps.get(*place) {
            Some(Step::Char(own)) => (*own == letter).then_some(place + 1),
            Some(Step::AnyCase(own)) => (*own == letter::lower(letter)).then_some(place + 1),
            Some(Step::One(class)) => (in_class(*class) && is_one).then_some(place + 1),
            Some(Step::Run(class)) => in_class(*class).then_some(*place),
            None => None,
        };
        next.extend(to.filter(|to| !next.contains(to)));
    }
    closed(steps, next)
}
