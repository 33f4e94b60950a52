//! What one document allows and another does not.
//!
//! A request is on this side for one of two reasons: no allow of the other document covers it, or a deny of it does. The first are
//! pieces of the allows of the document; the second what each of them has in common with each such deny.

use super::asking::{Asking, of_effect};
use super::cut::{Share, pieces};
use super::meet::{is_same, meet};
use super::{Region, Side};
use crate::catalogue::Catalogue;
use crate::policy::{Document, Effect, Statement};
use crate::prove::{Counterexample, Subject, Verdict, within};

/// More exceptions than these are not listed.
const MOST_EXCEPTIONS: usize = 3;
/// More regions than these are not compared with each other.
const MOST_COMPARED: usize = 40;

/// What `of` allows and `other` does not.
pub(super) fn side(catalogue: &Catalogue, of: &Document, other: &Document, has_principals: bool) -> Side {
    let subject = |document| Subject { document, has_principals };
    let (first, mut unknown) = match within(catalogue, subject(of), subject(other)) {
        Verdict::Holds => return Side { any: Some(false), ..Side::default() },
        Verdict::Fails(found) => (Some(*found), None),
        Verdict::Unknown(why) => (None, Some(why)),
    };
    let mut finder = Finder {
        asking: Asking::new(catalogue, of, other, has_principals),
        other_allows: of_effect(other, Effect::Allow),
        other_denies: of_effect(other, Effect::Deny),
        found: Vec::new(),
        unknown: None,
    };
    of_effect(of, Effect::Allow).iter().for_each(|statement| finder.statement(statement));
    finder.prune();
    let mut regions: Vec<Region> = finder.found.into_iter().map(|found| found.region).collect();
    unknown = unknown.or(finder.unknown);
    if regions.is_empty() {
        regions.extend(first.and_then(|example| coarse(of, example)));
    }
    let any = if regions.is_empty() && unknown.is_some() { None } else { Some(!regions.is_empty()) };
    Side { any, regions, unknown }
}

/// The statement that lets an example through, where nothing better is known.
fn coarse(of: &Document, example: Counterexample) -> Option<Region> {
    let statement = Statement { sid: None, ..of.statements.get(example.statement.statement)?.clone() };
    Some(Region { statement, except: Vec::new(), denied: Vec::new(), partly: true, example })
}

/// Why something is on this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    /// No allow of the other document covers it.
    Uncovered,
    /// A deny of the other document does.
    Denied,
}

struct Found {
    region: Region,
    reason: Reason,
}

struct Finder<'a> {
    asking: Asking<'a>,
    other_allows: Vec<Statement>,
    other_denies: Vec<Statement>,
    found: Vec<Found>,
    unknown: Option<String>,
}

