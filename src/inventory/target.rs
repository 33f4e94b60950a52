//! What a resource-based policy is for: the document does not say it, but its resources and actions do.

use crate::elaborate::Target;
use crate::policy::{Arn, Document, Statement};

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

/// What a resource-based policy is for. Where it is known of which service that is, what others have is not asked.
pub fn target(document: &Document, service: Option<&str>) -> Shown {
    // The one that most statements name; of several such, the first.
    let mut named: Vec<(&str, usize)> = Vec::new();
    for statement in &document.statements {
        let mut own: Vec<&str> = arns(statement).filter(|arn| service.is_none_or(|known| is_of(arn, known))).collect();
        own.dedup();
        for arn in own {
            match named.iter_mut().find(|(known, _)| *known == arn) {
                Some((_, count)) => *count += 1,
                None => named.push((arn, 1)),
            }
        }
    }
    let most = named.iter().map(|(_, count)| *count).max();
    if let Some((arn, _)) = named.iter().find(|(_, count)| Some(*count) == most) {
        return Shown { arn: (*arn).to_owned(), guessed: false };
    }
    if let Some(known) = service {
        return Shown { arn: any_of(known), guessed: false };
    }
    let actions = document.statements.iter().flat_map(|statement| &statement.action.patterns);
    let services = actions.filter_map(|pattern| Some(pattern.value.split_once(':')?.0.to_ascii_lowercase()));
    let arn = services.map(|service| any_of(&service)).find(|arn| Arn::parse(arn).is_ok());
    Shown { guessed: arn.is_none(), arn: arn.unwrap_or_else(|| any_of("s3")) }
}

/// Whether an ARN is of a service, or of one that goes by its name and more, as `s3express` does.
fn is_of(arn: &str, service: &str) -> bool {
    Arn::parse(arn).is_ok_and(|arn| arn.service.starts_with(service))
}

/// What the resources of a statement are, or are in.
fn arns(statement: &Statement) -> impl Iterator<Item = &str> {
    let patterns = statement.resource.iter().flat_map(|element| &element.patterns);
    // Of an ARN with a variable it is not known where its parts end.
    let plain = patterns.filter_map(|pattern| pattern.value.plain().filter(|text| !text.contains("${")));
    plain.filter_map(|text| {
        let arn = Arn::parse(text).ok()?;
        // What is in a bucket is under the policy of the bucket.
        let in_bucket = arn.resource.split_once('/').filter(|_| arn.service == "s3");
        Some(match in_bucket {
            Some((bucket, key)) if !bucket.is_empty() && bucket != "accesspoint" => &text[..text.len() - key.len() - 1],
            _ => text,
        })
    })
}

/// Everything of a service that has policies.
fn any_of(service: &str) -> String {
    match service {
        "s3" => "arn:aws:s3:::*".to_owned(),
        "kms" => "arn:aws:kms:*:*:key/*".to_owned(),
        service => format!("arn:aws:{service}:*:*:*"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;
    use crate::policy::read::json::Place;
    use crate::policy::read::{Mode, read};

    fn shown_of(service: Option<&str>, statements: &str) -> String {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        target(&read(Place::Within(Span::default()), &text, Mode::Strict).unwrap().document, service).arn
    }

    fn shown(statements: &str) -> String {
        shown_of(None, statements)
    }

    #[test]
    fn it_is_what_most_statements_name() {
        let on = |arn: &str| {
            format!(r#"{{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::{arn}"}}"#)
        };
        assert_eq!(shown(&[on("other/*"), on("own"), on("own/*")].join(",")), "arn:aws:s3:::own");
        assert_eq!(shown(&[on("first"), on("second")].join(",")), "arn:aws:s3:::first");
    }
    #[test]
    fn the_service_that_is_known_goes_before_what_it_names() {
        let topic = r#"{"Effect":"Allow","Principal":"*","Action":"sns:Publish","Resource":"arn:aws:sns:eu-west-1:123456789012:t"}"#;
        let bucket = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::own/*"}"#;
        assert_eq!(shown(topic), "arn:aws:sns:eu-west-1:123456789012:t");
        assert_eq!(shown_of(Some("s3"), topic), "arn:aws:s3:::*");
        assert_eq!(shown_of(Some("s3"), &[topic, topic, bucket].join(",")), "arn:aws:s3:::own");
    }
}
