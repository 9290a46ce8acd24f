"""What is done in the background: what runs and how far it is, what came to grief and why, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from ....entities import read, write
from ....entities.compiled import CompiledEntity
from ....entities.query import parse_query
from ....errors import NotFound, TrastiendaError
from ....languages import gettext as _
from .. import addresses
from ..blueprint import go, local, show, visit, web
from ..lists import action_label
from ..records import offered
from ..views.parts import ActionButton, Link
from ..visit import Visit
from . import places

ENTITY = "delivery.job"
FIELDS = "id,name,event,state,done,total,message,attempts,scheduled,run_at,requested_by,started_at,ended_at"
MOST = 20


@dataclass(frozen=True)
class JobRow:
    """`share` is what is done of it, from 0 to 100, None where nobody knows; `actions` are forms of this page.
    A job is `busy` while it runs, `awaited` before that too."""

    id: int
    label: Link
    about: str
    message: str
    progress: str
    share: int | None
    busy: bool
    awaited: bool
    actions: tuple[ActionButton, ...]


@dataclass(frozen=True)
class JobSection:
    name: str
    label: str
    nothing: str
    rows: tuple[JobRow, ...]
    more: Link | None = None


@dataclass(frozen=True)
class JobsView:
    url: str
    here: str
    sections: tuple[JobSection, ...]


@web.get(places.JOBS, endpoint="jobs")
def jobs_page() -> Response:
    visitor = visit()
    entity = jobs_entity(visitor)
    visitor.site.permissions.require(visitor.actor, entity.guard, "read")
    view = JobsView(places.JOBS, places.JOBS, tuple(_sections(visitor, entity)))
    return show("administration/jobs", view, visitor=visitor)


@web.post(places.JOBS)
def act_on_job() -> AnyResponse:
    """Retry, cancel or discard one, and back to the page that offered it."""
    visitor = visit()
    entity, back = jobs_entity(visitor), local(request.form.get("next", places.JOBS))
    name, text = request.form.get("_action", ""), request.form.get("job", "")
    if name not in entity.actions or not text.isdecimal() or len(text) > 18:
        raise NotFound(_("No action %(name)s", name=name))
    try:
        visitor.site.write(
            visitor.actor,
            visitor.company,
            lambda work: write.act(work, entity, int(text), name, {}, version=None),
        )
    except TrastiendaError as error:
        if error.status != 409:
            raise
        return go(back, refused=_(str(error)))
    return go(back, _("%(action)s: done.", action=action_label(entity.actions[name])))


def jobs_entity(visitor: Visit) -> CompiledEntity:
    found = visitor.site.registry.entities.get(ENTITY)
    if found is None:
        raise NotFound(_("There are no jobs here."))
    return found


def _sections(visitor: Visit, entity: CompiledEntity) -> Iterable[JobSection]:
    wanted = (
        ("running", _("Running"), _("Nothing runs at the moment."), "running", "id"),
        ("trouble", _("Came to grief"), _("Nothing went wrong."), "failed,parked", "-id"),
        ("waiting", _("Waiting"), _("Nothing waits."), "queued", "run_at"),
        ("done", _("Done lately"), _("Nothing was done yet."), "done,cancelled", "-ended_at"),
    )
    for name, label, nothing, states, sort in wanted:
        found, more = jobs_in(visitor, entity, [("state__in", states), ("sort", sort)])
        rows = tuple(job_row(visitor, entity, each) for each in found)
        address = addresses.listing(entity, [("state__in", states), ("sort", sort)])
        yield JobSection(name, label, nothing, rows, Link(_("All of them"), address) if more else None)


def jobs_in(
    visitor: Visit, entity: CompiledEntity, asked: Sequence[tuple[str, str]], most: int = MOST
) -> tuple[list[dict[str, Any]], bool]:
    """Jobs of the visitor's company that he may see, and whether there are more."""
    query = parse_query(
        visitor.site, visitor.actor, entity, [*asked, ("fields", FIELDS), ("limit", str(most))]
    )
    page = read.list_page(visitor.site, visitor.actor, visitor.company, entity, query)
    return page.items, page.next is not None


def job_row(visitor: Visit, entity: CompiledEntity, item: dict[str, Any]) -> JobRow:
    done, total = item["done"] or 0, item["total"]
    return JobRow(
        item["id"],
        Link(job_label(visitor, item), addresses.record(entity, item["id"])),
        " · ".join(_about(visitor, item)),
        item["message"] or "",
        _("%(done)s of %(total)s", done=done, total=total) if total else str(done) if done else "",
        min(100 * done // total, 100) if total else None,
        item["state"] == "running",
        item["state"] in ("queued", "running"),
        tuple(
            ActionButton(each.name, action_label(each), danger=each.name != "retry")
            for each in ([] if _waits_for_its_day(item) else offered(visitor, entity, item))
        ),
    )


def _waits_for_its_day(item: dict[str, Any]) -> bool:
    """What is scheduled is queued again and again: cancelled, it would not come back."""
    return bool(item["scheduled"]) and item["state"] == "queued"


def job_label(visitor: Visit, item: dict[str, Any]) -> str:
    """What its plugin calls it; a subscriber's share of an event by both their names."""
    if item["event"]:
        return f"{item['name']} ← {item['event']}"
    declared = visitor.site.registry.jobs.get(item["name"])
    label = declared[1].label if declared is not None else ""
    return _(label) if label else str(item["name"])


def _about(visitor: Visit, item: dict[str, Any]) -> Iterable[str]:
    moment = visitor.reader.moment
    if item["requested_by"] is not None:
        yield str(item["requested_by"].get("label") or item["requested_by"].get("key") or "")
    if item["state"] == "queued":
        yield _("not before %(moment)s", moment=moment(item["run_at"]))
    elif item["state"] == "running" and item["started_at"]:
        yield _("since %(moment)s", moment=moment(item["started_at"]))
    elif item["ended_at"]:
        yield moment(item["ended_at"])
    if item["attempts"] > 1:
        yield _("attempt %(number)s", number=item["attempts"])
