"""What a list is asked for: filters, order, page, columns; parsed strictly from a URL's parameters."""
from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl

import orjson
from marshmallow import ValidationError

from ..errors import BadQuery
from ..languages import gettext
from ..storage.fields import BIGINT_MAX
from .compiled import Column, CompiledEntity
from .groups import Grouping, parse_group, parse_totals
from .values import StrictInteger, input_field, within_limit

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site

#: Without the archived records, those alone, or all.
ARCHIVED = ("false", "true", "all")
LIMIT, MAX_LIMIT, EXPORT_PAGE = 50, 200, 2000
OPERATORS = ("eq", "ne", "lt", "lte", "gt", "gte", "in", "isnull", "contains", "startswith")
#: Conditions within conditions: a query string of its own, of which all must hold, or any.
NESTED = {"all": False, "any": True}
MOST_DEPTH, MOST_CONDITIONS = 3, 100
RESERVED = {*NESTED, "sort", "q", "limit", "cursor", "fields", "include", "expand", "count", "format", "group",
            "totals", "match", "archived"}


@dataclass(frozen=True)
class Path:
    """A column of the entity, or (with `hop`) a column of the record that one of its references names."""

    text: str
    column: Column
    hop: Column | None = None
    by_id: bool = False


@dataclass(frozen=True)
class Filter:
    path: Path
    operator: str
    value: Any


@dataclass(frozen=True)
class Nested:
    """Conditions that count as one."""

    parts: tuple[Condition, ...]
    any_of: bool


Condition: TypeAlias = "Filter | Nested"


@dataclass(frozen=True)
class Query:
    filters: tuple[Condition, ...] = ()
    sort: tuple[tuple[Path, bool], ...] = ()
    q: str = ""
    limit: int = LIMIT
    cursor: tuple[Any, ...] | None = None
    fields: tuple[str, ...] | None = None
    include: tuple[str, ...] = ()
    expand: bool = True
    count: bool = False
    group: Grouping | None = None
    totals: tuple[Column, ...] = ()
    any_of: bool = False
    archived: str = "all"


def parse_query(site: Site, actor: Actor, entity: CompiledEntity, parameters: Iterable[tuple[str, str]], *,
                ignore: Iterable[str] = ()) -> Query:
    """Raises BadQuery naming the parameter for whatever the list doesn't offer or the actor may not see."""
    given: dict[str, list[str]] = {}
    for name, text in parameters:
        if name not in ignore:
            given.setdefault(name, []).append(text)
    visible = site.permissions.visible(actor, entity)
    filters = tuple(_conditions(site, actor, entity, visible, given))
    if sum(1 for _ in leaves(filters)) > MOST_CONDITIONS:
        raise BadQuery("all", gettext("at most %(most)s conditions", most=MOST_CONDITIONS))
    single = {name: texts[-1] for name, texts in given.items() if name in RESERVED}
    sort = _sort(site, actor, entity, visible, single.get("sort", ""))
    group = parse_group(lambda name: resolve_path(site, actor, entity, visible, name, "group"),
                        single.get("group", ""))
    if group is not None:
        sort = _grouped(group.path, sort)
    return Query(
        filters=filters, sort=sort, q=_text("q", single.get("q", "")), limit=_limit(single.get("limit", "")),
        cursor=read_cursor(single["cursor"], sort) if single.get("cursor") else None,
        fields=_fields(visible, single.get("fields", "")), include=_include(entity, single.get("include", "")),
        expand=_choice("expand", single.get("expand", "labels"), ("labels", "none")) == "labels",
        count=_choice("count", single.get("count", "none"), ("none", "exact")) == "exact",
        group=group, totals=parse_totals(visible, single.get("totals", "")),
        any_of=_choice("match", single.get("match", "all"), ("all", "any")) == "any",
        archived=_archived(entity, filters, single.get("archived", "")))


def _archived(entity: CompiledEntity, filters: Iterable[Condition], text: str) -> str:
    """`false` unless it is asked for otherwise, by the parameter or by a filter on the column itself."""
    if entity.archive is None:
        if text:
            raise BadQuery("archived", gettext("%(records)s are never archived", records=gettext(entity.plural)))
        return "all"
    named = any(each.path.text == entity.archive.name for each in leaves(filters))
    return _choice("archived", text or ("all" if named else "false"), ARCHIVED)


def filled(query: Query, *values: Any) -> Query:
    """The query with these values in its first filters: one that was parsed once, for another record."""
    made = [replace(each, value=value) for each, value in zip(query.filters, values, strict=False)
            if isinstance(each, Filter)]
    return replace(query, filters=(*made, *query.filters[len(made):]))


