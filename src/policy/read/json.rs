//! JSON text to a tree in which every value knows its place.

use std::borrow::Cow;
use std::collections::HashMap;

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use crate::base::{FileId, Span};
use crate::diagnostic::{Diagnostic, code};

use super::{Mode, plain};

/// Where a JSON text stands.
#[derive(Clone, Copy, Debug)]
pub enum Place<'m> {
    /// In a file, from that byte on.
    At(FileId, usize),
    /// In a file, with escapes between: where each byte of the text, and its end, stands there.
    Escaped(FileId, &'m [usize]),
    /// Somewhere in there.
    Within(Span),
}

impl Place<'_> {
    pub(super) fn span(self, start: usize, end: usize) -> Span {
        match self {
            Place::At(file, offset) => Span::new(file, offset + start, offset + end),
            Place::Escaped(file, places) => Span::new(file, places[start], places[end]),
            Place::Within(span) => span,
        }
    }
}

/// A JSON value and its place.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    /// The value.
    pub value: Value<'a>,
    /// All of it, quotes and brackets included.
    pub span: Span,
}

/// What a JSON value is.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(&'a str),
    /// A string, with its escapes resolved.
    String(Cow<'a, str>),
    /// `[...]`
    Array(Vec<Node<'a>>),
    /// `{...}`, in source order; no two members have the same name.
    Object(Vec<Member<'a>>),
}

/// `"name": value`
#[derive(Clone, Debug)]
pub struct Member<'a> {
    /// The name.
    pub name: Cow<'a, str>,
    /// The name with its quotes.
    pub name_span: Span,
    /// The value.
    pub value: Node<'a>,
}

impl<'a> Node<'a> {
    /// The member of an object with that name.
    pub fn get(&self, name: &str) -> Option<&Node<'a>> {
        match &self.value {
            Value::Object(members) => members.iter().find(|member| member.name == name).map(|member| &member.value),
            _ => None,
        }
    }

    /// The text of a string.
    pub fn text(&self) -> Option<&str> {
        if let Value::String(text) = &self.value { Some(text) } else { None }
    }

    /// The elements of an array; nothing of anything else.
    pub fn elements(&self) -> &[Node<'a>] {
        if let Value::Array(elements) = &self.value { elements } else { &[] }
    }

    /// What it is, in JSON's words.
    pub fn describe(&self) -> &'static str {
        match self.value {
            Value::Null => "`null`",
            Value::Bool(_) => "a Boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }
}

/// A text, parsed.
#[derive(Debug)]
pub struct Parsed<'a> {
    /// The value that the text is.
    pub root: Node<'a>,
    /// The comments in it, in order.
    pub comments: Vec<(Span, String)>,
}

/// Parses a JSON text. Two members of one name are refused: AWS does not say which would win.
pub fn parse<'a>(place: Place<'_>, text: &'a str, mode: Mode) -> Result<Parsed<'a>, Box<Diagnostic>> {
    if let Some(root) = plain::parse(place, text) {
        return Ok(Parsed { root, comments: Vec::new() });
    }
    let lenient = mode == Mode::Lenient;
    let options = ParseOptions {
        allow_comments: lenient,
        allow_trailing_commas: lenient,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let comments = if lenient { CommentCollectionStrategy::Separate } else { CommentCollectionStrategy::Off };
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let refuse = |start, end, message: String| Box::new(syntax(place.span(start, end), message, mode));
    let result = parse_to_ast(&text[start..], &CollectOptions { comments, tokens: false }, &options)
        .map_err(|error| refuse(start + error.range().start, start + error.range().end, error.kind().to_string()))?;
    let Some(value) = result.value else { return Err(refuse(0, text.len(), "there is nothing in it".to_owned())) };
    let root = Reader { place, start, mode }.node(value)?;
    let mut comments: Vec<(Span, String)> = Vec::new();
    for comment in result.comments.iter().flat_map(HashMap::values).flat_map(|comments| comments.iter()) {
        let range = comment.range();
        comments.push((place.span(start + range.start, start + range.end), comment.text().to_owned()));
    }
    comments.sort();
    comments.dedup();
    Ok(Parsed { root, comments })
}

fn syntax(span: Span, message: String, mode: Mode) -> Diagnostic {
    let lower: String = message.chars().take(1).flat_map(char::to_lowercase).chain(message.chars().skip(1)).collect();
    let message = lower.trim_end_matches('.').to_owned();
    let finding = Diagnostic::new(&code::JSON_SYNTAX, span, format!("this is no JSON: {message}"));
    if mode == Mode::Strict && message.contains("omment") {
        return finding.note("AWS refuses comments in JSON").help("remove them, or read them with `--lenient`");
    }
    finding.help("write it as JSON: https://www.rfc-editor.org/rfc/rfc8259")
}

struct Reader<'m> {
    place: Place<'m>,
    start: usize,
    mode: Mode,
}

impl Reader<'_> {
    fn span(&self, range: jsonc_parser::common::Range) -> Span {
        self.place.span(self.start + range.start, self.start + range.end)
    }

    fn node<'a>(&self, value: ast::Value<'a>) -> Result<Node<'a>, Box<Diagnostic>> {
        let span = self.span(value.range());
        let value = match value {
            ast::Value::NullKeyword(_) => Value::Null,
            ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
            ast::Value::NumberLit(literal) => Value::Number(literal.value),
            ast::Value::StringLit(literal) => Value::String(literal.value),
            ast::Value::Array(array) => {
                Value::Array(array.elements.into_iter().map(|one| self.node(one)).collect::<Result<_, _>>()?)
            }
            ast::Value::Object(object) => Value::Object(self.members(object)?),
        };
        Ok(Node { value, span })
    }

    fn members<'a>(&self, object: ast::Object<'a>) -> Result<Vec<Member<'a>>, Box<Diagnostic>> {
        let mut members: Vec<Member<'a>> = Vec::with_capacity(object.properties.len());
        // Most objects have few members, and are looked through; of others the names are kept.
        let mut seen: HashMap<String, Span> = HashMap::new();
        let is_large = object.properties.len() > 16;
        for property in object.properties {
            let name_span = self.span(property.name.range());
            let name = match property.name {
                ast::ObjectPropName::String(literal) => literal.value,
                ast::ObjectPropName::Word(word) => Cow::Borrowed(word.value),
            };
            let first = match is_large {
                true => seen.insert(name.to_string(), name_span),
                false => members.iter().find(|member| member.name == name).map(|member| member.name_span),
            };
            if let Some(first) = first {
                let message = format!("the member `{name}` stands twice in one object");
                return Err(Box::new(
                    syntax(name_span, message, self.mode)
                        .label("again here")
                        .also(first, "first here")
                        .note("AWS refuses duplicate keys (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html)")
                        .help("bring the two together, or remove one"),
                ));
            }
            members.push(Member { name, name_span, value: self.node(property.value)? });
        }
        Ok(members)
    }
}
