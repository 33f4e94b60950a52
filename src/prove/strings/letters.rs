//! Characters to fill words with.

use super::pattern::Pattern;
use super::step::Step;

/// Letters that look harmless in a word, the first ones first.
const LETTERS: &[u8; 36] = b"xyzabcdefghijklmnopqrstuvw0123456789";

/// A letter of no meaning whose bit is not set.
pub(super) fn plain(named: u128) -> Option<char> {
    LETTERS.iter().find(|&&letter| named & (1 << letter) == 0).map(|&letter| char::from(letter))
}

/// A character that is not in `avoid`, which is in order, and rather one whose bit in `named` is not set either.
pub(super) fn fresh(named: u128, avoid: &[char]) -> Option<char> {
    let free = |own: &char| avoid.binary_search(own).is_err();
    let letters = || LETTERS.iter().map(|&letter| char::from(letter));
    let best = letters().find(|own| named & (1 << *own as u32) == 0 && free(own));
    let good = || letters().find(free);
    let special = [':', '*', '?'];
    best.or_else(good).or_else(|| ('!'..=char::MAX).find(|own| !special.contains(own) && free(own)))
}

/// The word of a pattern in which `letter` stands for whatever is open. Every run gives one letter.
pub(super) fn fill(pattern: &Pattern, letter: char, word: &mut Vec<char>) {
    word.clear();
    word.extend(pattern.steps().iter().map(|step| match *step {
        Step::Char(own) | Step::AnyCase(own) => own,
        Step::One(_) | Step::Run(_) => letter,
    }));
}
