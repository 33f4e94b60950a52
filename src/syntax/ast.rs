//! The syntax tree. Every node knows its place.

use crate::base::Span;
use crate::policy::{Effect, Kind};

/// A file: its items in source order.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// The items.
    pub items: Vec<Item>,
}

/// An identifier.
#[derive(Clone, Debug)]
pub struct Name {
    /// As written.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// Names joined by dots.
#[derive(Clone, Debug)]
pub struct Path {
    /// At least one.
    pub names: Vec<Name>,
    /// All of it.
    pub span: Span,
}

impl Path {
    /// The path with one more name after a dot.
    pub fn join(mut self, name: Name) -> Self {
        self.span = self.span.to(name.span);
        self.names.push(name);
        self
    }

    /// The name itself, if there is but one.
    pub fn single(&self) -> Option<&Name> {
        match self.names.as_slice() {
            [name] => Some(name),
            _ => None,
        }
    }
}

/// A top-level item with its attributes.
#[derive(Clone, Debug)]
pub struct Item {
    /// `@inline`, `@accept(...)`, ...
    pub attributes: Vec<Attribute>,
    /// What it is.
    pub kind: ItemKind,
    /// All of it, attributes included.
    pub span: Span,
}

/// What a top-level item is.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `use ...`
    Use(Use),
    /// `param name: Type = default`
    Param(Parameter),
    /// `extern name: Type`
    Extern(Parameter),
    /// `let name = value`
    Let(Let),
    /// A policy of one of the eight kinds, or a `grant`.
    Policy(PolicyDecl),
    /// `role Name { ... }`
    Role(RoleDecl),
    /// `organization name "o-..." { ... }`
    Organization(OrganizationDecl),
    /// `test "..." { ... }`
    Test(ClaimBlock),
    /// `prove "..." { ... }`
    Prove(ClaimBlock),
    /// `constraint name on kinds { ... }`
    Constraint(ConstraintDecl),
    /// Text that was no item; already reported.
    Error,
}

/// `@name(arguments)`
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The word after `@`.
    pub name: Name,
    /// What stands in the parentheses.
    pub arguments: Vec<Argument>,
    /// All of it.
    pub span: Span,
}

/// `use` of a library module, a file, or some of their names.
#[derive(Clone, Debug)]
pub struct Use {
    /// From where.
    pub source: UseSource,
    /// The names in braces, if there are any.
    pub names: Option<Vec<UseName>>,
    /// The name after `as`.
    pub alias: Option<Name>,
}

/// Where a `use` takes from.
#[derive(Clone, Debug)]
pub enum UseSource {
    /// `std.trust`
    Library(Path),
    /// `"./lib/buckets.lw"`
    File(StringLit),
}

/// One name of a `use` in braces.
#[derive(Clone, Debug)]
pub struct UseName {
    /// The name there.
    pub name: Name,
    /// The name here.
    pub alias: Option<Name>,
}

/// A parameter of a file or of a template.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
    /// Its value when none is given.
    pub default: Option<Expr>,
    /// All of it.
    pub span: Span,
}

/// `let name = value`
#[derive(Clone, Debug)]
pub struct Let {
    /// Its name.
    pub name: Name,
    /// Its type, where one is written.
    pub ty: Option<TypeExpr>,
    /// Its value.
    pub value: Expr,
}

/// A type as written.
#[derive(Clone, Debug)]
pub enum TypeExpr {
    /// `String`, `s3.bucket`
    Named(Path),
    /// `[T]`
    List(Box<TypeExpr>, Span),
    /// `"dev" | "prod"`
    Union(Vec<StringLit>, Span),
}

impl TypeExpr {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            TypeExpr::Named(path) => path.span,
            TypeExpr::List(_, span) | TypeExpr::Union(_, span) => *span,
        }
    }
}

/// What a declaration with statements declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeclKind {
    /// One of the eight kinds.
    Policy(Kind),
    /// Statements to be included in a policy of any kind.
    Grant,
}

