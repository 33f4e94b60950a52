//! The standard library, held in the program as plain source.

macro_rules! modules {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/stdlib/", $name, ".lw")))),*]
    };
}

const MODULES: &[(&str, &str)] =
    modules!("boundary" "endpoint" "grant" "published" "rcp" "resource" "scp" "session" "trust");

/// The source of `std.<name>`.
pub fn library_source(name: &str) -> Option<&'static str> {
    MODULES.iter().find(|(module, _)| *module == name).map(|(_, source)| *source)
}

/// The modules of the library with their sources.
pub fn library_modules() -> impl Iterator<Item = (&'static str, &'static str)> {
    MODULES.iter().copied()
}
