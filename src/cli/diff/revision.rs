//! Paths as they were in a revision of git, in a folder of their own.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::cli::failure::Failure;
use crate::cli::report::Inputs;
use crate::cli::workspace::is_stdin;
use crate::policy::Kind;

use super::given::Given;

/// What may belong to a project, or be policy JSON.
const ENDINGS: [&str; 6] = ["lw", "json", "jsonl", "ndjson", "toml", "catalogue"];

/// The paths as they were in a revision, and as they are.
pub(super) fn sides(
    rev: &str,
    paths: &[PathBuf],
    kind: Option<Kind>,
    inputs: &Inputs,
) -> Result<(Given, Given), Failure> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here } else { paths };
    if paths.iter().any(|path| is_stdin(path)) {
        return Err(Failure::new("standard input has no revisions", "name files or folders of the working tree"));
    }
    let exported = Exported::new(rev, &paths[0])?;
    let (mut old, mut new) = (Given::default(), Given::default());
    for path in paths {
        let before = exported.place(path)?;
        if !before.exists() && !path.exists() {
            let message = format!("`{}` is neither here nor in `{rev}`", path.display());
            return Err(Failure::new(message, "check the path"));
        }
        if before.exists() && has_policies(&before).map_err(|failure| failure.reworded(|text| exported.shown(text)))? {
            old.add(Given::read_as(&before, kind, inputs, &|text| exported.shown(text))?);
        }
        if path.exists() && has_policies(path)? {
            new.add(Given::read(path, kind, inputs)?);
        }
    }
    Ok((old, new))
}

/// Whether there is anything to read: a folder without policies is one from which they are gone, or not there yet.
fn has_policies(path: &Path) -> Result<bool, Failure> {
    use crate::base::DiskFileSystem;
    let found = DiskFileSystem.below(path, &["lw", "json", "jsonl", "ndjson"]);
    Ok(!path.is_dir() || !found.map_err(|error| Failure::of_file("read", path, &error))?.is_empty())
}

impl Given {
    /// With the policies and roles of another path.
    fn add(&mut self, other: Given) {
        let is_first = self.policies.is_empty() && self.declared.roles.is_empty();
        self.policies.extend(other.policies);
        self.declared.policies.extend(other.declared.policies);
        self.declared.roles.extend(other.declared.roles);
        self.declared.organizations.extend(other.declared.organizations);
        self.is_single = is_first && other.is_single;
        self.defaults = other.defaults;
        self.catalogue = other.catalogue;
    }
}

/// The files of a revision.
struct Exported {
    /// The folder of the working tree.
    root: PathBuf,
    rev: String,
    folder: TempDir,
}

