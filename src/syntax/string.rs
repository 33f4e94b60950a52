//! The inside of a string literal: escapes, interpolation, policy variables.

use super::{Name, Path, StringLit, StringPart};
use crate::base::Span;

/// What is wrong inside a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StringError {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: &'static str,
}

/// Reads a literal with its quotes.
pub(super) fn read(literal: &str, span: Span, errors: &mut Vec<StringError>) -> StringLit {
    let inner = literal.strip_prefix('"').unwrap_or(literal);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let base = span.start as usize + 1;
    let mut reader = Reader { text: inner, at: 0, base, span, parts: Vec::new(), run: String::new(), errors };
    reader.read();
    StringLit { parts: reader.parts, span }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    base: usize,
    span: Span,
    parts: Vec<StringPart>,
    run: String,
    errors: &'a mut Vec<StringError>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut in_variable = false;
        while let Some(next) = self.text[self.at..].chars().next() {
            let rest = &self.text[self.at..];
            if rest.starts_with("${") {
                in_variable = true;
                self.take("${", 2);
            } else if rest.starts_with("{{") {
                self.take("{", 2);
            } else if next == '}' && in_variable {
                in_variable = false;
                self.take("}", 1);
            } else if rest.starts_with("}}") {
                self.take("}", 2);
            } else if next == '{' {
                self.interpolation();
            } else if next == '}' {
                self.error(1, "`}` closes nothing in this string".into(), "write `}}` for a brace");
                self.take("}", 1);
            } else if is_private_use(next) {
                self.error(
                    next.len_utf8(),
                    "this string holds a private-use character".into(),
                    "remove it; no policy may hold one",
                );
                self.at += next.len_utf8();
            } else if next == '\\' {
                self.escape();
            } else {
                self.run.push(next);
                self.at += next.len_utf8();
            }
        }
        if !self.run.is_empty() {
            self.parts.push(StringPart::Text(std::mem::take(&mut self.run)));
        }
    }

    fn take(&mut self, text: &str, length: usize) {
        self.run.push_str(text);
        self.at += length;
    }

    fn span_of(&self, at: usize, length: usize) -> Span {
        Span::new(self.span.file, self.base + at, self.base + at + length)
    }

    fn error(&mut self, length: usize, message: String, help: &'static str) {
        let span = self.span_of(self.at, length);
        self.errors.push(StringError { span, message, help });
        self.parts.push(StringPart::Error);
    }

    fn interpolation(&mut self) {
        let rest = &self.text[self.at + 1..];
        let Some(end) = rest.find('}') else {
            self.error(1, "`{` is not closed in this string".into(), "close it with `}`, or write `{{` for a brace");
            self.take("{", 1);
            return;
        };
        let inside = &rest[..end];
        match self.path(inside) {
            Some(path) => {
                if !self.run.is_empty() {
                    self.parts.push(StringPart::Text(std::mem::take(&mut self.run)));
                }
                self.parts.push(StringPart::Interpolation(path));
            }
            None => self.error(
                end + 2,
                format!("`{{{}}}` does not hold a name", clip(inside)),
                "a name stands in the braces; write `{{` and `}}` for braces, `${...}` for a policy variable",
            ),
        }
        self.at += end + 2;
    }

    fn path(&self, inside: &str) -> Option<Path> {
        let mut offset = self.at + 1;
        let mut names = Vec::new();
        for part in inside.split('.') {
            let name = part.trim();
            let start = offset + (part.len() - part.trim_start().len());
            let valid = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            if !valid {
                return None;
            }
            names.push(Name { text: name.to_owned(), span: self.span_of(start, name.len()) });
            offset += part.len() + 1;
        }
        Some(Path { names, span: self.span_of(self.at + 1, inside.len()) })
    }

    fn escape(&mut self) {
        let rest = &self.text[self.at + 1..];
        match rest.chars().next() {
            Some(plain @ ('"' | '\\')) => self.take(plain.encode_utf8(&mut [0; 4]), 2),
            Some('n') => self.take("\n", 2),
            Some('u') => self.unicode_escape(),
            other => {
                let length = 1 + other.map_or(0, char::len_utf8);
                self.error(
                    length,
                    "unknown escape in this string".into(),
                    "the escapes are `\\\"`, `\\\\`, `\\n` and `\\u{...}`",
                );
                self.at += length;
            }
        }
    }

    fn unicode_escape(&mut self) {
        let rest = &self.text[self.at + 2..];
        let digits = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(digits, _)| digits);
        let character = digits
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32)
            .filter(|c| !is_private_use(*c));
        match (digits, character) {
            (Some(digits), Some(character)) => self.take(character.encode_utf8(&mut [0; 4]), 4 + digits.len()),
            _ => {
                self.error(
                    2,
                    "`\\u` is not followed by the number of a character".into(),
                    "write the number in hexadecimal, as in `\\u{e9}`",
                );
                self.at += 2;
            }
        }
    }
}

/// Characters that mean nothing to anyone else; the policy model marks its holes with two of them.
fn is_private_use(character: char) -> bool {
    ('\u{E000}'..='\u{F8FF}').contains(&character)
}

fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}
