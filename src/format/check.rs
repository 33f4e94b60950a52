//! Whether what came out says the same as what went in.
//!
//! Both texts parse, and their tokens are the same but for white space in sets of names and for commas before a closing
//! bracket. That is enough: the tree is a function of the tokens, the grammar gives such a comma no meaning wherever it
//! takes one, and a set of names means the same with or without white space. So the trees are equal but for spans. For
//! the comments, their kinds and texts are the same in the same order, and each `///` stands before the same token, parted
//! from it by a blank line or not, as before: documentation is found by that alone.

use std::borrow::Cow;

use super::FormatError;
use super::stream::{closes, is_blank, written};
use crate::base::{FileId, Span};
use crate::syntax::{Comment, CommentKind, Lexed, Token, lex, parse};

/// An error where the two texts differ in more than their form.
pub(super) fn same(file: FileId, text: &str, formatted: &str) -> Result<(), FormatError> {
    if let Some(diagnostic) = parse(file, formatted).diagnostics.into_iter().next() {
        return Err(unstable(Span::new(file, 0, 0), format!("it does not parse any more: {}", diagnostic.message)));
    }
    let before = Source::new(file, text);
    let after = Source::new(file, formatted);
    before.same_tokens(&after)?;
    before.same_comments(&after)?;
    before.same_documentation(&after)
}

fn unstable(span: Span, message: String) -> FormatError {
    FormatError::Unstable { span, message }
}

/// A text, cut up.
struct Source<'a> {
    file: FileId,
    text: &'a str,
    /// Without the commas that mean nothing.
    tokens: Vec<(usize, Token<'a>, usize)>,
    comments: Vec<Comment>,
}

impl<'a> Source<'a> {
    fn new(file: FileId, text: &'a str) -> Self {
        let Lexed { tokens, comments } = lex(file, text);
        let next = tokens.iter().skip(1).map(|(_, token, _)| Some(*token)).chain([None]);
        let idle = |token, next: Option<Token<'_>>| token == Token::Comma && next.is_some_and(closes);
        let tokens = tokens.iter().zip(next).filter(|((_, token, _), next)| !idle(*token, *next));
        let tokens = tokens.map(|(token, _)| *token).collect();
        Self { file, text, tokens, comments }
    }

    fn same_tokens(&self, other: &Source<'_>) -> Result<(), FormatError> {
        for index in 0..self.tokens.len().max(other.tokens.len()) {
            let (here, there) = (self.word(index), other.word(index));
            if here != there {
                let span =
                    self.tokens.get(index).map_or((self.text.len(), self.text.len()), |token| (token.0, token.2));
                let shown = |word: Option<Cow<'_, str>>| word.map_or("the end".into(), |word| format!("`{word}`"));
                let message = format!("{} became {}", shown(here), shown(there));
                return Err(unstable(Span::new(self.file, span.0, span.1), message));
            }
        }
        Ok(())
    }

    fn word(&self, index: usize) -> Option<Cow<'_, str>> {
        let &(start, token, end) = self.tokens.get(index)?;
        self.text.get(start..end).map(|text| written(token, text))
    }

    fn same_comments(&self, other: &Source<'_>) -> Result<(), FormatError> {
        for index in 0..self.comments.len().max(other.comments.len()) {
            let (here, there) = (self.comments.get(index), other.comments.get(index));
            let same = here.map(|comment| (comment.kind, &comment.text)) == there.map(|c| (c.kind, &c.text));
            if !same {
                let span = here.map_or(Span::new(self.file, self.text.len(), self.text.len()), |comment| comment.span);
                return Err(unstable(span, "a comment changed, or changed places".into()));
            }
        }
        Ok(())
    }

    fn same_documentation(&self, other: &Source<'_>) -> Result<(), FormatError> {
        let pairs = self.documentation().zip(other.documentation());
        match pairs.into_iter().find(|((_, here), (_, there))| here != there) {
            Some(((span, _), _)) => Err(unstable(span, "a `///` comment would document something else".into())),
            None => Ok(()),
        }
    }

    /// The `///` comments, with the number of the token that each stands before, and whether directly.
    fn documentation(&self) -> impl Iterator<Item = (Span, (usize, bool))> {
        let mut token = 0;
        self.comments.iter().enumerate().filter(|(_, comment)| comment.kind == CommentKind::Doc).map(
            move |(index, comment)| {
                let end = comment.span.end as usize;
                while self.tokens.get(token).is_some_and(|(start, _, _)| *start < end) {
                    token += 1;
                }
                (comment.span, (token, self.is_attached(token, index + 1, end)))
            },
        )
    }

    /// Whether what comes after a comment that ends at `end` follows on the next line.
    fn is_attached(&self, token: usize, comment: usize, end: usize) -> bool {
        let Some(&(start, next, _)) = self.tokens.get(token) else { return false };
        let comment = self.comments.get(comment).map(|comment| comment.span.start as usize);
        let next_comment = comment.filter(|comment| *comment < start);
        let gap = self.text.get(end..next_comment.unwrap_or(start)).unwrap_or("");
        !closes(next) && !is_blank(gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(text: &str, formatted: &str) -> Option<String> {
        same(FileId(0), text, formatted).err().map(|error| error.to_string())
    }

    #[test]
    fn form_is_no_difference() {
        assert_eq!(difference("let x=[a:{ b, c }*,\n]//c", "let x = [a:{b,c}*] // c\n"), None);
        assert_eq!(difference("use a.{b} // c", "use a.{\n  b,\n}\n//c"), None);
    }

    #[test]
    fn what_a_text_says_is() {
        let text = "/// d\nlet x = [a, b] // c\n";
        for (formatted, part) in [
            ("/// d\nlet x = [b, a] // c\n", "`a` became `b`"),
            ("/// d\nlet x = [a] // c\n", "`,` became `]`"),
            ("/// d\nlet x = [a, b]\n", "a comment changed"),
            ("// d\nlet x = [a, b] // c\n", "a comment changed"),
            ("/// d\n\nlet x = [a, b] // c\n", "document something else"),
            ("let x = [ /// d\na, b] // c\n", "document something else"),
            ("/// d\nlet x = [a, b]] // c\n", "does not parse"),
        ] {
            let message = difference(text, formatted).unwrap_or_default();
            assert!(message.contains(part), "{message}\n{formatted}");
        }
    }
}
