//! What the prover says of all requests is so of each of them.
//!
//! In a small world every request is decided by the evaluator; a proof survives all of them, and where one of them refutes a claim the
//! prover refutes it too. What no small world shows is listed case by case, with AWS's rule. In debug builds each proof has a
//! certificate that is checked as it is made.

use std::borrow::Cow;
use std::cell::Cell;
use std::time::{Duration, Instant};

use leastwise::base::FileId;
use leastwise::catalogue::Catalogue;
use leastwise::evaluate::{Context, KeyValue, Layers, Outcome, Request, Requester, decide_alone};
use leastwise::policy::Document;
use leastwise::policy::read::json::Place;
use leastwise::policy::read::{Mode, read};
use leastwise::prove::{Counterexample, Prover, Subject, Verdict, Whose};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

// Documents and claims

fn document(value: &Value) -> Document {
    let text = value.to_string();
    read(Place::At(FileId(0), 0), &text, Mode::Strict).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).document
}

fn policy(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// A policy that allows an action on a resource.
fn allow(action: &str, resource: &str) -> Value {
    policy(&[json!({"Effect": "Allow", "Action": action, "Resource": resource})])
}

/// A policy that allows everything under a condition.
fn when(condition: Value) -> Value {
    policy(&[json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition})])
}

/// A policy that allows everything under any of some conditions.
fn when_any(conditions: &[Value]) -> Value {
    let all = conditions.iter().map(|one| when(one.clone())["Statement"][0].clone());
    policy(&all.collect::<Vec<_>>())
}

/// The statements of both.
fn both(a: &Value, b: &Value) -> Value {
    let of = |value: &Value| value["Statement"].as_array().unwrap().clone();
    policy(&[of(a), of(b)].concat())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    Within,
    Disjoint,
}

const CLAIMS: [Claim; 2] = [Claim::Within, Claim::Disjoint];

fn subject(document: &Document) -> Whose<'_> {
    Whose::Document(Subject { document, has_principals: false })
}

fn proved(claim: Claim, a: &Document, b: &Document) -> Verdict {
    let mut prover = Prover::new(Catalogue::builtin(), &[a, b]);
    let (a, b) = (prover.permissions(subject(a)), prover.permissions(subject(b)));
    match claim {
        Claim::Within => prover.within(&a, &b),
        Claim::Disjoint => prover.disjoint(&a, &b),
    }
}

/// Whether two documents allow a request.
fn allowed_by(a: &Document, b: &Document, request: &Request) -> (bool, bool) {
    let mut layers = Layers::default();
    let (a, b) = (layers.compile(a), layers.compile(b));
    let bound = layers.bind(request);
    let allows = |program| decide_alone(program, &bound, false) == Outcome::Allowed;
    (allows(&a), allows(&b))
}

fn refutes(claim: Claim, (a, b): (bool, bool)) -> bool {
    match claim {
        Claim::Within => a && !b,
        Claim::Disjoint => a && b,
    }
}

/// The counterexample, if there is one; that it is none, is found out here.
#[track_caller]
fn counterexample(claim: Claim, a: &Value, b: &Value) -> Option<Box<Counterexample>> {
    let (first, second) = (document(a), document(b));
    match proved(claim, &first, &second) {
        Verdict::Holds => None,
        Verdict::Unknown(why) => panic!("{claim:?} is not known: {why}\n{a:#}\n{b:#}"),
        Verdict::Fails(found) => {
            let decided = allowed_by(&first, &second, &found.request);
            assert!(refutes(claim, decided), "{:?} does not refute {claim:?}\n{a:#}\n{b:#}", found.request);
            Some(found)
        }
    }
}

#[track_caller]
fn within(a: &Value, b: &Value) {
    if let Some(found) = counterexample(Claim::Within, a, b) {
        panic!("{:?} with {:?} is allowed by the first only\n{a:#}\n{b:#}", found.request, found.keys);
    }
}

#[track_caller]
fn not_within(a: &Value, b: &Value) -> Box<Counterexample> {
    counterexample(Claim::Within, a, b).unwrap_or_else(|| panic!("it is held to be within\n{a:#}\n{b:#}"))
}

#[track_caller]
fn same(a: &Value, b: &Value) {
    within(a, b);
    within(b, a);
}

#[track_caller]
fn disjoint(a: &Value, b: &Value) {
    if let Some(found) = counterexample(Claim::Disjoint, a, b) {
        panic!("{:?} with {:?} is allowed by both\n{a:#}\n{b:#}", found.request, found.keys);
    }
}

#[track_caller]
fn meet(a: &Value, b: &Value) -> Box<Counterexample> {
    counterexample(Claim::Disjoint, a, b).unwrap_or_else(|| panic!("they are held to be disjoint\n{a:#}\n{b:#}"))
}

/// Puts the same cases to a property in every run.
fn each<S: Strategy>(cases: u32, strategy: S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    if let Err(error) = runner.run(&strategy, property) {
        panic!("{error}");
    }
}

// A small world: all of its requests

const ACTIONS: [&str; 3] = ["s:a", "s:b", "t:a"];
const BUCKET: &str = "arn:aws:s3:::";
const NAMES: [&str; 8] = ["", "a", "b", "c", "aa", "ab", "ba", "aab"];
const BOOL: &str = "aws:SecureTransport";
const TEXT: &str = "aws:PrincipalTag/t";
const NUMBER: &str = "s3:max-keys";
const TAGS: &str = "aws:TagKeys";

/// What each key may be in a request; the first is that the request does not have it.
fn values(key: &str) -> Vec<KeyValue> {
    let one = |texts: &[&str]| texts.iter().map(|text| KeyValue::One((*text).to_owned())).collect::<Vec<_>>();
    let several = |all: &[&[&str]]| {
        let of = |texts: &&[&str]| KeyValue::Several(texts.iter().map(|text| (*text).to_owned()).collect());
        all.iter().map(of).collect::<Vec<_>>()
    };
    let there = match key {
        BOOL => one(&["true", "false"]),
        TEXT => one(&["", "a", "b", "c", "ab"]),
        NUMBER => one(&["4", "5", "5.5", "6", "7"]),
        TAGS => several(&[&["a"], &["b"], &["c"], &["a", "b"], &["a", "c"], &["a", "b", "c"]]),
        other => panic!("{other}"),
    };
    [KeyValue::Absent].into_iter().chain(there).collect()
}

fn request(action: &str, resource: &str, keys: &[(&str, KeyValue)]) -> Request {
    let mut context = Context::strict();
    keys.iter().for_each(|(key, value)| context.set(key, value.clone()));
    Request {
        requester: Requester::parse("arn:aws:iam::123456789012:role/someone").unwrap(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: None,
        context,
    }
}

/// Every way to give some keys values.
fn contexts<'k>(keys: &[&'k str], values: impl Fn(&str) -> Vec<KeyValue>) -> Vec<Vec<(&'k str, KeyValue)>> {
    keys.iter().fold(vec![Vec::new()], |sofar, key| {
        let with = |one: &Vec<(&'k str, KeyValue)>, value: &KeyValue| {
            one.iter().cloned().chain([(*key, value.clone())]).collect::<Vec<_>>()
        };
        let values = values(key);
        sofar.iter().flat_map(|one| values.iter().map(|value| with(one, value)).collect::<Vec<_>>()).collect()
    })
}

/// The requests of the small world for which documents ask.
fn universe(a: &Value, b: &Value) -> Vec<Request> {
    let text = format!("{a}{b}");
    let keys: Vec<&str> = [BOOL, TEXT, NUMBER, TAGS].into_iter().filter(|key| text.contains(key)).collect();
    let resources: Vec<String> = NAMES.iter().map(|name| format!("{BUCKET}{name}")).chain(["*".to_owned()]).collect();
    let mut all = Vec::new();
    for keys in contexts(&keys, values) {
        for action in ACTIONS {
            all.extend(resources.iter().map(|resource| request(action, resource, &keys)));
        }
    }
    all
}

