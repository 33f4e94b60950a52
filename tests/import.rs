//! What is imported compiles to what it was, for every policy at hand.
//!
//! The policies lie in a folder `shared` beside the repository; where it is missing, these tests say that they passed over it.

#[path = "import/law.rs"]
mod law;

use std::path::PathBuf;

use leastwise::base::{FileId, SourceMap};
use leastwise::inventory::{Found, find};
use leastwise::policy::Kind;
use leastwise::policy::read::Mode;
use leastwise::syntax::lex;

use law::{comes_back, import, named, told};

/// The policies of the corpus; `None`, and a word about it, where there is none.
fn corpus() -> Option<(SourceMap, Vec<Found>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/corpus");
    if !folder.is_dir() {
        println!("passed over: there is no folder {}", folder.display());
        return None;
    }
    let mut sources = SourceMap::default();
    let mut found = Vec::new();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let file = sources.add(path.file_name().unwrap().to_string_lossy(), text.as_str());
        found.extend(find(file, &text, Mode::Strict).unwrap_or_else(|error| panic!("{}: {error:?}", path.display())));
    }
    Some((sources, found))
}

/// Policies of the corpus that AWS refuses: their principals stand in a list without `AWS`.
const REFUSED: [&str; 2] =
    ["manual_s3_exp_single_s3_allow_notprincipal_policy", "manual_s3_exp_single_s3_allow_pstar_policy"];

/// A figure of the source over that of the JSON, for each policy.
fn median(mut ratios: Vec<f64>) -> f64 {
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

fn lines(text: &str) -> f64 {
    text.lines().filter(|line| !line.trim().is_empty()).count() as f64
}

/// Words and signs, as an editor would select them.
fn words(text: &str) -> f64 {
    let mut count = 0;
    let mut in_word = false;
    for character in text.chars() {
        let is_word = character.is_alphanumeric() || character == '_';
        count += usize::from(!(character.is_whitespace() || is_word && in_word));
        in_word = is_word;
    }
    count as f64
}

/// The tokens of JSON: strings, other values, and signs.
fn json_tokens(value: &serde_json::Value) -> usize {
    let separators = |length: usize| length.saturating_sub(1) + 2;
    match value {
        serde_json::Value::Array(all) => all.iter().map(json_tokens).sum::<usize>() + separators(all.len()),
        serde_json::Value::Object(all) => {
            all.values().map(|value| json_tokens(value) + 2).sum::<usize>() + separators(all.len())
        }
        _ => 1,
    }
}

/// A policy is read in a third of the lines and half the tokens, whichever way tokens are counted.
#[test]
fn the_source_is_short() {
    let Some((sources, found)) = corpus() else { return };
    let (mut by_lines, mut by_words, mut by_tokens) = (Vec::new(), Vec::new(), Vec::new());
    for one in &found {
        let Ok(document) = &one.document else { continue };
        let text = import(&sources, &named(one, document)).unwrap();
        let json: serde_json::Value = serde_json::from_str(sources.text(one.span)).unwrap();
        let pretty = serde_json::to_string_pretty(&json).unwrap();
        by_lines.push(lines(&text) / lines(&pretty));
        by_words.push(words(&text) / words(&pretty));
        by_tokens.push(lex(FileId(0), &text).tokens.len() as f64 / json_tokens(&json) as f64);
    }
    let medians = (median(by_lines), median(by_words), median(by_tokens));
    println!("lines {:.3}, words and signs {:.3}, tokens {:.3}", medians.0, medians.1, medians.2);
    assert!(medians.0 <= 1.0 / 3.0 && medians.1 <= 0.5 && medians.2 <= 0.5, "{medians:?}");
}

#[test]
fn the_corpus_comes_back_equal() {
    let Some((sources, found)) = corpus() else { return };
    let mut wrong = Vec::new();
    for one in &found {
        let name = one.name.as_deref().unwrap_or("?");
        let document = match &one.document {
            Ok(document) => document,
            Err(errors) => {
                assert!(REFUSED.contains(&name), "{name}: {errors:#?}");
                continue;
            }
        };
        let named = named(one, document);
        let text = import(&sources, &named).map_err(|refused| format!("refused: {}", told(&refused)));
        if let Err(reason) = text.and_then(|text| comes_back(&named, &text)) {
            wrong.push(format!("{} {:?}: {reason}", one.kind.map_or("?", Kind::keyword), name));
        }
    }
    let shown: Vec<String> = wrong.iter().take(12).cloned().collect();
    assert!(wrong.is_empty(), "{} of {} do not:\n{}", wrong.len(), found.len(), shown.join("\n\n"));
    assert!(found.len() > 1000, "{} policies", found.len());
}
