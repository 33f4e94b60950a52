//! Whether a string exists that some patterns match and others do not.
//!
//! Comes in: patterns, each as a sequence of [`Step`]s, and questions about them. Goes out: a word, short and plain, or
//! a few of the patterns that already exclude every word. Both are exact; only a budget can keep an answer back.
//!
//! Strings are made of Unicode scalar values, and there is always a character that no pattern names. A question goes
//! from the cheap to the dear: literals are tried as words, wildcards are filled with a letter, one pattern that covers
//! another is seen from the steps, and what is left is a search through a product of automata, in which a negative
//! pattern takes part only once it has matched a word that would otherwise do.
//!
//! Left out on purpose: letter case beyond ASCII, and anything a policy means by its patterns.

mod automaton;
mod choose;
mod hash;
mod letters;
mod machines;
mod pattern;
mod prefixes;
mod queue;
mod relation;
mod search;
mod shrink;
mod slices;
mod solve;
mod step;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod random_tests;

pub(in crate::prove) use hash::FastMap;
use pattern::Pattern;
use solve::{Answer, Core, Question, Set, Tools};
pub use step::{Class, Step};

/// A pattern of a [`Patterns`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatternId(u32);

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A string that does all that was asked.
    Word(String),
    /// There is none: these positive sets and these negative patterns, told by their positions and in order, already
    /// exclude all strings. Mostly, not always, none of them could be left out.
    Nothing {
        /// Positions of positive sets.
        positives: Vec<usize>,
        /// Positions of negative patterns.
        negatives: Vec<usize>,
    },
    /// The budget ran out.
    Exhausted,
}

/// Patterns, each kept once, and what has been found out about them.
pub struct Patterns {
    tools: Tools,
    numbers: FastMap<Box<[Step]>, u32>,
    sets: Vec<Set>,
    set_numbers: FastMap<Box<[PatternId]>, u32>,
    memo: FastMap<Box<[u32]>, Memo>,
    memo_size: usize,
    /// Room for a key of the memo.
    key: Vec<u32>,
}

/// An answer to keep: a core names sets and patterns by their numbers.
enum Memo {
    Word(String),
    Nothing(Core),
}

/// The pattern that matches every string.
const ANYTHING: u32 = 0;
/// How many numbers the memo may take up, about.
const MOST_MEMO: usize = 1 << 22;

impl Default for Patterns {
    fn default() -> Self {
        Patterns::new()
    }
}

impl Patterns {
    /// No patterns yet.
    pub fn new() -> Patterns {
        let mut patterns = Patterns {
            tools: Tools::default(),
            numbers: FastMap::default(),
            sets: Vec::new(),
            set_numbers: FastMap::default(),
            memo: FastMap::default(),
            memo_size: 0,
            key: Vec::new(),
        };
        patterns.add(vec![Step::Run(Class::Any)]);
        patterns
    }

    /// Adds a pattern. Two patterns that differ only in how their wildcards are written are one.
    pub fn add(&mut self, steps: Vec<Step>) -> PatternId {
        let pattern = Pattern::new(steps);
        let number = self.tools.machines.patterns.len() as u32;
        // A text is looked up as such; only what holds wildcards by its steps.
        match pattern.literal() {
            Some(text) => match self.tools.texts.get(text) {
                Some(&known) => return PatternId(known),
                None => drop(self.tools.texts.insert(text.into(), number)),
            },
            None => match self.numbers.get(pattern.steps()) {
                Some(&known) => return PatternId(known),
                None => drop(self.numbers.insert(pattern.steps().into(), number)),
            },
        }
        self.tools.machines.patterns.push(pattern);
        self.tools.machines.automata.push(Default::default());
        PatternId(number)
    }

    /// The steps of a pattern, in their one form.
    pub fn steps(&self, id: PatternId) -> &[Step] {
        self.tools.machines.patterns[id.0 as usize].steps()
    }

    /// Whether the whole of the text matches.
    #[cfg(test)]
    pub fn matches(&self, id: PatternId, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        self.tools.machines.patterns[id.0 as usize].matches(&text)
    }

    /// Whether a pattern matches one text only.
    pub fn is_literal(&self, id: PatternId) -> bool {
        self.tools.machines.patterns[id.0 as usize].is_literal()
    }

    /// The pattern of a text alone, if there is one.
    pub fn literal(&self, characters: &[char]) -> Option<PatternId> {
        self.tools.texts.get(characters).map(|number| PatternId(*number))
    }

    /// Whether the whole of a text, of which these are the characters, matches one of some patterns.
    pub fn any_matches(&self, set: &[PatternId], characters: &[char]) -> bool {
        set.iter().any(|id| self.tools.machines.patterns[id.0 as usize].matches(characters))
    }

    /// Whether no string that some steps match is in a set, as far as that shows from the first characters of their segments.
    pub fn are_apart(&self, steps: &[Step], set: &[PatternId]) -> bool {
        set.iter().all(|id| relation::clash_in_segment(steps, self.steps(*id)))
    }

