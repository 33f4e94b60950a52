//! ARNs, and patterns of ARNs.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>

use std::fmt;
use std::ops::Range;

use super::glob;

/// The six segments of an ARN, or of a pattern of ARNs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, ...
    pub partition: &'a str,
    /// `s3`
    pub service: &'a str,
    /// `eu-west-1`, or empty.
    pub region: &'a str,
    /// Twelve digits, or empty, or `aws`.
    pub account: &'a str,
    /// Everything after the fifth colon.
    pub resource: &'a str,
}

/// One of the parts of an ARN that colons divide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// The word `arn`.
    Prefix,
    /// After the first colon.
    Partition,
    /// After the second colon.
    Service,
    /// After the third colon.
    Region,
    /// After the fourth colon.
    Account,
    /// Everything after the fifth colon.
    Resource,
}

impl Segment {
    /// All six, in order.
    pub const ALL: [Segment; 6] =
        [Segment::Prefix, Segment::Partition, Segment::Service, Segment::Region, Segment::Account, Segment::Resource];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Segment::Prefix => "prefix",
            Segment::Partition => "partition",
            Segment::Service => "service",
            Segment::Region => "region",
            Segment::Account => "account",
            Segment::Resource => "resource",
        }
    }
}

/// Why a text is no ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArnError {
    /// The segment that is wrong, or the first that is missing.
    pub segment: Segment,
    /// Where it stands in the text, in bytes; empty at the end where it is missing.
    pub range: Range<usize>,
    /// The rule, without a period.
    pub reason: &'static str,
}

impl fmt::Display for ArnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason)
    }
}

impl std::error::Error for ArnError {}

/// The partitions of AWS, as of 2026-11.
/// <https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>
pub const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

/// Words that stand where an account id would, for resources that AWS itself owns.
const ACCOUNT_NAMES: [&str; 4] = ["aws", "cloudfront", "aws-marketplace", "aws-managed"];

const TOO_FEW: &str = "an ARN has six segments: `arn:partition:service:region:account:resource`";

/// Cuts at the first five colons that are not inside `${...}`.
fn segments(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(6);
    let (mut start, mut inside) = (0, false);
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'{' if at > 0 && bytes[at - 1] == b'$' => inside = true,
            b'}' => inside = false,
            b':' if !inside => {
                out.push(start..at);
                start = at + 1;
                if out.len() == 5 {
                    break;
                }
            }
            _ => {}
        }
    }
    out.push(start..text.len());
    out
}

impl<'a> Arn<'a> {
    /// Reads the six segments and checks the first five. Wildcards may stand in each but the prefix and the service,
    /// policy variables in each but the prefix.
    pub fn parse(text: &'a str) -> Result<Self, ArnError> {
        let ranges = segments(text);
        for (index, segment) in Segment::ALL.into_iter().enumerate() {
            let Some(range) = ranges.get(index).cloned() else {
                return Err(ArnError { segment, range: text.len()..text.len(), reason: TOO_FEW });
            };
            if let Err(reason) = check(segment, &text[range.clone()]) {
                // What stands last where the region or the account would is the resource, one colon too early.
                let is_early = range.end == text.len() && matches!(segment, Segment::Region | Segment::Account);
                let reason = if is_early { TOO_FEW } else { reason };
                return Err(ArnError { segment, range, reason });
            }
        }
        let part = |index: usize| &text[ranges[index].clone()];
        Ok(Self { partition: part(1), service: part(2), region: part(3), account: part(4), resource: part(5) })
    }

    /// Where a segment stands in a text of six segments.
    pub fn range(text: &str, segment: Segment) -> Option<Range<usize>> {
        segments(text).get(segment as usize).cloned()
    }
}

