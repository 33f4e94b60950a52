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
            // By `deeds` it is said what.
            what: "lets anything be",
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
    let deeds = if concern == Concern::Writing { deeds(&names) } else { Vec::new() };
    names.truncate(3);
    let what = [told.what, &or(&deeds)].join(" ");
    let message = format!("`{}` {}: `{}`{more}", reach.policy(policy).name, what.trim_end(), names.join("`, `"));
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
    let note = if deeds == [SENT] { NOTE_OF_SENT } else { told.note };
    finding.note(format!("{note} {LEAST}")).help(help)
}

const SENT: &str = "sent messages";
const NOTE_OF_SENT: &str = "with it, one stolen session can tell whatever reads a queue what to do";

/// What these actions do to what is stored, in the order in which it is told.
fn deeds(actions: &[&str]) -> Vec<&'static str> {
    let mut deeds = [SENT, "overwritten", "destroyed", "opened to others"].to_vec();
    deeds.retain(|wanted| actions.iter().any(|action| deed(action) == *wanted));
    deeds
}

/// What an action of [`Concern::Writing`] does.
fn deed(action: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|word| action.contains(word));
    // Attributes of a queue or topic hold its policy; those of a snapshot or image, who may use it.
    if has(&["Policy", "Permission", "Acl", "Attribute", "Grant", "PublicAccessBlock", "Replication"]) {
        "opened to others"
    } else if has(&["Delet", "Purge", "Disable", "Lifecycle", "BypassGovernance"]) {
        "destroyed"
    } else if has(&[":Send"]) {
        SENT
    } else {
        "overwritten"
    }
}

/// `a, b or c`
fn or(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_told_by_what_the_actions_do() {
        let told = |actions: &[&str]| or(&deeds(actions));
        assert_eq!(told(&["sqs:SendMessage"]), "sent messages");
        assert_eq!(told(&["kms:ScheduleKeyDeletion", "rds:DeleteDBInstance", "sqs:PurgeQueue"]), "destroyed");
        assert_eq!(told(&["ec2:ModifySnapshotAttribute", "kms:CreateGrant", "s3:PutBucketAcl"]), "opened to others");
        assert_eq!(
            told(&["s3:PutBucketPolicy", "s3:DeleteObject", "s3:PutObject"]),
            "overwritten, destroyed or opened to others"
        );
    }
}
