//! Prefixes of keys in S3 that are kept from being listed, and are listed by a shorter prefix.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::{Findings, Subject};
use crate::policy::{Effect, Family};

const PAGE: &str =
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html#example-s3-list-prefix";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        for test in &statement.condition {
            let base = test.operator.value.base;
            let is_prefix = test.key.value.plain().is_some_and(|key| key.eq_ignore_ascii_case("s3:prefix"));
            let is_negative = (statement.effect == Effect::Deny) != base.is_negated();
            if !is_prefix || base.family() != Family::String || !is_negative {
                continue;
            }
            findings.on_statement(
                index,
                Diagnostic::new(&code::S3_PREFIX_IN_NEGATIVE_CONTEXT, test.key.span, "a request with a shorter prefix lists these keys too")
                    .aws("S3_PREFIX_IN_NEGATIVE_CONTEXT")
                    .label("the prefix that the request asks for")
                    .note(format!("`s3:prefix` is what the request asks for, not what it is given: who may not list `home/ann/` lists `home/` ({PAGE})"))
                    .help("allow the prefixes that may be listed, or keep what may not be seen in a bucket of its own"),
            );
        }
    }
}
