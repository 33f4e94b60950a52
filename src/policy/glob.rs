//! Patterns with `*` (any run of characters, also none) and `?` (exactly one character), and what they share.
//!
//! Everything here is polynomial, whatever the pattern. Characters are Unicode scalar values, which is what AWS's `?`
//! counts, and letter case is folded one character at a time.

use std::borrow::Cow;

use super::variable;

/// Stands for a `*` that is a character, not a wildcard, in a pattern that [`open_variables`] made.
pub(crate) const LITERAL_STAR: char = '\u{E002}';
/// Stands for a `?` that is a character, not a wildcard, in a pattern that [`open_variables`] made.
pub(crate) const LITERAL_QUESTION: char = '\u{E003}';

/// A set of characters: all of them but those listed. Any two such sets have a character in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Class {
    /// Whether `/` is in it.
    pub(super) slash: bool,
    /// Whether `:` is in it.
    pub(super) colon: bool,
}

impl Class {
    pub(super) const ANY: Class = Class { slash: true, colon: true };

    fn has(self, character: char) -> bool {
        match character {
            '/' => self.slash,
            ':' => self.colon,
            _ => true,
        }
    }
}

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// That character.
    Literal(char),
    /// One character of the class.
    One(Class),
    /// Any run of characters of the class.
    Run(Class),
}

impl Token {
    fn is_run(self) -> bool {
        matches!(self, Token::Run(_))
    }

    /// Whether one character can be taken by both.
    fn meets(self, other: Token) -> bool {
        match (self, other) {
            (Token::Literal(a), Token::Literal(b)) => a == b,
            (Token::Literal(a), Token::One(class) | Token::Run(class))
            | (Token::One(class) | Token::Run(class), Token::Literal(a)) => class.has(a),
            _ => true,
        }
    }
}

/// The steps of a pattern; runs of `*` become one.
pub(super) fn tokens(pattern: &str, fold_case: bool) -> Vec<Token> {
    let mut out = Vec::with_capacity(pattern.len());
    push_tokens(pattern, fold_case, &mut out);
    out
}

/// Appends the steps of a pattern.
pub(super) fn push_tokens(pattern: &str, fold_case: bool, out: &mut Vec<Token>) {
    for character in pattern.chars() {
        out.push(match character {
            '*' if out.last() == Some(&Token::Run(Class::ANY)) => continue,
            '*' => Token::Run(Class::ANY),
            '?' => Token::One(Class::ANY),
            LITERAL_STAR => Token::Literal('*'),
            LITERAL_QUESTION => Token::Literal('?'),
            _ => Token::Literal(if fold_case { fold(character) } else { character }),
        });
    }
}

/// One character in the letter case in which characters are compared.
fn fold(character: char) -> char {
    character.to_lowercase().next().unwrap_or(character)
}

/// Whether a text holds a wildcard.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether the whole of `text` matches `pattern`. Letter case is ignored where `fold_case`.
///
/// Takes time in the product of the two lengths at worst, and of their sum where there are few `*`.
pub fn matches(pattern: &str, text: &str, fold_case: bool) -> bool {
    if pattern.is_ascii() && text.is_ascii() {
        let same = |p: u8, t: u8| p == t || (fold_case && p.eq_ignore_ascii_case(&t));
        return greedy(pattern.as_bytes(), text.as_bytes(), |p| p == b'*', |p, t| p == b'?' || same(p, t));
    }
    let pattern = tokens(pattern, fold_case);
    let text: Vec<char> = text.chars().map(|c| if fold_case { fold(c) } else { c }).collect();
    greedy(&pattern, &text, Token::is_run, |p, t| p.meets(Token::Literal(t)))
}

