"""Processes that answer: a worker for each solver, which can be killed, and the binary that is compared with them."""

import json
import os
import selectors
import shlex
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from policies import Pair

GRACE = 5.0  # seconds beyond its own time limit until a worker is killed


@dataclass
class Answer:
    """What was answered. `holds` is None where it is undecided; `why` says why then."""

    holds: Optional[bool]
    micros: float
    why: str = ""
    counterexample: Optional[dict[str, Any]] = None

    @classmethod
    def of(cls, raw: dict[str, Any]) -> "Answer":
        holds = raw["holds"] if isinstance(raw["holds"], bool) else None
        why = "" if holds is not None else str(raw["holds"])
        if why == "unknown" and "timeout" in str(raw.get("reason")).lower():
            why = "timeout"
        return cls(holds, raw["micros"], why, raw.get("counterexample"))


class SolverWorker:
    """One solver in a process of its own."""

    def __init__(self, name: str, settings: dict[str, Any]) -> None:
        self.name = name
        self.timeout: float = settings["timeout"]
        script = Path(__file__).with_name("solvers.py")
        self.command = [sys.executable, str(script), name, json.dumps(settings)]
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.rest = b""
        if self._line(60) != b"ready":
            raise RuntimeError(f"the worker of {self.name} does not start")

    def _line(self, seconds: float) -> Optional[bytes]:
        """The next line that the worker writes; None where none comes in time or it has ended."""
        assert self.process.stdout
        end = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in self.rest:
                if not selector.select(max(0.0, end - time.monotonic())):
                    return None
                if not (chunk := os.read(self.process.stdout.fileno(), 1 << 16)):
                    return None
                self.rest += chunk
        line, self.rest = self.rest.split(b"\n", 1)
        return line

    def ask(self, pair: Pair) -> Answer:
        if self.process.poll() is not None:
            self._start()
        assert self.process.stdin
        start = time.perf_counter()
        question = {"id": pair.id, "a": pair.a, "b": pair.b}
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        self.process.stdin.flush()
        line = self._line(self.timeout + GRACE)
        if line is not None:
            return Answer.of(json.loads(line))
        why = "timeout" if self.process.poll() is None else "crash"
        self.close()
        self._start()
        return Answer(None, (time.perf_counter() - start) * 1e6, why)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def ask_binary(command: str, pairs: list[Pair], timeout: float) -> dict[str, Answer]:
    """Asks the binary all questions at once; one on which it ends or stops is left out, and the rest asked anew."""
    answers: dict[str, Answer] = {}
    left = pairs
    while left:
        with tempfile.TemporaryFile() as questions, tempfile.TemporaryFile() as lines:
            questions.writelines(json.dumps({"id": one.id, "a": one.a, "b": one.b}).encode() + b"\n" for one in left)
            questions.seek(0)
            why = "crash"
            try:
                subprocess.run(shlex.split(command), stdin=questions, stdout=lines, timeout=timeout * (len(left) + 1))
            except subprocess.TimeoutExpired:
                why = "timeout"
            lines.seek(0)
            for line in lines.read().splitlines():
                try:
                    raw = json.loads(line)
                except ValueError:  # a line that was cut off
                    break
                answers[raw["id"]] = Answer.of(raw)
        left = [one for one in left if one.id not in answers]
        if left:
            answers[left[0].id] = Answer(None, timeout * 1e6, why)
            left = left[1:]
    return answers
