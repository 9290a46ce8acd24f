"""Reports by mail: to whoever asked, with his rights on the day, once for each day, through a real SMTP server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

import pytest

from trastienda import Actor, Grant, Invalid, NotFound, Plugin, Report, Role, Site, User, Work
from trastienda.builtin.delivery.notifications import Notification
from trastienda.builtin.delivery.report_mails import ReportMail, next_day
from trastienda.builtin.identity.administration import add_user
from trastienda.entities import write
from trastienda.jobs.schedules import keep_schedules
from trastienda.jobs.worker import run_due
from trastienda.storage.models import RoleAssignment
from trastienda.testing.sites import SYSTEM

from ..jobs.conftest import Clock, acme, opened
from .test_mail import Postbox, authority, postbox, server

__all__ = ["authority", "postbox", "server"]

pytestmark = pytest.mark.database("sqlite")


class Day(NamedTuple):
    first: date
    last: date


def days(work: Work, *, from_: date, to: date, loud: bool = False) -> Iterator[Day]:
    yield Day(from_, to)


toys = Plugin(
    "toys",
    label="Toys",
    reports=[Report("toys.days", days, row=Day, label="Days")],
    roles=[Role("toys.reader", [Grant("toys.days", ["run"])]), Role("toys.idler", [Grant("toys.nothing", ["run"])])],
)


@pytest.fixture
def site(url: str, tmp_path: Any, server: Callable[..., int]) -> Iterator[Site]:
    mail = {"MAIL_HOST": "localhost", "MAIL_PORT": str(server()), "MAIL_FROM": "office@example.com",
            "MAIL_SECURITY": "none", "PLUGINS": "identity,formats,delivery"}  # fmt: skip
    with opened(url, tmp_path, toys, **{f"TRASTIENDA_{name}": value for name, value in mail.items()}) as site:

        def users(work: Work) -> None:
            for name, email in (("ana", "ana@example.com"), ("leo", "leo@example.com"), ("eva", "")):
                user = add_user(work, name=name, password=None, roles=["toys.reader"])
                user.email = email

        site.write(SYSTEM, acme(site), users)
        yield site


def actor(site: Site, name: str) -> Actor:
    return site.actor(User.get(User.name == name), acme(site), via="web")


def wish(site: Site, name: str = "ana", **values: Any) -> int:
    entity = site.registry.entities["delivery.report-mail"]
    given = {"report": "toys.days", "parameters": "period=last-month", "every": "week", "format": "csv", **values}
    who = actor(site, name)
    shaped = write.shape(site, who, entity, given)
    return int(site.write(who, acme(site), lambda work: write.create(work, entity, shaped)).id)


def a_day(site: Site, clock: Clock) -> None:
    """A day passes, and what comes due in it is done."""
    for _ in range(24):
        clock.pass_(hours=1)
        run_due(site)


def test_next_days_are_tomorrow_monday_and_the_first() -> None:
    assert next_day("day", date(2026, 12, 31)) == date(2027, 1, 1)
    assert [next_day("week", date(2026, 3, day)) for day in (1, 2, 8)] == [date(2026, 3, 2), date(2026, 3, 9),
                                                                          date(2026, 3, 9)]  # fmt: skip
    assert [next_day("month", day) for day in (date(2026, 1, 31), date(2026, 2, 1))] == [
        date(2026, 2, 1), date(2026, 3, 1)]  # fmt: skip


def test_a_report_goes_out_each_monday_with_the_days_that_its_period_means_then(site: Site, postbox: Postbox) -> None:
    clock = Clock(site)  # a Monday, 2 March 2026
    keep_schedules(site)
    identity = wish(site)
    for _ in range(6):
        a_day(site, clock)
    assert postbox.taken == []
    a_day(site, clock)
    a_day(site, clock)
    (message,) = postbox.taken
    (file,) = message.iter_attachments()
    assert (message["To"], message["Subject"]) == ("ana@example.com", "Days · Acme")
    assert (file.get_filename(), file.get_content_type()) == ("toys.days 2026-03-09.csv", "text/csv")
    assert "2026-02-01,2026-02-28" in file.get_content()
    stored = ReportMail.get_by_id(identity)
    assert (stored.next_on, stored.sent_at is not None, stored.trouble) == (date(2026, 3, 16), True, "")
    for _ in range(28):
        a_day(site, clock)
    assert [message["Date"][5:11] for message in postbox.taken] == ["09 Mar", "16 Mar", "23 Mar", "30 Mar", "06 Apr"]
    assert "2026-03-01,2026-03-31" in next(postbox.taken[-1].iter_attachments()).get_content()


@pytest.mark.parametrize(("format_", "begin"), [("pdf", b"%PDF"), ("xlsx", b"PK")])
def test_the_file_is_of_the_format_that_was_asked_for(
    site: Site, postbox: Postbox, format_: str, begin: bytes
) -> None:
    clock = Clock(site)
    keep_schedules(site)
    wish(site, every="day", format=format_)
    a_day(site, clock)
    a_day(site, clock)
    assert next(postbox.taken[0].iter_attachments()).get_content().startswith(begin)


def test_whoever_may_no_longer_run_it_gets_nothing_and_is_told(site: Site, postbox: Postbox) -> None:
    clock = Clock(site)
    keep_schedules(site)
    identity = wish(site, every="day")
    wish(site, "leo", every="day")
    ana = User.get(User.name == "ana")
    with site.database.write():
        RoleAssignment.update(role="toys.idler").where(RoleAssignment.user == ana.id).execute()
    a_day(site, clock)
    a_day(site, clock)
    assert {message["To"] for message in postbox.taken} == {"leo@example.com"}
    assert "may not run" in ReportMail.get_by_id(identity).trouble
    told = Notification.select().where(Notification.user == ana.id).first()
    assert told.subject == "A report could not be sent: toys.days"


def test_a_worker_that_was_away_sends_once(site: Site, postbox: Postbox) -> None:
    clock = Clock(site)
    keep_schedules(site)
    wish(site, every="day")
    clock.pass_(days=9)
    for _ in range(3):
        run_due(site)
    assert len(postbox.taken) == 1


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("eva", {}, "owner"),
        ("ana", {"report": "toys.none"}, "report"),
        ("ana", {"parameters": "from=x"}, "parameters"),
        ("ana", {"parameters": ""}, "parameters"),
        ("ana", {"every": "hour"}, "every"),
        ("ana", {"format": "docx"}, "format"),
    ],
)
def test_what_could_not_be_sent_is_refused_at_its_field(
    site: Site, name: str, values: dict[str, str], field: str
) -> None:
    Clock(site)
    with pytest.raises(Invalid) as refused:
        wish(site, name, **values)
    assert list(refused.value.errors) == [field]


def test_nobody_changes_what_goes_to_another(site: Site) -> None:
    Clock(site)
    identity = wish(site)
    entity = site.registry.entities["delivery.report-mail"]
    leo = actor(site, "leo")
    with pytest.raises(NotFound):
        site.write(leo, acme(site), lambda work: write.delete(work, entity, identity, version=None))
    assert ReportMail.select().count() == 1
