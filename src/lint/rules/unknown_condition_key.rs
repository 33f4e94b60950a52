//! Condition keys that AWS does not have.

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

fn unknown(subject: &Subject<'_>, key: &str, span: crate::base::Span) -> Diagnostic {
    let finding = Diagnostic::new(&code::UNKNOWN_CONDITION_KEY, span, format!("AWS has no condition key `{key}`"))
        .label("no such key")
        .note("a condition on it is false, and with a negated operator true, for every request; a key newer than the catalogue is declared in leastwise.toml: `[catalogue.condition-keys]`");
    let catalogue = subject.context.catalogue;
    match catalogue.nearest_key(key).filter(|_| catalogue.key(&format!("{key}/x")).is_none()) {
        Some(near) => subject.replace(finding, span, key, &near, format!("did you mean `{near}`?")),
        None => finding.help(catalogue.instead_of_key(key)),
    }
}
