//! Reading policy JSON: as wide as AWS, and what it refuses, refused at its place.

use super::json::Place;
use super::{Mode, read};
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
