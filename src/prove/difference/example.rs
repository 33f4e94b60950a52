//! An example of a region: of all its requests one that a reader knows.

use super::asking::Asking;
use crate::base::Span;
use crate::policy::{ActionElement, Located, Statement, glob};
use crate::prove::{Counterexample, Verdict};

/// More actions than these are not tried.
const MOST_ACTIONS: usize = 120;
/// The services whose actions are tried first where any action will do.
const WELL_KNOWN: [&str; 8] = ["s3", "iam", "ec2", "lambda", "dynamodb", "sqs", "kms", "sts"];

impl Asking<'_> {
    /// A request that the document allows by a statement and the other does not; or why none was found.
    pub(super) fn example(&mut self, statement: &Statement) -> Result<Counterexample, String> {
        if let Some(patterns) = self.real_actions(&statement.action) {
            let with_real = Statement { action: ActionElement { negated: false, patterns }, ..statement.clone() };
            if let Verdict::Fails(found) = self.within_other(&with_real)
                && self.is_between(&found.request)
            {
                return Ok(self.spelled(*found));
            }
        }
        match self.within_other(statement) {
            Verdict::Fails(found) if self.is_between(&found.request) => Ok(self.spelled(*found)),
            Verdict::Unknown(why) => Err(why),
            Verdict::Holds | Verdict::Fails(_) => Err("an example could not be found".to_owned()),
        }
    }

    /// With the action in the letter case that AWS writes it in, which does not matter to a decision.
    fn spelled(&self, mut example: Counterexample) -> Counterexample {
        if let Some(action) = self.catalogue.action(&example.request.action) {
            example.request.action = action.full_name();
        }
        example
    }

    /// Actions that AWS has, where a pattern stands for several.
    fn real_actions(&self, element: &ActionElement) -> Option<Vec<Located<String>>> {
        let is_pattern = |one: &Located<String>| glob::is_pattern(&one.value);
        if !element.negated && !element.patterns.iter().any(is_pattern) {
            return None;
        }
        let is_in = |action: &str| element.includes(action);
        let well_known = WELL_KNOWN.iter().filter_map(|name| self.catalogue.service(name));
        let rest = self.catalogue.services().filter(|service| !WELL_KNOWN.contains(&service.name()));
        let names = well_known.chain(rest).flat_map(|service| service.actions()).map(|action| action.full_name());
        let found: Vec<_> = names
            .filter(|name| is_in(name))
            .take(MOST_ACTIONS)
            .map(|name| Located::new(name, Span::default()))
            .collect();
        (!found.is_empty()).then_some(found)
    }
}