impl DeclKind {
    /// The word that declares it.
    pub fn keyword(self) -> &'static str {
        match self {
            DeclKind::Policy(kind) => kind.keyword(),
            DeclKind::Grant => "grant",
        }
    }
}

/// `policy name(params) { ... }` or `policy name = template(...)`.
#[derive(Clone, Debug)]
pub struct PolicyDecl {
    /// Which kind.
    pub kind: DeclKind,
    /// The word of the kind.
    pub keyword: Span,
    /// Its name.
    pub name: Name,
    /// Its parameters; a declaration that has a list of them is a template.
    pub parameters: Option<Vec<Parameter>>,
    /// `for resource`
    pub target: Option<Expr>,
    /// Its statements, or the call that gives them.
    pub body: PolicyBody,
}

/// Where the statements of a declaration come from.
#[derive(Clone, Debug)]
pub enum PolicyBody {
    /// `{ ... }`
    Block(Vec<BodyItem>),
    /// `= template(...)`
    Call(Expr),
}

/// What stands in a body.
#[derive(Clone, Debug)]
pub struct BodyItem {
    /// `@accept(...)`
    pub attributes: Vec<Attribute>,
    /// What it is.
    pub kind: BodyItemKind,
    /// All of it, attributes included.
    pub span: Span,
}

/// What stands in a body.
#[derive(Clone, Debug)]
pub enum BodyItemKind {
    /// `allow ...`, `deny ...`
    Statement(Box<Statement>),
    /// `[Sid:] include grant(...)`
    Include(Include),
    /// `for name in list { ... }`
    For(For<BodyItem>),
    /// `if c { ... } else { ... }`
    If(If),
    /// Text that was no statement; already reported.
    Error,
}

/// `[Sid:] include grant(...)`
#[derive(Clone, Debug)]
pub struct Include {
    /// The Sid of the one statement that comes in.
    pub label: Option<StringLit>,
    /// The template and its arguments.
    pub call: Expr,
}

/// `for name in list { ... }`
#[derive(Clone, Debug)]
pub struct For<T> {
    /// The name bound.
    pub name: Name,
    /// The list.
    pub list: Expr,
    /// What is repeated.
    pub body: Vec<T>,
}

/// `if c { ... } else if d { ... } else { ... }`
#[derive(Clone, Debug)]
pub struct If {
    /// The conditions with their bodies, in order.
    pub arms: Vec<(Formula, Vec<BodyItem>)>,
    /// The last `else`.
    pub otherwise: Option<Vec<BodyItem>>,
}

/// One statement as written.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The Sid.
    pub label: Option<StringLit>,
    /// `allow` or `deny`.
    pub effect: Effect,
    /// The word of the effect.
    pub effect_span: Span,
    /// The rest.
    pub scope: Scope,
}

/// `ACTIONS [except ACTIONS] [on RESOURCES [except RESOURCES]] [to PRINCIPALS [except PRINCIPALS]] [when C] [unless C]`
#[derive(Clone, Debug)]
pub struct Scope {
    /// The actions.
    pub actions: Choice,
    /// After `on`.
    pub resources: Option<Choice>,
    /// After `to`.
    pub principals: Option<Choice>,
    /// After `when`.
    pub when: Option<Formula>,
    /// After `unless`.
    pub unless: Option<Formula>,
    /// All of it.
    pub span: Span,
}

/// Some things, and some that are excepted.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The things, not empty.
    pub these: Vec<Expr>,
    /// After `except`.
    pub except: Vec<Expr>,
    /// All of it.
    pub span: Span,
}

