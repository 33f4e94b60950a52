//! Statements that another statement of the policy covers.

use crate::diagnostic::{Diagnostic, code};
use crate::lint::cover::Part;
use crate::lint::{Findings, Subject};
use crate::policy::Statement;

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";
/// How many statements are compared with each other: more than people write by hand.
const MOST: usize = 200;

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let version = subject.policy.document.version;
    let statements = &subject.policy.document.statements;
    let part = |statement| Part { statement, version };
    // What a template brings is not the policy's to leave out.
    for (index, statement) in subject.statements().take(MOST).filter(|(index, _)| !subject.is_from_template(*index)) {
        let wider = statements.iter().take(MOST).enumerate().find(|(other, wide)| {
            *other != index
                && wide.span != statement.span
                && wide.effect == statement.effect
                && wide.condition.len() <= statement.condition.len()
                && part(*wide).covers(part(statement))
                && !findings.has(*other, &code::NEVER_APPLIES)
                // Of two that say the same, the first stays.
                && (*other < index || !part(statement).covers(part(*wide)))
        });
        if let Some((_, wide)) = wider {
            findings.on_statement(index, redundant(statement, wide));
        }
    }
}

fn redundant(statement: &Statement, wide: &Statement) -> Diagnostic {
    let name = |statement: &Statement| match &statement.sid {
        Some(sid) if !sid.value.is_empty() => format!("statement `{}`", sid.value),
        _ => "another statement".to_owned(),
    };
    let at = |statement: &Statement| statement.action.patterns.first().map_or(statement.span, |first| first.span);
    Diagnostic::new(&code::REDUNDANT_STATEMENT, at(statement), format!("{} covers all of this one", name(wide)))
        .aws("REDUNDANT_STATEMENT")
        .label("says nothing new")
        .also(at(wide), "covered by this")
        .note(format!("what two statements say goes on when one of them is removed or narrowed ({PAGE})"))
        .help("remove it; or narrow the other one, if less is meant")
}
