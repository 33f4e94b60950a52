//! `prove` and `constraint` blocks: each claim is put to the prover.

use super::layers::World;
use super::shipped::Requests;
use super::{Tested, TestedKind};
use crate::base::{FileId, Span};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic, code};
use crate::elaborate::{Constraint, Demanded, Elaborated, Policy, Proof, ProofClaim, Rule, Subject, Universal};
use crate::evaluate::KeyValue;
use crate::policy::{Document, Kind};
use crate::project::Config;
use crate::prove::difference::as_attached;
use crate::prove::{Counterexample, Permissions, Place, Prover, Realm, Verdict, Whose};
use crate::syntax::Relation;

use std::collections::HashMap;
use std::rc::Rc;

/// Decides the proofs and constraints of a project.
pub(super) fn run<'a>(
    world: &World<'a>,
    elaborated: &'a Elaborated,
    catalogue: &Catalogue,
    (config, settings): (&Config, Option<FileId>),
) -> Vec<Tested> {
    let shipped = Requests::of(config);
    if elaborated.proofs.is_empty() && elaborated.constraints.is_empty() && shipped.is_none() {
        return Vec::new();
    }
    let whole = whole(elaborated);
    let claims = elaborated.proofs.iter().flat_map(|proof| &proof.claims);
    let demands = elaborated.constraints.iter().flat_map(|constraint| &constraint.demands);
    let of_demands = demands.filter_map(|demand| match &demand.demanded {
        Demanded::Rule(_, requests) => Some(requests),
        Demanded::Requires(_) => None,
    });
    let others = claims.filter_map(of_claim).chain(of_demands).chain(shipped.iter().flat_map(Requests::documents));
    let realm = Realm::of(config);
    let mut proofs = Proofs::new(world, elaborated, &whole, (catalogue, realm), others);
    let proved = elaborated.proofs.iter().map(|proof| proofs.proof(proof)).collect::<Vec<_>>();
    let constrained = elaborated.constraints.iter().map(|constraint| proofs.constraint(constraint, elaborated));
    let mut tested: Vec<Tested> = proved.into_iter().chain(constrained.collect::<Vec<_>>()).collect();
    tested.extend(shipped.iter().flat_map(|requests| proofs.shipped((config, settings), requests, elaborated)));
    tested
}

/// Decides one claim; where there is nothing to decide, the finding says so.
pub(super) fn decide(
    world: &World<'_>,
    elaborated: &Elaborated,
    catalogue: &Catalogue,
    config: &Config,
    claim: &ProofClaim,
) -> Result<Decided, Box<Diagnostic>> {
    let whole = whole(elaborated);
    let of = (catalogue, Realm::of(config));
    Proofs::new(world, elaborated, &whole, of, of_claim(claim)).decided(claim)
}

/// The documents of control policies as they are attached, beside what AWS attaches.
fn whole(elaborated: &Elaborated) -> HashMap<(Kind, &str), Document> {
    let controls = elaborated.policies.iter().filter(|policy| matches!(policy.kind, Kind::Scp | Kind::Rcp));
    let attached = |policy: &Policy| as_attached(policy.document.clone(), policy.kind);
    controls.map(|policy| ((policy.kind, policy.name.as_str()), attached(policy))).collect()
}

/// The requests that a claim is about.
fn of_claim(claim: &ProofClaim) -> Option<&Document> {
    match &claim.claim {
        Universal::Decides { requests, .. } => Some(requests),
        Universal::Relates(..) => None,
    }
}

/// A policy or role, and the session and endpoint policies that its requests go through.
type Asked = (Subject, Vec<(Kind, String)>);

/// Whose permissions, ready for claims.
pub(super) struct Known<'a> {
    pub(super) permissions: Permissions<'a>,
    /// The policies of its documents, in their order; of what AWS attaches itself there is none.
    policies: Vec<Option<&'a Policy>>,
    pub(super) name: String,
}

/// How a claim was decided.
#[derive(Clone, Debug)]
pub struct Decided {
    /// What was found out.
    pub verdict: Verdict,
    /// What is not so, in words, where it fails.
    pub message: String,
    /// The statement that lets the counterexample through.
    pub statement: Option<Stated>,
    /// The statement that comes nearest to covering it.
    pub nearest: Option<Stated>,
}

