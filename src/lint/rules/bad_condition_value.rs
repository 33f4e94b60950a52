//! Values that an operator or a key cannot read.

use super::operator_type_mismatch;
use crate::catalogue::shapes::{Shape, shape_of};
use crate::catalogue::{regions, service_principals};
use crate::diagnostic::{Diagnostic, Level, closest, code};
use crate::lint::{Findings, Subject};
use crate::policy::{Arn, BaseOperator, ConditionTest, Family, Located, Text, Version, glob, value};

const CHECKS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, _) in subject.statements() {
        for (test, known) in subject.tests(index) {
            // What is no operator for the key has been told; it reads no value of it either.
            if known.is_some_and(|known| operator_type_mismatch::is_mismatched(known, test)) {
                continue;
            }
            for value in &test.values {
                if let Some(finding) = problem(subject, test, value) {
                    findings.on_statement(index, finding);
                }
            }
            if let Some(finding) = both_booleans(test) {
                findings.on_statement(index, finding);
            }
        }
    }
}

/// `Bool` with several values, which a key of one value cannot all have.
fn both_booleans(test: &ConditionTest) -> Option<Diagnostic> {
    let [first, second, ..] = test.values.as_slice() else { return None };
    let good = |value: &Located<Text>| value.value.plain().is_none_or(|text| value::boolean(text).is_ok());
    if test.operator.value.base != BaseOperator::Bool || !test.values.iter().all(good) {
        return None;
    }
    let message = format!("`{}` is compared with several Booleans", test.key.value);
    Some(
        Diagnostic::new(&code::BAD_CONDITION_VALUE, second.span, message)
            .aws("INVALID_CONDITION_MULTIPLE_BOOLEAN")
            .label("a second one")
            .also(first.span, "the first")
            .note(format!(
                "a Boolean key has one value, and with both the test holds wherever the key is there ({CHECKS})"
            ))
            .help("keep the one that is meant; to ask whether the key is there at all, use `Null`"),
    )
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
        let finding = finding.aws_names(aws_name(family).as_slice());
        return Some(finding.help(example(family)));
    }
    if family == Family::Date && is_epoch(text) && !test.key.value.plain().is_some_and(is_epoch_key) {
        return Some(epoch(text, value));
    }
    if family == Family::IpAddress
        && let Some(network) = value::without_host_bits(text)
    {
        let message = format!("`{text}` has bits set behind its prefix");
        let finding = Diagnostic::new(&code::BAD_CONDITION_VALUE, value.span, message)
            .aws("IMPROVE_IP_RANGE")
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
    // A pattern is matched against values; it is none. Where nothing is matched, it is told as such.
    if matches!(family, Family::String | Family::Arn) && (glob::is_pattern(text) || of_principal(test)) {
        return of_pattern(test, text, value);
    }
    of_key(subject, test, text, value)
}

/// Whether a test is about the ARN of the principal.
fn of_principal(test: &ConditionTest) -> bool {
    test.is_about("aws:PrincipalArn")
}

/// A pattern that no value of its key matches.
fn of_pattern(test: &ConditionTest, text: &str, value: &Located<Text>) -> Option<Diagnostic> {
    let base = test.operator.value.base;
    let reason = match shape_of(test.key.value.plain()?) {
        _ if of_principal(test) => of_no_principal(text)?.to_owned(),
        _ if !base.allows_wildcards() => return None,
        Some(Shape::Region) if regions::regions().any(|region| glob::matches(text, region, false)) => return None,
        Some(Shape::Region) => format!("no region of AWS matches `{text}`, as of {}", regions::AS_OF),
        Some(Shape::ServicePrincipal | Shape::Via) => {
            let tail = text.rsplit(['*', '?']).next().unwrap_or_default();
            let fits = |domain: &str| domain.ends_with(tail) || tail.ends_with(domain);
            if [".amazonaws.com", ".amazonaws.com.cn"].into_iter().any(fits) {
                return None;
            }
            "a service is called `NAME.amazonaws.com`".to_owned()
        }
        _ => return None,
    };
    let message = format!("`{text}` matches no value of `{}`", test.key.value);
    Some(
        Diagnostic::new(&code::BAD_CONDITION_VALUE, value.span, message)
            .aws_names(&[])
            .label("matches no request")
            .note(reason)
            .help("write what the key holds"),
    )
}

/// Why no principal has an ARN that matches a pattern.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
fn of_no_principal(text: &str) -> Option<&'static str> {
    const PAGE: &str = "for a session the key holds the ARN of its role, `arn:aws:iam::123456789012:role/NAME` (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn)";
    let arn = Arn::parse(text).ok()?;
    (arn.service == "sts" && arn.resource.starts_with("assumed-role/")).then_some(PAGE)
}

