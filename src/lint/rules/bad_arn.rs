//! ARNs in `Resource` that AWS does not take, or that name nothing it has.

use crate::base::Span;
use crate::catalogue::{Service, regions};
use crate::diagnostic::{Diagnostic, closest, code};
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::policy::glob::is_pattern;
use crate::policy::{Arn, ArnError, Located, PARTITIONS, Segment, Text, arn_patterns_meet, formats_meet};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        for (at, pattern) in statement.resource.iter().flat_map(|element| &element.patterns).enumerate() {
            if let Some(finding) = problem(subject, index, at, pattern) {
                findings.on_statement(index, finding);
            }
        }
    }
}

/// What is wrong with a pattern of resources. An extern's value is not known, and neither is what it makes of an ARN.
fn problem(subject: &Subject<'_>, index: usize, at: usize, pattern: &Located<Text>) -> Option<Diagnostic> {
    let text = pattern.value.plain().filter(|text| !is_everything(text))?;
    let arn = match Arn::parse(text) {
        Ok(arn) => arn,
        Err(error) => {
            let span = subject.within(pattern.span, text, error.range.clone());
            let span = if span.start == span.end { pattern.span } else { span };
            let message = format!("`{text}` is no ARN");
            let label = match error.range.is_empty() {
                true => format!("the {} is missing", error.segment.name()),
                false if is_early(text, &error) => "a segment is missing before this".to_owned(),
                false => format!("the {} is wrong", error.segment.name()),
            };
            let finding =
                Diagnostic::new(&code::BAD_ARN, span, message).label(label).note(format!("{} ({PAGE})", error.reason));
            let in_service = error.segment == Segment::Service && is_pattern(&text[error.range.clone()]);
            let name = if in_service { "WILDCARD_IN_SERVICE_NAME" } else { name_of(text, &error) };
            let finding = finding.aws(name);
            return Some(mended(subject, finding, (pattern.span, text), &error));
        }
    };
    if arn.service.contains("${") {
        return None;
    }
    let part = |segment| {
        let range = Arn::range(text, segment).unwrap_or(0..text.len());
        subject.within(pattern.span, text, range)
    };
    let Some(service) = subject.context.catalogue.service(arn.service) else {
        if is_of_another_prefix(subject, arn.service) {
            return None;
        }
        return Some(unknown_service(subject, pattern, text, arn.service, part(Segment::Service)));
    };
    if let Some(finding) = unknown_region(subject, pattern.span, text, &arn, part(Segment::Region)) {
        return Some(finding);
    }
    if let Some(finding) = foreign_region(&arn, part) {
        return Some(finding);
    }
    if let Some(finding) = doubled_slash(subject, pattern.span, text, &arn, part(Segment::Resource)) {
        return Some(finding);
    }
    // What an action of the statement is about is one of the service's resources; that has to be known in any case.
    let named = |action: &(usize, (_, &Matched<'_>))| matches!(action.1.1, Matched::One(one) if !one.is_declared());
    let mut named = subject.actions(index).enumerate().filter(named);
    if named.any(|(action, _)| subject.takes(index, action, at)) {
        return None;
    }
    let resource = &subject.resources(index)[at];
    let meets = service.resource_types().any(|ty| subject.meets(resource, ty));
    (!meets).then(|| no_format(subject, service, text, pattern.span, part))
}

/// Whether the resource stands where the region or the account would.
fn is_early(text: &str, error: &ArnError) -> bool {
    matches!(error.segment, Segment::Region | Segment::Account)
        && error.range.end == text.len()
        && !error.range.is_empty()
}

/// Access Analyzer's name for what keeps a text from being an ARN.
fn name_of(text: &str, error: &ArnError) -> &'static str {
    let part = &text[error.range.clone()];
    match error.segment {
        Segment::Prefix => "INVALID_ARN_PREFIX",
        _ if is_early(text, error) => "MISSING_ARN_FIELD",
        _ if error.range.is_empty() && error.range.start == text.len() => "MISSING_ARN_FIELD",
        Segment::Partition => "INVALID_PARTITION",
        Segment::Service if part.bytes().any(|byte| byte.is_ascii_uppercase()) => "INVALID_ARN_SERVICE_CASE",
        Segment::Region => "INVALID_ARN_REGION",
        Segment::Account => "INVALID_ARN_ACCOUNT",
        Segment::Service | Segment::Resource => "INVALID_ARN_RESOURCE",
    }
}

/// A text that is no ARN, with what would make it one.
fn mended(subject: &Subject<'_>, finding: Diagnostic, (span, text): (Span, &str), error: &ArnError) -> Diagnostic {
    let whole = "write the ARN of a resource, build it as in `s3.bucket(\"name\")`, or write `*`";
    let segments = text.split(':').count();
    match error.segment {
        // In an identity policy, IAM takes a short ARN, and fills it in itself.
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
        _ if error.range.is_empty() && (3..6).contains(&segments) && error.range.end == text.len() => {
            let wanted = format!("{text}{}", ":*".repeat(6 - segments));
            subject.replace(finding, span, text, &wanted, format!("say it in full: `{wanted}`"))
        }
        Segment::Partition => match closest(&text[error.range.clone()], PARTITIONS) {
            Some(near) => {
                let wanted = format!("{}{near}{}", &text[..error.range.start], &text[error.range.end..]);
                subject.replace(finding, span, text, &wanted, format!("did you mean `{near}`?"))
            }
            None => finding.help(whole),
        },
        Segment::Account if !is_early(text, error) => {
            finding.help("write the twelve digits of an account, or `*` for any")
        }
        _ => finding.help(whole),
    }
}

/// Whether a pattern of resources is `*`.
pub(super) fn is_everything(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'*')
}

