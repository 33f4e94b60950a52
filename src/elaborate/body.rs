//! Bodies to statements: loops, choices, inclusions, and the statements themselves.

use super::attribute::Attributes;
use super::elaborator::Elaborator;
use super::environment::Environment;
use super::normal::{Inexpressible, MAX_STATEMENTS, Normal};
use super::value::{Trail, Value, Valued, flatten};
use crate::base::Span;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{
    BaseOperator, ConditionTest, Kind, Located, Operator, Presence, Principal, PrincipalElement, ResourceElement,
    Statement, Text,
};
use crate::syntax::{self, BodyItem, BodyItemKind, Choice, For, Formula, If, Scope};

/// The statements of a policy as they are made.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) kind: Kind,
    pub(super) statements: Vec<Statement>,
    pub(super) trails: Vec<Trail>,
}

impl Body {
    pub(super) fn of(kind: Kind) -> Self {
        Self { kind, statements: Vec::new(), trails: Vec::new() }
    }
}

impl<'a> Elaborator<'a> {
    pub(super) fn body(&mut self, environment: &mut Environment, items: &[BodyItem], body: &mut Body) {
        for item in items {
            if !self.step(environment, item.span) {
                return;
            }
            let attributes = self.attributes(environment, &item.attributes, item.span, true);
            match &item.kind {
                BodyItemKind::Statement(statement) => {
                    let made = self.statement(environment, statement, &attributes, body);
                    self.broken |= made.is_none();
                }
                BodyItemKind::Include(include) => self.include(environment, include, body),
                BodyItemKind::For(each) => self.each(environment, each, body),
                BodyItemKind::If(choice) => self.choose(environment, choice, body),
                BodyItemKind::Error => self.broken = true,
            }
            self.accept(attributes);
        }
    }

    fn each(&mut self, environment: &mut Environment, each: &For<BodyItem>, body: &mut Body) {
        for value in self.elements(environment, &each.list) {
            if !self.step(environment, each.list.span) {
                return;
            }
            environment.locals.push((each.name.text.clone(), value));
            self.body(environment, &each.body, body);
            environment.locals.pop();
        }
    }

    /// The elements that a `for` goes through.
    pub(super) fn elements(&mut self, environment: &Environment, list: &syntax::Expr) -> Vec<Valued> {
        let value = self.evaluate(environment, list);
        match &value.value {
            Value::List(list) => list.elements.clone(),
            Value::Error => {
                self.broken = true;
                Vec::new()
            }
            other => {
                let message = format!("`for` goes through a list, and this is {}", other.describe());
                self.report(
                    environment,
                    Diagnostic::new(&code::TYPE_MISMATCH, value.span, message)
                        .label("no list")
                        .help("write a list: `[a, b]`"),
                );
                Vec::new()
            }
        }
    }

    fn choose(&mut self, environment: &mut Environment, choice: &If, body: &mut Body) {
        for (condition, items) in &choice.arms {
            match self.decide(environment, condition) {
                Some(true) => return self.body(environment, items, body),
                Some(false) => {}
                None => {
                    self.broken = true;
                    return;
                }
            }
        }
        if let Some(items) = &choice.otherwise {
            self.body(environment, items, body);
        }
    }

