//! Cases: what is known of the values of policy variables while a claim is looked at.
//!
//! At first the value of a variable is one letter, of which nothing is known. Where that does not decide a claim, it is looked at again
//! in each of a few cases: the value is a certain text, starts with one, is missing, has a `:` or none, is none of these.

use super::letter::{self, Kind};
use super::predicate::{AttributeId, Clause, Literal, Quantity, Values};
use super::region::{Place, Region, push};
use super::space::{Axis, Space};
use super::strings::{Class, PatternId, Step};
use super::unify::{Binding, unify};
use super::witness::{Text, Value, Witness};

/// What is known of the values of variables.
#[derive(Clone, Debug, Default)]
pub(super) struct Case {
    /// Keys with their values, which may hold letters; nothing for one that is missing.
    pub(super) pins: Vec<(AttributeId, Option<String>)>,
    /// Cases that are looked at by themselves.
    pub(super) others: Vec<Region>,
}

/// Cases of a case, and whether all of it is in one of them.
#[derive(Default)]
pub(super) struct Split {
    pub(super) cases: Vec<Case>,
    pub(super) complete: bool,
}

/// Sets of patterns, of one attribute, that no text matches all at once, unless the value of a variable makes one do so.
pub(super) type Conflicting = Vec<Box<[PatternId]>>;

/// Of more pairs of patterns than these it is not found out how values could make them meet.
const MOST_PAIRS: usize = 400;

/// What an equation costs, in states of automata.
const PRICE: u64 = 20;

impl Case {
    /// The case in which letters stand for these texts as well.
    fn with(&self, binding: &Binding) -> Option<Case> {
        let mut case = self.clone();
        for (letter, text) in binding {
            let text: String = text.iter().collect();
            for value in case.pins.iter_mut().filter_map(|(_, value)| value.as_mut()) {
                *value = value.replace(*letter, &text);
            }
            let Some(key) = letter::key(*letter).map(AttributeId) else { continue };
            if case.pins.iter().any(|(of, _)| *of == key) {
                return None;
            }
            case.pins.push((key, Some(text)));
        }
        Some(case)
    }

    /// Whether a key that a letter stands for is missing.
    fn lacks(&self, binding: &Binding) -> bool {
        let keys = binding.iter().filter_map(|(letter, _)| letter::key(*letter));
        keys.into_iter().any(|key| self.pins.contains(&(AttributeId(key), None)))
    }

    fn without_key(&self, key: AttributeId) -> Case {
        let mut case = self.clone();
        case.pins.push((key, None));
        case
    }

    /// Whether a letter is one of those that patterns hold in this case.
    fn has(&self, letter: char) -> bool {
        match letter::key(letter).map(AttributeId) {
            Some(key) => self.pins.iter().all(|(of, _)| *of != key),
            None => self.pins.iter().any(|(_, value)| value.as_ref().is_some_and(|value| value.contains(letter))),
        }
    }
}

