//! `role`: the layers of one principal.

use std::collections::BTreeMap;

use super::elaborator::Elaborator;
use super::environment::Environment;
use super::expression::Resolved;
use super::value::Value;
use crate::base::Span;
use crate::diagnostic::{Diagnostic, closest, code};
use crate::policy::{Kind, limits};
use crate::project::ModuleId;
use crate::syntax::{
    DeclKind, Expr, ExprKind, Item, ItemKind, Name, Path, RecordField, RoleDecl, RoleField, RoleValue,
};

/// A role and the policies that decide what it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its trust policy.
    pub trust: Option<String>,
    /// Its permissions boundary.
    pub boundary: Option<String>,
    /// Its identity policies.
    pub policies: Vec<String>,
    /// `max-session`, in seconds.
    pub max_session: Option<u64>,
    /// Its path, `/service/`.
    pub path: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The text of its documentation comment.
    pub description: Option<String>,
    /// Where it is declared.
    pub span: Span,
}

const FIELDS: [&str; 6] = ["trust", "boundary", "policy", "max-session", "path", "tags"];

impl<'a> Elaborator<'a> {
    pub(super) fn role(&mut self, module: ModuleId, item: &Item, declaration: &RoleDecl) {
        let environment = Environment::of(module);
        let attributes = self.attributes(&environment, &item.attributes, item.span, true);
        self.accept(attributes);
        let name = &declaration.name;
        if let Err(reason) = limits::Named::Role.check(&name.text) {
            self.report(
                &environment,
                Diagnostic::new(&code::KIND_RULE, name.span, reason).help("give it a shorter or plainer name"),
            );
        }
        let file = self.project.module(module);
        let mut role = Role {
            name: name.text.clone(),
            trust: None,
            boundary: None,
            policies: Vec::new(),
            max_session: None,
            path: None,
            tags: BTreeMap::new(),
            description: file.parsed.documentation(self.project.sources.file(file.file).text(), item.span),
            span: name.span,
        };
        for (index, field) in declaration.fields.iter().enumerate() {
            if let Some(first) = declaration.fields[..index].iter().find(|first| first.name.text == field.name.text) {
                let message = format!("`{}` is given twice", field.name.text);
                self.report(
                    &environment,
                    Diagnostic::new(&code::BAD_ARGUMENT, field.name.span, message)
                        .also(first.name.span, "first here")
                        .help("keep one; several policies are parted by commas"),
                );
                continue;
            }
            self.role_field(&environment, field, &mut role);
        }
        self.out.roles.push(role);
    }

    fn role_field(&mut self, environment: &Environment, field: &RoleField, role: &mut Role) {
        match (field.name.text.as_str(), &field.value) {
            ("tags", RoleValue::Record(tags)) => role.tags = self.tags(environment, tags),
            ("trust", RoleValue::Values(values)) => {
                role.trust = self.layers(environment, &field.name, values, Kind::Trust, 1).pop()
            }
            ("boundary", RoleValue::Values(values)) => {
                role.boundary = self.layers(environment, &field.name, values, Kind::Boundary, 1).pop()
            }
            ("policy", RoleValue::Values(values)) => {
                role.policies = self.layers(environment, &field.name, values, Kind::Policy, usize::MAX)
            }
            ("max-session", RoleValue::Values(values)) => {
                role.max_session = self.max_session(environment, &field.name, values)
            }
            ("path", RoleValue::Values(values)) => {
                let [value] = values.as_slice() else { return self.one_value(environment, &field.name) };
                role.path = self.role_path(environment, value);
            }
            (name, _) if FIELDS.contains(&name) => {
                let expected =
                    if name == "tags" { "`tags { key: \"value\" }`".to_owned() } else { format!("`{name} value`") };
                self.report(
                    environment,
                    Diagnostic::new(&code::BAD_ARGUMENT, field.name.span, format!("`{name}` is not written so"))
                        .help(format!("write {expected}")),
                );
            }
            (name, _) => {
                let mut diagnostic =
                    Diagnostic::new(&code::UNKNOWN_NAME, field.name.span, format!("a role has no `{name}`"));
                diagnostic = match closest(name, FIELDS) {
                    Some(near) => diagnostic.fix(format!("did you mean `{near}`?"), field.name.span, near),
                    None => diagnostic.help(format!("it has `{}`", FIELDS.join("`, `"))),
                };
                self.report(environment, diagnostic);
            }
        }
    }

