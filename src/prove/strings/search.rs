//! The search through the product of several automata: some that must accept, some that must not.

use super::automaton::DEAD;
use super::letters;
use super::machines::{MOST_ROOM, Machines};
use super::queue::Queue;
use super::slices::Slices;

/// What a search comes to.
pub(super) enum Sought {
    /// A shortest-looking word.
    Word(Vec<char>),
    /// There is none; the parts marked as used exclude every word.
    Nothing,
    /// The budget ran out.
    Exhausted,
}

/// The room a search works in, kept for the next one.
///
/// A node is the states of the positive patterns, then a pair (number, state) for each negative pattern that may still
/// match.
#[derive(Default)]
pub(super) struct Search {
    nodes: Slices,
    /// The characters before the first node.
    start: Vec<char>,
    /// How each node was reached.
    from: Vec<From>,
    queue: Queue,
    symbols: Vec<char>,
    next: Vec<u32>,
    fresh: Vec<(u64, u32)>,
    /// For each positive pattern, then each negative one, whether it was needed to exclude something.
    pub(super) used: Vec<bool>,
}

/// The patterns of a search.
#[derive(Clone, Copy)]
pub(super) struct Product<'a> {
    pub(super) positives: &'a [u32],
    pub(super) negatives: &'a [u32],
    /// ASCII characters that a word should rather not be filled with, one bit each.
    pub(super) named: u128,
}

/// How a node was reached.
#[derive(Clone, Copy)]
struct From {
    before: u32,
    /// The character after the node before; `None` is one that that node does not name.
    symbol: Option<char>,
    depth: u32,
}

/// Where one character leads from a node.
enum Edge {
    /// Nothing that continues there can be a word.
    Closed,
    /// `next` holds the node.
    To { accepted: bool, missing: u64 },
}

impl Search {
    /// Looks for a word. Each character tried at a node costs one of the budget, more where the node is large.
    pub(super) fn run(&mut self, machines: &mut Machines, product: Product, budget: &mut u64) -> Sought {
        self.nodes.clear();
        self.from.clear();
        self.queue.clear();
        self.used.clear();
        self.used.resize(product.positives.len() + product.negatives.len(), false);
        self.start = self.longest_prefix(machines, product);
        let cost = 1 + (self.start.len() * self.used.len()) as u64 / 64;
        if *budget < cost {
            return Sought::Exhausted;
        }
        *budget -= cost;
        match self.begin(machines, product) {
            Edge::Closed => return Sought::Nothing,
            Edge::To { accepted: true, .. } => return Sought::Word(self.start.clone()),
            Edge::To { .. } => {}
        }
        self.nodes.add(&self.next);
        self.from.push(From { before: 0, symbol: None, depth: 0 });
        self.queue.push(0, 0);
        while let Some(node) = self.queue.pop() {
            if let Some(end) = self.expand(machines, product, node, budget) {
                return end;
            }
        }
        Sought::Nothing
    }

    /// The characters with which every word starts, as the positive pattern that asks for most of them tells.
    fn longest_prefix(&mut self, machines: &Machines, product: Product) -> Vec<char> {
        let prefix = |number: usize| machines.patterns[product.positives[number] as usize].prefix();
        let Some(number) = (0..product.positives.len()).max_by_key(|&number| prefix(number).len()) else {
            return Vec::new();
        };
        self.used[number] |= !prefix(number).is_empty();
        prefix(number).to_vec()
    }

    /// Puts the node after `start` into `next`.
    fn begin(&mut self, machines: &mut Machines, product: Product) -> Edge {
        self.next.clear();
        for (number, &pattern) in product.positives.iter().enumerate() {
            let state = machines.state_after(pattern, &self.start);
            if state == DEAD {
                self.used[number] = true;
                return Edge::Closed;
            }
            self.next.push(state);
        }
        for (number, &pattern) in product.negatives.iter().enumerate() {
            let state = machines.state_after(pattern, &self.start);
            if state != DEAD {
                self.next.extend([number as u32, state]);
            }
        }
        self.weigh(machines, product)
    }

    fn expand(&mut self, machines: &mut Machines, product: Product, node: u32, budget: &mut u64) -> Option<Sought> {
        let fresh = self.find_symbols(machines, product, node);
        let symbols = std::mem::take(&mut self.symbols);
        let cost = 1 + self.nodes.range(node).len() as u64 / 16;
        let depth = self.from[node as usize].depth + 1;
        self.fresh.clear();
        for symbol in fresh.then_some(None).into_iter().chain(symbols.iter().rev().map(|&own| Some(own))) {
            if *budget < cost || self.nodes.size().max(machines.size()) > MOST_ROOM {
                self.symbols = symbols;
                return Some(Sought::Exhausted);
            }
            *budget -= cost;
            let size = machines.size();
            let edge = self.follow(machines, product, node, symbol);
            *budget = budget.saturating_sub((machines.size() - size) as u64 / 16);
            let Edge::To { accepted, missing } = edge else { continue };
            if accepted {
                self.symbols = symbols;
                return Some(self.word(machines, product, node, symbol));
            }
            let (number, new) = self.nodes.add(&self.next);
            if new {
                self.from.push(From { before: node, symbol, depth });
                self.fresh.push((u64::from(depth / 2) + missing, number));
            }
        }
        self.symbols = symbols;
        // The first of equals is to be looked at first.
        self.fresh.drain(..).rev().for_each(|(priority, number)| self.queue.push(priority, number));
        None
    }

