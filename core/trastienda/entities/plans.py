"""SQL of the read path: one SELECT per list, compiled by peewee once per shape and then reused with new values."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import count
from operator import and_, or_
from typing import TYPE_CHECKING, Any

import peewee

from ..storage.folding import fold, folded
from ..storage.models import Row
from ..storage.rows import primary
from .compiled import Column, CompiledEntity, Ext
from .encode import Encoder, compile_encoder
from .query import Condition, Filter, Nested, Path, Query, leaves

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site


@dataclass(frozen=True, eq=False)
class Slot:
    """A place for a value that comes with each request."""

    name: str


@dataclass(frozen=True, eq=False)
class Plan:
    """A compiled SELECT: the text, its parameters (constants and slots), and what encodes a row.

    `computed` are the columns in it whose SQL is a plugin's own, with that plugin, extenders' first.
    """

    sql: str
    parameters: tuple[Any, ...]
    encode: Encoder
    tail: int
    id_at: int
    computed: tuple[tuple[str, str], ...] = ()

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        return [given[each.name] if isinstance(each, Slot) else each for each in self.parameters]


def slot(name: str) -> peewee.Value:
    return peewee.Value(Slot(name), converter=False, unpack=False)


class Planner:
    """One SELECT being put together: joins are made as columns ask for them."""

    def __init__(self, site: Site, actor: Actor, entity: CompiledEntity, *, model: type[Row] | None = None) -> None:
        self.site = site
        self.actor = actor
        self.entity = entity
        self.model = model or entity.model
        self._joins: dict[str, tuple[Any, Any]] = {}
        self._where: list[Any] = []
        self._selected: list[Any] = []
        self._computed: dict[str, str] = {}
        self.reusable = True

    @property
    def computed(self) -> tuple[tuple[str, str], ...]:
        """(plugin, column) of the computed columns that were asked for."""
        return tuple(sorted(((owner, name) for name, owner in self._computed.items()),
                            key=lambda each: each[0] == self.entity.plugin))

    @property
    def selected(self) -> Sequence[Any]:
        return self._selected

    # -- columns
    def expression(self, column: Column) -> Any:
        if column.extension is not None:
            self._join_extension(column.extension)
        if column.expression is None:
            return column.field
        self._computed[column.name] = self.entity.plugin if column.extension is None else column.extension.plugin
        return column.expression

    def _join_extension(self, extension: Ext) -> None:
        """Under its own name, which computed columns speak of: a record is the root of one query only."""
        self._joins[f"ext {extension.plugin}"] = (extension.model, extension.link == self.model._meta.primary_key)

    def joined(self, column: Column) -> Any:
        """The alias under which a reference's record is joined."""
        if column.name not in self._joins:
            assert column.target is not None
            alias = column.target.alias()
            identity = getattr(alias, primary(column.target).name)
            reached = self._reached(column.target)
            found = self.expression(column) == identity
            self._joins[column.name] = (alias, found if reached is None else found & identity.in_(reached))
        return self._joins[column.name][0]

    def _beyond(self, hop: Column, column: Column) -> Any:
        """The alias in which a column of a reference's record stands: the record's own, or its extension's."""
        record = self.joined(hop)
        if column.extension is None:
            return record
        name = f"{hop.name} ext {column.extension.plugin}"
        if name not in self._joins:
            alias = column.extension.model.alias()
            assert hop.target is not None
            link = getattr(alias, column.extension.link.name)
            self._joins[name] = (alias, link == getattr(record, primary(hop.target).name))
        return self._joins[name][0]

    def target_of(self, column: Column) -> CompiledEntity | None:
        """The entity that a reference shows, if the actor may see it."""
        target = self.site.registry.by_model.get(column.target) if column.target is not None else None
        if target is None or target.key is None:
            return None
        permission = self.site.permissions.of(self.actor, target.guard, "read")
        return target if permission and (permission.where is None or not target.declared.of) else None

    def _reached(self, model: type[Row]) -> Any:
        """The ids of a reference's records that the actor may see; None where he may see all. Then the plan is his
        alone."""
        target = self.site.registry.by_model.get(model)
        if target is None or target.declared.of:
            return None
        permission = self.site.permissions.of(self.actor, target.guard, "read")
        if permission.where is None:
            return None
        self.reusable = False
        return model.select(primary(model)).where(permission.where)

    def of_path(self, path: Path) -> Any:
        if path.hop is not None:
            return getattr(self._beyond(path.hop, path.column), path.column.field.name)
        if path.column.kind == "ref" and not path.by_id:
            target = self.target_of(path.column)
            if target is None or target.key is None:
                return self.expression(path.column)
            return getattr(self.joined(path.column), target.key.name)
        return self.expression(path.column)

    def select(self, columns: Mapping[str, Column], *, expand: bool, nested: bool = True) -> Encoder:
        """Select these columns, and make their encoder; not `nested`, an extension's are put out by their names."""
        placed, positions = [], {}
        for name, column in columns.items():
            positions[name] = len(self._selected)
            self._selected.append(self.expression(column))
            target = self.target_of(column) if expand and column.kind == "ref" else None
            if target is not None and target.key is not None:
                alias = self.joined(column)
                self._selected.append(getattr(alias, target.key.name))
                self._selected.append(getattr(alias, (target.title or target.key).name))
            placed.append((name, column, positions[name], target is not None))
        for column in columns.values():
            if column.currency and column.currency_path not in positions:
                positions[column.currency_path] = len(self._selected)
                source = column.extension.model if column.extension is not None else self.model
                self._selected.append(source._meta.fields[column.currency])
        shown = {column.extension: None for column in columns.values() if column.extension is not None and nested}
        return compile_encoder(placed, positions, {each.plugin: self.add(each.link) for each in shown})

    def add(self, *expressions: Any) -> int:
        """Select more after the columns; where the first of them stands."""
        start = len(self._selected)
        self._selected += expressions
        return start

    # -- rows
    def where(self, *conditions: Any) -> None:
        self._where += conditions

    def restrict(self, verb: str = "read") -> None:
        """To the company and to what the actor may read; the plan is not `reusable` when it is his alone."""
        if "company" in self.model._meta.fields:
            self.where(self.model._meta.fields["company"] == slot("company"))
        permission = self.site.permissions.require(self.actor, self.entity.guard, verb)
        if permission.where is None:
            return
        self.reusable = False
        if self.entity.declared.of:
            parent = self.site.registry.entities[self.entity.guard]
            link = next(lines.parent for lines in parent.lines.values() if lines.model is self.model)
            key = parent.model._meta.primary_key
            self.where(link.in_(parent.model.select(key).where(permission.where)))
        else:
            self.where(permission.where)

    def key_of(self, path: Path) -> tuple[Any, Any] | None:
        """The id and the key of the records that a reference names, where that is what the path compares."""
        if path.column.kind != "ref" or path.hop is not None or path.by_id:
            return None
        target = self.target_of(path.column)
        return None if target is None or target.key is None else (primary(target.model), target.key.field)

    def filters(self, query: Query) -> None:
        """What the query leaves; of several filters all must hold, or any of them."""
        if query.filters:
            self.where(self._combined(query.filters, count(), any_of=query.any_of))
        if self.entity.archive is not None and query.archived != "all":
            self.where(self.entity.archive.field.in_([query.archived == "false"]))
        if query.q:
            self.search()

    def _combined(self, conditions: Sequence[Condition], numbers: Iterator[int], *, any_of: bool) -> Any:
        made = [self._combined(each.parts, numbers, any_of=each.any_of) if isinstance(each, Nested)
                else self._condition(each, f"f{next(numbers)}") for each in conditions]
        return reduce(or_ if any_of else and_, made)

    def _condition(self, each: Filter, name: str) -> Any:
        value = slot(name)
        if each.operator == "eq" and each.value is not None and (found := self.key_of(each.path)) is not None:
            # The id as a constant lets an index that begins with the reference give the order too.
            identity, key = found
            query = identity.model.select(identity).where(key == value)
            if "company" in identity.model._meta.fields:
                query = query.where(identity.model._meta.fields["company"] == slot("company"))
            if (reached := self._reached(identity.model)) is not None:
                query = query.where(identity.in_(reached))
            return self.expression(each.path.column) == query
        column = self.of_path(each.path)
        match each.operator:
            case "eq":
                return column == value if each.value is not None else column.is_null()
            case "ne":
                return (column != value) | column.is_null()
            case "in":
                values = [slot(f"{name}.{i}") for i in range(len(each.value))]
                return peewee.Expression(column, peewee.OP.IN, peewee.EnclosedNodeList(values))
            case "isnull":
                own = self.expression(each.path.column) if each.path.hop is None else column
                return own.is_null(each.value)
            case "contains" | "startswith":
                return self._like(column, value)
            case operator:
                op = {"lt": peewee.OP.LT, "lte": peewee.OP.LTE, "gt": peewee.OP.GT, "gte": peewee.OP.GTE}[operator]
                return peewee.Expression(column, op, value)

    def _like(self, column: Any, value: Any) -> Any:
        return _like(folded(column, self.site.database.dialect), value)

    def search(self) -> None:
        """A text search in the folded column, or in the searched columns of a model that has none."""
        fields, declared = self.model._meta.fields, self.entity.declared.search
        found = [_like(fields["search_text"], slot("q"))] if declared and "search_text" in fields else \
            [self._like(each, slot("q")) for each in declared]
        found += [self._like(self.expression(column), slot("q")) for column in self.entity.searched
                  if self.site.permissions.may_see(self.actor, self.entity, column)]
        self.where(reduce(or_, found) if found else peewee.SQL("1 = 0"))

    def compile(self, *, order: Sequence[Any] = (), by: Sequence[Any] = (),
                limit: bool = False) -> tuple[str, tuple[Any, ...]]:
        query = self.model.select(*self._selected)
        for alias, on in self._joins.values():
            query = query.join_from(self.model, alias, peewee.JOIN.LEFT_OUTER, on=on)
        if self._where:
            query = query.where(reduce(and_, self._where))
        if by:
            query = query.group_by(*by)
        if order:
            query = query.order_by(*order)
        sql, parameters = query.sql()
        if limit:
            sql += f" LIMIT {self.site.database.placeholder}"
            parameters = [*parameters, Slot("limit")]
        return sql, tuple(parameters)

    # -- order
    def order(self, sort: Sequence[tuple[Path, bool]], cursor: Sequence[Any] | None) -> tuple[list[Any], int]:
        """Order terms and the position of the cursor's values; nulls come last. With a cursor, only what follows it."""
        terms: list[Any] = []
        steps: list[tuple[Any, bool, bool]] = []
        for path, descending in sort:
            column = self.of_path(path)
            null = path.hop is not None or path.column.field.null or path.column.kind == "ref" \
                or path.column.expression is not None or path.column.extension is not None
            if null:
                terms.append(column.is_null().asc() if hasattr(column.is_null(), "asc") else column.is_null())
            terms.append(column.desc() if descending else column.asc())
            steps.append((column, descending, null))
        key: Any = primary(self.model)
        last = bool(sort) and sort[-1][1]
        if not any(column is key for column, _, _ in steps):
            terms.append(key.desc() if last else key.asc())
        steps.append((key, last, False))
        tail = self.add(*(column for column, _, _ in steps))
        if cursor is not None:
            self.where(self._after(steps, cursor))
        return terms, tail

    def _after(self, steps: Sequence[tuple[Any, bool, bool]], cursor: Sequence[Any]) -> Any:
        values = [slot(f"cursor.{i}") for i in range(len(steps))]
        if len({descending for _, descending, _ in steps}) == 1 and not any(null for _, _, null in steps):
            operator = peewee.OP.LT if steps[0][1] else peewee.OP.GT
            left = peewee.EnclosedNodeList([column for column, _, _ in steps])
            return peewee.Expression(left, operator, peewee.EnclosedNodeList(values))
        choices: list[Any] = []
        equal: list[Any] = []
        for (column, descending, null), value, known in zip(steps, values, cursor, strict=True):
            if known is not None:
                beyond = peewee.Expression(column, peewee.OP.LT if descending else peewee.OP.GT, value)
                choices.append(reduce(and_, [*equal, (beyond | column.is_null()) if null else beyond]))
            equal.append(column == value if known is not None else column.is_null())
        return reduce(or_, choices)


