//! `leastwise minimise`, as it is called from a shell.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

struct Run {
    code: i32,
    out: String,
    err: String,
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_leastwise"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("CI")
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

fn folder(files: &[(&str, String)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn policy(statements: &Value) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn twice() -> String {
    let one = |name: &str| json!({"Effect": "Allow", "Action": name, "Resource": "*"});
    policy(&json!([one("sqs:SendMessage"), one("sqs:*"), one("nonesuch:Do")]))
}

/// Statements that cannot be merged.
fn many(count: usize) -> String {
    let one = |n: usize| json!({"Effect": "Allow", "Action": format!("svc{n}:GetThing"), "Resource": format!("arn:aws:s3:::{}/{n}", "x".repeat(60))});
    policy(&Value::Array((0..count).map(one).collect()))
}

/// What a list of one and a text alone mean is the same, and what AWS counts is not.
#[test]
fn the_size_before_is_that_of_the_text_that_is_given() {
    let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": ["*"]}]}"#;
    let folder = folder(&[("queue.json", text.to_owned())]);
    let before = text.chars().filter(|c| !c.is_whitespace()).count();
    let ended = run(folder.path(), &["minimise", "queue.json"]);
    let said = format!("`queue`: {before} characters without whitespace before, ");
    assert!(ended.err.starts_with(&said), "{}", ended.err);
}

#[test]
fn one_policy_is_printed_as_build_writes_it() {
    let folder = folder(&[("queue.json", twice())]);
    let ended = run(folder.path(), &["minimise", "queue.json"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.out.starts_with("{\n  \"Version\""), "{}", ended.out);
    let written: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(written["Statement"], json!([{"Effect": "Allow", "Action": ["nonesuch:Do", "sqs:*"], "Resource": "*"}]));
    assert_eq!(
        ended.err,
        "`queue`: 207 characters without whitespace before, 105 after: 1 statement subsumed, 1 statement merged into another\n"
    );
}

#[test]
fn a_policy_that_is_too_large_becomes_several() {
    let folder = folder(&[("big.json", many(70)), ("queue.json", twice())]);
    let ended = run(folder.path(), &["minimise", "big.json"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let parts: Vec<Value> = serde_json::from_str(&ended.out).unwrap();
    let statements: usize = parts.iter().map(|part| part["Statement"].as_array().unwrap().len()).sum();
    assert_eq!((parts.len(), statements), (2, 70));
    assert!(ended.err.contains("divided into 2"), "{}", ended.err);
    let ended = run(folder.path(), &["minimise", "big.json", "queue.json", "--out", "out"]);
    assert_eq!((ended.code, ended.out.as_str()), (0, ""), "{}", ended.err);
    let mut names: Vec<String> = fs::read_dir(folder.path().join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["big-1.json", "big-2.json", "queue.json"]);
}

#[test]
fn what_cannot_be_divided_is_said_and_fails() {
    let folder = folder(&[("big.json", many(70))]);
    let ended = run(folder.path(), &["minimise", "big.json", "--kind", "boundary"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("a permissions boundary cannot be divided"), "{}", ended.err);
    fs::write(folder.path().join("leastwise.toml"), "[limits]\nboundary = 100000\n").unwrap();
    assert_eq!(run(folder.path(), &["minimise", "big.json", "--kind", "boundary"]).code, 0);
}

#[test]
fn wildcards_only_where_the_catalogue_is_all() {
    let tags = ["sqs:ListQueueTags", "sqs:ListQueues", "sqs:ListMessageMoveTasks", "sqs:ListDeadLetterSourceQueues"];
    let folder = folder(&[("a.json", policy(&json!([{"Effect": "Allow", "Action": tags, "Resource": "*"}])))]);
    assert!(run(folder.path(), &["minimise", "a.json"]).out.contains("\"sqs:List*\""));
    let open = run(folder.path(), &["minimise", "a.json", "--open-world"]).out;
    assert!(tags.iter().all(|tag| open.contains(tag)), "{open}");
}

#[test]
fn what_cannot_be_used_ends_with_two() {
    let broken = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Alow","Action":"s3:*","Resource":"*"}]}"#;
    let folder = folder(&[
        ("a.lw", "policy a { allow s3:GetObject on * }".to_owned()),
        ("broken.json", broken.to_owned()),
        ("queue.json", twice()),
        ("other/queue.json", twice()),
    ]);
    let ends = |arguments: &[&str]| {
        let ended = run(folder.path(), arguments);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{}", ended.err);
        ended.err
    };
    assert!(ends(&["minimise", "a.lw"]).contains("is source"));
    assert!(ends(&["minimise", "missing.json"]).contains("there is no such file"));
    assert!(ends(&["minimise", "broken.json"]).contains("error[policy-grammar]"));
    assert!(ends(&["minimise", "queue.json", "--kind", "trust"]).contains("error[kind-rule]"));
    assert!(ends(&["minimise", "queue.json", "other", "--out", "out"]).contains("two policies are called"));
}

/// Source of a policy with so many statements, each of about 120 characters, and a role that has it.
fn source(statements: usize) -> String {
    let one = |n: usize| format!("  allow s3:GetObject on s3.object(\"bucket-of-many-things-{n}\", *)\n");
    let all: String = (0..statements).map(one).collect();
    format!(
        "trust assumed {{ allow sts:AssumeRole to service(\"ec2.amazonaws.com\") }}\n\npolicy reader {{\n{all}}}\n\npolicy other {{ allow sqs:ListQueues on * }}\n\nrole worker {{\n  trust assumed\n  policy reader, other\n}}\n\ntest \"reads\" {{\n  worker allows s3:GetObject on s3.object(\"bucket-of-many-things-1\", \"a\")\n}}\n"
    )
}

#[test]
fn build_minimises_what_would_be_too_large() {
    let folder = folder(&[("a.lw", source(80))]);
    // `check` judges, and says what would be done.
    let checked = run(folder.path(), &["check", "a.lw"]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    assert!(checked.err.contains("warning[size-limit]") && checked.err.contains("`build` writes"), "{}", checked.err);
    assert!(!folder.path().join("build").exists());
    let ended = run(folder.path(), &["build", "a.lw"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("warning[size-limit]") && ended.err.contains("that mean the same"), "{}", ended.err);
    let written = fs::read_to_string(folder.path().join("build/policy/reader.json")).unwrap();
    let document: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(document["Statement"].as_array().unwrap().len(), 1);
    // What fits is written as it stands.
    let folder = self::folder(&[("a.lw", source(20))]);
    assert_eq!(run(folder.path(), &["build", "a.lw"]).code, 0);
    let written = fs::read_to_string(folder.path().join("build/policy/reader.json")).unwrap();
    assert_eq!(written.matches("GetObject").count(), 20);
}

#[test]
fn build_divides_what_is_too_large_even_so() {
    let folder = folder(&[("a.lw", source(180))]);
    let checked = run(folder.path(), &["check", "a.lw"]);
    assert_eq!(checked.code, 0, "{}", checked.err);
    let tested = run(folder.path(), &["test", "a.lw", "--coverage"]);
    assert!(tested.code == 0 && tested.out.contains("ok     reads (1 request)"), "{}{}", tested.out, tested.err);
    let ended = run(folder.path(), &["build", "a.lw"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.starts_with(checked.err.trim_end()), "{}\n{}", checked.err, ended.err);
    assert!(
        ended.err.contains("`build` writes 2 policies") && ended.err.contains("`reader-1`, `reader-2`"),
        "{}",
        ended.err
    );
    let read = |path: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(folder.path().join("build").join(path)).unwrap()).unwrap()
    };
    let resources = |path: &str| read(path)["Statement"][0]["Resource"].as_array().unwrap().len();
    assert_eq!(resources("policy/reader-1.json") + resources("policy/reader-2.json"), 180);
    assert!(!folder.path().join("build/policy/reader.json").exists());
    let manifest = read("manifest.json");
    assert_eq!(manifest["roles"]["worker"]["policies"], json!(["reader-1", "reader-2", "other"]));
    let names: Vec<&str> =
        manifest["policies"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["other", "reader-1", "reader-2", "assumed"]);
    assert_eq!(run(folder.path(), &["build", "a.lw", "--check"]).code, 0);
}

#[test]
fn only_selects_all_parts_of_a_policy() {
    let folder = folder(&[("a.lw", source(180))]);
    let names = |only: &str| -> Vec<String> {
        let ended = run(folder.path(), &["build", "a.lw", "--stdout", "--only", only]);
        let documents: Vec<Value> = match ended.out.lines().count() {
            _ if ended.out.starts_with("{\n") => vec![json!({"name": only})],
            _ => ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        };
        documents.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("reader"), ["reader-1", "reader-2"]);
    assert_eq!(names("policy/reader"), ["reader-1", "reader-2"]);
    assert_eq!(names("reader-2"), ["reader-2"]);
    assert_eq!(names("policy/other"), ["policy/other"]);
    let wrong = run(folder.path(), &["build", "a.lw", "--stdout", "--only", "scp/reader"]);
    assert!(wrong.code == 2 && wrong.err.contains("no policy is called `scp/reader`"), "{}", wrong.err);
    // The other files stay as they are.
    assert_eq!(run(folder.path(), &["build", "a.lw", "--only", "reader"]).code, 0);
    let written = |name: &str| folder.path().join("build/policy").join(name).exists();
    assert_eq!([written("reader-1.json"), written("reader-2.json"), written("other.json")], [true, true, false]);
}

#[test]
fn build_still_refuses_what_cannot_be_divided() {
    let text = source(180).replace("policy reader", "@inline\npolicy reader");
    let folder = folder(&[("a.lw", text)]);
    assert_eq!(run(folder.path(), &["check", "a.lw"]).code, 1);
    let ended = run(folder.path(), &["build", "a.lw"]);
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert!(ended.err.contains("error[size-limit]") && ended.err.contains("nothing was written"), "{}", ended.err);
}
