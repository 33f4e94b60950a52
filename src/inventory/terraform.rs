//! Plans and states, as `terraform show -json` prints them: their resources, and who has which policies.
//! <https://developer.hashicorp.com/terraform/internals/json-format>

use std::collections::HashMap;

use super::Identity;
use crate::lint::Holder;
use crate::policy::Kind;
use crate::policy::read::json::{Node, Value};

/// The resources of a plan or a state.
pub(super) struct Plan<'n, 'a> {
    resources: Vec<Resource<'n, 'a>>,
    /// By address without index, `module.app.aws_iam_role.app`: what the configuration says of it.
    expressions: HashMap<String, &'n Node<'a>>,
}

/// A resource that Terraform manages.
#[derive(Clone, Copy)]
pub(super) struct Resource<'n, 'a> {
    node: &'n Node<'a>,
    /// Its type, `aws_iam_role`.
    pub(super) ty: &'n str,
    /// Its address, `module.app.aws_iam_role.app[0]`.
    address: &'n str,
    /// Its attributes, as far as they are known.
    pub(super) values: &'n Node<'a>,
}

impl<'n, 'a> Resource<'n, 'a> {
    fn of(node: &'n Node<'a>) -> Option<Self> {
        let text = |name: &str| node.get(name).and_then(Node::text);
        // A data source only builds the text that a resource holds.
        let is_managed = text("mode") != Some("data");
        let values = node.get("values").filter(|_| is_managed)?;
        Some(Self { node, ty: text("type").unwrap_or_default(), address: text("address").unwrap_or_default(), values })
    }

    /// An attribute that is a text, and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&'n str> {
        self.values.get(name).and_then(Node::text).filter(|text| !text.is_empty())
    }

    /// What it is called in AWS; where that is not known, what it is called in the configuration.
    pub(super) fn name(&self) -> Option<&'n str> {
        self.text("name").or_else(|| self.node.get("name").and_then(Node::text))
    }

    /// Its ARN; where that is not known yet, its address stands for it.
    fn arn(&self) -> String {
        self.text("arn").map_or_else(|| format!("terraform:{}", self.address), str::to_owned)
    }

    /// Which attributes hold a policy, and of which kind.
    pub(super) fn policies(&self) -> Vec<(&'static str, Kind)> {
        match self.ty {
            "aws_iam_role" => vec![("assume_role_policy", Kind::Trust)],
            "aws_organizations_policy" if self.text("type") == Some("RESOURCE_CONTROL_POLICY") => {
                vec![("content", Kind::Rcp)]
            }
            "aws_organizations_policy" => vec![("content", Kind::Scp)],
            "aws_vpc_endpoint" | "aws_vpc_endpoint_policy" => vec![("policy", Kind::Endpoint)],
            "aws_ssoadmin_permission_set_inline_policy" => vec![("inline_policy", Kind::Policy)],
            "aws_elasticsearch_domain"
            | "aws_opensearch_domain"
            | "aws_elasticsearch_domain_policy"
            | "aws_opensearch_domain_policy" => vec![("access_policies", Kind::Resource)],
            "aws_cloudwatch_log_resource_policy" => vec![("policy_document", Kind::Resource)],
            "aws_cloudwatch_log_destination_policy" => vec![("access_policy", Kind::Resource)],
            ty if ty.starts_with("aws_iam_") => vec![("policy", Kind::Policy)],
            _ => vec![("policy", Kind::Resource)],
        }
    }

    /// Whether its policy is embedded in one user, group or role.
    pub(super) fn is_embedded(&self) -> bool {
        matches!(self.ty, "aws_iam_role_policy" | "aws_iam_user_policy" | "aws_iam_group_policy")
    }

    /// What it is of an account: `role`, `user` or `group`.
    fn holder(&self) -> Option<&'static str> {
        match self.ty {
            "aws_iam_role" => Some("role"),
            "aws_iam_user" => Some("user"),
            "aws_iam_group" => Some("group"),
            _ => None,
        }
    }
}

impl<'n, 'a> Plan<'n, 'a> {
    /// The plan or state that a text is.
    pub(super) fn of(root: &'n Node<'a>) -> Option<Self> {
        let values = ["planned_values", "values"].iter().find_map(|name| root.get(name)?.get("root_module"))?;
        let mut plan = Plan { resources: Vec::new(), expressions: HashMap::new() };
        plan.module(values);
        if let Some(configuration) = root.get("configuration").and_then(|node| node.get("root_module")) {
            plan.configuration(configuration, "");
        }
        Some(plan)
    }

    pub(super) fn resources(&self) -> &[Resource<'n, 'a>] {
        &self.resources
    }

    fn module(&mut self, module: &'n Node<'a>) {
        let elements = |name| module.get(name).map(Node::elements).unwrap_or_default();
        self.resources.extend(elements("resources").iter().filter_map(Resource::of));
        elements("child_modules").iter().for_each(|child| self.module(child));
    }

    fn configuration(&mut self, module: &'n Node<'a>, prefix: &str) {
        for resource in module.get("resources").map(Node::elements).unwrap_or_default() {
            if let (Some(address), Some(expressions)) =
                (resource.get("address").and_then(Node::text), resource.get("expressions"))
            {
                self.expressions.insert(format!("{prefix}{address}"), expressions);
            }
        }
        if let Some(Value::Object(calls)) = module.get("module_calls").map(|calls| &calls.value) {
            for call in calls {
                if let Some(inner) = call.value.get("module") {
                    self.configuration(inner, &format!("{prefix}module.{}.", call.name));
                }
            }
        }
    }

