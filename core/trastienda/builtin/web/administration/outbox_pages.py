"""Mail on its way out: what the server refused and why, what waits, what was sent last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response

from ....api.settings import INSTALLATION
from ....entities import read
from ....entities.compiled import CompiledEntity
from ....entities.query import MAX_LIMIT, parse_query
from ....errors import NotFound
from ....languages import gettext as _
from .. import addresses, fields
from ..blueprint import show, visit, web
from ..views.parts import ActionButton, Link, Mark
from ..visit import Visit
from . import places
from .jobs_pages import job_row, jobs_entity, jobs_in

ENTITY = "delivery.mail"
LAST = 20


@dataclass(frozen=True)
class MailRow:
    """`job` is what its actions are on; a mail that was sent has none."""

    subject: Link
    to: str
    at: str
    mark: Mark | None = None
    message: str = ""
    job: int = 0
    busy: bool = False
    actions: tuple[ActionButton, ...] = ()


@dataclass(frozen=True)
class OutboxView:
    """`server` is the mail server that the settings name, told to whoever may see them; None for others."""

    url: str
    here: str
    parked: tuple[MailRow, ...]
    waiting: tuple[MailRow, ...]
    sent: tuple[MailRow, ...]
    all: Link
    unset: bool = False


@web.get(places.OUTBOX, endpoint="outbox")
def outbox_page() -> Response:
    visitor = visit()
    entity = visitor.site.registry.entities.get(ENTITY)
    if entity is None:
        raise NotFound(_("No mail is sent here."))
    visitor.site.permissions.require(visitor.actor, entity.guard, "read")
    unsent = _mails(visitor, entity, [("sent_at__isnull", "true"), ("limit", str(MAX_LIMIT))])
    jobs = _jobs(visitor, unsent)
    rows = [_row(visitor, entity, mail, jobs.get(_job_of(mail))) for mail in unsent]
    stuck = [row for row, mail in zip(rows, unsent, strict=True) if _is_stuck(jobs.get(_job_of(mail)))]
    sent = _mails(visitor, entity, [("sent_at__isnull", "false"), ("limit", str(LAST))])
    settings = visitor.site.settings
    view = OutboxView(
        places.JOBS,
        places.OUTBOX,
        tuple(stuck),
        tuple(row for row in rows if row not in stuck),
        tuple(_row(visitor, entity, mail, None) for mail in sent),
        Link(_("All mails"), addresses.listing(entity, [("view", "none")])),
        unset=not (settings.mail_host and settings.mail_from) and visitor.may_on(INSTALLATION, "read"),
    )
    return show("administration/outbox", view, visitor=visitor)


def _mails(visitor: Visit, entity: CompiledEntity, asked: list[tuple[str, str]]) -> list[dict[str, Any]]:
    query = parse_query(
        visitor.site, visitor.actor, entity, [*asked, ("fields", "id,to,subject,created_at,sent_at,job")]
    )
    return read.list_page(visitor.site, visitor.actor, visitor.company, entity, query).items


def _job_of(mail: dict[str, Any]) -> int:
    return int(mail["job"]["id"]) if mail["job"] is not None else 0


def _jobs(visitor: Visit, mails: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The jobs that send them, of those that the visitor may see."""
    ids = sorted({_job_of(mail) for mail in mails} - {0})
    entity = jobs_entity(visitor)
    if not ids or not visitor.may(entity, "read"):
        return {}
    found, _more = jobs_in(visitor, entity, [("id__in", ",".join(map(str, ids)))], MAX_LIMIT)
    return {item["id"]: item for item in found}


def _is_stuck(job: dict[str, Any] | None) -> bool:
    """Nobody tries again by himself."""
    return job is None or job["state"] in ("failed", "parked", "cancelled", "done")


def _row(visitor: Visit, entity: CompiledEntity, mail: dict[str, Any], job: dict[str, Any] | None) -> MailRow:
    subject = Link(mail["subject"], addresses.record(entity, mail["id"]))
    at = visitor.reader.moment(mail["sent_at"] or mail["created_at"])
    if job is None:
        return MailRow(subject, mail["to"], at)
    jobs = jobs_entity(visitor)
    told = job_row(visitor, jobs, job)
    mark = fields.mark(jobs, job["state"])
    return MailRow(subject, mail["to"], at, mark, told.message, told.id, told.busy, told.actions)
