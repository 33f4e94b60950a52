//! A fast hash for keys of small numbers and characters.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map under [`Mix`].
pub(in crate::prove) type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<Mix>>;

/// Multiplies and rotates. No shield against keys made to collide.
#[derive(Default)]
pub(in crate::prove) struct Mix(u64);

const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

impl Mix {
    #[inline]
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(ODD);
    }
}

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.add(u64::from_le_bytes(*word)));
        rest.iter().for_each(|&byte| self.add(u64::from(byte)));
    }

    #[inline]
    fn write_u8(&mut self, word: u8) {
        self.add(u64::from(word));
    }

    #[inline]
    fn write_u32(&mut self, word: u32) {
        self.add(u64::from(word));
    }

    #[inline]
    fn write_u64(&mut self, word: u64) {
        self.add(word);
    }

    #[inline]
    fn write_usize(&mut self, word: usize) {
        self.add(word as u64);
    }

    #[inline]
    fn write_isize(&mut self, word: isize) {
        self.add(word as u64);
    }
}

/// The hash of a slice.
#[inline]
pub(super) fn hash_words(words: &[u32]) -> u32 {
    let mut mix = Mix::default();
    words.iter().for_each(|&word| mix.write_u32(word));
    mix.finish() as u32
}
