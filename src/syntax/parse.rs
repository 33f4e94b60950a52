//! Tokens to tree, by the LALRPOP grammar in `grammar/`.

use lalrpop_util::ParseError;

use super::ast::*;
use super::lexer::{Comment, CommentKind, lex};
use super::string::{self, StringError};
use super::{MAX_NESTING, Token, grammar, message, recover};
use crate::base::{FileId, Span};
use crate::diagnostic::{Diagnostic, code};

/// What a text turned out to be.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The tree; with error nodes where the text was no sentence.
    pub file: File,
    /// The comments, in source order.
    pub comments: Vec<Comment>,
    /// What was wrong.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// The text of the `///` comments that stand directly before a node, if there are any.
    pub fn documentation(&self, text: &str, span: Span) -> Option<String> {
        let end = self.comments.partition_point(|comment| comment.span.end <= span.start);
        let mut next = span.start as usize;
        let mut lines = Vec::new();
        for comment in self.comments[..end].iter().rev() {
            let between = text.get(comment.span.end as usize..next).unwrap_or("-");
            if comment.kind != CommentKind::Doc || !between.trim().is_empty() || between.matches('\n').count() > 1 {
                break;
            }
            lines.push(comment.text.as_str());
            next = comment.span.start as usize;
        }
        lines.reverse();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

/// What the grammar's actions report while parsing.
#[derive(Default)]
pub(super) struct Problems<'a> {
    strings: Vec<StringError>,
    text: std::marker::PhantomData<&'a str>,
}

impl Problems<'_> {
    pub(super) fn string(&mut self, literal: &str, span: Span) -> StringLit {
        string::read(literal, span, &mut self.strings)
    }
}

/// What the grammar's parser returns when it cannot go on.
pub(super) type SyntaxError<'a> = ParseError<usize, Token<'a>, ()>;

/// How many syntax errors one file is told of. Each costs a parse of the file.
const MAX_ERRORS: usize = 20;

/// Parses a text. Never fails: what is wrong is in the diagnostics, and what could be understood is in the tree.
///
/// An error takes the item or statement it is in with it: those tokens are replaced by [`Token::Recovered`], which the
/// grammar takes as an item of its own, and the file is parsed again.
pub fn parse(file: FileId, text: &str) -> Parsed {
    let lexed = lex(file, text);
    let mut parsed = Parsed { comments: lexed.comments, ..Parsed::default() };
    if let Some(diagnostic) = too_deep(file, &lexed.tokens) {
        parsed.diagnostics.push(diagnostic);
        return parsed;
    }
    let mut tokens = lexed.tokens;
    let parser = grammar::FileParser::new();
    loop {
        let mut problems = Problems::default();
        match parser.parse(file, &mut problems, tokens.iter().copied().map(Ok)) {
            Ok(tree) => {
                parsed.file = tree;
                let strings = problems.strings.into_iter();
                parsed
                    .diagnostics
                    .extend(strings.map(|e| Diagnostic::new(&code::SYNTAX, e.span, e.message).help(e.help)));
                break;
            }
            Err(_) if parsed.diagnostics.len() == MAX_ERRORS => break,
            Err(error) => {
                parsed.diagnostics.push(message::syntax_error(file, text, &tokens, &error));
                if !recover::cut_out(text, &mut tokens, &error) {
                    break;
                }
            }
        }
    }
    parsed.diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
    parsed
}

/// Parses a claim that stands by itself, behind words that go without saying, as the only one of a `prove` block. Those words, and the
/// block around it, take no place in the text: every span is one of the claim's own.
pub fn parse_claim(file: FileId, before: &'static str, text: &str) -> Parsed {
    let lexed = lex(file, text);
    let mut parsed = Parsed { comments: lexed.comments, ..Parsed::default() };
    let (start, end) = (0, text.len());
    let head = [Token::Prove, Token::String("\"\""), Token::LeftBrace].into_iter();
    let before = lex(file, before).tokens.into_iter().map(|(_, token, _)| token);
    let placed = head.chain(before).map(|token| (start, token, start));
    let tokens: Vec<_> = placed.chain(lexed.tokens).chain([(end, Token::RightBrace, end)]).collect();
    if let Some(diagnostic) = too_deep(file, &tokens).or_else(|| leaves_its_block(file, &tokens)) {
        parsed.diagnostics.push(diagnostic);
        return parsed;
    }
    let mut problems = Problems::default();
    match grammar::FileParser::new().parse(file, &mut problems, tokens.iter().copied().map(Ok)) {
        Ok(tree) => parsed.file = tree,
        Err(error) => parsed.diagnostics.push(message::in_claim(file, text, &tokens, &error)),
    }
    let of_strings = problems.strings.into_iter();
    parsed.diagnostics.extend(of_strings.map(|e| Diagnostic::new(&code::SYNTAX, e.span, e.message).help(e.help)));
    parsed
}

/// A brace in a claim that closes the block around it.
fn leaves_its_block(file: FileId, tokens: &[(usize, Token<'_>, usize)]) -> Option<Diagnostic> {
    let mut depth = 0usize;
    for &(start, token, end) in &tokens[..tokens.len() - 1] {
        match token {
            Token::LeftBrace => depth += 1,
            Token::RightBrace if depth == 1 => {
                let finding = Diagnostic::new(&code::SYNTAX, Span::new(file, start, end), "`}` closes nothing here");
                return Some(finding.help("remove it"));
            }
            Token::RightBrace => depth -= 1,
            _ => {}
        }
    }
    None
}

fn too_deep(file: FileId, tokens: &[(usize, Token<'_>, usize)]) -> Option<Diagnostic> {
    let mut depth = 0usize;
    for &(start, token, end) in tokens {
        match token {
            Token::LeftBrace | Token::LeftParen | Token::LeftBracket => depth += 1,
            Token::RightBrace | Token::RightParen | Token::RightBracket => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            return Some(
                Diagnostic::new(
                    &code::SYNTAX,
                    Span::new(file, start, end),
                    format!("brackets nest deeper than {MAX_NESTING}"),
                )
                .label("one level too many")
                .help("close brackets, or move the inner parts to a `let` or a `grant`"),
            );
        }
    }
    None
}

/// Joins operands into one flat node.
pub(super) fn join(first: Formula, rest: Vec<Formula>, of: fn(Vec<Formula>) -> Formula) -> Formula {
    if rest.is_empty() {
        return first;
    }
    let mut operands = vec![first];
    operands.extend(rest);
    of(operands)
}
