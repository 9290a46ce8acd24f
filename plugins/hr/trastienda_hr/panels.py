"""What the start page says of people: who is here, who is away, and which papers run out."""

from collections.abc import Iterator
from datetime import date as Date
from datetime import timedelta
from typing import NamedTuple

from trastienda import Figure, Link, Panel, Ref, Rows, ToDo, Work
from trastienda import lazy_gettext as lazy

from .documents import expiring_documents
from .employees import Employee
from .leave.feeds import address_panel
from .leave.requests import LeaveRequest

SOON = 7


class Away(NamedTuple):
    employee: Ref[Employee]
    from_: Date
    to: Date


def people(work: Work) -> Iterator[Figure | Rows]:
    """Who works here today, and who is on leave within the week."""
    here = (Employee.starts_on <= work.today) & (Employee.ends_on.is_null() | (Employee.ends_on >= work.today))
    yield Figure(lazy("Employees"), work.select(Employee).where(here).count(), link=Link("hr.employee"))
    away = [
        Away(Ref(each.employee_id), each.starts_on, each.ends_on)
        for each in work.select(LeaveRequest)
        .where(
            LeaveRequest.state == "approved",
            LeaveRequest.starts_on <= work.today + timedelta(days=SOON),
            LeaveRequest.ends_on >= work.today,
        )
        .order_by(LeaveRequest.starts_on)
    ]
    yield Figure(lazy("Away today"), sum(each.from_ <= work.today for each in away))
    if away:
        labels = {"employee": lazy("Employee"), "from_": lazy("From"), "to": lazy("To")}
        yield Rows(Away, away, title=lazy("Away within a week"), labels=labels)


def papers(work: Work) -> Iterator[ToDo]:
    found = list(expiring_documents(work, within_days=30))
    if found:
        link = Link("hr.expiring-documents", {"within_days": 30})
        yield ToDo(lazy("Documents that run out"), link, count=len(found), due=found[0].expires_on)


panels = [
    Panel("hr.people", people, label=lazy("People"), permission="hr.leave-request"),
    Panel(
        "hr.feed-address",
        address_panel,
        on="hr.calendar-feed",
        label=lazy("For your calendar program"),
        permission="hr.calendar-feed",
    ),
    Panel("hr.papers", papers, label=lazy("Papers"), permission="hr.expiring-documents"),
]
