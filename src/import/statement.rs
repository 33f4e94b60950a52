//! Statements and declarations as text, to be formatted.

use std::collections::{BTreeSet, HashMap};

use super::action::actions;
use super::condition::formulas;
use super::library;
use super::literal::quote;
use super::name::called;
use super::principal::principal;
use super::resource::resource;
use super::shared::Shared;
use super::{Lookup, Named, Names};
use crate::base::{FileId, Span};
use crate::diagnostic::code;
use crate::elaborate::Target;
use crate::format::format;
use crate::inventory::{self, Shown};
use crate::policy::{
    BaseOperator, Document, Effect, Family, Kind, Located, Principal, PrincipalElement, ResourceElement, Statement,
    Text, Version, glob,
};
use crate::syntax::is_name;

/// The reason of the acceptances that an import writes.
const REASON: &str = "imported";

/// The source of a policy, with `let`s for what stands in it more than once.
pub(super) fn policy(
    lookup: Lookup<'_>,
    named: &Named,
    target: Option<&Shown>,
    accepted: &[(&str, Span)],
    names: &mut Names,
) -> String {
    let aim = target.map(Shown::target);
    // A template's call stands for its statement as a whole.
    let call = |statement: &Statement| {
        let accepts = accepted.iter().any(|(_, span)| statement.span.contains(*span));
        library::call(lookup, named.kind, statement, aim.as_ref()).filter(|_| !accepts)
    };
    let calls: Vec<Option<String>> = named.document.statements.iter().map(call).collect();
    let shared = Shared::counting_lists();
    let mut writer = Writer { lookup, named, target, accepted, calls, shared, written: HashMap::new() };
    let externs = externs(named, names);
    writer.body();
    writer.shared = writer.shared.then_singles(names);
    writer.body();
    writer.shared = writer.shared.then_nothing(names);
    let body = writer.body();
    let head = writer.head();
    if let ([Some(call)], true) = (writer.calls.as_slice(), writer.is_bare()) {
        return format!("{externs}{head} = {call}\n");
    }
    format!("{externs}{}{head} {{\n{body}}}\n", writer.shared.lets())
}

/// One statement of a policy of that kind as it would stand in the source, formatted, without findings accepted in it.
pub(super) fn shown(lookup: Lookup<'_>, kind: Kind, statement: &Statement, target: Option<&Target>) -> String {
    let document = Document { version: Version::V2012, id: None, statements: Vec::new() };
    let (name, span, comments) = ("shown".to_owned(), statement.span, Vec::new());
    let named = Named { kind, name, document, span, comments, inline: false, description: None };
    let shown = target.map(|target| Shown { arn: target.arn.to_string(), guessed: false });
    let (shared, written) = (Shared::default(), HashMap::new());
    let (target, accepted, calls) = (shown.as_ref(), [].as_slice(), Vec::new());
    let mut writer = Writer { lookup, named: &named, target, accepted, calls, shared, written };
    let words = writer.words(statement);
    let Ok(text) = format(FileId(0), &format!("grant shown() {{\n{words}}}\n")) else { return words };
    let body = text.lines().filter_map(|line| line.strip_prefix("  "));
    body.collect::<Vec<_>>().join("\n")
}

/// Declarations of what stays open until deployment, once in a file.
fn externs(named: &Named, names: &mut Names) -> String {
    let new = inventory::externs(&named.document).into_iter().filter(|name| names.declare(name));
    new.map(|name| format!("extern {name}: String\n")).collect()
}

struct Writer<'a> {
    lookup: Lookup<'a>,
    named: &'a Named,
    target: Option<&'a Shown>,
    accepted: &'a [(&'a str, Span)],
    /// For each statement the call of a template that gives it, if one does.
    calls: Vec<Option<String>>,
    shared: Shared,
    /// Resources that have been written: the same ones stand in every pass, and often in one.
    written: HashMap<Text, String>,
}

