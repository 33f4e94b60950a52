//! Which project a command is about: its folder, its settings, its sources, its catalogue.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::base::{DiskFileSystem, FileSystem, MemoryFileSystem, Overlay};
use crate::catalogue::{Catalogue, CatalogueError, KeyType, update};
use crate::minimise::Divided;
use crate::pipeline::{self, Analysis, Options, analyse, run_tests};
use crate::policy::Kind;
use crate::project::{Config, LooseClaim, SETTINGS, read_config};
use crate::verify::Tested;

use super::failure::Failure;

/// The catalogue of a project that has one of its own, beside its settings.
pub(super) const CATALOGUE: &str = "leastwise.catalogue";
/// How standard input is shown.
const STDIN: &str = "<stdin>";

/// What a command works on.
pub(super) struct Workspace {
    /// The folder of `leastwise.toml`; the working folder where there is none.
    pub(super) root: PathBuf,
    /// The settings.
    pub(super) config: Config,
    /// The files to read, as they are shown.
    pub(super) sources: Vec<PathBuf>,
    /// Standard input, where it is one of the sources.
    stdin: MemoryFileSystem,
    /// The catalogue, where it is not the one that is part of the program.
    own_catalogue: Option<Catalogue>,
}

impl Workspace {
    /// The project of these paths: that of the nearest `leastwise.toml` at or above the first of them, or above the working folder.
    /// Paths that name a project's folder, and no paths at all, stand for its sources.
    pub(super) fn open(paths: &[PathBuf]) -> Result<Self, Failure> {
        let (root, config) = project_of(paths)?;
        let own_catalogue = own_catalogue(&root, &config)?;
        let mut workspace =
            Self { root, config, sources: Vec::new(), stdin: MemoryFileSystem::default(), own_catalogue };
        workspace.find_sources(paths)?;
        // A part of the sources does not show what the settings are about.
        if !paths.is_empty() && !matches!(paths, [path] if same_folder(path, &workspace.root)) {
            workspace.config.text = None;
        }
        Ok(workspace)
    }

    fn find_sources(&mut self, paths: &[PathBuf]) -> Result<(), Failure> {
        for path in list_sources(paths, &self.root, &self.config)? {
            if is_stdin(&path) {
                self.stdin = MemoryFileSystem::new([(STDIN, read_stdin()?)]);
                self.sources.push(STDIN.into());
            } else {
                self.sources.push(path);
            }
        }
        Ok(())
    }

    /// What AWS has, as this project sees it.
    pub(super) fn catalogue(&self) -> &Catalogue {
        self.own_catalogue.as_ref().unwrap_or_else(|| Catalogue::builtin())
    }

    /// Judges an analysis as a build does: what is larger than AWS takes is minimised or divided, and the tests are run, if they are
    /// to be, on policies that are whole.
    pub(super) fn judge(
        &self,
        set: &BTreeMap<String, String>,
        today: Option<&str>,
        analysis: &mut Analysis,
        with_tests: bool,
    ) {
        let divided = self.fit(analysis);
        if with_tests {
            self.run_tests(set, today, analysis);
        }
        self.divide(divided, analysis);
    }

    /// Runs the tests of the sources, and adds what is not so to the analysis.
    pub(super) fn run_tests(
        &self,
        set: &BTreeMap<String, String>,
        today: Option<&str>,
        analysis: &mut Analysis,
    ) -> Vec<Tested> {
        let files = Overlay::new(self.stdin.clone(), &DiskFileSystem);
        let options = Options { catalogue: self.catalogue(), config: &self.config, set, today };
        run_tests(&files, &self.sources, options, analysis)
    }

    /// Minimises what is larger than AWS takes; see [`pipeline::fit`].
    pub(super) fn fit(&self, analysis: &mut Analysis) -> Vec<Divided> {
        pipeline::fit(self.options(), analysis)
    }

    /// Divides what is larger even so.
    pub(super) fn divide(&self, divided: Vec<Divided>, analysis: &mut Analysis) {
        pipeline::divide(self.options(), divided, analysis);
    }

