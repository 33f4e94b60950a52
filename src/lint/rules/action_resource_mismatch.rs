//! Actions and resources of one statement that cannot meet: the statement never applies to them.

use crate::catalogue::Action;
use crate::diagnostic::{Diagnostic, code};
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::policy::{ArnPattern, Located, Statement, Text};

pub(in crate::lint) fn check<'a>(subject: &Subject<'a>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        let Some(element) = statement.resource.as_ref().filter(|element| !element.negated) else { continue };
        if statement.action.negated || findings.has(index, &code::BAD_ARN) {
            continue;
        }
        let texts: Vec<_> = element.patterns.iter().map(|pattern| pattern.value.pattern()).collect();
        let resources: Vec<_> = element.patterns.iter().zip(texts.iter().map(|text| ArnPattern::new(text))).collect();
        let mut good = false;
        for (pattern, matched) in subject.actions(index) {
            let meets =
                |action: &Action<'a>| resources.iter().any(|(_, resource)| can_meet(subject, *action, resource));
            let fits = match matched {
                Matched::One(action) => meets(action),
                Matched::Several(several) => several.is_empty() || several.actions().any(|action| meets(&action)),
                Matched::Everything | Matched::NoService | Matched::Nothing(_) => true,
            };
            good |= fits;
            if !fits {
                findings.on_statement(index, of_action(pattern, matched, statement));
            }
        }
        // Where no action fits, each has been told; else a resource that none of them can be about is dead.
        for (pattern, resource) in resources.iter().filter(|_| good) {
            let meets = |action: &Action<'a>| can_meet(subject, *action, resource);
            let fits = subject.actions(index).any(|(_, matched)| match matched {
                Matched::One(action) => meets(action),
                // A pattern of no actions is a finding of its own.
                Matched::Several(several) => several.is_empty() || several.actions().any(|action| meets(&action)),
                Matched::Everything | Matched::NoService | Matched::Nothing(_) => true,
            });
            if !fits {
                findings.on_statement(index, of_resource(pattern, statement));
            }
        }
    }
}

/// Whether a request of that action can be about a resource that matches the pattern.
fn can_meet<'a>(subject: &Subject<'a>, action: Action<'a>, resource: &ArnPattern<'_>) -> bool {
    if resource.is_everything() || action.is_declared() {
        return true;
    }
    // AWS documents one exception: https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html
    if resource.text() == "arn:aws:s3:::*" && action.service().name() == "s3" && action.name() == "ListAllMyBuckets" {
        return true;
    }
    action.resource_types().any(|ty| subject.meets(resource, ty.resource))
}

fn of_action(pattern: &Located<String>, matched: &Matched<'_>, statement: &Statement) -> Diagnostic {
    let actions: Vec<Action<'_>> = match matched {
        Matched::One(action) => vec![*action],
        Matched::Several(several) => several.actions().collect(),
        _ => Vec::new(),
    };
    let mut formats: Vec<&str> =
        actions.iter().flat_map(|action| action.resource_types()).flat_map(|ty| ty.resource.arn_formats()).collect();
    formats.sort_unstable();
    formats.dedup();
    let message = format!("`{}` and the resources of this statement never meet", pattern.value);
    let finding = Diagnostic::new(&code::ACTION_RESOURCE_MISMATCH, pattern.span, message);
    let finding = match statement.resource.as_ref().and_then(|element| element.patterns.first()) {
        Some(first) => finding.also(first.span, "it is not about this"),
        None => finding,
    };
    if formats.is_empty() {
        return finding
            .label("has no resource-level permissions")
            .note("AWS checks such an action against `*` only, so the statement never applies to it")
            .help("put it in a statement of its own, `on *`");
    }
    let more = if formats.len() > 4 { ", ..." } else { "" };
    let types = actions.iter().flat_map(|action| action.resource_types());
    let mut types: Vec<String> =
        types.map(|ty| format!("`{}.{}(...)`", ty.resource.service().name(), ty.resource.ident())).collect();
    types.sort_unstable();
    types.dedup();
    types.truncate(3);
    formats.truncate(4);
    finding
        .label("never applies")
        .note(format!("it acts on `{}`{more}", formats.join("`, `")))
        .help(format!("name such a resource, {}; or take the action out of this statement", types.join(", ")))
}

fn of_resource(pattern: &Located<Text>, statement: &Statement) -> Diagnostic {
    let message = format!("no action of this statement is about `{}`", pattern.value);
    let finding = Diagnostic::new(&code::ACTION_RESOURCE_MISMATCH, pattern.span, message).label("never applies");
    let finding = match statement.action.patterns.first() {
        Some(first) => finding.also(first.span, "the actions act on other resources"),
        None => finding,
    };
    finding
        .note("a statement applies where an action and a resource that AWS brings together both match")
        .help("remove the resource, or add the action that it was meant for")
}
