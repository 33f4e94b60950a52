//! Resources as typed constructors where the catalogue has the type, else as ARNs.

use super::Lookup;
use super::literal::quote;
use crate::catalogue::ResourceType;
use crate::elaborate::Target;
use crate::policy::{Arn, Document, PlaceholderRole, Text, captures, fill, placeholders};

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

/// What a resource-based policy is for, as far as the document shows it.
pub(super) struct Shown {
    /// Its ARN, or a pattern of it.
    pub(super) arn: String,
    /// Whether the document says nothing about it.
    pub(super) guessed: bool,
}

impl Shown {
    /// As the checks take it.
    pub(super) fn target(&self) -> Target {
        let service = self.arn.split(':').nth(2).unwrap_or_default().to_owned();
        Target { service, arn: self.arn.as_str().into() }
    }
}

/// What a resource-based policy is for.
pub(super) fn target(document: &Document) -> Shown {
    let resources = document.statements.iter().filter_map(|statement| statement.resource.as_ref());
    // Of an ARN with a variable it is not known where its parts end.
    let plain = resources
        .flat_map(|element| &element.patterns)
        .filter_map(|pattern| pattern.value.plain().filter(|text| !text.contains("${")));
    let mut arns = plain.filter_map(|text| Some((text, Arn::parse(text).ok()?)));
    if let Some((text, arn)) = arns.next() {
        // What is in a bucket is under the policy of the bucket.
        let arn = match arn.resource.split_once('/').filter(|_| arn.service == "s3") {
            Some((bucket, key)) if !bucket.is_empty() && bucket != "accesspoint" => &text[..text.len() - key.len() - 1],
            _ => text,
        };
        return Shown { arn: arn.to_owned(), guessed: false };
    }
    let actions = document.statements.iter().flat_map(|statement| &statement.action.patterns);
    let services = actions.filter_map(|pattern| Some(pattern.value.split_once(':')?.0.to_ascii_lowercase()));
    let arn = services.map(|service| any_of(&service)).find(|arn| Arn::parse(arn).is_ok());
    Shown { guessed: arn.is_none(), arn: arn.unwrap_or_else(|| any_of("s3")) }
}

/// Everything of a service that has policies.
fn any_of(service: &str) -> String {
    match service {
        "s3" => "arn:aws:s3:::*".to_owned(),
        "kms" => "arn:aws:kms:*:*:key/*".to_owned(),
        service => format!("arn:aws:{service}:*:*:*"),
    }
}
