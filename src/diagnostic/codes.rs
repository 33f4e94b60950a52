//! The one table of diagnostic codes.

use std::str::FromStr;

/// How loud a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not reported.
    Allow,
    /// Reported; fails nothing.
    Warn,
    /// Reported; nothing is written and the exit code is 1.
    Deny,
}

impl Level {
    /// As written in `leastwise.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Allow => "allow",
            Level::Warn => "warn",
            Level::Deny => "deny",
        }
    }
}

impl FromStr for Level {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Level::Allow, Level::Warn, Level::Deny].into_iter().find(|level| level.name() == text).ok_or(())
    }
}

/// One rule that can speak.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable, kebab-case.
    pub name: &'static str,
    /// Its level unless the project sets another.
    pub level: Level,
    /// Whether the program still means something when the rule is broken, so that its level can be set and a finding accepted
    /// with a reason. The others (syntax, names, types) are refusals.
    pub acceptable: bool,
    /// Access Analyzer's names for the same finding.
    pub aliases: &'static [&'static str],
    /// The page that `explain` prints: what, why, wrong, right.
    pub page: &'static str,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $constant:ident $name:literal $level:ident $acceptable:literal [$($alias:literal),*];)*) => {
        /// The codes by name, as constants.
        pub mod code {
            use super::{Code, Level};
            $($(#[doc = $doc])* pub static $constant: Code = Code {
                name: $name, level: Level::$level, acceptable: $acceptable, aliases: &[$($alias),*],
                page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/codes/", $name, ".md")),
            };)*
        }

        /// Every code, in the order of the table.
        pub fn all() -> &'static [&'static Code] {
            static ALL: &[&Code] = &[$(&code::$constant),*];
            ALL
        }
    };
}

codes! {
    /// Text that is no sentence of the language.
    SYNTAX "syntax" Deny false [];
}

/// The code of that name, or that one of AWS's names stands for.
pub fn find(name: &str) -> Option<&'static Code> {
    all().iter().copied().find(|code| code.name == name || code.aliases.contains(&name))
}