/// Matches with one point of return: to the last run met, which is always enough.
fn greedy<P: Copy, T: Copy>(
    pattern: &[P],
    text: &[T],
    is_run: impl Fn(P) -> bool,
    takes: impl Fn(P, T) -> bool,
) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(&step) if is_run(step) => {
                p += 1;
                if p == pattern.len() {
                    return true;
                }
                back = Some((p, t));
            }
            Some(&step) if takes(step, text[t]) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after_run, taken)) = back else { return false };
                back = Some((after_run, taken + 1));
                p = after_run;
                t = taken + 1;
            }
        }
    }
    pattern[p..].iter().all(|&step| is_run(step))
}

/// Whether some string matches both patterns.
pub fn intersects(a: &str, b: &str, fold_case: bool) -> bool {
    if !is_pattern(a) && a.is_ascii() {
        return matches(b, a, fold_case);
    }
    if !is_pattern(b) && b.is_ascii() {
        return matches(a, b, fold_case);
    }
    tokens_meet(&tokens(a, fold_case), &tokens(b, fold_case))
}

/// Whether some string follows both sequences of steps: reachability in the product of the two, row by row.
pub(super) fn tokens_meet(mut a: &[Token], mut b: &[Token]) -> bool {
    // Up to the first run on either side, and back to the last one, the steps pair off one to one.
    while let ([first_a, rest_a @ ..], [first_b, rest_b @ ..]) = (a, b)
        && !first_a.is_run()
        && !first_b.is_run()
    {
        if !first_a.meets(*first_b) {
            return false;
        }
        (a, b) = (rest_a, rest_b);
    }
    while let ([rest_a @ .., last_a], [rest_b @ .., last_b]) = (a, b)
        && !last_a.is_run()
        && !last_b.is_run()
    {
        if !last_a.meets(*last_b) {
            return false;
        }
        (a, b) = (rest_a, rest_b);
    }
    // What is left is most often one run, and what it takes.
    let takes = |one: &[Token], rest: &[Token]| match one {
        [] => rest.is_empty().then_some(true),
        [run] if run.is_run() && !rest.iter().any(|step| step.is_run()) => {
            Some(rest.iter().all(|step| run.meets(*step)))
        }
        _ => None,
    };
    if let Some(meets) = takes(a, b).or_else(|| takes(b, a)) {
        return meets;
    }
    // `row[j]`: some string takes the steps of `a` so far and the first `j` of `b`.
    let mut row = vec![false; b.len() + 1];
    row[0] = true;
    skip_runs(&mut row, b);
    let mut next = vec![false; b.len() + 1];
    for &step in a {
        next.fill(false);
        let mut any = false;
        for j in 0..=b.len() {
            // A run of `a` may be empty; one of `b` too. A run that takes a character stays where it is.
            let mut reached = step.is_run() && row[j];
            if j > 0 {
                let other = b[j - 1];
                let meet = step.meets(other);
                reached |= meet && row[j - 1];
                reached |= meet && step.is_run() && next[j - 1];
                reached |= other.is_run() && (next[j - 1] || (meet && row[j]));
            }
            next[j] = reached;
            any |= reached;
        }
        if !any {
            return false;
        }
        std::mem::swap(&mut row, &mut next);
    }
    row[b.len()]
}

/// Runs at the start may be empty.
fn skip_runs(row: &mut [bool], steps: &[Token]) {
    for (j, step) in steps.iter().enumerate() {
        row[j + 1] |= row[j] && step.is_run();
    }
}

/// How many pairs [`covers`] looks at before it gives up.
const COVER_STEPS: usize = 4096;

