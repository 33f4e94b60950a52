//! A decision and its reason, for people and for machines.

use std::io::{self, Write};

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::base::SourceMap;
use crate::cli::report;
use crate::evaluate::{Layer, Outcome, Truth};
use crate::policy::Effect;
use crate::verify::{Answer, Saying, StatementSays, of_all};

use super::Check;

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum AnswerForm {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
}

/// What was asked, and what is answered.
pub(super) struct Answers<'a> {
    /// Who asks.
    pub(super) who: &'a str,
    /// Each check that the request needs, in order.
    pub(super) checks: &'a [(Check, Answer)],
    /// Actions that the request may need besides, and that are not decided.
    pub(super) also_needed: &'a [String],
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

impl Answers<'_> {
    /// Writes the answers to standard output, and returns what they are together.
    pub(super) fn write(&self, form: AnswerForm, sources: &SourceMap) -> io::Result<Outcome> {
        let mut out = report::output();
        let decision = of_all(self.checks.iter().map(|(_, answer)| answer.decision));
        let outcome = decision.map_or(Outcome::Depends, |decision| decision.outcome);
        match form {
            AnswerForm::Text => self.text(&mut out, sources, outcome)?,
            AnswerForm::Json => writeln!(out, "{:#}", self.object(sources, outcome))?,
        }
        out.flush()?;
        Ok(outcome)
    }

    fn text(&self, out: &mut impl Write, sources: &SourceMap, outcome: Outcome) -> io::Result<()> {
        if self.checks.len() > 1 {
            writeln!(out, "{}", together(outcome, self.checks.len()))?;
        }
        for (index, (check, answer)) in self.checks.iter().enumerate() {
            if self.checks.len() > 1 {
                writeln!(out, "\n{}.", index + 1)?;
            }
            text(out, sources, self.who, check, answer)?;
        }
        if !self.also_needed.is_empty() {
            let help = match self.also_needed.iter().any(|action| action.eq_ignore_ascii_case("iam:PassRole")) {
                true => "; give a role that it passes with `--passes`",
                false => "",
            };
            writeln!(out, "\nnot decided here: it may also need {}{help}", listed(self.also_needed))?;
        }
        Ok(())
    }

    /// One object for one check; for several, their decision and all of them.
    fn object(&self, sources: &SourceMap, outcome: Outcome) -> Value {
        let each = self.checks.iter().map(|(check, answer)| object(sources, self.who, check, answer));
        let mut each: Vec<Value> = each.collect();
        let mut whole = match each.len() {
            1 => each.remove(0),
            _ => json!({ "decision": name(outcome), "checks": each }),
        };
        whole["alsoNeeded"] = json!(self.also_needed);
        whole
    }
}

/// The decision of a request that needs several checks.
fn together(outcome: Outcome, checks: usize) -> String {
    match outcome {
        Outcome::Allowed => format!("allowed: all {checks} checks that it needs are passed"),
        Outcome::Depends => format!("it depends: not all {checks} checks that it needs are decided"),
        Outcome::ImplicitlyDenied | Outcome::ExplicitlyDenied => {
            format!("denied: it needs {checks} checks, and one of them at least is not passed")
        }
    }
}

fn text(out: &mut impl Write, sources: &SourceMap, who: &str, check: &Check, answer: &Answer) -> io::Result<()> {
    writeln!(out, "{}", verdict(answer))?;
    writeln!(out, "{who} asks for {} on {}", check.action, check.resource)?;
    let mut heading = None;
    for policy in &answer.policies {
        if heading != Some((policy.layer, policy.level)) {
            heading = Some((policy.layer, policy.level));
            writeln!(out, "\n{}", headline(answer, policy))?;
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
    let level = answer.decision.level.map(|level| format!(" at {}", of_level(answer, level))).unwrap_or_default();
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

fn headline(answer: &Answer, policy: &Saying) -> String {
    let level = policy.level.map(|level| format!(", {}", of_level(answer, level))).unwrap_or_default();
    format!("{}{level}", policy.layer.name())
}

/// A level of the organisation: its name where that is known, else its place.
fn of_level(answer: &Answer, level: usize) -> String {
    answer.levels.get(level).cloned().unwrap_or_else(|| format!("level {} from the root", level + 1))
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

fn object(sources: &SourceMap, who: &str, check: &Check, answer: &Answer) -> Value {
    json!({
        "request": { "principal": who, "action": check.action, "resource": check.resource },
        "decision": name(answer.decision.outcome),
        "by": answer.decision.by.map(Layer::name),
        "level": answer.decision.level.map(|level| of_level(answer, level)),
        "open": answer.open,
        "allowedWith": answer.allowed_with,
        "policies": answer.policies.iter().map(|policy| json!({
            "layer": policy.layer.name(),
            "level": policy.level.map(|level| of_level(answer, level)),
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