    fn one_value(&mut self, environment: &Environment, name: &Name) {
        self.report(
            environment,
            Diagnostic::new(&code::BAD_ARGUMENT, name.span, format!("`{}` takes one value", name.text))
                .help("remove the others"),
        );
    }

    fn tags(&mut self, environment: &Environment, fields: &[RecordField]) -> BTreeMap<String, String> {
        let mut tags = BTreeMap::new();
        for field in fields {
            let key = match &field.key.kind {
                ExprKind::Path(path) => path.names.last().map(|name| name.text.clone()),
                ExprKind::String(literal) => self.string(environment, literal).map(|text| text.to_string()),
                ExprKind::Iam(name) => Some(name.clone()),
                _ => None,
            };
            let value = self.evaluate(environment, &field.value).value.text();
            if let (Some(key), Some(value)) = (key, value) {
                tags.insert(key, value.to_string());
            }
        }
        tags
    }

    /// The names of declared policies of a kind.
    pub(super) fn layers(
        &mut self,
        environment: &Environment,
        field: &Name,
        values: &[Expr],
        kind: Kind,
        most: usize,
    ) -> Vec<String> {
        if values.len() > most {
            self.one_value(environment, field);
        }
        values.iter().filter_map(|value| self.declared(environment, value, kind)).collect()
    }

    pub(super) fn declared(&mut self, environment: &Environment, expression: &Expr, kind: Kind) -> Option<String> {
        let ExprKind::Path(path) = &expression.kind else {
            let message = format!("expected the name of a {}", kind.keyword());
            self.report(
                environment,
                Diagnostic::new(&code::TYPE_MISMATCH, expression.span, message)
                    .help(format!("declare it, `{} name = ...`, and name it here", kind.keyword())),
            );
            return None;
        };
        let declaration = self.declaration(environment, path)?;
        if let ItemKind::Policy(policy) = &declaration.kind
            && policy.kind == DeclKind::Policy(kind)
            && policy.parameters.is_none()
        {
            return Some(policy.name.text.clone());
        }
        let message = format!("`{}` is no {}", self.project.sources.text(path.span), kind.name());
        let help = format!("name a declaration `{} ...` that has no parameters", kind.keyword());
        let mut diagnostic = Diagnostic::new(&code::TYPE_MISMATCH, path.span, message).help(help);
        if let Some(name) = crate::project::Module::declared(declaration) {
            diagnostic = diagnostic.also(name.span, "declared here");
        }
        self.report(environment, diagnostic);
        None
    }

    /// The item that a path names.
    pub(super) fn declaration(&mut self, environment: &Environment, path: &Path) -> Option<&'a Item> {
        match self.resolve(environment, path)? {
            Resolved::Item(module, index) => Some(&self.project.module(module).parsed.file.items[index]),
            _ => {
                let message = format!("`{}` is no declaration", self.project.sources.text(path.span));
                self.report(
                    environment,
                    Diagnostic::new(&code::TYPE_MISMATCH, path.span, message).help("name a policy or a role"),
                );
                None
            }
        }
    }

    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>: one to twelve hours.
    fn max_session(&mut self, environment: &Environment, name: &Name, values: &[Expr]) -> Option<u64> {
        let [value] = values else {
            self.one_value(environment, name);
            return None;
        };
        let value = self.evaluate(environment, value);
        match value.value {
            Value::Duration(seconds) if (3_600..=43_200).contains(&seconds) => Some(seconds),
            Value::Error => None,
            _ => {
                self.report(
                    environment,
                    Diagnostic::new(
                        &code::TYPE_MISMATCH,
                        value.span,
                        "the longest session of a role is a duration from `1h` to `12h`",
                    )
                    .help("write `max-session 1h`"),
                );
                None
            }
        }
    }

    fn role_path(&mut self, environment: &Environment, expression: &Expr) -> Option<String> {
        let value = self.evaluate(environment, expression);
        let text = value.value.text()?.to_string();
        if text.starts_with('/') && text.ends_with('/') && text.len() <= 512 {
            return Some(text);
        }
        self.report(
            environment,
            Diagnostic::new(&code::TYPE_MISMATCH, value.span, format!("`{text}` is no path"))
                .note("a path starts and ends with `/` and has at most 512 characters")
                .help("write it as `\"/service/\"`"),
        );
        None
    }
}
