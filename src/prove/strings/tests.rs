use super::*;

/// `*` and `?` of any character, `~` and `!` of all but `:`, an upper-case letter in either case.
pub(super) fn steps(text: &str) -> Vec<Step> {
    let step = |c: char| match c {
        '*' => Step::Run(Class::Any),
        '?' => Step::One(Class::Any),
        '~' => Step::Run(Class::NotColon),
        '!' => Step::One(Class::NotColon),
        c if c.is_ascii_uppercase() => Step::AnyCase(c),
        c => Step::Char(c),
    };
    text.chars().map(step).collect()
}

fn ask_within(budget: u64, positives: &[&[&str]], negatives: &[&str]) -> Found {
    let mut patterns = Patterns::new();
    let mut add = |texts: &[&str]| texts.iter().map(|text| patterns.add(steps(text))).collect::<Vec<_>>();
    let sets: Vec<Vec<PatternId>> = positives.iter().map(|set| add(set)).collect();
    let negatives = add(negatives);
    let sets: Vec<&[PatternId]> = sets.iter().map(|set| &set[..]).collect();
    let mut left = budget;
    let found = patterns.find(&sets, &negatives, &mut left);
    assert!(left <= budget);
    if found != Found::Exhausted {
        assert_eq!(patterns.find(&sets, &negatives, &mut 0), found, "an answer is remembered");
    }
    found
}

fn ask(positives: &[&[&str]], negatives: &[&str]) -> Found {
    ask_within(100_000, positives, negatives)
}

fn word(positives: &[&[&str]], negatives: &[&str]) -> String {
    match ask(positives, negatives) {
        Found::Word(word) => word,
        other => panic!("{positives:?} without {negatives:?}: {other:?}"),
    }
}

fn core(positives: &[&[&str]], negatives: &[&str]) -> (Vec<usize>, Vec<usize>) {
    match ask(positives, negatives) {
        Found::Nothing { positives, negatives } => (positives, negatives),
        other => panic!("{positives:?} without {negatives:?}: {other:?}"),
    }
}

#[test]
fn patterns_have_one_form() {
    let form = |text: &str| step::normalise(steps(text));
    assert_eq!(form("**"), form("*"));
    assert_eq!(form("*?*??"), form("???*"));
    assert_eq!(form("~*~"), form("*"));
    assert_eq!(form("~?*"), form("?*"));
    assert_eq!(form("*?~"), form("?*"));
    assert_eq!(form("~!~"), form("!~"));
    assert_ne!(form("~?"), form("?~"));
    assert_eq!(step::normalise(vec![Step::AnyCase('-'), Step::AnyCase('Q')]), [Step::Char('-'), Step::AnyCase('q')]);
    let mut patterns = Patterns::new();
    assert_eq!(patterns.add(steps("a*?")), patterns.add(steps("a?**")));
    assert_ne!(patterns.add(steps("a")), patterns.add(steps("A")));
    let wide = patterns.add(steps("~?*"));
    assert_eq!(patterns.steps(wide), steps("?*"));
}

#[test]
fn texts_match() {
    let mut patterns = Patterns::new();
    let mut matches = |pattern: &str, text: &str| {
        let id = patterns.add(steps(pattern));
        patterns.matches(id, text)
    };
    assert!(matches("arn:~:iam:~:~:role/*", "arn:aws:iam::123456789012:role/a:b"));
    assert!(!matches("arn:~:iam:~:role/*", "arn:aws:iam::123456789012:role/a"));
    assert!(matches("GET*", "gEtx") && !matches("GET*", "got") && !matches("ab*ba", "aba"));
    // The second colon has to be taken by `?`, which taking as few as possible misses.
    assert!(matches("~?:~", "a::b"));
    assert!(matches("?", "é") && matches("?", "\u{1F600}") && !matches("?", "e\u{301}"));
}

