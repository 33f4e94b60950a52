//! Condition operators.

use std::fmt;

/// What kind of values an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Characters.
    String,
    /// Decimal numbers.
    Numeric,
    /// ISO 8601 dates or seconds since 1970.
    Date,
    /// `true` or `false`.
    Bool,
    /// Base64.
    Binary,
    /// Addresses and ranges of addresses.
    IpAddress,
    /// ARNs, compared segment by segment.
    Arn,
    /// Whether the key is there at all.
    Null,
}

/// An operator without prefix and suffix.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
#[allow(missing_docs)] // each is the AWS operator of its name
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BaseOperator {
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnNotEquals,
    ArnLike,
    ArnNotLike,
    Null,
}

/// `ForAllValues:` or `ForAnyValue:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetQualifier {
    /// Every value of the request must match; true of no values.
    ForAllValues,
    /// Some value of the request must match; false of no values.
    ForAnyValue,
}

/// An operator as it stands in a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    /// The prefix, if there is one.
    pub set: Option<SetQualifier>,
    /// The operator itself.
    pub base: BaseOperator,
    /// Whether `IfExists` follows.
    pub if_exists: bool,
}
