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

impl Family {
    /// The word AWS's reference uses for it.
    pub fn name(self) -> &'static str {
        match self {
            Family::String => "string",
            Family::Numeric => "numeric",
            Family::Date => "date",
            Family::Bool => "Boolean",
            Family::Binary => "binary",
            Family::IpAddress => "IP address",
            Family::Arn => "ARN",
            Family::Null => "null",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl BaseOperator {
    /// All of them, in the order of AWS's reference.
    pub const ALL: [BaseOperator; 27] = {
        use BaseOperator::*;
        [
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
        ]
    };

    /// AWS's name for it.
    pub fn name(self) -> &'static str {
        use BaseOperator::*;
        match self {
            StringEquals => "StringEquals",
            StringNotEquals => "StringNotEquals",
            StringEqualsIgnoreCase => "StringEqualsIgnoreCase",
            StringNotEqualsIgnoreCase => "StringNotEqualsIgnoreCase",
            StringLike => "StringLike",
            StringNotLike => "StringNotLike",
            NumericEquals => "NumericEquals",
            NumericNotEquals => "NumericNotEquals",
            NumericLessThan => "NumericLessThan",
            NumericLessThanEquals => "NumericLessThanEquals",
            NumericGreaterThan => "NumericGreaterThan",
            NumericGreaterThanEquals => "NumericGreaterThanEquals",
            DateEquals => "DateEquals",
            DateNotEquals => "DateNotEquals",
            DateLessThan => "DateLessThan",
            DateLessThanEquals => "DateLessThanEquals",
            DateGreaterThan => "DateGreaterThan",
            DateGreaterThanEquals => "DateGreaterThanEquals",
            Bool => "Bool",
            BinaryEquals => "BinaryEquals",
            IpAddress => "IpAddress",
            NotIpAddress => "NotIpAddress",
            ArnEquals => "ArnEquals",
            ArnNotEquals => "ArnNotEquals",
            ArnLike => "ArnLike",
            ArnNotLike => "ArnNotLike",
            Null => "Null",
        }
    }

    /// What kind of values it compares.
    pub fn family(self) -> Family {
        use BaseOperator::*;
        match self {
            StringEquals
            | StringNotEquals
            | StringEqualsIgnoreCase
            | StringNotEqualsIgnoreCase
            | StringLike
            | StringNotLike => Family::String,
            NumericEquals
            | NumericNotEquals
            | NumericLessThan
            | NumericLessThanEquals
            | NumericGreaterThan
            | NumericGreaterThanEquals => Family::Numeric,
            DateEquals
            | DateNotEquals
            | DateLessThan
            | DateLessThanEquals
            | DateGreaterThan
            | DateGreaterThanEquals => Family::Date,
            Bool => Family::Bool,
            BinaryEquals => Family::Binary,
            IpAddress | NotIpAddress => Family::IpAddress,
            ArnEquals | ArnNotEquals | ArnLike | ArnNotLike => Family::Arn,
            Null => Family::Null,
        }
    }

    /// Whether it is one of the `Not` operators: true where no value matches, and true where the key is missing.
    pub fn is_negated(self) -> bool {
        use BaseOperator::*;
        matches!(
            self,
            StringNotEquals
                | StringNotEqualsIgnoreCase
                | StringNotLike
                | NumericNotEquals
                | DateNotEquals
                | NotIpAddress
                | ArnNotEquals
                | ArnNotLike
        )
    }

    /// The operator that holds of a present, well-formed single value exactly where this one, with the same single
    /// value beside it, does not. It says nothing of a missing key: neither side of an ordering holds of that.
    pub fn negation(self) -> Option<BaseOperator> {
        use BaseOperator::*;
        Some(match self {
            StringEquals => StringNotEquals,
            StringNotEquals => StringEquals,
            StringEqualsIgnoreCase => StringNotEqualsIgnoreCase,
            StringNotEqualsIgnoreCase => StringEqualsIgnoreCase,
            StringLike => StringNotLike,
            StringNotLike => StringLike,
            NumericEquals => NumericNotEquals,
            NumericNotEquals => NumericEquals,
            NumericLessThan => NumericGreaterThanEquals,
            NumericGreaterThanEquals => NumericLessThan,
            NumericLessThanEquals => NumericGreaterThan,
            NumericGreaterThan => NumericLessThanEquals,
            DateEquals => DateNotEquals,
            DateNotEquals => DateEquals,
            DateLessThan => DateGreaterThanEquals,
            DateGreaterThanEquals => DateLessThan,
            DateLessThanEquals => DateGreaterThan,
            DateGreaterThan => DateLessThanEquals,
            IpAddress => NotIpAddress,
            NotIpAddress => IpAddress,
            ArnEquals => ArnNotEquals,
            ArnNotEquals => ArnEquals,
            ArnLike => ArnNotLike,
            ArnNotLike => ArnLike,
            Bool | BinaryEquals | Null => return None,
        })
    }

    /// Whether `*` and `?` in its values are wildcards. `ArnEquals` behaves as `ArnLike` does.
    pub fn allows_wildcards(self) -> bool {
        use BaseOperator::*;
        matches!(self, StringLike | StringNotLike) || self.family() == Family::Arn
    }

    /// Whether `${...}` in its values is a policy variable; elsewhere it is plain text.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse>
    pub fn substitutes_variables(self) -> bool {
        matches!(self.family(), Family::String | Family::Arn)
    }
}

impl fmt::Display for BaseOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for BaseOperator {
    type Err = UnknownOperator;

