//! Characters that no policy document may hold.

use crate::base::Span;
use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{Kind, Statement, limits::is_document_character};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    // Services take other characters in the policies of their resources; IAM, STS and Organizations do not.
    if matches!(subject.policy.kind, Kind::Resource | Kind::Endpoint) {
        return;
    }
    for (index, statement) in subject.statements() {
        for (text, span) in texts(statement) {
            let Some(character) = text.chars().find(|&c| !is_document_character(c)) else { continue };
            let at = text.find(character).unwrap_or_default();
            let at = subject.within(span, text, at..at + character.len_utf8());
            findings.on_statement(index, finding(subject, character, at));
        }
    }
}

/// Every string of a statement that its author wrote, with externs left out.
fn texts(statement: &Statement) -> impl Iterator<Item = (&str, Span)> {
    let principals = statement.principal.iter().flat_map(|element| &element.principals);
    let principals = principals.filter_map(|one| Some((one.value.text()?.plain()?, one.span)));
    let actions = statement.action.patterns.iter().map(|one| (one.value.as_str(), one.span));
    let resources = statement.resource.iter().flat_map(|element| &element.patterns);
    let tests = statement.condition.iter().flat_map(|test| std::iter::once(&test.key).chain(&test.values));
    let located =
        statement.sid.iter().chain(resources).chain(tests).filter_map(|one| Some((one.value.plain()?, one.span)));
    located.chain(principals).chain(actions)
}

fn finding(subject: &Subject<'_>, character: char, span: Span) -> Diagnostic {
    let shown = if character.is_control() { character.escape_unicode().to_string() } else { character.to_string() };
    let message = format!("no policy holds the character `{shown}` (U+{:04X})", u32::from(character));
    let plain = match character {
        '\u{2018}' | '\u{2019}' => Some("'"),
        '\u{201C}' | '\u{201D}' => Some("\""),
        '\u{2010}'..='\u{2015}' => Some("-"),
        _ => None,
    };
    let finding = Diagnostic::new(&code::BAD_CHARACTER, span, message)
        .label("holds it")
        .note("AWS takes tab, line feed, carriage return and U+0020 to U+00FF (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html)");
    match plain {
        Some(plain) if plain != "\"" && subject.source(span).chars().eq([character]) => {
            finding.label("this one").fix(format!("write a plain `{plain}`"), span, plain)
        }
        Some(plain) => finding.help(format!("write a plain `{plain}`")),
        None => finding.help("write it with other characters, or put `?` where one stands in a pattern"),
    }
}