    /// The resource of a type that an attribute of another refers to: the value is not known before it is made.
    fn referred(&self, from: Resource<'n, 'a>, attribute: &str, ty: &str) -> Option<Resource<'n, 'a>> {
        let address = without_indices(from.address);
        let expressions = self.expressions.get(&address)?;
        let references = expressions.get(attribute)?.get("references")?.elements();
        let module = address.rfind("module.").map_or("", |_| module_of(&address));
        let wanted = references.iter().filter_map(Node::text).find_map(|text| {
            let mut parts = text.split('.');
            let (found, name) = (parts.next()?, parts.next()?);
            (without_indices(found) == ty).then(|| format!("{module}{ty}.{}", without_indices(name)))
        })?;
        // Of several that are made from one block, those with the same index belong together.
        let index = from.address.rfind('[').filter(|_| from.address.ends_with(']')).map(|at| &from.address[at..]);
        let mut all = self.resources.iter().filter(|one| without_indices(one.address) == wanted);
        let same = all.clone().find(|one| index.is_some_and(|index| one.address.ends_with(index)));
        same.or_else(|| all.next()).copied()
    }

    /// The user, group or role that has an embedded or attached policy.
    fn owner(&self, of: Resource<'n, 'a>, holder: &str) -> Option<Resource<'n, 'a>> {
        let ty = format!("aws_iam_{holder}");
        let named = of
            .text(holder)
            .and_then(|name| self.resources.iter().find(|one| one.ty == ty && one.text("name") == Some(name)).copied());
        named.or_else(|| self.referred(of, holder, &ty))
    }

    /// By what a policy of that resource is known: its ARN if it is managed, that of its owner if it is embedded or a trust policy.
    pub(super) fn arn(&self, of: Resource<'n, 'a>) -> Option<String> {
        let owner = if of.ty == "aws_iam_policy" { Some(of) } else { self.owner_of_policy(of) };
        owner.map(|one| one.arn())
    }

    /// The name of the user, group or role that a policy of that resource is embedded in, or whose trust policy it is.
    pub(super) fn owner_name(&self, of: Resource<'n, 'a>) -> Option<&'n str> {
        let owner = self.owner_of_policy(of).and_then(|one| one.name());
        // One that is not made here is known by its name only.
        owner.or_else(|| {
            ["role", "user", "group"].iter().find_map(|holder| of.text(holder)).filter(|_| of.is_embedded())
        })
    }

    fn owner_of_policy(&self, of: Resource<'n, 'a>) -> Option<Resource<'n, 'a>> {
        match of.ty {
            "aws_iam_role_policy" => self.owner(of, "role"),
            "aws_iam_user_policy" => self.owner(of, "user"),
            "aws_iam_group_policy" => self.owner(of, "group"),
            "aws_iam_role" => Some(of),
            _ => None,
        }
    }

    /// The users, groups and roles, with what is attached to them.
    pub(super) fn identities(&self) -> Vec<Identity> {
        let of = |one: &Resource<'n, 'a>| {
            let holder = one.holder()?;
            let arn = one.arn();
            let mut attached = texts(one.values.get("managed_policy_arns"));
            let attachments = self.resources.iter().filter(|other| {
                other.ty == format!("aws_iam_{holder}_policy_attachment")
                    && self.owner(**other, holder).is_some_and(|owner| owner.arn() == arn)
            });
            attached.extend(attachments.filter_map(|other| self.policy_arn(*other, "policy_arn")));
            Some(Identity {
                name: one.name()?.to_owned(),
                groups: self.groups(one),
                attached,
                boundary: self.policy_arn(*one, "permissions_boundary"),
                max_session: match one.values.get("max_session_duration").map(|node| &node.value) {
                    Some(Value::Number(text)) => text.parse().ok(),
                    _ => None,
                },
                span: one.values.get("name").or(one.node.get("address")).map_or(one.node.span, |node| node.span),
                holder: match holder {
                    "user" => Holder::User,
                    "group" => Holder::Group,
                    _ => Holder::Role,
                },
                arn,
            })
        };
        self.resources.iter().filter_map(of).collect()
    }

    fn policy_arn(&self, of: Resource<'n, 'a>, attribute: &str) -> Option<String> {
        let known = of.text(attribute).map(str::to_owned);
        known.or_else(|| self.referred(of, attribute, "aws_iam_policy").map(|policy| policy.arn()))
    }

    /// The names of the groups that a user is in.
    fn groups(&self, user: &Resource<'n, 'a>) -> Vec<String> {
        let memberships = self.resources.iter().filter(|one| {
            one.ty == "aws_iam_user_group_membership"
                && one.text("user") == user.text("name")
                && user.ty == "aws_iam_user"
        });
        memberships.flat_map(|one| texts(one.values.get("groups"))).collect()
    }
}

fn texts(list: Option<&Node<'_>>) -> Vec<String> {
    list.map(Node::elements).unwrap_or_default().iter().filter_map(Node::text).map(str::to_owned).collect()
}

/// An address without the indices of `count` and `for_each`.
fn without_indices(address: &str) -> String {
    let (mut out, mut depth) = (String::new(), 0);
    for c in address.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// The modules at the start of an address: `module.app.` of `module.app.aws_iam_role.app`.
fn module_of(address: &str) -> &str {
    let mut end = 0;
    let mut rest = address;
    while let Some(inner) = rest.strip_prefix("module.") {
        let Some(dot) = inner.find('.') else { break };
        end += "module.".len() + dot + 1;
        rest = &inner[dot + 1..];
    }
    &address[..end]
}
