//! Text to tokens and comments, by logos, with hand-written ends for the tokens that are not regular.

use logos::{Lexer, Logos};

use super::Token;
use crate::base::{FileId, Span};

/// The longest host name of DNS: how far a word is looked ahead for the `:` that makes it an IAM name. The bound keeps
/// lexing linear.
const MAX_HOST: usize = 253;

/// What sort of comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentKind {
    /// `//`
    Plain,
    /// `///`: documents the next declaration or statement.
    Doc,
    /// `//!`: documents the file.
    File,
}

/// A comment and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its sort.
    pub kind: CommentKind,
    /// What follows the slashes, without the space at the start and at the end.
    pub text: String,
    /// All of it, without the line break.
    pub span: Span,
}

/// The tokens and comments of a file.
#[derive(Clone, Debug, Default)]
pub struct Lexed<'a> {
    /// Tokens with the byte offsets of their start and end.
    pub tokens: Vec<(usize, Token<'a>, usize)>,
    /// Comments in source order.
    pub comments: Vec<Comment>,
}

/// Cuts a text into tokens and comments. Never fails.
pub fn lex(file: FileId, text: &str) -> Lexed<'_> {
    let mut lexed = Lexed::default();
    for (token, range) in Token::lexer(text).spanned() {
        match token {
            Ok(Token::Comment(text)) => lexed.comments.push(comment(text, Span::new(file, range.start, range.end))),
            Ok(token) => lexed.tokens.push((range.start, token, range.end)),
            Err(()) => lexed.tokens.push((range.start, Token::Error, range.end)),
        }
    }
    lexed
}

fn comment(text: &str, span: Span) -> Comment {
    let (kind, rest) = if let Some(rest) = text.strip_prefix("//!") {
        (CommentKind::File, rest)
    } else if let Some(rest) = text.strip_prefix("///").filter(|rest| !rest.starts_with('/')) {
        (CommentKind::Doc, rest)
    } else {
        (CommentKind::Plain, &text[2..])
    };
    Comment { kind, text: rest.strip_prefix(' ').unwrap_or(rest).trim_end().to_owned(), span }
}

type Lex<'a> = Lexer<'a, Token<'a>>;

/// A name, a keyword, or the start of an IAM name.
pub(super) fn word<'a>(lexer: &mut Lex<'a>) -> Token<'a> {
    if bump_iam_name(lexer) { Token::Iam(lexer.slice()) } else { Token::word(lexer.slice()) }
}

/// `*`, or the start of `*:*`.
pub(super) fn star<'a>(lexer: &mut Lex<'a>) -> Token<'a> {
    if bump_iam_name(lexer) { Token::Iam(lexer.slice()) } else { Token::Star }
}

/// `{`, or the start of `{s3,sqs}:*`.
pub(super) fn brace<'a>(lexer: &mut Lex<'a>) -> Token<'a> {
    let rest = lexer.remainder().as_bytes();
    let group = brace_group(rest);
    match group.filter(|&end| rest.get(end) == Some(&b':') && rest.get(end + 1).is_some_and(|&byte| starts_tail(byte)))
    {
        Some(end) => {
            lexer.bump(end);
            bump_iam_name(lexer);
            Token::Iam(lexer.slice())
        }
        None => Token::LeftBrace,
    }
}

/// The rest of a string, up to its closing quote. A string ends with its line.
pub(super) fn string<'a>(lexer: &mut Lex<'a>) -> Token<'a> {
    let rest = lexer.remainder().as_bytes();
    let mut index = 0;
    while let Some(&byte) = rest.get(index) {
        match byte {
            b'"' => {
                lexer.bump(index + 1);
                return Token::String(lexer.slice());
            }
            b'\n' => break,
            b'\\' if rest.get(index + 1).is_some_and(|byte| byte.is_ascii() && *byte != b'\n') => index += 2,
            _ => index += 1,
        }
    }
    lexer.bump(index);
    Token::UnclosedString(lexer.slice())
}

/// Takes in the rest of an IAM name if the word read so far starts one: a host or service, a colon, and without a space
/// the name itself.
fn bump_iam_name(lexer: &mut Lex<'_>) -> bool {
    let rest = lexer.remainder().as_bytes();
    let host = rest.iter().take(MAX_HOST).take_while(|byte| is_host(**byte)).count();
    if rest.get(host) != Some(&b':') || !rest.get(host + 1).is_some_and(|&byte| starts_tail(byte)) {
        return false;
    }
    let end = host + 1 + tail(&rest[host + 1..]);
    lexer.bump(end);
    true
}

fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'*')
}

fn starts_tail(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'*' | b'{')
}

/// How many bytes of the text after the colon belong to the name.
fn tail(bytes: &[u8]) -> usize {
    let continues = |index: usize| bytes.get(index).is_some_and(|&byte| starts_tail(byte));
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        let part = byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'*' | b'-')
            || (matches!(byte, b'?' | b':' | b'.' | b'/') && continues(index + 1));
        if part {
            index += 1;
        } else if byte == b'{' {
            let Some(end) = brace_group(&bytes[index + 1..]) else { break };
            index += 1 + end;
        } else {
            break;
        }
    }
    index
}

/// How many bytes up to and with the brace that closes a set of names; spaces may stand inside.
fn brace_group(bytes: &[u8]) -> Option<usize> {
    let inside = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'*' | b'?' | b'-' | b',' | b' ' | b'\t' | b'\r' | b'\n')
    };
    let end = bytes.iter().take_while(|byte| inside(byte)).count();
    (bytes.get(end) == Some(&b'}')).then_some(end + 1)
}

/// Whether a text is one token of the language, so that it can stand without quotes.
pub fn is_token(text: &str, wanted: impl Fn(Token<'_>) -> bool) -> bool {
    let lexed = lex(FileId(0), text);
    matches!(lexed.tokens.as_slice(), [(0, token, end)] if *end == text.len() && wanted(*token))
        && lexed.comments.is_empty()
}

/// Whether a text is a plain name, and no keyword.
pub fn is_name(text: &str) -> bool {
    is_token(text, |token| matches!(token, Token::Name(_)))
}
