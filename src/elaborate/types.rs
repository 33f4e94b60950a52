//! Types, and whether a value is of one.

use std::rc::Rc;

use super::elaborator::Elaborator;
use super::environment::Environment;
use super::value::{Value, Valued};
use crate::base::Span;
use crate::catalogue::regions::{is_region, regions};
use crate::catalogue::service_principals::{is_service_principal, nearest};
use crate::diagnostic::{Diagnostic, closest, code};
use crate::policy::{Principal, Text, value as checks};
use crate::project::ModuleId;
use crate::syntax::{Path, TypeExpr};

/// A type, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    String,
    Number,
    Bool,
    Duration,
    Date,
    Arn,
    AccountId,
    OrgId,
    OuPath,
    Region,
    Service,
    ServicePrincipal,
    ExternalId,
    Action,
    Cidr,
    Principal,
    /// A resource of a service's type.
    Resource(String, String),
    List(Box<Type>),
    Union(Vec<String>),
    /// Reported already; takes any value.
    Error,
}

static NAMED: [(&str, Type); 16] = [
    ("String", Type::String),
    ("Number", Type::Number),
    ("Bool", Type::Bool),
    ("Duration", Type::Duration),
    ("Date", Type::Date),
    ("Arn", Type::Arn),
    ("AccountId", Type::AccountId),
    ("OrgId", Type::OrgId),
    ("OuPath", Type::OuPath),
    ("Region", Type::Region),
    ("Service", Type::Service),
    ("ServicePrincipal", Type::ServicePrincipal),
    ("ExternalId", Type::ExternalId),
    ("Action", Type::Action),
    ("Cidr", Type::Cidr),
    ("Principal", Type::Principal),
];

impl Type {
    /// As written.
    pub(super) fn name(&self) -> String {
        match self {
            Type::Resource(service, ty) => format!("{service}.{ty}"),
            Type::List(ty) => format!("[{}]", ty.name()),
            Type::Union(texts) => texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(" | "),
            other => NAMED.iter().find(|(_, ty)| ty == other).map_or("?", |(name, _)| name).to_owned(),
        }
    }
}

