//! The canonical JSON text of a document: one text for one meaning, stable to the byte.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use crate::base::Span;

use super::principal::PRINCIPAL_KEYS;
use super::{
    ConditionTest, Document, Effect, Located, Operator, Piece, Principal, PrincipalElement, Statement, Text, Version,
};

/// An `extern` in a document that is to be written as plain JSON, which has no place for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnresolvedExtern {
    /// The name of the extern.
    pub name: String,
    /// The text that holds it.
    pub span: Span,
}

impl fmt::Display for UnresolvedExtern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the value of extern `{}` is known only at deployment", self.name)
    }
}

impl std::error::Error for UnresolvedExtern {}

/// Writes a document: pretty with two spaces and a newline at the end, or minified on one line without.
///
/// Actions are sorted, without regard to letter case, and all lists are without repetition; everything else keeps its
/// order, but for the conditions, whose tests of one operator stand together where the operator first appears. A list
/// of one is written as that one.
pub fn write(document: &Document, minified: bool) -> Result<String, UnresolvedExtern> {
    write_with(document, minified, |piece, span, out| match piece {
        Piece::Literal(text) => {
            escape(text, out);
            Ok(())
        }
        Piece::Extern(name) => Err(UnresolvedExtern { name: name.to_owned(), span }),
    })
}

/// Writes a document as [`write()`] does, with the inside of its strings left to `piece`, which appends what stands for a
/// run of a text: [`escape`]d characters, or the form of an output format for an extern.
pub fn write_with<E>(
    document: &Document,
    minified: bool,
    piece: impl FnMut(Piece<'_>, Span, &mut String) -> Result<(), E>,
) -> Result<String, E> {
    let mut writer = Writer {
        out: String::with_capacity(if minified { 256 } else { 384 } * (document.statements.len() + 1)),
        minified,
        depth: 0,
        first: true,
        piece,
    };
    writer.document(document)?;
    if !minified {
        writer.out.push('\n');
    }
    Ok(writer.out)
}

/// Appends characters as they stand between the quotes of a JSON string. Non-ASCII characters stay as they are.
pub fn escape(text: &str, out: &mut String) {
    if !text.bytes().any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        out.push_str(text);
        return;
    }
    let quoted = serde_json::Value::from(text).to_string();
    out.push_str(&quoted[1..quoted.len() - 1]);
}

/// Up to so many elements a list is looked through for repetitions.
const SHORT: usize = 16;

struct Writer<F> {
    out: String,
    minified: bool,
    depth: usize,
    /// Whether the object or array that is open is still empty.
    first: bool,
    piece: F,
}