/// Of each claim, the first request of some that refutes it.
fn refuting<'r>(claims: &[Claim], a: &Document, b: &Document, requests: &'r [Request]) -> Vec<Option<&'r Request>> {
    let mut layers = Layers::default();
    let (a, b) = (layers.compile(a), layers.compile(b));
    let mut refuting = vec![None; claims.len()];
    for request in requests {
        let bound = layers.bind(request);
        let allows = |program| decide_alone(program, &bound, false) == Outcome::Allowed;
        let decided = (allows(&a), allows(&b));
        for (_, found) in claims.iter().zip(&mut refuting).filter(|(claim, _)| refutes(**claim, decided)) {
            found.get_or_insert(request);
        }
    }
    refuting
}

fn pick(from: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(from)
}

fn condition() -> impl Strategy<Value = Value> {
    let one = |operator: &str, key: &str, values: Value| json!({operator: {key: values}});
    let texts = prop::sample::subsequence(vec!["a", "b", "ab", ""], 1..=2);
    let patterns = prop::sample::subsequence(vec!["a", "b*", "?*", "*a", "a?*", "?"], 1..=2);
    let tags = prop::sample::subsequence(vec!["a", "b", "c"], 1..=2);
    let number = pick(&["5", "6", "5.0"]);
    prop_oneof![
        2 => (pick(&["Bool", "BoolIfExists"]), pick(&["true", "false"])).prop_map(move |(o, v)| one(o, BOOL, json!(v))),
        2 => (pick(&["StringEquals", "StringNotEquals", "StringEqualsIfExists", "ForAllValues:StringEquals"]), texts)
            .prop_map(move |(o, v)| one(o, TEXT, json!(v))),
        2 => (pick(&["StringLike", "StringNotLike", "StringLikeIfExists", "StringNotLikeIfExists"]), patterns)
            .prop_map(move |(o, v)| one(o, TEXT, json!(v))),
        1 => (pick(&[BOOL, TEXT, NUMBER, TAGS]), pick(&["true", "false"])).prop_map(move |(k, v)| one("Null", k, json!(v))),
        2 => (
            pick(&[
                "NumericLessThan", "NumericLessThanEquals", "NumericEquals", "NumericNotEquals",
                "NumericGreaterThanEquals", "NumericGreaterThan", "NumericLessThanIfExists",
            ]),
            number,
        )
            .prop_map(move |(o, v)| one(o, NUMBER, json!(v))),
        2 => (
            pick(&[
                "ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAllValues:StringNotEquals",
                "ForAnyValue:StringNotEquals", "ForAnyValue:StringEqualsIfExists", "ForAllValues:StringLike",
            ]),
            tags,
        )
            .prop_map(move |(o, v)| one(o, TAGS, json!(v))),
    ]
}

/// Conditions of different operators, all of which must hold.
fn conditions() -> impl Strategy<Value = Value> {
    let merged = |all: Vec<Value>| {
        let mut merged = serde_json::Map::new();
        all.into_iter().for_each(|one| merged.extend(one.as_object().unwrap().clone()));
        Value::Object(merged)
    };
    prop_oneof![
        2 => Just(json!({})),
        3 => condition(),
        1 => prop::collection::vec(condition(), 2).prop_map(merged),
    ]
}

/// `*` is told apart by the first character, by the length, by the last; so are actions.
fn statement() -> impl Strategy<Value = Value> {
    let effect = pick(&["Allow", "Allow", "Allow", "Allow", "Deny"]);
    let actions = prop::sample::subsequence(vec!["s:a", "s:b", "s:*", "*", "*:a"], 1..=2);
    let resources =
        prop::sample::subsequence(vec!["*", "a*", "b*", "?*", "?", "a", "b", "a?*", "??*", "*b", ""], 1..=3);
    let negated = (prop::bool::weighted(0.12), prop::bool::weighted(0.12));
    (effect, actions, resources, negated, conditions()).prop_map(
        |(effect, actions, resources, (not_action, not_resource), condition)| {
            let resources: Vec<String> = resources.iter().map(|name| format!("{BUCKET}{name}")).collect();
            let mut statement = json!({"Effect": effect, "Condition": condition});
            statement[if not_action { "NotAction" } else { "Action" }] = json!(actions);
            statement[if not_resource { "NotResource" } else { "Resource" }] = json!(resources);
            statement
        },
    )
}

fn small() -> impl Strategy<Value = Value> {
    prop::collection::vec(statement(), 1..4).prop_map(|statements| policy(&statements))
}

/// A document, and one that says the same in more pieces: each statement once for each of some parts that cover what it is about only
/// together. One piece may be missing, so that nearly the same is said.
fn in_pieces() -> impl Strategy<Value = (Value, Value)> {
    let splits = || pick(&["first", "length", "action", "bool", "number", "text", "tags"]);
    (small(), prop::collection::vec((splits(), prop::option::weighted(0.2, 0..3usize)), 4)).prop_map(|(whole, how)| {
        let mut pieces = Vec::new();
        for (statement, (how, missing)) in whole["Statement"].as_array().unwrap().iter().zip(how) {
            let mut parts = parts(statement, how);
            if let Some(missing) = missing
                && missing < parts.len()
                && parts.len() > 1
            {
                parts.remove(missing);
            }
            pieces.extend(parts);
        }
        (whole, policy(&pieces))
    })
}

/// The parts of a statement, which are the whole together.
fn parts(statement: &Value, how: &str) -> Vec<Value> {
    let with = |name: &str, value: Value| {
        let mut part = statement.clone();
        part[name] = value;
        part
    };
    let under = |conditions: [Value; 3]| -> Vec<Value> {
        let merged = |one: &Value| {
            let mut condition = statement["Condition"].as_object().unwrap().clone();
            // An operator that is there already would be overwritten.
            let clash = one.as_object().unwrap().keys().any(|key| condition.contains_key(key));
            condition.extend(one.as_object().unwrap().clone());
            (!clash).then(|| with("Condition", Value::Object(condition)))
        };
        let all: Option<Vec<Value>> = conditions.iter().filter(|one| !one.is_null()).map(merged).collect();
        all.unwrap_or_else(|| vec![statement.clone()])
    };
    let of_resources = |of: fn(&str) -> Vec<String>| -> Vec<Value> {
        let Some(resources) = statement["Resource"].as_array() else { return vec![statement.clone()] };
        let pieces = resources.iter().flat_map(|one| of(one.as_str().unwrap().strip_prefix(BUCKET).unwrap()));
        pieces.map(|piece| with("Resource", json!(format!("{BUCKET}{piece}")))).collect()
    };
    match how {
        // Every character but `a` and `b` begins something too: those begin what is left.
        "first" => of_resources(|name| match name {
            "*" => vec![String::new(), "?*".into()],
            "?*" => vec!["?".into(), "??*".into()],
            "a*" => vec!["a".into(), "a?*".into()],
            other => vec![other.into()],
        }),
        "length" => of_resources(|name| match name {
            "*" => vec![String::new(), "?".into(), "??*".into()],
            "b*" => vec!["b".into(), "b?*".into()],
            "??*" => vec!["??".into(), "???*".into()],
            "a?*" => vec!["a?".into(), "a??*".into()],
            other => vec![other.into()],
        }),
        "action" => {
            let Some(actions) = statement["Action"].as_array() else { return vec![statement.clone()] };
            actions.iter().map(|one| with("Action", json!([one]))).collect()
        }
        "bool" => {
            under([json!({"Bool": {BOOL: "true"}}), json!({"Bool": {BOOL: "false"}}), json!({"Null": {BOOL: "true"}})])
        }
        "number" => under([
            json!({"NumericLessThanIfExists": {NUMBER: "5"}}),
            json!({"NumericGreaterThanEqualsIfExists": {NUMBER: "5"}}),
            Value::Null,
        ]),
        "text" => under([json!({"StringLike": {TEXT: "a*"}}), json!({"StringNotLike": {TEXT: "a*"}}), Value::Null]),
        _ => under([
            json!({"ForAnyValue:StringEquals": {TAGS: ["a", "b"]}}),
            json!({"ForAllValues:StringNotEquals": {TAGS: ["a", "b"]}}),
            Value::Null,
        ]),
    }
}

fn pairs() -> impl Strategy<Value = (Value, Value)> {
    prop_oneof![
        2 => (small(), small()),
        2 => in_pieces(),
        1 => in_pieces().prop_map(|(whole, pieces)| (pieces, whole)),
    ]
}

/// How often claims about pairs of documents were proved, refuted and neither.
struct Told {
    held: u32,
    failed: u32,
    not_known: u32,
}