def leaves(conditions: Iterable[Condition]) -> Iterator[Filter]:
    """The filters themselves, in the order of the address, however deep they lie."""
    for each in conditions:
        if isinstance(each, Nested):
            yield from leaves(each.parts)
        else:
            yield each


def _conditions(site: Site, actor: Actor, entity: CompiledEntity, visible: Mapping[str, Column],
                given: Mapping[str, Sequence[str]], depth: int = 0) -> Iterator[Condition]:
    for name, texts in given.items():
        if name in NESTED:
            for text in texts:
                parts = tuple(_conditions(site, actor, entity, visible, _within(name, text, depth), depth + 1))
                yield Nested(parts, NESTED[name])
        elif name not in RESERVED:
            yield from _filters(site, actor, entity, visible, name, texts)


def _within(name: str, text: str, depth: int) -> dict[str, list[str]]:
    """The conditions in one parameter, which is a query string of filters."""
    if depth == MOST_DEPTH:
        raise BadQuery(name, gettext("conditions lie at most %(most)s deep", most=MOST_DEPTH))
    given: dict[str, list[str]] = {}
    for inner, value in parse_qsl(text, keep_blank_values=True):
        if inner in RESERVED and inner not in NESTED:
            raise BadQuery(name, gettext("%(inner)r is no condition", inner=inner))
        given.setdefault(inner, []).append(value)
    if not given:
        raise BadQuery(name, gettext("there is no condition in it"))
    return given


def resolve_path(site: Site, actor: Actor, entity: CompiledEntity, visible: Mapping[str, Column], text: str,
                 parameter: str) -> Path:
    """`date`, `account` (its key), `account.id`, `account.kind`, `party.ext.fleet.plate`."""
    if text in visible:
        column = visible[text]
        return Path(text, column, by_id=column.kind == "ref" and not _shows_key(site, actor, column))
    steps = text.split(".")
    for place in range(1, len(steps)):
        hop = visible.get(".".join(steps[:place]))
        if hop is None or hop.kind != "ref":
            continue
        rest = ".".join(steps[place:])
        if rest == "id":
            return Path(text, hop, by_id=True)
        if (inner := beyond(site, actor, hop).get(rest)) is not None:
            return Path(text, inner, hop=hop, by_id=inner.kind == "ref")
    raise BadQuery(parameter, gettext("there is no field %(name)r here", name=text))


def beyond(site: Site, actor: Actor, hop: Column) -> Mapping[str, Column]:
    """The columns of what a reference names, as far as the actor may look through it."""
    target = site.registry.by_model.get(hop.target) if hop.target is not None else None
    if target is None:
        return {}
    permission = site.permissions.of(actor, target.guard, "read")
    if not permission.allowed or permission.where is not None:
        return {}
    return {name: column for name, column in site.permissions.visible(actor, target).items()
            if column.expression is None}


def _shows_key(site: Site, actor: Actor, column: Column) -> bool:
    """Whether the actor sees a reference's natural key; else it is compared by its id."""
    target = site.registry.by_model.get(column.target) if column.target is not None else None
    if target is None or target.key is None:
        return False
    permission = site.permissions.of(actor, target.guard, "read")
    return bool(permission) and permission.where is None


def _filters(site: Site, actor: Actor, entity: CompiledEntity, visible: Mapping[str, Column], name: str,
             texts: Sequence[str]) -> list[Filter]:
    text, mark, operator = name.rpartition("__")
    if not mark:
        text, operator = name, "eq"
    elif operator not in OPERATORS:
        raise BadQuery(name, gettext("there is no comparison %(name)r; there are: %(known)s",
                                     name=operator, known=", ".join(OPERATORS)))
    path = resolve_path(site, actor, entity, visible, text, name)
    if operator == "eq" and len(texts) > 1:
        return [Filter(path, "in", tuple(_value(name, path, each) for each in texts))]
    found = []
    for each in texts:
        if operator == "in":
            value: Any = tuple(_value(name, path, part) for part in each.split(","))
        elif operator == "isnull":
            value = _choice(name, each, ("true", "false")) == "true"
        elif operator in ("contains", "startswith"):
            if path.by_id or path.column.kind not in ("text", "longtext", "choice", "state", "ref"):
                raise BadQuery(name, gettext("only text can be searched in"))
            value = _text(name, each)
        else:
            value = _value(name, path, each)
        found.append(Filter(path, operator, value))
    return found


