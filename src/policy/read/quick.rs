//! A document from a text, without a tree between: most texts are right, and nothing else is read as often.
//!
//! What is not right, or only may be so, is read again by way of the tree, which says what is wrong.

use super::document;
use super::json::Place;
use super::plain::{Reader, whole};
use crate::policy::{
    ActionElement, ConditionTest, Document, Effect, Located, Operator, PrincipalElement, ResourceElement, Statement,
    Text, Version,
};

/// The document that a text is, if nothing about it is out of the ordinary.
pub(super) fn read(place: Place<'_>, text: &str) -> Option<Document> {
    whole(place, text, of_document)
}

fn of_document(reader: &mut Reader<'_, '_>) -> Option<Document> {
    let (mut version, mut id, mut statements) = (None, None, None);
    reader.object(|reader, name, _| match name {
        "Version" => once(&mut version, of_version(&reader.text()?.0)?),
        "Id" => once(&mut id, Text::from(&*reader.text()?.0)),
        "Statement" if reader.peek()? == b'[' => {
            let mut all = Vec::new();
            reader.array(|reader| {
                all.push(of_statement(reader)?);
                Some(())
            })?;
            once(&mut statements, all)
        }
        "Statement" => once(&mut statements, vec![of_statement(reader)?]),
        _ => None,
    })?;
    Some(Document { version: version.unwrap_or(Version::V2008), id, statements: statements? })
}

fn of_version(text: &str) -> Option<Version> {
    match text {
        "2012-10-17" => Some(Version::V2012),
        "2008-10-17" => Some(Version::V2008),
        _ => None,
    }
}

/// Fills a place that is empty so far.
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

fn of_statement(reader: &mut Reader<'_, '_>) -> Option<Statement> {
    let (mut sid, mut effect, mut principal) = (None, None, None);
    let (mut action, mut resource, mut condition) = (None, None, None);
    let ((), span) = reader.located(|reader| {
        reader.object(|reader, name, _| match name {
            "Sid" => once(&mut sid, of_text(reader)?),
            "Effect" => once(&mut effect, of_effect(&reader.text()?.0)?),
            "Principal" | "NotPrincipal" => {
                let principals = document::principals(&reader.node()?)?;
                once(&mut principal, PrincipalElement { negated: name == "NotPrincipal", principals })
            }
            "Action" | "NotAction" => {
                let patterns =
                    list(reader, |reader| reader.text().map(|(text, span)| Located::new(text.into(), span)))?;
                once(&mut action, ActionElement { negated: name == "NotAction", patterns })
            }
            "Resource" | "NotResource" => {
                let patterns = list(reader, of_text)?;
                once(&mut resource, ResourceElement { negated: name == "NotResource", patterns })
            }
            "Condition" => once(&mut condition, of_condition(reader)?),
            _ => None,
        })
    })?;
    let condition = condition.unwrap_or_default();
    Some(Statement { sid, effect: effect?, principal, action: action?, resource, condition, span })
}

fn of_effect(text: &str) -> Option<Effect> {
    match text {
        "Allow" => Some(Effect::Allow),
        "Deny" => Some(Effect::Deny),
        _ => None,
    }
}

fn of_text(reader: &mut Reader<'_, '_>) -> Option<Located<Text>> {
    let (text, span) = reader.text()?;
    Some(Located::new(text.into_owned().into(), span))
}

/// One item, or several in an array, which is not empty.
fn list<'a, 'm, T>(
    reader: &mut Reader<'a, 'm>,
    mut item: impl FnMut(&mut Reader<'a, 'm>) -> Option<T>,
) -> Option<Vec<T>> {
    if reader.peek()? != b'[' {
        return Some(vec![item(reader)?]);
    }
    let mut items = Vec::new();
    reader.array(|reader| {
        items.push(item(reader)?);
        Some(())
    })?;
    (!items.is_empty()).then_some(items)
}

fn of_condition(reader: &mut Reader<'_, '_>) -> Option<Vec<ConditionTest>> {
    let mut tests: Vec<ConditionTest> = Vec::new();
    reader.object(|reader, name, name_span| {
        let operator: Operator = name.parse().ok()?;
        let start = tests.len();
        // The same operator again is rare, and may be wrong.
        if tests.iter().any(|test| test.operator.value == operator) {
            return None;
        }
        reader.object(|reader, key, key_span| {
            let is_key =
                |test: &ConditionTest| test.key.value.plain().is_none_or(|other| other.eq_ignore_ascii_case(key));
            if tests[start..].iter().any(is_key) {
                return None;
            }
            let (operator, key) = (Located::new(operator, name_span), Located::new(key.into(), key_span));
            tests.push(ConditionTest { operator, key, values: list(reader, of_value)? });
            Some(())
        })?;
        (tests.len() > start).then_some(())
    })?;
    Some(tests)
}

