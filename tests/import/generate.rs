//! Policy JSON of every kind, as wide as AWS takes it, and now and then a little wider.

use leastwise::policy::{BaseOperator, Family, Kind};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// JSON whose members may be of any number and order.
#[derive(Clone, Debug)]
pub enum Json {
    Text(String),
    /// A number or a Boolean, as it stands.
    Raw(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub fn write(&self) -> String {
        let quote = |text: &String| serde_json::to_string(text).unwrap();
        match self {
            Json::Text(text) => quote(text),
            Json::Raw(text) => text.clone(),
            Json::List(all) => format!("[{}]", all.iter().map(Json::write).collect::<Vec<_>>().join(",\n")),
            Json::Object(all) => {
                let member = |(name, value): &(String, Json)| format!("{}: {}", quote(name), value.write());
                format!("{{{}}}", all.iter().map(member).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

type Texts = BoxedStrategy<String>;
type Member = BoxedStrategy<(String, Json)>;

fn one_of(texts: &'static [&'static str]) -> Texts {
    select(texts).prop_map(str::to_owned).boxed()
}

fn member(name: &'static str, value: impl Strategy<Value = Json> + 'static) -> Member {
    value.prop_map(move |value| (name.to_owned(), value)).boxed()
}

fn maybe(one: Member) -> BoxedStrategy<Vec<(String, Json)>> {
    vec(one, 0..=1).boxed()
}

/// Text of all that a policy may hold, with the signs of both languages.
fn odd() -> Texts {
    const PIECES: &[&str] = &[
        "a",
        "Z",
        "9",
        "{",
        "}",
        "{{",
        "}}",
        "\"",
        "\\",
        "\\n",
        "$",
        "$$",
        "${",
        "${aws:username}",
        "${*}",
        "${?}",
        "${$}",
        "${aws:PrincipalTag/team, 'none'}",
        "${aws:PrincipalTag/team,'a}b'}",
        "${nothing}",
        "${}",
        "${a b}",
        "$}{",
        "'",
        "/",
        "//",
        "///",
        ":",
        "::",
        "*",
        "?",
        "**",
        " ",
        "\t",
        "\n",
        "\r",
        "-",
        "_",
        "@",
        "#",
        "<",
        "\u{7f}",
        "\u{80}",
        "\u{85}",
        "\u{a0}",
        "é",
        "ÿ",
        "arn:",
        "{x}",
        "${x",
        "\\u{41}",
        "%20",
        "!Sub",
        "=",
        ",",
        ";",
        "[",
        "]",
        "(",
        ")",
        "true",
        "12",
    ];
    vec(select(PIECES), 0..6).prop_map(|pieces| pieces.concat()).boxed()
}

/// A text as it is or, now and then, with its letters in another case.
fn in_any_case(texts: Texts) -> Texts {
    (texts, 0..6)
        .prop_map(|(text, case)| match case {
            0 => text.to_lowercase(),
            1 => text.to_uppercase(),
            _ => text,
        })
        .boxed()
}

/// One value, or a list of several, some of them twice.
fn one_or_several(texts: Texts) -> BoxedStrategy<Json> {
    let list = vec(texts.clone(), 1..5).prop_map(|mut all| {
        if all.len() == 3 {
            all.push(all[0].clone());
        }
        Json::List(all.into_iter().map(Json::Text).collect())
    });
    prop_oneof![texts.prop_map(Json::Text), list].boxed()
}

fn actions(kind: Kind) -> Texts {
    let of_roles = one_of(&[
        "sts:AssumeRole",
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRoleWithWebIdentity",
        "sts:TagSession",
        "sts:SetSourceIdentity",
        "sts:*",
    ]);
    let reached = one_of(&[
        "s3:*",
        "s3:GetObject",
        "s3:Put*",
        "sqs:*",
        "kms:Decrypt",
        "sts:AssumeRole",
        "secretsmanager:Get?ecretValue",
    ]);
    let known = one_of(&[
        "s3:GetObject",
        "s3:PutObject",
        "s3:Get*",
        "s3:*Object",
        "s3:*",
        "s3:List?ucket",
        "S3:getobject",
        "s3:GetObjectVersion",
        "s3:PutObjectAcl",
        "s3:ListBucket",
        "ec2:RunInstances",
        "ec2:Describe*",
        "ec2:CreateTags",
        "iam:PassRole",
        "iam:*",
        "iam:Create*",
        "sqs:SendMessage",
        "sns:Publish",
        "lambda:InvokeFunction",
        "dynamodb:*Item",
        "dynamodb:Query",
        "kms:Decrypt",
        "kms:GenerateDataKey*",
        "logs:PutLogEvents",
        "execute-api:Invoke",
        "organizations:*",
        "elasticloadbalancing:*",
        "autoscaling:*",
        "cloudwatch:*",
        "sts:AssumeRole",
        "*",
        "secretsmanager:GetSecretValue",
        "ec2:*SecurityGroup*",
        "a4b:*",
    ]);
    let odd = prop_oneof![
        one_of(&[
            "s3:GetObjekt",
            "nothing:Here",
            "s3:",
            "s3",
            "*:*",
            "s*:Get*",
            "s3:Get Object",
            "s3:{a,b}",
            "",
            "s3:Get\"Object",
            "s3:a:b",
            "aws-portal:ViewBilling",
            "s3:Get-Object",
            "s3:Get_Object",
            "s3:1",
            ":GetObject",
            "s3:Xyz*",
            "iot:Cancel*Job?",
            "s3 :GetObject",
            "S3:GETOBJECT",
        ]),
        odd(),
    ];
    let usual = match kind {
        Kind::Trust => of_roles,
        Kind::Rcp => reached,
        _ => known,
    };
    in_any_case(prop_oneof![20 => usual, 1 => odd].boxed())
}

fn resources() -> Texts {
    let segment = |texts: &'static [&'static str]| one_of(texts);
    let arn = (
        segment(&["aws", "aws", "aws-cn", "aws-us-gov", "*", "aws*"]),
        segment(&[
            "s3",
            "sqs",
            "dynamodb",
            "iam",
            "logs",
            "ec2",
            "lambda",
            "kms",
            "sns",
            "nothing",
            "execute-api",
            "*",
            "rds",
            "ecs",
            "states",
        ]),
        segment(&["", "", "eu-west-1", "*", "us-*-1", "${aws:RequestedRegion}"]),
        segment(&["", "", "123456789012", "*", "${aws:PrincipalAccount}", "12345678901?", "aws"]),
        segment(&[
            "bucket",
            "bucket/*",
            "bucket/a/b*",
            "*",
            "table/orders",
            "table/orders/index/*",
            "role/x",
            "role/a/b/*",
            "role/*",
            "queue",
            "log-group:x:*",
            "log-group:/aws/lambda/f:log-stream:s",
            "instance/*",
            "function:f",
            "function:f:1",
            "key/*",
            "topic",
            "x:y/z",
            "user/${aws:username}",
            "bucket/{a}/\"b\"",
            "vpc/*",
            "db:x",
            "cluster/c",
            "service/c/s",
            "stateMachine:x",
            "abc123/*/GET/*",
            "table/o?",
            "role/aws-service-role/*",
            "policy/p",
            "group/g",
            "root",
        ]),
    );
    let arn = arn.prop_map(|(partition, service, region, account, resource)| {
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    });
    let usual = one_of(&[
        "*",
        "arn:aws:s3:::bucket",
        "arn:aws:s3:::bucket/*",
        "arn:aws:s3:::bucket/home/${aws:username}/*",
        "arn:aws:s3:::${aws:PrincipalTag/team, 'none'}/*",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/orders-and-more-orders",
        "arn:aws:iam::123456789012:role/service-role/a-long-name-of-a-role",
        "arn:aws:iam::*:role/*",
        "arn:aws:sqs:eu-west-1:123456789012:queue",
        "arn:aws:ec2:*:*:instance/*",
        "arn:aws:logs:*:*:log-group:/aws/lambda/*:*",
    ]);
    let key = odd().prop_map(|key| format!("arn:aws:s3:::bucket/{key}"));
    prop_oneof![10 => usual, 6 => arn, 2 => key, 1 => odd()].boxed()
}

fn principals(kind: Kind) -> BoxedStrategy<Json> {
    let anyone = Just(Json::Text("*".into())).boxed();
    if kind == Kind::Rcp {
        let in_object = Just(Json::Object(vec![("AWS".into(), Json::Text("*".into()))]));
        return prop_oneof![3 => anyone, 1 => in_object].boxed();
    }
    let aws = one_of(&[
        "*",
        "123456789012",
        "arn:aws:iam::123456789012:root",
        "arn:aws:iam::123456789012:role/a/b/Worker",
        "arn:aws:iam::123456789012:role/Worker",
        "arn:aws:iam::111111111111:user/alice",
        "arn:aws:sts::123456789012:assumed-role/Worker/session",
        "arn:aws:sts::123456789012:federated-user/bob",
        "AIDACKCEVSQ6C2EXAMPLE",
        "AROAEXAMPLEID",
        "arn:aws-cn:iam::123456789012:root",
        "arn:aws-us-gov:iam::123456789012:role/R",
        "arn:aws:iam::123456789012:group/g",
        "arn:aws:iam::*:root",
        "12345",
        "arn:aws:iam::123456789012:role/*",
        "arn:aws:iam::123456789012:role/${aws:username}",
        "arn:aws:iam::aws:root",
        "arn:aws:iam::123456789012:role/",
    ]);
    let services = one_of(&[
        "lambda.amazonaws.com",
        "ec2.amazonaws.com",
        "ec2.amazonaws.com.cn",
        "s3.eu-west-1.amazonaws.com",
        "nothing.amazonaws.com",
        "*",
        "x",
    ]);
    let federated = one_of(&[
        "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        "arn:aws:iam::123456789012:saml-provider/x",
        "cognito-identity.amazonaws.com",
        "www.amazon.com",
        "accounts.google.com",
        "*",
    ]);
    let canonical = one_of(&["79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", "*", "x"]);
    let with_odd = |texts: Texts| prop_oneof![15 => texts, 1 => odd()].boxed();
    let object = (
        maybe(member("AWS", one_or_several(with_odd(aws)))),
        maybe(member("Service", one_or_several(with_odd(services)))),
        maybe(member("Federated", one_or_several(with_odd(federated)))),
        maybe(member("CanonicalUser", one_or_several(with_odd(canonical)))),
    );
    let object = object.prop_map(|(a, b, c, d)| Json::Object([d, a, c, b].concat()));
    prop_oneof![1 => anyone, 3 => object].boxed()
}

fn keys() -> Texts {
    let known = one_of(&[
        "aws:PrincipalOrgID",
        "aws:PrincipalArn",
        "aws:SourceIp",
        "aws:SecureTransport",
        "aws:MultiFactorAuthAge",
        "aws:MultiFactorAuthPresent",
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:TokenIssueTime",
        "aws:TagKeys",
        "aws:CalledVia",
        "aws:RequestedRegion",
        "aws:PrincipalTag/team",
        "aws:RequestTag/team",
        "aws:SourceArn",
        "aws:SourceAccount",
        "aws:PrincipalOrgPaths",
        "aws:username",
        "aws:userid",
        "aws:UserAgent",
        "aws:ViaAWSService",
        "s3:prefix",
        "s3:max-keys",
        "s3:x-amz-acl",
        "s3:x-amz-server-side-encryption",
        "s3:ExistingObjectTag/a",
        "ec2:Region",
        "ec2:InstanceType",
        "ec2:ResourceTag/team",
        "ec2:Vpc",
        "kms:ViaService",
        "kms:EncryptionContext:App",
        "kms:EncryptionContextKeys",
        "dynamodb:LeadingKeys",
        "iam:PassedToService",
        "iam:PermissionsBoundary",
        "sts:ExternalId",
        "lambda:FunctionArn",
        "aws:ResourceTag/x",
        "saml:aud",
        "SAML:aud",
        "token.actions.githubusercontent.com:sub",
        "cognito-identity.amazonaws.com:aud",
    ]);
    let odd_keys = one_of(&[
        "aws:RequestTag/a b",
        "aws:RequestTag/é",
        "aws:RequestTag/\"q\"",
        "aws:RequestTag/{x}",
        "aws:RequestTag/a\\b",
        "aws:PrincipalTag/${aws:username}",
        "",
        "x",
        "aws:",
        "aws:Nothing",
        "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E:sub",
        "aws:RequestTag/",
        "aws:RequestTag/*",
        "aws:PrincipalTag/a:b/c+d=e@f.g",
        "kms:EncryptionContext:aws:s3:arn",
        "aws:RequestTag/team?",
        "s3:RequestObjectTag/a,b",
        "has",
        "aws:RequestTag//x",
        "1:2",
        "aws:RequestTag/-",
        "ec2:ResourceTag/aws:cloudformation:stack-name",
        "aws:PrincipalTag/a//b",
        "aws:RequestTag/a.b",
        "graph.facebook.com:id",
    ]);
    in_any_case(prop_oneof![8 => known, 2 => odd_keys, 1 => odd()].boxed())
}

fn values(family: Family) -> BoxedStrategy<Json> {
    let texts = |all: &'static [&'static str]| one_of(all).prop_map(Json::Text).boxed();
    let raw = |all: &'static [&'static str]| one_of(all).prop_map(Json::Raw).boxed();
    let strings = texts(&[
        "a",
        "",
        "*",
        "red-*",
        "o-a1b2c3d4e5",
        "eu-west-1",
        "true",
        "12",
        "arn:aws:iam::123456789012:role/a-long-name-of-a-role",
        "${aws:username}",
        "home/${aws:username}/*",
        "2027-06-30",
        "10.0.0.0/8",
        "a?",
        "${*}",
        "${aws:PrincipalTag/team, 'none'}",
        "cloudformation.amazonaws.com",
        "ec2.amazonaws.com",
        "a long text that may be worth a name of its own",
    ]);
    let numbers = prop_oneof![
        texts(&["1", "-2", "0.5", "1e5", "1.", "x", "007", "+3", "300", "3600", "1_000", "1h"]),
        raw(&["1", "-2", "0.5", "1e5", "1E-2", "3600", "1.50", "12345678901234567890", "true"])
    ];
    let dates = prop_oneof![
        texts(&[
            "2027-06-30",
            "2027-06-30T12:00:00Z",
            "2027-06-30T12:00:00+02:00",
            "2027-06-30T12:00:00.123Z",
            "1700000000",
            "2027-02-30",
            "yesterday",
            "2027-6-3",
            "20270630T120000Z",
            "2027-06-30T12:00Z",
            "2027",
            "2027-06",
        ]),
        raw(&["1700000000"])
    ];
    let booleans = prop_oneof![texts(&["true", "false", "TRUE", "False", "yes"]), raw(&["true", "false", "1"])];
    let addresses = texts(&[
        "10.0.0.0/8",
        "192.0.2.1",
        "2001:db8::/32",
        "::1/128",
        "10.0.0.0/99",
        "x",
        "0.0.0.0/0",
        "192.0.2.1/24",
    ]);
    let arns = texts(&[
        "arn:aws:iam::123456789012:role/a",
        "arn:aws:iam::*:role/*",
        "arn:aws:s3:::bucket",
        "arn:aws:iam::${aws:PrincipalAccount}:role/x",
        "*",
        "x",
        "arn:aws:sns:*:*:t?",
        "arn:aws:cloudfront::123456789012:distribution/*",
        "arn:*:iam::*:user/${aws:username}",
    ]);
    let binary = texts(&["aGVsbG8=", "", "x", "QmFzZTY0"]);
    let of_family: BoxedStrategy<Json> = match family {
        Family::String => strings.clone(),
        Family::Numeric => numbers.boxed(),
        Family::Date => dates.boxed(),
        Family::Bool | Family::Null => booleans.boxed(),
        Family::Binary => binary,
        Family::IpAddress => addresses,
        Family::Arn => arns,
    };
    let one = prop_oneof![12 => of_family, 1 => strings, 1 => odd().prop_map(Json::Text)].boxed();
    prop_oneof![3 => one.clone(), 2 => vec(one, 1..4).prop_map(Json::List)].boxed()
}

/// `operator: key: values`, once.
fn test() -> BoxedStrategy<(String, String, Json)> {
    let operators =
        (select(BaseOperator::ALL.as_slice()), select(&["", "", "ForAllValues:", "ForAnyValue:"][..]), any::<bool>());
    operators
        .prop_flat_map(|(base, set, if_exists)| {
            let suffix = if if_exists && base != BaseOperator::Null { "IfExists" } else { "" };
            let operator = in_any_case(Just(format!("{set}{base}{suffix}")).boxed());
            (operator, keys(), values(base.family()))
        })
        .boxed()
}

fn condition() -> BoxedStrategy<Json> {
    vec(test(), 0..4)
        .prop_map(|tests| {
            let mut operators: Vec<(String, Json)> = Vec::new();
            for (operator, key, values) in tests {
                match operators.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&operator)) {
                    Some((_, Json::Object(keys))) => {
                        if !keys.iter().any(|(known, _)| known.eq_ignore_ascii_case(&key)) {
                            keys.push((key, values));
                        }
                    }
                    _ => operators.push((operator, Json::Object(vec![(key, values)]))),
                }
            }
            Json::Object(operators)
        })
        .boxed()
}

