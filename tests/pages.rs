//! The pages of the codes, `docs/codes/NAME.md`, are run: what a page calls wrong is reported with its code, and what it
//! calls right is not.
//!
//! A section's `lw` block is a file of its own, and a case; so is a `json` block, a policy document to be linted, whose kind may stand behind the word (`json trust`); blocks that start with `// file: name.lw` are one case together. A
//! `toml` block is the `leastwise.toml` of the blocks behind it in its section. `<!-- today: 2026-11-25 -->` gives a page its
//! day, and `<!-- also: code -->` says that its wrong block is reported with that code too.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use leastwise::base::{MemoryFileSystem, SourceMap};
use leastwise::catalogue::{Catalogue, KeyType, update};
use leastwise::diagnostic::{self, Code, Diagnostic, Level};
use leastwise::emit;
use leastwise::pipeline::{Options, analyse, compile, run_tests};
use leastwise::policy::Kind;
use leastwise::project::{Config, read_config};

#[path = "support/json.rs"]
mod json;
use json::lint_json;

/// The sections of a page: each must be there but the last.
const SECTIONS: [&str; 4] = ["Why", "Wrong", "Right", "If it is right"];

struct Page {
    name: String,
    text: String,
}

/// A project that a page shows.
struct Case {
    settings: String,
    files: Vec<(String, String)>,
}

/// A finding, and the text that it is about; `None` where that is in no file of the case.
struct Found {
    finding: Diagnostic,
    text: Option<String>,
}

fn pages() -> Vec<Page> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codes");
    let mut pages: Vec<Page> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            assert_eq!(path.extension().unwrap(), "md", "{} is no page", path.display());
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            Page { name, text: std::fs::read_to_string(path).unwrap() }
        })
        .collect();
    pages.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!pages.is_empty(), "there are no pages");
    pages
}

impl Page {
    fn code(&self) -> &'static Code {
        diagnostic::find(&self.name).unwrap_or_else(|| panic!("no code is called `{}`", self.name))
    }

    /// The titles of its sections, in order.
    fn titles(&self) -> Vec<&str> {
        self.text.lines().filter_map(|line| line.strip_prefix("## ")).collect()
    }

    fn section(&self, title: &str) -> &str {
        let start = self.text.find(&format!("\n## {title}\n")).map_or(self.text.len(), |at| at + title.len() + 5);
        self.text[start..].split("\n## ").next().unwrap()
    }

    /// What the page's comments say of a word.
    fn comments(&self, word: &str) -> Vec<&str> {
        let start = format!("<!-- {word}: ");
        self.text.lines().filter_map(|line| line.strip_prefix(&start)?.strip_suffix(" -->")).collect()
    }

    fn cases(&self, title: &str) -> Vec<Case> {
        let mut cases: Vec<Case> = Vec::new();
        let mut settings = String::new();
        let mut is_open = false;
        let mut rest = self.section(title);
        while let Some((_, block)) = rest.split_once("```") {
            let (language, block) = block.split_once('\n').unwrap();
            let (text, after) = block.split_once("```").unwrap_or_else(|| panic!("{}: an open block", self.name));
            rest = after;
            if language == "toml" {
                settings = text.to_owned();
                is_open = false;
                continue;
            }
            if let Some(kind) = language.strip_prefix("json") {
                let files = vec![(
                    format!("page.{}.json", if kind.is_empty() { "policy" } else { kind.trim() }),
                    text.to_owned(),
                )];
                cases.push(Case { settings: settings.clone(), files });
                continue;
            }
            assert_eq!(language, "lw", "{}", self.name);
            let named = text.lines().next().and_then(|line| line.strip_prefix("// file: "));
            let file = (named.unwrap_or("page.lw").to_owned(), text.to_owned());
            match cases.last_mut().filter(|_| is_open && named.is_some()) {
                Some(case) => case.files.push(file),
                None => cases.push(Case { settings: settings.clone(), files: vec![file] }),
            }
            is_open = named.is_some();
        }
        cases
    }

    /// Everything that a `build` of the case says.
    fn build(&self, case: &Case) -> Vec<Found> {
        if let [(name, text)] = case.files.as_slice()
            && name.ends_with(".json")
        {
            let mut sources = SourceMap::default();
            let file = sources.add(name.as_str(), text.as_str());
            let findings = lint_json(&sources, file, Kind::of_path(name));
            let at = |finding: &Diagnostic| text.get(finding.primary.span.range()).map(str::to_owned);
            return findings.into_iter().map(|finding| Found { text: at(&finding), finding }).collect();
        }
        let config = read_config(&case.settings).unwrap_or_else(|error| panic!("{}: {error:?}", self.name));
        let declared = catalogue(&config);
        let options = Options {
            catalogue: declared.as_ref().unwrap_or_else(|| Catalogue::builtin()),
            config: &config,
            set: &BTreeMap::new(),
            today: self.comments("today").first().copied(),
        };
        let paths: Vec<PathBuf> = case.files.iter().map(|(name, _)| name.into()).collect();
        let files = MemoryFileSystem::new(case.files.clone());
        let mut analysis = analyse(&files, &paths, options);
        run_tests(&files, &paths, options, &mut analysis);
        let mut findings = analysis.diagnostics.clone();
        let sources = analysis.project.sources.clone();
        if let Ok((checked, _)) = compile(analysis) {
            findings.extend(emit::files(&checked).err().into_iter().flatten());
        }
        let is_shown = |file: &str| case.files.iter().any(|(name, _)| name == file);
        let text = |finding: &Diagnostic| {
            let span = finding.primary.span;
            is_shown(sources.file(span.file).name()).then(|| sources.text(span).to_owned())
        };
        let shown = std::env::var_os("PAGES_SHOW").is_some();
        if shown {
            let mut out = Vec::new();
            diagnostic::write_text(&mut out, &sources, &findings, false).unwrap();
            println!("{}\n{}", self.name, String::from_utf8(out).unwrap());
        }
        findings.into_iter().map(|finding| Found { text: text(&finding), finding }).collect()
    }
}

