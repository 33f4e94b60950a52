//! Private addresses where requests never come from one.

use ipnet::IpNet;

use crate::diagnostic::{Diagnostic, Level, code};
use crate::lint::{Findings, Subject};
use crate::policy::{BaseOperator, Located, Text, value};

const PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip";
/// The ranges of RFC 1918, of loopback and of link-local addresses, and their like of version 6.
/// <https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml>
const PRIVATE: [&str; 8] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
];

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut ranges: Option<Vec<IpNet>> = None;
    for (index, statement) in subject.statements() {
        for test in &statement.condition {
            let base = test.operator.value.base;
            let is_source = test.key.value.plain().is_some_and(|key| key.eq_ignore_ascii_case("aws:SourceIp"));
            if !is_source || !matches!(base, BaseOperator::IpAddress | BaseOperator::NotIpAddress) {
                continue;
            }
            let ranges = ranges.get_or_insert_with(|| PRIVATE.iter().filter_map(|range| range.parse().ok()).collect());
            let private: Vec<&Located<Text>> = test.values.iter().filter(|value| is_private(ranges, value)).collect();
            let all = private.len() == test.values.len();
            for value in private {
                findings.on_statement(index, finding(base, value, all));
            }
        }
    }
}

fn is_private(ranges: &[IpNet], value: &Located<Text>) -> bool {
    let range = value.value.plain().and_then(|text| value::address_range(text).ok());
    range.is_some_and(|range| ranges.iter().any(|private| private.contains(&range)))
}

fn finding(base: BaseOperator, value: &Located<Text>, all: bool) -> Diagnostic {
    let is_negated = base == BaseOperator::NotIpAddress;
    let (aws, so) = match (is_negated, all) {
        (false, true) => ("PRIVATE_IP_ADDRESS", "the test never holds"),
        (true, true) => ("PRIVATE_NOT_IP_ADDRESS", "the test always holds"),
        (false, false) => ("PRIVATE_IP_ADDRESS_SUBSET", "this value never matches"),
        (true, false) => ("PRIVATE_NOT_IP_ADDRESS_SUBSET", "this value takes nothing out"),
    };
    let message = format!("no request comes from `{}`", value.value);
    let finding = Diagnostic::new(&code::PRIVATE_ADDRESS, value.span, message)
        .aws(aws)
        .label("private")
        .note(format!("`aws:SourceIp` is the public address that AWS sees, and is not in requests through a VPC endpoint: {so} ({PAGE})"))
        .help("name the public address that requests come from; for one in a VPC, compare `aws:VpcSourceIp` and `aws:SourceVpc`");
    // Beside public ranges, which mean what they say, it is idle only.
    if all { finding } else { Diagnostic { level: Level::Warn, ..finding } }
}
