//! What a region is, and that relation and regions agree with the evaluator on requests.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Relation, Side, difference, no_longer_denied};
use crate::base::FileId;
use crate::catalogue::Catalogue;
use crate::evaluate::{Context, KeyValue, Layers, Outcome, Request, Requester, decide_alone};
use crate::policy::Document;
use crate::policy::read::json::Place;
use crate::policy::read::{Mode, read};
use crate::prove::Subject;

fn document(statements: Value) -> Document {
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    read(Place::At(FileId(0), 0), &text, Mode::Strict).expect("a policy").document
}

fn subject(document: &Document) -> Subject<'_> {
    Subject { document, has_principals: false }
}

/// The relation, and the actions, resources and number of exceptions of the regions of each side.
fn found(old: Value, new: Value) -> (Relation, Vec<String>, Vec<String>) {
    let (old, new) = (document(old), document(new));
    let found = difference(Catalogue::builtin(), subject(&old), subject(&new));
    let shown = |side: &Side| {
        let each = side.regions.iter().map(|region| {
            let statement = &region.statement;
            let actions: Vec<&str> = statement.action.patterns.iter().map(|one| one.value.as_str()).collect();
            let resources = statement.resource.iter().flat_map(|element| &element.patterns);
            let resources: Vec<String> = resources.map(|one| one.value.to_string()).collect();
            let kept =
                [(region.except.len(), "but"), (region.denied.len(), "denied"), (region.partly.into(), "partly")];
            let kept = kept.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!(" {word} {number}"));
            let not = if statement.action.negated { "not " } else { "" };
            format!("{not}{} on {}{}", actions.join(","), resources.join(","), kept.collect::<String>())
        });
        each.collect()
    };
    (found.relation(), shown(&found.gained), shown(&found.lost))
}

fn allow(actions: Value, resources: Value) -> Value {
    json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
}

fn deny(actions: Value, resources: Value) -> Value {
    json!({ "Effect": "Deny", "Action": actions, "Resource": resources })
}

const A: &str = "arn:aws:s3:::a/*";
const B: &str = "arn:aws:s3:::b/*";

#[test]
fn actions_that_share_their_resources_are_one_region() {
    let actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectTagging"];
    let old = json!([allow(json!(actions[..2]), json!(A))]);
    let new = json!([allow(json!(actions), json!([A, B]))]);
    let both = format!("s3:DeleteObject,s3:GetObjectTagging on {A},{B}");
    let one = format!("s3:GetObject,s3:PutObject on {B}");
    assert_eq!(found(old.clone(), new.clone()), (Relation::Wider, vec![one.clone(), both.clone()], vec![]));
    assert_eq!(found(new.clone(), old), (Relation::Narrower, vec![], vec![one, both]));
    assert_eq!(found(new.clone(), new), (Relation::Equal, vec![], vec![]));
}

#[test]
fn a_pattern_that_was_allowed_in_part_has_an_exception() {
    let (old, new) = (json!([allow(json!("s3:Get*"), json!(A))]), json!([allow(json!("s3:*"), json!(A))]));
    assert_eq!(found(old, new), (Relation::Wider, vec![format!("s3:* on {A} but 1")], vec![]));
}

#[test]
fn what_other_regions_say_is_not_said_again() {
    let old = json!([allow(json!("sqs:*"), json!("*"))]);
    let new = json!([allow(json!("s3:Get*"), json!(A)), allow(json!("s3:*"), json!("*"))]);
    let lost = vec!["sqs:* on *".to_owned()];
    assert_eq!(found(old, new), (Relation::Incomparable, vec!["s3:* on *".to_owned()], lost));
}

#[test]
fn a_deny_that_is_gone_gives_what_the_allows_have_of_it() {
    let all = allow(json!("s3:*"), json!("*"));
    let old = json!([all, deny(json!(["s3:DeleteObject", "iam:*"]), json!(A))]);
    assert_eq!(found(old, json!([all])), (Relation::Wider, vec![format!("s3:DeleteObject on {A}")], vec![]));
    let (region, other) = (json!({ "Effect": "Deny", "NotAction": "s3:List*", "Resource": "*" }), json!([all]));
    // Of a pattern that the deny leaves out in part.
    assert_eq!(found(json!([all, region]), other), (Relation::Wider, vec!["s3:* on * partly 1".to_owned()], vec![]));
}

#[test]
fn what_is_new_anyway_is_not_said_of_a_deny_that_is_gone() {
    let old = json!([allow(json!("s3:GetObject"), json!(A)), deny(json!("s3:*"), json!([A, B]))]);
    let new = json!([allow(json!(["s3:GetObject", "s3:PutObject"]), json!([A, B]))]);
    let gained = [format!("s3:GetObject on {B}"), format!("s3:PutObject on {A},{B}"), format!("s3:GetObject on {A}")];
    assert_eq!(found(old, new), (Relation::Wider, gained.to_vec(), vec![]));
}

#[test]
fn a_deny_of_the_document_itself_is_said() {
    let tls = json!({ "Effect": "Deny", "Action": "s3:*", "Resource": "*",
        "Condition": { "Bool": { "aws:SecureTransport": "false" } } });
    let new =
        json!([allow(json!(["s3:GetObject", "s3:PutObject"]), json!(A)), deny(json!("s3:Put*"), json!("*")), tls]);
    let old = json!([allow(json!("sqs:SendMessage"), json!("*"))]);
    let (relation, gained, _) = found(old, new);
    assert_eq!((relation, gained), (Relation::Incomparable, vec![format!("s3:GetObject on {A} denied 1")]));
}

