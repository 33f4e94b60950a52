//! The rules, one file each, and the list of them.

mod action_resource_mismatch;
mod all_of_nothing;
mod bad_arn;
mod bad_character;
mod bad_condition_value;
mod bad_principal;
mod bad_sid;
mod bad_variable;
mod key_never_seen;
mod kind_rule;
mod missing_quantifier;
mod never_applies;
mod no_action_matches;
mod not_principal;
mod operator_type_mismatch;
mod rcp_service;
mod size_limit;
mod unknown_action;
mod unknown_condition_key;
mod wildcard_without_like;

pub use size_limit::limit_of;

use super::{Context, Findings, Identity, Subject};
use crate::diagnostic::Diagnostic;

/// A rule about one policy.
pub(super) type PolicyRule = fn(&Subject<'_>, &mut Findings<'_>);

/// A rule about a user, group or role with all its policies.
pub(super) type IdentityRule = fn(Context<'_>, &Identity<'_>, &mut Vec<Diagnostic>);

/// The rules about one policy, in the order in which a reader would ask.
pub(super) const OF_POLICIES: &[PolicyRule] = &[
    kind_rule::check,
    bad_sid::check,
    not_principal::check,
    bad_principal::check,
    unknown_action::check,
    no_action_matches::check,
    rcp_service::check,
    bad_arn::check,
    action_resource_mismatch::check,
    unknown_condition_key::check,
    key_never_seen::check,
    operator_type_mismatch::check,
    missing_quantifier::check,
    wildcard_without_like::check,
    bad_condition_value::check,
    never_applies::check,
    all_of_nothing::check,
    bad_variable::check,
    bad_character::check,
    size_limit::check,
];

/// The rules about users, groups and roles.
pub(super) const OF_IDENTITIES: &[IdentityRule] = &[size_limit::check_identity];
