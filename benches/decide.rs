//! How many decisions a second, on one core: a role with three identity policies of seven statements, variables and conditions, a
//! boundary, and four service control policies on three levels.
//!
//! `cargo bench --bench decide` prints the figures; nothing is asserted.

use std::hint::black_box;
use std::time::Instant;

use leastwise::base::FileId;
use leastwise::evaluate::{Context, KeyValue, Layers, Outcome, Request, Requester, decide};
use leastwise::policy::Document;
use leastwise::policy::read::json::Place;
use leastwise::policy::read::{Mode, read};

const IDENTITY: [&str; 3] = [
    r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:PutItem","dynamodb:Query"],"Resource":"arn:aws:dynamodb:eu-west-1:123456789012:table/orders"},
        {"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:eu-west-1:123456789012:jobs-*"},
        {"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:*:*:log-group:/aws/lambda/*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-data","Condition":{"StringLike":{"s3:prefix":"home/${aws:PrincipalTag/team}/*"}}},
        {"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::acme-data/home/${aws:PrincipalTag/team}/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}"#,
    r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::123456789012:role/app/*","Condition":{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}},
        {"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:ResourceAccount":"123456789012"}}}]}"#,
];
const BOUNDARY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","sqs:*","dynamodb:*","logs:*"],"Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}"#;
const FULL: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const REGIONS: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","NotAction":["iam:*","sts:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]},"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Admin"}}}}"#;

fn main() {
    let mut layers = Layers::default();
    let document = |text: &str| -> Document { read(Place::At(FileId(0), 0), text, Mode::Strict).unwrap().document };
    layers.identity = IDENTITY.iter().map(|text| layers.compile(&document(text))).collect();
    layers.boundary = Some(layers.compile(&document(BOUNDARY)));
    for level in [&[FULL, REGIONS][..], &[FULL], &[FULL]] {
        let level = level.iter().map(|text| layers.compile(&document(text))).collect();
        layers.scps.push(level);
    }
    let asked = [
        ("s3:GetObject", "arn:aws:s3:::acme-data/home/orders/x"),
        ("dynamodb:Query", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"),
        ("s3:PutObject", "arn:aws:s3:::acme-data/home/billing/x"),
        ("ec2:RunInstances", "arn:aws:ec2:eu-west-1:123456789012:instance/i-1"),
    ];
    let requests: Vec<Request> = asked.iter().map(|(action, resource)| request(action, resource)).collect();
    let bound: Vec<_> = requests.iter().map(|request| (request, layers.bind(request))).collect();
    let allowed = bound.iter().filter(|(request, bound)| decide(&layers, request, bound).outcome == Outcome::Allowed);
    assert_eq!(allowed.count(), 2);

    const ROUNDS: usize = 500_000;
    let start = Instant::now();
    for _ in 0..ROUNDS {
        for (request, bound) in &bound {
            black_box(decide(&layers, request, black_box(bound)));
        }
    }
    report("decisions on prepared requests", ROUNDS * bound.len(), start);
    let start = Instant::now();
    for _ in 0..ROUNDS / 10 {
        for request in &requests {
            black_box(decide(&layers, request, &layers.bind(black_box(request))));
        }
    }
    report("decisions, each request prepared first", ROUNDS / 10 * requests.len(), start);
}

fn report(what: &str, count: usize, start: Instant) {
    println!("{what}: {:.0} a second", count as f64 / start.elapsed().as_secs_f64());
}

fn request(action: &str, resource: &str) -> Request {
    let mut context = Context::strict();
    let keys =
        [("aws:PrincipalTag/team", "orders"), ("aws:SecureTransport", "true"), ("aws:RequestedRegion", "eu-west-1")];
    keys.into_iter().for_each(|(key, value)| context.set(key, KeyValue::One(value.into())));
    let requester = Requester::parse("arn:aws:sts::123456789012:assumed-role/app/session").unwrap();
    Request { requester, action: action.into(), resource: resource.into(), resource_account: None, context }
}