/// Asks about pairs of documents: none of the requests refutes what is proved, and what is shown refutes.
fn told<'r>(
    cases: u32,
    pairs: impl Strategy<Value = (Value, Value)>,
    requests: impl Fn(&Value, &Value) -> Cow<'r, [Request]>,
) -> Told {
    let (held, failed, not_known) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let one_more = |count: &Cell<u32>| count.set(count.get() + 1);
    each(cases, pairs, |(a, b)| {
        let (first, second) = (document(&a), document(&b));
        let requests = requests(&a, &b);
        let refuted = refuting(&CLAIMS, &first, &second, &requests);
        for (claim, refuted) in CLAIMS.into_iter().zip(refuted) {
            match proved(claim, &first, &second) {
                Verdict::Holds => {
                    one_more(&held);
                    prop_assert!(refuted.is_none(), "{:?} is refuted by {:?}", claim, refuted);
                }
                Verdict::Fails(found) => {
                    one_more(&failed);
                    let decided = allowed_by(&first, &second, &found.request);
                    prop_assert!(refutes(claim, decided), "{:?} does not refute {:?}", found.request, claim);
                }
                Verdict::Unknown(_) => one_more(&not_known),
            }
        }
        Ok(())
    });
    Told { held: held.get(), failed: failed.get(), not_known: not_known.get() }
}

#[test]
fn claims_agree_with_the_decision_of_every_request() {
    let Told { held, failed, not_known } = told(300, pairs(), |a, b| universe(a, b).into());
    // The cases are of both sorts.
    assert!(held > 200 && failed > 200, "{held} hold, {failed} fail");
    assert_eq!(not_known, 0);
}

// Laws

fn is_within(a: &Value, b: &Value) -> bool {
    counterexample(Claim::Within, a, b).is_none()
}

#[test]
fn a_policy_is_within_itself_and_what_allows_more_and_has_what_denies_more_within() {
    each(120, (small(), statement()), |(a, mut more)| {
        within(&a, &a);
        more["Effect"] = json!("Allow");
        within(&a, &both(&a, &policy(&[more.clone()])));
        more["Effect"] = json!("Deny");
        within(&both(&a, &policy(&[more])), &a);
        Ok(())
    });
}

#[test]
fn within_is_transitive() {
    let held = Cell::new(0);
    each(150, (in_pieces(), statement(), statement()), |((a, b), mut allow, mut deny)| {
        allow["Effect"] = json!("Allow");
        deny["Effect"] = json!("Deny");
        let c = both(&b, &policy(&[allow]));
        let less = both(&a, &policy(&[deny]));
        for (a, b, c) in [(&less, &a, &b), (&a, &b, &c), (&b, &a, &c), (&less, &b, &c)] {
            if is_within(a, b) && is_within(b, c) {
                held.set(held.get() + 1);
                within(a, c);
            }
        }
        Ok(())
    });
    assert!(held.get() > 100, "{}", held.get());
}

#[test]
fn the_order_of_statements_does_not_matter() {
    each(120, pairs(), |(a, b)| {
        let mut turned = a.clone();
        turned["Statement"].as_array_mut().unwrap().reverse();
        same(&a, &turned);
        prop_assert_eq!(is_within(&a, &b), is_within(&turned, &b));
        prop_assert_eq!(is_within(&b, &a), is_within(&b, &turned));
        Ok(())
    });
}

#[test]
fn a_statement_of_several_actions_or_resources_is_as_several_statements() {
    each(150, small(), |a| {
        let mut pieces = Vec::new();
        for statement in a["Statement"].as_array().unwrap() {
            // Nothing but each of several is nothing but all of them: only what is listed is taken apart.
            let list = |name: &str| match statement[name].as_array() {
                Some(list) => list.iter().map(|one| json!([one])).collect::<Vec<_>>(),
                None => vec![Value::Null],
            };
            for action in list("Action") {
                for resource in list("Resource") {
                    let mut piece = statement.clone();
                    for (name, one) in [("Action", &action), ("Resource", &resource)] {
                        if !one.is_null() {
                            piece[name] = one.clone();
                        }
                    }
                    pieces.push(piece);
                }
            }
        }
        same(&a, &policy(&pieces));
        Ok(())
    });
}

#[test]
fn disjoint_is_symmetric_and_what_is_within_one_of_two_is_disjoint_from_the_other() {
    each(150, (pairs(), statement()), |((a, b), mut deny)| {
        let apart = |a, b| counterexample(Claim::Disjoint, a, b).is_none();
        prop_assert_eq!(apart(&a, &b), apart(&b, &a));
        deny["Effect"] = json!("Deny");
        let less = both(&a, &policy(&[deny]));
        prop_assert!(!apart(&a, &b) || apart(&less, &b));
        Ok(())
    });
}

// Policy variables

const NAMED: &str = "aws:username";

fn with_variable() -> impl Strategy<Value = Value> {
    let effect = pick(&["Allow", "Allow", "Allow", "Deny"]);
    let names = vec![
        "*",
        "a*",
        "${aws:username}",
        "${aws:username}*",
        "a${aws:username}",
        "*${aws:username}",
        "a",
        "${aws:username,'b'}",
        "${*}",
    ];
    let resources = prop::sample::subsequence(names, 1..=2);
    let condition = prop_oneof![
        3 => Just(json!({})),
        1 => Just(json!({"StringEquals": {NAMED: "a"}})),
        1 => Just(json!({"StringNotLike": {NAMED: "a*"}})),
        1 => Just(json!({"StringEquals": {TEXT: "${aws:username}"}})),
        1 => Just(json!({"StringNotEquals": {TEXT: "${aws:username}"}})),
        1 => Just(json!({"StringLike": {TEXT: "${aws:username}?"}})),
        1 => Just(json!({"Null": {NAMED: "true"}})),
        1 => Just(json!({"StringEquals": {TEXT: ["a", "ab"]}})),
    ];
    (effect, resources, prop::bool::weighted(0.15), condition).prop_map(|(effect, resources, negated, condition)| {
        let resources: Vec<String> = resources.iter().map(|name| format!("{BUCKET}{name}")).collect();
        let mut statement = json!({"Effect": effect, "Action": "s:a", "Condition": condition});
        statement[if negated { "NotResource" } else { "Resource" }] = json!(resources);
        statement
    })
}

#[test]
fn no_user_refutes_a_proof_about_a_variable() {
    let documents = || prop::collection::vec(with_variable(), 1..4).prop_map(|statements| policy(&statements));
    let of_key = |key: &str| match key {
        NAMED => ["", "a", "b", "ab", "*", "aa"]
            .map(|text| KeyValue::One(text.to_owned()))
            .into_iter()
            .chain([KeyValue::Absent])
            .collect(),
        other => values(other),
    };
    let names = ["", "a", "b", "aa", "ab", "ba", "bb", "*", "a*", "aab", "aaa"];
    let keys = contexts(&[NAMED, TEXT], of_key);
    let requests: Vec<Request> = keys
        .iter()
        .flat_map(|keys| names.iter().map(move |name| request("s:a", &format!("{BUCKET}{name}"), keys)))
        .collect();
    let Told { held, failed, not_known } = told(250, (documents(), documents()), |_, _| requests.as_slice().into());
    assert!(held > 30 && failed > 100, "{held} hold, {failed} fail");
    assert!(not_known < 3, "{not_known} are not known");
}

/// Statements whose variables stand beside each other, early in ARNs, and in texts without regard to case.
fn with_two_variables() -> impl Strategy<Value = Value> {
    const PARTS: [&str; 10] =
        ["${aws:username}", "${aws:PrincipalTag/t}", "${aws:PrincipalTag/t, 'b'}", "a", "b", "/", "*", "?", "?*", ""];
    let text = |most: usize| prop::collection::vec(pick(&PARTS), 1..=most).prop_map(|parts| parts.concat());
    let resource = prop_oneof![
        6 => text(3).prop_map(|name| format!("{BUCKET}{name}")),
        1 => text(1).prop_map(|region| format!("arn:aws:sns:{region}:1:t")),
        1 => text(1).prop_map(|account| format!("arn:aws:sns:a:{account}")),
    ];
    let operators = pick(&[
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringLikeIfExists",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
    ]);
    let condition = prop_oneof![
        2 => Just(json!({})),
        3 => (operators, pick(&[NAMED, TEXT]), text(2)).prop_map(|(operator, key, text)| json!({operator: {key: text}})),
    ];
    let effect = pick(&["Allow", "Allow", "Allow", "Deny"]);
    (effect, resource, prop::bool::weighted(0.1), condition).prop_map(|(effect, resource, negated, condition)| {
        let mut statement = json!({"Effect": effect, "Action": "s:a", "Condition": condition});
        statement[if negated { "NotResource" } else { "Resource" }] = json!(resource);
        statement
    })
}

