"""The real program, serving in a process of its own, for tests that need its workers, signals and sockets."""
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

TRASTIENDA = (sys.executable, "-c", "from trastienda.cli import main; main(prog_name='trastienda')")
READY = "Trastienda is at "


@dataclass(frozen=True)
class Server:
    """A running `serve`: where it is, the lines it printed before it said so, and the file of what it logs."""

    process: "subprocess.Popen[str]"
    address: str
    printed: tuple[str, ...]
    log: Path

    def call(self, method: str, path: str, body: object = None, *, token: str = "", timeout: float = 60,
             headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """(status, what the JSON says); raises OSError where the server hangs up."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        data = json.dumps(body).encode() if body is not None else None
        try:
            with urlopen(Request(self.address + path, data, sent, method=method), timeout=timeout) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)


@contextmanager
def served(*arguments: str, settings: Mapping[str, str] | None = None, ready: str = READY) -> Iterator[Server]:
    """`served("serve", "--bind", "127.0.0.1:0")`; `settings` are environment variables. Ended by SIGTERM.

    `served("worker", ready="The worker is ready")` waits for the line that another command says when it is ready.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each), **(settings or {})}
    with tempfile.NamedTemporaryFile(prefix="trastienda-", suffix=".log") as log, subprocess.Popen(
            [*TRASTIENDA, *arguments], stdout=subprocess.PIPE, stderr=log, text=True, env=environment) as process:
        printed: list[str] = []
        try:
            assert process.stdout is not None
            while not printed or not printed[-1].startswith(ready):
                line = process.stdout.readline()
                if not line:
                    raise RuntimeError(f"it ended: {Path(log.name).read_text()}")
                printed.append(line.strip())
            yield Server(process, printed[-1].removeprefix(ready), tuple(printed[:-1]), Path(log.name))
        finally:
            process.terminate()
            process.wait(timeout=60)
