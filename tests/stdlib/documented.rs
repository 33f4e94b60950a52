//! Every declaration of the library says what it is, how it is used, and is used in the examples.

use std::fs;
use std::path::Path;

use leastwise::base::SourceMap;
use leastwise::catalogue::{AccessLevel, Catalogue};
use leastwise::policy::glob;
use leastwise::project::library_modules;
use leastwise::syntax::{DeclKind, ItemKind, parse};

use super::compiled::{self, Finding};

/// A declaration of the library.
struct Declared {
    module: &'static str,
    kind: DeclKind,
    name: String,
    parameters: Vec<String>,
    documentation: String,
}

impl Declared {
    fn path(&self) -> String {
        format!("std.{}.{}", self.module, self.name)
    }

    /// The code of its Usage line.
    fn usage(&self) -> &str {
        let (_, usage) =
            self.documentation.split_once("Usage: `").unwrap_or_else(|| panic!("{}: no Usage", self.path()));
        usage.trim_end().strip_suffix('`').unwrap_or_else(|| panic!("{}: Usage is no code", self.path()))
    }

    /// The call in its Usage line.
    fn call(&self) -> &str {
        let at = self.usage().find(&self.path()).unwrap_or_else(|| panic!("{}: Usage calls another", self.path()));
        &self.usage()[at..]
    }
}

fn declarations() -> Vec<Declared> {
    let mut found = Vec::new();
    for (module, source) in library_modules() {
        let mut sources = SourceMap::default();
        let parsed = parse(sources.add("t.lw", source), source);
        assert!(parsed.diagnostics.is_empty(), "std.{module} does not parse");
        for item in &parsed.file.items {
            let ItemKind::Policy(policy) = &item.kind else { continue };
            let before = source[..item.span.start as usize].trim_end().lines().rev();
            let mut documentation: Vec<&str> = before.map_while(|line| line.strip_prefix("///")).collect();
            documentation.reverse();
            let parameters = policy.parameters.iter().flatten().map(|parameter| parameter.name.text.clone());
            found.push(Declared {
                module,
                kind: policy.kind,
                name: policy.name.text.clone(),
                parameters: parameters.collect(),
                documentation: documentation.join("\n"),
            });
        }
    }
    assert!(found.len() > 90, "{}", found.len());
    found
}

/// The names that Usage lines speak of.
const PRELUDE: &str = r#"
let uploads = s3.bucket("acme-uploads")
let data = s3.bucket("acme-data")
let logs = s3.bucket("acme-logs")
let site = s3.bucket("acme-site")
let state-bucket = s3.bucket("acme-state")
let inbox = sqs.queue("inbox")
let orders = sqs.queue("orders")
let news = sns.topic("news")
let alarms = sns.topic("alarms")
let resize = lambda.function("resize")
let images = ecr.repository("images")
let password = secretsmanager.secret("orders/db-??????")
"#;

/// Statements as a policy in which that declaration may stand.
fn embedded(declared: &Declared, statements: &str) -> String {
    let head = match declared.module {
        "resource" if declared.name.starts_with("queue") => "resource usage for orders",
        "resource" if declared.name.starts_with("topic") => "@id(\"usage\")\nresource usage for news",
        // A key without a say of its account can be locked away.
        "resource" if declared.name.starts_with("key") => {
            let own = "allow kms:* on * to account(\"123456789012\")";
            return format!("{PRELUDE}\nresource usage for kms.key(\"*\") {{\n{own}\n{statements}\n}}\n");
        }
        "resource" => {
            let bucket =
                ["uploads", "logs", "site"].into_iter().find(|bucket| statements.contains(&format!(": {bucket}")));
            return format!("{PRELUDE}\nresource usage for {} {{\n{statements}\n}}\n", bucket.unwrap_or("data"));
        }
        "grant" => "policy usage",
        module => return format!("{PRELUDE}\n{module} usage {{\n{statements}\n}}\n"),
    };
    format!("{PRELUDE}\n{head} {{\n{statements}\n}}\n")
}

