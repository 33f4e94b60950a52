//! `leastwise lint`: the checks on policies in JSON, from the shell.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

/// A folder with files in it, and the program in that folder.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Folder(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
        command.current_dir(self.path()).env_remove("CI").arg("lint").args(arguments).output().unwrap()
    }

    /// The findings of a run and its exit code.
    #[track_caller]
    fn findings(&self, arguments: &[&str]) -> (Vec<Value>, i32) {
        let output = self.run(&[&["--output", "json"], arguments].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        let report: Value =
            serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)));
        (report["findings"].as_array().unwrap().clone(), output.status.code().unwrap())
    }

    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

fn codes(findings: &[Value]) -> Vec<&str> {
    findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// A policy whose only mistake is an action that S3 does not have, in line 5.
const TYPO: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    { "Sid": "Read", "Effect": "Allow",
      "Action": "s3:GetObjet",
      "Resource": "arn:aws:s3:::reports/*" }
  ]
}
"#;

#[test]
fn a_finding_has_its_line_and_column_in_the_json() {
    let folder = Folder::new(&[("reader.json", TYPO)]);
    let (findings, exit) = folder.findings(&["reader.json"]);
    assert_eq!((codes(&findings), exit), (vec!["unknown-action"], 1));
    let one = &findings[0];
    assert_eq!(
        (one["file"].as_str(), one["line"].as_u64(), one["column"].as_u64()),
        (Some("reader.json"), Some(5), Some(17))
    );
    assert_eq!(one["aliases"], json!(["INVALID_ACTION"]));
    assert_eq!(one["path"], "Statement[0].Action");
}

#[test]
fn what_is_right_has_no_findings() {
    let folder = Folder::new(&[("reader.json", &TYPO.replace("GetObjet", "GetObject"))]);
    let output = folder.run(&["reader.json"]);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), b"".as_slice()));
    assert!(String::from_utf8(output.stderr).unwrap().contains("1 policy checked, no findings"));
}

#[test]
fn one_statement_that_aws_refuses_does_not_hide_the_others() {
    let two = TYPO.replace(
        "\"Statement\": [",
        "\"Statement\": [ { \"Effect\": \"allow\", \"Action\": \"s3:ListBucket\", \"Resource\": \"*\" },",
    );
    let folder = Folder::new(&[("reader.json", &two)]);
    assert_eq!(codes(&folder.findings(&["reader.json"]).0), ["policy-grammar", "unknown-action"]);
}

#[test]
fn the_kind_is_said_by_the_option_the_name_or_the_document() {
    let denies = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}]}"#;
    let folder = Folder::new(&[("a.scp.json", denies), ("b.json", denies), ("policy/c.json", denies)]);
    assert_eq!(codes(&folder.findings(&["a.scp.json"]).0), ["kind-rule"]);
    assert_eq!(folder.findings(&["b.json"]), (Vec::new(), 0));
    assert_eq!(codes(&folder.findings(&["--kind", "boundary", "b.json"]).0), ["kind-rule"]);
    assert_eq!(codes(&folder.findings(&["policy/c.json"]).0), ["kind-rule"]);
}

