//! Which policies have a say about a request of a role: those that the project declares for it.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::elaborate::{Elaborated, Organization, Policy, Role, Unit};
use crate::evaluate::{Context, Layer, Layers, Program, Request, Requester};
use crate::policy::{
    ActionElement, Arn, Document, Effect, Kind, Located, Piece, ResourceElement, Statement, Text, Version,
    has_policy_of,
};
use crate::project::Defaults;
use crate::prove::Identity;

/// Who owns what nothing else is said of; the account of AWS's examples.
const SOME_ACCOUNT: &str = "123456789012";

/// The ARN of a resource of which nothing is known.
const ANY_RESOURCE: &str = "arn:*:*:*:*:*";

/// All that a project declares, by name.
pub(super) struct World<'a> {
    policies: HashMap<(Kind, &'a str), &'a Policy>,
    roles: HashMap<&'a str, &'a Role>,
    organizations: &'a [Organization],
    defaults: &'a Defaults,
}

/// The layers of one request, and where their documents stand.
#[derive(Default)]
pub(super) struct Declared<'a> {
    pub(super) layers: Layers,
    pub(super) identity: Vec<&'a Policy>,
    pub(super) boundary: Option<&'a Policy>,
    /// The session policies that were passed; none of them where none were.
    pub(super) session: Vec<&'a Policy>,
    pub(super) resource: Option<&'a Policy>,
    /// The policies of the VPC endpoint; none where the request comes through none.
    pub(super) endpoint: Vec<&'a Policy>,
    /// Level by level; of what AWS attaches itself there is no policy here.
    pub(super) scps: Vec<Vec<Option<&'a Policy>>>,
    pub(super) rcps: Vec<Vec<&'a Policy>>,
    /// What each level of the organisation is called, from the root: `unit workloads`.
    pub(super) levels: Vec<String>,
}

impl<'a> World<'a> {
    pub(super) fn new(elaborated: &'a Elaborated, defaults: &'a Defaults) -> Self {
        let policies = elaborated.policies.iter().map(|policy| ((policy.kind, policy.name.as_str()), policy));
        let roles = elaborated.roles.iter().map(|role| (role.name.as_str(), role));
        Self {
            policies: policies.collect(),
            roles: roles.collect(),
            organizations: &elaborated.organizations,
            defaults,
        }
    }