/// Whether a service whose actions have another prefix has such ARNs: `servicecatalog:ProvisionProduct` is about `arn:aws:catalog:...`.
fn is_of_another_prefix(subject: &Subject<'_>, service: &str) -> bool {
    let types = subject.context.catalogue.services().flat_map(|service| service.resource_types());
    types
        .flat_map(|ty| ty.arn_formats())
        .any(|format| format.split(':').nth(Segment::Service as usize) == Some(service))
}

fn unknown_service(subject: &Subject<'_>, pattern: &Located<Text>, text: &str, service: &str, at: Span) -> Diagnostic {
    let finding = Diagnostic::new(&code::BAD_ARN, at, format!("AWS has no service `{service}`"))
        .label("no such service")
        .aws("INVALID_SERVICE")
        .note(format!("no request is about such a resource ({PAGE})"));
    let services = subject.context.catalogue.services().map(|service| service.name());
    match closest(service, services) {
        Some(near) => {
            let wanted = text.replacen(&format!(":{service}:"), &format!(":{near}:"), 1);
            subject.replace(finding, pattern.span, text, &wanted, format!("did you mean `{near}`?"))
        }
        None => finding.help("`leastwise catalogue` lists the services"),
    }
}

fn unknown_region(subject: &Subject<'_>, span: Span, text: &str, arn: &Arn<'_>, at: Span) -> Option<Diagnostic> {
    let region = arn.region;
    if region.is_empty() || region.contains(['*', '?', '$']) || regions::is_region(region) {
        return None;
    }
    let finding = Diagnostic::new(&code::BAD_ARN, at, format!("AWS has no region `{region}`"))
        .label("no such region")
        .aws("INVALID_ARN_REGION")
        .note(format!("as of {}", regions::AS_OF));
    Some(match closest(region, regions::regions()) {
        Some(near) if subject.source(at) == region => finding.fix(format!("did you mean `{near}`?"), at, near),
        Some(near) => {
            let wanted = text.replacen(&format!(":{region}:"), &format!(":{near}:"), 1);
            subject.replace(finding, span, text, &wanted, format!("did you mean `{near}`?"))
        }
        None => finding.help("write a region's code, such as `eu-west-1`, or `*`"),
    })
}

/// A parameter whose name begins with a slash, which is not written again in its ARN.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html>
fn doubled_slash(subject: &Subject<'_>, span: Span, text: &str, arn: &Arn<'_>, at: Span) -> Option<Diagnostic> {
    let name = arn.resource.strip_prefix("parameter//").filter(|_| arn.service == "ssm")?;
    let wanted = text.replacen("parameter//", "parameter/", 1);
    let finding = Diagnostic::new(&code::BAD_ARN, at, "`ssm` has no such resource")
        .label("no ARN of it has two slashes here")
        .note(format!("the ARN of the parameter `/{name}` ends in `parameter/{name}` ({PAGE})"))
        .aws("INVALID_ARN_RESOURCE");
    Some(subject.replace(finding, span, text, &wanted, format!("write `{wanted}`")))
}

/// A region of another partition than the ARN's, so that no ARN has both.
fn foreign_region(arn: &Arn<'_>, part: impl Fn(Segment) -> Span) -> Option<Diagnostic> {
    let (region, partition) = (arn.region, arn.partition);
    let home = regions::partition_of(region)?.name;
    if home == partition || partition.contains(['*', '?', '$']) {
        return None;
    }
    let message = format!("the region `{region}` is not in the partition `{partition}`");
    Some(
        Diagnostic::new(&code::BAD_ARN, part(Segment::Region), message)
            .label(format!("a region of `{home}`"))
            .also(part(Segment::Partition), "the partition of this ARN")
            .note(format!("a region is in one partition, and every ARN with it names that one ({PAGE})"))
            .help(format!("write `arn:{home}:...`, or a region of `{partition}`"))
            .aws("INVALID_ARN_REGION"),
    )
}

