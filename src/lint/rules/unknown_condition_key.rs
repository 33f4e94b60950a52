//! Condition keys that AWS does not have.

use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, _) in subject.statements() {
        for (test, known) in subject.tests(index) {
            let Some(key) = test.key.value.plain() else { continue };
            // A variable in a name is a finding of its own.
            if known.is_some() || subject.context.catalogue.has_key(key) || key.contains("${") {
                continue;
            }
            findings.on_statement(index, unknown(subject, key, test.key.span));
        }
    }
}

/// Keys that AWS had once, and what they are called now. Access Analyzer documents two findings of each, an error and a warning.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
const RENAMED: [(&str, &str); 1] = [("aws:ARN", "aws:PrincipalArn")];

/// Access Analyzer's names for a key that AWS had once.
const OF_RENAMED: [&str; 2] = ["UNSUPPORTED_GLOBAL_CONDITION_KEY", "DEPRECATED_GLOBAL_CONDITION_KEY"];

/// Access Analyzer's name for a key that is not one.
fn aws_name(catalogue: &Catalogue, key: &str) -> &'static str {
    let Some((prefix, _)) = key.split_once(':') else { return "INVALID_CONDITION_KEY_FORMAT" };
    match prefix {
        _ if catalogue.key(&format!("{}/x", key.trim_end_matches('/'))).is_some() => "MISSING_TAG_KEY_IN_CONDITION",
        _ if prefix.eq_ignore_ascii_case("aws") => "INVALID_GLOBAL_CONDITION_KEY",
        _ if catalogue.service(prefix).is_none() => "INVALID_SERVICE",
        _ => "INVALID_SERVICE_CONDITION_KEY",
    }
}

fn unknown(subject: &Subject<'_>, key: &str, span: crate::base::Span) -> Diagnostic {
    let finding = Diagnostic::new(&code::UNKNOWN_CONDITION_KEY, span, format!("AWS has no condition key `{key}`"))
        .label("no such key")
        .note("a condition on it is false, and with a negated operator true, for every request; a key newer than the catalogue is declared in leastwise.toml: `[catalogue.condition-keys]`");
    let catalogue = subject.context.catalogue;
    let finding = finding.aws(aws_name(catalogue, key));
    if let Some((_, newer)) = RENAMED.iter().find(|(old, _)| old.eq_ignore_ascii_case(key)) {
        let finding = finding.aws_names(&OF_RENAMED);
        return subject.replace(finding, span, key, newer, format!("its name is `{newer}` now"));
    }
    match catalogue.nearest_key(key).filter(|_| catalogue.key(&format!("{key}/x")).is_none()) {
        Some(near) => subject.replace(finding, span, key, &near, format!("did you mean `{near}`?")),
        None => finding.help(catalogue.instead_of_key(key)),
    }
}
