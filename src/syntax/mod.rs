//! Source text to syntax tree.
//!
//! In: the text of one file. Out: a [`File`], always, with error nodes where the text was no sentence, its comments, and
//! what was wrong. The lexer never fails and the parser recovers at items and statements. Deliberately absent: any
//! meaning; names are not resolved here and nothing is known of AWS.

mod ast;
mod lexer;
mod message;
mod parse;
mod recover;
mod string;
mod token;

pub use ast::*;
pub use lexer::{Comment, CommentKind, Lexed, is_name, is_token, lex};
pub use parse::{Parsed, parse, parse_claim};
pub use token::Token;

/// How deep brackets may nest. Trees are walked by recursion, so the depth has a bound; no policy comes near it.
pub const MAX_NESTING: usize = 64;

#[allow(clippy::all, missing_docs, unused_imports, dead_code, unreachable_pub)]
mod grammar {
    include!(concat!(env!("OUT_DIR"), "/leastwise.rs"));
}
