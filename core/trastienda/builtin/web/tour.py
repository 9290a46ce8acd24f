"""The guided tour: a few steps over pages that are there anyway, for whatever the visitor may open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...entities import read
from ...entities.compiled import CompiledEntity
from ...entities.query import parse_query
from ...entities.settings_forms import setting
from ...languages import gettext as _
from ...work import Work
from . import addresses
from .keeping import once
from .shapes import shapes_of
from .views.frame import Tour
from .visit import Visit


@dataclass(frozen=True)
class Welcome:
    """How whoever comes for the first time is received."""

    tour: bool = setting(
        False,
        label="Offer the guided tour",
        help="To whoever signs in for the first time in a browser",
    )


def welcome_in_demo(work: Work) -> None:
    """The sample company is there to be looked around in."""
    work.configure(Welcome, tour=True)


@dataclass(frozen=True)
class Step:
    """`name` is what a page is marked with, so that its style points at what is meant; `of` the list it is about."""

    name: str
    title: str
    text: str
    url: str
    of: CompiledEntity | None = None


def steps_of(visit: Visit) -> tuple[Step, ...]:
    return once(visit, steps_of, make=lambda: tuple(_steps(visit)))


def _steps(visit: Visit) -> Iterator[Step]:
    yield Step(
        "start",
        _("The start page"),
        _("Here is what waits for you, how things stand, and what you worked on last. Every figure leads to what it "
          "is made of."),
        addresses.HOME,
    )  # fmt: skip
    if (entity := _list_to_show(visit)) is not None:
        yield from _of_list(visit, entity)
    report = next((name for name in visit.site.registry.reports if visit.may_run(name)), None)
    if report is not None:
        yield Step(
            "report",
            _("A report"),
            _("Say from when to when, or name the period, and compare it with another. A line leads to its records; "
              "the report can be exported, or sent to you by mail on its days."),
            addresses.report(report),
        )  # fmt: skip
    yield Step(
        "find",
        _("Without the mouse"),
        _("Ctrl K goes to any list, report or record by a few letters, and creates new ones. The key ? shows all keys. "
          "You find this tour again in the menu under your name."),
        addresses.HOME,
    )  # fmt: skip


def _of_list(visit: Visit, entity: CompiledEntity) -> Iterator[Step]:
    listing = addresses.listing(entity)
    yield Step(
        "list",
        _("A list"),
        _("Click a heading to sort. Space looks at the line without leaving the list; tick several and act on all of "
          "them. What you see is what an export has."),
        listing,
        entity,
    )  # fmt: skip
    yield Step(
        "narrow",
        _("Search, filter, arrange"),
        _("Filter by any field, group, add up, choose the columns; then keep it as a view under a name, for you or for "
          "everybody."),
        listing,
        entity,
    )  # fmt: skip
    yield Step(
        "record",
        _("A record"),
        _("The buttons above are what you may do with it now. Files, comments and the history of every change are "
          "beside it; what refers to it is linked."),
        listing,
        entity,
    )  # fmt: skip
    shape = next((each.value for each in shapes_of(visit, entity) if each.value), "")
    if shape:
        yield Step(
            "shape",
            _("The same in another shape"),
            _("What has states is a board too, what has days a calendar, what has a parent a tree."),
            addresses.shape(entity, shape),
            entity,
        )


def _list_to_show(visit: Visit) -> CompiledEntity | None:
    """Of a plugin that was chosen, rather than one that comes with the core; best one with states and lines."""
    readable = [
        each for each in visit.site.registry.entities.values() if visit.may(each, "read") and not each.declared.of
    ]
    bundled = ("identity", "records", "delivery")
    return max(
        readable,
        key=lambda each: (each.plugin not in bundled, each.state is not None, bool(each.lines)),
        default=None,
    )


def place_of(visit: Visit, step: Step) -> str:
    """Where a step is shown: a record's is that of the list's first."""
    if step.name != "record" or step.of is None:
        return step.url
    query = parse_query(visit.site, visit.actor, step.of, [("fields", "id"), ("limit", "1")])
    found = read.list_page(visit.site, visit.actor, visit.company, step.of, query).items
    return addresses.record(step.of, found[0]["id"]) if found else step.url


def tour_at(visit: Visit, kept: str, path: str) -> Tour | None:
    """The step that this browser has come to; the offer, on the start page, to whoever was never asked."""
    steps = steps_of(visit)
    if kept.isascii() and kept.isdecimal() and 1 <= int(kept[:3]) <= len(steps):
        number = int(kept)
        step = steps[number - 1]
        return Tour(step.name, step.title, step.text, number, len(steps))
    if kept or path.partition("?")[0] != addresses.HOME or not _is_offered(visit):
        return None
    text = _("A few short steps over the pages that you will use most; you may leave at any of them.")
    return Tour("offer", _("Shall we look around?"), text, 0, len(steps))


def _is_offered(visit: Visit) -> bool:
    return visit.site.work(visit.actor, visit.company).settings(Welcome).tour
