//! Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use std::fmt;
use std::ops::Range;

/// One `${...}` of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable<'a> {
    /// From `$` up to and with `}`, in bytes.
    pub range: Range<usize>,
    /// The condition key it stands for, or `*`, `?`, `$` for the escapes.
    pub key: &'a str,
    /// The text between the quotes after the comma, used where the key is missing.
    pub default: Option<&'a str>,
}

impl Variable<'_> {
    /// Whether it is `${*}`, `${?}` or `${$}`: that character itself, and no variable.
    pub fn is_escape(&self) -> bool {
        matches!(self.key, "*" | "?" | "$")
    }
}

/// Why a `${` starts no variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableErrorKind {
    /// No `}` follows.
    Unclosed,
    /// Nothing between the braces.
    Empty,
    /// A space in the name of the key.
    SpaceInName,
    /// The text after the comma is not in single quotes.
    UnquotedDefault,
}

/// A `${` that starts no variable, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableError {
    /// What is wrong, in bytes: to the end of the text where it is not closed.
    pub range: Range<usize>,
    /// Why.
    pub kind: VariableErrorKind,
}

impl fmt::Display for VariableErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            VariableErrorKind::Unclosed => "`${` is not closed by `}`",
            VariableErrorKind::Empty => "`${}` names no condition key",
            VariableErrorKind::SpaceInName => "the name of a policy variable holds no space",
            VariableErrorKind::UnquotedDefault => "the default value of a policy variable stands in single quotes",
        })
    }
}

/// Every `${...}` of `text`, in order, good or bad.
pub fn variables(text: &str) -> Vec<Result<Variable<'_>, VariableError>> {
    let mut found = Vec::new();
    let mut at = 0;
    let next = |at: usize| text.as_bytes()[at..].windows(2).position(|pair| pair == b"${");
    while let Some(start) = next(at).map(|offset| at + offset) {
        let Some(end) = closing_brace(&text[start + 2..]).map(|offset| start + 2 + offset) else {
            found.push(Err(VariableError { range: start..text.len(), kind: VariableErrorKind::Unclosed }));
            break;
        };
        let range = start..end + 1;
        found.push(
            variable(&text[start + 2..end], range.clone()).map_err(|kind| VariableError { range: range.clone(), kind }),
        );
        at = range.end;
    }
    found
}

/// The `}` that ends a variable: the first outside single quotes, or the first at all where a quote stays open.
fn closing_brace(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.bytes()
        .position(|byte| {
            quoted ^= byte == b'\'';
            byte == b'}' && !quoted
        })
        .or_else(|| text.find('}'))
}

fn variable(inner: &str, range: Range<usize>) -> Result<Variable<'_>, VariableErrorKind> {
    let (key, default) = match inner.split_once(',') {
        None => (inner, None),
        Some((key, default)) => (key, Some(default)),
    };
    if key.trim().is_empty() {
        return Err(VariableErrorKind::Empty);
    }
    if key.contains(char::is_whitespace) {
        return Err(VariableErrorKind::SpaceInName);
    }
    let default = default
        .map(|text| {
            text.trim()
                .strip_prefix('\'')
                .and_then(|text| text.strip_suffix('\''))
                .ok_or(VariableErrorKind::UnquotedDefault)
        })
        .transpose()?;
    Ok(Variable { range, key, default })
}

/// The text without its `${...}`, in which `*` and `?` stand for themselves.
pub fn without_variables(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for variable in variables(text).into_iter().flatten() {
        out.push_str(&text[done..variable.range.start]);
        done = variable.range.end;
    }
    out.push_str(&text[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Result<(&str, Option<&str>), VariableErrorKind> {
        let mut all = variables(text);
        assert_eq!(all.len(), 1, "{text}");
        all.remove(0).map(|variable| (variable.key, variable.default)).map_err(|error| error.kind)
    }

    #[test]
    fn keys_defaults_and_escapes() {
        assert_eq!(one("a/${aws:username}/b"), Ok(("aws:username", None)));
        assert_eq!(
            one("${aws:PrincipalTag/team, 'no}ne, really'}"),
            Ok(("aws:PrincipalTag/team", Some("no}ne, really")))
        );
        assert_eq!(one("${aws:username,''}"), Ok(("aws:username", Some(""))));
        for escape in ["*", "?", "$"] {
            assert_eq!(one(&format!("${{{escape}}}")), Ok((escape, None)));
        }
        assert!(variables("$ { } $x {y}").is_empty());
    }

    #[test]
    fn what_is_wrong_and_where() {
        assert_eq!(one("${aws:username"), Err(VariableErrorKind::Unclosed));
        assert_eq!(one("${}"), Err(VariableErrorKind::Empty));
        assert_eq!(one("${ }"), Err(VariableErrorKind::Empty));
        assert_eq!(one("${aws: username}"), Err(VariableErrorKind::SpaceInName));
        assert_eq!(one("${aws:username, none}"), Err(VariableErrorKind::UnquotedDefault));
        assert_eq!(one("${aws:username, 'none}"), Err(VariableErrorKind::UnquotedDefault));
        let all = variables("é${a} ${} ${b");
        let ranges: Vec<_> = all
            .iter()
            .map(|found| found.as_ref().map_or_else(|error| error.range.clone(), |variable| variable.range.clone()))
            .collect();
        assert_eq!(ranges, [2..6, 7..10, 11..14]);
    }
}
