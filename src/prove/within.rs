//! Whether one document is within another.
//!
//! Most questions are about two versions of one document. A statement that stands in both needs no proof, nor do the actions of another
//! that the other document allows in the same words. Of the rest only those statements, and those of their actions, matter that can be
//! about the same: no others are taken for regions at all.

use std::cell::OnceCell;

use super::case::Case;
use super::claim::{Allowed, Sought};
use super::prover::{BUDGET, Claim, Ended, Open, Permissions, Prover, Verdict};
use super::region::{EARLY, Place, Regions};
use super::subject::{Subject, Whose};
use super::twins::Twins;
use crate::catalogue::Catalogue;
use crate::policy::{ActionElement, Effect, Located, Statement};

/// Whether everything that one document allows is allowed by another.
pub fn within(catalogue: &Catalogue, a: Subject<'_>, b: Subject<'_>) -> Verdict {
    let mut prover = Prover::new(catalogue, &[a.document, b.document]);
    // What cannot be of those who ask is told by all the keys that all statements ask for.
    if !a.has_principals && !b.has_principals {
        let mut halves = Halves { a: Half::new(a), b: Half::new(b) };
        if let Some(verdict) = halves.compare(&mut prover) {
            return verdict;
        }
    }
    let (a, b) = (prover.permissions(Whose::Document(a)), prover.permissions(Whose::Document(b)));
    prover.within(&a, &b)
}

/// The two documents.
struct Halves<'d> {
    a: Half<'d>,
    b: Half<'d>,
}

/// A document, and those of its statements that have been taken for regions.
struct Half<'d> {
    subject: Subject<'d>,
    /// What its statements are about, as far as that was asked for.
    scopes: Vec<OnceCell<Scope<'d>>>,
    taken: Vec<Taken>,
    permissions: Permissions<'d>,
}

/// How much of a statement has been taken for regions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    No,
    /// Those of its actions that one other statement may be about.
    Partly,
    Wholly,
}

/// Of fewer actions than these none is left out: all of them are as fast.
const FEW_ACTIONS: usize = 4;

impl<'d> Half<'d> {
    fn new(subject: Subject<'d>) -> Self {
        let statements = &subject.document.statements;
        let allowed = Allowed::from(Regions::default());
        Half {
            subject,
            scopes: vec![OnceCell::new(); statements.len()],
            taken: vec![Taken::No; statements.len()],
            permissions: Permissions { subject: Whose::Document(subject), allowed, surely: None },
        }
    }

    fn scope(&self, index: usize) -> &Scope<'d> {
        self.scopes[index].get_or_init(|| Scope::of(&self.subject.document.statements[index]))
    }

    /// The statements of an effect that may be about something that is in a scope.
    fn about(&self, scope: &Scope<'_>, wanted: impl Fn(usize, Effect) -> bool) -> Vec<usize> {
        let statements = self.subject.document.statements.iter().enumerate();
        let wanted = statements.filter(|(index, one)| wanted(*index, one.effect));
        wanted.map(|(index, _)| index).filter(|index| self.scope(*index).may_meet(scope)).collect()
    }

    /// Takes what of a statement may be about something in a scope, if it is not taken already. What is asked for again and again is
    /// taken as a whole.
    fn take(&mut self, index: usize, scope: &Scope<'_>, prover: &mut Prover<'_>) {
        let action = &self.subject.document.statements[index].action;
        let is_first = self.taken[index] == Taken::No;
        let part = if is_first && action.patterns.len() >= FEW_ACTIONS { scope.of_actions(action) } else { None };
        let before = std::mem::replace(&mut self.taken[index], part.as_ref().map_or(Taken::Wholly, |_| Taken::Partly));
        if before != Taken::Wholly {
            self.add(index, part.as_ref().unwrap_or(action), prover);
        }
    }

    /// Takes a statement with these actions in the place of its own.
    fn add(&mut self, index: usize, action: &ActionElement, prover: &mut Prover<'_>) {
        let document = self.subject.document;
        let place = Place { document: 0, statement: index };
        let mut regions = Regions::default();
        let statement = &document.statements[index];
        prover.space.add_statement(statement, action, document.version, place, false, &mut regions);
        let allowed = &mut self.permissions.allowed;
        allowed.ways[0][0].append(&mut regions.allow);
        allowed.deny.append(&mut regions.deny);
        allowed.inexact = allowed.inexact.or(regions.inexact).or(prover.space.inexact.take());
    }
}

