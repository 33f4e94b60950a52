//! `@accept`, `@inline`, `@id`, `@version`.

use super::Acceptance;
use super::elaborator::Elaborator;
use super::environment::Environment;
use super::value::Value;
use crate::base::Span;
use crate::diagnostic::{self, Diagnostic, closest, code};
use crate::policy::{Text, Version, value};
use crate::syntax::{Attribute, Expr, ExprKind};

/// What the attributes of a declaration say.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes {
    pub(super) inline: bool,
    pub(super) id: Option<Text>,
    pub(super) version: Version,
    pub(super) acceptances: Vec<Acceptance>,
}

impl Attributes {
    /// Whether a finding of that code is accepted by one of these.
    pub(super) fn accept(&self, code: &str) -> bool {
        self.acceptances.iter().any(|acceptance| acceptance.code == code)
    }
}

impl Elaborator<'_> {
    /// Keeps the acceptances among the attributes, each once.
    pub(super) fn accept(&mut self, attributes: Attributes) {
        for acceptance in attributes.acceptances {
            if self.accepted.insert(acceptance.span) {
                self.out.acceptances.push(acceptance);
            }
        }
    }

    pub(super) fn attributes(
        &mut self,
        environment: &Environment,
        attributes: &[Attribute],
        scope: Span,
        of_statement: bool,
    ) -> Attributes {
        let mut found = Attributes::default();
        for attribute in attributes {
            match attribute.name.text.as_str() {
                "accept" => found.acceptances.extend(self.acceptance(environment, attribute, scope)),
                "inline" if !of_statement => found.inline = true,
                "id" if !of_statement => found.id = self.attribute_text(environment, attribute),
                "version" if !of_statement => {
                    match self.attribute_text(environment, attribute).as_ref().and_then(|text| text.plain()) {
                        Some("2012-10-17") => {}
                        Some("2008-10-17") => found.version = Version::V2008,
                        _ => self.report(
                            environment,
                            Diagnostic::new(
                                &code::BAD_ARGUMENT,
                                attribute.span,
                                "the versions are \"2012-10-17\" and \"2008-10-17\"",
                            )
                            .help("write one of them, or leave the attribute out for the newer"),
                        ),
                    }
                }
                other => {
                    let known: &[&str] =
                        if of_statement { &["accept"] } else { &["accept", "inline", "id", "version"] };
                    let mut diagnostic = Diagnostic::new(
                        &code::UNKNOWN_NAME,
                        attribute.name.span,
                        format!("`@{other}` cannot stand here"),
                    );
                    diagnostic = match closest(other, known.iter().copied()) {
                        Some(near) => diagnostic.fix(format!("did you mean `@{near}`?"), attribute.name.span, near),
                        None => diagnostic.help(format!("what can is `@{}`", known.join("`, `@"))),
                    };
                    self.report(environment, diagnostic);
                }
            }
        }
        found
    }

    fn attribute_text(&mut self, environment: &Environment, attribute: &Attribute) -> Option<Text> {
        if let [argument] = attribute.arguments.as_slice() {
            return self.evaluate(environment, &argument.value).value.text();
        }
        let message = format!("`@{}` takes one string", attribute.name.text);
        self.report(
            environment,
            Diagnostic::new(&code::BAD_ARGUMENT, attribute.span, message)
                .help(format!("write `@{}(\"...\")`", attribute.name.text)),
        );
        None
    }

    /// `@accept(code, because: "...", until: 2027-06-30)`
    fn acceptance(&mut self, environment: &Environment, attribute: &Attribute, scope: Span) -> Option<Acceptance> {
        let mut code_name = None;
        let mut because = None;
        let mut until = None;
        for argument in &attribute.arguments {
            match argument.name.as_ref().map(|name| name.text.as_str()) {
                None => code_name = code_text(&argument.value).map(|text| (text, argument.value.span)),
                Some("because") => {
                    because = self.evaluate(environment, &argument.value).value.text().map(|text| text.to_string())
                }
                Some("until") => {
                    let given = self.evaluate(environment, &argument.value);
                    match &given.value {
                        Value::Date(date) | Value::Number(date) if value::date(date).is_ok() => {
                            until = Some(date.clone())
                        }
                        _ => {
                            self.report(
                                environment,
                                Diagnostic::new(&code::BAD_ARGUMENT, given.span, "`until` takes a date")
                                    .help("write it as `2027-06-30`"),
                            );
                            return None;
                        }
                    }
                }
                Some(other) => {
                    let message = format!("`@accept` has no argument `{other}`");
                    self.report(
                        environment,
                        Diagnostic::new(&code::BAD_ARGUMENT, argument.value.span, message).help(ACCEPT),
                    );
                    return None;
                }
            }
        }
        let (Some((name, span)), Some(because)) = (code_name, because.filter(|because| !because.trim().is_empty()))
        else {
            self.report(
                environment,
                Diagnostic::new(&code::BAD_ARGUMENT, attribute.span, "an acceptance names a code and gives a reason")
                    .help(ACCEPT),
            );
            return None;
        };
        match diagnostic::find(&name) {
            Some(found) if found.acceptable => {
                let span = attribute.span;
                let behind = &self.project.sources.file(span.file).text()[span.end as usize..];
                let blanks = (behind.len() - behind.trim_start().len()) as u32;
                let removal = Span { end: span.end + blanks, ..span };
                Some(Acceptance {
                    code: found.name.to_owned(),
                    because,
                    until,
                    scopes: vec![scope],
                    complete: true,
                    span,
                    removal: Some(removal),
                })
            }
            Some(_) => {
                let message = format!("`{name}` cannot be accepted");
                self.report(
                    environment,
                    Diagnostic::new(&code::BAD_ARGUMENT, span, message)
                        .note("without it the source means nothing that AWS would take")
                        .help("mend what it reports"),
                );
                None
            }
            None => {
                let mut diagnostic =
                    Diagnostic::new(&code::UNKNOWN_NAME, span, format!("no diagnostic is called `{name}`"));
                if let Some(near) = closest(&name, diagnostic::all().iter().map(|code| code.name)) {
                    diagnostic = diagnostic.fix(format!("did you mean `{near}`?"), span, near);
                }
                self.report(environment, diagnostic);
                None
            }
        }
    }
}

const ACCEPT: &str = "write `@accept(code, because: \"why\")`, and `until: 2027-06-30` if it should end";

fn code_text(expression: &Expr) -> Option<String> {
    match &expression.kind {
        ExprKind::Path(path) => path.single().map(|name| name.text.clone()),
        ExprKind::String(literal) => literal.plain(),
        _ => None,
    }
}