impl<E, F: FnMut(Piece<'_>, Span, &mut String) -> Result<(), E>> Writer<F> {
    fn document(&mut self, document: &Document) -> Result<(), E> {
        self.open('{');
        self.key("Version");
        self.plain(match document.version {
            Version::V2012 => "2012-10-17",
            Version::V2008 => "2008-10-17",
        });
        if let Some(id) = &document.id {
            self.key("Id");
            self.text(id, Span::default())?;
        }
        self.key("Statement");
        self.open('[');
        for statement in &document.statements {
            self.separate();
            self.statement(statement)?;
        }
        self.close(']');
        self.close('}');
        Ok(())
    }

    fn statement(&mut self, statement: &Statement) -> Result<(), E> {
        self.open('{');
        if let Some(sid) = &statement.sid {
            self.key("Sid");
            self.text(&sid.value, sid.span)?;
        }
        self.key("Effect");
        self.plain(match statement.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        });
        if let Some(principal) = &statement.principal {
            self.key(if principal.negated { "NotPrincipal" } else { "Principal" });
            self.principal(principal)?;
        }
        self.key(if statement.action.negated { "NotAction" } else { "Action" });
        self.actions(&statement.action.patterns);
        if let Some(resource) = &statement.resource {
            self.key(if resource.negated { "NotResource" } else { "Resource" });
            self.texts(resource.patterns.iter().map(|pattern| (&pattern.value, pattern.span)))?;
        }
        if !statement.condition.is_empty() {
            self.key("Condition");
            self.condition(&statement.condition)?;
        }
        self.close('}');
        Ok(())
    }

    fn principal(&mut self, element: &PrincipalElement) -> Result<(), E> {
        if element.principals.iter().all(|principal| principal.value == Principal::Anyone) {
            self.plain("*");
            return Ok(());
        }
        let anyone = Text::from("*");
        self.open('{');
        for key in PRINCIPAL_KEYS {
            let mut same = element.principals.iter().filter(|principal| principal.value.json_key() == key).peekable();
            if same.peek().is_some() {
                self.key(key);
                self.texts(same.map(|principal| (principal.value.text().unwrap_or(&anyone), principal.span)))?;
            }
        }
        self.close('}');
        Ok(())
    }

    fn actions(&mut self, patterns: &[Located<String>]) {
        let mut sorted: Vec<&str> = patterns.iter().map(|pattern| pattern.value.as_str()).collect();
        sorted.sort_unstable_by(|a, b| compare_actions(a, b));
        sorted.dedup();
        if let [one] = sorted[..] {
            return self.plain(one);
        }
        self.open('[');
        for action in sorted {
            self.separate();
            self.plain(action);
        }
        self.close(']');
    }

    fn condition(&mut self, tests: &[ConditionTest]) -> Result<(), E> {
        let mut operators: Vec<Operator> = Vec::new();
        for test in tests {
            if !operators.contains(&test.operator.value) {
                operators.push(test.operator.value);
            }
        }
        self.open('{');
        for operator in operators {
            self.key(&operator.to_string());
            self.open('{');
            for test in tests.iter().filter(|test| test.operator.value == operator) {
                self.separate();
                self.text(&test.key.value, test.key.span)?;
                self.colon();
                self.texts(test.values.iter().map(|value| (&value.value, value.span)))?;
            }
            self.close('}');
        }
        self.close('}');
        Ok(())
    }

    /// A list of texts without repetition, or the only one.
    fn texts<'t>(&mut self, texts: impl Iterator<Item = (&'t Text, Span)>) -> Result<(), E> {
        let mut kept: Vec<(&Text, Span)> = Vec::new();
        let mut seen = BTreeSet::new();
        for (text, span) in texts {
            // Most lists are short, and looking through them is quicker than keeping a set.
            if kept.len() == SHORT {
                seen.extend(kept.iter().map(|&(text, _)| text));
            }
            let new = if kept.len() < SHORT { kept.iter().all(|&(old, _)| old != text) } else { seen.insert(text) };
            if new {
                kept.push((text, span));
            }
        }
        if let [(text, span)] = kept[..] {
            return self.text(text, span);
        }
        self.open('[');
        for (text, span) in kept {
            self.separate();
            self.text(text, span)?;
        }
        self.close(']');
        Ok(())
    }

    fn text(&mut self, text: &Text, span: Span) -> Result<(), E> {
        self.out.push('"');
        for piece in text.pieces() {
            (self.piece)(piece, span, &mut self.out)?;
        }
        self.out.push('"');
        Ok(())
    }

    fn plain(&mut self, text: &str) {
        self.out.push('"');
        escape(text, &mut self.out);
        self.out.push('"');
    }

    /// A key of the grammar, which needs no escapes.
    fn key(&mut self, name: &str) {
        self.separate();
        self.out.push('"');
        self.out.push_str(name);
        self.out.push('"');
        self.colon();
    }

    fn colon(&mut self) {
        self.out.push_str(if self.minified { ":" } else { ": " });
    }

    fn open(&mut self, bracket: char) {
        self.out.push(bracket);
        self.depth += 1;
        self.first = true;
    }

    fn close(&mut self, bracket: char) {
        self.depth -= 1;
        if !self.first {
            self.line();
        }
        self.out.push(bracket);
        self.first = false;
    }

    /// Before each member of an object or array.
    fn separate(&mut self) {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        self.line();
    }

    fn line(&mut self) {
        if self.minified {
            return;
        }
        self.out.push('\n');
        const SPACES: &str = "                ";
        self.out.push_str(&SPACES[..(2 * self.depth).min(SPACES.len())]);
    }
}

/// The order in which actions are written: without regard to letter case, then by bytes.
pub fn compare_actions(a: &str, b: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(lower).cmp(b.bytes().map(lower)).then_with(|| a.cmp(b))
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