    fn options(&self) -> Options<'_> {
        static NONE: BTreeMap<String, String> = BTreeMap::new();
        Options { catalogue: self.catalogue(), config: &self.config, set: &NONE, today: None }
    }

    /// All that is known of the sources, and of a claim about what they declare.
    pub(super) fn analyse_claim(
        &self,
        claim: LooseClaim<'_>,
        set: &BTreeMap<String, String>,
        today: Option<&str>,
    ) -> Analysis {
        let files = Overlay::new(self.stdin.clone(), &DiskFileSystem);
        let options = Options { catalogue: self.catalogue(), config: &self.config, set, today };
        pipeline::analyse_claim(&files, &self.sources, claim, options)
    }

    /// All that is known of the sources.
    pub(super) fn analyse(&self, set: &BTreeMap<String, String>, today: Option<&str>) -> Analysis {
        let files = Overlay::new(self.stdin.clone(), &DiskFileSystem);
        analyse(&files, &self.sources, Options { catalogue: self.catalogue(), config: &self.config, set, today })
    }
}

/// The sources that these paths stand for, `-` for standard input among them; for a command that needs no more of a project.
pub(super) fn source_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let (root, config) = project_of(paths)?;
    list_sources(paths, &root, &config)
}

/// The folder and the settings of the project of these paths.
fn project_of(paths: &[PathBuf]) -> Result<(PathBuf, Config), Failure> {
    let start = paths.first().filter(|path| !is_stdin(path)).map_or(Path::new("."), PathBuf::as_path);
    match project_root(start) {
        Some(root) => settings(&root.join(SETTINGS)).map(|config| (root, config)),
        None => Ok((PathBuf::new(), Config::default())),
    }
}

fn list_sources(paths: &[PathBuf], root: &Path, config: &Config) -> Result<Vec<PathBuf>, Failure> {
    let listed: Vec<PathBuf> = config.project.sources.iter().map(|path| root.join(path)).collect();
    let of_project = if listed.is_empty() { vec![root.to_path_buf()] } else { listed };
    let mut seen = BTreeSet::new();
    let mut sources = Vec::new();
    let wanted = if paths.is_empty() { vec![root.to_path_buf()] } else { paths.to_vec() };
    for path in wanted {
        if is_stdin(&path) {
            sources.push(path);
            continue;
        }
        let is_project = same_folder(&path, root);
        for path in if is_project { of_project.clone() } else { vec![path] } {
            let path = if path.as_os_str().is_empty() { PathBuf::from(".") } else { path };
            let found = DiskFileSystem.sources(&path).map_err(|error| Failure::of_file("read", &path, &error))?;
            let found = found.into_iter().map(|file| file.strip_prefix("./").map(Path::to_path_buf).unwrap_or(file));
            sources.extend(found.filter(|file| seen.insert(file.clone())));
        }
    }
    if sources.is_empty() {
        let place = paths.first().map_or_else(|| "here".to_owned(), |path| format!("in `{}`", path.display()));
        return Err(Failure::new(
            format!("there are no `.lw` files {place}"),
            "name the files to read, or start a project with `leastwise init`",
        ));
    }
    Ok(sources)
}

/// The folder of the project that the working folder belongs to; empty for the working folder itself.
pub(super) fn folder_here() -> PathBuf {
    project_root(Path::new(".")).unwrap_or_default()
}

/// The settings of the project in that folder; the defaults where it is none.
pub(super) fn settings_here(root: &Path) -> Result<Config, Failure> {
    let path = root.join(SETTINGS);
    if path.is_file() { settings(&path) } else { Ok(Config::default()) }
}

/// What AWS has, as the project in that folder sees it; `None` where it is what the program knows.
pub(super) fn catalogue_of(root: &Path) -> Result<Option<Catalogue>, Failure> {
    own_catalogue(root, &settings_here(root)?)
}

pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

pub(super) fn read_stdin() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| Failure::of_file("read", Path::new(STDIN), &error))?;
    Ok(text)
}

