"""Calendar feeds: an address by which a calendar program reads who is away, for as long as its owner leaves it be.

Such a program sends no headers, so that the address opens the feed by itself, and nothing else: it ends in the
record's id and this installation's signature of it, which is kept nowhere. Revoked, it opens nothing any more.
"""

import secrets
from datetime import timedelta
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode

from flask import Request, Response, has_request_context, request
from icalendar import Calendar, Event
from peewee import BooleanField, CharField, ForeignKeyField

from trastienda import Actor, Figure, Identity, NotFound, NotSignedIn, Record, Site, User, Work
from trastienda import gettext as _
from trastienda import lazy_gettext as lazy

from ..employees import Employee
from .requests import LeaveRequest

PATH = "/api/v1/hr/leave.ics"
PURPOSE = "hr.calendar-feed"
SHOWN_BACK = timedelta(days=180)
ASK_AGAIN_SECONDS = 900


class CalendarFeed(Record):
    name = CharField(80, verbose_name="Name", help_text="Where it is read, such as: telephone")
    user = ForeignKeyField(User, null=True, on_delete="CASCADE", verbose_name="User")
    salt = CharField(32, default=lambda: secrets.token_hex(16))
    revoked = BooleanField(default=False, verbose_name="Revoked")

    user_id: int | None


def own_feed(work: Work, feed: CalendarFeed) -> None:
    """A new feed is its maker's."""
    feed.user_id = work.actor.user
    work.flush()


def revoke(work: Work, feed: CalendarFeed) -> None:
    """Its address opens nothing any more, for good."""
    feed.revoked = True


def address_of(site: Site, feed: CalendarFeed) -> str:
    host = site.settings.public_url or (request.host_url if has_request_context() else "")
    return f"{host.rstrip('/')}{PATH}?{urlencode({'key': _key(site, feed)})}"


def _key(site: Site, feed: CalendarFeed) -> str:
    return f"{feed.id}.{site.signature(PURPOSE, f'{feed.id} {feed.salt}')}"


def by_address(asked: Request, site: Site) -> Identity | None:
    """Whose feed it is, by the key in its address; it is looked at nowhere else. Raises NotSignedIn for a bad one."""
    key = asked.args.get("key", "")
    if asked.path != PATH or not key:
        return None
    number = key.partition(".")[0]
    known = number.isascii() and number.isdigit() and len(number) < 19
    feed = CalendarFeed.get_or_none(CalendarFeed.id == int(number)) if known else None
    if feed is None or feed.revoked or not compare_digest(key.encode(), _key(site, feed).encode()):
        raise NotSignedIn(_("This address is unknown or revoked"))
    user = User.get_or_none((User.id == feed.user_id) & User.active)
    if user is None:
        raise NotSignedIn(_("This address is unknown or revoked"))
    scopes = ("hr.leave-feed", "hr.leave-request")
    return Identity(user, via="calendar feed", scopes=scopes, company=feed.__data__["company"])


def tell_address(work: Work, *, feed: int) -> dict[str, str]:
    """To nobody but its owner."""
    found = work.select(CalendarFeed).where(CalendarFeed.id == feed).first()
    if found is None or not _is_shown(work.actor, found):
        raise NotFound(_("There is no such feed of yours"))
    return {"address": address_of(work.site, found)}


def address_panel(work: Work, feed: CalendarFeed) -> list[Figure]:
    if not _is_shown(work.actor, feed):
        return []
    note = lazy("Give it to your calendar program, and to nobody else: whoever has it sees who is away")
    return [Figure(lazy("Address"), address_of(work.site, feed), note=note)]


def _is_shown(actor: Actor, feed: CalendarFeed) -> bool:
    return actor.user is not None and feed.user_id == actor.user and not feed.revoked


def read_feed(work: Work, *, key: str = "") -> Response:
    """Approved leave, as all-day events, of those whose leave the reader may see.

    The reason for an absence is nobody's business: an event says who is away, no more. `key` was looked at before.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Trastienda//hr//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Leave, {company}").format(company=work.company.name))
    calendar.add("refresh-interval", timedelta(seconds=ASK_AGAIN_SECONDS), parameters={"value": "DURATION"})
    for number, first, last, name in work.rows(_visible_leave(work)):
        event = Event()
        event.add("uid", f"leave-{number}@{work.company.code.lower()}.trastienda")
        event.add("summary", _("{name} is away").format(name=name))
        event.add("dtstart", first)
        event.add("dtend", last + timedelta(days=1))
        event.add("dtstamp", work.now)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    headers = {"Cache-Control": f"private, max-age={ASK_AGAIN_SECONDS}", "Referrer-Policy": "no-referrer"}
    return Response(calendar.to_ical(), mimetype="text/calendar", headers=headers)


def _visible_leave(work: Work) -> Any:
    permission = work.site.permissions.require(work.actor, "hr.leave-request", "read")
    query = (
        work.select(LeaveRequest, LeaveRequest.id, LeaveRequest.starts_on, LeaveRequest.ends_on, Employee.name)
        .join(Employee, on=LeaveRequest.employee == Employee.id)
        .where((LeaveRequest.state == "approved") & (LeaveRequest.ends_on >= work.today - SHOWN_BACK))
        .order_by(LeaveRequest.starts_on, LeaveRequest.id)
    )
    return query if permission.where is None else query.where(permission.where)
