"""A transaction that the database sacrifices is run again, and what it wanted done happens once."""

from __future__ import annotations

from typing import Any

import pytest

from trastienda import AfterCommit, Job, Plugin, User, Work, created
from trastienda.builtin.delivery.mail import Mail, send
from trastienda.builtin.identity.administration import add_user
from trastienda.jobs.models import JobRecord
from trastienda.jobs.worker import run_due
from trastienda.testing.sites import SYSTEM

from ..jobs.conftest import OpenSite, acme


@pytest.mark.database("postgresql")
@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_effects_of_a_repeated_transaction_come_once_and_after_its_commit(open_site: OpenSite, state: str) -> None:
    ran: list[Any] = []
    heard: list[str] = []
    plugin = Plugin("chores", jobs=[Job("chores.note", lambda work: ran.append(work.now))],
                    subscribers=[AfterCommit(created(User), lambda work, user: heard.append(user.name))])
    site = open_site(plugin)
    attempts = []

    def body(work: Work) -> None:
        attempts.append(len(attempts))
        add_user(work, name="ana", password=None, roles=[])
        work.enqueue("chores.note", key="once")
        send(work, to="ana@example.com", subject="Hello", text="Word")
        work.flush()
        if len(attempts) < 3:
            raises = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"
            site.database.execute_sql(raises)

    site.write(SYSTEM, acme(site), body)
    assert (attempts, ran, heard) == ([0, 1, 2], [], [])
    assert sorted(each.name for each in JobRecord.select()) == [
        "chores.<lambda>", "chores.note", "delivery.send-mail"]
    assert Mail.select().count() == 1
    assert run_due(site) == 3
    assert (len(ran), heard) == (1, ["ana"])
