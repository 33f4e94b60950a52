//! Many patterns by the characters they start with.

use super::pattern::Pattern;

/// Patterns in the order of their prefixes.
pub(super) struct Prefixes {
    order: Vec<u32>,
    /// For each, the place plus one of the last one before it whose prefix its own begins with, or 0.
    shorter: Vec<u32>,
}

impl Prefixes {
    pub(super) fn new(patterns: &[Pattern], mut order: Vec<u32>) -> Prefixes {
        let prefix = |number: u32| patterns[number as usize].prefix();
        order.sort_unstable_by(|&a, &b| prefix(a).cmp(prefix(b)));
        let mut shorter: Vec<u32> = Vec::with_capacity(order.len());
        for (place, &number) in order.iter().enumerate() {
            let mut before = place as u32;
            while before != 0 && !prefix(number).starts_with(prefix(order[before as usize - 1])) {
                before = shorter[before as usize - 1];
            }
            shorter.push(before);
        }
        Prefixes { order, shorter }
    }

    /// The patterns whose prefix the text begins with.
    pub(super) fn starting<'a>(&'a self, patterns: &'a [Pattern], text: &'a [char]) -> impl Iterator<Item = u32> + 'a {
        let prefix = |place: u32| patterns[self.order[place as usize - 1] as usize].prefix();
        let last = self.first_after(patterns, text) as u32;
        std::iter::successors(Some(last).filter(|&place| place != 0), |&place| {
            Some(self.shorter[place as usize - 1]).filter(|&place| place != 0)
        })
        .filter(move |&place| text.starts_with(prefix(place)))
        .map(|place| self.order[place as usize - 1])
    }

    /// The patterns whose prefix is longer than the text and begins with it.
    pub(super) fn continuing(&self, patterns: &[Pattern], text: &[char]) -> &[u32] {
        let rest = &self.order[self.first_after(patterns, text)..];
        &rest[..rest.partition_point(|&number| patterns[number as usize].prefix().starts_with(text))]
    }

    fn first_after(&self, patterns: &[Pattern], text: &[char]) -> usize {
        self.order.partition_point(|&number| patterns[number as usize].prefix() <= text)
    }
}
