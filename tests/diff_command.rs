//! `leastwise diff`, as it is called from a shell.

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
        .arg("diff")
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

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// What is said of two sources.
#[track_caller]
fn compared(old: &str, new: &str, arguments: &[&str]) -> Run {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "old.lw", old);
    write(folder.path(), "new.lw", new);
    let ended = run(folder.path(), &[&["old.lw", "new.lw"], arguments].concat());
    assert_eq!(ended.err, "", "{}", ended.out);
    ended
}

/// The object of two bodies of a policy of that kind.
#[track_caller]
fn object(kind: &str, old: &str, new: &str) -> Value {
    let [old, new] = [old, new].map(|body| format!("{kind} p {{\n{body}\n}}\n"));
    let ended = compared(&old, &new, &["--output", "json"]);
    assert_eq!(ended.code, 0);
    serde_json::from_str(&ended.out).expect("JSON")
}

/// The relation, and the texts of the regions gained and lost.
#[track_caller]
fn told(kind: &str, old: &str, new: &str) -> (String, Vec<String>, Vec<String>) {
    let object = object(kind, old, new);
    let texts = |name: &str| {
        let regions = object[name].as_array().expect("regions");
        let text = |region: &Value| region["text"].as_str().expect("a text").replace('\n', "");
        regions.iter().map(text).collect()
    };
    (object["relation"].as_str().expect("a relation").to_owned(), texts("gained"), texts("lost"))
}

fn is(relation: &str, gained: &[&str], lost: &[&str]) -> (String, Vec<String>, Vec<String>) {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    (relation.to_owned(), owned(gained), owned(lost))
}

const READ: &str = "allow s3:GetObject on s3.object(\"acme\", *)";
const WRITE: &str = "allow s3:PutObject on s3.object(\"acme\", *)";

#[test]
fn each_relation() {
    let both = format!("{READ}\n{WRITE}");
    assert_eq!(told("policy", READ, READ), is("equal", &[], &[]));
    assert_eq!(
        told("policy", &both, "allow s3:{GetObject,PutObject} on s3.object(\"acme\", *)"),
        is("equal", &[], &[])
    );
    assert_eq!(told("policy", READ, &both), is("wider", &[WRITE], &[]));
    assert_eq!(told("policy", &both, READ), is("narrower", &[], &[WRITE]));
    assert_eq!(told("policy", READ, WRITE), is("incomparable", &[WRITE], &[READ]));
}

#[test]
fn denies_added_and_removed() {
    let all = "allow s3:* on *";
    let guarded = format!("{all}\ndeny s3:DeleteBucket on s3.bucket(\"acme\")");
    let region = "allow s3:DeleteBucket on s3.bucket(\"acme\")";
    assert_eq!(told("policy", &guarded, all), is("wider", &[region], &[]));
    assert_eq!(told("policy", all, &guarded), is("narrower", &[], &[region]));
}

#[test]
fn a_deny_that_covers_more_than_the_allows_counts_too() {
    let ended = compared(
        &format!("policy p {{ {READ}\ndeny iam:* on * }}"),
        &format!("policy p {{ {READ} }}"),
        &["--deny", "wider"],
    );
    assert_eq!(ended.code, 1);
    assert!(
        ended.out.starts_with("policy p: equal\n  no longer denied, where another policy allows it: deny iam:* on *;")
    );
    let found = object("policy", &format!("{READ}\ndeny iam:* on *"), READ);
    assert_eq!((&found["relation"], &found["noLongerDenied"]["text"]), (&json!("equal"), &json!("deny iam:* on *")));
}

