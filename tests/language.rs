//! Combinations of forms that the reference does not show, and that once went wrong: what they compile to, or why they do not.

use std::collections::{BTreeMap, BTreeSet};

use leastwise::base::MemoryFileSystem;
use leastwise::catalogue::Catalogue;
use leastwise::emit;
use leastwise::pipeline::{Options, analyse, compile};
use leastwise::project::read_config;

/// The texts of the policies, in source order, without white space; or the codes for which the source is refused.
fn compiled(source: &str) -> Result<Vec<String>, BTreeSet<&'static str>> {
    let config = read_config("[defaults]\naccount = \"123456789012\"\nregion = \"eu-west-1\"").unwrap();
    let set = BTreeMap::new();
    let options = Options { catalogue: Catalogue::builtin(), config: &config, set: &set, today: None };
    let analysis = analyse(&MemoryFileSystem::new([("a.lw", source)]), &["a.lw".into()], options);
    match compile(analysis) {
        Ok((checked, _)) => {
            let files = emit::files(&checked).unwrap();
            Ok(files.into_iter().map(|file| file.text.split_whitespace().collect()).collect())
        }
        Err(analysis) => {
            let denied = analysis.diagnostics.iter().filter(|finding| finding.is_deny());
            Err(denied.map(|finding| finding.code.name).collect())
        }
    }
}

#[track_caller]
fn refused(code: &'static str, source: &str) {
    assert_eq!(compiled(source), Err(BTreeSet::from([code])), "{source}");
}

#[track_caller]
fn statements(source: &str, expected: &[&str]) {
    let found = compiled(source).unwrap_or_else(|codes| panic!("{codes:?}: {source}"));
    assert_eq!(found.len(), 1, "{source}");
    let statements = expected.join(",");
    assert_eq!(found[0], format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#), "{source}");
}

#[test]
fn no_statement_is_dropped_by_an_acceptance() {
    let accept = "@accept(no-action-matches, because: \"x\")";
    let read = "allow s3:GetObject on *";
    refused(
        "no-action-matches",
        &format!("policy a {{ {accept} deny dynamodb:permissions on s3.bucket(\"x\") {read} }}"),
    );
    refused("no-action-matches", &format!("policy a {{ {accept} deny [] on * {read} }}"));
    refused("no-action-matches", &format!("policy a {{ {accept} deny s3:GetObject except s3:* on * {read} }}"));
}

#[test]
fn no_test_is_dropped_by_an_acceptance() {
    statements(
        r#"policy a { @accept(operator-type-mismatch, because: "x") allow s3:ListBucket on * when s3:prefix < 3 }"#,
        &[
            r#"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"NumericLessThan":{"s3:prefix":"3"}}}"#,
        ],
    );
}

#[test]
fn values_are_no_condition_keys() {
    for test in ["any env == \"dev\"", "env? == \"dev\"", "env as Arn == \"dev\""] {
        refused(
            "type-mismatch",
            &format!("param env: String = \"dev\"\npolicy a {{ allow s3:GetObject on * when {test} }}"),
        );
    }
}

#[test]
fn nothing_is_decided_by_an_extern() {
    for body in [
        "if env == \"dev\" { allow s3:GetObject on * } else { allow s3:PutObject on * }",
        "allow s3:GetObject on * when env in [\"dev\"] or aws:SecureTransport",
    ] {
        refused("type-mismatch", &format!("extern env: String\npolicy a {{ {body} }}"));
    }
}

#[test]
fn declarations_may_be_called_like_services_and_principals() {
    statements(
        r#"policy lambda { allow lambda:InvokeFunction on lambda.function("x") }"#,
        &[
            r#"{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:eu-west-1:123456789012:function:x"}"#,
        ],
    );
    statements(
        r#"param account: AccountId = "111111111111"
           trust role { allow sts:AssumeRole to account(account), role(account, "x") }"#,
        &[
            r#"{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111111111111:root","arn:aws:iam::111111111111:role/x"]},"Action":"sts:AssumeRole"}"#,
        ],
    );
}

#[test]
fn arguments_stand_once() {
    refused("bad-argument", r#"policy a { allow s3:GetObject on s3.object("a", "b", account: "*", account: "*") }"#);
    refused("bad-argument", r#"policy a { allow s3:GetObject on s3.object(BucketName: "a", bucketname: "b") }"#);
}

#[test]
fn acceptances_of_templates_cover_their_instances() {
    let wildcard = "when aws:PrincipalTag/x == \"a*\"";
    let accept = "@accept(wildcard-without-like, because: \"x\")";
    for source in [
        format!("{accept} policy t(x: String) {{ allow s3:GetObject on * {wildcard} }}\npolicy a = t(\"b\")"),
        format!("{accept} grant g() {{ allow s3:GetObject on * {wildcard} }}\npolicy a {{ include g() }}"),
        format!("grant g {{ {accept} allow s3:GetObject on * {wildcard} }}\npolicy a {{ include g }}"),
    ] {
        assert_eq!(compiled(&source).map(|texts| texts.len()), Ok(1), "{source}");
    }
    refused("unknown-name", "@inline policy t() { allow s3:GetObject on * }\npolicy a = t()");
}

#[test]
fn self_is_what_it_is_in_the_policy() {
    statements(
        "grant g { allow iam:GetPolicy on self, \"{self}-2\" }\nboundary b { include g }",
        &[
            r#"{"Effect":"Allow","Action":"iam:GetPolicy","Resource":["arn:aws:iam::123456789012:policy/b","arn:aws:iam::123456789012:policy/b-2"]}"#,
        ],
    );
    let template = "resource t(b: s3.bucket) for b { allow s3:GetBucketAcl on self to account(\"111111111111\") }";
    let instance = |of: &str| format!("{template}\nresource a for s3.bucket(\"{of}\") = t(s3.bucket(\"x\"))");
    assert!(compiled(&instance("x")).is_ok());
    refused("type-mismatch", &instance("y"));
    refused("kind-rule", "policy a for s3.bucket(\"x\") { allow s3:GetBucketAcl on self }");
}

#[test]
fn exceptions_of_nothing_except_nothing() {
    let rest = r#""Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::x"}"#;
    for accept in ["", "@accept(not-principal, because: \"x\")"] {
        statements(
            &format!("resource a for s3.bucket(\"x\") {{ {accept} deny s3:GetBucketAcl on self to anyone except [] }}"),
            &[&format!(r#"{{"Effect":"Deny","Principal":"*",{rest}"#)],
        );
    }
}

#[test]
fn all_but_some_of_everything() {
    let expected = r#"{"Effect":"Deny","NotAction":"iam:*","Resource":"*"}"#;
    statements("policy a { deny * except iam:* on * }", &[expected]);
    statements("policy a { deny *:* except iam:* on * }", &[expected]);
}

#[test]
fn a_label_names_the_one_statement_that_an_include_brings() {
    let grants = "grant one(b: s3.bucket) { Own: allow s3:ListBucket on b }
        grant two(b: s3.bucket) { include one(b) allow s3:GetObject on s3.object(b, \"*\") }";
    statements(
        &format!("{grants} policy p {{ List: include one(s3.bucket(\"x\")) }}"),
        &[r#"{"Sid":"List","Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::x"}"#],
    );
    refused("bad-sid", &format!("{grants} policy p {{ Both: include two(s3.bucket(\"x\")) }}"));
    // What is wrong in the template is told once, there.
    refused("unknown-name", "grant g() { allow s3:GetObject on nothing } policy p { A: include g() }");
}
