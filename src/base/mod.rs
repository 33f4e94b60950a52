//! Where text comes from and how a place in it is named.
//!
//! In: paths. Out: file texts with spans that point into them. This room (with `cli` and `lsp`) is the only
//! one that touches the disk, and it does so through [`FileSystem`], so that everything else runs on memory too.

mod file_system;
mod source_map;
mod span;

pub use file_system::{DiskFileSystem, FileSystem, MemoryFileSystem, Overlay};
pub use source_map::{LineColumn, SourceFile, SourceMap};
pub use span::{FileId, Span};
