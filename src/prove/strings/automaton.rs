//! The automaton of one pattern, made deterministic as far as somebody walks it.
//!
//! A state is the set of steps that may come next. A step from which nothing can be matched that could not be matched
//! from a run further on is left out, so that a pattern without `One` has no more states than steps.

use super::pattern::Pattern;
use super::slices::Slices;
use super::step::{Class, Step};
use crate::prove::letter;

/// The state in which nothing matches any more.
pub(super) const DEAD: u32 = u32::MAX;
/// Stands for a state that nobody has asked for yet.
const UNKNOWN: u32 = u32::MAX - 1;

/// What is known of a state.
pub(super) struct State {
    /// Where to go with a character that is not named here.
    other: u32,
    /// The end of its part of the named characters.
    named_end: u32,
    /// How many characters are missing at least.
    pub(super) missing: u32,
    /// Whether the empty rest matches.
    pub(super) accepting: bool,
    /// Whether every rest matches.
    pub(super) everything: bool,
    /// Whether a character that is not named here leads on.
    pub(super) open: bool,
}

/// States made so far.
#[derive(Default)]
pub(super) struct Automaton {
    places: Slices,
    states: Vec<State>,
    named: Vec<(char, u32)>,
    /// For each run, the first step from which on all steps take only what the run takes.
    reach: Vec<u32>,
    /// For each step, how many characters it and the steps after it need.
    missing: Vec<u32>,
    next: Vec<u32>,
}

impl Automaton {
    /// The state of a text that has led up to a step.
    pub(super) fn enter(&mut self, pattern: &Pattern, at: usize) -> u32 {
        let steps = pattern.steps();
        if self.missing.is_empty() {
            self.reach = reach_of_runs(steps);
            self.missing = vec![0; steps.len() + 1];
            for (i, step) in steps.iter().enumerate().rev() {
                self.missing[i] = self.missing[i + 1] + u32::from(!step.is_run());
            }
        }
        self.next.clear();
        enter(steps, at, &mut self.next);
        self.settle(steps)
    }

    pub(super) fn state(&self, state: u32) -> &State {
        &self.states[state as usize]
    }

    /// How many numbers it holds on to.
    pub(super) fn size(&self) -> usize {
        self.places.size() + 4 * self.states.len() + 2 * self.named.len()
    }

    /// The characters for which a state does not do what it does for all others, in order.
    pub(super) fn named(&self, state: u32) -> &[(char, u32)] {
        &self.named[self.named_start(state)..self.states[state as usize].named_end as usize]
    }

    fn named_start(&self, state: u32) -> usize {
        if state == 0 { 0 } else { self.states[state as usize - 1].named_end as usize }
    }

    /// The state after one more character, if somebody asked before; `None` is a character that the state does not name.
    #[inline]
    pub(super) fn known(&self, state: u32, character: Option<char>) -> Option<u32> {
        let after = match self.place_of(state, character) {
            Some(place) => self.named[place].1,
            // What may stand for several characters or none goes where no one character does.
            None if character.is_some_and(letter::is) => UNKNOWN,
            None => self.states[state as usize].other,
        };
        (after != UNKNOWN).then_some(after)
    }

    /// Where a state names a character.
    #[inline]
    fn place_of(&self, state: u32, character: Option<char>) -> Option<usize> {
        let own = character?;
        let named = self.named(state);
        let place = if named.len() > 8 {
            named.binary_search_by_key(&own, |&(other, _)| other).ok()
        } else {
            named.iter().position(|&(other, _)| other == own)
        };
        place.map(|place| self.named_start(state) + place)
    }

    /// Makes the state after one more character.
    #[cold]
    pub(super) fn explore(&mut self, pattern: &Pattern, state: u32, character: Option<char>) -> u32 {
        let steps = pattern.steps();
        let place = self.place_of(state, character);
        let is_letter = character.is_some_and(letter::is);
        let character = character.filter(|_| place.is_some() || is_letter);
        self.next.clear();
        for place in self.places.range(state) {
            let at = self.places.word(place) as usize;
            if let Some(step) = steps.get(at).filter(|step| step.takes(character)) {
                enter(steps, if step.is_run() { at } else { at + 1 }, &mut self.next);
            }
        }
        let after = self.settle(steps);
        match place {
            Some(place) => self.named[place].1 = after,
            None if is_letter => {}
            None => self.states[state as usize].other = after,
        }
        after
    }

