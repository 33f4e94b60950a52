//! How many findings there are of what.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::{Diagnostic, Level, reported};

/// The counts under a report. Shown as `2 errors, 1 warning, 1 accepted`, with what is zero left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Findings that fail the build.
    pub deny: usize,
    /// Findings that do not.
    pub warn: usize,
    /// Findings that an `@accept` covers; in neither of the counts above.
    pub accepted: usize,
    /// All of them by the name of their code.
    pub by_code: BTreeMap<&'static str, usize>,
}

impl Summary {
    /// Counts.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let mut summary = Self::default();
        for diagnostic in reported(diagnostics) {
            let count = match (&diagnostic.accepted, diagnostic.level) {
                (Some(_), _) => &mut summary.accepted,
                (None, Level::Deny) => &mut summary.deny,
                (None, _) => &mut summary.warn,
            };
            *count += 1;
            *summary.by_code.entry(diagnostic.code.name).or_default() += 1;
        }
        summary
    }

    /// Whether there is nothing to report.
    pub fn is_empty(&self) -> bool {
        self.by_code.is_empty()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count, one| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        let parts = [
            (self.deny, plural(self.deny, "error")),
            (self.warn, plural(self.warn, "warning")),
            (self.accepted, format!("{} accepted", self.accepted)),
        ];
        let parts: Vec<_> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, part)| part).collect();
        f.write_str(if parts.is_empty() { "0 errors" } else { "" })?;
        f.write_str(&parts.join(", "))
    }
}
