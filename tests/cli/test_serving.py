"""The real program in a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from click.testing import Result

Run = Callable[..., Result]
TRASTIENDA = (sys.executable, "-c", "from trastienda.cli import main; main(prog_name='trastienda')")


@contextmanager
def served(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The running program and what it printed on standard output, up to its address."""
    path = os.pathsep.join(each for each in sys.path if each)
    process = subprocess.Popen(
        [*TRASTIENDA, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    printed: list[str] = []
    try:
        assert process.stdout is not None
        while not printed or not printed[-1].startswith("Trastienda is at "):
            line = process.stdout.readline()
            if not line:
                pytest.fail(f"it ended: {process.communicate()[1]}")
            printed.append(line.strip())
        yield process, printed
    finally:
        process.terminate()
        process.communicate(timeout=30)


def get(url: str, token: str = "") -> tuple[int, dict[str, object]]:
    try:
        with urlopen(Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_serve_answers_logs_in_json_and_stops_gracefully(run: Run) -> None:
    token = run("token", "create", "--user", "admin").stdout.strip()
    with served("serve", "--bind", "127.0.0.1:0", "--workers", "2") as (process, printed):
        (line,) = printed
        address = line.removeprefix("Trastienda is at ")
        assert get(f"{address}/healthz") == (200, {"status": "ok"})
        assert get(f"{address}/api/v1/guesthouse/guests")[0] == 401
        assert get(f"{address}/api/v1/guesthouse/guests", token) == (200, {"items": [], "next": None})
        process.send_signal(signal.SIGTERM)
        _, logged = process.communicate(timeout=30)
    assert process.returncode == 0
    assert {"event", "level", "logger", "timestamp"} <= set.intersection(
        *(set(json.loads(line)) for line in logged.splitlines())
    )


@pytest.mark.database("sqlite")
def test_demo_serves_what_it_made(command: Run) -> None:
    with served("demo", "--data", "sample", "--port", "0") as (_, printed):
        assert printed[0] == "Sign in as admin with the password trastienda"
        address = printed[1].removeprefix("Trastienda is at ")
        assert get(f"{address}/readyz") == (200, {"status": "ok", "faults": []})


def test_serve_refuses_a_database_that_is_not_migrated(command: Run, database_url: str) -> None:
    result = command("serve", database=database_url)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "guesthouse: migrations not run: 0001_initial\n  cure: trastienda migrate\n" in result.stderr


@pytest.mark.parametrize("arguments", [("--bind", "8000"), ("--workers", "0")])
def test_serve_refuses_a_place_that_is_none(command: Run, arguments: tuple[str, ...]) -> None:
    result = command("serve", *arguments)
    assert (result.exit_code > 0, result.stdout) == (True, "")
    assert arguments[0].removeprefix("--") in result.stderr
