//! Reading policy JSON: as wide as AWS, and what it refuses, refused at its place.

use super::json::Place;
use super::{Mode, json, plain, quick, read, read_node};
use crate::base::FileId;
use crate::policy::{Version, write};

fn canonical(text: &str) -> String {
    write(&read(Place::At(FileId(0), 0), text, Mode::Strict).unwrap().document, true).unwrap()
}

/// Code, the text at the place, and the help.
fn refused(text: &str) -> Vec<(&'static str, String, String)> {
    let errors = read(Place::At(FileId(0), 0), text, Mode::Strict).unwrap_err();
    assert!(!errors.is_empty(), "{text}");
    let told = errors.iter().map(|error| {
        let at = text.get(error.primary.span.range()).unwrap_or_else(|| panic!("{error:?} is outside of {text}"));
        (error.code.name, at.to_owned(), error.help.as_ref().unwrap().text.clone())
    });
    told.collect()
}

const ALLOW: &str = r#""Effect":"Allow","Action":"s3:GetObject","Resource":"*""#;

fn statement(inside: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{{inside}}}]}}"#)
}

#[test]
fn one_value_or_several_numbers_and_booleans() {
    let text = r#"{"Statement":{"Effect":"Deny","NotAction":["iam:*"],"NotResource":"*","Principal":{"AWS":["1","2"],"Service":"x"},
        "Condition":{"numericlessthanifexists":{"s3:max-keys":[10,2.5]},"bool":{"aws:SecureTransport":false}}},"Version":"2012-10-17","Id":"x"}"#;
    assert_eq!(
        canonical(text),
        r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"","Effect":"Deny","Principal":{"AWS":["1","2"],"Service":"x"},"NotAction":"iam:*","NotResource":"*","Condition":{"NumericLessThanIfExists":{"s3:max-keys":["10","2.5"]},"Bool":{"aws:SecureTransport":"false"}}}]}"#
            .replace(r#""Sid":"","#, "")
    );
}