#[test]
fn no_values_of_two_variables_refute_a_proof() {
    let documents = || prop::collection::vec(with_two_variables(), 1..3).prop_map(|statements| policy(&statements));
    let of_key = |key: &str| {
        let texts: &[&str] = if key == NAMED { &["", "a", "A", "ab", "a:1"] } else { &["", "a", "b", "A", "b/"] };
        texts.iter().map(|text| KeyValue::One((*text).to_owned())).chain([KeyValue::Absent]).collect()
    };
    let names =
        ["", "a", "b", "A", "/", "aa", "ab", "ba", "a/", "b/a", "aab", "abab"].map(|name| format!("{BUCKET}{name}"));
    let others =
        ["arn:aws:sns:a:1:t", "arn:aws:sns:b:1:t", "arn:aws:sns::1:t", "arn:aws:sns:a:1:1:t"].map(str::to_owned);
    let keys = contexts(&[NAMED, TEXT], of_key);
    let resources = || names.iter().chain(&others);
    let requests: Vec<Request> =
        keys.iter().flat_map(|keys| resources().map(move |resource| request("s:a", resource, keys))).collect();
    let pairs = (documents(), documents(), prop::bool::ANY).prop_map(|(a, b, more)| {
        // What is wider is often within; what has nothing to do with it hardly ever.
        let b = if more { both(&a, &b) } else { b };
        (a, b)
    });
    let Told { held, failed, not_known } = told(150, pairs, |_, _| requests.as_slice().into());
    assert!(held > 60 && failed > 60, "{held} hold, {failed} fail");
    assert!(not_known <= 3, "{not_known} are not known");
}

#[test]
fn variables_case_by_case() {
    let home = allow("s3:GetObject", "arn:aws:s3:::b/home/${aws:username}/*");
    let homes = allow("s3:GetObject", "arn:aws:s3:::b/home/*");
    // A folder of a user is a folder; not every folder is one's own.
    within(&home, &homes);
    let found = not_within(&homes, &home);
    assert!(found.request.resource.starts_with("arn:aws:s3:::b/home/"));
    // A user may be called `ann`, and then has her folder; nothing is in both `in/` and `out/`.
    meet(&home, &allow("s3:GetObject", "arn:aws:s3:::b/home/ann/*"));
    disjoint(&home, &allow("s3:GetObject", "arn:aws:s3:::b/out/*"));
    // Who has no user name has no folder.
    let nobody = policy(&[json!({
        "Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/home/${aws:username}/*",
        "Condition": {"Null": {NAMED: "true"}, "StringNotEquals": {NAMED: ""}},
    })]);
    disjoint(&nobody, &when(json!({})));
    // Unless there is a default: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    let guest = allow("s3:GetObject", "arn:aws:s3:::b/home/${aws:username, 'guest'}/*");
    within(&home, &guest);
    meet(&guest, &when(json!({"Null": {NAMED: "true"}})));
    not_within(&guest, &home);
    // What is put in is no pattern: a user called `*` has the folder `*`.
    let star = policy(&[json!({
        "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}",
        "Condition": {"StringEquals": {NAMED: "*"}},
    })]);
    let found = meet(&star, &allow("s3:GetObject", "arn:aws:s3:::b/*"));
    assert_eq!(found.request.resource, "arn:aws:s3:::b/*");
    // In the version of 2008 there are no variables.
    let mut old = home.clone();
    old["Version"] = json!("2008-10-17");
    not_within(&home, &old);
    not_within(&old, &home);
    // The name is fixed by the condition.
    let ann = policy(&[json!({
        "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/home/${aws:username}/*",
        "Condition": {"StringEquals": {NAMED: "ann"}},
    })]);
    within(&ann, &home);
    meet(&ann, &allow("s3:GetObject", "arn:aws:s3:::b/home/ann/*"));
}

#[test]
fn how_values_of_variables_relate_is_looked_into() {
    let of = |key: &str, pattern: &str| {
        policy(&[json!({
            "Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::b/${{{key}}}/*"),
            "Condition": {"StringLike": {key: pattern}},
        })])
    };
    meet(&of(NAMED, "b?b"), &of("aws:PrincipalTag/name", "?x*"));
    // No name begins with both.
    disjoint(&of(NAMED, "a*"), &of("aws:PrincipalTag/name", "b*"));
    // No text is as long as itself with more before it, or has two ends.
    let on = |resource: &str| allow("s3:GetObject", &format!("arn:aws:s3:::{resource}"));
    disjoint(&on("home/${aws:username}"), &on("home/*/${aws:username}"));
    disjoint(&on("home/${aws:username}/x"), &on("home/${aws:username}"));
    disjoint(&on("a/${aws:username}/a"), &on("*/${aws:PrincipalTag/t}/b"));
    meet(&on("home/${aws:username}"), &on("${aws:PrincipalTag/t}/x"));
    // Of one character or more, unless the value is empty.
    let named = |resource: &str, condition: Value| {
        policy(&[
            json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{resource}"), "Condition": condition}),
        ])
    };
    not_within(&on("${aws:username}"), &on("?*"));
    within(&named("${aws:username}", json!({"StringLike": {NAMED: "a*"}})), &on("?*"));
    not_within(&named("${aws:username}", json!({"StringLike": {NAMED: "a*"}})), &on("??*"));
    within(&named("${aws:username}", json!({"StringLike": {NAMED: "a?"}})), &on("??"));
    // A value is its own, and not longer than itself.
    let itself = |operator: &str, value: &str| when(json!({operator: {NAMED: value}}));
    same(&itself("StringEquals", "${aws:username}"), &itself("StringLike", "*"));
    disjoint(&when(json!({"StringLike": {NAMED: "?${aws:username}"}})), &when(json!({})));
}

#[test]
fn letter_case_of_values() {
    let test = |operator: &str, value: &str| when(json!({operator: {TEXT: value}}));
    let equal = test("StringEqualsIgnoreCase", "${aws:username}");
    same(&equal, &equal);
    within(&test("StringEquals", "${aws:username}"), &equal);
    let found = not_within(&equal, &test("StringEquals", "${aws:username}"));
    assert!(found.keys.len() == 2, "{:?}", found.keys);
    disjoint(&equal, &test("StringNotEqualsIgnoreCase", "${aws:username}"));
    meet(&equal, &test("StringEquals", "Ann"));
    not_within(&test("StringEqualsIgnoreCase", "x-${aws:username}"), &test("StringLike", "x-*"));
    within(&test("StringEqualsIgnoreCase", "x-${aws:username}"), &test("StringLike", "?-*"));
}

/// What one claim finds out about values does not stand in the way of the next.
#[test]
fn claims_about_early_variables_one_after_the_other() {
    let on = |resource: &str| document(&allow("sns:Publish", resource));
    let topic = on("arn:aws:sns:${aws:PrincipalTag/region}:111122223333:t");
    let (wide, other) = (on("arn:aws:sns:*:*:*"), on("arn:aws:sqs:${aws:username}:*:q"));
    let mut prover = Prover::new(Catalogue::builtin(), &[&topic, &wide, &other]);
    let [topic, wide, other] = [&topic, &wide, &other].map(|one| prover.permissions(subject(one)));
    for _ in 0..2 {
        assert!(matches!(prover.within(&topic, &wide), Verdict::Holds));
        assert!(matches!(prover.within(&wide, &topic), Verdict::Fails(_)));
        assert!(matches!(prover.disjoint(&topic, &other), Verdict::Holds));
    }
}

