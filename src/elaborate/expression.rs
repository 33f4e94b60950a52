//! Expressions to values.

use std::rc::Rc;

use super::elaborator::Elaborator;
use super::environment::{Environment, This};
use super::types::Type;
use super::value::{List, Value, Valued};
use crate::base::Span;
use crate::diagnostic::{Diagnostic, closest, code};
use crate::policy::{Principal, Text};
use crate::project::{Binding, ModuleId};
use crate::syntax::{Expr, ExprKind, ItemKind, Parameter, Path, StringLit, StringPart};

/// How many values a list may hold, those of the lists in it included.
const LONGEST_LIST: usize = 20_000;

/// How long a text may become, in bytes: what IAM's API reads at most of a whole document.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>
const LONGEST_TEXT: usize = 131_072;

/// What a path stands for.
pub(super) enum Resolved {
    Local(Valued),
    Item(ModuleId, usize),
    Module(ModuleId),
}

impl<'a> Elaborator<'a> {
    pub(super) fn evaluate(&mut self, environment: &Environment, expression: &Expr) -> Valued {
        let value = match &expression.kind {
            ExprKind::String(literal) => self.string(environment, literal).map_or(Value::Error, Value::Text),
            ExprKind::Number(text) => Value::Number(text.clone()),
            ExprKind::Bool(value) => Value::Bool(*value),
            ExprKind::Duration(text) => self.duration(environment, text, expression.span),
            ExprKind::Date(text) => Value::Date(text.clone()),
            ExprKind::Iam(name) => Value::Iam(name.clone()),
            ExprKind::Star => Value::Everything,
            ExprKind::SelfRef => self.this(environment, expression.span),
            ExprKind::Path(path) => return self.path(environment, path),
            ExprKind::Call(path, arguments) => return self.call(environment, path, arguments, expression.span),
            ExprKind::List(elements) => self.list(environment, elements, expression.span),
            ExprKind::Error => Value::Error,
        };
        Valued::new(value, expression.span)
    }

    fn list(&mut self, environment: &Environment, elements: &[Expr], span: Span) -> Value {
        let list: List = elements.iter().map(|one| self.evaluate(environment, one)).collect();
        if list.length <= LONGEST_LIST {
            return Value::List(Rc::new(list));
        }
        let message = format!("this list holds more than {LONGEST_LIST} values");
        let diagnostic = Diagnostic::new(&code::TOO_LARGE, span, message)
            .note("no policy that AWS takes is large enough for them")
            .help("name fewer, or match them with a wildcard");
        self.report(environment, diagnostic);
        Value::Error
    }

    /// The text of a string literal with its names put in; `None` where one of them has been reported.
    pub(super) fn string(&mut self, environment: &Environment, literal: &StringLit) -> Option<Text> {
        let mut text = Text::default();
        for part in &literal.parts {
            match part {
                StringPart::Text(run) => text.push_str(run),
                StringPart::Error => return None,
                StringPart::Interpolation(path) => {
                    let value = self.path(environment, path);
                    match value.value.text() {
                        Some(inner) => text.push(&inner),
                        None => {
                            if value.value != Value::Error {
                                self.report(
                                    environment,
                                    Diagnostic::new(
                                        &code::TYPE_MISMATCH,
                                        path.span,
                                        format!("{} cannot stand inside a string", value.value.describe()),
                                    )
                                    .help("a string, a number, an ARN or another single value can"),
                                );
                            }
                            return None;
                        }
                    }
                }
            }
        }
        if text.len() <= LONGEST_TEXT {
            return Some(text);
        }
        let message = format!("this text has more than {LONGEST_TEXT} bytes");
        self.report(
            environment,
            Diagnostic::new(&code::TOO_LARGE, literal.span, message)
                .note("AWS reads no policy that is larger")
                .help("shorten it"),
        );
        None
    }

    fn duration(&mut self, environment: &Environment, text: &str, span: Span) -> Value {
        match seconds(text) {
            Some(seconds) => Value::Duration(seconds),
            None => {
                self.report(
                    environment,
                    Diagnostic::new(&code::TYPE_MISMATCH, span, format!("`{text}` is longer than any duration"))
                        .help("write a shorter one"),
                );
                Value::Error
            }
        }
    }

