//! What a change means for an identity with all its layers.
//!
//! What every layer leaves an identity is put together as one document, statement by statement; the regions are found as those of
//! documents are. The layers themselves decide what of it stands: a region is kept where the prover finds a request in it that the
//! one identity may make and the other may not, and what no region covers is looked for besides.

use super::meet::meet;
use super::{Difference, Region, Side, everything, side};
use crate::catalogue::Catalogue;
use crate::policy::{Document, Effect, Located, ResourceElement, Statement, Version, statements_differ};
use crate::prove::{Identity, Permissions, Place, Prover, Subject, Verdict, Whose};

/// An identity whose layers leave it more statements than these is described more coarsely.
const MOST_STATEMENTS: usize = 300;
/// More statements than these are not added to what the documents show.
const MOST_COARSE: usize = 12;

/// What changes of the requests that an identity may make.
pub fn of_identity(catalogue: &Catalogue, old: &Identity<'_>, new: &Identity<'_>) -> Difference {
    if is_same(old, new) {
        let nothing = || Side { any: Some(false), ..Side::default() };
        return Difference { gained: nothing(), lost: nothing() };
    }
    Difference { gained: one_side(catalogue, new, old), lost: one_side(catalogue, old, new) }
}

/// Whether two identities have the same layers, as far as the texts show it.
fn is_same(a: &Identity<'_>, b: &Identity<'_>) -> bool {
    let same =
        |a: &[&Document], b: &[&Document]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| says_the_same(a, b));
    let levels = a.scps.len() == b.scps.len() && a.scps.iter().zip(&b.scps).all(|(a, b)| same(a, b));
    let of_resources = |a: &[(String, &Document)], b: &[(String, &Document)]| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && says_the_same(a.1, b.1))
    };
    a.requester == b.requester
        && a.facts == b.facts
        && same(&a.identity, &b.identity)
        && same(a.boundary.as_slice(), b.boundary.as_slice())
        && same(&a.session, &b.session)
        && same(&a.endpoint, &b.endpoint)
        && levels
        && same(&a.rcps, &b.rcps)
        && of_resources(&a.resources, &b.resources)
        && of_resources(&a.somewhere, &b.somewhere)
}

fn says_the_same(a: &Document, b: &Document) -> bool {
    a.version == b.version
        && a.statements.len() == b.statements.len()
        && a.statements.iter().zip(&b.statements).all(|(a, b)| statements_differ(a, b).is_none())
}

/// What `of` may do and `other` may not.
fn one_side(catalogue: &Catalogue, of: &Identity<'_>, other: &Identity<'_>) -> Side {
    let whose = [of, other].map(|identity| Whose::Identity(Box::new(identity.clone())));
    let documents: Vec<&Document> = whose.iter().flat_map(|one| one.documents()).collect();
    let mut prover = Prover::new(catalogue, &documents);
    let [mine, theirs] = whose.map(|one| prover.permissions(one));
    let mut side = Side::default();
    match prover.within(&mine, &theirs) {
        Verdict::Holds => return Side { any: Some(false), ..side },
        Verdict::Fails(_) => side.any = Some(true),
        Verdict::Unknown(why) => side.unknown = Some(why),
    }
    let mut finder = Finder { prover, mine, theirs, told: vec![everything(false)], side };
    if let (Some(here), Some(there)) = (left(of), left(other)) {
        let is_exact = here.is_exact && there.is_exact;
        let found = side::side(catalogue, &here.document, &there.document, false);
        for region in found.regions {
            finder.keep(Region { partly: region.partly || !is_exact, ..region });
        }
    }
    finder.rest(of);
    finder.side
}

struct Finder<'c, 'd> {
    prover: Prover<'c>,
    mine: Permissions<'d>,
    theirs: Permissions<'d>,
    /// A deny of each region that is told, beside an allow of everything.
    told: Vec<Statement>,
    side: Side,
}