#[test]
fn without_a_version_it_is_the_old_one() {
    let text = format!(r#"{{"Statement":[{{{ALLOW}}}]}}"#);
    assert_eq!(read(Place::At(FileId(0), 0), &text, Mode::Strict).unwrap().document.version, Version::V2008);
}

#[test]
fn every_element_has_its_place() {
    let text = statement(&format!(r#"{ALLOW},"Condition":{{"Bool":{{"aws:SecureTransport":"true"}}}}"#));
    let document = read(Place::At(FileId(0), 0), &text, Mode::Strict).unwrap().document;
    let at = |span: crate::base::Span| &text[span.range()];
    let statement = &document.statements[0];
    assert_eq!(at(statement.action.patterns[0].span), "\"s3:GetObject\"");
    assert_eq!(at(statement.condition[0].operator.span), "\"Bool\"");
    assert_eq!(at(statement.condition[0].key.span), "\"aws:SecureTransport\"");
    assert_eq!(at(statement.condition[0].values[0].span), "\"true\"");
    assert!(at(statement.span).starts_with('{') && at(statement.span).ends_with('}'));
}

#[test]
fn what_aws_refuses_is_refused_at_its_place() {
    let one = |text: &str| {
        let mut all = refused(text);
        assert_eq!(all.len(), 1, "{all:#?}");
        let (code, at, help) = all.remove(0);
        (code, at, help)
    };
    let (code, at, _) = one("{\"Version\": 1,}");
    assert_eq!((code, at.as_str()), ("json-syntax", ","));
    let (code, at, _) = one(&statement(&format!("{ALLOW},\"Effect\":\"Deny\"")));
    assert_eq!((code, at.as_str()), ("json-syntax", "\"Effect\""));
    let (code, at, help) = one(&statement(&ALLOW.replace("\"Resource\"", "\"NotResouce\"")));
    assert_eq!((code, at.as_str()), ("policy-grammar", "\"NotResouce\""));
    assert_eq!(help, "did you mean `NotResource`?");
    let (_, at, help) = one(&statement(&ALLOW.replace("Allow", "allow")));
    assert_eq!((at.as_str(), help.as_str()), ("\"allow\"", "write `Allow`"));
    let (_, at, _) = one(&statement(&format!("{ALLOW},\"NotAction\":\"*\"")));
    assert_eq!(at, "\"*\"");
    let (_, at, _) = one(&statement(r#""Effect":"Allow","Resource":"*""#));
    assert!(at.starts_with('{'));
    let (_, at, _) = one(&statement(r#""Effect":"Allow","Action":[],"Resource":"*""#));
    assert_eq!(at, "[]");
    let (_, at, _) = one(&statement(&format!("{ALLOW},\"Principal\":\"arn:aws:iam::1:root\"")));
    assert_eq!(at, "\"arn:aws:iam::1:root\"");
    let (code, at, help) =
        one(&statement(&format!("{ALLOW},\"Condition\":{{\"ForAnyValues:StringLikes\":{{\"a:b\":\"c\"}}}}")));
    assert_eq!((code, at.as_str()), ("unknown-operator", "\"ForAnyValues:StringLikes\""));
    assert_eq!(help, "did you mean `ForAnyValue:StringLike`?");
    let (_, at, _) = one(r#"{"Version":"2013-10-17","Statement":[]}"#);
    assert_eq!(at, "\"2013-10-17\"");
    let (_, at, _) = one(r#"[]"#);
    assert_eq!(at, "[]");
}

#[test]
fn comments_are_kept_where_they_are_let_pass() {
    let text = statement(&format!("// why\n{ALLOW},"));
    assert_eq!(refused(&text)[0].0, "json-syntax");
    let read = read(Place::At(FileId(0), 0), &text, Mode::Lenient).unwrap();
    assert_eq!(read.comments.len(), 1);
    assert_eq!(read.comments[0].1.trim(), "why");
}

#[test]
fn deep_nesting_is_refused() {
    let text = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(read(Place::At(FileId(0), 0), &text, Mode::Strict).unwrap_err()[0].code.name, "json-syntax");
}

/// A few changes of a text: a piece is put in, taken out, or stands twice.
fn changed(text: &str, mut random: impl FnMut(usize) -> usize) -> String {
    const PIECES: [&str; 40] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "/",
        " ",
        "\n",
        "\t",
        "\r",
        "\u{b}",
        "\0",
        "\u{7f}",
        "\u{a0}",
        "\u{feff}",
        "é",
        "😀",
        "\\u0041",
        "\\ud83d\\ude00",
        "\\ud83d",
        "\\ude00",
        "\\u0000",
        "\\n",
        "\\x",
        "0",
        "-0",
        "1.5",
        "1e3",
        "01",
        ".",
        "true",
        "null",
        "\"Action\"",
        "\"Sid\": \"x\",",
        "\"\\u0053id\": \"x\",",
        "\"s3:prefix\": \"a\",",
        "// c",
    ];
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..1 + random(3) {
        let at = random(characters.len() + 1);
        let end = (at + random(12)).min(characters.len());
        let part: Vec<char> = match random(3) {
            0 => PIECES[random(PIECES.len())].chars().collect(),
            1 => Vec::new(),
            _ => characters[at..end].iter().chain(&characters[at..end]).copied().collect(),
        };
        let end = if random(2) == 0 { at } else { end };
        characters.splice(at..end, part);
    }
    characters.into_iter().collect()
}

#[test]
fn what_is_read_in_one_pass_is_what_the_other_parser_reads() {
    let text = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "a", "Effect": "Allow", "Principal": {"AWS": ["*", "1\u00e9"]},
        "Action": ["s3:Get*"], "Resource": "a\"b", "Condition": {"StringLike": {"s3:prefix": ["a", "\ud83d\ude00"]},
        "NumericEquals": {"s3:max-keys": [10, -0.5, 0]}, "Bool": {"aws:SecureTransport": true}}}]}"#;
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let (mut trees, mut documents) = (0, 0);
    for _ in 0..20_000 {
        let text = changed(text, &mut random);
        let place = Place::At(FileId(0), 0);
        // What stands behind keeps the text from being read in one pass.
        let behind = format!("{text}\n// behind");
        let slow = || json::parse(place, &behind, Mode::Lenient).map(|parsed| parsed.root);
        if let Some(node) = plain::parse(place, &text) {
            let other = slow().unwrap_or_else(|error| panic!("{text}: {error:?}"));
            assert_eq!(format!("{node:?}"), format!("{other:?}"), "{text}");
            assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
            trees += 1;
        }
        if let Some(document) = quick::read(place, &text) {
            let other = read_node(&slow().unwrap_or_else(|error| panic!("{text}: {error:?}")));
            assert_eq!(document, other.unwrap_or_else(|errors| panic!("{text}: {errors:?}")), "{text}");
            documents += 1;
        }
    }
    assert!(trees > 1_000 && documents > 500, "{trees} trees, {documents} documents");
}
