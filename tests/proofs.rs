//! `prove` and `constraint` blocks, and the constraints that ship with the compiler: what holds of every request passes, what does not
//! fails, with the statement that lets a request through.

use std::collections::BTreeMap;

use leastwise::base::MemoryFileSystem;
use leastwise::catalogue::Catalogue;
use leastwise::diagnostic::{self, Diagnostic};
use leastwise::pipeline::{Options, analyse, run_tests};
use leastwise::project::read_config;

/// What is not so: the code, and the whole of what is said.
struct Failure {
    code: &'static str,
    message: String,
    text: String,
}

/// What the proofs and constraints of a project say, with settings of `leastwise.toml`.
#[track_caller]
fn failures_of(source: &str, settings: &str) -> Vec<Failure> {
    told(source, settings).0
}

/// What is not so, and what is warned of.
#[track_caller]
fn told(source: &str, settings: &str) -> (Vec<Failure>, Vec<Failure>) {
    let config =
        read_config(&format!("[defaults]\naccount = \"123456789012\"\nregion = \"eu-west-1\"\n{settings}")).unwrap();
    let set = BTreeMap::new();
    let options = Options { catalogue: Catalogue::builtin(), config: &config, set: &set, today: None };
    let (files, paths) = (MemoryFileSystem::new([("a.lw", source)]), ["a.lw".into()]);
    let mut analysis = analyse(&files, &paths, options);
    let denied: Vec<_> = analysis.diagnostics.iter().filter(|one| one.is_deny()).map(|one| &one.message).collect();
    assert!(denied.is_empty(), "{source}: {denied:?}");
    let tested = run_tests(&files, &paths, options, &mut analysis);
    let text = |failure: &Diagnostic| {
        let mut text = Vec::new();
        diagnostic::write_text(&mut text, &analysis.project.sources, std::slice::from_ref(failure), false).unwrap();
        String::from_utf8(text).unwrap()
    };
    let of = |one: &Diagnostic| Failure { code: one.code.name, message: one.message.clone(), text: text(one) };
    let failures = tested.iter().flat_map(|one| &one.failures).map(of).collect();
    (failures, tested.iter().flat_map(|one| &one.warnings).map(of).collect())
}

/// What is wrong with a source, so that it is not put to the test.
fn refusal(source: &str) -> Failure {
    let (config, set) = (Default::default(), BTreeMap::new());
    let options = Options { catalogue: Catalogue::builtin(), config: &config, set: &set, today: None };
    let analysis = analyse(&MemoryFileSystem::new([("a.lw", source)]), &["a.lw".into()], options);
    let denied: Vec<_> = analysis.diagnostics.iter().filter(|one| one.is_deny()).collect();
    let [one] = denied[..] else { panic!("{source}: {denied:?}") };
    let text = analysis.project.sources.text(one.primary.span).to_owned();
    Failure { code: one.code.name, message: one.message.clone(), text }
}

#[track_caller]
fn keeps(source: &str, settings: &str) {
    let failures = failures_of(source, settings);
    assert!(failures.is_empty(), "{}", failures[0].text);
}

/// The one thing that is wrong.
#[track_caller]
fn breaks(source: &str, settings: &str) -> Failure {
    let mut failures = failures_of(source, settings);
    let told: Vec<&str> = failures.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(failures.len(), 1, "{settings}\n{}", told.join("\n"));
    failures.remove(0)
}

/// Declarations that most claims here are about.
const DECLARED: &str = r#"
let data = s3.bucket("data")
policy reader { allow s3:Get* on s3.object(data, "*") }
policy secure-reader { allow s3:GetObject on s3.object(data, "in/*") when aws:SecureTransport }
policy writer { allow s3:PutObject on s3.object(data, "in/*") }
policy guarded {
  allow s3:* on *
  deny s3:Delete* on *
  deny s3:PutObject on s3.object(data, "*") unless aws:SecureTransport
}
boundary gets { allow s3:Get* on * }
session only-in { allow s3:* on s3.object(data, "in/*") }
endpoint gateway { allow s3:Get* on * to anyone }
trust by-lambda { allow sts:AssumeRole to service("lambda.amazonaws.com") }
role Free { trust by-lambda policy guarded }
role Bound { trust by-lambda boundary gets policy guarded }
"#;

#[track_caller]
fn holds(claim: &str) {
    keeps(&format!("{DECLARED}\nprove \"p\" {{ {claim} }}"), "");
}

#[track_caller]
fn fails(claim: &str) -> Failure {
    let failure = breaks(&format!("{DECLARED}\nprove \"p\" {{ {claim} }}"), "");
    assert_eq!(failure.code, "failed-proof", "{}", failure.text);
    failure
}

#[test]
fn never_allows() {
    holds("reader never allows s3:Put* on *");
    holds("reader never allows s3:* on s3.object(\"other\", \"*\")");
    fails("reader never allows s3:* on s3.object(data, \"in/*\")");
    // A deny takes away, one with a condition only where it holds.
    holds("guarded never allows s3:DeleteObject on *");
    holds("guarded never allows s3:PutObject on s3.object(data, \"*\") unless aws:SecureTransport");
    fails("guarded never allows s3:PutObject on s3.object(data, \"*\")");
    holds("reader never allows * on * except s3.object(data, \"*\")");
}

#[test]
fn always_allows() {
    holds("reader always allows s3:GetObject on s3.object(data, \"in/*\")");
    fails("reader always allows s3:GetObject on *");
    holds("secure-reader always allows s3:GetObject on s3.object(data, \"in/*\") when aws:SecureTransport");
    fails("secure-reader always allows s3:GetObject on s3.object(data, \"in/*\")");
    fails("guarded always allows s3:* on *");
}

