//! `leastwise.toml`.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use super::constraints::{Setting, Shipped};
use crate::base::{FileId, Span};
use crate::diagnostic::{self, Level, closest};

/// The name of the file.
pub const SETTINGS: &str = "leastwise.toml";

/// A project's settings; the defaults where there is no file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// `[project]`
    pub project: ProjectTable,
    /// `[defaults]`
    pub defaults: Defaults,
    /// `[params]`: values of the files' `param`s.
    pub params: BTreeMap<String, toml::Value>,
    /// `[levels]`: by code.
    pub levels: BTreeMap<String, String>,
    /// `[limits]`: quotas raised for this account, by kind, in characters.
    pub limits: BTreeMap<String, usize>,
    /// `[constraints]`: those that ship with the compiler, by name.
    pub constraints: BTreeMap<String, Setting>,
    /// `[proofs]`
    pub proofs: Proofs,
    /// `[catalogue]`: what AWS has and the catalogue lacks.
    pub catalogue: Declared,
    /// The text that all of this was read from; nothing where the sources are a part of the project, of which the settings may leave out
    /// what is elsewhere.
    #[serde(skip)]
    pub text: Option<Arc<str>>,
}

impl Config {
    /// Where the name of a policy or role stands in the text that a constraint leaves out.
    pub fn place_of_exemption(&self, file: FileId, constraint: &str, name: &str) -> Option<Span> {
        let range = place_of_exemption(self.text.as_ref()?, constraint, name)?;
        Some(Span { file, start: range.start as u32, end: range.end as u32 })
    }
}

/// A name behind another one.
fn place_of_exemption(text: &str, constraint: &str, name: &str) -> Option<Range<usize>> {
    let word = |from: usize, word: &str| {
        let is_part = |character: char| character.is_alphanumeric() || "-_".contains(character);
        let is_whole = |at: &usize| !text[..*at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part);
        text.match_indices(word).map(|(at, _)| at).filter(|at| *at >= from).find(is_whole)
    };
    let from = word(word(word(0, "constraints")?, constraint)?, "exempt")?;
    let at = word(from, name)?;
    Some(at..at + name.len())
}

/// `[project]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProjectTable {
    /// The project's name.
    pub name: Option<String>,
    /// Folders and files of sources; the project's own folder if empty.
    pub sources: Vec<PathBuf>,
    /// Where `build` writes.
    pub out: Option<PathBuf>,
}

/// `[defaults]`: what a resource or principal has that names none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Defaults {
    /// Partition; `aws` if none is given.
    pub partition: Option<String>,
    /// Account id.
    pub account: Option<String>,
    /// Region.
    pub region: Option<String>,
}

/// `[proofs]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Proofs {
    /// What AWS may have beside what the catalogue has.
    pub world: World,
}

/// What AWS may have beside what the catalogue has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum World {
    /// Other actions, other resource types and keys of those that the catalogue has, other partitions.
    Open,
    /// Other actions.
    #[default]
    Documented,
    /// Nothing.
    Closed,
}

/// `[catalogue]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Declared {
    /// Actions that AWS has, `service:Name`.
    pub actions: Vec<String>,
    /// Condition keys that AWS has, with their type.
    pub condition_keys: BTreeMap<String, String>,
}

/// Why a `leastwise.toml` cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// What is wrong.
    pub message: String,
    /// The bytes of the file that are wrong, where that is known.
    pub range: Option<std::ops::Range<usize>>,
}

/// Reads the text of a `leastwise.toml`.
pub fn read_config(text: &str) -> Result<Config, ConfigError> {
    let mut config: Config = toml::from_str(text)
        .map_err(|error| ConfigError { message: error.message().to_owned(), range: error.span() })?;
    for (code, level) in &config.levels {
        let error =
            |message: String| ConfigError { message, range: text.find(code.as_str()).map(|at| at..at + code.len()) };
        let known = diagnostic::find(code).ok_or_else(|| error(format!("no diagnostic is called `{code}`")))?;
        if level.parse::<Level>().is_err() {
            return Err(error(format!("`{level}` is no level; the levels are `allow`, `warn` and `deny`")));
        }
        if !known.acceptable && level != "deny" {
            return Err(error(format!("the level of `{code}` cannot be lowered: without it the source means nothing")));
        }
    }
    if let Some(name) = config.constraints.keys().find(|name| Shipped::named(name).is_none()) {
        let range = text.find(name.as_str()).map(|at| at..at + name.len());
        let names = Shipped::ALL.map(|(_, name, _)| name);
        let help = match closest(name, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are `{}`", names.join("`, `")),
        };
        return Err(ConfigError { message: format!("no constraint is called `{name}`; {help}"), range });
    }
    let exemptions = config.constraints.iter().flat_map(|(name, of)| of.exemptions().map(move |one| (name, one)));
    if let Some((constraint, (name, _))) = exemptions.into_iter().find(|(_, (_, why))| why.trim().is_empty()) {
        let message = format!("an exemption gives a reason; say why: `{name} = \"...\"`");
        return Err(ConfigError { message, range: place_of_exemption(text, constraint, name) });
    }
    config.text = Some(text.into());
    Ok(config)
}
