//! `simulate`: the answer to one request, its reason, and how it is asked from a shell.

use std::process::{Command, Output};

use serde_json::Value;

const SOURCE: &str = r#"
let orders = dynamodb.table("orders")
let data = s3.bucket("data")
policy worker {
  allow dynamodb:{GetItem,PutItem} on orders when aws:PrincipalTag/team == "orders"
  allow s3:GetObject on s3.object(data, "home/${aws:PrincipalTag/team}/*")
  allow s3:DeleteObject on s3.object(data, *) when aws:ResourceAccount == "${aws:PrincipalAccount}"
  deny dynamodb:PutItem on orders unless aws:SecureTransport
}
boundary limit { allow {dynamodb,s3}:Get* on * }
trust by-lambda { allow sts:AssumeRole to service("lambda.amazonaws.com") when aws:SourceAccount == "123456789012" }
role Worker { trust by-lambda boundary limit policy worker path "/app/" }
scp lock { deny dynamodb:* on * unless aws:RequestedRegion == "eu-west-1" }
rcp tls { deny s3:* on * unless aws:SecureTransport }
organization acme "o-a1b2c3d4e5" {
  management "999999999999"
  rcp tls
  unit workloads { scp lock account prod "123456789012" { } }
}
"#;

const TABLE: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";

fn ask_in(account: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let settings = format!("[defaults]\naccount = \"{account}\"\nregion = \"eu-west-1\"\n");
    std::fs::write(folder.path().join("leastwise.toml"), settings).unwrap();
    std::fs::write(folder.path().join("a.lw"), SOURCE).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
    command.current_dir(folder.path()).env_remove("CI").arg("simulate").args(arguments).output().unwrap()
}

