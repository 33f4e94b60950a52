"""Times leastwise lint beside other checkers of IAM policies: one policy, and many, each from a cold start."""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable

ROOT = Path(__file__).parents[2]

# What a peer does with a folder of policies: prints the number of policies that it has findings on.
PARLIAMENT = """
import sys, pathlib
import parliament
flagged = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob('*.json')):
    try:
        flagged += bool(parliament.analyze_policy_string(path.read_text()).findings)
    except Exception:
        flagged += 1
print(flagged)
"""


def made_up(count: int) -> list[dict[str, Any]]:
    """Policies of some statements of a service's actions each."""
    services = [json.loads(path.read_text()) for path in sorted((ROOT / "catalogue").glob("*.json"))]
    services = [one for one in services if isinstance(one, dict) and len(one.get("Actions", [])) > 4]
    policies = []
    for number in range(count):
        statements = []
        for offset in range(1 + number % 5):
            service = services[(number * 7 + offset) % len(services)]
            names = [action["Name"] for action in service["Actions"]]
            chosen = [f"{service['Name']}:{names[(number + step) % len(names)]}" for step in range(4)]
            statements.append({"Effect": "Allow", "Action": chosen, "Resource": "*"})
        document = {"Version": "2012-10-17", "Statement": statements}
        policies.append({"name": f"policy-{number}", "document": document})
    return policies


def run(command: list[str]) -> tuple[float, float, str]:
    """Seconds, megabytes at the peak, and standard output of a program on one core."""
    pin = ["taskset", "-c", "0"] if shutil.which("taskset") else []
    with tempfile.NamedTemporaryFile() as memory:
        # GNU time, because a child of this program would be said to have had its memory.
        measure = ["/usr/bin/time", "-q", "-f", "%M", "-o", memory.name]
        start = time.perf_counter()
        process = subprocess.run(pin + measure + command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
        return seconds, int(memory.read().split()[-1]) / 1024, process.stdout.decode()


def leastwise_flagged(output: str) -> int:
    """On how many files there are findings."""
    return len({finding["file"] for finding in json.loads(output)["findings"]})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--policies", type=Path, help='JSON Lines of {"name", "document"}')
    parser.add_argument("--leastwise", default=str(ROOT / "target/release/leastwise"))
    parser.add_argument("--count", type=int, default=1000, help="policies, the same over again if there are fewer (%(default)s)")
    parser.add_argument("--runs", type=int, default=5, help="(%(default)s)")
    given = parser.parse_args()
    lines = given.policies.read_text().splitlines() if given.policies else []
    policies = [json.loads(line) for line in lines] or made_up(given.count)
    policies = [policies[at % len(policies)] for at in range(given.count)]

    print("| checker | policies | seconds | MB | policies with findings |\n| --- | ---: | ---: | ---: | ---: |")
    for count in (1, len(policies)):
        with tempfile.TemporaryDirectory() as folder:
            for number, policy in enumerate(policies[:count]):
                (Path(folder) / f"{number:05}.json").write_text(json.dumps(policy["document"], indent=2))
            checkers: list[tuple[str, list[str], Callable[[str], int]]] = [
                ("leastwise", [given.leastwise, "lint", "--kind", "policy", "--output", "json", folder], leastwise_flagged),
                ("parliament", [sys.executable, "-c", PARLIAMENT, folder], lambda output: int(output.split()[-1])),
            ]
            for name, command, flagged in checkers:
                try:
                    measured = [run(command) for _ in range(given.runs)]
                    found = flagged(measured[0][2])
                except (ValueError, IndexError, KeyError):
                    print(f"| {name} | {count} | does not run | | |")
                    continue
                seconds = statistics.median(seconds for seconds, _, _ in measured)
                print(f"| {name} | {count} | {seconds:.3f} | {max(memory for _, memory, _ in measured):.0f} | {found} |")


if __name__ == "__main__":
    main()
