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
session only-gets { allow {dynamodb,s3}:Get* on * }
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

#[test]
fn a_request_goes_through_a_session() {
    let more = [&IN_REGION[..], &OF_TEAM[..], &["--through", "only-gets"]].concat();
    let (allowed, _) = answer("Worker", "dynamodb:GetItem", TABLE, &more);
    assert_eq!(allowed["decision"], "Allowed");
    let layers: Vec<&Value> = allowed["policies"].as_array().unwrap().iter().map(|one| &one["layer"]).collect();
    assert!(layers.contains(&&Value::from("session policy")), "{layers:?}");
}

#[test]
fn the_level_that_withholds_is_named() {
    let (answer, _) = answer("Worker", "dynamodb:GetItem", TABLE, &OF_TEAM);
    let levels: Vec<&Value> = answer["policies"].as_array().unwrap().iter().map(|one| &one["level"]).collect();
    assert!(levels.contains(&&Value::from("organization acme")), "{levels:?}");
    assert!(levels.contains(&&Value::from("account prod")), "{levels:?}");
}

/// An account: a user with a group, a role with a boundary and a trust policy.
fn export() -> Value {
    let policy = |statement: Value| serde_json::json!({ "Version": "2012-10-17", "Statement": [statement] });
    let allow = |actions: &[&str]| policy(serde_json::json!({ "Effect": "Allow", "Action": actions, "Resource": "*" }));
    let managed = |name: &str, document: Value| {
        serde_json::json!({
            "PolicyName": name, "Arn": format!("arn:aws:iam::111122223333:policy/{name}"),
            "PolicyVersionList": [
                { "Document": allow(&["*"]), "VersionId": "v1", "IsDefaultVersion": false },
                { "Document": document, "VersionId": "v2", "IsDefaultVersion": true },
            ],
        })
    };
    let attached = |name: &str| serde_json::json!([{ "PolicyName": name, "PolicyArn": format!("arn:aws:iam::111122223333:policy/{name}") }]);
    serde_json::json!({
        "UserDetailList": [{
            "UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana", "GroupList": ["developers"],
            "AttachedManagedPolicies": [],
        }],
        "GroupDetailList": [{
            "GroupName": "developers", "Arn": "arn:aws:iam::111122223333:group/developers",
            "GroupPolicyList": [{ "PolicyName": "read", "PolicyDocument": allow(&["s3:GetObject"]) }],
            "AttachedManagedPolicies": attached("launch"),
        }],
        "RoleDetailList": [{
            "RoleName": "worker", "Path": "/app/", "Arn": "arn:aws:iam::111122223333:role/app/worker",
            "AssumeRolePolicyDocument": policy(serde_json::json!({
                "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:user/ana" }, "Action": "sts:AssumeRole",
            })),
            "RolePolicyList": [], "AttachedManagedPolicies": attached("launch"),
            "PermissionsBoundary": { "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/limit" },
        }],
        "Policies": [
            managed("launch", allow(&["ec2:RunInstances", "iam:PassRole", "s3:PutObject"])),
            managed("limit", allow(&["s3:*"])),
        ],
    })
}

