//! Declarations to policies; templates and their instances.

use std::rc::Rc;

use super::Policy;
use super::Target;
use super::attribute::Attributes;
use super::body::Body;
use super::elaborator::Elaborator;
use super::environment::{Environment, This};
use super::expression::Resolved;
use super::value::{Resource, Value, Valued};
use crate::base::Span;
use crate::diagnostic::{Diagnostic, closest, code};
use crate::policy::{Document, Kind, Located, Text, limits};
use crate::project::ModuleId;
use crate::syntax::{
    Argument, DeclKind, Expr, ExprKind, Include, Item, ItemKind, Parameter, Path, PolicyBody, PolicyDecl,
};

impl<'a> Elaborator<'a> {
    pub(super) fn policy(&mut self, module: ModuleId, index: usize, item: &'a Item, declaration: &'a PolicyDecl) {
        let mut environment = Environment::of(module);
        let is_template = declaration.parameters.is_some() || declaration.kind == DeclKind::Grant;
        let attributes = self.attributes(&environment, &item.attributes, item.span, is_template);
        if let Some(target) = &declaration.target
            && declaration.kind != DeclKind::Policy(Kind::Resource)
        {
            self.report(
                &environment,
                Diagnostic::new(&code::KIND_RULE, target.span, "only a resource-based policy is for a resource")
                    .also(declaration.keyword, "declared as another kind here")
                    .help("remove `for ...`, or declare it as `resource`"),
            );
        }
        if let Some(parameters) = &declaration.parameters {
            return self.template(&environment, parameters);
        }
        let kind = match declaration.kind {
            DeclKind::Policy(kind) => kind,
            // Not emitted; expanded once so that what is wrong in it is told where it stands.
            DeclKind::Grant => {
                environment.open.push((module, index));
                return self.grant(environment, &declaration.body);
            }
        };
        environment.open.push((module, index));
        environment.this = self.this_of(kind, &declaration.name.text, declaration.name.span);
        let mut target = declaration.target.as_ref().map(|target| self.target(&environment, target));
        if let Some(Some(resource)) = &target {
            environment.this = This::Value(Valued::new(Value::Resource(resource.clone()), declaration.name.span));
        }
        let mut body = Body::of(kind);
        match &declaration.body {
            PolicyBody::Block(items) => self.body(&mut environment, items, &mut body),
            PolicyBody::Call(call) => {
                let of_template = self.instantiate(&environment, call, &mut body, Use::Whole);
                if let (Some(Some(own)), Some(other)) = (&target, &of_template)
                    && own.arn != other.arn
                {
                    self.broken = true;
                    let message = format!("this policy is for `{}`, and its template for `{}`", own.arn, other.arn);
                    self.report(
                        &environment,
                        Diagnostic::new(&code::TYPE_MISMATCH, call.span, message).help(
                            "leave out `for`, which the template says already, or call the template for that resource",
                        ),
                    );
                }
                target = target.or(of_template.map(Some));
            }
        }
        if kind == Kind::Resource && target.is_none() {
            self.report(
                &environment,
                Diagnostic::new(&code::KIND_RULE, declaration.name.span, "a resource-based policy says what it is for")
                    .note("AWS checks it by the service of that resource")
                    .help(format!("write `resource {} for s3.bucket(\"name\") {{ ... }}`", declaration.name.text)),
            );
        }
        self.emit(module, item, declaration, body, attributes, target.flatten());
    }

    fn emit(
        &mut self,
        module: ModuleId,
        item: &Item,
        declaration: &PolicyDecl,
        body: Body,
        attributes: Attributes,
        target: Option<Rc<Resource>>,
    ) {
        let (kind, name) = (body.kind, &declaration.name);
        // AWS's names, and files on some disks, are one where they differ in letter case only.
        if let Some(first) = self.declared.insert((kind, name.text.to_ascii_lowercase()), name.span) {
            self.out.diagnostics.push(
                Diagnostic::new(
                    &code::DUPLICATE_NAME,
                    name.span,
                    format!("`{}` is declared twice as {}", name.text, kind.with_article()),
                )
                .label("again here")
                .also(first, "first here")
                .note("both would be written to one file, and AWS tells names apart by more than letter case")
                .help("give one of them another name"),
            );
            return;
        }
        self.accept(attributes.clone());
        if let Err(reason) = limits::Named::ManagedPolicy.check(&name.text) {
            let message = format!("AWS takes no such name: {reason}");
            let finding = Diagnostic::new(&code::KIND_RULE, name.span, message);
            self.report(&Environment::of(module), finding.note(format!("see {}", limits::NAMES)).help("shorten it"));
        }
        let module = self.project.module(module);
        let mut errors = module.parsed.diagnostics.iter().map(|diagnostic| diagnostic.primary.span.start);
        self.broken |= errors.any(|at| (item.span.start..=item.span.end).contains(&at));
        let text = self.project.sources.file(module.file).text();
        let description = module.parsed.documentation(text, item.span);
        self.out.policies.push(Policy {
            kind,
            name: name.text.clone(),
            span: name.span,
            document: Document { version: attributes.version, id: attributes.id.clone(), statements: body.statements },
            complete: !self.broken,
            trails: body.trails,
            target: target.map(|resource| Target { service: resource.service.clone(), arn: resource.arn.clone() }),
            inline: attributes.inline,
            part_of: None,
            description,
            written: None,
        });
    }

