//! Slices of numbers, each kept once and known by a small number.

use super::hash::hash_words;

/// Numbers in the order in which the slices came.
#[derive(Default)]
pub(super) struct Slices {
    words: Vec<u32>,
    ends: Vec<u32>,
    hashes: Vec<u32>,
    /// Number of a slice plus one, or 0; a power of two of them, at most half of them taken.
    slots: Vec<u32>,
}

const FEWEST_SLOTS: usize = 64;

impl Slices {
    /// How many numbers it holds on to.
    pub(super) fn size(&self) -> usize {
        self.words.len() + 4 * self.ends.len()
    }

    pub(super) fn range(&self, number: u32) -> std::ops::Range<usize> {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        start as usize..self.ends[number] as usize
    }

    pub(super) fn get(&self, number: u32) -> &[u32] {
        &self.words[self.range(number)]
    }

    /// One number of the slices laid end to end, at a place that [`range`](Self::range) gave.
    pub(super) fn word(&self, place: usize) -> u32 {
        self.words[place]
    }

    /// The number of the slice, and whether it is new.
    pub(super) fn add(&mut self, slice: &[u32]) -> (u32, bool) {
        if self.slots.len() < 2 * (self.ends.len() + 1) {
            self.grow();
        }
        let hash = hash_words(slice);
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while self.slots[slot] != 0 {
            let number = self.slots[slot] - 1;
            if self.hashes[number as usize] == hash && self.get(number) == slice {
                return (number, false);
            }
            slot = (slot + 1) & mask;
        }
        self.words.extend_from_slice(slice);
        self.ends.push(self.words.len() as u32);
        self.hashes.push(hash);
        self.slots[slot] = self.ends.len() as u32;
        (self.ends.len() as u32 - 1, true)
    }

    fn grow(&mut self) {
        let slots = FEWEST_SLOTS.max(4 * self.ends.len()).next_power_of_two();
        self.slots.clear();
        self.slots.resize(slots, 0);
        for (number, &hash) in self.hashes.iter().enumerate() {
            let mut slot = hash as usize & (slots - 1);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (slots - 1);
            }
            self.slots[slot] = number as u32 + 1;
        }
    }

    /// Forgets all slices; keeps a little room for the next.
    pub(super) fn clear(&mut self) {
        self.words.clear();
        self.ends.clear();
        self.hashes.clear();
        self.slots.truncate(FEWEST_SLOTS);
        self.slots.fill(0);
    }
}
