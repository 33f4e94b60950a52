//! Patterns of actions and of resources, compiled once.

use super::statement::{Bound, KeyId, Keys};
use super::truth::Truth;
use crate::policy::{glob, variables};

/// A text with `*` and `?`, by its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Glob {
    /// `*`
    Any,
    /// No wildcard.
    Exact(Box<str>),
    /// `text*`
    Prefix(Box<str>),
    /// Anything else.
    Pattern(Box<str>),
}

impl Glob {
    pub(super) fn new(text: &str) -> Self {
        match text.strip_suffix('*') {
            Some("") => Glob::Any,
            Some(start) if !is_special(start) => Glob::Prefix(start.into()),
            _ if !is_special(text) => Glob::Exact(text.into()),
            _ => Glob::Pattern(text.into()),
        }
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Glob::Any => true,
            Glob::Exact(exact) => **exact == *text,
            Glob::Prefix(start) => text.starts_with(&**start),
            Glob::Pattern(pattern) => glob::matches(pattern, text, false),
        }
    }
}

/// Whether a text holds a wildcard, or a character that stands for one taken literally.
fn is_special(text: &str) -> bool {
    text.contains(['*', '?', glob::LITERAL_STAR, glob::LITERAL_QUESTION])
}

/// A text in which policy variables stand.
#[derive(Clone, Debug)]
pub(super) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(Box<str>),
    /// A key, and what stands for it where it is absent.
    Variable(KeyId, Option<Box<str>>),
}

/// What a template becomes for a request.
pub(super) enum Substituted {
    Text(String),
    /// A key without a value and without a default.
    Missing,
    Unknown,
}

impl Template {
    /// The template of a text, `None` where it has no variables. Where wildcards matter, escapes become marks that stand for the
    /// characters themselves.
    pub(super) fn new(text: &str, wildcards: bool, keys: &mut Keys) -> Option<Self> {
        if !text.contains("${") {
            return None;
        }
        let mut parts = Vec::new();
        let mut done = 0;
        for variable in variables(text).into_iter().flatten() {
            parts.push(Part::Text(text[done..variable.range.start].into()));
            parts.push(match variable.key {
                "*" if wildcards => Part::Text(glob::LITERAL_STAR.to_string().into()),
                "?" if wildcards => Part::Text(glob::LITERAL_QUESTION.to_string().into()),
                "*" | "?" | "$" => Part::Text(variable.key.into()),
                key => Part::Variable(keys.id(key), variable.default.map(Into::into)),
            });
            done = variable.range.end;
        }
        parts.push(Part::Text(text[done..].into()));
        Some(Self { parts })
    }

    /// The text for a request. What is put in stands for itself: its wildcards are characters.
    pub(super) fn substitute(&self, bound: &Bound, wildcards: bool) -> Substituted {
        let mut out = String::new();
        let mut unknown = false;
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Variable(key, default) => match (bound.value(*key), default) {
                    (super::KeyValue::One(value), _) => push(&mut out, value, wildcards),
                    (super::KeyValue::Unknown, _) => unknown = true,
                    (_, Some(default)) => push(&mut out, default, wildcards),
                    // A key of several values cannot be a variable.
                    (_, None) => return Substituted::Missing,
                },
            }
        }
        if unknown { Substituted::Unknown } else { Substituted::Text(out) }
    }
}

fn push(out: &mut String, value: &str, wildcards: bool) {
    out.extend(value.chars().map(|character| match character {
        '*' if wildcards => glob::LITERAL_STAR,
        '?' if wildcards => glob::LITERAL_QUESTION,
        other => other,
    }));
}

/// A pattern of actions, in lower case.
#[derive(Clone, Debug)]
pub(super) struct ActionPattern(Glob);

impl ActionPattern {
    pub(super) fn new(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        Self(if lower == "*:*" { Glob::Any } else { Glob::new(&lower) })
    }

    /// `action` is in lower case.
    pub(super) fn matches(&self, action: &str) -> bool {
        self.0.matches(action)
    }
}

/// A pattern of resources.
#[derive(Clone, Debug)]
pub(super) enum ResourcePattern {
    /// `*`, which requests about no resource match too.
    Everything,
    /// Six segments; those that are missing match anything.
    Segments([Glob; 6]),
    /// With policy variables.
    Template(Template),
    /// `arn:aws:s3:::*`, which AWS takes for `*` where `s3:ListAllMyBuckets` is asked for.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html>
    AllBuckets,
}

impl ResourcePattern {
    pub(super) fn new(text: &str, has_variables: bool, keys: &mut Keys) -> Self {
        if !text.is_empty() && text.bytes().all(|byte| byte == b'*') {
            return ResourcePattern::Everything;
        }
        if text == "arn:aws:s3:::*" {
            return ResourcePattern::AllBuckets;
        }
        match Template::new(text, true, keys).filter(|_| has_variables) {
            Some(template) => ResourcePattern::Template(template),
            None => ResourcePattern::Segments(segments(text)),
        }
    }

    pub(super) fn matches(&self, bound: &Bound) -> Truth {
        match self {
            ResourcePattern::Everything => Truth::Yes,
            ResourcePattern::Segments(pattern) => bound.is_about(|| segments_match(pattern, bound.resource())),
            ResourcePattern::AllBuckets if bound.any_resource() => Truth::Unknown,
            ResourcePattern::AllBuckets => {
                let listing = bound.resource_text() == "*" && bound.action() == "s3:listallmybuckets";
                let bucket = bound.resource_text().starts_with("arn:aws:s3:::");
                (listing || bucket).into()
            }
            ResourcePattern::Template(template) => match template.substitute(bound, true) {
                Substituted::Text(text) => bound.is_about(|| segments_match(&segments(&text), bound.resource())),
                Substituted::Missing => Truth::No,
                Substituted::Unknown => Truth::Unknown,
            },
        }
    }

    /// Whether it holds a variable that has no value, so that the statement matches nothing at all.
    pub(super) fn is_missing(&self, bound: &Bound) -> bool {
        match self {
            ResourcePattern::Template(template) => matches!(template.substitute(bound, true), Substituted::Missing),
            _ => false,
        }
    }
}

pub(super) fn segments(text: &str) -> [Glob; 6] {
    let mut parts = text.splitn(6, ':');
    [(); 6].map(|()| parts.next().map_or(Glob::Any, Glob::new))
}

/// Each segment of an ARN against its pattern; a text that is no ARN matches none.
pub(super) fn segments_match(pattern: &[Glob; 6], arn: Option<[&str; 6]>) -> bool {
    // The resource differs most often.
    arn.is_some_and(|arn| pattern.iter().zip(arn).rev().all(|(glob, segment)| glob.matches(segment)))
}
