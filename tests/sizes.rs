//! How large policies in JSON are taken to be: as they stand, where AWS counts white space.

use leastwise::base::SourceMap;
use leastwise::policy::Kind;

#[path = "support/json.rs"]
mod json;
use json::lint_json;

/// A policy with so many statements that it has 3,000 to 5,000 characters, and more than 6,144 with white space.
fn policy(principal: bool) -> serde_json::Value {
    let statement = |number: usize| {
        let mut statement = serde_json::json!({
            "Effect": "Deny",
            "Action": "s3:DeleteObject",
            "Resource": format!("arn:aws:s3:::acme-reports-{number:02}/*"),
        });
        if principal {
            statement["Principal"] = "*".into();
        }
        statement
    };
    let statements: Vec<_> = (0..38).map(statement).collect();
    serde_json::json!({ "Version": "2012-10-17", "Statement": statements })
}

/// With white space, and much of it.
fn pretty(policy: &serde_json::Value) -> String {
    serde_json::to_string_pretty(policy).unwrap().replace('\n', "\n            ")
}

/// Access Analyzer's names of what is said about the size of a text.
fn sizes(text: &str, kind: Option<Kind>) -> Vec<&'static str> {
    let mut sources = SourceMap::default();
    let file = sources.add("policy.json", text);
    let findings = lint_json(&sources, file, kind);
    findings
        .iter()
        .filter(|one| one.code.name == "size-limit")
        .flat_map(|one| one.aws.iter().flatten().copied())
        .collect()
}

#[test]
fn white_space_counts_where_the_text_is_what_is_sent() {
    let rcp = policy(true);
    let (pretty, short) = (pretty(&rcp), rcp.to_string());
    assert!(short.len() < 5_120 && pretty.len() > 6_144, "{} {}", short.len(), pretty.len());
    let too_large = ["POLICY_SIZE_EXCEEDS_RCP_QUOTA"];
    assert_eq!(sizes(&pretty, Some(Kind::Rcp)), too_large);
    assert!(sizes(&format!("\n{short}\n"), Some(Kind::Rcp)).is_empty());
    // What Organizations answers holds the very text; what stands in other JSON is written anew.
    let answer = |content: &str| {
        let summary = serde_json::json!({ "Name": "a", "Type": "RESOURCE_CONTROL_POLICY" });
        serde_json::json!({ "Policy": { "PolicySummary": summary, "Content": content } }).to_string()
    };
    assert_eq!(sizes(&answer(&pretty), None), too_large);
    assert!(sizes(&answer(&short), None).is_empty());
    let kept = serde_json::json!({ "name": "a", "kind": "rcp", "document": rcp });
    assert!(sizes(&self::pretty(&kept), None).is_empty());
}

#[test]
fn white_space_is_free_where_aws_leaves_it_out() {
    let pretty = pretty(&policy(false));
    assert!((6_144..10_240).contains(&pretty.len()), "{}", pretty.len());
    assert!(sizes(&pretty, Some(Kind::Policy)).is_empty());
    assert!(sizes(&pretty, Some(Kind::Scp)).is_empty());
    assert_eq!(sizes(&pretty, Some(Kind::Session)), ["POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"]);
}

#[test]
fn of_what_is_far_too_large_only_its_size_is_told() {
    let told = |count: usize| {
        let resources: Vec<_> = (0..count).map(|number| format!("arn:aws:s3:::acme-{number:06}/*")).collect();
        let text = serde_json::json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["s3:GetObjet", "s3:GetObject"], "Resource": resources}
        ]});
        let mut sources = SourceMap::default();
        let file = sources.add("policy.json", text.to_string());
        let findings = lint_json(&sources, file, Some(Kind::Policy));
        findings.iter().map(|one| one.code.name).collect::<Vec<_>>()
    };
    assert_eq!(told(300), ["size-limit", "unknown-action"]);
    // 10 MB, in which no two entries may be compared with each other.
    assert_eq!(told(330_000), ["size-limit"]);
}
