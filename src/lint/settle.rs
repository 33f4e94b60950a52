//! Levels and acceptances: what a project thinks of the findings.

use std::collections::{BTreeMap, HashSet};

use crate::base::{FileId, Span};
use crate::diagnostic::{Diagnostic, code};
use crate::elaborate::Acceptance;

/// What decides what becomes of a finding.
#[derive(Clone, Copy, Debug)]
pub struct Judgement<'a> {
    /// `[levels]` of `leastwise.toml`, by the name of the code; checked when they were read.
    pub levels: &'a BTreeMap<String, String>,
    /// The `@accept`s of the sources.
    pub acceptances: &'a [Acceptance],
    /// The day to compare `until` with, as `2026-11-25`; without it nothing has expired.
    pub today: Option<&'a str>,
    /// Whether every declaration could be looked at, so that an acceptance without a finding is one too many.
    pub complete: bool,
}

/// Gives the findings their levels, and those that are accepted their reasons; adds what is wrong with the acceptances;
/// leaves one of findings that say the same of the same place; and puts them in the order of the sources.
pub fn settle(mut findings: Vec<Diagnostic>, judgement: Judgement<'_>) -> Vec<Diagnostic> {
    let mut used = vec![false; judgement.acceptances.len()];
    for finding in findings.iter_mut().filter(|finding| finding.is_acceptable()) {
        for (acceptance, used) in judgement.acceptances.iter().zip(&mut used) {
            if acceptance.covers(finding) {
                *used = true;
                finding.accepted.get_or_insert_with(|| acceptance.because.clone());
            }
        }
    }
    for (acceptance, used) in judgement.acceptances.iter().zip(used) {
        if let Some(until) = acceptance.until.as_deref().filter(|until| judgement.today.is_some_and(|now| now > *until))
        {
            findings.push(expired(acceptance, until));
        } else if !used && judgement.complete && acceptance.complete {
            findings.push(unused(acceptance));
        }
    }
    findings.iter_mut().for_each(|finding| set_level(finding, judgement.levels));
    let mut seen: HashSet<(&str, Span, String, bool)> = HashSet::new();
    findings.retain(|one| seen.insert((one.code.name, one.primary.span, one.message.clone(), one.accepted.is_some())));
    findings.sort_by_key(|finding| (place(finding), finding.code.name));
    findings
}

/// Gives a finding the level that the settings have for its code.
pub fn set_level(finding: &mut Diagnostic, levels: &BTreeMap<String, String>) {
    let level = levels.get(finding.code.name).filter(|_| finding.is_acceptable());
    if let Some(level) = level.and_then(|level| level.parse().ok()) {
        finding.level = level;
    }
}

fn place(finding: &Diagnostic) -> (FileId, u32, u32) {
    let span = finding.primary.span;
    (span.file, span.start, span.end)
}

fn expired(acceptance: &Acceptance, until: &str) -> Diagnostic {
    let message = format!("the acceptance of `{}` ended on {until}", acceptance.code);
    Diagnostic::new(&code::EXPIRED_ACCEPTANCE, acceptance.span, message)
        .label("past its `until`")
        .help("mend what it accepts, or give it a new reason and a new day")
}

fn unused(acceptance: &Acceptance) -> Diagnostic {
    let message = format!("nothing here is reported as `{}`", acceptance.code);
    let finding = Diagnostic::new(&code::UNUSED_ACCEPTANCE, acceptance.span, message).label("accepts nothing");
    match acceptance.removal {
        Some(removal) => finding.fix("remove the acceptance", removal, ""),
        None => finding.help("remove it, or mend what it names"),
    }
}
