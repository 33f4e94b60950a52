//! Resources: typed constructors from the catalogue's ARN formats, and ARNs read back into them.

use std::rc::Rc;

use super::elaborator::Elaborator;
use super::environment::Environment;
use super::value::{Resource, Value, Valued};
use crate::base::Span;
use crate::catalogue::ResourceType;
use crate::diagnostic::{Diagnostic, closest, code};
use crate::policy::{Arn, PlaceholderRole, Text, captures, placeholders};
use crate::syntax::{Argument, Name};

impl<'a> Elaborator<'a> {
    /// The catalogue's resource type `service.ty`.
    pub(super) fn resource_type(&self, service: &Name, ty: &Name) -> Result<ResourceType<'a>, Box<Diagnostic>> {
        let catalogue = self.inputs.catalogue;
        let Some(found) = catalogue.service(&service.text) else {
            let mut diagnostic = Diagnostic::new(
                &code::UNKNOWN_NAME,
                service.span,
                format!("nothing here is called `{}`, nor is a service of AWS", service.text),
            );
            if let Some(near) = closest(&service.text, catalogue.services().map(|service| service.name())) {
                diagnostic = diagnostic.fix(format!("did you mean `{near}`?"), service.span, near);
            }
            return Err(Box::new(diagnostic));
        };
        found.resource_type(&ty.text).ok_or_else(|| {
            let known: Vec<&str> = found.resource_types().map(|ty| ty.ident()).collect();
            let mut diagnostic = Diagnostic::new(
                &code::UNKNOWN_NAME,
                ty.span,
                format!("`{}` has no resource type `{}`", found.name(), ty.text),
            );
            diagnostic = match closest(&ty.text, known.iter().copied()) {
                Some(near) => diagnostic.fix(format!("did you mean `{near}`?"), ty.span, near),
                None if known.is_empty() => diagnostic.help("no action of this service takes a resource; write `on *`"),
                None => diagnostic.help(format!("its resource types are `{}`", known.join("`, `"))),
            };
            Box::new(diagnostic)
        })
    }

    /// `s3.object(uploads, "in/*", account: "...")`
    pub(super) fn construct(
        &mut self,
        environment: &Environment,
        ty: ResourceType<'a>,
        arguments: &[Argument],
        span: Span,
    ) -> Valued {
        let mut given = Given::default();
        for argument in arguments {
            if self.missing_space(environment, argument, ["account", "region", "partition"].into_iter()) {
                return Valued::new(Value::Error, span);
            }
            let value = self.evaluate(environment, &argument.value);
            if value.value == Value::Error {
                return Valued::new(Value::Error, span);
            }
            if let Some(name) = argument.name.as_ref().filter(|name| given.has(&name.text)) {
                self.report(
                    environment,
                    Diagnostic::new(&code::BAD_ARGUMENT, name.span, format!("`{}` is given twice", name.text))
                        .help("remove one of the two"),
                );
                return Valued::new(Value::Error, span);
            }
            match argument.name.as_ref().map(|name| name.text.as_str()) {
                None => given.positional.push(value),
                Some("account") => given.account = Some(value),
                Some("region") => given.region = Some(value),
                Some("partition") => given.partition = Some(value),
                Some(name) => given.named.push((name.to_owned(), value)),
            }
        }
        match self.fill(ty, given, span) {
            Ok(resource) => Valued::new(Value::Resource(Rc::new(resource)), span),
            Err(diagnostic) => {
                self.report(environment, *diagnostic);
                Valued::new(Value::Error, span)
            }
        }
    }

    fn fill(&self, ty: ResourceType<'a>, given: Given, span: Span) -> Result<Resource, Box<Diagnostic>> {
        let shown = format!("{}.{}", ty.service().name(), ty.ident());
        let count = given.positional.len() + given.named.len();
        let wanted =
            |format: &str| placeholders(format).into_iter().filter(|p| p.role == PlaceholderRole::Value).count();
        let formats: Vec<&str> = ty.arn_formats().collect();
        let mut fitting = formats.iter().copied().filter(|format| fits(format, &given, wanted(format), count));
        let first = fitting.clone().next();
        let Some(format) = fitting.find(|format| given.without_place(format).is_none()).or(first) else {
            let names = formats.first().map(|format| value_names(format).join(", ")).unwrap_or_default();
            return Err(Box::new(
                Diagnostic::new(&code::BAD_ARGUMENT, span, format!("`{shown}` does not take these arguments"))
                    .note(format!("its ARN is `{}`", formats.join("` or `")))
                    .help(format!("write `{shown}({names})`; `account:`, `region:` and `partition:` may follow")),
            ));
        };
        if let Some((word, value)) = given.without_place(format) {
            return Err(Box::new(
                Diagnostic::new(&code::BAD_ARGUMENT, value.span, format!("the ARN of `{shown}` holds no {word}"))
                    .label("has no place in it")
                    .note(format!("its ARN is `{}`", formats.join("` or `")))
                    .help(format!("leave out `{word}:`")),
            ));
        }
        let owner = given.owner();
        let missing: Vec<&str> = placeholders(format)
            .into_iter()
            .filter_map(|placeholder| match placeholder.name {
                "Account" if self.part(&given.account, owner.as_deref(), "Account", "account").is_none() => {
                    Some("account")
                }
                "Region" if self.part(&given.region, owner.as_deref(), "Region", "region").is_none() => Some("region"),
                _ => None,
            })
            .collect();
        if !missing.is_empty() {
            return Err(missing_parts(&shown, &missing, span));
        }
        let mut fields = Vec::new();
        let mut arn = Text::default();
        let mut positional = given.positional.iter().peekable();
        let mut rest = format;
        while let Some(at) = rest.find("${") {
            let (before, after) = rest.split_at(at);
            arn.push_str(before);
            let Some((name, tail)) = after[2..].split_once('}') else { break };
            rest = tail;
            let value = match name {
                "Partition" => {
                    self.part(&given.partition, owner.as_deref(), name, "partition").unwrap_or_else(|| "aws".into())
                }
                "Account" => self.part(&given.account, owner.as_deref(), name, "account").unwrap_or_default(),
                "Region" => self.part(&given.region, owner.as_deref(), name, "region").unwrap_or_default(),
                _ => match given.named.iter().find(|(given, _)| given.eq_ignore_ascii_case(name)) {
                    Some((_, value)) => field(value, name)?,
                    None => {
                        let Some(value) = positional.next() else { break };
                        field(value, name)?
                    }
                },
            };
            arn.push(&value);
            fields.push((name.to_owned(), value));
        }
        arn.push_str(rest);
        Ok(Resource { service: ty.service().name().to_owned(), ty: Some(ty.ident().to_owned()), arn, fields })
    }

    /// The partition, account or region: as given, else that of the resource it belongs to, else the project's.
    fn part(&self, given: &Option<Valued>, owner: Option<&Resource>, name: &str, word: &str) -> Option<Text> {
        if let Some(value) = given {
            return value.value.text();
        }
        if let Some(text) = owner.and_then(|owner| owner.fields.iter().find(|(field, _)| field == name)) {
            return Some(text.1.clone());
        }
        let defaults = &self.inputs.config.defaults;
        let default = match word {
            "partition" => &defaults.partition,
            "account" => &defaults.account,
            _ => &defaults.region,
        };
        default.as_deref().map(Text::from)
    }

    /// An ARN as the resource that it names; `None` for what is no ARN.
    pub(super) fn resource_from_arn(&self, text: &Text) -> Option<Resource> {
        let plain = text.plain()?;
        let arn = Arn::parse(plain).ok()?;
        let service = self.inputs.catalogue.service(arn.service);
        let found = service.and_then(|service| {
            service.resource_types().find_map(|ty| {
                let format = ty.arn_formats().find(|format| crate::policy::formats_meet(format, plain))?;
                let fields =
                    captures(format, plain)?.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
                Some(Resource {
                    service: service.name().to_owned(),
                    ty: Some(ty.ident().to_owned()),
                    arn: text.clone(),
                    fields,
                })
            })
        });
        Some(found.unwrap_or_else(|| Resource {
            service: arn.service.to_owned(),
            ty: None,
            arn: text.clone(),
            fields: Vec::new(),
        }))
    }
}

