"""Compares leastwise with z3 and cvc5 on pairs of AWS policies: whether every request that A allows is allowed by B."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Optional

import corpus
from concrete import check_counterexample
from document import Unsupported, read
from encode import Options, encode
from policies import Pair, equation_pairs, joint_pairs, random_pairs, variable_pairs
from report import OURS, Result, markdown, rows, text
from workers import Answer, SolverWorker, ask_binary

# Keys of every service that hold several values; those of services are read from the catalogue.
GLOBAL_MULTIVALUED = ["aws:CalledVia", "aws:PrincipalOrgPaths", "aws:PrincipalServiceNamesList", "aws:ResourceOrgPaths",
                      "aws:SourceOrgPaths", "aws:TagKeys", "aws:VpceOrgPaths"]
Make = Callable[[Random, int], Iterator[Pair]]
# Per family: its share of the pairs.
SHARES = {"random-1": 25, "random-10": 20, "random-50": 5, "random-100": 3, "joint": 20, "variables": 15,
          "equations": 15,
          "managed-versions": 12, "managed-edited": 12, "managed-cross": 8, "quacky": 10, "quacky-mutants": 12}


def families(folder: Optional[Path], history: Optional[Path]) -> dict[str, Make]:
    made: dict[str, Make] = {f"random-{size}": partial(random_pairs, size=size) for size in (1, 10, 50, 100)}
    made |= {"joint": joint_pairs, "variables": variable_pairs, "equations": equation_pairs}
    if history:
        made["managed-versions"] = partial(corpus.managed_versions, history=history)
    if folder:
        collected = {"managed-edited": corpus.managed_edited, "managed-cross": corpus.managed_cross,
                     "quacky": corpus.quacky, "quacky-mutants": corpus.quacky_mutants}
        made |= {name: partial(make, folder=folder) for name, make in collected.items()}
    return made


def multivalued(catalogue: Path) -> list[str]:
    """The keys that hold several values, in lower case, by their type in the catalogue."""
    names = {name.lower() for name in GLOBAL_MULTIVALUED}
    for path in sorted(catalogue.glob("*.json")):
        raw: Any = json.loads(path.read_text())
        keys = raw if isinstance(raw, list) else raw.get("ConditionKeys", [])
        names |= {key["Name"].lower() for key in keys if any("ArrayOf" in one for one in key.get("Types", []))}
    return sorted(names)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=240, help="pairs in total (%(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--family", action="append", choices=list(SHARES), help="only that family; may be repeated")
    parser.add_argument("--corpus", type=Path, help=f"a folder with {corpus.MANAGED} and {corpus.QUACKY}")
    parser.add_argument("--history", type=Path, metavar="FILE", help="what history.py wrote")
    parser.add_argument("--catalogue", type=Path, default=Path(__file__).parents[2] / "catalogue",
                        help="the service reference, for the keys that hold several values")
    parser.add_argument("--leastwise", metavar="CMD", help="the binary that answers questions as JSON lines")
    parser.add_argument("--solvers", default="z3,cvc5", help="(%(default)s)")
    parser.add_argument("--timeout", type=float, default=10.0, help="seconds for a pair (%(default)s)")
    parser.add_argument("--well-typed", action="store_true",
                        help="numeric, date and address keys hold nothing but such values")
    parser.add_argument("--action-shape", action="store_true", help="actions are a service, a colon and a name")
    parser.add_argument("--write", type=Path, metavar="FILE", help="writes the pairs as JSON lines")
    parser.add_argument("--disagreements", type=Path, default=Path("versus-disagreements.jsonl"), metavar="FILE",
                        help="where pairs with a wrong answer are written (%(default)s)")
    parser.add_argument("--markdown", action="store_true", help="a Markdown table")
    return parser.parse_args()


def make_pairs(options: argparse.Namespace) -> list[Pair]:
    made = families(options.corpus, options.history)
    chosen = [name for name in SHARES if name in made and (not options.family or name in options.family)]
    left_out = [name for name in options.family or SHARES if name not in made]
    if left_out:
        print(f"Left out without --corpus or --history: {', '.join(left_out)}.", file=sys.stderr)
    total = sum(SHARES[name] for name in chosen)
    pairs: list[Pair] = []
    for name in chosen:
        count = max(1, round(options.pairs * SHARES[name] / total))
        pairs += made[name](Random(f"{options.seed} {name}"), count)
    return pairs


def unsupported(pair: Pair, options: Options) -> Optional[str]:
    try:
        encode(read(pair.a), read(pair.b), options)
    except Unsupported as error:
        return str(error)
    return None


def judge(result: Result) -> None:
    """Checks the counterexamples with the concrete evaluator, and the verdicts with each other."""
    for name, answer in result.answers.items():
        if answer.holds is False:
            fault = "has none" if answer.counterexample is None else check_counterexample(
                result.pair.a, result.pair.b, answer.counterexample)
            if fault:
                result.wrong.append(f"counterexample of {name}: {fault}")
    if result.disagrees:
        verdicts = ", ".join(f"{name} {one.holds}" for name, one in result.answers.items())
        result.wrong.append(f"verdicts: {verdicts}")


def ask_all(pairs: list[Pair], options: argparse.Namespace, settings: dict[str, Any]) -> list[Result]:
    ours: dict[str, Answer] = ask_binary(options.leastwise, pairs, options.timeout) if options.leastwise else {}
    workers = [SolverWorker(name, settings) for name in options.solvers.split(",") if name]
    results: list[Result] = []
    for number, pair in enumerate(pairs, 1):
        answers = {worker.name: worker.ask(pair) for worker in workers}
        if pair.id in ours:
            answers[OURS] = ours[pair.id]
        result = Result(pair, answers)
        judge(result)
        results.append(result)
        for fault in result.wrong:
            print(f"{pair.id}: {fault}", file=sys.stderr)
        if sys.stderr.isatty():
            print(f"\r{number} of {len(pairs)} pairs", end="\r", file=sys.stderr)
    for worker in workers:
        worker.close()
    return results


def main() -> int:
    options = arguments()
    keys = multivalued(options.catalogue)
    domain = Options(frozenset(keys), options.well_typed, options.action_shape)
    settings = {"timeout": options.timeout, "multivalued": keys, "well_typed": options.well_typed,
                "action_shape": options.action_shape}
    pairs, skipped, reasons = [], {}, []
    for pair in make_pairs(options):
        if reason := unsupported(pair, domain):
            skipped[pair.family] = skipped.get(pair.family, 0) + 1
            reasons.append(f"{pair.id}: skipped: {reason}")
        else:
            pairs.append(pair)
    for reason in reasons:
        print(reason, file=sys.stderr)
    if options.write:
        lines = [json.dumps({"id": one.id, "family": one.family, "a": json.loads(one.a), "b": json.loads(one.b)})
                 for one in pairs]
        options.write.write_text("".join(line + "\n" for line in lines))
    names = [name for name in options.solvers.split(",") if name] + ([OURS] if options.leastwise else [])
    if not names:
        return 0
    results = ask_all(pairs, options, settings)
    wrong = [one for one in results if one.wrong]
    if wrong:
        lines = [json.dumps({"id": one.pair.id, "why": one.wrong, "a": json.loads(one.pair.a),
                             "b": json.loads(one.pair.b)}) for one in wrong]
        options.disagreements.write_text("".join(line + "\n" for line in lines))
        print(f"{len(wrong)} pairs with a wrong answer: {options.disagreements}", file=sys.stderr)
    head, body = rows(results, skipped, names)
    print(markdown(head, body) if options.markdown else text(head, body))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
