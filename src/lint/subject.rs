//! A policy with what the catalogue knows of its actions, looked up once for all rules.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use crate::base::Span;
use crate::catalogue::{Action, ConditionKey, ResourceType, Service};
use crate::diagnostic::{Diagnostic, Edit, Help, Safety};
use crate::elaborate::Policy;
use crate::policy::{ArnPattern, ConditionTest, Located, Operator, Statement};

use super::{Context, Formats};

/// What a rule looks at.
pub(super) struct Subject<'a> {
    pub(super) context: Context<'a>,
    pub(super) policy: &'a Policy,
    formats: &'a Formats<'a>,
    /// For each statement, in order, what its patterns of actions stand for.
    actions: Vec<Vec<Matched<'a>>>,
    /// For each statement, in order, what the keys of its conditions are.
    keys: Vec<Vec<Option<ConditionKey<'a>>>>,
    /// For each statement, in order, its patterns of resources, made when a rule first asks for them.
    resources: Vec<OnceCell<Resources<'a>>>,
}

/// The patterns of resources of a statement, and which of its actions are about which of them, as far as that has been found out.
struct Resources<'a> {
    patterns: Vec<ArnPattern<'a>>,
    /// By action and pattern.
    taken: RefCell<HashMap<(usize, usize), bool>>,
}

