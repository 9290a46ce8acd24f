"""Imports that the worker does: told while they run, all or nothing, killed and taken up again without doubling."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from trastienda import Company, Site
from trastienda.api.app import create_app
from trastienda.builtin.identity.administration import add_token
from trastienda.builtin.records.attachments import sweep
from trastienda.builtin.records.import_jobs import ImportFile
from trastienda.builtin.records.stores import store_of
from trastienda.jobs import live, running
from trastienda.jobs.models import JobRecord
from trastienda.jobs.worker import claim, run_due, run_next
from trastienda.security.audit import verify
from trastienda.testing.sites import SYSTEM

PARTIES = "/api/v1/contacts/parties"
PROGRAM = "from trastienda.cli import main; main(prog_name='trastienda')"


def send(client: FlaskClient, text: str, name: str = "parties.csv", *, key: str = "", **query: str) -> Any:
    return client.post(f"{PARTIES}/import", query_string={"background": "true", **query},
                       content_type="multipart/form-data", headers={"Idempotency-Key": key} if key else {},
                       data={"file": (io.BytesIO(text.encode()), name)})  # fmt: skip


def parties(count: int) -> str:
    return "code,name\n" + "".join(f"A{number},Party {number}\n" for number in range(count))


def count(client: FlaskClient) -> int:
    return int(client.get(PARTIES, query_string={"count": "exact", "limit": "1"}).json["count"])


def test_import_in_the_background_does_what_a_direct_one_does(client: FlaskClient, site: Site) -> None:
    asked = send(client, parties(3))
    assert (asked.status_code, asked.headers["Location"]) == (202, asked.json["progress"])
    shown = client.get(asked.json["progress"]).json
    assert {name: shown[name] for name in ("id", "name", "state", "done", "total", "result")} == {
        "id": asked.json["job"], "name": "records.import-file", "state": "queued", "done": 0, "total": None,
        "result": None}  # fmt: skip
    assert count(client) == 0
    assert run_due(site) == 1
    shown = client.get(asked.json["progress"]).json
    assert (shown["state"], shown["done"], shown["total"]) == ("done", 3, 3)
    assert {**shown["result"], "batch": 0} == {
        "dry_run": False, "rows": 3, "created": 3, "updated": 0, "acted": 0, "made": {}, "batch": 0, "errors": []}
    assert count(client) == 3
    undone = client.post(f"/api/v1/records/imports/{shown['result']['batch']}/actions/undo")
    assert (undone.status_code, count(client)) == (200, 0)
    assert verify(site.database)[2] == []


def test_every_error_is_kept_with_its_row_and_column_and_nothing_is_written(client: FlaskClient, site: Site) -> None:
    asked = send(client, "code,name\nA1,One\n{0},Two\nA3,{0}\n".format("A" * 1000))
    run_due(site)
    shown = client.get(asked.json["progress"]).json
    assert (shown["state"], shown["message"][:15]) == ("failed", "Import refused:")
    assert [(each["row"], each["column"]) for each in shown["result"]["errors"]] == [(3, "code"), (4, "name")]
    assert count(client) == 0


def test_dry_run_in_the_background_writes_nothing(client: FlaskClient, site: Site) -> None:
    asked = send(client, parties(2), dry_run="true")
    run_due(site)
    shown = client.get(asked.json["progress"]).json
    assert (shown["state"], shown["result"]["created"], shown["result"]["batch"]) == ("done", 2, None)
    assert count(client) == 0


def test_request_sent_again_with_its_key_asks_for_one_import(client: FlaskClient, site: Site) -> None:
    answers = [send(client, parties(2), key="k").json for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert run_due(site) == 1


def test_large_files_go_to_the_background_unless_the_request_says_otherwise(
        client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("trastienda.api.imports.LARGE", 100)
    assert send(client, parties(50), background="").status_code == 202
    assert send(client, parties(1), background="").status_code == 200
    assert send(client, parties(50), background="false").json["created"] == 49  # A0 is there
    wrong = send(client, parties(1), background="maybe")
    assert (wrong.status_code, list(wrong.json["errors"])) == (400, ["background"])


@pytest.mark.database("sqlite")
def test_who_may_not_import_is_refused_before_anything_is_kept(client: FlaskClient, sign_in: Any) -> None:
    reader = sign_in("contacts.reader")
    assert send(reader, parties(1)).status_code == 403
    assert send(client, parties(1), action="nothing").status_code == 400
    assert ImportFile.select().count() == 0


@pytest.mark.plugins("accounting")
@pytest.mark.database("sqlite")
def test_token_that_is_narrowed_stays_so_in_the_background(
        client: FlaskClient, site: Site, user: Any, company: Company) -> None:  # fmt: skip
    for code, kind in (("57", "asset"), ("70", "income")):
        client.post("/api/v1/accounting/accounts", json={"code": code, "name": code, "kind": kind})
    owner = user("admin")
    secret = site.write(SYSTEM, company, lambda work: add_token(
        work, user=owner, name="narrow", scopes="accounting.entry delivery.*"))  # fmt: skip
    narrow = create_app(site).test_client()
    narrow.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    text = "reference,date,journal,account,debit,credit\nE1,2026-01-02,GEN,57,10.00,\nE1,2026-01-02,GEN,70,,10.00\n"
    asked = narrow.post("/api/v1/accounting/entries/import", data={"file": (io.BytesIO(text.encode()), "e.csv")},
                        query_string={"background": "true", "create_missing": "true"})  # fmt: skip
    assert asked.status_code == 202, asked.text
    run_due(site)
    shown = narrow.get(asked.json["progress"]).json
    assert (shown["state"], [each["message"] for each in shown["result"]["errors"]]) == (
        "failed", [f"{owner.name} may not create accounting.journal"])


def test_jobs_of_others_tell_nothing(client: FlaskClient, sign_in: Any) -> None:
    manager, other = sign_in("contacts.manager"), sign_in("contacts.manager")
    asked = send(manager, parties(1)).json
    assert [each.get(asked["progress"]).status_code for each in (manager, other)] == [200, 404]


def test_progress_is_shown_while_the_one_transaction_is_open(
        client: FlaskClient, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Every chunk is shown before the commit; another request reads it meanwhile."""
    monkeypatch.setattr("trastienda.entities.importing.CHUNK", 20)
    monkeypatch.setattr(running, "TELLING", 0.0)
    asked = send(client, parties(100)).json
    seen: list[tuple[int, int, int]] = []
    tell = live.tell

    def told(site: Site, **values: Any) -> bool:
        mine = tell(site, **values)
        seen.append(_looked_at(site, asked["progress"], client.environ_base["HTTP_AUTHORIZATION"]))
        return mine

    monkeypatch.setattr(live, "tell", told)
    run_due(site)
    assert seen == [(done, 100, 0) for done in (20, 40, 60, 80, 100)]
    assert count(client) == 100
    assert live.told(site, asked["job"]) is None


