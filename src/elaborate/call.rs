//! Calls that are values: principals and resources.

use super::elaborator::Elaborator;
use super::environment::Environment;
use super::types::{Type, principal};
use super::value::{Value, Valued};
use crate::base::Span;
use crate::diagnostic::{Diagnostic, closest, code};
use crate::policy::{Principal, Text};
use crate::project::Binding;
use crate::syntax::{Argument, Path};

/// The constructors of principals.
const CONSTRUCTORS: [&str; 8] = ["account", "role", "user", "aws", "service", "federated", "canonical-user", "key"];

impl<'a> Elaborator<'a> {
    pub(super) fn call(
        &mut self,
        environment: &Environment,
        path: &Path,
        arguments: &[Argument],
        span: Span,
    ) -> Valued {
        // Only a module has parts, so that whatever else is called like a service leaves the service's resources alone.
        if let [service, ty] = path.names.as_slice()
            && service.text != "std"
            && !self.is_module(environment, &service.text)
        {
            return match self.resource_type(service, ty) {
                Ok(found) => self.construct(environment, found, arguments, span),
                Err(diagnostic) => {
                    self.report(environment, *diagnostic);
                    Valued::new(Value::Error, span)
                }
            };
        }
        // Nothing that a file declares is called as a value, so that these names need not be kept free.
        if let Some(name) = path.single()
            && CONSTRUCTORS.contains(&name.text.as_str())
        {
            let value = self.principal_call(environment, &name.text, arguments, span);
            return Valued::new(value.unwrap_or(Value::Error), span);
        }
        if let Some(name) = path.single()
            && !self.project.module(environment.module).names.contains_key(&name.text)
            && !self.project.may_declare(self.project.module(environment.module), &name.text)
        {
            let mut diagnostic =
                Diagnostic::new(&code::UNKNOWN_NAME, name.span, format!("nothing here is called `{}`", name.text));
            diagnostic = match closest(&name.text, CONSTRUCTORS) {
                Some(near) => diagnostic.fix(format!("did you mean `{near}`?"), name.span, near),
                None => diagnostic.help("principals are built with `account`, `role`, `user`, `service`, ...; resources with `s3.bucket(...)` and the like"),
            };
            self.report(environment, diagnostic);
            return Valued::new(Value::Error, span);
        }
        if self.resolve(environment, path).is_some() {
            self.report(
                environment,
                Diagnostic::new(&code::TYPE_MISMATCH, path.span, "a template is no value")
                    .help("a policy takes all of it, `policy name = template(...)`; a body takes its statements, `include template(...)`"),
            );
        }
        Valued::new(Value::Error, span)
    }

    fn is_module(&self, environment: &Environment, name: &str) -> bool {
        environment.local(name).is_none()
            && matches!(self.project.module(environment.module).names.get(name), Some((Binding::Module(_), _)))
    }

    /// `role("111122223333", "Name")` and its kin; `key("...")`.
    fn principal_call(
        &mut self,
        environment: &Environment,
        name: &str,
        arguments: &[Argument],
        span: Span,
    ) -> Option<Value> {
        let mut texts = Vec::new();
        let mut partition: Option<Text> = None;
        for argument in arguments {
            let value = self.evaluate(environment, &argument.value);
            let value = value.value.text().map(|text| Valued::new(Value::Text(text), value.span)).unwrap_or(value);
            let Value::Text(text) = &value.value else {
                if value.value != Value::Error {
                    let message = format!("`{name}` takes strings, and this is {}", value.value.describe());
                    self.report(
                        environment,
                        Diagnostic::new(&code::TYPE_MISMATCH, value.span, message).help("give a string"),
                    );
                }
                return None;
            };
            match argument.name.as_ref().map(|name| name.text.as_str()) {
                None => texts.push((text.clone(), value.span)),
                Some("account") => texts.insert(0, (text.clone(), value.span)),
                Some("partition") => partition = Some(text.clone()),
                Some(other) => {
                    let message = format!("`{name}` has no argument `{other}`");
                    self.report(
                        environment,
                        Diagnostic::new(&code::BAD_ARGUMENT, value.span, message)
                            .help("its named arguments are `account:` and `partition:`"),
                    );
                    return None;
                }
            }
        }
        let default = || self.inputs.config.defaults.clone();
        let partition =
            partition.or_else(|| default().partition.as_deref().map(Text::from)).unwrap_or_else(|| "aws".into());
        if matches!(name, "role" | "user") && texts.len() == 1 {
            match default().account {
                Some(account) => texts.insert(0, (account.as_str().into(), span)),
                None => {
                    self.report(
                        environment,
                        Diagnostic::new(&code::MISSING_ACCOUNT_OR_REGION, span, format!("`{name}` needs an account, and none is given"))
                            .label("of which account?")
                            .help(format!("write `{name}(\"123456789012\", \"Name\")`, or set `account` under `[defaults]` in leastwise.toml")),
                    );
                    return None;
                }
            }
        }
        let wanted = if matches!(name, "role" | "user") { 2 } else { 1 };
        if texts.len() != wanted {
            let usage =
                if wanted == 2 { format!("{name}(\"123456789012\", \"Name\")") } else { format!("{name}(\"...\")") };
            self.report(
                environment,
                Diagnostic::new(&code::BAD_ARGUMENT, span, format!("`{name}` does not take these arguments"))
                    .help(format!("write `{usage}`")),
            );
            return None;
        }
        let (first, first_span) = texts[0].clone();
        let checked = |this: &mut Self, ty: Type| {
            this.coerce(environment, Valued::new(Value::Text(first.clone()), first_span), &ty, None).value
                != Value::Error
        };
        let arn = |kind: &str| {
            let mut arn = Text::from("arn:");
            for part in [&partition, &":iam::".into(), &first, &":".into(), &kind.into()] {
                arn.push(part);
            }
            arn
        };
        Some(match name {
            "account" if first.plain() == Some("*") => {
                self.report(
                    environment,
                    Diagnostic::new(&code::TYPE_MISMATCH, first_span, "`account` names one account, and `*` is none")
                        .note("a principal holds no wildcards; `*` alone is everyone (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)")
                        .help("write `anyone`, and narrow it with a condition: `when aws:PrincipalOrgID == \"o-...\"`"),
                );
                return None;
            }
            "account" if !checked(self, Type::AccountId) => return None,
            "account" => Value::Principal(Principal::Aws(arn("root"))),
            "role" | "user" => {
                if first.plain() != Some("*") && !checked(self, Type::AccountId) {
                    return None;
                }
                let mut text = arn(&format!("{name}/"));
                text.push(&texts[1].0);
                Value::Principal(Principal::Aws(text))
            }
            "aws" => {
                match principal(&first).or_else(|| (first.plain() == Some("*")).then(|| Principal::Aws("*".into()))) {
                    Some(principal) => Value::Principal(principal),
                    // What AWS stores for a deleted principal is its unique id; `lint` judges it.
                    None => Value::Principal(Principal::Aws(first)),
                }
            }
            "service" => Value::Principal(Principal::Service(first)),
            "federated" => Value::Principal(Principal::Federated(first)),
            "canonical-user" => Value::Principal(Principal::CanonicalUser(first)),
            _ => match first.plain() {
                Some(key) => Value::Iam(key.to_owned()),
                None => Value::Text(first),
            },
        })
    }
}
