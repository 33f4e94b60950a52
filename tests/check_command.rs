//! `leastwise check`, from the shell: what it shares with `lint`.

use std::path::Path;
use std::process::{Command, Output};

/// Runs `check` in a folder.
fn check(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
    command.current_dir(folder).env_remove("CI").arg("check").args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder with one policy, of that action.
fn folder(action: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.lw"), source(action)).unwrap();
    folder
}

fn source(action: &str) -> String {
    format!("policy reader {{\n  allow {action} on s3.object(\"reports\", \"*\")\n}}\n")
}

/// Which action is meant shows when the service is right.
#[test]
fn fixes_are_applied_until_there_are_none_left() {
    let folder = folder("ss3:GetObjet");
    let output = check(folder.path(), &["--fix", "a.lw"]);
    assert_eq!(said(&output), "fixed `a.lw`\n1 policy checked, no findings\n");
    assert_eq!(std::fs::read_to_string(folder.path().join("a.lw")).unwrap(), source("s3:GetObject"));
}

#[test]
fn standard_input_is_not_fixed() {
    let output = check(folder("s3:GetObject").path(), &["--fix", "-"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("standard input"));
}

#[test]
fn a_run_whose_findings_are_all_allowed_says_that_there_are_none() {
    let folder = folder("s3:GetObjet");
    std::fs::write(folder.path().join("leastwise.toml"), "[levels]\nunknown-action = \"allow\"\n").unwrap();
    let output = check(folder.path(), &["a.lw"]);
    assert_eq!((said(&output).as_str(), output.status.code()), ("1 policy checked, no findings\n", Some(0)));
}

/// What a role may do is found in its policies; it is accepted where the role stands, and of that role only.
#[test]
fn what_a_role_may_do_is_accepted_at_the_role() {
    let source = |accept: &str, other: &str| {
        format!(
            "policy attach {{\n  allow iam:AttachRolePolicy on *\n}}\n\
             {accept}\nrole Admin {{\n  policy attach\n}}\n{other}\n"
        )
    };
    let accept = "@accept(privilege-escalation, because: \"it is what it is for\")";
    let other = "policy list {\n  allow sqs:ListQueues on *\n}\nrole Other {\n  policy attach\n  policy list\n}";
    let folder = tempfile::tempdir().unwrap();
    for (text, accepted, others) in [(source("", ""), 0, 1), (source(accept, ""), 1, 0), (source(accept, other), 1, 1)]
    {
        std::fs::write(folder.path().join("a.lw"), text).unwrap();
        let output = check(folder.path(), &["--output", "json", "a.lw"]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let (told, rest): (Vec<_>, Vec<_>) =
            findings.filter(|one| one["code"] == "privilege-escalation").partition(|one| one["accepted"].is_string());
        assert_eq!((told.len(), rest.len()), (accepted, others), "{report:#}");
    }
}