/// A value as written.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// A value as written.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `"..."`
    String(StringLit),
    /// `42`
    Number(String),
    /// `true`
    Bool(bool),
    /// `15m`
    Duration(String),
    /// `2027-06-30`
    Date(String),
    /// `s3:GetObject`, `dynamodb:{Get,Put}Item`, `aws:PrincipalOrgID`
    Iam(String),
    /// `*`
    Star,
    /// `self`
    SelfRef,
    /// `a.b`
    Path(Path),
    /// `a.b(...)`
    Call(Path, Vec<Argument>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// Text that was no value; already reported.
    Error,
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub struct Argument {
    /// `name:`
    pub name: Option<Name>,
    /// The value.
    pub value: Expr,
}

/// A string literal (or a name that stands for one, as a label).
#[derive(Clone, Debug)]
pub struct StringLit {
    /// Its runs.
    pub parts: Vec<StringPart>,
    /// Quotes included.
    pub span: Span,
}

impl StringLit {
    /// The text, if nothing is interpolated.
    pub fn plain(&self) -> Option<String> {
        self.parts
            .iter()
            .map(|part| match part {
                StringPart::Text(text) => Some(text.as_str()),
                StringPart::Interpolation(_) | StringPart::Error => None,
            })
            .collect()
    }
}

/// A run of a string literal.
#[derive(Clone, Debug)]
pub enum StringPart {
    /// Characters, escapes resolved; policy variables `${...}` are among them untouched.
    Text(String),
    /// `{name}`
    Interpolation(Path),
    /// Something that is wrong, and reported.
    Error,
}

/// A boolean formula.
#[derive(Clone, Debug)]
pub enum Formula {
    /// Two or more, of which one must hold.
    Or(Vec<Formula>),
    /// Two or more, which all must hold.
    And(Vec<Formula>),
    /// The opposite.
    Not(Box<Formula>),
    /// In parentheses: kept for the formatter.
    Group(Box<Formula>),
    /// One test.
    Atom(Box<Atom>),
}

impl Formula {
    /// From its first test to its last.
    pub fn span(&self) -> Span {
        match self {
            Formula::Or(operands) | Formula::And(operands) => {
                operands.iter().map(Formula::span).reduce(Span::to).unwrap_or_default()
            }
            Formula::Not(inner) | Formula::Group(inner) => inner.span(),
            Formula::Atom(atom) => atom.span,
        }
    }
}

/// One test of one key (or, at compile time, of one value).
#[derive(Clone, Debug)]
pub struct Atom {
    /// `any`, `all`, `no`
    pub quantifier: Option<(Quantifier, Span)>,
    /// The key: an IAM name, `key("...")`; or a value of the language.
    pub key: Expr,
    /// Whether `?` follows.
    pub optional: bool,
    /// `as Type`
    pub as_type: Option<Name>,
    /// What is asked.
    pub test: Test,
    /// All of it.
    pub span: Span,
}

/// How an atom looks at a multivalued key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// Some value.
    Any,
    /// Every value.
    All,
    /// No value.
    No,
}

/// What an atom asks of its key.
#[derive(Clone, Debug)]
pub enum Test {
    /// Nothing: the key itself is the question.
    Truth,
    /// `has k`
    Has,
    /// `missing k`
    Missing,
    /// `k == v`, ...
    Compare(Comparison, Span, Expr),
}

/// The comparisons.
#[allow(missing_docs)] // named as they are read
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    In,
    Like,
    EqualIgnoreCase,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    NotIn,
    NotLike,
    NotEqualIgnoreCase,
}

impl Comparison {
    /// Whether it asks for a value that is there and differs.
    pub fn is_negative(self) -> bool {
        matches!(self, Comparison::NotEqual | Comparison::NotIn | Comparison::NotLike | Comparison::NotEqualIgnoreCase)
    }

    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
            Comparison::In => "in",
            Comparison::Like => "like",
            Comparison::EqualIgnoreCase => "~=",
            Comparison::Less => "<",
            Comparison::LessEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterEqual => ">=",
            Comparison::NotIn => "not in",
            Comparison::NotLike => "not like",
            Comparison::NotEqualIgnoreCase => "not ~=",
        }
    }
}

