//! Files, the files they use, and the names they bring in.

use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};

use super::claim::LooseClaim;
use super::library::library_source;
use crate::base::{FileId, FileSystem, SourceMap, Span};
use crate::diagnostic::{Diagnostic, closest, code};
use crate::syntax::{Item, ItemKind, Name, Parsed, StringPart, Use, UseSource, parse};

/// Names one module of a [`Project`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u32);

/// What a name of a module stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// An item: of which module, and which.
    Item(ModuleId, usize),
    /// A whole module.
    Module(ModuleId),
    /// One of several modules' items, where a claim about all of them does not say which: two of those modules.
    Several(ModuleId, ModuleId),
    /// Something that could not be brought in; that is reported where it is used from.
    Unknown,
}

/// One file, parsed.
#[derive(Debug)]
pub struct Module {
    /// Its text.
    pub file: FileId,
    /// Its tree and comments.
    pub parsed: Parsed,
    /// Its names, those it brings in included.
    pub names: HashMap<String, (Binding, Span)>,
    /// Whether it belongs to the standard library, whose declarations emit nothing.
    pub is_library: bool,
}

impl Module {
    /// The name an item declares.
    pub fn declared(item: &Item) -> Option<&Name> {
        match &item.kind {
            ItemKind::Param(parameter) | ItemKind::Extern(parameter) => Some(&parameter.name),
            ItemKind::Let(binding) => Some(&binding.name),
            ItemKind::Policy(policy) => Some(&policy.name),
            ItemKind::Role(role) => Some(&role.name),
            ItemKind::Organization(organization) => Some(&organization.name),
            ItemKind::Constraint(constraint) => Some(&constraint.name),
            ItemKind::Use(_) | ItemKind::Test(_) | ItemKind::Prove(_) | ItemKind::Error => None,
        }
    }
}

/// All modules of a run.
#[derive(Debug, Default)]
pub struct Project {
    /// The texts.
    pub sources: SourceMap,
    /// The modules, each after those that it uses.
    pub modules: Vec<Module>,
    library: BTreeMap<String, ModuleId>,
}

impl Project {
    /// The module of that number.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0 as usize]
    }

    /// Every module with its number.
    pub fn modules(&self) -> impl Iterator<Item = (ModuleId, &Module)> {
        self.modules.iter().enumerate().map(|(index, module)| (ModuleId(index as u32), module))
    }

    /// Whether a module may declare a name in a text that could not be parsed; that has been reported.
    pub fn may_declare(&self, module: &Module, name: &str) -> bool {
        let mut lost = module.parsed.file.items.iter().filter(|item| matches!(item.kind, ItemKind::Error));
        lost.any(|item| self.sources.text(item.span).contains(name))
    }

    /// `std.<name>`, if something in the project uses it.
    pub fn library(&self, name: &str) -> Option<ModuleId> {
        self.library.get(name).copied()
    }
}

/// Reads the files, whatever they use, and resolves what their `use`s name. What is wrong is in the diagnostics; what could
/// be read is in the project.
pub fn load(files: &dyn FileSystem, paths: &[PathBuf]) -> (Project, Vec<Diagnostic>) {
    load_all(files, paths, None)
}

/// Reads the files, and the claim as the last module.
pub(super) fn load_all(
    files: &dyn FileSystem,
    paths: &[PathBuf],
    claim: Option<LooseClaim<'_>>,
) -> (Project, Vec<Diagnostic>) {
    let mut loader = Loader {
        files,
        project: Project::default(),
        diagnostics: Vec::new(),
        state: HashMap::new(),
        stack: Vec::new(),
        library_stack: Vec::new(),
    };
    for path in paths {
        loader.file(path, None);
    }
    if let Some(claim) = claim {
        loader.claim(claim);
    }
    (loader.project, loader.diagnostics)
}

#[derive(Clone, Copy)]
enum State {
    Loading,
    Loaded(Option<ModuleId>),
}

pub(super) struct Loader<'a> {
    files: &'a dyn FileSystem,
    pub(super) project: Project,
    pub(super) diagnostics: Vec<Diagnostic>,
    state: HashMap<PathBuf, State>,
    stack: Vec<(PathBuf, Option<Span>)>,
    library_stack: Vec<&'static str>,
}

