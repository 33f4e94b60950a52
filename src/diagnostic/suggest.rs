//! Did you mean ...?

/// Words of more characters are not compared.
const LONGEST: usize = 128;

/// The candidate that the word most probably stands for; the first of those equally near; `None` if none is near.
///
/// Near is: equal but for case, or up to 1 change in a word of up to 4 characters, 2 in one of up to 8, a third of the
/// characters in a longer one, and fewer than the word has characters. A change inserts, removes or replaces one
/// character or swaps two neighbours.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().take(LONGEST + 1).count();
    if length > LONGEST {
        return None;
    }
    let mut limit = match length {
        0..=4 => 1,
        5..=8 => 2,
        _ => length / 3,
    };
    limit = limit.min(length.saturating_sub(1));
    let lower = word.to_lowercase();
    let mut best = None;
    for candidate in candidates {
        let candidate_length = candidate.chars().take(2 * LONGEST).count();
        if length.abs_diff(candidate_length) > limit || at_least(word, candidate) > limit {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
        if distance == 0 {
            return Some(candidate);
        }
        if distance <= limit {
            best = Some(candidate);
            limit = distance - 1;
        }
    }
    best
}

/// A lower bound of the distance that costs one look at each byte: the letters that one has and the other lacks. 0 if either is
/// not ASCII.
fn at_least(word: &str, candidate: &str) -> usize {
    if !word.is_ascii() || !candidate.is_ascii() {
        return 0;
    }
    // The lower five bits are the same in both cases of a letter.
    let mut surplus = [0i32; 32];
    word.bytes().for_each(|byte| surplus[usize::from(byte & 31)] += 1);
    candidate.bytes().for_each(|byte| surplus[usize::from(byte & 31)] -= 1);
    let over: i32 = surplus.iter().filter(|&&count| count > 0).sum();
    let under: i32 = -surplus.iter().filter(|&&count| count < 0).sum::<i32>();
    over.max(under) as usize
}
