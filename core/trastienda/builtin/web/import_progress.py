"""An import that the worker makes: how far it is, what came of it, and the way to take it back."""

from __future__ import annotations

from typing import Any

from flask import Response

from ...entities import importing
from ...errors import NotFound
from ...languages import gettext as _
from ..delivery.progress import JobProgress, progress_of
from ..records.import_jobs import JOB
from .administration import places
from .blueprint import web
from .import_later import JOBS
from .import_routes import import_page, importable, refused_file, summary, undoing
from .views.imports import ImportRunning
from .visit import Visit

RUNNING = ("queued", "running")


@web.get("/<plugin>/<path>/import/<int:job>", endpoint="import_progress")
def follow_import(plugin: str, path: str, job: int) -> Response:
    """Of whoever asked for it; the page follows it while it runs."""
    entity, visitor = importable(plugin, path)
    if JOBS not in visitor.site.registry.entities:
        raise NotFound(_("There are no jobs here."))
    told = progress_of(visitor.site.work(visitor.actor, visitor.company), job=job)
    if told.name != JOB:
        raise NotFound(_("There is no import %(number)s", number=job))
    if told.state in RUNNING:
        return import_page(visitor, entity, running=_running(visitor, told))
    result = _result(told.result)
    if told.state == "done" and result is not None:
        return import_page(visitor, entity, done=summary(entity, result), undo=undoing(visitor, result))
    if result is not None and result.errors:
        return import_page(visitor, entity, tried=refused_file("", result), status=422)
    return import_page(visitor, entity, wrong=told.message or _("It was cancelled; nothing was imported."), status=409)


def _running(visitor: Visit, told: JobProgress) -> ImportRunning:
    share = min(100 * told.done // told.total, 100) if told.total else None
    text = _("%(done)s of %(total)s", done=told.done, total=told.total) if told.total else str(told.done or "")
    jobs = visitor.site.registry.entities[JOBS]
    waits = _("Waiting for its turn") if told.state == "queued" else ""
    cancel = told.id if visitor.may(jobs, "cancel") else 0
    return ImportRunning(waits or told.message or _("Importing"), share, text, cancel, places.JOBS)


def _result(found: Any) -> importing.Result | None:
    """As a job keeps it; None for one that came to no result."""
    if not isinstance(found, dict) or "rows" not in found:
        return None
    errors = [importing.RowError(**each) for each in found["errors"]]
    kept = {name: found[name] for name in ("dry_run", "rows", "created", "updated", "acted", "made", "batch")}
    return importing.Result(**kept, errors=errors)