/// What a pattern of actions stands for.
pub(super) enum Matched<'a> {
    /// `*` or `*:*`
    Everything,
    /// Something that no service is called.
    NoService,
    /// A name, in a service that has no such action.
    Nothing(Service<'a>),
    /// That action, named in full.
    One(Action<'a>),
    /// The actions of a service that match a wildcard; perhaps none.
    Several(Several<'a>),
}

/// The actions of a service that match a wildcard.
pub(super) struct Several<'a> {
    pub(super) service: Service<'a>,
    pattern: &'a str,
}

impl<'a> Several<'a> {
    /// Each of them, looked up as they are asked for.
    pub(super) fn actions(&self) -> impl Iterator<Item = Action<'a>> + use<'a> {
        self.service.actions_matching(self.pattern)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.actions().next().is_none()
    }
}

impl<'a> Subject<'a> {
    pub(super) fn new(context: Context<'a>, formats: &'a Formats<'a>, policy: &'a Policy) -> Self {
        let matched = |pattern: &'a Located<String>| matched(context, &pattern.value);
        let statements = policy.document.statements.iter();
        let actions = statements.map(|statement| statement.action.patterns.iter().map(matched).collect()).collect();
        let known = |test: &'a ConditionTest| test.key.value.plain().and_then(|key| context.catalogue.key(key));
        let statements = policy.document.statements.iter();
        let keys = statements.map(|statement| statement.condition.iter().map(known).collect()).collect();
        let resources = policy.document.statements.iter().map(|_| OnceCell::new()).collect();
        Self { context, policy, formats, actions, keys, resources }
    }

    fn resources_of(&self, index: usize) -> &Resources<'a> {
        self.resources[index].get_or_init(|| {
            let element = self.policy.document.statements[index].resource.iter();
            let patterns = element.flat_map(|element| &element.patterns).map(|one| ArnPattern::of(one.value.pattern()));
            Resources { patterns: patterns.collect(), taken: RefCell::default() }
        })
    }

    /// The patterns of resources of a statement.
    pub(super) fn resources(&self, index: usize) -> &[ArnPattern<'a>] {
        &self.resources_of(index).patterns
    }

    /// Whether a request for what a pattern of actions stands for can be about a resource that matches a pattern, each by its place in
    /// its statement.
    pub(super) fn takes(&self, index: usize, action: usize, resource: usize) -> bool {
        let resources = self.resources_of(index);
        if let Some(taken) = resources.taken.borrow().get(&(action, resource)) {
            return *taken;
        }
        let pattern = &resources.patterns[resource];
        let taken = match &self.actions[index][action] {
            Matched::One(one) => self.can_be_about(*one, pattern),
            // A pattern of no actions is a finding of its own.
            Matched::Several(several) => {
                several.is_empty() || several.actions().any(|one| self.can_be_about(one, pattern))
            }
            Matched::Everything | Matched::NoService | Matched::Nothing(_) => true,
        };
        resources.taken.borrow_mut().insert((action, resource), taken);
        taken
    }

    /// The tests of a statement's condition, each with what its key is; an extern's name is not known.
    pub(super) fn tests(&self, index: usize) -> impl Iterator<Item = (&'a ConditionTest, Option<ConditionKey<'a>>)> {
        self.policy.document.statements[index].condition.iter().zip(self.keys[index].iter().copied())
    }

    /// Whether some ARN of a type of resources matches a pattern.
    pub(super) fn meets(&self, pattern: &ArnPattern<'_>, ty: ResourceType<'a>) -> bool {
        ty.arn_formats().any(|format| pattern.meets(&self.formats.get(format)))
    }

    /// Whether a request of an action can be about a resource that matches a pattern.
    pub(super) fn can_be_about(&self, action: Action<'a>, resource: &ArnPattern<'_>) -> bool {
        if resource.is_everything() || action.is_declared() {
            return true;
        }
        // AWS documents one exception: https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html
        if resource.text() == "arn:aws:s3:::*" && action.service().name() == "s3" && action.name() == "ListAllMyBuckets"
        {
            return true;
        }
        action.resource_types().any(|on| self.meets(resource, on.resource))
    }

    /// The statements with their numbers.
    pub(super) fn statements(&self) -> impl Iterator<Item = (usize, &'a Statement)> {
        self.policy.document.statements.iter().enumerate()
    }

    /// Whether a statement came by the call of a template.
    pub(super) fn is_from_template(&self, index: usize) -> bool {
        self.policy.trails.get(index).is_some_and(|trail| !trail.is_empty())
    }

    /// The patterns of a statement's actions, each with what it stands for.
    pub(super) fn actions(&self, index: usize) -> impl Iterator<Item = (&'a Located<String>, &Matched<'a>)> {
        self.policy.document.statements[index].action.patterns.iter().zip(&self.actions[index])
    }

    /// The text of the source at a span.
    pub(super) fn source(&self, span: Span) -> &'a str {
        self.context.sources.text(span)
    }

    /// Whether the key of a condition stands in JSON: there it is in quotes, which are escaped where the JSON is itself in a string.
    pub(super) fn is_json(&self, key: Span) -> bool {
        self.source(key).starts_with(['"', '\\', '%'])
    }

    /// The place of a part of a value, in bytes of it, where the source has the value as it is, in quotes or not, or has the
    /// part once; else all of it.
    pub(super) fn within(&self, span: Span, value: &str, part: std::ops::Range<usize>) -> Span {
        let (written, start) = (self.source(span), span.start as usize);
        let at = match written {
            _ if written == value => part,
            _ if written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) == Some(value) => {
                part.start + 1..part.end + 1
            }
            _ => match once(written, &value[part]) {
                Some(at) => at,
                None => return span,
            },
        };
        Span::new(span.file, start + at.start, start + at.end)
    }

    /// A finding with the help to compare with another operator; with the edit where JSON has the operator for this key alone, and the
    /// other one not yet.
    pub(super) fn with_operator(
        &self,
        finding: Diagnostic,
        index: usize,
        test: &ConditionTest,
        wanted: Operator,
    ) -> Diagnostic {
        let others =
            self.policy.document.statements[index].condition.iter().filter(|other| other.key.span != test.key.span);
        let mut others = others.map(|other| (other.operator.span, other.operator.value));
        let is_free =
            self.is_json(test.key.span) && others.all(|(span, value)| span != test.operator.span && value != wanted);
        let help = format!("write `{wanted}`");
        match is_free {
            true => {
                let written = self.source(test.operator.span).trim_matches('"').to_owned();
                self.replace(finding, test.operator.span, &written, &wanted.to_string(), help)
            }
            false => finding.help(help),
        }
    }

    /// A finding with the help to remove an entry of a list; with the edit where it stands in a list of JSON beside others.
    pub(super) fn without_entry(&self, finding: Diagnostic, entry: Span, help: String) -> Diagnostic {
        let edits = self.removal(entry).map(|span| Edit { span, text: String::new() });
        Diagnostic {
            help: Some(Help { text: help, edits: edits.into_iter().collect(), safety: Safety::Safe }),
            ..finding
        }
    }

    /// An entry of a list of JSON with the comma behind it; of the last one, with that before it.
    fn removal(&self, entry: Span) -> Option<Span> {
        let whole = self.context.sources.file(entry.file).text();
        let (before, written, after) =
            (whole.get(..entry.start as usize)?, self.source(entry), whole.get(entry.end as usize..)?);
        if !written.starts_with('"') {
            return None;
        }
        if let Some(rest) = after.trim_start().strip_prefix(',') {
            return Some(Span { end: (whole.len() - rest.trim_start().len()) as u32, ..entry });
        }
        let rest = before.trim_end().strip_suffix(',')?;
        Some(Span { start: rest.len() as u32, ..entry })
    }

    /// A finding with the help to write `wanted`, one or more texts, for `value`, which stands at `span`; with the edit where the source
    /// has the value as it is, and takes them in its place.
    pub(super) fn replace_by(
        &self,
        finding: Diagnostic,
        span: Span,
        value: &str,
        wanted: &[String],
        help: String,
    ) -> Diagnostic {
        if let [wanted] = wanted {
            return self.replace(finding, span, value, wanted, help);
        }
        let edits = self.replacement_by(span, value, wanted).map(|text| Edit { span, text });
        Diagnostic {
            help: Some(Help { text: help, edits: edits.into_iter().collect(), safety: Safety::Safe }),
            ..finding
        }
    }

    /// What to write in the place of a value for several: a list, or more entries of one; alternatives of a name that is no string.
    fn replacement_by(&self, span: Span, value: &str, wanted: &[String]) -> Option<String> {
        let written = self.source(span);
        if written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) == Some(value) {
            let list = wanted.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", ");
            let before = self.context.sources.file(span.file).text().get(..span.start as usize)?;
            return Some(if before.trim_end().ends_with(':') { format!("[{list}]") } else { list });
        }
        // `s3:*`, or the `*` of `s3:{*,...}`
        let before = value.strip_suffix(written).filter(|before| before.is_empty() || before.ends_with(':'))?;
        let (prefix, _) = value.split_once(':')?;
        let names: Option<Vec<&str>> = wanted.iter().map(|text| text.strip_prefix(prefix)?.strip_prefix(':')).collect();
        let names = names?.join(",");
        Some(if before.is_empty() { format!("{prefix}:{{{names}}}") } else { names })
    }

    /// A finding with the help to write `wanted` for `value`, which stands at `span`; with the edit where the source says it
    /// so plainly that there is one.
    pub(super) fn replace(
        &self,
        finding: Diagnostic,
        span: Span,
        value: &str,
        wanted: &str,
        help: String,
    ) -> Diagnostic {
        let edits = replacement(self.source(span), value, wanted).map(|text| Edit { span, text });
        Diagnostic {
            help: Some(Help { text: help, edits: edits.into_iter().collect(), safety: Safety::Safe }),
            ..finding
        }
    }
}

