//! `prove` and `constraint` blocks: each claim is put to the prover.

use super::layers::{World, with_full_access};
use super::shipped::Requests;
use super::{Tested, TestedKind};
use crate::base::Span;
use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic, code};
use crate::elaborate::{Constraint, Demanded, Elaborated, Policy, Proof, ProofClaim, Role, Rule, Subject, Universal};
use crate::evaluate::{KeyValue, Requester};
use crate::policy::{Document, Kind};
use crate::project::Config;
use crate::prove::{Counterexample, Identity, Permissions, Place, Prover, Verdict, Whose};
use crate::syntax::Relation;

use std::collections::HashMap;
use std::rc::Rc;

/// Decides the proofs and constraints of a project.
pub(super) fn run<'a>(
    world: &World<'a>,
    elaborated: &'a Elaborated,
    catalogue: &Catalogue,
    config: &Config,
) -> Vec<Tested> {
    let shipped = Requests::of(config);
    if elaborated.proofs.is_empty() && elaborated.constraints.is_empty() && shipped.is_none() {
        return Vec::new();
    }
    let whole: HashMap<(Kind, &str), Document> = elaborated
        .policies
        .iter()
        .filter(|policy| matches!(policy.kind, Kind::Scp | Kind::Rcp))
        .map(|policy| ((policy.kind, policy.name.as_str()), with_what_aws_attaches(policy)))
        .collect();
    let of_claims = elaborated.proofs.iter().flat_map(|proof| &proof.claims).filter_map(|claim| match &claim.claim {
        Universal::Decides { requests, .. } => Some(requests),
        Universal::Relates(..) => None,
    });
    let demands = elaborated.constraints.iter().flat_map(|constraint| &constraint.demands);
    let of_demands = demands.filter_map(|demand| match &demand.demanded {
        Demanded::Rule(_, requests) => Some(requests),
        Demanded::Requires(_) => None,
    });
    let mut documents: Vec<&Document> = elaborated.policies.iter().map(|policy| &policy.document).collect();
    documents.extend(whole.values());
    documents.extend(of_claims.chain(of_demands));
    documents.extend(shipped.iter().flat_map(Requests::documents));
    let prover = Prover::new(catalogue, &documents);
    let mut proofs = Proofs { world, whole: &whole, prover, known: HashMap::new() };
    let proved = elaborated.proofs.iter().map(|proof| proofs.proof(proof)).collect::<Vec<_>>();
    let constrained = elaborated.constraints.iter().map(|constraint| proofs.constraint(constraint, elaborated));
    let mut tested: Vec<Tested> = proved.into_iter().chain(constrained.collect::<Vec<_>>()).collect();
    tested.extend(shipped.iter().flat_map(|requests| proofs.shipped(config, requests, elaborated)));
    tested
}

/// A policy of an organisation stands beside what AWS attaches: by itself one that only denies would allow nothing.
fn with_what_aws_attaches(policy: &Policy) -> Document {
    let mut document = policy.document.clone();
    if with_full_access(vec![policy]).first().is_some_and(Option::is_none) {
        let mut full = super::layers::full_access().statements.clone();
        if policy.kind == Kind::Rcp {
            full[0].principal = Some(crate::policy::PrincipalElement {
                negated: false,
                principals: vec![crate::policy::Located::new(crate::policy::Principal::Anyone, Span::default())],
            });
        }
        document.statements.extend(full);
    }
    document
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

/// What decides the proofs of a project.
pub(super) struct Proofs<'w, 'a, 'c> {
    pub(super) world: &'w World<'a>,
    whole: &'w HashMap<(Kind, &'a str), Document>,
    pub(super) prover: Prover<'c>,
    known: HashMap<Asked, Option<Rc<Known<'w>>>>,
}

impl<'w, 'a: 'w> Proofs<'w, 'a, '_> {
    fn proof(&mut self, proof: &Proof) -> Tested {
        let mut tested = Tested::of(TestedKind::Proof, &proof.title, proof.span);
        for claim in &proof.claims {
            tested.requests += 1;
            self.claim(claim, &mut tested.failures);
        }
        tested
    }