/// Whether every string that matches `b` matches `a`.
///
/// `true` is always right. Where `a` holds no `?`, or where `b` holds no `*`, `false` is right too; elsewhere it is
/// found by a search that gives up, and answers `false`, for an `a` of more than 127 steps or when it takes too long.
pub fn covers(a: &str, b: &str, fold_case: bool) -> bool {
    if a == "*" || a == b {
        return true;
    }
    if begins_otherwise(a, b, fold_case) {
        return false;
    }
    let (a, b) = (tokens(a, fold_case), tokens(b, fold_case));
    // There are always characters that stand in neither pattern. So a `?` of `b` is taken only by `?` and `*` of `a`,
    // and a `*` of `b`, being of any length, only by a `*`, or by several `?` of which one has a `*` beside it.
    let takes = |p: Token, t: Token| match t {
        Token::Literal(_) => p.meets(t),
        Token::One(_) => !matches!(p, Token::Literal(_)),
        Token::Run(_) => p.is_run(),
    };
    greedy(&a, &b, Token::is_run, takes) || (a.iter().any(|s| matches!(s, Token::One(_))) && covers_by_search(&a, &b))
}

/// Whether what `a` begins with, up to its first wildcard, is not what every string begins with that matches `b`: most pairs part there.
fn begins_otherwise(a: &str, b: &str, fold_case: bool) -> bool {
    let mut others = b.bytes();
    for own in a.bytes() {
        if matches!(own, b'*' | b'?') || !own.is_ascii() {
            return false;
        }
        match others.next() {
            Some(other) if !other.is_ascii() => return false,
            Some(other) if own == other || fold_case && own.eq_ignore_ascii_case(&other) => {}
            _ => return true,
        }
    }
    false
}

/// Every reading of `b`, with each `*` as 0, 1, 2 ... characters that stand in neither pattern, must end where `a` ends.
/// `a` is followed as a set of places at once, one bit a place.
fn covers_by_search(a: &[Token], b: &[Token]) -> bool {
    if a.len() > 127 {
        return false;
    }
    let close = |mut places: u128| {
        for (i, step) in a.iter().enumerate() {
            if step.is_run() && places & (1 << i) != 0 {
                places |= 1 << (i + 1);
            }
        }
        places
    };
    // `None` is a character that stands in neither pattern.
    let advance = |places: u128, character: Option<char>| {
        let mut after = 0;
        for (i, &step) in a.iter().enumerate().filter(|(i, _)| places & (1 << i) != 0) {
            match step {
                Token::Literal(literal) if character == Some(literal) => after |= 1 << (i + 1),
                Token::Literal(_) => {}
                Token::One(_) => after |= 1 << (i + 1),
                Token::Run(_) => after |= 1 << i,
            }
        }
        close(after)
    };
    let mut seen = std::collections::BTreeSet::new();
    let mut open = vec![(0, close(1))];
    while let Some((j, places)) = open.pop() {
        if places == 0 || seen.len() > COVER_STEPS {
            return false;
        }
        if !seen.insert((j, places)) {
            continue;
        }
        match b.get(j) {
            None if places & (1 << a.len()) == 0 => return false,
            None => {}
            Some(Token::Literal(character)) => open.push((j + 1, advance(places, Some(*character)))),
            Some(Token::One(_)) => open.push((j + 1, advance(places, None))),
            Some(Token::Run(_)) => {
                open.push((j + 1, places));
                open.push((j, advance(places, None)));
            }
        }
    }
    true
}

/// A pattern that matches whatever the policy variables in `text` may stand for: `${key}` and `${key, 'default'}`
/// become `*`. The escapes `${*}` and `${?}` become private-use characters that the functions of this module read as the
/// plain characters `*` and `?`; `${$}` becomes `$`. Something that starts as a variable and is none stays as it is.
///
/// For documents of version 2012-10-17; in older ones `${...}` is plain text.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
pub fn open_variables(text: &str) -> Cow<'_, str> {
    if !text.contains("${") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for variable in variable::variables(text).into_iter().flatten() {
        out.push_str(&text[done..variable.range.start]);
        match variable.key {
            "*" => out.push(LITERAL_STAR),
            "?" => out.push(LITERAL_QUESTION),
            "$" => out.push('$'),
            _ => out.push('*'),
        }
        done = variable.range.end;
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

#[cfg(test)]
#[path = "glob_tests.rs"]
mod tests;
