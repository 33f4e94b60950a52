//! The examples compile, each folder with its own settings; those that write known policies down again write the same ones.
//!
//! The published forms of those lie in a folder `shared` beside the repository. Where it is missing, that part is passed over.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Map, Value};

/// The folders that are one project each; below `examples`, files by themselves.
const PROJECTS: [&str; 3] = ["examples/eight", "examples/init", "examples/stdlib"];

/// What an article publishes, and the example that writes it down.
const ARTICLES: [(&str, &str); 5] = [
    ("cloudtrail-protection.scp.json", "cloudtrail-protection.lw"),
    ("cross-account.trust.json", "cross-account.lw"),
    ("developer-boundary.boundary.json", "developer-boundary.lw"),
    ("export-bucket.session.json", "export-bucket.lw"),
    ("region-restriction.scp.json", "region-restriction.lw"),
];

/// The eight common policies, with the names that both examples of them give, and whether the library's is the same but for
/// Sids. Where it is not, the library guards more than these policies do.
const EIGHT: [(&str, &str, bool); 8] = [
    ("1-dev-boundary.json", "boundary/dev-boundary", true),
    ("2-region-scp.json", "scp/region-scp", true),
    ("3-cloudtrail-scp.json", "scp/cloudtrail-scp", true),
    ("4-cross-account-trust.json", "trust/cross-account-trust", true),
    ("5-github-oidc-trust.json", "trust/github-oidc-trust", true),
    ("6-s3-bucket.json", "resource/s3-bucket", true),
    ("7-lambda-role.json", "policy/lambda-role", true),
    ("8-session.json", "session/session", true),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn leastwise(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leastwise")).args(arguments).current_dir(root()).env_remove("CI").output().unwrap()
}

/// The policies of a file or folder, by kind and name.
fn policies(path: &str) -> BTreeMap<String, Value> {
    let out = tempfile::tempdir().unwrap();
    let output = leastwise(&["build", path, "--out", out.path().to_str().unwrap()]);
    assert!(output.status.success(), "{path}:\n{}", String::from_utf8_lossy(&output.stderr));
    let manifest = read(&out.path().join("manifest.json"));
    let files = manifest["policies"].as_array().unwrap().iter().map(|entry| entry["file"].as_str().unwrap());
    files.map(|file| (file.strip_suffix(".json").unwrap().to_owned(), read(&out.path().join(file)))).collect()
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A folder of published policies; says so where it is missing.
fn published(name: &str) -> Option<PathBuf> {
    let folder = root().join("../shared/data").join(name);
    if !folder.is_dir() {
        println!("passed over: there is no folder {}", folder.display());
        return None;
    }
    Some(folder)
}

/// The `.lw` files right in a folder.
fn sources(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
    names.retain(|name| name.ends_with(".lw"));
    names.sort();
    names.into_iter().map(|name| format!("{folder}/{name}")).collect()
}

fn lines(files: &[String]) -> usize {
    let texts = files.iter().map(|file| std::fs::read_to_string(root().join(file)).unwrap());
    texts.map(|text| text.lines().filter(|line| !line.trim().is_empty()).count()).sum()
}

/// A document in which what IAM does not tell apart is the same: the order of statements and of values, one value and a list
/// of it, numbers and truth values and their texts, the letter case of condition keys.
fn meaning(document: &Value) -> Value {
    let mut document = document.as_object().unwrap().clone();
    let statements = list(&document["Statement"]).into_iter().map(|statement| {
        let elements = statement.as_object().unwrap().iter().map(|(name, value)| {
            let value = match (name.as_str(), value) {
                ("Condition", Value::Object(operators)) => each(operators, |keys| {
                    let keys = keys.as_object().unwrap().iter();
                    Value::Object(keys.map(|(key, values)| (key.to_ascii_lowercase(), set(values))).collect())
                }),
                ("Principal" | "NotPrincipal", Value::Object(principals)) => each(principals, set),
                ("Action" | "NotAction" | "Resource" | "NotResource", value) => set(value),
                (_, value) => value.clone(),
            };
            (name.clone(), value)
        });
        Value::Object(sorted(elements.collect()))
    });
    let mut statements: Vec<Value> = statements.collect();
    statements.sort_by_key(Value::to_string);
    document.insert("Statement".into(), Value::Array(statements));
    Value::Object(sorted(document))
}

/// Without Sids, which decide nothing; the library's grants give none.
fn unlabelled(mut document: Value) -> Value {
    let statements = document["Statement"].as_array_mut().unwrap();
    for statement in statements.iter_mut() {
        statement.as_object_mut().unwrap().remove("Sid");
    }
    statements.sort_by_key(Value::to_string);
    document
}

fn each(map: &Map<String, Value>, make: impl Fn(&Value) -> Value) -> Value {
    Value::Object(sorted(map.iter().map(|(name, value)| (name.clone(), make(value))).collect()))
}

fn sorted(map: Map<String, Value>) -> Map<String, Value> {
    map.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_else(|| vec![value.clone()])
}

fn set(values: &Value) -> Value {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let mut texts: Vec<String> = list(values).into_iter().map(text).collect();
    texts.sort();
    texts.dedup();
    texts.into()
}

#[test]
fn every_example_compiles() {
    let alone = sources("examples");
    assert!(!alone.is_empty());
    for path in alone.iter().map(String::as_str).chain(PROJECTS) {
        let output = leastwise(&["check", path]);
        assert!(output.status.success(), "{path}:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    let folders = std::fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    for folder in folders.filter(|path| path.is_dir()) {
        assert!(PROJECTS.iter().any(|known| root().join(known) == folder), "{} is not compiled", folder.display());
    }
}

#[test]
fn the_articles_policies_are_the_published_ones() {
    let Some(folder) = published("articles") else { return };
    for (file, source) in ARTICLES {
        let found = policies(&format!("examples/{source}"));
        assert_eq!(found.len(), 1, "{source}");
        for document in found.values() {
            assert_eq!(meaning(document), meaning(&read(&folder.join(file))), "{source}");
        }
    }
}

#[test]
fn the_eight_common_policies_are_the_known_ones() {
    let (plain, short) = (policies("examples/eight"), policies("examples/eight-std.lw"));
    assert_eq!((plain.len(), short.len()), (EIGHT.len(), EIGHT.len()));
    for (_, name, same) in EIGHT {
        let (plain, short) = (unlabelled(meaning(&plain[name])), unlabelled(meaning(&short[name])));
        assert_eq!(plain == short, same, "{name}: {plain:#}\n{short:#}");
    }
    let Some(folder) = published("eight") else { return };
    for (file, name, _) in EIGHT {
        assert_eq!(meaning(&plain[name]), meaning(&read(&folder.join(file))), "{name}");
    }
}

#[test]
fn the_eight_common_policies_are_short() {
    let (plain, short) = (lines(&sources("examples/eight")), lines(&["examples/eight-std.lw".to_owned()]));
    assert!(plain <= 60, "{plain} lines");
    assert!(short <= 20, "{short} lines with the standard library");
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    for (path, count) in [("examples/eight", plain), ("examples/eight-std.lw", short)] {
        assert!(readme.contains(&format!("[{path}]({path}) | {count} |")), "README.md: {path} has {count} lines");
    }
}
