//! The smallest document that means the same.
//!
//! In: a document, its kind, the catalogue. Out: a document that is no larger and means the same; or, where even that is larger than
//! AWS takes, several whose union does. A step is taken only when it is proved that nothing changes by it: by `prove` (`equality`), or, of
//! statements that become one, by their texts (`merge`); what is not known is left as it is. Deliberately absent: any step that narrows or widens, and files.
//!
//! One file a step: what another element of the same list covers (`lists`), what other statements cover (`subsume`), statements that differ
//! in one element only (`merge`), actions that a wildcard stands for (`shorten`), several documents (`split`). `fit` does all of it for
//! the policies of a project that are too large.

mod equality;
mod fit;
mod lists;
mod merge;
mod shorten;
mod split;
mod subsume;

use std::collections::BTreeSet;
use std::convert::Infallible;

use crate::catalogue::Catalogue;
use crate::policy::{Document, Effect, Kind, Piece, Statement, Version, escape, write_with};

use equality::Prover;
pub use fit::{Divided, divide, fit};
pub use shorten::patterns_of;
pub use split::{Unsplit, split};

/// What a document is minimised for.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The kind of the document.
    pub kind: Kind,
    /// The service of the resource that a resource policy is for: some count statements or actions.
    pub service: Option<&'a str>,
    /// Whether actions that the catalogue does not know are not to be matched by anything new: no wildcard is put in.
    pub open_world: bool,
}

/// How often each step was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Statements that others cover, or that are denied as a whole.
    pub subsumed: usize,
    /// Statements that went into others.
    pub merged: usize,
    /// Actions, resources, principals and values that something else in the document covers.
    pub covered: usize,
    /// Actions that a wildcard stands for now.
    pub shortened: usize,
}

/// A document that means what another did.
#[derive(Clone, Debug)]
pub struct Minimised {
    /// The document.
    pub document: Document,
    /// What was done.
    pub taken: Taken,
}

/// A document on its way.
struct Work<'a> {
    statements: Vec<Statement>,
    prover: Prover<'a>,
    catalogue: &'a Catalogue,
    options: Options<'a>,
    /// Actions that the document names, whatever becomes of the statement, and the catalogue does not have.
    named: BTreeSet<String>,
    taken: Taken,
}

/// The smallest document that is found to mean the same. The statements keep their order.
///
/// A document means the union of its statements, effect by effect: what its `Allow`s allow, less what its `Deny`s deny. So a step that
/// replaces statements of one effect by others that mean the same together changes nothing, whatever else stands in the document and
/// in other layers; that is what is proved, and not the whole document over and over, nor pair by pair.
pub fn minimise(catalogue: &Catalogue, document: &Document, options: Options<'_>) -> Minimised {
    let version = document.version;
    let mut work = Work {
        statements: document.statements.clone(),
        prover: Prover::new(catalogue, options.kind, version),
        catalogue,
        options,
        named: shorten::named(&document.statements, catalogue),
        taken: Taken::default(),
    };
    for statement in &mut work.statements {
        statement.sid = statement.sid.take().filter(|sid| !sid.value.is_empty());
    }
    // Every step makes the document smaller, so this ends.
    loop {
        let before = work.taken;
        work.lists();
        work.subsume();
        work.merge();
        // A trust policy with wildcards is refused where they could mean more than assuming its role.
        if !options.open_world && options.kind != Kind::Trust {
            work.shorten();
        }
        work.trim();
        if work.taken == before {
            break;
        }
    }
    let document = Document { version, id: document.id.clone(), statements: work.statements };
    Minimised { document, taken: work.taken }
}

/// The service that a resource policy is for, as far as its document shows it.
pub fn service_of(kind: Kind, document: &Document) -> Option<String> {
    if kind != Kind::Resource {
        return None;
    }
    let elements = document.statements.iter().filter_map(|statement| statement.resource.as_ref());
    let of_resource = elements.flat_map(|element| &element.patterns).find_map(|pattern| {
        let mut segments = pattern.value.plain()?.splitn(6, ':');
        let service = segments.nth(2)?;
        (!service.is_empty() && !service.contains('*')).then(|| service.to_owned())
    });
    let mut actions = document.statements.iter().flat_map(|statement| &statement.action.patterns);
    of_resource.or_else(|| {
        actions.find_map(|pattern| {
            let (prefix, _) = pattern.value.split_once(':')?;
            (!prefix.contains('*')).then(|| prefix.to_ascii_lowercase())
        })
    })
}

/// The size of a document as AWS counts it in the form that it is written in. The value of an extern counts for nothing.
pub fn size(kind: Kind, service: Option<&str>, document: &Document) -> usize {
    crate::policy::limits::counted_size(kind, service, written(document, kind.rules().minified).trim_end())
}

/// The characters of some statements without whitespace.
fn length(statements: &[Statement]) -> usize {
    let document = Document { version: Version::V2012, id: None, statements: statements.to_vec() };
    written(&document, true).chars().count()
}

fn written(document: &Document, minified: bool) -> String {
    let Ok::<_, Infallible>(text) = write_with(document, minified, |piece, _, out| {
        if let Piece::Literal(text) = piece {
            escape(text, out);
        }
        Ok(())
    });
    text
}

/// Whether the value of an extern stands in a statement. To the prover it is a text like any other; what it will be, is not known.
fn has_extern(statement: &Statement) -> bool {
    let resources = statement.resource.iter().flat_map(|element| &element.patterns).map(|one| &one.value);
    let principals = statement.principal.iter().flat_map(|element| &element.principals);
    resources.into_iter().any(|text| text.has_extern())
        || principals.filter_map(|one| one.value.text()).any(|text| text.has_extern())
        || statement
            .condition
            .iter()
            .any(|test| test.key.value.has_extern() || test.values.iter().any(|value| value.value.has_extern()))
}

/// Whether a deny takes away what the allow would give; a deny has nothing that takes it away.
fn is_taken_away_by(statement: &Statement, other: &Statement) -> bool {
    statement.effect == Effect::Allow && other.effect == Effect::Deny
}
