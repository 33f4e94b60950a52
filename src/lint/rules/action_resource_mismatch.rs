//! Actions and resources of one statement that cannot meet: the statement never applies to them.

use std::collections::BTreeMap;

use crate::catalogue::Action;
use crate::diagnostic::{Diagnostic, code};
use crate::elaborate::Target;
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::policy::{Arn, ArnPattern, Kind, Located, ResourceElement, Statement, Text, arn_patterns_meet};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let of_policy = subject.policy.kind == Kind::Resource;
    for (index, statement) in subject.statements() {
        // What a broken policy is for has been told.
        if let Some(target) = subject.policy.target.as_ref().filter(|_| subject.policy.complete) {
            of_another_service(subject, index, statement, target, findings);
            of_another_resource(index, statement, target, findings);
        }
        let element = statement.resource.as_ref().filter(|element| !element.negated && !element.patterns.is_empty());
        let Some(element) = element else { continue };
        if statement.action.negated || findings.has(index, &code::BAD_ARN) {
            continue;
        }
        let mut good = false;
        for (at, (pattern, matched)) in subject.actions(index).enumerate() {
            let fits = (0..element.patterns.len()).any(|resource| subject.takes(index, at, resource));
            good |= fits;
            if !fits {
                let told = of_action(pattern, matched, statement);
                let told = told.aws_names(if of_policy { names(subject, statement, matched) } else { &[] });
                findings.on_statement(index, told);
            }
        }
        // Where no action fits, each has been told; else a resource that none of them can be about is dead.
        for (resource, pattern) in element.patterns.iter().enumerate().filter(|_| good) {
            if !(0..statement.action.patterns.len()).any(|at| subject.takes(index, at, resource)) {
                let told = of_resource(pattern, statement);
                let told = if of_policy { told.aws("UNSUPPORTED_RESOURCE_ARN_IN_POLICY") } else { told.aws_names(&[]) };
                findings.on_statement(index, told);
            }
        }
    }
}

/// Access Analyzer's names for an action and resources of a resource's policy that never meet: whichever is not of the service that the
/// policy is for. JSON does not say for which it is: most of its resources do. Of the types of a service's own resources AWS's check
/// says nothing.
fn names(subject: &Subject<'_>, statement: &Statement, matched: &Matched<'_>) -> &'static [&'static str] {
    let service = match matched {
        Matched::One(action) => action.service().name(),
        Matched::Several(several) => several.service.name(),
        _ => return &[],
    };
    let resources = services_of(statement);
    if resources.iter().any(|one| one == service) {
        return &[];
    }
    let first = statement.action.patterns.first();
    let declared = subject.policy.target.as_ref().filter(|_| first.is_none_or(|first| !subject.is_json(first.span)));
    match declared.map(|target| target.service.clone()).or_else(|| service_of_most(subject)) {
        Some(own) if own == service => &["UNSUPPORTED_RESOURCE_ARN_IN_POLICY"],
        Some(own) if declared.is_some() || resources.contains(&own) => &["UNSUPPORTED_ACTION_IN_POLICY"],
        _ => &["UNSUPPORTED_ACTION_IN_POLICY", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"],
    }
}

/// The services of a statement's resources.
fn services_of(statement: &Statement) -> Vec<String> {
    let patterns = statement.resource.iter().flat_map(|element| &element.patterns);
    let service = |one: &Located<Text>| Some(Arn::parse(&one.value.pattern()).ok()?.service.to_owned());
    patterns.filter_map(service).collect()
}

/// The service that more resources of a document are of than of any other.
fn service_of_most(subject: &Subject<'_>) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for service in subject.policy.document.statements.iter().flat_map(services_of) {
        *counts.entry(service).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    let mut of_most = counts.into_iter().filter(|(_, count)| *count == most);
    of_most.next().filter(|_| of_most.next().is_none()).map(|(service, _)| service)
}

/// Services that refuse a policy with actions of others. Of the rest, some are asked by two prefixes, as API Gateway is.
const OWN_ACTIONS: [&str; 8] = ["dynamodb", "ecr", "kms", "lambda", "s3", "secretsmanager", "sns", "sqs"];

/// Actions of other services than the one that reads the policy. Where they meet no resource of the statement, it is told of the pair.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html>
fn of_another_service(
    subject: &Subject<'_>,
    index: usize,
    statement: &Statement,
    target: &Target,
    findings: &mut Findings<'_>,
) {
    let service = target.service.as_str();
    if statement.action.negated || !OWN_ACTIONS.contains(&service) {
        return;
    }
    let resources = statement.resource.as_ref().filter(|element| !element.negated);
    for (at, (pattern, matched)) in subject.actions(index).enumerate() {
        let of = match matched {
            Matched::One(action) => action.service().name(),
            Matched::Several(several) if !several.is_empty() => several.service.name(),
            _ => continue,
        };
        let is_about = |element: &ResourceElement| (0..element.patterns.len()).any(|one| subject.takes(index, at, one));
        let meets = resources.is_none_or(is_about);
        if of == service || !meets {
            continue;
        }
        let message = format!("a policy of `{service}` decides on no action of `{of}`");
        findings.on_statement(
            index,
            Diagnostic::new(&code::ACTION_RESOURCE_MISMATCH, pattern.span, message)
                .label("never asked here")
                .note(format!("the service of the resource reads its policy, here for `{}`", target.arn))
                .help(format!("name actions of `{service}`, or allow it in an identity policy"))
                .aws("UNSUPPORTED_ACTION_IN_POLICY"),
        );
    }
}

/// Resources that a bucket, a queue or a topic does not have: the service refuses the policy.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html>
fn of_another_resource(index: usize, statement: &Statement, target: &Target, findings: &mut Findings<'_>) {
    let Some(own) = target.arn.plain().filter(|_| matches!(target.service.as_str(), "s3" | "sns" | "sqs")) else {
        return;
    };
    let within = format!("{own}/*");
    let elements = statement.resource.iter().filter(|element| !element.negated);
    for pattern in elements.flat_map(|element| &element.patterns) {
        let Some(text) = pattern.value.plain() else { continue };
        let opened = ArnPattern::new(text);
        // What is no ARN of the service is told otherwise.
        let is_other = Arn::parse(text).is_ok_and(|arn| arn.service == target.service)
            && ![own, within.as_str()].into_iter().any(|own| arn_patterns_meet(opened.text(), own));
        if is_other {
            let message = format!("this policy is not about `{text}`");
            findings.on_statement(
                index,
                Diagnostic::new(&code::ACTION_RESOURCE_MISMATCH, pattern.span, message)
                    .label("of something else")
                    .note(format!("it is attached to `{own}`, and AWS refuses it with another resource"))
                    .help("name `self`, or what is in it")
                    .aws("UNSUPPORTED_RESOURCE_ARN_IN_POLICY"),
            );
        }
    }
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
