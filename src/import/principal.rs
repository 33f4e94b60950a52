//! Principals as the language's constructors.

use super::Lookup;
use super::literal::quote;
use crate::policy::{Arn, Principal, Text, value};

/// The expression that stands for a principal.
pub(super) fn principal(lookup: Lookup<'_>, principal: &Principal) -> String {
    match principal {
        Principal::Anyone => "anyone".to_owned(),
        Principal::Aws(text) => aws(lookup, text),
        Principal::Service(text) => format!("service({})", quote(text)),
        Principal::Federated(text) => format!("federated({})", quote(text)),
        Principal::CanonicalUser(text) => format!("canonical-user({})", quote(text)),
    }
}

fn aws(lookup: Lookup<'_>, text: &Text) -> String {
    let plain = || format!("aws({})", quote(text));
    let Some(arn) = text.plain() else { return plain() };
    if value::account_id(arn).is_ok() {
        return format!("account(\"{arn}\"{})", partition(lookup, "aws"));
    }
    let Some(parsed) = Arn::parse(arn).ok().filter(|parsed| parsed.service == "iam" && parsed.region.is_empty()) else {
        return plain();
    };
    if value::account_id(parsed.account).is_err() {
        return plain();
    }
    let of = partition(lookup, parsed.partition);
    match parsed.resource.split_once('/') {
        None if parsed.resource == "root" => format!("account(\"{}\"{of})", parsed.account),
        Some((word @ ("role" | "user"), name)) => {
            format!("{word}(\"{}\", {}{of})", parsed.account, quote(&name.into()))
        }
        _ => plain(),
    }
}

/// The argument that names a partition, where it is not the one that is meant anyway.
fn partition(lookup: Lookup<'_>, partition: &str) -> String {
    let default = lookup.defaults.partition.as_deref().unwrap_or("aws");
    if partition == default { String::new() } else { format!(", partition: \"{partition}\"") }
}
