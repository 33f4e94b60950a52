"""Pairs of policies made at random: of realistic statements, of patterns that cover only jointly, with variables."""

import copy
import json
from dataclasses import dataclass
from random import Random
from typing import Any, Iterator

Json = dict[str, Any]

ACCOUNTS = ["111122223333", "444455556666", "*"]
REGIONS = ["us-east-1", "eu-west-1", "us-*", "*"]
# Per service: actions, and resources in which {r} is a region and {a} an account.
SERVICES: dict[str, tuple[list[str], list[str]]] = {
    "s3": (["GetObject", "GetObjectVersion", "GetObjectAcl", "PutObject", "PutObjectAcl", "DeleteObject", "ListBucket",
            "GetBucketPolicy", "PutBucketPolicy", "ListAllMyBuckets"],
           ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*", "arn:aws:s3:::data-*/*", "arn:aws:s3:::data-prod/team-?/*",
            "arn:aws:s3:::*/public/*", "arn:aws:s3:::*"]),
    "ec2": (["RunInstances", "StartInstances", "StopInstances", "TerminateInstances", "DescribeInstances",
             "DescribeVolumes", "CreateTags", "CreateVolume", "AttachVolume"],
            ["arn:aws:ec2:{r}:{a}:instance/*", "arn:aws:ec2:{r}:{a}:volume/*", "arn:aws:ec2:{r}:{a}:instance/i-0*",
             "arn:aws:ec2:{r}:{a}:*/*"]),
    "dynamodb": (["GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "DescribeTable"],
                 ["arn:aws:dynamodb:{r}:{a}:table/orders", "arn:aws:dynamodb:{r}:{a}:table/app-*",
                  "arn:aws:dynamodb:{r}:{a}:table/app-*/index/*"]),
    "sqs": (["SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueUrl", "GetQueueAttributes", "PurgeQueue"],
            ["arn:aws:sqs:{r}:{a}:jobs", "arn:aws:sqs:{r}:{a}:jobs-*", "arn:aws:sqs:{r}:{a}:*"]),
    "lambda": (["InvokeFunction", "GetFunction", "UpdateFunctionCode", "CreateFunction", "ListFunctions"],
               ["arn:aws:lambda:{r}:{a}:function:api-*", "arn:aws:lambda:{r}:{a}:function:*:prod"]),
    "kms": (["Encrypt", "Decrypt", "GenerateDataKey", "DescribeKey", "ReEncryptFrom", "ReEncryptTo"],
            ["arn:aws:kms:{r}:{a}:key/*", "arn:aws:kms:{r}:{a}:key/1234*", "arn:aws:kms:{r}:{a}:alias/app-*"]),
    "iam": (["PassRole", "GetRole", "CreateRole", "DeleteRole", "ListRoles", "AttachRolePolicy", "PutRolePolicy"],
            ["arn:aws:iam::{a}:role/app-*", "arn:aws:iam::{a}:role/service/*", "arn:aws:iam::{a}:user/*"]),
    "logs": (["CreateLogGroup", "CreateLogStream", "PutLogEvents", "GetLogEvents", "DescribeLogGroups"],
             ["arn:aws:logs:{r}:{a}:log-group:/aws/lambda/*", "arn:aws:logs:{r}:{a}:log-group:*:log-stream:*"]),
}
# Per condition key: operators, and values. One family of values for each key.
CONDITIONS: list[tuple[str, list[str], list[str]]] = [
    ("aws:RequestedRegion", ["StringEquals", "StringNotEquals", "StringLike"],
     ["us-east-1", "eu-west-1", "eu-*", "us-*"]),
    ("aws:PrincipalTag/team", ["StringEquals", "StringEqualsIgnoreCase", "StringEqualsIfExists"],
     ["core", "Core", "ops"]),
    ("aws:ResourceTag/env", ["StringEquals", "StringLike", "StringNotLike"], ["prod", "dev", "p*", "dev-?"]),
    ("aws:PrincipalOrgID", ["StringEquals", "StringNotEqualsIfExists"], ["o-a1b2c3d4e5", "o-f6g7h8i9j0"]),
    ("aws:SourceIp", ["IpAddress", "NotIpAddress"], ["10.0.0.0/8", "10.1.0.0/16", "203.0.113.0/24", "2001:db8::/32"]),
    ("aws:SecureTransport", ["Bool"], ["true", "false"]),
    ("aws:MultiFactorAuthPresent", ["Bool", "BoolIfExists"], ["true", "false"]),
    ("aws:MultiFactorAuthAge", ["NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan"],
     ["300", "3600", "900.5"]),
    ("aws:CurrentTime", ["DateGreaterThan", "DateLessThan"], ["2026-01-01T00:00:00Z", "2026-07-01", "1798761600"]),
    ("aws:SourceArn", ["ArnLike", "ArnEquals", "ArnNotLike"],
     ["arn:aws:sns:*:111122223333:*", "arn:aws:sns:us-east-1:111122223333:t", "arn:aws:s3:::logs"]),
    ("aws:SourceVpce", ["StringEquals", "StringNotEquals", "Null"], ["vpce-1a2b3c4d", "vpce-5e6f7a8b"]),
]


@dataclass(frozen=True)
class Pair:
    """A question: is every request that A allows also allowed by B?"""

    id: str
    family: str
    a: str
    b: str


def pair(family: str, number: int, a: Json, b: Json) -> Pair:
    return Pair(f"{family}-{number}", family, json.dumps(a), json.dumps(b))


def document(statements: list[Json], version: str | None = "2012-10-17") -> Json:
    return ({"Version": version} if version else {}) | {"Statement": statements}


# Statements

def action_pattern(random: Random, service: str) -> str:
    name = random.choice(SERVICES[service][0])
    cut = random.randint(3, len(name))
    return f"{service}:" + random.choice([name, name, name, name[:cut] + "*", "*" + name[-cut:], "*"])


def resource_pattern(random: Random, service: str) -> str:
    text = random.choice(SERVICES[service][1] + ["*"])
    return text.format(r=random.choice(REGIONS), a=random.choice(ACCOUNTS))


def condition(random: Random) -> tuple[str, str, list[str]]:
    key, operators, values = random.choice(CONDITIONS)
    operator = random.choice(operators)
    if operator == "Null":
        return operator, key, [random.choice(["true", "false"])]
    return operator, key, random.sample(values, random.randint(1, 2))


def statement(random: Random, allow_share: float = 0.85) -> Json:
    service = random.choice(list(SERVICES))
    one: Json = {"Effect": "Allow" if random.random() < allow_share else "Deny"}
    actions = sorted({action_pattern(random, service) for _ in range(random.randint(1, 5))})
    one["NotAction" if random.random() < 0.04 else "Action"] = actions
    resources = sorted({resource_pattern(random, service) for _ in range(random.randint(1, 3))})
    one["NotResource" if random.random() < 0.04 else "Resource"] = resources
    for _ in range(random.choice([0, 0, 1, 1, 2])):
        operator, key, values = condition(random)
        one.setdefault("Condition", {}).setdefault(operator, {})[key] = values
    return one


# Edits

def widen(random: Random, source: Json) -> Json:
    """A copy that allows the same and more, or only the same."""
    out = copy.deepcopy(source)
    statements = out["Statement"]
    at = random.randrange(len(statements))
    one = statements[at]
    allow, edit = one["Effect"] == "Allow", random.randrange(6)
    if edit == 0 or "NotAction" in one or "NotResource" in one:
        statements.insert(at, statement(random, 1.0))
    elif not allow:
        if edit < 3 and len(statements) > 1:
            statements.pop(at)
        else:
            operator, key, values = condition(random)
            if not any(key in keys for keys in one.get("Condition", {}).values()):
                one.setdefault("Condition", {}).setdefault(operator, {})[key] = values
    elif edit == 1 and one.get("Condition"):
        del one["Condition"][random.choice(list(one["Condition"]))]
    elif edit == 2:
        place = random.randrange(len(one["Resource"]))
        text = one["Resource"][place]
        one["Resource"][place] = text[:random.randint(13, len(text))] + "*" if len(text) > 14 else text
    elif edit == 3 and len(one["Action"]) > 1:
        one["Action"], rest = one["Action"][:1], one["Action"][1:]
        statements.append(copy.deepcopy(one) | {"Action": rest})
    elif edit == 4:
        random.shuffle(statements)
    else:
        place = random.randrange(len(one["Action"]))
        service, _, name = one["Action"][place].partition(":")
        one["Action"][place] = f"{service}:{name[:random.randint(1, max(1, len(name)))].rstrip('*')}*"
    return out


def related(random: Random, source: Json) -> tuple[Json, Json]:
    """Mostly a policy and an edit of it, in either direction."""
    edited = source
    for _ in range(random.randint(1, 3)):
        edited = widen(random, edited)
    while edited == source:
        edited = widen(random, edited)
    share = random.random()
    if share < 0.4:
        return source, edited
    return (edited, source) if share < 0.9 else (edited, widen(random, source))


def random_pairs(random: Random, count: int, size: int) -> Iterator[Pair]:
    for number in range(count):
        version = random.choice(["2012-10-17"] * 9 + [None])
        statements = [statement(random) for _ in range(size)]
        statements[0]["Effect"] = "Allow"
        a, b = related(random, document(statements, version))
        if random.random() < 0.1:
            b = document([statement(random) for _ in range(size)])
        yield pair(f"random-{size}", number, a, b)


# Patterns that cover only jointly

PIECES = {"*": ["", "?*"], "?*": ["?", "??*"], "a*": ["a", "a?*"], "*a": ["a", "?*a"], "??*": ["??", "???*"]}
POOL = ["*", "?*", "?", "a", "a*", "a?*", "*a", "??*", "*a*", "b*", "?a*", "ab"]
FLAGS = ["aws:SecureTransport", "aws:MultiFactorAuthPresent", "aws:ViaAWSService"]
TEXTS = ["s3:prefix", "aws:SourceVpce"]


def _joint(random: Random, depth: int) -> Json:
    one: Json = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/" + random.choice(POOL)}
    for _ in range(random.randint(0, depth)):
        _constrain(one, *random.choice(_sides(random)))
    return one


def _sides(random: Random) -> list[tuple[str, str, str]]:
    flag, key, text = random.choice(FLAGS), random.choice(TEXTS), random.choice(POOL)
    return [("Bool", flag, "true"), ("BoolIfExists", flag, "false"), ("StringLike", key, text),
            ("StringNotLike", key, text)]


def _constrain(one: Json, operator: str, key: str, value: str) -> None:
    one.setdefault("Condition", {}).setdefault(operator, {}).setdefault(key, value)


def _split(random: Random, one: Json) -> list[Json]:
    """Two statements or three that together are as wide."""
    pattern = one["Resource"].removeprefix("arn:aws:s3:::b/")
    kind = random.randrange(3)
    if kind == 0 and pattern in PIECES:
        return [copy.deepcopy(one) | {"Resource": f"arn:aws:s3:::b/{piece}"} for piece in PIECES[pattern]]
    sides = _sides(random)
    chosen = sides[:2] if kind == 1 else sides[2:]
    parts = [copy.deepcopy(one) for _ in chosen]
    for part, (operator, key, value) in zip(parts, chosen):
        if key in part.get("Condition", {}).get(operator, {}):
            return [one]
        _constrain(part, operator, key, value)
    return parts


def joint_pairs(random: Random, count: int) -> Iterator[Pair]:
    for number in range(count):
        a = [_joint(random, 1) for _ in range(random.randint(1, 2))]
        b = copy.deepcopy(a)
        for _ in range(random.randint(1, 4)):
            b += _split(random, b.pop(random.randrange(len(b))))
        change = random.random()
        if change < 0.35:
            b.pop(random.randrange(len(b)))
        elif change < 0.5:
            b.append(_joint(random, 2) | {"Effect": "Deny"})
        elif change < 0.6:
            a.append(_joint(random, 2))
        yield pair("joint", number, document(a), document(b or [_joint(random, 1)]))


# Variables

NAMES = ["${aws:username}", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/team, 'none'}", "${aws:username}", "alice"]
SHAPES = ["arn:aws:s3:::home/{}/*", "arn:aws:s3:::home/{}", "arn:aws:s3:::home/{}-*", "arn:aws:s3:::*/{}/*",
          "arn:aws:s3:::home/*/{}", "arn:aws:iam::*:user/{}", "arn:aws:s3:::{}/${{*}}"]
WIDE = ["arn:aws:s3:::home/*", "arn:aws:s3:::*", "arn:aws:iam::*:user/?*", "*"]


def _with_variables(random: Random) -> Json:
    resource = random.choice(SHAPES).format(random.choice(NAMES)) if random.random() < 0.75 else random.choice(WIDE)
    one: Json = {"Effect": "Allow", "Action": ["s3:GetObject", "iam:GetUser"],
                 "NotResource" if random.random() < 0.08 else "Resource": resource}
    side = random.randrange(6)
    if side < 3:
        operator, key, value = [("StringEquals", "aws:username", "alice"), ("Null", "aws:username", "false"),
                                ("StringLike", "aws:username", "a*")][side]
        _constrain(one, operator, key, value)
    elif side == 3:
        shape = random.choice(["{}", "home/{}/*", "{}*"])
        operator = random.choice(["StringLike", "StringNotLike", "StringLikeIfExists"])
        _constrain(one, operator, "s3:prefix", shape.format(random.choice(NAMES)))
    return one


def variable_pairs(random: Random, count: int) -> Iterator[Pair]:
    for number in range(count):
        a = [_with_variables(random) for _ in range(random.randint(1, 3))]
        b = copy.deepcopy(a) if random.random() < 0.6 else []
        for one in b:
            edit = random.random()
            if edit < 0.3:
                one.pop("Condition", None)
            elif edit < 0.5 and "Resource" in one:
                one["Resource"] = random.choice(WIDE[:2])
        b += [_with_variables(random) for _ in range(random.randint(0 if b else 1, 2))]
        if random.random() < 0.2:
            b.append(_with_variables(random) | {"Effect": "Deny"})
        version = "2012-10-17" if random.random() < 0.9 else "2008-10-17"
        yield pair("variables", number, document(a, version), document(b))


# Variables that stand beside others, early in ARNs, and in texts without regard to case

PARTS = ["${aws:username}", "${aws:username}", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/team, 'none'}",
         "${aws:PrincipalTag/a}", "a", "ab", "b", "/", "-", "*", "?", "?*"]
KEYS = ["aws:username", "aws:PrincipalTag/team", "s3:prefix", "aws:RequestTag/a"]
OPERATORS = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringLikeIfExists",
             "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"]
