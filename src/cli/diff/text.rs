//! What has changed, for people.

use std::io::{self, Write};

use crate::policy::Statement;
use crate::prove::Counterexample;
use crate::prove::difference::{Region, Relation, Side};

use super::answer::{Answer, Change, Presence, Shown, asked, keys};
use crate::cli::report::count;

/// Writes everything that differs, and how many policies do not.
pub(super) fn write(out: &mut impl Write, answer: &Answer, shown: Shown<'_>) -> io::Result<()> {
    let mut blocks = 0;
    for change in answer.policies.iter().filter(|one| !one.is_equal() || answer.policies.len() == 1) {
        if blocks > 0 {
            writeln!(out)?;
        }
        blocks += 1;
        writeln!(out, "{}", headline(change))?;
        for line in notes(change, shown) {
            writeln!(out, "  {line}")?;
        }
        side(out, change, &change.gained, Direction::Gained, shown)?;
        side(out, change, &change.lost, Direction::Lost, shown)?;
    }
    for role in answer.roles.iter().filter(|role| !role.is_equal()) {
        if blocks > 0 {
            writeln!(out)?;
        }
        blocks += 1;
        writeln!(out, "role {}: {}", role.name, word(role.relation()))?;
        for line in &role.changes {
            writeln!(out, "  {line}")?;
        }
        if let Some(change) = &role.allowed {
            for line in notes(change, shown) {
                writeln!(out, "  {line}")?;
            }
            side(out, change, &change.gained, Direction::Gained, shown)?;
            side(out, change, &change.lost, Direction::Lost, shown)?;
        }
    }
    let equal = answer.policies.iter().filter(|one| one.is_equal()).count();
    if answer.policies.len() != 1 && equal > 0 {
        let separator = if blocks > 0 { "\n" } else { "" };
        writeln!(out, "{separator}{} equal", count(equal, "policy is", "policies are"))?;
    }
    if answer.policies.is_empty() && answer.roles.is_empty() {
        writeln!(out, "there are no policies on either side")?;
    }
    Ok(())
}

/// `policy orders-worker: wider`
pub(super) fn headline(change: &Change) -> String {
    let presence = match change.presence {
        Presence::Both => "",
        Presence::Added => " (new)",
        Presence::Removed => " (removed)",
    };
    format!("{} {}{presence}: {}", change.kind.keyword(), change.name, judged(change))
}

/// How it relates to what it was.
pub(super) fn judged(change: &Change) -> &'static str {
    word(change.relation())
}

pub(super) fn word(relation: Relation) -> &'static str {
    match relation {
        Relation::Incomparable => "both wider and narrower",
        other => other.name(),
    }
}

/// What there is to say besides the regions.
pub(super) fn notes(change: &Change, shown: Shown<'_>) -> Vec<String> {
    let mut notes: Vec<String> = change.note.iter().map(|note| (*note).to_owned()).collect();
    let besides = |what: &str, (deny, example): &(Statement, Counterexample)| {
        let deny = on_one_line(&shown.statement(change, deny));
        format!("{what}, where another policy allows it: {deny}; for example {}", plain_example(change, example))
    };
    notes.extend(change.no_longer_denied.iter().map(|one| besides("no longer denied", one)));
    notes.extend(change.newly_denied.iter().map(|one| besides("newly denied", one)));
    for (side, what) in [(&change.gained, "newly allowed"), (&change.lost, "no longer allowed")] {
        notes.extend(side.unknown.iter().map(|why| format!("not all of what is {what} is known: {why}")));
    }
    notes
}

/// Which way something has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Gained,
    Lost,
}

impl Direction {
    pub(super) fn heading(self) -> &'static str {
        if self == Direction::Gained { "newly allowed" } else { "no longer allowed" }
    }

    fn except(self) -> &'static str {
        if self == Direction::Gained { "except what was allowed before" } else { "except what is still allowed" }
    }

    fn partly(self) -> &'static str {
        match self {
            Direction::Gained => "in part: some of it was allowed before, or is not allowed now",
            Direction::Lost => "in part: some of it is still allowed, or was not allowed before",
        }
    }

    fn denied(self) -> &'static str {
        if self == Direction::Gained { "but for what is denied" } else { "but for what was denied" }
    }
}

/// What restricts a region: what of it is no change.
pub(super) fn restrictions(change: &Change, region: &Region, way: Direction, shown: Shown<'_>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let except = region.except.iter().map(|one| shown.exception(change, region, one));
    lines.extend(except.map(|text| format!("{}: {text}", way.except())));
    if region.partly {
        lines.push(way.partly().to_owned());
    }
    lines.extend(region.denied.iter().map(|deny| format!("{}: {}", way.denied(), shown.statement(change, deny))));
    lines
}

/// Without line breaks.
pub(super) fn on_one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

fn side(out: &mut impl Write, change: &Change, side: &Side, way: Direction, shown: Shown<'_>) -> io::Result<()> {
    if side.regions.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {}:", way.heading())?;
    for region in &side.regions {
        indented(out, 4, &shown.statement(change, &region.statement))?;
        for line in restrictions(change, region, way, shown) {
            indented(out, 6, &line)?;
        }
        writeln!(out, "      for example: {}", plain_example(change, &region.example))?;
    }
    Ok(())
}

fn indented(out: &mut impl Write, depth: usize, text: &str) -> io::Result<()> {
    text.lines().try_for_each(|line| writeln!(out, "{:depth$}{line}", ""))
}

/// `s3:GetObject on arn:aws:s3:::acme/a by arn:aws:iam::... with { aws:SecureTransport: true }`
fn plain_example(change: &Change, example: &Counterexample) -> String {
    let (who, action, resource) = asked(change, example);
    let who = who.map(|who| format!(" by {}", name_of(&who))).unwrap_or_default();
    format!("{action} on {resource}{who}{}", context(example).map(|keys| format!(" with {keys}")).unwrap_or_default())
}

/// Nobody in particular has no name.
pub(super) fn name_of(who: &str) -> &str {
    if who == "*" { "anyone" } else { who }
}

/// `{ aws:SecureTransport: "true" }`
pub(super) fn context(example: &Counterexample) -> Option<String> {
    let value = |(key, values, several): (&str, Vec<&str>, bool)| {
        let quoted: Vec<String> = values.iter().map(|value| serde_json::Value::from(*value).to_string()).collect();
        match (several, quoted.as_slice()) {
            (false, [one]) => format!("{key}: {one}"),
            _ => format!("{key}: [{}]", quoted.join(", ")),
        }
    };
    let keys: Vec<String> = keys(example).map(value).collect();
    (!keys.is_empty()).then(|| format!("{{ {} }}", keys.join(", ")))
}
