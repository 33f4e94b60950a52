//! `leastwise catalogue update`: AWS's service reference files into the project's own catalogue.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::catalogue::update::read_folder_json;
use crate::catalogue::{Action, Catalogue, Service};
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::beside;
use crate::cli::report::{self, count, say};
use crate::cli::workspace::{CATALOGUE, folder_here};

/// What `update` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
The files are AWS's service reference (https://servicereference.us-east-1.amazonaws.com/), one JSON file a service, as
you fetched them; Leastwise itself uses no network. Files of its own `catalogue` folder are of the same schema.

`leastwise.catalogue` is written beside the project's leastwise.toml, or in the working folder where there is none. It
is made of the catalogue that is part of the program, with each file in the place of its whole service. An earlier
`leastwise.catalogue` is replaced and not built upon, so that the result depends on nothing but the program and the
folder: keep in the folder all files that are to count. If one file cannot be used, nothing is written.")]
pub(super) struct Update {
    /// The folder of JSON files; folders in it are read too
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
}

impl Update {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let files = self.files()?;
        let merged = match read_folder_json(files.into_iter()) {
            Ok(merged) => merged,
            Err(errors) => {
                for error in &errors {
                    say(&format!("warning: {error}"));
                }
                return Err(Failure::new(
                    format!("{} cannot be used; nothing was written", count(errors.len(), "file", "files")),
                    "fetch them again, or take them out of the folder",
                ));
            }
        };
        if merged.services.is_empty() && merged.globals == 0 {
            return Err(self.without_files());
        }
        let unusable = |error| Failure::new(format!("the new catalogue cannot be used: {error}"), "use fewer files");
        let new = Catalogue::from_bytes(merged.bytes).map_err(unusable)?;
        let root = folder_here();
        let path = root.join(CATALOGUE);
        // One that cannot be read is what an update is a way out of.
        let earlier = std::fs::read(&path).ok().and_then(|bytes| Catalogue::from_bytes(bytes).ok());
        let is_current = earlier.as_ref().is_some_and(|earlier| earlier.as_bytes() == new.as_bytes());
        if !is_current {
            write(&root, &path, new.as_bytes())?;
        }

        let mut out = report::output();
        let read = count(merged.services.len(), "service", "services");
        let globals = match merged.globals {
            0 => String::new(),
            number => format!(" and {}", count(number, "global key", "global keys")),
        };
        let done = if is_current { "is up to date with" } else { "written from" };
        writeln!(out, "`{}` {done} {read}{globals}", path.display())?;
        let (old, called) = match &earlier {
            Some(earlier) => (earlier, "the earlier one"),
            None => (Catalogue::builtin(), "the catalogue of the program"),
        };
        let changes = Changes::between(old, &new);
        if !is_current {
            writeln!(out, "Compared with {called}: {}", changes.summary())?;
        }
        changes.write(&mut out)?;
        out.flush()?;
        Ok(Exit::Done)
    }

    fn without_files(&self) -> Failure {
        Failure::new(
            format!("`{}` holds no service reference files; nothing was written", self.from.display()),
            "they are one JSON file a service, such as `s3.json`, with its `Name` and `Actions`",
        )
    }

    /// The JSON files of the folder, and their texts.
    fn files(&self) -> Result<Vec<(String, String)>, Failure> {
        if self.from.is_file() {
            return Err(Failure::new(
                format!("`{}` is a file, and `--from` takes a folder", self.from.display()),
                "name the folder that it is in; all JSON files there are read",
            ));
        }
        let mut paths = Vec::new();
        find(&self.from, &mut paths).map_err(|(path, error)| Failure::of_file("read", &path, &error))?;
        paths.sort();
        if paths.is_empty() {
            return Err(self.without_files());
        }
        let (mut files, mut unread) = (Vec::new(), Vec::new());
        for path in paths {
            match std::fs::read_to_string(&path) {
                Ok(text) => files.push((path.display().to_string(), text)),
                Err(error) => unread.push(Failure::of_file("read", &path, &error)),
            }
        }
        match unread.pop() {
            None => Ok(files),
            Some(last) => {
                unread.iter().for_each(Failure::print);
                Err(last)
            }
        }
    }
}

