//! The constraints that ship with the compiler.

use std::collections::BTreeSet;

use super::proof::{Known, Proofs, shown, unneeded_exemption};
use super::{Tested, TestedKind};
use crate::base::{FileId, Span};
use crate::diagnostic::{Diagnostic, closest, code};
use crate::elaborate::{Elaborated, Organization, Subject};
use crate::evaluate::Requester;
use crate::policy::{Document, ESCALATIONS, Kind};
use crate::project::{Config, Shipped};
use crate::prove::{Inside, Verdict, allowing, step_of, without_key};

/// The requests that shipped constraints ask about; made once.
pub(super) struct Requests {
    /// Of each way to more permissions, its actions.
    escalations: Vec<Vec<Document>>,
    /// What makes users and roles and gives them policies, where they have no boundary.
    unbounded: Document,
    /// Assuming a role without an external id.
    without_external_id: Document,
}

impl Requests {
    /// Those that a project's settings need.
    pub(super) fn of(config: &Config) -> Option<Self> {
        config.constraints.values().any(|setting| setting.is_on()).then(|| Requests {
            escalations: ESCALATIONS
                .iter()
                .map(|path| path.actions.iter().map(|one| step_of(path, one, &["*"])).collect())
                .collect(),
            unbounded: allowing(&UNBOUNDED, &["*"], vec![without_key("iam:PermissionsBoundary")]),
            without_external_id: allowing(&["sts:AssumeRole"], &["*"], vec![without_key("sts:ExternalId")]),
        })
    }

    pub(super) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.escalations.iter().flatten().chain([&self.unbounded, &self.without_external_id])
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate>
const UNBOUNDED: [&str; 8] = [
    "iam:CreateUser",
    "iam:CreateRole",
    "iam:PutUserPolicy",
    "iam:PutRolePolicy",
    "iam:AttachUserPolicy",
    "iam:AttachRolePolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
];

impl<'w, 'a: 'w> Proofs<'w, 'a, '_> {
    /// Decides the constraints that are turned on.
    pub(super) fn shipped(
        &mut self,
        (config, settings): (&Config, Option<FileId>),
        requests: &'w Requests,
        elaborated: &'a Elaborated,
    ) -> Vec<Tested> {
        let mut all = Vec::new();
        for (name, setting) in &config.constraints {
            let Some(shipped) = Shipped::named(name).filter(|_| setting.is_on()) else { continue };
            let mut tested = Tested::of(TestedKind::Constraint, &format!("constraint {name}"), Span::default());
            let mut needed = BTreeSet::new();
            for (subject, span) in subjects(shipped, elaborated) {
                tested.requests += 1;
                let Some(known) = self.known(&subject, &[]) else { continue };
                let broken = self.broken(shipped, &known, &subject, span, requests, elaborated);
                if !setting.exempts(name_of(&subject)) {
                    tested.failures.extend(broken.map(|finding| finding.note(exempting(name, name_of(&subject)))));
                } else if broken.is_some() {
                    needed.insert(name_of(&subject).to_owned());
                }
            }
            for exempted in setting.exempted().filter(|exempted| !needed.contains(*exempted)) {
                let Some(span) = settings.and_then(|file| config.place_of_exemption(file, name, exempted)) else {
                    continue;
                };
                match undeclared(exempted, elaborated, span) {
                    Some(error) => tested.failures.push(error),
                    None => tested.warnings.push(unneeded_exemption(span)),
                }
            }
            all.push(tested);
        }
        all
    }

    /// What is wrong with one policy or role.
    fn broken(
        &mut self,
        shipped: Shipped,
        known: &Known<'w>,
        subject: &Subject,
        span: Span,
        requests: &'w Requests,
        elaborated: &Elaborated,
    ) -> Option<Diagnostic> {
        let permissions = &known.permissions;
        match shipped {
            Shipped::NoPublicAccess => {
                let verdict = self.prover.closed_to_outside(permissions, &Inside::Nobody);
                found(
                    verdict,
                    known,
                    span,
                    "lets the public in",
                    "name who may, or the organisation: `when aws:PrincipalOrgID == \"o-...\"`",
                )
            }
            Shipped::NoAccessFromOutsideTheOrganization => {
                let inside = self.inside(elaborated);
                let verdict = self.prover.closed_to_outside(permissions, &inside);
                found(
                    verdict,
                    known,
                    span,
                    "lets somebody in from outside",
                    "ask for the organisation: `when aws:PrincipalOrgID == \"o-...\"`",
                )
            }
            Shipped::NoPrivilegeEscalation => self.escalation(known, span, requests),
            Shipped::NoIamWritesWithoutBoundary => {
                let scope = self.requests(&requests.unbounded);
                let verdict = self.prover.disjoint(permissions, &scope);
                found(
                    verdict,
                    known,
                    span,
                    "gives permissions without a boundary",
                    "ask for one: `when iam:PermissionsBoundary == \"arn:...\"`",
                )
            }
            Shipped::ThirdPartiesHaveExternalId => {
                let inside = Inside::Accounts(self.own_accounts(elaborated));
                let scope = self.requests(&requests.without_external_id);
                let verdict = self.prover.closed_to_requests(permissions, &inside, &scope);
                found(
                    verdict,
                    known,
                    span,
                    "lets a third party assume the role without an external id",
                    "ask for one: `when sts:ExternalId == \"...\"`",
                )
            }
            Shipped::RolesAreBounded => {
                let Subject::Role(name) = subject else { return None };
                let has = self.world.role(name).is_some_and(|role| role.boundary.is_some());
                (!has).then(|| {
                    Diagnostic::new(
                        &code::VIOLATED_CONSTRAINT,
                        span,
                        format!("`role {name}` has no permissions boundary"),
                    )
                    .help("give it one: `boundary NAME`")
                })
            }
        }
    }

