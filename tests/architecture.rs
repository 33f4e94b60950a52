//! The picture in ARCHITECTURE.md holds: a room imports only rooms above it.

use std::path::{Path, PathBuf};

/// The rooms in the order of `src/lib.rs`.
fn rooms() -> Vec<String> {
    let lib = std::fs::read_to_string("src/lib.rs").unwrap();
    lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).map(str::to_owned).collect()
}

fn files(path: &Path, into: &mut Vec<PathBuf>) {
    if path.is_dir() {
        std::fs::read_dir(path).unwrap().for_each(|entry| files(&entry.unwrap().path(), into));
    } else {
        into.push(path.to_path_buf());
    }
}

/// The rooms that a file names in paths such as `crate::policy::Kind` and `use crate::{base, policy}`.
fn imported(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let text: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let group = rest.strip_prefix('{').map(|inner| inner.split('}').next().unwrap_or_default());
        for path in group.unwrap_or(rest).split(',').take(if group.is_some() { usize::MAX } else { 1 }) {
            let room = path.trim().split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
            found.push(room.to_owned());
        }
    }
    found
}

#[test]
fn a_room_imports_only_rooms_above_it() {
    let rooms = rooms();
    assert!(rooms.len() > 10, "{rooms:?}");
    let mut wrong = Vec::new();
    for (place, room) in rooms.iter().enumerate() {
        let mut inside = Vec::new();
        let folder = PathBuf::from("src").join(room);
        files(&if folder.is_dir() { folder } else { format!("src/{room}.rs").into() }, &mut inside);
        assert!(!inside.is_empty(), "{room} has no files");
        for file in inside {
            for import in imported(&std::fs::read_to_string(&file).unwrap()) {
                // The syntax tree names effects and kinds of policy: they are words of the language as well as of IAM.
                let is_word = room == "syntax" && import == "policy";
                let below = rooms.iter().position(|other| *other == import).is_some_and(|other| other > place);
                if below && !is_word {
                    wrong.push(format!("{} imports {import}", file.display()));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_picture_shows_every_room() {
    let picture = std::fs::read_to_string("ARCHITECTURE.md").unwrap();
    let lib_order: Vec<String> = rooms();
    let shown: Vec<&str> = picture.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(shown, lib_order, "the table of ARCHITECTURE.md and the list of src/lib.rs");
}
