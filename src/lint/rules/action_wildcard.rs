//! A wildcard for actions most of which can never be about the resources of their statement: `s3:*` on the objects of a bucket.

use crate::catalogue::Action;
use crate::diagnostic::{Diagnostic, code};
use crate::lint::narrow::{allowing, with_own_edits};
use crate::lint::reach::is_all;
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::minimise::patterns_of;
use crate::policy::{ArnPattern, Kind, Located};
use crate::prove::has_known_resources;

/// `service:*` is far wider than its resources where at most one of so many of its actions can be about them.
const FAR_WIDER: usize = 3;
/// So is a wildcard that says what it is for: `s3:Get*`, to read.
const FAR_WIDER_THAN_SAID: usize = 10;
/// A wildcard for fewer actions than these can be read as it stands.
const FEW_ACTIONS: usize = 20;
/// More patterns than these are no easier to read than the wildcard; more actions than these are never so few patterns.
const MOST_PATTERNS: usize = 16;
const MOST_ACTIONS: usize = 100;
/// More resources than these are in no policy that AWS takes.
const MOST_RESOURCES: usize = 600;

pub(in crate::lint) fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'_>) {
    for (index, _, element) in allowing(subject, &[Kind::Policy]) {
        let texts: Vec<_> = element.patterns.iter().map(|pattern| pattern.value.pattern()).collect();
        let resources: Vec<ArnPattern<'_>> = texts.iter().map(|text| ArnPattern::new(text)).collect();
        // Everything of a service says nothing of which resources are meant.
        let is_open = |one: &ArnPattern<'_>| one.text().splitn(6, ':').nth(5).is_none_or(is_all);
        // What a template puts together serves other resources too; and what never meets has been told.
        let is_told = subject.is_from_template(index) || findings.has(index, &code::ACTION_RESOURCE_MISMATCH);
        if is_told || resources.len() > MOST_RESOURCES || resources.iter().any(is_open) {
            continue;
        }
        for (pattern, matched) in subject.actions(index) {
            let Matched::Several(several) = matched else { continue };
            let all: Vec<Action<'a>> = several.actions().collect();
            let can_be = |action: &Action<'a>| {
                !has_known_resources(*action) || resources.iter().any(|one| subject.can_be_about(*action, one))
            };
            let about: Vec<Action<'a>> = all.iter().copied().filter(can_be).collect();
            if !is_far_wider(&pattern.value, all.len(), about.len()) {
                continue;
            }
            let narrower = patterns_of(several.service, &about);
            if narrower.len() <= MOST_PATTERNS {
                let told = finding(subject, pattern, (all.len(), about.len()), &narrower);
                let mut pairs = element.patterns.iter().zip(&resources);
                let shown = pairs.find(|(_, one)| about.iter().any(|action| subject.can_be_about(*action, one)));
                let told = shown.into_iter().fold(told, |told, (one, _)| told.also(one.span, "about this"));
                findings.on_statement(index, with_own_edits(subject, index, told));
            }
        }
    }
}

/// Whether a pattern stands for far more actions than for those that can be about the resources.
fn is_far_wider(pattern: &str, all: usize, about: usize) -> bool {
    let is_all_of_it = pattern.split_once(':').is_some_and(|(_, name)| is_all(name));
    let times = if is_all_of_it { FAR_WIDER } else { FAR_WIDER_THAN_SAID };
    all >= FEW_ACTIONS && (1..=MOST_ACTIONS).contains(&about) && about * times <= all
}

fn finding(
    subject: &Subject<'_>,
    pattern: &Located<String>,
    (all, about): (usize, usize),
    narrower: &[String],
) -> Diagnostic {
    let message =
        format!("`{}` stands for {all} actions, of which {about} can be about these resources", pattern.value);
    let told = Diagnostic::new(&code::ACTION_WILDCARD, pattern.span, message)
        .label("far wider than the resources")
        .note("what AWS adds under this name will be allowed too, unseen");
    let help = format!("write `{}`, which allows the same today", narrower.join("`, `"));
    subject.replace_by(told, pattern.span, &pattern.value, narrower, help)
}