/// `role Name { ... }`
#[derive(Clone, Debug)]
pub struct RoleDecl {
    /// The word `role`.
    pub keyword: Span,
    /// Its name.
    pub name: Name,
    /// Its fields in source order.
    pub fields: Vec<RoleField>,
}

/// `boundary developer`, `tags { ... }`
#[derive(Clone, Debug)]
pub struct RoleField {
    /// Which field.
    pub name: Name,
    /// What it is set to.
    pub value: RoleValue,
}

/// What a field of a role is set to.
#[derive(Clone, Debug)]
pub enum RoleValue {
    /// One value or several.
    Values(Vec<Expr>),
    /// `{ k: v }`
    Record(Vec<RecordField>),
}

/// `key: value`
#[derive(Clone, Debug)]
pub struct RecordField {
    /// The key: a name, an IAM name or a string.
    pub key: Expr,
    /// The value.
    pub value: Expr,
}

/// `organization name "o-..." { ... }`
#[derive(Clone, Debug)]
pub struct OrganizationDecl {
    /// Its name.
    pub name: Name,
    /// Its id.
    pub id: Expr,
    /// What it holds.
    pub members: Vec<OrganizationMember>,
}

/// What an organisation, a unit or an account holds.
#[derive(Clone, Debug)]
pub enum OrganizationMember {
    /// `management "999999999999"`
    Management(Expr),
    /// `scp name, name` or `rcp name, name`
    Attach(Kind, Vec<Expr>),
    /// `unit name { ... }`
    Unit(Name, Vec<OrganizationMember>),
    /// `account name "222222222222" { ... }`
    Account(Name, Expr, Vec<OrganizationMember>),
}

/// `test "..." { ... }` or `prove "..." { ... }`
#[derive(Clone, Debug)]
pub struct ClaimBlock {
    /// What it shows.
    pub title: StringLit,
    /// The claims.
    pub claims: Vec<Claim>,
}

/// `constraint name on kinds { ... }`
#[derive(Clone, Debug)]
pub struct ConstraintDecl {
    /// Its name.
    pub name: Name,
    /// The kinds that it is about.
    pub kinds: Vec<Name>,
    /// The claims.
    pub claims: Vec<Claim>,
}

/// One line of a test, a proof or a constraint.
#[derive(Clone, Debug)]
pub struct Claim {
    /// What it says.
    pub kind: ClaimKind,
    /// All of it.
    pub span: Span,
}

/// What a claim says.
#[derive(Clone, Debug)]
pub enum ClaimKind {
    /// `A [through B] [as P] allows S [with { ... }]`, `never allows S`, ...
    Decides {
        /// Whose permissions; none in a constraint.
        subject: Option<Subject>,
        /// What is claimed.
        verb: Verb,
        /// Of which requests.
        scope: Box<Scope>,
        /// `with { key: value }`
        context: Option<Vec<RecordField>>,
    },
    /// `A within B`, `A equivalent B`, `A disjoint B`
    Relates(Path, Relation, Path),
    /// `requires boundary`
    Requires(Name),
    /// `exempt A, B because "..."`
    Exempt(Vec<Path>, StringLit),
    /// `refuses "code" { ... }`
    Refuses(StringLit, Vec<Item>),
    /// `for name in list { ... }`
    For(For<Claim>),
    /// Text that was no claim; already reported.
    Error,
}

/// `A [through B, C] [as P]`: whose permissions a claim is about.
#[derive(Clone, Debug)]
pub struct Subject {
    /// A policy or a role.
    pub name: Path,
    /// The session policies that were passed to the role, and the policies of the VPC endpoint that the request comes through.
    pub through: Vec<Path>,
    /// Who asks.
    pub principal: Option<Expr>,
}

/// What is claimed of requests.
#[allow(missing_docs)] // named as they are read
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Allows,
    Denies,
    DeniesExplicitly,
    NeverAllows,
    AlwaysAllows,
    AlwaysDenies,
}

/// What is claimed of two policies.
#[allow(missing_docs)] // named as they are read
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Within,
    Equivalent,
    Disjoint,
}
