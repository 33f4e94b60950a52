//! The policy documents in a JSON text: the text itself, or what AWS's and Terraform's commands put around it.

use super::escaped::{Unescaped, in_string};
use super::placeholder;
use super::terraform::Plan;
use crate::base::{FileId, Span};
use crate::diagnostic::{Diagnostic, closest, code};
use crate::policy::limits::Length;
use crate::policy::read::json::{Node, Parsed, Place, Value, parse};
use crate::policy::read::{Mode, Partial, read_partly};
use crate::policy::{Document, Kind};

/// A document, and what its surroundings say of it.
#[derive(Clone, Debug)]
pub struct Found {
    /// What it is called.
    pub name: Option<String>,
    /// What else it goes by: its name without that of its user, group or role, and their name.
    pub aliases: Vec<String>,
    /// Its kind.
    pub kind: Option<Kind>,
    /// Whether it is embedded in one user, group or role.
    pub inline: bool,
    /// The ARN of a managed policy; of an embedded one and of a trust policy, that of the user, group or role.
    pub arn: Option<String>,
    /// What is said of it.
    pub description: Option<String>,
    /// The document, or what AWS would refuse of it.
    pub document: Result<Document, Vec<Diagnostic>>,
    /// Of a document that AWS would refuse, the statements that it would not.
    pub rest: Option<Document>,
    /// What AWS takes, and what does not show in the document.
    pub remarks: Vec<Diagnostic>,
    /// Where it stands.
    pub span: Span,
    /// How long the text is that holds nothing but the document.
    pub written: Option<Length>,
    /// The comments in it.
    pub comments: Vec<(Span, String)>,
}

impl Default for Found {
    /// Nothing is known yet.
    fn default() -> Self {
        Self {
            name: None,
            aliases: Vec::new(),
            kind: None,
            inline: false,
            arn: None,
            description: None,
            document: Err(Vec::new()),
            rest: None,
            remarks: Vec::new(),
            span: Span::default(),
            written: None,
            comments: Vec::new(),
        }
    }
}

/// Every document in a text: one policy, the output of a command, or a line of JSON for each.
pub fn find(file: FileId, text: &str, mode: Mode) -> Result<Vec<Found>, Box<Diagnostic>> {
    let whole = match parse(Place::At(file, 0), text, mode) {
        Ok(whole) => whole,
        Err(error) => return lines(file, text, mode).unwrap_or(Err(error)),
    };
    of_root(text, whole, mode)
}

/// Whether a text in which no document is found may have been meant to be one: it has what is nearly a policy's elements, or cannot be
/// read and has their names.
pub fn resembles_policy(text: &str) -> bool {
    let Ok(parsed) = parse(Place::At(FileId(0), 0), text, Mode::Lenient) else {
        return text.to_ascii_lowercase().contains("\"statement\"");
    };
    let is_version = |text: &str| matches!(text, "2012-10-17" | "2008-10-17");
    let is_one = |node: &Node<'_>| match &node.value {
        Value::Object(members) => members.iter().any(|member| {
            closest(&member.name, ["Statement"]).is_some() || member.value.text().is_some_and(is_version)
        }),
        _ => false,
    };
    is_one(&parsed.root) || parsed.root.elements().iter().any(is_one)
}

/// The documents in a value of a text.
fn of_root(text: &str, parsed: Parsed<'_>, mode: Mode) -> Result<Vec<Found>, Box<Diagnostic>> {
    let root = if mode == Mode::Lenient { placeholder::flatten(parsed.root) } else { parsed.root };
    let mut finder = Finder { text, mode, found: Vec::new() };
    finder.node(&root, &Found::default());
    if finder.found.is_empty() {
        return Err(Box::new(nothing(&root)));
    }
    if let [one] = finder.found.as_mut_slice() {
        one.comments = parsed.comments;
    }
    Ok(finder.found)
}

/// Whether a version is one of the policy language, as far as a year tells: of an object that has nothing else to it.
fn is_language(version: &str) -> bool {
    version.starts_with("20") && version.contains("-")
}

fn nothing(root: &Node<'_>) -> Diagnostic {
    let error = Diagnostic::new(&code::POLICY_GRAMMAR, root.span, "there is no policy document in this JSON");
    match root.get("PolicyNames").or_else(|| root.get("AttachedPolicies")) {
        Some(_) => error.help("this lists names only; read the documents with `aws iam get-role-policy` or `get-policy-version`"),
        None => error.help("give a policy document, or the output of `aws iam get-policy-version`, `get-role`, `get-account-authorization-details`, `aws organizations describe-policy` or `terraform show -json`"),
    }
}

/// JSON Lines: `None` if the text is something else.
fn lines(file: FileId, text: &str, mode: Mode) -> Option<Result<Vec<Found>, Box<Diagnostic>>> {
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    let several = text.lines().filter(|line| !line.trim().is_empty()).count() > 1;
    if !several || parse(Place::At(file, 0), first, mode).is_err() {
        return None;
    }
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() {
            let parsed = parse(Place::At(file, at), line.trim_end(), mode);
            match parsed.and_then(|parsed| of_root(text, parsed, mode)) {
                Ok(documents) => found.extend(documents),
                // One line that is wrong does not hide the others.
                Err(error) => {
                    found.push(Found { span: error.primary.span, document: Err(vec![*error]), ..Found::default() })
                }
            }
        }
        at += line.len();
    }
    Some(Ok(found))
}