    pub(super) fn policy(&self, kind: Kind, name: &str) -> Option<&'a Policy> {
        self.policies.get(&(kind, name)).copied()
    }

    pub(super) fn role(&self, name: &str) -> Option<&'a Role> {
        self.roles.get(name).copied()
    }

    /// The account of the roles that the project declares, and of who asks where nobody is named.
    pub(super) fn account(&self) -> &str {
        self.defaults.account.as_deref().unwrap_or(SOME_ACCOUNT)
    }

    /// Whether an account is the management account of an organisation.
    pub(super) fn is_management(&self, account: &str) -> bool {
        self.organizations.iter().any(|organization| organization.management.as_deref() == Some(account))
    }

    /// The ARN of a role of the project.
    pub(super) fn role_arn(&self, role: &Role) -> String {
        let partition = self.defaults.partition.as_deref().unwrap_or("aws");
        let path = role.path.as_deref().unwrap_or("/");
        format!("arn:{partition}:iam::{}:role{path}{}", self.account(), role.name)
    }

    /// Every layer that the project declares for a role and a resource, and the session and endpoint policies that the request goes
    /// through.
    pub(super) fn of_role(&self, role: &Role, through: &[(Kind, String)], resource: &str) -> Declared<'a> {
        self.of_role_with(role, through, self.policy_of(resource))
    }

    /// Every layer that the project declares for a role and any of its resources: for those with a policy of their own, and the rest.
    pub(super) fn of_role_anywhere(
        &self,
        role: &Role,
        through: &[(Kind, String)],
    ) -> impl Iterator<Item = Declared<'a>> {
        let mut own: Vec<&Policy> =
            self.policies.values().copied().filter(|one| matches!(one.kind, Kind::Resource | Kind::Trust)).collect();
        own.sort_by_key(|policy| (policy.kind, policy.name.as_str()));
        std::iter::once(None)
            .chain(own.into_iter().map(Some))
            .map(move |policy| self.of_role_with(role, through, policy))
    }

    fn of_role_with(&self, role: &Role, through: &[(Kind, String)], resource: Option<&'a Policy>) -> Declared<'a> {
        let of_kind = |wanted: Kind| {
            let named = through.iter().filter(move |(kind, _)| *kind == wanted);
            named.filter_map(move |(kind, name)| self.policy(*kind, name)).collect()
        };
        let mut declared = Declared {
            session: of_kind(Kind::Session),
            endpoint: of_kind(Kind::Endpoint),
            identity: role.policies.iter().filter_map(|name| self.policy(Kind::Policy, name)).collect(),
            boundary: role.boundary.as_deref().and_then(|name| self.policy(Kind::Boundary, name)),
            resource,
            ..Declared::default()
        };
        for level in self.levels(self.account()) {
            declared.scps.push(self.scps(level.scps));
        }
        self.complete(declared)
    }

    /// The policies of every layer that the project declares for a role, for all resources.
    pub(super) fn layers_of(&self, role: &Role, through: &[(Kind, String)]) -> AllLayers<'a> {
        let declared = self.of_role_with(role, through, None);
        let of_resource = |policy: &&&Policy| matches!(policy.kind, Kind::Resource);
        let mut resources: Vec<(String, &'a Policy)> = Vec::new();
        let mut somewhere: Vec<(String, &'a Policy)> = Vec::new();
        for policy in self.policies.values().filter(of_resource) {
            match policy.target.as_ref().map(|target| &target.arn) {
                Some(arn) if !arn.has_extern() => resources.push((arn.shown().into_owned(), *policy)),
                Some(arn) => somewhere.push((pattern_of(arn), *policy)),
                None => somewhere.push((ANY_RESOURCE.to_owned(), *policy)),
            }
        }
        for other in self.roles.values() {
            let trust = other.trust.as_deref().and_then(|name| self.policy(Kind::Trust, name));
            resources.extend(trust.map(|trust| (self.role_arn(other), trust)));
        }
        resources.sort_by(|a, b| (&a.0, &a.1.name).cmp(&(&b.0, &b.1.name)));
        // A resource has one policy; where several are declared, any of them may be it.
        resources.dedup_by(|a, b| {
            let is_again = a.0 == b.0;
            somewhere.extend(is_again.then(|| a.clone()));
            is_again
        });
        somewhere.sort_by(|a, b| (&a.0, &a.1.name).cmp(&(&b.0, &b.1.name)));
        AllLayers { declared, somewhere, resources }
    }

    /// A role with its layers, and the policies of its documents.
    pub(super) fn identity(
        &self,
        role: &Role,
        through: &[(Kind, String)],
    ) -> Option<(Identity<'a>, Vec<Option<&'a Policy>>)> {
        let mut layers = self.layers_of(role, through);
        let requester = Requester::parse(&self.role_arn(role))?;
        // No policy of an organisation reaches its management account, nor roles that are linked to services.
        if self.is_management(self.account()) || requester.is_service_linked() {
            layers.declared.scps.clear();
            layers.declared.rcps.clear();
        }
        let document = |policy: &&'a Policy| -> &'a Document { &policy.document };
        let scps =
            layers.declared.scps.iter().map(|level| {
                level.iter().map(|policy| policy.map_or(full_access(), |policy| &policy.document)).collect()
            });
        let of_resources = |all: &[(String, &'a Policy)]| {
            all.iter().map(|(arn, policy)| (arn.clone(), document(policy))).collect::<Vec<_>>()
        };
        let identity = Identity {
            requester,
            identity: layers.declared.identity.iter().map(document).collect(),
            boundary: layers.declared.boundary.as_ref().map(document),
            session: layers.declared.session.iter().map(document).collect(),
            endpoint: layers.declared.endpoint.iter().map(document).collect(),
            scps: scps.collect(),
            rcps: layers.declared.rcps.iter().flatten().map(document).collect(),
            resources: of_resources(&layers.resources),
            somewhere: of_resources(&layers.somewhere),
            facts: self.facts_of(role),
        };
        Some((identity, layers.policies()))
    }

    /// What is known of the condition keys of a role's requests; nothing for a key that they do not have. Which account they come from
    /// is known only where the settings say it.
    pub(super) fn facts_of(&self, role: &Role) -> Vec<(String, Option<String>)> {
        let some = |key: &str, value: &str| (key.to_owned(), Some(value.to_owned()));
        let mut facts = vec![
            some("aws:PrincipalType", "AssumedRole"),
            some("aws:PrincipalIsAWSService", "false"),
            ("aws:username".to_owned(), None),
            ("aws:PrincipalServiceName".to_owned(), None),
        ];
        if self.defaults.account.is_none() {
            return facts;
        }
        facts.extend([some("aws:PrincipalArn", &self.role_arn(role)), some("aws:PrincipalAccount", self.account())]);
        let holds = |organization: &&Organization| way(String::new(), &organization.root, self.account()).is_some();
        if let Some(organization) = self.organizations.iter().find(holds) {
            facts.push(some("aws:PrincipalOrgID", &organization.id));
        }
        facts
    }

    /// Every layer that the project declares for a resource that is asked for from without: by a service, or by nobody in particular.
    pub(super) fn of_resource(&self, resource: &str) -> Declared<'a> {
        self.complete(Declared { resource: self.policy_of(resource), ..Declared::default() })
    }

    /// With the policies of the organisation that the resource is in.
    fn complete(&self, mut declared: Declared<'a>) -> Declared<'a> {
        for level in self.levels(self.account()) {
            declared.rcps.push(level.rcps.iter().filter_map(|name| self.policy(Kind::Rcp, name)).collect());
            declared.levels.push(level.name);
        }
        declared.layers.management = self.organizations.iter().find_map(|one| one.management.clone());
        declared.compiled()
    }

    /// The role of that ARN.
    pub(super) fn role_of_arn(&self, arn: &str) -> Option<&'a Role> {
        self.roles.values().find(|role| self.role_arn(role) == arn).copied()
    }

    /// The names of the roles, sorted.
    pub(super) fn role_names(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.roles.keys().copied().collect();
        names.sort_unstable();
        names
    }

    /// The request, for a resource that is the project's own where its ARN does not say whose it is.
    pub(super) fn request(&self, requester: Requester, action: &str, resource: &str, context: Context) -> Request {
        let owner = crate::policy::Arn::parse(resource).ok().map(|arn| arn.account.to_owned());
        let owner = owner.filter(|account| !account.is_empty()).unwrap_or_else(|| self.account().to_owned());
        let (action, resource) = (action.to_owned(), resource.to_owned());
        Request { requester, action, resource, resource_account: Some(owner), context }
    }

    /// The policy of a resource: a declared resource policy that is for it or for the bucket it is in; of a role, its trust.
    fn policy_of(&self, resource: &str) -> Option<&'a Policy> {
        if let Some(trust) = self.role_of_arn(resource).and_then(|role| role.trust.as_deref()) {
            return self.policy(Kind::Trust, trust);
        }
        let is_for = |policy: &&&'a Policy| {
            let target = policy.target.as_ref().and_then(|target| target.arn.plain());
            target.is_some_and(|arn| has_policy_of(resource, arn))
        };
        let own = self.policies.values().filter(|policy| policy.kind == Kind::Resource).filter(is_for);
        // A resource has one policy; of several, always the same one.
        own.min_by_key(|policy| policy.name.as_str()).copied()
    }

    /// The levels of the organisation of an account, from the root down to it.
    fn levels(&self, account: &str) -> Vec<Level<'a>> {
        let way = |organization: &'a Organization| {
            let root = format!("organization {}", organization.name);
            way(root, &organization.root, account)
        };
        self.organizations.iter().find_map(way).unwrap_or_default()
    }

    fn scps(&self, names: &[String]) -> Vec<Option<&'a Policy>> {
        with_full_access(names.iter().filter_map(|name| self.policy(Kind::Scp, name)).collect())
    }
}

