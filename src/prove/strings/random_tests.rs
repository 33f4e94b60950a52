//! Random questions, compared with all strings up to a length. Nothing here shares code with the solver.

use super::tests::steps;
use super::*;

/// The characters of strings: those that patterns name, and one that none does.
const ALPHABET: [char; 5] = ['a', 'A', 'b', ':', 'z'];
const LONGEST: usize = 6;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 20) % sides as u64) as usize
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.roll(items.len())]
    }
}

/// The plainest matcher there is, on the text of a pattern.
fn simple_match(pattern: &[char], text: &[char]) -> bool {
    let Some((&step, rest)) = pattern.split_first() else { return text.is_empty() };
    if step == '*' || step == '~' {
        let mut taken = 0;
        loop {
            if simple_match(rest, &text[taken..]) {
                return true;
            }
            if taken == text.len() || (step == '~' && text[taken] == ':') {
                return false;
            }
            taken += 1;
        }
    }
    let Some((&first, others)) = text.split_first() else { return false };
    let takes = match step {
        '?' => true,
        '!' => first != ':',
        own if own.is_ascii_uppercase() => own == first.to_ascii_uppercase(),
        own => own == first,
    };
    takes && simple_match(rest, others)
}

fn strings() -> Vec<Vec<char>> {
    let mut all = vec![Vec::new()];
    let mut start = 0;
    for _ in 0..LONGEST {
        let end = all.len();
        for i in start..end {
            for c in ALPHABET {
                let mut longer = all[i].clone();
                longer.push(c);
                all.push(longer);
            }
        }
        start = end;
    }
    all
}

/// A pattern as text, and one bit for each of the strings.
struct Sample {
    text: String,
    bits: Vec<u64>,
}

fn sample(text: &str, strings: &[Vec<char>]) -> Sample {
    let pattern: Vec<char> = text.chars().collect();
    let mut bits = vec![0; strings.len().div_ceil(64)];
    for (i, string) in strings.iter().enumerate() {
        bits[i / 64] |= u64::from(simple_match(&pattern, string)) << (i % 64);
    }
    Sample { text: text.to_owned(), bits }
}

struct Case {
    positives: Vec<Vec<usize>>,
    negatives: Vec<usize>,
}

impl Case {
    /// The number of a string that does all that is asked.
    fn brute(&self, pool: &[Sample], count: usize) -> Option<usize> {
        (0..count.div_ceil(64)).find_map(|word| {
            let all = if (word + 1) * 64 > count { (1 << (count % 64)) - 1 } else { u64::MAX };
            let any = |set: &Vec<usize>| set.iter().fold(0, |bits, &p| bits | pool[p].bits[word]);
            let bits = self.positives.iter().fold(all, |bits, set| bits & any(set)) & !any(&self.negatives);
            (bits != 0).then(|| word * 64 + bits.trailing_zeros() as usize)
        })
    }

    fn texts(&self, pool: &[Sample]) -> String {
        let names = |set: &[usize]| set.iter().map(|&p| pool[p].text.clone()).collect::<Vec<_>>().join(" ");
        let sets: Vec<String> = self.positives.iter().map(|set| names(set)).collect();
        format!("{} without {}", sets.join(" & "), names(&self.negatives))
    }

    fn find(&self, patterns: &mut Patterns, ids: &[PatternId]) -> Found {
        let sets: Vec<Vec<PatternId>> =
            self.positives.iter().map(|set| set.iter().map(|&p| ids[p]).collect()).collect();
        let sets: Vec<&[PatternId]> = sets.iter().map(|set| &set[..]).collect();
        let negatives: Vec<PatternId> = self.negatives.iter().map(|&p| ids[p]).collect();
        patterns.find(&sets, &negatives, &mut 1_000_000)
    }

    fn part(&self, positives: &[usize], negatives: &[usize]) -> Case {
        Case {
            positives: positives.iter().map(|&i| self.positives[i].clone()).collect(),
            negatives: negatives.iter().map(|&i| self.negatives[i]).collect(),
        }
    }
}

fn fresh_table(pool: &[Sample]) -> (Patterns, Vec<PatternId>) {
    let mut patterns = Patterns::new();
    let ids = pool.iter().map(|sample| patterns.add(steps(&sample.text))).collect();
    (patterns, ids)
}

