//! What a syntax error is told as.

use lalrpop_util::ParseError;

use super::Token;
use super::parse::SyntaxError;
use crate::base::{FileId, Span};
use crate::diagnostic::{Diagnostic, code};

/// A syntax error at the word that is wrong.
pub(super) fn syntax_error(
    file: FileId,
    text: &str,
    tokens: &[(usize, Token<'_>, usize)],
    error: &SyntaxError<'_>,
) -> Diagnostic {
    let (span, token, expected) = match error {
        ParseError::UnrecognizedToken { token: (start, token, end), expected } => {
            (Span::new(file, *start, *end), Some(*token), expected.as_slice())
        }
        ParseError::UnrecognizedEof { location, expected } => {
            (Span::new(file, *location, *location), None, expected.as_slice())
        }
        ParseError::ExtraToken { token: (start, token, end) } => {
            (Span::new(file, *start, *end), Some(*token), [].as_slice())
        }
        ParseError::InvalidToken { location } => {
            (Span::new(file, *location, *location), Some(Token::Error), [].as_slice())
        }
        ParseError::User { .. } => (Span::new(file, 0, 0), Some(Token::Error), [].as_slice()),
    };
    let Some(token) = token else {
        return Diagnostic::new(&code::SYNTAX, span, "the file ends in the middle of a declaration")
            .label("something is missing here")
            .help(if expects(expected, "\"}\"") {
                "close the `{` that is still open with `}`".into()
            } else {
                wanted(expected)
            });
    };
    let written_whole = text.get(span.range()).unwrap_or_default();
    let written = clip(written_whole);
    match token {
        Token::UnclosedString(_) => Diagnostic::new(&code::SYNTAX, span, "this string is not closed")
            .label("starts here and ends with the line")
            .fix("close it with `\"`", Span { end: span.start + end_of_string(written_whole), ..span }.after(), "\""),
        Token::BadNumber(_) => {
            Diagnostic::new(&code::SYNTAX, span, format!("`{written}` is neither a number nor a duration"))
                .help("durations end in `s`, `m`, `h` or `d`; a name starts with a letter; text stands in quotes")
        }
        Token::Error => Diagnostic::new(&code::SYNTAX, span, format!("`{written}` has no meaning here"))
            .help("outside strings and comments a file holds names, numbers and the signs of the language"),
        Token::Iam(name) if missing_space(name, tokens, span) => {
            let colon = name.find(':').unwrap_or_default();
            let at = Span::new(file, span.start as usize + colon + 1, span.start as usize + colon + 1);
            Diagnostic::new(&code::SYNTAX, span, format!("`{written}` reads as one IAM name"))
                .label("no space after the colon")
                .fix("put a space after the `:`", at, " ")
        }
        _ => {
            let what = if token.keyword().is_some() { "the word " } else { "" };
            Diagnostic::new(&code::SYNTAX, span, format!("{what}`{written}` cannot stand here"))
                .label("not expected")
                .help(wanted(expected))
        }
    }
}

/// The same of a claim that stands by itself, which has an end of its own.
pub(super) fn in_claim(
    file: FileId,
    text: &str,
    tokens: &[(usize, Token<'_>, usize)],
    error: &SyntaxError<'_>,
) -> Diagnostic {
    match error {
        ParseError::UnrecognizedToken { token: (start, ..), expected } if *start >= text.len() => {
            let span = Span::new(file, text.len(), text.len());
            let expected: Vec<String> = expected.iter().filter(|one| *one != "\"}\"").cloned().collect();
            Diagnostic::new(&code::SYNTAX, span, "the claim ends too early")
                .label("something is missing here")
                .help(wanted(&expected))
        }
        _ => syntax_error(file, text, tokens, error),
    }
}

/// Whether a name such as `external-id:x` stands where `external-id: x` was meant: no service's name, or an argument's.
fn missing_space(name: &str, tokens: &[(usize, Token<'_>, usize)], span: Span) -> bool {
    let index = tokens.partition_point(|(start, _, _)| *start < span.start as usize);
    let before = index.checked_sub(1).and_then(|index| tokens.get(index)).map(|(_, token, _)| *token);
    let head = name.split(':').next().unwrap_or_default();
    matches!(
        before,
        Some(Token::LeftParen | Token::Comma | Token::LeftBrace | Token::Param | Token::Extern | Token::Let)
    ) || before.is_none()
        || head.starts_with(|c: char| c.is_ascii_uppercase())
}

/// Where a string that its line cuts off was most probably meant to end: before the brackets that close what it stands in.
fn end_of_string(written: &str) -> u32 {
    let mut rest = written.trim_end();
    loop {
        let shorter = match rest.strip_suffix([')', ']', ',']) {
            Some(shorter) => shorter,
            // `${aws:username}` ends in a brace of its own.
            None => match rest.strip_suffix('}').filter(|shorter| shorter.ends_with(char::is_whitespace)) {
                Some(shorter) => shorter,
                None => return rest.len() as u32,
            },
        };
        if shorter.len() <= 1 {
            return rest.len() as u32;
        }
        rest = shorter.trim_end();
    }
}

fn expects(expected: &[String], token: &str) -> bool {
    expected.iter().any(|name| name == token)
}

/// What could stand there, in a few words.
fn wanted(expected: &[String]) -> String {
    let has = |name: &str| expects(expected, name);
    let mut groups: Vec<String> = Vec::new();
    if has("\"allow\"") {
        groups.push("a statement (`allow`, `deny`, `include`, `for`, `if`)".into());
    } else if has("\"param\"") {
        groups.push("a declaration (`policy`, `trust`, `scp`, `let`, `use`, ...)".into());
    } else if has("\"never\"") {
        groups.push("what is claimed (`allows`, `never allows`, `always denies`, `within`, ...)".into());
    } else if has("\"allows\"") {
        groups.push("`allows`".into());
    } else if has("NUMBER") {
        groups.push("a value".into());
    } else if has("NAME") {
        groups.push("a name".into());
    }
    let listed = [
        "\"=\"",
        "\"{\"",
        "\"(\"",
        "\")\"",
        "\"]\"",
        "\"}\"",
        "\",\"",
        "\":\"",
        "\"on\"",
        "\"to\"",
        "\"when\"",
        "\"in\"",
        "\"because\"",
        "STRING",
    ];
    for name in listed {
        let covered = (matches!(name, "\"{\"" | "\"(\"") && groups.iter().any(|group| group == "a value"))
            || (name == "\"because\"" && has("NAME"));
        if has(name) && !covered && !(name == "STRING" && has("NUMBER")) {
            groups.push(if name == "STRING" { "a string".into() } else { format!("`{}`", name.trim_matches('"')) });
        }
    }
    match groups.as_slice() {
        [] => "remove it, or see the reference for what may stand here".into(),
        [one] => format!("expected {one}"),
        [init @ .., last] => format!("expected {} or {last}", init.join(", ")),
    }
}

fn clip(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("{short}...") } else { short }
}