    /// Letter case does not matter.
    fn from_str(text: &str) -> Result<Self, UnknownOperator> {
        Self::ALL
            .into_iter()
            .find(|base| base.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownOperator(text.to_owned()))
    }
}

impl SetQualifier {
    /// The prefix as it is written, colon included.
    pub fn prefix(self) -> &'static str {
        match self {
            SetQualifier::ForAllValues => "ForAllValues:",
            SetQualifier::ForAnyValue => "ForAnyValue:",
        }
    }
}

impl Operator {
    /// `base` without prefix and suffix.
    pub fn plain(base: BaseOperator) -> Self {
        Self { set: None, base, if_exists: false }
    }
}

impl fmt::Display for Operator {
    /// As it stands in a policy: `ForAllValues:StringNotEqualsIfExists`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.set.map_or("", SetQualifier::prefix))?;
        f.write_str(self.base.name())?;
        f.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}

/// Text that is not the name of a condition operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownOperator(pub String);

impl fmt::Display for UnknownOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a condition operator", self.0)
    }
}

impl std::error::Error for UnknownOperator {}

impl std::str::FromStr for Operator {
    type Err = UnknownOperator;

    /// Letter case does not matter. `NullIfExists` is refused: AWS knows no such operator.
    fn from_str(text: &str) -> Result<Self, UnknownOperator> {
        let unknown = || UnknownOperator(text.to_owned());
        let (set, rest) = match text.split_once(':') {
            None => (None, text),
            Some((prefix, rest)) => {
                let set = [SetQualifier::ForAllValues, SetQualifier::ForAnyValue]
                    .into_iter()
                    .find(|set| set.prefix().trim_end_matches(':').eq_ignore_ascii_case(prefix))
                    .ok_or_else(unknown)?;
                (Some(set), rest)
            }
        };
        const SUFFIX: &str = "IfExists";
        let cut = rest.len().saturating_sub(SUFFIX.len());
        let (name, if_exists) = match (rest.get(..cut), rest.get(cut..)) {
            (Some(name), Some(suffix)) if suffix.eq_ignore_ascii_case(SUFFIX) => (name, true),
            _ => (rest, false),
        };
        let base = name.parse().map_err(|_| unknown())?;
        if base == BaseOperator::Null && if_exists {
            return Err(unknown());
        }
        Ok(Self { set, base, if_exists })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_reads_back_from_its_own_name_in_any_letter_case() {
        for base in BaseOperator::ALL {
            for set in [None, Some(SetQualifier::ForAllValues), Some(SetQualifier::ForAnyValue)] {
                for if_exists in [false, base != BaseOperator::Null] {
                    let operator = Operator { set, base, if_exists };
                    let text = operator.to_string();
                    assert_eq!(text.parse(), Ok(operator));
                    assert_eq!(text.to_lowercase().parse(), Ok(operator));
                }
            }
        }
    }

    #[test]
    fn names_are_aws_names() {
        let operator: Operator = "forallvalues:stringnotequalsifexists".parse().unwrap();
        assert_eq!(operator.to_string(), "ForAllValues:StringNotEqualsIfExists");
        for wrong in ["", "StringEqual", "NullIfExists", "ForSomeValues:Bool", "IfExists", "é", "ForAnyValue:"] {
            assert!(wrong.parse::<Operator>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn negation_is_its_own_inverse_within_the_family() {
        for base in BaseOperator::ALL {
            let Some(opposite) = base.negation() else { continue };
            assert_eq!(opposite.negation(), Some(base));
            assert_eq!(opposite.family(), base.family());
            assert!(!(base.is_negated() && opposite.is_negated()));
        }
        assert_eq!(BaseOperator::Bool.negation(), None);
        assert_eq!(BaseOperator::NumericLessThan.negation(), Some(BaseOperator::NumericGreaterThanEquals));
    }
}
