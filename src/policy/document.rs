//! A policy document, element by element, each with its place in the source.

use crate::base::Span;

use super::{BaseOperator, Operator, SetQualifier, Text, glob};

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// The word of the source (or the element of the JSON) that gave it.
    pub span: Span,
}

impl<T> Located<T> {
    /// `value`, written at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// The `Version` element: which policy language the document speaks.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// `2012-10-17`, with policy variables.
    #[default]
    V2012,
    /// `2008-10-17`, in which `${...}` is plain text.
    V2008,
}

/// A whole policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// `Version`.
    pub version: Version,
    /// `Id`, which some resource policies carry.
    pub id: Option<Text>,
    /// `Statement`, in source order.
    pub statements: Vec<Statement>,
}

/// The `Effect` of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

/// One statement. An element that its kind of policy does not have is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// `Sid`
    pub sid: Option<Located<Text>>,
    /// `Effect`
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`
    pub principal: Option<PrincipalElement>,
    /// `Action` or `NotAction`
    pub action: ActionElement,
    /// `Resource` or `NotResource`
    pub resource: Option<ResourceElement>,
    /// `Condition`: all of these must hold. No two have the same operator and key.
    pub condition: Vec<ConditionTest>,
    /// The whole statement.
    pub span: Span,
}

/// `Principal` (or `NotPrincipal` where `negated`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrincipalElement {
    /// `NotPrincipal`: everyone but these.
    pub negated: bool,
    /// In source order, not empty.
    pub principals: Vec<Located<Principal>>,
}

/// One principal as the `Principal` element names it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// `"*"`: everyone, signed or not.
    Anyone,
    /// `AWS`: an account id, or the ARN of an account, role, user, session.
    Aws(Text),
    /// `Service`: an AWS service, such as `lambda.amazonaws.com`.
    Service(Text),
    /// `Federated`: an identity provider, by domain or ARN.
    Federated(Text),
    /// `CanonicalUser`: an account as S3 numbers it.
    CanonicalUser(Text),
}

/// `Action` (or `NotAction` where `negated`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionElement {
    /// `NotAction`: every action but these.
    pub negated: bool,
    /// Actions or patterns of actions, `s3:Get*`; not empty.
    pub patterns: Vec<Located<String>>,
}

impl ActionElement {
    /// Whether an action is among those that it is about; letter case does not matter.
    pub fn includes(&self, action: &str) -> bool {
        self.patterns.iter().any(|pattern| glob::matches(&pattern.value, action, true)) != self.negated
    }
}

/// `Resource` (or `NotResource` where `negated`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceElement {
    /// `NotResource`: every resource but these.
    pub negated: bool,
    /// ARNs or patterns of ARNs, or `*`; not empty.
    pub patterns: Vec<Located<Text>>,
}

/// One line of the `Condition` block: an operator, a key, and values of which one must (or, negated, none may) match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionTest {
    /// `StringEquals`, `ForAnyValue:ArnLike`, ...
    pub operator: Located<Operator>,
    /// `aws:PrincipalOrgID`, in the letter case it was written in.
    pub key: Located<Text>,
    /// In source order.
    pub values: Vec<Located<Text>>,
}

impl ConditionTest {
    /// Whether it holds of a request that does not have the key.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    pub fn holds_without_key(&self) -> bool {
        let operator = self.operator.value;
        if operator.base == BaseOperator::Null {
            return operator.set == Some(SetQualifier::ForAllValues)
                || operator.set.is_none() && self.values.iter().any(|value| is_true(&value.value));
        }
        match operator.set {
            _ if operator.if_exists => true,
            Some(SetQualifier::ForAllValues) => true,
            Some(SetQualifier::ForAnyValue) => false,
            None => operator.base.is_negated(),
        }
    }

    /// Whether its key is that one, in any letter case.
    pub fn is_about(&self, key: &str) -> bool {
        self.key.value.plain().is_some_and(|own| own.eq_ignore_ascii_case(key))
    }
}

fn is_true(value: &Text) -> bool {
    value.plain().is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_of_a_request_without_the_key() {
        let holds = |operator: &str, value: &str| {
            let test = ConditionTest {
                operator: Located::new(operator.parse().unwrap(), Span::default()),
                key: Located::new("aws:PrincipalOrgID".into(), Span::default()),
                values: vec![Located::new(value.into(), Span::default())],
            };
            test.holds_without_key()
        };
        assert!(!holds("StringEquals", "a") && holds("StringNotEquals", "a") && holds("StringEqualsIfExists", "a"));
        assert!(holds("ForAllValues:StringEquals", "a") && !holds("ForAnyValue:StringNotEquals", "a"));
        assert!(holds("Null", "true") && !holds("Null", "false"));
        assert!(holds("BoolIfExists", "false") && !holds("Bool", "false"));
    }
}
