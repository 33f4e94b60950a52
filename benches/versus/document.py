"""Reads AWS policy documents: statements, tests of conditions, policy variables and the values of operators."""

import ipaddress
import json
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from fractions import Fraction
from typing import Any, Optional, Union


class Unsupported(Exception):
    """The document, or the question, is outside of what the encodings cover."""


# Base operators in lower case: the class of values that they compare, and whether they are negated.
OPERATORS: dict[str, tuple[str, bool]] = {
    "stringequals": ("text", False), "stringnotequals": ("text", True),
    "stringequalsignorecase": ("text", False), "stringnotequalsignorecase": ("text", True),
    "stringlike": ("text", False), "stringnotlike": ("text", True),
    "binaryequals": ("text", False),
    "arnequals": ("text", False), "arnnotequals": ("text", True),
    "arnlike": ("text", False), "arnnotlike": ("text", True),
    "numericequals": ("numeric", False), "numericnotequals": ("numeric", True),
    "numericlessthan": ("numeric", False), "numericlessthanequals": ("numeric", False),
    "numericgreaterthan": ("numeric", False), "numericgreaterthanequals": ("numeric", False),
    "dateequals": ("date", False), "datenotequals": ("date", True),
    "datelessthan": ("date", False), "datelessthanequals": ("date", False),
    "dategreaterthan": ("date", False), "dategreaterthanequals": ("date", False),
    "bool": ("bool", False),
    "ipaddress": ("address", False), "notipaddress": ("address", True),
    "null": ("null", False),
}
WILDCARD_OPERATORS = {"stringlike", "stringnotlike", "arnequals", "arnnotequals", "arnlike", "arnnotlike"}
ARN_OPERATORS = {"arnequals", "arnnotequals", "arnlike", "arnnotlike"}
IGNORE_CASE_OPERATORS = {"stringequalsignorecase", "stringnotequalsignorecase"}


@dataclass(frozen=True)
class Test:
    """One key under one operator."""

    base: str
    set: Optional[str]  # "forallvalues", "foranyvalue"
    if_exists: bool
    key: str  # in lower case
    values: tuple[str, ...]

    @property
    def kind(self) -> str:
        return OPERATORS[self.base][0]

    @property
    def negated(self) -> bool:
        return OPERATORS[self.base][1]

    def of_absent(self) -> bool:
        """Whether it holds of a key that the request does not have. Not for Null without a set operator."""
        if self.set == "forallvalues":
            return True
        if self.base == "null":
            return False
        return self.if_exists or (self.set is None and self.negated)


@dataclass(frozen=True)
class Statement:
    """A statement of an identity policy."""

    allow: bool
    not_action: bool
    actions: tuple[str, ...]  # in lower case
    not_resource: bool
    resources: Optional[tuple[str, ...]]
    tests: tuple[Test, ...]


@dataclass(frozen=True)
class Policy:
    """A document."""

    variables: bool  # whether `${...}` stands for the value of a key
    statements: tuple[Statement, ...]


def ascii_lower(text: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in text)


def _texts(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, (str, bool)) for one in values):
        raise Unsupported("a value that is neither text, number nor true or false")
    return tuple(str(one).lower() if isinstance(one, bool) else one for one in values)


def read(text: str) -> Policy:
    """Reads the JSON text of a document. Numbers keep their digits."""
    document = json.loads(text, parse_int=str, parse_float=str)
    statements = document["Statement"]
    statements = statements if isinstance(statements, list) else [statements]
    return Policy(document.get("Version") == "2012-10-17", tuple(_statement(one) for one in statements))


def _statement(raw: dict[str, Any]) -> Statement:
    if "Principal" in raw or "NotPrincipal" in raw:
        raise Unsupported("a principal")
    not_action, not_resource = "NotAction" in raw, "NotResource" in raw
    actions = _texts(raw["NotAction"] if not_action else raw["Action"])
    resources = raw.get("NotResource") if not_resource else raw.get("Resource")
    tests = [_test(operator, key, values)
             for operator, keys in raw.get("Condition", {}).items() for key, values in keys.items()]
    return Statement(raw["Effect"] == "Allow", not_action, tuple(map(ascii_lower, actions)), not_resource,
                     None if resources is None else _texts(resources), tuple(tests))


