"""Who did what: the audit's rows as far as a reader may see what they tell of, newest first."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import orjson
import peewee
from marshmallow import ValidationError

from ..errors import BadQuery
from ..languages import gettext
from ..security.audit import SHARED, AuditRecord, Head, heads
from ..storage.fields import BIGINT_MAX
from .query import LIMIT, MAX_LIMIT
from .values import StrictDate, StrictInteger, UtcDateTime, within_limit

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site
    from ..storage.models import Company

AUDIT = "audit"
TEXTS = ("entity", "key", "action", "actor", "via")
NUMBERS = ("record", "user")
TIMES = ("since", "until")


@dataclass(frozen=True)
class AuditQuery:
    """`texts` and `numbers` by column; `since` is included and `until` is not, both in UTC without an offset."""

    texts: Mapping[str, str]
    numbers: Mapping[str, int]
    since: datetime | None = None
    until: datetime | None = None
    limit: int = LIMIT
    before: int | None = None


@dataclass(frozen=True)
class AuditPage:
    items: list[dict[str, Any]]
    next: str | None


def parse_audit_query(parameters: Iterable[tuple[str, str]], *, time_zone: str) -> AuditQuery:
    """Raises BadQuery naming the parameter. A bare day in `since` or `until` is one of that time zone."""
    given = {name: text.strip() for name, text in parameters if text.strip()}
    for name in given:
        if name not in (*TEXTS, *NUMBERS, *TIMES, "limit", "cursor"):
            raise BadQuery(name, gettext("there is no field %(name)r here", name=name))
    limit = _number("limit", given.get("limit", str(LIMIT)))
    if not 1 <= limit <= MAX_LIMIT:
        raise BadQuery("limit", gettext("from 1 to %(most)s", most=MAX_LIMIT))
    return AuditQuery(
        {name: _text(name, given[name]) for name in TEXTS if name in given},
        {name: _number(name, given[name]) for name in NUMBERS if name in given},
        _moment("since", given["since"], time_zone) if "since" in given else None,
        _moment("until", given["until"], time_zone) if "until" in given else None,
        limit, _number("cursor", given["cursor"]) if "cursor" in given else None)


def _text(name: str, text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        raise BadQuery(name, gettext("Not valid text."))
    return text


def _number(name: str, text: str) -> int:
    try:
        return int(StrictInteger(validate=within_limit(BIGINT_MAX)).deserialize(text))
    except ValidationError as error:
        raise BadQuery(name, str(error.messages[0])) from error


def _moment(name: str, text: str, time_zone: str) -> datetime:
    """A moment with its offset, or a day: `until` a day includes it."""
    try:
        if len(text) > 10:
            found: datetime = UtcDateTime().deserialize(text)
            return found
        day: date = StrictDate().deserialize(text)
        day += timedelta(days=name == "until")
        return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC).replace(tzinfo=None)
    except ValidationError as error:
        raise BadQuery(name, str(error.messages[0])) from error
    except OverflowError as error:
        raise BadQuery(name, gettext("Out of range.")) from error


def audit_page(site: Site, actor: Actor, company: Company, query: AuditQuery) -> AuditPage:
    """The company's rows and those of what all companies share; of what the actor may read as a whole."""
    site.permissions.require(actor, AUDIT, "read")
    conditions: list[Any] = [AuditRecord.chain.in_(_chains(actor, company)), *_readable(site, actor), *_asked(query)]
    rows = list(AuditRecord.select().where(*conditions).order_by(AuditRecord.id.desc()).limit(query.limit + 1))
    items = [_item(site, actor, row) for row in rows[:query.limit]]
    return AuditPage(items, str(items[-1]["id"]) if len(rows) > query.limit else None)


def audited_names(site: Site, actor: Actor) -> dict[str, bool]:
    """Every name that audit rows may bear, and whether the actor sees rows of it.

    Where he may read some records only, he sees none here: a record's own history is for that.
    """
    guards = {name: entity.guard for name, entity in site.registry.entities.items()}
    guards |= {each.guard: each.guard for each in site.registry.settings.values()}
    answers = {name: site.permissions.of(actor, guard, "read") for name, guard in guards.items()}
    return {name: answer.allowed and answer.where is None for name, answer in answers.items()}


def _readable(site: Site, actor: Actor) -> Iterator[Any]:
    names = audited_names(site, actor)
    if site.permissions.of(actor, "*", "read"):  # also what belongs to plugins that are gone
        if denied := [name for name, allowed in names.items() if not allowed]:
            yield AuditRecord.entity.not_in(denied)
    else:
        yield AuditRecord.entity.in_([name for name, allowed in names.items() if allowed])


def _asked(query: AuditQuery) -> Iterator[Any]:
    for name, text in query.texts.items():
        field: peewee.Field[Any] = getattr(AuditRecord, name)
        yield field == text if name in ("entity", "action") else field.startswith(text)
    for name, number in query.numbers.items():
        yield getattr(AuditRecord, name) == number
    if query.since is not None:
        yield AuditRecord.at >= query.since
    if query.until is not None:
        yield AuditRecord.at < query.until
    if query.before is not None:
        yield AuditRecord.id < query.before


def _item(site: Site, actor: Actor, row: AuditRecord) -> dict[str, Any]:
    return {"id": row.id, "at": f"{row.at.isoformat()}Z", "user": row.user, "actor": row.actor, "via": row.via,
            "entity": row.entity, "record": row.record, "key": row.key, "action": row.action,
            "changes": visible_changes(site, actor, row)}


def visible_changes(site: Site, actor: Actor, row: AuditRecord) -> dict[str, Any]:
    """What a row tells, without the columns that the actor may not see; of what no plugin knows, the names alone."""
    changes: dict[str, Any] = orjson.loads(row.changes)
    if row.entity.removeprefix("settings.") in site.registry.settings:
        return changes
    entity = site.registry.entities.get(row.entity)
    if entity is None:
        return {name: [None, None] for name in changes}
    visible = site.permissions.visible(actor, entity)
    return {name: pair for name, pair in changes.items()
            if name in visible or name.partition(".")[0] in entity.lines}


def heads_of(site: Site, actor: Actor, company: Company) -> list[Head]:
    """Where the company's chain and the shared one end, to be kept on another machine."""
    site.permissions.require(actor, AUDIT, "export")
    return [head for head in heads() if head.chain in _chains(actor, company)]


def _chains(actor: Actor, company: Company) -> list[int]:
    """What all companies share is not for whoever has his roles in one alone."""
    return [company.id] if actor.local and actor.local >= actor.roles else [SHARED, company.id]
