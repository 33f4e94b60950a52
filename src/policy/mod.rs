//! The IAM model: what an AWS policy is, whatever it was written in.
//!
//! In: policies elaborated from source, or read from AWS JSON. Out: the vocabulary that every later room speaks, the
//! limits AWS sets, and canonical JSON text. Deliberately absent: files, source syntax, and the catalogue of services.

mod arn;
mod arn_format;
mod document;
mod equal;
mod escalation;
pub mod glob;
mod identity_providers;
mod json;
mod kind;
mod kinds;
pub mod limits;
mod operator;
mod principal;
mod rcp_services;
pub mod read;
mod text;
pub mod value;
mod variable;

pub use arn::{
    Arn, ArnError, PARTITIONS, Segment, arn_matches, arn_pattern_covers, arn_patterns_meet, has_policy_of, inner_start,
};
pub use arn_format::{
    ArnFormat, ArnPattern, Placeholder, PlaceholderRole, StartEnds, captures, fill, formats_meet, placeholders,
    start_ends,
};
pub use document::{
    ActionElement, ConditionTest, Document, Effect, Located, Principal, PrincipalElement, ResourceElement, Statement,
    Version,
};
pub use equal::{difference, statements_differ};
pub use escalation::{ESCALATIONS, How, Path as EscalationPath};
pub use identity_providers::{
    GITHUB_OWNER_CLAIMS, IdentityProvider, Provider, SubjectPart, is_eks_cluster, missed_form, names_tenant,
    shared_provider, subject_parts, tenant_key,
};
pub use json::{UnresolvedExtern, compare_actions, escape, write, write_with};
pub use kind::Kind;
pub use kinds::{Presence, ResourceRule, Rules, SidRule};
pub use operator::{BaseOperator, Family, Operator, SetQualifier, UnknownOperator};
pub use principal::PRINCIPAL_KEYS;
pub use rcp_services::{RCP_SERVICES, rcp_supports};
pub use text::{Piece, Text};
pub use variable::{Variable, VariableError, VariableErrorKind, variables, without_variables};