    fn this(&mut self, environment: &Environment, span: Span) -> Value {
        match &environment.this {
            This::Value(this) => this.value.clone(),
            This::NeedsAccount => {
                self.report(
                    environment,
                    Diagnostic::new(
                        &code::MISSING_ACCOUNT_OR_REGION,
                        span,
                        "the ARN of this boundary holds an account, and none is given",
                    )
                    .label("of which account?")
                    .help("set `account` under `[defaults]` in leastwise.toml"),
                );
                Value::Error
            }
            This::Nothing => {
                self.report(
                    environment,
                    Diagnostic::new(&code::UNKNOWN_NAME, span, "`self` stands for nothing here")
                        .note("`self` is the resource that a resource-based policy is for, and in a boundary the policy itself")
                        .help("name the resource"),
                );
                Value::Error
            }
        }
    }

    pub(super) fn path(&mut self, environment: &Environment, path: &Path) -> Valued {
        if let Some(name) = path.single()
            && name.text == "anyone"
            && environment.local("anyone").is_none()
        {
            return Valued::new(Value::Principal(Principal::Anyone), path.span);
        }
        if path.single().is_some_and(|name| name.text == "self") {
            return Valued::new(self.this(environment, path.span), path.span);
        }
        match self.resolve(environment, path) {
            Some(Resolved::Local(value)) => Valued::new(value.value, path.span),
            Some(Resolved::Item(module, index)) => Valued::new(self.item_value(module, index).value, path.span),
            Some(Resolved::Module(_)) => {
                let text = self.project.sources.text(path.span).to_owned();
                self.report(
                    environment,
                    Diagnostic::new(&code::UNKNOWN_NAME, path.span, format!("`{text}` is a module, no value"))
                        .help(format!("name what you want of it: `{text}.name`")),
                );
                Valued::new(Value::Error, path.span)
            }
            None => Valued::new(Value::Error, path.span),
        }
    }

    /// What a path stands for; reports what stands for nothing.
    pub(super) fn resolve(&mut self, environment: &Environment, path: &Path) -> Option<Resolved> {
        let [first, rest @ ..] = path.names.as_slice() else { return None };
        let mut found = if let Some(local) = environment.local(&first.text) {
            Resolved::Local(local.clone())
        } else if let Some((binding, _)) = self.project.module(environment.module).names.get(&first.text) {
            if let Binding::Several(..) = binding {
                self.ambiguous(environment, first, *binding);
            }
            resolved(*binding)?
        } else if first.text == "std" && !rest.is_empty() {
            return self.resolve_library(environment, path);
        } else {
            self.unknown_name(environment, path);
            return None;
        };
        for name in rest {
            let Resolved::Module(module) = found else {
                self.report(
                    environment,
                    Diagnostic::new(
                        &code::UNKNOWN_NAME,
                        name.span,
                        format!("`{}` is no part of what stands before the dot", name.text),
                    )
                    .help("only modules and services have parts"),
                );
                return None;
            };
            found = self.member(environment, module, name)?;
        }
        Some(found)
    }

    fn resolve_library(&mut self, environment: &Environment, path: &Path) -> Option<Resolved> {
        let module = &path.names[1];
        let Some(id) = self.project.library(&module.text) else {
            let mut diagnostic =
                Diagnostic::new(&code::UNKNOWN_NAME, module.span, format!("`std` has no module `{}`", module.text));
            if let Some(near) = closest(&module.text, crate::project::library_modules().map(|(name, _)| name)) {
                diagnostic = diagnostic.fix(format!("did you mean `{near}`?"), module.span, near);
            }
            self.report(environment, diagnostic);
            return None;
        };
        let mut found = Resolved::Module(id);
        for name in &path.names[2..] {
            let Resolved::Module(module) = found else { return None };
            found = self.member(environment, module, name)?;
        }
        Some(found)
    }

