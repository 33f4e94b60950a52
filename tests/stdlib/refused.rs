//! Misuse of the library's templates is an error.

use super::compiled;

/// The text is refused with that code, at that word or because of it.
fn refuses(code: &str, at: &str, text: &str) {
    let (findings, emitted) = compiled::of_text(text);
    assert!(emitted.is_empty(), "{text}\nis not refused");
    let told = findings
        .iter()
        .any(|finding| finding.code == code && [&finding.at, &finding.message].iter().any(|text| text.contains(at)));
    assert!(told, "{text}\n{findings:#?}");
}

#[test]
fn external_ids_of_the_wrong_form() {
    let call = |id: &str| {
        format!("trust t = std.trust.third-party(vendor: role(\"999999999999\", \"scanner\"), external-id: \"{id}\")")
    };
    refuses("type-mismatch", "\"x\"", &call("x"));
    refuses("type-mismatch", "a b", &call("a b"));
    refuses("type-mismatch", "*", &call("*"));
    refuses("bad-argument", "", "trust t = std.trust.third-party(vendor: role(\"999999999999\", \"scanner\"))");
}

#[test]
fn accounts_organisations_and_regions_that_are_none() {
    refuses(
        "type-mismatch",
        "12345678901",
        "trust t = std.trust.aws-service(principal: \"scheduler.amazonaws.com\", source-account: \"12345678901\")",
    );
    refuses("type-mismatch", "o-1", "rcp r = std.rcp.org-only(org: \"o-1\")");
    refuses("type-mismatch", "eu-west-9", "scp s = std.scp.region-lock(regions: [\"eu-west-9\"])");
    refuses("type-mismatch", "*", "boundary b = std.boundary.workload(services: [s3:*], regions: [\"*\"])");
}

#[test]
fn service_principals_that_are_none() {
    refuses("type-mismatch", "lamda", "trust t = std.trust.compute-service(principal: \"lamda.amazonaws.com\")");
    refuses(
        "type-mismatch",
        "lambda",
        "policy p { include std.grant.pass-role(iam.role(\"app/*\"), services: [\"lambda\"]) }",
    );
}

#[test]
fn subjects_with_wildcards() {
    let github = |subject: &str| {
        format!("trust t = std.trust.github-oidc(account: \"123456789012\", subjects: [\"{subject}\"])")
    };
    refuses("wildcard-without-like", "*", &github("*"));
    refuses("wildcard-without-like", "*", &github("repo:acme/*"));
    refuses("wildcard-without-like", "*", &github("repo:acme/api:*"));
    refuses(
        "wildcard-without-like",
        "",
        "trust t = std.trust.github-oidc-patterns(account: \"123456789012\", owner: \"*\", repository: \"api\", claims: [\"*\"])",
    );
    refuses(
        "wildcard-without-like",
        "",
        "trust t = std.trust.github-oidc-immutable(account: \"123456789012\", owner: \"acme\", owner-id: 1,
           repository: \"api\", repository-id: 2, claims: [\"*\"])",
    );
    refuses(
        "type-mismatch",
        "*",
        "trust t = std.trust.github-oidc-immutable(account: \"123456789012\", owner: \"acme\", owner-id: \"*\",
           repository: \"api\", repository-id: 2, claims: [\"ref:refs/heads/main\"])",
    );
    refuses(
        "wildcard-without-like",
        "*",
        "trust t = std.trust.gitlab-oidc(account: \"123456789012\", subjects: [\"project_path:*\"])",
    );
    refuses(
        "wildcard-without-like",
        "",
        "trust t = std.trust.terraform-cloud(account: \"123456789012\", organization: \"*\", project: \"p\",
           workspace: \"w\", phases: [\"plan\"])",
    );
    refuses(
        "type-mismatch",
        "destroy",
        "trust t = std.trust.terraform-cloud(account: \"123456789012\", organization: \"o\", project: \"p\",
           workspace: \"w\", phases: [\"destroy\"])",
    );
}

#[test]
fn principals_that_are_everyone() {
    refuses("type-mismatch", "", "trust t = std.trust.cross-account(trusted: [anyone], external-id: \"deploy\")");
    refuses("type-mismatch", "*", "trust t = std.trust.third-party(vendor: \"*\", external-id: \"deploy\")");
    refuses("type-mismatch", "", "resource k for kms.key(\"*\") { include std.resource.key-users([anyone]) }");
}

#[test]
fn exemptions_of_everyone_or_of_what_never_calls() {
    refuses("type-mismatch", "*", "scp s = std.scp.quarantine(exempt: [\"*\"])");
    refuses(
        "type-mismatch",
        "assumed-role",
        "scp s = std.scp.quarantine(exempt: [\"arn:aws:sts::123456789012:assumed-role/BreakGlass/x\"])",
    );
    refuses("type-mismatch", "123456789012", "scp s = std.scp.quarantine(exempt: [\"123456789012\"])");
}

#[test]
fn empty_lists_that_would_leave_nothing_to_ask_for() {
    refuses("never-applies", "", "boundary b = std.boundary.developer(services: [s3:*])");
    refuses("never-applies", "", "boundary b = std.boundary.workload(services: [s3:*], regions: [])");
    refuses("no-action-matches", "", "boundary b = std.boundary.workload(services: [], everywhere: true)");
    refuses("never-applies", "", "trust t = std.trust.github-oidc(account: \"123456789012\", subjects: [])");
    refuses("never-applies", "", "trust t = std.trust.organization(org: \"o-a1b2c3d4e5\", principals: [])");
    refuses("kind-rule", "", "trust t = std.trust.cross-account(trusted: [], external-id: \"deploy\")");
    refuses("never-applies", "", "policy p { include std.grant.pass-role(iam.role(\"app/*\"), services: []) }");
    refuses(
        "never-applies",
        "",
        "policy p { include std.grant.eventbridge-put(events.event-bus(\"b\"), sources: []) }",
    );
}

#[test]
fn resources_of_another_type() {
    refuses("type-mismatch", "", "policy p { include std.grant.s3-read(bucket: sqs.queue(\"q\")) }");
    refuses("type-mismatch", "", "policy p { include std.grant.lambda-invoke(\"resize\") }");
    refuses("type-mismatch", "", "scp s = std.scp.protect-roles(roles: [iam.policy(\"p\")])");
}
