"""The real program in a process of its own."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from trastienda.storage.database import open_database, using
from trastienda.testing.serving import served

Run = Callable[..., Result]


def test_serve_answers_logs_in_json_and_stops_gracefully(run: Run) -> None:
    token = run("token", "create", "--user", "admin").stdout.strip()
    with served("serve", "--bind", "127.0.0.1:0", "--workers", "2") as server:
        assert server.printed == ()
        assert server.call("GET", "/healthz") == (200, {"status": "ok"})
        assert server.call("GET", "/api/v1/guesthouse/guests")[0] == 401
        assert server.call("GET", "/api/v1/guesthouse/guests", token=token) == (200, {"items": [], "next": None})
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=30) == 0
        logged = server.log.read_text()
    assert {"event", "level", "logger", "timestamp"} <= set.intersection(
        *(set(json.loads(line)) for line in logged.splitlines())
    )


@pytest.mark.database("sqlite")
def test_demo_serves_what_it_made(command: Run) -> None:
    with served("demo", "--data", "sample", "--port", "0") as server:
        assert server.printed[0] == "Sign in as admin with the password trastienda"
        assert server.call("GET", "/readyz") == (200, {"status": "ok", "faults": []})


@pytest.mark.database("sqlite")
def test_a_server_waits_for_its_first_run_without_a_complaint(
    command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRASTIENDA_DATABASE", f"sqlite:///{tmp_path / 'empty.db'}")
    with served("serve", "--bind", "127.0.0.1:0") as server:
        assert server.printed[0].startswith("The database is empty.")
        time.sleep(2)
        logged = server.log.read_text()
    assert [line for line in logged.splitlines() if json.loads(line)["level"] != "info"] == []


def test_serve_refuses_a_database_that_is_not_migrated(run: Run) -> None:
    database = open_database(os.environ["TRASTIENDA_DATABASE"])
    with using(database):
        database.execute_sql("DELETE FROM core_migration WHERE plugin = 'guesthouse'")
    database.close_all()
    result = run("serve")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "guesthouse: migrations not run: 0001_initial\n  cure: trastienda migrate\n" in result.stderr


@pytest.mark.parametrize("arguments", [("--bind", "8000"), ("--workers", "0")])
def test_serve_refuses_a_place_that_is_none(command: Run, arguments: tuple[str, ...]) -> None:
    result = command("serve", *arguments)
    assert (result.exit_code > 0, result.stdout) == (True, "")
    assert arguments[0].removeprefix("--") in result.stderr
