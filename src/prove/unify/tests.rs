//! Every text that matches two patterns once values are put in is told: values hold one of the cases, or it matches letter by letter.

use super::*;
use crate::prove::strings::{PatternId, Patterns};

/// Numbers that look random.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

const U: char = '\u{F0000}';
const T: char = '\u{F0001}';

/// A part of a value that holds no `:`.
fn segment() -> char {
    letter::of_part(Kind::Segment, 0).unwrap()
}

fn token(name: char) -> Step {
    match name {
        '*' => Step::Run(Class::Any),
        '~' => Step::Run(Class::NotColon),
        '?' => Step::One(Class::Any),
        '!' => Step::One(Class::NotColon),
        'A' => Step::AnyCase('a'),
        'U' => Step::Char(U),
        'V' => Step::AnyCase(U),
        'T' => Step::Char(T),
        'S' => Step::Char(segment()),
        other => Step::Char(other),
    }
}

fn tokens(text: &str) -> Vec<Step> {
    text.chars().map(token).collect()
}

/// Texts of up to so many of these characters.
fn texts(alphabet: &str, most: usize) -> Vec<Vec<char>> {
    let mut all = vec![Vec::new()];
    let mut last = all.clone();
    for _ in 0..most {
        let longer = |text: &Vec<char>| {
            let text = text.clone();
            alphabet.chars().map(move |one| text.iter().copied().chain([one]).collect()).collect::<Vec<Vec<char>>>()
        };
        last = last.iter().flat_map(longer).collect();
        all.extend(last.clone());
    }
    all
}

fn value(values: &[(char, Vec<char>)], letter: char) -> &[char] {
    &values.iter().find(|(of, _)| *of == letter).unwrap().1
}

fn put(steps: &[Step], values: &[(char, Vec<char>)]) -> Vec<Step> {
    let of = |step: &Step| match *step {
        Step::Char(own) if letter::is(own) => value(values, own).iter().map(|one| Step::Char(*one)).collect(),
        Step::AnyCase(own) if letter::is(own) => value(values, own).iter().map(|one| Step::AnyCase(*one)).collect(),
        other => vec![other],
    };
    steps.iter().flat_map(of).collect()
}

/// Whether values hold a case: new letters may stand for what they can.
fn is_in(case: &Binding, values: &[(char, Vec<char>)]) -> bool {
    let (mut pattern, mut text) = (Vec::new(), Vec::new());
    for (letter, of) in case {
        pattern.extend(of.iter().copied().chain(['|']));
        text.extend(value(values, *letter).iter().copied().chain(['|']));
    }
    fits(&pattern, &text, &mut values.to_vec())
}

fn fits(pattern: &[char], text: &[char], values: &mut Vec<(char, Vec<char>)>) -> bool {
    let Some((first, rest)) = pattern.split_first() else { return text.is_empty() };
    let Some(kind) = letter::kind(*first) else {
        return text.first() == Some(first) && fits(rest, &text[1..], values);
    };
    if let Some((_, known)) = values.iter().find(|(of, _)| of == first) {
        return text.starts_with(known) && fits(rest, &text[known.len()..], &mut values.clone());
    }
    (0..=text.len()).any(|end| {
        let own = &text[..end];
        let is_one = matches!(kind, Kind::Single | Kind::Plain);
        if is_one && end != 1 || own.contains(&'|') || matches!(kind, Kind::Segment | Kind::Plain) && own.contains(&':')
        {
            return false;
        }
        values.push((*first, own.to_vec()));
        let fits = fits(rest, &text[end..], values);
        values.pop();
        fits
    })
}

/// Whether a text is that of a word of letters that matches both patterns.
fn is_told(
    patterns: &Patterns,
    both: [PatternId; 2],
    text: &[char],
    values: &[(char, Vec<char>)],
    word: &mut Vec<char>,
) -> bool {
    if text.is_empty() && both.iter().all(|one| patterns.any_matches(&[*one], word)) {
        return true;
    }
    let mut next: Vec<(char, usize)> = text.first().map(|one| (*one, 1)).into_iter().collect();
    if word.iter().filter(|one| letter::is(**one)).count() < 6 {
        for (own, value) in values {
            if text.starts_with(value) {
                next.push((*own, value.len()));
            }
            let start = &text[..value.len().min(text.len())];
            if start.len() == value.len() && start.iter().zip(value).all(|(a, b)| a.eq_ignore_ascii_case(b)) {
                next.push((letter::upper(*own), value.len()));
            }
        }
    }
    next.into_iter().any(|(own, length)| {
        word.push(own);
        let told = is_told(patterns, both, &text[length..], values, word);
        word.pop();
        told
    })
}

