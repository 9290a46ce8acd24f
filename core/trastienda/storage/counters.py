"""Gapless numbers: a row a series, raised in the transaction that uses the number."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import peewee

from .database import Database
from .models import Company, Row


class Counter(Row):
    company = peewee.ForeignKeyField(Company, on_delete="CASCADE")
    series = peewee.CharField(120)
    value = peewee.BigIntegerField(default=0)

    class Meta:
        primary_key = peewee.CompositeKey("company", "series")


class Counters:
    """The numbers that one work takes; locks come in the order of the series' names."""

    def __init__(self, database: Database, company: int) -> None:
        self.database = database
        self.company = company
        self._asked: dict[str, list[Callable[[int], object]]] = {}

    def ask(self, series: str, give: Callable[[int], object]) -> None:
        self._asked.setdefault(series, []).append(give)

    def give(self) -> None:
        """Take what was asked for: each series once, by as many numbers as are wanted."""
        for series, waiting in sorted(self._asked.items()):
            last = self._raise_by(series, len(waiting))
            for number, give in enumerate(waiting, last - len(waiting) + 1):
                give(number)
        self._asked = {}

    def _raise_by(self, series: str, count: int) -> int:
        mark = self.database.placeholder
        cursor: Any = self.database.execute_sql(
            f'INSERT INTO "core_counter" ("company_id", "series", "value") VALUES ({mark}, {mark}, {mark}) '
            'ON CONFLICT ("company_id", "series") DO UPDATE SET "value" = "core_counter"."value" + excluded."value" '
            'RETURNING "value"', (self.company, series, count))
        return int(cursor.fetchone()[0])
