"""What somebody waits for goes first, what may wait goes last, and nothing waits for ever."""

from __future__ import annotations

from datetime import timedelta

from trastienda import Job, Plugin, Site, Work
from trastienda.jobs.models import JobRecord
from trastienda.jobs.running import new_token
from trastienda.jobs.schedules import keep_schedules
from trastienda.jobs.worker import claim
from trastienda.testing.sites import SYSTEM

from .conftest import Clock, OpenSite, acme


def nothing(work: Work) -> None:
    pass


CHORES = Plugin("chores", jobs=[
    Job("chores.now", nothing, priority="interactive"), Job("chores.usual", nothing),
    Job("chores.night", nothing, priority="background"),
    Job("chores.nightly", nothing, priority="background", schedule=timedelta(hours=1))])  # fmt: skip


def ask(site: Site, *names: str) -> None:
    for name in names:
        site.write(SYSTEM, acme(site), lambda work, name=name: work.enqueue(f"chores.{name}"))  # type: ignore[misc]


def taken(site: Site, most: int = 9, *, prompt: bool = False) -> list[str]:
    """The names of jobs in the order in which a worker takes them."""
    found: list[str] = []
    while len(found) < most and (record := claim(site, token=new_token(), prompt=prompt)) is not None:
        found.append(record.name.removeprefix("chores."))
    return found


def test_what_somebody_waits_for_goes_before_what_was_asked_for_earlier(open_site: OpenSite) -> None:
    site = open_site(CHORES)
    clock = Clock(site)
    for name in ("night", "usual", "now", "night", "now"):
        ask(site, name)
        clock.pass_(seconds=1)
    assert taken(site) == ["now", "now", "usual", "night", "night"]


def test_what_has_waited_long_enough_is_overtaken_no_more(open_site: OpenSite) -> None:
    site = open_site(CHORES)
    clock = Clock(site)
    ask(site, "night")
    clock.pass_(minutes=26)
    ask(site, "usual")
    clock.pass_(minutes=3)
    ask(site, "now")
    assert taken(site, 1) == ["now"]
    clock.pass_(minutes=3)
    ask(site, "now")
    assert taken(site) == ["night", "usual", "now"]


def test_a_stream_of_urgent_work_holds_up_the_rest_for_half_an_hour_at_most(open_site: OpenSite) -> None:
    site = open_site(CHORES)
    clock = Clock(site)
    ask(site, "night", "usual")
    waited: dict[str, int] = {}
    for minute in range(60):
        ask(site, "now", "now")
        for name in taken(site, 2):
            waited.setdefault(name, minute)
        clock.pass_(minutes=1)
    assert {name: minutes for name, minutes in waited.items() if name != "now"} == {"usual": 5, "night": 30}


def test_a_thread_that_must_stay_free_takes_nothing_that_may_wait(open_site: OpenSite) -> None:
    site = open_site(CHORES)
    clock = Clock(site)
    ask(site, "night", "usual")
    clock.pass_(hours=2)
    assert (taken(site, prompt=True), taken(site)) == (["usual"], ["night"])


def test_a_scheduled_job_has_its_priority_too(open_site: OpenSite) -> None:
    site = open_site(CHORES)
    Clock(site)
    keep_schedules(site)
    assert JobRecord.get(JobRecord.name == "chores.nightly").priority == "background"