    /// A string that matches at least one pattern of every positive set and none of the negative patterns.
    ///
    /// Without positive sets that is any string that no negative pattern matches. `budget` goes down with the work done,
    /// by about one for each state of the product that is visited.
    pub fn find(&mut self, positives: &[&[PatternId]], negatives: &[PatternId], budget: &mut u64) -> Found {
        self.make_room();
        let mut key = std::mem::take(&mut self.key);
        let sets = self.write_key(positives, negatives, &mut key);
        let found = match self.memo.get(&key[..]) {
            Some(known) => self.tell(known, positives, negatives),
            None => match self.answer(&key[1..=sets], &key[1 + sets..], budget) {
                Some(memo) => {
                    let found = self.tell(&memo, positives, negatives);
                    self.remember(&key, memo);
                    found
                }
                None => Found::Exhausted,
            },
        };
        self.key = key;
        found
    }

    /// Writes how many sets there are, the sets and the negative patterns, in order. Gives how many sets there are.
    fn write_key(&mut self, positives: &[&[PatternId]], negatives: &[PatternId], key: &mut Vec<u32>) -> usize {
        key.clear();
        key.push(0);
        key.extend(positives.iter().map(|set| self.set(set)));
        sort_from(key, 1);
        let sets = key.len() - 1;
        key[0] = sets as u32;
        key.extend(negatives.iter().map(|id| id.0));
        sort_from(key, 1 + sets);
        sets
    }

    fn answer(&mut self, sets: &[u32], excluded: &[u32], budget: &mut u64) -> Option<Memo> {
        let (literals, wild) = self.tools.machines.by_kind(excluded);
        let members: Vec<&Set> = sets.iter().map(|&set| &self.sets[set as usize]).collect();
        let (tools, before) = (&mut self.tools, *budget);
        let mut question =
            Question { tools, sets: members.clone(), literals: &literals, wild: &wild, prefixes: None, budget };
        match question.answer() {
            Answer::Word(word) => Some(Memo::Word(word)),
            Answer::Nothing(core) => {
                let cost = before - *budget;
                let core = shrink::shrink(&mut self.tools, &members, core, cost, budget);
                let named = core.sets.iter().filter_map(|&position| sets.get(position as usize)).copied().collect();
                Some(Memo::Nothing(Core { sets: named, negatives: core.negatives }))
            }
            Answer::Exhausted => None,
        }
    }

    /// The number of a set, which is split once.
    fn set(&mut self, patterns: &[PatternId]) -> u32 {
        if let Some(&number) = self.set_numbers.get(patterns) {
            return number;
        }
        let mut set = Set::default();
        for &PatternId(number) in patterns {
            let literal = self.tools.machines.patterns[number as usize].is_literal();
            if literal { set.literals.push(number) } else { set.wild.push(number) }
        }
        set.literals.sort_unstable();
        let number = self.sets.len() as u32;
        self.sets.push(set);
        self.memo_size += 2 * patterns.len() + 8;
        self.set_numbers.insert(patterns.into(), number);
        number
    }

    fn remember(&mut self, key: &[u32], memo: Memo) {
        self.memo_size += key.len() + 8;
        self.memo.insert(key.into(), memo);
    }

    /// Forgets answers and automata if they take up much room.
    fn make_room(&mut self) {
        self.tools.make_room();
        if self.memo_size > MOST_MEMO {
            self.memo.clear();
            self.sets.clear();
            self.set_numbers.clear();
            self.memo_size = 0;
        }
    }

    /// An answer in the positions of the one who asks.
    fn tell(&self, memo: &Memo, positives: &[&[PatternId]], negatives: &[PatternId]) -> Found {
        match memo {
            Memo::Word(word) => Found::Word(word.clone()),
            Memo::Nothing(core) => {
                let sets: Vec<u32> = positives.iter().filter_map(|set| self.set_numbers.get(*set).copied()).collect();
                let patterns: Vec<u32> = negatives.iter().map(|id| id.0).collect();
                Found::Nothing { positives: places(&core.sets, &sets), negatives: places(&core.negatives, &patterns) }
            }
        }
    }
}

/// The first place in `among` of each item, in order. `items` are in order.
fn places(items: &[u32], among: &[u32]) -> Vec<usize> {
    let mut met = vec![false; items.len()];
    let mut places = Vec::with_capacity(items.len());
    for (place, item) in among.iter().enumerate() {
        if let Ok(number) = items.binary_search(item)
            && !std::mem::replace(&mut met[number], true)
        {
            places.push(place);
        }
    }
    places
}

/// Sorts what comes from a place on, and keeps one of each.
fn sort_from(key: &mut Vec<u32>, start: usize) {
    key[start..].sort_unstable();
    let mut kept = start;
    for read in start..key.len() {
        if kept == start || key[kept - 1] != key[read] {
            key[kept] = key[read];
            kept += 1;
        }
    }
    key.truncate(kept);
}
