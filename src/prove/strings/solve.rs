//! One question, from the cheap answers to the search.

use super::letters::{fill, plain};
use super::machines::Machines;
use super::prefixes::Prefixes;
use super::relation::covers;
use super::search::Search;
use super::{ANYTHING, FastMap};

/// A set of patterns of which one is to match, apart by kind.
#[derive(Default)]
pub(super) struct Set {
    /// In order.
    pub(super) literals: Vec<u32>,
    pub(super) wild: Vec<u32>,
}

/// Why there is no word: positions of positive sets, and negative patterns.
#[derive(Default)]
pub(super) struct Core {
    pub(super) sets: Vec<u32>,
    pub(super) negatives: Vec<u32>,
}

impl Core {
    pub(super) fn in_order(mut self) -> Core {
        for list in [&mut self.sets, &mut self.negatives] {
            list.sort_unstable();
            list.dedup();
        }
        self
    }
}

/// What a question comes to.
pub(super) enum Answer {
    Word(String),
    Nothing(Core),
    Exhausted,
}

/// What is kept between questions.
#[derive(Default)]
pub(super) struct Tools {
    pub(super) machines: Machines,
    pub(super) search: Search,
    /// Literals by their text.
    pub(super) texts: FastMap<Box<[char]>, u32>,
    /// Whether two patterns meet, the smaller number first.
    pub(super) meetings: FastMap<(u32, u32), bool>,
    /// The word looked at.
    pub(super) word: Vec<char>,
    /// The negative patterns that match it.
    pub(super) hits: Vec<u32>,
}

impl Tools {
    /// Forgets what takes up much room.
    pub(super) fn make_room(&mut self) {
        self.machines.make_room();
        if self.meetings.len() > MOST_MEETINGS {
            self.meetings.clear();
        }
    }
}

/// How many pairs of patterns are remembered.
const MOST_MEETINGS: usize = 1 << 20;

/// A question: one word that matches every set and none of the negative patterns.
pub(super) struct Question<'a> {
    pub(super) tools: &'a mut Tools,
    pub(super) sets: Vec<&'a Set>,
    /// Negative patterns without and with wildcards, each in order.
    pub(super) literals: &'a [u32],
    pub(super) wild: &'a [u32],
    /// `wild` by prefix, if that is worth while.
    pub(super) prefixes: Option<Prefixes>,
    pub(super) budget: &'a mut u64,
}

/// What is left of a set: patterns that may still give a word, and why the others do not.
#[derive(Default)]
pub(super) struct Row {
    pub(super) set: u32,
    pub(super) alive: Vec<u32>,
    /// `alive` by prefix, if there are many.
    pub(super) prefixes: Option<Prefixes>,
    /// What excludes the others.
    pub(super) core: Core,
}

/// More sets than this are not looked at.
const MOST_SETS: usize = 256;
/// So many patterns are worth sorting.
pub(super) const MANY: usize = 24;