#[test]
fn always_denies_is_by_a_statement() {
    holds("guarded always denies s3:DeleteObject on *");
    holds("guarded always denies s3:PutObject on s3.object(data, \"*\") unless aws:SecureTransport");
    fails("guarded always denies s3:PutObject on s3.object(data, \"*\")");
    // What nothing allows is denied too, but not by a statement.
    fails("reader always denies s3:PutObject on *");
}

#[test]
fn relations() {
    holds("secure-reader within reader");
    fails("reader within secure-reader");
    holds("reader equivalent reader");
    fails("secure-reader equivalent reader");
    fails("reader equivalent secure-reader");
    holds("reader disjoint writer");
    fails("reader disjoint secure-reader");
    // Of a role, what all of its layers let through.
    holds("Bound within gets");
    holds("Bound within Free");
    fails("Free within Bound");
}

#[test]
fn a_failure_names_the_request_and_the_statements() {
    let failure = fails("reader within secure-reader");
    assert_eq!(failure.message, "`reader` allows a request that `secure-reader` does not");
    assert!(failure.text.contains("for example: "), "{}", failure.text);
    assert!(failure.text.contains("arn:aws:s3:::data/"), "{}", failure.text);
    // The statement that allows it, and the one that would have to.
    assert!(failure.text.contains("lets it through"), "{}", failure.text);
    assert!(failure.text.contains("comes nearest to covering it"), "{}", failure.text);
    let never = fails("guarded never allows s3:PutObject on s3.object(data, \"*\")");
    assert!(never.text.contains("aws:SecureTransport: \"true\""), "{}", never.text);
}

#[test]
fn the_layers_of_a_role_take_away() {
    holds("Free never allows s3:DeleteObject on *");
    fails("Free never allows s3:ListBucket on *");
    // A boundary.
    holds("Bound never allows s3:ListBucket on *");
    fails("Bound always allows s3:ListBucket on s3.bucket(\"data\")");
    // A session and an endpoint, where requests go through them.
    fails("Bound never allows s3:GetObject on s3.object(data, \"out/*\")");
    holds("Bound through only-in never allows s3:GetObject on s3.object(data, \"out/*\")");
    holds("Free through gateway never allows s3:PutObject on *");
    fails("Free through gateway never allows s3:GetObject on *");
    holds("Free through gateway, only-in never allows * on * except s3.object(data, \"in/*\")");
    // A session grants nothing.
    holds("Free through only-in never allows s3:DeleteObject on *");
}

/// An organisation around the role, with the claims about it.
fn organization(body: &str, claim: &str) -> String {
    format!(
        "{DECLARED}
scp no-delete {{ deny s3:PutObject on * }}
scp gets-only {{ allow {{s3,sts}}:Get* on * }}
rcp tls {{ deny s3:* on * unless aws:SecureTransport }}
organization acme \"o-a1b2c3d4e5\" {{ {body} }}
prove \"p\" {{ {claim} }}"
    )
}

#[test]
fn every_level_of_the_organisation_takes_away() {
    let put = "Free never allows s3:PutObject on *";
    let in_unit = "unit workloads { scp no-delete account prod \"123456789012\" { } }";
    breaks(&organization("account prod \"123456789012\" { }", put), "");
    keeps(&organization(in_unit, put), "");
    // At the root, and at the account.
    keeps(&organization("scp no-delete account prod \"123456789012\" { }", put), "");
    keeps(&organization("account prod \"123456789012\" { scp no-delete }", put), "");
    // Not that of another account.
    breaks(
        &organization("account prod \"123456789012\" { } account other \"222222222222\" { scp no-delete }", put),
        "",
    );
    // An allow list at one level is what passes there.
    keeps(&organization("account prod \"123456789012\" { scp gets-only }", "Free never allows s3:ListBucket on *"), "");
    // Of the organisation that the role is in, all of its requests are.
    let foreign = "Free always denies s3:ListBucket on * unless aws:PrincipalOrgID == \"o-a1b2c3d4e5\"";
    keeps(&organization("account prod \"123456789012\" { }", foreign), "");
    // A resource control policy.
    let plain = |on: &str| format!("Free never allows s3:GetObject on {on} unless aws:SecureTransport");
    let reached = "rcp tls account prod \"123456789012\" { }";
    breaks(&organization("account prod \"123456789012\" { }", &plain("s3.object(\"*\", \"*\")")), "");
    keeps(&organization(reached, &plain("s3.object(\"*\", \"*\")")), "");
    // It does not reach what its ARN says to be another account's, as that of an access point does.
    breaks(&organization(reached, &plain("*")), "");
    let denied = "always denies s3:GetObject on \"arn:aws:s3:eu-west-1:222222222222:accesspoint/a/object/*\"";
    breaks(&organization(reached, &format!("Free {denied} unless aws:SecureTransport")), "");
}