    /// The state made of the places in `next`.
    fn settle(&mut self, steps: &[Step]) -> u32 {
        self.drop_dominated(steps);
        let Some(&last) = self.next.last() else { return DEAD };
        let (number, new) = self.places.add(&self.next);
        if new {
            let first_named = self.named.len();
            let mut open = false;
            for step in self.next.iter().filter_map(|&at| steps.get(at as usize)) {
                open |= step.takes(None);
                name(*step, &mut self.named);
            }
            self.named[first_named..].sort_unstable();
            dedup_from(&mut self.named, first_named);
            let end = steps.len() as u32;
            self.states.push(State {
                other: if open { UNKNOWN } else { DEAD },
                named_end: self.named.len() as u32,
                missing: self.missing[last as usize],
                accepting: last == end,
                everything: steps.last() == Some(&Step::Run(Class::Any)) && self.next.contains(&(end - 1)),
                open,
            });
        }
        number
    }

    fn drop_dominated(&mut self, steps: &[Step]) {
        let mut lowest = u32::MAX;
        let mut kept = self.next.len();
        for read in (0..self.next.len()).rev() {
            let at = self.next[read];
            if at >= lowest {
                continue;
            }
            if steps.get(at as usize).is_some_and(|step| step.is_run()) {
                lowest = lowest.min(self.reach[at as usize]);
            }
            kept -= 1;
            self.next[kept] = at;
        }
        self.next.drain(..kept);
    }
}

/// Adds a place, and the one after it if a run, which may be empty, is there. Places come in rising order.
fn enter(steps: &[Step], at: usize, next: &mut Vec<u32>) {
    let last = if steps.get(at).is_some_and(|step| step.is_run()) { at + 1 } else { at };
    for place in at as u32..=last as u32 {
        if next.last().is_none_or(|&other| other < place) {
            next.push(place);
        }
    }
}

fn name(step: Step, named: &mut Vec<(char, u32)>) {
    match step {
        Step::Char(own) => named.push((own, UNKNOWN)),
        Step::AnyCase(own) => named.extend([(letter::upper(own), UNKNOWN), (own, UNKNOWN)]),
        Step::One(Class::NotColon) | Step::Run(Class::NotColon) => named.push((':', UNKNOWN)),
        Step::One(Class::Any) | Step::Run(Class::Any) => {}
    }
}

fn dedup_from(named: &mut Vec<(char, u32)>, start: usize) {
    let mut kept = start;
    for read in start..named.len() {
        if kept == start || named[kept - 1] != named[read] {
            named[kept] = named[read];
            kept += 1;
        }
    }
    named.truncate(kept);
}

fn reach_of_runs(steps: &[Step]) -> Vec<u32> {
    let mut after_colon = 0;
    let mut reach = Vec::with_capacity(steps.len());
    for (i, step) in steps.iter().enumerate() {
        reach.push(if *step == Step::Run(Class::Any) { 0 } else { after_colon });
        if !step.is_within(Class::NotColon) {
            after_colon = i as u32 + 1;
        }
    }
    reach
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(text: &str) -> usize {
        let pattern = Pattern::new(super::super::tests::steps(text));
        let mut automaton = Automaton::default();
        automaton.enter(&pattern, 0);
        let mut state = 0;
        while (state as usize) < automaton.states.len() {
            let named: Vec<char> = automaton.named(state).iter().map(|&(own, _)| own).collect();
            named.into_iter().map(Some).chain([None]).for_each(|symbol| _ = automaton.explore(&pattern, state, symbol));
            state += 1;
        }
        automaton.states.len()
    }

    #[test]
    fn runs_keep_automata_small() {
        assert_eq!(states("abc*"), 4);
        assert_eq!(states("*ab*ba*"), 5);
        assert_eq!(states("~a~b~"), 3);
        assert_eq!(states("?*"), 2);
        assert!(states("a:~b:~c") <= 7);
    }

    #[test]
    fn a_run_that_stops_at_colons_hides_only_what_stops_there_too() {
        let steps = super::super::tests::steps("a*:b~c");
        assert_eq!(reach_of_runs(&steps)[1], 0);
        assert_eq!(reach_of_runs(&steps)[4], 3);
    }
}