#[test]
fn denies_beyond_the_allows_are_found_too() {
    let guarded = document(json!([allow(json!("s3:Get*"), json!("*")), deny(json!("iam:*"), json!("*"))]));
    let bare = document(json!([allow(json!("s3:Get*"), json!("*"))]));
    let catalogue = Catalogue::builtin();
    let (statement, example) = no_longer_denied(catalogue, subject(&guarded), subject(&bare)).expect("iam:*");
    assert_eq!(statement.action.patterns[0].value, "iam:*");
    assert!(example.request.action.starts_with("iam:"));
    assert!(no_longer_denied(catalogue, subject(&bare), subject(&guarded)).is_none());
    assert!(no_longer_denied(catalogue, subject(&guarded), subject(&guarded)).is_none());
}

const ACTIONS: [&str; 6] = ["s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*", "sqs:SendMessage", "*"];
const RESOURCES: [&str; 4] = ["arn:aws:s3:::a/*", "arn:aws:s3:::a/x", "arn:aws:s3:::b/*", "*"];

fn statement() -> impl Strategy<Value = Value> {
    let some = |all: &'static [&'static str]| prop::sample::subsequence(all, 1..=2);
    let condition = prop_oneof![
        3 => Just(json!({})),
        1 => Just(json!({ "Bool": { "aws:SecureTransport": "true" } })),
        1 => Just(json!({ "BoolIfExists": { "aws:SecureTransport": "false" } })),
        1 => Just(json!({ "StringEquals": { "aws:PrincipalTag/team": ["red", "blue"] } })),
        1 => Just(json!({ "StringNotEquals": { "aws:PrincipalTag/team": "red" } })),
    ];
    let parts = (prop::bool::weighted(0.7), some(&ACTIONS), some(&RESOURCES), any::<[bool; 2]>(), condition);
    parts.prop_map(|(allows, actions, resources, [not_action, not_resource], condition)| {
        let rare = |one: bool, list: &[&str]| one && list.len() == 1;
        let mut statement = json!({ "Effect": if allows { "Allow" } else { "Deny" } });
        statement[if rare(not_action, &actions) { "NotAction" } else { "Action" }] = json!(actions);
        statement[if rare(not_resource, &resources) { "NotResource" } else { "Resource" }] = json!(resources);
        if condition != json!({}) {
            statement["Condition"] = condition;
        }
        statement
    })
}

/// Requests that tell the statements above apart.
fn requests() -> Vec<Request> {
    let mut all = Vec::new();
    for action in ["s3:GetObject", "s3:PutObject", "s3:GetBucketAcl", "sqs:SendMessage", "iam:CreateUser"] {
        for resource in ["arn:aws:s3:::a/x", "arn:aws:s3:::a/y", "arn:aws:s3:::b/x", "arn:aws:sqs:::q"] {
            for tls in [None, Some("true"), Some("false")] {
                for team in [None, Some("red"), Some("blue"), Some("green")] {
                    let mut context = Context::strict();
                    let mut set = |key: &str, value: Option<&str>| {
                        value.into_iter().for_each(|value| context.set(key, KeyValue::One(value.to_owned())));
                    };
                    set("aws:SecureTransport", tls);
                    set("aws:PrincipalTag/team", team);
                    let requester = Requester::parse("arn:aws:iam::123456789012:user/u").expect("a user");
                    let (action, resource) = (action.to_owned(), resource.to_owned());
                    all.push(Request { requester, action, resource, resource_account: None, context });
                }
            }
        }
    }
    all
}

fn allows(document: &Document, request: &Request) -> bool {
    let mut layers = Layers::default();
    let program = layers.compile(document);
    decide_alone(&program, &layers.bind(request), false) == Outcome::Allowed
}

/// A document of the statements of regions, without their exceptions.
fn of_regions(side: &Side) -> Document {
    let statements = side.regions.iter().map(|region| region.statement.clone()).collect();
    Document { statements, ..document(json!([])) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_evaluator_agrees(
        old in prop::collection::vec(statement(), 1..4),
        new in prop::collection::vec(statement(), 1..4),
    ) {
        let (old, new) = (document(json!(old)), document(json!(new)));
        let found = difference(Catalogue::builtin(), subject(&old), subject(&new));
        for (side, of, other) in [(&found.gained, &new, &old), (&found.lost, &old, &new)] {
            prop_assert_eq!(side.any, Some(!side.regions.is_empty()));
            for region in &side.regions {
                prop_assert!(allows(of, &region.example.request) && !allows(other, &region.example.request));
            }
            let told = of_regions(side);
            for request in requests() {
                let differs = allows(of, &request) && !allows(other, &request);
                prop_assert!(!differs || allows(&told, &request), "{:?} is in no region", request);
                for region in side.regions.iter().filter(|region| !region.partly && !differs) {
                    let alone = Document { statements: vec![region.statement.clone()], ..told.clone() };
                    let kept = |all: &Vec<crate::policy::Statement>| all.iter().any(|one| {
                        let as_allow = crate::policy::Statement { effect: crate::policy::Effect::Allow, ..one.clone() };
                        allows(&Document { statements: vec![as_allow], ..told.clone() }, &request)
                    });
                    let excused = kept(&region.except) || kept(&region.denied);
                    prop_assert!(excused || !allows(&alone, &request), "{:?} is in a region, and does not differ", request);
                }
            }
        }
    }
}