/// A statement of a policy of the project.
#[derive(Clone, Debug)]
pub struct Stated {
    /// The kind of the policy.
    pub kind: Kind,
    /// The name of the policy.
    pub policy: String,
    /// Its place among the policy's statements.
    pub index: usize,
    /// Its Sid.
    pub sid: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// What decides the proofs of a project.
pub(super) struct Proofs<'w, 'a, 'c> {
    pub(super) world: &'w World<'a>,
    whole: &'w HashMap<(Kind, &'a str), Document>,
    pub(super) prover: Prover<'c>,
    known: HashMap<Asked, Option<Rc<Known<'w>>>>,
}

impl<'w, 'a: 'w, 'c> Proofs<'w, 'a, 'c> {
    /// What decides claims about the policies of a project, and about other documents.
    fn new<'d>(
        world: &'w World<'a>,
        elaborated: &'d Elaborated,
        whole: &'w HashMap<(Kind, &'a str), Document>,
        (catalogue, realm): (&'c Catalogue, Realm<'_>),
        others: impl IntoIterator<Item = &'d Document>,
    ) -> Self
    where
        'w: 'd,
    {
        let mut documents: Vec<&Document> = elaborated.policies.iter().map(|policy| &policy.document).collect();
        documents.extend(whole.values());
        documents.extend(others);
        Proofs { world, whole, prover: Prover::of(catalogue, &documents, realm), known: HashMap::new() }
    }

    fn proof(&mut self, proof: &Proof) -> Tested {
        let mut tested = Tested::of(TestedKind::Proof, &proof.title, proof.span);
        for claim in &proof.claims {
            tested.requests += 1;
            tested.failures.extend(match self.decided(claim) {
                Ok(decided) => decided.finding(claim.span, &code::FAILED_PROOF),
                Err(nothing) => Some(*nothing),
            });
        }
        tested
    }

    fn decided(&mut self, claim: &ProofClaim) -> Result<Decided, Box<Diagnostic>> {
        let nothing = || Box::new(nothing_to_prove(claim.span));
        match &claim.claim {
            Universal::Decides { subject, through, verb, requests } => {
                let known = self.known(subject, through).ok_or_else(nothing)?;
                let scope = self.requests(requests);
                let decided = self.rule(&known, *verb, &scope);
                if matches!(decided.verdict, Verdict::Holds) && self.prover.is_nothing(&scope) {
                    return Err(Box::new(no_such_request(claim.span)));
                }
                Ok(decided)
            }
            Universal::Relates(a, relation, b) => {
                let a = self.known(a, &[]).ok_or_else(nothing)?;
                let b = self.known(b, &[]).ok_or_else(nothing)?;
                Ok(self.relation(&a, *relation, &b))
            }
        }
    }

    fn constraint(&mut self, constraint: &Constraint, elaborated: &'a Elaborated) -> Tested {
        let title = format!("constraint {}", constraint.name);
        let mut tested = Tested::of(TestedKind::Constraint, &title, constraint.span);
        let of_kinds = elaborated.policies.iter().filter(|policy| constraint.kinds.contains(&policy.kind));
        let policies = of_kinds.map(|policy| (Subject::Policy(policy.kind, policy.name.clone()), policy.span));
        let roles = elaborated.roles.iter().filter(|_| constraint.on_roles);
        let roles = roles.map(|role| (Subject::Role(role.name.clone()), role.span));
        let scopes: Vec<Option<Permissions<'_>>> = constraint
            .demands
            .iter()
            .map(|demand| match &demand.demanded {
                Demanded::Rule(_, requests) => Some(self.requests(requests)),
                Demanded::Requires(_) => None,
            })
            .collect();
        let mut needed = vec![false; constraint.exempt.len()];
        for (subject, place) in policies.chain(roles) {
            let exempted = constraint.exempt.iter().position(|exemption| exemption.subject == subject);
            for (demand, scope) in constraint.demands.iter().zip(&scopes) {
                tested.requests += 1;
                let failure = match (&demand.demanded, scope) {
                    (Demanded::Rule(rule, _), Some(scope)) => self.known(&subject, &[]).and_then(|known| {
                        let decided = self.rule(&known, *rule, scope);
                        let failure = decided.finding(demand.span, &code::VIOLATED_CONSTRAINT)?;
                        Some(failure.also(place, format!("`{}` breaks the constraint", known.name)))
                    }),
                    (Demanded::Requires(kind), _) => self.requires(&subject, *kind, demand.span, place),
                    (Demanded::Rule(..), None) => None,
                };
                match exempted {
                    Some(exemption) => needed[exemption] |= failure.is_some(),
                    None => tested.failures.extend(failure),
                }
            }
        }
        let unneeded = constraint.exempt.iter().zip(needed).filter(|(_, needed)| !needed);
        tested.warnings = unneeded.map(|(exemption, _)| unneeded_exemption(exemption.span)).collect();
        tested
    }

    fn requires(&self, subject: &Subject, kind: Kind, span: Span, place: Span) -> Option<Diagnostic> {
        let Subject::Role(name) = subject else { return None };
        let role = self.world.role(name)?;
        let has = match kind {
            Kind::Boundary => role.boundary.is_some(),
            Kind::Trust => role.trust.is_some(),
            _ => !role.policies.is_empty(),
        };
        (!has).then(|| {
            Diagnostic::new(&code::VIOLATED_CONSTRAINT, span, format!("`role {name}` has no {}", kind.name()))
                .also(place, "this role")
                .help(format!("give it one: `{} NAME`; or exempt it, with the reason", kind.keyword()))
        })
    }

    /// A claim about some requests.
    fn rule(&mut self, known: &Known<'w>, rule: Rule, scope: &Permissions<'_>) -> Decided {
        let name = &known.name;
        let (verdict, message, of_scope) = match rule {
            Rule::NeverAllows => (
                self.prover.disjoint(&known.permissions, scope),
                format!("`{name}` allows a request that it must never allow"),
                false,
            ),
            Rule::AlwaysAllows => (
                self.prover.allowed(scope, &known.permissions),
                format!("`{name}` does not allow a request that it must always allow"),
                true,
            ),
            Rule::AlwaysDenies => (
                self.prover.denied(scope, &known.permissions),
                format!("`{name}` does not deny a request that it must always deny"),
                true,
            ),
        };
        Decided::new(verdict, message, (!of_scope).then_some(known), Some(known))
    }

    fn relation(&mut self, a: &Known<'w>, relation: Relation, b: &Known<'w>) -> Decided {
        match relation {
            Relation::Within => self.within(a, b),
            Relation::Equivalent => {
                let there = self.within(a, b);
                if matches!(there.verdict, Verdict::Fails(_)) {
                    return there;
                }
                let back = self.within(b, a);
                match there.verdict {
                    // Where the one direction is not known, the other can still fail.
                    Verdict::Unknown(_) if !matches!(back.verdict, Verdict::Fails(_)) => there,
                    _ => back,
                }
            }
            Relation::Disjoint => {
                let verdict = self.prover.disjoint(&a.permissions, &b.permissions);
                let message = format!("`{}` and `{}` both allow a request", a.name, b.name);
                Decided::new(verdict, message, Some(a), None)
            }
        }
    }

    fn within(&mut self, a: &Known<'w>, b: &Known<'w>) -> Decided {
        let verdict = self.prover.within(&a.permissions, &b.permissions);
        let message = format!("`{}` allows a request that `{}` does not", a.name, b.name);
        Decided::new(verdict, message, Some(a), Some(b))
    }

    /// The permissions of a policy or role; nothing for what has none.
    pub(super) fn known(&mut self, subject: &Subject, through: &[(Kind, String)]) -> Option<Rc<Known<'w>>> {
        let key = (subject.clone(), through.to_vec());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let made = self.make(subject, through).map(Rc::new);
        self.known.insert(key, made.clone());
        made
    }

    fn make(&mut self, subject: &Subject, through: &[(Kind, String)]) -> Option<Known<'w>> {
        match subject {
            Subject::Policy(kind, name) => {
                let policy = self.world.policy(*kind, name)?;
                let document = self.whole.get(&(*kind, policy.name.as_str())).unwrap_or(&policy.document);
                let of = Whose::Document(crate::prove::Subject { document, has_principals: kind.has_principals() });
                let permissions = self.prover.permissions(of);
                Some(Known { permissions, policies: vec![Some(policy)], name: name.clone() })
            }
            Subject::Role(name) => {
                let role = self.world.role(name)?;
                let (identity, policies) = self.world.identity(role, through)?;
                let permissions = self.prover.permissions(Whose::Identity(Box::new(identity)));
                Some(Known { permissions, policies, name: name.clone() })
            }
            Subject::Other => None,
        }
    }

    /// The requests that a document allows.
    pub(super) fn requests<'d>(&mut self, document: &'d Document) -> Permissions<'d> {
        self.prover.permissions(Whose::Document(crate::prove::Subject { document, has_principals: false }))
    }
}

