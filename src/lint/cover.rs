//! Whether a statement stands for everything that another stands for, as far as their patterns and tests tell by themselves.
//!
//! What is said to be covered is; what is not may be covered all the same, by several statements together.

use std::borrow::Cow;

use crate::policy::value::address_range;
use crate::policy::{
    ActionElement, BaseOperator, ConditionTest, Family, Located, PrincipalElement, ResourceElement, Statement, Text,
    Version, arn_pattern_covers, arn_patterns_meet, glob,
};

/// A statement with the version of its document, which decides whether `${...}` is a variable.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) statement: &'a Statement,
    pub(super) version: Version,
}

impl<'a> Part<'a> {
    /// Whether every request that `other` is about is one that this is about.
    pub(super) fn covers(self, other: Part<'_>) -> bool {
        self.covers_actions(other)
            && self.covers_resources(other)
            && principals_cover(self.statement.principal.as_ref(), other.statement.principal.as_ref())
            && self.holds_wherever(other)
    }

    pub(super) fn covers_actions(self, other: Part<'_>) -> bool {
        actions_cover(&self.statement.action, &other.statement.action)
    }

    pub(super) fn covers_resources(self, other: Part<'_>) -> bool {
        match (&self.statement.resource, &other.statement.resource) {
            (None, None) => true,
            (Some(wide), Some(narrow)) => resources_cover((wide, self.version), (narrow, other.version)),
            _ => false,
        }
    }

    /// Whether the condition of this holds wherever that of `other` does.
    pub(super) fn holds_wherever(self, other: Part<'_>) -> bool {
        let given = &other.statement.condition;
        self.statement
            .condition
            .iter()
            .all(|test| given.iter().any(|given| follows(test, given, self.version == other.version)))
    }
}

pub(super) fn actions_cover(wide: &ActionElement, narrow: &ActionElement) -> bool {
    let covered =
        |by: &ActionElement, pattern: &str| by.patterns.iter().any(|one| glob::covers(&one.value, pattern, true));
    let apart = |from: &ActionElement, pattern: &str| {
        from.patterns.iter().all(|one| !glob::intersects(&one.value, pattern, true))
    };
    match (wide.negated, narrow.negated) {
        (false, false) => narrow.patterns.iter().all(|one| covered(wide, &one.value)),
        (true, false) => narrow.patterns.iter().all(|one| apart(wide, &one.value)),
        (true, true) => wide.patterns.iter().all(|one| covered(narrow, &one.value)),
        (false, true) => covered(wide, "*"),
    }
}

fn resources_cover(
    (wide, wide_version): (&ResourceElement, Version),
    (narrow, narrow_version): (&ResourceElement, Version),
) -> bool {
    let same = wide_version == narrow_version;
    let covered = |by: &ResourceElement, by_version, pattern: &Text, version| {
        by.patterns.iter().any(|one| resource_covers((&one.value, by_version), (pattern, version), same))
    };
    match (wide.negated, narrow.negated) {
        (false, false) => narrow.patterns.iter().all(|one| covered(wide, wide_version, &one.value, narrow_version)),
        (true, false) => {
            let apart = |one: &Text, other: &Text| match (opened(one, wide_version), opened(other, narrow_version)) {
                (Some(one), Some(other)) => !arn_patterns_meet(&one, &other),
                _ => false,
            };
            narrow.patterns.iter().all(|one| wide.patterns.iter().all(|other| apart(&other.value, &one.value)))
        }
        (true, true) => wide.patterns.iter().all(|one| covered(narrow, narrow_version, &one.value, wide_version)),
        (false, true) => wide.patterns.iter().any(|one| one.value.plain() == Some("*")),
    }
}

/// Whether a pattern of resources matches everything that another matches, whatever variables and externs stand for.
pub(super) fn resource_covers(
    (wide, wide_version): (&Text, Version),
    (narrow, narrow_version): (&Text, Version),
    same: bool,
) -> bool {
    if same && wide == narrow {
        return true;
    }
    let Some(wide) = wide.plain().filter(|text| wide_version == Version::V2008 || !text.contains("${")) else {
        return false;
    };
    opened(narrow, narrow_version).is_some_and(|narrow| arn_pattern_covers(wide, &narrow))
}

/// A pattern that matches whatever variables stand for; nothing for externs, which may stand for patterns.
fn opened(text: &Text, version: Version) -> Option<Cow<'_, str>> {
    let plain = text.plain()?;
    Some(if version == Version::V2012 { glob::open_variables(plain) } else { plain.into() })
}

