//! Wildcards for actions, where in the catalogue they add nothing.
//!
//! A wildcard takes the place of whole words of a name, `ec2:Describe*Gateways`: what it stands for can be read, and a new action
//! falls under it only when it is called alike. Actions that the document names itself count as known, also where the catalogue does not
//! have them. A pattern that was written is never narrowed: what it will match one day, what takes its place will match too.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Work;
use crate::catalogue::{Action, Catalogue, Service};
use crate::policy::{Located, Statement, compare_actions, glob};

/// Names of more words are cut in three places at most.
const MOST_WORDS: usize = 7;
/// More work than this is not spent on exchanging wildcards for others.
const MOST_EXCHANGES: usize = 2_000_000;
/// How often all of them are tried.
const MOST_ROUNDS: usize = 8;
/// What a list takes for each element besides its text: two quotes and a comma.
const AROUND: usize = 3;

impl Work<'_> {
    /// Puts wildcards in the place of actions.
    pub(super) fn shorten(&mut self) {
        for statement in &mut self.statements {
            let Some(shorter) = shorter(statement, self.catalogue, &self.named) else { continue };
            // With its actions named one by one, as far as the catalogue knows them, each of the two says the same to the prover: that is
            // what holds in a world of those actions. Nothing else of the statement differs, and a document is the union of its statements.
            let known = [&*statement, &shorter].map(|one| expanded(one, self.catalogue, &self.named));
            let [old, new] = known.each_ref().map(std::slice::from_ref);
            if self.prover.same(old, new) {
                let (before, after) = (statement.action.patterns.len(), shorter.action.patterns.len());
                self.taken.shortened += 1 + before.saturating_sub(after);
                *statement = shorter;
            }
        }
    }
}

/// These actions of a service as patterns that match them, and no others that the catalogue has: few, where wildcards stand for several.
/// What stands alone is named in full: a wildcard for one action would only be shorter.
pub fn patterns_of(service: Service<'_>, actions: &[Action<'_>]) -> Vec<String> {
    let names: Vec<&str> = actions.iter().map(|action| action.name()).collect();
    let prefix = service.name().len() + 1;
    let mut chosen = Cover::new(service, prefix, &names, Vec::new()).chosen();
    chosen.retain(|(_, covered)| covered.len() > 1);
    let is_named = |at: &usize| chosen.iter().all(|(_, covered)| !covered.contains(at));
    let named = (0..names.len()).filter(is_named).map(|at| names[at]);
    let texts = named.chain(chosen.iter().map(|(text, _)| text.as_str()));
    let mut patterns: Vec<String> = texts.map(|text| format!("{}:{text}", service.name())).collect();
    patterns.sort_by(|a, b| compare_actions(a, b));
    patterns
}

/// A pattern of actions of one service that the catalogue knows: the service, and the pattern behind its prefix.
fn of_service<'c, 'p>(catalogue: &'c Catalogue, pattern: &'p str) -> Option<(Service<'c>, &'p str)> {
    let (prefix, name) = pattern.split_once(':')?;
    Some((catalogue.service(prefix)?, name))
}

/// The actions that statements name and the catalogue does not have.
pub(super) fn named(statements: &[Statement], catalogue: &Catalogue) -> BTreeSet<String> {
    let patterns = statements.iter().flat_map(|statement| &statement.action.patterns).map(|one| &one.value);
    let exact = patterns.filter(|one| !glob::is_pattern(one) && catalogue.action(one).is_none());
    exact.map(|one| one.to_ascii_lowercase()).collect()
}

