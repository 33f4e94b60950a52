//! One case a step, as before and after.

use leastwise::base::FileId;
use leastwise::catalogue::Catalogue;
use leastwise::minimise::{Options, Unsplit, minimise, service_of, size, split};
use leastwise::policy::read::json::Place;
use leastwise::policy::read::{Mode, read};
use leastwise::policy::{Document, Kind, write};
use serde_json::{Value, json};

pub fn document(statements: &Value) -> Document {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    read(Place::At(FileId(0), 0), &text, Mode::Strict).unwrap_or_else(|errors| panic!("{text}: {errors:?}")).document
}

fn minimised(kind: Kind, open_world: bool, statements: &Value) -> Value {
    let document = document(statements);
    let service = service_of(kind, &document);
    let options = Options { kind, service: service.as_deref(), open_world };
    let after = minimise(Catalogue::builtin(), &document, options).document;
    let text = write(&after, true).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["Statement"].clone()
}

/// In a world in which the catalogue is all that there is.
#[track_caller]
fn becomes(before: Value, after: Value) {
    assert_eq!(minimised(Kind::Policy, false, &before), after);
}

#[track_caller]
fn stays(kind: Kind, before: Value) {
    assert_eq!(minimised(kind, true, &before), before);
}

#[track_caller]
fn becomes_in_any_world(kind: Kind, before: Value, after: Value) {
    assert_eq!(minimised(kind, true, &before), after);
}

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