impl Elaborator<'_> {
    /// The type that is written.
    pub(super) fn resolve_type(&mut self, ty: &TypeExpr) -> Type {
        match ty {
            TypeExpr::List(element, _) => Type::List(Box::new(self.resolve_type(element))),
            TypeExpr::Union(texts, _) => Type::Union(texts.iter().filter_map(|text| text.plain()).collect()),
            TypeExpr::Named(path) => self.named_type(path),
        }
    }

    fn named_type(&mut self, path: &Path) -> Type {
        if let [service, ty] = path.names.as_slice() {
            return match self.resource_type(service, ty) {
                Ok(found) => Type::Resource(found.service().name().to_owned(), found.ident().to_owned()),
                Err(diagnostic) => {
                    self.out.diagnostics.push(*diagnostic);
                    Type::Error
                }
            };
        }
        let text = path.names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
        if let Some((_, ty)) = NAMED.iter().find(|(name, _)| *name == text) {
            return ty.clone();
        }
        let mut diagnostic = Diagnostic::new(&code::UNKNOWN_NAME, path.span, format!("there is no type `{text}`"));
        diagnostic = match closest(&text, NAMED.iter().map(|(name, _)| *name)) {
            Some(near) => diagnostic.fix(format!("did you mean `{near}`?"), path.span, near),
            None => diagnostic.help("the types are `String`, `Number`, `Bool`, ..., and the catalogue's resource types, such as `s3.bucket`"),
        };
        self.out.diagnostics.push(diagnostic);
        Type::Error
    }

    /// The value as one of that type; an error is reported at the value, with a note at what asks for the type.
    pub(super) fn coerce(
        &mut self,
        environment: &Environment,
        value: Valued,
        ty: &Type,
        asked: Option<Span>,
    ) -> Valued {
        let span = value.span;
        match self.convert(value.value, ty, span) {
            Ok(value) => Valued::new(value, span),
            Err(mut diagnostic) => {
                if let Some(asked) = asked {
                    *diagnostic = diagnostic.also(asked, format!("`{}` is asked for here", ty.name()));
                }
                self.report(environment, *diagnostic);
                Valued::new(Value::Error, span)
            }
        }
    }

    fn convert(&mut self, value: Value, ty: &Type, span: Span) -> Result<Value, Box<Diagnostic>> {
        let mismatch = |value: &Value| {
            let mut diagnostic = Diagnostic::new(
                &code::TYPE_MISMATCH,
                span,
                format!("expected `{}`, found {}", ty.name(), value.describe()),
            );
            diagnostic = diagnostic.label(format!("not of type `{}`", ty.name()));
            let is_text = !matches!(ty, Type::Number | Type::Bool | Type::Duration | Type::Date | Type::Resource(..));
            Box::new(match value {
                Value::Iam(name) if name.contains(':') => {
                    let (head, tail) = name.split_once(':').unwrap_or_default();
                    diagnostic.help(format!(
                        "`{name}` is one IAM name; for an argument put a space after the colon: `{head}: {tail}`"
                    ))
                }
                Value::Number(text) if is_text && self.project.sources.text(span) == text => {
                    diagnostic.fix("put it in quotes", span, format!("\"{text}\""))
                }
                _ => diagnostic.help(format!("write it as in `{}`", example(ty))),
            })
        };
        match (ty, value) {
            (_, Value::Error) | (Type::Error, _) => Ok(Value::Error),
            (Type::List(element), Value::List(list)) => {
                let list = list
                    .elements
                    .iter()
                    .map(|one| Ok(Valued::new(self.convert(one.value.clone(), element, one.span)?, one.span)));
                Ok(Value::List(Rc::new(list.collect::<Result<_, Box<Diagnostic>>>()?)))
            }
            // IAM itself takes one value for a list of one.
            (Type::List(element), one) => {
                let one = self.convert(one, element, span)?;
                Ok(Value::List(Rc::new([Valued::new(one, span)].into_iter().collect())))
            }
            (Type::Number, value @ Value::Number(_)) | (Type::Bool, value @ Value::Bool(_)) => Ok(value),
            (Type::Duration, value @ Value::Duration(_)) | (Type::Date, value @ Value::Date(_)) => Ok(value),
            (Type::Principal, value @ Value::Principal(_)) => Ok(value),
            (Type::Action, Value::Everything) => Ok(Value::Everything),
            (Type::Action, value @ Value::Iam(_)) => Ok(value),
            (Type::Arn | Type::String, Value::Everything) => Ok(Value::Text("*".into())),
            (Type::Arn, value @ (Value::Resource(_) | Value::Principal(Principal::Aws(_)))) => {
                Ok(Value::Text(value.text().unwrap_or_default()))
            }
            (Type::Resource(service, wanted), Value::Resource(resource)) => {
                let fits = resource.service == *service && resource.ty.as_ref().is_none_or(|ty| ty == wanted);
                if fits { Ok(Value::Resource(resource)) } else { Err(mismatch(&Value::Resource(resource))) }
            }
            (Type::Resource(service, wanted), Value::Text(text)) => match self.resource_from_arn(&text) {
                Some(resource) if resource.service == *service && resource.ty.as_ref() == Some(wanted) => {
                    Ok(Value::Resource(Rc::new(resource)))
                }
                _ => Err(Box::new(
                    mismatch(&Value::Text(text))
                        .help(format!("build it with `{service}.{wanted}(...)`, or give the ARN of one")),
                )),
            },
            (Type::Action, Value::Text(text)) => Ok(Value::Iam(text.to_string())),
            (Type::Union(texts), Value::Text(text)) => match text.plain() {
                Some(plain) if texts.iter().any(|one| one == plain) => Ok(Value::Text(text)),
                _ => Err(Box::new(
                    Diagnostic::new(&code::TYPE_MISMATCH, span, format!("`{text}` is not one of `{}`", ty.name()))
                        .label("none of them")
                        .help(format!("write `{}`", ty.name().replace(" | ", "` or `"))),
                )),
            },
            (_, given @ Value::Text(_)) => self
                .convert_text(given.text().unwrap_or_default(), ty, span)
                .map_err(|found| found.unwrap_or_else(|| mismatch(&given))),
            (_, value) => Err(mismatch(&value)),
        }
    }

    /// A string as a value of a type that strings can be of. `Err(None)` where the type is not such a one.
    fn convert_text(&mut self, text: Text, ty: &Type, span: Span) -> Result<Value, Option<Box<Diagnostic>>> {
        if *ty == Type::String {
            return Ok(Value::Text(text));
        }
        let open = text.has_extern() || text.plain().is_some_and(|plain| plain.contains("${"));
        let plain = text.pattern().into_owned();
        let checked: Result<(), (String, Option<String>)> = match ty {
            Type::Arn => arn_like(&plain).map_err(|reason| (reason, None)),
            Type::AccountId => checks::account_id(&plain).map_err(|reason| (reason, None)),
            Type::OrgId => checks::org_id(&plain).map_err(|reason| (reason, None)),
            Type::OuPath => checks::org_path(&plain).map_err(|reason| (reason, None)),
            Type::ExternalId => checks::external_id(&plain).map_err(|reason| (reason, None)),
            Type::Cidr => checks::address_range(&plain).map(|_| ()).map_err(|reason| (reason, None)),
            Type::Date => checks::date(&plain).map(|_| ()).map_err(|reason| (reason, None)),
            Type::Region => {
                let fits = is_region(&plain);
                if fits {
                    Ok(())
                } else {
                    Err((format!("`{plain}` is no region of AWS"), closest(&plain, regions()).map(str::to_owned)))
                }
            }
            Type::Service => match self.inputs.catalogue.service(&plain) {
                Some(_) => Ok(()),
                None => {
                    let catalogue = self.inputs.catalogue;
                    Err((
                        format!("`{plain}` is no service prefix"),
                        closest(&plain, catalogue.services().map(|service| service.name())).map(str::to_owned),
                    ))
                }
            },
            Type::ServicePrincipal if is_service_principal(&plain) => Ok(()),
            Type::ServicePrincipal => Err((format!("`{plain}` is no service principal of AWS"), nearest(&plain))),
            Type::Principal => {
                return match principal(&text) {
                    Some(principal) => Ok(Value::Principal(principal)),
                    None => Err(Some(Box::new(
                        Diagnostic::new(&code::TYPE_MISMATCH, span, format!("`{text}` is no principal"))
                            .help("write `account(\"...\")`, `role(\"...\", \"Name\")`, `service(\"...\")`, an ARN, or `anyone`"),
                    ))),
                };
            }
            _ => return Err(None),
        };
        match checked {
            Ok(()) => {}
            Err(_) if open => {}
            Err((reason, near)) => {
                let told = |message| Diagnostic::new(&code::TYPE_MISMATCH, span, message);
                // A rule that does not name the value is a note to a message that does.
                let diagnostic = match reason.contains(&format!("`{plain}`")) {
                    true => told(reason),
                    false => told(format!("`{plain}` is no `{}`", ty.name())).note(reason),
                };
                let diagnostic = diagnostic.label(format!("not of type `{}`", ty.name()));
                let written = self.project.sources.text(span) == format!("\"{plain}\"");
                return Err(Some(Box::new(match near {
                    Some(near) if written => {
                        diagnostic.fix(format!("did you mean `{near}`?"), span, format!("\"{near}\""))
                    }
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic.help(format!("write it as in `{}`", example(ty))),
                })));
            }
        }
        if *ty == Type::Date { Ok(Value::Date(plain)) } else { Ok(Value::Text(text)) }
    }

    /// The declared type and the value of a parameter of a module's item, for messages.
    pub(super) fn type_in(&mut self, _module: ModuleId, ty: &TypeExpr) -> Type {
        self.resolve_type(ty)
    }
}

