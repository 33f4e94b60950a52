//! Policy variables that are misspelt, unknown, or stand where IAM does not substitute.

use std::ops::Range;

use crate::base::Span;
use crate::catalogue::web_identity_claim;
use crate::diagnostic::{Diagnostic, Level, code};
use crate::lint::{Findings, Subject};
use crate::policy::{Arn, Located, Segment, Statement, Text, Variable, VariableErrorKind, Version, variables};

const PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html";

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let old = subject.policy.document.version == Version::V2008;
    for (index, statement) in subject.statements() {
        for pattern in statement.action.patterns.iter().filter(|pattern| !old && pattern.value.contains("${")) {
            let place =
                Place { span: pattern.span, substitutes: false, resource: false, name: "an action", aws: ELEMENT };
            not_here(subject, &pattern.value, &place)
                .into_iter()
                .for_each(|finding| findings.on_statement(index, finding));
        }
        for (value, place) in texts(statement) {
            let Some(text) = value.plain() else { continue };
            if place.substitutes && !old {
                unmarked(subject, text, &place).into_iter().for_each(|finding| findings.on_statement(index, finding));
            }
            if !text.contains("${") {
                continue;
            }
            let found = match place.substitutes {
                _ if old => plain_in_2008(subject, statement, text, place.span).into_iter().collect(),
                true => variables(text).into_iter().filter_map(|one| problem(subject, text, &place, one)).collect(),
                false => not_here(subject, text, &place).into_iter().collect::<Vec<_>>(),
            };
            found.into_iter().for_each(|finding| findings.on_statement(index, finding));
        }
    }
}

/// Access Analyzer's name for a variable in an element that holds none.
const ELEMENT: &str = "VARIABLE_UNSUPPORTED_IN_ELEMENT";

/// Where a text stands.
struct Place {
    span: Span,
    /// Whether IAM puts values in for variables here.
    substitutes: bool,
    /// Whether it does so behind the fifth colon only.
    resource: bool,
    /// What the place is called.
    name: &'static str,
    /// Access Analyzer's name for a variable that is not replaced here.
    aws: &'static str,
}

fn texts(statement: &Statement) -> impl Iterator<Item = (&Text, Place)> {
    let at = |value: &Located<Text>, substitutes, resource, name| Place {
        span: value.span,
        substitutes,
        resource,
        name,
        aws: ELEMENT,
    };
    let resources = statement.resource.iter().flat_map(|element| &element.patterns);
    let resources = resources.map(move |value| (&value.value, at(value, true, true, "a resource")));
    let principals = statement.principal.iter().flat_map(|element| &element.principals).filter_map(|principal| {
        let place =
            Place { span: principal.span, substitutes: false, resource: false, name: "a principal", aws: ELEMENT };
        Some((principal.value.text()?, place))
    });
    let conditions = statement.condition.iter().flat_map(move |test| {
        let substitutes = test.operator.value.base.substitutes_variables();
        let name = if substitutes { "a condition" } else { "a value of this operator" };
        let key = (&test.key.value, at(&test.key, false, false, "the name of a key"));
        let values = test.values.iter().map(move |value| {
            (&value.value, Place { aws: "INVALID_VARIABLE_FOR_OPERATOR", ..at(value, substitutes, false, name) })
        });
        std::iter::once(key).chain(values)
    });
    resources.chain(principals).chain(conditions)
}

fn finding(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(&code::BAD_VARIABLE, span, message)
}

fn plain_in_2008(subject: &Subject<'_>, statement: &Statement, text: &str, span: Span) -> Option<Diagnostic> {
    let variable =
        variables(text).into_iter().flatten().find(|variable| variable.is_escape() || variable.key.contains(':'))?;
    let at = subject.within(span, text, variable.range.clone());
    Some(
        finding(at, format!("`{}` is plain text here", &text[variable.range]))
            .aws("VARIABLE_UNSUPPORTED_IN_VERSION")
            .label("no variable")
            .note(format!("policy variables need version 2012-10-17 ({PAGE})"))
            .help(match statement.action.patterns.first().is_some_and(|action| subject.is_json(action.span)) {
                true => "write `\"Version\": \"2012-10-17\"` in the policy",
                false => "leave out `@version(\"2008-10-17\")`",
            }),
    )
}