/// The arguments of a constructor.
#[derive(Default)]
struct Given {
    positional: Vec<Valued>,
    named: Vec<(String, Valued)>,
    account: Option<Valued>,
    region: Option<Valued>,
    partition: Option<Valued>,
}

impl Given {
    fn has(&self, name: &str) -> bool {
        match name {
            "account" => self.account.is_some(),
            "region" => self.region.is_some(),
            "partition" => self.partition.is_some(),
            _ => self.named.iter().any(|(given, _)| given.eq_ignore_ascii_case(name)),
        }
    }

    /// An account or region that a format has no place for.
    fn without_place(&self, format: &str) -> Option<(&'static str, &Valued)> {
        [("account", "${Account}", &self.account), ("region", "${Region}", &self.region)]
            .into_iter()
            .find_map(|(word, hole, value)| Some((word, value.as_ref().filter(|_| !format.contains(hole))?)))
    }

    /// The resource that the new one belongs to: the table of an index, the bucket of an object.
    fn owner(&self) -> Option<Rc<Resource>> {
        self.positional.iter().chain(self.named.iter().map(|(_, value)| value)).find_map(|value| match &value.value {
            Value::Resource(resource) => Some(resource.clone()),
            _ => None,
        })
    }
}

fn value_names(format: &str) -> Vec<&str> {
    placeholders(format).into_iter().filter(|p| p.role == PlaceholderRole::Value).map(|p| p.name).collect()
}

