//! Services and actions that AWS does not have.

use super::no_action_matches::of_nothing;
use crate::base::Span;
use crate::catalogue::AccessLevel;
use crate::diagnostic::{Diagnostic, closest, code};
use crate::lint::nearest::is_near;
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};
use crate::policy::Statement;
use crate::policy::glob::is_pattern;

/// Calls that need an action of another name.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>
const CALLS: [(&str, &str); 13] = [
    ("lambda:Invoke", "lambda:InvokeFunction"),
    ("s3:CompleteMultipartUpload", "s3:PutObject"),
    ("s3:CreateMultipartUpload", "s3:PutObject"),
    ("s3:DeleteObjects", "s3:DeleteObject"),
    ("s3:HeadBucket", "s3:ListBucket"),
    ("s3:HeadObject", "s3:GetObject"),
    ("s3:ListBuckets", "s3:ListAllMyBuckets"),
    ("s3:ListMultipartUploads", "s3:ListBucketMultipartUploads"),
    ("s3:ListObjects", "s3:ListBucket"),
    ("s3:ListObjectsV2", "s3:ListBucket"),
    ("s3:ListObjectVersions", "s3:ListBucketVersions"),
    ("s3:ListParts", "s3:ListMultipartUploadParts"),
    ("s3:UploadPart", "s3:PutObject"),
];

/// Prefixes that a service's name does not tell.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
const PREFIXES: [(&str, &str); 11] = [
    ("cloudwatch-logs", "logs"),
    ("cloudwatchlogs", "logs"),
    ("efs", "elasticfilesystem"),
    ("elb", "elasticloadbalancing"),
    ("emr", "elasticmapreduce"),
    ("eventbridge", "events"),
    ("msk", "kafka"),
    ("parameter-store", "ssm"),
    ("step-functions", "states"),
    ("stepfunctions", "states"),
    ("systems-manager", "ssm"),
];

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement) in subject.statements() {
        for (pattern, matched) in subject.actions(index) {
            // A variable in an action is a finding of its own.
            if pattern.value.contains("${") {
                continue;
            }
            let finding = match matched {
                Matched::NoService => unknown_service(subject, statement, pattern.span, &pattern.value),
                Matched::Nothing(service) => {
                    let (catalogue, name) = (subject.context.catalogue, after_colon(&pattern.value));
                    let actions = service.actions().filter(|action| is_near(catalogue, name, action.name(), false));
                    let mut known = actions.map(|action| action.full_name()).collect::<Vec<_>>();
                    // No action's name is in lower case; the words of the access levels are.
                    if name.bytes().all(|byte| byte.is_ascii_lowercase()) {
                        known.extend(AccessLevel::ALL.map(|level| format!("{}:{}", service.name(), level.word())));
                    }
                    let of_call = CALLS.iter().find(|(call, _)| call.eq_ignore_ascii_case(&pattern.value));
                    let near = of_call.map(|(_, action)| *action);
                    let near = near.or_else(|| closest(&pattern.value, known.iter().map(String::as_str)));
                    let message = format!("`{}` has no action `{}`", service.name(), name);
                    let finding = Diagnostic::new(&code::UNKNOWN_ACTION, pattern.span, message)
                        .label("no such action")
                        .aws("INVALID_ACTION")
                        .note(format!("AWS stores a policy with it, {}; an action newer than the catalogue is declared in leastwise.toml: `[catalogue] actions = [...]`", of_nothing(statement)));
                    match near {
                        Some(near) => {
                            let help = match of_call {
                                Some((call, action)) => format!("the call of `{call}` needs `{action}`"),
                                None => format!("did you mean `{near}`?"),
                            };
                            subject.replace(finding, pattern.span, &pattern.value, near, help)
                        }
                        None => finding.help(format!("`leastwise catalogue {}` lists its actions", service.name())),
                    }
                }
                _ => continue,
            };
            findings.on_statement(index, finding);
        }
    }
}

fn after_colon(action: &str) -> &str {
    action.split_once(':').map_or(action, |(_, name)| name)
}

fn unknown_service(subject: &Subject<'_>, statement: &Statement, span: Span, pattern: &str) -> Diagnostic {
    let Some((prefix, name)) = pattern.split_once(':') else {
        return Diagnostic::new(&code::UNKNOWN_SERVICE, span, format!("`{pattern}` names no service"))
            .aws("INVALID_SERVICE_IN_ACTION")
            .note("an action is a service's prefix, a colon and a name; `*` alone is every action")
            .help("write it as `s3:GetObject`, `s3:Get*` or `s3:*`");
    };
    let catalogue = subject.context.catalogue;
    let at = subject.within(span, pattern, 0..prefix.len());
    let finding = Diagnostic::new(&code::UNKNOWN_SERVICE, at, format!("AWS has no service `{prefix}`"))
        .aws(if is_pattern(prefix) { "WILDCARD_IN_SERVICE_NAME" } else { "INVALID_SERVICE_IN_ACTION" })
        .label("no such service");
    if is_pattern(prefix) {
        return finding
            .note("the prefix of an action holds no wildcard (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html)")
            .help("name the services: `{s3,sqs}:*`; `*` alone is every action")
            .aws("WILDCARD_IN_SERVICE_NAME");
    }
    let finding = finding.aws("INVALID_SERVICE_IN_ACTION").note(format!("AWS stores a policy with it, {}; a service newer than the catalogue is declared with its actions in leastwise.toml: `[catalogue] actions = [...]`", of_nothing(statement)));
    let by_name = PREFIXES.iter().find(|(name, _)| name.eq_ignore_ascii_case(prefix)).map(|(_, prefix)| *prefix);
    match by_name.or_else(|| closest(prefix, catalogue.services().map(|service| service.name()))) {
        Some(near) => {
            subject.replace(finding, span, pattern, &format!("{near}:{name}"), format!("did you mean `{near}`?"))
        }
        None => finding.help("`leastwise catalogue` lists the services"),
    }
}