    /// A grant without parameters, as if something included it: what is wrong wherever it is included is told here. Findings
    /// and their acceptances belong to the policies that include it.
    fn grant(&mut self, mut environment: Environment, body: &'a PolicyBody) {
        let PolicyBody::Block(items) = body else { return };
        environment.this = This::Value(Valued::new(Value::Error, Span::default()));
        let (found, accepted) = (self.out.diagnostics.len(), self.out.acceptances.len());
        self.body(&mut environment, items, &mut Body::of(Kind::Policy));
        let told = self.out.diagnostics.split_off(found);
        self.out.diagnostics.extend(told.into_iter().filter(|diagnostic| !diagnostic.is_acceptable()));
        for acceptance in self.out.acceptances.split_off(accepted) {
            self.accepted.remove(&acceptance.span);
        }
    }

    /// What can be said of a template that nothing calls: its types and defaults.
    fn template(&mut self, environment: &Environment, parameters: &'a [Parameter]) {
        for (index, parameter) in parameters.iter().enumerate() {
            self.resolve_type(&parameter.ty);
            if let Some(first) = parameters[..index].iter().find(|first| first.name.text == parameter.name.text) {
                let message = format!("two parameters are called `{}`", parameter.name.text);
                self.report(
                    environment,
                    Diagnostic::new(&code::DUPLICATE_NAME, parameter.name.span, message)
                        .also(first.name.span, "first here")
                        .help("rename one of them"),
                );
            }
        }
    }

    /// What `self` is in a policy of that kind and name: a boundary is a managed policy with an ARN of its own.
    fn this_of(&self, kind: Kind, name: &str, span: Span) -> This {
        let defaults = &self.inputs.config.defaults;
        match (kind, &defaults.account) {
            (Kind::Boundary, Some(account)) => {
                let partition = defaults.partition.as_deref().unwrap_or("aws");
                let arn: Text = format!("arn:{partition}:iam::{account}:policy/{name}").into();
                let resource = self.resource_from_arn(&arn);
                resource.map_or(This::Nothing, |resource| {
                    This::Value(Valued::new(Value::Resource(Rc::new(resource)), span))
                })
            }
            (Kind::Boundary, None) => This::NeedsAccount,
            _ => This::Nothing,
        }
    }

    /// The resource that a resource-based policy is for.
    fn target(&mut self, environment: &Environment, expression: &Expr) -> Option<Rc<Resource>> {
        let value = self.evaluate(environment, expression);
        match &value.value {
            Value::Resource(resource) => Some(resource.clone()),
            Value::Text(text) if self.resource_from_arn(text).is_some() => self.resource_from_arn(text).map(Rc::new),
            Value::Error => None,
            other => {
                let message = format!("expected a resource, found {}", other.describe());
                self.report(
                    environment,
                    Diagnostic::new(&code::TYPE_MISMATCH, value.span, message)
                        .help("write `for s3.bucket(\"name\")`, or the ARN of the resource"),
                );
                None
            }
        }
    }

    /// `[Sid:] include grant(...)`
    pub(super) fn include(&mut self, environment: &Environment, include: &Include, body: &mut Body) {
        let before = body.statements.len();
        self.instantiate(environment, &include.call, body, Use::Part);
        let Some(label) = &include.label else { return };
        let Some(text) = self.string(environment, label) else { return };
        match &mut body.statements[before..] {
            [one] => one.sid = Some(Located::new(text, label.span)),
            [] if self.broken => {}
            several => {
                let message = format!("`{text}` would name {} statements", several.len());
                self.report(
                    environment,
                    Diagnostic::new(&code::BAD_SID, label.span, message)
                        .label("a Sid names one statement")
                        .also(include.call.span, "what comes in here")
                        .help("leave the label out, or include what gives one statement")
                        .refusing(),
                );
            }
        }
    }