impl Writer<'_> {
    /// Everything before the `{`.
    fn head(&self) -> String {
        let Named { kind, name, document, description, inline, .. } = self.named;
        let mut out = String::new();
        if self.target.is_some_and(|target| target.guessed) {
            out.push_str("// The JSON does not say what this policy is for: put its ARN behind `for`.\n");
        }
        for line in description.iter().flat_map(|text| text.lines()) {
            out.push_str(&format!("/// {line}\n"));
        }
        if *inline {
            out.push_str("@inline\n");
        }
        if document.version == Version::V2008 {
            out.push_str("@version(\"2008-10-17\")\n");
        }
        if let Some(id) = &document.id {
            out.push_str(&format!("@id({})\n", quote(id)));
        }
        out.push_str(&format!("{} {name}", kind.keyword()));
        if let Some(target) = self.target {
            out.push_str(&format!(" for {}", resource(self.lookup, &target.arn.as_str().into(), None)));
        }
        out
    }

    /// Whether the policy is one statement without a Sid and without a word about it, so that a call can be all of it.
    fn is_bare(&self) -> bool {
        let statements = &self.named.document.statements;
        self.named.comments.is_empty() && matches!(statements.as_slice(), [one] if sid(one).is_none())
    }

    fn body(&mut self) -> String {
        let mut comments = self.named.comments.iter().peekable();
        let mut out = String::new();
        for (index, statement) in self.named.document.statements.iter().enumerate() {
            while let Some((_, text)) = comments.next_if(|(span, _)| span.start < statement.span.end) {
                text.lines()
                    .for_each(|line| out.push_str(&format!("// {}\n", line.trim().trim_start_matches('*').trim())));
            }
            match &self.calls[index] {
                Some(call) => {
                    let label = sid(statement).map(label).unwrap_or_default();
                    out.push_str(&format!("{label}include {call}\n"));
                }
                None => out.push_str(&self.statement(statement)),
            }
        }
        for (_, text) in comments {
            text.lines().for_each(|line| out.push_str(&format!("// {}\n", line.trim())));
        }
        out
    }

    fn statement(&mut self, statement: &Statement) -> String {
        let mut out = String::new();
        for code in self.codes(statement) {
            out.push_str(&format!("@accept({code}, because: \"{REASON}\")\n"));
        }
        out.push_str(&self.words(statement));
        out
    }

    /// A statement without what is said about it.
    fn words(&mut self, statement: &Statement) -> String {
        let mut out = String::new();
        if let Some(sid) = sid(statement) {
            out.push_str(&label(sid));
        }
        out.push_str(if statement.effect == Effect::Allow { "allow " } else { "deny " });
        let patterns = actions(&statement.action.patterns).join(", ");
        out.push_str(&if statement.action.negated { format!("* except {patterns}") } else { patterns });
        if let Some(element) = &statement.resource {
            let resources = self.resources(element);
            out.push_str(&if element.negated {
                format!("\non * except {resources}")
            } else {
                format!("\non {resources}")
            });
        }
        if let Some(element) = statement.principal.as_ref().filter(|_| self.named.kind != Kind::Rcp) {
            out.push_str(&format!("\nto {}", self.principals(element)));
        }
        let formulas = formulas(self.lookup, statement.effect, &statement.condition, &mut self.shared);
        if !formulas.when.is_empty() {
            out.push_str(&format!("\nwhen {}", formulas.when.join(" and ")));
        }
        if !formulas.unless.is_empty() {
            out.push_str(&format!("\nunless {}", formulas.unless.join(" or ")));
        }
        out.push('\n');
        out
    }

    fn resources(&mut self, element: &ResourceElement) -> String {
        let this = self.target.map(|target| target.arn.as_str());
        let mut written: Vec<String> = Vec::new();
        for pattern in &element.patterns {
            let expression = match self.written.get(&pattern.value) {
                Some(expression) => expression.clone(),
                None => {
                    let expression = resource(self.lookup, &pattern.value, this);
                    self.written.insert(pattern.value.clone(), expression.clone());
                    expression
                }
            };
            let expression = self.shared.one(expression, || called(&pattern.value));
            if !written.contains(&expression) {
                written.push(expression);
            }
        }
        match written.as_slice() {
            [one] => one.clone(),
            several => {
                let list = self.shared.list(several, || together(several));
                list.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).map(str::to_owned).unwrap_or(list)
            }
        }
    }

    fn principals(&mut self, element: &PrincipalElement) -> String {
        let mut written: Vec<String> = Vec::new();
        for one in &element.principals {
            let expression = principal(self.lookup, &one.value);
            let expression = match &one.value {
                // AWS's own names say what they are.
                Principal::Service(_) | Principal::Anyone => expression,
                other => self.shared.one(expression, || other.text().map(called).unwrap_or_default()),
            };
            if !written.contains(&expression) {
                written.push(expression);
            }
        }
        let listed = written.join(", ");
        if element.negated { format!("anyone except {listed}") } else { listed }
    }

    /// What our own checks refuse of a statement and AWS takes.
    fn codes(&self, statement: &Statement) -> BTreeSet<&str> {
        let mut codes: BTreeSet<&str> =
            self.accepted.iter().filter(|(_, span)| statement.span.contains(*span)).map(|(code, _)| *code).collect();
        // `==` on an ARN is written where the JSON has `ArnEquals`, which matches patterns.
        let arn_patterns = statement.condition.iter().any(|test| {
            let base = test.operator.value.base;
            base.family() == Family::Arn
                && matches!(base, BaseOperator::ArnEquals | BaseOperator::ArnNotEquals)
                && test.values.iter().any(holds_wildcard)
        });
        if arn_patterns {
            codes.insert(code::WILDCARD_WITHOUT_LIKE.name);
        }
        codes
    }
}

fn holds_wildcard(value: &Located<Text>) -> bool {
    value.value.plain().is_some_and(|text| glob::is_pattern(&crate::policy::without_variables(text)))
}

/// The Sid, where there is one: the console writes empty ones into trust policies.
fn sid(statement: &Statement) -> Option<&Text> {
    statement.sid.as_ref().map(|sid| &sid.value).filter(|sid| !sid.is_empty())
}

/// `Sid: `
fn label(sid: &Text) -> String {
    match sid.plain().filter(|text| is_name(text)) {
        Some(name) => format!("{name}: "),
        None => format!("{}: ", quote(sid)),
    }
}

/// What several resources might be called: after their type or their service where they are of one.
fn together(expressions: &[String]) -> String {
    let types: Vec<&str> = expressions.iter().filter_map(|one| Some(one.split_once('(')?.0)).collect();
    let services: Vec<&str> = types.iter().filter_map(|ty| Some(ty.split_once('.')?.0)).collect();
    match (types.first(), services.first()) {
        _ if services.len() < expressions.len() => "resources".to_owned(),
        (Some(ty), Some(service)) if types.iter().all(|other| other == ty) => {
            super::name::kebab(&ty[service.len() + 1..])
        }
        (_, Some(service)) if services.iter().all(|other| other == service) => format!("{service}-resources"),
        _ => "resources".to_owned(),
    }
}
