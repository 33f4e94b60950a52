//! `test` blocks: what holds passes, what does not fails, through every layer that a project declares.

use std::collections::BTreeMap;

use leastwise::base::MemoryFileSystem;
use leastwise::catalogue::Catalogue;
use leastwise::pipeline::{Options, analyse, run_tests};
use leastwise::project::read_config;

/// The declarations that the claims of these tests are about.
const DECLARED: &str = r#"
let orders = dynamodb.table("orders")
let data = s3.bucket("data")
policy worker {
  allow dynamodb:{GetItem,PutItem} on orders
  allow s3:GetObject on s3.object(data, "home/${aws:PrincipalTag/team}/*")
  deny dynamodb:PutItem on orders unless aws:SecureTransport
}
policy keys { allow kms:Decrypt on * }
role KeyUser { policy keys }
boundary limit { allow {dynamodb,s3}:Get* on * }
trust by-lambda { allow sts:AssumeRole to service("lambda.amazonaws.com") when aws:SourceAccount == "123456789012" }
role Worker { trust by-lambda boundary limit policy worker path "/app/" }
role Free { trust by-lambda policy worker }
session only-gets { allow {dynamodb,s3}:Get* on * }
endpoint gateway { allow s3:* on * to anyone when aws:PrincipalAccount == "123456789012" }
scp lock { deny dynamodb:* on * unless aws:RequestedRegion == "eu-west-1" }
scp only-data { allow {dynamodb,s3,sts}:* on * }
rcp tls { deny s3:* on * unless aws:SecureTransport }
organization acme "o-a1b2c3d4e5" {
  management "999999999999"
  rcp tls
  unit workloads { scp lock account prod "123456789012" { scp only-data } }
}
resource data-policy for data {
  allow s3:GetObject on s3.object(self, "shared/*") to role("123456789012", "app/Worker")
  allow s3:GetObject on s3.object(self, "public/*") to anyone when aws:PrincipalOrgID == "o-a1b2c3d4e5"
}
"#;

/// The messages of the claims that are not so.
fn failures(claims: &str) -> Vec<String> {
    let source = format!("{DECLARED}\ntest \"t\" {{ {claims} }}");
    let config = read_config("[defaults]\naccount = \"123456789012\"\nregion = \"eu-west-1\"").unwrap();
    let set = BTreeMap::new();
    let options = Options { catalogue: Catalogue::builtin(), config: &config, set: &set, today: None };
    let (files, paths) = (MemoryFileSystem::new([("a.lw", source)]), ["a.lw".into()]);
    let mut analysis = analyse(&files, &paths, options);
    let denied: Vec<_> = analysis.diagnostics.iter().filter(|one| one.is_deny()).map(|one| &one.message).collect();
    assert!(denied.is_empty(), "{claims}: {denied:?}");
    let tested = run_tests(&files, &paths, options, &mut analysis);
    tested.iter().flat_map(|test| &test.failures).map(|failure| failure.message.clone()).collect()
}

#[track_caller]
fn holds(claim: &str) {
    assert_eq!(failures(claim), Vec::<String>::new(), "{claim}");
}

#[track_caller]
fn fails(claim: &str) {
    assert_eq!(failures(claim).len(), 1, "{claim}");
}

#[test]
fn a_policy_by_itself() {
    holds("worker allows dynamodb:GetItem on orders");
    fails("worker denies dynamodb:GetItem on orders");
    holds("worker denies dynamodb:DeleteItem on orders");
    fails("worker denies explicitly dynamodb:DeleteItem on orders");
    holds("worker denies explicitly dynamodb:PutItem on orders with { aws:SecureTransport: false }");
    // A deny `unless` a key denies the request that does not have it.
    holds("worker denies explicitly dynamodb:PutItem on orders with { aws:SecureTransport: absent }");
    holds("worker allows dynamodb:PutItem on orders with { aws:SecureTransport: true }");
    fails("worker allows dynamodb:PutItem on orders");
    fails("worker denies dynamodb:PutItem on orders");
}