/// A statement with fewer characters of actions.
fn shorter(statement: &Statement, catalogue: &Catalogue, named: &BTreeSet<String>) -> Option<Statement> {
    let mut services: BTreeMap<&str, (Service<'_>, Vec<usize>)> = BTreeMap::new();
    let patterns = &statement.action.patterns;
    for (index, pattern) in patterns.iter().enumerate() {
        if let Some((service, _)) = of_service(catalogue, &pattern.value) {
            services.entry(service.name()).or_insert_with(|| (service, Vec::new())).1.push(index);
        }
    }
    let mut gone: BTreeSet<usize> = BTreeSet::new();
    let mut come: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (prefix, (service, members)) in services {
        let names: Vec<&str> = members.iter().map(|&index| &patterns[index].value[prefix.len() + 1..]).collect();
        let others = named.iter().filter_map(|one| one.strip_prefix(prefix)?.strip_prefix(':'));
        let others = others.filter(|one| !names.iter().any(|name| glob::matches(name, one, true))).collect();
        let cover = Cover::new(service, prefix.len() + 1, &names, others);
        for (text, covered) in cover.chosen() {
            let covered: Vec<usize> = covered.into_iter().map(|at| members[at]).collect();
            let place = covered.iter().copied().min().unwrap_or_default();
            gone.extend(covered);
            come.entry(place).or_default().push(format!("{prefix}:{text}"));
        }
    }
    if come.is_empty() {
        return None;
    }
    let mut shorter = statement.clone();
    shorter.action.patterns.clear();
    for (index, pattern) in patterns.iter().enumerate() {
        for text in come.get(&index).into_iter().flatten() {
            shorter.action.patterns.push(Located::new(text.clone(), pattern.span));
        }
        if !gone.contains(&index) {
            shorter.action.patterns.push(pattern.clone());
        }
    }
    Some(shorter)
}

/// Some of the patterns of one service, and the wildcards that may stand for them.
struct Cover {
    /// What each pattern takes in the list.
    costs: Vec<usize>,
    /// Wildcards with the patterns that they stand for, by their place.
    candidates: Vec<(String, Vec<usize>)>,
    prefix: usize,
}

impl Cover {
    /// No wildcard matches any of the `others`.
    fn new(service: Service<'_>, prefix: usize, names: &[&str], others: Vec<&str>) -> Self {
        let costs = names.iter().map(|name| prefix + name.len() + AROUND).collect();
        let mut cover = Cover { costs, candidates: Vec::new(), prefix };
        // Where in the list an action stands by its name, and what the list matches altogether.
        let mut listed: HashMap<Action<'_>, usize> = HashMap::new();
        let mut wild: Vec<usize> = Vec::new();
        let mut matched: Vec<Action<'_>> = Vec::new();
        for (at, name) in names.iter().enumerate() {
            if glob::is_pattern(name) {
                let before = matched.len();
                matched.extend(service.actions_matching(name));
                wild.extend((matched.len() > before).then_some(at));
            } else if let Some(action) = service.action(name) {
                matched.push(action);
                listed.insert(action, at);
            }
        }
        let targets: std::collections::HashSet<Action<'_>> = matched.iter().copied().collect();
        let mut tried: HashMap<String, bool> = HashMap::new();
        let mut seen = BTreeSet::new();
        for action in matched.into_iter().filter(|action| seen.insert(action.name())) {
            let words = words(action.name());
            let mut valid: Vec<u64> = Vec::new();
            for mask in masks(words.len()) {
                // One that keeps more words than a valid one is longer and stands for less.
                if valid.iter().any(|kept| kept & mask == *kept) {
                    continue;
                }
                let text = pattern(&words, mask);
                if let Some(&is_valid) = tried.get(&text) {
                    valid.extend(is_valid.then_some(mask));
                    continue;
                }
                let mut of_list = Vec::new();
                let is_valid = service.actions_matching(&text).all(|one| {
                    of_list.extend(listed.get(&one).copied());
                    targets.contains(&one)
                }) && !others.iter().any(|other| glob::matches(&text, other, true));
                if is_valid {
                    valid.push(mask);
                    of_list.extend(wild.iter().copied().filter(|&at| glob::covers(&text, names[at], true)));
                    of_list.sort_unstable();
                    cover.candidates.push((text.clone(), of_list));
                }
                tried.insert(text, is_valid);
            }
        }
        cover.candidates.sort();
        cover
    }

    /// Wildcards that save much together, with what each of them stands for.
    fn chosen(&self) -> Vec<(String, Vec<usize>)> {
        let mut chosen = self.greedy();
        self.exchange(&mut chosen);
        chosen.iter().map(|&at| self.candidates[at].clone()).collect()
    }

    /// Those that save most, one after the other, by their places.
    fn greedy(&self) -> Vec<usize> {
        let mut open = vec![true; self.costs.len()];
        let mut chosen = Vec::new();
        loop {
            let saved = |at: usize| -> usize {
                let covered = &self.candidates[at].1;
                let total: usize = covered.iter().filter(|at| open[**at]).map(|at| self.costs[*at]).sum();
                total.saturating_sub(self.cost(at))
            };
            let better = |a: &(usize, usize), b: &(usize, usize)| {
                let texts = [a, b].map(|(at, _)| &self.candidates[*at].0);
                a.1.cmp(&b.1)
                    .then_with(|| texts[1].len().cmp(&texts[0].len()))
                    .then_with(|| compare_actions(texts[1], texts[0]))
            };
            let all = (0..self.candidates.len()).map(|at| (at, saved(at)));
            let Some((best, _)) = all.max_by(better).filter(|(_, saved)| *saved > 0) else { return chosen };
            self.candidates[best].1.iter().for_each(|at| open[*at] = false);
            chosen.push(best);
        }
    }

    /// What a wildcard takes in the list.
    fn cost(&self, candidate: usize) -> usize {
        self.prefix + self.candidates[candidate].0.len() + AROUND
    }

    /// Puts wildcards in the place of others as long as the list becomes shorter by it: what came early may have become superfluous by
    /// what came later, or one that saves less alone may stand for what several do.
    fn exchange(&self, chosen: &mut Vec<usize>) {
        // By how many of those that are chosen a pattern is covered.
        let mut times = vec![0usize; self.costs.len()];
        let count = |candidate: usize, times: &mut [usize]| {
            self.candidates[candidate].1.iter().for_each(|at| times[*at] += 1);
        };
        chosen.iter().for_each(|&candidate| count(candidate, &mut times));
        self.drop_superfluous(chosen, &mut times);
        let work: usize = self.candidates.iter().map(|(_, covered)| covered.len()).sum();
        if work.saturating_mul(chosen.len()) > MOST_EXCHANGES {
            return;
        }
        for _ in 0..MOST_ROUNDS {
            let before = self.total(chosen, &times);
            for candidate in 0..self.candidates.len() {
                if chosen.contains(&candidate) {
                    continue;
                }
                let (mut with, mut times_with) = (chosen.clone(), times.clone());
                with.push(candidate);
                count(candidate, &mut times_with);
                self.drop_superfluous(&mut with, &mut times_with);
                if self.total(&with, &times_with) < self.total(chosen, &times) {
                    (*chosen, times) = (with, times_with);
                }
            }
            if self.total(chosen, &times) == before {
                return;
            }
        }
    }

    /// Takes out those that cost as much as the patterns that they alone stand for, or more.
    fn drop_superfluous(&self, chosen: &mut Vec<usize>, times: &mut [usize]) {
        chosen.retain(|&candidate| {
            let covered = &self.candidates[candidate].1;
            let alone: usize = covered.iter().filter(|at| times[**at] == 1).map(|at| self.costs[*at]).sum();
            let stays = alone > self.cost(candidate);
            if !stays {
                covered.iter().for_each(|at| times[*at] -= 1);
            }
            stays
        });
    }

    /// What the list takes with these wildcards.
    fn total(&self, chosen: &[usize], times: &[usize]) -> usize {
        let uncovered = times.iter().zip(&self.costs).filter(|(times, _)| **times == 0).map(|(_, cost)| cost);
        chosen.iter().map(|&candidate| self.cost(candidate)).sum::<usize>() + uncovered.sum::<usize>()
    }
}

/// `Describe`, `DB`, `Instances`
fn words(name: &str) -> Vec<&str> {
    let bytes = name.as_bytes();
    let mut cuts = vec![0];
    for at in 1..bytes.len() {
        let starts = bytes[at].is_ascii_uppercase()
            && (!bytes[at - 1].is_ascii_uppercase() || bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase));
        if starts {
            cuts.push(at);
        }
    }
    cuts.push(bytes.len());
    cuts.windows(2).filter_map(|cut| name.get(cut[0]..cut[1])).collect()
}

