//! The steps of `action.yml`, as the runner of GitHub runs them.
#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const WRONG: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [{ "Effect": "Allow", "Action": "s3:GetObjet", "Resource": "arn:aws:s3:::b/*" }]
}
"#;

/// A repository with policies in it, one of which has a blank in its name.
fn repository() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for name in ["iam, new/policies/a.json", "iam, new/policies/b c.json"] {
        let path = root.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, WRONG).unwrap();
    }
    root
}

/// Runs `lint` by way of the action, with these inputs, in a folder of the repository.
fn run(root: &Path, folder: &str, inputs: &[(&str, &str)]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_leastwise")).parent().unwrap();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let search = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let usual = [("COMMAND", "lint"), ("PATHS", ""), ("ARGUMENTS", ""), ("OUTPUT", "github"), ("OUTPUT_FILE", "")];
    Command::new("bash")
        .arg(here.join("scripts/action"))
        .arg("run")
        .current_dir(root.join(folder))
        .env_remove("CI")
        .env("PATH", search)
        .env("GITHUB_WORKSPACE", root)
        .env("GITHUB_OUTPUT", root.join("outputs"))
        .envs(usual.iter().chain(inputs).map(|(name, value)| (format!("INPUT_{name}"), value)))
        .output()
        .unwrap()
}

/// The files that annotations name.
fn annotated(output: &Output) -> Vec<String> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let file = |line: &str| Some(line.split_once("file=")?.1.split_once(",line=")?.0.to_owned());
    text.lines().filter_map(file).collect()
}

#[test]
fn paths_are_separated_by_blanks_or_lines_and_may_be_quoted() {
    let root = repository();
    for paths in ["policies/a.json\n\"policies/b c.json\"\n", "policies/a.json 'policies/b c.json'", " policies "] {
        let output = run(root.path(), "iam, new", &[("PATHS", paths)]);
        assert_eq!(output.status.code(), Some(1), "{paths}: {output:?}");
        let files = ["iam%2C new/policies/a.json", "iam%2C new/policies/b c.json"];
        assert_eq!(annotated(&output), files, "{paths}");
    }
    let output = run(root.path(), "iam, new", &[("PATHS", "\"policies")]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn files_are_named_from_the_root_of_the_repository() {
    let root = repository();
    let output = run(root.path(), "", &[("PATHS", "'iam, new'")]);
    assert_eq!(annotated(&output)[0], "iam%2C new/policies/a.json");
    let sarif = run(root.path(), "iam, new/policies", &[("PATHS", "./a.json"), ("OUTPUT", "sarif")]);
    let sarif: Value = serde_json::from_slice(&sarif.stdout).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    for place in [&result["locations"][0]["physicalLocation"], &result["fixes"][0]["artifactChanges"][0]] {
        assert_eq!(place["artifactLocation"]["uri"], "iam%2C%20new/policies/a.json", "{result}");
    }
    assert!(sarif["runs"][0]["tool"]["driver"]["informationUri"].as_str().unwrap().starts_with("https:"));
}

#[test]
fn arguments_may_be_quoted() {
    let root = repository();
    let known = [("PATHS", "policies"), ("ARGUMENTS", "--baseline \"my known.json\" --update-baseline")];
    assert_eq!(run(root.path(), "iam, new", &known).status.code(), Some(0));
    assert!(root.path().join("iam, new/my known.json").is_file());
}

#[test]
fn the_output_goes_to_the_file_whatever_its_form() {
    let root = repository();
    for form in ["text", "json", "github"] {
        let inputs = [("PATHS", "policies"), ("OUTPUT", form), ("OUTPUT_FILE", "report")];
        assert_eq!(run(root.path(), "iam, new", &inputs).status.code(), Some(1), "{form}");
        let report = std::fs::read_to_string(root.path().join("iam, new/report")).unwrap();
        assert!(report.contains("unknown-action"), "{form}: {report}");
    }
    assert!(std::fs::read_to_string(root.path().join("outputs")).unwrap().contains("exit-code=1"));
}