    /// `None` where something in the statement is wrong; that is reported.
    fn statement(
        &mut self,
        environment: &Environment,
        statement: &syntax::Statement,
        attributes: &Attributes,
        body: &mut Body,
    ) -> Option<()> {
        let scope = &statement.scope;
        let span = statement.effect_span.to(scope.span);
        let resource = scope.resources.as_ref().map(|choice| self.resources(environment, choice));
        let principal = self.principals(environment, scope, attributes, body.kind);
        let condition = self.condition(environment, scope, attributes);
        let action =
            self.actions(environment, &scope.actions, statement.effect, resource.as_ref().and_then(Option::as_ref));
        let (action, principal, condition) = (action?, principal?, condition?);
        let resource = match resource {
            Some(resource) => Some(resource?),
            None => None,
        };
        let sid = match &statement.label {
            Some(label) => Some(Located::new(self.string(environment, label)?, label.span)),
            None => None,
        };
        let conjunctions = self.conjunctions(environment, scope, &condition)?;
        if let Some(sid) = sid.as_ref().filter(|_| conjunctions.len() > 1) {
            self.report(
                environment,
                Diagnostic::new(
                    &code::BAD_SID,
                    sid.span,
                    format!("`{}` would name {} statements", sid.value, conjunctions.len()),
                )
                .label("a Sid names one statement")
                .also(condition_span(scope), "becomes several, one for each alternative")
                .refusing()
                .help("write each alternative as a statement with a label of its own, or leave the label out"),
            );
            return None;
        }
        for condition in conjunctions {
            if !self.step(environment, span) {
                return None;
            }
            body.statements.push(Statement {
                sid: sid.clone(),
                effect: statement.effect,
                principal: principal.clone(),
                action: action.clone(),
                resource: resource.clone(),
                condition,
                span,
            });
            body.trails.push(environment.trail.clone());
        }
        Some(())
    }

    /// `Resource` or `NotResource`. `None` where something is wrong; that is reported.
    pub(super) fn resources(&mut self, environment: &Environment, choice: &Choice) -> Option<ResourceElement> {
        let these = self.arns(environment, &choice.these)?;
        let except = self.arns(environment, &choice.except)?;
        if these.is_empty() {
            self.report(
                environment,
                Diagnostic::new(&code::KIND_RULE, choice.span, "this statement has no resource left")
                    .label("empty")
                    .note("AWS refuses a statement with an empty list of resources")
                    .help("give it a resource, or put it in an `if` so that it is left out"),
            );
            return None;
        }
        if except.is_empty() {
            return Some(ResourceElement { negated: false, patterns: these });
        }
        if these.iter().any(|pattern| pattern.value.plain() == Some("*")) {
            return Some(ResourceElement { negated: true, patterns: except });
        }
        self.report(
            environment,
            Diagnostic::new(&code::INEXPRESSIBLE_CONDITION, choice.span, "resources can be excepted from `*` only")
                .label("not all resources")
                .note("IAM's `NotResource` means every resource but these; it cannot take some resources out of others")
                .help("allow the larger set and `deny` the exception in a statement of its own"),
        );
        None
    }

    pub(super) fn arns(
        &mut self,
        environment: &Environment,
        expressions: &[syntax::Expr],
    ) -> Option<Vec<Located<Text>>> {
        let mut single = Vec::new();
        for expression in expressions {
            flatten(self.evaluate(environment, expression), &mut single);
        }
        let mut complete = true;
        let mut arns = Vec::with_capacity(single.len());
        for value in single {
            match &value.value {
                Value::Everything => arns.push(Located::new("*".into(), value.span)),
                Value::Resource(resource) => arns.push(Located::new(resource.arn.clone(), value.span)),
                Value::Text(text) => arns.push(Located::new(text.clone(), value.span)),
                Value::Principal(Principal::Aws(arn)) => arns.push(Located::new(arn.clone(), value.span)),
                Value::Error => complete = false,
                other => {
                    complete = false;
                    let message = format!("expected a resource, found {}", other.describe());
                    self.report(
                        environment,
                        Diagnostic::new(&code::TYPE_MISMATCH, value.span, message)
                            .label("no resource")
                            .help("write `s3.bucket(\"name\")`, an ARN in quotes, or `*`"),
                    );
                }
            }
        }
        complete.then_some(arns)
    }

