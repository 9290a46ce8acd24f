"""Workers, and the database's own processes, are killed while clients post entries."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from trastienda.testing import postgres

from .conftest import Office

CLIENTS = 4


def kill_children(office: Office) -> None:
    """Those that serve, and the one that does the jobs."""
    for process in postgres.children(office.server.process.pid):
        os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_workers_killed_under_load_lose_and_double_nothing(
        database: str, tmp_path: Path, open_office: Callable[[str, Path], Office]) -> None:
    office = open_office(database, tmp_path)
    with office.at_work(CLIENTS):
        for _ in range(4):
            office.wait_for_postings(5)
            kill_children(office)
        office.wait_for_postings(5)
    office.check()


def test_postgresql_killed_under_load_costs_503_until_it_is_back_and_nothing_else(
        postgres_folder: Path, tmp_path: Path, open_office: Callable[[str, Path], Office]) -> None:
    url = postgres.server_url(postgres_folder).replace("/postgres?", "/office?")
    office = open_office(url, tmp_path)
    with office.at_work(CLIENTS):
        for _ in range(2):
            office.wait_for_postings(5)
            postgres.kill_server(postgres_folder)
            status, answer = office.call("GET", "/api/v1/accounting/accounts")
            assert (status, answer["title"]) == (503, "Busy"), office.server.log.read_text()[-3000:]
            assert office.call("GET", "/readyz")[0] == 503
            assert office.call("GET", "/healthz")[0] == 200
            postgres.server_url(postgres_folder)
        office.wait_for_postings(5)
    assert office.call("GET", "/readyz") == (200, {"status": "ok", "faults": []})
    office.check()


def test_a_sqlite_file_that_is_gone_is_503(tmp_path: Path, open_office: Callable[[str, Path], Office]) -> None:
    folder = tmp_path / "mounted"
    folder.mkdir()
    office = open_office(f"sqlite:///{folder / 'office.db'}", tmp_path)
    with office.at_work(2):
        office.wait_for_postings(3)
    folder.rename(tmp_path / "unmounted")
    kill_children(office)
    time.sleep(0.5)
    folder.write_text("no folder any more")
    status, answer = office.call("GET", "/api/v1/accounting/accounts")
    assert (status, answer.get("title")) == (503, "Busy"), office.server.log.read_text()[-3000:]
    folder.unlink()
    (tmp_path / "unmounted").rename(folder)
    assert office.call("GET", "/api/v1/accounting/accounts")[0] == 200
    office.check()
