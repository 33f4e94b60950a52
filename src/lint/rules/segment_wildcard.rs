//! A `*` in a segment of an ARN of which it is known what it stands for: the type of the resource, by the actions; the account and the
//! region, by the project.

use crate::diagnostic::{Diagnostic, Edit, Help, Safety, code};
use crate::lint::narrow::{Cut, allowing, edit_of_part, ends_in_name, last, types, widest, with_own_edits, with_stars};
use crate::lint::reach::{is_all, is_unconfined};
use crate::lint::{Findings, Subject};
use crate::policy::{
    Arn, Document, Effect, Kind, Located, ResourceElement, Segment, StartEnds, Statement, Text, glob, start_ends,
};
use crate::prove::{self, Prover, Realm, Verdict, Whose};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for (index, statement, element) in allowing(subject, &[Kind::Policy]) {
        // What a template puts together serves other accounts and actions too.
        if subject.is_from_template(index) {
            continue;
        }
        for pattern in &element.patterns {
            let Some(cut) = Cut::new(pattern) else { continue };
            let of_type = of_type(subject, (index, statement), pattern, cut);
            let of_place = of_place(subject, (index, statement), pattern, cut);
            for told in of_type.into_iter().chain(of_place) {
                findings.on_statement(index, with_own_edits(subject, index, told));
            }
        }
    }
}

/// `arn:aws:dynamodb:eu-west-1:111122223333:*` of actions that are about tables only.
fn of_type(
    subject: &Subject<'_>,
    (index, statement): (usize, &Statement),
    pattern: &Located<Text>,
    cut: Cut<'_>,
) -> Option<Diagnostic> {
    // Behind a word and what divides it, the type is named.
    let start = cut.start().filter(|start| start.is_empty() || ends_in_name(start))?;
    let met = cut.met(types(subject, index)?);
    let goes_on = |format: &str| match start_ends(last(format), start)? {
        StartEnds::InWords { rest } => Some(format!("{}{start}{}", cut.head, with_stars(rest))),
        StartEnds::InValue { .. } => None,
    };
    let narrower = widest(met.iter().map(|format| goes_on(format)).collect::<Option<_>>()?);
    let [narrower] = <[String; 1]>::try_from(narrower).ok()?;
    if narrower == cut.text || !is_same(subject, statement, [cut.text, &narrower]) {
        return None;
    }
    let resource = &narrower[cut.head.len()..];
    let message = format!("the actions of this statement are about `{resource}` only");
    let part = cut.head.len()..cut.text.len();
    let help = Help {
        text: format!("write `{narrower}`, which allows the same"),
        edits: edit_of_part(subject, pattern, part, resource.to_owned()).into_iter().collect(),
        safety: Safety::Safe,
    };
    let told = Diagnostic::new(&code::SEGMENT_WILDCARD, pattern.span, message)
        .label("wider than that")
        .note("an action that is added to the statement would be about all of them");
    Some(Diagnostic { help: Some(help), ..told })
}

/// Whether a statement means the same on the one resource as on the other, as the catalogue has its actions.
fn is_same(subject: &Subject<'_>, statement: &Statement, resources: [&str; 2]) -> bool {
    let partition = resources[0].split(':').nth(1).filter(|name| !glob::is_pattern(name));
    let realm = Realm::Closed { partition: partition.unwrap_or("aws") };
    let [old, new] = resources.map(|resource| {
        let patterns = vec![Located::new(Text::from(resource), statement.span)];
        let resource = Some(ResourceElement { negated: false, patterns });
        let statement =
            Statement { sid: None, effect: Effect::Allow, resource, condition: Vec::new(), ..statement.clone() };
        Document { version: subject.policy.document.version, id: None, statements: vec![statement] }
    });
    let mut prover = Prover::of(subject.context.catalogue, &[&old, &new], realm);
    let [old, new] = [&old, &new]
        .map(|document| prover.permissions(Whose::Document(prove::Subject { document, has_principals: false })));
    matches!(prover.within(&old, &new), Verdict::Holds) && matches!(prover.within(&new, &old), Verdict::Holds)
}

/// `arn:aws:dynamodb:*:*:table/orders` in a project that says in which account and region it is.
fn of_place(
    subject: &Subject<'_>,
    (index, statement): (usize, &Statement),
    pattern: &Located<Text>,
    cut: Cut<'_>,
) -> Option<Diagnostic> {
    let defaults = &subject.context.surroundings.defaults;
    let segments = [
        (Segment::Region, "${Region}", defaults.region.as_ref()),
        (Segment::Account, "${Account}", defaults.account.as_ref()),
    ];
    let open: Vec<_> = segments
        .into_iter()
        .filter_map(|(segment, hole, own)| {
            let range = Arn::range(cut.text, segment)?;
            is_all(&cut.text[range.clone()]).then_some((segment, range, hole, own?))
        })
        .collect();
    if open.is_empty() || !is_unconfined(statement) {
        return None;
    }
    let met = cut.met(types(subject, index)?);
    let has = |segment: Segment, hole: &str| {
        !met.is_empty() && met.iter().all(|format| format.splitn(6, ':').nth(segment as usize) == Some(hole))
    };
    let open: Vec<_> = open.into_iter().filter(|(segment, _, hole, _)| has(*segment, hole)).collect();
    let names: Vec<&str> = open.iter().map(|(segment, ..)| segment.name()).collect();
    let names = names.join(" and ");
    let first = open.first()?;
    let wanted = open.iter().rev().fold(cut.text.to_owned(), |mut text, (_, range, _, own)| {
        text.replace_range(range.clone(), own);
        text
    });
    // In a call of source, `region: "*"` is a word of its own: there it is meant.
    let edits: Vec<Edit> = open
        .iter()
        .map(|(_, range, _, own)| edit_of_part(subject, pattern, range.clone(), (*own).clone()))
        .collect::<Option<_>>()?;
    let at = edits.first()?.span;
    let told = format!("`{}` is in every {names}", &cut.text[first.1.start..]);
    let told = Diagnostic::new(&code::SEGMENT_WILDCARD, at, told)
        .label(format!("every {}", first.0.name()))
        .note("`[defaults]` in leastwise.toml names what the policies of this project are for");
    Some(Diagnostic { help: Some(Help { text: format!("write `{wanted}`"), edits, safety: Safety::Unsafe }), ..told })
}
