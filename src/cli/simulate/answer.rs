//! A decision and its reason, for people and for machines.

use std::io::{self, Write};

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::base::SourceMap;
use crate::cli::report;
use crate::evaluate::{Layer, Outcome, Truth};
use crate::policy::Effect;
use crate::verify::{Answer, Saying, StatementSays};

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum AnswerForm {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
}

/// What was asked.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) who: &'a str,
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
}

/// AWS's name of a decision; `Depends` where it hangs on what is not known.
pub(super) fn name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allowed => "Allowed",
        Outcome::ImplicitlyDenied => "ImplicitlyDenied",
        Outcome::ExplicitlyDenied => "ExplicitlyDenied",
        Outcome::Depends => "Depends",
    }
}

/// Writes an answer to standard output.
pub(super) fn write(form: AnswerForm, sources: &SourceMap, asked: Asked<'_>, answer: &Answer) -> io::Result<()> {
    let mut out = report::output();
    match form {
        AnswerForm::Text => text(&mut out, sources, asked, answer)?,
        AnswerForm::Json => writeln!(out, "{:#}", object(sources, asked, answer))?,
    }
    out.flush()
}

fn text(out: &mut impl Write, sources: &SourceMap, asked: Asked<'_>, answer: &Answer) -> io::Result<()> {
    writeln!(out, "{}", verdict(answer))?;
    writeln!(out, "{} asks for {} on {}", asked.who, asked.action, asked.resource)?;
    let mut heading = None;
    for policy in &answer.policies {
        if heading != Some((policy.layer, policy.level)) {
            heading = Some((policy.layer, policy.level));
            writeln!(out, "\n{}", headline(policy))?;
        }
        writeln!(out, "  {}: {}", policy.name, says(policy))?;
        let about: Vec<&StatementSays> = policy.statements.iter().filter(|one| one.clauses.action).collect();
        for statement in &about {
            clauses(out, sources, statement)?;
        }
        let others = policy.statements.len() - about.len();
        if others > 0 && policy.statements.iter().any(|one| one.span.is_some()) {
            writeln!(
                out,
                "    {}",
                report::count(others, "statement about other actions", "statements about other actions")
            )?;
        }
    }
    if !answer.open.is_empty() {
        writeln!(out, "\nnot given: {}", listed(&answer.open))?;
    }
    if let Some(settings) = &answer.allowed_with {
        let each = settings.iter().map(|(key, value)| match value {
            Some(value) => format!("`{key}` were `{value}`"),
            None => format!("`{key}` were absent"),
        });
        writeln!(out, "\nit would be allowed if {}", each.collect::<Vec<_>>().join(" and "))?;
    }
    Ok(())
}

fn verdict(answer: &Answer) -> String {
    let layer = answer.decision.by.map(Layer::name);
    let level =
        answer.decision.level.map(|level| format!(", at level {} from the root", level + 1)).unwrap_or_default();
    match (answer.decision.outcome, layer) {
        (Outcome::Allowed, Some(layer)) => {
            format!("allowed: the {layer} allows it, and nothing withholds or denies it")
        }
        (Outcome::Allowed, None) => "allowed: no policy is asked".to_owned(),
        (Outcome::ExplicitlyDenied, layer) => {
            format!("denied: a statement of the {} denies it", layer.unwrap_or("policies"))
        }
        (Outcome::ImplicitlyDenied, layer) => {
            format!("denied: no statement of the {}{level} allows it", layer.unwrap_or("policies"))
        }
        (Outcome::Depends, _) => format!("it depends on {}", listed(&answer.open)),
    }
}

fn listed(keys: &[String]) -> String {
    format!("`{}`", keys.join("`, `"))
}

fn headline(policy: &Saying) -> String {
    let level = policy.level.map(|level| format!(", level {} from the root", level + 1)).unwrap_or_default();
    format!("{}{level}", policy.layer.name())
}

/// What a policy says by itself.
fn says(policy: &Saying) -> &'static str {
    let of = |effect: Effect| {
        Truth::any(policy.statements.iter().filter(|one| one.clauses.effect == effect).map(|one| one.clauses.applies()))
    };
    match (of(Effect::Deny), of(Effect::Allow)) {
        (Truth::Yes, _) => "denies it",
        (Truth::Unknown, _) => "may deny it",
        (Truth::No, Truth::Yes) => "allows it",
        (Truth::No, Truth::Unknown) => "may allow it",
        (Truth::No, Truth::No) => "says nothing of it",
    }
}

fn clauses(out: &mut impl Write, sources: &SourceMap, statement: &StatementSays) -> io::Result<()> {
    let Some(span) = statement.span else { return Ok(()) };
    let clauses = &statement.clauses;
    writeln!(
        out,
        "    {} at {}: {}",
        effect(clauses.effect),
        report::place(sources, span),
        applies(clauses.applies())
    )?;
    if !clauses.principal {
        writeln!(out, "      principal: does not include who asks")?;
    }
    match clauses.resource {
        Truth::Yes => {}
        Truth::No => writeln!(out, "      resource: does not match")?,
        Truth::Unknown => writeln!(out, "      resource: depends on a variable that is not given")?,
    }
    for ((operator, key, values), holds) in statement.tests.iter().zip(&clauses.condition) {
        let holds = match holds {
            Truth::Yes => "holds",
            Truth::No => "does not hold",
            Truth::Unknown => "is open",
        };
        writeln!(out, "      condition: {key} {operator} {} {holds}", values.join(", "))?;
    }
    Ok(())
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "allow",
        Effect::Deny => "deny",
    }
}

fn applies(truth: Truth) -> &'static str {
    match truth {
        Truth::Yes => "applies",
        Truth::No => "does not apply",
        Truth::Unknown => "may apply",
    }
}

fn object(sources: &SourceMap, asked: Asked<'_>, answer: &Answer) -> Value {
    json!({
        "request": { "principal": asked.who, "action": asked.action, "resource": asked.resource },
        "decision": name(answer.decision.outcome),
        "by": answer.decision.by.map(Layer::name),
        "level": answer.decision.level,
        "open": answer.open,
        "allowedWith": answer.allowed_with,
        "policies": answer.policies.iter().map(|policy| json!({
            "layer": policy.layer.name(),
            "level": policy.level,
            "policy": policy.name,
            "says": says(policy),
            "statements": policy.statements.iter().map(|one| statement(sources, one)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

fn statement(sources: &SourceMap, statement: &StatementSays) -> Value {
    let clauses = &statement.clauses;
    let tests = statement.tests.iter().zip(&clauses.condition).map(|((operator, key, values), holds)| {
        json!({ "operator": operator, "key": key, "values": values, "holds": word(*holds) })
    });
    json!({
        "effect": effect(clauses.effect),
        "place": statement.span.map(|span| report::place(sources, span)),
        "applies": word(clauses.applies()),
        "principal": clauses.principal,
        "action": clauses.action,
        "resource": word(clauses.resource),
        "condition": tests.collect::<Vec<_>>(),
    })
}

fn word(truth: Truth) -> &'static str {
    match truth {
        Truth::Yes => "yes",
        Truth::No => "no",
        Truth::Unknown => "unknown",
    }
}