fn sid(kind: Kind) -> Texts {
    let usual = one_of(&["Read", "Write2", "allow", "S", "", "0", "statement", "Sid", "policy", "in", "a1b2c3"]);
    let odd_sids = prop_oneof![
        one_of(&["My Sid", "a-b", "a_b", "É", "a\"b", "{x}", "Allow access for Key Administrators"]),
        odd()
    ];
    let odd_ones = if matches!(kind, Kind::Resource | Kind::Endpoint) { 6 } else { 1 };
    prop_oneof![10 => usual, odd_ones => odd_sids].boxed()
}

/// Sids of their own, but now and then.
fn statement(kind: Kind) -> BoxedStrategy<Json> {
    let negated = |name: &'static str, other: &'static str, value: BoxedStrategy<Json>, weight: u32| {
        prop_oneof![12 => member(name, value.clone()), weight => member(other, value)].boxed()
    };
    let rarely = |yes: bool| if yes { 3 } else { 0 };
    let names_principals = matches!(kind, Kind::Trust | Kind::Resource | Kind::Endpoint | Kind::Rcp);
    let principal = match names_principals {
        true => negated(
            "Principal",
            "NotPrincipal",
            principals(kind),
            rarely(matches!(kind, Kind::Resource | Kind::Endpoint)),
        )
        .prop_map(|one| vec![one])
        .boxed(),
        false => Just(Vec::new()).boxed(),
    };
    let resource = match kind {
        Kind::Trust => Just(Vec::new()).boxed(),
        _ => negated("Resource", "NotResource", one_or_several(resources()), 3).prop_map(|one| vec![one]).boxed(),
    };
    let effect = if kind == Kind::Rcp { one_of(&["Deny"]) } else { one_of(&["Allow", "Deny"]) };
    let action =
        negated("Action", "NotAction", one_or_several(actions(kind)), rarely(!matches!(kind, Kind::Trust | Kind::Rcp)));
    let parts = (
        maybe(member("Sid", sid(kind).prop_map(Json::Text))),
        member("Effect", effect.prop_map(Json::Text)),
        principal,
        action,
        resource,
        maybe(member("Condition", condition())),
        any::<bool>(),
    );
    parts
        .prop_map(|(sid, effect, principal, action, resource, condition, turned)| {
            let mut members = [sid, vec![effect], principal, vec![action], resource, condition].concat();
            if turned {
                members.reverse();
            }
            Json::Object(members)
        })
        .boxed()
}

