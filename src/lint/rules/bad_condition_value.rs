//! Values that an operator or a key cannot read.

use crate::catalogue::{regions, service_principals};
use crate::diagnostic::{Diagnostic, closest, code};
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, ConditionTest, Family, Located, Text, Version, glob, value};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        for test in &statement.condition {
            for value in &test.values {
                if let Some(finding) = problem(subject, test, value) {
                    findings.on_statement(index, finding);
                }
            }
        }
    }
}

fn problem(subject: &Subject<'_>, test: &ConditionTest, value: &Located<Text>) -> Option<Diagnostic> {
    let text = value.value.plain()?;
    let operator = test.operator.value.base;
    let substitutes = operator.substitutes_variables();
    // A variable where none is put in is a finding of its own.
    if text.contains("${") && (substitutes || subject.policy.document.version == Version::V2012) {
        return None;
    }
    let family = operator.family();
    if let Err(reason) = value::check(family, text) {
        let message = format!("`{text}` is nothing that `{}` compares", test.operator.value);
        let finding = Diagnostic::new(&code::BAD_CONDITION_VALUE, value.span, message)
            .label(if text.is_empty() { "empty".to_owned() } else { format!("no {}", noun(family)) })
            .note(reason);
        return Some(finding.help(example(family)));
    }
    if family == Family::IpAddress
        && let Some(network) = value::without_host_bits(text)
    {
        let message = format!("`{text}` has bits set behind its prefix");
        let finding = Diagnostic::new(&code::BAD_CONDITION_VALUE, value.span, message)
            .label("reads as one address, and is a range")
            .note("the bits behind the prefix of a range are not compared");
        return Some(subject.replace(
            finding,
            value.span,
            text,
            &network,
            format!("write the range, `{network}`, or the one address without `/`"),
        ));
    }
    // A pattern is matched against values; it is none.
    if operator.allows_wildcards() && glob::is_pattern(text) {
        return None;
    }
    of_key(subject, test, text, value)
}

/// What the values of some keys have in common.
fn of_key(subject: &Subject<'_>, test: &ConditionTest, text: &str, value: &Located<Text>) -> Option<Diagnostic> {
    use BaseOperator::{StringEqualsIgnoreCase, StringNotEqualsIgnoreCase};
    if test.operator.value.base.family() != Family::String {
        return None;
    }
    let ignores_case = matches!(test.operator.value.base, StringEqualsIgnoreCase | StringNotEqualsIgnoreCase);
    let text_as_compared = if ignores_case { text.to_ascii_lowercase() } else { text.to_owned() };
    let shape = shape_of(test.key.value.plain()?)?;
    let (reason, near) = match shape {
        Shape::AccountId => (value::account_id(text).err()?, None),
        Shape::OrgId => (value::org_id(&text_as_compared).err()?, None),
        Shape::OrgPath => (value::org_path(&text_as_compared).err()?, None),
        Shape::ExternalId => (value::external_id(text).err()?, None),
        Shape::Region if regions::is_region(&text_as_compared) => return None,
        Shape::Region => (
            format!("AWS has no region `{text}`, as of {}", regions::AS_OF),
            closest(text, regions::regions()).map(str::to_owned),
        ),
        Shape::ServicePrincipal if service_principals::is_service_principal(&text_as_compared) => return None,
        Shape::ServicePrincipal => {
            let near = service_principals::nearest(text);
            let is_domain = text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn");
            // The table of names is never complete: what is near to none of them may be new.
            if is_domain && near.is_none() {
                return None;
            }
            (
                "a service principal is a name and `.amazonaws.com`, spelt as the service's documentation has it"
                    .to_owned(),
                near,
            )
        }
    };
    let message = format!("`{text}` is no value of `{}`", test.key.value);
    let finding =
        Diagnostic::new(&code::BAD_CONDITION_VALUE, value.span, message).label("matches no request").note(reason);
    Some(match near {
        Some(near) => subject.replace(finding, value.span, text, &near, format!("did you mean `{near}`?")),
        None => finding.help(format!("write it as in `\"{}\"`", like(shape))),
    })
}

/// What a key's values are, beyond their type.
#[derive(Clone, Copy)]
enum Shape {
    AccountId,
    OrgId,
    OrgPath,
    ExternalId,
    Region,
    ServicePrincipal,
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
fn shape_of(key: &str) -> Option<Shape> {
    const SHAPES: [(&str, Shape); 19] = [
        ("aws:PrincipalAccount", Shape::AccountId),
        ("aws:ResourceAccount", Shape::AccountId),
        ("aws:SourceAccount", Shape::AccountId),
        ("aws:VpceAccount", Shape::AccountId),
        ("s3:ResourceAccount", Shape::AccountId),
        ("kms:CallerAccount", Shape::AccountId),
        ("aws:PrincipalOrgID", Shape::OrgId),
        ("aws:ResourceOrgID", Shape::OrgId),
        ("aws:SourceOrgID", Shape::OrgId),
        ("aws:VpceOrgID", Shape::OrgId),
        ("aws:PrincipalOrgPaths", Shape::OrgPath),
        ("aws:ResourceOrgPaths", Shape::OrgPath),
        ("aws:SourceOrgPaths", Shape::OrgPath),
        ("aws:VpceOrgPaths", Shape::OrgPath),
        ("sts:ExternalId", Shape::ExternalId),
        ("aws:RequestedRegion", Shape::Region),
        ("iam:PassedToService", Shape::ServicePrincipal),
        ("iam:AWSServiceName", Shape::ServicePrincipal),
        ("aws:PrincipalServiceName", Shape::ServicePrincipal),
    ];
    SHAPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, shape)| *shape)
}

/// A value of such a key.
fn like(shape: Shape) -> &'static str {
    match shape {
        Shape::AccountId => "123456789012",
        Shape::OrgId => "o-a1b2c3d4e5",
        Shape::OrgPath => "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*",
        Shape::ExternalId => "deployment-2026",
        Shape::Region => "eu-west-1",
        Shape::ServicePrincipal => "lambda.amazonaws.com",
    }
}

fn noun(family: Family) -> &'static str {
    match family {
        Family::String => "text",
        Family::Numeric => "number",
        Family::Date => "date",
        Family::Bool | Family::Null => "Boolean",
        Family::Binary => "base64",
        Family::IpAddress => "address or range",
        Family::Arn => "ARN",
    }
}

fn example(family: Family) -> &'static str {
    match family {
        Family::String => "write a text",
        Family::Numeric => "write a number: `10`",
        Family::Date => "write a date: `2026-11-23T00:00:00Z`",
        Family::Bool | Family::Null => "write `true` or `false`",
        Family::Binary => "write base64: `\"QmluYXJ5\"`",
        Family::IpAddress => "write a range: `\"203.0.113.0/24\"`, `\"2001:db8::/32\"`",
        Family::Arn => "write an ARN: `\"arn:aws:iam::123456789012:role/Name\"`; `as String` compares it as text",
    }
}