/// A value with a `:` shifts what stands behind it.
#[test]
fn variables_before_the_last_part_of_an_arn() {
    let on = |resource: &str| allow("sns:Publish", resource);
    let topic = on("arn:aws:sns:${aws:PrincipalTag/region}:111122223333:t");
    same(&topic, &topic);
    meet(&topic, &on("arn:aws:sns:eu-west-1:*:*"));
    disjoint(&topic, &on("arn:aws:sqs:*:*:*"));
    within(&topic, &on("arn:aws:sns:*:*:*"));
    // The region may be `eu-west-1:444455556666`.
    let found = not_within(&topic, &on("arn:aws:sns:*:111122223333:t"));
    assert!(found.request.resource.ends_with(":111122223333:t"), "{}", found.request.resource);
    assert_eq!(found.request.resource.split(':').count(), 7, "{}", found.request.resource);
    let fixed = policy(&[json!({
        "Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:${aws:PrincipalTag/region}:111122223333:t",
        "Condition": {"StringEquals": {"aws:PrincipalTag/region": ["eu-west-1", "us-east-1"]}},
    })]);
    within(&fixed, &on("arn:aws:sns:*-1:111122223333:t"));
    not_within(&fixed, &on("arn:aws:sns:eu-*:111122223333:t"));
}

// The borders of patterns