/// A value of a type, as it is written.
fn example(ty: &Type) -> String {
    let text = match ty {
        Type::Resource(service, ty) => return format!("{service}.{ty}(...)"),
        Type::List(element) => return format!("[{}]", example(element)),
        Type::Union(texts) => return format!("\"{}\"", texts.first().map_or("", String::as_str)),
        Type::String => "\"text\"",
        Type::Number => "10",
        Type::Bool => "true",
        Type::Duration => "1h",
        Type::Action => "s3:GetObject",
        Type::Principal => "role(\"123456789012\", \"Name\")",
        Type::AccountId => "\"123456789012\"",
        Type::OrgId => "\"o-a1b2c3d4e5\"",
        Type::OuPath => "\"o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*\"",
        Type::ExternalId => "\"deployment-2026\"",
        Type::Cidr => "\"203.0.113.0/24\"",
        Type::Date => "2026-11-23",
        Type::Region => "\"eu-west-1\"",
        Type::Service => "\"s3\"",
        Type::ServicePrincipal => "\"lambda.amazonaws.com\"",
        Type::Arn | Type::Error => "\"arn:aws:s3:::acme-data\"",
    };
    text.to_owned()
}

fn arn_like(text: &str) -> Result<(), String> {
    if text == "*" || text.starts_with("arn:") {
        Ok(())
    } else {
        Err(format!("`{text}` is no ARN: an ARN starts with `arn:`"))
    }
}

/// The principal that a string names: an ARN, or an account id.
pub(super) fn principal(text: &Text) -> Option<Principal> {
    let plain = text.pattern();
    (plain.starts_with("arn:") || checks::account_id(&plain).is_ok() || text.has_extern())
        .then(|| Principal::Aws(text.clone()))
}
