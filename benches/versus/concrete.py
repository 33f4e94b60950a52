"""Decides one request, on its own: it shares with the encodings only how documents and values are read."""

import re
from typing import Any, Optional, Union

from document import (ANY_ONE, ARN_OPERATORS, IGNORE_CASE_OPERATORS, STAR, WILDCARD_OPERATORS, Policy, Statement, Test,
                      Token, Variable, ascii_lower, date, network, number, read, tokens)

Value = Union[str, list[str]]


class Request:
    """An action, a resource and the keys that are there."""

    def __init__(self, action: str, resource: str, context: dict[str, Value]) -> None:
        self.action = ascii_lower(action)
        self.resource = resource
        self.context = {ascii_lower(key): value for key, value in context.items() if value != []}

    @property
    def well_formed(self) -> bool:
        return self.resource == "*" or _arn(self.resource) is not None


def allows(policy: Policy, request: Request) -> bool:
    applying = [one.allow for one in policy.statements if _applies(one, policy.variables, request)]
    return bool(applying) and all(applying)


def check_counterexample(a: str, b: str, raw: dict[str, Any]) -> Optional[str]:
    """What is wrong with a request that A is said to allow and B not; None where nothing is."""
    request = Request(raw["action"], raw["resource"], raw.get("context") or {})
    if not request.well_formed:
        return "the resource is neither * nor an ARN"
    if not allows(read(a), request):
        return "A does not allow it"
    return "B allows it" if allows(read(b), request) else None


def _applies(one: Statement, variables: bool, request: Request) -> bool:
    return _action(one, request) and _resource(one, variables, request) and all(
        _test(test, variables, request) for test in one.tests)


def _action(one: Statement, request: Request) -> bool:
    found = any(pattern == "*:*" or _glob(tokens(pattern, True, False), request.action) for pattern in one.actions)
    return found != one.not_action


def _resource(one: Statement, variables: bool, request: Request) -> bool:
    if one.resources is None:
        return True
    found = False
    for pattern in one.resources:
        if pattern and not pattern.strip("*"):
            found = True
        elif pattern == "arn:aws:s3:::*":
            found |= request.resource.startswith("arn:aws:s3:::")
            found |= request.resource == "*" and request.action == "s3:listallmybuckets"
        else:
            parts = _substitute(tokens(pattern, True, variables), request)
            if parts is None and one.not_resource:
                return False
            found |= parts is not None and _segments(parts, request.resource)
    return found != one.not_resource


def _substitute(parts: list[Token], request: Request) -> Optional[list[Token]]:
    """Puts the values of keys in; they stand for themselves."""
    out: list[Token] = []
    for part in parts:
        if isinstance(part, Variable):
            value = request.context.get(part.key)
            part = value if isinstance(value, str) else part.default
            if part is None:
                return None
        out.append(part)
    return out


def _glob(parts: list[Token], text: str) -> bool:
    source = "".join(".*" if part is STAR else "." if part is ANY_ONE else re.escape(str(part)) for part in parts)
    return re.fullmatch(source, text, re.DOTALL) is not None


def _arn(text: str) -> Optional[list[str]]:
    parts = text.split(":", 5)
    return parts if len(parts) == 6 and parts[0] == "arn" else None


def _segments(parts: list[Token], text: str) -> bool:
    """Splits a pattern at its first five colons, and matches each segment; those that are missing match anything."""
    arn = _arn(text)
    if arn is None:
        return False
    segments: list[list[Token]] = [[]]
    for part in parts:
        if not isinstance(part, str):
            segments[-1].append(part)
            continue
        head, *more = part.split(":", 6 - len(segments))
        segments[-1].append(head)
        segments.extend([one] for one in more)
    return all(_glob(pattern, segment) for pattern, segment in zip(segments, arn))


def _test(test: Test, variables: bool, request: Request) -> bool:
    value = request.context.get(test.key)
    if test.base == "null":
        if value is None and test.set:
            return test.of_absent()
        is_null = value is None or not any(value)
        return any((text.lower() == "true") == is_null for text in test.values)
    if value is None:
        return test.of_absent()
    if test.set == "forallvalues" and not any(value):
        return True
    if isinstance(value, str):
        return _matches(test, value, variables, request)
    each = [_matches(test, one, variables, request) for one in value]
    return {"forallvalues": all(each), "foranyvalue": any(each), None: False}[test.set]


def _matches(test: Test, value: str, variables: bool, request: Request) -> bool:
    found = any(_compare(test, value, wanted, variables, request) for wanted in test.values)
    return found != test.negated


def _compare(test: Test, value: str, wanted: str, variables: bool, request: Request) -> bool:
    if test.kind == "bool":
        return (value.lower() == "true") == (wanted.lower() == "true")
    if test.kind == "address":
        given, wide = network(value), network(wanted)
        return given is not None and wide is not None and given.version == wide.version and given.subnet_of(wide)
    if test.kind in ("numeric", "date"):
        read_value = number if test.kind == "numeric" else date
        left, right = read_value(value), read_value(wanted)
        if left is None or right is None:
            return False
        name = test.base.removeprefix(test.kind)
        return {"equals": left == right, "notequals": left == right, "lessthan": left < right,
                "lessthanequals": left <= right, "greaterthan": left > right,
                "greaterthanequals": left >= right}[name]
    wildcards = test.base in WILDCARD_OPERATORS
    parts = _substitute(tokens(wanted, wildcards, variables and test.base != "binaryequals"), request)
    if parts is None:
        return False
    if test.base in ARN_OPERATORS:
        return _segments(parts, value)
    if wildcards:
        return _glob(parts, value)
    text = "".join(map(str, parts))
    return text.lower() == value.lower() if test.base in IGNORE_CASE_OPERATORS else text == value
