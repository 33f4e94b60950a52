//! JSON as nearly all of it is written, read in one pass.
//!
//! What is not plainly right, and what is rare, is left to the parser that says what is wrong: comments, members that stand twice, deep
//! nesting, objects of many members.

use std::borrow::Cow;

use super::json::{Member, Node, Place, Value};
use crate::base::Span;

/// Values nested deeper are left to the other parser.
const MOST_NESTED: usize = 64;
/// Objects with more members are left to the other parser: here each name is compared with those before it.
const MOST_MEMBERS: usize = 16;

/// The value that a text is, if it is one plainly.
pub(super) fn parse<'a>(place: Place<'_>, text: &'a str) -> Option<Node<'a>> {
    whole(place, text, Reader::node)
}

/// What is read from the whole of a text.
pub(super) fn whole<'a, 'm, T>(
    place: Place<'m>,
    text: &'a str,
    read: impl FnOnce(&mut Reader<'a, 'm>) -> Option<T>,
) -> Option<T> {
    let mut reader = Reader { place, text, at: 0, depth: 0 };
    let read = read(&mut reader)?;
    (reader.peek().is_none() && reader.at == text.len()).then_some(read)
}

/// Reads a text from the front to the back. Nothing comes out where it is not plain.
pub(super) struct Reader<'a, 'm> {
    place: Place<'m>,
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a, '_> {
    /// The next byte that is no white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// A value.
    pub(super) fn node(&mut self) -> Option<Node<'a>> {
        let first = self.peek()?;
        let start = self.at;
        let value = match first {
            b'"' => Value::String(self.string()?),
            b'[' => Value::Array(self.elements()?),
            b'{' => Value::Object(self.members()?),
            b't' => self.word("true", Value::Bool(true))?,
            b'f' => self.word("false", Value::Bool(false))?,
            b'n' => self.word("null", Value::Null)?,
            _ => Value::Number(self.number()?),
        };
        Some(Node { value, span: self.place.span(start, self.at) })
    }

    fn word<T>(&mut self, word: &str, value: T) -> Option<T> {
        let is_it = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        self.at += word.len();
        is_it.then_some(value)
    }

    fn elements(&mut self) -> Option<Vec<Node<'a>>> {
        let mut elements = Vec::new();
        self.array(|reader| {
            elements.push(reader.node()?);
            Some(())
        })?;
        Some(elements)
    }

    fn members(&mut self) -> Option<Vec<Member<'a>>> {
        let mut members: Vec<Member<'a>> = Vec::new();
        self.listed(b'}', |reader| {
            let (name, name_span) = reader.name()?;
            if members.len() == MOST_MEMBERS || members.iter().any(|member| member.name == name) {
                return None;
            }
            members.push(Member { name, name_span, value: reader.node()? });
            Some(())
        })?;
        Some(members)
    }

    /// An array, element by element.
    pub(super) fn array(&mut self, element: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.peek()? != b'[' {
            return None;
        }
        self.listed(b']', element)
    }

    /// An object, member by member. Whether one stands twice is not looked at.
    pub(super) fn object(&mut self, mut value: impl FnMut(&mut Self, &str, Span) -> Option<()>) -> Option<()> {
        if self.peek()? != b'{' {
            return None;
        }
        self.listed(b'}', |reader| {
            let (name, span) = reader.name()?;
            value(reader, &name, span)
        })
    }

    /// A number or a Boolean, as it is written.
    pub(super) fn bare(&mut self) -> Option<&'a str> {
        match self.peek()? {
            b't' => self.word("true", "true"),
            b'f' => self.word("false", "false"),
            _ => self.number(),
        }
    }

    /// The name of a member, and the colon behind it.
    fn name(&mut self) -> Option<(Cow<'a, str>, Span)> {
        let name = self.text()?;
        if self.peek()? != b':' {
            return None;
        }
        self.at += 1;
        Some(name)
    }

    /// A string, and where it stands.
    pub(super) fn text(&mut self) -> Option<(Cow<'a, str>, Span)> {
        if self.peek()? != b'"' {
            return None;
        }
        let start = self.at;
        let text = self.string()?;
        Some((text, self.place.span(start, self.at)))
    }

    /// Where what is read between begins and ends.
    pub(super) fn located<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<(T, Span)> {
        self.peek()?;
        let start = self.at;
        let read = read(self)?;
        Some((read, self.place.span(start, self.at)))
    }

    /// What stands between brackets, with commas between.
    fn listed(&mut self, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MOST_NESTED {
            return None;
        }
        if self.peek()? != close {
            loop {
                item(self)?;
                match self.peek()? {
                    b',' => self.at += 1,
                    byte if byte == close => break,
                    _ => return None,
                }
            }
        }
        self.at += 1;
        self.depth -= 1;
        Some(())
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += 1;
            match self.text.as_bytes().get(self.at)? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.at += 1;
                }
                0..0x20 => return None,
                _ => {}
            }
        }
        self.at += 1;
        match escaped {
            false => self.text.get(start + 1..self.at - 1).map(Cow::Borrowed),
            true => serde_json::from_str(self.text.get(start..self.at)?).ok().map(Cow::Owned),
        }
    }

    fn number(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut taken = |of: fn(&u8) -> bool| {
            let count = bytes[self.at..].iter().take_while(|byte| of(byte)).count();
            self.at += count;
            count
        };
        let (minus, zeros) = (taken(|byte| *byte == b'-'), taken(|byte| *byte == b'0'));
        let digits = taken(u8::is_ascii_digit);
        let is_whole = minus <= 1 && if zeros > 0 { zeros == 1 && digits == 0 } else { digits > 0 };
        let points = taken(|byte| *byte == b'.');
        let is_fraction = points == 0 || points == 1 && taken(u8::is_ascii_digit) > 0;
        // A power of ten is rare.
        let ends = !bytes.get(self.at).is_some_and(|byte| matches!(byte, b'e' | b'E' | b'+' | b'-'));
        (is_whole && is_fraction && ends).then(|| &self.text[start..self.at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::FileId;
    use crate::policy::read::Mode;
    use crate::policy::read::json::parse as parse_any;

    fn plain(text: &str) -> Option<String> {
        parse(Place::At(FileId(0), 7), text).map(|node| format!("{node:?}"))
    }

    #[test]
    fn what_is_read_is_what_serde_reads() {
        fn value(node: &Node<'_>) -> serde_json::Value {
            match &node.value {
                Value::Null => serde_json::Value::Null,
                Value::Bool(value) => (*value).into(),
                Value::Number(text) => serde_json::from_str(text).unwrap(),
                Value::String(text) => text.as_ref().into(),
                Value::Array(elements) => elements.iter().map(value).collect(),
                Value::Object(members) => {
                    let members = members.iter().map(|one| (one.name.to_string(), value(&one.value)));
                    serde_json::Value::Object(members.collect())
                }
            }
        }
        let texts = [
            "{}",
            " [ ] ",
            "\"\"",
            "-0.50",
            "[0, 10, -7, 1.25, true, false, null]",
            r#"{"a": {"b": [{"c": "d"}, "\"\\\/\n\u00e9\ud83d\ude00", "é😀"]}, "": "\t"}"#,
        ];
        for text in texts {
            let node = parse(Place::At(FileId(0), 0), text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(value(&node), serde_json::from_str::<serde_json::Value>(text).unwrap(), "{text}");
        }
    }

    #[test]
    fn what_is_not_plainly_right_is_left_alone() {
        let nested = "[".repeat(65) + &"]".repeat(65);
        let many: Vec<String> = (0..17).map(|index| format!("\"{index}\": 0")).collect();
        let many = format!("{{{}}}", many.join(", "));
        let left = [
            "",
            " ",
            "{",
            "[",
            "\"",
            "\"\\",
            "\"\\\"",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{\"a\"}",
            "{\"a\": 1,}",
            "{a: 1}",
            "{\"a\" 1}",
            "{\"a\": 1, \"a\": 2}",
            "01",
            "-",
            "1.",
            ".5",
            "--1",
            "1e5",
            "1e",
            "+1",
            "1-",
            "tru",
            "nulls",
            "[]]",
            "[] []",
            "'a'",
            "// a\n1",
            "\"\n\"",
            "\"\\x\"",
            "\"\\ud800\"",
            "\u{feff}1",
            "\u{a0}1",
            "{\"\\u0061\": 1, \"a\": 2}",
            &nested,
            &many,
        ];
        for text in left {
            assert_eq!(plain(text), None, "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_other_parser() {
        let text = " {\"a\": [\"é\", 12, \"x\\ty\"], \"b\": {\"c\": true}}\n";
        // The comment keeps the text from being plain.
        let commented = format!("{text}// behind");
        let other = parse_any(Place::At(FileId(0), 7), &commented, Mode::Lenient).unwrap();
        assert_eq!(plain(text), Some(format!("{:?}", other.root)));
        assert_eq!(other.root.span, Span::new(FileId(0), 8, 7 + text.trim_end().len()));
    }
}
