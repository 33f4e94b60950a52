use proptest::prelude::*;

use super::*;

/// The textbook definition, by trying everything.
fn naive(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('*', rest)) => (0..=text.len()).any(|taken| naive(rest, &text[taken..])),
        Some(('?', rest)) => !text.is_empty() && naive(rest, &text[1..]),
        Some((c, rest)) => text.first() == Some(c) && naive(rest, &text[1..]),
    }
}

fn naive_matches(pattern: &str, text: &str) -> bool {
    naive(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
}

/// Every string of up to `length` letters; `z` stands for all letters that no pattern of the tests holds.
fn strings(length: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut start = 0;
    for _ in 0..length {
        let end = all.len();
        for index in start..end {
            for letter in ['a', 'b', 'z'] {
                all.push(format!("{}{letter}", all[index]));
            }
        }
        start = end;
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn matches_is_the_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,9}") {
        prop_assert_eq!(matches(&pattern, &text, false), naive_matches(&pattern, &text));
    }

    #[test]
    fn matches_is_the_definition_beyond_ascii(pattern in "[aé*?]{0,7}", text in "[aéß]{0,8}") {
        prop_assert_eq!(matches(&pattern, &text, false), naive_matches(&pattern, &text));
    }

    #[test]
    fn folding_is_matching_in_lower_case(pattern in "[aAbB*?]{0,7}", text in "[aAbB]{0,8}") {
        let folded = naive_matches(&pattern.to_lowercase(), &text.to_lowercase());
        prop_assert_eq!(matches(&pattern, &text, true), folded);
        prop_assert_eq!(matches(&format!("é{pattern}"), &format!("É{text}"), true), folded);
    }

    // The shortest string of both is no longer than both patterns together, here 6.
    #[test]
    fn intersects_is_a_common_string(a in "[ab*?]{0,3}", b in "[ab*?]{0,3}") {
        let common = strings(6).iter().any(|text| naive_matches(&a, text) && naive_matches(&b, text));
        prop_assert_eq!(intersects(&a, &b, false), common);
        prop_assert_eq!(intersects(&b, &a, false), common);
    }

    // A string of `b` that `a` lacks, if there is one, is no longer than both together and one more.
    #[test]
    fn covers_is_inclusion(a in "[ab*?]{0,3}", b in "[ab*?]{0,3}") {
        let included = strings(7).iter().all(|text| !naive_matches(&b, text) || naive_matches(&a, text));
        prop_assert_eq!(covers(&a, &b, false), included, "{} {}", a, b);
    }

    #[test]
    fn covering_implies_meeting(a in "[ab*?:/]{0,12}", b in "[ab*?:/]{0,12}") {
        prop_assert!(!covers(&a, &b, false) || intersects(&a, &b, false));
    }
}

#[test]
fn no_pattern_blows_up() {
    let pattern = "*a".repeat(200);
    let text = "a".repeat(5000) + "b";
    assert!(!matches(&pattern, &text, false));
    assert!(!intersects(&(pattern.clone() + "b"), &("a*".repeat(200) + "c"), false));
    assert!(!covers(&("*a?".repeat(30) + "b"), &("a*".repeat(60) + "c"), false));
}

#[test]
fn wildcards_cross_slashes_and_colons() {
    assert!(matches("arn:aws:s3:::b/*", "arn:aws:s3:::b/x/y:z", false));
    assert!(matches("s3:get*", "s3:GetObject", true));
    assert!(!matches("s3:get*", "s3:GetObject", false));
    assert!(!matches("a?c", "ac", false));
}

#[test]
fn equal_languages_cover_each_other_however_they_are_written() {
    for (a, b) in [("*?", "?*"), ("*?*", "?*"), ("**", "*"), ("?*?", "*??")] {
        assert!(covers(a, b, false) && covers(b, a, false), "{a} {b}");
    }
    assert!(covers("?*", "*a", false));
    assert!(!covers("?*", "*", false));
    assert!(covers("S3:*", "s3:Get*", true));
}

#[test]
fn variables_are_open_and_escapes_are_characters() {
    assert_eq!(open_variables("home/${aws:username}/x"), "home/*/x");
    assert_eq!(open_variables("${aws:PrincipalTag/team, 'none'}"), "*");
    assert_eq!(open_variables("cost ${$}5"), "cost $5");
    assert_eq!(open_variables("a${b"), "a${b");
    let pattern = open_variables("a${*}b${?}");
    assert!(matches(&pattern, "a*b?", false));
    assert!(!matches(&pattern, "axb?", false));
    assert!(!matches(&pattern, "a*bx", false));
    assert!(intersects(&pattern, "a?b?", false));
    assert!(!intersects(&pattern, "ax*", false));
    assert!(covers("a*", &pattern, false));
    assert!(!covers(&pattern, "a*", false));
}
