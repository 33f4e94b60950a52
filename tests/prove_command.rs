//! `leastwise prove`: one claim about JSON policies, from the shell.

use std::process::{Command, Output};

use serde_json::{Value, json};

/// Runs `prove` in a folder with some files.
fn prove(files: &[(&str, Value)], arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in files {
        std::fs::write(folder.path().join(name), value.to_string()).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
    command.current_dir(folder.path()).env_remove("CI").arg("prove").args(arguments).output().unwrap()
}

/// The answer as JSON, and the exit code.
#[track_caller]
fn answer(files: &[(&str, Value)], arguments: &[&str]) -> (Value, i32) {
    let output = prove(files, arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    let value =
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)));
    (value, output.status.code().unwrap())
}

#[track_caller]
fn holds(files: &[(&str, Value)], arguments: &[&str]) {
    let (mut answer, code) = answer(files, arguments);
    let world = answer.as_object_mut().and_then(|answer| answer.remove("world"));
    assert!(["open", "documented", "closed"].iter().any(|one| world == Some(json!(one))), "{world:?}");
    assert_eq!(answer, json!({"holds": true, "counterexample": null, "statement": null}), "{arguments:?}");
    assert_eq!(code, 0);
}

/// The answer, which has a counterexample.
#[track_caller]
fn fails(files: &[(&str, Value)], arguments: &[&str]) -> Value {
    let (answer, code) = answer(files, arguments);
    assert_eq!((&answer["holds"], code), (&json!(false), 1), "{arguments:?}: {answer:#}");
    for part in ["principal", "action", "resource"] {
        assert!(answer["counterexample"][part].is_string(), "{answer:#}");
    }
    assert!(answer["counterexample"]["context"].is_object(), "{answer:#}");
    answer
}

