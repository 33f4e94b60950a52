//! `leastwise test` as it is called from a shell: what failed, what is not touched, and what the sources compile to.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const SOURCE: &str = r#"policy reader {
  allow s3:GetObject on s3.object("acme", "*") when aws:PrincipalTag/team == "web"
  deny s3:GetObject on s3.object("acme", "secret/*") unless aws:SecureTransport
}
test "reads" {
  reader allows s3:GetObject on s3.object("acme", "a") with { aws:PrincipalTag/team: "web" }
  reader denies s3:GetObject on s3.object("acme", "a") with { aws:PrincipalTag/team: absent }
}
"#;
const WRONG: &str = "test \"writes & <more>\" { reader allows s3:PutObject on s3.object(\"acme\", \"a\") }\n";

fn project(source: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("leastwise.toml"), "").unwrap();
    std::fs::write(folder.path().join("a.lw"), source).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leastwise"));
    command.current_dir(folder).env_remove("CI").arg("test").args(arguments).output().unwrap()
}

fn outcome(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = run(folder, arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn tests_are_listed_and_a_failure_fails() {
    let folder = project(SOURCE);
    let (code, out, _) = outcome(folder.path(), &[]);
    assert_eq!((code, out.as_str()), (0, "ok     reads (2 requests)\n"));
    let folder = project(&format!("{SOURCE}{WRONG}"));
    let (code, out, error) = outcome(folder.path(), &[]);
    assert_eq!((code, out.as_str()), (1, "ok     reads (2 requests)\nFAILED writes & <more> (1 request)\n"));
    assert!(error.contains("error[failed-test]: `reader` does not allow `s3:PutObject`"), "{error}");
}

#[test]
fn a_constraint_about_nothing_is_told() {
    let folder =
        project("policy reader { allow s3:GetObject on * }\nconstraint c on session { never allows iam:* on * }\n");
    let (code, out, _) = outcome(folder.path(), &[]);
    assert_eq!((code, out.as_str()), (0, "ok     constraint c (about nothing: there is none of its kinds)\n"));
}

/// What the settings leave out is compared to the whole project, and not to a part of it.
#[test]
fn an_exemption_of_what_is_not_declared_fails() {
    let folder = project(
        "policy reader { allow s3:GetObject on * }\nboundary limit { allow s3:* on * }\nrole Worker { policy reader boundary limit }\n",
    );
    let settings = "[constraints]\nroles-are-bounded = { exempt = { Glass = \"why\" } }\n";
    std::fs::write(folder.path().join("leastwise.toml"), settings).unwrap();
    let (code, _, error) = outcome(folder.path(), &[]);
    assert_eq!(code, 1);
    assert!(error.contains("no policy and no role is called `Glass`") && error.contains("leastwise.toml:2"), "{error}");
    assert_eq!(outcome(folder.path(), &["a.lw"]).0, 0);
    std::fs::write(folder.path().join("leastwise.toml"), settings.replace("Glass", "Worker")).unwrap();
    let (code, _, error) = outcome(folder.path(), &[]);
    assert!(code == 0 && error.contains("warning[unused-acceptance]"), "{error}");
}

#[test]
fn coverage_tells_what_no_request_touches() {
    let folder = project(SOURCE);
    let (code, out, _) = outcome(folder.path(), &["--coverage"]);
    assert_eq!(code, 0);
    // The denial is about no request of these; the tag is had by one and not by the other.
    let told: Vec<&str> = out.lines().skip(1).collect();
    assert_eq!(
        told,
        [
            "a.lw:3:3: `policy reader`: no request is about this statement",
            "a.lw:3:61: `policy reader`: no request fails this condition on `aws:SecureTransport`",
            "the tests touch 1 of 2 statements and 1 of 2 conditions",
        ]
    );
}

#[test]
fn junit_names_tests_and_failures() {
    let folder = project(&format!("{SOURCE}{WRONG}"));
    let (code, out, _) = outcome(folder.path(), &["--output", "junit"]);
    assert_eq!(code, 1);
    assert!(out.contains(r#"<testsuite name="leastwise" tests="2" skipped="0" errors="0" failures="1">"#), "{out}");
    assert!(out.contains(r#"<testcase name="reads" classname="a.lw" assertions="2"/>"#), "{out}");
    assert!(out.contains(r#"name="writes &amp; &lt;more&gt;""#), "{out}");
    assert!(out.contains(r#"type="failed-test""#), "{out}");
}

#[test]
fn junit_says_that_sources_do_not_compile() {
    let folder = project("policy reader { allow s3:GetObjct on * }\n");
    let (code, out, _) = outcome(folder.path(), &["--output", "junit"]);
    assert_eq!(code, 1);
    assert!(out.contains(r#"<testcase name="the sources compile">"#) && out.contains("unknown-action"), "{out}");
}

#[test]
fn snapshots_are_compared_once_they_are_there() {
    let folder = project(SOURCE);
    let folder = folder.path();
    let (code, _, error) = outcome(folder, &["--update"]);
    assert_eq!(code, 0, "{error}");
    assert!(error.contains("1 snapshot written, 0 removed in `snapshots`"), "{error}");
    let kept = std::fs::read_to_string(folder.join("snapshots/policy/reader.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(document["Statement"][0]["Action"], "s3:GetObject");
    assert_eq!(outcome(folder, &[]).0, 0);

    // A comment moves the source and changes no policy.
    std::fs::write(folder.join("a.lw"), format!("// Readers.\n{SOURCE}")).unwrap();
    assert_eq!(outcome(folder, &[]).0, 0);

    std::fs::write(folder.join("a.lw"), SOURCE.replace("secret/*", "private/*")).unwrap();
    let (code, _, error) = outcome(folder, &[]);
    assert_eq!(code, 1);
    assert!(error.contains("-      \"Resource\": \"arn:aws:s3:::acme/secret/*\","), "{error}");
    assert!(error.contains("+      \"Resource\": \"arn:aws:s3:::acme/private/*\","), "{error}");
    assert_eq!(std::fs::read_to_string(folder.join("snapshots/policy/reader.json")).unwrap(), kept);
    assert_eq!(outcome(folder, &["--update"]).0, 0);
    assert_eq!(outcome(folder, &[]).0, 0);
}

#[test]
fn a_policy_that_is_no_more_is_told_and_removed() {
    let folder = project(SOURCE);
    let folder = folder.path();
    assert_eq!(outcome(folder, &["--update"]).0, 0);
    std::fs::write(folder.join("a.lw"), SOURCE.replace("reader", "viewer")).unwrap();
    let (code, _, error) = outcome(folder, &[]);
    assert_eq!(code, 1);
    assert!(error.contains("nothing declares it any more") && error.contains("2 snapshots differ"), "{error}");
    assert_eq!(outcome(folder, &["--update"]).0, 0);
    assert!(!folder.join("snapshots/policy/reader.json").exists());
    assert!(folder.join("snapshots/policy/viewer.json").exists());
}

#[test]
fn a_part_of_a_project_does_not_touch_the_snapshots_of_the_whole() {
    let folder = project(SOURCE);
    let folder = folder.path();
    std::fs::write(folder.join("b.lw"), "policy other { allow s3:ListAllMyBuckets on * }\n").unwrap();
    assert_eq!(outcome(folder, &["--update"]).0, 0);
    assert_eq!(outcome(folder, &["a.lw"]).0, 0);
    let (code, _, error) = outcome(folder, &["a.lw", "--update"]);
    assert_eq!(code, 2);
    assert!(error.contains("--snapshots DIR"), "{error}");
    assert!(folder.join("snapshots/policy/other.json").exists());
    // Without the folder there is nothing to compare with; a folder that is named must be as it should.
    assert_eq!(outcome(folder, &["a.lw", "--snapshots", "none"]).0, 1);
}