fn same_folder(a: &Path, b: &Path) -> bool {
    let canonical =
        |path: &Path| std::fs::canonicalize(if path.as_os_str().is_empty() { Path::new(".") } else { path });
    a == b || a.is_dir() && matches!((canonical(a), canonical(b)), (Ok(a), Ok(b)) if a == b)
}

/// The nearest folder at or above a path that holds `leastwise.toml`, as seen from the working folder.
fn project_root(path: &Path) -> Option<PathBuf> {
    let mut folder = if path.is_dir() { path.to_path_buf() } else { path.parent()?.to_path_buf() };
    let depth = std::fs::canonicalize(if folder.as_os_str().is_empty() { Path::new(".") } else { &folder })
        .ok()?
        .components()
        .count();
    for _ in 0..depth {
        if folder.join(SETTINGS).is_file() {
            return Some(folder.strip_prefix(".").map(Path::to_path_buf).unwrap_or(folder));
        }
        let names_a_folder = matches!(folder.components().next_back(), Some(std::path::Component::Normal(_)));
        if !(names_a_folder && folder.pop()) {
            folder = folder.join("..");
        }
    }
    None
}

fn settings(path: &Path) -> Result<Config, Failure> {
    let text = DiskFileSystem.read(path).map_err(|error| Failure::of_file("read", path, &error))?;
    let config = read_config(&text).map_err(|error| {
        let place = error.range.map(|range| {
            let before = &text[..range.start.min(text.len())];
            let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
            format!(":{}:{column}", before.matches('\n').count() + 1)
        });
        let message = error.message.replace('\n', "; ");
        Failure::new(
            format!("{}{}: {message}", path.display(), place.unwrap_or_default()),
            "its tables are `[project]`, `[defaults]`, `[params]`, `[levels]`, `[limits]`, `[constraints]`, `[proofs]` and `[catalogue]`",
        )
    })?;
    let known = Kind::ALL.map(Kind::keyword);
    match config.limits.keys().find(|kind| !known.contains(&kind.as_str())) {
        None => Ok(config),
        Some(kind) => Err(Failure::new(
            format!("{}: `{kind}`, under `[limits]`, is no kind of policy", path.display()),
            format!("the kinds are `{}`", known.join("`, `")),
        )),
    }
}

/// The catalogue in the project's folder, and what its settings declare; `None` where there is neither.
fn own_catalogue(root: &Path, config: &Config) -> Result<Option<Catalogue>, Failure> {
    let path = root.join(CATALOGUE);
    let kept = match std::fs::read(&path) {
        Ok(bytes) => Some(Catalogue::from_bytes(bytes).map_err(|error| {
            Failure::new(
                format!("cannot use `{}`: {error}", path.display()),
                "make it anew with `leastwise catalogue update --from DIR`, or remove it",
            )
        })?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(Failure::of_file("read", &path, &error)),
    };
    let declared = &config.catalogue;
    if declared.actions.is_empty() && declared.condition_keys.is_empty() {
        return Ok(kept);
    }
    let keys = declared.condition_keys.iter().map(|(name, ty)| Ok((name.clone(), vec![key_type(name, ty)?])));
    let keys = keys.collect::<Result<Vec<_>, Failure>>()?;
    let unusable = |error: CatalogueError| {
        Failure::new(
            format!("`[catalogue]` of {SETTINGS} cannot be used: {error}"),
            "declare what is missing as AWS writes it",
        )
    };
    let base = kept.as_ref().unwrap_or_else(|| Catalogue::builtin());
    let bytes = update::with_declared(base, &declared.actions, &keys).map_err(unusable)?;
    Catalogue::from_bytes(bytes).map(Some).map_err(unusable)
}

fn key_type(key: &str, name: &str) -> Result<KeyType, Failure> {
    let types = KeyType::ALL;
    types.into_iter().find(|ty| ty.name().eq_ignore_ascii_case(name)).ok_or_else(|| {
        let known: Vec<&str> = types.iter().map(|ty| ty.name()).collect();
        Failure::new(
            format!("`{name}`, given for `{key}`, is no type of a condition key"),
            format!("the types are `{}`", known.join("`, `")),
        )
    })
}