fn policy(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(action: &str, resource: &str) -> Value {
    json!({"Sid": "It", "Effect": "Allow", "Action": action, "Resource": resource})
}

fn two(a: Value, b: Value) -> [(&'static str, Value); 2] {
    [("a.json", policy(json!([a]))), ("b.json", policy(json!([b])))]
}

#[test]
fn claims_about_two_policies() {
    let objects = || allow("s3:GetObject", "arn:aws:s3:::b/*");
    let inner = || allow("s3:GetObject", "arn:aws:s3:::b/in/*");
    let claim = |what: &'static str| ["--policy", "a.json", what, "b.json"];
    holds(&two(inner(), objects()), &claim("--within"));
    fails(&two(objects(), inner()), &claim("--within"));
    holds(&two(inner(), inner()), &claim("--equivalent"));
    fails(&two(objects(), inner()), &claim("--equivalent"));
    fails(&two(inner(), objects()), &claim("--equivalent"));
    holds(&two(inner(), allow("s3:PutObject", "*")), &claim("--disjoint"));
    fails(&two(inner(), objects()), &claim("--disjoint"));
}

#[test]
fn the_shape_of_an_answer() {
    let secure = json!({
        "Sid": "Secure", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*",
        "Condition": {"Bool": {"aws:SecureTransport": "true"}},
    });
    let plain = allow("s3:GetObject", "arn:aws:s3:::b/*");
    let answer = fails(&two(plain, secure), &["--policy", "a.json", "--within", "b.json"]);
    assert_eq!(answer["counterexample"]["action"], "s3:GetObject");
    assert!(answer["counterexample"]["resource"].as_str().unwrap().starts_with("arn:aws:s3:::b/"), "{answer:#}");
    assert_eq!((&answer["statement"]["index"], &answer["statement"]["sid"]), (&json!(0), &json!("It")));
    assert!(answer["statement"]["place"].as_str().unwrap().starts_with("a.json:1:"), "{answer:#}");
    assert_eq!(answer["nearest"]["sid"], "Secure");
    let names: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(names, ["holds", "counterexample", "statement", "nearest"]);
}

#[test]
fn what_is_wider_in_an_equivalence_is_told_of_either_policy() {
    let (wide, narrow) = (allow("s3:*", "*"), allow("s3:GetObject", "*"));
    let answer = fails(&two(narrow, wide), &["--policy", "a.json", "--equivalent", "b.json"]);
    assert!(answer["statement"]["place"].as_str().unwrap().starts_with("b.json:"), "{answer:#}");
}

/// A statement about the request's action and resource is nearer than one of which less is asked.
#[test]
fn the_nearest_statement_is_about_the_request() {
    let passing = json!({
        "Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/app-*",
        "Condition": {
            "StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"},
            "ArnLike": {"iam:AssociatedResourceArn": "arn:aws:ec2:*:*:instance/*"},
        },
    });
    let other = json!({
        "Sid": "Pass2", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/other",
    });
    let statements = json!([allow("ec2:RunInstances", "*"), other, passing]);
    let files = [("a.json", policy(statements))];
    let claim = "iam:PassRole on iam.role(\"app-x\", account: \"123456789012\")";
    let answer = fails(&files, &["--policy", "a.json", "--always", claim]);
    assert_eq!(answer["nearest"]["sid"], "Pass", "{answer:#}");
    let claim = "iam:PassRole on iam.role(\"x\", account: \"123456789012\")";
    let answer = fails(&files, &["--policy", "a.json", "--always", claim]);
    assert_eq!(answer["nearest"]["sid"], "Pass2", "{answer:#}");
}

#[test]
fn claims_about_requests() {
    let files = [(
        "a.json",
        policy(json!([
            allow("s3:GetObject", "arn:aws:s3:::b/in/*"),
            {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/in/*",
             "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        ])),
    )];
    let of = |what: &'static str, requests: &'static str| ["--policy", "a.json", what, requests];
    holds(&files, &of("--never", "iam:* on *"));
    holds(&files, &of("--never", "s3:* on * except s3.object(\"b\", \"in/*\")"));
    holds(&files, &of("--never", "s3:PutObject on * unless aws:SecureTransport"));
    let answer = fails(&files, &of("--never", "s3:PutObject on *"));
    assert_eq!(answer["counterexample"]["context"], json!({"aws:SecureTransport": "true"}));
    assert_eq!(answer["statement"]["index"], 1);
    holds(&files, &of("--always", "s3:GetObject on s3.object(\"b\", \"in/a.csv\")"));
    holds(&files, &of("--always", "s3:PutObject on s3.object(\"b\", \"in/*\") when aws:SecureTransport"));
    let answer = fails(&files, &of("--always", "s3:PutObject on s3.object(\"b\", \"in/*\")"));
    // The requests are no statement of a file.
    assert_eq!(answer["statement"], Value::Null);
    assert!(answer["nearest"]["index"].is_number(), "{answer:#}");
}

#[test]
fn what_is_not_known_is_said_so() {
    // One has an odd number of `w`, the other an even one, whatever the name.
    let of = |name: &str| allow("s3:GetObject", &format!("arn:aws:s3:::{name}"));
    let files = two(of("home/${aws:username}/${aws:username}"), of("${aws:username}/${aws:username}/work"));
    let (answer, code) = answer(&files, &["--policy", "a.json", "--disjoint", "b.json"]);
    assert_eq!((&answer["holds"], code), (&json!("unknown"), 3));
    assert!(answer["reason"].as_str().unwrap().contains("policy variable"), "{answer:#}");
    assert_eq!((&answer["counterexample"], &answer["statement"]), (&Value::Null, &Value::Null));
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let files = two(allow("s3:GetObject", "*"), allow("s3:*", "*"));
    #[track_caller]
    fn refused(files: &[(&str, Value)], arguments: &[&str]) -> String {
        let output = prove(files, arguments);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }
    // One claim, no more and no less.
    refused(&files, &["--policy", "a.json"]);
    refused(&files, &["--policy", "a.json", "--within", "b.json", "--disjoint", "b.json"]);
    refused(&files, &["--within", "b.json"]);
    refused(&files, &["--policy", "a.json", "--within", "c.json"]);
    refused(&files, &["--policy", "a.json", "--never", "s3:GetObject on"]);
    refused(&files, &["--policy", "a.json", "--no-access-from-outside", "12345"]);
    let broken = [("a.json", policy(json!([{"Effect": "allow", "Action": "*", "Resource": "*"}])))];
    assert!(refused(&broken, &["--policy", "a.json", "--never", "s3:* on *"]).contains("Effect"));
    let several = [("a.json", json!({"PolicyVersionList": [], "x": policy(json!([allow("*", "*")]))}))];
    refused(&several, &["--policy", "a.json", "--never", "s3:* on *"]);
}

#[test]
fn text_is_for_people() {
    let files = two(allow("s3:GetObject", "arn:aws:s3:::b/*"), allow("s3:GetObject", "arn:aws:s3:::b/in/*"));
    let text = |arguments: &[&str]| String::from_utf8(prove(&files, arguments).stdout).unwrap();
    let within = text(&["--policy", "b.json", "--within", "a.json", "--output", "text"]);
    assert_eq!(within, "it holds of every request\n");
    let not = text(&["--policy", "a.json", "--within", "b.json", "--output", "text"]);
    assert!(not.starts_with("it does not hold\n") && not.contains("s3:GetObject on arn:aws:s3:::b/"), "{not}");
    assert!(not.contains("the statement at a.json:1:") && not.contains("lets it through"), "{not}");
}

// Who gets in from outside

const BUCKET: &str = "arn:aws:s3:::b/*";
const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:q";
const ORGANIZATION: &str = "o-a1b2c3d4e5";
const OWN: &str = "111122223333";

/// A policy of a resource with one grant.
fn granting(action: &str, resource: &str, principal: Value, condition: Value) -> Value {
    let mut statement = json!({"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition});
    if !resource.is_empty() {
        statement["Resource"] = json!(resource);
    }
    policy(json!([statement]))
}

/// The policies of a bucket, a queue, a key and a role that grant so.
fn of_every_resource(principal: &Value, condition: &Value) -> [(&'static str, Value); 4] {
    let of = |action, resource| granting(action, resource, principal.clone(), condition.clone());
    [
        ("bucket.resource.json", of("s3:GetObject", BUCKET)),
        ("queue.resource.json", of("sqs:SendMessage", QUEUE)),
        ("key.resource.json", of("kms:Decrypt", "*")),
        ("role.trust.json", of("sts:AssumeRole", "")),
    ]
}

#[track_caller]
fn closed(to: &str, principal: Value, condition: Value) {
    let files = of_every_resource(&principal, &condition);
    for (name, _) in &files {
        holds(&files, &["--policy", name, "--no-access-from-outside", to]);
    }
}

/// Who gets into the bucket; the others are open too.
#[track_caller]
fn open(to: &str, principal: Value, condition: Value) -> Value {
    let files = of_every_resource(&principal, &condition);
    let answers: Vec<Value> =
        files.iter().map(|(name, _)| fails(&files, &["--policy", name, "--no-access-from-outside", to])).collect();
    answers[0]["counterexample"].clone()
}

fn anyone() -> Value {
    json!("*")
}

fn nothing() -> Value {
    json!({})
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
#[test]
fn the_public() {
    open("anyone", anyone(), nothing());
    open("anyone", json!({"AWS": "*"}), nothing());
    // An account, a role or a service is not the public.
    closed("anyone", json!({"AWS": "222222222222"}), nothing());
    closed("anyone", json!({"AWS": "arn:aws:iam::222222222222:role/reader"}), nothing());
    closed("anyone", json!({"Service": "lambda.amazonaws.com"}), nothing());
    // Neither is who is in an organisation, an account, a network, or comes through an endpoint.
    closed("anyone", anyone(), json!({"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}));
    closed("anyone", anyone(), json!({"StringEquals": {"aws:PrincipalAccount": "222222222222"}}));
    closed("anyone", anyone(), json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::222222222222:role/*"}}));
    closed("anyone", anyone(), json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}));
    closed("anyone", anyone(), json!({"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}));
    closed("anyone", anyone(), json!({"StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}}));
    closed("anyone", anyone(), json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}));
    // Everybody may use TLS or come from somewhere.
    open("anyone", anyone(), json!({"Bool": {"aws:SecureTransport": "true"}}));
    open("anyone", anyone(), json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}));
    // What is not asked of a request without the key keeps nobody out; neither does a value that is not this one.
    open("anyone", anyone(), json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}}));
    open("anyone", anyone(), json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}));
    open("anyone", anyone(), json!({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}));
}

#[test]
fn other_accounts() {
    let who = open(OWN, json!({"AWS": "222222222222"}), nothing());
    assert!(who["principal"].as_str().unwrap().contains(":222222222222:"), "{who:#}");
    open(OWN, json!({"AWS": "arn:aws:iam::222222222222:role/reader"}), nothing());
    open(OWN, json!({"AWS": [OWN, "arn:aws:iam::222222222222:user/bea"]}), nothing());
    open(OWN, anyone(), nothing());
    closed(OWN, json!({"AWS": OWN}), nothing());
    closed(OWN, json!({"AWS": "arn:aws:iam::111122223333:role/reader"}), nothing());
    // Services are not counted.
    closed(OWN, json!({"Service": ["lambda.amazonaws.com", "s3.amazonaws.com"]}), nothing());
    // By conditions.
    closed(OWN, anyone(), json!({"StringEquals": {"aws:PrincipalAccount": OWN}}));
    closed(OWN, anyone(), json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}));
    let who = open(OWN, anyone(), json!({"StringEquals": {"aws:PrincipalAccount": ["111122223333", "222222222222"]}}));
    assert_eq!(who["context"]["aws:PrincipalAccount"], "222222222222");
    open(OWN, anyone(), json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/reader"}}));
    // An address may be anybody's, the organisation has other accounts.
    open(OWN, anyone(), json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}));
    open(OWN, anyone(), json!({"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}));
    open(OWN, anyone(), json!({"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}));
}

#[test]
fn other_organisations() {
    closed(ORGANIZATION, anyone(), json!({"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}));
    let who =
        open(ORGANIZATION, anyone(), json!({"StringEquals": {"aws:PrincipalOrgID": [ORGANIZATION, "o-zzzzzzzzzz"]}}));
    assert_eq!(who["context"]["aws:PrincipalOrgID"], "o-zzzzzzzzzz");
    open(ORGANIZATION, anyone(), nothing());
    // Whether an account is in it is not said.
    open(ORGANIZATION, json!({"AWS": "222222222222"}), nothing());
    closed(ORGANIZATION, json!({"AWS": "222222222222"}), json!({"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}));
    closed(ORGANIZATION, json!({"Service": "lambda.amazonaws.com"}), nothing());
    open(ORGANIZATION, anyone(), json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION}}));
}

/// A deny shuts out whom an allow lets in.
#[test]
fn denies_close() {
    let bucket = |condition: Value| {
        [(
            "b.resource.json",
            policy(json!([
                {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": BUCKET},
                {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": condition},
            ])),
        )]
    };
    let ask = |to: &'static str| ["--policy", "b.resource.json", "--no-access-from-outside", to];
    holds(&bucket(json!({"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}})), &ask(ORGANIZATION));
    holds(&bucket(json!({"StringNotEquals": {"aws:PrincipalAccount": OWN}})), &ask(OWN));
    // Who is anonymous has no organisation: of him nothing is asked. As account he has `anonymous`.
    fails(
        &bucket(
            json!({"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}, "Null": {"aws:PrincipalOrgID": "false"}}),
        ),
        &ask(ORGANIZATION),
    );
    holds(
        &bucket(json!({"StringNotEquals": {"aws:PrincipalAccount": OWN}, "Null": {"aws:PrincipalAccount": "false"}})),
        &ask(OWN),
    );
    fails(&bucket(json!({"StringNotEquals": {"aws:PrincipalAccount": [OWN, "anonymous"]}})), &ask(OWN));
}

/// The value of another key names nobody where who asks chooses it; whose the resource is, he does not choose.
#[test]
fn a_variable_names_somebody_only_by_the_resource() {
    for (key, value) in [
        ("aws:PrincipalOrgID", "${aws:PrincipalOrgID}"),
        ("aws:PrincipalAccount", "${aws:PrincipalAccount}"),
        ("aws:SourceVpce", "${aws:PrincipalTag/endpoint}"),
    ] {
        for to in ["anyone", OWN, ORGANIZATION] {
            let files = of_every_resource(&anyone(), &json!({"StringEquals": {key: value}}));
            let (_, code) = answer(&files, &["--policy", "bucket.resource.json", "--no-access-from-outside", to]);
            assert_ne!(code, 0, "{key} {value} {to}");
        }
    }
    closed("anyone", anyone(), json!({"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}));
}

/// A provider that others use too lets them in, in whatever account it is declared, unless a claim names whom it may.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>
#[test]
fn a_shared_provider_of_the_own_account_lets_others_in() {
    let provider = |name: &str| json!({"Federated": format!("arn:aws:iam::{OWN}:{name}")});
    let (github, sub) =
        ("oidc-provider/token.actions.githubusercontent.com", "token.actions.githubusercontent.com:sub");
    let trust = |name: &str, action: &str, condition: Value| {
        [("r.trust.json", granting(action, "", provider(name), condition))]
    };
    let web = "sts:AssumeRoleWithWebIdentity";
    let of_github = |condition: Value| trust(github, web, condition);
    for to in ["anyone", OWN] {
        let ask = ["--policy", "r.trust.json", "--no-access-from-outside", to];
        for condition in [
            nothing(),
            json!({"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}),
            json!({"StringLike": {sub: "*"}}),
            json!({"StringLike": {sub: "repo:*"}}),
            json!({"StringLike": {sub: "repo:acme*"}}),
            json!({"StringLike": {sub: "repo:*/main:*"}}),
            json!({"StringEqualsIfExists": {sub: "repo:acme/app:ref:refs/heads/main"}}),
            json!({"StringNotEquals": {sub: "repo:acme/app:ref:refs/heads/main"}}),
        ] {
            fails(&of_github(condition), &ask);
        }
        holds(&of_github(json!({"StringEquals": {sub: "repo:acme/app:ref:refs/heads/main"}})), &ask);
        holds(&of_github(json!({"StringLike": {sub: "repo:acme/*"}})), &ask);
    }
    // One that is the account's own.
    let ask = ["--policy", "r.trust.json", "--no-access-from-outside", OWN];
    holds(&trust("oidc-provider/login.example.com", web, nothing()), &ask);
    holds(&trust("saml-provider/Corp", "sts:AssumeRoleWithSAML", nothing()), &ask);
}

/// The policy of a resource is recognised by its principals; without `--kind` it need not be called so.
#[test]
fn kinds() {
    let files = [("p.json", granting("s3:GetObject", BUCKET, anyone(), nothing()))];
    fails(&files, &["--policy", "p.json", "--no-access-from-outside", "anyone"]);
    fails(&files, &["--policy", "p.json", "--kind", "resource", "--no-access-from-outside", "anyone"]);
    fails(&files, &["--policy", "p.json", "--never", "s3:GetObject on *"]);
    holds(&files, &["--policy", "p.json", "--never", "s3:PutObject on *"]);
}

/// What policies leave open is as it is of real requests.
#[test]
fn counterexamples_are_like_requests_of_aws() {
    let found = |statement: Value, claim: &str| {
        let files = [("a.json", policy(json!([statement])))];
        fails(&files, &["--policy", "a.json", "--never", claim])["counterexample"].clone()
    };
    let when = |action: &str, resource: &str, condition: Value| {
        let mut statement = allow(action, resource);
        statement["Condition"] = condition;
        statement
    };
    // Only users have a name; that has no path.
    let of_user = found(when("s3:GetObject", "*", json!({"Null": {"aws:username": "false"}})), "s3:* on *");
    assert_eq!(of_user["context"]["aws:username"], "someone", "{of_user:#}");
    assert_eq!(of_user["principal"], "arn:aws:iam::999999999999:user/someone", "{of_user:#}");
    // Who asks is of the partition of what he asks for.
    let in_china = found(allow("s3:GetObject", "arn:aws-cn:s3:::b/*"), "s3:* on *");
    assert!(in_china["principal"].as_str().unwrap().starts_with("arn:aws-cn:iam::"), "{in_china:#}");
    // A request goes to the region of its resource, which is an account's.
    let frankfurt = json!({"StringEquals": {"aws:RequestedRegion": "eu-central-1"}});
    for (resource, condition) in [("*", frankfurt), ("arn:aws:sqs:eu-central-1:*:*", json!({}))] {
        let found = found(when("sqs:SendMessage", resource, condition), "sqs:* on *");
        let arn = found["resource"].as_str().unwrap();
        assert!(arn.starts_with("arn:aws:sqs:eu-central-1:123456789012:"), "{found:#}");
    }
}

/// Whether a policy says whom it is for decides what can be claimed of it.
#[test]
fn claims_that_a_kind_cannot_keep_are_refused() {
    let identity = || policy(json!([allow("s3:GetObject", "arn:aws:s3:::b/*")]));
    let files = [
        ("a.json", identity()),
        ("b.json", granting("s3:GetObject", "arn:aws:s3:::b/*", anyone(), nothing())),
        ("e.endpoint.json", granting("*", "*", anyone(), nothing())),
    ];
    let refused = |arguments: &[&str]| {
        let output = prove(&files, arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        told
    };
    let told = refused(&["--policy", "a.json", "--no-access-from-outside", "anyone"]);
    assert!(told.contains("an identity policy lets nobody in") && told.contains("--kind resource"), "{told}");
    for claim in ["--within", "--equivalent", "--disjoint"] {
        for [one, other] in [["a.json", "b.json"], ["b.json", "a.json"]] {
            let told = refused(&["--policy", one, claim, other]);
            let said = "a resource-based policy says whom it is for, and an identity policy does not";
            assert!(told.contains(said) && told.contains("--kind"), "{told}");
        }
    }
    // An endpoint limits whoever comes through it.
    holds(&files, &["--policy", "a.json", "--within", "e.endpoint.json"]);
}

/// Only values that name somebody in full, or a network, keep the public out.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
#[test]
fn wildcards_name_nobody() {
    let bucket = |condition: Value| {
        let mut statement = allow("s3:GetObject", "arn:aws:s3:::b/*");
        statement["Principal"] = json!("*");
        statement["Condition"] = condition;
        [("b.json", policy(json!([statement])))]
    };
    let anyone = ["--policy", "b.json", "--kind", "resource", "--no-access-from-outside", "anyone"];
    for condition in [
        json!({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}),
        json!({"StringLike": {"aws:PrincipalAccount": "1*"}}),
        json!({"StringLike": {"aws:SourceVpce": "vpce-*"}}),
        json!({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}),
        json!({"Null": {"aws:PrincipalOrgID": "false"}}),
        json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}),
    ] {
        fails(&bucket(condition), &anyone);
    }
    for condition in [
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}}),
        json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
        json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
    ] {
        holds(&bucket(condition), &anyone);
    }
}

/// Who is not named is somebody else than who is, with the ARN that he has.
#[test]
fn an_account_that_is_named_has_many_roles() {
    let mut statement = allow("s3:GetObject", "arn:aws:s3:::b/*");
    statement["Principal"] = json!({"AWS": "111111111111"});
    statement["Condition"] = json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/admin"}});
    let found = fails(
        &[("b.json", policy(json!([statement])))],
        &["--policy", "b.json", "--kind", "resource", "--no-access-from-outside", "222222222222"],
    );
    assert_eq!(found["counterexample"]["principal"], "arn:aws:iam::111111111111:role/admin");
}

/// What a resource's policy grants to `principal`, and the same under a condition: whether the condition changes nothing.
#[track_caller]
fn changes_nothing(principal: Value, condition: Value) -> (Value, i32) {
    let of = |condition: Value| {
        let mut statement = allow("s3:GetObject", "arn:aws:s3:::b/*");
        (statement["Principal"], statement["Condition"]) = (principal.clone(), condition);
        statement
    };
    answer(&two(of(json!({})), of(condition)), &["--policy", "a.json", "--within", "b.json", "--kind", "resource"])
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[test]
fn what_follows_from_who_asks() {
    let holds = |principal: Value, condition: Value| {
        let (answer, code) = changes_nothing(principal, condition);
        assert_eq!(code, 0, "{answer:#}");
    };
    let fails = |principal: Value, condition: Value| {
        let (answer, code) = changes_nothing(principal, condition);
        assert_eq!(code, 1, "{answer:#}");
        answer
    };
    let session = || json!({"AWS": "arn:aws:sts::111122223333:assumed-role/r/s"});
    // The ARN of a session lacks the path of its role, which `aws:PrincipalArn` has.
    let found = fails(session(), json!({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/r"}}));
    let arn = found["counterexample"]["context"]["aws:PrincipalArn"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:iam::111122223333:role/") && arn.ends_with("/r"), "{arn}");
    holds(
        session(),
        json!({"ArnLike": {"aws:PrincipalArn": [
            "arn:aws:iam::111122223333:role/r", "arn:aws:iam::111122223333:role/*/r",
        ]}}),
    );
    // A role of which one session is named has others.
    let other = fails(
        json!({"AWS": "111122223333"}),
        json!({"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/r"}}),
    );
    assert_eq!(other["counterexample"]["principal"], "arn:aws:iam::111122223333:role/r");
    let by_arn = |principal: Value| {
        let mut statement = allow("s3:GetObject", "arn:aws:s3:::b/*");
        statement["Principal"] = principal;
        statement["Condition"] = json!({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/r"}});
        statement
    };
    let within = ["--policy", "a.json", "--within", "b.json", "--kind", "resource"];
    self::fails(&two(by_arn(json!("*")), by_arn(session())), &within);
    // An account has federated users too, whose ARNs are of STS; so has a user.
    let account = || json!({"AWS": "111122223333"});
    fails(account(), json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:*"}}));
    holds(
        account(),
        json!({"ArnLike": {"aws:PrincipalArn": ["arn:*:iam::111122223333:*", "arn:*:sts::111122223333:*"]}}),
    );
    let user = "arn:aws:iam::111122223333:user/u";
    fails(json!({"AWS": user}), json!({"ArnEquals": {"aws:PrincipalArn": user}}));
    let federated = "arn:aws:sts::111122223333:federated-user/u";
    holds(json!({"AWS": user}), json!({"ArnEquals": {"aws:PrincipalArn": [user, federated]}}));
    // An account may be one of another partition.
    let root = "arn:aws-cn:iam::111122223333:root";
    fails(json!({"AWS": root}), json!({"ArnNotLike": {"aws:PrincipalArn": root}}));
    // Requests that are not signed have an account, `anonymous`, but do not say whether a service asks.
    let found = fails(json!("*"), json!({"StringNotEquals": {"aws:PrincipalAccount": "anonymous"}}));
    assert_eq!(found["counterexample"]["principal"], "*");
    let found = fails(json!("*"), json!({"Null": {"aws:PrincipalIsAWSService": "false"}}));
    assert_eq!(found["counterexample"]["principal"], "*");
    holds(json!("*"), json!({"BoolIfExists": {"aws:PrincipalIsAWSService": ["true", "false"]}}));
    holds(json!({"Service": "s3.amazonaws.com"}), json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}));
    // One page says that they have the id `anonymous`, another that they have none.
    let found = fails(json!("*"), json!({"StringNotEquals": {"aws:userid": "anonymous"}}));
    assert_eq!(found["counterexample"]["context"]["aws:userid"], "anonymous");
    fails(json!("*"), json!({"Null": {"aws:userid": "false"}}));
}

/// Whose a canonical user id is, is not known: it may be anybody's, but of one it is the same everywhere.
#[test]
fn canonical_users() {
    let user = |id: &str, action: &str, effect: &str| {
        let mut statement = allow(action, "arn:aws:s3:::b/*");
        statement["Effect"] = json!(effect);
        statement["Principal"] = json!({"CanonicalUser": id, "AWS": "111122223333"});
        statement
    };
    let get = |id: &str| user(id, "s3:GetObject", "Allow");
    let within = ["--policy", "a.json", "--within", "b.json", "--kind", "resource"];
    let unknown = |files: &[(&str, Value)], arguments: &[&str]| {
        let (answer, code) = answer(files, arguments);
        assert_eq!(code, 3, "{answer:#}");
    };
    holds(&two(get("a"), get("a")), &within);
    holds(&two(get("a"), user("a", "s3:Get*", "Allow")), &within);
    holds(&two(get("a"), get("b")), &["--policy", "a.json", "--never", "s3:PutObject on *", "--kind", "resource"]);
    unknown(&two(get("a"), get("b")), &within);
    fails(&two(get("a"), user("a", "s3:Put*", "Allow")), &within);
    let open = ["--policy", "a.json", "--no-access-from-outside", "111122223333", "--kind", "resource"];
    unknown(&two(get("a"), get("a")), &open);
    // A deny to the user closes to him what is open to all.
    let all = |statement: Value| {
        let mut other = get("a");
        other["Principal"] = json!("*");
        [("a.json", policy(json!([other]))), ("b.json", policy(json!([other, statement])))]
    };
    fails(&all(user("a", "s3:*", "Deny")), &within);
}

/// The exit code of a claim about a source, with settings if there are some.
fn code_of(claim: &str, source: &str, settings: &str) -> Option<i32> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.lw"), source).unwrap();
    std::fs::write(folder.path().join("leastwise.toml"), settings).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
    command.current_dir(folder.path()).args(["prove", claim, "p.lw"]).output().unwrap().status.code()
}

/// What nobody who compiles a policy knows is not proved of it.
#[test]
fn an_extern_may_be_anything() {
    let asked = |resource: &str| {
        let source =
            format!("extern name: String\npolicy p {{ allow s3:GetObject on s3.object({resource}, \"*\") }}\n");
        code_of(r#"p never allows s3:GetObject on s3.object("secret", "*")"#, &source, "")
    };
    assert_eq!(asked(r#""open""#), Some(0));
    assert_eq!(asked(r#""secret""#), Some(1));
    assert_eq!(asked("name"), Some(3));
}

/// Which account a role is in, only the settings say.
#[test]
fn a_role_may_be_deployed_in_any_account() {
    let source = r#"policy p { allow s3:GetObject on * when aws:PrincipalAccount != "123456789012" }
        role R { policy p }"#;
    let asked = |settings: &str| code_of("R never allows s3:GetObject on *", source, settings);
    assert_eq!(asked(""), Some(1));
    assert_eq!(asked("[defaults]\naccount = \"111111111111\"\n"), Some(1));
    assert_eq!(asked("[defaults]\naccount = \"123456789012\"\n"), Some(0));
}

// Claims in words, about sources

const SOURCES: [(&str, &str); 3] = [
    ("leastwise.toml", "[defaults]\naccount = \"123456789012\"\n"),
    (
        "orders.lw",
        r#"let uploads = s3.bucket("acme-uploads")

boundary developer {
  allow {dynamodb,s3}:* on *
}

policy orders-worker {
  Read: allow s3:GetObject on s3.object(uploads, "in/*") when aws:SecureTransport
}

policy admin {
  allow iam:*, s3:PutObject on *
}

policy writing(bucket: s3.bucket) {
  allow s3:PutObject on s3.object(bucket, "*")
}

policy writer = writing(uploads)

scp frozen {
  deny s3:PutObject on * unless aws:PrincipalTag/team == "orders"
}

organization acme "o-a1b2c3d4e5" {
  scp frozen
  account main "123456789012" {
  }
}

role Worker {
  policy orders-worker, admin
  boundary developer
}

prove "the block of the project is not what is asked" {
  admin never allows iam:* on *
}
"#,
    ),
    (
        "reading.lw",
        r#"let uploads = s3.bucket("acme-others")

policy reader {
  allow s3:GetObject on s3.object(uploads, "*")
}
"#,
    ),
];

fn claim(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in SOURCES {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
    command.current_dir(folder.path()).env_remove("CI").arg("prove").args(arguments).output().unwrap()
}

#[track_caller]
fn claimed(arguments: &[&str]) -> (Value, i32) {
    let output = claim(arguments);
    let found = serde_json::from_slice(&output.stdout);
    let value = found.unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr)));
    (value, output.status.code().unwrap())
}

#[test]
fn claims_about_declarations() {
    let holds = [
        "developer never allows iam:* on *",
        "orders-worker within developer",
        "writer within developer",
        "writer equivalent writer",
        "writer disjoint orders-worker",
        "reader always allows s3:GetObject on s3.object(\"acme-others\", \"a\")",
        "reader always allows s3:GetObject on s3.object(reading.uploads, \"*\")",
        "writer never allows s3:* on * except s3.object(orders.uploads, \"*\")",
        "frozen always denies s3:PutObject on * when aws:PrincipalTag/team == \"sales\"",
        // The boundary takes away what `admin` gives.
        "Worker never allows iam:* on *",
        // The organisation takes away what is left.
        "Worker never allows s3:PutObject on * unless aws:PrincipalTag/team == \"orders\"",
    ];
    for text in holds {
        let (answer, code) = claimed(&[text]);
        assert_eq!((&answer["holds"], code), (&json!(true), 0), "{text}: {answer:#}");
    }
    let fails = [
        "admin never allows iam:* on *",
        "admin within developer",
        "reader equivalent writer",
        "admin disjoint writer",
        "orders-worker always allows s3:GetObject on s3.object(orders.uploads, \"in/*\")",
        "Worker never allows s3:PutObject on *",
    ];
    for text in fails {
        let (answer, code) = claimed(&[text]);
        assert_eq!((&answer["holds"], code), (&json!(false), 1), "{text}: {answer:#}");
    }
}

#[test]
fn an_answer_about_a_declaration_names_its_statements() {
    let (answer, _) = claimed(&["orders-worker within reader"]);
    assert_eq!(
        answer["statement"],
        json!({"policy": "policy/orders-worker", "index": 0, "sid": "Read", "place": "orders.lw:8:9"})
    );
    assert_eq!(answer["nearest"]["place"], "reading.lw:4:3");
    assert_eq!(answer["counterexample"]["context"], json!({"aws:SecureTransport": "true"}));
    // Of a role, the statement of one of its policies.
    let (answer, _) = claimed(&["Worker never allows s3:PutObject on *"]);
    assert_eq!(answer["statement"]["policy"], "policy/admin");
    assert_eq!(answer["counterexample"]["principal"], "arn:aws:iam::123456789012:role/Worker");
    let output = claim(&["orders-worker within reader", "--output", "text"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("it does not hold\ns3:GetObject on arn:aws:s3:::acme-uploads/in/"), "{text}");
    assert!(text.contains("the statement at orders.lw:8:9 lets it through"), "{text}");
}

#[test]
fn a_claim_is_about_the_files_that_are_named() {
    assert_eq!(
        claimed(&["reader never allows iam:* on *", "reading.lw"]),
        claimed(&["reader never allows iam:* on *"])
    );
    // One of them says which `uploads` is meant.
    let text = "reader always allows s3:GetObject on s3.object(uploads, \"*\")";
    assert_eq!(claimed(&[text, "reading.lw"]).1, 0);
    let output = claim(&["developer never allows iam:* on *", "reading.lw"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_mistake_in_a_claim_is_shown_at_its_word() {
    for (text, place, words) in [
        ("develper never allows iam:* on *", "1:1", "did you mean `developer`?"),
        ("developer never allow iam:* on *", "1:17", "expected `allows`"),
        ("developer never", "1:16", "the claim ends too early"),
        ("developer never allows s3:GetObjekt on *", "1:24", "did you mean `s3:GetObject`?"),
        ("developer never allows s3:* on \"{foo}\"", "1:34", "nothing here is called `foo`"),
        ("developer\n  within wrter", "2:10", "did you mean `writer`?"),
        ("developer within writer }", "1:25", "`}` closes nothing here"),
        ("developer within writer } policy x { allow s3:* on *", "1:25", "`}` closes nothing here"),
        ("developer allows s3:GetObject on *", "1:1", "this claim belongs in a `test` block"),
        ("writing never allows s3:* on *", "1:1", "instantiate the template"),
        ("reader never allows s3:* on uploads", "1:29", "more than one file declares `uploads`"),
        ("reader never allows s3:* on \"unclosed", "1:29", "this string is not closed"),
    ] {
        let output = claim(&[text]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{text}: {said}");
        assert!(said.contains(&format!("<claim>:{place}\n")) && said.contains(words), "{text}: {said}");
    }
    for arguments in [
        &[""][..],
        &["developer within writer\nreader within writer"],
        &["developer within writer", "--policy", "a.json"],
        &["developer within writer", "--never", "s3:* on *"],
        &["developer within writer", "a.json"],
        &["developer within writer", "missing.lw"],
    ] {
        let output = claim(arguments);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}");
    }
}

/// The requests of `--never` and `--always` are a claim but for its beginning.
#[test]
fn a_mistake_in_requests_is_shown_at_its_word() {
    let files = [("a.json", policy(json!([allow("s3:*", "*")])))];
    let output = prove(&files, &["--policy", "a.json", "--never", "s3:GetObjekt on *"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("<claim>:1:1\n"), "{said}");
    let output = prove(&files, &["--policy", "a.json", "--always", "s3:GetObject on"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("<claim>:1:16\n"), "{said}");
}

#[test]
fn what_does_not_compile_is_not_claimed_anything_of() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.lw"), "policy a { allow s3:GetObjekt on * }\npolicy b { allow s3:* on * }\n")
        .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
    let output = command.current_dir(folder.path()).args(["prove", "b never allows iam:* on *"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("a.lw:1:18"), "{said}");
}

/// How far the catalogue is relied on.
#[test]
fn worlds() {
    let (all, tables) = (allow("dynamodb:GetItem", "*"), allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/*"));
    let within = ["--policy", "a.json", "--within", "b.json"];
    let with = |option: &'static str| [&within[..], &[option]].concat();
    holds(&two(all.clone(), tables.clone()), &within);
    fails(&two(all.clone(), tables.clone()), &with("--open-world"));
    let listed = || allow("sqs:List*", "*");
    let mut today = listed();
    today["Action"] =
        json!(["sqs:ListDeadLetterSourceQueues", "sqs:ListMessageMoveTasks", "sqs:ListQueues", "sqs:ListQueueTags",]);
    fails(&two(listed(), today.clone()), &within);
    holds(&two(listed(), today.clone()), &with("--closed-world"));
    // What a proof rests on is said: nothing, the actions of the catalogue, that there are no others.
    let rests_on = |(a, b): (Value, Value), option: &'static str| {
        let (json, _) = answer(&two(a.clone(), b.clone()), &with(option));
        let text = prove(&two(a, b), &[&with(option)[..], &["--output", "text"]].concat());
        (json["world"].clone(), String::from_utf8(text.stdout).unwrap())
    };
    let every = || (json!("open"), "it holds of every request\n".to_owned());
    for option in ["--closed-world", "--open-world", "--set=a=b"] {
        assert_eq!(rests_on((tables.clone(), all.clone()), option), every());
    }
    for option in ["--closed-world", "--set=a=b"] {
        let (world, text) = rests_on((all.clone(), tables.clone()), option);
        assert_eq!(world, "documented");
        assert!(text.contains("that the catalogue has for its action"), "{text}");
    }
    let (world, text) = rests_on((listed(), today.clone()), "--closed-world");
    assert_eq!(world, "closed");
    assert!(text.contains("for an action that the catalogue has"), "{text}");
    // No request is like that, so nothing is proved of it.
    let files = two(all, tables);
    let nothing = ["--policy", "a.json", "--never", "dynamodb:GetItem on s3.bucket(\"b\")"];
    let output = prove(&files, &nothing);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no request is like that"));
    fails(&files, &[&nothing[..], &["--open-world"]].concat());
}

/// Beside a control policy that only denies stands the one that allows everything.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>
#[test]
fn control_policies_stand_beside_full_access() {
    let deny = |actions: Value| policy(json!([{"Effect": "Deny", "Action": actions, "Resource": "*"}]));
    let rcp = |action: &str| policy(json!([{"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"}]));
    let files = [
        ("a.scp.json", deny(json!("ec2:*"))),
        ("b.scp.json", deny(json!(["ec2:*", "s3:*"]))),
        ("only.scp.json", policy(json!([allow("s3:*", "*")]))),
        ("a.rcp.json", rcp("sqs:*")),
        ("b.rcp.json", rcp("s3:*")),
    ];
    let of_a = |what: &'static str, of: &'static str| ["--policy", "a.scp.json", what, of];
    let found = fails(&files, &of_a("--never", "s3:* on *"));
    assert!(found["statement"].is_null(), "no statement of the file allows it: {found:#}");
    holds(&files, &of_a("--always", "s3:* on *"));
    holds(&files, &of_a("--never", "ec2:* on *"));
    fails(&files, &of_a("--within", "b.scp.json"));
    fails(&files, &of_a("--disjoint", "b.scp.json"));
    holds(&files, &["--policy", "b.scp.json", "--within", "a.scp.json"]);
    // One that allows is attached in the place of full access.
    holds(&files, &["--policy", "only.scp.json", "--never", "sqs:* on *"]);
    fails(&files, &["--policy", "a.rcp.json", "--equivalent", "b.rcp.json"]);
    holds(&files, &["--policy", "a.rcp.json", "--always", "s3:* on *"]);
}

/// A claim about actions that AWS does not have would hold of every policy.
#[test]
fn claims_about_no_action() {
    let files = [("a.json", policy(json!([allow("s3:*", "*")])))];
    for (pattern, help) in [
        ("lamdba:*", "did you mean `lambda:*`?"),
        ("s3:Gett*", "`leastwise catalogue s3` lists its actions"),
        ("nosuch:Get*", "lists the services"),
    ] {
        let claim = format!("{pattern} on *");
        let output = prove(&files, &["--policy", "a.json", "--never", &claim]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("`{pattern}` stands for no action")) && said.contains(help), "{said}");
    }
    fails(&files, &["--policy", "a.json", "--never", "s3:*Object* on *"]);
    fails(&files, &["--policy", "a.json", "--never", "* on *"]);
}

/// Whoever has an identity of a provider that many share is in nobody's account, unless the policy says whose it is. Of a directory that is one account's own, all are its
/// users: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>
#[test]
fn identities_of_providers() {
    let trust = |provider: &str, condition: Value| {
        let action =
            if provider.contains(":saml-") { "sts:AssumeRoleWithSAML" } else { "sts:AssumeRoleWithWebIdentity" };
        let statement = json!({
            "Effect": "Allow", "Principal": {"Federated": provider}, "Action": action, "Condition": condition,
        });
        [("t.trust.json", policy(json!([statement])))]
    };
    let ask = |to: &'static str| ["--policy", "t.trust.json", "--no-access-from-outside", to];
    let of_oidc = |account: &str, issuer: &str| format!("arn:aws:iam::{account}:oidc-provider/{issuer}");
    let github = of_oidc(OWN, "token.actions.githubusercontent.com");
    let equals = |key: &str, value: &str| json!({"StringEquals": {key: value}});
    let like = |key: &str, value: &str| json!({"StringLike": {key: value}});
    let subject = "token.actions.githubusercontent.com:sub";
    // Everybody has a repository.
    for to in ["anyone", OWN, ORGANIZATION] {
        fails(&trust(&github, nothing()), &ask(to));
        fails(&trust(&github, equals("token.actions.githubusercontent.com:aud", "sts.amazonaws.com")), &ask(to));
        fails(&trust(&github, like(subject, "repo:*")), &ask(to));
        fails(&trust(&github, like(subject, "repo:acm*")), &ask(to));
        fails(&trust(&github, json!({"StringNotEquals": {subject: "repo:acme/api:ref:refs/heads/main"}})), &ask(to));
    }
    // Those of one owner are whom the account that has set the provider up takes for its users.
    for condition in [
        like(subject, "repo:acme/*"),
        equals(subject, "repo:acme/api:ref:refs/heads/main"),
        json!({
            "StringLike": {subject: "repo:*"},
            "StringEquals": {"token.actions.githubusercontent.com:repository_owner": "acme"},
        }),
    ] {
        holds(&trust(&github, condition.clone()), &ask("anyone"));
        holds(&trust(&github, condition.clone()), &ask(OWN));
        fails(&trust(&github, condition), &ask(ORGANIZATION));
    }
    // Of Google it is the audience that says whose application it is.
    holds(&trust("accounts.google.com", equals("accounts.google.com:aud", "app")), &ask("anyone"));
    fails(&trust("accounts.google.com", nothing()), &ask("anyone"));
    // One's own directories.
    let cluster = "oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF";
    let pool = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf";
    let saml = |account: &str| format!("arn:aws:iam::{account}:saml-provider/corp");
    let of_saml = |account: &str| trust(&saml(account), equals("SAML:aud", "https://signin.aws.amazon.com/saml"));
    let directories = |account: &str| {
        [
            trust(&of_oidc(account, cluster), equals(&format!("{cluster}:sub"), "system:serviceaccount:shop:orders")),
            trust(&of_oidc(account, pool), nothing()),
            trust(&of_oidc(account, "login.example.com"), nothing()),
            of_saml(account),
        ]
    };
    for own in directories(OWN) {
        holds(&own, &ask("anyone"));
        holds(&own, &ask(OWN));
    }
    for other in directories("222222222222") {
        holds(&other, &ask("anyone"));
        fails(&other, &ask(OWN));
        fails(&other, &ask(ORGANIZATION));
    }
}