/// What the values of some keys have in common.
fn of_key(subject: &Subject<'_>, test: &ConditionTest, text: &str, value: &Located<Text>) -> Option<Diagnostic> {
    use BaseOperator::{StringEqualsIgnoreCase, StringNotEqualsIgnoreCase};
    let family = test.operator.value.base.family();
    if !matches!(family, Family::String | Family::Arn) {
        return None;
    }
    let ignores_case = matches!(test.operator.value.base, StringEqualsIgnoreCase | StringNotEqualsIgnoreCase);
    let text_as_compared = if ignores_case { text.to_ascii_lowercase() } else { text.to_owned() };
    let shape =
        shape_of(test.key.value.plain()?).filter(|shape| family == Family::String || *shape == Shape::KmsKey)?;
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
        Shape::Vpc => (prefixed(text, "vpc-").err()?, None),
        Shape::Endpoint => (prefixed(text, "vpce-").err()?, None),
        Shape::KmsKey if is_kms_key(text) => return None,
        Shape::KmsKey => ("the value is the ARN of a KMS key: not its id alone, and not an alias".to_owned(), None),
        Shape::Via if is_via(&text_as_compared) => return None,
        Shape::Via => ("the value is the service with its region: `service.region.amazonaws.com`".to_owned(), None),
        Shape::OneOf(words) => {
            let is_one = |word: &&&str| **word == text || ignores_case && word.eq_ignore_ascii_case(text);
            if words.iter().any(|word| is_one(&word)) {
                return None;
            }
            (
                format!("its values are `{}`", words.join("`, `")),
                closest(text, words.iter().copied()).map(str::to_owned),
            )
        }
        Shape::ServicePrincipal if service_principals::is_service_principal(&text_as_compared) => return None,
        Shape::ServicePrincipal => {
            let whole = format!("{text}.amazonaws.com");
            let near = match service_principals::is_service_principal(&whole) {
                true => Some(whole),
                false => service_principals::nearest(text),
            };
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
    let finding = finding.aws_names(aws_name_of(shape).as_slice());
    Some(match near {
        Some(near) => subject.replace(finding, value.span, text, &near, format!("did you mean `{near}`?")),
        None => finding.help(format!("write it as in `\"{}\"`", like(shape))),
    })
}

/// The id of something in a VPC: 8 digits of base 16 in old ones, 17 in others.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>
fn prefixed(text: &str, start: &str) -> Result<(), String> {
    let is_hex = |id: &str| id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let good = text.strip_prefix(start).is_some_and(|id| matches!(id.len(), 8 | 17) && is_hex(id));
    good.then_some(()).ok_or_else(|| format!("the id is `{start}` and 8 or 17 characters of `0-9` and `a-f`"))
}

/// `arn:aws:kms:eu-west-1:123456789012:key/...`
fn is_kms_key(text: &str) -> bool {
    Arn::parse(text).is_ok_and(|arn| arn.service == "kms" && arn.resource.starts_with("key/"))
}

/// A number of seconds; four digits are a year.
fn is_epoch(text: &str) -> bool {
    text.len() > 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The key that is itself a number of seconds.
fn is_epoch_key(key: &str) -> bool {
    key.eq_ignore_ascii_case("aws:EpochTime")
}

fn epoch(text: &str, value: &Located<Text>) -> Diagnostic {
    let message = format!("`{text}` is a date in seconds since 1970");
    let finding = Diagnostic::new(&code::BAD_CONDITION_VALUE, value.span, message)
        .aws("INVALID_DATE_VALUE")
        .label("hard to read, and to get right")
        .note(format!("AWS recommends `YYYY-MM-DD` or another form of ISO 8601 ({CHECKS})"));
    let finding = match value::date(text) {
        Ok(date) => finding.help(format!("write `{date}`")),
        Err(_) => finding.help(example(Family::Date)),
    };
    Diagnostic { level: Level::Warn, ..finding }
}

/// Access Analyzer's name for a value that operators of a family cannot read.
fn aws_name(family: Family) -> Option<&'static str> {
    Some(match family {
        Family::IpAddress => "TYPE_MISMATCH_IP_RANGE",
        Family::Date => "TYPE_MISMATCH_DATE",
        Family::Numeric => "TYPE_MISMATCH_NUMBER",
        Family::Bool | Family::Null => "TYPE_MISMATCH_BOOLEAN",
        Family::Binary => "TYPE_MISMATCH_STRING",
        Family::String | Family::Arn => return None,
    })
}

/// `s3.eu-west-1.amazonaws.com`
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>
fn is_via(text: &str) -> bool {
    let name = text.strip_suffix(".amazonaws.com").or_else(|| text.strip_suffix(".amazonaws.com.cn"));
    name.and_then(|name| name.rsplit_once('.')).is_some_and(|(_, region)| regions::is_region(region))
}

/// Access Analyzer's name for a value of another shape.
fn aws_name_of(shape: Shape) -> Option<&'static str> {
    Some(match shape {
        Shape::Region => "INVALID_REGION",
        Shape::ServicePrincipal | Shape::Via => "INVALID_SERVICE_PRINCIPAL_FORMAT",
        Shape::Vpc => "INVALID_VPC_FORMAT",
        Shape::Endpoint => "INVALID_VPCE_FORMAT",
        Shape::KmsKey => "INVALID_KMS_KEY_VALUE",
        Shape::AccountId | Shape::OrgId | Shape::OrgPath | Shape::ExternalId | Shape::OneOf(_) => return None,
    })
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
        Shape::Vpc => "vpc-0a1b2c3d4e5f67890",
        Shape::Endpoint => "vpce-0a1b2c3d4e5f67890",
        Shape::KmsKey => "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        Shape::Via => "s3.eu-west-1.amazonaws.com",
        Shape::OneOf(words) => words.first().copied().unwrap_or_default(),
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
