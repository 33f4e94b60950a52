//! Statements that a template of the standard library gives are imported as calls of it.

use leastwise::base::SourceMap;
use leastwise::catalogue::Catalogue;
use leastwise::import::{Lookup, Named, Names, source};
use leastwise::inventory::{find, recognise};
use leastwise::policy::Kind;
use leastwise::policy::read::Mode;
use leastwise::project::Defaults;

fn imported(kind: Option<Kind>, statements: &str) -> String {
    let mut sources = SourceMap::default();
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let file = sources.add("p.json", text.as_str());
    let found = find(file, &text, Mode::Strict).unwrap().remove(0);
    let document = found.document.unwrap();
    let kind = kind.unwrap_or_else(|| recognise(&document));
    let named = Named {
        kind,
        name: "p".into(),
        document,
        span: found.span,
        comments: Vec::new(),
        inline: false,
        description: None,
    };
    let defaults = Defaults::default();
    let lookup = Lookup { sources: &sources, catalogue: Catalogue::builtin(), defaults: &defaults };
    source(lookup, &named, &mut Names::default()).unwrap()
}

#[test]
fn trust() {
    let service = r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}"#;
    assert_eq!(imported(None, service), "trust p = std.trust.compute-service(principal: \"ec2.amazonaws.com\")\n");
    let labelled = service.replacen('{', "{\"Sid\":\"Service\",", 1);
    assert_eq!(
        imported(None, &labelled),
        "trust p {\n  Service: include std.trust.compute-service(principal: \"ec2.amazonaws.com\")\n}\n"
    );
    let source = r#"{"Effect":"Allow","Principal":{"Service":"scheduler.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}}"#;
    assert!(imported(None, source).contains("std.trust.aws-service("));
    let vendor = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:role/scanner"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"b7f1c9e2"}}}"#;
    assert!(imported(None, vendor).contains("std.trust.cross-account("));
    // One more condition is no instance, and stays what it is.
    let narrowed =
        vendor.replace("\"Condition\":{", "\"Condition\":{\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"},");
    assert!(!imported(None, &narrowed).contains("std."));
    // Neither is an operator that means something else.
    assert!(!imported(None, &vendor.replace("StringEquals", "StringLike")).contains("std."));
}

#[test]
fn guardrails() {
    let lock = r#"{"Sid":"Regions","Effect":"Deny","NotAction":["iam:*","sts:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1"]},"ArnNotLike":{"aws:PrincipalARN":["arn:aws:iam::*:role/Admin"]}}}"#;
    let text = imported(Some(Kind::Scp), lock);
    assert!(text.contains("Regions: include std.published.region-lock("), "{text}");
    let trail = r#"{"Effect":"Deny","Action":["cloudtrail:StopLogging","cloudtrail:DeleteTrail"],"Resource":"*"}"#;
    let text = imported(Some(Kind::Scp), trail);
    assert!(text.starts_with("scp p = std.published.protect-cloudtrail("), "{text}");
    // The same statement allows something else in an identity policy: no template of that kind has it.
    assert!(!imported(Some(Kind::Policy), trail).contains("std."));
}

#[test]
fn buckets() {
    let of = |condition: &str| {
        format!(
            r#"{{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{{{condition}}}}}"#
        )
    };
    let tls = of(r#""Bool":{"aws:SecureTransport":"false"}"#);
    let org = of(
        r#""StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}"#,
    );
    let text = imported(None, &format!("{tls},{org}"));
    assert!(text.contains("include std.resource.tls-only(bucket: self)"), "{text}");
    assert!(text.contains("include std.resource.org-only(bucket: self, org: \"o-a1b2c3d4e5\")"), "{text}");
    // The objects alone are not what the template guards.
    assert!(!imported(None, &tls.replace("\"arn:aws:s3:::b\",", "")).contains("std."));
}