impl Finder<'_, '_> {
    /// Keeps a region of which something differs, with a request that both identities have decided.
    fn keep(&mut self, region: Region) {
        let here = document(vec![region.statement.clone()]);
        match self.ask(&here) {
            Verdict::Holds => {}
            Verdict::Unknown(why) => {
                self.side.unknown.get_or_insert(why);
            }
            Verdict::Fails(example) => {
                self.side.any = Some(true);
                self.told.push(Statement { effect: Effect::Deny, ..region.statement.clone() });
                let here = self.permissions(&here);
                let is_all =
                    region.except.is_empty() && matches!(self.prover.disjoint(&self.theirs, &here), Verdict::Holds);
                let partly = region.partly || region.except.is_empty() && !is_all;
                self.side.regions.push(Region { example: *example, partly, ..region });
            }
        }
    }

    /// What differs and is in no region yet: by the statements that allow it, as a whole.
    fn rest(&mut self, of: &Identity<'_>) {
        for _ in 0..MOST_COARSE {
            let beside = document(self.told.clone());
            let example = match self.ask(&beside) {
                Verdict::Holds => return,
                Verdict::Unknown(why) => {
                    self.side.unknown.get_or_insert(why);
                    return;
                }
                Verdict::Fails(example) => *example,
            };
            self.side.any = Some(true);
            let Some(statement) = allowing(of, example.statement) else { return };
            self.told.push(Statement { effect: Effect::Deny, ..statement.clone() });
            self.side.regions.push(Region { statement, except: Vec::new(), denied: Vec::new(), partly: true, example });
        }
        self.side.unknown.get_or_insert_with(|| "there are more statements that differ".to_owned());
    }

    /// Whether all that a document allows and the one identity may, the other may too.
    fn ask(&mut self, here: &Document) -> Verdict {
        let here = self.permissions(here);
        self.prover.all_within(&[&self.mine, &here], &self.theirs)
    }

    fn permissions<'h>(&mut self, here: &'h Document) -> Permissions<'h> {
        self.prover.permissions(Whose::Document(Subject { document: here, has_principals: false }))
    }
}

/// The statement of an identity's layers at a place. One of a resource's policy says whom it is for, which is the identity here, and that
/// of a role not what it is about.
fn allowing(identity: &Identity<'_>, place: Place) -> Option<Statement> {
    let documents: Vec<&Document> = Whose::Identity(Box::new(identity.clone())).documents().collect();
    let mut statement = documents.get(place.document)?.statements.get(place.statement)?.clone();
    (statement.sid, statement.principal) = (None, None);
    if statement.resource.is_none() {
        let first = documents.len() - identity.resources.len();
        let (arn, _) = identity.resources.get(place.document.checked_sub(first)?)?;
        let pattern = Located::new(arn.as_str().into(), statement.span);
        statement.resource = Some(ResourceElement { negated: false, patterns: vec![pattern] });
    }
    Some(statement)
}

/// What layers leave, as one document.
struct Left {
    document: Document,
    /// Whether it is just that, and no more.
    is_exact: bool,
}

/// What all layers of an identity that do not depend on the resource leave it, as one document; nothing where that is too much.
fn left(identity: &Identity<'_>) -> Option<Left> {
    let mut is_exact = true;
    let of = |documents: &[&Document], effect: Effect| -> Vec<Statement> {
        let statements = documents.iter().flat_map(|document| &document.statements);
        statements.filter(|statement| statement.effect == effect).cloned().collect()
    };
    let mut layers: Vec<&[&Document]> = vec![identity.boundary.as_slice(), &identity.session];
    layers.retain(|layer| !layer.is_empty());
    layers.extend(identity.scps.iter().map(Vec::as_slice));
    let mut allows = of(&identity.identity, Effect::Allow);
    let mut denies = of(&identity.identity, Effect::Deny);
    for layer in layers {
        let limits = of(layer, Effect::Allow);
        let mut cut: Vec<Statement> = Vec::new();
        for (allow, limit) in allows.iter().flat_map(|allow| limits.iter().map(move |limit| (allow, limit))) {
            let Some(common) = meet(allow, limit) else { continue };
            is_exact &= common.exact;
            if !cut.iter().any(|one| statements_differ(one, &common.statement).is_none()) {
                cut.push(common.statement);
            }
            if cut.len() > MOST_STATEMENTS {
                return None;
            }
        }
        allows = cut;
        denies.extend(of(layer, Effect::Deny));
    }
    allows.extend(denies);
    Some(Left { document: document(allows), is_exact })
}

fn document(statements: Vec<Statement>) -> Document {
    Document { version: Version::V2012, id: None, statements }
}
