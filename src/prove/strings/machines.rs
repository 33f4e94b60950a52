//! Patterns and their automata, side by side.

use super::automaton::{Automaton, DEAD};
use super::pattern::Pattern;

/// Patterns and their automata, side by side.
#[derive(Default)]
pub(super) struct Machines {
    pub(super) patterns: Vec<Pattern>,
    pub(super) automata: Vec<Automaton>,
    /// How many numbers the states take up.
    size: usize,
}

impl Machines {
    /// How many numbers the states take up.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The patterns without wildcards, and the others.
    pub(super) fn by_kind(&self, patterns: &[u32]) -> (Vec<u32>, Vec<u32>) {
        patterns.iter().partition(|&&pattern| self.patterns[pattern as usize].is_literal())
    }

    /// The state after a text that starts words.
    pub(super) fn state_after(&mut self, pattern: u32, text: &[char]) -> u32 {
        let own = &self.patterns[pattern as usize];
        let known = own.prefix().len().min(text.len());
        if own.prefix()[..known] != text[..known] {
            return DEAD;
        }
        let automaton = &mut self.automata[pattern as usize];
        let before = automaton.size();
        let mut state = automaton.enter(own, known);
        self.size += automaton.size() - before;
        for &character in &text[known..] {
            if state == DEAD {
                break;
            }
            state = self.after(pattern, state, Some(character));
        }
        state
    }

    #[inline]
    pub(super) fn after(&mut self, pattern: u32, state: u32, character: Option<char>) -> u32 {
        let automaton = &mut self.automata[pattern as usize];
        automaton.known(state, character).unwrap_or_else(|| {
            let before = automaton.size();
            let after = automaton.explore(&self.patterns[pattern as usize], state, character);
            self.size += automaton.size() - before;
            after
        })
    }

    /// Forgets all automata if they take up much room.
    pub(super) fn make_room(&mut self) {
        if self.size > MOST_ROOM / 2 {
            self.automata.iter_mut().for_each(|automaton| *automaton = Automaton::default());
            self.size = 0;
        }
    }
}

/// How many numbers automata may take up, and as many the nodes of a search.
pub(super) const MOST_ROOM: usize = 1 << 24;