#[test]
fn variables_and_tables_of_cases() {
    holds("worker allows s3:GetObject on s3.object(data, \"home/a/x\") with { aws:PrincipalTag/team: \"a\" }");
    holds("worker denies s3:GetObject on s3.object(data, \"home/a/x\") with { aws:PrincipalTag/team: absent }");
    holds(
        "for team in [\"a\", \"b\"] {
           worker allows s3:GetObject on s3.object(data, \"home/{team}/x\") with { aws:PrincipalTag/team: team }
           worker denies s3:GetObject on s3.object(data, \"home/c/x\") with { aws:PrincipalTag/team: team }
         }",
    );
    // A wildcard of actions stands for each of them.
    assert!(failures("worker denies dynamodb:Get* on orders").len() == 1);
}

#[test]
fn every_resource_and_every_action() {
    // `*` is any resource of an action that is about one: what is granted on some of them is not denied on `*`.
    fails("worker denies dynamodb:GetItem on *");
    fails("worker denies dynamodb:GetItem");
    fails("worker allows dynamodb:GetItem on *");
    holds("worker denies dynamodb:DeleteItem on *");
    holds("limit allows dynamodb:GetItem on *");
    // An action without resources is asked for about `*` itself.
    fails("worker allows s3:ListAllMyBuckets on *");
    holds("worker denies s3:ListAllMyBuckets on *");
    // A wildcard before the colon, or none, stands for the actions of every service.
    fails("worker denies * on *");
    holds("worker denies iam:* on *");
    holds("worker denies iam:*, kms:*, sts:* on *");
    fails("limit denies * on *");
    // What the policy of one resource grants a role, it has on some resource.
    fails("Worker denies s3:GetObject on * with { aws:SecureTransport: true, aws:PrincipalTag/team: absent }");
    holds("Worker denies s3:PutObject on * with { aws:SecureTransport: true, aws:PrincipalTag/team: absent }");
    // The keys that a role may use have policies of their own.
    holds("keys allows kms:Decrypt on *");
    fails("KeyUser allows kms:Decrypt on *");
}

#[test]
fn a_claim_about_an_action_that_is_none_fails() {
    for claim in ["worker denies s3:GetObjct on *", "worker denies s3:Nosuch* on *", "worker denies nosuch:* on *"] {
        let failed = failures(claim);
        assert!(failed.len() == 1 && failed[0].starts_with("AWS has no action"), "{claim}: {failed:?}");
    }
}

#[test]
fn the_layers_of_a_role() {
    let here = "aws:RequestedRegion: \"eu-west-1\", aws:SecureTransport: true";
    holds(&format!("Worker allows dynamodb:GetItem on orders with {{ {here} }}"));
    // The boundary has no Put.
    holds(&format!("Worker denies dynamodb:PutItem on orders with {{ {here} }}"));
    holds(&format!("Free allows dynamodb:PutItem on orders with {{ {here} }}"));
    // A service control policy of the unit, and the allow list of the account.
    holds("Worker denies explicitly dynamodb:GetItem on orders with { aws:RequestedRegion: \"us-east-1\" }");
    fails("Worker allows dynamodb:GetItem on orders");
    holds(&format!("Free denies sqs:SendMessage on sqs.queue(\"q\") with {{ {here} }}"));
    // A resource control policy, whatever else allows.
    holds("Worker denies explicitly s3:GetObject on s3.object(data, \"shared/x\") with { aws:SecureTransport: false }");
}

#[test]
fn the_policy_of_the_resource() {
    let tls = "aws:SecureTransport: true, aws:PrincipalTag/team: absent, aws:PrincipalOrgID: \"o-a1b2c3d4e5\"";
    // The role is named there, which needs no identity policy.
    holds(&format!("Worker allows s3:GetObject on s3.object(data, \"shared/x\") with {{ {tls} }}"));
    holds(&format!("Free denies s3:GetObject on s3.object(data, \"shared/x\") with {{ {tls} }}"));
    holds(&format!("Free allows s3:GetObject on s3.object(data, \"public/x\") with {{ {tls} }}"));
    holds("data-policy allows s3:GetObject on s3.object(data, \"shared/x\") to role(\"123456789012\", \"app/Worker\")");
    holds("data-policy denies s3:GetObject on s3.object(data, \"shared/x\") to role(\"123456789012\", \"app/Other\")");
    fails(
        "data-policy denies s3:GetObject on s3.object(data, \"public/x\") to anyone with { aws:PrincipalOrgID: \"o-a1b2c3d4e5\" }",
    );
}

#[test]
fn who_may_assume_a_role() {
    holds(
        "by-lambda allows sts:AssumeRole to service(\"lambda.amazonaws.com\") with { aws:SourceAccount: \"123456789012\" }",
    );
    holds(
        "by-lambda denies sts:AssumeRole to service(\"lambda.amazonaws.com\") with { aws:SourceAccount: \"999999999999\" }",
    );
    holds("by-lambda denies sts:AssumeRole to service(\"ec2.amazonaws.com\"), account(\"123456789012\")");
    holds("by-lambda as service(\"ec2.amazonaws.com\") denies sts:AssumeRole");
}

#[test]
fn what_is_refused() {
    holds("refuses \"unknown-action\" { policy x { allow s3:GetObjet on s3.object(data, \"*\") } }");
    fails("refuses \"unknown-action\" { policy x { allow s3:GetObject on s3.object(data, \"*\") } }");
    fails("refuses \"unknown-action\" { policy x { allow s3:GetObject on orders } }");
}

#[test]
fn the_policies_that_a_request_goes_through() {
    let here = "aws:RequestedRegion: \"eu-west-1\", aws:SecureTransport: true, aws:PrincipalTag/team: \"a\"";
    let file = "s3.object(data, \"home/a/x\")";
    holds(&format!("Free allows dynamodb:PutItem on orders with {{ {here} }}"));
    // The session takes away what its policy does not allow.
    holds(&format!("Free through only-gets denies dynamodb:PutItem on orders with {{ {here} }}"));
    holds(&format!("Free through only-gets allows dynamodb:GetItem on orders with {{ {here} }}"));
    // The endpoint lets requests for S3 pass only.
    holds(&format!("Free through gateway denies dynamodb:GetItem on orders with {{ {here} }}"));
    holds(&format!("Free through gateway, only-gets allows s3:GetObject on {file} with {{ {here} }}"));
    fails(&format!("Free through only-gets allows dynamodb:PutItem on orders with {{ {here} }}"));
    // A session's policy does not add to what the role has.
    holds(&format!("Free through only-gets denies s3:GetObject on s3.object(data, \"other\") with {{ {here} }}"));
}
