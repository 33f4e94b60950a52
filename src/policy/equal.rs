//! Whether two documents say the same, statement by statement.
//!
//! What may differ is the spelling: the order and repetition of what stands in a list, the letter case of actions and of the names of
//! keys, an account's id for the ARN of its root, an empty Sid for none. It is a comparison of what is written; `prove` compares what is meant.

use std::collections::BTreeSet;

use super::{ActionElement, ConditionTest, Document, Principal, PrincipalElement, ResourceElement, Statement};

/// How two documents differ, in a few words; `None` where they say the same.
pub fn difference(a: &Document, b: &Document) -> Option<String> {
    if a.version != b.version {
        return Some("their versions differ".into());
    }
    if a.id != b.id {
        return Some("their ids differ".into());
    }
    if a.statements.len() != b.statements.len() {
        return Some(format!("one has {} statements, the other {}", a.statements.len(), b.statements.len()));
    }
    let pairs = a.statements.iter().zip(&b.statements).enumerate();
    pairs.into_iter().find_map(|(index, (a, b))| {
        Some(format!("the {} of statement {} differs", statements_differ(a, b)?, index + 1))
    })
}

/// The element in which two statements differ.
pub fn statements_differ(a: &Statement, b: &Statement) -> Option<&'static str> {
    let sid = |statement: &Statement| statement.sid.as_ref().map(|sid| sid.value.clone()).filter(|sid| !sid.is_empty());
    let elements = [
        (sid(a) == sid(b), "Sid"),
        (a.effect == b.effect, "Effect"),
        (principals(&a.principal) == principals(&b.principal), "Principal"),
        (actions(&a.action) == actions(&b.action), "Action"),
        (resources(&a.resource) == resources(&b.resource), "Resource"),
        (tests(&a.condition) == tests(&b.condition), "Condition"),
    ];
    elements.into_iter().find(|(same, _)| !same).map(|(_, name)| name)
}

fn principals(element: &Option<PrincipalElement>) -> Option<(bool, BTreeSet<Principal>)> {
    let element = element.as_ref()?;
    Some((element.negated, element.principals.iter().map(|one| in_full(&one.value)).collect()))
}

/// With the root's ARN for an account's id.
fn in_full(principal: &Principal) -> Principal {
    match principal {
        Principal::Aws(text) if principal.account() == text.plain() && text.plain().is_some() => {
            Principal::Aws(format!("arn:aws:iam::{}:root", text.plain().unwrap_or_default()).into())
        }
        other => other.clone(),
    }
}

fn actions(element: &ActionElement) -> (bool, BTreeSet<String>) {
    (element.negated, element.patterns.iter().map(|pattern| pattern.value.to_ascii_lowercase()).collect())
}

fn resources(element: &Option<ResourceElement>) -> Option<(bool, BTreeSet<String>)> {
    let element = element.as_ref()?;
    Some((element.negated, element.patterns.iter().map(|pattern| pattern.value.to_string()).collect()))
}

fn tests(condition: &[ConditionTest]) -> BTreeSet<(String, String, BTreeSet<String>)> {
    let test = |test: &ConditionTest| {
        let values = test.values.iter().map(|value| value.value.to_string()).collect();
        (test.operator.value.to_string(), test.key.value.to_string().to_ascii_lowercase(), values)
    };
    condition.iter().map(test).collect()
}

#[cfg(test)]
mod tests {
    use super::difference;
    use crate::base::FileId;
    use crate::policy::Document;
    use crate::policy::read::json::Place;
    use crate::policy::read::{Mode, read};

    fn document(statement: &str) -> Document {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
        read(Place::At(FileId(0), 0), &text, Mode::Strict).unwrap().document
    }

    #[test]
    fn spelling_may_differ_and_nothing_else() {
        let one = document(
            r#"{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":["s3:GetObject","S3:putobject"],"Resource":["b","a","a"],"Condition":{"StringEquals":{"aws:X":["1","2"]}}}"#,
        );
        let same = document(
            r#"[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::123456789012:root"]},"Action":["s3:PutObject","s3:GetObject"],"Resource":["a","b"],"Condition":{"StringEquals":{"aws:x":["2","1"]}}}]"#,
        );
        assert_eq!(difference(&one, &same), None);
        let text = |from: &str, to: &str| {
            let base = r#"{"Sid":"S","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"a","Condition":{"StringEquals":{"aws:X":"1"}}}"#;
            assert!(base.contains(from));
            difference(&document(base), &document(&base.replace(from, to)))
        };
        assert_eq!(text("\"S\"", "\"s\"").unwrap(), "the Sid of statement 1 differs");
        assert_eq!(text("Allow", "Deny").unwrap(), "the Effect of statement 1 differs");
        assert_eq!(text("\"Principal\"", "\"NotPrincipal\"").unwrap(), "the Principal of statement 1 differs");
        assert_eq!(text("\"Action\"", "\"NotAction\"").unwrap(), "the Action of statement 1 differs");
        assert_eq!(text("\"a\"", "\"A\"").unwrap(), "the Resource of statement 1 differs");
        assert_eq!(text("StringEquals", "StringLike").unwrap(), "the Condition of statement 1 differs");
        assert_eq!(text("\"1\"", "[\"1\",\"2\"]").unwrap(), "the Condition of statement 1 differs");
    }
}