    fn member(&mut self, environment: &Environment, module: ModuleId, name: &crate::syntax::Name) -> Option<Resolved> {
        let inside = self.project.module(module);
        if let Some((binding, _)) = inside.names.get(&name.text) {
            return resolved(*binding);
        }
        if self.project.may_declare(inside, &name.text) {
            return None;
        }
        let mut diagnostic = Diagnostic::new(
            &code::UNKNOWN_NAME,
            name.span,
            format!("`{}` declares no `{}`", self.project.sources.file(inside.file).name(), name.text),
        );
        let mut known: Vec<&str> = inside.names.keys().map(String::as_str).collect();
        known.sort_unstable();
        if let Some(near) = closest(&name.text, known) {
            diagnostic = diagnostic.fix(format!("did you mean `{near}`?"), name.span, near);
        }
        self.report(environment, diagnostic);
        None
    }

    /// A claim over several files speaks of a name that more than one of them declares.
    fn ambiguous(&mut self, environment: &Environment, name: &crate::syntax::Name, binding: Binding) {
        let Binding::Several(first, second) = binding else { return };
        let declared = [first, second].map(|id| {
            let module = self.project.module(id);
            let found = module.names.get(&name.text).map(|(_, span)| *span).unwrap_or_default();
            (self.project.sources.file(module.file).name().to_owned(), found)
        });
        let mut finding =
            Diagnostic::new(&code::UNKNOWN_NAME, name.span, format!("more than one file declares `{}`", name.text));
        for (_, place) in &declared {
            finding = finding.also(*place, "declared here");
        }
        let stem = std::path::Path::new(&declared[0].0).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let help = format!("say of which file: `{stem}.{}`, or name the files that are meant", name.text);
        self.report(environment, finding.label("which?").help(help));
    }

    fn unknown_name(&mut self, environment: &Environment, path: &Path) {
        let name = &path.names[0];
        if self.project.may_declare(self.project.module(environment.module), &name.text) {
            return;
        }
        let mut diagnostic =
            Diagnostic::new(&code::UNKNOWN_NAME, name.span, format!("nothing here is called `{}`", name.text))
                .label("not declared");
        let mut known: Vec<&str> = environment.locals.iter().map(|(local, _)| local.as_str()).collect();
        known.extend(self.project.module(environment.module).names.keys().map(String::as_str));
        known.sort_unstable();
        if let Some(near) = closest(&name.text, known) {
            diagnostic = diagnostic.fix(format!("did you mean `{near}`?"), name.span, near);
        } else if path.names.len() == 1 {
            diagnostic = diagnostic
                .help("declare it with `let`, `param` or `extern`, or bring it in with `use`; text stands in quotes");
        } else {
            diagnostic = diagnostic.help(
                "a module is brought in with `use`; a service is called by its prefix, as in `s3.bucket(\"name\")`",
            );
        }
        self.report(environment, diagnostic);
    }

    /// The value of a top-level item; evaluated once.
    pub(super) fn item_value(&mut self, module: ModuleId, index: usize) -> Valued {
        if let Some(value) = self.values.get(&(module, index)) {
            return value.clone();
        }
        let item = &self.project.module(module).parsed.file.items[index];
        if !self.evaluating.insert((module, index)) {
            let declared = crate::project::Module::declared(item);
            let (name, span) = declared.map_or(("this", item.span), |name| (name.text.as_str(), name.span));
            self.out.diagnostics.push(
                Diagnostic::new(&code::ENDLESS_TEMPLATE, span, format!("`{name}` is defined by itself"))
                    .label("needs its own value")
                    .help("give it a value that does not need it"),
            );
            return Valued::new(Value::Error, item.span);
        }
        let environment = Environment::of(module);
        let value = match &item.kind {
            ItemKind::Let(binding) => {
                let value = self.evaluate(&environment, &binding.value);
                match &binding.ty {
                    Some(ty) => {
                        let resolved = self.type_in(module, ty);
                        self.coerce(&environment, value, &resolved, Some(ty.span()))
                    }
                    None => value,
                }
            }
            ItemKind::Param(parameter) => self.parameter_of_file(&environment, parameter),
            ItemKind::Extern(parameter) => {
                self.type_in(module, &parameter.ty);
                if let Some(default) = &parameter.default {
                    self.report(
                        &environment,
                        Diagnostic::new(&code::BAD_ARGUMENT, default.span, "an `extern` has no default")
                            .help("its value comes when the policy is deployed; use `param` for a value of this build"),
                    );
                }
                Valued::new(Value::Text(Text::from_extern(&parameter.name.text)), parameter.name.span)
            }
            _ => Valued::new(Value::Declaration(module, index), item.span),
        };
        self.evaluating.remove(&(module, index));
        self.values.insert((module, index), value.clone());
        value
    }