/// The name of a key in braces without a dollar sign, behind one without braces, or behind two of them, as Terraform writes a dollar
/// sign that it shall leave alone: a variable was meant.
fn unmarked(subject: &Subject<'_>, text: &str, place: &Place) -> Option<Diagnostic> {
    let is_in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '-' | '_' | '.');
    let starts = text.match_indices(['$', '{']).filter(|(at, mark)| match *mark {
        "$" => text[at + 1..].starts_with("${") || !text[at + 1..].starts_with(['{', '$']),
        _ => !text[..*at].ends_with('$'),
    });
    starts.into_iter().find_map(|(at, _)| {
        let rest = &text[at + 1..];
        // Nobody writes more of them than this; a text of nothing else is not read over and over.
        let start = at + 1 + rest.bytes().take(4).take_while(|byte| matches!(byte, b'$' | b'(' | b'{')).count();
        let name = &text[start..];
        let name = &name[..name.find(|c| !is_in_name(c)).unwrap_or(name.len())];
        // A path may go on behind it.
        let key = if name.contains(":PrincipalTag/") { name } else { name.split('/').next().unwrap_or_default() };
        let known = key.contains(':') && subject.context.catalogue.has_key(key);
        let end = start + key.len();
        let end = end + text[end..].find(|c| !matches!(c, ')' | '}')).unwrap_or(text[end..].len());
        known.then(|| {
            let (message, label) = match rest.starts_with('$') {
                true => (format!("the first `$` of `{}` is plain text", &text[at..end]), "one dollar sign too many"),
                false => (format!("`{}` is plain text", &text[at..end]), "no variable"),
            };
            let told = finding(subject.within(place.span, text, at..end), message)
                .aws_names(&[])
                .label(label)
                .note(format!("a policy variable stands behind a dollar sign, in braces ({PAGE})"))
                .help(format!("write `${{{key}}}`"));
            Diagnostic { level: Level::Warn, ..told }
        })
    })
}

fn not_here(subject: &Subject<'_>, text: &str, place: &Place) -> Option<Diagnostic> {
    let start = text.find("${")?;
    let end = text[start..].find('}').map_or(text.len(), |end| start + end + 1);
    let at = subject.within(place.span, text, start..end);
    Some(
        finding(at, format!("IAM does not replace `{}` in {}", &text[start..end], place.name))
            .aws(place.aws)
            .label("stays as it is written")
            .note(format!("variables stand in resources behind the fifth colon, and in values of the String and ARN operators ({PAGE})"))
            .help("write the value out"),
    )
}

fn problem(
    subject: &Subject<'_>,
    text: &str,
    place: &Place,
    variable: Result<Variable<'_>, crate::policy::VariableError>,
) -> Option<Diagnostic> {
    let at = |range: Range<usize>| subject.within(place.span, text, range);
    let variable = match variable {
        Ok(variable) => variable,
        Err(error) => {
            return Some(
                finding(at(error.range), error.kind.to_string())
                    .aws(match error.kind {
                        VariableErrorKind::Unclosed => "MISSING_BRACE_IN_VARIABLE",
                        VariableErrorKind::Empty => "EMPTY_VARIABLE",
                        VariableErrorKind::SpaceInName => "UNSUPPORTED_SPACE_IN_VARIABLE",
                        VariableErrorKind::UnquotedDefault => "MISSING_QUOTE_IN_VARIABLE",
                    })
                    .label("this variable")
                    .note(format!("see {PAGE}"))
                    .help("write `${aws:username}`, or with a default `${aws:PrincipalTag/team, 'none'}`; `${$}` is a dollar sign"),
            );
        }
    };
    let behind = Arn::range(text, Segment::Resource).map_or(0, |range| range.start);
    if place.resource && variable.range.start < behind {
        return Some(
            finding(
                at(variable.range.clone()),
                format!("IAM does not replace `{}` before the fifth colon of an ARN", &text[variable.range]),
            )
            .aws("VARIABLE_UNSUPPORTED_IN_ELEMENT")
            .label("stays as it is written")
            .note(format!("a variable may stand in the resource segment only ({PAGE})"))
            .help("write the partition, region and account out, or `*`"),
        );
    }
    if variable.is_escape() {
        return None;
    }
    let key = variable.key;
    if !subject.context.catalogue.has_key(key) {
        let span = at(variable.range.start + 2..variable.range.start + 2 + key.len());
        let told = finding(span, format!("AWS has no condition key `{key}`"))
            .aws_names(&[])
            .label("no such variable")
            .note(format!(
                "a variable without a value makes a resource match nothing, and a negated condition true ({PAGE})"
            ));
        return Some(match subject.context.catalogue.nearest_key(key) {
            Some(near) if subject.source(span) == key => told.fix(format!("did you mean `{near}`?"), span, near),
            Some(near) => told.help(format!("did you mean `{near}`?")),
            None => told
                .help("a variable is named as a condition key is; `leastwise catalogue aws:*` lists the global ones"),
        });
    }
    let multivalued = subject.context.catalogue.key(key).is_some_and(|known| known.multivalued())
        || web_identity_claim(key).is_some_and(|claim| claim.eq_ignore_ascii_case("amr"));
    multivalued.then(|| {
        finding(at(variable.range), format!("`{key}` holds several values, and a variable stands for one"))
            .aws_names(&[])
            .label("never has a value")
            .note(format!("multivalued keys cannot be variables ({PAGE})"))
            .help("compare the key in a condition, with `any`, `all` or `no`")
    })
}
