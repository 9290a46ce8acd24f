"""Records by their state: a column a state, the oldest of what waits marked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ...entities import read
from ...entities.compiled import CompiledEntity
from ...entities.declarations import Transition
from ...entities.history import in_state_since
from ...entities.parameters import parameters_of
from ...entities.query import parse_query
from ...languages import gettext as _
from . import addresses, fields
from .arranging import Given
from .lists import action_label
from .reach import verbs_on
from .records import offered, record_title
from .shapes import Shape, links_of, own_filters
from .views.shapes import BoardColumn, BoardView, Card, CardMove
from .visit import Visit

CARDS = 25
DETAILS = 3


def has_board(entity: CompiledEntity) -> bool:
    return entity.state is not None and len(entity.state.options) > 1


def board_view(visit: Visit, entity: CompiledEntity, given: Given) -> BoardView:
    assert entity.state is not None
    counts = _counts(visit, entity, given)
    pages = {state: _cards(visit, entity, given, state) for state in entity.state.options if counts.get(state)}
    ids = [item["id"] for items in pages.values() for item in items]
    since, verbs = in_state_since(visit.site, entity, ids), verbs_on(visit, entity, ids)
    here = addresses.shape(entity, "board", own_filters(given))
    now = visit.site.clock()
    return BoardView(
        _(entity.plural),
        tuple(
            BoardColumn(
                state,
                fields.mark(entity, state),
                counts.get(state, 0),
                tuple(
                    _card(visit, entity, item, verbs[item["id"]], since.get(item["id"]), now, here)
                    for item in pages.get(state, ())
                ),
                addresses.listing(entity, [*own_filters(given), (entity.state.name, state)]),
            )
            for state in entity.state.options
        ),
        links_of(visit, entity, Shape.BOARD, given),
    )


def _counts(visit: Visit, entity: CompiledEntity, given: Given) -> Mapping[str, int]:
    assert entity.state is not None
    asked = [*own_filters(given), ("group", entity.state.name), ("fields", "id"), ("limit", "1")]
    query = parse_query(visit.site, visit.actor, entity, asked)
    page = read.list_page(visit.site, visit.actor, visit.company, entity, query)
    return {group.value: group.count for group in page.groups}


def _cards(visit: Visit, entity: CompiledEntity, given: Given, state: str) -> Sequence[dict[str, Any]]:
    assert entity.state is not None
    asked = [*own_filters(given), (entity.state.name, state), ("limit", str(CARDS))]
    query = parse_query(visit.site, visit.actor, entity, asked)
    return read.list_page(visit.site, visit.actor, visit.company, entity, query).items


def _card(
    visit: Visit,
    entity: CompiledEntity,
    item: dict[str, Any],
    verbs: Collection[str],
    since: datetime | None,
    now: datetime,
    here: str,
) -> Card:
    assert entity.state is not None
    state = item[entity.state.name]
    visible = visit.site.permissions.visible(visit.actor, entity)
    told = [visible[name] for name in entity.listed if name in visible and visible[name].kind not in ("state", "id")]
    cells = [fields.list_cell(visit, column, item, entity) for column in told]
    age = now - since if since is not None else None
    title = str(item.get(entity.title.name) or "") if entity.title is not None else ""
    key = entity.key.name if entity.key is not None else ""
    shown = [
        cell
        for column, cell in zip(told, cells, strict=True)
        if cell.text and column.name != key and column is not entity.title
    ]
    return Card(
        record_title(entity, item) if not item.get(key) else str(item[key]),
        addresses.record(entity, item["id"]),
        title,
        tuple(shown[:DETAILS]),
        version=str(item.get("version", "")),
        since=age_text(age) if age is not None else "",
        late=age is not None and is_late(entity, state, age),
        moves=tuple(_moves(visit, entity, item, verbs)),
        next=here,
    )


def _moves(
    visit: Visit, entity: CompiledEntity, item: Mapping[str, Any], verbs: Collection[str]
) -> list[CardMove]:
    return [
        CardMove(
            action_label(action),
            addresses.action(entity, item["id"], action.name),
            action.to,
            asks=action.run is not None and bool(parameters_of(action.run)),
            confirm=_("%(action)s: are you sure?", action=action_label(action)) if action.confirm else "",
        )
        for action in offered(visit, entity, item, verbs)
        if isinstance(action, Transition)
    ]


def is_late(entity: CompiledEntity, state: str, age: timedelta) -> bool:
    """Whether a record stood in this state for longer than its entity says is well."""
    days = entity.declared.waits.get(state)
    return days is not None and age > timedelta(days=days)


def age_text(age: timedelta) -> str:
    """How long, in the greatest unit that says it."""
    if age.days >= 1:
        return _("%(count)s days", count=age.days) if age.days > 1 else _("1 day")
    hours = age.seconds // 3600
    return _("%(count)s h", count=hours) if hours else _("less than an hour")
