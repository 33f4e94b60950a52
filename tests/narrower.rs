//! What the checks offer in the place of a wildcard means what they say it does: a safe edit changes nothing of what is allowed today,
//! an unsafe one takes away and adds nothing.

use leastwise::base::SourceMap;
use leastwise::catalogue::{Action, Catalogue, Service};
use leastwise::diagnostic::{Diagnostic, Safety};
use leastwise::policy::read::{Mode, json, read};
use leastwise::policy::{Document, Kind, fill, formats_meet, glob, placeholders};
use leastwise::prove::{Prover, Realm, Subject, Verdict, Whose};

#[path = "support/json.rs"]
mod json_findings;
use json_findings::lint_json;

/// Of the codes that offer narrower texts, the finding with an edit on a document, and the document with the edit.
fn narrowed(text: &str) -> Option<(Diagnostic, String)> {
    let mut sources = SourceMap::default();
    let file = sources.add("policy.json", text);
    let codes = ["action-wildcard", "name-wildcard", "segment-wildcard"];
    let mut findings = lint_json(&sources, file, Some(Kind::Policy)).into_iter();
    let found = findings.find(|one| codes.contains(&one.code.name))?;
    let edits = found.help.as_ref()?.edits.clone();
    let [edit] = edits.as_slice() else { return None };
    let mut after = text.to_owned();
    after.replace_range(edit.span.range(), &edit.text);
    Some((found, after))
}

fn document(text: &str) -> Document {
    read(json::Place::At(leastwise::base::FileId(0), 0), text, Mode::Strict).unwrap().document
}

/// Whether everything that one document allows is allowed by another, of the requests that there are by the catalogue.
fn within(a: &Document, b: &Document) -> bool {
    let mut prover = Prover::of(Catalogue::builtin(), &[a, b], Realm::Closed { partition: "aws" });
    let [a, b] =
        [a, b].map(|document| prover.permissions(Whose::Document(Subject { document, has_principals: false })));
    matches!(prover.within(&a, &b), Verdict::Holds)
}

fn policy(action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}]}}"#
    )
}

/// An ARN of a format, of something called `thing`.
fn arn(format: &str) -> Option<String> {
    let values = placeholders(format).iter().filter(|one| format!("{:?}", one.role) == "Value").count();
    fill(format, "aws", "eu-west-1", "111122223333", &vec!["thing"; values])
}

fn formats(service: Service<'static>) -> impl Iterator<Item = &'static str> {
    service.resource_types().flat_map(|ty| ty.arn_formats())
}

/// `service:*` on each kind of resource of every third service.
#[test]
fn the_patterns_of_actions_are_those_that_can_be_about_the_resource() {
    let mut told = 0;
    for service in Catalogue::builtin().services().step_by(3) {
        for resource in formats(service).filter_map(arn) {
            let before = policy(&format!("{}:*", service.name()), &resource);
            let Some((found, after)) = narrowed(&before).filter(|(found, _)| found.code.name == "action-wildcard")
            else {
                continue;
            };
            told += 1;
            assert_eq!(found.help.as_ref().unwrap().safety, Safety::Safe);
            let new = document(&after);
            let patterns = &new.statements[0].action.patterns;
            let is_named = |action: &Action<'_>| {
                patterns.iter().any(|pattern| glob::matches(&pattern.value, &action.full_name(), true))
            };
            let can_be = |action: &Action<'_>| {
                action.resource_types().any(|on| on.resource.arn_formats().any(|one| formats_meet(one, &resource)))
            };
            for action in service.actions() {
                assert_eq!(is_named(&action), can_be(&action), "{} on {resource}: {after}", action.full_name());
            }
            assert!(patterns.iter().all(|one| one.value.starts_with(&format!("{}:", service.name()))), "{after}");
        }
    }
    assert!(told > 20, "{told}");
}

/// Services whose resources have others in them, or words before their names.
const NESTED: [&str; 8] = ["cloudformation", "dynamodb", "glue", "iam", "kinesis", "lambda", "logs", "s3"];

/// Some actions of services on patterns that end before, within and behind the words of their formats, and behind the name.
#[test]
fn the_narrower_resources_allow_no_more_and_the_safe_ones_no_less() {
    let (mut safe, mut narrower) = (0, 0);
    for service in NESTED.map(|name| Catalogue::builtin().service(name).unwrap()) {
        for action in service.actions().step_by(13) {
            let first = action.resource_types().next().and_then(|on| on.resource.arn_formats().next());
            let Some(arn) = first.and_then(arn) else { continue };
            let start = arn.len() - arn.splitn(6, ':').nth(5).unwrap().len();
            let name = arn.find("thing").map_or(arn.len(), |at| at + "thing".len());
            for cut in [start, start + 2, name] {
                let before = policy(&action.full_name(), &format!("{}*", &arn[..cut]));
                let Some((found, after)) = narrowed(&before) else { continue };
                let [old, new] = [&before, &after].map(|text| document(text));
                assert!(within(&new, &old), "{before}\n{after}");
                let is_safe = found.help.unwrap().safety == Safety::Safe;
                assert_eq!(within(&old, &new), is_safe, "{before}\n{after}");
                *if is_safe { &mut safe } else { &mut narrower } += 1;
            }
        }
    }
    assert!(safe > 10 && narrower > 10, "{safe} safe, {narrower} unsafe");
}