#[test]
fn a_condition_tightened() {
    let found = object("policy", READ, &format!("{READ} when aws:SecureTransport"));
    assert_eq!(found["relation"], "narrower");
    let lost = &found["lost"][0];
    assert_eq!((&lost["text"], &lost["partly"]), (&json!(READ), &json!(true)));
    assert_eq!(lost["except"], json!(["when aws:SecureTransport"]));
    assert_eq!(
        lost["statement"],
        json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme/*"})
    );
    assert_eq!(lost["example"]["action"], "s3:GetObject");
    assert!(lost["example"]["context"].get("aws:SecureTransport").is_none_or(|value| value != "true"));
}

#[test]
fn a_resource_narrowed() {
    let narrowed = "allow s3:GetObject on s3.object(\"acme\", \"in/*\")";
    let found = object("policy", READ, narrowed);
    assert_eq!((&found["relation"], &found["lost"][0]["except"]), (&json!("narrower"), &json!([narrowed])));
    let two = "allow s3:GetObject on s3.object(\"acme\", *), s3.object(\"other\", *)";
    let one = "allow s3:GetObject on s3.object(\"other\", *)";
    assert_eq!(told("policy", two, READ), is("narrower", &[], &[one]));
}

#[test]
fn a_principal_added() {
    let one = "allow sts:AssumeRole to account(\"111111111111\")";
    let added = "role(\"222222222222\", \"ci\")";
    let found = object("trust", one, &format!("{one}, {added}"));
    let gained = &found["gained"][0];
    assert_eq!(gained["text"], format!("allow sts:AssumeRole to {added}"));
    assert_eq!(gained["example"]["principal"], "arn:aws:iam::222222222222:role/ci");
}

#[test]
fn control_policies_are_compared_by_what_they_leave() {
    let lock = |regions: &str| format!("deny * except iam:* on * unless aws:RequestedRegion in [{regions}]");
    let (relation, gained, lost) = told("scp", &lock("\"eu-west-1\""), &lock("\"eu-west-1\", \"eu-west-2\""));
    assert_eq!((relation.as_str(), gained.len(), lost.len()), ("wider", 1, 0));
    let (relation, _, lost) = told("scp", "allow * on *", "deny s3:* on *");
    assert_eq!((relation.as_str(), lost), ("narrower", vec!["allow s3:* on *".to_owned()]));
    assert_eq!(told("rcp", "deny s3:PutObject on *", "deny s3:* on *").0, "narrower");
}

#[test]
fn policies_of_one_side() {
    let old = format!("policy a {{ {READ} }}\nboundary b {{ {READ} }}");
    let new = format!("policy c {{ {READ} }}\nscp d {{ deny s3:* on * }}\npolicy e {{ {WRITE} }}");
    let ended = compared(&old, &new, &["--output", "json"]);
    let found: Value = serde_json::from_str(&ended.out).unwrap();
    let each =
        found["policies"].as_array().unwrap().iter().map(|one| {
            format!("{} {} {} {}", one["kind"], one["name"], one["change"], one["relation"]).replace('"', "")
        });
    let each: Vec<String> = each.collect();
    assert_eq!(
        each,
        [
            "policy a removed narrower",
            "policy c added wider",
            "policy e added wider",
            "boundary b removed wider",
            "scp d added narrower"
        ]
    );
    assert_eq!(found["relation"], "incomparable");
    let text = compared(&old, &new, &[]).out;
    assert!(text.contains("boundary b (removed): wider\n  this limit is gone"), "{text}");
    assert!(text.contains("scp d (new): narrower\n  a new limit"), "{text}");
}

#[test]
fn roles_and_their_layers() {
    let policies = format!(
        "policy a {{ {READ} }}\npolicy b {{ {WRITE} }}\nboundary lane {{ allow s3:* on * }}\n\
         trust t {{ allow sts:AssumeRole to account(\"111111111111\") }}\n"
    );
    let old = format!("{policies}role R {{ trust t\nboundary lane\npolicy a }}");
    let new = format!("{policies}role R {{ trust t\npolicy a, b\nmax-session 2h }}");
    let text = compared(&old, &new, &[]).out;
    let changes = "role R: wider\n  policy b added\n  boundary lane removed\n  max-session was 3600 s, is 7200 s\n";
    assert!(
        text.starts_with(&format!("{changes}  newly allowed:\n    {WRITE}\n      for example: s3:PutObject on ")),
        "{text}"
    );
    assert!(text.ends_with("\n4 policies are equal\n"), "{text}");
    assert_eq!(compared(&old, &new, &["--deny", "wider"]).code, 1);
    assert_eq!(compared(&new, &old, &["--deny", "wider"]).code, 0);
    assert_eq!(compared(&new, &old, &["--deny", "any"]).code, 1);
}

#[test]
fn exit_codes() {
    let [one, more] = [READ.to_owned(), format!("{READ}\n{WRITE}")].map(|body| format!("policy p {{\n{body}\n}}"));
    let code = |old: &str, new: &str, arguments: &[&str]| compared(old, new, arguments).code;
    assert_eq!(code(&one, &more, &[]), 0);
    assert_eq!(code(&one, &more, &["--deny", "wider"]), 1);
    assert_eq!(code(&more, &one, &["--deny", "wider"]), 0);
    assert_eq!(code(&more, &one, &["--deny", "any"]), 1);
    assert_eq!(code(&one, &one, &["--deny", "any"]), 0);
    let folder = TempDir::new().unwrap();
    write(folder.path(), "one.lw", &one);
    write(folder.path(), "wrong.lw", "policy p { allow s3:GetObjekt on * }");
    write(folder.path(), "wrong.json", r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}"#);
    for (arguments, said) in [
        (vec!["one.lw"], "`diff` compares two things"),
        (vec!["one.lw", "none.lw"], "cannot read `none.lw`"),
        (vec!["one.lw", "wrong.lw"], "`wrong.lw` does not pass the checks"),
        (vec!["one.lw", "wrong.lw"], "`leastwise check` says what fails"),
        (vec!["one.lw", "wrong.json"], "`leastwise lint` says what fails"),
    ] {
        let ended = run(folder.path(), &arguments);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""));
        assert!(ended.err.contains(said), "{}", ended.err);
    }
}

#[test]
fn json_files_and_folders() {
    let policy = |action: &str| {
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}})
            .to_string()
    };
    let folder = TempDir::new().unwrap();
    let here = folder.path();
    write(here, "before.json", &policy("s3:GetObject"));
    write(here, "after.json", &policy("s3:*"));
    write(here, "old/scp/lock.json", &policy("s3:GetObject"));
    write(here, "new/scp/lock.json", &policy("s3:*"));
    write(here, "p.lw", "boundary limit { allow s3:* on * }");
    write(
        here,
        "trust.json",
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"#,
    );
    assert!(run(here, &["before.json", "after.json"]).out.starts_with("policy after: wider\n"));
    assert!(run(here, &["old", "new"]).out.starts_with("scp lock: wider\n"));
    // A guess gives way to what the source says.
    assert_eq!(run(here, &["after.json", "p.lw"]).out, "boundary limit: equal\n");
    assert!(run_with(here, &policy("s3:*"), &["before.json", "-"]).out.contains(": wider\n"));
    assert!(run(here, &["before.json", "after.json", "--kind", "session"]).out.starts_with("session after: wider\n"));
    let ended = run(here, &["before.json", "trust.json"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("OLD is an identity policy and NEW is a role trust policy"), "{}", ended.err);
    // One of an organisation grants nothing by itself: that a policy is one, is not guessed.
    write(here, "region.scp.json", &policy("s3:*"));
    for sides in [["after.json", "region.scp.json"], ["region.scp.json", "after.json"]] {
        let ended = run(here, &sides);
        assert_eq!(ended.code, 2, "{}", ended.out);
        assert!(ended.err.contains("is a service control policy") && ended.err.contains("--kind"), "{}", ended.err);
        assert_eq!(run(here, &[sides[0], sides[1], "--kind", "scp"]).code, 0);
    }
}

#[test]
fn text_and_markdown() {
    let old = format!("policy p {{\n{READ}\n}}\npolicy q {{\n{READ}\n}}\n");
    let new = format!("policy p {{\n{READ}\n{WRITE}\n}}\npolicy q {{\n{READ}\n}}\n");
    let example = "s3:PutObject on arn:aws:s3:::acme/";
    let text = compared(&old, &new, &[]).out;
    assert!(text.starts_with(&format!("policy p: wider\n  newly allowed:\n    {WRITE}\n      for example: {example}")));
    assert!(text.ends_with("\n\n1 policy is equal\n"), "{text}");
    let markdown = compared(&old, &new, &["--output", "markdown"]).out;
    let head = "## IAM policies: **more is allowed**\n\n### `policy p`: wider\n\n**Newly allowed**\n\n```\n";
    assert!(markdown.starts_with(&format!("{head}{WRITE}\n```\n- for example `s3:PutObject` on `arn:aws:s3:::acme/")));
    assert!(markdown.ends_with("\n1 policy is equal.\n"), "{markdown}");
}

/// Runs git; whether it is there.
fn git(folder: &Path, arguments: &[&str]) -> bool {
    let settings = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
    match Command::new("git").arg("-C").arg(folder).args(settings).args(arguments).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            true
        }
        Err(_) => false,
    }
}

#[test]
fn a_revision_of_git() {
    let folder = TempDir::new().unwrap();
    let here = folder.path();
    if !git(here, &["init", "-q", "-b", "main"]) {
        return;
    }
    write(here, "iam/leastwise.toml", "[project]\nname = \"acme\"\nsources = [\"policies\"]\n");
    write(here, "iam/lib.lw", "let objects = s3.object(\"acme\", *)\n");
    write(here, "iam/policies/p.lw", "use \"../lib.lw\" as lib\npolicy p { allow s3:GetObject on lib.objects }\n");
    write(here, "iam/policies/gone.lw", &format!("policy gone {{ {READ} }}\n"));
    git(here, &["add", "."]);
    git(here, &["commit", "-q", "-m", "One"]);
    write(
        here,
        "iam/policies/p.lw",
        "use \"../lib.lw\" as lib\npolicy p { allow s3:{Get,Put}Object on lib.objects }\n",
    );
    fs::remove_file(here.join("iam/policies/gone.lw")).unwrap();
    for (from, arguments) in
        [(here.join("iam"), vec!["--rev", "main"]), (here.to_owned(), vec!["--rev", "HEAD", "iam"])]
    {
        let ended = run(&from, &arguments);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""));
        assert!(ended.out.starts_with("policy gone (removed): narrower\n"), "{}", ended.out);
        assert!(ended.out.contains(&format!("policy p: wider\n  newly allowed:\n    {WRITE}\n")), "{}", ended.out);
    }
    let one = run(here, &["--rev", "main", "iam/policies/p.lw", "--deny", "wider"]);
    assert_eq!((one.code, one.out.lines().next()), (1, Some("policy p: wider")));
    let gone = run(here, &["--rev", "main", "iam/policies/gone.lw"]);
    assert!(gone.out.starts_with("policy gone (removed): narrower\n"), "{}{}", gone.out, gone.err);
    for (arguments, said) in [
        (vec!["--rev", "nowhere", "iam"], "git knows no revision `nowhere`"),
        (vec!["--rev", "main", "none"], "`none` is neither here nor in `main`"),
        (vec!["--rev", "main", "-"], "standard input has no revisions"),
    ] {
        let ended = run(here, &arguments);
        assert_eq!(ended.code, 2);
        assert!(ended.err.contains(said), "{}", ended.err);
    }
    let outside = TempDir::new().unwrap();
    write(outside.path(), "p.lw", &format!("policy p {{ {READ} }}"));
    let ended = run(outside.path(), &["--rev", "main", "p.lw"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("is in no working tree of git"), "{}", ended.err);
    // The index and the working tree are as they were.
    let status = Command::new("git").arg("-C").arg(here).args(["status", "--porcelain"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&status.stdout), " D iam/policies/gone.lw\n M iam/policies/p.lw\n");
}

/// What is wrong with a side is shown where git has it, and not where it was written to be read.
#[test]
fn a_revision_that_cannot_be_compared_is_shown_by_its_own_paths() {
    let folder = TempDir::new().unwrap();
    let here = folder.path();
    if !git(here, &["init", "-q", "-b", "main"]) {
        return;
    }
    write(here, "iam/p.lw", "policy p { allow s3:GetObjekt on * }\n");
    git(here, &["add", "."]);
    git(here, &["commit", "-q", "-m", "One"]);
    write(here, "iam/p.lw", &format!("policy p {{ {READ} }}\n"));
    for arguments in [["--rev", "main", "iam"], ["--rev", "main", "iam/p.lw"]] {
        let ended = run(here, &arguments);
        assert_eq!(ended.code, 2);
        assert!(ended.err.contains("┌─ main:iam/p.lw:1:18\n"), "{}", ended.err);
        let said = format!("`main:{}` does not pass the checks", arguments[2]);
        assert!(ended.err.contains(&said) && !ended.err.contains("/files"), "{}", ended.err);
    }
    write(here, "iam/leastwise.toml", "[nonsense]\n");
    git(here, &["add", "."]);
    git(here, &["commit", "-q", "-m", "Two"]);
    fs::remove_file(here.join("iam/leastwise.toml")).unwrap();
    let ended = run(here, &["--rev", "main", "iam"]);
    assert!(ended.code == 2 && ended.err.starts_with("error: main:iam/leastwise.toml:1:2: "), "{}", ended.err);
}

/// A project in which a role has a boundary, and its account a control policy.
struct Layered {
    policy: &'static str,
    boundary: &'static str,
    scp: &'static str,
    rest: &'static str,
}

const LAYERED: Layered = Layered {
    policy: "allow {s3,sqs}:* on *",
    boundary: "allow s3:* on *\nallow logs:* on *",
    scp: "deny s3:PutObject on * unless aws:PrincipalTag/team == \"orders\"",
    rest: "",
};

impl Layered {
    fn text(&self) -> String {
        let Layered { policy, boundary, scp, rest } = self;
        format!(
            "policy work {{\n{policy}\n}}\nboundary lane {{\n{boundary}\n}}\nscp lock {{\n{scp}\n}}\n{rest}\n\
             trust t {{ allow sts:AssumeRole to service(\"lambda.amazonaws.com\") }}\n\
             organization acme \"o-a1b2c3d4e5\" {{ scp lock\naccount main \"123456789012\" {{ }} }}\n\
             role R {{ trust t\npolicy work\nboundary lane }}\n"
        )
    }
}

/// What is said of the one role of two projects: the relation, and the texts of the regions; nothing where it is as it was.
#[track_caller]
fn told_of_role(old: &Layered, new: &Layered) -> Option<(String, Vec<String>, Vec<String>)> {
    let folder = TempDir::new().unwrap();
    for (name, side) in [("old", old), ("new", new)] {
        write(folder.path(), &format!("{name}/leastwise.toml"), "[defaults]\naccount = \"123456789012\"\n");
        write(folder.path(), &format!("{name}/a.lw"), &side.text());
    }
    let ended = run(folder.path(), &["old", "new", "--output", "json"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let found: Value = serde_json::from_str(&ended.out).unwrap();
    let role = match found["roles"].as_array().unwrap().as_slice() {
        [] => return None,
        [role] => role.clone(),
        other => panic!("{other:?}"),
    };
    let texts = |name: &str| -> Vec<String> {
        role[name].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap().replace('\n', " ")).collect()
    };
    Some((role["relation"].as_str().unwrap().to_owned(), texts("gained"), texts("lost")))
}

#[test]
fn what_a_role_may_do_with_all_its_layers() {
    let told = |new: Layered| (told_of_role(&LAYERED, &new), told_of_role(&new, &LAYERED));
    let both = |text: &'static str| (Some(is("wider", &[text], &[])), Some(is("narrower", &[], &[text])));
    // The boundary keeps it from what the policy adds, or the policy from what the boundary adds.
    assert_eq!(told(Layered { policy: "allow {s3,sqs,sns}:* on *", ..LAYERED }), (None, None));
    assert_eq!(told(Layered { boundary: "allow {s3,sns,logs}:* on *", ..LAYERED }), (None, None));
    // What both have, and nothing else.
    assert_eq!(told(Layered { boundary: "allow {s3,sqs,sns}:* on *", ..LAYERED }), both("allow sqs:* on *"));
    assert_eq!(
        told(Layered { policy: "allow {s3,sqs}:* on *\nallow logs:PutLogEvents on *", ..LAYERED }),
        both("allow logs:PutLogEvents on *")
    );
    // What the control policy of its account denies.
    assert_eq!(
        told(Layered { scp: "deny sns:* on *", ..LAYERED }),
        both("allow s3:PutObject on * unless aws:PrincipalTag/team == \"orders\"")
    );
    // What a resource's policy grants to it.
    let bucket = "resource up for s3.bucket(\"up\") { allow s3:PutObject on s3.object(self, *) to role(\"123456789012\", \"R\") }";
    assert_eq!(told(Layered { rest: bucket, ..LAYERED }), (None, None), "the control policy denies it all the same");
    let queue = "resource q for \"arn:aws:sqs:eu-west-1:123456789012:q\" { allow sqs:SendMessage on self to anyone }";
    let (added, _) = told(Layered { rest: queue, ..LAYERED });
    assert_eq!(added.map(|(relation, gained, _)| (relation, gained.len())), Some(("wider".to_owned(), 1)));
    assert_eq!(told_of_role(&LAYERED, &LAYERED), None);
}

/// Overall, a role counts as a policy does.
#[test]
fn a_role_may_gain_what_no_policy_of_it_does() {
    let [old, new] = ["", "boundary lane"].map(|layer| {
        format!("policy p {{ {READ}\n{WRITE} }}\nboundary lane {{ {READ} }}\nrole R {{ policy p\n{layer} }}\n")
    });
    let found: Value = serde_json::from_str(&compared(&new, &old, &["--output", "json"]).out).unwrap();
    assert_eq!((&found["relation"], &found["roles"][0]["relation"]), (&json!("wider"), &json!("wider")));
    assert_eq!(found["roles"][0]["changes"], json!(["boundary lane removed"]));
    assert_eq!(compared(&new, &old, &["--deny", "wider"]).code, 1);
    assert_eq!(compared(&old, &new, &["--deny", "wider"]).code, 0);
    let markdown = compared(&new, &old, &["--output", "markdown"]).out;
    assert!(markdown.contains("### `role R`: wider\n\n- boundary lane removed\n\n**Newly allowed**"), "{markdown}");
    // A policy that the role had anyway says nothing new by another name.
    let twice = |names: &str| format!("policy p {{ {READ} }}\npolicy q {{ {READ} }}\nrole R {{ policy {names} }}\n");
    let found: Value = serde_json::from_str(&compared(&twice("p"), &twice("p, q"), &["--output", "json"]).out).unwrap();
    assert_eq!((&found["relation"], &found["roles"][0]["relation"]), (&json!("equal"), &json!("equal")));
    assert_eq!(found["roles"][0]["changes"], json!(["policy q added"]));
}