impl Known<'_> {
    /// Where a statement stands.
    pub(super) fn statement(&self, place: Place) -> Option<Span> {
        self.stated(place).map(|stated| stated.span)
    }

    fn stated(&self, place: Place) -> Option<Stated> {
        let policy = self.policies.get(place.document).copied().flatten()?;
        let statement = policy.document.statements.get(place.statement)?;
        Some(Stated {
            kind: policy.kind,
            policy: policy.name.clone(),
            index: place.statement,
            sid: statement.sid.as_ref().map(|sid| sid.value.to_string()),
            span: statement.span,
        })
    }
}

/// What an exemption leaves out breaks nothing.
pub(super) fn unneeded_exemption(span: Span) -> Diagnostic {
    Diagnostic::new(&code::UNUSED_ACCEPTANCE, span, "what is left out here keeps the constraint, or it is not about it")
        .label("exempts from nothing")
        .help("remove it: it would leave out what comes later, too")
}

fn nothing_to_prove(span: Span) -> Diagnostic {
    Diagnostic::new(&code::FAILED_PROOF, span, "there is nothing to prove of this: it decides no request")
        .help("name a policy or a role; instantiate the template")
}

fn no_such_request(span: Span) -> Diagnostic {
    Diagnostic::new(&code::FAILED_PROOF, span, "there is nothing to prove of this: no request is like that")
        .note("whatever is claimed of it would say nothing")
        .help("`leastwise catalogue ACTION` shows the resources that an action is about and the keys that it sees")
}

