"""Approved leave as an iCalendar feed, in all-day events; only of those whose leave the reader may see."""

from datetime import timedelta

from flask import Response
from icalendar import Calendar, Event

from trastienda import Work
from trastienda import gettext as _

from ..employees import Employee
from .requests import LeaveRequest

SHOWN_BACK = timedelta(days=180)


def feed(work: Work) -> Response:
    """The reason for an absence is nobody's business: an event says who is away, no more."""
    calendar = Calendar()
    calendar.add("prodid", "-//Trastienda//hr//")
    calendar.add("version", "2.0")
    permission = work.site.permissions.require(work.actor, "hr.leave-request", "read")
    query = (
        work.select(LeaveRequest, LeaveRequest.id, LeaveRequest.starts_on, LeaveRequest.ends_on, Employee.name)
        .join(Employee, on=LeaveRequest.employee == Employee.id)
        .where((LeaveRequest.state == "approved") & (LeaveRequest.ends_on >= work.today - SHOWN_BACK))
        .order_by(LeaveRequest.starts_on, LeaveRequest.id)
    )
    if permission.where is not None:
        query = query.where(permission.where)
    for number, first, last, name in work.rows(query):
        event = Event()
        event.add("uid", f"leave-{number}@{work.company.code.lower()}.trastienda")
        event.add("summary", _("{name} is away").format(name=name))
        event.add("dtstart", first)
        event.add("dtend", last + timedelta(days=1))
        event.add("dtstamp", work.now)
        calendar.add_component(event)
    return Response(calendar.to_ical(), mimetype="text/calendar")