impl fmt::Display for Arn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Arn { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

fn check(segment: Segment, text: &str) -> Result<(), &'static str> {
    let open = glob::is_pattern(text) || text.contains("${");
    let word = |extra: &str| {
        text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || extra.contains(c))
    };
    let rule = |holds: bool, reason: &'static str| if holds { Ok(()) } else { Err(reason) };
    match segment {
        Segment::Prefix => rule(text == "arn", "an ARN starts with `arn:`"),
        Segment::Partition if text.contains("${") => Ok(()),
        Segment::Partition => rule(
            PARTITIONS.iter().any(|known| glob::matches(text, known, false)),
            "the partition of an ARN is `aws`, `aws-cn`, `aws-us-gov` or one of the isolated ones",
        ),
        Segment::Service if text.contains("${") => Ok(()),
        Segment::Service => {
            rule(!open, "the service of an ARN is named in full, without wildcards")?;
            rule(!text.is_empty() && word(""), "the service of an ARN is its prefix in lower case, such as `s3`")
        }
        Segment::Region => rule(
            text.contains("${") || word("*?"),
            "the region of an ARN is empty or the code of a region, such as `eu-west-1`",
        ),
        Segment::Account if text.contains("${") => Ok(()),
        Segment::Account => {
            let digits = text.chars().all(|c| c.is_ascii_digit() || c == '*' || c == '?');
            let twelve = digits && glob::intersects(text, "????????????", false);
            rule(
                text.is_empty() || twelve || ACCOUNT_NAMES.iter().any(|name| glob::matches(text, name, false)),
                "the account of an ARN is empty or has twelve digits",
            )
        }
        Segment::Resource => rule(!text.is_empty(), "an ARN names a resource after its fifth colon"),
    }
}

/// The six segments of a pattern as AWS compares them: those that are missing count as `*`, as in identity policies.
fn pattern_segments(pattern: &str) -> [&str; 6] {
    let mut parts = pattern.splitn(6, ':');
    [(); 6].map(|()| parts.next().unwrap_or("*"))
}

/// Whether an ARN matches a pattern, segment by segment, as in `Resource` and in the ARN operators. `*` alone matches
/// everything; a text that is no ARN matches nothing else. Policy variables are to be substituted or opened before.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
pub fn arn_matches(pattern: &str, arn: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let mut given = arn.splitn(6, ':');
    pattern_segments(pattern)
        .into_iter()
        .all(|wanted| given.next().is_some_and(|segment| glob::matches(wanted, segment, false)))
}

/// Whether some ARN matches both patterns, as [`arn_matches`] has it.
pub fn arn_patterns_meet(a: &str, b: &str) -> bool {
    a == "*" || b == "*" || {
        let pairs = pattern_segments(a).into_iter().zip(pattern_segments(b));
        pairs.into_iter().all(|(a, b)| a == "*" || b == "*" || glob::intersects(a, b, false))
    }
}

/// Whether every ARN that matches `b` matches `a`, as [`arn_matches`] has it; as sure as [`glob::covers`] is. Only `*`
/// covers `*`, which also stands for requests that name no resource.
pub fn arn_pattern_covers(a: &str, b: &str) -> bool {
    if a == "*" || b == "*" {
        return a == "*";
    }
    pattern_segments(a).into_iter().zip(pattern_segments(b)).all(|(a, b)| glob::covers(a, b, false))
}

#[cfg(test)]
#[path = "arn_tests.rs"]
mod tests;

/// What the ARNs begin with, behind that of a resource with a policy, of what this policy decides about too: the objects of a bucket,
/// the indexes of a table, the methods of an API. Nothing where a slash is but part of a name: a role, a secret or a repository whose
/// name goes on behind it is another one, with a policy of its own.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
pub fn inner_start(arn: &str) -> Option<&'static str> {
    match Arn::parse(arn).ok()?.service {
        "s3" | "s3express" | "s3-object-lambda" | "s3-outposts" | "s3tables" | "execute-api" | "es" | "mediastore"
        | "vpc-lattice" => Some("/"),
        "dynamodb" => Some("/index/"),
        _ => None,
    }
}

/// Whether the policy of a resource, whose ARN may be a pattern, decides about another one: it is that one, or in it.
pub fn has_policy_of(resource: &str, owner: &str) -> bool {
    let is_in = |start: &str| arn_matches(&format!("{owner}{start}*"), resource);
    resource == owner || arn_matches(owner, resource) || inner_start(owner).is_some_and(is_in)
}