#[test]
fn words_are_literals_first_and_plain() {
    assert_eq!(word(&[&["s3:Get*", "s3:list"]], &[]), "s3:list");
    assert_eq!(word(&[&["arn:aws:s3:::*"]], &[]), "arn:aws:s3:::x");
    assert_eq!(word(&[&["arn:aws:s3:::*"]], &["*x"]), "arn:aws:s3:::y");
    assert_eq!(word(&[&["arn:~:s3:~:~:a?"]], &[]), "arn:x:s3:x:x:ax");
    assert_eq!(word(&[&["a*", "b"], &["*b", "ab"]], &["b"]), "ab");
    assert_eq!(word(&[&["Ab*"]], &["*x*"]), "aby");
    assert_eq!(word(&[], &[]), "x");
    assert_eq!(word(&[], &["?*"]), "");
    assert_eq!(word(&[&["*"]], &["?"]), "");
    assert_eq!(word(&[&["bucket*"], &["*/logs/*"]], &[]), "bucket/logs/x");
    assert_eq!(word(&[&["!"]], &["x", "y", "z"]), "a");
}

#[test]
fn cores_name_what_is_needed() {
    assert_eq!(core(&[&[]], &["a"]), (vec![0], vec![]));
    assert_eq!(core(&[&["a"], &[]], &["a"]), (vec![1], vec![]));
    assert_eq!(core(&[&["q", "a"]], &["x", "q", "*a", "*b"]), (vec![0], vec![1, 2]));
    assert_eq!(core(&[&["a*"], &["c"], &["b*"]], &["x*"]), (vec![0, 1], vec![]));
    assert_eq!(core(&[&["a*"], &["*"], &["b*"]], &["x*"]), (vec![0, 2], vec![]));
    assert_eq!(core(&[&["a*"]], &["b*", "a*", "*"]), (vec![0], vec![1]));
    assert_eq!(core(&[&["ab*"]], &["b*", "c", "a*"]), (vec![0], vec![2]));
    assert_eq!(core(&[&["a*"]], &["b*", "a", "c", "a?*"]), (vec![0], vec![1, 3]));
    assert_eq!(core(&[&["a", "a*"]], &["?", "a*"]), (vec![0], vec![1]), "what serves twice is enough");
    let many: Vec<String> = (0..40).map(|i| format!("q{i}*")).collect();
    let many: Vec<&str> = many.iter().map(|text| &text[..]).collect();
    assert_eq!(core(&[&["*x"], &many, &["k*"]], &["x*"]), (vec![1, 2], vec![]));
    assert_eq!(core(&[], &["a", "", "?*"]), (vec![], vec![1, 2]));
    assert_eq!(core(&[&["~"], &["*:*"]], &[]), (vec![0, 1], vec![]));
    assert_eq!(core(&[&["a*"], &["*b"]], &["a?*"]), (vec![0, 1], vec![0]));
}

#[test]
fn the_same_question_in_another_order_is_remembered() {
    let mut patterns = Patterns::new();
    let [a, b, c, d] = ["a*", "a", "a?*", "q"].map(|text| patterns.add(steps(text)));
    let nothing = |positives: &[usize], negatives: &[usize]| Found::Nothing {
        positives: positives.to_vec(),
        negatives: negatives.to_vec(),
    };
    assert_eq!(patterns.find(&[&[a]], &[d, b, c], &mut 1000), nothing(&[0], &[1, 2]));
    assert_eq!(patterns.find(&[&[a], &[a]], &[c, c, d, b], &mut 0), nothing(&[0], &[0, 3]));
}

#[test]
fn letters_in_either_case_are_all_tried() {
    assert_eq!(word(&[&["AB"]], &["ab"]).to_ascii_lowercase(), "ab");
    let mut patterns = Patterns::new();
    let both = patterns.add(steps("ABCDEF"));
    let exact = |i: u32, patterns: &mut Patterns| {
        let letter = |(k, c): (usize, char)| Step::Char(if i >> k & 1 == 1 { c.to_ascii_uppercase() } else { c });
        patterns.add("abcdef".chars().enumerate().map(letter).collect())
    };
    let negatives: Vec<PatternId> = (0..64).map(|i| exact(i, &mut patterns)).collect();
    let all = Found::Nothing { positives: vec![0], negatives: (0..64).collect() };
    assert_eq!(patterns.find(&[&[both]], &negatives, &mut 1_000_000), all);
    assert!(matches!(patterns.find(&[&[both]], &negatives[..63], &mut 1_000_000), Found::Word(_)));
}