impl Question<'_> {
    pub(super) fn answer(&mut self) -> Answer {
        if self.sets.len() > MOST_SETS {
            return Answer::Exhausted;
        }
        let tries: usize = self.sets.iter().map(|set| set.wild.len() + set.literals.len()).sum();
        if tries > MANY && self.wild.len() > MANY {
            self.prefixes = Some(Prefixes::new(&self.tools.machines.patterns, self.wild.to_vec()));
        }
        let mut order: Vec<u32> = (0..self.sets.len() as u32).collect();
        order.sort_by_key(|&set| (self.sets[set as usize].wild.len(), self.sets[set as usize].literals.len()));
        let mut rows: Vec<Row> = order.into_iter().map(|set| Row { set, ..Row::default() }).collect();
        for row in &mut rows {
            if let Some(end) = self.try_literals(row) {
                return end;
            }
        }
        if rows.is_empty() {
            rows.push(Row { set: NO_SET, ..Row::default() });
        }
        for row in &mut rows {
            if let Some(end) = self.sift(row) {
                return end;
            }
        }
        self.combine(rows)
    }

    /// Tries the literals of a set as words. Ends the question if one is a word, or if the set has nothing else.
    fn try_literals(&mut self, row: &mut Row) -> Option<Answer> {
        let set = self.sets[row.set as usize];
        for &literal in &set.literals {
            if !self.spend(1 + self.wild.len() as u64 / 8) {
                return Some(Answer::Exhausted);
            }
            if self.literals.binary_search(&literal).is_ok() {
                row.core.negatives.push(literal);
                continue;
            }
            let patterns = &self.tools.machines.patterns;
            let text = patterns[literal as usize].prefix();
            let lacks = |other: &&Set| {
                let has = |&other: &u32| patterns[other as usize].matches(text);
                other.literals.binary_search(&literal).is_err() && !other.wild.iter().any(has)
            };
            if let Some(other) = self.sets.iter().position(lacks) {
                row.core.sets.push(other as u32);
                continue;
            }
            self.tools.word.clear();
            self.tools.word.extend_from_slice(text);
            self.find_hits();
            match self.widest_hit(|_| true) {
                Some(hit) => row.core.negatives.push(hit),
                None => return Some(Answer::Word(self.tools.word.iter().collect())),
            }
        }
        set.wild.is_empty().then(|| end_of(row))
    }

    /// Leaves out the patterns of a set that one negative pattern covers. Ends the question if a guess is right, or if
    /// none are left.
    fn sift(&mut self, row: &mut Row) -> Option<Answer> {
        let wild = if row.set == NO_SET { &[ANYTHING][..] } else { &self.sets[row.set as usize].wild };
        let alone = self.sets.len() <= 1;
        for &pattern in wild {
            if !self.spend(1 + self.wild.len() as u64 / 8) {
                return Some(Answer::Exhausted);
            }
            if self.wild.binary_search(&pattern).is_ok() {
                row.core.negatives.push(pattern);
                continue;
            }
            if self.guess(pattern, 0) && alone {
                return Some(Answer::Word(self.tools.word.iter().collect()));
            }
            let patterns = &self.tools.machines.patterns;
            let covering = |hit: u32| covers(&patterns[hit as usize], &patterns[pattern as usize]);
            if let Some(hit) = self.widest_hit(covering) {
                row.core.negatives.push(hit);
                continue;
            }
            if alone && self.guess(pattern, self.named_by_hits(pattern)) {
                return Some(Answer::Word(self.tools.word.iter().collect()));
            }
            row.alive.push(pattern);
        }
        row.alive.is_empty().then(|| end_of(row))
    }

    /// Of the hits for which something holds, the one that needs the fewest characters.
    fn widest_hit(&self, holds: impl Fn(u32) -> bool) -> Option<u32> {
        let hits = self.tools.hits.iter().copied().filter(|&hit| holds(hit));
        hits.min_by_key(|&hit| (self.tools.machines.patterns[hit as usize].least(), hit))
    }

    /// Fills a pattern with one letter. Gives whether no negative pattern matches.
    pub(super) fn guess(&mut self, pattern: u32, named: u128) -> bool {
        let Some(letter) = plain(named) else { return false };
        fill(&self.tools.machines.patterns[pattern as usize], letter, &mut self.tools.word);
        self.find_hits();
        self.tools.hits.is_empty()
    }

    /// The characters that a pattern and those that hit the last guess name.
    fn named_by_hits(&self, pattern: u32) -> u128 {
        let ascii = |&pattern: &u32| self.tools.machines.patterns[pattern as usize].ascii();
        self.tools.hits.iter().map(ascii).fold(ascii(&pattern), |bits, more| bits | more)
    }

    /// The negative patterns that match the word.
    pub(super) fn find_hits(&mut self) {
        let Tools { machines, texts, word, hits, .. } = &mut *self.tools;
        let matches = |pattern: &u32| machines.patterns[*pattern as usize].matches(word);
        hits.clear();
        match &self.prefixes {
            Some(prefixes) => hits.extend(prefixes.starting(&machines.patterns, word).filter(matches)),
            None => hits.extend(self.wild.iter().copied().filter(matches)),
        }
        if !self.literals.is_empty() {
            let literal = texts.get(&word[..]).filter(|literal| self.literals.binary_search(literal).is_ok());
            hits.extend(literal);
        }
    }

    pub(super) fn spend(&mut self, cost: u64) -> bool {
        let enough = *self.budget >= cost;
        *self.budget = self.budget.saturating_sub(cost);
        enough
    }
}

/// Stands for the set of all strings, which is none of the sets asked about.
const NO_SET: u32 = u32::MAX;
/// The core of a set of which nothing is left.
fn end_of(row: &mut Row) -> Answer {
    let mut core = std::mem::take(&mut row.core);
    core.sets.push(row.set);
    Answer::Nothing(core.in_order())
}