def _value(name: str, path: Path, text: str) -> Any:
    """A filter's value as the database compares it; a reference's is its key."""
    if path.by_id or path.column.kind == "id":
        field: Any = StrictInteger(validate=within_limit(BIGINT_MAX))
    elif path.column.kind == "ref":
        return _text(name, text)
    else:
        field = input_field(path.column)
    try:
        value = field.deserialize(text)
        convert: Any = path.column.field.db_value
        return convert(value) if path.column.scale else value
    except (ValidationError, ValueError) as error:
        messages = error.messages if isinstance(error, ValidationError) else [str(error)]
        raise BadQuery(name, gettext(str(messages[0] if isinstance(messages, list) else messages))) from error


def _sort(site: Site, actor: Actor, entity: CompiledEntity, visible: Mapping[str, Column],
          text: str) -> tuple[tuple[Path, bool], ...]:
    if not text:
        return tuple((resolve_path(site, actor, entity, visible, name, "sort"), descending)
                     for name, descending in entity.order if name in visible)
    wanted = [part for part in text.split(",") if part]
    if len(wanted) > 5:
        raise BadQuery("sort", gettext("at most five fields"))
    return tuple((resolve_path(site, actor, entity, visible, part.removeprefix("-"), "sort"), part.startswith("-"))
                 for part in wanted)


def _grouped(path: Path, sort: tuple[tuple[Path, bool], ...]) -> tuple[tuple[Path, bool], ...]:
    """The order in which a group's records stand together; its own direction where the order names it."""
    descending = next((each for known, each in sort if known.text == path.text), False)
    return ((path, descending), *(step for step in sort if step[0].text != path.text))


def _text(name: str, text: str) -> str:
    if len(text) > 500 or "\x00" in text or any(0xD800 <= ord(char) <= 0xDFFF for char in text):
        raise BadQuery(name, gettext("not a text to search for"))
    return text


def _limit(text: str) -> int:
    if not text:
        return LIMIT
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MAX_LIMIT:
        raise BadQuery("limit", gettext("a whole number from 1 to %(most)s", most=MAX_LIMIT))
    return int(text)


def _choice(name: str, text: str, options: tuple[str, ...]) -> str:
    if text not in options:
        raise BadQuery(name, gettext("one of %(options)s", options=", ".join(options)))
    return text


def _fields(visible: Mapping[str, Column], text: str) -> tuple[str, ...] | None:
    if not text:
        return None
    names = tuple(dict.fromkeys(text.split(",")))
    for name in names:
        if name not in visible and name != "version":
            raise BadQuery("fields", gettext("there is no field %(name)r here", name=name))
    return names


def _include(entity: CompiledEntity, text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(part for part in text.split(",") if part))
    for name in names:
        if name not in entity.lines:
            raise BadQuery("include", gettext("there are no %(name)r here", name=name))
    return names


def write_cursor(values: Sequence[Any], sort: Sequence[tuple[Path, bool]]) -> str:
    """Where a page ended: the values of its last row in the columns of the order, and its id."""
    text = orjson.dumps([_signature(sort), *values], default=str)
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def read_cursor(text: str, sort: Sequence[tuple[Path, bool]]) -> tuple[Any, ...]:
    try:
        signature, *values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (TypeError, ValueError, binascii.Error) as error:
        raise BadQuery("cursor", gettext("not a cursor of this list")) from error
    paths = [path for path, _ in sort]
    if signature != _signature(sort) or len(values) != len(paths) + 1 or not _is_bigint(values[-1]):
        raise BadQuery("cursor", gettext("the cursor belongs to another order"))
    for i, path in enumerate(paths):
        if values[i] is not None and not _fits(path, values[i]):
            raise BadQuery("cursor", gettext("not a cursor of this list"))
        if values[i] is not None and path.column.kind == "boolean":
            values[i] = bool(values[i])
    return tuple(values)


def _is_bigint(value: Any) -> bool:
    return type(value) is int and abs(value) <= BIGINT_MAX


def _fits(path: Path, value: Any) -> bool:
    if path.column.kind == "boolean":
        return value in (0, 1)
    if path.by_id or path.column.kind in ("id", "integer", "bigint", "money", "quantity", "rate"):
        return _is_bigint(value)
    if path.column.kind in ("date", "datetime"):
        try:
            input_field(path.column).deserialize(value if path.column.kind == "date" else f"{value}Z")
        except ValidationError:
            return False
    return isinstance(value, str) and "\x00" not in value


def _signature(sort: Sequence[tuple[Path, bool]]) -> str:
    return ",".join(f"{'-' if descending else ''}{path.text}" for path, descending in sort)