impl Exported {
    /// Writes the files of a revision of the repository that a path is in.
    fn new(rev: &str, path: &Path) -> Result<Self, Failure> {
        let start = path.ancestors().find(|one| one.is_dir()).filter(|one| !one.as_os_str().is_empty());
        let git = Git { folder: start.unwrap_or(Path::new(".")) };
        let root = git.line(&["rev-parse", "--show-toplevel"], || {
            Failure::new(
                format!("`{}` is in no working tree of git", path.display()),
                "compare two files or folders: `leastwise diff OLD NEW`",
            )
        })?;
        let wanted = format!("{rev}^{{tree}}");
        let tree = git.line(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted], || {
            Failure::new(
                format!("git knows no revision `{rev}`"),
                "name a branch, a tag or a commit; fetch it first where it is not here, as in a shallow clone",
            )
        })?;
        let folder = tempfile::tempdir().map_err(|error| Failure::of_file("make", Path::new("a folder"), &error))?;
        let exported = Self { root: PathBuf::from(root), rev: rev.to_owned(), folder };
        exported.write(&tree, rev)?;
        Ok(exported)
    }

    /// Checks out, by an index of its own, the files that may matter.
    fn write(&self, tree: &str, rev: &str) -> Result<(), Failure> {
        let git = Git { folder: &self.root };
        let index = self.folder.path().join("index");
        let failed = |output: &Output| {
            let said = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
            Failure::new(
                format!("git cannot give the files of `{rev}`: {said}"),
                "look at the repository with `git fsck`",
            )
        };
        let run = |arguments: &[&OsStr], input: &[u8]| {
            let output = git.run(arguments, Some(&index), input)?;
            if output.status.success() { Ok(output.stdout) } else { Err(failed(&output)) }
        };
        run(&["read-tree".as_ref(), tree.as_ref()], &[])?;
        let names = run(&["ls-files".as_ref(), "-z".as_ref(), "--full-name".as_ref()], &[])?;
        let is_wanted = |name: &&[u8]| {
            let ending = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
            ENDINGS.iter().any(|one| one.as_bytes().eq_ignore_ascii_case(ending))
        };
        let wanted: Vec<&[u8]> = names.split(|byte| *byte == 0).filter(is_wanted).collect();
        let mut prefix = std::ffi::OsString::from("--prefix=");
        prefix.push(self.files());
        prefix.push("/");
        let arguments =
            ["checkout-index".as_ref(), "-q".as_ref(), "-z".as_ref(), "--stdin".as_ref(), prefix.as_os_str()];
        run(&arguments, &wanted.join(&0))?;
        Ok(())
    }

    /// A text in which the files are called as git calls them, `REV:path`.
    fn shown(&self, text: &str) -> String {
        let files = self.files().to_string_lossy().into_owned();
        let named = format!("{}:", self.rev);
        // Sources are named with `/` everywhere.
        let with_slashes = files.replace('\\', "/");
        let each = [format!("{files}{}", std::path::MAIN_SEPARATOR), format!("{with_slashes}/"), files];
        each.iter().fold(text.to_owned(), |text, path| text.replace(path, &named))
    }

    fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    /// Where a path of the working tree stands among the files.
    fn place(&self, path: &Path) -> Result<PathBuf, Failure> {
        let of_disk = |error: std::io::Error| Failure::of_file("find", path, &error);
        let whole = normal(&std::path::absolute(path).map_err(of_disk)?);
        // What is not there any more has a folder above it that is.
        let there = whole.ancestors().find(|one| one.exists()).unwrap_or(&whole);
        let below = whole.strip_prefix(there).unwrap_or(Path::new(""));
        let whole = std::fs::canonicalize(there).map_err(of_disk)?.join(below);
        let root = std::fs::canonicalize(&self.root).map_err(of_disk)?;
        let inside = whole.strip_prefix(&root).map_err(|_| {
            let message = format!("`{}` is not in the repository `{}`", path.display(), root.display());
            Failure::new(message, "compare the paths of one repository")
        })?;
        Ok(if inside.as_os_str().is_empty() { self.files() } else { self.files().join(inside) })
    }
}

/// A path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The program, in a folder.
struct Git<'a> {
    folder: &'a Path,
}

impl Git<'_> {
    fn run(&self, arguments: &[&OsStr], index: Option<&Path>, input: &[u8]) -> Result<Output, Failure> {
        let missing = |error: std::io::Error| {
            Failure::new(
                format!("cannot run `git`: {error}"),
                "`--rev` needs git on the path; without it, compare two files or folders",
            )
        };
        let mut command = Command::new("git");
        command.arg("-C").arg(self.folder).args(arguments);
        if let Some(index) = index {
            command.env("GIT_INDEX_FILE", index);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(missing)?;
        // Git says itself what is wrong where it does not read.
        let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input));
        child.wait_with_output().map_err(missing)
    }

    /// The line that a command prints; the failure where it fails.
    fn line(&self, arguments: &[&str], failure: impl FnOnce() -> Failure) -> Result<String, Failure> {
        let arguments: Vec<&OsStr> = arguments.iter().map(|one| OsStr::new(*one)).collect();
        let output = self.run(&arguments, None, &[])?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned()),
            false => Err(failure()),
        }
    }
}
