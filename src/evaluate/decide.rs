//! The layers, and what they decide together.

use super::context::{Context, KeyValue};
use super::principal::{GrantClass, Requester};
use super::statement::{Bound, Keys, Program, Verdict};
use super::truth::Truth;
use crate::policy::{Document, Statement, Version, rcp_supports};

/// Every policy that has a say, compiled. Compile them with one [`Keys`].
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// The identity policies of who asks, those of its groups among them.
    pub identity: Vec<Program>,
    /// Its permissions boundary.
    pub boundary: Option<Program>,
    /// The session policies, as one set; `None` where none were passed.
    pub session: Option<Vec<Program>>,
    /// The policy of the resource, which may be the trust policy of a role.
    pub resource: Option<Program>,
    /// The service control policies of the requester's account, level by level from the root.
    pub scps: Vec<Vec<Program>>,
    /// The resource control policies of the resource's account, level by level from the root.
    pub rcps: Vec<Vec<Program>>,
    /// The policies of the VPC endpoint that the request comes through; `None` where it comes through none.
    pub endpoint: Option<Vec<Program>>,
    /// The management account of the organisation, which its policies do not reach.
    pub management: Option<String>,
    keys: Keys,
}

impl Layers {
    /// Compiles a document for one of the layers.
    pub fn compile(&mut self, document: &Document) -> Program {
        Program::new(document, &mut self.keys)
    }

    /// Compiles some statements of a document of that version.
    pub fn compile_some<'s>(
        &mut self,
        statements: impl IntoIterator<Item = &'s Statement>,
        version: Version,
    ) -> Program {
        Program::of(statements, version, &mut self.keys)
    }

    /// The keys that a request leaves open and that its decision may hang on, by name, sorted.
    pub fn open_keys(&self, bound: &Bound) -> Vec<String> {
        let own = self.identity.iter().chain(&self.boundary).chain(self.session.iter().flatten());
        let of_organization = self.scps.iter().flatten();
        let of_resource = self.resource.iter().chain(self.rcps.iter().flatten()).chain(self.endpoint.iter().flatten());
        let own = own.chain(of_organization).flat_map(|program| program.open_keys(bound, false));
        let of_resource = of_resource.flat_map(|program| program.open_keys(bound, true));
        let names: std::collections::BTreeSet<&str> = own.chain(of_resource).map(|key| self.keys.name(key)).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Whether a layer has a say about a request: those of an organisation do not reach its management account nor service-linked
    /// roles, and resource control policies reach some services only.
    pub fn reaches(&self, layer: Layer, request: &Request, bound: &Bound) -> bool {
        match layer {
            Layer::ServiceControlPolicy => reached_by_scps(self, request),
            Layer::ResourceControlPolicy => reached_by_rcps(self, request, bound),
            _ => true,
        }
    }

    /// Looks up what the layers ask of a request, once for many decisions.
    pub fn bind(&self, request: &Request) -> Bound {
        let mut context = request.context.clone();
        derive(&mut context, request);
        let requester = match context.get("aws:principalarn") {
            KeyValue::One(arn) => request.requester.clone().with_role(&arn),
            _ => request.requester.clone(),
        };
        Bound::new(requester, &request.action, &request.resource, &context, &self.keys)
            .with_boundary(self.boundary.is_some())
    }
}

/// One action of one requester on one resource.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub requester: Requester,
    /// `s3:GetObject`
    pub action: String,
    /// An ARN, or `*` for an action that has no resource.
    pub resource: String,
    /// The account that owns the resource; that of its ARN, else that of who asks, where it is not said.
    pub resource_account: Option<String>,
    /// The condition keys.
    pub context: Context,
}

impl Request {
    /// The account that owns the resource.
    fn owner(&self) -> Option<&str> {
        let of_arn = || super::condition::arn(&self.resource).map(|arn| arn[4]).filter(|account| !account.is_empty());
        self.resource_account.as_deref().or_else(of_arn).or_else(|| self.requester.account())
    }
}

