//! Builds the parser from its grammar, and packs the catalogue of AWS's services into one blob.

use std::path::{Path, PathBuf};
use std::{env, fs};

#[allow(dead_code)]
#[path = "src/catalogue/pack.rs"]
mod pack;

fn main() {
    build_parser();
    pack_catalogue();
}

/// Packs catalogue/*.json into `$OUT_DIR/catalogue.bin`.
fn pack_catalogue() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=catalogue");
    println!("cargo:rerun-if-changed=src/catalogue/pack.rs");
    let mut files: Vec<PathBuf> =
        fs::read_dir("catalogue").expect("catalogue/ is there").map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut model = pack::Model::default();
    for path in files.iter().filter(|path| path.extension().is_some_and(|e| e == "json")) {
        let text = fs::read_to_string(path).unwrap();
        let read = if path.file_stem().is_some_and(|stem| stem == "global") {
            serde_json::from_str(&text).map(|globals| model.globals = globals)
        } else {
            serde_json::from_str(&text).map(|service| model.services.push(service))
        };
        read.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let out = Path::new(&env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("catalogue.bin");
    fs::write(out, pack::pack(&model)).expect("OUT_DIR can be written to");
}

/// `grammar/leastwise.lalrpop` to Rust.
fn build_parser() {
    println!("cargo::rerun-if-changed=grammar");
    lalrpop::Configuration::new()
        .set_in_dir("grammar")
        .set_out_dir(std::env::var("OUT_DIR").expect("cargo sets OUT_DIR"))
        .process()
        .expect("the grammar is LR(1)");
}