EARLY = ["arn:aws:s3:::{}", "arn:aws:s3:::{}", "arn:aws:s3:::{}", "arn:aws:sns:{}:111122223333:t",
         "arn:aws:iam::{}:user/a", "arn:aws:sqs:eu-*:{}"]


def _text(random: Random, parts: int) -> str:
    return "".join(random.choice(PARTS) for _ in range(random.randint(1, parts)))


def _equation(random: Random) -> Json:
    kind = random.random()
    if kind < 0.85:
        name = random.choice(EARLY)
        early = not name.endswith(":::{}")
        text = random.choice(PARTS[:4]) if early else _text(random, 4)
        one: Json = {"NotResource" if random.random() < 0.1 else "Resource": name.format(text)}
    else:
        one = {"Resource": "*"}
    for _ in range(random.choice([0, 0, 1, 1, 2])):
        key, operator = random.choice(KEYS), random.choice(OPERATORS)
        if random.random() < 0.15:
            _constrain(one, "Null", key, random.choice(["true", "false"]))
        elif not any(key in keys for keys in one.get("Condition", {}).values()):
            _constrain(one, operator, key, _text(random, 2))
    return {"Effect": "Allow", "Action": "s3:GetObject"} | one


def equation_pairs(random: Random, count: int) -> Iterator[Pair]:
    for number in range(count):
        a = [_equation(random) for _ in range(random.randint(1, 2))]
        b = copy.deepcopy(a) if random.random() < 0.6 else []
        for one in b:
            edit = random.random()
            if edit < 0.3:
                one.pop("Condition", None)
            elif edit < 0.5 and "Resource" in one:
                one["Resource"] = random.choice(["arn:aws:s3:::*", "arn:aws:*:*:*:*", one["Resource"] + "*"])
        b += [_equation(random) for _ in range(random.randint(0 if b else 1, 2))]
        if random.random() < 0.35:
            b.append(_equation(random) | {"Effect": "Deny"})
        yield pair("equations", number, document(a), document(b))
