//! The formatter: its style as cases to read, its laws on every file there is and on generated text.

#[path = "format/generate.rs"]
mod generate;

use std::path::{Path, PathBuf};

use leastwise::base::FileId;
use leastwise::format::{FormatError, format};
use leastwise::syntax::{CommentKind, Parsed, lex, parse};
use proptest::prelude::*;

const FILE: FileId = FileId(0);

/// The trees print the same with every span blotted out.
fn tree(text: &str) -> String {
    let Parsed { file, diagnostics, .. } = parse(FILE, text);
    assert!(diagnostics.is_empty(), "{text}\n{diagnostics:#?}");
    let tree = format!("{file:?}");
    let mut blotted = String::new();
    let mut rest = tree.as_str();
    while let Some((before, after)) = rest.split_once("Span {") {
        blotted.push_str(before);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    // A set of names means the same with or without white space in it.
    (blotted + rest).replace("\\n", "").replace("\\r", "").replace("\\t", "").replace(' ', "")
}

fn comments(text: &str) -> Vec<(CommentKind, String)> {
    lex(FILE, text).comments.into_iter().map(|comment| (comment.kind, comment.text)).collect()
}

/// What each item of a file says of itself.
fn documentation(text: &str) -> Vec<Option<String>> {
    let parsed = parse(FILE, text);
    parsed.file.items.iter().map(|item| parsed.documentation(text, item.span)).collect()
}

/// Formats a text and checks every law on the way.
fn checked(text: &str) -> String {
    let once = format(FILE, text).unwrap_or_else(|error| panic!("{error}: {error:?}\n{text}"));
    let twice = format(FILE, &once).unwrap_or_else(|error| panic!("{error}: {error:?}\n{once}"));
    assert_eq!(once, twice, "formatting again changes the text, which was\n{text}");
    assert_eq!(tree(text), tree(&once), "the tree changed of\n{text}");
    assert_eq!(comments(text), comments(&once), "the comments changed of\n{text}");
    assert_eq!(documentation(text), documentation(&once), "the documentation changed of\n{text}");
    assert!(once.is_empty() || once.ends_with('\n') && !once.ends_with("\n\n") && !once.starts_with('\n'));
    assert!(!once.contains("\n\n\n"), "two blank lines in\n{once}");
    assert!(once.lines().all(|line| line == line.trim_end()), "blanks at the end of a line in\n{once}");
    once
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "lw") {
            found.push(path);
        }
    }
}

/// The files in a folder of the repository, in order.
fn texts(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    found.sort();
    assert!(!found.is_empty());
    found.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn the_style() {
    insta::glob!("format/*.lw", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        insta::assert_snapshot!(checked(&text));
    });
}

#[test]
fn every_form_of_the_language() {
    for (_, text) in texts("tests/syntax") {
        checked(&text);
    }
}

#[test]
fn the_library_and_its_examples_are_formatted() {
    for (path, text) in ["stdlib", "examples", "tests/e2e"].iter().flat_map(|folder| texts(folder)) {
        assert_eq!(checked(&text), text, "{} is not formatted", path.display());
    }
}

#[test]
fn nothing_stays_nothing() {
    for text in ["", "\n", " \r\n\t", "\u{feff}"] {
        assert_eq!(checked(text), "");
    }
    assert_eq!(checked("\n\n  //only this"), "// only this\n");
}

#[test]
fn a_text_with_errors_is_refused() {
    let error = format(FILE, "policy x {\n  allow\n}\n").unwrap_err();
    assert!(matches!(error, FormatError::Syntax(found) if found.len() == 1));
}

#[test]
fn sixty_four_brackets_are_not_too_deep() {
    for (open, close) in [("(", ")"), ("not (not (", "))")] {
        let depth = 63 / close.len();
        let formula = format!("{}k{}", open.repeat(depth), close.repeat(depth));
        checked(&format!("policy p {{ allow s3:* on * when {formula} }}"));
    }
    checked(&format!("let x = {}{}", "[".repeat(64), "]".repeat(64)));
    checked(&format!("let x = {}1 // c\n{}", "f(a: ".repeat(64), ")".repeat(64)));
    let blocks = format!("policy p {{ {} {} }}", "if a {".repeat(63), "}".repeat(63));
    checked(&blocks);
    checked(&format!("policy p {{ if a {{}} {} }}", "else if a {}".repeat(5_000)));
    checked(&format!("policy p {{ allow s3:* on * when a{} }}", " and b".repeat(5_000)));
}

#[test]
fn a_long_file_takes_no_longer_a_line() {
    let statement =
        "  S: allow s3:{Get,Put}Object on s3.object(uploads, [\"a\", \"b\"]) when aws:SecureTransport // c\n";
    let text = format!("policy p {{\n{}}}\n", statement.repeat(5_000));
    assert_eq!(checked(&text), text);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_laws_hold_of_any_text(text in generate::file()) {
        checked(&text);
    }

    #[test]
    fn no_text_panics(text in "[ -~\n\u{e9}\u{feff}\r]{0,80}", at in any::<prop::sample::Index>()) {
        let form = include_str!("syntax/every-form.lw");
        let at = (0..=at.index(form.len())).rev().find(|at| form.is_char_boundary(*at)).unwrap_or(0);
        let text = format!("{}{text}{}", &form[..at], &form[at..]);
        if format(FILE, &text).is_ok() {
            checked(&text);
        }
    }
}