impl Finder<'_> {
    /// What one allow has on this side.
    fn statement(&mut self, statement: &Statement) {
        if self.holds(|asking| asking.within_other(statement)) {
            return;
        }
        if !self.holds(|asking| asking.within_other_allows(statement)) {
            self.uncovered(statement);
        }
        for deny in self.other_denies.clone() {
            let both = [statement, &deny];
            let Some(common) = meet(statement, &deny) else { continue };
            self.asking.fence(if common.exact { &[] } else { &both });
            if !self.holds(|asking| asking.within_other(&common.statement)) {
                self.denied(&common.statement, common.exact);
            }
        }
        self.asking.fence(&[]);
    }

    fn holds(&mut self, ask: impl FnOnce(&mut Asking<'_>) -> Verdict) -> bool {
        match ask(&mut self.asking) {
            Verdict::Holds => true,
            Verdict::Fails(_) => false,
            Verdict::Unknown(why) => {
                self.unknown.get_or_insert(why);
                false
            }
        }
    }

    fn uncovered(&mut self, statement: &Statement) {
        let asking = &mut self.asking;
        let found = pieces(statement, |piece| {
            let share = match asking.within_other_allows(piece) {
                Verdict::Holds => Share::Nothing,
                _ if asking.outside_other_allows(piece) && !asking.is_plainly_denied(piece) => Share::All,
                _ => Share::Some,
            };
            (share, asking.goes_on())
        });
        for piece in found {
            let Some(example) = self.example(&piece) else { continue };
            let (except, partly) = self.exceptions(&piece);
            let denied = self.asking.denied(&piece);
            let region = Region { statement: piece, except, denied, partly, example };
            self.found.push(Found { region, reason: Reason::Uncovered });
        }
    }

    /// What is allowed of something that a deny of the other document denies.
    fn denied(&mut self, statement: &Statement, exact: bool) {
        let told = self.told();
        let asking = &mut self.asking;
        let found = pieces(statement, |piece| {
            let share = match asking.within_other(piece) {
                Verdict::Holds => Share::Nothing,
                _ if asking.is_covered(piece, told.clone()) => Share::Nothing,
                _ if !asking.is_plainly_denied(piece) && asking.is_apart(piece, &told) => Share::All,
                _ => Share::Some,
            };
            (share, asking.goes_on())
        });
        for piece in found {
            let Some(example) = self.example(&piece) else { continue };
            let denied = self.asking.denied(&piece);
            let region = Region { statement: piece, except: Vec::new(), denied, partly: !exact, example };
            self.found.push(Found { region, reason: Reason::Denied });
        }
    }

    fn example(&mut self, statement: &Statement) -> Option<Counterexample> {
        match self.asking.example(statement) {
            Ok(example) => Some(example),
            Err(why) => {
                self.unknown.get_or_insert(why);
                None
            }
        }
    }

    /// What of a statement the other document allows too; and whether there is more of that than is listed.
    fn exceptions(&mut self, statement: &Statement) -> (Vec<Statement>, bool) {
        if self.asking.outside_other_allows(statement) {
            return (Vec::new(), false);
        }
        let (mut except, mut exact) = (Vec::<Statement>::new(), true);
        for allow in self.other_allows.clone() {
            let Some(common) = meet(statement, &allow) else { continue };
            let both = [statement, &allow];
            self.asking.fence(if common.exact { &[] } else { &both });
            let asking = &mut self.asking;
            let is_new =
                asking.is_something(&common.statement) && !asking.is_covered(&common.statement, except.clone());
            asking.fence(&[]);
            if !is_new {
                continue;
            }
            exact &= common.exact;
            except.push(common.statement);
        }
        if !exact || except.len() > MOST_EXCEPTIONS {
            return (Vec::new(), true);
        }
        // What holds of all of it anyway is not said again.
        for one in &mut except {
            one.condition.retain(|test| !statement.condition.iter().any(|known| is_same(known, test)));
        }
        (except, false)
    }

    /// The regions that have been found and of which all is on this side.
    fn told(&self) -> Vec<Statement> {
        let told = self.found.iter().filter(|found| is_whole(&found.region));
        told.map(|found| found.region.statement.clone()).collect()
    }

    /// Leaves out what other regions say too, the last first.
    fn prune(&mut self) {
        if self.found.len() > MOST_COMPARED {
            return;
        }
        for at in (0..self.found.len()).rev() {
            let one = &self.found[at];
            let says = |other: &Found| {
                is_whole(&other.region) || one.reason == Reason::Uncovered && other.reason == one.reason
            };
            let others = self.found.iter().enumerate().filter(|(index, other)| *index != at && says(other));
            let others: Vec<Statement> = others.map(|(_, other)| other.region.statement.clone()).collect();
            let statement = one.region.statement.clone();
            if !others.is_empty() && self.asking.is_covered(&statement, others) {
                self.found.remove(at);
            }
        }
    }
}

/// Whether all of a region is on this side.
fn is_whole(region: &Region) -> bool {
    region.except.is_empty() && !region.partly
}
