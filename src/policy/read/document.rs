//! The elements of a document and of its statements.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use super::json::{Member, Node, Value};
use super::{Partial, condition};
use crate::base::Span;
use crate::diagnostic::{Diagnostic, closest, code};
use crate::policy::{
    ActionElement, Document, Effect, Located, PRINCIPAL_KEYS, Principal, PrincipalElement, ResourceElement, Statement,
    Version,
};

const GRAMMAR: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html";
const OF_DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];
const OF_STATEMENT: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

pub(super) fn read(node: &Node<'_>) -> Partial {
    let mut reader = Reader { errors: Vec::new(), remarks: Vec::new() };
    let document = reader.document(node);
    Partial { document, errors: reader.errors, remarks: reader.remarks }
}

/// Whom an element names, if it is as it should be.
pub(super) fn principals(node: &Node<'_>) -> Option<Vec<Located<Principal>>> {
    let mut reader = Reader { errors: Vec::new(), remarks: Vec::new() };
    reader.principals(node, "Principal").filter(|_| reader.errors.is_empty())
}

/// A break of the grammar.
pub(super) fn broken(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&code::POLICY_GRAMMAR, span, message).note(format!("see {GRAMMAR}"))
}

/// A document that does not say which language it is in.
fn missing_version(node: &Node<'_>, members: &[Member<'_>]) -> Diagnostic {
    let finding = Diagnostic::new(&code::MISSING_VERSION, node.span, "this policy has no `Version`")
        .aws("MISSING_VERSION")
        .label("read as version 2008-10-17")
        .note("without a version it is in the language of 2008-10-17, in which policy variables such as `${aws:username}` are plain text (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html)");
    let help = "add `\"Version\": \"2012-10-17\"`";
    // In JSON that stands in a string, quotes are written otherwise, and names are longer than they read.
    match members.first().map(|first| (first.name_span, first.name.len() + 2)) {
        Some((at, length)) if (at.end - at.start) as usize == length => {
            let before = Span { end: at.start, ..at };
            let finding = finding.fix(help, before, "\"Version\": \"2012-10-17\", ");
            if holds_variable(node) { finding.unsafely() } else { finding }
        }
        _ => finding.help(help),
    }
}

