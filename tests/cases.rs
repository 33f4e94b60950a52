//! `tests/cases/*`, sources and policies in JSON: what the compiler says of each, kept beside it as `*.snap`, source first.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use leastwise::base::{MemoryFileSystem, SourceMap};
use leastwise::catalogue::Catalogue;
use leastwise::diagnostic::{self, Diagnostic};
use leastwise::emit;
use leastwise::pipeline::{Options, analyse, compile, run_tests};
use leastwise::policy::Kind;
use leastwise::project::Config;

/// The day of every case.
const TODAY: &str = "2026-11-25";

#[path = "support/json.rs"]
mod json;
use json::lint_json;

/// The text of `check`, and that of `build` where it says more; and the codes in it.
fn findings(name: &str, source: &str) -> (String, Vec<&'static str>) {
    if name.ends_with(".json") {
        let mut sources = SourceMap::default();
        let file = sources.add(name, source);
        return told(&sources, &lint_json(&sources, file, Kind::of_path(name)));
    }
    let (config, set) = (Config::default(), BTreeMap::new());
    let options = Options { catalogue: Catalogue::builtin(), config: &config, set: &set, today: Some(TODAY) };
    let (files, paths) = (MemoryFileSystem::new([(name, source)]), [name.into()]);
    let mut analysis = analyse(&files, &paths, options);
    run_tests(&files, &paths, options, &mut analysis);
    let sources = analysis.project.sources.clone();
    let mut findings = analysis.diagnostics.clone();
    if let Ok((checked, _)) = compile(analysis) {
        findings.extend(emit::files(&checked).err().into_iter().flatten());
    }
    told(&sources, &findings)
}

fn told(sources: &SourceMap, findings: &[Diagnostic]) -> (String, Vec<&'static str>) {
    let mut text = Vec::new();
    diagnostic::write_text(&mut text, sources, findings, false).unwrap();
    (String::from_utf8(text).unwrap(), findings.iter().map(|finding| finding.code.name).collect())
}

#[test]
fn cases() {
    let reported = RefCell::new(BTreeSet::new());
    insta::glob!("cases/*.{lw,json}", |path| {
        let source = std::fs::read_to_string(path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let (text, codes) = findings(name, &source);
        assert!(!codes.is_empty(), "{name} is a case of nothing");
        reported.borrow_mut().extend(codes);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(path.parent().unwrap());
        settings.set_prepend_module_to_snapshot(false);
        settings.remove_snapshot_suffix();
        settings.remove_input_file();
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name.split('.').next().unwrap(), format!("{source}\n{text}")));
    });
    let missing: Vec<&str> =
        diagnostic::all().iter().map(|code| code.name).filter(|code| !reported.borrow().contains(code)).collect();
    assert!(missing.is_empty(), "these codes have no case: {missing:?}");
}
