//! Placeholders of Terraform and CloudFormation, which stay open as `extern`s.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::policy::read::json::{Member, Node, Value};
use crate::policy::{Document, Located, Piece, Text};
use crate::syntax::is_name;

/// The names of the externs in a document.
pub fn externs(document: &Document) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut collect = |text: &Text| {
        names.extend(
            text.pieces()
                .filter_map(|piece| if let Piece::Extern(name) = piece { Some(name.to_owned()) } else { None }),
        );
    };
    for statement in &document.statements {
        statement.sid.iter().for_each(|sid| collect(&sid.value));
        statement.resource.iter().flat_map(|element| &element.patterns).for_each(|one| collect(&one.value));
        let principals = statement.principal.iter().flat_map(|element| &element.principals);
        principals.filter_map(|one| one.value.text()).for_each(&mut collect);
        for test in &statement.condition {
            collect(&test.key.value);
            test.values.iter().for_each(|value| collect(&value.value));
        }
    }
    names
}

/// A document with externs in the place of its placeholders.
pub(super) fn open(mut document: Document) -> Document {
    let each = |one: &mut Located<Text>| one.value = opened(&one.value);
    for statement in &mut document.statements {
        statement.resource.iter_mut().flat_map(|element| &mut element.patterns).for_each(each);
        for principal in statement.principal.iter_mut().flat_map(|element| &mut element.principals) {
            use crate::policy::Principal::*;
            if let Aws(text) | Service(text) | Federated(text) | CanonicalUser(text) = &mut principal.value {
                *text = opened(text);
            }
        }
        for test in &mut statement.condition {
            each(&mut test.key);
            test.values.iter_mut().for_each(each);
        }
    }
    document
}

fn opened(text: &Text) -> Text {
    let Some(plain) = text.plain().filter(|plain| plain.contains("${")) else { return text.clone() };
    let mut out = Text::default();
    let mut rest = plain;
    while let Some(at) = rest.find("${") {
        // Terraform writes `$${` for a `${` that is to stay.
        let escaped = rest[..at].ends_with('$');
        let Some(end) = rest[at..].find('}').map(|end| at + end) else { break };
        let inside = &rest[at + 2..end];
        match placeholder(inside).filter(|_| !escaped) {
            Some(name) => {
                out.push_str(&rest[..at]);
                out.push(&Text::from_extern(&name));
            }
            None => {
                out.push_str(&rest[..at - usize::from(escaped)]);
                out.push_str(&rest[at..=end]);
            }
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out
}

/// The extern that a placeholder becomes; `None` for a policy variable.
fn placeholder(inside: &str) -> Option<String> {
    let key = inside.split(',').next().unwrap_or_default().trim();
    let is_variable = matches!(key, "*" | "?" | "$") || key.contains(':') && !key.contains("::");
    if is_variable || key.is_empty() {
        return None;
    }
    let key = key.strip_prefix("var.").unwrap_or(key);
    let mut name = String::new();
    let mut lower = false;
    for character in key.chars() {
        match character {
            upper if upper.is_ascii_uppercase() => {
                if lower {
                    name.push('-');
                }
                name.push(upper.to_ascii_lowercase());
            }
            plain if plain.is_ascii_alphanumeric() => name.push(plain),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
        lower = character.is_ascii_lowercase();
    }
    let name = name.trim_end_matches('-').to_owned();
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let name = if starts_well { name } else { format!("value-{name}") };
    Some(if is_name(&name) { name } else { format!("{name}-value") })
}

/// CloudFormation's functions (`{"Fn::Sub": "..."}`, `{"Ref": "X"}`, ...) as texts with placeholders.
pub(super) fn flatten(node: Node<'_>) -> Node<'_> {
    let Node { value, span } = node;
    let value = match value {
        Value::Object(members) => match function(&members) {
            Some(text) => Value::String(Cow::Owned(text)),
            None => {
                let flat = members.into_iter().map(|member| Member { value: flatten(member.value), ..member });
                Value::Object(flat.collect())
            }
        },
        Value::Array(elements) => Value::Array(elements.into_iter().map(flatten).collect()),
        Value::String(text) => Value::String(tag(&text).map_or(text, Cow::Owned)),
        other => other,
    };
    Node { value, span }
}

/// `"!Sub ..."`, which is what is left of YAML's short forms where YAML was made JSON.
fn tag(text: &str) -> Option<String> {
    let (tag, rest) = text.strip_prefix('!')?.split_once(' ')?;
    match tag {
        "Sub" => Some(rest.trim().replace("${!", "$${")),
        "Ref" | "ImportValue" | "GetAtt" => Some(format!("${{{}}}", rest.trim())),
        _ => None,
    }
}

fn function(members: &[Member<'_>]) -> Option<String> {
    let [member] = members else { return None };
    match (&*member.name, &member.value.value) {
        ("Fn::Sub", Value::String(text)) => Some(text.replace("${!", "$${")),
        ("Fn::Sub", Value::Array(elements)) => elements.first()?.text().map(|text| text.replace("${!", "$${")),
        ("Ref" | "Fn::ImportValue", Value::String(name)) => Some(format!("${{{name}}}")),
        ("Fn::GetAtt", Value::String(name)) => Some(format!("${{{name}}}")),
        ("Fn::GetAtt", Value::Array(parts)) => {
            let parts: Vec<&str> = parts.iter().filter_map(Node::text).collect();
            Some(format!("${{{}}}", parts.join(".")))
        }
        ("Fn::Join", Value::Array(parts)) => {
            let [separator, list] = parts.as_slice() else { return None };
            let texts = list.elements().iter().map(|one| match &one.value {
                Value::String(text) => Some(text.to_string()),
                Value::Object(members) => function(members),
                _ => None,
            });
            Some(texts.collect::<Option<Vec<_>>>()?.join(separator.text()?))
        }
        _ => None,
    }
}
