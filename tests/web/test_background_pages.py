"""What an administrator sees of work in the background: jobs, the outbox, backups; each in his company alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from trastienda import Actor, Work
from trastienda.backup import read_backup
from trastienda.builtin.delivery.mail import send as send_mail
from trastienda.builtin.identity.administration import add_user
from trastienda.jobs.models import JobRecord
from trastienda.jobs.worker import run_due

from .conftest import Desk, send
from .test_pages import texts

pytestmark = pytest.mark.database("sqlite")

JOBS, OUTBOX, BACKUPS = "/administration/jobs", "/administration/outbox", "/administration/backups"


@pytest.fixture
def mailed(desk: Desk) -> int:
    """A mail that could not be sent, since no server is set; its job."""
    desk.write(lambda work: send_mail(work, to="eva@example.com", subject="An invoice", text="Here"))
    with desk.site.active():
        run_due(desk.site)
        return int(JobRecord.get(JobRecord.name == "delivery.send-mail").id)


@pytest.fixture
def ben(desk: Desk) -> FlaskClient:
    """An administrator of BETA alone."""
    with desk.site.active():
        beta = desk.site.company("BETA")

        def make(work: Work) -> None:
            add_user(work, name="ben", password=None, roles=["admin"], company=beta)

        desk.site.write(Actor.system("tests"), beta, make)
    return desk.client("ben")


def section(client: FlaskClient, path: str, name: str) -> str:
    found = re.search(rf'<section class="sheet" aria-labelledby="{name}".*?</section>', client.get(path).text, re.S)
    return found[0] if found else ""


def state(desk: Desk, job: int) -> str:
    with desk.site.active():
        return str(JobRecord.get_by_id(job).state)


def test_a_job_that_came_to_grief_says_why_and_is_tried_again_or_discarded(desk: Desk, mailed: int) -> None:
    ana = desk.client()
    trouble = section(ana, JOBS, "jobs-trouble")
    assert texts(trouble, r'<div class="job-what"><a [^>]*>(.*?)</a>') == ["Send a mail"]
    assert texts(trouble, r'<p class="job-message">(.*?)</p>') == ["Refused: Set mail_host and mail_from"]
    assert re.findall(r'name="_action" value="([\w-]+)"', trouble) == ["retry", "discard"]
    assert send(ana, JOBS, {"_action": "retry", "job": mailed}).location == JOBS
    assert state(desk, mailed) == "queued"
    assert "Send a mail" in section(ana, JOBS, "jobs-waiting")
    send(ana, JOBS, {"_action": "cancel", "job": mailed})
    assert state(desk, mailed) == "cancelled"


def test_what_a_job_no_longer_offers_is_refused_in_words(desk: Desk, mailed: int) -> None:
    ana = desk.client()
    send(ana, JOBS, {"_action": "retry", "job": mailed})
    answer = send(ana, JOBS, {"_action": "retry", "job": mailed}, follow=True)
    assert "Try again is not possible" in texts(answer.text, r'<div class="notice notice-refused".*?<p>(.*?)</p>')[0]
    assert [send(ana, JOBS, form).status_code for form in (
        {"_action": "explode", "job": mailed}, {"_action": "retry", "job": "x"}, {})] == [404, 404, 404]  # fmt: skip


def test_progress_of_a_running_job_is_shown(desk: Desk, mailed: int) -> None:
    with desk.site.active(), desk.site.database.write():
        JobRecord.update(state="running", done=30, total=120, message="Line 30").where(JobRecord.id == mailed).execute()
    running = section(desk.client(), JOBS, "jobs-running")
    assert '<progress max="100" value="25"' in running
    assert ("30 of 120" in running, "data-busy" in running) == (True, True)


def test_jobs_and_mail_of_another_company_are_neither_seen_nor_touched(
    desk: Desk, mailed: int, ben: FlaskClient
) -> None:
    assert "Nothing went wrong." in section(ben, JOBS, "jobs-trouble")
    assert "Nothing is stuck." in section(ben, OUTBOX, "mails-parked")
    assert send(ben, JOBS, {"_action": "retry", "job": mailed}).status_code == 404
    assert state(desk, mailed) == "failed"


def test_everybody_sees_his_own_jobs_and_only_administrators_the_outbox_and_backups(desk: Desk, mailed: int) -> None:
    leo = desk.client("leo")
    assert "Nothing went wrong." in section(leo, JOBS, "jobs-trouble")
    assert [leo.get(path).status_code for path in (OUTBOX, BACKUPS)] == [403, 403]
    menu = leo.get("/").text
    assert [path in menu for path in (JOBS, OUTBOX, BACKUPS)] == [False, False, False]


def test_the_outbox_says_what_is_stuck_and_sends_it_again(desk: Desk, mailed: int) -> None:
    ana = desk.client()
    stuck = section(ana, OUTBOX, "mails-parked")
    assert texts(stuck, r'<div class="job-what">(.*?)</span>')[0].startswith("An invoice eva@example.com")
    assert texts(stuck, r'<p class="job-message">(.*?)</p>') == ["Refused: Set mail_host and mail_from"]
    assert "No mail server is set" in ana.get(OUTBOX).text
    (job,) = re.findall(r'name="job" value="(\d+)"', stuck)[:1]
    assert send(ana, JOBS, {"_action": "retry", "job": job, "next": OUTBOX}).location == OUTBOX
    assert "An invoice" in section(ana, OUTBOX, "mails-waiting")


def test_a_backup_is_made_in_the_background_and_is_whole(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = desk.client()
    assert "There is no backup in this folder yet." in ana.get(BACKUPS).text
    send(ana, BACKUPS, {})
    made = section(ana, BACKUPS, "backup-jobs")
    assert ("Make a backup" in made, "data-busy" in made) == (True, True)
    with desk.site.active():
        run_due(desk.site)
    page = ana.get(BACKUPS).text
    (name,) = texts(page, r'<td role="cell" class="first" data-label="File">(.*?)</td>')
    assert (f"trastienda restore {tmp_path}/backups/{name}" in page, "backup-jobs" in page) == (True, False)
    manifest = read_backup(desk.site, tmp_path / "backups" / name, report=lambda _: None)
    assert manifest.tables["core_company"] == 2
    assert (tmp_path / "backups").stat().st_mode & 0o77 == 0


@pytest.mark.parametrize("ask", [lambda client: client.get(BACKUPS), lambda client: send(client, BACKUPS, {})])
def test_whoever_administers_one_company_makes_no_copy_of_all(
    desk: Desk, ben: FlaskClient, ask: Callable[[FlaskClient], object]
) -> None:
    assert ask(ben).status_code == 403  # type: ignore[attr-defined]
    with desk.site.active():
        assert JobRecord.select().where(JobRecord.name == "web.back-up").count() == 0
