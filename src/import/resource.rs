//! Resources as typed constructors where the catalogue has the type, else as ARNs.

use super::Lookup;
use super::literal::quote;
use crate::catalogue::ResourceType;
use crate::policy::{Arn, PlaceholderRole, Text, captures, fill, placeholders};

/// The expression that stands for a resource.
pub(super) fn resource(lookup: Lookup<'_>, text: &Text, this: Option<&str>) -> String {
    match text.plain() {
        Some("*") => "*".to_owned(),
        Some(plain) if Some(plain) == this => "self".to_owned(),
        Some(plain) => inside(lookup, plain, this).or_else(|| typed(lookup, plain)).unwrap_or_else(|| quote(text)),
        None => quote(text),
    }
}

/// An object of the bucket that the policy is for.
fn inside(lookup: Lookup<'_>, arn: &str, this: Option<&str>) -> Option<String> {
    let bucket = this?;
    let key = arn.strip_prefix(bucket)?.strip_prefix('/')?;
    typed(lookup, bucket).filter(|call| call.starts_with("s3.bucket("))?;
    Some(format!("s3.object(self, {})", argument(key)))
}

/// A part of an ARN as an argument.
fn argument(part: &str) -> String {
    if part == "*" { part.to_owned() } else { quote(&part.into()) }
}

/// `s3.object("bucket", "key")` for an ARN that the constructor would build.
fn typed(lookup: Lookup<'_>, arn: &str) -> Option<String> {
    let parsed = Arn::parse(arn).ok()?;
    let service = lookup.catalogue.service(parsed.service).filter(|service| service.name() == parsed.service)?;
    let calls = service.resource_types().flat_map(|ty| ty.arn_formats().map(move |format| (ty, format)));
    let fitting = calls.filter_map(|(ty, format)| Some((literal(format), call(lookup, ty, format, arn, &parsed)?)));
    // Of the types that an ARN can be of, the one that says most about it; the first of those.
    fitting.reduce(|best, one| if one.0 > best.0 { one } else { best }).map(|(_, call)| call)
}

/// How many characters of a format are its own.
fn literal(format: &str) -> usize {
    format.len() - placeholders(format).iter().map(|one| one.name.len() + 3).sum::<usize>()
}

fn call(lookup: Lookup<'_>, ty: ResourceType<'_>, format: &str, arn: &str, parsed: &Arn<'_>) -> Option<String> {
    let fields = captures(format, arn)?;
    let of = |role| placeholders(format).into_iter().any(|placeholder| placeholder.role == role);
    let names = placeholders(format);
    let values: Vec<&str> = names
        .iter()
        .zip(&fields)
        .filter(|(placeholder, _)| placeholder.role == PlaceholderRole::Value)
        .map(|(_, (_, value))| *value)
        .collect();
    // The constructor takes the first format with as many values; it must be this one, and give this very ARN.
    let count = |format: &str| placeholders(format).iter().filter(|one| one.role == PlaceholderRole::Value).count();
    let first = ty.arn_formats().find(|other| count(other) == values.len())?;
    if first != format
        || fill(format, parsed.partition, parsed.region, parsed.account, &values)? != arn
        || values.is_empty()
    {
        return None;
    }
    let mut arguments: Vec<String> = values.iter().map(|value| argument(value)).collect();
    let defaults = lookup.defaults;
    let parts = [
        (of(PlaceholderRole::Region), "region", parsed.region, defaults.region.as_deref()),
        (of(PlaceholderRole::Account), "account", parsed.account, defaults.account.as_deref()),
        (true, "partition", parsed.partition, Some(defaults.partition.as_deref().unwrap_or("aws"))),
    ];
    for (has, word, value, default) in parts {
        if has && default != Some(value) {
            arguments.push(format!("{word}: {}", argument(value)));
        }
    }
    Some(format!("{}.{}({})", ty.service().name(), ty.ident(), arguments.join(", ")))
}
