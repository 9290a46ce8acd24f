"""Backups of the whole installation: those that there are, how old, where; a new one made in the background."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from babel.dates import format_timedelta
from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from ....errors import Forbidden
from ....languages import gettext as _
from ....site import Site
from ..blueprint import go, show, visit, web
from ..visit import Visit
from . import places
from .backing_up import JOB, folder_of, may_back_up
from .jobs_pages import ENTITY, JobRow, job_row, jobs_in

#: Older than this, the newest backup is worth a word.
OLD = timedelta(days=7)


@dataclass(frozen=True)
class BackupRow:
    name: str
    made: str
    age: str
    size: str


@dataclass(frozen=True)
class BackupsView:
    url: str
    folder: str
    backups: tuple[BackupRow, ...]
    warning: str
    jobs: tuple[JobRow, ...]
    busy: bool


def _require(visitor: Visit) -> None:
    if not may_back_up(visitor):
        raise Forbidden(_("Backups are made by whoever administers all companies"))


@web.get(places.BACKUPS, endpoint="backups")
def backups_page() -> Response:
    visitor = visit()
    _require(visitor)
    found = tuple(_backups(visitor))
    jobs = _jobs(visitor)
    view = BackupsView(
        places.BACKUPS,
        str(folder_of(visitor.site)),
        found,
        _warning(visitor),
        jobs,
        any(each.awaited for each in jobs),
    )
    return show("administration/backups", view, visitor=visitor)


@web.post(places.BACKUPS)
def make_one() -> AnyResponse:
    visitor = visit()
    _require(visitor)
    visitor.site.write(visitor.actor, visitor.company, lambda work: work.enqueue(JOB, lane=JOB))
    return go(places.BACKUPS, _("A backup is being made; this page shows when it is there."))


def _files(site: Site) -> list[Path]:
    """The newest first: their names have the time in them."""
    return sorted(folder_of(site).glob("trastienda-*.zip"), reverse=True)


def _backups(visitor: Visit) -> Iterator[BackupRow]:
    for path in _files(visitor.site):
        about = path.stat()
        made = datetime.fromtimestamp(about.st_mtime, UTC)
        age = visitor.site.clock() - made
        yield BackupRow(
            path.name,
            visitor.reader.moment(made.isoformat()),
            format_timedelta(age, locale=visitor.reader.speech.locale),
            _("%(size)s MB", size=visitor.reader.figure(f"{about.st_size / 1e6:.1f}")),
        )


def _warning(visitor: Visit) -> str:
    files = _files(visitor.site)
    if not files:
        return _("There is no backup in this folder yet.")
    age = visitor.site.clock() - datetime.fromtimestamp(files[0].stat().st_mtime, UTC)
    return _("The newest backup is older than a week.") if age > OLD else ""


def _jobs(visitor: Visit) -> tuple[JobRow, ...]:
    """Backups that are being made or came to grief lately, asked for in this company."""
    entity = visitor.site.registry.entities.get(ENTITY)
    if entity is None or not visitor.may(entity, "read"):
        return ()
    asked = [("name", JOB), ("state__in", "queued,running,failed,parked"), ("sort", "-id")]
    found, _more = jobs_in(visitor, entity, asked, 5)
    return tuple(job_row(visitor, entity, each) for each in found)