impl<'d> Halves<'d> {
    /// Looks for a request that `a` allows and `b` does not, from one statement of `a` to the next. Nothing where the documents have
    /// to be looked at as a whole.
    fn compare(&mut self, prover: &mut Prover<'_>) -> Option<Verdict> {
        let (of_a, of_b) = (&self.a.subject.document.statements, &self.b.subject.document.statements);
        let is_same_version = self.a.subject.document.version == self.b.subject.document.version;
        let (mut twins_of_a, mut twins_of_b) = (Twins::new(of_b, is_same_version), Twins::new(of_a, is_same_version));
        // A deny that stands in both denies nothing that `a` allows.
        let is_new_deny = |one: &Statement| one.effect == Effect::Deny && !twins_of_b.has(one);
        let denies: Vec<bool> = of_b.iter().map(is_new_deny).collect();
        let has_new_denies = denies.contains(&true);
        let mut budget = BUDGET;
        let mut open: Open = (Vec::new(), None);
        for (index, allow) in of_a.iter().enumerate().filter(|(_, one)| one.effect == Effect::Allow) {
            let is_allowed = twins_of_a.has(allow);
            if is_allowed && !has_new_denies {
                continue;
            }
            let denying = self.b.about(self.a.scope(index), |at, _| denies[at]);
            let left = if denying.is_empty() { twins_of_a.left(allow) } else { allow.action.clone() };
            if left.patterns.is_empty() || is_allowed && denying.is_empty() {
                continue;
            }
            self.take(index, &left, denying, prover);
            // Where a variable stands early in an ARN, its cases come before any search.
            if [&self.a, &self.b].iter().any(|half| half.permissions.allowed.inexact == Some(EARLY)) {
                let letter = prover.space.early.first().copied()?;
                open = (prover.space.segments_of(&Case::default(), letter).cases, None);
                break;
            }
            match self.search(prover, &mut budget) {
                Ended::Found(found) => return Some(Verdict::Fails(found)),
                Ended::None(cases, why) => {
                    open.0.extend(cases);
                    open.1 = open.1.or(why);
                }
            }
        }
        // Each case is looked at with all statements.
        Some(prover.decide_cases(&self.claim(&[&self.a.permissions]), None, &[], open, budget))
    }

    /// Takes actions of a statement that allows, and what is looked at beside them; `denying` are those of `b` that deny.
    fn take(&mut self, index: usize, left: &ActionElement, denying: Vec<usize>, prover: &mut Prover<'_>) {
        let scope = self.a.scope(index).with(left);
        let allowing = self.b.about(&scope, |_, effect| effect == Effect::Allow);
        let own = self.a.about(&scope, |_, effect| effect == Effect::Deny);
        self.a.permissions.allowed.ways[0][0].clear();
        self.a.add(index, left, prover);
        own.into_iter().for_each(|at| self.a.take(at, &scope, prover));
        allowing.into_iter().chain(denying).for_each(|at| self.b.take(at, &scope, prover));
    }

    fn claim<'h>(&'h self, by: &'h [&'h Permissions<'d>]) -> Claim<'h, 'd> {
        Claim { by, not_by: Some(&self.b.permissions), only_denied: false, surely: false }
    }

    /// Looks for a request that the statement of `a` allows which was taken last.
    fn search(&self, prover: &mut Prover<'_>, budget: &mut u64) -> Ended {
        let (a, b) = (&self.a.permissions.allowed, &self.b.permissions.allowed);
        let sought = Sought { by: &[a], not_by: Some(b), impossible: &[], facts: &[] };
        prover.search(&self.claim(&[&self.a.permissions]), &sought, &Case::default(), budget)
    }
}

/// What a statement is about, as far as the first bytes of its patterns say: up to a wildcard or a variable.
#[derive(Clone)]
struct Scope<'d> {
    /// Of its actions, without regard to letter case; nothing where it is about others.
    actions: Option<Vec<&'d [u8]>>,
    /// Of its resources.
    resources: Option<Vec<&'d [u8]>>,
}

