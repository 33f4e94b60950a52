//! Compiling sources as the command line does, and looking into what comes out.

use std::collections::BTreeMap;
use std::path::PathBuf;

use leastwise::base::{DiskFileSystem, FileSystem, MemoryFileSystem};
use leastwise::catalogue::Catalogue;
use leastwise::diagnostic::{Diagnostic, Level};
use leastwise::emit::document;
use leastwise::pipeline::{Analysis, Options, analyse, compile};
use leastwise::policy::glob;
use leastwise::project::Config;
use serde_json::Value;

/// A finding, as far as tests look at it.
#[derive(Debug)]
pub struct Finding {
    pub code: &'static str,
    pub message: String,
    pub at: String,
}

/// A policy that was emitted.
#[derive(Debug)]
pub struct Emitted {
    pub kind: &'static str,
    pub name: String,
    pub text: String,
    pub json: Value,
}

fn config() -> Config {
    let mut config = Config::default();
    config.defaults.account = Some("123456789012".to_owned());
    config.defaults.region = Some("eu-west-1".to_owned());
    config
}

fn analysis(files: &dyn FileSystem, paths: &[PathBuf]) -> Analysis {
    let config = config();
    let set = BTreeMap::new();
    analyse(files, paths, Options { catalogue: Catalogue::builtin(), config: &config, set: &set, today: None })
}

fn findings(analysis: &Analysis) -> Vec<Finding> {
    let open = |one: &&Diagnostic| one.level > Level::Allow && one.accepted.is_none();
    let told = |one: &Diagnostic| Finding {
        code: one.code.name,
        message: one.message.clone(),
        at: analysis.project.sources.text(one.primary.span).to_owned(),
    };
    analysis.diagnostics.iter().filter(open).map(told).collect()
}

/// What is said of a file of the repository, and what it becomes.
pub fn of_file(path: &str) -> (Vec<Finding>, Vec<Emitted>) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    outcome(analysis(&DiskFileSystem, &[path]))
}

/// What is said of a text, and what it becomes.
pub fn of_text(text: &str) -> (Vec<Finding>, Vec<Emitted>) {
    let files = MemoryFileSystem::new([("t.lw", text)]);
    outcome(analysis(&files, &[PathBuf::from("t.lw")]))
}

fn outcome(analysis: Analysis) -> (Vec<Finding>, Vec<Emitted>) {
    let findings = findings(&analysis);
    let Ok((checked, _)) = compile(analysis) else { return (findings, Vec::new()) };
    let emitted = checked.policies().iter().map(|policy| {
        let text = document(policy).expect("no extern is left open");
        let json = serde_json::from_str(&text).expect("what is emitted is JSON");
        Emitted { kind: policy.kind.keyword(), name: policy.name.clone(), text, json }
    });
    (findings, emitted.collect())
}

/// The one policy of a text in which nothing is found.
pub fn policy(text: &str) -> Policy {
    let (findings, mut emitted) = of_text(text);
    assert!(findings.is_empty(), "{text}\n{findings:#?}");
    assert_eq!(emitted.len(), 1, "{text}");
    Policy(emitted.remove(0).json)
}

/// A policy document, with questions.
#[derive(Debug)]
pub struct Policy(pub Value);

/// One value or a list of them, as a list.
fn list(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

fn is_about(statement: &Value, positive: &str, negative: &str, what: &str, ignore_case: bool) -> bool {
    let meets = |patterns: &Value| list(patterns).iter().any(|pattern| glob::matches(pattern, what, ignore_case));
    match (statement.get(positive), statement.get(negative)) {
        (Some(patterns), _) => meets(patterns),
        (_, Some(patterns)) => !meets(patterns),
        _ => true,
    }
}

impl Policy {
    pub fn statements(&self) -> &[Value] {
        self.0["Statement"].as_array().expect("a list of statements")
    }

    /// The statements of that effect about an action on a resource.
    pub fn about(&self, effect: &str, action: &str, resource: &str) -> Vec<&Value> {
        let fits = |statement: &&Value| {
            statement["Effect"] == effect
                && is_about(statement, "Action", "NotAction", action, true)
                && is_about(statement, "Resource", "NotResource", resource, false)
        };
        self.statements().iter().filter(fits).collect()
    }

    /// Whether the action is denied on the resource, whatever the request holds.
    pub fn always_denies(&self, action: &str, resource: &str) -> bool {
        self.about("Deny", action, resource).iter().any(|statement| statement.get("Condition").is_none())
    }

    /// Whether the action is denied on the resource under exactly this condition.
    pub fn denies_when(&self, action: &str, resource: &str, condition: &Value) -> bool {
        self.about("Deny", action, resource).iter().any(|statement| statement.get("Condition") == Some(condition))
    }

    /// Whether anything at all allows the action on the resource.
    pub fn may_allow(&self, action: &str, resource: &str) -> bool {
        !self.about("Allow", action, resource).is_empty() && !self.always_denies(action, resource)
    }
}