fn principals_cover(wide: Option<&PrincipalElement>, narrow: Option<&PrincipalElement>) -> bool {
    match (wide, narrow) {
        (None, None) => true,
        (Some(wide), Some(narrow)) => {
            let within = |a: &PrincipalElement, b: &PrincipalElement| {
                a.principals.iter().all(|one| b.principals.iter().any(|other| one.value == other.value))
            };
            wide.negated == narrow.negated
                && match wide.negated {
                    false => within(narrow, wide),
                    true => within(wide, narrow),
                }
        }
        _ => false,
    }
}

/// Whether a test holds wherever `given` does: it is the same, or the same with values to choose from, or one that all values of the
/// other pass.
fn follows(test: &ConditionTest, given: &ConditionTest, same_version: bool) -> bool {
    let same_key = test.key.value == given.key.value
        || test.key.value.plain().zip(given.key.value.plain()).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b));
    if !same_key || !same_version {
        return false;
    }
    if test.operator.value != given.operator.value {
        return passes_all(test, given);
    }
    let within = |a: &ConditionTest, b: &ConditionTest| {
        a.values.iter().all(|one| b.values.iter().any(|other| one.value == other.value))
    };
    let is_same = match test.operator.value.base.is_negated() {
        false => within(given, test),
        true => within(test, given),
    };
    is_same || passes_all(test, given)
}

/// Whether `given` demands a value of its key, and a test passes all those that it may be.
fn passes_all(test: &ConditionTest, given: &ConditionTest) -> bool {
    let (operator, demand) = (test.operator.value, given.operator.value);
    let demands = demand.set.is_none()
        && !demand.if_exists
        && matches!(
            demand.base,
            BaseOperator::StringEquals
                | BaseOperator::StringLike
                | BaseOperator::ArnEquals
                | BaseOperator::ArnLike
                | BaseOperator::IpAddress
        );
    let plain = |test: &'_ ConditionTest| -> Option<Vec<String>> {
        let text = |value: &Located<Text>| value.value.plain().filter(|text| !text.contains("${")).map(str::to_owned);
        test.values.iter().map(text).collect()
    };
    let (Some(wanted), Some(values)) = (plain(test), plain(given)) else { return false };
    if !demands || operator.set.is_some() || values.is_empty() {
        return false;
    }
    if operator.base == BaseOperator::Null {
        return wanted.iter().all(|text| text == "false");
    }
    let is_negated = operator.base.is_negated();
    operator.base.family() == demand.base.family()
        && values.iter().all(|value| match is_negated {
            false => wanted.iter().any(|wide| value_covers(operator.base, wide, value)),
            true => !wanted.iter().any(|other| values_meet((operator.base, other), (demand.base, value))),
        })
}

/// Whether what an operator takes for a value holds for all that another value stands for.
pub(super) fn value_covers(base: BaseOperator, wide: &str, narrow: &str) -> bool {
    match base {
        BaseOperator::IpAddress | BaseOperator::NotIpAddress => match (address_range(wide), address_range(narrow)) {
            (Ok(wide), Ok(narrow)) => wide.contains(&narrow),
            _ => false,
        },
        _ if base.family() == Family::Arn => arn_pattern_covers(wide, narrow),
        BaseOperator::StringLike | BaseOperator::StringNotLike => glob::covers(wide, narrow, false),
        // A wildcard is a character here, and in what it is compared with perhaps not.
        BaseOperator::StringEquals | BaseOperator::StringNotEquals => wide == narrow && !glob::is_pattern(narrow),
        _ => false,
    }
}

/// Whether some value is one that both operators take for theirs.
fn values_meet((base, text): (BaseOperator, &str), (other, value): (BaseOperator, &str)) -> bool {
    match base.family() {
        Family::IpAddress => match (address_range(text), address_range(value)) {
            (Ok(one), Ok(two)) => one.contains(&two) || two.contains(&one),
            _ => true,
        },
        Family::Arn => arn_patterns_meet(text, value),
        Family::String if base == BaseOperator::StringNotEquals && other == BaseOperator::StringEquals => text == value,
        Family::String if base == BaseOperator::StringNotLike && other == BaseOperator::StringEquals => {
            glob::matches(text, value, false)
        }
        _ => true,
    }
}
