//! Actions that hand out credentials, read or overwrite what is stored, or end what watches over an account, allowed on everything.

use std::collections::BTreeMap;

use crate::base::Span;
use crate::diagnostic::{Code, Diagnostic, code};
use crate::lint::Context;
use crate::lint::reach::{Grant, Reach};
use crate::lint::sensitive::Concern;

/// How a concern is told.
struct Told {
    code: &'static Code,
    what: &'static str,
    label: &'static str,
    note: &'static str,
    help: &'static str,
}

const LEAST: &str = "(https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege)";

fn told(concern: Concern) -> Told {
    match concern {
        Concern::Credentials => Told {
            code: &code::CREDENTIALS_EXPOSURE,
            what: "gives out credentials",
            label: "of anybody",
            note: "with credentials somebody acts as whoever they belong to",
            help: "name whose credentials they may be",
        },
        Concern::Reading => Told {
            code: &code::DATA_EXPOSURE,
            what: "lets everything be read",
            label: "of all there is",
            note: "with it, one stolen session reads all that the account holds",
            help: "name what is to be read",
        },
        Concern::Writing => Told {
            code: &code::UNCONFINED_WRITE,
            what: "lets anything be overwritten, destroyed or opened to others",
            label: "on all there is",
            note: "with it, one stolen session can take away all that the account holds",
            help: "name what is to be written",
        },
        Concern::Guardrail => Told {
            code: &code::GUARDRAIL_REMOVAL,
            what: "lets a guardrail or a record of the account be ended",
            label: "ends what watches",
            note: "with it, somebody can first end what would show or stop the rest",
            help: "leave it to a role of its own; or deny it in a service control policy, and say why here",
        },
    }
}

pub(in crate::lint) fn check(_: Context<'_>, reach: &Reach<'_, '_>, found: &mut Vec<Diagnostic>) {
    if reach.open.is_empty() || reach.administrator().is_some() {
        return;
    }
    let mut groups: BTreeMap<(usize, usize, u8), (Concern, Vec<Grant>)> = BTreeMap::new();
    for (policy, grant) in &reach.open {
        let Some(concern) = reach.watch(*grant).concern else { continue };
        let is_told = reach.is_all_but(*policy, *grant)
            || reach.is_sweeping(*policy, *grant)
            || reach.is_service_wide(*policy, *grant);
        if !is_told {
            let group = groups.entry((*policy, grant.statement, concern as u8));
            group.or_insert_with(|| (concern, Vec::new())).1.push(*grant);
        }
    }
    for ((policy, statement, _), (concern, grants)) in groups {
        found.push(reach.placed(policy, statement, finding(reach, policy, concern, &grants)));
    }
}

/// What is told of a statement.
fn finding(reach: &Reach<'_, '_>, policy: usize, concern: Concern, grants: &[Grant]) -> Diagnostic {
    let told = told(concern);
    let mut names: Vec<&str> = grants.iter().map(|grant| reach.watch(*grant).name).collect();
    names.sort_unstable();
    names.dedup();
    let more = match names.len() {
        0..=3 => String::new(),
        count => format!(" and {} more", count - 3),
    };
    names.truncate(3);
    let message = format!("`{}` {}: `{}`{more}", reach.policy(policy).name, told.what, names.join("`, `"));
    let spans: Vec<_> = grants.iter().map(|grant| reach.pattern(policy, *grant)).collect();
    let mut finding = Diagnostic::new(told.code, spans[0], message).label(told.label);
    let mut others: Vec<Span> = Vec::new();
    for span in spans.iter().filter(|span| !span.contains(spans[0])) {
        if !others.contains(span) {
            others.push(*span);
        }
    }
    for other in others.into_iter().take(3) {
        finding = finding.also(other, "and this");
    }
    let help = match grants.iter().find_map(|grant| reach.watch(*grant).format.as_deref()) {
        Some(format) if concern != Concern::Guardrail => format!("{}, in the form `{format}`", told.help),
        _ => told.help.to_owned(),
    };
    finding.note(format!("{} {LEAST}", told.note)).help(help)
}
