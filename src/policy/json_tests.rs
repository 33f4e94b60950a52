use super::*;
use crate::policy::{ActionElement, BaseOperator, ResourceElement};

fn located<T>(value: T) -> Located<T> {
    Located::new(value, Span::default())
}

fn texts(values: &[&str]) -> Vec<Located<Text>> {
    values.iter().map(|&value| located(value.into())).collect()
}

fn statement(actions: &[&str], resources: &[&str]) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action: ActionElement { negated: false, patterns: actions.iter().map(|&a| located(a.to_owned())).collect() },
        resource: Some(ResourceElement { negated: false, patterns: texts(resources) }),
        condition: Vec::new(),
        span: Span::default(),
    }
}

fn test(operator: &str, key: &str, values: &[&str]) -> ConditionTest {
    ConditionTest { operator: located(operator.parse().unwrap()), key: located(key.into()), values: texts(values) }
}

fn document(statements: Vec<Statement>) -> Document {
    Document { version: Version::V2012, id: None, statements }
}

#[test]
fn the_pretty_form() {
    let mut first = statement(&["s3:PutObject", "s3:getobject", "s3:GetObject", "s3:PutObject"], &["b", "a", "b"]);
    first.sid = Some(located("One".into()));
    first.effect = Effect::Deny;
    first.principal = Some(PrincipalElement {
        negated: false,
        principals: vec![
            located(Principal::Service("lambda.amazonaws.com".into())),
            located(Principal::Aws("222222222222".into())),
            located(Principal::Aws("111111111111".into())),
        ],
    });
    first.condition = vec![
        test("StringEquals", "aws:PrincipalTag/team", &["é\\", "x", "x"]),
        test("Bool", "aws:SecureTransport", &["true"]),
        test("StringEquals", "aws:PrincipalAccount", &["111111111111"]),
    ];
    let mut all = document(vec![first]);
    all.id = Some("doc".into());
    let expected = r#"{
  "Version": "2012-10-17",
  "Id": "doc",
  "Statement": [
    {
      "Sid": "One",
      "Effect": "Deny",
      "Principal": {
        "AWS": [
          "222222222222",
          "111111111111"
        ],
        "Service": "lambda.amazonaws.com"
      },
      "Action": [
        "s3:GetObject",
        "s3:getobject",
        "s3:PutObject"
      ],
      "Resource": [
        "b",
        "a"
      ],
      "Condition": {
        "StringEquals": {
          "aws:PrincipalTag/team": [
            "é\\",
            "x"
          ],
          "aws:PrincipalAccount": "111111111111"
        },
        "Bool": {
          "aws:SecureTransport": "true"
        }
      }
    }
  ]
}
"#;
    assert_eq!(write(&all, false).unwrap(), expected);
}

#[test]
fn the_minified_form() {
    let mut only = statement(&["sts:AssumeRole"], &[]);
    only.resource = None;
    only.principal = Some(PrincipalElement { negated: true, principals: vec![located(Principal::Anyone)] });
    only.action.negated = true;
    let mut all = document(vec![only, statement(&["a:B"], &["*"])]);
    all.version = Version::V2008;
    assert_eq!(
        write(&all, true).unwrap(),
        concat!(
            r#"{"Version":"2008-10-17","Statement":[{"Effect":"Allow","NotPrincipal":"*","NotAction":"sts:AssumeRole"},"#,
            r#"{"Effect":"Allow","Action":"a:B","Resource":"*"}]}"#
        )
    );
}

#[test]
fn anyone_among_others_stands_under_aws() {
    let mut only = statement(&["a:B"], &["*"]);
    only.principal = Some(PrincipalElement {
        negated: false,
        principals: vec![located(Principal::Anyone), located(Principal::Service("x.amazonaws.com".into()))],
    });
    let text = write(&document(vec![only]), true).unwrap();
    assert!(text.contains(r#""Principal":{"AWS":"*","Service":"x.amazonaws.com"}"#), "{text}");
}

#[test]
fn externs_have_no_plain_json() {
    let mut arn = Text::from("arn:aws:s3:::");
    arn.push(&Text::from_extern("bucket"));
    let mut only = statement(&["s3:ListBucket"], &[]);
    let span = Span { start: 3, end: 9, ..Span::default() };
    only.resource.as_mut().unwrap().patterns.push(Located::new(arn, span));
    let all = document(vec![only]);
    assert_eq!(write(&all, true), Err(UnresolvedExtern { name: "bucket".into(), span }));
    let filled = write_with(&all, true, |piece, _, out| {
        match piece {
            Piece::Literal(text) => escape(text, out),
            Piece::Extern(name) => out.push_str(&format!("<{name}>")),
        }
        Ok::<_, std::convert::Infallible>(())
    });
    assert!(filled.unwrap().contains(r#""arn:aws:s3:::<bucket>""#));
}

#[test]
fn what_is_written_is_json() {
    let mut only = statement(&["a:B", "a:C"], &["\u{8}\\\n\u{7f}ÿ"]);
    only.condition = BaseOperator::ALL.iter().map(|base| test(base.name(), "k", &[])).collect();
    for minified in [true, false] {
        let text = write(&document(vec![only.clone()]), minified).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["Statement"][0]["Resource"], "\u{8}\\\n\u{7f}ÿ");
        assert_eq!(value["Statement"][0]["Condition"].as_object().unwrap().len(), 27);
        assert_eq!(text.ends_with('\n'), !minified);
    }
    let again: serde_json::Value = serde_json::from_str(&write(&document(vec![]), false).unwrap()).unwrap();
    assert!(again["Statement"].as_array().unwrap().is_empty());
}
