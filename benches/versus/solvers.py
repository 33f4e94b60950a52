"""Answers pairs with z3 or cvc5 in this process. As a script: a worker that reads questions as JSON lines.

    python solvers.py z3|cvc5 OPTIONS-AS-JSON
"""

import ipaddress
import json
import re
import sys
import time
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from typing import Any, Callable, Optional, Union

from document import Unsupported, read
from encode import Encoding, Key, Options, encode

ModelValue = Union[str, bool, Fraction]
Model = dict[str, ModelValue]
# Gets the script and a time limit in seconds; the model where it is satisfiable, None where it is not.
Solve = Callable[[str, float], Optional[Model]]


class Undecided(Exception):
    """The solver gave up or ran out of time."""


def _unescape(text: str) -> str:
    return re.sub(r"\\u\{([0-9a-fA-F]+)\}|\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1] or m[2], 16)), text)


def solve_z3(script: str, timeout: float) -> Optional[Model]:
    import z3

    context = z3.Context()
    solver = z3.Solver(ctx=context)
    solver.set("timeout", int(timeout * 1000))
    solver.from_string(script)
    answer = solver.check()
    if answer == z3.unsat:
        return None
    if answer != z3.sat:
        raise Undecided(solver.reason_unknown())
    found = solver.model()

    def value(term: Any) -> ModelValue:
        if z3.is_string_value(term):
            return _unescape(term.as_string())
        return z3.is_true(term) if z3.is_bool(term) else Fraction(str(term))

    constants = [one for one in found.decls() if one.arity() == 0 and one.range().kind() != z3.Z3_RE_SORT]
    return {str(one.name()): value(found[one]) for one in constants}


def solve_cvc5(script: str, timeout: float) -> Optional[Model]:
    import cvc5

    manager = cvc5.TermManager()
    solver = cvc5.Solver(manager)
    for name, setting in {"strings-exp": "true", "produce-models": "true",
                          "tlimit-per": str(int(timeout * 1000))}.items():
        solver.setOption(name, setting)
    symbols = cvc5.SymbolManager(manager)
    parser = cvc5.InputParser(solver, symbols)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, "(set-logic ALL)\n" + script, "pair")
    while not (command := parser.nextCommand()).isNull():
        command.invoke(solver, symbols)
    answer = solver.checkSat()
    if answer.isUnsat():
        return None
    if not answer.isSat():
        raise Undecided(str(answer))

    def value(term: Any) -> ModelValue:
        if term.isStringValue():
            return term.toPythonObj()
        return term.toPythonObj() if term.isBooleanValue() else Fraction(term.toPythonObj())

    constants = [one for one in symbols.getDeclaredTerms() if not one.getSort().isFunction()]
    return {one.getSymbol(): value(solver.getValue(one)) for one in constants}


SOLVERS: dict[str, Solve] = {"z3": solve_z3, "cvc5": solve_cvc5}


# From models to requests

def request_of(encoding: Encoding, model: Model) -> dict[str, Any]:
    """The request that a model describes. Constants that it leaves out may have any value."""
    context: dict[str, Any] = {}
    for key in encoding.keys.values():
        if model.get(key.present, False):
            values = [_value_text(key, slot, model) for slot in range(key.slots)]
            context[key.name] = list(dict.fromkeys(values)) if key.multi else values[0]
    return {"action": model.get("action", ""), "resource": model.get("resource", "*"), "context": context}


def _value_text(key: Key, slot: int, model: Model) -> str:
    value = model.get(key.value(slot))
    if key.kind in ("text", "null"):
        return "x" if value is None else str(value)
    if key.kind == "bool":
        return "true" if value else "false"
    if not model.get(key.readable(slot), False):
        return "unreadable"
    number = Fraction(value or 0)
    if key.kind == "address":
        family = ipaddress.IPv4Address if model.get(key.is_v4(slot), False) else ipaddress.IPv6Address
        return str(family(int(number)))
    return _decimal(number) if key.kind == "numeric" else _date_text(number)


def _decimal(number: Fraction, digits: int = 60) -> str:
    scaled = number * 10 ** digits
    if scaled.denominator != 1:
        raise ValueError(f"{number} has no decimal form")
    whole, fraction = divmod(abs(scaled.numerator), 10 ** digits)
    text = f"{whole}.{fraction:0{digits}}".rstrip("0").rstrip(".")
    return ("-" if number < 0 else "") + text


def _date_text(seconds: Fraction) -> str:
    whole = seconds.numerator // seconds.denominator
    fraction = _decimal(seconds - whole, 9).removeprefix("0")
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=whole)
    return f"{moment.year:04}-{moment:%m-%dT%H:%M:%S}{fraction}Z"


# The worker

def ask(solve: Solve, a: str, b: str, timeout: float, options: Options) -> dict[str, Any]:
    """The answer to one question, from the texts of the documents, with the time that it took."""
    start = time.perf_counter()
    answer: dict[str, Any] = {"counterexample": None, "reason": None}
    try:
        encoding = encode(read(a), read(b), options)
        model = solve(encoding.script, timeout)
        answer["holds"] = model is None
        if model is not None:
            answer["counterexample"] = request_of(encoding, model)
    except Unsupported as error:
        answer |= {"holds": "unsupported", "reason": str(error)}
    except Undecided as error:
        answer |= {"holds": "unknown", "reason": str(error)}
    except Exception as error:  # what the solver's binding raises has no common class
        answer |= {"holds": answer.get("holds", "unknown"), "reason": f"{type(error).__name__}: {error}"}
    answer["micros"] = (time.perf_counter() - start) * 1e6
    return answer


def main() -> None:
    solve = SOLVERS[sys.argv[1]]
    settings = json.loads(sys.argv[2])
    options = Options(frozenset(settings["multivalued"]), settings["well_typed"], settings["action_shape"])
    warm = '{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::*"}}'
    ask(solve, warm, warm, 10, options)
    print("ready", flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        answer = ask(solve, question["a"], question["b"], settings["timeout"], options)
        print(json.dumps({"id": question["id"], **answer}), flush=True)


if __name__ == "__main__":
    main()
