//! A policy document, element by element, each with its place in the source.

use crate::base::Span;

use super::{Operator, Text};

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