impl Decided {
    /// With the statements of a counterexample: the one that lets it through is one of the first, the nearest one of the second.
    fn new(verdict: Verdict, message: String, first: Option<&Known<'_>>, second: Option<&Known<'_>>) -> Self {
        let (statement, nearest) = match &verdict {
            Verdict::Fails(found) => (
                first.and_then(|known| known.stated(found.statement)),
                second.zip(found.nearest).and_then(|(known, place)| known.stated(place)),
            ),
            Verdict::Holds | Verdict::Unknown(_) => (None, None),
        };
        Decided { verdict, message, statement, nearest }
    }

    /// What is wrong, if the claim does not hold.
    fn finding(self, span: Span, failed: &'static Code) -> Option<Diagnostic> {
        let found = match self.verdict {
            Verdict::Holds => return None,
            Verdict::Unknown(why) => {
                return Some(
                    Diagnostic::new(&code::UNPROVED, span, "whether this holds of every request is not known")
                        .note(why)
                        .help("claim it of fewer requests, or of the parts one by one"),
                );
            }
            Verdict::Fails(found) => found,
        };
        let mut finding = Diagnostic::new(failed, span, self.message).label("not so").note(shown(&found));
        if let Some(statement) = self.statement {
            finding = finding.also(statement.span, "lets it through");
        }
        if let Some(nearest) = self.nearest {
            finding = finding.also(nearest.span, "comes nearest to covering it");
        }
        Some(finding.help("change the policy, or the claim"))
    }
}

/// The request, as a sentence.
pub(super) fn shown(found: &Counterexample) -> String {
    let request = &found.request;
    let keys: Vec<String> = found
        .keys
        .iter()
        .map(|(key, value)| match value {
            KeyValue::One(text) => format!("{key}: \"{text}\""),
            KeyValue::Several(texts) => format!("{key}: [\"{}\"]", texts.join("\", \"")),
            _ => key.clone(),
        })
        .collect();
    let with = if keys.is_empty() { String::new() } else { format!(" with {{ {} }}", keys.join(", ")) };
    let who = if found.names_requester { format!("{} asks for ", request.requester) } else { String::new() };
    format!("for example: {who}{} on {}{with}", request.action, request.resource)
}
