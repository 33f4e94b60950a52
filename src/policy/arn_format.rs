//! The formats in which the catalogue writes ARNs down, `arn:${Partition}:s3:::${BucketName}`, and which patterns meet them.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use super::glob::{self, Class, Token};

/// What a `${...}` of an ARN format stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceholderRole {
    /// `${Partition}`
    Partition,
    /// `${Region}`
    Region,
    /// `${Account}`
    Account,
    /// Part of the resource's own name.
    Value,
}

/// A `${...}` of an ARN format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placeholder<'a> {
    /// The word between the braces.
    pub name: &'a str,
    /// What it stands for.
    pub role: PlaceholderRole,
}

impl<'a> Placeholder<'a> {
    fn new(name: &'a str) -> Self {
        let role = match name {
            "Partition" => PlaceholderRole::Partition,
            "Region" => PlaceholderRole::Region,
            "Account" => PlaceholderRole::Account,
            _ => PlaceholderRole::Value,
        };
        Self { name, role }
    }
}

/// A run of a format.
#[derive(Clone, Copy)]
enum Part<'a> {
    Literal(&'a str),
    Hole(&'a str),
}

fn parts(format: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = format;
    std::iter::from_fn(move || {
        if let Some((name, after)) = rest.strip_prefix("${").and_then(|inner| inner.split_once('}')) {
            rest = after;
            return Some(Part::Hole(name));
        }
        let end = rest.char_indices().skip(1).find(|&(at, _)| rest[at..].starts_with("${"));
        let (literal, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = after;
        (!literal.is_empty()).then_some(Part::Literal(literal))
    })
}

/// The placeholders of a format such as `arn:${Partition}:s3:::${BucketName}`, in order.
pub fn placeholders(format: &str) -> Vec<Placeholder<'_>> {
    parts(format)
        .filter_map(|part| if let Part::Hole(name) = part { Some(Placeholder::new(name)) } else { None })
        .collect()
}

/// A format with its placeholders filled: `values` go into those of the resource's own name, in order. `None` where
/// there are more or fewer of them than values.
pub fn fill(format: &str, partition: &str, region: &str, account: &str, values: &[&str]) -> Option<String> {
    let mut out = String::with_capacity(format.len() + 16);
    let mut values = values.iter();
    for part in parts(format) {
        out.push_str(match part {
            Part::Literal(text) => text,
            Part::Hole(name) => match Placeholder::new(name).role {
                PlaceholderRole::Partition => partition,
                PlaceholderRole::Region => region,
                PlaceholderRole::Account => account,
                PlaceholderRole::Value => values.next()?,
            },
        });
    }
    values.next().is_none().then_some(out)
}

/// The service of a recovery point of AWS Backup, whose ARN that service has made: one of EC2 has no account, and another form.
/// <https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html>
const BACKED_UP: &str = "${Vendor}";

/// What may stand for a placeholder.
#[derive(Clone, Copy)]
struct Naming {
    class: Class,
    may_be_empty: bool,
}

/// A name without `/` and `:`, not empty.
const NAME: Naming = Naming { class: Class { slash: false, colon: false }, may_be_empty: false };
/// A name without `/`, which may be followed by a qualifier after a colon.
const QUALIFIED: Naming = Naming { class: Class { slash: false, colon: true }, may_be_empty: false };
/// Anything.
const ANYTHING: Naming = Naming { class: Class::ANY, may_be_empty: true };

/// Placeholders whose values, by the naming rules of their services, hold neither `/` nor `:`. Sorted by bytes.
///
/// A name that is not here may hold anything. Left out on purpose: `LogGroupName` (policies write `log-group:x:*`),
/// names with a path (`RoleNameWithPath`, `ParameterName`, `AlarmName`, `SecretId`, `RepositoryName`, `EventBusName` of partners, `TaskId`
/// behind its cluster), and words that services use in different senses (`Id`, `Name`, `ResourceId`).
const SIMPLE_NAMES: [&str; 59] = [
    "AccessPointAlias",
    "AccessPointName",
    "AllocationId",
    "ApiId",
    "AutoScalingGroupName",
    "BackupVaultName",
    "BucketName",
    "CapacityReservationId",
    "CertificateId",
    "ClusterName",
    "CustomerGatewayId",
    "DedicatedHostId",
    "DeliveryStreamName",
    "DetectorId",
    "DhcpOptionsId",
    "DistributionId",
    "ElasticIpId",
    "FileSystemId",
    "FlowLogId",
    "FpgaImageId",
    "HostedZoneId",
    "ImageId",
    "IndexName",
    "InstanceId",
    "InternetGatewayId",
    "KeyId",
    "KeyPairName",
    "LaunchTemplateId",
    "NaclId",
    "NatGatewayId",
    "NetworkAclId",
    "NetworkInterfaceId",
    "PlacementGroupName",
    "PrefixListId",
    "QueueName",
    "RestApiId",
    "RouteTableId",
    "SecurityGroupId",
    "SnapshotId",
    "StateMachineName",
    "StreamName",
    "SubnetId",
    "TableBucketName",
    "TableName",
    "TopicName",
    "TrailName",
    "TransitGatewayAttachmentId",
    "TransitGatewayId",
    "TransitGatewayRouteTableId",
    "UserPoolId",
    "VaultName",
    "VolumeId",
    "VpcCidrBlockAssociationId",
    "VpcEndpointId",
    "VpcEndpointServiceId",
    "VpcFlowLogId",
    "VpcId",
    "VpcPeeringConnectionId",
    "VpnGatewayId",
];

/// What may stand for a placeholder in a segment of a format.
fn naming(segment: &str, name: &str) -> Naming {
    match name {
        "Partition" | "Region" | "Account" => NAME,
        // A topic of SNS has a plain name, and one of MQTT has levels.
        // https://docs.aws.amazon.com/iot/latest/developerguide/pub-sub-policy.html
        "TopicName" if segment.starts_with("topic/") => ANYTHING,
        // `function:name` also names `function:name:alias` in policies.
        // https://docs.aws.amazon.com/lambda/latest/dg/access-control-identity-based.html
        "FunctionName" => QUALIFIED,
        _ if SIMPLE_NAMES.binary_search(&name).is_ok() => NAME,
        _ => ANYTHING,
    }
}

/// The steps of a format's segment.
fn format_tokens(format: &str) -> Vec<Token> {
    let mut out = Vec::with_capacity(format.len());
    for part in parts(format) {
        match part {
            Part::Literal(text) => glob::push_tokens(text, false, &mut out),
            Part::Hole(name) => {
                let naming = naming(format, name);
                if !naming.may_be_empty {
                    out.push(Token::One(naming.class));
                }
                out.push(Token::Run(naming.class));
            }
        }
    }
    out
}

/// A pattern of a `Resource` element, cut into its segments once, to be held against many formats.
///
/// The pattern is cut at its first five colons and each segment is matched on its own, as AWS does; `*` alone matches
/// everything, and segments that are missing count as `*`, as in identity policies. Policy variables may become anything.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
#[derive(Debug)]
pub struct ArnPattern<'a> {
    /// With `*` for its variables.
    opened: Cow<'a, str>,
    /// Where the segments stand in it; `None` for those that are missing.
    segments: [Option<Range<usize>>; 6],
    /// The steps of each segment, made when a format first asks for them.
    tokens: [OnceCell<Vec<Token>>; 6],
}