def _like(column: Any, value: Any) -> Any:
    return peewee.Expression(column, peewee.OP.ILIKE, peewee.NodeList((value, peewee.SQL("ESCAPE '!'"))))


def like_pattern(text: str, *, operator: str) -> str:
    """A LIKE pattern that takes the text literally, without regard to accents and case."""
    text = fold(text)
    for special in ("!", "%", "_"):
        text = text.replace(special, "!" + special)
    return f"{text}%" if operator == "startswith" else f"%{text}%"


def slots_of(query: Query) -> dict[str, Any]:
    """The values of a query's slots, but for the company."""
    given: dict[str, Any] = {"limit": query.limit + 1}
    for i, each in enumerate(leaves(query.filters)):
        if each.operator == "in":
            given.update({f"f{i}.{j}": value for j, value in enumerate(each.value)})
        elif each.operator in ("contains", "startswith"):
            given[f"f{i}"] = like_pattern(each.value, operator=each.operator)
        else:
            given[f"f{i}"] = each.value
    if query.q:
        given["q"] = like_pattern(query.q, operator="contains")
    for i, value in enumerate(query.cursor or ()):
        given[f"cursor.{i}"] = value
    return given


def shape_of(query: Query) -> tuple[Any, ...]:
    """What of a query decides its SQL."""
    return (*reach_of(query), tuple((path.text, descending) for path, descending in query.sort), query.fields,
            query.expand, None if query.cursor is None else tuple(value is None for value in query.cursor))


def reach_of(query: Query) -> tuple[Any, ...]:
    """What of a query decides which records it reaches, on whatever page."""
    return _reach(query.filters), query.any_of, query.archived, bool(query.q)


def _reach(conditions: Sequence[Condition]) -> tuple[Any, ...]:
    return tuple(
        (each.any_of, _reach(each.parts)) if isinstance(each, Nested) else
        (each.path.text, each.operator, len(each.value) if each.operator == "in" else each.value
         if each.operator == "isnull" else each.value is None) for each in conditions)
