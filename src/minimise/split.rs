//! Several documents, where one is larger than AWS takes.

use super::equality::Prover;
use super::size;
use crate::catalogue::Catalogue;
use crate::policy::limits::{MANAGED_PER_ROLE, RCPS_PER_TARGET, SCPS_PER_TARGET};
use crate::policy::{Document, Kind, SetQualifier, Statement};

/// Why a document is not divided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsplit {
    /// What it is attached to has one policy of the kind, and no more.
    OnlyOne,
    /// The inline policies of a role, user or group are counted together.
    Inline,
    /// The statement of this place alone is too large, and cannot be divided.
    Statement(usize),
    /// It would become more documents than can be attached: so many, where there may be that many.
    TooMany(usize, usize),
}

/// The fewest documents within a limit that are found to mean together what one means: what several policies of a kind allow and deny
/// is the union of what each does. Statements keep their order, and stay whole where they fit.
pub fn split(
    catalogue: &Catalogue,
    kind: Kind,
    inline: bool,
    document: &Document,
    limit: usize,
) -> Result<Vec<Document>, Unsplit> {
    let fits = |statements: &[Statement]| {
        size(kind, None, &Document { statements: statements.to_vec(), ..empty(document) }) <= limit
    };
    if fits(&document.statements) {
        return Ok(vec![document.clone()]);
    }
    let most = match kind {
        Kind::Policy if inline => return Err(Unsplit::Inline),
        Kind::Policy => MANAGED_PER_ROLE.highest,
        Kind::Scp => SCPS_PER_TARGET.highest,
        // One place is taken by RCPFullAWSAccess.
        Kind::Rcp => RCPS_PER_TARGET.highest - 1,
        Kind::Boundary | Kind::Trust | Kind::Session | Kind::Resource | Kind::Endpoint => return Err(Unsplit::OnlyOne),
    };
    let prover = Prover::new(catalogue, kind, document.version);
    let mut parts: Vec<Vec<Statement>> = Vec::new();
    for (index, statement) in document.statements.iter().enumerate() {
        let pieces = pieces(statement, &fits).ok_or(Unsplit::Statement(index))?;
        // Whole statements are only put elsewhere, which changes nothing of a union.
        if pieces.len() > 1 && !prover.same(std::slice::from_ref(statement), &pieces) {
            return Err(Unsplit::Statement(index));
        }
        for piece in pieces {
            let with = |part: &[Statement]| [part, std::slice::from_ref(&piece)].concat();
            match parts.iter_mut().find(|part| fits(&with(part))) {
                Some(part) => part.push(piece),
                None => parts.push(vec![piece]),
            }
        }
    }
    if parts.len() > most {
        return Err(Unsplit::TooMany(parts.len(), most));
    }
    Ok(parts.into_iter().map(|statements| Document { statements, ..empty(document) }).collect())
}

fn empty(document: &Document) -> Document {
    Document { version: document.version, id: document.id.clone(), statements: Vec::new() }
}

/// A statement as several that fit, by halves of its longest list; nothing where no list can be divided.
fn pieces(statement: &Statement, fits: &impl Fn(&[Statement]) -> bool) -> Option<Vec<Statement>> {
    if fits(std::slice::from_ref(statement)) {
        return Some(vec![statement.clone()]);
    }
    let (mut first, mut second) = (statement.clone(), statement.clone());
    // The name stays with the first: in one document it may stand once.
    second.sid = None;
    let actions = if statement.action.negated { 0 } else { statement.action.patterns.len() };
    let resources =
        statement.resource.as_ref().filter(|element| !element.negated).map_or(0, |element| element.patterns.len());
    let divisible = |test: &crate::policy::ConditionTest| {
        let operator = test.operator.value;
        !operator.base.is_negated() && operator.set != Some(SetQualifier::ForAllValues)
    };
    let values = (0..statement.condition.len())
        .filter(|&at| divisible(&statement.condition[at]))
        .max_by_key(|&at| (statement.condition[at].values.len(), std::cmp::Reverse(at)));
    let count = values.map_or(0, |at| statement.condition[at].values.len());
    if actions.max(resources).max(count) < 2 {
        return None;
    }
    if actions >= resources && actions >= count {
        second.action.patterns = first.action.patterns.split_off(actions / 2);
    } else if resources >= count {
        if let (Some(first), Some(second)) = (&mut first.resource, &mut second.resource) {
            second.patterns = first.patterns.split_off(resources / 2);
        }
    } else if let Some(at) = values {
        second.condition[at].values = first.condition[at].values.split_off(count / 2);
    }
    let mut all = pieces(&first, fits)?;
    all.extend(pieces(&second, fits)?);
    Some(all)
}