    /// A `param`: from `--set`, else from `leastwise.toml`, else its default.
    fn parameter_of_file(&mut self, environment: &Environment, parameter: &Parameter) -> Valued {
        let name = &parameter.name;
        let ty = self.type_in(environment.module, &parameter.ty);
        let given = self.inputs.set.get(&name.text).map(|text| from_text(text, &ty, name.span));
        let given = given
            .or_else(|| self.inputs.config.params.get(&name.text).and_then(|value| from_toml(value, &ty, name.span)));
        let value = match (given, &parameter.default) {
            (Some(value), _) => Valued::new(value, name.span),
            (None, Some(default)) => self.evaluate(environment, default),
            (None, None) => {
                self.report(
                    environment,
                    Diagnostic::new(&code::BAD_ARGUMENT, name.span, format!("`{}` has no value", name.text))
                        .label("no default")
                        .help(format!(
                            "give one with `--set {}=...`, under `[params]` in leastwise.toml, or as a default",
                            name.text
                        )),
                );
                Valued::new(Value::Error, name.span)
            }
        };
        self.coerce(environment, value, &ty, Some(parameter.ty.span()))
    }
}

/// `None` for what could not be brought in, which has been reported.
fn resolved(binding: Binding) -> Option<Resolved> {
    match binding {
        Binding::Item(module, index) => Some(Resolved::Item(module, index)),
        Binding::Module(module) => Some(Resolved::Module(module)),
        Binding::Several(..) | Binding::Unknown => None,
    }
}

/// The seconds of a duration, `15m`.
fn seconds(text: &str) -> Option<u64> {
    let unit = text.chars().last()?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    let is_whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse::<u64>().ok().filter(|_| is_whole)?.checked_mul(factor)
}

/// The value that a text of the command line stands for; a list's elements are parted by commas.
fn from_text(text: &str, ty: &Type, span: Span) -> Value {
    match ty {
        Type::Number => Value::Number(text.to_owned()),
        Type::Bool if text == "true" || text == "false" => Value::Bool(text == "true"),
        Type::Date => Value::Date(text.to_owned()),
        Type::Duration => seconds(text).map_or_else(|| Value::Text(text.into()), Value::Duration),
        Type::List(element) => {
            let elements = text.split(',').filter(|one| !one.is_empty());
            Value::List(Rc::new(elements.map(|one| Valued::new(from_text(one.trim(), element, span), span)).collect()))
        }
        _ => Value::Text(text.into()),
    }
}

/// The value that `[params]` gives; what TOML has no form for, such as a duration, is written there as on the command line.
fn from_toml(value: &toml::Value, ty: &Type, span: Span) -> Option<Value> {
    let element = if let Type::List(element) = ty { element } else { ty };
    Some(match value {
        toml::Value::String(text) if *ty == Type::Duration => from_text(text, ty, span),
        toml::Value::String(text) => Value::Text(text.as_str().into()),
        toml::Value::Integer(number) => Value::Number(number.to_string()),
        toml::Value::Float(number) => Value::Number(number.to_string()),
        toml::Value::Boolean(value) => Value::Bool(*value),
        toml::Value::Datetime(date) => Value::Date(date.to_string()),
        toml::Value::Array(list) => Value::List(Rc::new(
            list.iter().filter_map(|one| Some(Valued::new(from_toml(one, element, span)?, span))).collect(),
        )),
        toml::Value::Table(_) => return None,
    })
}
