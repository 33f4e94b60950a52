//! Tests, proofs and constraints: their names are resolved and their types checked here; what they claim is not decided here.

use super::elaborator::Elaborator;
use super::environment::Environment;
use super::expression::Resolved;
use super::proof::{ProofClaim, Universal};
use super::test::{Case, KeyState, Refusal, Subject};
use super::value::{Value, flatten};
use crate::diagnostic::{self, Diagnostic, closest, code};
use crate::policy::{ActionElement, Effect, Kind, Located, Principal, ResourceElement};
use crate::syntax::{
    self, Claim, ClaimKind, DeclKind, Expr, ExprKind, ItemKind, Path, RecordField, Scope, StringLit, Verb,
};

/// What a claim asks about.
struct Scoped {
    actions: ActionElement,
    resources: ResourceElement,
    principals: Vec<Located<Principal>>,
    /// Where it says more than a single request can.
    narrowed: Option<crate::base::Span>,
}

/// A claim of a test, with its names resolved.
struct Asked {
    subject: Subject,
    through: Vec<(Kind, String)>,
    as_principals: Vec<Located<Principal>>,
    scope: Scoped,
    context: Vec<(Located<String>, KeyState)>,
}

impl Elaborator<'_> {
    /// The claims of a `test` or of a `prove` block, which has been begun.
    pub(super) fn claims(&mut self, environment: &Environment, claims: &[Claim], of_test: bool) {
        for claim in claims {
            if !self.step(environment, claim.span) {
                return;
            }
            match &claim.kind {
                ClaimKind::Decides { subject: Some(subject), verb, scope, context } => {
                    self.check_verb(environment, claim, *verb, of_test);
                    if !of_test {
                        self.universal(environment, claim.span, subject, *verb, scope, context.as_deref());
                        continue;
                    }
                    let asked = self.asked(environment, subject, scope, context.as_deref().unwrap_or_default());
                    if let Some(asked) = asked {
                        self.case(environment, claim.span, *verb, asked);
                    }
                }
                ClaimKind::Decides { .. } | ClaimKind::Requires(_) | ClaimKind::Exempt(..) => {
                    self.misplaced(environment, claim, "a constraint")
                }
                ClaimKind::Relates(a, relation, b) if !of_test => {
                    let (a, b) = (self.subject(environment, a), self.subject(environment, b));
                    if let (Some(a), Some(b), Some(proof)) = (a, b, self.out.proofs.last_mut()) {
                        let span = claim.span;
                        proof.claims.push(ProofClaim { span, claim: Universal::Relates(a, *relation, b) });
                    }
                }
                ClaimKind::Relates(..) => self.misplaced(environment, claim, "a `prove` block"),
                ClaimKind::Refuses(code, _) if of_test => self.refusal(environment, claim.span, code),
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

    /// A claim with its names resolved; `None` where something in it is wrong.
    fn asked(
        &mut self,
        environment: &Environment,
        subject: &syntax::Subject,
        scope: &Scope,
        context: &[RecordField],
    ) -> Option<Asked> {
        let about = self.subject(environment, &subject.name);
        let through = self.through(environment, about.as_ref(), &subject.through);
        let principals = self.principal_list(environment, subject.principal.as_slice());
        let scope = self.scope(environment, scope);
        let context = self.context(environment, context);
        Some(Asked { subject: about?, through: through?, as_principals: principals?, scope: scope?, context: context? })
    }

    /// The session and endpoint policies that a request of a role goes through.
    pub(super) fn through(
        &mut self,
        environment: &Environment,
        about: Option<&Subject>,
        paths: &[Path],
    ) -> Option<Vec<(Kind, String)>> {
        let mut through = Vec::new();
        for path in paths {
            match self.subject(environment, path)? {
                Subject::Policy(kind @ (Kind::Session | Kind::Endpoint), name) => through.push((kind, name)),
                _ => {
                    let message = format!(
                        "`{}` is neither a session policy nor an endpoint's",
                        self.project.sources.text(path.span)
                    );
                    self.report(
                        environment,
                        Diagnostic::new(&code::TYPE_MISMATCH, path.span, message)
                            .help("name a `session` or an `endpoint`"),
                    );
                    return None;
                }
            }
        }
        match (about, paths.first()) {
            (Some(Subject::Policy(..) | Subject::Other), Some(first)) => {
                self.report(
                    environment,
                    Diagnostic::new(
                        &code::TYPE_MISMATCH,
                        first.span,
                        "only the requests of a role go through other policies",
                    )
                    .note("a claim about a policy is about that policy by itself")
                    .help("name a role that has the policy, or leave `through` out"),
                );
                None
            }
            _ => Some(through),
        }
    }

    /// The kind that a word names; nothing inside for `role`.
    pub(super) fn check_kind(
        &mut self,
        environment: &Environment,
        text: &str,
        span: crate::base::Span,
    ) -> Option<Option<Kind>> {
        let known = || Kind::ALL.iter().map(|kind| kind.keyword()).chain(["role"]);
        if known().any(|kind| kind == text) {
            return Some(Kind::ALL.into_iter().find(|kind| kind.keyword() == text));
        }
        let mut diagnostic = Diagnostic::new(&code::UNKNOWN_NAME, span, format!("`{text}` is no kind of declaration"));
        diagnostic = match closest(text, known()) {
            Some(near) => diagnostic.fix(format!("did you mean `{near}`?"), span, near),
            None => diagnostic.help(format!("the kinds are `{}`", known().collect::<Vec<_>>().join("`, `"))),
        };
        self.report(environment, diagnostic);
        None
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

    /// The policy or role that a claim is about.
    pub(super) fn subject(&mut self, environment: &Environment, path: &Path) -> Option<Subject> {
        let value = match self.resolve(environment, path)? {
            Resolved::Item(module, index) => self.item_value(module, index).value,
            Resolved::Local(value) => value.value,
            Resolved::Module(_) => Value::Everything,
        };
        let item = match value {
            Value::Declaration(module, index) => &self.project.module(module).parsed.file.items[index].kind,
            Value::Error => return None,
            _ => &ItemKind::Error,
        };
        match item {
            ItemKind::Policy(policy) if policy.parameters.is_none() => match policy.kind {
                DeclKind::Policy(kind) => Some(Subject::Policy(kind, policy.name.text.clone())),
                DeclKind::Grant => Some(Subject::Other),
            },
            ItemKind::Role(role) => Some(Subject::Role(role.name.text.clone())),
            ItemKind::Policy(_) | ItemKind::Organization(_) => Some(Subject::Other),
            _ => {
                let message = format!("`{}` is neither a policy nor a role", self.project.sources.text(path.span));
                self.report(
                    environment,
                    Diagnostic::new(&code::TYPE_MISMATCH, path.span, message).help("name a policy or a role"),
                );
                None
            }
        }
    }

    /// What a claim asks about; `None` where something in it is wrong.
    fn scope(&mut self, environment: &Environment, scope: &Scope) -> Option<Scoped> {
        let before = self.out.diagnostics.len();
        let resources = scope.resources.as_ref().map(|choice| self.resources(environment, choice));
        let known = resources.as_ref().and_then(Option::as_ref);
        let actions = self.actions(environment, &scope.actions, Effect::Allow, known);
        let mut principals = Vec::new();
        let mut narrowed = None;
        if let Some(choice) = &scope.principals {
            principals = self.principal_list(environment, &choice.these)?;
            self.principal_list(environment, &choice.except)?;
            narrowed = choice.except.first().map(|except| except.span);
        }
        for formula in [&scope.when, &scope.unless].into_iter().flatten() {
            self.formula(environment, formula, false);
            narrowed = Some(scope.span);
        }
        let resources = match resources {
            Some(resources) => resources?,
            None => ResourceElement { negated: false, patterns: vec![Located::new("*".into(), scope.span)] },
        };
        let wrong = self.out.diagnostics[before..].iter().any(|one| !one.code.acceptable);
        (!wrong).then_some(Scoped { actions: actions?, resources, principals, narrowed })
    }

    /// What a `with` says of the condition keys; `None` where something in it is wrong.
    fn context(
        &mut self,
        environment: &Environment,
        fields: &[RecordField],
    ) -> Option<Vec<(Located<String>, KeyState)>> {
        let mut context = Vec::new();
        for field in fields {
            let key = match &field.key.kind {
                ExprKind::Iam(name) => Some(name.clone()),
                ExprKind::String(literal) => self.string(environment, literal).map(|text| text.to_string()),
                ExprKind::Path(path) => {
                    let name = self.project.sources.text(path.span);
                    let message = format!("`{name}` is no condition key");
                    self.report(
                        environment,
                        Diagnostic::new(&code::UNKNOWN_NAME, path.span, message)
                            .help("a key is written as AWS writes it: `aws:SecureTransport`"),
                    );
                    None
                }
                _ => None,
            };
            let is_absent = |path: &Path| path.single().is_some_and(|name| name.text == "absent");
            let state = match &field.value.kind {
                ExprKind::Path(path) if is_absent(path) => KeyState::Absent,
                _ => self.key_values(environment, &field.value)?,
            };
            let key = key?;
            if !self.inputs.catalogue.has_key(&key) {
                let message = format!("AWS has no condition key `{key}`");
                let help = self.inputs.catalogue.instead_of_key(&key);
                let finding = Diagnostic::new(&code::UNKNOWN_CONDITION_KEY, field.key.span, message).help(help);
                self.report(environment, finding.note("no request has it, and this claim says nothing by it"));
            }
            context.push((Located::new(key, field.key.span), state));
        }
        Some(context)
    }

    fn key_values(&mut self, environment: &Environment, expression: &Expr) -> Option<KeyState> {
        let value = self.evaluate(environment, expression);
        let is_list = matches!(value.value, Value::List(_));
        let mut single = Vec::new();
        flatten(value, &mut single);
        let texts = single.iter().map(|one| one.value.text().map(|text| text.to_string()));
        let texts = texts.collect::<Option<Vec<String>>>()?;
        Some(match <[String; 1]>::try_from(texts) {
            Ok([one]) if !is_list => KeyState::One(one),
            Ok([one]) => KeyState::Several(vec![one]),
            Err(several) => KeyState::Several(several),
        })
    }

    /// Keeps one claim of a test, to be run when every policy is known.
    fn case(&mut self, environment: &Environment, span: crate::base::Span, verb: Verb, asked: Asked) {
        let Asked { subject, through, as_principals, scope, context } = asked;
        let narrowed = scope.narrowed.or_else(|| scope.resources.negated.then_some(span));
        if let Some(at) = narrowed.or_else(|| scope.actions.negated.then_some(span)) {
            self.report(
                environment,
                Diagnostic::new(&code::TYPE_MISMATCH, at, "a test asks about single requests")
                    .note("a `test` decides requests that are written out; a `prove` is about every request that fits")
                    .help("name actions, resources and principals, and give the keys of the request: `with { aws:SecureTransport: true }`"),
            );
            return;
        }
        let Scoped { actions, resources, principals, .. } = scope;
        let principals = if principals.is_empty() { as_principals } else { principals };
        let Some(test) = self.out.tests.last_mut() else { return };
        let (actions, resources) = (actions.patterns, resources.patterns);
        test.cases.push(Case { span, subject, verb, actions, resources, principals, through, context });
    }

    fn refusal(&mut self, environment: &Environment, span: crate::base::Span, code_text: &StringLit) {
        let Some(name) = code_text.plain() else { return };
        if let (Some(found), Some(test)) = (diagnostic::find(&name), self.out.tests.last_mut()) {
            test.refusals.push(Refusal { code: found.name.to_owned(), span, code_span: code_text.span });
        }
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
