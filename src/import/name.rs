//! Names that are free: made from what a policy, a Sid or a resource is called.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::{Arn, Text, without_variables};
use crate::syntax::is_name;

/// The longest name of a managed policy.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>
const LONGEST: usize = 128;

/// The names that one file has given out.
#[derive(Clone, Debug, Default)]
pub struct Names {
    taken: BTreeSet<String>,
    /// What `let`s of the file stand for, with their names.
    bound: BTreeMap<String, String>,
    /// The externs of the file.
    externs: BTreeSet<String>,
}

impl Names {
    /// A name like that one that nothing has yet; letter case does not make it another.
    pub fn fresh(&mut self, like: &str) -> String {
        let base = tidy(like);
        let mut name = base.clone();
        let mut number = 2;
        while !self.taken.insert(name.to_ascii_lowercase()) {
            name = format!("{base}-{number}");
            number += 1;
        }
        name
    }

    /// The name of a `let` for an expression, and whether it is a new one.
    pub(super) fn bind(&mut self, expression: &str, like: &str) -> (String, bool) {
        if let Some(name) = self.bound.get(expression) {
            return (name.clone(), false);
        }
        let name = self.fresh(like);
        self.bound.insert(expression.to_owned(), name.clone());
        (name, true)
    }

    /// Whether the file has not declared that extern yet; now it has.
    pub(super) fn declare(&mut self, name: &str) -> bool {
        self.take(name);
        self.externs.insert(name.to_owned())
    }

    /// Gives a name out that something else has.
    pub fn take(&mut self, name: &str) {
        self.taken.insert(name.to_ascii_lowercase());
    }
}

/// The nearest thing to a name: letters, digits, `-` and `_`, and a letter at the start.
fn tidy(like: &str) -> String {
    let mut name = String::new();
    for character in like.chars() {
        match character {
            plain if plain.is_ascii_alphanumeric() || plain == '_' => name.push(plain),
            _ if name.ends_with('-') || name.is_empty() => {}
            _ => name.push('-'),
        }
    }
    let mut name = name.trim_end_matches('-').chars().take(LONGEST - 8).collect::<String>();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        name.insert_str(0, "policy-");
    }
    let name = name.trim_end_matches('-');
    if is_name(name) || name == "policy" { name.to_owned() } else { format!("{name}-policy") }
}

/// A word in camel case as words of the language: `PrincipalOrgID` as `principal-org-id`.
pub(super) fn kebab(text: &str) -> String {
    let mut out = String::new();
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        // A capital starts a word behind a small letter, and at the end of a run of capitals.
        let starts = |last: char| {
            last.is_ascii_lowercase()
                || last.is_ascii_uppercase() && characters.peek().is_some_and(char::is_ascii_lowercase)
        };
        if character.is_ascii_uppercase() && before.is_some_and(starts) {
            out.push('-');
        }
        before = Some(character);
        out.push(character.to_ascii_lowercase());
    }
    out
}

/// What is longer is left out of a name that has something else in it.
const LONGEST_TYPE: usize = 18;

/// What a resource or principal might be called: the last name in its ARN, with what it is: `orders-table`, `every-instance`.
pub(super) fn called(text: &Text) -> String {
    let text = text.to_string();
    let Ok(arn) = Arn::parse(&text) else { return kebab(&last_name(&text).unwrap_or_default()) };
    let (ty, names) = match arn.resource.split_once([':', '/']) {
        Some((_, key)) if arn.service == "s3" => ("objects", if key == "*" { arn.resource } else { key }),
        Some((ty, names)) => (ty, names),
        None if arn.service == "s3" => ("bucket", arn.resource),
        None => (arn.service, arn.resource),
    };
    let ty = kebab(ty);
    match last_name(names).map(|name| kebab(&name)) {
        Some(name) if name.ends_with(&ty) || ty.len() > LONGEST_TYPE => name,
        Some(name) => format!("{}-{ty}", name.trim_end_matches('-')),
        None if without_variables(names) != names => format!("own-{ty}"),
        None if names.chars().all(|c| "*/:".contains(c)) => format!("every-{ty}"),
        None => ty,
    }
}

/// The last part of a text that has a letter outside of policy variables.
fn last_name(text: &str) -> Option<String> {
    let known = without_variables(text).replace(['*', '?'], "");
    let name = known.rsplit([':', '/']).find(|part| part.contains(|c: char| c.is_ascii_alphabetic()))?;
    Some(name.trim_matches(['-', '_', '.']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_called_by_their_name_and_type() {
        let name = |arn: &str| called(&arn.into());
        assert_eq!(name("arn:aws:ec2:*:*:instance/*"), "every-instance");
        assert_eq!(name("arn:aws:dynamodb:eu-west-1:123456789012:table/orders"), "orders-table");
        assert_eq!(name("arn:aws:iam::*:user/${aws:username}"), "own-user");
        assert_eq!(name("arn:aws:iam::*:role/service-role/DataZone*"), "data-zone-role");
        assert_eq!(name("arn:aws:s3:::acme-uploads"), "acme-uploads-bucket");
        assert_eq!(name("arn:aws:s3:::acme-uploads/*"), "acme-uploads-objects");
        assert_eq!(name("arn:aws:sqs:*:*:orders-*"), "orders-sqs");
        assert_eq!(kebab("AWSServiceRoleForECS"), "aws-service-role-for-ecs");
        assert_eq!(kebab("PrincipalOrgID"), "principal-org-id");
    }

    #[test]
    fn names_are_tidied_and_told_apart() {
        let mut names = Names::default();
        assert_eq!(names.fresh("My Policy (v2)"), "My-Policy-v2");
        assert_eq!(names.fresh("my-policy-v2"), "my-policy-v2-2");
        assert_eq!(names.fresh("1st"), "policy-1st");
        assert_eq!(names.fresh("allow"), "allow-policy");
        assert_eq!(names.fresh("+++"), "policy");
    }
}