    /// Puts the statements of a template's instance into a body. The result is what the template is `for`.
    fn instantiate(
        &mut self,
        environment: &Environment,
        call: &Expr,
        body: &mut Body,
        usage: Use,
    ) -> Option<Rc<Resource>> {
        let (path, arguments): (&Path, &[Argument]) = match &call.kind {
            ExprKind::Call(path, arguments) => (path, arguments),
            ExprKind::Path(path) => (path, &[]),
            _ => {
                self.report(
                    environment,
                    Diagnostic::new(&code::TYPE_MISMATCH, call.span, "expected a call of a template")
                        .help("write `name(arguments)`"),
                );
                return None;
            }
        };
        let (module, index) = match self.resolve(environment, path)? {
            Resolved::Item(module, index) => (module, index),
            _ => {
                self.report(
                    environment,
                    Diagnostic::new(&code::TYPE_MISMATCH, path.span, "this is no template")
                        .help("a template is a declaration with parameters"),
                );
                return None;
            }
        };
        let project = self.project;
        let ItemKind::Policy(declaration) = &project.module(module).parsed.file.items[index].kind else {
            self.report(
                environment,
                Diagnostic::new(&code::TYPE_MISMATCH, path.span, "this is no template")
                    .help("a template is a policy or grant with parameters"),
            );
            return None;
        };
        if !self.kinds_fit(environment, declaration, body.kind, usage, path.span) {
            return None;
        }
        if environment.open.contains(&(module, index)) {
            self.report(
                environment,
                Diagnostic::new(
                    &code::ENDLESS_TEMPLATE,
                    path.span,
                    format!("`{}` comes back to itself", declaration.name.text),
                )
                .label("would be expanded again")
                .also(declaration.name.span, "while this is being expanded")
                .help("a template cannot call itself, not by way of others either"),
            );
            return None;
        }
        if !self.step(environment, call.span) {
            return None;
        }
        let item = &project.module(module).parsed.file.items[index];
        let attributes = self.attributes(&Environment::of(module), &item.attributes, item.span, true);
        self.accept(attributes);
        let mut inner = Environment::of(module);
        inner.this = environment.this.clone();
        inner.trail = environment.trail.iter().copied().chain([call.span]).collect();
        inner.open = environment.open.iter().copied().chain([(module, index)]).collect();
        let parameters = declaration.parameters.as_deref().unwrap_or_default();
        inner.locals = self.bind(environment, &inner, declaration, parameters, arguments, call.span)?;
        let target = declaration.target.as_ref().and_then(|target| self.target(&inner, target));
        if let (Some(resource), Use::Whole) = (&target, usage) {
            inner.this = This::Value(Valued::new(Value::Resource(resource.clone()), call.span));
        }
        match &declaration.body {
            PolicyBody::Block(items) => self.body(&mut inner, items, body),
            PolicyBody::Call(call) => return self.instantiate(&inner, call, body, usage).or(target),
        }
        target
    }

    fn kinds_fit(
        &mut self,
        environment: &Environment,
        declaration: &PolicyDecl,
        kind: Kind,
        usage: Use,
        span: Span,
    ) -> bool {
        let fits = match declaration.kind {
            DeclKind::Policy(other) => other == kind,
            DeclKind::Grant => usage == Use::Part,
        };
        if !fits {
            let name = &declaration.name.text;
            let help = match declaration.kind {
                DeclKind::Grant => format!("include it in a body: `{} name {{ include {name}(...) }}`", kind.keyword()),
                DeclKind::Policy(other) => format!(
                    "declare the instance as `{}`; or make the template a `grant`, which fits any kind",
                    other.keyword()
                ),
            };
            let message = format!("`{name}` is a {}, and a {} is wanted", declaration.kind.keyword(), kind.keyword());
            self.report(
                environment,
                Diagnostic::new(&code::TYPE_MISMATCH, span, message)
                    .also(declaration.keyword, "declared so here")
                    .help(help),
            );
        }
        fits
    }

