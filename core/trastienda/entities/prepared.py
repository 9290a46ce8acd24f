"""A query composed once and run with other values each time: for what stands on a page that is opened all day."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..storage.rows import conversion_of
from .plans import Slot, slot

if TYPE_CHECKING:
    from ..work import Work

Convert = Callable[[Any], tuple[Any, ...]]


class Prepared:
    """`Prepared(lambda company, part: Part.select(...).where(Part.company == company, Part.id == part))`.

    Composing a query costs more than a short one takes to run. The function is called once for each database, with
    places for its parameters, the first of which is the company's id; `work.rows(QUERY, part=12)` fills them in. It
    can hold no condition that depends on a value: a list of ids has no place of its own.
    """

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._names = tuple(inspect.signature(make).parameters)
        if self._names[:1] != ("company",):
            raise TypeError("the first parameter of a prepared query is the company")
        self._composed: dict[str, tuple[str, tuple[Any, ...], Any]] = {}
        self._conversions: dict[str, Convert | None] = {}

    def run(self, work: Work, given: dict[str, object]) -> Iterator[tuple[Any, ...]]:
        """The rows; raises TypeError for parameters that are not the function's."""
        if set(given) != set(self._names[1:]):
            raise TypeError(f"the query wants {', '.join(self._names[1:]) or 'nothing'}")
        database = work.site.database
        if database.dialect not in self._composed:
            query = self._make(*map(slot, self._names)).tuples().bind(database)
            self._composed[database.dialect] = (*query.sql(), query)
        sql, parameters, query = self._composed[database.dialect]
        values = {"company": work.company.id, **given}
        cursor = database.execute_sql(sql, [values[each.name] if isinstance(each, Slot) else each
                                            for each in parameters])
        if database.dialect not in self._conversions:
            self._conversions[database.dialect] = conversion_of(query._get_cursor_wrapper(cursor))
        convert = self._conversions[database.dialect]
        return iter(cursor) if convert is None else map(convert, cursor)
