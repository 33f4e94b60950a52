"""Pairs of collected policies: AWS managed policies, their versions, and the quacky benchmark, read from JSON lines."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from policies import Json, Pair, pair, statement, widen

MANAGED, QUACKY = "aws-managed-2026.jsonl", "quacky.jsonl"


def _listed(value: object) -> list:
    return value if isinstance(value, list) else [value]


def identity(document: Json) -> Json:
    """A document as identity policy: principals are dropped, and a statement without a resource is about all."""
    document["Statement"] = _listed(document["Statement"])
    for part in document["Statement"]:
        part.pop("Principal", None)
        part.pop("NotPrincipal", None)
        for element in ("Action", "NotAction", "Resource", "NotResource"):
            if element in part:
                part[element] = _listed(part[element])
        if "Resource" not in part and "NotResource" not in part:
            part["Resource"] = ["*"]
    return document


def load(folder: Path, name: str) -> list[Json]:
    documents = [identity(json.loads(line)["document"]) for line in (folder / name).read_text().splitlines()]
    return [one for one in documents if one["Statement"]]


def edit(random: Random, source: Json) -> Json:
    """A plausible next version of a document: actions or a statement come or go."""
    out = copy.deepcopy(source)
    statements = out["Statement"]
    for _ in range(random.randint(1, 2)):
        one = random.choice(statements)
        actions = one.get("Action", [])
        services = [text.split(":")[0] for text in actions if ":" in text]
        kind = random.randrange(5)
        if kind == 0 and len(actions) > 1:
            actions.pop(random.randrange(len(actions)))
        elif kind == 1 and len(statements) > 1:
            statements.remove(one)
        elif kind == 2:
            statements.append(statement(random, 1.0))
        elif kind == 3 and actions:
            service, _, name = random.choice(actions).partition(":")
            actions.append(f"{service}:{name[:4].rstrip('*')}*")
        elif services:
            verb = random.choice(["Get", "List", "Describe", "Update", "Create", "Tag"])
            actions.append(f"{random.choice(services)}:{verb}{random.choice(['Resource', 'Configuration', 'Policy'])}")
    return out


def _either_way(random: Random, old: Json, new: Json) -> tuple[Json, Json]:
    return (old, new) if random.random() < 0.5 else (new, old)


def managed_versions(random: Random, count: int, history: Path) -> Iterator[Pair]:
    """A version of an AWS managed policy, and the one that AWS published next."""
    published = [json.loads(line) for line in history.read_text().splitlines()]
    consecutive = [one for one in published if int(one["to"][1:]) == int(one["from"][1:]) + 1]
    for number in range(count):
        one = random.choice(consecutive)
        old, new = identity(one["old"]), identity(one["new"])
        yield pair("managed-versions", number, *_either_way(random, old, new))


def managed_edited(random: Random, count: int, folder: Path) -> Iterator[Pair]:
    documents = load(folder, MANAGED)
    for number in range(count):
        old = random.choice(documents)
        yield pair("managed-edited", number, *_either_way(random, old, edit(random, old)))


def managed_cross(random: Random, count: int, folder: Path) -> Iterator[Pair]:
    """Two policies that stand close to each other in the order of their names, which often are of one service."""
    documents = load(folder, MANAGED)
    for number in range(count):
        at = random.randrange(len(documents) - 3)
        yield pair("managed-cross", number, *_either_way(random, documents[at], documents[at + random.randint(1, 3)]))


def quacky(random: Random, count: int, folder: Path) -> Iterator[Pair]:
    """Two policies of the benchmark, which keeps variants of one policy side by side."""
    documents = load(folder, QUACKY)
    for number in range(count):
        at = random.randrange(len(documents) - 4)
        yield pair("quacky", number, *_either_way(random, documents[at], documents[at + random.randint(1, 4)]))


def quacky_mutants(random: Random, count: int, folder: Path) -> Iterator[Pair]:
    documents = load(folder, QUACKY)
    for number in range(count):
        source = random.choice(documents)
        mutant = edit(random, source) if random.random() < 0.5 else widen(random, source)
        yield pair("quacky-mutants", number, *_either_way(random, source, mutant))