/// What to write for `written`, the source's text of `value`, so that it says `wanted`: all of it, the inside of a
/// string, or one alternative of a brace set.
fn replacement(written: &str, value: &str, wanted: &str) -> Option<String> {
    if written == value {
        return Some(wanted.to_owned());
    }
    if written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) == Some(value) {
        return Some(format!("\"{wanted}\""));
    }
    let quoted = format!("\"{value}\"");
    if let Some(at) = once(written, &quoted) {
        return Some(format!("{}\"{wanted}\"{}", &written[..at.start], &written[at.end..]));
    }
    value.match_indices(written).filter(|_| !written.is_empty()).find_map(|(at, _)| {
        let (before, after) = (&value[..at], &value[at + written.len()..]);
        Some(wanted.strip_prefix(before)?.strip_suffix(after)?.to_owned()).filter(|middle| !middle.is_empty())
    })
}

/// Where a text stands in another, if it does so once, as a word of its own.
fn once(text: &str, part: &str) -> Option<std::ops::Range<usize>> {
    let joins = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '/');
    let mut found = text.match_indices(part).filter(|(at, _)| {
        let starts = !part.starts_with(joins) || !text[..*at].ends_with(joins);
        let is_word = starts && (!part.ends_with(joins) || !text[at + part.len()..].starts_with(joins));
        !part.is_empty() && (is_word || !part.is_ascii())
    });
    match (found.next(), found.next()) {
        (Some((at, _)), None) => Some(at..at + part.len()),
        _ => None,
    }
}

fn matched<'a>(context: Context<'a>, pattern: &'a str) -> Matched<'a> {
    if matches!(pattern, "*" | "*:*") {
        return Matched::Everything;
    }
    let Some((prefix, name)) = pattern.split_once(':') else { return Matched::NoService };
    let Some(service) = context.catalogue.service(prefix) else { return Matched::NoService };
    if name.contains(['*', '?']) {
        return Matched::Several(Several { service, pattern: name });
    }
    match service.action(name) {
        Some(action) => Matched::One(action),
        None => Matched::Nothing(service),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_source() {
        assert_eq!(once("f(\"a\", region: \"eu-wst-1\")", "eu-wst-1"), Some(16..24));
        assert_eq!(once("f(\"eu-wst-1-orders\", region: place)", "eu-wst-1"), None);
        assert_eq!(once("f(\"a\", \"a\")", "a"), None);
        assert_eq!(once("f(\"user/${key}\")", "${key}"), Some(8..14));
        assert_eq!(once("f", ""), None);
    }

    #[test]
    fn edits_in_names_strings_and_brace_sets() {
        assert_eq!(replacement("s3:GetObjet", "s3:GetObjet", "s3:GetObject").as_deref(), Some("s3:GetObject"));
        assert_eq!(replacement("\"a\"", "a", "b").as_deref(), Some("\"b\""));
        assert_eq!(replacement("f(\"abcd\", 1)", "abcd", "abc").as_deref(), Some("f(\"abc\", 1)"));
        assert_eq!(replacement("Putt", "dynamodb:PuttItem", "dynamodb:PutItem").as_deref(), Some("Put"));
        assert_eq!(replacement("Putt", "dynamodb:PuttItem", "dynamodb:UpdateTable"), None);
        assert_eq!(replacement("x", "dynamodb:PuttItem", "dynamodb:PutItem"), None);
    }
}