#[test]
fn lines_of_json_and_folders_are_read() {
    let line = |name: &str, action: &str| {
        let document = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::b/*"}});
        json!({"name": name, "kind": "policy", "document": document}).to_string()
    };
    let lines = format!("{}\n{}\n{}\n", line("a", "s3:GetObject"), line("b", "s3:Nothing"), line("c", "s4:GetObject"));
    let folder = Folder::new(&[("in/all.jsonl", &lines), ("in/one.json", TYPO)]);
    let (findings, _) = folder.findings(&["in"]);
    assert_eq!(codes(&findings), ["unknown-action", "unknown-service", "unknown-action"]);
    assert_eq!(findings[0]["line"], 2);
    assert_eq!(findings[1]["line"], 3);
}

/// The form of `docs/lint-counts.md`: the kind is what the document looks like.
#[test]
fn lines_need_not_say_their_kind() {
    let document: Value = serde_json::from_str(TYPO).unwrap();
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazon.com"}, "Action": "sts:AssumeRole"}]});
    let lines = format!(
        "{}\n{}\n",
        json!({"name": "a", "document": document}),
        json!({"name": "b", "document": trust.to_string()})
    );
    let folder = Folder::new(&[("all.jsonl", &lines)]);
    assert_eq!(codes(&folder.findings(&["all.jsonl"]).0), ["unknown-action", "bad-principal"]);
}

#[test]
fn policies_of_an_account_are_found_encoded_or_not() {
    let document = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Nothing", "Resource": "arn:aws:s3:::b/*"}]});
    let encoded: String = document.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazon.com"}, "Action": "sts:AssumeRole"}]});
    let account = json!({
        "UserDetailList": [], "GroupDetailList": [],
        "RoleDetailList": [{"RoleName": "App", "Arn": "arn:aws:iam::123456789012:role/App", "AssumeRolePolicyDocument": trust,
            "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": encoded}], "AttachedManagedPolicies": []}],
        "Policies": [{"PolicyName": "shared", "Arn": "arn:aws:iam::123456789012:policy/shared", "PolicyVersionList":
            [{"VersionId": "v1", "IsDefaultVersion": true, "Document": document}]}]
    });
    let folder = Folder::new(&[("account.json", &serde_json::to_string_pretty(&account).unwrap())]);
    let mut found = folder.findings(&["account.json"]).0;
    found.retain(|finding| finding["level"] == "deny");
    let mut codes = codes(&found);
    codes.sort_unstable();
    assert_eq!(codes, ["bad-principal", "unknown-action", "unknown-action"]);
}

#[test]
fn the_policies_of_a_terraform_plan_are_found() {
    let plan = json!({"planned_values": {"root_module": {"resources": [
        {"type": "aws_iam_policy", "name": "p", "mode": "managed", "values": {"name": "reader", "policy": TYPO}},
    ]}}});
    let folder = Folder::new(&[("plan.json", &plan.to_string())]);
    assert_eq!(codes(&folder.findings(&["plan.json"]).0), ["unknown-action"]);
}

fn accept(entry: &str) -> String {
    format!("[[accept]]\n{entry}\n")
}

#[test]
fn a_side_file_accepts_with_a_reason() {
    let because = "because = \"the bucket is served by a proxy that has it\"";
    let by_sid = accept(&format!("policy = \"reader\"\nsid = \"Read\"\ncode = \"unknown-action\"\n{because}"));
    let folder = Folder::new(&[("reader.json", TYPO), ("leastwise.accept.toml", &by_sid)]);
    let (findings, exit) = folder.findings(&["reader.json"]);
    assert_eq!((codes(&findings), exit), (vec!["unknown-action"], 0));
    assert_eq!(findings[0]["accepted"], "the bucket is served by a proxy that has it");
    for other in [
        "policy = \"reader\"",
        "policy = \"reader.json\"",
        "policy = \"./reader.json\"",
        "policy = \"reader\"\nstatement = 1",
    ] {
        let folder = Folder::new(&[
            ("reader.json", TYPO),
            ("a.toml", &accept(&format!("{other}\ncode = \"INVALID_ACTION\"\n{because}"))),
        ]);
        assert_eq!(folder.findings(&["--accept", "a.toml", "reader.json"]).1, 0, "{other}");
    }
}

#[test]
fn acceptances_that_cover_nothing_or_have_ended_are_found() {
    let entry = |rest: &str| accept(&format!("policy = \"reader\"\nbecause = \"so\"\n{rest}"));
    let told = |text: &str, more: &[&str]| {
        let folder = Folder::new(&[("reader.json", TYPO), ("leastwise.accept.toml", text)]);
        let (findings, exit) = folder.findings(&[more, &["reader.json"]].concat());
        let mut codes: Vec<String> = codes(&findings).into_iter().map(str::to_owned).collect();
        codes.sort();
        (codes, exit)
    };
    let both = |other: &str| vec![other.to_owned(), "unknown-action".to_owned()];
    let mut unused = both("unused-acceptance");
    unused.sort();
    assert_eq!(told(&entry("code = \"unknown-action\"\nsid = \"Other\""), &[]), (unused, 1));
    let ended = entry("code = \"unknown-action\"\nuntil = 2026-06-30");
    assert_eq!(told(&ended, &["--today", "2026-07-01"]), (both("expired-acceptance"), 1));
    assert_eq!(told(&ended, &["--today", "2026-06-30"]), (vec!["unknown-action".to_owned()], 0));
}

/// An account in which `bob` may attach any policy to himself, by a policy of his own, and so may his group.
fn account() -> String {
    let statement = |action: &str| json!({"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Action": action, "Resource": "*"}]});
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazon.com"}, "Action": "sts:AssumeRole"}]});
    let arn = |rest: &str| format!("arn:aws:iam::123456789012:{rest}");
    let attached = json!([{"PolicyName": "shared", "PolicyArn": arn("policy/shared")}]);
    json!({
        "UserDetailList": [
            {"UserName": "alice", "Arn": arn("user/alice"), "GroupList": [], "AttachedManagedPolicies": [],
                "UserPolicyList": [{"PolicyName": "inl", "PolicyDocument": statement("s3:Nothing")}]},
            {"UserName": "bob", "Arn": arn("user/bob"), "GroupList": [], "AttachedManagedPolicies": attached}],
        "GroupDetailList": [{"GroupName": "devs", "Arn": arn("group/devs"), "AttachedManagedPolicies": [],
            "GroupPolicyList": [{"PolicyName": "g", "PolicyDocument": statement("sqs:Nothing")}]}],
        "RoleDetailList": [{"RoleName": "ci", "Arn": arn("role/ci"), "AssumeRolePolicyDocument": trust,
            "RolePolicyList": [], "AttachedManagedPolicies": []}],
        "Policies": [{"PolicyName": "shared", "Arn": arn("policy/shared"), "PolicyVersionList":
            [{"VersionId": "v1", "IsDefaultVersion": true, "Document": statement("iam:AttachUserPolicy")}]}]
    })
    .to_string()
}

/// The codes of the findings that are accepted, where one acceptance of that code names something so.
#[track_caller]
fn accepted_by(name: &str, code: &str, rest: &str) -> Vec<String> {
    let entry = accept(&format!("policy = \"{name}\"\ncode = \"{code}\"\nbecause = \"so\"\n{rest}"));
    let folder = Folder::new(&[("account.json", &account()), ("leastwise.accept.toml", &entry)]);
    let (findings, _) = folder.findings(&["account.json"]);
    assert!(!codes(&findings).contains(&"unused-acceptance"), "{name}: {findings:#?}");
    let accepted = findings.iter().filter(|finding| finding["accepted"] == "so");
    accepted.map(|finding| finding["message"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn whom_an_account_has_is_accepted_by_name_and_by_arn() {
    let arn = |rest: &str| format!("arn:aws:iam::123456789012:{rest}");
    for (names, code) in [
        (["alice", "inl", "alice-inl", &arn("user/alice")], "unknown-action"),
        (["devs", "g", "devs-g", &arn("group/devs")], "unknown-action"),
        (["ci", "ci-trust", "account.json", &arn("role/ci")], "bad-principal"),
    ] {
        for name in names {
            assert_eq!(accepted_by(name, code, "").len(), 1, "{name}");
        }
    }
    assert_eq!(accepted_by("alice", "unknown-action", "sid = \"All\"").len(), 1);
}

/// It stands in a policy that others may have too: whoever is named, only of them it is accepted.
#[test]
fn what_somebody_may_do_is_accepted_by_their_name() {
    for name in ["bob", "arn:aws:iam::123456789012:user/bob", "shared"] {
        let accepted = accepted_by(name, "privilege-escalation", "");
        assert!(matches!(accepted.as_slice(), [one] if one.contains("can come to do more")), "{name}: {accepted:?}");
    }
}

/// The two policies of a plan that has a role with a policy of its own.
#[test]
fn the_names_of_a_plan_are_those_that_acceptances_take() {
    let resource = |ty: &str, name: &str, values: Value| json!({"address": format!("{ty}.{name}"), "mode": "managed", "type": ty, "name": name, "values": values});
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let plan = json!({"planned_values": {"root_module": {"resources": [
        resource("aws_iam_role", "app", json!({"name": "app", "assume_role_policy": trust.to_string()})),
        resource("aws_iam_role_policy", "own", json!({"name": "own", "role": "app", "policy": TYPO})),
        resource("aws_iam_role_policy", "far", json!({"name": "far", "role": "elsewhere", "policy": TYPO.replace("GetObjet", "PutObjet")})),
    ]}}});
    for (name, wanted) in [("app", "GetObjet"), ("own", "GetObjet"), ("elsewhere", "PutObjet"), ("far", "PutObjet")] {
        let entry = accept(&format!("policy = \"{name}\"\ncode = \"unknown-action\"\nbecause = \"so\""));
        let folder = Folder::new(&[("plan.json", &plan.to_string()), ("leastwise.accept.toml", &entry)]);
        let (mut findings, _) = folder.findings(&["plan.json"]);
        findings.retain(|finding| finding["accepted"] == "so");
        assert!(
            matches!(findings.as_slice(), [one] if one["message"].as_str().unwrap().contains(wanted)),
            "{name}: {findings:#?}"
        );
    }
}

/// A hook passes the files that have changed: of what the others hold, nothing is known.
#[test]
fn acceptances_of_what_is_not_read_are_not_judged() {
    let entry = |policy: &str, code: &str, rest: &str| {
        accept(&format!("policy = \"{policy}\"\ncode = \"{code}\"\nbecause = \"so\"\n{rest}"))
    };
    let entries = [
        entry("a", "unknown-action", ""),
        entry("b.json", "unknown-service", "until = 2026-06-30"),
        entry("gone", "unknown-action", ""),
    ];
    let right = TYPO.replace("GetObjet", "GetObject");
    let folder = Folder::new(&[("a.json", TYPO), ("b.json", &right), ("leastwise.accept.toml", &entries.concat())]);
    let told = |arguments: &[&str]| {
        let (mut findings, _) = folder.findings(&[&["--today", "2026-07-01"], arguments].concat());
        findings.retain(|finding| finding["file"] == "leastwise.accept.toml");
        let told = findings.iter().map(|one| (one["code"].as_str().unwrap().to_owned(), one["line"].as_u64().unwrap()));
        told.collect::<Vec<_>>()
    };
    let ended = ("expired-acceptance".to_owned(), 8);
    assert_eq!(told(&["a.json"]), []);
    assert_eq!(told(&["b.json"]), std::slice::from_ref(&ended));
    assert_eq!(told(&["."]), [ended, ("unused-acceptance".to_owned(), 13)]);
}

/// A statement that AWS refuses is not read: that nothing is found in it says nothing of its acceptance.
#[test]
fn an_acceptance_of_a_statement_that_cannot_be_read_is_not_judged() {
    let entry = accept("policy = \"a\"\nsid = \"Read\"\ncode = \"unknown-action\"\nbecause = \"so\"");
    let folder = Folder::new(&[("a.json", &TYPO.replace("Allow", "Alow")), ("leastwise.accept.toml", &entry)]);
    assert_eq!(codes(&folder.findings(&["a.json"]).0), ["policy-grammar"]);
}

#[test]
fn a_side_file_that_cannot_be_used_says_where() {
    let refused =
        |text: &str| Folder::new(&[("reader.json", TYPO), ("leastwise.accept.toml", text)]).refused(&["reader.json"]);
    assert!(
        refused("[[accept]]\npolicy = \"a\"\ncode = \"unknown-actoin\"\nbecause = \"x\"\n")
            .contains("did you mean `unknown-action`?")
    );
    assert!(
        refused("[[accept]]\npolicy = \"a\"\ncode = \"unknown-action\"\nbecause = \" \"\n")
            .contains("leastwise.accept.toml:4:11")
    );
    assert!(
        refused("[[accept]]\npolicy = \"a\"\ncode = \"json-syntax\"\nbecause = \"x\"\n").contains("cannot be accepted")
    );
    assert!(refused("[[acept]]\n").contains("leastwise.accept.toml:1:"));
}

#[test]
fn a_baseline_leaves_only_what_is_new() {
    let folder = Folder::new(&[("reader.json", TYPO)]);
    assert!(folder.refused(&["--baseline", "known.json", "reader.json"]).contains("--update-baseline"));
    assert_eq!(folder.findings(&["--baseline", "known.json", "--update-baseline", "reader.json"]), (Vec::new(), 0));
    // The line of a finding may move.
    std::fs::write(folder.path().join("reader.json"), format!("\n\n{TYPO}")).unwrap();
    assert_eq!(folder.findings(&["--baseline", "known.json", "reader.json"]), (Vec::new(), 0));
    // The same mistake once more is new, and so is another one.
    let twice = TYPO.replace("\"s3:GetObjet\"", "[\"s3:GetObjet\", \"s3:PutObjet\"]");
    std::fs::write(folder.path().join("reader.json"), twice).unwrap();
    let (findings, exit) = folder.findings(&["--baseline", "known.json", "reader.json"]);
    assert_eq!((codes(&findings), exit), (vec!["unknown-action"], 1));
    assert!(findings[0]["message"].as_str().unwrap().contains("PutObjet"));
    // What is mended is told, so that the file can shrink.
    std::fs::write(folder.path().join("reader.json"), TYPO.replace("GetObjet", "GetObject")).unwrap();
    let output = folder.run(&["--baseline", "known.json", "reader.json"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("1 finding of the baseline is no more"));
}

/// However a file is named and wherever the program runs, its findings are the known ones.
#[test]
fn a_baseline_does_not_depend_on_how_paths_are_written() {
    let folder = Folder::new(&[("in/b.json", TYPO), ("other/none.txt", "")]);
    let all = |folder: &Path, baseline: &str, path: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
        let arguments = ["lint", "--baseline", baseline, path];
        let output = command.current_dir(folder).env_remove("CI").args(arguments).output().unwrap();
        (String::from_utf8(output.stderr).unwrap(), output.status.code())
    };
    assert_eq!(folder.findings(&["--baseline", "known.json", "--update-baseline", "in/b.json"]).1, 0);
    let known = "1 finding of the baseline left out\n1 policy checked, no findings\n".to_owned();
    let whole = folder.path().join("in/b.json");
    for path in ["in/b.json", "./in/b.json", "in/../in/b.json", "in", whole.to_str().unwrap()] {
        assert_eq!(all(folder.path(), "known.json", path), (known.clone(), Some(0)), "{path}");
    }
    assert_eq!(all(&folder.path().join("other"), "../known.json", "../in/b.json"), (known.clone(), Some(0)));
    assert_eq!(all(&folder.path().join("in"), "../known.json", "."), (known, Some(0)));
}

#[test]
fn a_baseline_keeps_what_it_knows_of_files_that_were_not_looked_at() {
    let folder = Folder::new(&[("a.json", TYPO), ("b.json", &TYPO.replace("GetObjet", "PutObjet"))]);
    let files = || {
        let known: Value = serde_json::from_str(&folder.read("known")).unwrap();
        let files = known["findings"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap().to_owned());
        files.collect::<Vec<_>>()
    };
    folder.run(&["--baseline", "known", "--update-baseline", "a.json", "b.json"]);
    folder.run(&["--baseline", "known", "--update-baseline", "a.json"]);
    assert_eq!(files(), ["a.json", "b.json"]);
    let told = String::from_utf8(folder.run(&["--baseline", "known", "a.json"]).stderr).unwrap();
    assert!(!told.contains("no more"), "{told}");
    // Of one that is gone there is nothing to keep.
    std::fs::remove_file(folder.path().join("b.json")).unwrap();
    let told = String::from_utf8(folder.run(&["--baseline", "known", "a.json"]).stderr).unwrap();
    assert!(told.contains("1 finding of the baseline is no more"), "{told}");
    folder.run(&["--baseline", "known", "--update-baseline", "a.json"]);
    assert_eq!(files(), ["a.json"]);
}

#[test]
fn fixes_are_applied_to_the_json() {
    let folder = Folder::new(&[("reader.json", TYPO)]);
    let output = folder.run(&["--fix", "reader.json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(folder.read("reader.json"), TYPO.replace("GetObjet", "GetObject"));
}

/// A value that stands alone becomes a list, one in a list several of its entries; without `--unsafe` nothing is taken away.
#[test]
fn narrower_texts_are_put_in_the_place_of_wildcards() {
    let statement =
        |action: &str, resource: &str| format!(r#"{{"Effect": "Allow", "Action": {action}, "Resource": {resource}}}"#);
    let document = |statements: &[String]| {
        format!("{{\"Version\": \"2012-10-17\", \"Statement\": [\n{}]}}\n", statements.join(",\n"))
    };
    let query = r#"["dynamodb:Query"]"#;
    let alias = r#""arn:aws:kms:eu-west-1:111122223333:alias/orders""#;
    let before = document(&[
        statement(query, r#""arn:aws:dynamodb:eu-west-1:111122223333:table/orders*""#),
        statement(query, r#"["arn:aws:dynamodb:eu-west-1:111122223333:table/a", "arn:aws:dynamodb:*:*:table/b*"]"#),
        statement(r#""kms:*""#, alias),
    ]);
    let settings = "[defaults]\naccount = \"111122223333\"\nregion = \"eu-west-1\"\n";
    let folder = Folder::new(&[("a.json", &before), ("leastwise.toml", settings)]);
    folder.run(&["--fix", "a.json"]);
    assert_eq!(folder.read("a.json"), before.replace("kms:*", "kms:*Alias"));
    folder.run(&["--fix", "--unsafe", "a.json"]);
    folder.run(&["--fix", "--unsafe", "a.json"]);
    let table = |name: &str| {
        let arn = format!("arn:aws:dynamodb:eu-west-1:111122223333:table/{name}");
        format!(r#""{arn}", "{arn}/index/*""#)
    };
    let after = document(&[
        statement(query, &format!("[{}]", table("orders"))),
        statement(query, &format!(r#"["arn:aws:dynamodb:eu-west-1:111122223333:table/a", {}]"#, table("b"))),
        statement(r#""kms:*Alias""#, alias),
    ]);
    assert_eq!(folder.read("a.json"), after);
    assert!(folder.findings(&["a.json"]).0.is_empty());
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn in_folders_what_is_no_policy_is_skipped_and_counted() {
    let right = TYPO.replace("GetObjet", "GetObject");
    let others = [
        ("in/package.json", r#"{"name": "site", "version": "1.0.0"}"#),
        ("in/tsconfig.json", "{ // settings\n \"compilerOptions\": {} }"),
        ("in/log.jsonl", "{\"level\": 1}\n{\"level\": 2}\n"),
        ("in/stack.json", r#"{"Resources": {"P": {"Properties": {"PolicyDocument": {"Statement": []}}}}}"#),
    ];
    let folder = Folder::new(&[others.as_slice(), &[("in/a.json", &right), ("in/.hidden.json", TYPO)]].concat());
    let output = folder.run(&["in"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(said(&output), "4 files without a policy skipped\n1 policy checked, no findings\n");
    // Whoever names a file says that it is one.
    for (name, _) in others {
        assert_eq!(folder.findings(&["in", name]).1, 1, "{name}");
    }
    let folder = Folder::new(&others);
    assert!(folder.refused(&["in"]).contains("there is no policy in 4 files of these folders"));
}

/// What was meant to be a policy is refused as one, however it is given.
#[test]
fn in_folders_a_policy_that_is_wrong_is_not_skipped() {
    for (name, text, code) in [
        ("in/a.json", "{\"Version\": \"2012-10-17\", \"Statement\": [", "json-syntax"),
        ("in/a.json", r#"{"statement": []}"#, "policy-grammar"),
        ("in/a.json", r#"{"Version": "2012-10-17"}"#, "policy-grammar"),
        ("in/a.scp.json", "{}", "policy-grammar"),
        ("in/a.jsonl", "{\"Version\": \"2012-10-17\", \"Statement\": []}\n{}\n", "policy-grammar"),
    ] {
        let folder = Folder::new(&[(name, text)]);
        let (findings, exit) = folder.findings(&["in"]);
        assert!(exit == 1 && codes(&findings).contains(&code), "{text}: {findings:#?}");
    }
}

#[test]
fn a_file_that_is_given_twice_is_read_once() {
    let folder = Folder::new(&[("in/a.json", TYPO)]);
    assert_eq!(folder.findings(&["in", "./in/a.json", "in/a.json"]).0.len(), 1);
}

#[test]
fn what_the_surroundings_say_of_the_kind_goes_before_the_option() {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let role = json!({"Role": {"RoleName": "app", "AssumeRolePolicyDocument": trust}});
    let folder = Folder::new(&[("role.json", &role.to_string()), ("alone.json", &trust.to_string())]);
    assert_eq!(folder.findings(&["--kind", "scp", "role.json"]), (Vec::new(), 0));
    assert!(codes(&folder.findings(&["--kind", "scp", "alone.json"]).0).contains(&"kind-rule"));
}

/// What is mended shows what else there is: an effect in lower case hides its statement.
#[test]
fn fixes_are_applied_until_there_are_none_left() {
    let folder = Folder::new(&[("reader.json", &TYPO.replace("Allow", "allow"))]);
    let output = folder.run(&["--fix", "reader.json"]);
    assert_eq!(said(&output), "fixed `reader.json`\n1 policy checked, no findings\n");
    assert_eq!(folder.read("reader.json"), TYPO.replace("GetObjet", "GetObject"));
    assert!(folder.refused(&["--fix", "-"]).contains("standard input"));
}

#[test]
fn a_run_whose_findings_are_all_allowed_says_that_there_are_none() {
    let folder = Folder::new(&[("reader.json", TYPO), ("leastwise.toml", "[levels]\nunknown-action = \"allow\"\n")]);
    let output = folder.run(&["reader.json"]);
    assert_eq!((said(&output).as_str(), output.status.code()), ("1 policy checked, no findings\n", Some(0)));
}

#[test]
fn json_has_the_notes_and_the_places_that_text_has() {
    let (findings, _) = Folder::new(&[("account.json", &account())]).findings(&["account.json"]);
    let of = |code: &str| findings.iter().find(|finding| finding["code"] == code).unwrap();
    let notes = |finding: &Value| finding["notes"].as_array().unwrap().clone();
    assert!(notes(of("unknown-action"))[0].as_str().unwrap().starts_with("AWS stores a policy with it"));
    assert_eq!(of("unknown-action")["related"], json!([]));
    let twice = r#"{"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/x/*"}]}"#;
    let (findings, _) = Folder::new(&[("twice.json", twice)]).findings(&["twice.json"]);
    let related = &findings[0]["related"][0];
    assert_eq!(
        (findings[0]["code"].as_str(), related["file"].as_str()),
        (Some("redundant-statement"), Some("twice.json"))
    );
    assert!(related["line"].is_u64() && related["text"].is_string(), "{related}");
}

/// What does something else is not what was meant, however near its letters are.
#[test]
fn no_action_of_another_verb_is_suggested() {
    for action in ["logs:EraseLogs*", "logs:EraseLogs", "iam:SetUser", "iam:SetUse*"] {
        let folder = Folder::new(&[("a.json", &TYPO.replace("s3:GetObjet", action))]);
        let (findings, _) = folder.findings(&["a.json"]);
        let found = findings.iter().find(|one| one["code"] == "unknown-action" || one["code"] == "no-action-matches");
        assert!(found.unwrap()["help"].as_str().unwrap().contains("lists its actions"), "{action}: {found:?}");
        assert!(found.unwrap()["fix"].is_null());
    }
}

#[test]
fn levels_come_from_the_settings() {
    let folder = Folder::new(&[("reader.json", TYPO), ("leastwise.toml", "[levels]\nunknown-action = \"warn\"\n")]);
    let (findings, exit) = folder.findings(&["reader.json"]);
    assert_eq!((findings[0]["level"].as_str(), exit), (Some("warn"), 0));
}

#[test]
fn every_form_of_output_names_the_finding() {
    let folder = Folder::new(&[("reader.json", TYPO)]);
    for form in ["text", "json", "sarif", "github", "junit"] {
        let output = folder.run(&["--output", form, "reader.json"]);
        assert_eq!(output.status.code(), Some(1), "{form}");
        let told = if form == "text" { output.stderr } else { output.stdout };
        assert!(String::from_utf8(told).unwrap().contains("unknown-action"), "{form}");
    }
    let junit = String::from_utf8(folder.run(&["--output", "junit", "reader.json"]).stdout).unwrap();
    assert!(junit.contains("failures=\"1\""), "{junit}");
}

#[test]
fn counts_by_code_stand_under_a_report_of_several() {
    let folder = Folder::new(&[(
        "reader.json",
        &TYPO.replace("\"s3:GetObjet\"", "[\"s3:GetObjet\", \"s3:PutObjet\", \"s4:x\"]"),
    )]);
    let told = String::from_utf8(folder.run(&["reader.json"]).stderr).unwrap();
    assert!(told.ends_with("3 errors\n    2 unknown-action\n    1 unknown-service\n"), "{told}");
}

#[test]
fn what_is_no_policy_is_refused_and_source_is_sent_to_check() {
    let folder = Folder::new(&[("a.json", "{\"a\": 1}"), ("b.json", "{"), ("c.lw", "")]);
    assert_eq!(codes(&folder.findings(&["a.json"]).0), ["policy-grammar"]);
    assert_eq!(codes(&folder.findings(&["b.json"]).0), ["json-syntax"]);
    assert!(folder.refused(&["c.lw"]).contains("leastwise check"));
    assert!(folder.refused(&["missing.json"]).contains("no such file"));
    assert!(folder.refused(&[]).contains("leastwise lint policies"));
}