#[test]
fn texts_that_match_only_with_certain_values_are_told() {
    let mut dice = Dice(0x1234_5678_9ABC_DEF1);
    let (all, of_segments, words) = (texts("aA:", 2), texts("aA", 1), texts("aA:", 3));
    let names: Vec<char> = "aaA:*~?!UUVTS".chars().collect();
    let (mut complete, mut told, mut none) = (0, 0, 0);
    for _ in 0..400 {
        let mut patterns = Patterns::new();
        let [p, q] = [0, 1].map(|_| {
            let length = 1 + dice.roll(4);
            let steps = (0..length).map(|_| token(names[dice.roll(names.len())])).collect();
            patterns.add(steps)
        });
        let [of_p, of_q] = [p, q].map(|id| patterns.steps(id).to_vec());
        let found = unify(&of_p, &of_q, 1);
        complete += usize::from(found.complete);
        none += usize::from(found.complete && found.cases.is_empty());
        if !found.complete {
            continue;
        }
        for _ in 0..15 {
            let values = vec![
                (U, all[dice.roll(all.len())].clone()),
                (T, all[dice.roll(all.len())].clone()),
                (segment(), of_segments[dice.roll(of_segments.len())].clone()),
            ];
            if found.cases.iter().any(|case| is_in(case, &values)) {
                told += 1;
                continue;
            }
            let concrete = [&of_p, &of_q].map(|steps| patterns.add(put(steps, &values)));
            for word in words.iter().filter(|word| concrete.iter().all(|one| patterns.any_matches(&[*one], word))) {
                let is_told = is_told(&patterns, [p, q], word, &values, &mut Vec::new());
                assert!(is_told, "{of_p:?} and {of_q:?} with {values:?} have {word:?}: {:?}", found.cases);
            }
        }
    }
    assert!(complete > 300 && told > 250 && none > 80, "{complete} {told} {none}");
}

#[test]
fn equations_case_by_case() {
    let cases = |p: &str, q: &str| {
        let found = unify(&tokens(p), &tokens(q), 1);
        assert!(found.complete, "{p} and {q}");
        found.cases
    };
    // Nothing is as long as itself and more, and letter by letter asks nothing of values.
    for (p, q) in
        [("h/*/U", "h/U"), ("U/", "hU"), ("Ua", "bU"), ("aU*", "bT"), ("h/U", "h/*"), ("U", "U"), ("UT", "UT")]
    {
        assert_eq!(cases(p, q), Vec::<Binding>::new(), "{p} and {q}");
    }
    assert_eq!(cases("h/U", "h/ann"), [vec![(U, "ann".chars().collect())]]);
    assert_eq!(cases("U/x", "h/T"), {
        let part = letter::of_part(Kind::Text, 1).unwrap();
        let rest: Vec<char> = "/x".chars().collect();
        vec![vec![(U, vec!['h']), (T, vec!['x'])], vec![(U, vec!['h', '/', part]), (T, [&[part], &rest[..]].concat())]]
    });
}

/// Of letters alone, every pair of values that makes two texts one is in a case, or makes no difference.
#[test]
fn equations_that_lead_to_themselves() {
    let sides: Vec<Vec<Step>> = texts("aUT", 3).iter().map(|text| tokens(&text.iter().collect::<String>())).collect();
    let values = texts("ab", 2);
    let (mut complete, mut told, mut none) = (0, 0, 0);
    for (p, q) in sides.iter().flat_map(|p| sides.iter().map(move |q| (p, q))) {
        let found = unify(p, q, 1);
        complete += usize::from(found.complete);
        if !found.complete || p == q {
            continue;
        }
        none += usize::from(found.cases.is_empty());
        for (u, t) in values.iter().flat_map(|u| values.iter().map(move |t| (u, t))) {
            let values = vec![(U, u.clone()), (T, t.clone())];
            if put(p, &values) == put(q, &values) {
                told += 1;
                assert!(found.cases.iter().any(|case| is_in(case, &values)), "{p:?} is {q:?} with {values:?}");
            }
        }
    }
    assert!(complete > 1_000 && told > 2_000 && none > 200, "{complete} {told} {none}");
}
