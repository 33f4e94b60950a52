//! Every action of a service on every resource: `s3:*` on `*`, or all of it by several patterns.

use crate::base::Span;
use crate::catalogue::{AccessLevel, Action};
use crate::diagnostic::{Diagnostic, code};
use crate::lint::Context;
use crate::lint::reach::{Reach, Whole, is_all, is_every_service};
use crate::lint::watched::service_of;
use crate::policy::{Effect, Statement};

pub(in crate::lint) fn check(context: Context<'_>, reach: &Reach<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (place, policy) in reach.identity.policies.iter().enumerate() {
        for (index, statement) in policy.document.statements.iter().enumerate() {
            if !reach.is_open_statement(statement) || reach.is_of_administrator(place, index) {
                continue;
            }
            for pattern in &statement.action.patterns {
                let is_wide = pattern.value.split_once(':').map_or("*", |(_, name)| name);
                if !is_all(is_wide) {
                    continue;
                }
                let service = service_of(&pattern.value);
                let is_every = is_every_service(&pattern.value);
                if !is_every && !is_worth_a_word(context, reach, service) || is_narrowed(reach, service) {
                    continue;
                }
                let (what, help) = if is_every {
                    (
                        "every action of almost every service".to_owned(),
                        "name the services and actions that the work takes".to_owned(),
                    )
                } else {
                    (
                        format!("every action of `{service}`"),
                        format!(
                            "name the actions or levels that the work takes (`{service}:read`), or the resources that it is about"
                        ),
                    )
                };
                let message = format!("`{}` allows {what} on every resource", policy.name);
                let finding = told(pattern.span, message).label("all of the service").help(help);
                found.push(reach.placed(place, index, finding));
            }
        }
    }
    let worth = |whole: &&Whole| is_worth_a_word(context, reach, &whole.service) && !is_narrowed(reach, &whole.service);
    found.extend(reach.whole.iter().filter(worth).map(|whole| together(reach, whole)));
}

fn told(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(&code::SERVICE_WIDE_ACCESS, span, message)
        .note("what a policy allows beyond the work is what a stolen session can do (https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege)")
}

/// A service that several patterns allow together.
fn together(reach: &Reach<'_, '_>, whole: &Whole) -> Diagnostic {
    let span =
        |(policy, statement, at): (usize, usize, usize)| reach.statement(policy, statement).action.patterns[at].span;
    let name = reach.name(&whole.by.iter().map(|by| by.0).collect::<Vec<_>>());
    let service = &whole.service;
    let what = match whole.rest {
        0 => format!("every action of `{service}`"),
        1 => format!("all actions of `{service}` but one"),
        rest => format!("all actions of `{service}` but {rest}"),
    };
    let (policy, statement, _) = whole.by[0];
    let mut finding = told(span(whole.by[0]), format!("`{name}` allows {what} on every resource"))
        .label(if whole.by.len() > 1 { "together, all of the service" } else { "all of the service" });
    // Words of one brace set have one place.
    let mut others: Vec<Span> = Vec::new();
    for other in whole.by.iter().map(|by| span(*by)).filter(|other| *other != span(whole.by[0])) {
        if !others.contains(&other) {
            others.push(other);
        }
    }
    for other in others.into_iter().take(3) {
        finding = finding.also(other, "with this");
    }
    let help =
        format!("name the actions or levels that the work takes (`{service}:read`), or the resources that it is about");
    reach.placed(policy, statement, finding.help(help))
}

/// Whether a service holds data, credentials or code, or decides who may use what it has.
fn is_worth_a_word(context: Context<'_>, reach: &Reach<'_, '_>, service: &str) -> bool {
    let manages = |action: Action<'_>| action.access_level() == AccessLevel::PermissionsManagement;
    !reach.watched.of_service(service).is_empty()
        || context.catalogue.service(service).is_some_and(|service| service.actions().any(manages))
}

/// Whether something takes some of a service away again: a deny, a boundary.
fn is_narrowed(reach: &Reach<'_, '_>, service: &str) -> bool {
    let denies = |statement: &Statement| {
        let touches = |pattern: &str| service_of(pattern).eq_ignore_ascii_case(service) || is_every_service(pattern);
        let is_about = statement.action.patterns.iter().any(|pattern| touches(&pattern.value));
        statement.condition.is_empty() && (is_about || statement.action.negated)
    };
    reach.denies().any(denies) || !reach.boundary_has_all_of(service)
}

impl Reach<'_, '_> {
    /// Whether the boundary allows a service as a whole, as far as one statement tells. One that is not known is taken not to.
    fn boundary_has_all_of(&self, service: &str) -> bool {
        use crate::lint::Boundary;
        let Boundary::Known(boundary) = self.identity.boundary else {
            return matches!(self.identity.boundary, Boundary::None);
        };
        boundary.document.statements.iter().any(|statement| {
            let has = |pattern: &str| {
                let name = pattern.split_once(':').map_or("*", |(_, name)| name);
                is_all(name) && (is_every_service(pattern) || service_of(pattern).eq_ignore_ascii_case(service))
            };
            statement.effect == Effect::Allow
                && self.is_open_statement(statement)
                && statement.action.patterns.iter().any(|pattern| has(&pattern.value))
        })
    }
}