    /// Puts the characters worth trying at a node into `symbols`. Gives whether one that is not named is, too.
    fn find_symbols(&mut self, machines: &Machines, product: Product, node: u32) -> bool {
        self.symbols.clear();
        let states = &self.nodes.get(node)[..product.positives.len()];
        // A positive pattern that allows only certain characters leaves no others.
        for (number, (&pattern, &state)) in product.positives.iter().zip(states).enumerate() {
            let automaton = &machines.automata[pattern as usize];
            if !automaton.state(state).open {
                self.used[number] = true;
                self.symbols.extend(automaton.named(state).iter().map(|&(own, _)| own));
                return false;
            }
        }
        named_at(machines, product, self.nodes.get(node), &mut self.symbols);
        true
    }

    /// Follows one character from a node.
    #[inline]
    fn follow(&mut self, machines: &mut Machines, product: Product, node: u32, symbol: Option<char>) -> Edge {
        let count = product.positives.len();
        let range = self.nodes.range(node);
        self.next.clear();
        let mut dead = None;
        for (number, &pattern) in product.positives.iter().enumerate() {
            let after = machines.after(pattern, self.nodes.word(range.start + number), symbol);
            if after == DEAD && dead.is_none_or(|_| self.used[number]) {
                dead = Some(number);
            }
            self.next.push(after);
        }
        if let Some(number) = dead {
            self.used[number] = true;
            return Edge::Closed;
        }
        for place in (range.start + count..range.end).step_by(2) {
            let number = self.nodes.word(place);
            let after = machines.after(product.negatives[number as usize], self.nodes.word(place + 1), symbol);
            if after != DEAD {
                self.next.extend([number, after]);
            }
        }
        self.weigh(machines, product)
    }

    /// Looks at the node in `next`, and marks what closes it or keeps it from being accepted.
    #[inline]
    fn weigh(&mut self, machines: &Machines, product: Product) -> Edge {
        let count = product.positives.len();
        let (mut missing, mut refused, mut closed) = (0, None, None);
        for (number, &pattern) in product.positives.iter().enumerate() {
            let state = machines.automata[pattern as usize].state(self.next[number]);
            missing += u64::from(state.missing);
            note(&mut refused, !state.accepting, number, &self.used);
        }
        for pair in self.next[count..].chunks_exact(2) {
            let (pattern, number) = (product.negatives[pair[0] as usize], count + pair[0] as usize);
            let state = machines.automata[pattern as usize].state(pair[1]);
            note(&mut closed, state.everything, number, &self.used);
            note(&mut refused, state.accepting, number, &self.used);
        }
        if let Some(number) = closed {
            self.used[number] = true;
            return Edge::Closed;
        }
        if let Some(number) = refused {
            self.used[number] = true;
        }
        Edge::To { accepted: refused.is_none(), missing }
    }

    /// The word that ends with the character after the node.
    fn word(&self, machines: &Machines, product: Product, mut node: u32, mut symbol: Option<char>) -> Sought {
        let mut word = Vec::new();
        loop {
            let own = symbol.or_else(|| {
                let mut named = Vec::new();
                named_at(machines, product, self.nodes.get(node), &mut named);
                letters::fresh(product.named, &named)
            });
            // Without a character left, the assumption that there always is one fails.
            let Some(own) = own else { return Sought::Exhausted };
            word.push(own);
            if node == 0 {
                break;
            }
            From { before: node, symbol, .. } = self.from[node as usize];
        }
        word.extend(self.start.iter().rev());
        word.reverse();
        Sought::Word(word)
    }
}

/// Keeps the first number for which something holds, but rather one that is used already.
#[inline]
fn note(kept: &mut Option<usize>, holds: bool, number: usize, used: &[bool]) {
    if holds && kept.is_none_or(|_| used[number]) {
        *kept = Some(number);
    }
}

/// The characters named at a node, in order.
fn named_at(machines: &Machines, product: Product, node: &[u32], named: &mut Vec<char>) {
    let (states, pairs) = node.split_at(product.positives.len());
    let mut add = |pattern: u32, state: u32| {
        named.extend(machines.automata[pattern as usize].named(state).iter().map(|&(own, _)| own));
    };
    product.positives.iter().zip(states).for_each(|(&pattern, &state)| add(pattern, state));
    pairs.chunks_exact(2).for_each(|pair| add(product.negatives[pair[0] as usize], pair[1]));
    named.sort_unstable();
    named.dedup();
}