/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html#scp-effects-on-permissions>
#[test]
fn no_policy_of_an_organisation_reaches_roles_that_are_linked_to_services() {
    let source = |role: &str, claim: &str| {
        format!(
            "policy full {{ allow * on * }} scp no-iam {{ deny iam:* on * }}
            organization acme \"o-a1b2c3d4e5\" {{ scp no-iam account prod \"123456789012\" {{ }} }}
            role {role} policy full }} prove \"p\" {{ {claim} }}"
        )
    };
    keeps(&source("Worker {", "Worker never allows iam:* on *"), "");
    keeps(&source("Worker {", "Worker always denies iam:* on *"), "");
    for role in ["AWSServiceRoleForWork {", "Worker { path \"/aws-service-role/work.amazonaws.com/\""] {
        let name = role.split(' ').next().unwrap();
        breaks(&source(role, &format!("{name} never allows iam:* on *")), "");
        breaks(&source(role, &format!("{name} always denies iam:* on *")), "");
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
#[test]
fn a_resource_of_another_account_is_for_both_accounts_to_allow() {
    let topic = |account: &str| format!("sns.topic(\"jobs\", account: \"{account}\")");
    let source = |account: &str, allowed: &str, to: &str, claim: &str| {
        let topic = topic(account);
        format!(
            "policy own {{ allow sns:{allowed} on * }} role Worker {{ policy own }}
            resource jobs for {topic} {{ allow sns:Publish on self to {to} }}
            prove \"p\" {{ Worker {claim} sns:Publish on {topic} }}"
        )
    };
    let (own, other) = ("123456789012", "222222222222");
    for to in ["role(\"123456789012\", \"Worker\")", "anyone"] {
        keeps(&source(own, "ListTopics", to, "always allows"), "");
        breaks(&source(other, "ListTopics", to, "always allows"), "");
        keeps(&source(other, "ListTopics", to, "never allows"), "");
        keeps(&source(other, "Publish", to, "always allows"), "");
        breaks(&source(other, "Publish", to, "never allows"), "");
    }
    // It lets somebody else in.
    keeps(&source(other, "Publish", "account(\"333333333333\")", "never allows"), "");
    breaks(&source(own, "Publish", "account(\"333333333333\")", "never allows"), "");
}

#[test]
fn a_role_is_not_assumed_where_its_trust_does_not_let_in() {
    let source = |to: &str, claim: &str| {
        format!(
            "policy full {{ allow sts:AssumeRole on * }} policy little {{ allow sns:ListTopics on * }}
            trust closed {{ allow sts:AssumeRole to {to} }}
            role Worker {{ policy full }} role Other {{ trust closed policy little }} role Little {{ policy little }}
            prove \"p\" {{ {claim} sts:AssumeRole on iam.role(\"Other\", account: \"123456789012\") }}"
        )
    };
    keeps(&source("service(\"lambda.amazonaws.com\")", "Worker never allows"), "");
    breaks(&source("account(\"123456789012\")", "Worker never allows"), "");
    keeps(&source("account(\"123456789012\")", "Little never allows"), "");
    breaks(&source("role(\"123456789012\", \"Little\")", "Little never allows"), "");
}

/// A bucket whose name is known only when it is deployed may be any.
#[test]
fn the_policy_of_a_resource_whose_name_is_not_known_may_grant() {
    let source = |to: &str, claim: &str| {
        format!(
            "extern name: String policy little {{ allow sns:ListTopics on * }} role Worker {{ policy little }}
            resource files for s3.bucket(name) {{ allow s3:GetObject on s3.object(self, \"*\") to {to} }}
            prove \"p\" {{ Worker never allows {claim} }}"
        )
    };
    let worker = "role(\"123456789012\", \"Worker\")";
    assert_eq!(breaks(&source(worker, "s3:GetObject on *"), "").code, "unproved");
    assert_eq!(breaks(&source(worker, "s3:GetObject on s3.object(\"b\", \"*\")"), "").code, "unproved");
    keeps(&source(worker, "s3:PutObject on *"), "");
    keeps(&source(worker, "sqs:* on *"), "");
    keeps(&source("account(\"123456789012\")", "s3:GetObject on *"), "");
}

/// A slash in the name of a role, repository or secret makes no part of another one of it.
#[test]
fn a_policy_is_about_no_resource_whose_name_only_begins_like_its_own() {
    let source = |resource: &str, claim: &str| {
        format!(
            "policy full {{ allow * on * }} role Full {{ policy full }}
            {resource} prove \"p\" {{ Full never allows {claim} }}"
        )
    };
    let at = "account: \"123456789012\", region: \"eu-west-1\"";
    let repository = format!("resource r for ecr.repository(\"foo\", {at}) {{ deny ecr:* to anyone }}");
    keeps(&source(&repository, &format!("ecr:BatchGetImage on ecr.repository(\"foo\", {at})")), "");
    breaks(&source(&repository, &format!("ecr:BatchGetImage on ecr.repository(\"foo/bar\", {at})")), "");
    let secret =
        format!("resource r for secretsmanager.secret(\"prod\", {at}) {{ deny secretsmanager:* on * to anyone }}");
    let read = "secretsmanager:GetSecretValue on secretsmanager.secret";
    keeps(&source(&secret, &format!("{read}(\"prod\", {at})")), "");
    breaks(&source(&secret, &format!("{read}(\"prod/db\", {at})")), "");
    let roles = "trust by-account { allow sts:AssumeRole to account(\"123456789012\") }
        trust closed { allow sts:AssumeRole to account(\"123456789012\") deny sts:AssumeRole to anyone }
        policy little { allow sns:ListTopics on * }
        role dev { trust closed policy little } role Deep { path \"/dev/\" trust by-account policy little }";
    let assume = |name: &str| format!("sts:AssumeRole on iam.role(\"{name}\", account: \"123456789012\")");
    keeps(&source(roles, &assume("dev")), "");
    breaks(&source(roles, &assume("dev/Deep")), "");
    // But the indexes of a table are of the table, and not its backups.
    let table = format!("resource r for dynamodb.table(\"orders\", {at}) {{ deny dynamodb:* on * to anyone }}");
    keeps(&source(&table, &format!("dynamodb:Query on dynamodb.index(\"orders\", \"x\", {at})")), "");
    breaks(&source(&table, &format!("dynamodb:DeleteBackup on dynamodb.backup(\"orders\", \"x\", {at})")), "");
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic>
#[test]
fn the_policy_of_a_bucket_grants_to_a_role_what_its_boundary_does_not_keep_from_it() {
    let source = |grant: &str, role: &str, claim: &str| {
        format!(
            "let data = s3.bucket(\"data\")
            policy none {{ allow sqs:SendMessage on * }}
            boundary puts {{ allow s3:PutObject on * }}
            role Worker {{ policy none {role} }}
            resource data-policy for data {{ {grant} }}
            prove \"p\" {{ Worker {claim} }}"
        )
    };
    let to_role = "allow s3:{GetObject,PutObject} on s3.object(self, \"*\") to role(\"123456789012\", \"Worker\")";
    let object = "on s3.object(\"data\", \"*\")";
    // No identity policy is needed.
    keeps(&source(to_role, "", &format!("always allows s3:GetObject {object}")), "");
    breaks(&source(to_role, "", &format!("never allows s3:GetObject {object}")), "");
    // The boundary keeps what is granted to the role.
    keeps(&source(to_role, "boundary puts", &format!("never allows s3:GetObject {object}")), "");
    breaks(&source(to_role, "boundary puts", &format!("never allows s3:PutObject {object}")), "");
    // Not what is granted to the session of the role itself, or to everybody.
    let to_all = "allow s3:GetObject on s3.object(self, \"*\") to anyone";
    breaks(&source(to_all, "boundary puts", &format!("never allows s3:GetObject {object}")), "");
    // What is granted to the account is left to the identity policies.
    let to_account = "allow s3:GetObject on s3.object(self, \"*\") to account(\"123456789012\")";
    keeps(&source(to_account, "", &format!("never allows s3:GetObject {object}")), "");
    // Another bucket's policy grants nothing here, and a deny of this one takes away.
    keeps(&source(to_role, "", "never allows s3:GetObject on s3.object(\"other\", \"*\")"), "");
    let but = format!("{to_role} deny s3:PutObject on s3.object(self, \"*\") to anyone unless aws:SecureTransport");
    keeps(&source(&but, "", &format!("never allows s3:PutObject {object} unless aws:SecureTransport")), "");
}

/// A canonical user may be the account of the role, which then is denied what the user is.
#[test]
fn a_canonical_user_may_be_the_own_account() {
    let source = |statement: &str, claim: &str| {
        format!(
            "let data = s3.bucket(\"data\")
            policy gets {{ allow s3:GetObject on s3.object(data, \"*\") }}
            role Worker {{ policy gets }}
            resource data-policy for data {{ {statement} s3:* on s3.object(self, \"*\") to canonical-user(\"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be\") }}
            prove \"p\" {{ Worker {claim} on s3.object(\"data\", \"*\") }}"
        )
    };
    let gets = |statement: &str, claim: &str| source(statement, &format!("{claim} s3:GetObject"));
    let puts = |statement: &str, claim: &str| source(statement, &format!("{claim} s3:PutObject"));
    keeps(&gets("allow", "always allows"), "");
    keeps(&puts("allow", "never allows"), "");
    assert!(!failures_of(&gets("deny", "always allows"), "").is_empty());
    assert!(!failures_of(&gets("deny", "never allows"), "").is_empty());
}

#[test]
fn a_folder_of_one_name_is_none_of_another() {
    let source = |of_user: &str, of_tag: &str| {
        format!(
            "policy home {{ allow s3:GetObject on s3.object(\"home\", \"${{aws:username}}/*\") when aws:username like \"{of_user}\" }}
            policy of-tag {{
              allow s3:GetObject on s3.object(\"home\", \"${{aws:PrincipalTag/name}}/*\") when aws:PrincipalTag/name like \"{of_tag}\"
            }}
            prove \"a user's folder is never another's\" {{ home disjoint of-tag }}"
        )
    };
    keeps(&source("a*", "b*"), "");
    breaks(&source("a*", "*b"), "");
}

/// A session is made under a name of one's choice: what is granted to one is what the role may come to, and not what it surely may.
#[test]
fn a_grant_to_a_session_is_one_that_the_role_can_use() {
    let source = |claim: &str| {
        format!(
            "let data = s3.bucket(\"data\")
            policy none {{ allow sqs:SendMessage on * }}
            role Worker {{ policy none }}
            resource data-policy for data {{
              allow s3:GetObject on s3.object(self, \"*\") to \"arn:aws:sts::123456789012:assumed-role/Worker/one\"
            }}
            prove \"p\" {{ Worker {claim} s3:GetObject on s3.object(\"data\", \"*\") }}"
        )
    };
    let failure = breaks(&source("never allows"), "");
    assert_eq!(failure.code, "failed-proof");
    assert!(failure.text.contains("assumed-role/Worker/one asks for"), "{}", failure.text);
    let failure = breaks(&source("always allows"), "");
    assert_eq!(failure.code, "failed-proof");
}

/// `NotPrincipal` with `Deny` denies whoever has a boundary, whomever it leaves out.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
#[test]
fn a_boundary_brings_a_role_under_every_deny_of_others() {
    let source = |role: &str, claim: &str| {
        format!(
            "let data = s3.bucket(\"data\")
            policy reads {{ allow s3:GetObject on s3.object(data, \"*\") }}
            boundary limit {{ allow s3:* on * }}
            role Worker {{ policy reads {role} }}
            resource data-policy for data {{
              @accept(not-principal, because: \"an example\")
              deny s3:* on s3.object(self, \"*\") to anyone except role(\"123456789012\", \"Worker\"), account(\"123456789012\")
            }}
            prove \"p\" {{ Worker {claim} }}"
        )
    };
    keeps(&source("", "always allows s3:GetObject on s3.object(\"data\", \"a\")"), "");
    keeps(&source("boundary limit", "never allows s3:* on s3.object(\"data\", \"*\")"), "");
    breaks(&source("boundary limit", "always allows s3:GetObject on s3.object(\"data\", \"a\")"), "");
}

/// A KMS key is used only by whom its own policy lets: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
#[test]
fn a_key_has_the_last_word() {
    let source = |grant: &str, claim: &str| {
        format!(
            "let main = kms.key(\"1234abcd-12ab-34cd-56ef-1234567890ab\")
            policy keys {{ allow kms:Decrypt on * }}
            role Worker {{ policy keys }}
            resource key-policy for main {{ {grant} }}
            prove \"p\" {{ Worker {claim} kms:Decrypt on main }}"
        )
    };
    let other = "allow kms:* on * to role(\"123456789012\", \"Other\")";
    let failures = failures_of(&source(other, "never allows"), "");
    assert!(failures.iter().all(|failure| failure.code == "unproved"), "{}", failures[0].text);
    let account = "allow kms:* on * to account(\"123456789012\")";
    keeps(&source(account, "always allows"), "");
    breaks(&source(account, "never allows"), "");
}

/// Each resource that has a policy of its own is one more way to be allowed, and each level of an organisation one more layer.
#[test]
fn many_resources_under_an_organisation() {
    let roles: String =
        (0..12).map(|at| format!("role R{at} {{ trust by-service boundary limit policy reads }}\n")).collect();
    let bucket = |at: usize| {
        format!(
            "resource p{at} for s3.bucket(\"b{at}\") {{
              allow s3:GetObject on s3.object(self, \"*\") to role(\"123456789012\", \"R0\") }}\n"
        )
    };
    let buckets: String = (0..12).map(bucket).collect();
    let source = format!(
        "policy reads {{ allow s3:GetObject on * }} policy more {{ allow s3:{{Get,Put}}Object on * }}
        boundary limit {{ allow s3:* on * }} scp lock {{ deny ec2:* on * }}
        trust by-service {{ allow sts:AssumeRole to service(\"ec2.amazonaws.com\") }}
        organization acme \"o-a1b2c3d4e5\" {{ scp lock unit w {{ scp lock account prod \"123456789012\" {{ }} }} }}
        {roles}{buckets}"
    );
    keeps(&format!("{source} prove \"p\" {{ reads within R0 R0 within reads }}"), "");
    breaks(&format!("{source} prove \"p\" {{ more within R0 }}"), "");
}

// Constraints of a project

#[test]
fn a_constraint_is_about_every_policy_of_its_kinds() {
    let source = |policies: &str, constraint: &str| format!("{policies}\nconstraint c on {constraint}");
    let never = "policy, session { never allows iam:* on * }";
    keeps(&source("policy a { allow s3:GetObject on * } boundary b { allow iam:GetUser on * }", never), "");
    let broken = breaks(&source("policy a { allow s3:* on * }\npolicy b { allow iam:GetUser on * }", never), "");
    assert_eq!(
        (broken.code, broken.message.as_str()),
        ("violated-constraint", "`b` allows a request that it must never allow")
    );
    assert!(
        broken.text.contains("`b` breaks the constraint") && broken.text.contains("lets it through"),
        "{}",
        broken.text
    );
    breaks(&source("session s { allow * on * }", never), "");
    // Of a role, all of its policies together.
    let both = "policy { never allows iam:* on * exempt b because \"on call only\" }";
    keeps(&source("policy a { allow s3:* on * } policy b { allow iam:GetUser on * }", both), "");
}

#[test]
fn what_a_constraint_demands() {
    let of = |policy: &str, demand: &str| format!("{policy}\nconstraint c on policy {{ {demand} }}");
    let denies = "always denies s3:* on * unless aws:SecureTransport";
    keeps(&of("policy a { allow s3:GetObject on * deny s3:* on * unless aws:SecureTransport }", denies), "");
    // That a policy does not allow it is not enough: another one might.
    breaks(&of("policy a { allow s3:GetObject on * when aws:SecureTransport }", denies), "");
    let roles = |role: &str, demand: &str| {
        format!(
            "policy a {{ allow s3:GetObject on * }} boundary limit {{ allow s3:* on * }}
            trust t {{ allow sts:AssumeRole to service(\"ec2.amazonaws.com\") }}
            role Worker {{ {role} }} constraint c on role {{ {demand} }}"
        )
    };
    keeps(&roles("policy a boundary limit", "requires boundary"), "");
    let broken = breaks(&roles("policy a", "requires boundary"), "");
    assert_eq!(broken.message, "`role Worker` has no permissions boundary");
    keeps(&roles("policy a", "requires boundary exempt Worker because \"an example\""), "");
    keeps(&roles("policy a trust t", "requires trust"), "");
    breaks(&roles("policy a", "requires trust"), "");
    keeps(&roles("policy a boundary limit", "never allows s3:PutObject on *"), "");
    breaks(&roles("policy a", "never allows s3:GetObject on *"), "");
}

/// What demands nothing, or gives no reason, is not taken for a constraint that is kept.
#[test]
fn constraints_that_say_nothing() {
    let declared = "policy a { allow s3:GetObject on * } role Worker { policy a }";
    let refused = |constraint: &str| refusal(&format!("{declared} constraint c on {constraint}"));
    for reason in ["", "  "] {
        let one = refused(&format!("policy {{ never allows s3:* on * exempt a because \"{reason}\" }}"));
        assert_eq!((one.code, one.message.as_str()), ("bad-argument", "an exemption gives a reason"));
    }
    for empty in ["policy { }", "policy { exempt a because \"an example\" }"] {
        let one = refused(empty);
        assert_eq!((one.code, one.message.as_str(), &*one.text), ("type-mismatch", "`c` demands nothing", "c"));
    }
    // Only roles have boundaries.
    for kinds in ["policy", "role, policy"] {
        let one = refused(&format!("{kinds} {{ requires boundary }}"));
        assert_eq!((one.code, &*one.text), ("type-mismatch", "requires boundary"));
    }
    // Of a kind of which there is none yet it is kept.
    keeps(&format!("{declared} constraint c on session {{ never allows s3:* on * }}"), "");
}

#[test]
fn exemptions_that_are_not_needed() {
    let source = |exempt: &str| {
        format!(
            "policy reads {{ allow s3:GetObject on * }} policy writes {{ allow s3:PutObject on * }}
            boundary limit {{ allow s3:PutObject on * }}
            constraint c on policy {{ never allows s3:Put* on * exempt {exempt} because \"an example\" }}"
        )
    };
    let warned = |source: &str, settings: &str| {
        let (failures, warnings) = told(source, settings);
        assert!(failures.is_empty(), "{}", failures[0].text);
        warnings.into_iter().map(|one| (one.code, one.text)).collect::<Vec<_>>()
    };
    assert!(warned(&source("writes"), "").is_empty());
    for (exempt, shown) in [("writes, reads", "reads"), ("writes, limit", "limit")] {
        let warnings = warned(&source(exempt), "");
        let [("unused-acceptance", text)] = &warnings[..] else { panic!("{warnings:?}") };
        assert!(text.contains(&format!("exempt writes, {shown}")), "{text}");
    }
    // Those that ship with the compiler are turned on in the settings.
    let roles = "policy a { allow s3:GetObject on * } boundary limit { allow s3:* on * }
        role Free { policy a } role Bound { boundary limit policy a }";
    let on = |exempt: &str| format!("[constraints]\nroles-are-bounded = {{ exempt = {{ Free = \"why\", {exempt} }} }}");
    for unneeded in ["Bound = \"why\"", "a = \"why\""] {
        let warnings = warned(roles, &on(unneeded));
        let [("unused-acceptance", text)] = &warnings[..] else { panic!("{warnings:?}") };
        assert!(text.contains("leastwise.toml") && text.contains(unneeded), "{text}");
    }
    let unknown = breaks(roles, &on("Bond = \"why\""));
    assert_eq!((unknown.code, unknown.message.as_str()), ("unknown-name", "no policy and no role is called `Bond`"));
    assert!(
        unknown.text.contains("leastwise.toml") && unknown.text.contains("did you mean `Bound`?"),
        "{}",
        unknown.text
    );
    let error = read_config(&on("a = \" \"")).unwrap_err();
    assert!(error.message.contains("gives a reason"), "{}", error.message);
    assert_eq!(&on("a = \" \"")[error.range.unwrap()], "a");
}

// Constraints that ship with the compiler

/// That one project breaks a constraint, another keeps it, and the first may be exempted.
#[track_caller]
fn ships(name: &str, broken: &str, exempted: &str, kept: &str) -> Failure {
    let on = format!("[constraints]\n{name} = true");
    keeps(kept, &on);
    keeps(broken, "");
    keeps(broken, &format!("[constraints]\n{name} = false"));
    keeps(broken, &format!("[constraints]\n{name} = {{ exempt = {{ {exempted} = \"why\" }} }}"));
    let failure = breaks(broken, &on);
    assert_eq!(failure.code, "violated-constraint");
    assert!(failure.text.contains(exempted), "{}", failure.text);
    failure
}

#[test]
fn no_public_access() {
    let source = |to: &str| {
        format!(
            "let data = s3.bucket(\"data\") resource open for data {{ allow s3:GetObject on s3.object(self, \"*\") to {to} }}"
        )
    };
    let failure = ships(
        "no-public-access",
        &source("anyone"),
        "open",
        &source("anyone when aws:PrincipalOrgID == \"o-a1b2c3d4e5\""),
    );
    assert_eq!(failure.message, "`open` lets the public in");
    assert!(failure.text.contains("lets it through"), "{}", failure.text);
    let on = "[constraints]\nno-public-access = true";
    // Another account is not the public; whoever uses TLS is; a named network is not.
    keeps(&source("account(\"222222222222\")"), on);
    breaks(&source("anyone when aws:SecureTransport"), on);
    keeps(&source("anyone when aws:SourceIp in [\"203.0.113.0/24\"]"), on);
    // A deny closes it.
    let denied = "let data = s3.bucket(\"data\") resource open for data {
        allow s3:GetObject on s3.object(self, \"*\") to anyone
        deny s3:* on s3.object(self, \"*\") to anyone unless aws:PrincipalOrgID == \"o-a1b2c3d4e5\" }";
    keeps(denied, on);
    // A role that anybody may assume, which is refused anyway unless somebody has a reason.
    breaks("@accept(trusts-anyone, because: \"why\") trust open { allow sts:AssumeRole to anyone }", on);
    keeps("trust service { allow sts:AssumeRole to service(\"ec2.amazonaws.com\") }", on);
    // Of a shared identity provider, whoever is not told to be of one organisation.
    let github = |subject: &str| {
        format!(
            "@accept(wide-subject, because: \"an example\") trust ci {{
                allow sts:AssumeRoleWithWebIdentity
                  to federated(\"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com\")
                  when key(\"token.actions.githubusercontent.com:aud\") == \"sts.amazonaws.com\"
                    and key(\"token.actions.githubusercontent.com:sub\") like \"{subject}\"
            }}"
        )
    };
    let failure = breaks(&github("repo:acm*"), on);
    assert!(failure.text.contains("ask for the claim that says whose identities"), "{}", failure.text);
    keeps(&github("repo:acme/*"), on);
    // Of the one whom the policy names, the account that has set the provider up takes everybody for its users.
    let outside = "[constraints]\nno-access-from-outside-the-organization = true";
    breaks(&github("repo:acm*"), outside);
    keeps(&github("repo:acme/*"), outside);
}

#[test]
fn no_access_from_outside_the_organization() {
    let source = |to: &str| {
        format!(
            "let data = s3.bucket(\"data\")
            organization acme \"o-a1b2c3d4e5\" {{ management \"444444444444\" account prod \"123456789012\" {{ }} account dev \"333333333333\" {{ }} }}
            resource shared for data {{ allow s3:GetObject on s3.object(self, \"*\") to {to} }}"
        )
    };
    let name = "no-access-from-outside-the-organization";
    let failure = ships(
        name,
        &source("account(\"222222222222\")"),
        "shared",
        &source("anyone when aws:PrincipalOrgID == \"o-a1b2c3d4e5\""),
    );
    assert_eq!(failure.message, "`shared` lets somebody in from outside");
    let on = format!("[constraints]\n{name} = true");
    keeps(&source("account(\"333333333333\"), account(\"444444444444\"), service(\"cloudfront.amazonaws.com\")"), &on);
    breaks(&source("anyone when aws:PrincipalOrgID == \"o-zzzzzzzzzz\""), &on);
    breaks(&source("anyone"), &on);
    breaks(&source("anyone when aws:SourceIp in [\"203.0.113.0/24\"]"), &on);
}

#[test]
fn no_privilege_escalation() {
    let on = "[constraints]\nno-privilege-escalation = true";
    let role = |layers: &str| {
        format!(
            "policy pass {{ allow iam:PassRole on iam.role(\"app/*\", account: \"123456789012\") }}
            policy make {{ allow lambda:{{CreateFunction,InvokeFunction}} on * }}
            policy no-pass {{ deny iam:PassRole on * }}
            boundary compute {{ allow lambda:* on * }}
            boundary every {{ allow * on * }}
            role Worker {{ {layers} }}"
        )
    };
    let both = "policy pass, make";
    // Neither policy does it; the role that has both can.
    let failure = ships("no-privilege-escalation", &role(both), "Worker", &role("policy make, no-pass"));
    assert!(failure.text.contains("lambda-001"), "{}", failure.text);
    assert_eq!(failure.text.matches("lets it do so").count(), 2, "{}", failure.text);
    // A deny of another policy or a boundary closes it, a boundary that allows everything does not.
    keeps(&role("policy pass, make, no-pass"), on);
    keeps(&role("policy pass, make boundary compute"), on);
    breaks(&role("policy pass, make boundary every"), on);
    // A role that is passed to another service does not run Lambda functions.
    let passed = |service: &str| {
        format!(
            "policy it {{ allow iam:PassRole on iam.role(\"app/*\", account: \"123456789012\") when iam:PassedToService == \"{service}\" allow lambda:{{CreateFunction,InvokeFunction}} on * }}"
        )
    };
    keeps(&passed("ecs-tasks.amazonaws.com"), on);
    breaks(&passed("lambda.amazonaws.com"), on);
    // One action that is enough by itself.
    breaks("policy it { allow iam:CreatePolicyVersion on * }", on);
    keeps("policy it { allow iam:{Get,List}* on * }", on);
    // With a boundary on what is changed it gives nothing that the boundary does not.
    keeps(
        "policy it { allow iam:PutRolePolicy on * when iam:PermissionsBoundary == \"arn:aws:iam::123456789012:policy/limit\" }",
        on,
    );
}

#[test]
fn no_iam_writes_without_boundary() {
    let source = |condition: &str| format!("policy maker {{ allow iam:CreateRole on * {condition} }}");
    let limit = "when iam:PermissionsBoundary == \"arn:aws:iam::123456789012:policy/limit\"";
    let failure = ships("no-iam-writes-without-boundary", &source(""), "maker", &source(limit));
    assert_eq!(failure.message, "`maker` gives permissions without a boundary");
    let on = "[constraints]\nno-iam-writes-without-boundary = true";
    keeps("policy reader { allow iam:Get* on * }", on);
    // `!=` with `?` holds of a request without the key.
    breaks(&source("when iam:PermissionsBoundary? != \"arn:aws:iam::123456789012:policy/other\""), on);
}

#[test]
fn third_parties_have_external_ids() {
    let source = |to: &str| format!("trust partner {{ allow sts:AssumeRole to {to} }}");
    let failure = ships(
        "third-parties-have-external-id",
        &source("account(\"222222222222\")"),
        "partner",
        &source("account(\"222222222222\") when sts:ExternalId == \"acme-42\""),
    );
    assert_eq!(failure.message, "`partner` lets a third party assume the role without an external id");
    let on = "[constraints]\nthird-parties-have-external-id = true";
    // The project's own account is no third party, a service neither.
    keeps(&source("account(\"123456789012\")"), on);
    keeps(&source("service(\"ec2.amazonaws.com\")"), on);
    keeps(
        &format!(
            "{} organization acme \"o-a1b2c3d4e5\" {{ account partner \"222222222222\" {{ }} }}",
            source("account(\"222222222222\")")
        ),
        on,
    );
}

#[test]
fn roles_are_bounded() {
    let source = |boundary: &str| {
        format!(
            "policy a {{ allow s3:GetObject on * }} boundary limit {{ allow s3:* on * }} role Worker {{ policy a {boundary} }}"
        )
    };
    let failure = ships("roles-are-bounded", &source(""), "Worker", &source("boundary limit"));
    assert_eq!(failure.message, "`role Worker` has no permissions boundary");
}

/// It is the role whose permissions are too wide that asks for the request which shows it.
#[test]
fn a_counterexample_is_asked_for_by_the_role_that_may() {
    let source = |claim: &str| {
        format!(
            "policy passes {{ allow iam:PassRole on * }} policy reads {{ allow iam:GetRole on * }}
            role Glass {{ policy passes }} role Worker {{ policy reads }}
            prove \"p\" {{ {claim} }}"
        )
    };
    let asks = |claim: &str, role: &str| {
        let failure = breaks(&source(claim), "");
        let asks = format!("arn:aws:iam::123456789012:role/{role} asks for ");
        assert!(failure.text.contains(&asks), "{}", failure.text);
    };
    asks("Glass within Worker", "Glass");
    asks("Worker within Glass", "Worker");
    asks("Glass disjoint Glass", "Glass");
    asks("Worker never allows iam:GetRole on *", "Worker");
    asks("Worker always allows iam:PassRole on *", "Worker");
    asks("passes within Worker", "Worker");
}

/// What follows from a role is known of its requests, also of keys that only the other side of a claim asks for.
#[test]
fn what_follows_from_a_role_does_not_depend_on_who_asks_for_it_first() {
    let source = r#"
        policy plain { allow s3:GetObject on * }
        policy asking { allow s3:GetObject on * when aws:PrincipalAccount == "123456789012" }
        role Plain { policy plain }
        role Asking { policy asking }
    "#;
    for claims in ["Plain within Asking\nAsking within Plain", "Asking within Plain\nPlain within Asking"] {
        keeps(&format!("{source}\nprove \"both ways\" {{\n{claims}\n}}\n"), "");
    }
}

/// Each of two roles asks as itself.
#[test]
fn two_roles_are_compared_by_what_each_of_them_may_do_itself() {
    let claim = |claim: &str| {
        format!(
            "policy plain {{ allow s3:* on * }}
            policy of-a {{ allow s3:* on * when aws:PrincipalArn == \"arn:aws:iam::123456789012:role/A\" }}
            policy not-a {{ allow s3:* on * unless aws:PrincipalArn like \"arn:aws:iam::${{aws:PrincipalAccount}}:role/A\" }}
            policy own {{ allow s3:* on * when aws:PrincipalArn like \"${{aws:PrincipalArn}}\" }}
            role A {{ policy plain }} role B {{ policy plain }} role OfA {{ policy of-a }} role NotA {{ policy not-a }}
            role Own {{ policy own }}
            prove \"p\" {{ {claim} }}"
        )
    };
    for so in [
        "OfA within A",
        "A equivalent B",
        "A equivalent NotA",
        "A equivalent Own",
        "OfA disjoint A",
        "OfA within NotA",
        "OfA never allows s3:* on *",
        "NotA always allows s3:* on s3.object(\"b\", \"*\")",
        "plain within B",
    ] {
        keeps(&claim(so), "");
    }
    for not_so in ["A within OfA", "A disjoint B", "A disjoint NotA", "A disjoint Own", "of-a within OfA"] {
        breaks(&claim(not_so), "");
    }
    // Nor does it matter whether something else asked for the key before.
    breaks(&claim("A never allows iam:* on * when aws:PrincipalArn like \"*\"\nA disjoint B"), "");
}

// What the catalogue says

#[test]
fn proofs_rely_on_the_catalogue_as_far_as_the_settings_say() {
    let source = |claim: &str| {
        format!(
            "policy reads {{ allow dynamodb:GetItem on * }}
            policy tables {{ allow dynamodb:GetItem on dynamodb.table(\"*\", account: \"*\", region: \"*\") }}
            prove \"p\" {{ {claim} }}"
        )
    };
    let world = |name: &str| format!("[proofs]\nworld = \"{name}\"");
    keeps(&source("reads within tables"), "");
    keeps(&source("reads within tables"), &world("closed"));
    breaks(&source("reads within tables"), &world("open"));
    // Of a request that nobody can make, nothing is proved.
    let vacuous = breaks(&source("tables always allows dynamodb:GetItem on s3.bucket(\"b\")"), "");
    assert!(vacuous.message.contains("no request is like that"), "{}", vacuous.text);
    breaks(&source("tables never allows dynamodb:GetItem on s3.bucket(\"b\")"), "");
    keeps(&source("tables never allows dynamodb:GetItem on s3.bucket(\"b\")"), &world("open"));
}

/// Keys that AWS documents as there in every request of a role's sessions, and what they are.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
#[test]
fn what_a_role_surely_may_is_by_the_keys_of_its_own_requests() {
    let source = |organization: &str, claim: &str| {
        format!(
            r#"policy own {{
                allow s3:GetObject on * when aws:PrincipalOrgID == "o-a1b2c3d4e5"
                allow sqs:SendMessage on * when aws:PrincipalAccount == "123456789012"
                allow kms:Decrypt on * when aws:PrincipalType == "AssumedRole"
                allow sns:Publish on * when aws:PrincipalArn == "arn:aws:iam::123456789012:role/O"
                allow ec2:RunInstances on * when aws:PrincipalTag/team == "a"
                deny dynamodb:GetItem on * unless has aws:username
            }}
            rcp own-only {{ deny s3:* on * to anyone unless aws:PrincipalOrgID == "o-a1b2c3d4e5" }}
            {organization}
            role O {{ policy own }}
            prove "p" {{ O {claim} }}"#
        )
    };
    let member = r#"organization acme "o-a1b2c3d4e5" { rcp own-only account prod "123456789012" { } }"#;
    let [queue, topic] = ["sqs", "sns"].map(|service| format!(r#""arn:aws:{service}:eu-west-1:123456789012:some""#));
    let always = [
        format!("always allows sqs:SendMessage on {queue}"),
        format!("always allows sns:Publish on {topic}"),
        r#"always allows s3:GetObject on "arn:aws:s3:::b/*""#.to_owned(),
        "always denies dynamodb:GetItem on *".to_owned(),
    ];
    for claim in &always {
        keeps(&source(member, claim), "");
    }
    // Of an account in no organisation that is declared, nothing is known of it.
    breaks(&source("", r#"always allows s3:GetObject on "arn:aws:s3:::b/*""#), "");
    // Nothing is known of its tags.
    breaks(&source(member, r#"always allows ec2:RunInstances on "arn:aws:ec2:eu-west-1:123456789012:instance/*""#), "");
}
