//! Policies larger than AWS takes: characters, bytes, and how many of what.

use std::convert::Infallible;

use crate::base::Span;
use crate::diagnostic::{Diagnostic, Level, code};
use crate::elaborate::Policy;
use crate::lint::{Context, Findings, Holder, Identity, Subject};
use crate::policy::limits::Counting;
use crate::policy::{Kind, Piece, Statement, limits, write_with};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let policy = subject.policy;
    if let Some(finding) = too_large(subject.context, policy) {
        findings.on_policy(finding);
    }
    if let (Kind::Resource, Some(target)) = (policy.kind, &policy.target) {
        counts(subject, &target.service, findings);
    }
}

/// The size of a policy as AWS counts it: of the text that somebody has written, or of the one that will be. The value of an extern is
/// not known; it counts for nothing.
fn size_of(policy: &Policy, limit: limits::Limit) -> usize {
    let written = policy.written.map(|written| written.counted(limit.counting));
    written.unwrap_or_else(|| size_anew(policy, policy.kind.rules().minified, limit))
}

/// How large a policy may be before nothing else is said of it: rules compare entries with each other, and nobody divides such a policy
/// by hand. The largest of AWS's own has a third of it.
const BEYOND: usize = 500_000;

/// Whether a policy that somebody has written is so much too large that its size is all there is to say.
pub(in crate::lint) fn is_beyond_all(context: Context<'_>, policy: &Policy) -> bool {
    let limit = policy.limit(&context.surroundings.limits);
    let most = limit.size.max(BEYOND);
    policy.written.is_some_and(|written| written.counted(Counting::CharactersWithoutWhitespace) > most)
}

fn size_anew(policy: &Policy, minified: bool, limit: limits::Limit) -> usize {
    let Ok::<_, Infallible>(text) = write_with(&policy.document, minified, |piece, _, out| {
        if let Piece::Literal(text) = piece {
            crate::policy::escape(text, out);
        }
        Ok(())
    });
    limit.counting.size(text.trim_end())
}

fn too_large(context: Context<'_>, policy: &Policy) -> Option<Diagnostic> {
    let limit = policy.limit(&context.surroundings.limits);
    let size = size_of(policy, limit);
    if size <= limit.size {
        return None;
    }
    let kind = policy.kind;
    let message =
        format!("this {kind} has {} {}, and AWS takes {}", grouped(size), limit.counting.unit(), grouped(limit.size));
    let finding = Diagnostic::new(&code::SIZE_LIMIT, policy.span, message)
        .label(format!("{} too many", grouped(size - limit.size)))
        .note(format!("see {}", limit.source))
        .aws(name_of(kind));
    let finding = match limit.highest.filter(|_| limit.adjustable) {
        Some(highest) => finding.note(format!(
            "AWS raises it up to {} on request; then set `{} = {highest}` under `[limits]` in leastwise.toml",
            grouped(highest),
            kind.keyword()
        )),
        None => finding,
    };
    let least = size_anew(policy, true, limit);
    let finding =
        if policy.written.is_some() && least <= limit.size && limit.counting != Counting::CharactersWithoutWhitespace {
            finding
                .note("here white space counts")
                .help(format!("write it without white space: then it has {}", grouped(least)))
        } else {
            finding.help("divide it in two, or say with wildcards and fewer statements what it allows and denies")
        };
    Some(match limit.assumed {
        true => Diagnostic {
            level: Level::Warn,
            ..finding.note("AWS publishes no limit for this service; this is what most have")
        },
        false => finding,
    })
}

/// Access Analyzer's name for a policy of that kind that is too large.
fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Policy | Kind::Boundary | Kind::Session => "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
        Kind::Scp => "POLICY_SIZE_EXCEEDS_SCP_QUOTA",
        Kind::Rcp => "POLICY_SIZE_EXCEEDS_RCP_QUOTA",
        Kind::Trust => "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
        Kind::Resource | Kind::Endpoint => "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",
    }
}

