//! Whether a condition value is what its operator or its key asks for. Each check states AWS's rule where it fails.

use std::cmp::Ordering;
use std::net::IpAddr;

use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};

use super::Family;

/// Checks a value of an operator of that family. ARNs may hold wildcards; texts and variables are not looked into.
pub fn check(family: Family, text: &str) -> Result<(), String> {
    match family {
        Family::String => Ok(()),
        Family::Numeric => number(text).map(drop),
        Family::Date => date(text).map(drop),
        Family::Bool | Family::Null => boolean(text).map(drop),
        Family::Binary => binary(text),
        Family::IpAddress => address_range(text).map(drop),
        Family::Arn => arn(text),
    }
}

/// An address or a range of addresses; a bare address is the range of that one.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress>
pub fn address_range(text: &str) -> Result<IpNet, String> {
    let range =
        if text.contains('/') { text.parse::<IpNet>().ok() } else { text.parse::<IpAddr>().ok().map(IpNet::from) };
    range.ok_or_else(|| "an IP condition takes an address or a CIDR range, such as `203.0.113.0/24`".to_owned())
}

/// The same range without bits set behind the prefix, where `text` is a range that has some: `10.0.0.0/8` for `10.1.2.3/8`.
pub fn without_host_bits(text: &str) -> Option<String> {
    let range = address_range(text).ok()?;
    (range.addr() != range.network()).then(|| range.trunc().to_string())
}

/// An exact decimal number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    /// Without leading zeros.
    whole: String,
    /// Without trailing zeros.
    fraction: String,
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() { "0" } else { &self.whole };
        match self.fraction.as_str() {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = |a: &Self, b: &Self| {
            (a.whole.len().cmp(&b.whole.len()))
                .then_with(|| a.whole.cmp(&b.whole))
                .then_with(|| a.fraction.cmp(&b.fraction))
        };
        match (self.negative, other.negative) {
            (false, false) => size(self, other),
            (true, true) => size(other, self),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A whole or decimal number, `-12.50`, read exactly.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric>
pub fn number(text: &str) -> Result<Decimal, String> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err("a numeric condition takes a whole or decimal number, such as `10` or `2.5`".to_owned());
    }
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let zero = whole.is_empty() && fraction.is_empty();
    Ok(Decimal { negative: text.starts_with('-') && !zero, whole: whole.to_owned(), fraction: fraction.to_owned() })
}

/// A date in one of the W3C forms of ISO 8601 (`2026`, `2026-11`, `2026-11-23`, `2026-11-23T10:00Z`,
/// `2026-11-23T10:00:00+01:00`), or seconds since 1970.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>
pub fn date(text: &str) -> Result<Timestamp, String> {
    seconds(text).or_else(|| w3c(text)).ok_or_else(|| {
        "a date condition takes an ISO 8601 date with a time zone, such as `2026-11-23T00:00:00Z`, or seconds since 1970"
            .to_owned()
    })
}

/// Five digits and more: four are a year.
fn seconds(text: &str) -> Option<Timestamp> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.len() == 4 || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Timestamp::from_second(text.parse().ok()?).ok()
}

fn w3c(text: &str) -> Option<Timestamp> {
    if !text.is_ascii() {
        return None;
    }
    let (day, time) = text.split_once('T').map_or((text, None), |(day, time)| (day, Some(time)));
    let rest = match (day.len(), time) {
        (4, None) => "-01-01",
        (7, None) => "-01",
        (10, _) => "",
        _ => return None,
    };
    let day: jiff::civil::Date = shape(day, "dddd-dd-dd").then(|| format!("{day}{rest}"))?.parse().ok()?;
    let Some(time) = time else { return Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp()) };
    let zone_at = time.find(['Z', '+', '-'])?;
    let (clock, zone) = time.split_at(zone_at);
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(clock, fraction)| (clock, Some(fraction)));
    let full = match clock.len() {
        5 if shape(clock, "dd:dd") && fraction.is_none() => format!("{clock}:00"),
        8 if shape(clock, "dd:dd:dd") => clock.to_owned(),
        _ => return None,
    };
    let fraction = match fraction {
        None => 0,
        Some(digits) if (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{digits:0<9}").parse::<i32>().ok()?
        }
        Some(_) => return None,
    };
    let clock: jiff::civil::Time = full.parse().ok()?;
    let offset = match zone.split_at(1) {
        ("Z", "") => 0,
        (sign, zone) if zone.len() == 5 && shape(zone, "dd:dd") => {
            let (hours, minutes) = (zone[..2].parse::<i64>().ok()?, zone[3..].parse::<i64>().ok()?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if sign == "-" { -60 } else { 60 }
        }
        _ => return None,
    };
    let local = day.to_datetime(clock).to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    local.checked_add(SignedDuration::new(-offset, fraction)).ok()
}