impl<'d> Scope<'d> {
    fn of(statement: &'d Statement) -> Self {
        let resource = statement.resource.as_ref().filter(|element| !element.negated);
        Scope {
            actions: starts_of_actions(&statement.action),
            // What an `extern` stands for may be anything.
            resources: resource
                .map(|element| starts(&mut element.patterns.iter().map(|one| one.value.plain().unwrap_or("")))),
        }
    }

    /// The same resources with other actions.
    fn with<'o>(&self, actions: &'o ActionElement) -> Scope<'o>
    where
        'd: 'o,
    {
        Scope { actions: starts_of_actions(actions), resources: self.resources.clone() }
    }

    /// Whether some request may be about both.
    fn may_meet(&self, other: &Scope<'_>) -> bool {
        let may = |own: &Option<Vec<&[u8]>>, others: &Option<Vec<&[u8]>>, goes_on: fn(&[u8], &[u8]) -> bool| {
            let (Some(own), Some(others)) = (own, others) else { return true };
            own.iter().any(|one| others.iter().any(|other| goes_on(one, other)))
        };
        let exactly = |one: &[u8], other: &[u8]| one.iter().zip(other).all(|(a, b)| a == b);
        may(&self.actions, &other.actions, in_any_case) && may(&self.resources, &other.resources, exactly)
    }

    /// Those of some actions that may be in the scope; nothing where all of them may, or what is said is which ones are not meant.
    fn of_actions(&self, action: &ActionElement) -> Option<ActionElement> {
        let own = self.actions.as_ref().filter(|_| !action.negated)?;
        let may = |pattern: &&Located<String>| own.iter().any(|one| in_any_case(one, start(&pattern.value)));
        let patterns: Vec<_> = action.patterns.iter().filter(may).cloned().collect();
        (patterns.len() < action.patterns.len()).then_some(ActionElement { negated: false, patterns })
    }
}

/// Whether one text goes on as the other does, without regard to letter case.
fn in_any_case(one: &[u8], other: &[u8]) -> bool {
    one.iter().zip(other).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// How the actions of an element start; nothing where it is about others.
fn starts_of_actions(action: &ActionElement) -> Option<Vec<&[u8]>> {
    (!action.negated).then(|| starts(&mut action.patterns.iter().map(|one| one.value.as_str())))
}

fn starts<'t>(texts: &mut dyn Iterator<Item = &'t str>) -> Vec<&'t [u8]> {
    let mut starts: Vec<&[u8]> = texts.map(start).collect();
    starts.dedup();
    starts
}