/// Takes the documents out of the member of an object that a command writes.
type Reader<F> = fn(&mut F, &Node<'_>);

struct Finder<'t> {
    /// All of the text, into which the places point.
    text: &'t str,
    mode: Mode,
    found: Vec<Found>,
}

impl Finder<'_> {
    /// The documents in a value, of which `known` is known.
    fn node(&mut self, node: &Node<'_>, known: &Found) {
        if let Value::Array(elements) = &node.value {
            return elements.iter().for_each(|element| self.node(element, known));
        }
        if node.get("Statement").is_some() || node.get("Version").and_then(Node::text).is_some_and(is_language) {
            return self.document(node, known.clone());
        }
        let text = |name: &str| node.get(name).and_then(Node::text).map(str::to_owned);
        let kind = node.get("kind");
        let is_policy = |one: &&Node<'_>| {
            one.get("Statement").is_some() || one.text().is_some_and(|text| text.contains("Statement"))
        };
        if let Some(document) = node.get("document").filter(|one| kind.is_some() || is_policy(one)) {
            let kind = kind.and_then(Node::text).and_then(Kind::of_word);
            return self.document(document, Found { name: text("name"), kind, ..known.clone() });
        }
        let wrapped: [(&str, Reader<Self>); 8] = [
            ("PolicyVersion", |this, node| this.member(node, "Document", Found::default())),
            ("Role", Self::role),
            ("Roles", |this, node| node.elements().iter().for_each(|role| this.role(role))),
            ("RoleDetailList", |this, node| node.elements().iter().for_each(|role| this.role(role))),
            ("UserDetailList", |this, node| {
                node.elements().iter().for_each(|user| this.inline_policies(user, "UserPolicyList"))
            }),
            ("GroupDetailList", |this, node| {
                node.elements().iter().for_each(|group| this.inline_policies(group, "GroupPolicyList"))
            }),
            ("Policies", |this, node| node.elements().iter().for_each(|policy| this.managed(policy))),
            ("Attributes", |this, node| {
                this.member(node, "Policy", Found { kind: Some(Kind::Resource), ..Found::default() })
            }),
        ];
        let before = self.found.len();
        for (name, read) in wrapped {
            if let Some(inner) = node.get(name) {
                read(self, inner);
            }
        }
        if node.get("PolicyDocument").is_some() {
            let inline = node.get("PolicyName").is_some();
            let kind = Some(Kind::Policy).filter(|_| inline);
            let aliases = owner_of(node).into_iter().map(str::to_owned).collect();
            let known = Found { name: text("PolicyName"), aliases, kind, inline, ..known.clone() };
            self.member(node, "PolicyDocument", known);
        }
        if let Some(policy) = node.get("Policy") {
            match policy.get("Content") {
                Some(_) => self.organizations(policy),
                None => self.member(node, "Policy", Found { kind: Some(Kind::Resource), ..known.clone() }),
            }
        }
        if let Some(plan) = Plan::of(node).filter(|_| self.found.len() == before) {
            self.terraform(&plan);
        }
    }

    /// `aws organizations describe-policy`
    fn organizations(&mut self, policy: &Node<'_>) {
        let summary =
            |name: &str| policy.get("PolicySummary").and_then(|summary| summary.get(name)).and_then(Node::text);
        let known = Found {
            name: summary("Name").map(str::to_owned),
            kind: summary("Type").and_then(Kind::of_word),
            description: summary("Description").filter(|text| !text.is_empty()).map(str::to_owned),
            ..Found::default()
        };
        self.member(policy, "Content", known);
    }

    /// A role with its trust policy, and in an account's details its inline policies.
    fn role(&mut self, role: &Node<'_>) {
        let name = role.get("RoleName").and_then(Node::text).map(str::to_owned);
        let named = name.as_ref().map(|name| format!("{name}-trust"));
        let aliases = name.into_iter().collect();
        self.member(
            role,
            "AssumeRolePolicyDocument",
            Found { name: named, aliases, kind: Some(Kind::Trust), arn: text_of(role, "Arn"), ..Found::default() },
        );
        self.inline_policies(role, "RolePolicyList");
    }

    fn inline_policies(&mut self, owner: &Node<'_>, list: &str) {
        let owner_name = owner_of(owner);
        for policy in owner.get(list).map(Node::elements).unwrap_or_default() {
            let name = policy.get("PolicyName").and_then(Node::text);
            let aliases = name.into_iter().chain(owner_name).map(str::to_owned).collect();
            let name = name.map(|name| owner_name.map_or(name.to_owned(), |owner| format!("{owner}-{name}")));
            let (kind, arn) = (Some(Kind::Policy), text_of(owner, "Arn"));
            let known = Found { name, aliases, kind, inline: true, arn, ..Found::default() };
            self.member(policy, "PolicyDocument", known);
        }
    }

    /// A managed policy with its versions, of which the default one counts.
    fn managed(&mut self, policy: &Node<'_>) {
        let versions = policy.get("PolicyVersionList").map(Node::elements).unwrap_or_default();
        let is_default = |version: &&Node<'_>| {
            version.get("IsDefaultVersion").is_some_and(|value| matches!(value.value, Value::Bool(true)))
        };
        let Some(version) = versions.iter().find(is_default).or(versions.first()) else { return };
        let text =
            |name: &str| policy.get(name).and_then(Node::text).filter(|text| !text.is_empty()).map(str::to_owned);
        let known = Found {
            name: text("PolicyName"),
            kind: Some(Kind::Policy),
            arn: text("Arn"),
            description: text("Description"),
            ..Found::default()
        };
        self.member(version, "Document", known);
    }

    /// The policies of a plan's resources.
    fn terraform(&mut self, plan: &Plan<'_, '_>) {
        for resource in plan.resources() {
            let name = resource.name();
            let description = resource.text("description").map(str::to_owned);
            let arn = plan.arn(*resource);
            let aliases: Vec<String> = plan.owner_name(*resource).into_iter().map(str::to_owned).collect();
            for (attribute, kind) in resource.policies() {
                let suffix = if kind == Kind::Trust { "-trust" } else { "" };
                let known = Found {
                    name: name.map(|name| format!("{name}{suffix}")),
                    aliases: aliases.clone(),
                    kind: Some(kind),
                    inline: resource.is_embedded(),
                    arn: arn.clone(),
                    description: description.clone().filter(|_| kind != Kind::Trust),
                    ..Found::default()
                };
                // What is known after apply only is not there.
                if resource.text(attribute).is_some() {
                    self.member(resource.values, attribute, known);
                }
            }
            for policy in resource.values.get("inline_policy").map(Node::elements).unwrap_or_default() {
                let known = Found {
                    name: text_of(policy, "name"),
                    aliases: aliases.clone(),
                    kind: Some(Kind::Policy),
                    inline: true,
                    arn: arn.clone(),
                    ..Found::default()
                };
                self.member(policy, "policy", known);
            }
        }
    }

    /// The document in a member of an object.
    fn member(&mut self, owner: &Node<'_>, name: &str, known: Found) {
        if let Some(document) = owner.get(name) {
            self.document(document, known);
        }
    }

    /// A document, as an object or as a string, which the API of IAM percent-encodes.
    fn document(&mut self, node: &Node<'_>, known: Found) {
        let (mode, span) = (self.mode, node.span);
        let read = |node: &Node<'_>| {
            let read = read_partly(node);
            let open = |document| if mode == Mode::Lenient { placeholder::open(document) } else { document };
            Partial { document: read.document.map(open), ..read }
        };
        // A file with a policy and a policy in a string are what AWS is given; what stands in the midst of other JSON is written anew.
        let is_whole = |text: &str| self.text.trim().len() == text.len();
        let mut written = self.text.get(span.range()).filter(|text| is_whole(text)).map(Length::of);
        let read = match &node.value {
            Value::String(text) => {
                let raw = self.text.get(span.range()).unwrap_or_default();
                let inner = in_string(raw, span.range().start, text);
                let is_encoded = text.trim_start().starts_with('%');
                let unescaped = inner.map(|inner| if is_encoded { inner.percent_decoded() } else { inner });
                let (place, text) = match &unescaped {
                    Some(Unescaped { text, places }) => (Place::Escaped(span.file, places), &**text),
                    None => (Place::Within(span), &**text),
                };
                written = Some(Length::of(text));
                let read = match parse(place, text, mode) {
                    Ok(parsed) if mode == Mode::Lenient => read(&placeholder::flatten(parsed.root)),
                    Ok(parsed) => read(&parsed.root),
                    Err(error) => Partial { errors: vec![*error], ..Partial::default() },
                };
                Partial { errors: without_edits(read.errors), remarks: without_edits(read.remarks), ..read }
            }
            _ => read(node),
        };
        let Partial { document, errors, remarks } = read;
        let (document, rest) = match document {
            Some(document) if errors.is_empty() => (Ok(document), None),
            rest => (Err(errors), rest),
        };
        self.found.push(Found { document, rest, remarks, span, written, ..known });
    }
}

fn text_of(node: &Node<'_>, name: &str) -> Option<String> {
    node.get(name).and_then(Node::text).map(str::to_owned)
}

/// The name of the role, user or group that an object of the API of IAM is or belongs to.
fn owner_of<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    ["RoleName", "UserName", "GroupName"].iter().find_map(|name| node.get(name)?.text())
}

/// What would be put in the place of something in a string would have to be escaped as the string is.
fn without_edits(errors: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let cleared = |mut error: Diagnostic| {
        error.help.iter_mut().for_each(|help| help.edits.clear());
        error
    };
    errors.into_iter().map(cleared).collect()
}
