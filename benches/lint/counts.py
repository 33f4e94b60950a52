"""Counts on how many policies of a file of JSON Lines each finding of leastwise lint is, as the table of docs/lint-counts.md."""

import argparse
import json
import subprocess
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]

LEAST_PRIVILEGE = [
    "action-wildcard",
    "administrator-access",
    "boundary-escape",
    "create-service-linked-role",
    "credentials-exposure",
    "data-exposure",
    "guardrail-removal",
    "name-wildcard",
    "not-action-in-allow",
    "not-resource-in-allow",
    "pass-role",
    "privilege-escalation",
    "segment-wildcard",
    "service-wide-access",
    "unconfined-write",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("policies", type=Path, help='JSON Lines of {"name", "document"}')
    parser.add_argument("--leastwise", default=str(ROOT / "target/release/leastwise"))
    given = parser.parse_args()
    total = len(given.policies.read_text().splitlines())
    command = [given.leastwise, "lint", "--kind", "policy", "--output", "json", str(given.policies)]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout
    findings: dict[str, int] = defaultdict(int)
    policies: dict[str, set[int]] = defaultdict(set)
    for finding in json.loads(output)["findings"]:
        if finding["level"] != "allow":
            findings[finding["code"]] += 1
            policies[finding["code"]].add(finding["line"])
    print("| finding | level | policies | findings |\n| --- | --- | ---: | ---: |")
    levels = {finding["code"]: finding["level"] for finding in json.loads(output)["findings"]}
    for code in sorted(policies, key=lambda code: (-len(policies[code]), code)):
        print(f"| `{code}` | {levels[code]} | {len(policies[code])} | {findings[code]} |")
    some = set().union(*(policies[code] for code in LEAST_PRIVILEGE if code in policies))
    print(f"\nLeast privilege: some finding on {len(some)} of {total} policies.")


if __name__ == "__main__":
    main()