#[test]
fn many_literals_leave_a_fresh_character() {
    let mut patterns = Patterns::new();
    let one = patterns.add(steps("?"));
    let negatives: Vec<PatternId> = ('!'..='\u{800}').map(|c| patterns.add(vec![Step::Char(c)])).collect();
    let Found::Word(word) = patterns.find(&[&[one]], &negatives, &mut 1_000_000) else { panic!("no word") };
    assert!(patterns.matches(one, &word) && !negatives.iter().any(|&id| patterns.matches(id, &word)));
}

#[test]
fn hostile_patterns_end() {
    let letters: Vec<String> = ('a'..='t').map(|c| format!("*{c}*")).collect();
    let letters: Vec<&str> = letters.iter().map(|text| &text[..]).collect();
    let sets: Vec<&[&str]> = letters.iter().map(std::slice::from_ref).collect();
    assert_eq!(word(&sets, &[]).len(), 21, "each letter once, and one for the run at the end");
    let all = format!("*{}*", ('a'..='z').map(String::from).collect::<Vec<_>>().join("*"));
    assert_eq!(
        ask_within(100_000, &[&[&all], &["????"]], &[]),
        Found::Nothing { positives: vec![0, 1], negatives: vec![] }
    );
    let marks = format!("*a{}", "?".repeat(60));
    let other = format!("*b{}", "?".repeat(61));
    let third = format!("*c{}", "?".repeat(40));
    let long = format!("{}*", "?".repeat(200));
    for budget in [0, 1, 10, 1_000, 100_000] {
        ask_within(budget, &[&[&marks], &[&other]], &[&third, "*d*", "*ab*", "*ba*"]);
        ask_within(budget, &[&[&long]], &[&marks, &other, &third]);
        ask_within(budget, &sets, &["*ab*", "*ba*", "*cd*", "*t*s*", "*a*z*"]);
        ask_within(budget, &[], &letters);
    }
    let repeated: Vec<String> =
        (1..300).map(|i| format!("*{}*", "ab?".repeat(i % 17 + 1) + &"a".repeat(i / 17))).collect();
    let repeated: Vec<&str> = repeated.iter().map(|text| &text[..]).collect();
    for budget in [0, 1_000, 100_000] {
        ask_within(budget, &[&repeated, &repeated[7..], &repeated[90..]], &letters);
        ask_within(budget, &[&["*c*"], &repeated], &repeated[100..]);
        ask_within(budget, &[&["*"]], &repeated);
    }
    // No length is left, but each choice of places for `a` is another state until the length is known.
    let (at, length, longer) = (format!("*a{}", "?".repeat(20)), "?".repeat(21), format!("{}*", "?".repeat(22)));
    assert_eq!(ask(&[&[&at]], &[&length, &longer]), Found::Exhausted);
    let many: Vec<Vec<&str>> = (0..400).map(|_| vec!["a*", "b*"]).collect();
    let many: Vec<&[&str]> = many.iter().map(|set| &set[..]).collect();
    assert_eq!(word(&many, &["a*"]), "bx", "equal sets are one");
}

/// A letter that stands for a text that is not known is no one character, also where another pattern is the one that names it.
#[test]
fn one_character_is_no_value_of_a_variable() {
    let mut patterns = Patterns::new();
    let value = '\u{F0003}';
    let mut add = |text: &str| {
        let steps = steps(text).into_iter().map(|step| if step == Step::Char('v') { Step::Char(value) } else { step });
        patterns.add(steps.collect())
    };
    let (positives, negatives) = ([add("h/*"), add("*v/")], [add("h/?/"), add("h/?*v/")]);
    let found = patterns.find(&[&positives[..1], &positives[1..]], &negatives, &mut 10_000);
    assert_eq!(found, Found::Word(format!("h/{value}/")));
}