#[test]
fn a_proof_survives_requests_near_the_borders_of_its_patterns() {
    let piece = || pick(&["logs", "in/", "a", "-", "*", "?", "x?", "/*", "2024", "*a*", "??"]);
    let name = move || prop::collection::vec(piece(), 1..5).prop_map(|pieces| pieces.concat());
    // Something in a pattern is made wider, or cut off behind it.
    let widened = |name: &str, at: usize, how: u8| {
        let chars: Vec<char> = name.chars().collect();
        let at = at % chars.len();
        let one = |texts: String| texts;
        let (before, behind): (String, String) = (chars[..at].iter().collect(), chars[at + 1..].iter().collect());
        match how % 4 {
            0 => one(format!("{before}*{behind}")),
            1 => one(format!("{before}?{behind}")),
            2 => one(format!("{before}*")),
            _ => one(format!("{before}{}*{behind}", chars[at])),
        }
    };
    let cases = (
        prop::collection::vec(name(), 1..3),
        prop::collection::vec((0..12usize, any::<u8>()), 2),
        name(),
        any::<u64>(),
    );
    let (held, tried) = (Cell::new(0), Cell::new(0));
    each(60, cases, |(names, how, extra, seed)| {
        let arn = |name: &String| format!("{BUCKET}{name}");
        let a: Vec<String> = names.iter().map(arn).collect();
        let wide = names.iter().zip(how).map(|(name, (at, how))| widened(name, at, how));
        let b: Vec<String> = wide.chain([extra]).map(|name| arn(&name)).collect();
        let of = |resources: &[String]| {
            document(&policy(&[json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": resources})]))
        };
        let (first, second) = (of(&a), of(&b));
        let holds = match proved(Claim::Within, &first, &second) {
            Verdict::Holds => true,
            Verdict::Fails(found) => {
                prop_assert_eq!(allowed_by(&first, &second, &found.request), (true, false));
                false
            }
            Verdict::Unknown(why) => return Err(TestCaseError::fail(why)),
        };
        if !holds {
            return Ok(());
        }
        held.set(held.get() + 1);
        let mut random = Random(seed | 1);
        let requests: Vec<Request> =
            (0..2_000).map(|_| request("s3:GetObject", &near(&a[random.below(a.len())], &mut random), &[])).collect();
        tried.set(tried.get() + requests.len());
        let refuted = refuting(&[Claim::Within], &first, &second, &requests)[0];
        prop_assert!(refuted.is_none(), "{:?} refutes that {:?} is within {:?}", refuted, a, b);
        Ok(())
    });
    assert!(held.get() >= 20 && tried.get() >= 40_000, "{} hold, {} were tried", held.get(), tried.get());
}

/// A small generator of numbers: xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// A text that a pattern matches or nearly matches: its wildcards filled, and a character or two changed.
fn near(pattern: &str, random: &mut Random) -> String {
    const FILLINGS: [&str; 9] = ["", "a", "b", "/", "x", "ax", "*", "in/", "é"];
    let mut text = String::new();
    for character in pattern.chars() {
        match character {
            '*' => text.push_str(FILLINGS[random.below(FILLINGS.len())]),
            '?' => text.push(['a', 'x', '/', '?', 'é'][random.below(5)]),
            other => text.push(other),
        }
    }
    let start = BUCKET.len();
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..random.below(3) {
        let at = start + random.below(chars.len() - start + 1);
        match random.below(3) {
            0 => chars.insert(at, ['a', '/', '-', 'x'][random.below(4)]),
            1 if at < chars.len() => {
                chars.remove(at);
            }
            _ if at < chars.len() => chars[at] = 'z',
            _ => {}
        }
    }
    chars.into_iter().collect()
}

// Rules that no small world shows

fn numeric(operator: &str, number: &str) -> Value {
    json!({operator: {NUMBER: number}})
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric>
#[test]
fn numbers() {
    let sorted = |a: &str, b: &str| when_any(&[numeric(a, "5"), numeric(b, "5")]);
    // Whatever can be read as a number is less than 5, or not.
    within(&when(numeric("NumericLessThan", "100")), &sorted("NumericLessThan", "NumericGreaterThanEquals"));
    within(
        &when(numeric("NumericNotEquals", "5")),
        &both(&sorted("NumericLessThan", "NumericGreaterThan"), &when(json!({"Null": {NUMBER: "true"}}))),
    );
    let found = not_within(&when(numeric("NumericLessThan", "6")), &sorted("NumericLessThan", "NumericGreaterThan"));
    assert_eq!(found.keys, [(NUMBER.to_owned(), KeyValue::One("5".to_owned()))]);
    // Numbers are compared as numbers, however they are written, and lie densely.
    same(&when(numeric("NumericEquals", "5")), &when(numeric("NumericEquals", "5.0")));
    meet(&when(numeric("NumericGreaterThan", "5")), &when(numeric("NumericLessThan", "5.1")));
    disjoint(&when(numeric("NumericGreaterThan", "5")), &when(numeric("NumericLessThan", "5")));
    disjoint(&when(numeric("NumericGreaterThanEquals", "10")), &when(numeric("NumericLessThan", "9")));
    // Of several values one must match; of a negated comparison none.
    same(
        &when(json!({"NumericEquals": {NUMBER: ["1", "2"]}})),
        &when_any(&[numeric("NumericEquals", "1"), numeric("NumericEquals", "2")]),
    );
    disjoint(&when(json!({"NumericNotEquals": {NUMBER: ["1", "2"]}})), &when(numeric("NumericEquals", "2")));
}

/// A key that the request does not have matches no positive operator, every negated one and every `...IfExists`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>
#[test]
fn keys_that_a_request_does_not_have() {
    let absent = when(json!({"Null": {TEXT: "true"}}));
    disjoint(&when(json!({"StringLike": {TEXT: "?*"}})), &absent);
    meet(&when(json!({"StringNotLike": {TEXT: "*"}})), &absent);
    within(&absent, &when(json!({"StringNotEquals": {TEXT: "a"}})));
    // `Null` is true of an empty text too, which is no `a`.
    within(&absent, &when(json!({"StringNotEqualsIfExists": {TEXT: "a"}})));
    not_within(&when(json!({"StringNotEquals": {TEXT: "a"}})), &absent);
    // `StringEquals` and `StringNotEquals` of one value are opposites.
    within(
        &when(json!({})),
        &when_any(&[json!({"StringEquals": {TEXT: "a"}}), json!({"StringNotEquals": {TEXT: "a"}})]),
    );
    // `StringEqualsIfExists` says less than `StringEquals`.
    within(&when(json!({"StringEquals": {TEXT: "a"}})), &when(json!({"StringEqualsIfExists": {TEXT: "a"}})));
    not_within(&when(json!({"StringEqualsIfExists": {TEXT: "a"}})), &when(json!({"StringEquals": {TEXT: "a"}})));
    // A Bool key that is there is true or false; one that is not is neither.
    let either = when_any(&[json!({"Bool": {BOOL: "true"}}), json!({"Bool": {BOOL: "false"}})]);
    not_within(&when(json!({})), &either);
    within(&when(json!({})), &both(&either, &when(json!({"Null": {BOOL: "true"}}))));
    // `deny unless true` and `deny if false` are not the same: the second lets requests without the key pass.
    let deny = |condition: Value| {
        policy(&[
            json!({"Effect": "Allow", "Action": "*", "Resource": "*"}),
            json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}),
        ])
    };
    within(&deny(json!({"BoolIfExists": {BOOL: "false"}})), &deny(json!({"Bool": {BOOL: "false"}})));
    let found = not_within(&deny(json!({"Bool": {BOOL: "false"}})), &deny(json!({"BoolIfExists": {BOOL: "false"}})));
    assert_eq!(found.keys, []);
}

/// The listing of a whole bucket has the prefix "", which is a value.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html>
#[test]
fn empty_values() {
    let prefix = |operator: &str, value: Value| when(json!({operator: {"s3:prefix": value}}));
    // `*` matches the empty text, `?*` does not.
    within(&prefix("StringEquals", json!("")), &prefix("StringLike", json!("*")));
    disjoint(&prefix("StringEquals", json!("")), &prefix("StringLike", json!("?*")));
    let found = not_within(&prefix("StringLike", json!("*")), &prefix("StringLike", json!("?*")));
    assert_eq!(found.keys, [("s3:prefix".to_owned(), KeyValue::One(String::new()))]);
    within(&prefix("StringLike", json!("*")), &prefix("StringLike", json!(["", "?*"])));
    // An empty prefix is not an absent one; `Null` counts both as missing.
    not_within(&prefix("Null", json!("true")), &prefix("StringEquals", json!("")));
    within(&prefix("StringEquals", json!("")), &prefix("Null", json!("true")));
    disjoint(&prefix("StringEquals", json!("")), &prefix("Null", json!("false")));
}

/// `ForAllValues` holds of a key that the request does not have, `ForAnyValue` does not.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
#[test]
fn keys_of_several_values() {
    let all = |operator: &str, values: Value| when(json!({format!("ForAllValues:{operator}"): {TAGS: values}}));
    let any = |operator: &str, values: Value| when(json!({format!("ForAnyValue:{operator}"): {TAGS: values}}));
    let absent = when(json!({"Null": {TAGS: "true"}}));
    within(&absent, &all("StringEquals", json!("a")));
    disjoint(&absent, &any("StringEquals", json!("a")));
    // That all are `a` does not say that there is one; with one there, one is.
    not_within(&all("StringEquals", json!("a")), &any("StringEquals", json!("a")));
    let some = when(json!({"ForAllValues:StringEquals": {TAGS: "a"}, "Null": {TAGS: "false"}}));
    within(&some, &any("StringEquals", json!("a")));
    // One may be `a` and another `b`.
    meet(&any("StringEquals", json!("a")), &any("StringEquals", json!("b")));
    disjoint(&some, &any("StringEquals", json!("b")));
    // All are among two: all the one, all the other, or some of both.
    let pieces = both(&all("StringEquals", json!("a")), &all("StringEquals", json!("b")));
    not_within(&all("StringEquals", json!(["a", "b"])), &pieces);
    within(&pieces, &all("StringEquals", json!(["a", "b"])));
    // None is `a`: all are something else.
    within(&when(json!({})), &both(&any("StringEquals", json!("a")), &all("StringNotEquals", json!("a"))));
    disjoint(&any("StringEquals", json!("a")), &all("StringNotEquals", json!("a")));
    // One is not `a`, of several, is no contradiction to one that is.
    meet(&any("StringEquals", json!("a")), &any("StringNotEquals", json!("a")));
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>
#[test]
fn dates() {
    let at = |operator: &str, date: &str| when(json!({operator: {"aws:CurrentTime": date}}));
    // Dates may be written in ISO 8601 or as seconds since 1970.
    same(&at("DateLessThan", "2026-01-01T00:00:00Z"), &at("DateLessThan", "1767225600"));
    same(&at("DateEquals", "2026-01-01T01:00:00+01:00"), &at("DateEquals", "2026-01-01T00:00:00Z"));
    within(&at("DateLessThan", "2026-01-01T00:00:00Z"), &at("DateLessThan", "2026-01-01T00:00:01Z"));
    disjoint(&at("DateLessThan", "2026-01-01T00:00:00Z"), &at("DateGreaterThanEquals", "2026-01-01T00:00:00Z"));
    meet(&at("DateLessThanEquals", "2026-01-01T00:00:00Z"), &at("DateGreaterThanEquals", "2026-01-01T00:00:00Z"));
    within(
        &at("DateLessThan", "2027-01-01T00:00:00Z"),
        &both(&at("DateLessThan", "2026-01-01T00:00:00Z"), &at("DateGreaterThanEquals", "2026-01-01T00:00:00Z")),
    );
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress>
#[test]
fn addresses() {
    let from = |operator: &str, ranges: Value| when(json!({operator: {"aws:SourceIp": ranges}}));
    // Two halves are the whole, of either family.
    same(&from("IpAddress", json!("10.0.0.0/24")), &from("IpAddress", json!(["10.0.0.0/25", "10.0.0.128/25"])));
    same(
        &from("IpAddress", json!("2001:db8::/32")),
        &from("IpAddress", json!(["2001:db8::/33", "2001:db8:8000::/33"])),
    );
    let found = not_within(
        &from("IpAddress", json!("10.0.0.0/24")),
        &from(
            "IpAddress",
            json!([
                "10.0.0.0/25",
                "10.0.0.129/32",
                "10.0.0.130/31",
                "10.0.0.132/30",
                "10.0.0.136/29",
                "10.0.0.144/28",
                "10.0.0.160/27",
                "10.0.0.192/26"
            ]),
        ),
    );
    assert_eq!(found.keys, [("aws:SourceIp".to_owned(), KeyValue::One("10.0.0.128".to_owned()))]);
    // Where only the bits of the prefix are given, the others do not matter.
    same(&from("IpAddress", json!("10.0.0.77/24")), &from("IpAddress", json!("10.0.0.0/24")));
    disjoint(&from("IpAddress", json!("10.0.0.0/8")), &from("IpAddress", json!("2001:db8::/32")));
    // `NotIpAddress` holds of requests without the key.
    disjoint(&from("NotIpAddress", json!("10.0.0.0/8")), &from("IpAddress", json!("10.1.0.0/16")));
    meet(&from("NotIpAddress", json!("0.0.0.0/0")), &when(json!({"Null": {"aws:SourceIp": "true"}})));
    within(
        &from("IpAddress", json!(["0.0.0.0/0", "::/0"])),
        &both(&from("IpAddress", json!("10.0.0.0/8")), &from("NotIpAddress", json!("10.0.0.0/8"))),
    );
}

/// Texts are compared by case, unless the operator says otherwise; actions are not, resources are.
#[test]
fn letter_case() {
    let tag = |operator: &str, value: &str| when(json!({operator: {TEXT: value}}));
    disjoint(&tag("StringEquals", "Ann"), &tag("StringEquals", "ann"));
    same(&tag("StringEqualsIgnoreCase", "Ann"), &tag("StringEqualsIgnoreCase", "aNN"));
    within(&tag("StringEquals", "ANN"), &tag("StringEqualsIgnoreCase", "ann"));
    disjoint(&tag("StringEquals", "ANN"), &tag("StringNotEqualsIgnoreCase", "ann"));
    same(&allow("S3:getobject", "*"), &allow("s3:GetObject", "*"));
    disjoint(&allow("s3:GetObject", "arn:aws:s3:::b/K"), &allow("s3:GetObject", "arn:aws:s3:::b/k"));
    // The names of condition keys have no case: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    same(&when(json!({"StringEquals": {"AWS:principaltag/T": "a"}})), &tag("StringEquals", "a"));
    // `StringEquals` knows no wildcards.
    disjoint(&tag("StringEquals", "a*"), &tag("StringEquals", "ab"));
    within(&tag("StringEquals", "a*"), &tag("StringLike", "a*"));
}

/// Each of the six parts of an ARN is matched by itself, and `ArnEquals` is as `ArnLike`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
#[test]
fn arns() {
    let of = |operator: &str, arn: &str| when(json!({operator: {"aws:SourceArn": arn}}));
    same(&of("ArnEquals", "arn:aws:sns:*:123456789012:t"), &of("ArnLike", "arn:aws:sns:*:123456789012:t"));
    within(&of("ArnEquals", "arn:aws:sns:eu-west-1:123456789012:t"), &of("ArnLike", "arn:aws:sns:*:*:*"));
    // A wildcard does not reach over a colon, as one of a text does.
    disjoint(&of("ArnLike", "arn:aws:sns:*:t"), &of("ArnLike", "arn:aws:sns:eu-west-1:123456789012:t"));
    let text = when(json!({"StringLike": {"aws:SourceArn": "arn:aws:sns:*:t"}}));
    meet(&text, &of("ArnLike", "arn:aws:sns:eu-west-1:123456789012:t"));
    // In the last part it does.
    within(
        &of("ArnLike", "arn:aws:logs:eu-west-1:123456789012:log-group:g:x"),
        &of("ArnLike", "arn:aws:logs:*:*:log-group:*"),
    );
    // What is no ARN is like none, and unlike all.
    disjoint(&of("ArnLike", "arn:*:*:*:*:*"), &when(json!({"StringEquals": {"aws:SourceArn": "none"}})));
    meet(&of("ArnNotLike", "arn:*:*:*:*:*"), &when(json!({"StringEquals": {"aws:SourceArn": "none"}})));
}

/// `*` is every resource, also of actions that have none; an ARN of wildcards is every ARN, but not `*`.
#[test]
fn resources() {
    let every = allow("ec2:DescribeInstances", "*");
    let arns = allow("ec2:DescribeInstances", "arn:*:*:*:*:*");
    within(&arns, &every);
    let found = not_within(&every, &arns);
    assert_eq!(found.request.resource, "*");
    // `NotResource` is about everything else.
    let but = policy(&[json!({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"})]);
    disjoint(&but, &allow("s3:GetObject", "arn:aws:s3:::b/k"));
    same(&both(&but, &allow("s3:*", "arn:aws:s3:::b/*")), &allow("s3:*", "*"));
    // A deny takes away.
    let less = policy(&[
        json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}),
        json!({"Effect": "Deny", "NotAction": "s3:Get*", "Resource": "*"}),
    ]);
    same(&less, &allow("s3:Get*", "*"));
    // Patterns that cover only together.
    let one = |name: &str| allow("s3:GetObject", &format!("arn:aws:s3:::b/{name}"));
    same(&one("*"), &[one("?"), one("??*")].iter().fold(one(""), |sum, one| both(&sum, one)));
    let found = not_within(&one("*"), &both(&one("?*/*"), &one("?")));
    assert!(["arn:aws:s3:::b/"].iter().any(|start| found.request.resource.starts_with(start)));
}

#[test]
fn a_counterexample_names_the_statements() {
    let a = both(&allow("s3:GetObject", "arn:aws:s3:::b/*"), &allow("s3:PutObject", "arn:aws:s3:::b/*"));
    let b = both(&allow("s3:GetObject", "arn:aws:s3:::c/*"), &allow("s3:PutObject", "arn:aws:s3:::b/in/*"));
    let found = not_within(&a, &b);
    assert_eq!((found.statement.statement, found.nearest.map(|place| place.statement)), (0, Some(0)));
    assert_eq!(found.request.action, "s3:GetObject");
    let found = not_within(&a, &both(&b, &allow("s3:GetObject", "*")));
    assert_eq!((found.statement.statement, found.request.action.as_str()), (1, "s3:PutObject"));
}

// Hostile inputs

/// What debug builds may take for one claim.
const PATIENCE: Duration = Duration::from_secs(8);

/// The answer, which comes soon; none where it is not known.
#[track_caller]
fn ends(claim: Claim, a: &Value, b: &Value) -> Option<bool> {
    let (a, b) = (document(a), document(b));
    let start = Instant::now();
    let verdict = proved(claim, &a, &b);
    let taken = start.elapsed();
    assert!(taken < PATIENCE, "it took {taken:?}");
    match verdict {
        Verdict::Holds => Some(true),
        Verdict::Fails(found) => {
            assert!(refutes(claim, allowed_by(&a, &b, &found.request)));
            Some(false)
        }
        Verdict::Unknown(_) => None,
    }
}

#[test]
fn many_stars() {
    let family = |letters: &str, count: usize| -> Vec<String> {
        let letters: Vec<char> = letters.chars().collect();
        let turned =
            |by: usize| -> String { (0..letters.len()).map(|at| letters[(at + by) % letters.len()]).collect() };
        (0..count).map(|by| turned(by).chars().fold("*".to_owned(), |sofar, one| format!("{sofar}{one}*"))).collect()
    };
    let of = |names: &[String]| {
        let arns: Vec<String> = names.iter().map(|name| format!("arn:aws:s3:::b/{name}")).collect();
        policy(&[json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": arns})])
    };
    let (few, many) = (of(&family("abcdefgh", 8)), of(&family("abcdefghijklmnop", 16)));
    assert_ne!(ends(Claim::Within, &few, &many), Some(true));
    assert_ne!(ends(Claim::Within, &many, &few), Some(false));
    assert_ne!(ends(Claim::Disjoint, &few, &many), Some(true));
    // None of many is matched.
    let all = of(&["*".to_owned()]);
    assert_ne!(ends(Claim::Within, &all, &many), Some(true));
}

#[test]
fn hundreds_of_patterns_on_one_key() {
    let patterns =
        |ending: &str, count: usize| -> Value { (0..count).map(|number| format!("{number:03}*{ending}*")).collect() };
    let of = |operator: &str, values: Value| when(json!({operator: {TEXT: values}}));
    assert_ne!(
        ends(Claim::Within, &of("StringLike", patterns("ab", 400)), &of("StringLike", patterns("a", 400))),
        Some(false)
    );
    assert_ne!(
        ends(Claim::Within, &of("StringLike", patterns("a", 400)), &of("StringLike", patterns("ab", 400))),
        Some(true)
    );
    assert_ne!(
        ends(Claim::Disjoint, &of("StringLike", patterns("a", 300)), &of("StringNotLike", patterns("a", 300))),
        Some(false)
    );
}

#[test]
fn all_combinations_of_ten_keys() {
    let key = |at: usize| format!("aws:PrincipalTag/k{at}");
    let combination = |number: usize| {
        let value = |at: usize| if number >> at & 1 == 1 { "true" } else { "false" };
        let tests: serde_json::Map<String, Value> = (0..10).map(|at| (key(at), json!(value(at)))).collect();
        json!({"Bool": tests})
    };
    let all: Vec<Value> = (0..1_024).map(combination).collect();
    let there: serde_json::Map<String, Value> = (0..10).map(|at| (key(at), json!("false"))).collect();
    let there = when(json!({"Null": there}));
    assert_ne!(ends(Claim::Within, &there, &when_any(&all)), Some(false));
    // One is missing.
    let found = ends(Claim::Within, &there, &when_any(&all[..1_023]));
    assert_ne!(found, Some(true));
}

/// What AWS does not say of `Null` with a set operator matters only where a claim depends on it.
#[test]
fn null_with_a_set_operator() {
    let null = |set: &str, wanted: &str| json!({format!("{set}:Null"): {TAGS: wanted}});
    let with = |one: Value, key: &str, value: &str| {
        let mut one = one;
        one["StringEquals"] = json!({ key: value });
        when(one)
    };
    for (set, wanted) in
        [("ForAllValues", "true"), ("ForAllValues", "false"), ("ForAnyValue", "true"), ("ForAnyValue", "false")]
    {
        let one = || null(set, wanted);
        within(&with(one(), "aws:username", "a"), &when(one()));
        disjoint(&with(one(), "aws:username", "a"), &with(one(), "aws:username", "b"));
        let deny = json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": one()});
        let mut rest = when(json!({}));
        rest["Statement"].as_array_mut().unwrap().push(deny);
        disjoint(&when(one()), &rest);
        within(&when(json!({})), &both(&when(one()), &when(json!({}))));
        // Of a missing key it is known.
        let absent = when(json!({"Null": {TAGS: "true"}}));
        if set == "ForAllValues" {
            within(&absent, &when(one()))
        } else {
            disjoint(&absent, &when(one()))
        };
        // Of one that is there it may be this or that.
        let there = when(json!({"Null": {TAGS: "false"}}));
        unknown_or_fails(&there, &when(one()));
        unknown_or_fails(&when(one()), &absent);
    }
}

/// Where the policies leave a choice, a key has a value that IAM could deliver; what they leave nothing of is no such value.
#[test]
fn counterexamples_have_values_that_iam_could_deliver() {
    let nothing = policy(&[json!({"Effect": "Deny", "Action": "*", "Resource": "*"})]);
    let value = |operator: &str, key: &str, values: Value| {
        let a = when(json!({operator: {key: values}, "Null": {key: "false"}}));
        let found = not_within(&a, &nothing);
        let [(_, value)] = found.keys.as_slice() else { panic!("{:?}", found.keys) };
        match value {
            KeyValue::One(text) => text.clone(),
            KeyValue::Several(texts) => texts.join(" "),
            other => panic!("{other:?}"),
        }
    };
    let all_digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    for (operator, values) in [
        ("StringLike", json!("11*")),
        ("StringLike", json!("*77")),
        ("StringNotEquals", json!(["123456789012", "999999999999"])),
        ("StringNotLike", json!("1*")),
    ] {
        for key in ["aws:SourceAccount", "aws:PrincipalAccount", "aws:ResourceAccount", "s3:DataAccessPointAccount"] {
            let text = value(operator, key, values.clone());
            assert!(all_digits(&text, 12), "{key}: {text}");
        }
    }
    let arn = value("ArnLike", "aws:PrincipalArn", json!("arn:aws:iam::*:role/*"));
    let (account, name) = arn.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(":role/")).unwrap();
    assert!(all_digits(account, 12) && !name.is_empty(), "{arn}");
    assert!(value("ArnLike", "aws:PrincipalArn", json!("arn:aws-cn:*:*:*:user/*")).starts_with("arn:aws-cn:iam::"));
    let topic = value("ArnLike", "aws:SourceArn", json!("arn:aws:sns:*:111122223333:*"));
    assert!(topic.starts_with("arn:aws:sns:us-east-1:111122223333:") && !topic.ends_with(':'), "{topic}");
    assert!(value("StringNotEquals", "aws:PrincipalOrgID", json!("o-exampleorgid")).starts_with("o-"));
    assert!(value("StringLike", "aws:PrincipalOrgID", json!("o-z*")).len() >= 12);
    let vpc = value("StringLike", "aws:SourceVpc", json!("vpc-99*"));
    assert!(all_digits(vpc.strip_prefix("vpc-").unwrap(), 17), "{vpc}");
    assert_eq!(value("StringLike", "aws:RequestedRegion", json!("sa-*")), "sa-east-1");
    assert_eq!(value("StringNotEquals", "aws:PrincipalType", json!(["Account", "User"])), "FederatedUser");
    assert_eq!(value("StringNotEquals", "s3:x-amz-acl", json!("private")), "public-read");
    assert_eq!(value("ForAnyValue:StringLike", "aws:CalledVia", json!("a*")).rsplit_once('.').unwrap().1, "com");
    let paths = value("ForAllValues:StringLike", "aws:PrincipalOrgPaths", json!("o-*/r-*/*"));
    assert!(paths.starts_with("o-exampleorgid/r-") && paths.ends_with('/'), "{paths}");
    // Nothing else is left by the policy.
    assert_eq!(value("StringEquals", "aws:SourceAccount", json!("me")), "me");
    assert!(value("StringLike", "aws:PrincipalOrgID", json!("my-*")).starts_with("my-"));
}

/// Keys that AWS puts into every request are in a counterexample, where the policies leave that open.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[test]
fn counterexamples_have_the_keys_of_every_request() {
    let all = policy(&[json!({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"})]);
    let value = |operator: &str, key: &str, values: Value| {
        let found = not_within(&all, &when(json!({operator: {key: values}})));
        found.keys.first().map(|(_, value)| format!("{value:?}"))
    };
    let has = |operator: &str, key: &str, values: Value, expected: &str| {
        let found = value(operator, key, values).unwrap_or_default();
        assert!(found.contains(expected), "{key}: {found:?}");
    };
    has("StringEquals", "aws:RequestedRegion", json!(["us-east-1", "eu-west-1"]), "eu-central-1");
    has("StringLike", "aws:RequestedRegion", json!(["eu-*", "us-east-1"]), "ap-southeast-2");
    has("Bool", "aws:SecureTransport", json!("true"), "false");
    has("DateGreaterThan", "aws:CurrentTime", json!("2026-01-01T00:00:00Z"), "20");
    // What is there only sometimes may be missing.
    assert_eq!(value("IpAddress", "aws:SourceIp", json!("203.0.113.0/24")), None);
    assert_eq!(value("StringEquals", "aws:PrincipalTag/team", json!("core")), None);
    // Nothing is left but that it is missing.
    assert_eq!(value("StringLike", "aws:RequestedRegion", json!("*")), None);
    assert_eq!(value("Null", "aws:RequestedRegion", json!("false")), None);
}

/// Sides that are easily taken for sound and are not.
#[test]
fn what_variables_and_letter_case_do_not_prove() {
    let on = |resource: &str| allow("s3:GetObject", resource);
    // The value of a variable may have more than one character, or hold a `:`.
    not_within(&on("arn:aws:s3:::b/${aws:PrincipalTag/x}"), &on("arn:aws:s3:::b/?"));
    let test = |operator: &str, key: &str, value: &str| when(json!({ operator: { key: value } }));
    unknown_or_fails(
        &test("StringEqualsIgnoreCase", "aws:RequestTag/x", "${aws:PrincipalTag/x}"),
        &test("StringEquals", "aws:RequestTag/x", "${aws:PrincipalTag/x}"),
    );
    unknown_or_fails(
        &test("StringLike", "aws:SourceArn", "arn:aws:sns:${aws:PrincipalTag/r}:1:t"),
        &test("ArnLike", "aws:SourceArn", "arn:aws:sns:*:1:t"),
    );
    // A variable that is a whole ARN matches something.
    unknown_or_fails(&test("ArnEquals", "aws:SourceArn", "${aws:PrincipalArn}"), &allow("iam:GetRole", "*"));
    // Of an empty value, which a variable may have, all values are outside of any set.
    unknown_or_fails(
        &test("ForAllValues:StringNotEquals", "aws:RequestTag/x", "${aws:RequestTag/x}"),
        &when(json!({"Null": {"aws:RequestTag/x": "true"}, "StringNotEquals": {"aws:RequestTag/x": ""}})),
    );
    // A key that the catalogue does not have may hold one value, whatever else a document compares it with.
    let mut both = test("StringEquals", "custom:k", "x");
    both["Statement"].as_array_mut().unwrap().push(json!({
        "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*",
        "Condition": { "ForAnyValue:StringEquals": { "custom:k": "x" } },
    }));
    unknown_or_fails(&both, &allow("s3:PutObject", "*"));
}

/// IAM takes characters up to U+00FF only; those that stand for variables here are none that a policy could write instead.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>
#[test]
fn no_text_is_taken_for_a_variable() {
    for number in [0, 3, 4, 0x3003, 0x6003, 0x9003, 0xC003, 0x1_0003] {
        let one = char::from_u32(0xF_0000 + number).unwrap();
        let tag = |operator: &str, value: String| when(json!({operator: {"aws:RequestTag/x": value}}));
        for (a, b) in [
            (tag("StringEquals", format!("a{one}")), tag("StringEquals", "a${aws:RequestTag/x}".into())),
            (tag("StringEquals", format!("a{one}")), tag("StringEquals", "b".into())),
            (tag("StringEquals", one.into()), when(json!({"Null": {"aws:RequestTag/x": "true"}}))),
            (
                allow("s3:GetObject", &format!("arn:aws:s3:::{one}")),
                allow("s3:GetObject", "arn:aws:s3:::${aws:RequestTag/x}"),
            ),
            (allow("s3:*", "*"), allow(&format!("s3:*{one}*"), "*")),
        ] {
            unknown_or_fails(&a, &b);
        }
        // One character, and itself, it is all the same.
        let verdict = |a: &Value, b: &Value| proved(Claim::Within, &document(a), &document(b));
        assert!(!matches!(
            verdict(&tag("StringEquals", one.into()), &tag("StringLike", "?".into())),
            Verdict::Fails(_)
        ));
        assert!(!matches!(
            verdict(&tag("StringEquals", one.into()), &tag("StringEquals", one.into())),
            Verdict::Fails(_)
        ));
    }
}

#[track_caller]
fn unknown_or_fails(a: &Value, b: &Value) {
    let (a, b) = (document(a), document(b));
    let verdict = proved(Claim::Within, &a, &b);
    assert!(!matches!(verdict, Verdict::Holds), "{verdict:?}");
}
