//! Source text to the same source text in its one form.
//!
//! In: the text of one file that parses. Out: its text with the indentation, line breaks and blank lines that this room
//! decides, every comment kept. The printer walks the tree for the structure and takes each word, with the comments before
//! it, from the tokens of `syntax::lex`, so that there is one grammar and one lexer, and no word can be left out or
//! changed places. The result is read again and compared before it is handed out. Deliberately absent: options, and any
//! opinion about what the source says; a text with errors is left alone.
//!
//! ```
//! use leastwise::base::FileId;
//!
//! let text = leastwise::format::format(FileId(0), "policy p{allow s3:{Get, Put}Object on *}").unwrap();
//! assert_eq!(text, "policy p {\n  allow s3:{Get,Put}Object on *\n}\n");
//! ```

mod check;
mod claim;
mod expression;
mod formula;
mod item;
mod layout;
mod printer;
mod render;
mod statement;
mod stream;

use std::fmt;

use crate::base::{FileId, Span};
use crate::diagnostic::Diagnostic;
use crate::syntax;

/// Why a text was not formatted.
#[derive(Clone, Debug)]
pub enum FormatError {
    /// It does not parse.
    Syntax(Vec<Diagnostic>),
    /// What came out does not say the same as the text: a mistake of the formatter. The text has to be left alone.
    Unstable {
        /// Where in the text the two part.
        span: Span,
        /// How they differ.
        message: String,
    },
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FormatError::Syntax(diagnostics) => match diagnostics.first() {
                Some(first) => f.write_str(&first.message),
                None => f.write_str("the text does not parse"),
            },
            FormatError::Unstable { message, .. } => {
                write!(f, "the formatter would have changed what the text says ({message}); the text was left alone")
            }
        }
    }
}

impl std::error::Error for FormatError {}

/// The text in its one form.
pub fn format(file: FileId, text: &str) -> Result<String, FormatError> {
    let parsed = syntax::parse(file, text);
    if !parsed.diagnostics.is_empty() {
        return Err(FormatError::Syntax(parsed.diagnostics));
    }
    let formatted = printer::print(file, text, &parsed.file);
    check::same(file, text, &formatted)?;
    Ok(formatted)
}
