//! What expressions are worth.

use std::rc::Rc;

use crate::base::Span;
use crate::policy::{Located, Principal, Text};
use crate::project::ModuleId;

/// A value and the expression that gave it.
pub(super) type Valued = Located<Value>;

/// What an expression is worth.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Characters, with holes for externs.
    Text(Text),
    /// A number, as written.
    Number(String),
    /// `true` or `false`
    Bool(bool),
    /// Seconds.
    Duration(u64),
    /// A date, as written.
    Date(String),
    /// `[a, b]`
    List(Rc<List>),
    /// An IAM name: an action, a pattern of actions, a condition key.
    Iam(String),
    /// `*`
    Everything,
    /// A resource, typed where the catalogue knows its type.
    Resource(Rc<Resource>),
    /// A principal.
    Principal(Principal),
    /// A declaration: a policy, a role, an organisation.
    Declaration(ModuleId, usize),
    /// Something that is wrong and has been reported.
    Error,
}

/// A list. Its elements are shared, so that a short text can make one that is long beyond all use: it knows its length.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct List {
    pub(super) elements: Vec<Valued>,
    /// How many single values it holds, those of the lists in it included.
    pub(super) length: usize,
}

impl FromIterator<Valued> for List {
    fn from_iter<I: IntoIterator<Item = Valued>>(elements: I) -> Self {
        let elements: Vec<Valued> = elements.into_iter().collect();
        let length = elements.iter().fold(0usize, |length, one| match &one.value {
            Value::List(inner) => length.saturating_add(inner.length),
            _ => length.saturating_add(1),
        });
        Self { elements, length }
    }
}

/// A resource built by a constructor, or an ARN.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resource {
    /// Service prefix, `s3`.
    pub(super) service: String,
    /// The catalogue's name of its type, as an identifier; none for an ARN of no known type.
    pub(super) ty: Option<String>,
    /// The ARN.
    pub(super) arn: Text,
    /// The values of the placeholders of its format, Region and Account among them.
    pub(super) fields: Vec<(String, Text)>,
}

impl Value {
    /// What it is, in the words of the language.
    pub(super) fn describe(&self) -> String {
        match self {
            Value::Text(text) => match text.plain().filter(|text| text.len() <= 60) {
                Some(text) => format!("the string `{text}`"),
                None => "a string".into(),
            },
            Value::Number(text) => format!("the number `{text}`"),
            Value::Bool(_) => "a Bool".into(),
            Value::Duration(_) => "a duration".into(),
            Value::Date(_) => "a date".into(),
            Value::List(_) => "a list".into(),
            Value::Iam(name) => format!("the IAM name `{name}`"),
            Value::Everything => "`*`".into(),
            Value::Resource(resource) => match &resource.ty {
                Some(ty) => format!("a resource `{}.{ty}`", resource.service),
                None => "an ARN".into(),
            },
            Value::Principal(_) => "a principal".into(),
            Value::Declaration(..) => "a declaration".into(),
            Value::Error => "an error".into(),
        }
    }

    /// As the characters that stand in a policy for it, if it is a single thing that has any.
    pub(super) fn text(&self) -> Option<Text> {
        match self {
            Value::Text(text) => Some(text.clone()),
            Value::Number(text) | Value::Date(text) | Value::Iam(text) => Some(text.as_str().into()),
            Value::Bool(value) => Some(if *value { "true" } else { "false" }.into()),
            Value::Duration(seconds) => Some(seconds.to_string().into()),
            Value::Everything => Some("*".into()),
            Value::Resource(resource) => Some(resource.arn.clone()),
            Value::Principal(principal) => Some(principal.value()),
            Value::List(_) | Value::Declaration(..) | Value::Error => None,
        }
    }
}

impl Value {
    /// Whether it holds an `extern`, so that it is known in part only.
    pub(super) fn is_open(&self) -> bool {
        match self {
            Value::List(list) => list.elements.iter().any(|one| one.value.is_open()),
            other => other.text().is_some_and(|text| text.has_extern()),
        }
    }
}

/// The single values of a value: a list's, however nested, or itself.
pub(super) fn flatten(value: Valued, into: &mut Vec<Valued>) {
    match value.value {
        Value::List(list) => list.elements.iter().for_each(|one| flatten(one.clone(), into)),
        _ => into.push(value),
    }
}

/// Equality as `if a == b` asks for it: what the values are, wherever they are written.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => {
            a.length == b.length
                && a.elements.len() == b.elements.len()
                && a.elements.iter().zip(b.elements.iter()).all(|(a, b)| same(&a.value, &b.value))
        }
        (Value::List(_), _) | (_, Value::List(_)) => false,
        _ => a.text().is_some() && a.text() == b.text(),
    }
}

/// A place and a call that led there.
pub(super) type Trail = Vec<Span>;
