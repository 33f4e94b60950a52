//! Tests, proofs and constraints: their names are resolved and their types checked here; what they claim is not decided here.

use super::elaborator::Elaborator;
use super::environment::Environment;
use super::expression::Resolved;
use super::value::Value;
use crate::diagnostic::{self, Diagnostic, closest, code};
use crate::policy::{Effect, Kind};
use crate::project::ModuleId;
use crate::syntax::{Claim, ClaimKind, ConstraintDecl, ExprKind, Path, RecordField, Scope, StringLit, Verb};

impl Elaborator<'_> {
    pub(super) fn claims(&mut self, environment: &Environment, claims: &[Claim], of_test: bool) {
        for claim in claims {
            if !self.step(environment, claim.span) {
                return;
            }
            match &claim.kind {
                ClaimKind::Decides { subject: Some(subject), verb, scope, principal, context } => {
                    self.check_verb(environment, claim, *verb, of_test);
                    self.subject(environment, subject);
                    if let Some(principal) = principal {
                        self.evaluate(environment, principal);
                    }
                    self.scope(environment, scope);
                    self.context(environment, context.as_deref().unwrap_or_default());
                }
                ClaimKind::Decides { .. } | ClaimKind::Requires(_) | ClaimKind::Exempt(..) => {
                    self.misplaced(environment, claim, "a constraint")
                }
                ClaimKind::Relates(a, _, b) if !of_test => {
                    self.subject(environment, a);
                    self.subject(environment, b);
                }
                ClaimKind::Relates(..) => self.misplaced(environment, claim, "a `prove` block"),
                ClaimKind::Refuses(code, _) if of_test => self.refused_code(environment, code),
                ClaimKind::Refuses(..) => self.misplaced(environment, claim, "a `test` block"),
                ClaimKind::For(each) => {
                    for value in self.elements(environment, &each.list) {
                        let mut inner = environment.clone();
                        inner.locals.push((each.name.text.clone(), value));
                        self.claims(&inner, &each.body, of_test);
                    }
                }
                ClaimKind::Error => {}
            }
        }
    }

    pub(super) fn constraint(&mut self, module: ModuleId, constraint: &ConstraintDecl) {
        let environment = Environment::of(module);
        for kind in &constraint.kinds {
            self.check_kind(&environment, &kind.text, kind.span);
        }
        for claim in &constraint.claims {
            match &claim.kind {
                ClaimKind::Decides {
                    subject: None,
                    verb: Verb::NeverAllows | Verb::AlwaysDenies,
                    scope,
                    principal: None,
                    context: None,
                } => self.scope(&environment, scope),
                ClaimKind::Requires(kind) => self.check_kind(&environment, &kind.text, kind.span),
                ClaimKind::Exempt(names, _) => names.iter().for_each(|name| self.subject(&environment, name)),
                ClaimKind::Error => {}
                _ => {
                    self.report(
                        &environment,
                        Diagnostic::new(&code::TYPE_MISMATCH, claim.span, "a constraint does not hold such a claim")
                            .help("it holds `never allows ...`, `always denies ...`, `requires KIND` and `exempt NAME because \"...\"`"),
                    );
                }
            }
        }
    }

    fn check_kind(&mut self, environment: &Environment, text: &str, span: crate::base::Span) {
        let known = || Kind::ALL.iter().map(|kind| kind.keyword()).chain(["role"]);
        if known().any(|kind| kind == text) {
            return;
        }
        let mut diagnostic = Diagnostic::new(&code::UNKNOWN_NAME, span, format!("`{text}` is no kind of declaration"));
        diagnostic = match closest(text, known()) {
            Some(near) => diagnostic.fix(format!("did you mean `{near}`?"), span, near),
            None => diagnostic.help(format!("the kinds are `{}`", known().collect::<Vec<_>>().join("`, `"))),
        };
        self.report(environment, diagnostic);
    }

    fn check_verb(&mut self, environment: &Environment, claim: &Claim, verb: Verb, of_test: bool) {
        let is_test = matches!(verb, Verb::Allows | Verb::Denies | Verb::DeniesExplicitly);
        if is_test != of_test {
            self.misplaced(environment, claim, if is_test { "a `test` block" } else { "a `prove` block" });
        }
    }

    fn misplaced(&mut self, environment: &Environment, claim: &Claim, home: &str) {
        let message = format!("this claim belongs in {home}");
        self.report(environment, Diagnostic::new(&code::TYPE_MISMATCH, claim.span, message).note("a `test` asks about one request, a `prove` about every request, a constraint about every policy of its kinds").help("move it there"));
    }

    fn subject(&mut self, environment: &Environment, path: &Path) {
        let Some(resolved) = self.resolve(environment, path) else { return };
        let is_subject = match resolved {
            Resolved::Item(module, index) => matches!(self.item_value(module, index).value, Value::Declaration(..)),
            Resolved::Local(value) => matches!(value.value, Value::Declaration(..)),
            Resolved::Module(_) => false,
        };
        if !is_subject {
            let message = format!("`{}` is neither a policy nor a role", self.project.sources.text(path.span));
            self.report(
                environment,
                Diagnostic::new(&code::TYPE_MISMATCH, path.span, message).help("name a policy or a role"),
            );
        }
    }

    fn scope(&mut self, environment: &Environment, scope: &Scope) {
        let resources = scope.resources.as_ref().and_then(|choice| self.resources(environment, choice));
        self.actions(environment, &scope.actions, Effect::Allow, resources.as_ref());
        if let Some(choice) = &scope.principals {
            for principal in choice.these.iter().chain(&choice.except) {
                self.evaluate(environment, principal);
            }
        }
        for formula in [&scope.when, &scope.unless].into_iter().flatten() {
            self.formula(environment, formula, false);
        }
    }

    fn context(&mut self, environment: &Environment, fields: &[RecordField]) {
        for field in fields {
            if let ExprKind::Path(path) = &field.key.kind
                && let Some(name) = path.single()
            {
                let message = format!("`{}` is no condition key", name.text);
                self.report(
                    environment,
                    Diagnostic::new(&code::UNKNOWN_NAME, name.span, message)
                        .help("a key is written as AWS writes it: `aws:SecureTransport`"),
                );
            }
            let absent = matches!(&field.value.kind, ExprKind::Path(path) if path.single().is_some_and(|name| name.text == "absent"));
            if !absent {
                self.evaluate(environment, &field.value);
            }
        }
    }

    fn refused_code(&mut self, environment: &Environment, code_text: &StringLit) {
        let Some(name) = code_text.plain() else { return };
        if diagnostic::find(&name).is_none() {
            let mut diagnostic =
                Diagnostic::new(&code::UNKNOWN_NAME, code_text.span, format!("no diagnostic is called `{name}`"));
            if let Some(near) = closest(&name, diagnostic::all().iter().map(|code| code.name)) {
                diagnostic = diagnostic.fix(format!("did you mean `{near}`?"), code_text.span, format!("\"{near}\""));
            }
            self.report(environment, diagnostic);
        }
    }
}
