"""Writes the published versions of AWS managed policies that follow each other, as lines {"name", "from", "to", "old", "new"}.

AWS shows the present version only. The wheels of moto on PyPI hold copies of them from 2019 on; nothing of moto is run.
"""

import argparse
import ast
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

WHEELS = ["1.3.14", "2.2.0", "3.0.0", "4.0.0", "5.0.0", "5.0.10", "5.0.20", "5.1.5", "5.1.15", "5.2.5"]
MODULE = "moto/iam/aws_managed_policies.py"


def policies(version: str, folder: Path) -> dict[str, Any]:
    """The managed policies in a wheel of moto: a text of JSON that its module assigns to a name."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest",
               str(folder), f"moto=={version}"]
    subprocess.run(command, check=True)
    wheel = next(folder.glob(f"moto-{version}-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        module = ast.parse(archive.read(MODULE).decode())
    texts = [node.value for node in module.body if isinstance(node, ast.Assign)]
    return json.loads(next(ast.literal_eval(text) for text in texts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="where the lines go")
    options = parser.parse_args()
    count, before = 0, {}
    with tempfile.TemporaryDirectory() as folder, options.file.open("w") as out:
        for wheel in WHEELS:
            now = policies(wheel, Path(folder))
            for name in sorted(before.keys() & now.keys()):
                old, new = before[name], now[name]
                if old["Document"] != new["Document"]:
                    line = {"name": name, "from": old["DefaultVersionId"], "to": new["DefaultVersionId"],
                            "old": old["Document"], "new": new["Document"]}
                    out.write(json.dumps(line) + "\n")
                    count += 1
            before |= now
    print(f"{count} pairs of versions: {options.file}")


if __name__ == "__main__":
    main()
