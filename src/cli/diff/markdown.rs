//! What has changed, for a comment on a pull request.

use std::io::{self, Write};

use crate::prove::Counterexample;
use crate::prove::difference::{Relation, Side};

use super::answer::{Answer, Change, Presence, Shown, asked};
use super::text::{Direction, context, judged, name_of, notes, on_one_line, restrictions, word};
use crate::cli::report::count;

/// Writes a heading, and a section for each policy and role that differs.
pub(super) fn write(out: &mut impl Write, answer: &Answer, shown: Shown<'_>) -> io::Result<()> {
    writeln!(out, "## IAM policies: {}", together(answer.relation()))?;
    for change in answer.policies.iter().filter(|one| !one.is_equal()) {
        let presence = match change.presence {
            Presence::Both => "",
            Presence::Added => " (new)",
            Presence::Removed => " (removed)",
        };
        writeln!(out, "\n### `{} {}`{presence}: {}", change.kind.keyword(), change.name, judged(change))?;
        for line in notes(change, shown) {
            writeln!(out, "\n> {line}")?;
        }
        side(out, change, &change.gained, Direction::Gained, shown)?;
        side(out, change, &change.lost, Direction::Lost, shown)?;
    }
    for role in answer.roles.iter().filter(|role| !role.is_equal()) {
        writeln!(out, "\n### `role {}`: {}", role.name, word(role.relation()))?;
        if !role.changes.is_empty() {
            writeln!(out)?;
            role.changes.iter().try_for_each(|line| writeln!(out, "- {line}"))?;
        }
        if let Some(change) = &role.allowed {
            notes(change, shown).iter().try_for_each(|line| writeln!(out, "\n> {line}"))?;
            side(out, change, &change.gained, Direction::Gained, shown)?;
            side(out, change, &change.lost, Direction::Lost, shown)?;
        }
    }
    let equal = answer.policies.iter().filter(|one| one.is_equal()).count();
    if equal > 0 {
        writeln!(out, "\n{} equal.", count(equal, "policy is", "policies are"))?;
    }
    Ok(())
}

fn together(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "what is allowed is the same",
        Relation::Narrower => "less is allowed",
        Relation::Wider => "**more is allowed**",
        Relation::Incomparable => "**more is allowed**, and something is no longer",
        Relation::Unknown => "**not all could be compared**",
    }
}

fn side(out: &mut impl Write, change: &Change, side: &Side, way: Direction, shown: Shown<'_>) -> io::Result<()> {
    if side.regions.is_empty() {
        return Ok(());
    }
    let mut heading = way.heading().to_owned();
    heading[..1].make_ascii_uppercase();
    writeln!(out, "\n**{heading}**")?;
    for region in &side.regions {
        writeln!(out, "\n```\n{}\n```", shown.statement(change, &region.statement))?;
        for line in restrictions(change, region, way, shown) {
            let line = on_one_line(&line);
            match line.split_once(": ").filter(|_| !line.starts_with("in part")) {
                Some((why, statement)) => writeln!(out, "- {why}: `{statement}`")?,
                None => writeln!(out, "- {line}")?,
            }
        }
        writeln!(out, "- for example {}", example(change, &region.example))?;
    }
    Ok(())
}

fn example(change: &Change, example: &Counterexample) -> String {
    let (who, action, resource) = asked(change, example);
    let who = who.map(|who| format!(" by `{}`", name_of(&who))).unwrap_or_default();
    let keys = context(example).map(|keys| format!(" with `{keys}`")).unwrap_or_default();
    format!("`{action}` on `{resource}`{who}{keys}")
}