/// Whether a text in it would be a variable in the newer language.
fn holds_variable(node: &Node<'_>) -> bool {
    match &node.value {
        Value::String(text) => text.contains("${"),
        Value::Array(elements) => elements.iter().any(holds_variable),
        Value::Object(members) => members.iter().any(|member| holds_variable(&member.value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// An element that is there and says nothing.
pub(super) fn empty(span: Span, message: &str, aws: &'static str) -> Diagnostic {
    Diagnostic::new(&code::EMPTY_ELEMENT, span, message)
        .aws(aws)
        .label("empty")
        .note(format!("an element that may be left out says something where it is there (see {GRAMMAR})"))
        .help("say something in it, or leave it out")
}

struct Reader {
    errors: Vec<Diagnostic>,
    /// What AWS takes, and does not mean as it reads.
    remarks: Vec<Diagnostic>,
}

impl Reader {
    fn refuse<T>(&mut self, error: Diagnostic) -> Option<T> {
        self.errors.push(error);
        None
    }

    fn document(&mut self, node: &Node<'_>) -> Option<Document> {
        let Value::Object(members) = &node.value else {
            return self.refuse(
                broken(node.span, format!("a policy document is an object, and this is {}", node.describe()))
                    .aws("DATA_TYPE_MISMATCH")
                    .help("write `{\"Version\": \"2012-10-17\", \"Statement\": [...]}`"),
            );
        };
        self.known(members, &OF_DOCUMENT, "a policy document", "INVALID_POLICY_ELEMENT");
        let version = match node.get("Version") {
            // Of a document that AWS refuses, the rest is read as it was meant.
            Some(version) => self.version(version).unwrap_or_default(),
            None => {
                self.remarks.push(missing_version(node, members));
                Version::V2008
            }
        };
        let id = match node.get("Id") {
            Some(id) => self.string(id, "Id").map(|id| id.value.as_str().into()),
            None => None,
        };
        let Some(statement) = node.get("Statement") else {
            return self.refuse(
                broken(node.span, "this policy has no `Statement`")
                    .aws("MISSING_STATEMENT")
                    .help("add `\"Statement\": [{\"Effect\": ..., ...}]`"),
            );
        };
        let statements = match &statement.value {
            Value::Array(elements) => elements.iter().filter_map(|one| self.statement(one)).collect(),
            _ => self.statement(statement).into_iter().collect(),
        };
        Some(Document { version, id, statements })
    }

    /// Reports members that an object does not have.
    fn known(&mut self, members: &[Member<'_>], names: &[&str], owner: &str, aws: &'static str) {
        for member in members.iter().filter(|member| !names.contains(&&*member.name)) {
            let error = broken(member.name_span, format!("{owner} has no element `{}`", member.name))
                .aws(aws)
                .note("AWS refuses a policy with an unknown element; element names are case-sensitive");
            self.errors.push(match closest(&member.name, names.iter().copied()) {
                Some(near) => error.fix(format!("did you mean `{near}`?"), member.name_span, format!("\"{near}\"")),
                None => error.help(format!("its elements are `{}`", names.join("`, `"))),
            });
        }
    }

    fn version(&mut self, node: &Node<'_>) -> Option<Version> {
        match node.text() {
            Some("2012-10-17") => Some(Version::V2012),
            Some("2008-10-17") => Some(Version::V2008),
            text => self.refuse(
                broken(node.span, "this is no version of the policy language")
                    .aws(if text.is_some() { "INVALID_VERSION" } else { "DATA_TYPE_MISMATCH" })
                    .note("the versions are \"2012-10-17\" and \"2008-10-17\"")
                    .fix("write \"2012-10-17\"", node.span, "\"2012-10-17\""),
            ),
        }
    }

    fn string(&mut self, node: &Node<'_>, element: &str) -> Option<Located<String>> {
        match node.text() {
            Some(text) => Some(Located::new(text.to_owned(), node.span)),
            None => self.refuse(
                broken(node.span, format!("`{element}` is a string, and this is {}", node.describe()))
                    .aws("DATA_TYPE_MISMATCH")
                    .help("write it in quotes"),
            ),
        }
    }

    /// One string, or several in an array, which is not empty.
    fn strings(&mut self, node: &Node<'_>, element: &str) -> Option<Vec<Located<String>>> {
        let Value::Array(elements) = &node.value else { return Some(vec![self.string(node, element)?]) };
        if elements.is_empty() {
            return self.refuse(
                broken(node.span, format!("`{element}` is empty"))
                    .aws(match element {
                        "Action" | "NotAction" => "EMPTY_ARRAY_ACTION",
                        "Resource" | "NotResource" => "EMPTY_ARRAY_RESOURCE",
                        _ => "EMPTY_ARRAY_PRINCIPAL",
                    })
                    .note("AWS refuses a statement with an empty list, or never applies it")
                    .help("name something, or remove the statement"),
            );
        }
        let read: Vec<Option<_>> = elements.iter().map(|one| self.string(one, element)).collect();
        read.into_iter().collect()
    }

    fn statement(&mut self, node: &Node<'_>) -> Option<Statement> {
        let Value::Object(members) = &node.value else {
            return self.refuse(
                broken(node.span, format!("a statement is an object, and this is {}", node.describe()))
                    .aws("DATA_TYPE_MISMATCH")
                    .help("write `{\"Effect\": ..., \"Action\": ..., ...}`"),
            );
        };
        let before = self.errors.len();
        self.known(members, &OF_STATEMENT, "a statement", "INVALID_POLICY_ELEMENT");
        let sid = node.get("Sid").and_then(|sid| self.string(sid, "Sid"));
        if let Some(sid) = sid.as_ref().filter(|sid| sid.value.is_empty()) {
            self.remarks.push(empty(sid.span, "the Sid of this statement is empty", "EMPTY_SID_VALUE"));
        }
        let effect = self.effect(node);
        let action = self.one_of(node, "Action", "NotAction", true);
        let action = action
            .and_then(|(negated, value, name)| Some(ActionElement { negated, patterns: self.strings(value, name)? }));
        let resource = self.one_of(node, "Resource", "NotResource", false);
        let resource = resource.and_then(|(negated, value, name)| {
            let patterns = self.strings(value, name)?;
            let patterns = patterns.into_iter().map(|one| Located::new(one.value.into(), one.span)).collect();
            Some(ResourceElement { negated, patterns })
        });
        let principal = self.one_of(node, "Principal", "NotPrincipal", false);
        let principal = principal.and_then(|(negated, value, name)| {
            Some(PrincipalElement { negated, principals: self.principals(value, name)? })
        });
        let condition = match node.get("Condition") {
            Some(condition) => condition::read(condition, &mut self.errors, &mut self.remarks),
            None => Vec::new(),
        };
        if self.errors.len() > before {
            return None;
        }
        let sid = sid.map(|sid| Located::new(sid.value.into(), sid.span));
        Some(Statement { sid, effect: effect?, principal, action: action?, resource, condition, span: node.span })
    }

    fn effect(&mut self, node: &Node<'_>) -> Option<Effect> {
        let Some(effect) = node.get("Effect") else {
            return self.refuse(
                broken(node.span, "this statement has no `Effect`")
                    .aws("MISSING_EFFECT")
                    .help("add `\"Effect\": \"Allow\"` or `\"Deny\"`"),
            );
        };
        match effect.text() {
            Some("Allow") => Some(Effect::Allow),
            Some("Deny") => Some(Effect::Deny),
            other => {
                let error = broken(effect.span, "the effect is `Allow` or `Deny`")
                    .aws(if other.is_some() { "INVALID_EFFECT" } else { "DATA_TYPE_MISMATCH" })
                    .note("its letter case matters (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html)");
                let near = other.and_then(|text| closest(text, ["Allow", "Deny"]));
                self.refuse(match near {
                    Some(near) => error.fix(format!("write `{near}`"), effect.span, format!("\"{near}\"")),
                    None => error.help("write one of them"),
                })
            }
        }
    }

    /// The element of that name or of its opposite, of which there is one at most.
    fn one_of<'n, 'a>(
        &mut self,
        node: &'n Node<'a>,
        name: &'static str,
        negated: &'static str,
        required: bool,
    ) -> Option<(bool, &'n Node<'a>, &'static str)> {
        match (node.get(name), node.get(negated)) {
            (Some(value), None) => Some((false, value, name)),
            (None, Some(value)) => Some((true, value, negated)),
            (Some(one), Some(other)) => self.refuse(
                broken(other.span, format!("a statement has `{name}` or `{negated}`, not both"))
                    .aws("UNSUPPORTED_ELEMENT_COMBINATION")
                    .also(one.span, format!("`{name}` is here"))
                    .help("make two statements of it"),
            ),
            (None, None) if required => self.refuse(
                broken(node.span, format!("this statement has no `{name}`"))
                    .aws("MISSING_ACTION")
                    .help(format!("add `\"{name}\": ...` or `\"{negated}\": ...`")),
            ),
            (None, None) => None,
        }
    }

    fn principals(&mut self, node: &Node<'_>, element: &str) -> Option<Vec<Located<Principal>>> {
        if node.text() == Some("*") {
            return Some(vec![Located::new(Principal::Anyone, node.span)]);
        }
        let Value::Object(members) = &node.value else {
            return self.refuse(
                broken(node.span, format!("`{element}` is `\"*\"` or an object, and this is neither"))
                    .aws("INVALID_PRINCIPAL_FORMAT")
                    .note("see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html")
                    .help("write it as `{\"AWS\": \"...\"}`, `{\"Service\": \"...\"}`, `{\"Federated\": \"...\"}`"),
            );
        };
        self.known(members, &PRINCIPAL_KEYS, "a principal", "INVALID_PRINCIPAL_KEY");
        let mut principals = Vec::new();
        for member in members.iter().filter(|member| PRINCIPAL_KEYS.contains(&&*member.name)) {
            let of: fn(crate::policy::Text) -> Principal = match &*member.name {
                "AWS" => Principal::Aws,
                "Service" => Principal::Service,
                "Federated" => Principal::Federated,
                _ => Principal::CanonicalUser,
            };
            let values = self.strings(&member.value, &member.name)?;
            principals.extend(values.into_iter().map(|one| Located::new(of(one.value.into()), one.span)));
        }
        // An element of another name has been told.
        if principals.is_empty() && !members.is_empty() {
            return None;
        }
        if principals.is_empty() {
            return self.refuse(
                broken(node.span, format!("`{element}` is empty"))
                    .aws("EMPTY_OBJECT_PRINCIPAL")
                    .help("name a principal"),
            );
        }
        Some(principals)
    }
}
