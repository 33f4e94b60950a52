//! The pages of `docs` and the README are run.
//!
//! A heading starts an empty folder, and the blocks below it, up to the next heading, work in it one after the other:
//!
//! - `toml` is its `leastwise.toml`.
//! - `lw` is the file that its first line names, `// file: lib/buckets.lw`, or `example.lw`. It must compile.
//! - `lw refused=CODE` must not: every finding that fails the build has that code.
//! - `lw warned=CODE` compiles, with that finding.
//! - `json` is what the `lw` block before it compiles to; `json NAME` one policy of several.
//! - `json file=NAME` and `toml file=NAME` are that file, of any sort.
//! - `sh`: each line that starts with `$ ` is run in the folder, with `leastwise` on the path. Where lines follow it, they are
//!   what it prints, on either stream: a line `...` stands for any lines, `...` in a line for any characters.
//!   `cargo run ... -- ARGUMENTS` is run in the repository as `leastwise ARGUMENTS`; other commands of cargo are passed over.
//!
//! Blocks of other languages, and of none, are not looked at.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const LEASTWISE: &str = env!("CARGO_BIN_EXE_leastwise");
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn the_reference_holds() {
    run("docs/language.md");
}

#[test]
fn the_page_on_imports_holds() {
    run("docs/import.md");
}

#[test]
fn the_page_on_lint_holds() {
    run("docs/lint.md");
}

#[test]
fn the_readme_holds() {
    run("README.md");
}

struct Block<'a> {
    line: usize,
    /// What follows the backticks: the language and its conditions.
    info: Vec<&'a str>,
    text: String,
}

enum Part<'a> {
    Heading,
    Block(Block<'a>),
}

fn parts(page: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for (index, line) in page.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => parts.extend(open.take().map(Part::Block)),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, Some(info)) => {
                open = Some(Block { line: index + 1, info: info.split_whitespace().collect(), text: String::new() })
            }
            (None, None) if line.starts_with('#') => parts.push(Part::Heading),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    parts
}

fn run(page: &str) {
    let text = std::fs::read_to_string(Path::new(ROOT).join(page)).unwrap();
    let (mut failures, mut blocks) = (Vec::new(), 0);
    let mut folder = TempDir::new().unwrap();
    let mut source = None;
    for part in parts(&text) {
        match part {
            Part::Heading => (folder, source) = (TempDir::new().unwrap(), None),
            Part::Block(block) => {
                blocks += 1;
                if let Err(reason) = check(&block, folder.path(), &mut source) {
                    failures.push(format!("{page}:{}: {reason}", block.line));
                }
            }
        }
    }
    assert!(blocks > 0, "{page} has no blocks");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

fn check(block: &Block<'_>, folder: &Path, source: &mut Option<String>) -> Result<(), String> {
    match block.info.as_slice() {
        ["toml"] => write(folder, "leastwise.toml", &block.text),
        ["lw", conditions @ ..] => {
            let first = block.text.lines().next().unwrap_or_default();
            let name = first.strip_prefix("// file: ").unwrap_or("example.lw");
            write(folder, name, &block.text);
            *source = Some(name.to_owned());
            return compiles(folder, name, conditions);
        }
        ["json" | "toml", condition] if condition.starts_with("file=") => {
            write(folder, &condition["file=".len()..], &block.text);
        }
        ["json", names @ ..] => {
            let source = source.as_deref().ok_or("there is no `lw` block before this one")?;
            return equals(folder, source, names, &block.text);
        }
        ["sh"] => return shell(folder, &block.text),
        _ => {}
    }
    Ok(())
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn leastwise(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(LEASTWISE).args(arguments).current_dir(folder).env_remove("CI").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn compiles(folder: &Path, name: &str, conditions: &[&str]) -> Result<(), String> {
    let output = leastwise(folder, &["check", name, "--output", "json"]);
    let report: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("{error}: {}", text(&output.stderr)))?;
    let findings = report["findings"].as_array().unwrap();
    let codes = |level: &str| -> BTreeSet<&str> {
        let of_level = findings.iter().filter(|finding| finding["level"] == level && finding["accepted"].is_null());
        of_level.map(|finding| finding["code"].as_str().unwrap()).collect()
    };
    let wanted = |word: &str| -> BTreeSet<&str> {
        conditions.iter().filter_map(|condition| condition.strip_prefix(word)?.strip_prefix('=')).collect()
    };
    if codes("deny") != wanted("refused") || codes("warn") != wanted("warned") {
        let output = leastwise(folder, &["check", name]);
        return Err(format!("found deny {:?}, warn {:?}:\n{}", codes("deny"), codes("warn"), text(&output.stderr)));
    }
    Ok(())
}

fn equals(folder: &Path, source: &str, names: &[&str], expected: &str) -> Result<(), String> {
    let only = names.iter().flat_map(|name| ["--only", name]);
    let arguments: Vec<&str> = ["build", source, "--stdout"].into_iter().chain(only).collect();
    let output = leastwise(folder, &arguments);
    let found: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("{error}: {}{}", text(&output.stdout), text(&output.stderr)))?;
    let expected: Value = serde_json::from_str(expected).map_err(|error| error.to_string())?;
    if found == expected { Ok(()) } else { Err(format!("it compiles to\n{found:#}")) }
}

fn shell(folder: &Path, block: &str) -> Result<(), String> {
    let mut lines = block.lines().peekable();
    while let Some(line) = lines.next() {
        let command = line.strip_prefix("$ ").ok_or_else(|| format!("`{line}` is no command"))?;
        let mut shown = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
            shown.push(line);
        }
        let (folder, command) = match command.strip_prefix("cargo run ") {
            Some(rest) => (Path::new(ROOT), format!("leastwise {}", rest.split_once("-- ").unwrap().1)),
            None if command.starts_with("cargo ") => continue,
            None => (folder, command.to_owned()),
        };
        let bin = Path::new(LEASTWISE).parent().unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1; {command}")])
            .current_dir(folder)
            .env("PATH", path)
            .env_remove("CI")
            .output()
            .map_err(|error| error.to_string())?;
        let printed = text(&output.stdout);
        if !shown.is_empty() && !matches(&printed.lines().map(str::trim_end).collect::<Vec<_>>(), &shown) {
            return Err(format!("`{command}` prints\n{printed}"));
        }
        if shown.is_empty() && !output.status.success() {
            return Err(format!("`{command}` fails:\n{printed}"));
        }
    }
    Ok(())
}

/// Whether these lines were printed; `...` stands for any number of them.
fn matches(printed: &[&str], shown: &[&str]) -> bool {
    match shown {
        [] => printed.iter().all(|line| line.is_empty()),
        ["...", rest @ ..] => (0..=printed.len()).any(|at| matches(&printed[at..], rest)),
        [first, rest @ ..] => printed.first().is_some_and(|line| is_like(line, first)) && matches(&printed[1..], rest),
    }
}

/// Whether a line was printed; `...` stands for any characters.
fn is_like(printed: &str, shown: &str) -> bool {
    match shown.split_once("...") {
        None => printed == shown,
        Some((before, after)) => printed
            .strip_prefix(before)
            .is_some_and(|rest| (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|rest| is_like(rest, after)))),
    }
}
