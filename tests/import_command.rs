//! `leastwise import`, as it is called from a shell.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// What a run ended with, and what it said.
struct Run {
    code: i32,
    out: String,
    err: String,
}

fn run_with(folder: &Path, input: &str, arguments: &[&str]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_leastwise"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("CI")
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    // A program that ends with an error may not have read it.
    let _ = child.stdin.take().expect("it has an input").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("the program ends");
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    run_with(folder, "", arguments)
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// What comes out of a text, which must compile.
#[track_caller]
fn imported(text: &str, arguments: &[&str]) -> String {
    let folder = folder(&[("input.json", text)]);
    let ended = run(folder.path(), &[&["import", "input.json"], arguments].concat());
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    let checked = run_with(folder.path(), &ended.out, &["check", "-"]);
    assert_eq!(checked.code, 0, "{}\n{}", ended.out, checked.err);
    ended.out
}

/// What is said of a text that is refused.
#[track_caller]
fn refused(text: &str, arguments: &[&str]) -> String {
    let folder = folder(&[("input.json", text)]);
    let ended = run(folder.path(), &[&["import", "input.json"], arguments].concat());
    assert_eq!((ended.code, ended.out.as_str()), (1, ""), "{}", ended.err);
    ended.err
}

/// The first lines of declarations, up to the call of a template, with what stands before them.
fn heads(source: &str) -> Vec<&str> {
    source
        .lines()
        .filter(|line| line.ends_with('{') || line.contains(" = ") || line.starts_with(['@', '/']))
        .map(|line| line.find(" = ").map_or(line, |at| &line[..at + 2]))
        .collect()
}

fn identity() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme/*"}]})
}

fn assumed_by(service: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": "", "Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]})
}

const READ: &str = "  allow s3:GetObject on s3.object(\"acme\", *)\n";
const GOOD: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"}}"#;

/// As the API of IAM sends documents.
fn encoded(document: &Value) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    document
        .to_string()
        .bytes()
        .map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[test]
fn a_policy_of_a_file_is_called_after_it() {
    assert_eq!(imported(GOOD, &[]), format!("policy input {{\n{READ}}}\n"));
    assert_eq!(imported(GOOD, &["--name", "My reader"]), format!("policy My-reader {{\n{READ}}}\n"));
    assert_eq!(imported(GOOD, &["--kind", "boundary"]), format!("boundary input {{\n{READ}}}\n"));
    assert!(imported(&format!("\u{feff}{GOOD}\r\n"), &[]).starts_with("policy input"));
}

#[test]
fn standard_input_and_json_lines() {
    let empty = folder(&[]);
    let ended = run_with(empty.path(), GOOD, &["import", "-"]);
    assert_eq!((ended.code, ended.out), (0, format!("policy policy {{\n{READ}}}\n")), "{}", ended.err);
    let lines = format!(
        "{}\n\n{}\n",
        json!({"name": "one", "kind": "policy", "document": identity()}),
        json!({"name": "lock", "kind": "scp", "document": identity()})
    );
    assert_eq!(imported(&lines, &[]), format!("policy one {{\n{READ}}}\n\nscp lock {{\n{READ}}}\n"));
}

#[test]
fn folders_are_read_and_kinds_are_seen() {
    let trust = assumed_by("lambda.amazonaws.com").to_string();
    let rcp = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"BoolIfExists":{"aws:SecureTransport":"false"}}}]}"#;
    let bucket = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"}]}"#;
    let folder = folder(&[
        ("in/reader.json", GOOD),
        ("in/lock.scp.json", GOOD),
        ("in/boundary/limit.json", GOOD),
        ("in/worker.json", &trust),
        ("in/tls.json", rcp),
        ("in/site.json", bucket),
        ("in/site.endpoint.json", bucket),
        ("in/notes.txt", "no policy"),
    ]);
    let ended = run(folder.path(), &["import", "in", "--out", "out"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("7 files written in `out`"), "{}", ended.err);
    let mut heads: Vec<String> = fs::read_dir(folder.path().join("out"))
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let text = fs::read_to_string(entry.path()).unwrap();
            format!("{}: {}", entry.file_name().to_string_lossy(), text.lines().next().unwrap())
        })
        .collect();
    heads.sort();
    assert_eq!(
        heads,
        [
            "limit.lw: boundary limit {",
            "lock.lw: scp lock {",
            "reader.lw: policy reader {",
            "site-2.lw: resource site-2 for s3.bucket(\"acme\") {",
            "site.lw: endpoint site {",
            "tls.lw: rcp tls {",
            "worker.lw: trust worker = std.trust.compute-service(principal: \"lambda.amazonaws.com\")",
        ]
    );
    assert_eq!(run(folder.path(), &["build", "out"]).code, 0);
}

#[test]
fn what_the_iam_commands_print() {
    let version = json!({"PolicyVersion": {"Document": identity(), "VersionId": "v1", "IsDefaultVersion": true, "CreateDate": "2024-01-01T00:00:00+00:00"}});
    assert_eq!(imported(&version.to_string(), &[]), format!("policy input {{\n{READ}}}\n"));
    let role = json!({"Role": {"Path": "/", "RoleName": "Worker", "RoleId": "AROA1234567890EXAMPLE", "Arn": "arn:aws:iam::123456789012:role/Worker", "CreateDate": "2024-01-01T00:00:00Z", "AssumeRolePolicyDocument": assumed_by("lambda.amazonaws.com"), "MaxSessionDuration": 3600, "RoleLastUsed": {}}});
    let trust = "trust Worker-trust = std.trust.compute-service(principal: \"lambda.amazonaws.com\")\n";
    assert_eq!(imported(&role.to_string(), &[]), trust);
    let inline = json!({"RoleName": "Worker", "PolicyName": "read", "PolicyDocument": identity()});
    assert_eq!(imported(&inline.to_string(), &[]), format!("@inline\npolicy read {{\n{READ}}}\n"));
    let text = json!({"RoleName": "Worker", "PolicyName": "read", "PolicyDocument": encoded(&identity())});
    assert_eq!(imported(&text.to_string(), &[]), format!("@inline\npolicy read {{\n{READ}}}\n"));
    let names = refused(r#"{"PolicyNames": ["read", "write"]}"#, &[]);
    assert!(names.contains("this lists names only") && names.contains("aws iam get-role-policy"), "{names}");
    assert!(refused(r#"{"Roles": []}"#, &[]).contains("there is no policy document in this JSON"));
}

#[test]
fn what_the_other_commands_print() {
    let policy = |ty: &str| json!({"Policy": {"PolicySummary": {"Id": "p-examplepolicyid111", "Arn": "arn:aws:organizations::111111111111:policy/o-exampleorgid/service_control_policy/p-examplepolicyid111", "Name": "Allow reads", "Description": "What may be read", "Type": ty, "AwsManaged": false}, "Content": serde_json::to_string_pretty(&identity()).unwrap()}});
    let scp = imported(&policy("SERVICE_CONTROL_POLICY").to_string(), &[]);
    assert_eq!(scp, format!("/// What may be read\nscp Allow-reads {{\n{READ}}}\n"));
    let bucket = json!({"Version": "2012-10-17", "Id": "x", "Statement": [{"Sid": "Read it", "Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme/*"}]});
    let bucket = imported(&json!({"Policy": bucket.to_string()}).to_string(), &[]);
    assert_eq!(
        bucket,
        "@id(\"x\")\nresource input for s3.bucket(\"acme\") {\n  \"Read it\": allow s3:GetObject on s3.object(self, *) to account(\"123456789012\")\n}\n"
    );
}

#[test]
fn a_whole_account() {
    let trust = |service: &str| encoded(&assumed_by(service));
    let details = json!({
        "UserDetailList": [{"Path": "/", "UserName": "alice", "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": identity()}], "GroupList": [], "AttachedManagedPolicies": []}],
        "GroupDetailList": [{"Path": "/", "GroupName": "devs", "GroupPolicyList": [{"PolicyName": "own", "PolicyDocument": identity()}], "AttachedManagedPolicies": []}],
        "RoleDetailList": [
            {"RoleName": "Worker", "AssumeRolePolicyDocument": trust("lambda.amazonaws.com"), "InstanceProfileList": [{"Roles": [{"RoleName": "Worker", "AssumeRolePolicyDocument": trust("lambda.amazonaws.com")}]}], "RolePolicyList": [{"PolicyName": "write", "PolicyDocument": identity()}], "AttachedManagedPolicies": []},
        ],
        "Policies": [{"PolicyName": "shared", "Description": "For all", "DefaultVersionId": "v2", "PolicyVersionList": [
            {"VersionId": "v2", "IsDefaultVersion": true, "Document": identity()},
            {"VersionId": "v1", "IsDefaultVersion": false, "Document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}},
        ]}],
        "IsTruncated": false
    });
    let out = imported(&details.to_string(), &[]);
    let heads = heads(&out);
    let mut sorted = heads.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        [
            "/// For all",
            "@inline",
            "@inline",
            "@inline",
            "policy Worker-write {",
            "policy alice-own {",
            "policy devs-own {",
            "policy shared {",
            "trust Worker-trust ="
        ],
        "{out}"
    );
    assert!(!out.contains("allow * on *"), "{out}");
}

#[test]
fn what_terraform_shows() {
    let module = json!({
        "resources": [
            {"address": "aws_iam_role.worker", "mode": "managed", "type": "aws_iam_role", "name": "worker", "values": {"name": "Worker", "assume_role_policy": assumed_by("lambda.amazonaws.com").to_string(), "inline_policy": [{"name": "own", "policy": identity().to_string()}]}},
            {"address": "data.aws_iam_policy_document.x", "mode": "data", "type": "aws_iam_policy_document", "name": "x", "values": {"json": identity().to_string()}},
            {"address": "aws_iam_policy.later", "mode": "managed", "type": "aws_iam_policy", "name": "later", "values": {"name": "later"}},
            {"address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket", "name": "b", "values": {"bucket": "acme", "policy": ""}}
        ],
        "child_modules": [{"address": "module.m", "resources": [
            {"address": "module.m.aws_organizations_policy.lock", "mode": "managed", "type": "aws_organizations_policy", "name": "lock", "values": {"name": "lock", "type": "SERVICE_CONTROL_POLICY", "content": identity().to_string()}}
        ], "child_modules": [{"address": "module.m.module.n", "resources": [
            {"address": "module.m.module.n.aws_iam_policy.p", "mode": "managed", "type": "aws_iam_policy", "name": "p", "values": {"name": "reader", "description": "Reads", "policy": r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObjekt","Resource":"*"}]}"#}}
        ]}]}]
    });
    let state = json!({"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": module}});
    let plan = json!({"format_version": "1.2", "planned_values": {"root_module": module}, "prior_state": {"format_version": "1.0", "values": {"root_module": module}}, "resource_changes": []});
    let out = imported(&state.to_string(), &[]);
    let heads: Vec<&str> = heads(&out).into_iter().filter(|head| !head.starts_with(['@', '/'])).collect();
    assert_eq!(heads, ["trust Worker-trust =", "policy own {", "scp lock {", "policy reader {"], "{out}");
    // What a policy in a string needs accepted stands at the statement, too.
    assert!(
        out.contains(
            "/// Reads\npolicy reader {\n  @accept(unknown-action, because: \"imported\")\n  allow s3:GetObjekt on *\n"
        ),
        "{out}"
    );
    assert_eq!(imported(&plan.to_string(), &[]), out);
}

#[test]
fn placeholders_stay_open() {
    let text = r#"{
  // Who may read
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Action": "s3:GetObject", /* and nothing
      * else */
    "Resource": [
      "arn:aws:s3:::${var.bucket}/${aws:username}/*",
      {"Fn::Sub": "arn:${AWS::Partition}:s3:::x/${!aws:username}"},
      {"Fn::Join": ["", ["arn:aws:s3:::", {"Ref": "Other"}, "/*"]]},
      "!Sub arn:aws:s3:::${Third}/*",
    ],
  }],
}"#;
    let wanted = r#"extern aws-partition: String