/// An ARN that no resource of its service can have: which segment is at fault, and what the service's ARNs look like.
fn no_format(
    subject: &Subject<'_>,
    service: Service<'_>,
    text: &str,
    span: Span,
    part: impl Fn(Segment) -> Span,
) -> Diagnostic {
    let name = service.name();
    let finding = |at, message: String| Diagnostic::new(&code::BAD_ARN, at, message);
    let formats: Vec<&str> = service.resource_types().flat_map(|ty| ty.arn_formats()).collect();
    if formats.is_empty() {
        return finding(span, format!("`{name}` has no resources"))
            .note("its actions are checked against `*` only")
            .help("write `on *`")
            .aws("INVALID_ARN_RESOURCE");
    }
    let opened = |segments: &[Segment]| {
        let mut parts: Vec<&str> = text.splitn(6, ':').collect();
        segments.iter().for_each(|segment| parts[*segment as usize] = "*");
        parts.join(":")
    };
    for (segment, word) in [(Segment::Account, "account"), (Segment::Region, "region")] {
        let pattern = opened(&[segment]);
        if let Some(format) = formats.iter().find(|format| formats_meet(format, &pattern)) {
            let finding = finding(part(segment), format!("this ARN of `{name}` has a wrong {word}"));
            return told(subject, finding, service, format, (span, text), &[segment]);
        }
    }
    let both = opened(&[Segment::Account, Segment::Region]);
    if let Some(format) = formats.iter().find(|format| formats_meet(format, &both)) {
        let at = part(Segment::Region).to(part(Segment::Account));
        let finding = finding(at, format!("this ARN of `{name}` has a wrong region and account"));
        return told(subject, finding, service, format, (span, text), &[Segment::Region, Segment::Account]);
    }
    let shown: Vec<&str> =
        formats.iter().copied().filter(|format| arn_patterns_meet("arn:*:*:*:*:*", format)).take(4).collect();
    let more = if formats.len() > shown.len() { ", ..." } else { "" };
    finding(part(Segment::Resource), format!("`{name}` has no such resource"))
        .label("no ARN of it looks like this")
        .note(format!("its ARNs are `{}`{more}", shown.join("`, `")))
        .help(format!("`leastwise catalogue {name}` lists its resource types"))
        .aws("INVALID_ARN_RESOURCE")
}

/// Access Analyzer's name for a region or an account that stands where the ARNs of a service have none, is missing, or is another one
/// than theirs; of the two it is the account that tells.
fn name_of_segments(form: &[&str], text: &str, segments: &[Segment]) -> &'static str {
    let written: Vec<&str> = text.splitn(6, ':').collect();
    let part = |of: &[&str], segment: Segment| of.get(segment as usize).is_none_or(|part| part.is_empty());
    let of_account = segments.contains(&Segment::Account);
    let segment = if of_account { Segment::Account } else { Segment::Region };
    match (part(form, segment), part(&written, segment)) {
        (true, _) if of_account => "ARN_ACCOUNT_NOT_ALLOWED",
        (true, _) => "ARN_REGION_NOT_ALLOWED",
        (false, true) if of_account => "MISSING_ARN_ACCOUNT",
        (false, true) => "MISSING_ARN_REGION",
        (false, false) if of_account => "INVALID_ARN_ACCOUNT",
        (false, false) => "INVALID_ARN_REGION",
    }
}

/// An ARN with wrong segments, and the form that it should have; the edit where they only have to be empty.
fn told(
    subject: &Subject<'_>,
    finding: Diagnostic,
    service: Service<'_>,
    format: &str,
    (span, text): (Span, &str),
    segments: &[Segment],
) -> Diagnostic {
    let form: Vec<&str> = format.splitn(6, ':').collect();
    let finding = finding.aws(name_of_segments(&form, text, segments));
    let empty = segments.iter().all(|segment| form.get(*segment as usize).is_none_or(|part| part.is_empty()));
    let finding = finding
        .label(if empty { "nothing stands here" } else { "missing or wrong" })
        .note(format!("its form is `{format}` ({PAGE})"));
    let ty = service.resource_types().find(|ty| ty.arn_formats().any(|one| one == format));
    let built = ty.map_or(String::new(), |ty| format!("; or build it: `{}.{}(...)`", service.name(), ty.ident()));
    if !empty {
        return finding.help(format!("write it in that form{built}"));
    }
    let mut parts: Vec<&str> = text.splitn(6, ':').collect();
    segments.iter().for_each(|segment| parts[*segment as usize] = "");
    let wanted = parts.join(":");
    subject.replace(finding, span, text, &wanted, format!("write `{wanted}`{built}"))
}
