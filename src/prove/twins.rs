//! What two documents say in the same words.
//!
//! Edits leave most of a document as it is. What stands in both needs no proof, whatever it means.

use super::strings::FastMap;
use crate::policy::{
    ActionElement, ConditionTest, Effect, Located, PrincipalElement, ResourceElement, Statement, Text,
};

/// Finds statements that say the same as others.
pub(super) struct Twins<'d> {
    pub(super) among: &'d [Statement],
    /// Where the next one is looked for first: edits keep the order.
    next: usize,
    /// Whether there may be any: texts mean the same in documents of the same version only.
    any: bool,
}

impl<'d> Twins<'d> {
    pub(super) fn new(among: &'d [Statement], is_same_version: bool) -> Self {
        Twins { among, next: 0, any: is_same_version }
    }

    /// Whether one says the same as a statement, but for its Sid.
    pub(super) fn has(&mut self, statement: &Statement) -> bool {
        let (before, behind) = self.among.split_at(self.next.min(self.among.len()));
        let mut in_turn = behind.iter().chain(before);
        let found = in_turn.position(|other| self.any && is_same(statement, other));
        if let Some(offset) = found {
            self.next = (self.next + offset) % self.among.len() + 1;
        }
        found.is_some()
    }

    /// The actions of a statement that allows, without those that others allow in the same words, on the same resources and under the
    /// same condition at most.
    pub(super) fn left(&self, statement: &Statement) -> ActionElement {
        let action = &statement.action;
        let mut left: Vec<&Located<String>> = action.patterns.iter().collect();
        let wider = |other: &&Statement| {
            other.effect == Effect::Allow
                && !other.action.negated
                && (other.condition.is_empty() || is_same_condition(statement, other))
                && is_both(&statement.resource, &other.resource, is_among)
        };
        let may_be_left_out = self.any && !action.negated;
        for other in self.among.iter().filter(|_| may_be_left_out).filter(wider) {
            let others: FastMap<&str, ()> = other.action.patterns.iter().map(|one| (one.value.as_str(), ())).collect();
            left.retain(|one| !others.contains_key(one.value.as_str()));
        }
        ActionElement { negated: action.negated, patterns: left.into_iter().cloned().collect() }
    }
}

fn is_same(a: &Statement, b: &Statement) -> bool {
    let principal = |one: &PrincipalElement, other: &PrincipalElement| {
        one.negated == other.negated && are_same(&one.principals, &other.principals)
    };
    a.effect == b.effect
        && a.action.negated == b.action.negated
        && are_same(&a.action.patterns, &b.action.patterns)
        && is_both(&a.resource, &b.resource, |one, other| {
            one.negated == other.negated && are_same(&one.patterns, &other.patterns)
        })
        && is_both(&a.principal, &b.principal, principal)
        && is_same_condition(a, b)
}

fn is_same_condition(a: &Statement, b: &Statement) -> bool {
    let test = |one: &ConditionTest, other: &ConditionTest| {
        one.operator.value == other.operator.value
            && one.key.value == other.key.value
            && are_same(&one.values, &other.values)
    };
    a.condition.len() == b.condition.len() && a.condition.iter().zip(&b.condition).all(|(one, other)| test(one, other))
}

/// Whether resources are among others, in the same words.
fn is_among(a: &ResourceElement, b: &ResourceElement) -> bool {
    if a.negated || b.negated {
        return a.negated == b.negated && are_same(&a.patterns, &b.patterns);
    }
    let is_all = |one: &Located<Text>| one.value.plain() == Some("*");
    are_same(&a.patterns, &b.patterns)
        || b.patterns.iter().any(is_all)
        || a.patterns.iter().all(|one| b.patterns.iter().any(|other| one.value == other.value))
}

fn is_both<T>(a: &Option<T>, b: &Option<T>, is_so: impl Fn(&T, &T) -> bool) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => is_so(a, b),
        _ => false,
    }
}

fn are_same<T: PartialEq>(a: &[Located<T>], b: &[Located<T>]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(one, other)| one.value == other.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::FileId;
    use crate::policy::Document;
    use crate::policy::read::{Mode, json, read};

    fn document(statements: &str) -> Document {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        read(json::Place::At(FileId(0), 0), &text, Mode::Strict).unwrap().document
    }

    /// What is left of a statement beside others.
    fn left(statement: &str, others: &str) -> Vec<String> {
        let (statement, others) = (document(statement), document(others));
        let left = Twins::new(&others.statements, true).left(&statement.statements[0]);
        left.patterns.into_iter().map(|one| one.value).collect()
    }

    #[test]
    fn actions_that_are_allowed_in_the_same_words_are_left_out() {
        let (a, b) = ("arn:aws:s3:::a", "arn:aws:s3:::b");
        let allow = |actions: &str, resource: &str, rest: &str| {
            format!(r#"{{"Effect": "Allow", "Action": [{actions}], "Resource": {resource}{rest}}}"#)
        };
        let secure = r#", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#;
        let of_a = allow(r#""s3:GetObject", "s3:PutObject""#, &format!("\"{a}\""), secure);
        let beside = |resource: &str, rest: &str| left(&of_a, &allow(r#""s3:GetObject""#, resource, rest));
        for resource in [format!("\"{a}\""), format!("[\"{b}\", \"{a}\"]"), "\"*\"".to_owned()] {
            assert_eq!(beside(&resource, secure), ["s3:PutObject"], "{resource}");
            assert_eq!(beside(&resource, ""), ["s3:PutObject"], "without a condition: {resource}");
        }
        let all = ["s3:GetObject", "s3:PutObject"];
        assert_eq!(beside(&format!("\"{b}\""), secure), all, "of other resources");
        let other = r#", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#;
        assert_eq!(beside("\"*\"", other), all, "under another condition");
        let rest = left(&of_a, &of_a.replace("Allow", "Deny"));
        assert_eq!(rest, all, "what is denied is not allowed");
        let two = format!("{}, {}", allow(r#""s3:GetObject""#, "\"*\"", ""), allow(r#""s3:PutObject""#, "\"*\"", ""));
        assert!(left(&of_a, &two).is_empty(), "by several together");
        assert_eq!(left(&of_a, &of_a.replace("\"Action\"", "\"NotAction\"")), all, "beside all but these");
        assert_eq!(left(&of_a.replace("\"Resource\"", "\"NotResource\""), &of_a), all, "of all but these resources");
    }
}
