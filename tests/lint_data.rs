//! Policies with one seeded mistake each: every one is found, by the finding that its name calls for, at the element that is wrong; and those
//! without a mistake have no findings. The policies stand beside the repository; where they do not, this says so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use leastwise::base::SourceMap;
use leastwise::diagnostic::{Diagnostic, Level};
use leastwise::policy::Kind;

#[path = "support/json.rs"]
mod json;
use json::lint_json;

/// By the start of the name: a name of the finding, AWS's or ours, and a word of the element that is wrong.
#[rustfmt::skip]
const EXPECTED: &[(&str, &str, &str)] = &[
    ("m02-", "INVALID_SERVICE_IN_ACTION", "Action"),
    ("m03-", "INVALID_CONDITION_OPERATOR", "Condition"),
    ("m05-", "TYPE_MISMATCH", "Condition"),
    ("m06-", "TYPE_MISMATCH_IP_RANGE", "Condition"),
    ("m08-", "TYPE_MISMATCH_DATE", "Condition"),
    ("m09-", "action-resource-mismatch", ""),
    ("m11-", "bad-arn", "Resource"),
    ("m12-", "INVALID_PARTITION", "Resource"),
    ("m14-", "MISSING_RESOURCE", ""),
    ("m15-", "MISSING_ACTION", ""),
    ("m17-", "UNSUPPORTED_ELEMENT_COMBINATION", "NotAction"),
    ("m18-", "UNIQUE_SIDS_REQUIRED", "Sid"),
    ("m20-", "bad-variable", ""),
    ("m21-", "VARIABLE_UNSUPPORTED_IN_VERSION", ""),
    ("m23-", "PASS_ROLE_WITH_STAR_IN_RESOURCE", ""),
    ("m24-", "administrator-access", ""),
    ("m26-", "size-limit", ""),
    ("m27-", "INVALID_ARN_ACCOUNT", "Resource"),
    ("m29-", "all-of-nothing", "Condition"),
    ("m30-", "INVALID_POLICY_ELEMENT", ""),
    ("m32-", "WILDCARD_WITHOUT_LIKE_OPERATOR", "Condition"),
    ("m41-", "MISSING_PRINCIPAL", ""),
    ("m42-", "kind-rule", "Action"),
    ("m44-", "missing-external-id", "Principal"),
    ("m45-", "MISSING_GITHUB_REPO_CONDITION_KEY", ""),
    ("m47-", "INVALID_PRINCIPAL_KEY", "Principal"),
    ("m48-", "MISMATCHED_ACTION_FOR_PRINCIPAL", ""),
    ("m50-", "SCP_SYNTAX_ERROR_PRINCIPAL", "Principal"),
    ("m53-", "RCP_SYNTAX_ERROR_ACTION", "Action"),
    ("m60-", "public-access", "Principal"),
    ("m62-", "MISSING_PRINCIPAL", ""),
    ("01_", "INVALID_ACTION", "Action"),
    ("03_", "no-action-matches", "Action"),
    ("04_", "action-resource-mismatch", ""),
    ("06_", "INVALID_EFFECT", "Effect"),
    ("07_", "MISSING_VERSION", ""),
    ("09_", "INVALID_VERSION", "Version"),
    ("10_", "UNSUPPORTED_SID", "Sid"),
    ("12_", "UNSUPPORTED_ELEMENT_COMBINATION", "NotAction"),
    ("13_", "UNSUPPORTED_PRINCIPAL", "Principal"),
    ("15_", "EMPTY_ARRAY_RESOURCE", "Resource"),
    ("16_", "INVALID_ARN_ACCOUNT", "Resource"),
    ("18_", "ARN_ACCOUNT_NOT_ALLOWED", "Resource"),
    ("19_", "INVALID_ARN_REGION", "Resource"),
    ("21_", "INVALID_CONDITION_OPERATOR", "Condition"),
    ("22_", "INVALID_GLOBAL_CONDITION_KEY", "Condition"),
    ("24_", "TYPE_MISMATCH_BOOLEAN", "Condition"),
    ("25_", "TYPE_MISMATCH", "Condition"),
    ("27_", "TYPE_MISMATCH_IP_RANGE", "Condition"),
    ("28_", "WILDCARD_WITHOUT_LIKE_OPERATOR", "Condition"),
    ("30_", "MISSING_QUALIFIER", "Condition"),
    ("31_", "all-of-nothing", "Condition"),
    ("33_", "bad-variable", "Resource"),
    ("34_", "MISSING_BRACE_IN_VARIABLE", ""),
    ("36_", "bad-variable", ""),
    ("37_", "INVALID_VARIABLE_FOR_OPERATOR", "Condition"),
    ("39_", "PASS_ROLE_WITH_STAR_IN_RESOURCE", ""),
    ("40_", "privilege-escalation", ""),
    ("42_", "not-action-in-allow", ""),
    ("43_", "REDUNDANT_ACTION", "Action"),
    ("45_", "shadowed-allow", ""),
    ("46_", "never-applies", "Condition"),
    ("48_", "WILDCARD_IN_SERVICE_NAME", "Action"),
    ("49_", "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "Condition"),
    ("60_", "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "Principal"),
    ("61_", "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", "Resource"),
    ("63_", "MISSING_GITHUB_REPO_CONDITION_KEY", ""),
    ("64_", "INVALID_SERVICE_PRINCIPAL_FORMAT", "Principal"),
    ("70_", "public-access", "Principal"),
    ("72_", "UNSUPPORTED_ACTION_IN_POLICY", "Action"),
    ("73_", "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", "Principal"),
    ("81_", "POLICY_SIZE_EXCEEDS_SCP_QUOTA", ""),
    ("84_", "RCP_SYNTAX_ERROR_NOTACTION", ""),
    ("85_", "RCP_SYNTAX_ERROR_ACTION", "Action"),
    ("90_", "JSON_SYNTAX_ERROR", "Effect"),
];

fn files() -> Vec<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folders = ["mistakes", "defects"].map(|name| data.join(name));
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// What is said of a file, at the levels that are reported.
fn findings(path: &Path, text: &str) -> Vec<Diagnostic> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    // An identity policy with a principal looks like a resource policy; its name says what it was meant to be.
    let kind = Kind::of_path(name).or(name.contains("identity").then_some(Kind::Policy));
    let mut found = lint_json(&sources, file, kind);
    found.retain(|one| one.level != Level::Allow);
    found
}

#[test]
fn every_seeded_mistake_is_found_where_it_is() {
    let files = files();
    if files.is_empty() {
        println!("passed over: the policies with mistakes are not beside the repository");
        return;
    }
    let mut wrong = BTreeSet::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let found = findings(&path, &text);
        let told = || {
            let each = found
                .iter()
                .map(|one| format!("{} {:?} at `{}`", one.code.name, one.aws, &text[one.primary.span.range()]));
            each.collect::<Vec<_>>()
        };
        if name.contains("CLEAN") || name.contains("clean") {
            if !found.is_empty() {
                wrong.insert(format!("{name} is right, and {:?}", told()));
            }
            continue;
        }
        let Some((_, expected, element)) = EXPECTED.iter().find(|(start, ..)| name.starts_with(start)) else {
            wrong.insert(format!("{name}: nothing is expected of it"));
            continue;
        };
        let is_it = |one: &Diagnostic| one.code.name == *expected || one.aliases() == [*expected];
        let at = |one: &Diagnostic| text[..one.primary.span.range().start].rfind(&format!("\"{element}"));
        let is_there = |one: &Diagnostic| {
            let here = text[one.primary.span.range()].starts_with(&format!("\"{element}"));
            element.is_empty() || here || at(one).is_some()
        };
        if !found.iter().any(|one| is_it(one) && is_there(one)) {
            wrong.insert(format!("{name}: `{expected}` at `{element}` is wanted, and there is {:?}", told()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}