/// The keys that follow from who asks and for what, where the context does not set them.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
fn derive(context: &mut Context, request: &Request) {
    let one = |text: &str| KeyValue::One(text.to_owned());
    // Only signed requests have it.
    let is_service = match &request.requester {
        Requester::Anonymous => KeyValue::Absent,
        Requester::Service(_) => one("true"),
        _ => one("false"),
    };
    context.set_default("aws:PrincipalIsAWSService", is_service);
    if let Some(account) = request.requester.account() {
        context.set_default("aws:PrincipalAccount", one(account));
    }
    if let Some(owner) = request.owner() {
        context.set_default("aws:ResourceAccount", one(owner));
    }
    match &request.requester {
        Requester::User { arn, .. } => {
            context.set_default("aws:PrincipalArn", one(arn));
            context.set_default("aws:username", one(arn.rsplit('/').next().unwrap_or_default()));
            context.set_default("aws:PrincipalType", one("User"));
        }
        Requester::Session { role, .. } => {
            context.set_default("aws:PrincipalArn", one(role));
            context.set_default("aws:username", KeyValue::Absent);
            context.set_default("aws:PrincipalType", one("AssumedRole"));
        }
        Requester::FederatedUser { arn, .. } => {
            context.set_default("aws:PrincipalArn", one(arn));
            context.set_default("aws:username", KeyValue::Absent);
            context.set_default("aws:PrincipalType", one("FederatedUser"));
        }
        Requester::Root { account } => {
            context.set_default("aws:PrincipalArn", one(&format!("arn:aws:iam::{account}:root")));
            context.set_default("aws:username", KeyValue::Absent);
            context.set_default("aws:PrincipalType", one("Account"));
        }
        Requester::Service(name) => context.set_default("aws:PrincipalServiceName", one(name)),
        Requester::Anonymous => {
            context.set_default("aws:PrincipalAccount", one("anonymous"));
            context.set_default("aws:PrincipalType", one("Anonymous"));
            for key in ["aws:PrincipalArn", "aws:PrincipalOrgID", "aws:username"] {
                context.set_default(key, KeyValue::Absent);
            }
        }
        Requester::Federated { .. } => {}
    }
}

/// A layer of the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // named as AWS names them
pub enum Layer {
    ServiceControlPolicy,
    ResourceControlPolicy,
    ResourcePolicy,
    IdentityPolicy,
    PermissionsBoundary,
    SessionPolicy,
    EndpointPolicy,
}

impl Layer {
    /// AWS's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Layer::ServiceControlPolicy => "service control policy",
            Layer::ResourceControlPolicy => "resource control policy",
            Layer::ResourcePolicy => "resource-based policy",
            Layer::IdentityPolicy => "identity policy",
            Layer::PermissionsBoundary => "permissions boundary",
            Layer::SessionPolicy => "session policy",
            Layer::EndpointPolicy => "VPC endpoint policy",
        }
    }
}

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The request is allowed.
    Allowed,
    /// No policy allows it, or a layer withholds it.
    ImplicitlyDenied,
    /// A statement denies it.
    ExplicitlyDenied,
    /// It hangs on keys that are not known.
    Depends,
}

/// What is decided, and by which layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub outcome: Outcome,
    /// The layer that denies, withholds or allows; of several, the first in the order in which AWS looks at them.
    pub by: Option<Layer>,
    /// Of the policies of an organisation, the level that withholds, counted from the root.
    pub level: Option<usize>,
}

/// What one policy by itself says of a request bound to its layers: what it allows and does not deny, it allows.
pub fn decide_alone(program: &Program, bound: &Bound, needs_principal: bool) -> Outcome {
    let verdict = program.verdict(bound, needs_principal);
    match (verdict.deny, verdict.allow) {
        (Truth::Yes, _) => Outcome::ExplicitlyDenied,
        (_, Truth::No) => Outcome::ImplicitlyDenied,
        (Truth::No, Truth::Yes) => Outcome::Allowed,
        _ => Outcome::Depends,
    }
}

/// Decides a request that [`Layers::bind`] has bound to these layers; `request` is the one that was bound.
pub fn decide(layers: &Layers, request: &Request, bound: &Bound) -> Decision {
    // Nothing denies it: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    if bound.action() == "sts:getcalleridentity" {
        return Decision { outcome: Outcome::Allowed, by: None, level: None };
    }
    let verdicts = Verdicts::new(layers, request, bound);
    let (denied, by) = verdicts.denied();
    if denied == Truth::Yes {
        return Decision { outcome: Outcome::ExplicitlyDenied, by, level: None };
    }
    let allowed = verdicts.allowed(layers, request, bound);
    match (denied, allowed.holds) {
        (_, Truth::No) => Decision { outcome: Outcome::ImplicitlyDenied, by: allowed.by, level: allowed.level },
        (Truth::No, Truth::Yes) => Decision { outcome: Outcome::Allowed, by: allowed.by, level: None },
        (Truth::No, _) => Decision { outcome: Outcome::Depends, by: allowed.by, level: allowed.level },
        _ => Decision { outcome: Outcome::Depends, by, level: None },
    }
}