#[test]
fn every_declaration_says_what_it_relies_on_and_what_its_parameters_are() {
    let mut silent = Vec::new();
    for declared in declarations() {
        if !declared.documentation.contains("Relies on:") {
            silent.push(format!("{} does not say what it relies on", declared.path()));
        }
        // What the templates of a module have in common stands at its head.
        let (_, source) = library_modules().find(|(module, _)| *module == declared.module).unwrap();
        let head = source.lines().take_while(|line| line.starts_with("//!")).collect::<String>();
        let silent_on =
            |name: &&String| !declared.documentation.contains(name.as_str()) && !head.contains(name.as_str());
        for parameter in declared.parameters.iter().filter(silent_on) {
            silent.push(format!("{} does not speak of `{parameter}`", declared.path()));
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn every_usage_line_compiles() {
    for declared in declarations() {
        let usage = declared.usage();
        let text = match declared.kind {
            DeclKind::Grant => embedded(&declared, usage),
            DeclKind::Policy(_) => format!("{PRELUDE}\n{usage}\n"),
        };
        let (findings, emitted) = compiled::of_text(&text);
        assert!(findings.is_empty(), "{}: {usage}\n{findings:#?}", declared.path());
        assert_eq!(emitted.len(), 1, "{}", declared.path());
    }
}

#[test]
fn every_declaration_is_used_in_the_examples() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/stdlib");
    let mut examples = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        examples.push_str(&fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    for declared in declarations() {
        let path = declared.path();
        assert!(examples.contains(&format!("{path}(")), "{path} has no example");
    }
}

#[test]
fn examples_compile_without_a_finding_and_are_kept() {
    insta::glob!("../../examples/stdlib", "*.lw", |path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let (findings, emitted) = compiled::of_file(&format!("examples/stdlib/{name}"));
        assert!(findings.is_empty(), "{name}: {findings:#?}");
        let mut kept = String::new();
        for policy in &emitted {
            let json = serde_json::to_string_pretty(&policy.json).unwrap();
            kept.push_str(&format!("{} {}, {} bytes\n{json}\n\n", policy.kind, policy.name, policy.text.len()));
        }
        insta::assert_snapshot!(kept);
    });
}

#[test]
fn the_other_examples_of_the_library_compile_without_a_finding() {
    let articles =
        ["cloudtrail-protection", "cross-account", "developer-boundary", "export-bucket", "region-restriction"];
    for name in articles.into_iter().chain(["eight-std"]) {
        let (findings, emitted) = compiled::of_file(&format!("examples/{name}.lw"));
        assert!(findings.is_empty() && !emitted.is_empty(), "{name}: {findings:#?}");
    }
}

#[test]
fn documents_fit_their_limits_as_they_are_written() {
    for (file, limit) in [("rcp", 5_120), ("scp", 10_240), ("trust", 2_048), ("session", 2_048), ("boundary", 6_144)] {
        let (_, emitted) = compiled::of_file(&format!("examples/stdlib/{file}.lw"));
        assert!(!emitted.is_empty());
        for policy in emitted {
            assert!(policy.text.len() <= limit, "{}: {} of {limit}", policy.name, policy.text.len());
        }
    }
}

#[test]
fn templates_stand_twice_in_one_policy() {
    let repeatable = |declared: &&Declared| match (declared.module, declared.kind) {
        ("scp" | "rcp" | "trust" | "grant", _) | ("boundary", DeclKind::Grant) => true,
        ("resource", DeclKind::Grant) => !declared.documentation.contains("TlsOnly"),
        _ => false,
    };
    // A bucket, a queue or a topic needs these once, and they are found by their labels.
    let once = ["tls-only", "org-only", "queue-tls", "topic-tls"];
    for declared in declarations().iter().filter(repeatable) {
        if declared.module == "resource" && once.contains(&declared.name.as_str()) {
            continue;
        }
        let call = declared.call();
        let (findings, _) = compiled::of_text(&embedded(declared, &format!("include {call}\ninclude {call}")));
        let clash = |finding: &&Finding| finding.code == "bad-sid";
        assert!(findings.iter().find(clash).is_none(), "{}: {findings:#?}", declared.path());
    }
}

#[test]
fn whatever_changes_identities_is_among_the_identity_changes() {
    let (_, emitted) = compiled::of_text("boundary b = std.boundary.no-iam()");
    let statements = emitted[0].json["Statement"].as_array().unwrap();
    let denied = statements.iter().find(|statement| statement["Sid"] == "DenyIdentities").unwrap();
    let patterns: Vec<&str> = denied["Action"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    for action in Catalogue::builtin().service("iam").unwrap().actions() {
        let reads = matches!(action.access_level(), AccessLevel::Read | AccessLevel::List);
        let met = patterns.iter().any(|pattern| glob::matches(pattern, &action.full_name(), true));
        assert_eq!(met, !reads, "{} {:?}", action.full_name(), action.access_level());
    }
}
