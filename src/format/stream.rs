//! The tokens of the source in order, each with the comments before it.

use std::borrow::Cow;

use crate::base::{FileId, Span};
use crate::syntax::{Comment, CommentKind, Lexed, Token, lex};

/// A comment that is due, and how it stood.
pub(super) struct Note {
    /// As it is printed, slashes included.
    pub(super) text: String,
    /// Whether it documents what follows.
    pub(super) doc: bool,
    /// Whether it stood behind a token, on its line.
    pub(super) trailing: bool,
    /// Whether a blank line stood before it.
    pub(super) blank: bool,
}

/// Where the printer is in the source.
pub(super) struct Stream<'a> {
    text: &'a str,
    lexed: Lexed<'a>,
    token: usize,
    comment: usize,
}

impl<'a> Stream<'a> {
    pub(super) fn new(file: FileId, text: &'a str) -> Self {
        Self { text, lexed: lex(file, text), token: 0, comment: 0 }
    }

    /// The next token, which stays.
    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.lexed.tokens.get(self.token).map(|(_, token, _)| *token)
    }

    /// Whether a closing bracket or the end comes next.
    pub(super) fn at_end(&self) -> bool {
        self.peek().is_none_or(closes)
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Cow<'a, str> {
        let Some(&(start, token, end)) = self.lexed.tokens.get(self.token) else { return Cow::Borrowed("") };
        self.token += 1;
        written(token, self.text.get(start..end).unwrap_or(""))
    }

    /// Whether comments stand before the next token that were not taken yet.
    pub(super) fn has_notes(&self) -> bool {
        self.lexed.comments.get(self.comment).is_some_and(|comment| self.is_due(comment))
    }

    /// Takes the comments before the next token.
    pub(super) fn notes(&mut self) -> Vec<Note> {
        let mut notes = Vec::new();
        while let Some(comment) = self.lexed.comments.get(self.comment).filter(|comment| self.is_due(comment)) {
            let start = comment.span.start as usize;
            let gap = gap_before(self.text, start);
            notes.push(Note {
                text: shown(comment, self.text),
                doc: comment.kind == CommentKind::Doc,
                trailing: gap.len() < start && !gap.contains('\n'),
                blank: is_blank(gap),
            });
            self.comment += 1;
        }
        notes
    }

    /// Whether a blank line stands directly before the next token.
    pub(super) fn blank(&self) -> bool {
        self.lexed.tokens.get(self.token).is_some_and(|&(start, _, _)| is_blank(gap_before(self.text, start)))
    }

    /// Whether a comment stands inside a range.
    pub(super) fn has_note_in(&self, span: Span) -> bool {
        let first = self.lexed.comments.partition_point(|comment| comment.span.start < span.start);
        self.lexed.comments.get(first).is_some_and(|comment| comment.span.end <= span.end)
    }

    fn is_due(&self, comment: &Comment) -> bool {
        self.lexed.tokens.get(self.token).is_none_or(|&(start, _, _)| (comment.span.start as usize) < start)
    }
}

pub(super) fn closes(token: Token<'_>) -> bool {
    matches!(token, Token::RightBrace | Token::RightParen | Token::RightBracket)
}

/// A token as it is printed: as it was written, but for white space in a set of names.
pub(super) fn written<'a>(token: Token<'a>, text: &'a str) -> Cow<'a, str> {
    match token {
        Token::Iam(name) if name.contains([' ', '\t', '\r', '\n']) => name.split_ascii_whitespace().collect(),
        _ => Cow::Borrowed(text),
    }
}

/// The white space that ends at an offset. What the lexer skips and Rust does not trim, a byte order mark, is part of it.
fn gap_before(text: &str, offset: usize) -> &str {
    let before = &text[..offset];
    &before[before.trim_end_matches([' ', '\t', '\r', '\n', '\u{feff}']).len()..]
}

/// Whether a gap parts what stands on its sides, so that a `///` before it documents nothing.
pub(super) fn is_blank(gap: &str) -> bool {
    gap.matches('\n').count() > 1 || gap.contains('\u{feff}')
}

/// A comment as it is printed: a space after the slashes, except where more signs follow them, as in a ruler.
fn shown(comment: &Comment, text: &str) -> String {
    let slashes = match comment.kind {
        CommentKind::Plain => "//",
        CommentKind::Doc => "///",
        CommentKind::File => "//!",
    };
    let after = text.get(comment.span.start as usize + slashes.len()..).unwrap_or("");
    let space = if comment.text.is_empty() || after.starts_with(is_sign) { "" } else { " " };
    format!("{slashes}{space}{}", comment.text)
}

fn is_sign(character: char) -> bool {
    matches!(character, '/' | '-' | '=' | '*' | '#' | '~' | '_' | '+' | '<' | '>' | '!')
}