def _test(operator: str, key: str, values: Any) -> Test:
    base, qualifier = operator.lower(), None
    if ":" in base:
        qualifier, base = base.split(":", 1)
    if_exists = base.endswith("ifexists")
    base = base.removesuffix("ifexists")
    if base not in OPERATORS or qualifier not in (None, "forallvalues", "foranyvalue"):
        raise Unsupported(f"operator {operator}")
    return Test(base, qualifier, if_exists, ascii_lower(key), _texts(values))


# Patterns and templates

@dataclass(frozen=True)
class Variable:
    """`${key}` or `${key, 'default'}`."""

    key: str
    default: Optional[str]


STAR, ANY_ONE = object(), object()  # `*` and `?` as wildcards
Token = Union[str, Variable, object]  # a text stands for itself
_VARIABLE = re.compile(r"\s*,\s*'(.*)'\s*", re.DOTALL)


def tokens(text: str, wildcards: bool, variables: bool) -> list[Token]:
    """Splits a value of a policy into texts, wildcards and variables."""
    out: list[Token] = []

    def plain(part: str) -> None:
        for piece in re.split(r"([*?])", part) if wildcards else [part]:
            wild = {"*": STAR, "?": ANY_ONE}.get(piece) if wildcards else None
            if wild is None:
                literal(piece)
            elif not (wild is STAR and out and out[-1] is STAR):
                out.append(wild)

    def literal(piece: str) -> None:
        if piece and out and isinstance(out[-1], str):
            out[-1] += piece
        elif piece:
            out.append(piece)

    at = 0
    while variables and (start := text.find("${", at)) >= 0:
        end = _closing_brace(text, start + 2)
        if end < 0:
            break
        variable = _variable(text[start + 2:end])
        plain(text[at:start])
        if variable is None:
            plain(text[start:end + 1])
        elif variable.key in ("*", "?", "$"):
            literal(variable.key)
        else:
            out.append(variable)
        at = end + 1
    plain(text[at:])
    return out


def _closing_brace(text: str, start: int) -> int:
    quoted = False
    for at in range(start, len(text)):
        quoted ^= text[at] == "'"
        if text[at] == "}" and not quoted:
            return at
    return text.find("}", start)


def _variable(inner: str) -> Optional[Variable]:
    key, comma, rest = inner.partition(",")
    if not key.strip() or re.search(r"\s", key):
        return None
    match = _VARIABLE.fullmatch(comma + rest) if comma else None
    if comma and match is None:
        return None
    return Variable(ascii_lower(key), match.group(1) if match else None)


def variables_of(parts: list[Token]) -> list[Variable]:
    return [part for part in parts if isinstance(part, Variable)]


# Values

def number(text: str) -> Optional[Fraction]:
    return Fraction(text) if re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", text) else None


_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?"
                   r"(?:(Z)|([+-])(\d\d):(\d\d)))?)?)?", re.ASCII)


def date(text: str) -> Optional[Fraction]:
    """Seconds since 1970."""
    digits = text.removeprefix("-")
    if re.fullmatch("[0-9]+", digits) and len(digits) != 4:
        return Fraction(int(text))
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or default) for part, default in zip(match.groups(), "011000"))
    try:
        whole = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    except ValueError:
        return None
    fraction, _, sign, off_hours, off_minutes = match.groups()[6:]
    offset = (int(off_hours) * 60 + int(off_minutes)) * (-60 if sign == "-" else 60) if sign else 0
    seconds = int((whole - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds()) - offset
    return seconds + (Fraction(int(fraction), 10 ** len(fraction)) if fraction else Fraction(0))


Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]


def network(text: str) -> Optional[Network]:
    if not re.fullmatch(r"[0-9a-fA-F:.]+(/[0-9]+)?", text):
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
