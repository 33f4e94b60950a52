//! Who has which policies, as `aws iam get-account-authorization-details` and plans of Terraform tell it.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

use super::terraform::Plan;
use crate::base::{FileId, Span};
use crate::diagnostic::Diagnostic;
use crate::lint::Holder;
use crate::policy::read::Mode;
use crate::policy::read::json::{Node, Place, Value, parse};

/// A user, group or role of an account, and what is attached to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its ARN.
    pub arn: String,
    /// What it is.
    pub holder: Holder,
    /// Its name, without its path.
    pub name: String,
    /// The names of the groups that a user is in.
    pub groups: Vec<String>,
    /// The ARNs of the managed policies that are attached to it.
    pub attached: Vec<String>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
    /// How long a session of a role lasts at most, in seconds.
    pub max_session: Option<u64>,
    /// Where its name stands.
    pub span: Span,
}

impl Identity {
    /// The id of its account.
    pub fn account(&self) -> Option<&str> {
        self.arn.split(':').nth(4).filter(|id| !id.is_empty())
    }

    /// Its path, as its ARN has it.
    pub fn path(&self) -> &str {
        let behind = self.arn.splitn(6, ':').nth(5).and_then(|resource| resource.find('/').map(|at| &resource[at..]));
        behind.and_then(|path| path.strip_suffix(self.name.as_str())).filter(|path| path.ends_with('/')).unwrap_or("/")
    }

    /// Whether it is a group, which asks for nothing itself.
    pub fn is_group(&self) -> bool {
        self.holder == Holder::Group
    }
}

/// The users, groups and roles in a text; none where it is no such export.
pub fn identities(file: FileId, text: &str, mode: Mode) -> Result<Vec<Identity>, Box<Diagnostic>> {
    if !text.contains("DetailList") && !text.contains("\"root_module\"") {
        return Ok(Vec::new());
    }
    let parsed = parse(Place::At(file, 0), text, mode)?;
    if let Some(plan) = Plan::of(&parsed.root) {
        return Ok(plan.identities());
    }
    let lists = [
        ("UserDetailList", "UserName", Holder::User),
        ("GroupDetailList", "GroupName", Holder::Group),
        ("RoleDetailList", "RoleName", Holder::Role),
    ];
    let of_list = |(list, name, holder): (&str, &'static str, Holder)| {
        let elements = parsed.root.get(list).map(Node::elements).unwrap_or_default();
        elements.iter().filter_map(move |node| identity(node, name, holder)).collect::<Vec<_>>()
    };
    Ok(lists.into_iter().flat_map(of_list).collect())
}

fn identity(node: &Node<'_>, name: &str, holder: Holder) -> Option<Identity> {
    let text = |node: &Node<'_>, name: &str| node.get(name).and_then(Node::text).map(str::to_owned);
    let list = |name: &str| node.get(name).map(Node::elements).unwrap_or_default();
    Some(Identity {
        arn: text(node, "Arn")?,
        holder,
        name: text(node, name)?,
        groups: list("GroupList").iter().filter_map(Node::text).map(str::to_owned).collect(),
        attached: list("AttachedManagedPolicies").iter().filter_map(|one| text(one, "PolicyArn")).collect(),
        max_session: match node.get("MaxSessionDuration").map(|node| &node.value) {
            Some(Value::Number(text)) => text.parse().ok(),
            _ => None,
        },
        span: node.get(name).map_or(node.span, |node| node.span),
        boundary: node.get("PermissionsBoundary").and_then(|one| text(one, "PermissionsBoundaryArn")),
    })
}
