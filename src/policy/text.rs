//! A string of a policy, with the holes that stay open until deployment.

use std::fmt;

/// Marks the start of an extern's name; a private-use character, which no policy document may hold.
const OPEN: char = '\u{E000}';
/// Marks the end of an extern's name.
const CLOSE: char = '\u{E001}';

/// A string as it will stand in the policy. `extern` values are holes in it, which only some output formats can write.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text(String);

/// A run of a [`Text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Plain characters.
    Literal(&'a str),
    /// The value of that `extern`, known only when the policy is deployed.
    Extern(&'a str),
}

impl Text {
    /// Text that is nothing but the value of an `extern`.
    pub fn from_extern(name: &str) -> Self {
        Self(format!("{OPEN}{name}{CLOSE}"))
    }

    /// The characters, if there is no hole among them.
    pub fn plain(&self) -> Option<&str> {
        (!self.has_extern()).then_some(self.0.as_str())
    }

    /// Whether an `extern` stands in it.
    pub fn has_extern(&self) -> bool {
        // Its first byte is rare, and looked for faster.
        self.0.as_bytes().contains(&0xEE) && self.0.contains(OPEN)
    }

    /// As it is shown to people, without a copy where no `extern` stands in it.
    pub fn shown(&self) -> std::borrow::Cow<'_, str> {
        self.plain().map_or_else(|| self.to_string().into(), Into::into)
    }

    /// Its length in bytes; names of externs count too.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends another text.
    pub fn push(&mut self, other: &Text) {
        self.0.push_str(&other.0);
    }

    /// Appends plain characters.
    pub fn push_str(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// The runs of plain characters and holes, in order.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        let mut rest = self.0.as_str();
        std::iter::from_fn(move || {
            if let Some(hole) = rest.strip_prefix(OPEN) {
                let (name, after) = hole.split_once(CLOSE)?;
                rest = after;
                return Some(Piece::Extern(name));
            }
            let end = rest.find(OPEN).unwrap_or(rest.len());
            let (literal, after) = rest.split_at(end);
            rest = after;
            (!literal.is_empty()).then_some(Piece::Literal(literal))
        })
    }

    /// A pattern that every value of this text matches: holes become `*`.
    pub fn pattern(&self) -> std::borrow::Cow<'_, str> {
        match self.plain() {
            Some(plain) => plain.into(),
            None => self
                .pieces()
                .map(|piece| if let Piece::Literal(text) = piece { text } else { "*" })
                .collect::<String>()
                .into(),
        }
    }
}

impl From<&str> for Text {
    /// Characters of the two marks cannot come from a source file: the lexer refuses them with every other private-use character.
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Text {
    /// For people: an extern is shown as `{name}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces().try_for_each(|piece| match piece {
            Piece::Literal(text) => f.write_str(text),
            Piece::Extern(name) => write!(f, "{{{name}}}"),
        })
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}