fn catalogue(config: &Config) -> Option<Catalogue> {
    let declared = &config.catalogue;
    if declared.actions.is_empty() && declared.condition_keys.is_empty() {
        return None;
    }
    let ty = |name: &str| KeyType::ALL.into_iter().find(|ty| ty.name().eq_ignore_ascii_case(name)).unwrap();
    let keys: Vec<_> = declared.condition_keys.iter().map(|(key, name)| (key.clone(), vec![ty(name)])).collect();
    let bytes = update::with_declared(Catalogue::builtin(), &declared.actions, &keys).unwrap();
    Some(Catalogue::from_bytes(bytes).unwrap())
}

fn denied(found: &[Found]) -> Vec<String> {
    let denied = found.iter().filter(|one| one.finding.is_deny());
    denied.map(|one| format!("{}: {}", one.finding.code.name, one.finding.message)).collect()
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let pages: Vec<String> = pages().into_iter().map(|page| page.name).collect();
    let mut codes: Vec<&str> = diagnostic::all().iter().map(|code| code.name).collect();
    codes.sort_unstable();
    assert_eq!(pages, codes);
}

#[test]
fn pages_have_their_form() {
    for page in pages() {
        let lines: Vec<&str> = page.text.lines().collect();
        assert_eq!(lines[0], format!("# {}", page.name));
        let summary = lines[2];
        assert!(lines[1].is_empty() && lines[3].is_empty(), "{}: the summary stands alone", page.name);
        assert!(summary.ends_with('.') && summary.len() <= 110, "{}: {summary}", page.name);
        let titles = page.titles();
        assert!(titles == SECTIONS || titles == SECTIONS[..3], "{}: its sections are {titles:?}", page.name);
        if let Some(title) = titles.iter().find(|title| page.section(title).trim().is_empty()) {
            panic!("{}: {title} is empty", page.name);
        }
        assert!(page.code().acceptable || !page.text.contains("@accept"), "{} cannot be accepted", page.name);
    }
}

#[test]
fn what_is_wrong_is_reported() {
    for page in pages() {
        let cases = page.cases("Wrong");
        assert!(!cases.is_empty(), "{} shows nothing wrong", page.name);
        let also = page.comments("also");
        for case in cases {
            let found = page.build(&case);
            let own: Vec<_> = found.iter().filter(|one| one.finding.code == page.code()).collect();
            assert!(!own.is_empty(), "{} is not reported, but {:?}", page.name, denied(&found));
            assert!(own.iter().all(|one| one.text.is_some()), "{} is reported elsewhere", page.name);
            for one in found.iter().filter(|one| one.finding.is_deny() && one.finding.code != page.code()) {
                assert!(also.contains(&one.finding.code.name), "{}: also {:?}", page.name, denied(&found));
            }
        }
    }
}

#[test]
fn what_is_right_is_not_reported() {
    for page in pages() {
        let cases = page.cases("Right");
        assert!(!cases.is_empty(), "{} shows nothing right", page.name);
        for case in cases {
            let found = page.build(&case);
            assert_eq!(denied(&found), Vec::<String>::new(), "{}", page.name);
            assert!(found.iter().all(|one| one.finding.code != page.code()), "{} is reported", page.name);
        }
    }
}

#[test]
fn what_is_accepted_fails_nothing() {
    let mut count = 0;
    for page in pages() {
        for case in page.cases("If it is right") {
            let found = page.build(&case);
            assert_eq!(denied(&found), Vec::<String>::new(), "{}", page.name);
            let stale = found.iter().find(|one| one.finding.code.name == "unused-acceptance");
            assert!(stale.is_none(), "{} accepts what is not found", page.name);
            count += 1;
        }
    }
    assert!(count > 0, "no page shows how to accept a finding");
}

#[test]
fn every_fix_mends_what_it_is_offered_for() {
    let mut count = 0;
    for page in pages() {
        for case in page.cases("Wrong").iter().filter(|case| case.files.len() == 1) {
            let found = page.build(case);
            let own = found.iter().filter(|one| one.finding.code == page.code() && one.finding.level != Level::Allow);
            let edits: Vec<_> = own.filter_map(|one| one.finding.help.as_ref()).flat_map(|help| &help.edits).collect();
            if edits.is_empty() {
                continue;
            }
            let mut text = case.files[0].1.clone();
            let mut ranges: Vec<_> = edits.iter().map(|edit| (edit.span.range(), &edit.text)).collect();
            ranges.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
            ranges.dedup();
            ranges.into_iter().for_each(|(range, with)| text.replace_range(range, with));
            let files = vec![(case.files[0].0.clone(), text.clone())];
            let mended = page.build(&Case { settings: case.settings.clone(), files });
            let left: Vec<_> = mended.iter().filter(|one| one.finding.code == page.code()).collect();
            let worse = denied(&mended).iter().any(|one| !denied(&found).contains(one));
            assert!(left.len() < edits.len() && !worse, "{}: {:?} of\n{text}", page.name, denied(&mended));
            count += 1;
        }
    }
    assert!(count > 0, "no page shows an error that has a fix");
}