impl<'a> ArnPattern<'a> {
    /// The pattern that this text is.
    pub fn new(pattern: &'a str) -> Self {
        let opened = glob::open_variables(pattern);
        let mut segments = [const { None }; 6];
        let mut start = 0;
        for (segment, part) in segments.iter_mut().zip(opened.splitn(6, ':')) {
            *segment = Some(start..start + part.len());
            start += part.len() + 1;
        }
        Self { opened, segments, tokens: Default::default() }
    }

    /// The pattern that a text is which nobody else may hold.
    pub fn of(pattern: Cow<'a, str>) -> Self {
        match pattern {
            Cow::Borrowed(pattern) => Self::new(pattern),
            Cow::Owned(pattern) => {
                let ArnPattern { opened, segments, tokens } = ArnPattern::new(&pattern);
                Self { opened: opened.into_owned().into(), segments, tokens }
            }
        }
    }

    /// The pattern, with `*` for its variables.
    pub fn text(&self) -> &str {
        &self.opened
    }

    /// Whether it is `*`, which every request matches, also one that is about no resource.
    pub fn is_everything(&self) -> bool {
        !self.opened.is_empty() && self.opened.bytes().all(|byte| byte == b'*')
    }

    /// Whether some ARN of a format matches. Placeholders of the format stand for at least one character without `/` and `:`
    /// where the naming rules of the service say so (a bucket, a table, a key id), else for anything.
    pub fn meets(&self, format: &ArnFormat<'_>) -> bool {
        // Most formats of a service differ from a pattern in how the name of the resource starts: that is looked at first.
        self.is_everything()
            || !starts_differ(format.segments[5], self.segment(5)) && (0..6).all(|at| self.segment_meets(format, at))
    }

