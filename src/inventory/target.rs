//! What a resource-based policy is for: the document does not say it, but its resources and actions do.

use crate::elaborate::Target;
use crate::policy::{Arn, Document};

/// What a resource-based policy is for, as far as the document shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its ARN, or a pattern of it.
    pub arn: String,
    /// Whether the document says nothing about it.
    pub guessed: bool,
}

impl Shown {
    /// As the checks take it.
    pub fn target(&self) -> Target {
        let service = self.arn.split(':').nth(2).unwrap_or_default().to_owned();
        Target { service, arn: self.arn.as_str().into() }
    }
}

/// What a resource-based policy is for.
pub fn target(document: &Document) -> Shown {
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
