//! Claims about every request: those of `prove` blocks and constraints. The requests that one is about become a document that allows
//! them.

use super::elaborator::Elaborator;
use super::environment::Environment;
use super::proof::{Constraint, Demand, Demanded, Exemption, ProofClaim, Rule, Universal};
use crate::diagnostic::{Diagnostic, closest, code};
use crate::policy::{
    ActionElement, Document, Effect, Kind, Located, Principal, PrincipalElement, ResourceElement, Statement, Version,
    glob,
};
use crate::project::ModuleId;
use crate::syntax::{self, Claim, ClaimKind, ConstraintDecl, Expr, RecordField, Scope, StringLit, Verb};

impl Elaborator<'_> {
    /// A claim of a `prove` block about requests.
    pub(super) fn universal(
        &mut self,
        environment: &Environment,
        span: crate::base::Span,
        subject: &syntax::Subject,
        verb: Verb,
        scope: &Scope,
        context: Option<&[RecordField]>,
    ) {
        if let Some(field) = context.and_then(|fields| fields.first()) {
            self.report(
                environment,
                Diagnostic::new(&code::TYPE_MISMATCH, field.key.span, "a proof is about every request")
                    .help("say of which requests with `when`"),
            );
            return;
        }
        let about = self.subject(environment, &subject.name);
        let through = self.through(environment, about.as_ref(), &subject.through);
        let requests = self.requests(environment, scope, subject.principal.as_ref());
        let (Some(about), Some(through), Some(requests), Some(verb)) = (about, through, requests, rule(verb)) else {
            return;
        };
        if let Some(proof) = self.out.proofs.last_mut() {
            let claim = Universal::Decides { subject: about, through, verb, requests };
            proof.claims.push(ProofClaim { span, claim });
        }
    }

    pub(super) fn constraint(&mut self, module: ModuleId, constraint: &ConstraintDecl) {
        let environment = Environment::of(module);
        let name = &constraint.name;
        let mut made = Constraint {
            name: name.text.clone(),
            span: name.span,
            kinds: Vec::new(),
            on_roles: false,
            demands: Vec::new(),
            exempt: Vec::new(),
        };
        for kind in &constraint.kinds {
            match self.check_kind(&environment, &kind.text, kind.span) {
                Some(Some(kind)) => made.kinds.push(kind),
                Some(None) => made.on_roles = true,
                None => {}
            }
        }
        if constraint.claims.iter().all(|claim| matches!(claim.kind, ClaimKind::Exempt(..))) {
            self.report(
                &environment,
                Diagnostic::new(&code::TYPE_MISMATCH, name.span, format!("`{}` demands nothing", name.text))
                    .help("say what: `never allows ...`, `always denies ...` or `requires KIND`"),
            );
        }
        for claim in &constraint.claims {
            self.demand(&environment, claim, &mut made);
        }
        self.out.constraints.push(made);
    }

    fn demand(&mut self, environment: &Environment, claim: &Claim, constraint: &mut Constraint) {
        let span = claim.span;
        match &claim.kind {
            ClaimKind::Decides {
                subject: None,
                verb: verb @ (Verb::NeverAllows | Verb::AlwaysDenies),
                scope,
                context: None,
            } => {
                let requests = self.requests(environment, scope, None);
                if let (Some(rule), Some(requests)) = (rule(*verb), requests) {
                    constraint.demands.push(Demand { span, demanded: Demanded::Rule(rule, requests) });
                }
            }
            ClaimKind::Requires(kind) => match self.check_kind(environment, &kind.text, kind.span) {
                Some(Some(kind)) if matches!(kind, Kind::Boundary | Kind::Trust | Kind::Policy) => {
                    self.check_can_have(environment, claim, kind, constraint);
                    constraint.demands.push(Demand { span, demanded: Demanded::Requires(kind) })
                }
                Some(_) => self.report(
                    environment,
                    Diagnostic::new(&code::TYPE_MISMATCH, kind.span, format!("a role has no `{}`", kind.text))
                        .help("it may be demanded that it has a `boundary`, a `trust` or a `policy`"),
                ),
                None => {}
            },
            ClaimKind::Exempt(names, because) => self.exempt(environment, span, (names, because), constraint),
            ClaimKind::Error => {}
            _ => self.report(
                environment,
                Diagnostic::new(&code::TYPE_MISMATCH, span, "a constraint does not hold such a claim")
                    .help("it holds `never allows ...`, `always denies ...`, `requires KIND` and `exempt NAME because \"...\"`"),
            ),
        }
    }

    /// What only roles have cannot be demanded of policies.
    fn check_can_have(&mut self, environment: &Environment, claim: &Claim, kind: Kind, constraint: &Constraint) {
        if let Some(other) = constraint.kinds.first() {
            let message = format!("a `{}` has no {}, so this demands nothing of it", other.keyword(), kind.name());
            self.report(
                environment,
                Diagnostic::new(&code::TYPE_MISMATCH, claim.span, message)
                    .help("demand it in a constraint `on role` alone"),
            );
        }
    }

    /// `exempt A, B because "..."`
    fn exempt(
        &mut self,
        environment: &Environment,
        span: crate::base::Span,
        (names, because): (&[syntax::Path], &StringLit),
        constraint: &mut Constraint,
    ) {
        let because = self.string(environment, because).map(|text| text.to_string());
        if because.as_ref().is_some_and(|because| because.trim().is_empty()) {
            self.report(
                environment,
                Diagnostic::new(&code::BAD_ARGUMENT, span, "an exemption gives a reason")
                    .help("say why: `exempt NAME because \"...\"`"),
            );
        }
        for path in names {
            if let Some(subject) = self.subject(environment, path) {
                let because = because.clone().unwrap_or_default();
                constraint.exempt.push(Exemption { subject, because, span: path.span });
            }
        }
    }

    /// A claim about an action that AWS does not have would hold of every policy, and say nothing.
    fn check_action(&mut self, environment: &Environment, action: &Located<String>) {
        let catalogue = self.inputs.catalogue;
        let text = action.value.as_str();
        // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
        if text.eq_ignore_ascii_case("sts:GetCallerIdentity") {
            let message = "everybody may call `sts:GetCallerIdentity`, whatever the policies say";
            let finding = Diagnostic::new(&code::TYPE_MISMATCH, action.span, message);
            self.report(environment, finding.help("claim something of actions that policies decide"));
            return;
        }
        if self.stands_for_something(text) {
            return;
        }
        let (message, help) = match text.split_once(':').filter(|_| glob::is_pattern(text)) {
            Some((service, name)) => {
                let services = catalogue.services().map(|one| one.name());
                let near = closest(service, services).filter(|near| *near != service);
                let help = near.map(|near| format!("did you mean `{near}:{name}`?"));
                (format!("`{text}` stands for no action that AWS has"), help)
            }
            None => (format!("AWS has no action `{text}`"), None),
        };
        let help = help.unwrap_or_else(|| catalogue.instead_of_action(text));
        let finding = Diagnostic::new(&code::UNKNOWN_ACTION, action.span, message);
        self.report(environment, finding.label("no such action").note("a claim about it says nothing").help(help));
    }

    /// Whether an action, or a pattern of actions, is or stands for one that the catalogue has.
    fn stands_for_something(&self, text: &str) -> bool {
        let catalogue = self.inputs.catalogue;
        if !glob::is_pattern(text) {
            return catalogue.action(text).is_some();
        }
        // What has no service is `*`.
        let Some((service, name)) = text.split_once(':') else { return true };
        let mut services = catalogue.services().filter(|one| glob::matches(service, one.name(), true));
        services.any(|one| one.actions_matching(name).next().is_some())
    }

    /// The requests that a claim is about, as those that a document allows: it denies the exceptions. `None` where something is wrong.
    fn requests(&mut self, environment: &Environment, scope: &Scope, who: Option<&Expr>) -> Option<Document> {
        let before = self.out.diagnostics.len();
        let all = |patterns| ResourceElement { negated: false, patterns };
        let everything = || vec![Located::new("*".into(), scope.span)];
        let these = match &scope.resources {
            Some(choice) => self.arns(environment, &choice.these)?,
            None => everything(),
        };
        let resources = all(these);
        let actions = self.patterns(environment, &scope.actions.these)?;
        let actions = self.levels(environment, actions, Some(&resources));
        actions.iter().for_each(|action| self.check_action(environment, action));
        let principals = match (&scope.principals, who) {
            (Some(choice), _) => self.principal_list(environment, &choice.these)?,
            (None, Some(who)) => self.principal_list(environment, std::slice::from_ref(who))?,
            (None, None) => Vec::new(),
        };
        let principal = (!principals.is_empty() && !principals.iter().any(|one| one.value == Principal::Anyone))
            .then_some(PrincipalElement { negated: false, principals });
        let statement = |effect, action, resource, principal, condition| Statement {
            sid: None,
            effect,
            principal,
            action: ActionElement { negated: false, patterns: action },
            resource: Some(resource),
            condition,
            span: scope.span,
        };
        let conditions = self.conditions(environment, scope)?;
        let mut statements: Vec<Statement> = conditions
            .into_iter()
            .map(|condition| statement(Effect::Allow, actions.clone(), resources.clone(), principal.clone(), condition))
            .collect();
        let every_action = || vec![Located::new("*".to_owned(), scope.span)];
        if !scope.actions.except.is_empty() {
            let except = self.patterns(environment, &scope.actions.except)?;
            let except = self.levels(environment, except, None);
            statements.push(statement(Effect::Deny, except, all(everything()), None, Vec::new()));
        }
        if let Some(choice) = scope.resources.as_ref().filter(|choice| !choice.except.is_empty()) {
            let except = self.arns(environment, &choice.except)?;
            statements.push(statement(Effect::Deny, every_action(), all(except), None, Vec::new()));
        }
        let wrong = self.out.diagnostics[before..].iter().any(|one| !one.code.acceptable);
        (!wrong).then_some(Document { version: Version::V2012, id: None, statements })
    }
}

fn rule(verb: Verb) -> Option<Rule> {
    match verb {
        Verb::NeverAllows => Some(Rule::NeverAllows),
        Verb::AlwaysAllows => Some(Rule::AlwaysAllows),
        Verb::AlwaysDenies => Some(Rule::AlwaysDenies),
        _ => None,
    }
}
