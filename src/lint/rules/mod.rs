//! The rules, one file each, and the list of them.

mod absent_for_principal;
mod action_resource_mismatch;
mod action_wildcard;
mod administrator_access;
mod all_of_nothing;
mod audience_claim;
mod bad_arn;
mod bad_character;
mod bad_condition_value;
mod bad_principal;
mod bad_sid;
mod bad_subject;
mod bad_variable;
mod boundary_escape;
mod confused_deputy;
mod constant_condition;
mod create_service_linked_role;
mod deleted_principal;
mod identity_provider_control;
mod irrelevant_key;
mod key_never_seen;
mod key_of_other_resource;
mod key_unsupported_by_service;
mod kind_rule;
mod lock_out;
mod long_session;
mod mfa_not_required;
mod missing_action_for_key;
mod missing_external_id;
mod missing_quantifier;
mod name_wildcard;
mod negated_any;
mod never_applies;
mod no_action_matches;
mod not_action_in_allow;
mod not_principal;
mod not_resource_in_allow;
mod operator_type_mismatch;
mod pass_role;
mod permissive_value;
mod private_address;
mod privilege_escalation;
mod public_access;
mod rcp_missing_key;
mod rcp_service;
mod redundant_entry;
mod redundant_statement;
mod resource_wildcard;
mod role_chain;
mod s3_prefix_in_negative_context;
mod scp_exempt;
mod segment_wildcard;
mod sensitive_action;
mod service_principal_key;
mod service_wide_access;
mod shadowed_allow;
mod size_limit;
mod string_like_on_arn;
mod trusts_account;
mod trusts_anyone;
mod trusts_nobody;
mod unconfined_federation;
mod unknown_action;
mod unknown_condition_key;
mod unpaired_condition_key;
mod untrustworthy_condition_key;
mod wide_subject;
mod wide_trust_action;
mod wildcard_without_like;

pub(super) use size_limit::is_beyond_all;

use super::{Context, Findings, Identity, Reach, Subject};
use crate::diagnostic::Diagnostic;
use crate::elaborate::Policy;

/// A rule about one policy.
pub(super) type PolicyRule = fn(&Subject<'_>, &mut Findings<'_>);

/// A rule about a user, group or role with all its policies.
pub(super) type IdentityRule = fn(Context<'_>, &Identity<'_>, &mut Vec<Diagnostic>);

/// A rule about all policies, and all users, groups and roles.
pub(super) type AccountRule = fn(Context<'_>, &[Policy], &[Identity<'_>], &mut Vec<Diagnostic>);

/// A rule about what a user, group or role may do, all its policies together.
pub(super) type ReachRule = fn(Context<'_>, &Reach<'_, '_>, &mut Vec<Diagnostic>);

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
    trusts_account::check,
    wide_trust_action::check,
    identity_provider_control::check,
    unconfined_federation::check,
    wide_subject::check,
    audience_claim::check,
    confused_deputy::check,
    unknown_action::check,
    no_action_matches::check,
    rcp_service::check,
    rcp_missing_key::check,
    scp_exempt::check,
    bad_arn::check,
    action_resource_mismatch::check,
    unknown_condition_key::check,
    key_never_seen::check,
    key_of_other_resource::check,
    key_unsupported_by_service::check,
    irrelevant_key::check,
    missing_action_for_key::check,
    operator_type_mismatch::check,
    missing_quantifier::check,
    wildcard_without_like::check,
    bad_condition_value::check,
    bad_subject::check,
    never_applies::check,
    constant_condition::check,
    all_of_nothing::check,
    negated_any::check,
    mfa_not_required::check,
    private_address::check,
    permissive_value::check,
    unpaired_condition_key::check,
    untrustworthy_condition_key::check,
    string_like_on_arn::check,
    s3_prefix_in_negative_context::check,
    shadowed_allow::check,
    redundant_entry::check,
    redundant_statement::check,
    public_access::check,
    lock_out::check,
    bad_variable::check,
    absent_for_principal::check,
    bad_character::check,
    resource_wildcard::check,
    action_wildcard::check,
    name_wildcard::check,
    segment_wildcard::check,
    size_limit::check,
];

/// The rule about a policy of which its size is all there is to say.
pub(super) const OF_SIZE: &[PolicyRule] = &[size_limit::check];

/// The rules about users, groups and roles.
pub(super) const OF_IDENTITIES: &[IdentityRule] = &[
    size_limit::check_identity,
    long_session::check,
    shadowed_allow::check_identity,
    absent_for_principal::check_identity,
];

/// The rules about all users, groups and roles together.
pub(super) const OF_ACCOUNTS: &[AccountRule] = &[boundary_escape::check, role_chain::check];

/// The rules about what they may do.
pub(super) const OF_REACH: &[ReachRule] = &[
    administrator_access::check,
    not_action_in_allow::check,
    not_resource_in_allow::check,
    service_wide_access::check,
    pass_role::check,
    create_service_linked_role::check,
    privilege_escalation::check,
    sensitive_action::check,
];
