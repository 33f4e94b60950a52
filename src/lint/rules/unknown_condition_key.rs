//! Condition keys that AWS does not have.

use crate::catalogue::web_identity_claim;
use crate::diagnostic::{Diagnostic, closest, code};
use crate::lint::{Findings, Subject};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, _) in subject.statements() {
        for (test, known) in subject.tests(index) {
            let Some(key) = test.key.value.plain() else { continue };
            // A variable in a name is a finding of its own.
            if known.is_some() || web_identity_claim(key).is_some() || key.contains("${") {
                continue;
            }
            findings.on_statement(index, unknown(subject, key, test.key.span));
        }
    }
}

/// Whether the catalogue has the key, or it is a claim of some provider's tokens.
pub(super) fn is_known(subject: &Subject<'_>, key: &str) -> bool {
    subject.context.catalogue.key(key).is_some() || web_identity_claim(key).is_some()
}

/// The key that a misspelt one was most probably meant as.
pub(super) fn near(subject: &Subject<'_>, key: &str) -> Option<String> {
    let catalogue = subject.context.catalogue;
    let (prefix, _) = key.split_once(':')?;
    let (head, tail) = key.split_once('/').map_or((key, ""), |(head, _)| (head, &key[head.len()..]));
    let of_service = catalogue.service(prefix).map(|service| service.condition_keys().map(|key| key.name()));
    let names = catalogue.global_keys().map(|key| key.name()).chain(of_service.into_iter().flatten());
    let heads: Vec<&str> = names.map(|name| name.split('/').next().unwrap_or(name)).collect();
    closest(head, heads).map(|near| format!("{near}{tail}")).filter(|near| near != key && is_known(subject, near))
}

fn unknown(subject: &Subject<'_>, key: &str, span: crate::base::Span) -> Diagnostic {
    let finding = Diagnostic::new(&code::UNKNOWN_CONDITION_KEY, span, format!("AWS has no condition key `{key}`"))
        .label("no such key")
        .note("a condition on it is false, and with a negated operator true, for every request; a key newer than the catalogue is declared in leastwise.toml: `[catalogue.condition-keys]`");
    let takes_tag = subject.context.catalogue.key(&format!("{key}/x")).is_some();
    if takes_tag {
        return finding.help(format!("name the tag: `{key}/team`"));
    }
    if let Some(near) = near(subject, key) {
        return subject.replace(finding, span, key, &near, format!("did you mean `{near}`?"));
    }
    match key.split_once(':') {
        Some((prefix, _)) if subject.context.catalogue.service(prefix).is_some() => {
            finding.help(format!("`leastwise catalogue {prefix}` lists the keys of its actions"))
        }
        _ => finding.help("`leastwise catalogue aws:*` lists the global keys; a service's keys start with its prefix"),
    }
}