    /// `Principal` or `NotPrincipal`; `Some(None)` where the kind has none. `None` where something is wrong.
    fn principals(
        &mut self,
        environment: &Environment,
        scope: &Scope,
        attributes: &Attributes,
        kind: Kind,
    ) -> Option<Option<PrincipalElement>> {
        let Some(choice) = &scope.principals else {
            // A resource control policy can only be about everyone, so that it need not say so.
            let everyone = vec![Located::new(Principal::Anyone, scope.span)];
            let implied = kind.rules().principal == Presence::OnlyAnyone;
            return Some(implied.then_some(PrincipalElement { negated: false, principals: everyone }));
        };
        let principals = self.principal_list(environment, &choice.these)?;
        let except = match attributes.accept(code::NOT_PRINCIPAL.name) {
            true => self.principal_list(environment, &choice.except)?,
            false => Vec::new(),
        };
        if !except.is_empty() {
            if let Some(narrower) = principals.iter().find(|one| one.value != Principal::Anyone) {
                self.report(
                    environment,
                    Diagnostic::new(&code::INEXPRESSIBLE_CONDITION, narrower.span, "principals can be excepted from `anyone` only")
                        .label("narrower than anyone")
                        .note("IAM's `NotPrincipal` means everyone but these; it cannot take some principals out of others")
                        .help("write `to anyone except ...`; or leave `@accept(not-principal, ...)` out, so that the exception becomes a condition"),
                );
                return None;
            }
            return Some(Some(PrincipalElement { negated: true, principals: except }));
        }
        if principals.is_empty() {
            self.report(
                environment,
                Diagnostic::new(&code::KIND_RULE, choice.span, "this statement has no principal left")
                    .label("empty")
                    .note("AWS refuses a statement without principals")
                    .help("give it a principal, or put it in an `if` so that it is left out"),
            );
            return None;
        }
        Some(Some(PrincipalElement { negated: false, principals }))
    }

    /// The principals that these stand for. `None` where something is none; that is reported.
    pub(super) fn principal_list(
        &mut self,
        environment: &Environment,
        expressions: &[syntax::Expr],
    ) -> Option<Vec<Located<Principal>>> {
        let mut single = Vec::new();
        for expression in expressions {
            flatten(self.evaluate(environment, expression), &mut single);
        }
        let mut complete = true;
        let mut principals = Vec::with_capacity(single.len());
        for value in single {
            let span = value.span;
            let value = match value.value {
                Value::Everything => Value::Principal(Principal::Anyone),
                Value::Resource(resource) if matches!(resource.service.as_str(), "iam" | "sts") => {
                    Value::Principal(Principal::Aws(resource.arn.clone()))
                }
                other => self.coerce(environment, Valued::new(other, span), &super::types::Type::Principal, None).value,
            };
            match value {
                Value::Principal(principal) => principals.push(Located::new(principal, span)),
                _ => complete = false,
            }
        }
        complete.then_some(principals)
    }

    /// The conditions of a claim's scope, one for each alternative.
    pub(super) fn conditions(&mut self, environment: &Environment, scope: &Scope) -> Option<Vec<Vec<ConditionTest>>> {
        let condition = self.condition(environment, scope, &Attributes::default())?;
        self.conjunctions(environment, scope, &condition)
    }

    /// `when` and `unless` and the principals excepted, as one formula.
    fn condition(&mut self, environment: &Environment, scope: &Scope, attributes: &Attributes) -> Option<Normal> {
        let before = self.broken_tests;
        let when = scope.when.as_ref().map(|formula| self.formula(environment, formula, false));
        let unless = scope.unless.as_ref().map(|formula| self.formula(environment, formula, true));
        let except = match &scope.principals {
            Some(choice) if !choice.except.is_empty() && !attributes.accept(code::NOT_PRINCIPAL.name) => {
                Some(self.all_but(environment, choice)?)
            }
            _ => None,
        };
        // A statement without one of its tests would be another statement.
        (self.broken_tests == before).then(|| Normal::all([when, except, unless].into_iter().flatten()))
    }

