"""What is asked for inside a transaction is done after its commit: at least once, and its effects exactly once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from trastienda import (
    AfterCommit,
    Invalid,
    Job,
    LongJob,
    Plugin,
    Refusal,
    RunningJob,
    Site,
    TryAgain,
    User,
    Work,
    created,
)
from trastienda.builtin.identity.administration import add_user
from trastienda.faults import StartupFaults
from trastienda.jobs.models import JobRecord
from trastienda.jobs.running import RunningJob as Attempt
from trastienda.jobs.schedules import keep_schedules, next_moment
from trastienda.jobs.worker import claim, purge, run_due, sweep
from trastienda.security.audit import AuditRecord
from trastienda.testing.sites import SYSTEM

from .conftest import Clock, OpenSite, acme, run_all


def write(site: Site, body: Any) -> Any:
    return site.write(SYSTEM, acme(site), body)


def user(work: Work, name: str) -> User:
    return add_user(work, name=name, password=None, roles=[])


def names() -> list[str]:
    return [each.name for each in User.select().order_by(User.id)]


def states() -> list[tuple[str, str]]:
    return [(each.name, each.state) for each in JobRecord.select().order_by(JobRecord.id)]


def hire(work: Work, *, name: str) -> dict[str, str]:
    user(work, name)
    return {"hired": name}


HIRING = Plugin("chores", jobs=[Job("chores.hire", hire, on_request=True)])


def test_a_job_is_there_if_and_only_if_its_transaction_was_committed(open_site: OpenSite) -> None:
    site = open_site(HIRING)

    def undone(work: Work) -> None:
        work.enqueue("chores.hire", {"name": "eve"})
        raise Refusal("no")

    with pytest.raises(Refusal):
        write(site, undone)
    assert states() == []
    identity = write(site, lambda work: work.enqueue("chores.hire", {"name": "ana"}))
    assert (names(), states()) == ([], [("chores.hire", "queued")])
    assert run_due(site) == 1
    assert names() == ["ana"]
    record = JobRecord.get_by_id(identity)
    assert (record.state, record.result, record.attempts) == ("done", '{"hired":"ana"}', 1)


def test_what_a_job_writes_is_audited_as_the_job_on_behalf_of_who_asked(open_site: OpenSite) -> None:
    site = open_site(HIRING)
    ana = write(site, lambda work: add_user(work, name="ana", password=None, roles=["admin"]))
    actor = site.actor(ana, acme(site), via="api")
    site.write(actor, acme(site), lambda work: work.enqueue("chores.hire", {"name": "bob"}))
    run_due(site)
    row = AuditRecord.select().order_by(AuditRecord.id.desc()).get()
    assert (row.actor, row.via, row.key) == ("ana", "job chores.hire", "bob")


def test_a_key_asks_once(open_site: OpenSite) -> None:
    site = open_site(HIRING)
    first = write(site, lambda work: work.enqueue("chores.hire", {"name": "ana"}, key="1"))
    second = write(site, lambda work: work.enqueue("chores.hire", {"name": "bob"}, key="1"))
    assert first == second
    run_due(site)
    assert write(site, lambda work: work.enqueue("chores.hire", {"name": "eve"}, key="1")) == first
    assert (run_due(site), names()) == (0, ["ana"])


def test_parameters_are_checked_when_the_job_is_asked_for_and_arrive_as_they_were(open_site: OpenSite) -> None:
    seen: list[Any] = []

    def take(work: Work, *, day: date, amount: Decimal, count: int = 3) -> None:
        seen.append((day, amount, count))

    site = open_site(Plugin("chores", jobs=[Job("chores.take", take)]))
    with pytest.raises(Invalid) as caught:
        write(site, lambda work: work.enqueue("chores.take", {"day": "soon", "other": 1}))
    assert set(caught.value.errors) == {"day", "amount", "other"}
    with pytest.raises(LookupError):
        write(site, lambda work: work.enqueue("chores.nothing"))
    write(site, lambda work: work.enqueue("chores.take", {"day": date(2026, 1, 31), "amount": Decimal("1.5")}))
    run_due(site)
    assert seen == [(date(2026, 1, 31), Decimal("1.5"), 3)]


def test_a_job_that_fails_is_tried_again_ever_later_then_parked_and_tried_again_on_request(open_site: OpenSite) -> None:
    healthy = False
    moments = []

    def ail(work: Work) -> None:
        moments.append(work.now)
        user(work, f"user{len(moments)}")
        if not healthy:
            raise RuntimeError("out of order")

    site = open_site(Plugin("chores", jobs=[Job("chores.ail", ail, attempts=4)]))
    clock = Clock(site)
    identity = write(site, lambda work: work.enqueue("chores.ail"))
    for _ in range(400):
        run_due(site)
        clock.pass_(seconds=1)
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    assert len(moments) == 4
    assert [2 <= waits[0] <= 9, 5 <= waits[1] <= 16, 10 <= waits[2] <= 31] == [True] * 3
    record = JobRecord.get_by_id(identity)
    assert (record.state, record.attempts) == ("parked", 4)
    assert record.message == "chores: job chores.ail: RuntimeError: out of order"
    assert names() == []
    assert site.failures.by_plugin()["chores"].count == 4
    healthy = True
    write(site, lambda work: work.act(work.get(JobRecord, identity), "retry"))
    assert (run_due(site), names()) == (1, ["user5"])
    assert JobRecord.get_by_id(identity).state == "done"


def test_a_refusal_fails_a_job_for_good_and_a_later_one_is_waited_for(open_site: OpenSite) -> None:
    def refuse(work: Work) -> None:
        raise Refusal("the period is closed")

    def wait(work: Work) -> None:
        raise TryAgain("nobody answers")

    jobs = [Job("chores.refuse", refuse), Job("chores.wait", wait, attempts=2)]
    site = open_site(Plugin("chores", jobs=jobs))
    clock = Clock(site)
    write(site, lambda work: (work.enqueue("chores.refuse"), work.enqueue("chores.wait")))
    assert run_due(site) == 2
    assert states() == [("chores.refuse", "failed"), ("chores.wait", "queued")]
    run_all(site, clock, hours=2)
    assert [each.message for each in JobRecord.select().order_by(JobRecord.id)] == [
        "Refused: the period is closed", "nobody answers"]
    assert states() == [("chores.refuse", "failed"), ("chores.wait", "parked")]
    assert site.failures.by_plugin() == {}


@pytest.mark.parametrize("fault", [SystemExit(3), KeyError("x"), TypeError("y")])
def test_whatever_a_job_raises_costs_that_job_alone(open_site: OpenSite, fault: BaseException) -> None:
    def burst(work: Work) -> None:
        raise fault

    site = open_site(Plugin("chores", jobs=[Job("chores.burst", burst, attempts=1), Job("chores.hire", hire)]))
    write(site, lambda work: (work.enqueue("chores.burst"), work.enqueue("chores.hire", {"name": "ana"})))
    assert run_due(site) == 2
    assert (states(), names()) == ([("chores.burst", "parked"), ("chores.hire", "done")], ["ana"])


def test_a_long_job_goes_on_from_its_last_committed_batch(open_site: OpenSite) -> None:
    attempts = []

    def count(job: RunningJob, *, to: int) -> str:
        attempts.append(job.done)
        for number in range(job.done, to):
            if number == 3 and len(attempts) == 1:
                raise RuntimeError("in between")

            def batch(work: Work, number: int = number) -> None:
                user(work, f"user{number}")
                job.progress(number + 1, to, "counting")
                if number == 5 and len(attempts) == 2:
                    raise RuntimeError("inside")

            job.write(batch)
        return "counted"

    site = open_site(Plugin("chores", jobs=[LongJob("chores.count", count)]))
    clock = Clock(site)
    identity = write(site, lambda work: work.enqueue("chores.count", {"to": 8}))
    run_due(site)
    waiting = JobRecord.get_by_id(identity)
    assert (waiting.state, waiting.done, waiting.total, names()) == ("queued", 3, 8, ["user0", "user1", "user2"])
    run_all(site, clock, hours=3)
    assert attempts == [0, 3, 5]
    assert names() == [f"user{number}" for number in range(8)]
    record = JobRecord.get_by_id(identity)
    assert (record.state, record.done, record.total, record.result) == ("done", 8, 8, '"counted"')


def test_a_job_cancelled_while_it_runs_goes_no_further(open_site: OpenSite) -> None:
    def batches(job: RunningJob) -> None:
        job.write(lambda work: user(work, "first"))
        write(job.site, lambda work: work.act(work.get(JobRecord, job.id), "cancel"))
        job.write(lambda work: user(work, "second"))

    site = open_site(Plugin("chores", jobs=[LongJob("chores.batches", batches)]))
    write(site, lambda work: work.enqueue("chores.batches"))
    run_due(site)
    assert (states(), names()) == ([("chores.batches", "cancelled")], ["first"])


def test_an_attempt_that_lost_its_lease_commits_nothing(open_site: OpenSite) -> None:
    site = open_site(HIRING)
    clock = Clock(site)
    write(site, lambda work: work.enqueue("chores.hire", {"name": "ana"}))
    lost = claim(site, token="first")
    assert lost is not None
    assert sweep(site) == 0
    clock.pass_(seconds=61)
    assert sweep(site) == 1
    again = claim(site, token="second")
    assert again is not None
    Attempt(site, lost, token="first").attempt_it()
    assert (names(), states()) == ([], [("chores.hire", "running")])
    Attempt(site, again, token="second").attempt_it()
    assert (names(), states()) == (["ana"], [("chores.hire", "done")])


def test_a_job_that_ends_every_worker_is_parked(open_site: OpenSite) -> None:
    site = open_site(Plugin("chores", jobs=[Job("chores.hire", hire, attempts=3)]))
    clock = Clock(site)
    write(site, lambda work: work.enqueue("chores.hire", {"name": "ana"}))
    for _ in range(3):
        assert claim(site, token="dies") is not None
        clock.pass_(seconds=61)
        assert sweep(site) == 1
    assert (states(), claim(site, token="x")) == ([("chores.hire", "parked")], None)


def test_subscribers_hear_of_what_was_committed_and_of_one_record_in_order(open_site: OpenSite) -> None:
    heard: list[str] = []
    ill = True

    def greet(work: Work, new: User) -> None:
        if ill and new.name == "ana":
            raise RuntimeError("hoarse")
        heard.append(new.name)

    site = open_site(Plugin("chores", subscribers=[AfterCommit(created(User), greet)]))
    clock = Clock(site)

    def undone(work: Work) -> None:
        user(work, "eve")
        raise Refusal("no")

    with pytest.raises(Refusal):
        write(site, undone)
    write(site, lambda work: (user(work, "ana"), user(work, "bob")))
    assert heard == []
    run_due(site)
    assert heard == ["bob"]
    waiting = JobRecord.get(JobRecord.state == "queued")
    assert (waiting.name, waiting.event) == ("chores.greet", "core_user:created")
    assert waiting.message == "chores: subscriber to core_user:created: RuntimeError: hoarse"
    ill = False
    run_all(site, clock, hours=2)
    assert (heard, states()) == (["bob", "ana"], [("chores.greet", "done"), ("chores.greet", "done")])


def test_a_lane_holds_the_later_ones_until_the_earlier_is_done_or_parked(open_site: OpenSite) -> None:
    done: list[str] = []

    def step(work: Work, *, name: str) -> None:
        if name == "bad":
            raise RuntimeError("stuck")
        done.append(name)

    site = open_site(Plugin("chores", jobs=[Job("chores.step", step, attempts=3)]))
    clock = Clock(site)
    for name, lane in (("bad", "a"), ("after", "a"), ("aside", "b")):
        write(site, lambda work, name=name, lane=lane: work.enqueue("chores.step", {"name": name}, lane=lane))
    run_due(site)
    assert done == ["aside"]
    run_all(site, clock, hours=4)
    assert done == ["aside", "after"]


def test_a_scheduled_job_has_one_row_a_company_and_comes_again(open_site: OpenSite) -> None:
    ran = []
    jobs = [Job("chores.nightly", lambda work: ran.append(work.now), schedule="30 3 * * *")]
    site = open_site(Plugin("chores", jobs=jobs))
    clock = Clock(site)
    for _ in range(2):
        keep_schedules(site)
    (row,) = JobRecord.select().where(JobRecord.name == "chores.nightly")
    assert row.run_at.isoformat() == "2026-03-03T02:30:00"  # half past three in Madrid
    clock.pass_(hours=14)
    run_due(site)
    assert ran == []
    clock.pass_(days=3)
    run_due(site)
    (row,) = JobRecord.select().where(JobRecord.name == "chores.nightly")
    assert (row.state, row.run_at.isoformat(), len(ran)) == ("queued", "2026-03-06T02:30:00", 1)


def test_a_scheduled_job_that_fails_says_so_and_comes_again(open_site: OpenSite) -> None:
    tries = []

    def ail(work: Work) -> None:
        tries.append(work.now)
        raise RuntimeError("out of order")

    site = open_site(Plugin("chores", jobs=[Job("chores.ail", ail, schedule=timedelta(days=10), attempts=2)]))
    clock = Clock(site)
    keep_schedules(site)
    run_all(site, clock, hours=24 * 11)
    assert len(tries) == 2
    (row,) = JobRecord.select().where(JobRecord.name == "chores.ail")
    assert (row.state, row.attempts, row.message) == ("queued", 0, "chores: job chores.ail: RuntimeError: out of order")


def test_clocks_that_are_put_forward_do_not_skip_a_night() -> None:
    clock = Clock(type("Bare", (), {})())
    job = Job("chores.nightly", hire, schedule="30 2 * * *")
    clock.now = clock.now.replace(month=3, day=28, hour=12)
    first = next_moment(job, clock.now, "Europe/Madrid")
    second = next_moment(job, first, "Europe/Madrid")
    assert [each.isoformat() for each in (first, second)] == ["2026-03-29T01:00:00+00:00", "2026-03-30T00:30:00+00:00"]


@pytest.mark.database("sqlite")
def test_faults_of_declared_jobs_are_all_found_at_the_start(open_site: OpenSite) -> None:
    jobs = [Job("others.job", hire), Job("chores.a", hire, schedule="61 * * * *"), Job("chores.b", hire),
            Job("chores.b", hire), Job("chores.c", hire, schedule=timedelta(0)),
            Job("chores.d", hire, schedule="0 0 31 2 *")]
    with pytest.raises(StartupFaults) as caught:
        open_site(Plugin("chores", jobs=jobs))
    assert [fault.cause.partition(" with ")[0] for fault in caught.value.faults] == [
        "names a job 'others.job'", "schedules the job 'chores.a'", "job 'chores.b' is already declared by chores",
        "schedules the job 'chores.c'", "schedules the job 'chores.d'"]


def test_what_ended_long_ago_is_forgotten_and_what_came_to_grief_is_not(open_site: OpenSite) -> None:
    def refuse(work: Work) -> None:
        raise Refusal("no")

    site = open_site(Plugin("chores", jobs=[Job("chores.refuse", refuse), Job("chores.hire", hire)]))
    clock = Clock(site)
    write(site, lambda work: (work.enqueue("chores.refuse"), work.enqueue("chores.hire", {"name": "ana"})))
    run_due(site)
    purge(site)
    assert len(states()) == 2
    clock.pass_(days=31)
    purge(site)
    assert states() == [("chores.refuse", "failed")]