/// The bytes before the first wildcard or variable.
fn start(text: &str) -> &[u8] {
    let end = text.bytes().position(|byte| matches!(byte, b'*' | b'?' | b'$'));
    &text.as_bytes()[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::FileId;
    use crate::policy::Document;
    use crate::policy::read::{Mode, json, read};

    fn document(version: &str, statements: &[&str]) -> Document {
        let text = format!(r#"{{"Version": "{version}", "Statement": [{}]}}"#, statements.join(", "));
        read(json::Place::At(FileId(0), 0), &text, Mode::Strict).unwrap().document
    }

    fn subject(document: &Document) -> Subject<'_> {
        Subject { document, has_principals: false }
    }

    /// The verdict that all statements together give.
    fn as_a_whole(a: &Document, b: &Document) -> Verdict {
        let mut prover = Prover::new(Catalogue::builtin(), &[a, b]);
        let [a, b] = [a, b].map(|one| prover.permissions(Whose::Document(subject(one))));
        prover.within(&a, &b)
    }

    #[test]
    fn statement_by_statement_it_is_as_with_all_of_them_together() {
        let pool = [
            r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": ["S3:getobject", "ec2:*"], "Resource": "arn:aws:s3:::a/*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}"#,
            r#"{"Effect": "Allow", "NotAction": "ec2:*", "NotResource": "arn:aws:s3:::a/*"}"#,
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/${aws:username}"}"#,
            r#"{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}"#,
            r#"{"Effect": "Deny", "Action": "s3:GetObjectAcl", "Resource": "*"}"#,
            r#"{"Effect": "Deny", "NotAction": "s3:Get*", "Resource": "*"}"#,
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#,
            // Edits of each other, of more actions than are taken as a whole.
            r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "ec2:RunInstances"], "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject", "s3:GetObjectAcl", "s3:Delete*", "ec2:Run*"], "Resource": ["arn:aws:s3:::a/*", "*"]}"#,
            r#"{"Effect": "Allow", "Action": ["s3:GetObject", "S3:PutObject", "ec2:RunInstances", "iam:PassRole", "s3:List*"], "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}"#,
            r#"{"Effect": "Deny", "Action": ["s3:PutObject", "s3:List*", "ec2:*", "iam:*", "s3:GetObjectAcl"], "Resource": "*"}"#,
        ];
        let count = pool.len();
        let pair = |number: usize| [pool[number % count], pool[number / count % count]];
        let (mut hold, mut fail) = (0, 0);
        for number in (0..count.pow(4)).step_by(31) {
            let version = if number % 7 == 0 { "2008-10-17" } else { "2012-10-17" };
            let a = document("2012-10-17", &pair(number));
            let b = document(version, &pair(number / count.pow(2)));
            let (one, other) = (within(Catalogue::builtin(), subject(&a), subject(&b)), as_a_whole(&a, &b));
            match (&one, &other) {
                (Verdict::Holds, Verdict::Holds) => hold += 1,
                (Verdict::Fails(_), Verdict::Fails(_)) => fail += 1,
                _ => panic!("{:?} in {:?}: {one:?} and {other:?}", pair(number), pair(number / 100)),
            }
        }
        assert!(hold > 100 && fail > 100, "{hold} hold, {fail} fail");
    }

    #[test]
    fn scopes_are_apart_only_where_no_request_is_in_both() {
        let meet = |a: &str, b: &str| {
            let of = |elements: &str| document("2012-10-17", &[&format!(r#"{{"Effect": "Allow", {elements}}}"#)]);
            let (a, b) = (of(a), of(b));
            Scope::of(&a.statements[0]).may_meet(&Scope::of(&b.statements[0]))
        };
        let all = r#""Action": "*", "Resource": "*""#;
        let get = r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*""#;
        for (a, b, expected) in [
            (all, get, true),
            (get, r#""Action": ["ec2:*", "S3:getO*"], "Resource": "arn:aws:s3:::a/b""#, true),
            (get, r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#, false),
            (get, r#""Action": "s3:PutObject", "Resource": "*""#, false),
            (get, r#""NotAction": "s3:PutObject", "Resource": "arn:aws:s3:::a*""#, true),
            (get, r#""Action": "s3:G*", "NotResource": "arn:aws:s3:::b""#, true),
            (get, r#""Action": "s3:G*", "Resource": "arn:aws:s3:::${aws:username}""#, true),
            (get, r#""Action": "s3:G*", "Resource": "arn:aws:s3""#, true),
            (get, r#""Action": "s3:G*""#, true),
            // Letter case matters in resources.
            (get, r#""Action": "s3:G*", "Resource": "arn:aws:s3:::A/*""#, false),
        ] {
            assert_eq!((meet(a, b), meet(b, a)), (expected, expected), "{a} and {b}");
        }
    }

    #[test]
    fn a_statement_of_both_needs_no_search_but_beside_a_new_deny() {
        let allow = r#"{"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;
        let renamed = r#"{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}"#;
        let deny = r#"{"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}"#;
        let holds = |a: &[&str], b: &[&str]| {
            let (a, b) = (document("2012-10-17", a), document("2012-10-17", b));
            matches!(within(Catalogue::builtin(), subject(&a), subject(&b)), Verdict::Holds)
        };
        assert!(holds(&[allow], &[deny.replace("s3", "ec2").as_str(), renamed]));
        assert!(!holds(&[allow], &[renamed, deny]));
        assert!(holds(&[deny, allow], &[renamed, deny]));
        assert!(holds(&[deny, allow], &[renamed]));
        assert!(!holds(&[allow, allow.replace("s3", "ec2").as_str()], &[renamed]));
    }
}