/// A value that a condition compares with: a number and a Boolean stand for their texts.
fn of_value(reader: &mut Reader<'_, '_>) -> Option<Located<Text>> {
    if reader.peek()? == b'"' {
        return of_text(reader);
    }
    let (text, span) = reader.located(Reader::bare)?;
    Some(Located::new(text.into(), span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::FileId;
    use crate::policy::read::json;
    use crate::policy::read::{Mode, read_node};

    /// What is read at once, and what is read by way of a tree.
    fn both(text: &str) -> (Option<Document>, Option<Document>) {
        let place = Place::At(FileId(3), 10);
        let tree = json::parse(place, text, Mode::Strict).ok().and_then(|parsed| read_node(&parsed.root).ok());
        (read(place, text), tree)
    }

    #[test]
    fn what_is_read_at_once_is_what_the_tree_says() {
        let statement = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
        let full = r#"{"Sid": "a\u00e9", "Effect": "Deny", "NotPrincipal": {"AWS": ["123456789012", "*"], "Service": "s3.amazonaws.com"},
            "NotAction": ["s3:Get*", "S3:\"x\""], "NotResource": ["arn:aws:s3:::${aws:username}/*"],
            "Condition": {"StringLike": {"aws:username": ["a*", "b"], "aws:PrincipalTag/x": "c"}, "Bool": {"aws:SecureTransport": false},
                "ForAnyValue:NumericLessThanIfExists": {"s3:max-keys": [10, -0.5, "7"]}}}"#;
        let texts = [
            format!(r#"{{"Statement": {statement}}}"#),
            format!(r#" {{"Version": "2012-10-17", "Id": "x", "Statement": [{statement}, {full}]}} "#),
            format!(
                r#"{{"Statement": [{full}, {{"Effect": "Allow", "Principal": "*", "Action": ["*"]}}], "Version": "2008-10-17"}}"#
            ),
            r#"{"Statement": []}"#.to_owned(),
        ];
        for text in texts {
            let (quick, tree) = both(&text);
            assert!(quick.is_some(), "{text}");
            assert_eq!(quick, tree, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_not_read_at_once() {
        let of_statement = [
            r#""Sid": 1"#,
            r#""Effect": "allow", "Action": "*""#,
            r#""Sid": "no Action""#,
            r#""Sid": "no Effect", "Action": "*""#,
            r#""Action": []"#,
            r#""NotAction": "*", "Action": "*""#,
            r#""Action": "*", "Action": "*""#,
            r#""Resource": []"#,
            r#""Resource": [1]"#,
            r#""Resource": "*", "NotResource": "*""#,
            r#""Unknown": "x""#,
            r#""Principal": {}"#,
            r#""Principal": "x""#,
            r#""Principal": {"AWS": []}"#,
            r#""Principal": {"aws": "x"}"#,
            r#""Condition": []"#,
            r#""Condition": {"StringEqual": {"a": "b"}}"#,
            r#""Condition": {"StringEquals": "b"}"#,
            r#""Condition": {"StringEquals": {"a": []}}"#,
            r#""Condition": {"StringEquals": {"a": null}}"#,
            r#""Condition": {"StringEquals": {"a": [["b"]]}}"#,
            r#""Condition": {"StringEquals": {"a": "b", "A": "c"}}"#,
            r#""Condition": {"StringEquals": {"a": "b"}, "stringequals": {"a": "c"}}"#,
        ];
        for text in of_statement {
            let of = |name: &str, element: &'static str| (!text.contains(name)).then_some(element);
            let (effect, action) = (of("Effect", r#""Effect": "Allow""#), of("Action", r#""Action": "*""#));
            let elements: Vec<&str> = effect.into_iter().chain(action).chain([text]).collect();
            let text = format!(r#"{{"Statement": {{{}}}}}"#, elements.join(", "));
            assert_eq!(both(&text), (None, None), "{text}");
        }
        let statement = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
        for (before, behind) in [
            ("[]", ""),
            (r#"{"Version": "2012""#, r#", "Statement": []}"#),
            (r#"{"Id": 1"#, r#", "Statement": []}"#),
            (r#"{"Id": "x""#, "}"),
            (r#"{"Statement": "x""#, "}"),
            (r#"{"Statement": ["x"]"#, "}"),
            (r#"{"statement": []"#, "}"),
            (r#"{"Statement": []"#, r#", "Statement": []}"#),
            (r#"{"Statement": []"#, "} x"),
        ] {
            let text = format!("{before}{behind}");
            assert_eq!(both(&text), (None, None), "{text}");
        }
        assert_eq!(both(&format!(r#"{{"Statement": [{statement}{statement}]}}"#)), (None, None));
    }
}
