"""Sums up the answers of each family, as text or as a Markdown table."""

from dataclasses import dataclass, field
from math import ceil
from typing import Optional

from policies import Pair
from workers import Answer

OURS = "leastwise"


@dataclass
class Result:
    """The answers to one pair, by who gave them."""

    pair: Pair
    answers: dict[str, Answer]
    wrong: list[str] = field(default_factory=list)  # counterexamples that are none, and disagreements

    @property
    def disagrees(self) -> bool:
        return len({one.holds for one in self.answers.values() if one.holds is not None}) > 1

    @property
    def holds(self) -> Optional[bool]:
        return next((one.holds for one in self.answers.values() if one.holds is not None), None)


def percentile(values: list[float], share: float) -> float:
    """The smallest value that is not less than that share of them."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def _faster(result: Result, solvers: list[str]) -> float:
    """The time of the solver that was faster with a verdict; where neither had one, the time that the longer took."""
    given = [result.answers[name] for name in solvers]
    decided = [one.micros for one in given if one.holds is not None]
    return min(decided) if decided else max(one.micros for one in given)


def _time(micros: float) -> str:
    return f"{micros / 1000:.3g}" if micros < 1e6 else f"{micros / 1000:.0f}"


def rows(results: list[Result], skipped: dict[str, int], names: list[str]) -> tuple[list[str], list[list[str]]]:
    """The head of the table, and a row for each family and one for all."""
    solvers = [name for name in names if name != OURS]
    head = ["family", "pairs", "skipped", "hold"] + [f"{name} median / p99 / max, ms" for name in names]
    head += [f"{name} timeout, unknown" for name in names] + ["disagree", "wrong"]
    compares = OURS in names and bool(solvers)
    head += ["ratio median", "ratio p99"] if compares else []
    families = list(dict.fromkeys(result.pair.family for result in results))
    groups = [(one, [r for r in results if r.pair.family == one], skipped.get(one, 0)) for one in families]
    if len(groups) > 1:
        groups.append(("all", results, sum(skipped.values())))
    return head, [_row(name, group, left_out, names, solvers, compares) for name, group, left_out in groups]


def _row(family: str, group: list[Result], left_out: int, names: list[str], solvers: list[str],
         compares: bool) -> list[str]:
    times = {name: [one.answers[name].micros for one in group] for name in names}
    row = [family, str(len(group)), str(left_out), str(sum(one.holds is True for one in group))]
    row += [" / ".join(_time(percentile(times[name], share)) for share in (0.5, 0.99, 1.0)) for name in names]
    for name in names:
        undecided = [one.answers[name].why for one in group if one.answers[name].holds is None]
        row.append(f"{undecided.count('timeout')}, {len(undecided) - undecided.count('timeout')}")
    row += [str(sum(one.disagrees for one in group)), str(sum(bool(one.wrong) for one in group))]
    if compares:
        faster = [_faster(one, solvers) for one in group]
        row += [f"{percentile(faster, share) / percentile(times[OURS], share):.0f}" for share in (0.5, 0.99)]
    return row


def markdown(head: list[str], body: list[list[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)] + body
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def text(head: list[str], body: list[list[str]]) -> str:
    """One block a family: a wide table does not fit a terminal."""
    width = max(map(len, head))
    blocks = ["\n".join([row[0]] + [f"  {name:<{width}}  {cell}" for name, cell in zip(head[1:], row[1:])])
              for row in body]
    return "\n".join(blocks)