/// A document of a kind.
pub fn document() -> BoxedStrategy<(Kind, Json)> {
    select(Kind::ALL.as_slice()).prop_flat_map(|kind| (Just(kind), of_kind(kind))).boxed()
}

fn of_kind(kind: Kind) -> BoxedStrategy<Json> {
    let version = match kind {
        Kind::Rcp => one_of(&["2012-10-17"]),
        _ => one_of(&["2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", ""]),
    };
    let id = match kind {
        Kind::Trust | Kind::Resource | Kind::Endpoint => {
            maybe(member("Id", prop_oneof![one_of(&["x", "a b", "__default"]), odd()].prop_map(Json::Text)))
        }
        _ => Just(Vec::new()).boxed(),
    };
    // Statements like others of the policy, so that much in it stands more than once.
    let statements =
        (vec(statement(kind), 1..5), vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..4));
    let statements = statements.prop_map(|(mut statements, mixed)| {
        for (one, other) in mixed {
            let mix = mixture(one.get(&statements), other.get(&statements));
            statements.push(mix);
        }
        match statements.len() {
            1 => statements.remove(0),
            _ => Json::List(statements),
        }
    });
    (version, id, statements)
        .prop_map(|(version, id, statements)| {
            let version = (!version.is_empty()).then(|| ("Version".to_owned(), Json::Text(version)));
            let statement = vec![("Statement".to_owned(), statements)];
            Json::Object([version.into_iter().collect(), id, statement].concat())
        })
        .boxed()
}

/// The conditions of one statement on the actions and resources of another, without a Sid.
fn mixture(one: &Json, other: &Json) -> Json {
    let (Json::Object(one), Json::Object(other)) = (one, other) else { unreachable!() };
    let from_one = one.iter().filter(|(name, _)| name != "Condition" && name != "Sid").cloned();
    let from_other = other.iter().filter(|(name, _)| name == "Condition").cloned();
    Json::Object(from_one.chain(from_other).collect())
}