/// Checks many cases over a pool of patterns. Gives how many words and how many cores there were, and how many cores
/// had a part too many.
fn check(
    pool: &[Sample],
    strings: &[Vec<char>],
    rounds: usize,
    seed: u64,
    mut case: impl FnMut(&mut Dice) -> Case,
) -> [usize; 3] {
    let (mut patterns, ids) = fresh_table(pool);
    let (mut again, again_ids) = fresh_table(pool);
    let mut dice = Dice(seed);
    let mut counts = [0; 3];
    for _ in 0..rounds {
        let case = case(&mut dice);
        let texts = case.texts(pool);
        match case.find(&mut patterns, &ids) {
            Found::Exhausted => panic!("exhausted: {texts}"),
            Found::Word(word) => {
                counts[0] += 1;
                let word: Vec<char> = word.chars().collect();
                let matches = |p: &usize| simple_match(&pool[*p].text.chars().collect::<Vec<_>>(), &word);
                assert!(case.positives.iter().all(|set| set.iter().any(matches)), "{texts} gave {word:?}");
                assert!(!case.negatives.iter().any(matches), "{texts} gave {word:?}");
            }
            Found::Nothing { positives, negatives } => {
                counts[1] += 1;
                let core = case.part(&positives, &negatives);
                let core_texts = core.texts(pool);
                if let Some(string) = core.brute(pool, strings.len()) {
                    panic!("{texts}: the core {core_texts} lets {:?} through", strings[string]);
                }
                let answer = core.find(&mut again, &again_ids);
                assert!(matches!(answer, Found::Nothing { .. }), "{texts}: the core {core_texts} gave {answer:?}");
                counts[2] += usize::from((0..negatives.len()).any(|i| {
                    let mut fewer = negatives.clone();
                    fewer.remove(i);
                    let part = case.part(&positives, &fewer);
                    matches!(part.find(&mut again, &again_ids), Found::Nothing { .. })
                }));
            }
        }
    }
    counts
}

fn random_case(dice: &mut Dice, pool: usize, sets: usize, wide: usize, negatives: usize) -> Case {
    let some = |dice: &mut Dice, most: usize, least: usize| {
        let count = least + dice.roll(most + 1 - least);
        (0..count).map(|_| dice.roll(pool)).collect::<Vec<usize>>()
    };
    let count = dice.roll(sets + 1);
    let positives = (0..count).map(|_| some(dice, wide, usize::from(dice.0 & 63 != 0))).collect();
    Case { positives, negatives: some(dice, negatives, 0) }
}

fn random_pool(dice: &mut Dice, tokens: &[char], longest: usize, size: usize, strings: &[Vec<char>]) -> Vec<Sample> {
    (0..size)
        .map(|_| {
            let length = dice.roll(longest + 1);
            let text: String = (0..length).map(|_| dice.pick(tokens)).collect();
            sample(&text, strings)
        })
        .collect()
}

#[test]
fn random_patterns_agree_with_all_strings() {
    let strings = strings();
    let mut dice = Dice(0x1234_5678_9ABC_DEF1);
    let pool = random_pool(&mut dice, &['a', 'b', ':', '*', '?', '~', '!', 'A', '*'], 5, 500, &strings);
    let counts = check(&pool, &strings, 60_000, 7, |dice| random_case(dice, 500, 3, 3, 6));
    eprintln!("random: {counts:?}");
    assert!(counts[0] > 5_000 && counts[1] > 5_000);
}

#[test]
fn runs_that_stop_at_colons_agree_with_all_strings() {
    let strings = strings();
    let mut dice = Dice(0x0BAD_CAFE_1234_5671);
    let pool = random_pool(&mut dice, &['a', ':', '~', '~', '?', '!', '*', ':'], 6, 500, &strings);
    let counts = check(&pool, &strings, 60_000, 11, |dice| random_case(dice, 500, 2, 2, 5));
    eprintln!("colons: {counts:?}");
    assert!(counts[0] > 5_000 && counts[1] > 5_000);
}

#[test]
fn large_sets_agree_with_all_strings() {
    let strings = strings();
    let mut dice = Dice(0x0D15_EA5E_1234_5671);
    let mut pool = random_pool(&mut dice, &['a', 'b', ':', 'A', 'b'], 4, 200, &strings);
    for _ in 0..300 {
        let start: String = (0..2 + dice.roll(2)).map(|_| dice.pick(&['a', 'b', ':'])).collect();
        let end: String = (0..1 + dice.roll(3)).map(|_| dice.pick(&['a', 'b', '?', '*', '~', '!'])).collect();
        pool.push(sample(&(start + &end), &strings));
    }
    let counts = check(&pool, &strings, 6_000, 19, |dice| random_case(dice, 500, 3, 60, 60));
    eprintln!("large: {counts:?}");
    let narrow = check(&pool, &strings, 6_000, 23, |dice| {
        let small = random_case(dice, 500, 2, 40, 0);
        Case { positives: small.positives, negatives: (0..400).map(|_| dice.roll(500)).collect() }
    });
    eprintln!("large, much left out: {narrow:?}");
    assert!(counts[0] > 1_000 && narrow[1] > 1_000);
}