    /// `except P` of principals: what the request's principal must not be.
    fn all_but(&mut self, environment: &Environment, choice: &Choice) -> Option<Normal> {
        let mut tests: Vec<ConditionTest> = Vec::new();
        for principal in self.principal_list(environment, &choice.except)? {
            let span = principal.span;
            let (key, base, value) = match principal.value {
                Principal::Aws(arn) => match account_of(&arn) {
                    Some(account) => ("aws:PrincipalAccount", BaseOperator::StringNotEquals, account),
                    None => ("aws:PrincipalArn", BaseOperator::ArnNotLike, arn),
                },
                Principal::Service(service) => ("aws:PrincipalServiceName", BaseOperator::StringNotEquals, service),
                Principal::Anyone | Principal::Federated(_) | Principal::CanonicalUser(_) => {
                    self.report(
                        environment,
                        Diagnostic::new(&code::INEXPRESSIBLE_CONDITION, span, "this principal cannot be excepted")
                            .note("an exception becomes a condition on the requester's ARN, account or service name")
                            .help("except accounts, roles, users or services; or write the condition yourself with `unless`"),
                    );
                    return None;
                }
            };
            let value = Located::new(value, span);
            match tests.iter_mut().find(|test| test.key.value.plain() == Some(key)) {
                Some(test) => test.values.push(value),
                None => {
                    let operator = Located::new(Operator { set: None, base, if_exists: false }, span);
                    tests.push(ConditionTest { operator, key: Located::new(key.into(), span), values: vec![value] });
                }
            }
        }
        Some(Normal::all(tests.into_iter().map(Normal::Test)))
    }

    fn conjunctions(
        &mut self,
        environment: &Environment,
        scope: &Scope,
        condition: &Normal,
    ) -> Option<Vec<Vec<ConditionTest>>> {
        let span = condition_span(scope);
        match condition.statements() {
            Ok(conjunctions) if conjunctions.is_empty() => {
                self.never_applies(environment, span);
                None
            }
            Ok(conjunctions) => Some(conjunctions),
            Err(Inexpressible::TooMany(count)) => {
                self.report(
                    environment,
                    Diagnostic::new(&code::TOO_LARGE, span, format!("this condition becomes {count} statements, more than {MAX_STATEMENTS}"))
                        .label("each combination is a statement")
                        .note("a statement of IAM has no \"or\" between keys: each alternative becomes a statement of its own")
                        .help("compare one key with a list of values instead of with \"or\", or allow fewer combinations"),
                );
                None
            }
            Err(Inexpressible::TooLong(count)) => {
                self.report(
                    environment,
                    Diagnostic::new(&code::TOO_LARGE, span, format!("this condition holds {count} tests"))
                        .note("no policy that AWS takes is large enough for them")
                        .help("compare one key with a list of values, or test fewer keys"),
                );
                None
            }
            Err(Inexpressible::Clash(clash)) => {
                let (a, b) = *clash;
                self.report(
                    environment,
                    Diagnostic::new(&code::INEXPRESSIBLE_CONDITION, b.operator.span, format!("`{}` is tested twice with `{}`", b.key.value, b.operator.value))
                        .label("and here")
                        .also(a.operator.span, "here")
                        .note("a statement has one list of values for each operator and key, and these two lists cannot be made one")
                        .help("say it with one comparison, or grant the one part and deny the rest of the other"),
                );
                None
            }
        }
    }

    fn never_applies(&mut self, environment: &Environment, span: Span) {
        self.report(
            environment,
            Diagnostic::new(&code::NEVER_APPLIES, span, "the condition of this statement never holds")
                .refusing()
                .label("true of no request")
                .note("a statement that can never apply grants and denies nothing, whatever it says")
                .help("mend the condition; or put the statement in an `if`, so that it is left out where it has nothing to say"),
        );
    }
}

/// Where the condition of a statement is written; all of the statement where it has none.
fn condition_span(scope: &Scope) -> Span {
    let written = [&scope.when, &scope.unless].into_iter().flatten().map(Formula::span);
    written.reduce(Span::to).unwrap_or(scope.span)
}

/// The account of a root ARN or an account id, where a principal stands for the whole account.
fn account_of(arn: &Text) -> Option<Text> {
    let plain = arn.plain()?;
    let account = match plain.strip_suffix(":root") {
        Some(rest) => rest.rsplit_once("::")?.1,
        None => plain,
    };
    crate::policy::value::account_id(account).is_ok().then(|| account.into())
}