/// The answer to a question about JSON files, and the exit code.
fn ask_json(files: &[(&str, Value)], arguments: &[&str]) -> (Value, i32, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in files {
        std::fs::write(folder.path().join(name), value.to_string()).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
    command.current_dir(folder.path()).arg("simulate").args(arguments).args(["--output", "json"]);
    let output = command.output().unwrap();
    let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (answer, output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

const OBJECT: &str = "arn:aws:s3:::bucket/key";
const INSTANCE: &str = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1";
const IMAGE: &str = "arn:aws:ec2:eu-west-1::image/ami-1";
const WORKER: &str = "arn:aws:iam::111122223333:role/app/worker";

#[test]
fn an_account_has_groups_boundaries_and_trust_policies() {
    let decided = |who: &str, action: &str, resource: &str| {
        let asked = ["export.json", "--as", who, "--action", action, "--resource", resource];
        let (answer, _, errors) = ask_json(&[("export.json", export())], &asked);
        assert_ne!(answer, Value::Null, "{errors}");
        (answer["decision"].as_str().unwrap().to_owned(), answer["by"].as_str().unwrap_or_default().to_owned())
    };
    let allowed = |by: &str| ("Allowed".to_owned(), by.to_owned());
    let withheld = |by: &str| ("ImplicitlyDenied".to_owned(), by.to_owned());
    // By the group's embedded policy, and by the managed one that is attached to it.
    assert_eq!(decided("ana", "s3:GetObject", OBJECT), allowed("identity policy"));
    assert_eq!(decided("arn:aws:iam::111122223333:user/ana", "ec2:RunInstances", INSTANCE), allowed("identity policy"));
    // The default version of a managed policy counts, not the first.
    assert_eq!(decided("ana", "s3:DeleteObject", OBJECT), withheld("identity policy"));
    assert_eq!(decided("worker", "s3:PutObject", OBJECT), allowed("identity policy"));
    assert_eq!(decided("worker", "ec2:RunInstances", INSTANCE), withheld("permissions boundary"));
    let session = "arn:aws:sts::111122223333:assumed-role/worker/now";
    assert_eq!(decided(session, "ec2:RunInstances", INSTANCE), withheld("permissions boundary"));
    // Named in the trust policy, which needs no identity policy in the same account.
    assert_eq!(decided("ana", "sts:AssumeRole", WORKER), allowed("resource-based policy"));
}

#[test]
fn a_request_on_several_resources_needs_all_of_them_and_the_role_that_it_passes() {
    let launch = ["export.json", "--as", "ana", "--action", "ec2:RunInstances", "--resource", INSTANCE];
    let (one, code, _) = ask_json(&[("export.json", export())], &launch);
    assert_eq!((&one["decision"], code), (&"Allowed".into(), 0));
    assert!(one["alsoNeeded"].as_array().unwrap().contains(&"iam:PassRole".into()), "{one:#}");
    let more = [&launch[..], &["--resource", IMAGE, "--passes", WORKER]].concat();
    let (all, code, _) = ask_json(&[("export.json", export())], &more);
    assert_eq!((&all["decision"], code, all["checks"].as_array().unwrap().len()), (&"Allowed".into(), 0, 3));
    assert_eq!(all["checks"][2]["request"]["action"], "iam:PassRole");
    let deny = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": { "Effect": "Deny", "Action": "iam:PassRole", "Resource": "*" },
    });
    let guarded = [&more[..], &["--layer", "scp=guard.json"]].concat();
    let (denied, code, _) = ask_json(&[("export.json", export()), ("guard.json", deny)], &guarded);
    assert_eq!((&denied["decision"], code), (&"ExplicitlyDenied".into(), 1));
    assert_eq!(denied["checks"][2]["by"], "service control policy");
}

#[test]
fn json_files_are_the_layers_of_one_identity() {
    let statement = |effect: &str, action: &str| {
        serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": effect, "Action": action, "Resource": "*" }],
        })
    };
    let mut bucket = statement("Allow", "s3:PutObject");
    bucket["Statement"][0]["Principal"] = serde_json::json!({ "AWS": "arn:aws:iam::111122223333:user/ana" });
    let files = [
        ("get.json", statement("Allow", "s3:Get*")),
        ("all.boundary.json", statement("Allow", "s3:*")),
        ("bucket.json", bucket),
    ];
    let ask = |who: &str, action: &str, more: &[&str]| {
        let asked = [&["get.json", "--as", who, "--action", action, "--resource", OBJECT], more].concat();
        let (answer, code, errors) = ask_json(&files, &asked);
        assert!(code < 2, "{errors}");
        (answer["decision"].as_str().unwrap().to_owned(), answer["by"].as_str().unwrap().to_owned())
    };
    let ana = "arn:aws:iam::111122223333:user/ana";
    let is = |decision: &str, by: &str| (decision.to_owned(), by.to_owned());
    assert_eq!(ask(ana, "s3:GetObject", &["all.boundary.json"]), is("Allowed", "identity policy"));
    assert_eq!(ask(ana, "s3:PutObject", &["all.boundary.json"]), is("ImplicitlyDenied", "identity policy"));
    assert_eq!(ask(ana, "s3:PutObject", &["all.boundary.json", "bucket.json"]), is("Allowed", "resource-based policy"));
    let other = "arn:aws:iam::111122223333:user/bea";
    assert_eq!(ask(other, "s3:PutObject", &["bucket.json"]), is("ImplicitlyDenied", "identity policy"));
    // The same file as another layer.
    let as_session = ["--layer", "session=all.boundary.json"];
    assert_eq!(ask(ana, "s3:GetObject", &as_session), is("Allowed", "identity policy"));
    let as_scp = ["--layer", "scp=get.json"];
    assert_eq!(
        ask(ana, "s3:PutObject", &[&["bucket.json"], &as_scp[..]].concat()),
        is("ImplicitlyDenied", "service control policy")
    );
}

#[test]
fn json_that_does_not_say_enough_is_refused() {
    let refused = |files: &[(&str, Value)], arguments: &[&str]| {
        let (answer, code, errors) = ask_json(files, arguments);
        assert_eq!((answer, code), (Value::Null, 2), "{arguments:?}");
        errors
    };
    let ask = |who| ["export.json", "--as", who, "--action", "s3:GetObject", "--resource", OBJECT];
    let whole = [("export.json", export())];
    assert!(refused(&whole, &ask("anna")).contains("did you mean `ana`?"));
    assert!(refused(&whole, &ask("arn:aws:iam::111122223333:user/bea")).contains("are not known"));
    let mut partial = export();
    partial["Policies"].as_array_mut().unwrap().pop();
    assert!(refused(&[("export.json", partial)], &ask("worker")).contains("policy/limit"));
    let broken = serde_json::json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "allow", "Action": "*", "Resource": "*" }] });
    assert!(refused(&[("export.json", broken)], &ask("ana")).contains("Effect"));
    let mixed = [&["a.lw"][..], &ask("ana")].concat();
    assert!(refused(&whole, &mixed).contains("is source"));
}

/// Rules of AWS's documentation that are easily missed: an empty value is a value, whoever has a boundary is denied by `NotPrincipal`,
/// identities of Cognito are federated, federated users call neither IAM nor STS, a root user assumes no role.
#[test]
fn what_the_documentation_says_of_rare_requests() {
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/evaluation_cases/documented.json");
    let output = Command::new(env!("CARGO_BIN_EXE_leastwise")).args(["simulate", "--cases", cases]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}
