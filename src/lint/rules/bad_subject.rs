//! Subjects that no token of a provider has.

use crate::diagnostic::{Diagnostic, Level, code};
use crate::lint::federation::Trusted;
use crate::lint::{Findings, Subject};
use crate::policy::missed_form;

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for trusted in Trusted::all(subject) {
        let (Some(issuer), Some(test)) = (trusted.issuer(), trusted.demands("sub")) else { continue };
        for value in &test.values {
            // What a variable puts in is not known.
            let Some(text) = value.value.plain().filter(|text| !text.contains("${")) else { continue };
            // Without a pattern, a wildcard is a character; that is told.
            let Some(form) = missed_form(issuer, text) else { continue };
            let message = format!("no token of `{issuer}` has the subject `{text}`");
            let finding = Diagnostic::new(&code::BAD_CONDITION_VALUE, value.span, message)
                .aws_names(&[])
                .label("matches no token")
                .note(format!("its subjects are of the form `{form}`"))
                .help("write it as the provider does; a token that it made shows it as `sub`");
            // The forms are the provider's, not AWS's.
            findings.on_statement(trusted.index, Diagnostic { level: Level::Warn, ..finding });
        }
    }
}