    fn segment(&self, at: usize) -> &str {
        self.segments[at].clone().map_or("*", |range| &self.opened[range])
    }

    fn segment_meets(&self, format: &ArnFormat<'_>, at: usize) -> bool {
        let (segment, wanted) = (format.segments[at], self.segment(at));
        if wanted == "*" || format.segments[2] == BACKED_UP && at > 3 {
            return true;
        }
        if !segment.contains("${") && !glob::is_pattern(segment) {
            return glob::matches(wanted, segment, false);
        }
        if matches!(segment, "${Partition}" | "${Region}" | "${Account}") && !glob::is_pattern(wanted) {
            return !wanted.is_empty() && !wanted.contains('/');
        }
        let tokens = self.tokens[at].get_or_init(|| glob::tokens(wanted, false));
        glob::tokens_meet(format.tokens[at].get_or_init(|| format_tokens(segment)), tokens)
    }
}

/// A format of ARNs, cut into its segments once, to be held against many patterns.
#[derive(Debug)]
pub struct ArnFormat<'a> {
    segments: [&'a str; 6],
    /// The steps of each segment, made when a pattern first asks for them.
    tokens: [OnceCell<Vec<Token>>; 6],
}

impl<'a> ArnFormat<'a> {
    /// The format that this text is, such as `arn:${Partition}:s3:::${BucketName}`.
    pub fn new(format: &'a str) -> Self {
        let mut parts = format.splitn(6, ':');
        Self { segments: [(); 6].map(|()| parts.next().unwrap_or_default()), tokens: Default::default() }
    }
}

/// Whether some ARN of a format matches a pattern of a `Resource` element, as [`ArnPattern::meets`] has it.
pub fn formats_meet(format: &str, pattern: &str) -> bool {
    ArnPattern::new(pattern).meets(&ArnFormat::new(format))
}

/// Whether a segment of a format and one of a pattern differ in the plain characters that both start with.
fn starts_differ(segment: &str, wanted: &str) -> bool {
    let plain = |byte: &u8| byte.is_ascii() && !matches!(byte, b'*' | b'?' | b'$');
    let pairs = segment.bytes().take_while(plain).zip(wanted.bytes().take_while(plain));
    pairs.into_iter().any(|(a, b)| a != b)
}

/// What the placeholders of a format stand for in an ARN, by name and in order; `None` where the ARN is not of that
/// format. Where several readings fit, earlier placeholders take as little as they can. The ARN is read as plain text.
pub fn captures<'a>(format: &'a str, arn: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    // Most ARNs differ from most formats in the characters that a segment starts or ends with.
    if format.splitn(6, ':').zip(arn.splitn(6, ':')).any(|(segment, text)| !ends_fit(segment, text)) {
        return None;
    }
    let mut out = Vec::new();
    let mut texts = arn.splitn(6, ':');
    for segment in format.splitn(6, ':') {
        capture_segment(segment, texts.next()?, &mut out)?;
    }
    texts.next().is_none().then_some(out)
}