    /// The parameters with their values.
    fn bind(
        &mut self,
        outside: &Environment,
        inside: &Environment,
        declaration: &PolicyDecl,
        parameters: &'a [Parameter],
        arguments: &[Argument],
        span: Span,
    ) -> Option<Vec<(String, Valued)>> {
        let mut given: Vec<Option<Valued>> = vec![None; parameters.len()];
        let mut complete = true;
        let mut next = 0;
        for argument in arguments {
            if self.missing_space(outside, argument, parameters.iter().map(|parameter| parameter.name.text.as_str())) {
                return None;
            }
            let value = self.evaluate(outside, &argument.value);
            let place = match &argument.name {
                Some(name) => parameters.iter().position(|parameter| parameter.name.text == name.text).ok_or(name.span),
                None => {
                    next += 1;
                    if next <= parameters.len() { Ok(next - 1) } else { Err(argument.value.span) }
                }
            };
            match place {
                Ok(at) if given[at].is_none() => given[at] = Some(value),
                Ok(at) => {
                    complete = false;
                    let message = format!("`{}` is given twice", parameters[at].name.text);
                    self.report(
                        outside,
                        Diagnostic::new(&code::BAD_ARGUMENT, argument.value.span, message)
                            .label("again here")
                            .also(given[at].as_ref().map_or(span, |first| first.span), "first here")
                            .help("remove one of the two"),
                    );
                }
                Err(at) => {
                    complete = false;
                    self.no_parameter(outside, declaration, parameters, argument, at);
                }
            }
        }
        let missing: Vec<&str> = parameters
            .iter()
            .zip(&given)
            .filter(|(parameter, given)| given.is_none() && parameter.default.is_none())
            .map(|(parameter, _)| parameter.name.text.as_str())
            .collect();
        if !missing.is_empty() {
            let message = format!("`{}` needs `{}`", declaration.name.text, missing.join("`, `"));
            let usage = missing.iter().map(|name| format!("{name}: ...")).collect::<Vec<_>>().join(", ");
            self.report(
                outside,
                Diagnostic::new(&code::BAD_ARGUMENT, span, message)
                    .label(format!("gives no `{}`", missing[0]))
                    .also(declaration.name.span, "declared here")
                    .help(format!("give `{usage}`")),
            );
            complete = false;
        }
        let mut scope = Environment { locals: Vec::new(), ..inside.clone() };
        for (parameter, value) in parameters.iter().zip(given) {
            let ty = self.resolve_type(&parameter.ty);
            let value = match (value, &parameter.default) {
                (Some(value), _) => self.coerce(outside, value, &ty, Some(parameter.span)),
                // A default may use the parameters before it.
                (None, Some(default)) => {
                    let value = self.evaluate(&scope, default);
                    self.coerce(&scope, value, &ty, Some(parameter.span))
                }
                (None, None) => Valued::new(Value::Error, span),
            };
            complete &= value.value != Value::Error;
            scope.locals.push((parameter.name.text.clone(), value));
        }
        self.broken |= !complete;
        complete.then_some(scope.locals)
    }

    /// Whether `mfa:true`, which is one IAM name, was meant as the argument `mfa: true`; that is reported.
    pub(super) fn missing_space<'n>(
        &mut self,
        environment: &Environment,
        argument: &Argument,
        mut names: impl Iterator<Item = &'n str>,
    ) -> bool {
        let (None, ExprKind::Iam(name)) = (&argument.name, &argument.value.kind) else { return false };
        let Some((head, _)) = name.split_once(':').filter(|(head, _)| names.any(|known| known == *head)) else {
            return false;
        };
        let span = argument.value.span;
        let at = Span::new(span.file, span.start as usize + head.len() + 1, span.start as usize + head.len() + 1);
        self.report(
            environment,
            Diagnostic::new(&code::BAD_ARGUMENT, span, format!("`{name}` reads as one IAM name"))
                .label("no space after the colon")
                .fix("put a space after the `:`", at, " "),
        );
        true
    }

    fn no_parameter(
        &mut self,
        environment: &Environment,
        declaration: &PolicyDecl,
        parameters: &[Parameter],
        argument: &Argument,
        at: Span,
    ) {
        let names = || parameters.iter().map(|parameter| parameter.name.text.as_str());
        let message = match &argument.name {
            Some(name) => format!("`{}` has no parameter `{}`", declaration.name.text, name.text),
            None => format!(
                "`{}` has {} parameters, and this is one argument more",
                declaration.name.text,
                parameters.len()
            ),
        };
        let mut diagnostic = Diagnostic::new(&code::BAD_ARGUMENT, at, message)
            .label("not taken")
            .also(declaration.name.span, "declared here");
        let near = argument.name.as_ref().and_then(|name| closest(&name.text, names()));
        diagnostic = match near {
            Some(near) => diagnostic.fix(format!("did you mean `{near}`?"), at, near),
            None => diagnostic.help(format!("its parameters are `{}`", names().collect::<Vec<_>>().join("`, `"))),
        };
        self.report(environment, diagnostic);
    }
}

/// What a call of a template is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// `policy name = template(...)`
    Whole,
    /// `include template(...)`
    Part,
}