/// The answer as JSON, and the exit code.
fn answer_in(account: &str, who: &str, action: &str, resource: &str, more: &[&str]) -> (Value, i32) {
    let mut arguments = vec!["--as", who, "--action", action, "--resource", resource, "--output", "json"];
    arguments.extend(more);
    let output = ask_in(account, &arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    let value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (value, output.status.code().unwrap())
}

fn answer(who: &str, action: &str, resource: &str, more: &[&str]) -> (Value, i32) {
    answer_in("123456789012", who, action, resource, more)
}

const IN_REGION: [&str; 2] = ["--context", "aws:RequestedRegion=eu-west-1"];
const OF_TEAM: [&str; 2] = ["--context", "aws:PrincipalTag/team=orders"];

#[test]
fn what_is_not_given_is_unknown_and_the_decision_depends_on_it() {
    let (answer, code) = answer("Worker", "dynamodb:GetItem", TABLE, &[]);
    assert_eq!(answer["decision"], "Depends");
    assert_eq!(answer["open"], serde_json::json!(["aws:PrincipalTag/team", "aws:RequestedRegion"]));
    assert_eq!(code, 3);
}

#[test]
fn strict_requests_have_what_is_given_only() {
    let (answer, code) = answer("Worker", "dynamodb:GetItem", TABLE, &["--strict"]);
    // `StringNotEquals` holds of a key that the request does not have.
    assert_eq!((&answer["decision"], &answer["by"]), (&"ExplicitlyDenied".into(), &"service control policy".into()));
    assert_eq!(code, 1);
}

#[test]
fn a_role_may_be_named_by_its_arn_and_keys_decide() {
    let arn = "arn:aws:iam::123456789012:role/app/Worker";
    let (answer, code) = answer(arn, "dynamodb:getitem", TABLE, &[IN_REGION, OF_TEAM].concat());
    assert_eq!((&answer["decision"], code), (&"Allowed".into(), 0));
    assert_eq!(answer["request"]["action"], "dynamodb:GetItem");
    assert_eq!(answer["allowedWith"], Value::Null);
}

#[test]
fn the_reason_goes_clause_by_clause() {
    let (answer, _) = answer("Worker", "dynamodb:PutItem", TABLE, &[&IN_REGION[..], &["--strict"]].concat());
    assert_eq!(answer["decision"], "ExplicitlyDenied");
    let policy = answer["policies"].as_array().unwrap().iter().find(|one| one["policy"] == "policy worker").unwrap();
    let statements = policy["statements"].as_array().unwrap();
    let places: Vec<&str> = statements.iter().map(|one| one["place"].as_str().unwrap()).collect();
    assert_eq!(places, ["a.lw:5:3", "a.lw:6:3", "a.lw:7:3", "a.lw:8:3"]);
    let applies: Vec<&str> = statements.iter().map(|one| one["applies"].as_str().unwrap()).collect();
    assert_eq!(applies, ["no", "no", "no", "yes"]);
    assert_eq!(statements[0]["condition"][0]["holds"], "no");
    assert_eq!(statements[1]["action"], false);
}

#[test]
fn the_layer_that_withholds_is_named() {
    let more = [&IN_REGION[..], &OF_TEAM[..], &["--context", "aws:SecureTransport=true"]].concat();
    let (answer, _) = answer("Worker", "dynamodb:PutItem", TABLE, &more);
    assert_eq!((&answer["decision"], &answer["by"]), (&"ImplicitlyDenied".into(), &"permissions boundary".into()));
    // No value of a key would help: the boundary has no statement about the action.
    assert_eq!(answer["allowedWith"], Value::Null);
}

#[test]
fn the_nearest_miss_is_tried_before_it_is_told() {
    let (one, _) = answer("Worker", "dynamodb:GetItem", TABLE, &[&IN_REGION[..], &["--strict"]].concat());
    assert_eq!(one["allowedWith"], serde_json::json!({ "aws:PrincipalTag/team": "orders" }));
    // A variable of the resource, and a denial of another layer.
    let plain = ["--strict", "--context", "aws:SecureTransport=false"];
    let (two, _) = answer("Worker", "s3:GetObject", "arn:aws:s3:::data/home/web/x", &plain);
    assert_eq!(
        two["allowedWith"],
        serde_json::json!({ "aws:PrincipalTag/team": "web", "aws:SecureTransport": "true" })
    );
    let arguments = [&two["allowedWith"]].map(|settings| {
        let set = settings.as_object().unwrap().iter();
        set.flat_map(|(key, value)| ["--context".to_owned(), format!("{key}={}", value.as_str().unwrap())])
            .collect::<Vec<_>>()
    });
    let again: Vec<&str> = arguments[0].iter().map(String::as_str).chain(["--strict"]).collect();
    let (again, _) = answer("Worker", "s3:GetObject", "arn:aws:s3:::data/home/web/x", &again);
    assert_eq!(again["decision"], "Allowed");
}

#[test]
fn services_are_let_in_by_the_policy_of_the_resource() {
    let role = "arn:aws:iam::123456789012:role/app/Worker";
    let (open, _) = answer("lambda.amazonaws.com", "sts:AssumeRole", role, &[]);
    assert_eq!((&open["decision"], &open["open"][0]), (&"Depends".into(), &"aws:SourceAccount".into()));
    let source = ["--context", "aws:SourceAccount=123456789012"];
    assert_eq!(answer("lambda.amazonaws.com", "sts:AssumeRole", role, &source).0["decision"], "Allowed");
    assert_eq!(answer("ec2.amazonaws.com", "sts:AssumeRole", role, &source).0["decision"], "ImplicitlyDenied");
    assert_eq!(answer("*", "sts:AssumeRole", role, &source).0["decision"], "ImplicitlyDenied");
}

#[test]
fn the_policies_of_an_organisation_do_not_reach_its_management_account() {
    let (answer, _) = answer_in("999999999999", "Worker", "dynamodb:GetItem", TABLE, &OF_TEAM);
    let layers = answer["policies"].as_array().unwrap().iter();
    assert!(layers.clone().all(|one| one["layer"] != "service control policy"), "{answer:#}");
}

#[test]
fn text_leads_with_the_decision() {
    let output = ask_in(
        "123456789012",
        &[&["--as", "Worker", "--action", "dynamodb:GetItem", "--resource", TABLE, "--strict"], &IN_REGION[..]]
            .concat(),
    );
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("denied: no statement of the identity policy allows it\n"), "{text}");
    assert!(text.contains("      condition: aws:PrincipalTag/team StringEquals orders does not hold\n"), "{text}");
    assert!(text.ends_with("it would be allowed if `aws:PrincipalTag/team` were `orders`\n"), "{text}");
}

#[test]
fn what_cannot_be_answered_is_refused() {
    let refused = |arguments: &[&str]| {
        let output = ask_in("123456789012", arguments);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let ask = |who, action, resource| refused(&["--as", who, "--action", action, "--resource", resource]);
    assert!(ask("worker", "dynamodb:GetItem", TABLE).contains("did you mean `Worker`?"));
    assert!(ask("Worker", "dynamodb:GetItme", TABLE).contains("did you mean `dynamodb:GetItem`?"));
    assert!(ask("Worker", "s3:GetObject", "arn:aws:s3:::data/*").contains("is a pattern"));
    assert!(ask("Worker", "s3:GetObject", "*").contains("is asked for about a resource"));
    let other = "arn:aws:iam::123456789012:user/someone";
    assert!(ask(other, "dynamodb:GetItem", TABLE).contains("are not known"));
    let key =
        ["--as", "Worker", "--action", "dynamodb:GetItem", "--resource", TABLE, "--context", "aws:RequestedRegoin=x"];
    assert!(refused(&key).contains("did you mean `aws:RequestedRegion`?"));
    refused(&["--as", "Worker"]);
    refused(&[]);
}