    /// The first known way to more permissions that is open.
    fn escalation(&mut self, known: &Known<'w>, span: Span, requests: &'w Requests) -> Option<Diagnostic> {
        let mut unknown = None;
        for (path, steps) in ESCALATIONS.iter().zip(&requests.escalations) {
            let mut examples = Vec::new();
            for step in steps {
                let scope = self.requests(step);
                match self.prover.disjoint(&known.permissions, &scope) {
                    Verdict::Fails(example) => examples.push(example),
                    Verdict::Holds => break,
                    Verdict::Unknown(why) => {
                        unknown = unknown.or(Some(why));
                        break;
                    }
                }
            }
            if examples.len() < steps.len() {
                continue;
            }
            let message = format!("`{}` can come to do more than it may: {}", known.name, path.how.explained());
            let mut finding = Diagnostic::new(&code::VIOLATED_CONSTRAINT, span, message)
                .label("escalation of privileges")
                .note(format!("by `{}` ({})", path.actions.join("`, `"), path.name));
            let mut places: Vec<Span> = examples.iter().filter_map(|one| known.statement(one.statement)).collect();
            places.sort_by_key(|place| (place.file, place.start));
            places.dedup();
            for place in places {
                finding = finding.also(place, "lets it do so");
            }
            return Some(finding.help("take one of these actions away, confine it to resources, or give a boundary"));
        }
        unknown.map(|why| {
            Diagnostic::new(&code::UNPROVED, span, format!("whether `{}` can come to do more is not known", known.name))
                .note(why)
        })
    }

    /// The accounts of the project and of its organisations.
    fn own_accounts(&self, elaborated: &Elaborated) -> Vec<String> {
        let mut accounts = vec![self.world.account().to_owned()];
        accounts.extend(elaborated.organizations.iter().flat_map(Organization::accounts));
        accounts
    }

    fn inside(&self, elaborated: &Elaborated) -> Inside {
        let accounts = self.own_accounts(elaborated);
        match elaborated.organizations.first() {
            Some(organization) => Inside::Organization { id: organization.id.clone(), accounts },
            None => Inside::Accounts(accounts),
        }
    }
}

/// The policies and roles that a constraint is about, and where they are declared.
fn subjects(shipped: Shipped, elaborated: &Elaborated) -> Vec<(Subject, Span)> {
    let of_kinds = |kinds: &[Kind]| -> Vec<(Subject, Span)> {
        let policies = elaborated.policies.iter().filter(|policy| kinds.contains(&policy.kind));
        policies.map(|policy| (Subject::Policy(policy.kind, policy.name.clone()), policy.span)).collect()
    };
    let roles = || elaborated.roles.iter().map(|role| (Subject::Role(role.name.clone()), role.span));
    match shipped {
        Shipped::NoPublicAccess | Shipped::NoAccessFromOutsideTheOrganization => {
            of_kinds(&[Kind::Resource, Kind::Trust])
        }
        Shipped::ThirdPartiesHaveExternalId => of_kinds(&[Kind::Trust]),
        Shipped::RolesAreBounded => roles().collect(),
        // A policy that a role has is looked at with the role's others.
        Shipped::NoPrivilegeEscalation | Shipped::NoIamWritesWithoutBoundary => {
            let in_a_role =
                |name: &str| elaborated.roles.iter().any(|role| role.policies.iter().any(|one| one == name));
            let alone = of_kinds(&[Kind::Policy]).into_iter().filter(|(subject, _)| !in_a_role(name_of(subject)));
            roles().chain(alone).collect()
        }
    }
}

fn name_of(subject: &Subject) -> &str {
    match subject {
        Subject::Policy(_, name) | Subject::Role(name) => name,
        Subject::Other => "",
    }
}

/// That no policy and no role is called so.
fn undeclared(name: &str, elaborated: &Elaborated, span: Span) -> Option<Diagnostic> {
    let policies = elaborated.policies.iter().map(|policy| policy.name.as_str());
    let names: Vec<&str> = policies.chain(elaborated.roles.iter().map(|role| role.name.as_str())).collect();
    (!names.contains(&name)).then(|| {
        let help = match closest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name a policy or a role; or take this one out".to_owned(),
        };
        let message = format!("no policy and no role is called `{name}`");
        Diagnostic::new(&code::UNKNOWN_NAME, span, message).label("not declared").help(help)
    })
}

fn exempting(constraint: &str, name: &str) -> String {
    format!(
        "`{constraint}` is turned on in leastwise.toml; `{constraint} = {{ exempt = {{ {name} = \"why\" }} }}` leaves it out"
    )
}

const BY_CLAIM: &str = "ask for the claim that says whose identities you mean; if those are not of the account that the provider is set up \
                        in, exempt the role with the reason";

fn found(verdict: Verdict, known: &Known<'_>, span: Span, what: &str, help: &str) -> Option<Diagnostic> {
    match verdict {
        Verdict::Holds => None,
        Verdict::Unknown(why) => Some(
            Diagnostic::new(&code::UNPROVED, span, format!("whether `{}` {what} is not known", known.name)).note(why),
        ),
        Verdict::Fails(example) => {
            let finding = Diagnostic::new(&code::VIOLATED_CONSTRAINT, span, format!("`{}` {what}", known.name));
            let finding = finding.note(shown(&example)).help(match example.request.requester {
                // An identity of a provider has no organisation.
                Requester::Federated { .. } => BY_CLAIM,
                _ => help,
            });
            Some(match known.statement(example.statement) {
                Some(place) => finding.also(place, "lets it through"),
                None => finding,
            })
        }
    }
}