/// What each layer says.
struct Verdicts {
    scps: Vec<Verdict>,
    rcp: Truth,
    endpoint: Option<Verdict>,
    resource: Verdict,
    identity: Verdict,
    boundary: Option<Verdict>,
    session: Option<Verdict>,
}

/// Whether the layers allow, and which of them decides that.
struct Allowed {
    holds: Truth,
    by: Option<Layer>,
    level: Option<usize>,
}

impl Verdicts {
    fn new(layers: &Layers, request: &Request, bound: &Bound) -> Self {
        let of_all = |programs: &[Program], needs_principal| {
            let each = programs.iter().map(|program| program.verdict(bound, needs_principal));
            each.fold(Verdict::NOTHING, Verdict::join)
        };
        let reached = |layer| layers.reaches(layer, request, bound);
        let scps: &[Vec<Program>] = if reached(Layer::ServiceControlPolicy) { &layers.scps } else { &[] };
        let rcps: &[Vec<Program>] = if reached(Layer::ResourceControlPolicy) { &layers.rcps } else { &[] };
        Self {
            scps: scps.iter().map(|level| of_all(level, false)).collect(),
            rcp: Truth::any(rcps.iter().map(|level| of_all(level, true).deny)),
            endpoint: layers.endpoint.as_ref().map(|programs| of_all(programs, true)),
            resource: layers.resource.as_ref().map_or(Verdict::NOTHING, |program| program.verdict(bound, true)),
            identity: of_all(&layers.identity, false),
            boundary: layers.boundary.as_ref().map(|program| program.verdict(bound, false)),
            session: layers.session.as_ref().map(|programs| of_all(programs, false)),
        }
    }

    /// Whether something denies, and the first layer that does, or else may.
    fn denied(&self) -> (Truth, Option<Layer>) {
        let deny = |verdict: &Option<Verdict>| verdict.map_or(Truth::No, |verdict| verdict.deny);
        let layers = [
            (self.rcp, Layer::ResourceControlPolicy),
            (Truth::any(self.scps.iter().map(|level| level.deny)), Layer::ServiceControlPolicy),
            (deny(&self.endpoint), Layer::EndpointPolicy),
            (self.resource.deny, Layer::ResourcePolicy),
            (self.identity.deny, Layer::IdentityPolicy),
            (deny(&self.boundary), Layer::PermissionsBoundary),
            (deny(&self.session), Layer::SessionPolicy),
        ];
        let denied = Truth::any(layers.iter().map(|(truth, _)| *truth));
        let by = layers.iter().find(|(truth, _)| *truth == denied && denied != Truth::No).map(|(_, layer)| *layer);
        (denied, by)
    }

    fn allowed(&self, layers: &Layers, request: &Request, bound: &Bound) -> Allowed {
        let mut gates = Gates::default();
        for (level, verdict) in self.scps.iter().enumerate() {
            gates.pass(verdict.allow, Layer::ServiceControlPolicy, Some(level));
        }
        if let Some(endpoint) = &self.endpoint {
            gates.pass(endpoint.allow, Layer::EndpointPolicy, None);
        }
        let grants = self.grants(layers, request, bound);
        gates.pass(grants.0, grants.1, None);
        gates.allowed
    }

