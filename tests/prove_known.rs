//! Proofs that rely on what the catalogue says of actions.
//!
//! Which requests there are is written down here by hand, after the Service Authorization Reference; a proof survives all of them, and
//! a counterexample is one of them.
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>

use std::cell::Cell;

use leastwise::base::FileId;
use leastwise::catalogue::Catalogue;
use leastwise::evaluate::{Context, KeyValue, Layers, Outcome, Request, Requester, decide_alone};
use leastwise::policy::Document;
use leastwise::policy::read::json::Place;
use leastwise::policy::read::{Mode, read};
use leastwise::prove::{Counterexample, Prover, Realm, Subject, Verdict, Whose, within};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

const DOCUMENTED: Realm<'_> = Realm::Documented { partition: "aws" };
const CLOSED: Realm<'_> = Realm::Closed { partition: "aws" };

fn document(value: &Value) -> Document {
    let text = value.to_string();
    read(Place::At(FileId(0), 0), &text, Mode::Strict).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).document
}

fn policy(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    policy(&[json!({"Effect": "Allow", "Action": action.into(), "Resource": resource.into()})])
}

/// A policy that allows an action on everything under a condition.
fn when(action: &str, condition: Value) -> Value {
    policy(&[json!({"Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition})])
}

fn proved(realm: Realm<'_>, a: &Value, b: &Value) -> Verdict {
    let (a, b) = (document(a), document(b));
    let mut prover = Prover::of(Catalogue::builtin(), &[&a, &b], realm);
    let subject = |document| Whose::Document(Subject { document, has_principals: false });
    let (a, b) = (prover.permissions(subject(&a)), prover.permissions(subject(&b)));
    prover.within(&a, &b)
}

#[track_caller]
fn holds(realm: Realm<'_>, a: &Value, b: &Value) {
    let verdict = proved(realm, a, b);
    assert!(matches!(verdict, Verdict::Holds), "{verdict:?}\n{a:#}\n{b:#}");
}

/// The counterexample.
#[track_caller]
fn fails(realm: Realm<'_>, a: &Value, b: &Value) -> Box<Counterexample> {
    match proved(realm, a, b) {
        Verdict::Fails(found) => found,
        other => panic!("{other:?}\n{a:#}\n{b:#}"),
    }
}

/// The action and the resource of the counterexample.
#[track_caller]
fn shows(realm: Realm<'_>, a: &Value, b: &Value) -> (String, String) {
    let request = fails(realm, a, b).request;
    (request.action, request.resource)
}

const TABLES: &str = "arn:aws:dynamodb:*:*:table/*";

#[test]
fn an_action_comes_with_a_resource_of_its_type() {
    let get = |resource: &str| allow("dynamodb:GetItem", resource);
    holds(DOCUMENTED, &get("*"), &get(TABLES));
    holds(DOCUMENTED, &get("*"), &get("arn:aws:dynamodb:*"));
    holds(DOCUMENTED, &get("arn:aws:s3:::*"), &policy(&[]));
    fails(Realm::Open, &get("*"), &get(TABLES));
    let (_, resource) = shows(DOCUMENTED, &get("*"), &get("arn:aws:dynamodb:*:*:table/orders"));
    assert!(resource.starts_with("arn:aws:dynamodb:") && resource.contains(":table/"), "{resource}");
    // It may have several types, objects are reached through access points too; and none where it needs none of them.
    let object = |resource: Value| allow("s3:GetObject", resource);
    let both = || json!(["arn:aws:s3:::*/*", "arn:aws:s3:*:*:accesspoint/*/object/*"]);
    let some = policy(&[json!({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": both()})]);
    assert_eq!(shows(DOCUMENTED, &object(json!("*")), &object(both())).1, "*");
    holds(DOCUMENTED, &object(json!("arn:aws:*")), &object(both()));
    assert_eq!(shows(DOCUMENTED, &some, &policy(&[])).1, "*");
    let (_, resource) = shows(DOCUMENTED, &object(json!("arn:aws:*")), &object(json!("arn:aws:s3:::*/*")));
    assert!(resource.contains(":accesspoint/") && resource.contains("/object/"), "{resource}");
    // What is said in one statement about several actions is so of each.
    let actions = || json!(["dynamodb:GetItem", "sqs:SendMessage"]);
    holds(DOCUMENTED, &allow(actions(), "*"), &allow(actions(), json!([TABLES, "arn:aws:sqs:*:*:*"])));
    assert_eq!(shows(DOCUMENTED, &allow(actions(), "*"), &allow(actions(), TABLES)).0, "sqs:SendMessage");
}

#[test]
fn an_action_without_resource_types_comes_with_none() {
    let list = |resource: &str| allow("s3:ListAllMyBuckets", resource);
    assert_eq!(shows(DOCUMENTED, &list("*"), &list("arn:aws:dynamodb:*")).1, "*");
    let but = policy(&[json!({"Effect": "Allow", "Action": "sqs:ListQueues", "NotResource": "arn:aws:sqs:*"})]);
    holds(DOCUMENTED, &allow("sqs:ListQueues", "*"), &but);
    fails(Realm::Open, &allow("sqs:ListQueues", "*"), &but);
}

/// Types of listing actions are often optional, whatever the reference marks; and ECS has ARNs without the cluster.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html>
#[test]
fn where_the_reference_is_not_taken_at_its_word() {
    let list = |resource: &str| allow("ecs:ListTasks", resource);
    assert_eq!(shows(DOCUMENTED, &list("*"), &list("arn:aws:ecs:*:*:container-instance/*")).1, "*");
    let stop = |resource: &str| allow("ecs:StopTask", resource);
    holds(DOCUMENTED, &stop("*"), &stop("arn:aws:ecs:*:*:task/*"));
    fails(DOCUMENTED, &stop("*"), &stop("arn:aws:ecs:*:*:task/*/*"));
}

#[test]
fn partitions() {
    let get = |resource: &str| allow("dynamodb:GetItem", resource);
    let china = |resource: &str| resource.replace("arn:aws:", "arn:aws-cn:");
    let in_china = Realm::Documented { partition: "aws-cn" };
    holds(in_china, &get("*"), &get(&china(TABLES)));
    assert!(shows(in_china, &get("*"), &get(TABLES)).1.starts_with("arn:aws-cn:dynamodb:"));
    // A policy that names another is about that one too, and one that names all about all.
    assert!(shows(DOCUMENTED, &get(&china(TABLES)), &get(TABLES)).1.starts_with("arn:aws-cn:dynamodb:"));
    let everywhere = TABLES.replace("arn:aws:", "arn:*:");
    assert!(shows(DOCUMENTED, &get(&everywhere), &get(TABLES)).1.starts_with("arn:aws-cn:dynamodb:"));
    holds(DOCUMENTED, &get("*"), &get(&everywhere));
}

#[test]
fn an_action_sees_the_keys_that_it_sees() {
    let named = |key: &str| json!({"StringEquals": {key: "a"}});
    let never = policy(&[]);
    holds(DOCUMENTED, &when("s3:GetObject", named("dynamodb:Select")), &never);
    holds(DOCUMENTED, &when("s3:GetObject", named("s3:prefix")), &never);
    fails(Realm::Open, &when("s3:GetObject", named("s3:prefix")), &never);
    let found = fails(DOCUMENTED, &when("s3:*", named("s3:prefix")), &never);
    assert!(["s3:ListBucket", "s3:ListBucketVersions"].contains(&found.request.action.as_str()), "{found:?}");
    // What comes with who asks; claims of web identities; a key that the reference ascribes to no action.
    for (action, key) in [
        ("s3:GetObject", "lambda:SourceFunctionArn"),
        ("dynamodb:GetItem", "www.amazon.com:user_id"),
        ("states:InvokeHTTPEndpoint", "states:HTTPMethod"),
        ("s3:GetObject", "aws:PrincipalTag/team"),
    ] {
        fails(DOCUMENTED, &when(action, named(key)), &never);
    }
}

/// What a variable stands for may make a resource one of the type.
#[test]
fn variables() {
    let tagged = allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:${aws:PrincipalTag/team}");
    holds(DOCUMENTED, &tagged, &allow("dynamodb:GetItem", TABLES));
    let (_, resource) = shows(DOCUMENTED, &tagged, &allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:table/a*"));
    assert!(resource.contains(":table/"), "{resource}");
    let (_, resource) = shows(DOCUMENTED, &tagged, &policy(&[]));
    assert!(resource.contains(":table/"), "{resource}");
    holds(DOCUMENTED, &allow("dynamodb:GetItem", "arn:aws:s3:::${aws:PrincipalTag/team}"), &policy(&[]));
}

#[test]
fn a_key_that_is_true_or_false_is_nothing_else() {
    let secure = |operator: &str| when("*", json!({operator: {"aws:SecureTransport": "yes"}}));
    holds(DOCUMENTED, &secure("StringEquals"), &policy(&[]));
    fails(Realm::Open, &secure("StringEquals"), &policy(&[]));
    fails(DOCUMENTED, &when("*", json!({"StringEquals": {"aws:SecureTransport": "false"}})), &policy(&[]));
}

#[test]
fn what_aws_may_add() {
    // More that start so.
    let today = json!(["sqs:GetQueueAttributes", "sqs:GetQueueUrl"]);
    let found = shows(DOCUMENTED, &allow("sqs:Get*", "*"), &allow(today.clone(), "*"));
    assert!(Catalogue::builtin().action(&found.0).is_none(), "{found:?}");
    holds(CLOSED, &allow("sqs:Get*", "*"), &allow(today, "*"));
    // On any resource.
    let some = policy(&[json!({"Effect": "Allow", "Action": "dynamodb:*", "NotResource": "arn:aws:s3:::*"})]);
    fails(DOCUMENTED, &allow("dynamodb:*", "*"), &some);
    holds(CLOSED, &allow("dynamodb:*", "*"), &some);
    fails(CLOSED, &allow("*", "*"), &allow(json!(["s3:*", "dynamodb:*"]), "*"));
    // An action of today is shown rather than one of tomorrow.
    let found = shows(DOCUMENTED, &allow("dynamodb:*", "*"), &allow("dynamodb:*", TABLES));
    assert!(Catalogue::builtin().action(&found.0).is_some(), "{found:?}");
}

/// What `minimise` and `diff` ask is about every request.
#[test]
fn equality_is_that_of_the_open_world() {
    let (a, b) = (document(&allow("dynamodb:GetItem", "*")), document(&allow("dynamodb:GetItem", TABLES)));
    let subject = |document| Subject { document, has_principals: false };
    assert!(matches!(within(Catalogue::builtin(), subject(&a), subject(&b)), Verdict::Fails(_)));
}

// Random policies, and all requests of a small world

const TABLE: &str = "arn:aws:dynamodb:us-east-1:111122223333:table/a";
const INDEX: &str = "arn:aws:dynamodb:us-east-1:111122223333:table/a/index/i";
const OBJECT: &str = "arn:aws:s3:::a/x";
const OF_POINT: &str = "arn:aws:s3:us-east-1:111122223333:accesspoint/p/object/x";
const BUCKET: &str = "arn:aws:s3:::a";
const POINT: &str = "arn:aws:s3:us-east-1:111122223333:accesspoint/p";
const QUEUE: &str = "arn:aws:sqs:us-east-1:111122223333:a";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/k";
const ALL: [&str; 9] = [TABLE, INDEX, OBJECT, OF_POINT, BUCKET, POINT, QUEUE, KEY, "*"];

const SELECT: &str = "dynamodb:Select";
const PREFIX: &str = "s3:prefix";
const VIA: &str = "kms:ViaService";
const KEYS: [&str; 3] = [SELECT, PREFIX, VIA];

/// Actions, the resources that each comes with, `*` where it needs none or lists, and which of the keys it sees. The last is one that AWS may add.
const REQUESTS: [(&str, &[&str], &[&str]); 11] = [
    ("dynamodb:GetItem", &[TABLE], &[SELECT]),
    ("dynamodb:Query", &[TABLE, INDEX], &[SELECT]),
    ("dynamodb:ListTables", &["*"], &[]),
    ("s3:GetObject", &[OBJECT, OF_POINT, "*"], &[]),
    ("s3:ListBucket", &[BUCKET, POINT, "*"], &[PREFIX]),
    ("s3:ListAllMyBuckets", &["*"], &[]),
    ("sqs:SendMessage", &[QUEUE], &[]),
    ("sqs:ListQueues", &["*"], &[]),
    ("kms:Decrypt", &[KEY], &[VIA]),
    ("kms:ListAliases", &["*"], &[]),
    ("dynamodb:GetHologram", &ALL, &KEYS),
];

fn requests() -> Vec<Request> {
    let mut all = Vec::new();
    for (action, resources, keys) in REQUESTS {
        for resource in resources {
            let mut contexts = vec![Context::strict()];
            for (key, values) in
                keys.iter().map(|key| (*key, ["a", "b"])).chain([("aws:SecureTransport", ["true", "false"])])
            {
                let with = |context: &Context, value: &str| {
                    let mut context = context.clone();
                    context.set(key, KeyValue::One(value.to_owned()));
                    context
                };
                let more: Vec<_> = contexts.iter().flat_map(|one| values.map(|value| with(one, value))).collect();
                contexts.extend(more);
            }
            all.extend(contexts.into_iter().map(|context| Request {
                requester: Requester::parse("arn:aws:iam::111122223333:role/someone").unwrap(),
                action: action.to_owned(),
                resource: (*resource).to_owned(),
                resource_account: None,
                context,
            }));
        }
    }
    all
}

fn statement() -> impl Strategy<Value = Value> {
    let action = prop::sample::select(vec![
        "*",
        "dynamodb:*",
        "dynamodb:GetItem",
        "dynamodb:Get*",
        "dynamodb:Query",
        "s3:*",
        "s3:GetObject",
        "s3:List*",
        "s3:ListBucket",
        "sqs:*",
        "sqs:SendMessage",
        "kms:*",
        "kms:Decrypt",
        "*:List*",
    ]);
    let resource = prop::sample::select(vec![
        "*",
        "arn:aws:dynamodb:*",
        TABLES,
        TABLE,
        "arn:aws:dynamodb:*:*:table/*/index/*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::a/*",
        "arn:aws:s3:*:*:accesspoint/*",
        "arn:aws:sqs:*",
        "arn:aws:kms:*:*:key/*",
    ]);
    let operator = prop::sample::select(vec!["StringEquals", "StringEqualsIfExists", "StringNotEquals", "Null"]);
    let key = prop::sample::select(KEYS.to_vec());
    let value = prop::sample::select(vec!["a", "b"]);
    let test = prop::option::weighted(0.4, (operator, key, value));
    let secure = prop::option::weighted(0.15, prop::sample::select(vec!["true", "false"]));
    let elements = (
        prop::collection::vec(action, 1..3),
        prop::collection::vec(resource, 1..3),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.25),
        prop::bool::weighted(0.2),
    );
    (elements, test, secure).prop_map(|((actions, resources, is_deny, not_on, others), test, secure)| {
        let mut one = json!({"Effect": if is_deny { "Deny" } else { "Allow" }});
        one[if others { "NotAction" } else { "Action" }] = json!(actions);
        one[if not_on { "NotResource" } else { "Resource" }] = json!(resources);
        let mut condition = json!({});
        if let Some((operator, key, value)) = test {
            let value = if operator == "Null" { (value == "a").to_string() } else { value.to_owned() };
            condition[operator] = json!({key: value});
        }
        if let Some(secure) = secure {
            condition["Bool"] = json!({"aws:SecureTransport": secure});
        }
        one["Condition"] = condition;
        one
    })
}

/// Whether a request that was found is one that AWS makes, as far as the table has its action.
fn is_one(found: &Counterexample) -> bool {
    let request = &found.request;
    if request.resource != "*" && !request.resource.starts_with("arn:aws:") {
        return false;
    }
    let Some((_, resources, keys)) = REQUESTS[..10].iter().find(|(action, ..)| *action == request.action) else {
        return true;
    };
    // What stands for a name in the table may be any.
    let shape = |arn: &str| match arn.split(':').collect::<Vec<_>>()[..] {
        ["arn", _, service, .., name] => {
            let kind = if service == "sqs" || !name.contains('/') { "" } else { name.split('/').next().unwrap() };
            format!("{service} {}", if service == "s3" && kind != "accesspoint" { "" } else { kind })
        }
        _ => arn.to_owned(),
    };
    resources.iter().any(|one| shape(one) == shape(&request.resource))
        && found.keys.iter().all(|(key, _)| !KEYS.contains(&key.as_str()) || keys.contains(&key.as_str()))
}

#[test]
fn a_proof_survives_every_request_that_aws_makes() {
    let requests = requests();
    let (proofs, only_here, refuted) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let documents = || prop::collection::vec(statement(), 1..4);
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let result = runner.run(&(documents(), documents()), |(a, b)| {
        let (a, b) = (policy(&a), policy(&b));
        let (first, second) = (document(&a), document(&b));
        let mut layers = Layers::default();
        let (one, other) = (layers.compile(&first), layers.compile(&second));
        let refutes = |request: &Request| {
            let bound = layers.bind(request);
            let allows = |program| decide_alone(program, &bound, false) == Outcome::Allowed;
            allows(&one) && !allows(&other)
        };
        match proved(DOCUMENTED, &a, &b) {
            Verdict::Holds => {
                proofs.set(proofs.get() + 1);
                let found = requests.iter().find(|request| refutes(request));
                prop_assert!(found.is_none(), "{:?}\n{:#}\n{:#}", found, a, b);
                let elsewhere = proved(Realm::Open, &a, &b);
                only_here.set(only_here.get() + i32::from(matches!(elsewhere, Verdict::Fails(_))));
                prop_assert!(matches!(proved(CLOSED, &a, &b), Verdict::Holds));
            }
            Verdict::Fails(found) => {
                refuted.set(refuted.get() + 1);
                prop_assert!(refutes(&found.request), "{:?}\n{:#}\n{:#}", found, a, b);
                prop_assert!(is_one(&found), "{:?}\n{:#}\n{:#}", found, a, b);
            }
            Verdict::Unknown(why) => prop_assert!(false, "{}\n{:#}\n{:#}", why, a, b),
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let counts = (proofs.get(), only_here.get(), refuted.get());
    assert!(counts.0 >= 20 && counts.1 >= 5 && counts.2 >= 100, "{counts:?}");
}
