//! Narrower texts for patterns of resources, from the formats of what the actions of their statement are about.

use std::collections::BTreeSet;

use super::Subject;
use super::subject::Matched;
use crate::catalogue::ResourceType;
use crate::diagnostic::{Diagnostic, Edit};
use crate::policy::{
    ArnFormat, ArnPattern, Effect, Kind, Located, PlaceholderRole, ResourceElement, Statement, Text,
    arn_pattern_covers, fill, glob, placeholders,
};
use crate::prove::has_known_resources;

/// A pattern of resources that is an ARN cut in two.
#[derive(Clone, Copy)]
pub(super) struct Cut<'t> {
    pub(super) text: &'t str,
    /// The first five segments with their colons.
    pub(super) head: &'t str,
    /// The last segment.
    pub(super) resource: &'t str,
}

impl<'t> Cut<'t> {
    /// Of a pattern that names all six segments, and no `extern`.
    pub(super) fn new(pattern: &'t Located<Text>) -> Option<Self> {
        let text = pattern.value.plain()?;
        let resource = text.splitn(6, ':').nth(5)?;
        Some(Self { text, head: &text[..text.len() - resource.len()], resource })
    }

    /// What stands before a `*` at the end, where that is the only wildcard of the last segment, and no variable stands there.
    pub(super) fn start(self) -> Option<&'t str> {
        self.resource.strip_suffix('*').filter(|start| !start.contains(['*', '?', '$']))
    }

    /// The formats that some ARN has which matches.
    pub(super) fn met<'a>(self, types: impl IntoIterator<Item = ResourceType<'a>>) -> BTreeSet<&'a str> {
        let pattern = ArnPattern::new(self.text);
        let formats = types.into_iter().flat_map(|ty| ty.arn_formats());
        formats.filter(|format| pattern.meets(&ArnFormat::new(format))).collect()
    }
}

/// The statements of a policy that allow some actions on some resources, each with the element of these.
pub(super) fn allowing<'a>(
    subject: &Subject<'a>,
    kinds: &[Kind],
) -> impl Iterator<Item = (usize, &'a Statement, &'a ResourceElement)> {
    let is_of_kind = kinds.contains(&subject.policy.kind);
    subject.statements().filter(move |_| is_of_kind).filter_map(|(index, statement)| {
        let element = statement.resource.as_ref().filter(|element| !element.negated)?;
        (statement.effect == Effect::Allow && !statement.action.negated).then_some((index, statement, element))
    })
}

/// The types of the resources that the actions of a statement are about; nothing where that is not certain.
pub(super) fn types<'a>(subject: &Subject<'a>, index: usize) -> Option<Vec<ResourceType<'a>>> {
    let mut types: Vec<ResourceType<'a>> = Vec::new();
    for (_, matched) in subject.actions(index) {
        let actions = match matched {
            Matched::One(action) => vec![*action],
            Matched::Several(several) => several.actions().collect(),
            Matched::Everything | Matched::NoService | Matched::Nothing(_) => return None,
        };
        for action in actions {
            if !has_known_resources(action) {
                return None;
            }
            types.extend(action.resource_types().map(|on| on.resource));
        }
    }
    let mut seen = std::collections::HashSet::new();
    types.retain(|ty| seen.insert(*ty));
    Some(types)
}

/// A part of a format with `*` for its placeholders.
pub(super) fn with_stars(format: &str) -> String {
    let values = placeholders(format).iter().filter(|one| one.role == PlaceholderRole::Value).count();
    fill(format, "*", "*", "*", &vec!["*"; values]).unwrap_or_default()
}

/// The last segment of a format.
pub(super) fn last(format: &str) -> &str {
    format.splitn(6, ':').nth(5).unwrap_or_default()
}

/// Those of some patterns that no other one of them covers.
pub(super) fn widest(mut patterns: Vec<String>) -> Vec<String> {
    patterns.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    patterns.dedup();
    let mut kept: Vec<String> = Vec::new();
    for pattern in patterns {
        if !kept.iter().any(|wide| arn_pattern_covers(wide, &pattern)) {
            kept.retain(|narrow| !arn_pattern_covers(&pattern, narrow));
            kept.push(pattern);
        }
    }
    kept
}

/// The edit that writes a text in the place of a part of a pattern, where the source has the pattern as it is.
pub(super) fn edit_of_part(
    subject: &Subject<'_>,
    pattern: &Located<Text>,
    part: std::ops::Range<usize>,
    text: String,
) -> Option<Edit> {
    let value = pattern.value.plain()?;
    let is_plain = subject.source(pattern.span).trim_matches('"') == value;
    is_plain.then(|| Edit { span: subject.within(pattern.span, value, part), text })
}

/// A finding without its edits, where what they change serves other statements too: it stands elsewhere, in a template or in a loop.
pub(super) fn with_own_edits(subject: &Subject<'_>, index: usize, mut told: Diagnostic) -> Diagnostic {
    let span = subject.policy.document.statements[index].span;
    let is_only = subject.statements().filter(|(_, other)| other.span == span).count() == 1;
    let is_own = is_only && !subject.is_from_template(index);
    if let Some(help) =
        told.help.as_mut().filter(|help| !is_own || help.edits.iter().any(|one| !span.contains(one.span)))
    {
        help.edits.clear();
    }
    told
}

/// Whether a text ends as a name does, and not with what divides names.
pub(super) fn ends_in_name(text: &str) -> bool {
    !glob::is_pattern(text) && text.ends_with(|last: char| last.is_ascii_alphanumeric())
}