/// Whether a text has the shape of that prefix: `d` is a digit, the rest itself.
fn shape(text: &str, form: &str) -> bool {
    text.len() <= form.len()
        && text
            .bytes()
            .zip(form.bytes())
            .all(|(byte, want)| if want == b'd' { byte.is_ascii_digit() } else { byte == want })
}

/// `true` or `false`, in any letter case: AWS's own examples have `True` too.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Boolean>
pub fn boolean(text: &str) -> Result<bool, String> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Ok(true),
        _ if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err("a Boolean condition takes `true` or `false`".to_owned()),
    }
}

/// Base64 with its padding.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_BinaryEquals>
pub fn binary(text: &str) -> Result<(), String> {
    let body = text.trim_end_matches('=');
    let good = text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/');
    good.then_some(()).ok_or_else(|| "a binary condition takes base64 text".to_owned())
}

/// An ARN or a pattern of ARNs; `*` alone is one.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
pub fn arn(text: &str) -> Result<(), String> {
    // Short patterns that end in `*` are accepted: each missing segment may be part of it.
    if text.ends_with('*') && text.splitn(6, ':').count() < 6 && super::glob::intersects(text, "arn:*", false) {
        return Ok(());
    }
    match super::Arn::parse(text) {
        Err(error)
            if error.segment != super::Segment::Service || !super::glob::is_pattern(&text[error.range.clone()]) =>
        {
            Err(error.reason.to_owned())
        }
        _ => Ok(()),
    }
}

/// Twelve digits.
/// <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html>
pub fn account_id(text: &str) -> Result<(), String> {
    let good = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    good.then_some(()).ok_or_else(|| "an account id has 12 digits".to_owned())
}

/// 2 to 1,224 characters of `[\w+=,.@:/-]`.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
pub fn external_id(text: &str) -> Result<(), String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c);
    if !(2..=1224).contains(&text.chars().count()) {
        return Err("an external id has 2 to 1,224 characters".to_owned());
    }
    if !text.chars().all(allowed) {
        return Err("an external id holds letters, digits and `_+=,.@:/-` only".to_owned());
    }
    Ok(())
}

fn lower_id(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn is_org_id(text: &str) -> bool {
    text.strip_prefix("o-").is_some_and(|id| lower_id(id, 10..=32))
}

/// `o-` and 10 to 32 lower-case letters and digits.
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html>
pub fn org_id(text: &str) -> Result<(), String> {
    is_org_id(text)
        .then_some(())
        .ok_or_else(|| "an organisation id is `o-` and 10 to 32 lower-case letters and digits".to_owned())
}

/// `o-.../r-.../ou-.../`: organisation, root and organisational units, with a slash or a wildcard at the end.
/// A step that holds a wildcard is not looked into.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed-view-data-orgs.html#access_policies_last-accessed-viewing-orgs-entity-path>
pub fn org_path(text: &str) -> Result<(), String> {
    let rule = |reason: &str| Err(format!("{reason}, as in `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`"));
    if !text.ends_with(['/', '*', '?']) {
        return rule("an organisation path ends with `/` or `*`");
    }
    for (depth, step) in text.strip_suffix('/').unwrap_or(text).split('/').enumerate() {
        if super::glob::is_pattern(step) {
            continue;
        }
        let good = match depth {
            0 => is_org_id(step),
            1 => step.strip_prefix("r-").is_some_and(|id| lower_id(id, 4..=32)),
            _ => step
                .strip_prefix("ou-")
                .and_then(|id| id.split_once('-'))
                .is_some_and(|(root, unit)| lower_id(root, 4..=32) && lower_id(unit, 8..=32)),
        };
        if !good {
            return rule("an organisation path names the organisation, the root and organisational units by id");
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