fn fits(format: &str, given: &Given, wanted: usize, count: usize) -> bool {
    wanted == count
        && given.named.iter().all(|(name, _)| value_names(format).iter().any(|known| known.eq_ignore_ascii_case(name)))
}

/// What goes into a placeholder: a text, or that field of a resource.
fn field(value: &Valued, name: &str) -> Result<Text, Box<Diagnostic>> {
    match &value.value {
        Value::Resource(resource) => resource
            .fields
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, text)| text.clone())
            .ok_or_else(|| {
                Box::new(
                    Diagnostic::new(
                        &code::TYPE_MISMATCH,
                        value.span,
                        format!("{} has no `{name}`", value.value.describe()),
                    )
                    .help("give the name as a string"),
                )
            }),
        Value::Everything => Ok("*".into()),
        Value::List(_) => Err(Box::new(
            Diagnostic::new(&code::TYPE_MISMATCH, value.span, format!("`{name}` is one value, and this is a list"))
                .help("make one resource of each: a list of resources, or a `for`"),
        )),
        other => other.text().ok_or_else(|| {
            Box::new(
                Diagnostic::new(
                    &code::TYPE_MISMATCH,
                    value.span,
                    format!("{} cannot stand in an ARN", other.describe()),
                )
                .help("give a string"),
            )
        }),
    }
}

fn missing_parts(shown: &str, missing: &[&str], span: Span) -> Box<Diagnostic> {
    let join =
        |each: fn(&str) -> String, with: &str| missing.iter().map(|word| each(word)).collect::<Vec<_>>().join(with);
    let words = join(|word| format!("{} {word}", if word == "account" { "an" } else { "a" }), " and ");
    let arguments = join(|word| format!("{word}: \"...\""), ", ");
    let settings = join(|word| format!("`{word}`"), " and ");
    let any = join(|word| format!("`{word}: \"*\"`"), ", ");
    let none = if missing.len() == 1 { "none is given" } else { "neither is given" };
    Box::new(
        Diagnostic::new(
            &code::MISSING_ACCOUNT_OR_REGION,
            span,
            format!("the ARN of `{shown}` holds {words}, and {none}"),
        )
        .label(format!("of which {}?", missing.join(" and ")))
        .note("an ARN with an empty account or region is another one, and matches nothing (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)")
        .help(format!("add `{arguments}`, set {settings} under `[defaults]` in leastwise.toml, or write {any} for any")),
    )
}