/// A pattern of the texts that one with holes may be.
fn pattern_of(text: &Text) -> String {
    let pieces = text.pieces().map(|piece| match piece {
        Piece::Literal(literal) => literal,
        Piece::Extern(_) => "*",
    });
    let pattern: String = pieces.collect();
    if Arn::parse(&pattern).is_ok() { pattern } else { ANY_RESOURCE.to_owned() }
}

/// The service control policies of a level. AWS attaches `FullAWSAccess` to each, and it is taken to be there unless one of the others
/// allows something itself: an allow list stands in its place.
pub(super) fn with_full_access(level: Vec<&Policy>) -> Vec<Option<&Policy>> {
    let full = (!level.iter().any(|policy| allows_something(policy))).then_some(None);
    full.into_iter().chain(level.into_iter().map(Some)).collect()
}

/// Whether a policy has a statement that allows.
pub(super) fn allows_something(policy: &Policy) -> bool {
    policy.document.statements.iter().any(|one| one.effect == Effect::Allow)
}

/// The policies that have a say about all requests of a role.
pub(super) struct AllLayers<'a> {
    /// Those that do not depend on the resource.
    pub(super) declared: Declared<'a>,
    /// The policies of resources whose ARNs are known in part only, or that have another policy, and patterns of these ARNs.
    pub(super) somewhere: Vec<(String, &'a Policy)>,
    /// The policies of resources, and the ARNs of these.
    pub(super) resources: Vec<(String, &'a Policy)>,
}

impl<'a> AllLayers<'a> {
    /// All of them, in the order in which the prover counts them.
    pub(super) fn policies(&self) -> Vec<Option<&'a Policy>> {
        let Declared { identity, boundary, session, endpoint, scps, rcps, .. } = &self.declared;
        let own = identity.iter().chain(boundary).chain(session).chain(endpoint);
        let of_resources = self.somewhere.iter().chain(&self.resources).map(|(_, policy)| Some(*policy));
        let rcps = rcps.iter().flatten().copied().map(Some);
        let own = own.copied().map(Some).chain(scps.iter().flatten().copied());
        own.chain(rcps).chain(of_resources).collect()
    }
}