/// `10,240`
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn counts(subject: &Subject<'_>, service: &str, findings: &mut Findings<'_>) {
    let Some(counts) = limits::counts_of(service) else { return };
    let policy = subject.policy;
    let statements = &policy.document.statements;
    let total = |count: fn(&Statement) -> usize| statements.iter().map(count).sum::<usize>();
    let of_document = [
        (statements.len(), counts.statements, "statements"),
        (
            total(|one| one.principal.as_ref().map_or(0, |element| element.principals.len())),
            counts.principals,
            "principals",
        ),
        (total(|one| one.condition.len()), counts.conditions, "conditions"),
    ];
    for (count, most, what) in of_document {
        if let Some(most) = most.filter(|most| count > *most) {
            findings.on_policy(too_many(service, policy.span, count, most, what, "policy", counts.source));
        }
    }
    for (index, statement) in subject.statements() {
        let actions = statement.action.patterns.iter().map(|pattern| pattern.span).collect();
        let resources = statement.resource.iter().flat_map(|element| &element.patterns);
        let resources: Vec<Span> = resources.map(|pattern| pattern.span).collect();
        let of_statement: [(Vec<Span>, _, _); 2] = [
            (actions, counts.actions_per_statement, "actions"),
            (resources, counts.resources_per_statement, "resources"),
        ];
        for (spans, most, what) in of_statement {
            if let Some(most) = most.filter(|most| spans.len() > *most) {
                let finding = too_many(service, spans[most], spans.len(), most, what, "statement", counts.source);
                findings.on_statement(index, finding.label("the first too many"));
            }
        }
    }
}

fn too_many(service: &str, span: Span, count: usize, most: usize, what: &str, whole: &str, source: &str) -> Diagnostic {
    Diagnostic::new(&code::SIZE_LIMIT, span, format!("this {whole} has {count} {what}, and `{service}` takes {most}"))
        .note(format!("see {source}"))
        .help(format!("divide it, or use wildcards so that it has fewer {what}"))
}

/// How many managed policies somebody has, and how large the inline ones are together.
pub(in crate::lint) fn check_identity(_: Context<'_>, identity: &Identity<'_>, found: &mut Vec<Diagnostic>) {
    let (what, quota, limit) = match identity.holder {
        Holder::Role => ("role", limits::MANAGED_PER_ROLE, limits::INLINE_ROLE),
        Holder::User => ("user", limits::MANAGED_PER_USER, limits::INLINE_USER),
        Holder::Group => ("group", limits::MANAGED_PER_GROUP, limits::INLINE_GROUP),
        Holder::Unknown => return,
    };
    let (inline, managed): (Vec<&Policy>, Vec<&Policy>) = identity.policies.iter().partition(|policy| policy.inline);
    if managed.len() > quota.default {
        let message = format!("this {what} has {} managed policies, and AWS attaches {}", managed.len(), quota.default);
        let finding = Diagnostic::new(&code::SIZE_LIMIT, identity.span, message);
        let finding = match quota.highest > quota.default {
            true => finding.note(format!("AWS raises it up to {} on request; see {}", quota.highest, quota.source)),
            false => finding.note(format!("see {}", quota.source)),
        };
        let finding = finding.help("bring several into one policy with `include`");
        let level = if managed.len() > quota.highest { finding.level } else { Level::Warn };
        found.push(Diagnostic { level, ..finding });
    }
    let size: usize = inline.iter().map(|policy| size_of(policy, limit)).sum();
    if inline.len() > 1 && size > limit.size {
        let message = format!(
            "the inline policies of this {what} have {} {} together, and AWS takes {}",
            grouped(size),
            limit.counting.unit(),
            grouped(limit.size)
        );
        found.push(
            Diagnostic::new(&code::SIZE_LIMIT, identity.span, message)
                .note(format!("see {}", limit.source))
                .help("make some of them managed: remove `@inline`")
                .aws("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"),
        );
    }
}
