//! One pattern of every set, and the search for a word that matches them all.

use super::letters::plain;
use super::prefixes::Prefixes;
use super::relation::{clash_at_ends, covers, meet};
use super::search::{Product, Sought};
use super::solve::{Answer, Core, MANY, Question, Row, Tools};

/// Why no word matches the patterns chosen: the levels that play a part, and negative patterns.
#[derive(Default)]
struct Clash {
    levels: Vec<usize>,
    negatives: Vec<u32>,
}

/// The answer for some chosen patterns.
enum Choice {
    Word(String),
    Clash(Clash),
    Exhausted,
}

/// After so many words that were literals, all literals take part.
const LITERAL_ROUNDS: u32 = 4;
/// How many negative patterns a word found brings in.
const HITS_AT_ONCE: usize = 2;

impl Question<'_> {
    /// Looks for a word that matches a pattern that is left in every row.
    pub(super) fn combine(&mut self, mut rows: Vec<Row>) -> Answer {
        rows.sort_by_key(|row| row.alive.len());
        for row in rows.iter_mut().skip(1).filter(|row| row.alive.len() > MANY) {
            row.prefixes = Some(Prefixes::new(&self.tools.machines.patterns, row.alive.clone()));
        }
        match self.choose(&rows, &mut Vec::with_capacity(rows.len())) {
            Choice::Word(word) => Answer::Word(word),
            Choice::Exhausted => Answer::Exhausted,
            Choice::Clash(clash) => Answer::Nothing(whole(rows, clash)),
        }
    }

    /// Chooses a pattern of every row, one row after the other, and skips choices that play no part in a failure.
    fn choose(&mut self, rows: &[Row], chosen: &mut Vec<u32>) -> Choice {
        let level = chosen.len();
        let Some(row) = rows.get(level) else { return self.seek(chosen) };
        let mut clash = Clash::default();
        push_new(&mut clash.levels, level);
        let near = self.near(row, chosen, &mut clash);
        for &pattern in near.as_ref().unwrap_or(&row.alive) {
            if !self.spend(1) {
                return Choice::Exhausted;
            }
            if let Some(other) = (0..level).find(|&other| !self.meet(chosen[other], pattern)) {
                push_new(&mut clash.levels, other);
                continue;
            }
            chosen.push(pattern);
            let choice = self.choose(rows, chosen);
            chosen.pop();
            let Choice::Clash(part) = choice else { return choice };
            if !part.levels.contains(&level) {
                return Choice::Clash(part);
            }
            part.levels.iter().for_each(|&level| push_new(&mut clash.levels, level));
            part.negatives.iter().for_each(|&negative| push_new(&mut clash.negatives, negative));
        }
        Choice::Clash(clash)
    }

    /// The patterns of a large row whose prefix goes with that of the last pattern chosen.
    fn near(&self, row: &Row, chosen: &[u32], clash: &mut Clash) -> Option<Vec<u32>> {
        let (prefixes, &last) = (row.prefixes.as_ref()?, chosen.last()?);
        let patterns = &self.tools.machines.patterns;
        let text = patterns[last as usize].prefix();
        let mut near: Vec<u32> = prefixes.starting(patterns, text).collect();
        near.extend_from_slice(prefixes.continuing(patterns, text));
        near.sort_unstable();
        if near.len() < row.alive.len() {
            push_new(&mut clash.levels, chosen.len() - 1);
        }
        Some(near)
    }

    fn meet(&mut self, a: u32, b: u32) -> bool {
        let Tools { machines, meetings, .. } = &mut *self.tools;
        let (first, second) = (&machines.patterns[a as usize], &machines.patterns[b as usize]);
        if clash_at_ends(first, second) {
            return false;
        }
        let budget = &mut *self.budget;
        *meetings.entry((a.min(b), a.max(b))).or_insert_with(|| {
            *budget = budget.saturating_sub((first.steps().len() * second.steps().len()) as u64 / 64);
            meet(first, second)
        })
    }

    /// Looks for a word that matches all the chosen patterns. Negative patterns take part once they match a word found.
    fn seek(&mut self, chosen: &[u32]) -> Choice {
        let positives = self.without_covering(chosen);
        let named = self.named(&positives);
        let mut active: Vec<u32> = Vec::new();
        if let [one] = positives[..] {
            self.guess(one, 0);
            self.activate(&mut active);
        }
        let mut rounds = 0;
        loop {
            let product = Product { positives: &positives, negatives: &active, named };
            match self.tools.search.run(&mut self.tools.machines, product, self.budget) {
                Sought::Exhausted => return Choice::Exhausted,
                Sought::Nothing => {
                    let used = self.used(&positives, 0);
                    let level_of = |pattern| chosen.iter().position(|&other| other == pattern);
                    let levels = used.into_iter().filter_map(level_of).collect();
                    return Choice::Clash(Clash { levels, negatives: self.used(&active, positives.len()) });
                }
                Sought::Word(word) => self.tools.word = word,
            }
            self.find_hits();
            if self.tools.hits.is_empty() {
                return Choice::Word(self.polish(&positives));
            }
            rounds += 1;
            if rounds > LITERAL_ROUNDS && self.tools.hits.iter().any(|&hit| self.is_literal(hit)) {
                self.activate_literals(&positives, &mut active);
            }
            self.activate(&mut active);
        }
    }

    fn is_literal(&self, pattern: u32) -> bool {
        self.tools.machines.patterns[pattern as usize].is_literal()
    }

    /// The chosen patterns without those that cover another one.
    fn without_covering(&self, chosen: &[u32]) -> Vec<u32> {
        let patterns = &self.tools.machines.patterns;
        let mut kept: Vec<u32> = Vec::with_capacity(chosen.len());
        for &pattern in chosen {
            let own = &patterns[pattern as usize];
            if !kept.iter().any(|&other| covers(own, &patterns[other as usize])) {
                kept.retain(|&other| !covers(&patterns[other as usize], own));
                kept.push(pattern);
            }
        }
        kept
    }

    /// The characters that the patterns and the negative patterns with wildcards name.
    fn named(&self, positives: &[u32]) -> u128 {
        let ascii = |&pattern: &u32| self.tools.machines.patterns[pattern as usize].ascii();
        positives.iter().chain(self.wild).map(ascii).fold(0, |bits, more| bits | more)
    }

    /// Lets the shortest of the hits take part.
    fn activate(&mut self, active: &mut Vec<u32>) {
        let Tools { machines, hits, .. } = &mut *self.tools;
        hits.sort_unstable_by_key(|&hit| (machines.patterns[hit as usize].least(), hit));
        hits.iter().take(HITS_AT_ONCE).for_each(|&hit| push_new(active, hit));
    }

    /// Lets all literals take part that match the positive patterns.
    fn activate_literals(&self, positives: &[u32], active: &mut Vec<u32>) {
        let patterns = &self.tools.machines.patterns;
        let matches = |text: &[char]| positives.iter().all(|&pattern| patterns[pattern as usize].matches(text));
        let more = self.literals.iter().filter(|&&literal| patterns[literal as usize].literal().is_some_and(matches));
        active.extend(more);
        active.sort_unstable();
        active.dedup();
    }

    /// Those of the patterns that the last search marked, `patterns` being the ones from `start` on.
    fn used(&self, patterns: &[u32], start: usize) -> Vec<u32> {
        let marks = &self.tools.search.used[start..];
        patterns.iter().zip(marks).filter(|(_, used)| **used).map(|(&pattern, _)| pattern).collect()
    }

    /// The word found, with a letter for a run at its end that is empty, if the word stays right.
    fn polish(&mut self, positives: &[u32]) -> String {
        let found: String = self.tools.word.iter().collect();
        let patterns = &self.tools.machines.patterns;
        if !positives.iter().all(|&pattern| patterns[pattern as usize].ends_in_run()) {
            return found;
        }
        let Some(letter) = plain(self.named(positives)) else { return found };
        let ends_in_letter = self.tools.word.last().is_some_and(|last| *last == letter);
        self.tools.word.push(letter);
        self.find_hits();
        let patterns = &self.tools.machines.patterns;
        let matches = positives.iter().all(|&pattern| patterns[pattern as usize].matches(&self.tools.word));
        if matches && !ends_in_letter && self.tools.hits.is_empty() { self.tools.word.iter().collect() } else { found }
    }
}

/// The core of a clash: the rows that play a part stand for their whole sets.
fn whole(rows: Vec<Row>, clash: Clash) -> Core {
    let mut core = Core { sets: Vec::new(), negatives: clash.negatives };
    for row in clash.levels.into_iter().map(|level| &rows[level]) {
        core.sets.push(row.set);
        core.sets.extend_from_slice(&row.core.sets);
        core.negatives.extend_from_slice(&row.core.negatives);
    }
    core.in_order()
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
