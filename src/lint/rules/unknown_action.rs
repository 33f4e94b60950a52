//! Services and actions that AWS does not have.

use crate::diagnostic::{Diagnostic, closest, code};
use crate::lint::subject::Matched;
use crate::lint::{Findings, Subject};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, _) in subject.statements() {
        for (pattern, matched) in subject.actions(index) {
            let finding = match matched {
                Matched::NoService => unknown_service(subject, pattern.span, &pattern.value),
                Matched::Nothing(service) => {
                    let known = service.actions().map(|action| action.full_name()).collect::<Vec<_>>();
                    let near = closest(&pattern.value, known.iter().map(String::as_str));
                    let message = format!("`{}` has no action `{}`", service.name(), after_colon(&pattern.value));
                    let finding = Diagnostic::new(&code::UNKNOWN_ACTION, pattern.span, message)
                        .label("no such action")
                        .note("AWS stores a policy with it and never matches it; an action newer than the catalogue is declared in leastwise.toml: `[catalogue] actions = [...]`");
                    match near {
                        Some(near) => subject.replace(
                            finding,
                            pattern.span,
                            &pattern.value,
                            near,
                            format!("did you mean `{near}`?"),
                        ),
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

fn unknown_service(subject: &Subject<'_>, span: crate::base::Span, pattern: &str) -> Diagnostic {
    let Some((prefix, name)) = pattern.split_once(':') else {
        return Diagnostic::new(&code::UNKNOWN_SERVICE, span, format!("`{pattern}` names no service"))
            .note("an action is a service's prefix, a colon and a name; `*` alone is every action")
            .help("write it as `s3:GetObject`, `s3:Get*` or `s3:*`");
    };
    let catalogue = subject.context.catalogue;
    let finding = Diagnostic::new(&code::UNKNOWN_SERVICE, span, format!("AWS has no service `{prefix}`"))
        .label("no such service");
    if prefix.contains(['*', '?']) {
        return finding
            .note("the prefix of an action holds no wildcard (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html)")
            .help("name the services: `{s3,sqs}:*`; `*` alone is every action");
    }
    let finding = finding.note("AWS stores a policy with it and never matches it; a service newer than the catalogue is declared with its actions in leastwise.toml: `[catalogue] actions = [...]`");
    match closest(prefix, catalogue.services().map(|service| service.name())) {
        Some(near) => {
            subject.replace(finding, span, pattern, &format!("{near}:{name}"), format!("did you mean `{near}`?"))
        }
        None => finding.help("`leastwise catalogue` lists the services"),
    }
}
