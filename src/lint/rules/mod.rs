//! The rules, one file each, and the list of them.

mod action_resource_mismatch;
mod all_of_nothing;
mod audience_claim;
mod bad_arn;
mod bad_character;
mod bad_condition_value;
mod bad_principal;
mod bad_sid;
mod bad_variable;
mod confused_deputy;
mod deleted_principal;
mod identity_provider_control;
mod key_never_seen;
mod kind_rule;
mod long_session;
mod missing_external_id;
mod missing_quantifier;
mod never_applies;
mod no_action_matches;
mod not_principal;
mod operator_type_mismatch;
mod rcp_service;
mod role_chain;
mod service_principal_key;
mod size_limit;
mod trusts_anyone;
mod trusts_nobody;
mod unconfined_federation;
mod unknown_action;
mod unknown_condition_key;
mod wide_subject;
mod wildcard_without_like;

pub use size_limit::limit_of;

use super::{Context, Findings, Identity, Subject};
use crate::diagnostic::Diagnostic;

/// A rule about one policy.
pub(super) type PolicyRule = fn(&Subject<'_>, &mut Findings<'_>);

/// A rule about a user, group or role with all its policies.
pub(super) type IdentityRule = fn(Context<'_>, &Identity<'_>, &mut Vec<Diagnostic>);

/// A rule about who can become whom.
pub(super) type AccountRule = fn(Context<'_>, &[Identity<'_>], &mut Vec<Diagnostic>);

/// The rules about one policy, in the order in which a reader would ask.
pub(super) const OF_POLICIES: &[PolicyRule] = &[
    kind_rule::check,
    bad_sid::check,
    not_principal::check,
    bad_principal::check,
    deleted_principal::check,
    service_principal_key::check,
    trusts_anyone::check,
    trusts_nobody::check,
    missing_external_id::check,
    identity_provider_control::check,
    unconfined_federation::check,
    wide_subject::check,
    audience_claim::check,
    confused_deputy::check,
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
pub(super) const OF_IDENTITIES: &[IdentityRule] = &[size_limit::check_identity, long_session::check];

/// The rules about all users, groups and roles together.
pub(super) const OF_ACCOUNTS: &[AccountRule] = &[role_chain::check];
