//! The parser takes every form of the language, and says where a text is none.

use leastwise::base::{FileId, SourceMap};
use leastwise::syntax::parse;

fn messages(text: &str) -> Vec<String> {
    let mut sources = SourceMap::default();
    let file: FileId = sources.add("t.lw", text);
    parse(file, text)
        .diagnostics
        .iter()
        .map(|d| {
            let at = sources.file(file).line_column(d.primary.span.start as usize);
            format!("{}:{} {} | {}", at.line, at.column, d.message, d.help.as_ref().map_or("", |h| &h.text))
        })
        .collect()
}

#[test]
fn every_form_parses() {
    let text = include_str!("syntax/every-form.lw");
    assert_eq!(messages(text), Vec::<String>::new());
}

#[test]
fn errors_are_told_one_by_one() {
    let text = "policy a {\n  allow s3:GetObject on\n  deny s3:* on *\n  allow\n}\npolicy b { allow s3:GetObject on \"x }\nlet x = (external-id:y)\nlet y = f(external-id:y)\npolicy c {\n  allow s3:Get* on *\npolicy d { allow * on * }\n";
    insta::assert_debug_snapshot!(messages(text));
}