/// Which of so many words stay, in every way but all of them; few first.
fn masks(words: usize) -> Vec<u64> {
    let words = words.min(63);
    let all = (1u64 << words) - 1;
    let mut masks: Vec<u64> = if words <= MOST_WORDS {
        (0..all).collect()
    } else {
        let run = |from: usize, to: usize| ((1u64 << to) - 1) & !((1u64 << from) - 1);
        let ends = (0..words).flat_map(|from| (from..=words).map(move |to| (from, to)));
        ends.flat_map(|(from, to)| [run(from, to), all & !run(from, to)]).filter(|mask| *mask != all).collect()
    };
    masks.sort_unstable_by_key(|mask| (mask.count_ones(), *mask));
    masks.dedup();
    masks
}

/// The words that stay, with a `*` for each run of others.
fn pattern(words: &[&str], mask: u64) -> String {
    let mut out = String::new();
    for (index, word) in words.iter().enumerate() {
        if mask & (1u64 << index.min(63)) != 0 {
            out.push_str(word);
        } else if !out.ends_with('*') {
            out.push('*');
        }
    }
    out
}

/// A statement whose actions are named one by one, as far as the catalogue or the document knows them.
fn expanded(statement: &Statement, catalogue: &Catalogue, named: &BTreeSet<String>) -> Statement {
    let mut out = statement.clone();
    out.action.patterns.clear();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for pattern in &statement.action.patterns {
        let of_catalogue = of_service(catalogue, &pattern.value);
        let mut known: Vec<String> = of_catalogue
            .iter()
            .flat_map(|(service, name)| service.actions_matching(name))
            .map(Action::full_name)
            .collect();
        if of_catalogue.is_some() {
            known.extend(named.iter().filter(|one| glob::matches(&pattern.value, one, true)).cloned());
        }
        let all = if known.is_empty() { vec![pattern.value.clone()] } else { known };
        for one in all.into_iter().filter(|one| seen.insert(one.to_ascii_lowercase())) {
            out.action.patterns.push(Located::new(one, pattern.span));
        }
    }
    out
}