#[test]
fn of_two_that_say_the_same_the_first_stays() {
    let named = json!({"Sid": "First", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"});
    let again = json!({"Sid": "Second", "Effect": "Allow", "Action": "S3:getobject", "Resource": "*"});
    becomes_in_any_world(Kind::Policy, json!([named, again]), json!([named]));
}

#[test]
fn what_another_statement_covers_goes() {
    let wide = allow("s3:Get*", "arn:aws:s3:::acme/*");
    becomes_in_any_world(Kind::Policy, json!([allow("s3:GetObject", "arn:aws:s3:::acme/a/*"), wide]), json!([wide]));
    // A condition makes it narrower; a condition of the other one keeps it.
    let mut tested = allow("s3:GetObject", "arn:aws:s3:::acme/a");
    tested["Condition"] = json!({"StringEquals": {"aws:PrincipalTag/team": "a"}});
    becomes_in_any_world(Kind::Policy, json!([tested, wide]), json!([wide]));
    let mut wide_tested = wide.clone();
    wide_tested["Condition"] = json!({"StringEquals": {"aws:PrincipalTag/team": "a"}});
    stays(Kind::Policy, json!([allow("s3:GetObject", "arn:aws:s3:::acme/a"), wide_tested]));
    // What several statements cover together.
    let either = json!([
        allow("s3:GetObject", "arn:aws:s3:::acme/a*"),
        {"Effect": "Allow", "NotAction": "s3:DeleteObject", "Resource": "arn:aws:s3:::acme/b*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::acme/aa", "arn:aws:s3:::acme/bb"]},
    ]);
    becomes_in_any_world(Kind::Policy, either.clone(), json!([either[0], either[1]]));
    let denies = json!([
        {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"},
    ]);
    becomes_in_any_world(Kind::Scp, denies.clone(), json!([denies[0]]));
}

#[test]
fn what_is_denied_as_a_whole_need_not_be_allowed() {
    let deny = json!({"Effect": "Deny", "Action": "iam:*", "Resource": "*"});
    let kept = allow("s3:GetObject", "*");
    becomes_in_any_world(Kind::Policy, json!([allow("iam:CreateUser", "*"), deny, kept]), json!([deny, kept]));
    // A denial of less leaves something, and one of nothing leaves all.
    for less in [
        json!({"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::*:user/a"}),
        json!({"Effect": "Deny", "Action": "*", "NotResource": "*"}),
    ] {
        let both = minimised(Kind::Policy, true, &json!([allow("iam:CreateUser", "*"), less]));
        assert_eq!(both[0], allow("iam:CreateUser", "*"));
    }
    // Where others look at what is denied, the denial counts also where nothing is allowed.
    stays(Kind::Policy, json!([kept, deny]));
}

#[test]
fn what_another_statement_covers_goes_out_of_a_list() {
    let wide = allow("s3:Get*", "*");
    becomes_in_any_world(
        Kind::Policy,
        json!([{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::acme/*"}, wide]),
        json!([allow("s3:PutObject", "arn:aws:s3:::acme/*"), wide]),
    );
    let wide = allow("s3:*Object", "arn:aws:s3:::acme/*");
    becomes_in_any_world(
        Kind::Policy,
        json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::acme/a", "arn:aws:s3:::other/a"]}, wide]),
        json!([allow("s3:GetObject", "arn:aws:s3:::other/a"), wide]),
    );
}

#[test]
fn what_another_element_covers_goes_out_of_a_list() {
    becomes_in_any_world(
        Kind::Policy,
        json!([{
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:Get*", "s3:GetObjectAcl"],
            "Resource": ["arn:aws:s3:::acme/a/b", "arn:aws:s3:::acme/a/*", "arn:aws:s3:::acme/${aws:username}"],
            "Condition": {
                "IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "10.1.0.0/16"]},
                "StringLike": {"aws:PrincipalTag/team": ["red", "r*", "blue"]},
            },
        }]),
        json!([{
            "Effect": "Allow",
            "Action": "s3:Get*",
            "Resource": ["arn:aws:s3:::acme/a/*", "arn:aws:s3:::acme/${aws:username}"],
            "Condition": {
                "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
                "StringLike": {"aws:PrincipalTag/team": ["r*", "blue"]},
            },
        }]),
    );
    // That everything matches is not that every ARN does.
    becomes_in_any_world(
        Kind::Policy,
        json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::acme/*", "*"]}]),
        json!([allow("s3:GetObject", "*")]),
    );
}

#[test]
fn statements_that_differ_in_one_list_become_one() {
    becomes_in_any_world(
        Kind::Policy,
        json!([
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme/a"},
            {"Sid": "Between", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"},
            {"Sid": "Other", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme/a"},
        ]),
        json!([
            {"Sid": "Other", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::acme/a"},
            {"Sid": "Between", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"},
        ]),
    );
    becomes_in_any_world(
        Kind::Policy,
        json!([allow("s3:GetObject", "arn:aws:s3:::acme/a"), allow("s3:GetObject", "arn:aws:s3:::acme/b")]),
        json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::acme/a", "arn:aws:s3:::acme/b"]}]),
    );
    let of = |team: &str| json!({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": team}}});
    becomes_in_any_world(
        Kind::Scp,
        json!([of("a"), of("b")]),
        json!([{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["a", "b"]}}}]),
    );
    let to = |role: &str| json!({"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::123456789012:role/{role}")}, "Action": "sts:AssumeRole"});
    becomes_in_any_world(
        Kind::Trust,
        json!([to("a"), to("b"), {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]),
        json!([{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:role/b"], "Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]),
    );
}

#[test]
fn statements_of_which_one_list_would_mean_something_else_stay_apart() {
    // None of these and none of those is less than either.
    let not = |team: &str| json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": team}}});
    let both = minimised(Kind::Policy, true, &json!([not("a"), not("b")]));
    assert_eq!(both.as_array().unwrap().len(), 2, "{both}");
    // All values of one list, or all of the other.
    let all = |key: &str| json!({"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": key}}});
    stays(Kind::Policy, json!([all("a"), all("b")]));
    // Two elements differ.
    stays(Kind::Policy, json!([allow("s3:GetObject", "arn:aws:s3:::a/*"), allow("s3:PutObject", "arn:aws:s3:::b/*")]));
    stays(
        Kind::Policy,
        json!([allow("s3:GetObject", "arn:aws:s3:::a/*"), {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::a/*"}]),
    );
}

#[test]
fn whom_a_resource_names_is_compared_by_name() {
    // The account hands on to its own policies; the role is let in by this one.
    let to = |principal: Value| json!({"Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}});
    let account = to(json!({"AWS": "arn:aws:iam::123456789012:root"}));
    let narrower = json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/a"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:q"});
    stays(Kind::Resource, json!([account, narrower]));
    stays(Kind::Resource, json!([to(json!("*")), narrower]));
}

#[test]
fn no_more_in_a_statement_than_its_service_counts() {
    let to = |actions: &[&str]| json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/a"}, "Action": actions, "Resource": "arn:aws:sqs:eu-west-1:123456789012:q"});
    let four = to(&["sqs:AddPermission", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueUrl"]);
    let other = to(&["sqs:ListQueueTags", "sqs:PurgeQueue", "sqs:ReceiveMessage", "sqs:SendMessage"]);
    stays(Kind::Resource, json!([four, other]));
}

#[test]
fn wildcards_stand_for_what_the_catalogue_has() {
    let tags = ["sqs:ListQueueTags", "sqs:ListQueues", "sqs:ListMessageMoveTasks", "sqs:ListDeadLetterSourceQueues"];
    becomes(json!([{"Effect": "Allow", "Action": tags, "Resource": "*"}]), json!([allow("sqs:List*", "*")]));
    becomes(
        json!([{"Effect": "Deny", "NotAction": tags, "Resource": "*"}]),
        json!([{"Effect": "Deny", "NotAction": "sqs:List*", "Resource": "*"}]),
    );
    // One is missing: the wildcards go around it.
    let some = minimised(Kind::Policy, false, &json!([{"Effect": "Allow", "Action": tags[1..], "Resource": "*"}]));
    assert!(!some.to_string().contains("sqs:List*\""), "{some}");
    // All of a service, each by its name.
    let all: Vec<String> = Catalogue::builtin().service("sns").unwrap().actions().map(|one| one.full_name()).collect();
    becomes(json!([{"Effect": "Allow", "Action": all, "Resource": "*"}]), json!([allow("sns:*", "*")]));
    // What the catalogue does not know stays, and so does what was written for times to come.
    becomes(
        json!([{"Effect": "Allow", "Action": ["nonesuch:GetThing", "nonesuch:GetThings", "sns:Get*"], "Resource": "*"}]),
        json!([{"Effect": "Allow", "Action": ["nonesuch:GetThing", "nonesuch:GetThings", "sns:Get*"], "Resource": "*"}]),
    );
    // An action that the document itself tells apart is one that there is.
    let secret = allow("sqs:ListSecrets", "arn:aws:sqs:*:*:a");
    let both = minimised(Kind::Policy, false, &json!([{"Effect": "Allow", "Action": tags, "Resource": "*"}, secret]));
    assert!(!both[0].to_string().contains("sqs:List*\""), "{both}");
    stays(
        Kind::Policy,
        json!([{"Effect": "Allow", "Action": ["sqs:ListDeadLetterSourceQueues", "sqs:ListMessageMoveTasks", "sqs:ListQueues", "sqs:ListQueueTags"], "Resource": "*"}]),
    );
}

#[test]
fn a_trust_policy_names_its_actions() {
    let trust = json!([{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]);
    assert_eq!(minimised(Kind::Trust, false, &trust), trust);
}

/// Statements that cannot be merged, each of some 150 characters.
fn many(count: usize) -> Document {
    let one = |n: usize| json!({"Sid": format!("S{n}"), "Effect": "Allow", "Action": format!("svc{n}:GetThing"), "Resource": format!("arn:aws:s3:::{}/{n}", "x".repeat(60))});
    document(&Value::Array((0..count).map(one).collect()))
}

#[test]
fn what_is_too_large_is_divided_where_several_count_as_one() {
    let whole = many(60);
    assert!(size(Kind::Policy, None, &whole) > 6_144);
    let parts = split(Catalogue::builtin(), Kind::Policy, false, &whole, 6_144).unwrap();
    assert!(parts.len() == 2 && parts.iter().all(|part| size(Kind::Policy, None, part) <= 6_144));
    let together: Vec<_> = parts.iter().flat_map(|part| part.statements.clone()).collect();
    assert_eq!(together.len(), whole.statements.len());
    assert!(whole.statements.iter().all(|statement| together.contains(statement)));
    let of = |kind, inline| split(Catalogue::builtin(), kind, inline, &whole, 2_000).unwrap_err();
    assert_eq!(of(Kind::Policy, true), Unsplit::Inline);
    for kind in [Kind::Boundary, Kind::Trust, Kind::Session, Kind::Resource, Kind::Endpoint] {
        assert_eq!(of(kind, false), Unsplit::OnlyOne);
    }
    assert!(matches!(split(Catalogue::builtin(), Kind::Scp, false, &many(200), 2_000), Err(Unsplit::TooMany(_, 10))));
}

#[test]
fn a_statement_that_is_too_large_alone_is_divided_by_its_longest_list() {
    let resources: Vec<String> = (0..120).map(|n| format!("arn:aws:s3:::{}{n}/*", "x".repeat(50))).collect();
    let whole = document(&json!([{"Sid": "All", "Effect": "Allow", "Action": "s3:GetObject", "Resource": resources}]));
    let parts = split(Catalogue::builtin(), Kind::Policy, false, &whole, 6_144).unwrap();
    assert!(parts.len() == 2 && parts.iter().all(|part| size(Kind::Policy, None, part) <= 6_144));
    let kept: usize =
        parts.iter().flat_map(|part| &part.statements).map(|one| one.resource.as_ref().unwrap().patterns.len()).sum();
    assert_eq!(kept, 120);
    let whole = document(&json!([{"Effect": "Allow", "NotAction": "iam:*", "NotResource": resources}]));
    assert_eq!(split(Catalogue::builtin(), Kind::Policy, false, &whole, 6_144), Err(Unsplit::Statement(0)));
}

/// Two tests of one key by one operator have to hold both: their lists are not alternatives of each other.
#[test]
fn a_key_that_is_tested_twice_is_not_merged_by_its_values() {
    let both = |first: &str| {
        let mut one = document(&json!([{
            "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
            "Condition": {"StringLike": {"aws:PrincipalTag/team": first}},
        }]));
        let second = document(&json!([{
            "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
            "Condition": {"StringLike": {"aws:PrincipalTag/team": "*-team"}},
        }]));
        let test = second.statements[0].condition[0].clone();
        one.statements[0].condition.push(test);
        one.statements.remove(0)
    };
    let whole = Document { statements: vec![both("a*"), both("b*")], ..document(&json!([])) };
    let options = Options { kind: Kind::Policy, service: None, open_world: true };
    assert_eq!(minimise(Catalogue::builtin(), &whole, options).document.statements.len(), 2);
}

/// Each of some hundred statements is one element of what they become.
#[test]
fn many_statements_become_one() {
    let one = |n: usize| allow("s3:GetObject", &format!("arn:aws:s3:::bucket-of-many-things-{n}/*"));
    let whole = document(&Value::Array((0..400).map(one).collect()));
    let options = Options { kind: Kind::Policy, service: None, open_world: true };
    let result = minimise(Catalogue::builtin(), &whole, options);
    assert_eq!((result.document.statements.len(), result.taken.merged), (1, 399));
    assert_eq!(result.document.statements[0].resource.as_ref().unwrap().patterns.len(), 400);
}