/// A level of an organisation, and the names of the policies that are attached to it.
struct Level<'a> {
    name: String,
    scps: &'a [String],
    rcps: &'a [String],
}

/// The levels from a unit down to an account, if the account is in it.
fn way<'a>(name: String, unit: &'a Unit, account: &str) -> Option<Vec<Level<'a>>> {
    let here = Level { name, scps: &unit.scps, rcps: &unit.rcps };
    if let Some(found) = unit.accounts.iter().find(|one| one.id == account) {
        let name = format!("account {}", found.name);
        return Some(vec![here, Level { name, scps: &found.scps, rcps: &found.rcps }]);
    }
    let below = unit.units.iter().find_map(|inner| way(format!("unit {}", inner.name), inner, account))?;
    Some(std::iter::once(here).chain(below).collect())
}

/// A policy that has a say.
pub(super) struct Say<'d, 'a> {
    pub(super) layer: Layer,
    /// Of the policies of an organisation, their level, counted from the root.
    pub(super) level: Option<usize>,
    /// The policy; of what AWS attaches itself there is none here.
    pub(super) policy: Option<&'a Policy>,
    pub(super) program: &'d Program,
}

impl<'d, 'a> Say<'d, 'a> {
    fn new(layer: Layer, program: &'d Program, policy: Option<&'a Policy>) -> Self {
        Self { layer, level: None, policy, program }
    }