#[test]
fn patterns_that_cover_only_jointly_agree_with_all_strings() {
    let strings = strings();
    let texts = [
        "*", "?*", "a", "a?*", "?", "b*", "a*", "b", "", "!*", ":*", "??*", "??", "A", "A*", "!", ":", "~", "~:*",
        "!~", "*:*", "*a", "*b", "*?a", "?a*", "?b*", "a:*", "a!*", "ab*", "aa*", "*aa*", "???*", "!?*", "~:~",
        "~:~:*", "Ab", "aA", "AA", "aa", "ba*", "b?*", "b:*", "b!*", "a!", "a:", "~a", "~a~",
    ];
    let pool: Vec<Sample> = texts.iter().map(|text| sample(text, &strings)).collect();
    let size = pool.len();
    let counts = check(&pool, &strings, 60_000, 13, |dice| random_case(dice, size, 2, 2, 9));
    eprintln!("joint: {counts:?}");
    assert!(counts[0] > 5_000 && counts[1] > 5_000);
    // Negative patterns that do not match everything alone, so that only several together can.
    let mut few = Dice(3);
    let counts = check(&pool, &strings, 60_000, 17, |dice| {
        let positive = vec![vec![[0, 1, 6, 14, 19, 33][few.roll(6)]]];
        Case { positives: positive, negatives: (0..12).map(|_| 2 + dice.roll(size - 2)).collect() }
    });
    eprintln!("joint only: {counts:?}");
    assert!(counts[1] > 1_000);
}

#[test]
fn matching_agrees_with_the_plain_matcher() {
    let strings = strings();
    let mut dice = Dice(0x5555_1234_9876_5433);
    let tokens = ['a', ':', '~', '?', '!', '*', 'A', '~', ':'];
    let pool = random_pool(&mut dice, &tokens, 8, 400, &strings);
    let (patterns, ids) = fresh_table(&pool);
    for (sample, &id) in pool.iter().zip(&ids) {
        for (i, string) in strings.iter().enumerate().step_by(3) {
            let text: String = string.iter().collect();
            let expected = sample.bits[i / 64] >> (i % 64) & 1 == 1;
            assert_eq!(patterns.matches(id, &text), expected, "{} and {text}", sample.text);
        }
    }
}

#[test]
fn relations_agree_with_all_strings() {
    let strings = strings();
    let mut dice = Dice(0x7777_1234_9876_5433);
    let pool = random_pool(&mut dice, &['a', 'b', ':', '~', '?', '!', '*', 'A'], 5, 300, &strings);
    let (mut met, mut covered) = (0, 0);
    for _ in 0..40_000 {
        let (a, b) = (&pool[dice.roll(300)], &pool[dice.roll(300)]);
        let (first, second) = (Pattern::new(steps(&a.text)), Pattern::new(steps(&b.text)));
        let shared = a.bits.iter().zip(&b.bits).any(|(x, y)| x & y != 0);
        let short = first.least() + second.least() <= LONGEST;
        let meet = relation::meet(&first, &second);
        assert!(meet || !shared, "{} and {} meet", a.text, b.text);
        assert!(!meet || shared || !short, "{} and {} do not meet", a.text, b.text);
        met += usize::from(meet);
        if relation::covers(&first, &second) {
            covered += 1;
            assert!(a.bits.iter().zip(&b.bits).all(|(x, y)| y & !x == 0), "{} does not cover {}", a.text, b.text);
        }
    }
    assert!(met > 1_000 && covered > 300, "{met} {covered}");
}

#[test]
fn segments_that_clash_have_no_string_in_common() {
    let strings = strings();
    let mut dice = Dice(0x2468_1234_9876_5433);
    let pool = random_pool(&mut dice, &['a', 'b', ':', ':', '~', '!', '*'], 5, 300, &strings);
    let mut clashed = 0;
    for _ in 0..40_000 {
        let (a, b) = (&pool[dice.roll(300)], &pool[dice.roll(300)]);
        let (first, second) = (Pattern::new(steps(&a.text)), Pattern::new(steps(&b.text)));
        if relation::clash_in_segment(first.steps(), second.steps()) {
            assert!(a.bits.iter().zip(&b.bits).all(|(x, y)| x & y == 0), "{} and {} do not clash", a.text, b.text);
            clashed += usize::from(!relation::clash_at_ends(&first, &second));
        }
    }
    assert!(clashed > 20, "{clashed}");
}