extern bucket: String
extern other: String
extern third: String

policy input {
  // Who may read
  // and nothing
  // else
  allow s3:GetObject
    on "arn:aws:s3:::{bucket}/${aws:username}/*",
      "arn:{aws-partition}:s3:::x/${aws:username}",
      "arn:aws:s3:::{other}/*",
      "arn:aws:s3:::{third}/*"
}
"#;
    assert_eq!(imported(text, &["--lenient"]), wanted);
    let strict = refused(text, &[]);
    assert!(
        strict.contains("input.json:2:3") && strict.contains("comments") && strict.contains("--lenient"),
        "{strict}"
    );
    // One file declares an extern once, and a policy is not called as one is.
    let one = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${var.bucket}/*"}}"#;
    let folder = folder(&[("bucket.json", one), ("two.json", one)]);
    let ended = run(folder.path(), &["import", "--lenient", "bucket.json", "two.json"]);
    assert_eq!(ended.out.matches("extern bucket").count(), 1, "{}", ended.out);
    assert!(ended.out.contains("policy bucket-2 {"), "{}", ended.out);
    assert_eq!(run_with(folder.path(), &ended.out, &["check", "-"]).code, 0);
    // In their own files, each has it.
    assert_eq!(run(folder.path(), &["import", "--lenient", "bucket.json", "two.json", "--out", "out"]).code, 0);
    assert_eq!(run(folder.path(), &["check", "out"]).code, 0);
}

#[test]
fn errors_have_a_place() {
    let unknown = refused(
        "{\"Version\":\"2012-10-17\",\n \"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\n  \"NotResouce\":\"*\"}}",
        &[],
    );
    assert!(unknown.contains("input.json:3:3") && unknown.contains("did you mean `NotResource`?"), "{unknown}");
    let twice = refused("{\"Version\":\"2012-10-17\",\n\"Version\":\"2012-10-17\",\"Statement\":[]}", &[]);
    assert!(twice.contains("input.json:2:1") && twice.contains("stands twice"), "{twice}");
    // Also in a string, where the place is that of the escaped word.
    let inner = r#"{\n\"Version\":\"2012-10-17\",\"Statement\":[{\"Efect\":\"Allow\"}]}"#;
    let text = format!("{{\"Policy\":\n \"{inner}\"}}");
    let in_string = refused(&text, &[]);
    let column = text.lines().nth(1).unwrap().find("\\\"Efect").unwrap() + 1;
    assert!(in_string.contains(&format!("input.json:2:{column}")), "{in_string}");
    let kind = refused(&assumed_by("lambda.amazonaws.com").to_string(), &["--kind", "policy"]);
    assert!(kind.contains("kind-rule"), "{kind}");
}

#[test]
fn what_cannot_be_used_ends_with_two() {
    let folder = folder(&[("a.json", GOOD), ("b.json", GOOD), ("empty/x.txt", "")]);
    let ends = |arguments: &[&str]| {
        let ended = run(folder.path(), arguments);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{}", ended.err);
        ended.err
    };
    assert!(ends(&["import", "missing.json"]).contains("there is no such file"));
    assert!(ends(&["import", "empty"]).contains("no JSON files"));
    assert!(ends(&["import", "a.json", "b.json", "--name", "x"]).contains("names one policy"));
    assert!(ends(&["import", "a.json", "--kind", "user"]).contains("the kinds are policy,"));
    assert!(ends(&["import"]).contains("FILE"));
    assert!(ends(&["import", "a.json", "--force"]).contains("--out"));
}

#[test]
fn one_that_is_wrong_does_not_hide_the_others() {
    let lines = format!("{GOOD}\n{{\"Version\":\"2012-10-17\",\"Statement\":[{{}}]}}\n{{\"Version\":\n{GOOD}\n");
    let folder = folder(&[("some.jsonl", &lines), ("bad.json", "{"), ("good.json", GOOD)]);
    let ended = run(folder.path(), &["import", "some.jsonl", "bad.json", "good.json"]);
    assert_eq!(ended.code, 1);
    let heads: Vec<&str> = ended.out.lines().filter(|line| line.ends_with('{')).collect();
    assert_eq!(heads, ["policy some {", "policy some-2 {", "policy good {"], "{}", ended.out);
    for place in ["some.jsonl:2:", "some.jsonl:3:", "bad.json:1:"] {
        assert!(ended.err.contains(place), "{place} in {}", ended.err);
    }
    let ended = run(folder.path(), &["import", "some.jsonl", "bad.json", "good.json", "--out", "out"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("3 files written in `out`"), "{}", ended.err);
}

#[test]
fn nothing_is_written_over_and_all_is_written_or_nothing() {
    let folder = folder(&[("a.json", GOOD), ("b.json", GOOD), ("out/b.lw", "mine\n")]);
    let at = |name: &str| folder.path().join(name);
    let ended = run(folder.path(), &["import", "a.json", "b.json", "--out", "out"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("is there already") && ended.err.contains("--force"), "{}", ended.err);
    assert_eq!(fs::read_to_string(at("out/b.lw")).unwrap(), "mine\n");
    assert!(!at("out/a.lw").exists());
    let ended = run(folder.path(), &["import", "a.json", "b.json", "--out", "out", "--force"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert_eq!(fs::read_to_string(at("out/b.lw")).unwrap(), format!("policy b {{\n{READ}}}\n"));
    // The second file cannot be written: the first is not either, and nothing else is left behind.
    fs::remove_file(at("out/a.lw")).unwrap();
    fs::remove_file(at("out/b.lw")).unwrap();
    fs::create_dir(at("out/b.lw")).unwrap();
    let ended = run(folder.path(), &["import", "a.json", "b.json", "--out", "out", "--force"]);
    assert_eq!(ended.code, 2, "{}", ended.err);
    let left: Vec<_> = fs::read_dir(at("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["b.lw"]);
}

#[test]
fn names_are_told_apart_also_by_letter_case() {
    let named = |name: &str| json!({"name": name, "kind": "policy", "document": identity()});
    let lines = ["reader", "Reader", "reader", "allow", "1st", "a b"].map(named).map(|one| one.to_string()).join("\n");
    let folder = folder(&[("some.jsonl", &lines)]);
    let ended = run(folder.path(), &["import", "some.jsonl", "--out", "out"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let mut names: Vec<String> = fs::read_dir(folder.path().join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["Reader-2.lw", "a-b.lw", "allow-policy.lw", "policy-1st.lw", "reader-3.lw", "reader.lw"]);
    assert_eq!(run(folder.path(), &["check", "out"]).code, 0);
}

#[test]
fn the_settings_of_the_project_count() {
    let table = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"arn:aws:dynamodb:eu-west-1:123456789012:table/orders"}}"#;
    let settings = "[defaults]\naccount = \"123456789012\"\nregion = \"eu-west-1\"\n";
    let folder = folder(&[("leastwise.toml", settings), ("orders.json", table)]);
    let ended = run(folder.path(), &["import", "orders.json"]);
    assert_eq!(ended.out, "policy orders {\n  allow dynamodb:GetItem on dynamodb.table(\"orders\")\n}\n");
}

/// The files that wait for the others are closed: a system lets a program have so many open and no more.
#[cfg(unix)]
#[test]
fn more_files_than_may_be_open_at_once() {
    let document = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" } });
    let lines =
        (0..100).map(|n| format!("{}\n", json!({ "name": format!("p{n}"), "kind": "policy", "document": document })));
    let folder = folder(&[("input.jsonl", &lines.collect::<String>())]);
    let limited = |command: &str| {
        let line = format!("ulimit -n 40 && '{}' {command}", env!("CARGO_BIN_EXE_leastwise"));
        let output = Command::new("sh").args(["-c", &line]).current_dir(folder.path()).output().expect("a shell");
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    };
    limited("import input.jsonl --out policies");
    limited("build policies");
    // A build into folders that are there, of files that all differ.
    for file in fs::read_dir(folder.path().join("build/policy")).unwrap() {
        fs::write(file.unwrap().path(), "{}").unwrap();
    }
    limited("build policies");
    assert_eq!(fs::read_dir(folder.path().join("build/policy")).unwrap().count(), 100);
}