def _looked_at(site: Site, address: str, token: str) -> tuple[int, int, int]:
    """(done, total, parties there) as another request sees them, on a connection of its own."""
    found: list[tuple[int, int, int]] = []

    def ask() -> None:
        other = create_app(site).test_client()
        other.environ_base["HTTP_AUTHORIZATION"] = token
        shown = other.get(address).json
        found.append((shown["done"], shown["total"], count(other)))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return found[0]


def test_an_attempt_that_died_after_its_commit_is_not_made_again(
        client: FlaskClient, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    asked = send(client, parties(3)).json
    record = claim(site, token="first")
    assert record is not None
    job = running.RunningJob(site, record, token="first")
    monkeypatch.setattr(job, "_finished", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        job.attempt_it()
    assert (count(client), client.get(asked["progress"]).json["state"]) == (3, "running")
    JobRecord.update(state="queued").where(JobRecord.id == asked["job"]).execute()
    assert run_next(site, "second")
    shown = client.get(asked["progress"]).json
    assert (shown["state"], shown["result"]["created"], count(client)) == ("done", 3, 3)
    assert client.get("/api/v1/records/imports", query_string={"count": "exact"}).json["count"] == 1


def test_worker_that_ends_puts_the_import_back_whole(
        client: FlaskClient, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(running, "TELLING", 0.0)
    asked = send(client, parties(2500)).json
    looks = iter([False, False, False, False, False, True])
    run_next(site, "first", lambda: next(looks, True))
    assert (count(client), client.get(asked["progress"]).json["state"]) == (0, "queued")
    assert run_due(site) == 1
    assert (count(client), client.get(asked["progress"]).json["state"]) == (2500, "done")


def test_file_that_waits_is_not_swept_away(client: FlaskClient, site: Site) -> None:
    send(client, parties(1))
    digest = ImportFile.get().digest
    store: Any = store_of(site.settings)
    os.utime(store._place(digest), (0, 0))
    assert (sweep(site), store.has(digest)) == (0, True)
    run_due(site)
    assert (sweep(site), store.has(digest)) == (1, False)


def test_worker_killed_in_the_midst_leaves_nothing_half_and_doubles_nothing(
        client: FlaskClient, site: Site, tmp_path: Path) -> None:  # fmt: skip
    rows = 12_000
    asked = send(client, parties(rows)).json
    environment = {**os.environ, "TRASTIENDA_DATABASE": site.settings.database, "TRASTIENDA_DATA": str(tmp_path),
                   "TRASTIENDA_PLUGINS": "contacts", "TRASTIENDA_JOB_LEASE_SECONDS": "2",
                   "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}  # fmt: skip

    def shown() -> Any:
        return client.get(asked["progress"]).json

    def worker() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", PROGRAM, "worker"], env=environment, start_new_session=True)

    for _ in range(2):
        process = worker()
        try:
            _until(lambda: shown()["state"] == "running" and shown()["done"] >= 2000)
            assert count(client) in (0, rows)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    process = worker()
    try:
        _until(lambda: shown()["state"] == "done")
    finally:
        process.terminate()
        process.wait()
    assert (count(client), shown()["result"]["created"]) == (rows, rows)
    assert client.get("/api/v1/records/imports", query_string={"count": "exact"}).json["count"] == 1
    assert verify(site.database)[2] == []


def _until(question: Any, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


