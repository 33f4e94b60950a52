//! One pattern, ready to be matched with a text.

use super::step::{Class, Step, normalise};

/// A pattern in its one form, with what matching looks at first.
pub(super) struct Pattern {
    steps: Box<[Step]>,
    /// The characters before the first other step.
    prefix: Box<[char]>,
    /// The characters after the last other step; empty for a literal.
    suffix: Box<[char]>,
    /// How long a matching text is at least.
    least: usize,
    has_run: bool,
    /// One bit for each ASCII character that a step names.
    ascii: u128,
    /// A `One(Any)` stands between two `Run(NotColon)`, so that matching has to try all ways.
    tangled: bool,
}

impl Pattern {
    pub(super) fn new(steps: Vec<Step>) -> Pattern {
        let steps = normalise(steps).into_boxed_slice();
        let prefix = characters(&steps[..count_characters(steps.iter())]);
        let after = &steps[prefix.len()..];
        let suffix = characters(&after[after.len() - count_characters(after.iter().rev())..]);
        let ascii = steps.iter().fold(0, |bits, &step| bits | ascii_bits(step));
        let least = steps.iter().filter(|step| !step.is_run()).count();
        let (has_run, tangled) = (least < steps.len(), is_tangled(&steps));
        Pattern { steps, prefix, suffix, least, has_run, ascii, tangled }
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The one text that it matches, if it is made of characters only.
    pub(super) fn literal(&self) -> Option<&[char]> {
        (self.prefix.len() == self.steps.len()).then_some(&*self.prefix)
    }

    pub(super) fn is_literal(&self) -> bool {
        self.prefix.len() == self.steps.len()
    }

    pub(super) fn prefix(&self) -> &[char] {
        &self.prefix
    }

    pub(super) fn suffix(&self) -> &[char] {
        &self.suffix
    }

    pub(super) fn least(&self) -> usize {
        self.least
    }

    pub(super) fn ascii(&self) -> u128 {
        self.ascii
    }

    pub(super) fn ends_in_run(&self) -> bool {
        self.steps.last().is_some_and(|step| step.is_run())
    }

    /// Whether the whole of the text matches.
    pub(super) fn matches(&self, text: &[char]) -> bool {
        let fits = text.len() == self.least || (self.has_run && text.len() > self.least);
        if !fits || !text.starts_with(&self.prefix) || !text.ends_with(&self.suffix) {
            return false;
        }
        let steps = &self.steps[self.prefix.len()..self.steps.len() - self.suffix.len()];
        let text = &text[self.prefix.len()..text.len() - self.suffix.len()];
        if self.tangled {
            return follow_all_ways(steps, text);
        }
        follow(steps, text, |step, character| step.takes(Some(character)))
    }
}

/// How many of the first steps are characters.
fn count_characters<'s>(steps: impl Iterator<Item = &'s Step>) -> usize {
    steps.take_while(|step| matches!(step, Step::Char(_))).count()
}

/// Steps that are characters, as characters.
fn characters(steps: &[Step]) -> Box<[char]> {
    steps.iter().map(|step| if let Step::Char(own) = *step { own } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// The bits of the ASCII characters that a step names.
fn ascii_bits(step: Step) -> u128 {
    let bit = |own: char| if own.is_ascii() { 1u128 << (own as u32) } else { 0 };
    match step {
        Step::Char(own) => bit(own),
        Step::AnyCase(own) => bit(own) | bit(own.to_ascii_uppercase()),
        Step::One(_) | Step::Run(_) => 0,
    }
}

fn is_tangled(steps: &[Step]) -> bool {
    let (mut after_run, mut loose) = (false, false);
    for &step in steps {
        match step {
            Step::Run(Class::Any) => (after_run, loose) = (false, false),
            Step::Run(Class::NotColon) if loose => return true,
            Step::Run(Class::NotColon) => after_run = true,
            Step::One(Class::Any) => loose |= after_run,
            _ => {}
        }
    }
    false
}

/// Lays the items along the steps, each run taking as few as it can.
///
/// Two points of return are kept: the last run of `Any`, and the last run of `NotColon` after it. `true` is always
/// right. For characters, `false` is right unless the pattern is tangled.
pub(super) fn follow<T: Copy>(steps: &[Step], items: &[T], takes: impl Fn(Step, T) -> bool) -> bool {
    let (mut at, mut item) = (0, 0);
    // The step after the run, and the item that the run may take next.
    let (mut wide, mut narrow) = (None::<(usize, usize)>, None);
    loop {
        match steps.get(at) {
            None if item == items.len() => return true,
            Some(Step::Run(Class::Any)) if at + 1 == steps.len() => return true,
            Some(Step::Run(class)) => {
                at += 1;
                if *class == Class::Any {
                    (wide, narrow) = (Some((at, item)), None);
                } else {
                    narrow = Some((at, item));
                }
                continue;
            }
            Some(&step) if item < items.len() && takes(step, items[item]) => {
                (at, item) = (at + 1, item + 1);
                continue;
            }
            _ => {}
        }
        let may_take = |&(after, next): &(usize, usize)| next < items.len() && takes(steps[after - 1], items[next]);
        let back = if let Some(place) = narrow.filter(may_take) {
            narrow.insert((place.0, place.1 + 1))
        } else if let Some(place) = wide.filter(may_take) {
            narrow = None;
            wide.insert((place.0, place.1 + 1))
        } else {
            return false;
        };
        (at, item) = *back;
    }
}

/// Keeps every place in the steps that the text so far may have led to.
fn follow_all_ways(steps: &[Step], text: &[char]) -> bool {
    let mut places = vec![false; steps.len() + 1];
    places[0] = true;
    let skip_runs = |places: &mut Vec<bool>| {
        for (i, step) in steps.iter().enumerate() {
            places[i + 1] |= places[i] && step.is_run();
        }
    };
    skip_runs(&mut places);
    for &character in text {
        let mut next = vec![false; steps.len() + 1];
        for (i, &step) in steps.iter().enumerate() {
            if places[i] && step.takes(Some(character)) {
                next[if step.is_run() { i } else { i + 1 }] = true;
            }
        }
        skip_runs(&mut next);
        places = next;
    }
    places[steps.len()]
}