impl Loader<'_> {
    fn file(&mut self, path: &Path, used_at: Option<Span>) -> Option<ModuleId> {
        let path = normal(path);
        match self.state.get(&path) {
            Some(State::Loaded(module)) => return *module,
            Some(State::Loading) => {
                self.cycle(&path, used_at);
                return None;
            }
            None => {}
        }
        let text = match self.files.read(&path) {
            Ok(text) => text,
            Err(error) => {
                self.unreadable(&path, used_at, &error);
                self.state.insert(path, State::Loaded(None));
                return None;
            }
        };
        self.state.insert(path.clone(), State::Loading);
        self.stack.push((path.clone(), used_at));
        let name = path.to_string_lossy().replace('\\', "/");
        let file = self.project.sources.add(name, text);
        let module = self.module(file, path.parent().unwrap_or(Path::new("")), false);
        self.stack.pop();
        self.state.insert(path, State::Loaded(Some(module)));
        Some(module)
    }

    pub(super) fn library(&mut self, name: &str) -> Option<ModuleId> {
        if let Some(module) = self.project.library(name) {
            return Some(module);
        }
        let text = library_source(name)?;
        if self.library_stack.contains(&text) {
            return None;
        }
        self.library_stack.push(text);
        let file = self.project.sources.add(format!("std/{name}.lw"), text);
        let module = self.module(file, Path::new(""), true);
        self.library_stack.pop();
        self.project.library.insert(name.to_owned(), module);
        Some(module)
    }

    fn module(&mut self, file: FileId, folder: &Path, is_library: bool) -> ModuleId {
        let text = self.project.sources.file(file).text().clone();
        let parsed = parse(file, &text);
        self.diagnostics.extend(parsed.diagnostics.iter().cloned());
        let mut names = HashMap::new();
        let uses: Vec<Use> = parsed
            .file
            .items
            .iter()
            .filter_map(|item| if let ItemKind::Use(u) = &item.kind { Some(u.clone()) } else { None })
            .collect();
        for one in &uses {
            self.bring_in(one, folder, &mut names);
        }
        for name in mentioned_library_modules(&text) {
            self.library(name);
        }
        let id = ModuleId(self.project.modules.len() as u32);
        for (index, item) in parsed.file.items.iter().enumerate() {
            if let Some(name) = Module::declared(item) {
                self.declare(&mut names, name, Binding::Item(id, index));
            }
        }
        self.project.modules.push(Module { file, parsed, names, is_library });
        id
    }

    fn bring_in(&mut self, one: &Use, folder: &Path, names: &mut HashMap<String, (Binding, Span)>) {
        let (module, rest, span) = match &one.source {
            UseSource::File(literal) => {
                let Some(path) = literal.plain() else {
                    if literal.parts.iter().any(|part| matches!(part, StringPart::Error)) {
                        return;
                    }
                    self.diagnostics.push(
                        Diagnostic::new(&code::UNKNOWN_NAME, literal.span, "the path of a file cannot be computed")
                            .help("write the path out"),
                    );
                    return;
                };
                (self.file(&folder.join(path), Some(literal.span)), [].as_slice(), literal.span)
            }
            UseSource::Library(path) => {
                let [root, rest @ ..] = path.names.as_slice() else { return };
                let [name, rest @ ..] = rest else {
                    self.diagnostics.push(
                        Diagnostic::new(&code::UNKNOWN_NAME, path.span, "this `use` names no module")
                            .help(LIBRARY_HELP),
                    );
                    return;
                };
                if root.text != "std" {
                    let diagnostic =
                        Diagnostic::new(&code::UNKNOWN_NAME, root.span, format!("`{}` is no library", root.text));
                    self.diagnostics.push(diagnostic.help(LIBRARY_HELP));
                    return;
                }
                let module = self.library(&name.text);
                if module.is_none() {
                    let mut diagnostic =
                        Diagnostic::new(&code::UNKNOWN_NAME, name.span, format!("`std` has no module `{}`", name.text));
                    if let Some(near) = closest(&name.text, super::library_modules().map(|(name, _)| name)) {
                        diagnostic = diagnostic.fix(format!("did you mean `{near}`?"), name.span, near);
                    }
                    self.diagnostics.push(diagnostic);
                }
                (module, rest, path.span)
            }
        };
        if let [name, ..] = rest {
            let binding = self.member(module, name);
            self.declare(names, one.alias.as_ref().unwrap_or(rest.last().unwrap_or(name)), binding);
        } else if let Some(list) = &one.names {
            for entry in list {
                let binding = self.member(module, &entry.name);
                self.declare(names, entry.alias.as_ref().unwrap_or(&entry.name), binding);
            }
        } else {
            let name = one.alias.clone().or_else(|| default_alias(&one.source, span));
            match name {
                Some(name) => self.declare(names, &name, module.map_or(Binding::Unknown, Binding::Module)),
                None => self.diagnostics.push(
                    Diagnostic::new(&code::UNKNOWN_NAME, span, "this file's name cannot name a module")
                        .help("name it: `use \"...\" as name`"),
                ),
            }
        }
    }

    fn member(&mut self, module: Option<ModuleId>, name: &Name) -> Binding {
        let Some(module) = module else { return Binding::Unknown };
        let module = self.project.module(module);
        if let Some((binding, _)) = module.names.get(&name.text) {
            return *binding;
        }
        if self.project.may_declare(module, &name.text) {
            return Binding::Unknown;
        }
        let mut diagnostic = Diagnostic::new(
            &code::UNKNOWN_NAME,
            name.span,
            format!("`{}` declares no `{}`", self.project.sources.file(module.file).name(), name.text),
        );
        let mut known: Vec<&str> = module.names.keys().map(String::as_str).collect();
        known.sort_unstable();
        if let Some(near) = closest(&name.text, known) {
            diagnostic = diagnostic.fix(format!("did you mean `{near}`?"), name.span, near);
        }
        self.diagnostics.push(diagnostic);
        Binding::Unknown
    }

    fn declare(&mut self, names: &mut HashMap<String, (Binding, Span)>, name: &Name, binding: Binding) {
        if let Some((_, first)) = names.get(&name.text) {
            self.diagnostics.push(
                Diagnostic::new(&code::DUPLICATE_NAME, name.span, format!("`{}` is declared twice", name.text))
                    .label("again here")
                    .also(*first, "first here")
                    .help("give one of them another name"),
            );
            return;
        }
        names.insert(name.text.clone(), (binding, name.span));
    }

    fn cycle(&mut self, path: &Path, used_at: Option<Span>) {
        let start = self.stack.iter().position(|(other, _)| other == path).unwrap_or_default();
        let way: Vec<String> = self.stack[start..]
            .iter()
            .map(|(path, _)| path.display().to_string())
            .chain([path.display().to_string()])
            .collect();
        let mut diagnostic = Diagnostic::new(
            &code::IMPORT_CYCLE,
            used_at.unwrap_or_default(),
            format!("files use each other in a circle: {}", way.join(" -> ")),
        )
        .label("closes the circle")
        .help("move what both need into a file that uses neither");
        for (_, span) in self.stack[start + 1..].iter() {
            if let Some(span) = span {
                diagnostic = diagnostic.also(*span, "by way of this");
            }
        }
        self.diagnostics.push(diagnostic);
    }

    fn unreadable(&mut self, path: &Path, used_at: Option<Span>, error: &std::io::Error) {
        let reason = if error.kind() == std::io::ErrorKind::InvalidData {
            "it is not UTF-8 text".to_owned()
        } else {
            error.to_string()
        };
        let message = format!("cannot read `{}`: {reason}", path.display());
        let span = used_at.unwrap_or_else(|| {
            let file = self.project.sources.add(path.to_string_lossy(), "");
            Span::new(file, 0, 0)
        });
        self.diagnostics.push(Diagnostic::new(&code::UNREADABLE_FILE, span, message).label("this file").help(
            if used_at.is_some() {
                "give the path of a `.lw` file that exists, as seen from this file"
            } else {
                "give the path of a `.lw` file that exists"
            },
        ));
    }
}

const LIBRARY_HELP: &str = "write `use std.trust`, `use std.trust.{cross-account}`, or the path of a file in quotes: `use \"./lib.lw\" as lib`";

/// `std.trust` is known as `trust`, `./lib/buckets.lw` as `buckets`.
fn default_alias(source: &UseSource, span: Span) -> Option<Name> {
    match source {
        UseSource::Library(path) => path.names.last().cloned(),
        UseSource::File(literal) => {
            let path = literal.plain()?;
            let stem = Path::new(&path).file_stem()?.to_str()?.to_owned();
            let valid = stem.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && stem.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
            valid.then_some(Name { text: stem, span })
        }
    }
}

/// The modules of the library that a text names by their full path, `std.trust.deploy(...)`, without a `use`.
pub(super) fn mentioned_library_modules(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("std.").filter_map(|(at, _)| {
        let rest = &text[at + 4..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len());
        (end > 0).then(|| &rest[..end])
    })
}

/// The path without `.` and, where it can be, without `..`, so that one file has one name.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(normal.components().next_back(), Some(Component::Normal(_))) => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}
