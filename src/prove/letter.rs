//! Characters that stand for texts that are not known: the values of policy variables, and parts of such values.
//!
//! IAM takes no policy that holds them; what is asked about one is not known. Wildcards take them only as far as they take every text
//! that they may stand for.

/// What a letter may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Any text, also none.
    Text,
    /// Any text without `:`, also none.
    Segment,
    /// One character.
    Single,
    /// One character that is not `:`.
    Plain,
}

const FIRST: u32 = 0xF_0000;
/// As many letters there are of each kind, and of keys.
const COUNT: u32 = 0x3000;
/// So far behind a letter comes the one for the same text in another letter case.
const OTHER_CASE: u32 = 0x1_0000;

/// The letter for the value of a condition key.
pub(super) fn of_key(number: u32) -> Option<char> {
    (number < COUNT).then(|| char::from_u32(FIRST + number)).flatten()
}

/// The letter for a part of a value.
pub(super) fn of_part(kind: Kind, number: u32) -> Option<char> {
    let place = 1 + kind as u32;
    (number < COUNT).then(|| char::from_u32(FIRST + place * COUNT + number)).flatten()
}

/// The number of the key whose value a letter stands for.
pub(super) fn key(letter: char) -> Option<u32> {
    place(letter).filter(|place| *place < COUNT)
}

/// The number of a letter for a part of a value.
pub(super) fn part(letter: char) -> Option<u32> {
    place(letter).filter(|place| *place >= COUNT).map(|place| place % COUNT)
}

fn place(letter: char) -> Option<u32> {
    u32::from(letter).checked_sub(FIRST).filter(|place| *place < 5 * COUNT)
}

/// What a character stands for, if it is a letter, in one case or the other.
pub(super) fn kind(character: char) -> Option<Kind> {
    if u32::from(character) < FIRST {
        return None;
    }
    Some(match place(lower(character))? / COUNT {
        0 | 1 => Kind::Text,
        2 => Kind::Segment,
        3 => Kind::Single,
        _ => Kind::Plain,
    })
}

/// Whether a text holds a letter.
pub(super) fn is_in(text: &str) -> bool {
    // The first byte of all of them is rare.
    text.bytes().any(|byte| byte >= 0xF3) && text.chars().any(is)
}

/// Whether a character is a letter.
pub(super) fn is(character: char) -> bool {
    kind(character).is_some()
}

/// A character in lower case; of a letter that stands for a text in another case, that for the text itself.
pub(super) fn lower(character: char) -> char {
    match u32::from(character).checked_sub(OTHER_CASE).and_then(char::from_u32) {
        Some(own) if place(own).is_some() => own,
        _ => character.to_ascii_lowercase(),
    }
}

/// A character in upper case; of a letter, that for the same text in another case.
pub(super) fn upper(character: char) -> char {
    match place(character) {
        Some(_) => char::from_u32(u32::from(character) + OTHER_CASE).unwrap_or(character),
        None => character.to_ascii_uppercase(),
    }
}

/// Whether a letter stands for a text in another case than the value has.
pub(super) fn is_other_case(character: char) -> bool {
    u32::from(character) >= FIRST + OTHER_CASE && place(lower(character)).is_some()
}
