"""Records by their days: a month of weeks."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from babel.dates import format_skeleton, get_day_names

from ...entities import read
from ...entities.compiled import Column, CompiledEntity
from ...entities.query import MAX_LIMIT, parse_query
from ...entities.values import FIRST_DAY, LAST_DAY
from ...languages import gettext as _
from . import addresses, fields
from .arranging import Given
from .shapes import Shape, days_of, links_of, own_filters
from .views.parts import Link
from .views.shapes import CalendarDay, CalendarEntry, CalendarView
from .visit import Visit

MOST_A_DAY = 4
TOLD = 2


def month_of(text: str, today: date) -> date:
    """The first day of the month `2026-11`; this month for whatever is none that a date can be in."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        month = today.replace(day=1)
    return month if FIRST_DAY < month < LAST_DAY.replace(month=12, day=1) else today.replace(day=1)


def calendar_view(visit: Visit, entity: CompiledEntity, given: Given, *, month: date, today: date) -> CalendarView:
    days = days_of(visit, entity)
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    first, last = weeks[0][0], weeks[-1][-1]
    asked = [*own_filters(given), *_span(days, first, last), ("sort", days[0].name), ("limit", str(MAX_LIMIT))]
    query = parse_query(visit.site, visit.actor, entity, asked)
    page = read.list_page(visit.site, visit.actor, visit.company, entity, query)
    by_day = _by_day(page.items, days, first, last)
    counted = _counted(visit, entity, given, [day for week in weeks for day in week]) if page.next else {}
    locale = visit.reader.speech.locale
    kept = own_filters(given)

    def at(when: date) -> str:
        return addresses.shape(entity, Shape.CALENDAR.value, [*kept, ("month", f"{when:%Y-%m}")])

    return CalendarView(
        _(entity.plural),
        str(format_skeleton("yMMMM", month, locale=locale)),
        tuple(get_day_names("abbreviated", locale=locale)[day] for day in range(7)),
        tuple(tuple(_day(visit, entity, day, by_day, counted, given, month, today) for day in week) for week in weeks),
        previous=Link(_("Previous month"), at(month - timedelta(days=1))),
        next=Link(_("Next month"), at(month + timedelta(days=31))),
        today=Link(_("Today"), at(today)),
        shapes=links_of(visit, entity, Shape.CALENDAR, given),
    )


def _counted(visit: Visit, entity: CompiledEntity, given: Given, days: Sequence[date]) -> dict[date, int]:
    """How many each day has, up to one more than a page: of a busy month not all can be fetched."""
    limit = ("limit", str(MAX_LIMIT))
    asked = [parse_query(visit.site, visit.actor, entity, [*_on(visit, entity, given, day), limit]) for day in days]
    counts = read.counts(visit.site, visit.actor, visit.company, [(entity, query) for query in asked])
    return dict(zip(days, counts, strict=True))


def _on(visit: Visit, entity: CompiledEntity, given: Given, day: date) -> Given:
    return [*own_filters(given), *_span(days_of(visit, entity), day, day)]


def _span(days: Sequence[Column], first: date, last: date) -> list[tuple[str, str]]:
    return [(f"{days[0].name}__lte", last.isoformat()), (f"{days[-1].name}__gte", first.isoformat())]


def _by_day(
    items: Sequence[dict[str, Any]], days: Sequence[Column], first: date, last: date
) -> dict[date, list[dict[str, Any]]]:
    found: dict[date, list[dict[str, Any]]] = {}
    for item in items:
        begin, end = (date.fromisoformat(str(column.of(item))[:10]) for column in (days[0], days[-1]))
        day = max(begin, first)
        while day <= min(end, last):
            found.setdefault(day, []).append(item)
            day += timedelta(days=1)
    return found


def _day(
    visit: Visit,
    entity: CompiledEntity,
    day: date,
    by_day: Mapping[date, list[dict[str, Any]]],
    counted: Mapping[date, int],
    given: Given,
    month: date,
    today: date,
) -> CalendarDay:
    days = days_of(visit, entity)
    items = by_day.get(day, [])
    count = counted.get(day, len(items))
    shown = items if len(items) == count <= MOST_A_DAY + 1 else items[:MOST_A_DAY]
    return CalendarDay(
        str(day.day),
        visit.reader.speech.day(day),
        tuple(_entry(visit, entity, item, days) for item in shown),
        more=_more(visit, entity, given, day, shown=len(shown), count=count),
        outside=day.month != month.month,
        today=day == today,
        create_url=addresses.with_query(addresses.new(entity), [(column.name, day.isoformat()) for column in days])
        if entity.declared.writable and visit.may(entity, "create")
        else "",
    )


def _more(visit: Visit, entity: CompiledEntity, given: Given, day: date, *, shown: int, count: int) -> Link | None:
    if count == shown:
        return None
    number = f"{MAX_LIMIT}+" if count > MAX_LIMIT else str(count - shown)
    label = _("%(count)s more", count=number) if shown else f"{number} {_(entity.plural).lower()}"
    return Link(label, addresses.listing(entity, _on(visit, entity, given, day)))


def _entry(visit: Visit, entity: CompiledEntity, item: dict[str, Any], days: Sequence[Column]) -> CalendarEntry:
    """Its first words besides the day and the state, the state as a shape."""
    visible = visit.site.permissions.visible(visit.actor, entity)
    names = [name for name in entity.listed if name in visible and _is_telling(visible[name], days)]
    cells = [fields.list_cell(visit, visible[name], item, entity) for name in names]
    told = [cell.note or cell.text for cell in cells if cell.text][:TOLD]
    state = item.get(entity.state.name) if entity.state is not None else None
    return CalendarEntry(
        " · ".join(told) or f"#{item['id']}",
        addresses.record(entity, item["id"]),
        fields.mark(entity, state) if state else None,
    )


def _is_telling(column: Column, days: Sequence[Column]) -> bool:
    return column.kind not in ("id", "state", "boolean", "date", "datetime") and column not in days
