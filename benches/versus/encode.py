"""Turns a pair of policies into an SMT-LIB script that is satisfiable where A allows a request that B does not."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Optional

from document import (ARN_OPERATORS, IGNORE_CASE_OPERATORS, STAR, WILDCARD_OPERATORS, Policy, Statement, Test, Token,
                      Unsupported, Variable, date, network, number, tokens, variables_of)
from patterns import PREAMBLE, Patterns, conj, disj, in_regex, neg, quote, regex_concat

DATES = "(and (<= (- 62135596800.0) {0}) (< {0} 253402300800.0))"  # the years 1 to 9999
SORTS = {"text": "String", "bool": "Bool", "numeric": "Real", "date": "Real", "address": "Int"}
MAX_SLOTS = 24


@dataclass(frozen=True)
class Options:
    """What requests there are."""

    multivalued: frozenset[str] = frozenset()  # keys that hold sets of values
    well_typed: bool = False  # whether a numeric, date or address key always holds such a value
    action_shape: bool = False  # whether actions have a service and a name


@dataclass
class Key:
    """A condition key of the pair. `slots` values are enough: each test needs one witness at most."""

    name: str
    kind: str = "text"
    multi: bool = False
    tests: set[tuple] = field(default_factory=set)
    index: int = 0

    @property
    def slots(self) -> int:
        return max(1, len(self.tests)) if self.multi else 1

    @property
    def present(self) -> str:
        return f"k{self.index}.present"

    def value(self, slot: int) -> str:
        return f"k{self.index}.value{slot}"

    def readable(self, slot: int) -> str:
        """Whether the value can be read as a number, a date or an address."""
        return f"k{self.index}.readable{slot}"

    def is_v4(self, slot: int) -> str:
        return f"k{self.index}.v4.{slot}"


class Encoding:
    """The script of one pair, and what its constants stand for."""

    def __init__(self, a: Policy, b: Policy, options: Options) -> None:
        self.options = options
        self.keys: dict[str, Key] = {}
        self._variables = False  # of the policy that is being encoded
        for policy in (a, b):
            self._find_keys(policy)
        for index, key in enumerate(self.keys.values()):
            key.index = index
            if key.slots > MAX_SLOTS:
                raise Unsupported(f"{key.slots} tests of the set {key.name}")
        self.patterns = Patterns(self._variable, self._segments_of)
        self._segmented: dict[str, list[str]] = {}
        difference = conj([self._decision(a), neg(self._decision(b))])
        self.script = f"{PREAMBLE}{self._declarations()}(assert {difference})\n"

    def _find_keys(self, policy: Policy) -> None:
        for one in policy.statements:
            for pattern in one.resources or ():
                for variable in variables_of(tokens(pattern, True, policy.variables)):
                    self._use(variable.key, "text")
            for test in one.tests:
                key = self._use(test.key, test.kind)
                key.tests.add((policy.variables, test))
                for value in test.values if test.kind == "text" else ():
                    for variable in variables_of(tokens(value, True, policy.variables)):
                        self._use(variable.key, "text")

    def _use(self, name: str, kind: str) -> Key:
        key = self.keys.setdefault(name, Key(name, "null", name in self.options.multivalued))
        if "null" not in (kind, key.kind) and kind != key.kind:
            raise Unsupported(f"{name} as {kind} and as {key.kind}")
        if kind != "null":
            key.kind = kind
        return key

    def _declarations(self) -> str:
        lines = ["(declare-const action String)", "(declare-const resource String)",
                 '(assert (or (= resource "*") (str.in_re resource arn)))']
        shape = "lower"
        if self.options.action_shape:
            name = '(re.+ (re.union (re.range "a" "z") (re.range "0" "9")))'
            service = '(re.+ (re.union (re.range "a" "z") (re.range "0" "9") (str.to_re "-")))'
            shape = f'(re.++ {service} (str.to_re ":") {name})'
        lines.append(f"(assert (str.in_re action {shape}))")
        for key in self.keys.values():
            lines.append(f"(declare-const {key.present} Bool)")
            for slot in range(key.slots if key.kind != "null" else 0):
                lines += self._declare(key, slot)
        for term, segments in self._segmented.items():
            lines += [f"(declare-const {one} String)" for one in segments]
            lines += [f"(assert (str.in_re {one} ncs))" for one in segments[:-1]]
            joined = ' ":" '.join(segments)
            lines.append(f"(assert (=> (str.in_re {term} arn) (= {term} (str.++ {joined}))))")
        return "\n".join(lines) + "\n"

    def _segments_of(self, term: str) -> list[str]:
        return self._segmented.setdefault(term, [f"{term}.segment{at}" for at in range(6)])

    def _declare(self, key: Key, slot: int) -> list[str]:
        value = key.value(slot)
        lines = [f"(declare-const {value} {SORTS[key.kind]})"]
        if key.kind == "text" and key.multi:
            lines.append(f"(assert (> (str.len {value}) 0))")
        if key.kind == "date":
            lines.append(f"(assert {DATES.format(value)})")
        if key.kind == "address":
            top = f"(ite {key.is_v4(slot)} {2 ** 32} {2 ** 128})"
            lines.insert(0, f"(declare-const {key.is_v4(slot)} Bool)")
            lines.append(f"(assert (and (<= 0 {value}) (< {value} {top})))")
        if key.kind in ("numeric", "date", "address"):
            lines.append(f"(declare-const {key.readable(slot)} Bool)")
            if self.options.well_typed:
                lines.append(f"(assert {key.readable(slot)})")
        return lines

    # Statements

    def _decision(self, policy: Policy) -> str:
        self._variables = policy.variables
        allow = disj([self._statement(one) for one in policy.statements if one.allow])
        deny = disj([self._statement(one) for one in policy.statements if not one.allow])
        return conj([allow, neg(deny)])

    def _statement(self, one: Statement) -> str:
        action = disj([self._action(pattern) for pattern in one.actions])
        parts = [neg(action) if one.not_action else action]
        if one.resources is not None:
            found = disj([self._resource(pattern) for pattern in one.resources])
            parts.append(neg(found) if one.not_resource else found)
            if one.not_resource:
                parts += [self._resolved(tokens(pattern, True, self._variables)) for pattern in one.resources]
        return conj(parts + [self._test(test) for test in one.tests])

    def _action(self, pattern: str) -> str:
        parts = [STAR] if pattern == "*:*" else tokens(pattern, True, False)
        return self.patterns.glob(parts, "action")

    def _resource(self, pattern: str) -> str:
        if pattern and not pattern.strip("*"):
            return "true"
        if pattern == "arn:aws:s3:::*":
            listing = '(and (= resource "*") (= action "s3:listallmybuckets"))'
            return f'(or (str.prefixof "arn:aws:s3:::" resource) {listing})'
        parts = tokens(pattern, True, self._variables)
        guard = ["(str.in_re resource arn)"] if variables_of(parts) else []
        return conj(guard + [self._resolved(parts), self.patterns.segments(parts, "resource")])

    # Variables

    def _variable(self, variable: Variable) -> str:
        key = self.keys[variable.key]
        if key.multi:  # has no value in a pattern
            return quote(variable.default or "")
        if variable.default is None:
            return key.value(0)
        return f"(ite {key.present} {key.value(0)} {quote(variable.default)})"

    def _resolved(self, parts: list[Token]) -> str:
        """Whether each variable has a value or a default."""
        needed = [self.keys[one.key] for one in variables_of(parts) if one.default is None]
        return conj(["false" if key.multi else key.present for key in needed])

    # Conditions

    def _test(self, test: Test) -> str:
        key = self.keys[test.key]
        if test.base == "null":
            wanted = {value.lower() == "true" for value in test.values}
            absent = test.of_absent() if test.set else True in wanted
            present = False in wanted
        else:
            absent, present = test.of_absent(), None
        if present is not None:
            holds = str(present).lower()
            if test.base == "null" and not test.set and key.kind == "text" and not key.multi:
                # An empty text counts as none.
                holds = f"(ite (= {key.value(0)} \"\") {str(absent).lower()} {holds})"
        elif not key.multi:
            holds = self._matches(test, key, 0)
            if test.set == "forallvalues" and key.kind == "text":
                holds = disj([f"(= {key.value(0)} \"\")", holds])
        elif test.set is None:
            holds = "false"
        else:
            join = conj if test.set == "forallvalues" else disj
            holds = join([self._matches(test, key, slot) for slot in range(key.slots)])
        return disj([neg(key.present), holds]) if absent else conj([key.present, holds])

    def _matches(self, test: Test, key: Key, slot: int) -> str:
        found = disj([self._compare(test, wanted, key, slot) for wanted in test.values])
        return neg(found) if test.negated else found

    def _compare(self, test: Test, wanted: str, key: Key, slot: int) -> str:
        value = key.value(slot)
        if test.kind == "bool":
            return value if wanted.lower() == "true" else neg(value)
        if test.kind == "address":
            return self._address(wanted, key, slot)
        if test.kind in ("numeric", "date"):
            bound = (number if test.kind == "numeric" else date)(wanted)
            return "false" if bound is None else conj(
                [key.readable(slot), _ordered(test.base.removeprefix(test.kind), value, bound)])
        return self._text(test, wanted, value)

    def _text(self, test: Test, wanted: str, value: str) -> str:
        wildcards = test.base in WILDCARD_OPERATORS
        parts = tokens(wanted, wildcards, self._variables and test.base != "binaryequals")
        if test.base in ARN_OPERATORS:
            return conj([self._resolved(parts), f"(str.in_re {value} arn)", self.patterns.segments(parts, value)])
        if test.base in IGNORE_CASE_OPERATORS:
            if variables_of(parts):
                raise Unsupported("a variable compared without regard to case")
            return _ignoring_case("".join(map(str, parts)), value)
        return conj([self._resolved(parts), self.patterns.glob(parts, value)])

    def _address(self, wanted: str, key: Key, slot: int) -> str:
        wide = network(wanted)
        if wide is None:
            return "false"
        first, last, value = int(wide.network_address), int(wide.broadcast_address), key.value(slot)
        family = key.is_v4(slot) if wide.version == 4 else neg(key.is_v4(slot))
        return f"(and {key.readable(slot)} {family} (<= {first} {value}) (<= {value} {last}))"


def _ordered(name: str, value: str, bound: Fraction) -> str:
    sign = {"equals": "=", "notequals": "=", "lessthan": "<", "lessthanequals": "<=", "greaterthan": ">",
            "greaterthanequals": ">="}[name]
    size = f"(/ {abs(bound.numerator)}.0 {bound.denominator}.0)"
    return f"({sign} {value} {f'(- {size})' if bound < 0 else size})"


def _ignoring_case(text: str, value: str) -> str:
    if not text.isascii():
        raise Unsupported("letters beyond ASCII compared without regard to case")
    if text.lower() == text.upper():
        return f"(= {value} {quote(text)})"
    either = [f"(str.to_re {quote(c)})" if c.lower() == c.upper() else
              f"(re.union (str.to_re {quote(c.lower())}) (str.to_re {quote(c.upper())}))" for c in text]
    return in_regex(value, regex_concat(either))


def encode(a: Policy, b: Policy, options: Optional[Options] = None) -> Encoding:
    return Encoding(a, b, options or Options())