/// The `.json` files in a folder and in the folders in it, hidden ones and links to folders left out.
fn find(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), (PathBuf, std::io::Error)> {
    let failed = |error| (folder.to_path_buf(), error);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type().map_err(failed)?.is_dir() {
            find(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

/// Writes the file beside its place, then moves it there.
fn write(root: &Path, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let failed = |error: std::io::Error| Failure::of_file("write", path, &error);
    beside(folder, bytes).map_err(failed)?.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// What one catalogue has and another has not.
#[derive(Default)]
struct Changes {
    services: Differences,
    actions: Differences,
    keys: Differences,
    /// Actions that differ, and in what.
    changed: Vec<(String, String)>,
}

#[derive(Default)]
struct Differences {
    added: Vec<String>,
    removed: Vec<String>,
}

impl Differences {
    fn between(old: BTreeMap<String, String>, new: BTreeMap<String, String>) -> Differences {
        let missing = |from: &BTreeMap<String, String>, of: &BTreeMap<String, String>| {
            of.iter().filter(|(lower, _)| !from.contains_key(*lower)).map(|(_, name)| name.clone()).collect()
        };
        Differences { added: missing(&old, &new), removed: missing(&new, &old) }
    }

    fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    /// `2 actions added, 1 removed`
    fn summary(&self, one: &str, several: &str) -> String {
        match (self.added.len(), self.removed.len()) {
            (added, 0) => format!("{} added", count(added, one, several)),
            (0, removed) => format!("{} removed", count(removed, one, several)),
            (added, removed) => format!("{} added, {removed} removed", count(added, one, several)),
        }
    }
}

fn by_lower(names: impl Iterator<Item = String>) -> BTreeMap<String, String> {
    names.map(|name| (name.to_ascii_lowercase(), name)).collect()
}

/// Every key that a catalogue lists, global or on a page.
fn keys(catalogue: &Catalogue) -> BTreeMap<String, String> {
    let listed = catalogue.services().flat_map(|service| service.condition_keys());
    by_lower(catalogue.global_keys().chain(listed).map(|key| key.name().to_owned()))
}

impl Changes {
    fn between(old: &Catalogue, new: &Catalogue) -> Changes {
        let services = |of: &Catalogue| by_lower(of.services().map(|service| service.name().to_owned()));
        let actions = |of: &Catalogue| by_lower(of.services().flat_map(Service::actions).map(Action::full_name));
        let kept =
            new.services().flat_map(Service::actions).filter_map(|new| Some((old.action(&new.full_name())?, new)));
        let changed = kept.filter_map(|(old, new)| Some((new.full_name(), difference(old, new)?)));
        Changes {
            services: Differences::between(services(old), services(new)),
            actions: Differences::between(actions(old), actions(new)),
            keys: Differences::between(keys(old), keys(new)),
            changed: changed.collect(),
        }
    }

    fn summary(&self) -> String {
        let parts = [
            (&self.services, "service", "services"),
            (&self.actions, "action", "actions"),
            (&self.keys, "condition key", "condition keys"),
        ];
        let mut said: Vec<String> = parts
            .into_iter()
            .filter(|(differences, ..)| !differences.is_empty())
            .map(|(differences, one, several)| differences.summary(one, several))
            .collect();
        if !self.changed.is_empty() {
            said.push(format!("{} changed", count(self.changed.len(), "action", "actions")));
        }
        if said.is_empty() { "nothing is new".to_owned() } else { said.join("; ") }
    }

    fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        let parts = [("Services", &self.services), ("Actions", &self.actions), ("Condition keys", &self.keys)];
        for (title, differences) in parts.into_iter().filter(|(_, differences)| !differences.is_empty()) {
            writeln!(out, "\n{title}")?;
            for (sign, names) in [('+', &differences.added), ('-', &differences.removed)] {
                for name in names {
                    writeln!(out, "  {sign} {name}")?;
                }
            }
        }
        if !self.changed.is_empty() {
            writeln!(out, "\nActions that changed")?;
            let longest = self.changed.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
            for (name, what) in &self.changed {
                writeln!(out, "  {name:<longest$}  {what}")?;
            }
        }
        Ok(())
    }
}

/// What is different about an action: its level, its resource types, its keys.
fn difference(old: Action<'_>, new: Action<'_>) -> Option<String> {
    let mut said = Vec::new();
    if old.access_level() != new.access_level() {
        said.push(format!("level {}, was {}", new.access_level().name(), old.access_level().name()));
    }
    let types = |action: Action<'_>| -> BTreeSet<(String, bool, Vec<String>)> {
        let types = action.resource_types();
        let formats = types.map(|used| (used.resource.name().to_ascii_lowercase(), used.required, used.resource));
        formats.map(|(name, required, ty)| (name, required, ty.arn_formats().map(str::to_owned).collect())).collect()
    };
    if types(old) != types(new) {
        said.push("resource types".to_owned());
    }
    let keys = |action: Action<'_>| -> BTreeSet<String> {
        action.condition_keys().map(|key| key.name().to_ascii_lowercase()).collect()
    };
    if keys(old) != keys(new) {
        said.push("condition keys".to_owned());
    }
    (!said.is_empty()).then(|| said.join("; "))
}