    fn claim(&mut self, claim: &ProofClaim, failures: &mut Vec<Diagnostic>) {
        let span = claim.span;
        match &claim.claim {
            Universal::Decides { subject, through, verb, requests } => match self.known(subject, through) {
                Some(known) => {
                    let scope = self.requests(requests);
                    failures.extend(self.rule(&known, *verb, &scope, span, &code::FAILED_PROOF));
                }
                None => failures.push(nothing_to_prove(span)),
            },
            Universal::Relates(a, relation, b) => match (self.known(a, &[]), self.known(b, &[])) {
                (Some(a), Some(b)) => failures.extend(self.relation(&a, *relation, &b, span)),
                _ => failures.push(nothing_to_prove(span)),
            },
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
        for (subject, place) in policies.chain(roles) {
            if constraint.exempt.iter().any(|exemption| exemption.subject == subject) {
                continue;
            }
            for (demand, scope) in constraint.demands.iter().zip(&scopes) {
                tested.requests += 1;
                let failure = match (&demand.demanded, scope) {
                    (Demanded::Rule(rule, _), Some(scope)) => self.known(&subject, &[]).and_then(|known| {
                        let failure = self.rule(&known, *rule, scope, demand.span, &code::VIOLATED_CONSTRAINT)?;
                        Some(failure.also(place, format!("`{}` breaks the constraint", known.name)))
                    }),
                    (Demanded::Requires(kind), _) => self.requires(&subject, *kind, demand.span, place),
                    (Demanded::Rule(..), None) => None,
                };
                tested.failures.extend(failure);
            }
        }
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

    /// What is wrong with a claim about some requests, if it does not hold.
    fn rule(
        &mut self,
        known: &Known<'w>,
        rule: Rule,
        scope: &Permissions<'_>,
        span: Span,
        failed: &'static Code,
    ) -> Option<Diagnostic> {
        let name = &known.name;
        let (verdict, claimed, of_scope) = match rule {
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
        let policies = |place: Place| if of_scope { None } else { known.statement(place) };
        told(verdict, claimed, span, failed, policies, |place| known.statement(place))
    }

    fn relation(&mut self, a: &Known<'w>, relation: Relation, b: &Known<'w>, span: Span) -> Option<Diagnostic> {
        let not_within =
            |a: &Known<'w>, b: &Known<'w>| format!("`{}` allows a request that `{}` does not", a.name, b.name);
        let mut within = |a: &Known<'w>, b: &Known<'w>| {
            let verdict = self.prover.within(&a.permissions, &b.permissions);
            told(
                verdict,
                not_within(a, b),
                span,
                &code::FAILED_PROOF,
                |place| a.statement(place),
                |place| b.statement(place),
            )
        };
        match relation {
            Relation::Within => within(a, b),
            Relation::Equivalent => within(a, b).or_else(|| within(b, a)),
            Relation::Disjoint => {
                let verdict = self.prover.disjoint(&a.permissions, &b.permissions);
                let message = format!("`{}` and `{}` both allow a request", a.name, b.name);
                told(verdict, message, span, &code::FAILED_PROOF, |place| a.statement(place), |_| None)
            }
        }
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
                let (identity, policies) = self.identity(role, through)?;
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

    /// A role with its layers, and the policies of its documents.
    fn identity(&self, role: &'a Role, through: &[(Kind, String)]) -> Option<(Identity<'w>, Vec<Option<&'a Policy>>)> {
        let mut layers = self.world.layers_of(role, through);
        // No policy of an organisation reaches its management account.
        if self.world.is_management(self.world.account()) {
            layers.declared.scps.clear();
            layers.declared.rcps.clear();
        }
        let document = |policy: &&'a Policy| -> &'w Document { &policy.document };
        let scps = layers.declared.scps.iter().map(|level| {
            level.iter().map(|policy| policy.map_or(super::layers::full_access(), |policy| &policy.document)).collect()
        });
        let identity = Identity {
            requester: Requester::parse(&self.world.role_arn(role))?,
            identity: layers.declared.identity.iter().map(document).collect(),
            boundary: layers.declared.boundary.as_ref().map(document),
            session: layers.declared.session.iter().map(document).collect(),
            endpoint: layers.declared.endpoint.iter().map(document).collect(),
            scps: scps.collect(),
            rcps: layers.declared.rcps.iter().flatten().map(document).collect(),
            resources: layers.resources.iter().map(|(arn, policy)| (arn.clone(), document(policy))).collect(),
            facts: self.world.facts_of(role),
        };
        Some((identity, layers.policies()))
    }
}

impl Known<'_> {
    /// Where a statement stands.
    pub(super) fn statement(&self, place: Place) -> Option<Span> {
        let policy = self.policies.get(place.document).copied().flatten()?;
        policy.document.statements.get(place.statement).map(|statement| statement.span)
    }
}

fn nothing_to_prove(span: Span) -> Diagnostic {
    Diagnostic::new(&code::FAILED_PROOF, span, "there is nothing to prove of this: it decides no request")
        .help("name a policy or a role; instantiate the template")
}

fn told(
    verdict: Verdict,
    message: String,
    span: Span,
    failed: &'static Code,
    of_first: impl Fn(Place) -> Option<Span>,
    of_second: impl Fn(Place) -> Option<Span>,
) -> Option<Diagnostic> {
    match verdict {
        Verdict::Holds => None,
        Verdict::Unknown(why) => Some(
            Diagnostic::new(&code::UNPROVED, span, "whether this holds of every request is not known")
                .note(why)
                .help("claim it of fewer requests, or of the parts one by one"),
        ),
        Verdict::Fails(found) => {
            let mut finding = Diagnostic::new(failed, span, message).label("not so").note(shown(&found));
            if let Some(statement) = of_first(found.statement) {
                finding = finding.also(statement, "lets it through");
            }
            if let Some(nearest) = found.nearest.and_then(of_second) {
                finding = finding.also(nearest, "comes nearest to covering it");
            }
            Some(finding.help("change the policy, or the claim"))
        }
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
