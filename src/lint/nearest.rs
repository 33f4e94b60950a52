//! Whether an action may be what a name that is none was meant to be.

use crate::catalogue::Catalogue;
use crate::diagnostic::closest;

/// Whether an action does what a name that is none does, to what that does it to: the verb that both begin with is the same, and what
/// is behind it is nearly so. By letters alone a short word is near to too many. `has_rest` says that wildcards follow what is written.
pub(super) fn is_near(catalogue: &Catalogue, written: &str, action: &str, has_rest: bool) -> bool {
    let wanted = verb(action);
    let own = match written.get(..wanted.len()) {
        Some(start) if start.eq_ignore_ascii_case(wanted) => start,
        start => {
            // Without capital letters it does not show where the verb ends.
            let is_one_word = verb(written).len() == written.len();
            let own = start.filter(|_| is_one_word).unwrap_or(verb(written));
            if closest(own, [wanted]).is_none() || is_verb(catalogue, own) {
                return false;
            }
            own
        }
    };
    is_near_behind(&written[own.len()..], &action[wanted.len()..], has_rest)
}

/// The same of what is behind the verb: of an action all of it; where wildcards stand for the rest, its beginning or a part of it too.
fn is_near_behind(written: &str, action: &str, has_rest: bool) -> bool {
    let beginning = action.get(..written.len()).unwrap_or(action);
    let is_part = || action.to_ascii_lowercase().contains(&written.to_ascii_lowercase());
    written.is_empty()
        || closest(written, [action]).is_some()
        || has_rest && (is_part() || closest(written, [beginning]).is_some())
}

/// `Get` of `GetObject`.
fn verb(name: &str) -> &str {
    let end = name.char_indices().skip(1).find(|(_, c)| c.is_ascii_uppercase()).map_or(name.len(), |(at, _)| at);
    &name[..end]
}

/// Whether some action of AWS begins with that verb.
fn is_verb(catalogue: &Catalogue, word: &str) -> bool {
    catalogue.services().any(|service| service.actions().any(|action| verb(action.name()).eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_those_of_aws_or_misspelt() {
        let near = |written: &str, action: &str| is_near(Catalogue::builtin(), written, action, true);
        assert!(near("GetObjet", "GetObject") && near("getobjet", "GetObject"));
        assert!(near("GettObject", "GetObject") && near("Delet", "DeleteObject") && near("lsitbuckets", "ListBuckets"));
        assert!(!near("EraseLogs", "CreateLogGroup"));
        // One letter apart, and verbs both.
        assert!(!near("SetUser", "GetUser") && !near("setuser", "GetUser") && !near("EncryptKey", "DecryptKey"));
    }

    #[test]
    fn what_is_behind_the_verb_counts_by_itself() {
        let near = |written: &str, action: &str| is_near(Catalogue::builtin(), written, action, true);
        assert!(near("ScheduleDeletion", "ScheduleKeyDeletion") && near("StopLoging", "StopLogging"));
        assert!(near("DeleteTrial", "DeleteTrail") && near("GetObj", "GetObject") && near("Get", "GetObject"));
        let whole = |written: &str, action: &str| is_near(Catalogue::builtin(), written, action, false);
        assert!(whole("DescribeInstance", "DescribeInstances") && !whole("UpdateBudget", "UpdateBudgetAction"));
        assert!(!near("SetUse", "SetSecurityTokenServicePreferences") && !near("GetFoo", "GetJob"));
    }
}