    fn at(mut self, level: usize) -> Self {
        self.level = Some(level);
        self
    }

    /// Whether its statements say whom they are for.
    pub(super) fn needs_principal(&self) -> bool {
        matches!(self.layer, Layer::ResourcePolicy | Layer::ResourceControlPolicy | Layer::EndpointPolicy)
    }
}

impl<'a> Declared<'a> {
    /// Every policy, layer by layer, in the order in which AWS looks at them.
    pub(super) fn says(&self) -> Vec<Say<'_, 'a>> {
        let layers = &self.layers;
        let mut says = Vec::new();
        for (level, (programs, policies)) in layers.rcps.iter().zip(&self.rcps).enumerate() {
            let each = programs.iter().zip(policies);
            says.extend(
                each.map(|(program, policy)| Say::new(Layer::ResourceControlPolicy, program, Some(policy)).at(level)),
            );
        }
        for (level, (programs, policies)) in layers.scps.iter().zip(&self.scps).enumerate() {
            let each = programs.iter().zip(policies);
            says.extend(
                each.map(|(program, policy)| Say::new(Layer::ServiceControlPolicy, program, *policy).at(level)),
            );
        }
        let endpoint = layers.endpoint.iter().flatten().zip(&self.endpoint);
        says.extend(endpoint.map(|(program, policy)| Say::new(Layer::EndpointPolicy, program, Some(policy))));
        says.extend(layers.resource.iter().map(|program| Say::new(Layer::ResourcePolicy, program, self.resource)));
        let identity = layers.identity.iter().zip(&self.identity);
        says.extend(identity.map(|(program, policy)| Say::new(Layer::IdentityPolicy, program, Some(policy))));
        says.extend(layers.boundary.iter().map(|program| Say::new(Layer::PermissionsBoundary, program, self.boundary)));
        let session = layers.session.iter().flatten().zip(&self.session);
        says.extend(session.map(|(program, policy)| Say::new(Layer::SessionPolicy, program, Some(policy))));
        says
    }

    /// Ready to decide.
    pub(super) fn compiled(mut self) -> Self {
        let layers = &mut self.layers;
        layers.identity = self.identity.iter().map(|policy| layers.compile(&policy.document)).collect();
        layers.boundary = self.boundary.map(|policy| layers.compile(&policy.document));
        layers.session = compiled(layers, &self.session);
        layers.resource = self.resource.map(|policy| layers.compile(&policy.document));
        layers.endpoint = compiled(layers, &self.endpoint);
        for level in &self.scps {
            let compile = |policy: &Option<&Policy>| match policy {
                Some(policy) => layers.compile(&policy.document),
                None => layers.compile(full_access()),
            };
            let level = level.iter().map(compile).collect();
            layers.scps.push(level);
        }
        for level in &self.rcps {
            let level = level.iter().map(|policy| layers.compile(&policy.document)).collect();
            layers.rcps.push(level);
        }
        self
    }
}

/// The policies of a layer that is there only where it has some.
fn compiled(layers: &mut Layers, policies: &[&Policy]) -> Option<Vec<Program>> {
    (!policies.is_empty()).then(|| policies.iter().map(|policy| layers.compile(&policy.document)).collect())
}

/// `FullAWSAccess`
pub(super) fn full_access() -> &'static Document {
    static FULL_ACCESS: LazyLock<Document> = LazyLock::new(|| {
        let span = crate::base::Span::default();
        let statement = Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: ActionElement { negated: false, patterns: vec![Located::new("*".into(), span)] },
            resource: Some(ResourceElement { negated: false, patterns: vec![Located::new("*".into(), span)] }),
            condition: Vec::new(),
            span,
        };
        Document { version: Version::V2012, id: None, statements: vec![statement] }
    });
    &FULL_ACCESS
}