    /// Whether the policies of who asks and of the resource grant, and which layer grants or withholds.
    fn grants(&self, layers: &Layers, request: &Request, bound: &Bound) -> (Truth, Layer) {
        let direct = self.resource.grant(GrantClass::Direct);
        let any_grant = self.resource.grants.into_iter().fold(Truth::No, Truth::or);
        let Some(account) = request.requester.account() else {
            // Anonymous, a service, an identity without a role: the resource's policy alone decides.
            return (any_grant, Layer::ResourcePolicy);
        };
        if is_barred(&request.requester, bound.action()) {
            return (Truth::No, Layer::IdentityPolicy);
        }
        let boundary = self.boundary.map_or(Truth::Yes, |verdict| verdict.allow);
        let session = self.session(request);
        let identity = self.identity(layers, request);
        let limits = boundary.and(session);
        let own = identity.and(limits);
        let withholds = |allowed: Truth| match () {
            () if identity == Truth::No => Layer::IdentityPolicy,
            () if boundary == Truth::No => Layer::PermissionsBoundary,
            () if session == Truth::No => Layer::SessionPolicy,
            () if allowed != Truth::Yes && identity == Truth::Yes => Layer::ResourcePolicy,
            () => Layer::IdentityPolicy,
        };
        if request.owner().is_some_and(|owner| owner != account) && !is_public(bound) {
            let allowed = any_grant.and(own);
            let by = if any_grant == Truth::No { Layer::ResourcePolicy } else { withholds(allowed) };
            return (allowed, if allowed == Truth::Yes { Layer::IdentityPolicy } else { by });
        }
        let by_role = self.resource.grant(GrantClass::Role).and(limits);
        let by_resource = direct.or(by_role);
        let by_account = match needs_resource_policy(bound) {
            true => self.resource.grant(GrantClass::Account).and(own),
            false => own,
        };
        let allowed = by_resource.or(by_account);
        let by = match by_resource {
            Truth::Yes => Layer::ResourcePolicy,
            _ => withholds(allowed),
        };
        (allowed, by)
    }

    fn identity(&self, layers: &Layers, request: &Request) -> Truth {
        match &request.requester {
            // The root user needs no policy.
            Requester::Root { .. } => Truth::Yes,
            // A federated user has what the session's policy takes of the user's, and nothing without one.
            Requester::FederatedUser { .. } if layers.session.is_none() => Truth::No,
            _ => self.identity.allow,
        }
    }

    fn session(&self, request: &Request) -> Truth {
        match (&self.session, &request.requester) {
            (Some(session), _) => session.allow,
            (None, Requester::FederatedUser { .. }) => Truth::No,
            (None, _) => Truth::Yes,
        }
    }
}

/// What each layer that must allow says, in order: the first that does not is the one that withholds.
struct Gates {
    allowed: Allowed,
}

impl Default for Gates {
    fn default() -> Self {
        Self { allowed: Allowed { holds: Truth::Yes, by: None, level: None } }
    }
}

impl Gates {
    fn pass(&mut self, allows: Truth, layer: Layer, level: Option<usize>) {
        if allows < self.allowed.holds || allows == Truth::Yes && self.allowed.holds == Truth::Yes {
            self.allowed = Allowed { holds: allows.and(self.allowed.holds), by: Some(layer), level };
        }
    }
}

/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html#scp-effects-on-permissions>
fn reached_by_scps(layers: &Layers, request: &Request) -> bool {
    let account = request.requester.account();
    account.is_some() && account != layers.management.as_deref() && !request.requester.is_service_linked()
}

/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-effects-on-permissions>
fn reached_by_rcps(layers: &Layers, request: &Request, bound: &Bound) -> bool {
    let service = bound.action().split(':').next().unwrap_or_default();
    let owner = request.owner();
    rcp_supports(service)
        && bound.action() != "kms:retiregrant"
        && !(owner.is_some() && owner == layers.management.as_deref())
        && !request.requester.is_service_linked()
}

/// Whether the resource's own policy must let the account decide: a KMS key, and a role that is assumed.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
fn needs_resource_policy(bound: &Bound) -> bool {
    let action = bound.action();
    let is_key = bound.resource().is_some_and(|arn| arn[2] == "kms" && arn[5].starts_with("key/"));
    let assumes = [
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:tagsession",
        "sts:setsourceidentity",
        "sts:setcontext",
    ];
    is_key && action.starts_with("kms:") || assumes.contains(&action)
}

/// Who cannot do something, whatever the policies say: a root user assumes no role, and a federated user calls neither IAM nor STS.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html>
fn is_barred(requester: &Requester, action: &str) -> bool {
    match requester {
        Requester::Root { .. } => action == "sts:assumerole",
        Requester::FederatedUser { .. } => action.starts_with("iam:") || action.starts_with("sts:"),
        _ => false,
    }
}

/// Resources that AWS owns and lets everyone read: its managed policies, its public parameters.
fn is_public(bound: &Bound) -> bool {
    let reads =
        bound.action().split_once(':').is_some_and(|(_, name)| name.starts_with("get") || name.starts_with("list"));
    reads
        && bound.resource().is_some_and(|arn| {
            arn[2] == "iam" && arn[4] == "aws"
                || arn[2] == "ssm" && arn[4].is_empty() && arn[5].starts_with("parameter/aws/")
        })
}
