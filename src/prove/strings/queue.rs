//! What to look at next.

/// Numbers by priority, the smallest first, and the last one added first among equals.
#[derive(Default)]
pub(super) struct Queue {
    buckets: Vec<Vec<u32>>,
    lowest: usize,
    used: usize,
}

impl Queue {
    pub(super) fn clear(&mut self) {
        self.buckets[..self.used].iter_mut().for_each(Vec::clear);
        (self.lowest, self.used) = (0, 0);
    }

    pub(super) fn push(&mut self, priority: u64, number: u32) {
        let bucket = usize::try_from(priority).unwrap_or(usize::MAX).min(MOST_BUCKETS - 1);
        if self.buckets.len() <= bucket {
            self.buckets.resize_with(bucket + 1, Vec::new);
        }
        self.buckets[bucket].push(number);
        self.used = self.used.max(bucket + 1);
        self.lowest = self.lowest.min(bucket);
    }

    pub(super) fn pop(&mut self) -> Option<u32> {
        while self.lowest < self.used {
            if let Some(number) = self.buckets[self.lowest].pop() {
                return Some(number);
            }
            self.lowest += 1;
        }
        None
    }
}

/// Beyond this priority all numbers are equals.
const MOST_BUCKETS: usize = 1 << 14;