impl Space<'_> {
    /// What holds of every request of a case; nothing where there is none.
    pub(super) fn known_in(&mut self, case: &Case) -> Option<Vec<Literal>> {
        let mut literals = Vec::new();
        for (key, value) in &case.pins {
            let Some(value) = value else {
                let is_absent = self.is_absent(*key);
                push(is_absent, &mut literals)?;
                continue;
            };
            let is_it = self.is_exactly(*key, value);
            push(is_it, &mut literals)?;
            for other in value.chars().filter_map(letter::key) {
                let is_absent = self.is_absent(AttributeId(other));
                push(!is_absent, &mut literals)?;
            }
        }
        Some(literals)
    }

    /// The cases in which some sets of patterns are matched by a text all the same.
    pub(super) fn met(&mut self, case: &Case, conflicts: &[Conflicting], budget: &mut u64) -> Split {
        let mut pairs: Vec<(PatternId, PatternId)> = Vec::new();
        for sets in conflicts {
            let each = sets.iter().enumerate().flat_map(|(at, a)| sets[at + 1..].iter().map(move |b| (a, b)));
            for (a, b) in each.flat_map(|(a, b)| a.iter().flat_map(|a| b.iter().map(|b| (*a, *b)))) {
                if self.has_letter(a) || self.has_letter(b) {
                    pairs.push((a.min(b), a.max(b)));
                }
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut split = Split { complete: pairs.len() <= MOST_PAIRS, cases: Vec::new() };
        let mut seen: Vec<Binding> = Vec::new();
        for (a, b) in pairs.into_iter().take(MOST_PAIRS) {
            if *budget == 0 {
                split.complete = false;
                break;
            }
            let found = unify(self.patterns.steps(a), self.patterns.steps(b), self.parts);
            *budget = budget.saturating_sub(PRICE * (1 + found.cost));
            split.complete &= found.complete;
            for binding in found.cases {
                if seen.contains(&binding) {
                    continue;
                }
                match case.with(&binding) {
                    Some(case) => split.cases.push(case),
                    // Who is missing matches nothing; what else a letter of another case would stand for is not followed.
                    None => split.complete &= case.lacks(&binding),
                }
                seen.push(binding);
            }
        }
        self.number(&seen);
        split
    }

    /// New letters get other numbers than those of these texts.
    fn number(&mut self, bindings: &[Binding]) {
        let letters = bindings.iter().flatten().flat_map(|(_, text)| text).filter_map(|one| letter::part(*one));
        self.parts = letters.map(|number| number + 1).fold(self.parts, u32::max);
    }

    /// The cases of a letter before the last part of an ARN: without a `:` it stays there.
    pub(super) fn segments_of(&mut self, case: &Case, letter: char) -> Split {
        let mut part = |kind| {
            self.parts += 1;
            letter::of_part(kind, self.parts - 1).unwrap_or(char::REPLACEMENT_CHARACTER)
        };
        let texts = match letter::kind(letter) {
            Some(Kind::Text) => vec![vec![part(Kind::Segment)], vec![part(Kind::Segment), ':', part(Kind::Text)]],
            _ => vec![vec![part(Kind::Plain)], vec![':']],
        };
        let mut cases: Vec<Case> = texts.into_iter().filter_map(|text| case.with(&vec![(letter, text)])).collect();
        cases.extend(letter::key(letter).map(|key| case.without_key(AttributeId(key))));
        Split { cases, complete: true }
    }

    /// The cases that tell a witness that is none from others like it: in which a pattern matches a text of it, and in which none of
    /// these texts do.
    pub(super) fn told_apart(&mut self, case: &Case, witness: &[Witness]) -> Split {
        for (text, id) in self.mistaken(case, witness) {
            let word: Vec<Step> = text.chars.iter().map(|own| Step::Char(*own)).collect();
            let found = unify(&word, self.patterns.steps(id), self.parts);
            let bindings: Vec<&Binding> = found.cases.iter().filter(|one| case.with(one).is_some()).collect();
            let cases: Vec<Case> = bindings.iter().filter_map(|binding| case.with(binding)).collect();
            if cases.is_empty() {
                continue;
            }
            let rest = match bindings.as_slice() {
                [one] if self.is_free(one) => self.of_other_lengths(case, one),
                _ => {
                    let others: Option<Vec<Region>> = cases.iter().map(|one| self.as_region(case, one)).collect();
                    others.map(|others| {
                        let mut rest = case.clone();
                        rest.others.extend(others);
                        vec![rest]
                    })
                }
            };
            let Some(rest) = rest else { continue };
            self.number(&found.cases);
            return Split { cases: cases.into_iter().chain(rest).collect(), complete: true };
        }
        Split::default()
    }

    /// Whether a text is any of so many characters, or of so many and more.
    fn is_free(&self, binding: &Binding) -> bool {
        let [(_, text)] = binding.as_slice() else { return false };
        let is_new = |one: &char| letter::part(*one).is_some_and(|number| number >= self.parts);
        let is_one = |one: &char| matches!(letter::kind(*one), Some(Kind::Single | Kind::Plain));
        let is_last = |at: usize| at + 1 == text.len();
        let is_free = |at: usize, one: &char| is_new(one) && !text[..at].contains(one) && (is_one(one) || is_last(at));
        text.iter().enumerate().all(|(at, one)| is_free(at, one))
    }

    /// The cases in which a text that may be any of so many characters has more or fewer.
    fn of_other_lengths(&mut self, case: &Case, binding: &Binding) -> Option<Vec<Case>> {
        let [(letter, text)] = binding.as_slice() else { return None };
        let (kind, single) = match letter::kind(*letter)? {
            Kind::Text => (Kind::Text, Kind::Single),
            Kind::Segment => (Kind::Segment, Kind::Plain),
            Kind::Single | Kind::Plain => return None,
        };
        // Of two kinds of characters the other one would be left out.
        let is_one = |one: &&char| letter::kind(**one) == Some(single);
        let ones = text.iter().take_while(is_one).count();
        let is_open = text.get(ones).is_some_and(|last| letter::kind(*last) == Some(kind));
        if ones + usize::from(is_open) != text.len() {
            return None;
        }
        let part = |kind, number: usize| letter::of_part(kind, self.parts + number as u32);
        let of = |count: usize| (0..count).map(|number| part(single, number)).collect::<Option<Vec<char>>>();
        let mut texts: Vec<Vec<char>> = (0..ones).map(of).collect::<Option<_>>()?;
        if !is_open {
            texts.push(of(ones + 1)?.into_iter().chain(part(kind, ones + 1)).collect());
        }
        let bindings: Vec<Binding> = texts.into_iter().map(|text| vec![(*letter, text)]).collect();
        let cases: Option<Vec<Case>> = bindings.iter().map(|one| case.with(one)).collect();
        let mut cases = cases?;
        cases.extend(letter::key(*letter).map(|key| case.without_key(AttributeId(key))));
        self.number(&bindings);
        Some(cases)
    }

    /// Texts of a witness with patterns that match them only when the values of variables are put in.
    fn mistaken(&mut self, case: &Case, witness: &[Witness]) -> Vec<(Text, PatternId)> {
        let mut texts: Vec<(AttributeId, Text)> = Vec::new();
        for (index, one) in witness.iter().enumerate() {
            let of = |value: &Value| if let Value::Text(text) = value { Some(text.clone()) } else { None };
            let found: Vec<Text> = match one {
                Witness::Text(text) => vec![text.clone()],
                Witness::One(value) => of(value).into_iter().collect(),
                Witness::Several(values) => values.iter().filter_map(of).collect(),
                _ => Vec::new(),
            };
            texts.extend(found.into_iter().map(|text| (AttributeId(index as u32), text)));
        }
        let mut found = Vec::new();
        for (attribute, text) in texts {
            let concrete: Vec<char> = self.substituted(&text.text, witness).chars().collect();
            for id in self.patterns_of(attribute) {
                let steps = self.patterns.steps(id).to_vec();
                let letters: Vec<char> =
                    steps.iter().filter_map(|step| step.own()).filter(|own| letter::is(*own)).collect();
                let is_missing = |own: &char| {
                    letter::key(*own)
                        .is_some_and(|key| matches!(witness.get(key as usize), None | Some(Witness::Absent)))
                };
                if letters.is_empty() && !text.chars.iter().any(|own| letter::is(*own))
                    || letters.iter().any(|own| !case.has(*own) || is_missing(own))
                    || self.patterns.any_matches(&[id], &text.chars)
                {
                    continue;
                }
                let put = self.put(&steps, witness);
                let put = self.patterns.add(put);
                if self.patterns.any_matches(&[put], &concrete) {
                    found.push((text.clone(), id));
                }
            }
        }
        found
    }

    /// The patterns that an attribute is compared with.
    fn patterns_of(&self, attribute: AttributeId) -> Vec<PatternId> {
        let of_attribute = self.predicates.iter().filter(|predicate| predicate.attribute == attribute);
        let sets = of_attribute.filter_map(|predicate| match &*predicate.values {
            Values::Texts(set) => Some(set.iter().copied()),
            _ => None,
        });
        let mut all: Vec<PatternId> = sets.flatten().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// A pattern with the values of a witness in it.
    fn put(&self, steps: &[Step], witness: &[Witness]) -> Vec<Step> {
        let of = |step: &Step| match *step {
            Step::Char(own) if letter::is(own) => {
                self.substituted(&own.to_string(), witness).chars().map(Step::Char).collect()
            }
            Step::AnyCase(own) if letter::is(own) => {
                self.substituted(&own.to_string(), witness).chars().map(Step::AnyCase).collect()
            }
            other => vec![other],
        };
        steps.iter().flat_map(of).collect()
    }

    /// The requests of a case that is part of another; nothing where the values of two keys depend on each other.
    fn as_region(&mut self, case: &Case, part: &Case) -> Option<Region> {
        let values = || part.pins.iter().filter_map(|(_, value)| value.as_deref()).flat_map(str::chars);
        let mut literals = Vec::new();
        for (key, value) in part.pins.iter().filter(|pin| !case.pins.contains(pin)) {
            if self.key_of(*key).and_then(|key| key.axis).is_some_and(|axis| axis != Axis::Texts) {
                return None;
            }
            let mut steps = Vec::new();
            for own in value.as_deref().unwrap_or_default().chars() {
                if letter::part(own).is_some() && values().filter(|other| *other == own).count() > 1 {
                    return None;
                }
                steps.push(match (letter::part(own), letter::kind(own)) {
                    (Some(_), Some(Kind::Text)) => Step::Run(Class::Any),
                    (Some(_), Some(Kind::Segment)) => Step::Run(Class::NotColon),
                    (Some(_), Some(Kind::Single)) => Step::One(Class::Any),
                    (Some(_), Some(Kind::Plain)) => Step::One(Class::NotColon),
                    _ => Step::Char(own),
                });
            }
            let pattern = self.patterns.add(steps);
            match self.clause(*key, false, Quantity::One, Values::Texts([pattern].into())) {
                Clause::If(literal) => literals.push(literal),
                Clause::Always => {}
                Clause::Never => return None,
            }
        }
        literals.sort_unstable();
        literals.dedup();
        (!literals.is_empty()).then(|| Region { literals: literals.into(), place: Place::default() })
    }
}
