//! Texts as the literals of the language.

use crate::policy::{Piece, Text};
use crate::syntax::{Token, is_token};

/// A string literal of that text. Externs stand in it as names.
pub(super) fn quote(text: &Text) -> String {
    let mut out = String::from("\"");
    for piece in text.pieces() {
        match piece {
            Piece::Literal(run) => escape(run, &mut out),
            Piece::Extern(name) => {
                out.push('{');
                out.push_str(name);
                out.push('}');
            }
        }
    }
    out.push('"');
    out
}

/// The inside of a literal. Braces are doubled but for those of policy variables, which stand as they are.
fn escape(run: &str, out: &mut String) {
    let mut in_variable = false;
    let mut rest = run;
    while let Some(next) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("${") {
            in_variable = true;
            out.push_str("${");
            rest = after;
            continue;
        }
        match next {
            '{' => out.push_str("{{"),
            '}' if in_variable => {
                in_variable = false;
                out.push('}');
            }
            '}' => out.push_str("}}"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            control if control.is_control() => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(control)));
            }
            plain => out.push(plain),
        }
        rest = &rest[next.len_utf8()..];
    }
}

/// Whether a text is an IAM name, as actions and keys are written.
pub(super) fn is_iam_name(text: &str) -> bool {
    is_token(text, |token| matches!(token, Token::Iam(_))) && !text.contains(['{', '}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_read_back() {
        let texts = [
            "a",
            "a\"b\\c\n",
            "{x} }} {{",
            "${aws:username}/${*}",
            "${aws:PrincipalTag/a, 'b'}}",
            "\t\u{1}é",
            "${open",
            "$}{",
        ];
        for text in texts {
            let source = format!("let x = {}", quote(&text.into()));
            let parsed = crate::syntax::parse(crate::base::FileId(0), &source);
            assert!(parsed.diagnostics.is_empty(), "{source}: {:?}", parsed.diagnostics);
            let crate::syntax::ItemKind::Let(binding) = &parsed.file.items[0].kind else { panic!() };
            let crate::syntax::ExprKind::String(literal) = &binding.value.kind else { panic!() };
            assert_eq!(literal.plain().as_deref(), Some(text), "{source}");
        }
    }

    #[test]
    fn names() {
        assert!(
            is_iam_name("s3:Get*")
                && is_iam_name("aws:RequestTag/team")
                && !is_iam_name("s3: Get")
                && !is_iam_name("s3:{a}")
        );
    }
}
