//! Where the characters of a text stand that was escaped to fit in another.

use std::borrow::Cow;

/// A text without its escapes, and where each of its bytes, and its end, stood with them.
pub(super) struct Unescaped<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) places: Vec<usize>,
}

/// The places of a JSON string's bytes. `raw` is the string with its quotes and starts at `start`; `text` is what it stands for.
/// `None` where it does not stand for that.
pub(super) fn in_string<'a>(raw: &str, start: usize, text: &'a str) -> Option<Unescaped<'a>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    let mut places = Vec::with_capacity(text.len() + 1);
    let mut characters = text.chars();
    let mut rest = inner;
    while let Some(first) = rest.chars().next() {
        let escaped = match (first, rest.as_bytes().get(1)) {
            ('\\', Some(b'u')) => 6,
            ('\\', _) => 2,
            _ => first.len_utf8(),
        };
        let character = characters.next()?;
        // A character beyond U+FFFF is two escapes.
        let escaped = if escaped == 6 && character > '\u{ffff}' { 12 } else { escaped };
        let at = start + 1 + inner.len() - rest.len();
        places.extend(std::iter::repeat_n(at, character.len_utf8()));
        rest = rest.get(escaped..)?;
    }
    places.push(start + raw.len() - 1);
    characters.next().is_none().then_some(Unescaped { text: text.into(), places })
}

impl<'a> Unescaped<'a> {
    /// Without the percent signs by which the API of IAM encodes documents; as it is where they stand for no text.
    pub(super) fn percent_decoded(self) -> Self {
        let bytes = self.text.as_bytes();
        let (mut decoded, mut places) = (Vec::new(), Vec::new());
        let mut at = 0;
        while at < bytes.len() {
            places.push(self.places[at]);
            let code = bytes[at..].strip_prefix(b"%").and_then(|code| std::str::from_utf8(code.get(..2)?).ok());
            match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
                Some(byte) => {
                    decoded.push(byte);
                    at += 3;
                }
                None => {
                    decoded.push(bytes[at]);
                    at += 1;
                }
            }
        }
        places.extend(self.places.last());
        match String::from_utf8(decoded) {
            Ok(text) => Self { text: text.into(), places },
            Err(_) => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_escapes() {
        let raw = r#""a\"\u00e9\ud83d\ude00z""#;
        let text: String = serde_json::from_str(raw).unwrap();
        let found = in_string(raw, 10, &text).unwrap();
        let at = |character: char| &raw[found.places[text.find(character).unwrap()] - 10..];
        assert!(at('"').starts_with("\\\"") && at('é').starts_with("\\u00e9") && at('z').starts_with("z\""));
        assert_eq!(found.places.len(), text.len() + 1);
        assert_eq!(found.places[text.len()] - 10, raw.len() - 1);
        assert!(in_string(raw, 0, "a").is_none() && in_string("{}", 0, "a").is_none());
    }

    #[test]
    fn percent_signs_are_decoded() {
        let decoded = in_string("\"%7B%C3%A9}%\"", 0, "%7B%C3%A9}%").unwrap().percent_decoded();
        assert_eq!((&*decoded.text, decoded.places.as_slice()), ("{é}%", [1, 4, 7, 10, 11, 12].as_slice()));
        let odd = in_string("\"%FF\"", 0, "%FF").unwrap().percent_decoded();
        assert_eq!(odd.text, "%FF");
    }
}