/// Whether a text starts and ends with what a segment of a format starts and ends with.
fn ends_fit(segment: &str, text: &str) -> bool {
    match (segment.find("${"), segment.rfind('}')) {
        (Some(start), Some(end)) => text.starts_with(&segment[..start]) && text.ends_with(&segment[end + 1..]),
        _ => segment == text,
    }
}

fn capture_segment<'a>(format: &'a str, text: &'a str, out: &mut Vec<(&'a str, &'a str)>) -> Option<()> {
    let parts: Vec<Part<'a>> = parts(format).collect();
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let fits = |value: &str, naming: Naming| {
        (naming.may_be_empty || !value.is_empty())
            && (naming.class.slash || !value.contains('/'))
            && (naming.class.colon || !value.contains(':'))
    };
    // `fits_from[p]`: the places of the text from which the parts from `p` on reach its end.
    let mut fits_from = vec![vec![false; text.len() + 1]; parts.len() + 1];
    fits_from[parts.len()][text.len()] = true;
    for (p, part) in parts.iter().enumerate().rev() {
        for &start in &ends {
            fits_from[p][start] = match part {
                Part::Literal(literal) => text[start..].starts_with(literal) && fits_from[p + 1][start + literal.len()],
                Part::Hole(name) => ends
                    .iter()
                    .any(|&end| end >= start && fits_from[p + 1][end] && fits(&text[start..end], naming(format, name))),
            };
        }
    }
    if !fits_from[0][0] {
        return None;
    }
    let mut start = 0;
    for (p, part) in parts.iter().enumerate() {
        match part {
            Part::Literal(literal) => start += literal.len(),
            Part::Hole(name) => {
                let end = *ends.iter().find(|&&end| {
                    end >= start && fits_from[p + 1][end] && fits(&text[start..end], naming(format, name))
                })?;
                out.push((name, &text[start..end]));
                start = end;
            }
        }
    }
    Some(())
}

/// Where in a format a text ends with which ARNs of it start, and what of the format is left behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartEnds<'a> {
    /// In the format's own words, of which some are left.
    InWords {
        /// The rest of the words, with what comes behind them.
        rest: &'a str,
    },
    /// In the value of a placeholder.
    InValue {
        /// The placeholder's name.
        name: &'a str,
        /// The value so far.
        value: &'a str,
        /// What comes behind the placeholder.
        rest: &'a str,
    },
}

/// Where in the last segment of a format a text ends, taken as the start of the last segment of ARNs; nothing where none starts so,
/// or where the text is all that such an ARN holds. The text is read as plain, and each placeholder takes as little as it can.
pub fn start_ends<'a>(format: &'a str, start: &'a str) -> Option<StartEnds<'a>> {
    let (whole, mut format, mut start) = (format, format, start);
    loop {
        match parts(format).next()? {
            Part::Literal(words) => match start.strip_prefix(words) {
                Some(after) => (format, start) = (&format[words.len()..], after),
                None => {
                    return words.starts_with(start).then(|| StartEnds::InWords { rest: &format[start.len()..] });
                }
            },
            Part::Hole(name) => {
                format = &format[name.len() + "${}".len()..];
                let next = match parts(format).next() {
                    Some(Part::Literal(words)) => start.find(words),
                    _ => None,
                };
                let value = &start[..next.unwrap_or(start.len())];
                let Naming { class, .. } = naming(whole, name);
                if !class.slash && value.contains('/') || !class.colon && value.contains(':') {
                    return None;
                }
                match next {
                    Some(at) => start = &start[at..],
                    None => return Some(StartEnds::InValue { name, value, rest: format }),
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "arn_format_tests.rs"]
mod tests;
