"""Running sums, kept in the transaction that changes them."""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from .database import Database
from .models import Row


class Tallies:
    """The deltas of one work, merged; written in the order of their keys, so that two works never deadlock."""

    def __init__(self, database: Database, *, sparse: Collection[type[Row]] = ()) -> None:
        self.database = database
        self.sparse = sparse
        self._deltas: dict[tuple[type[Row], tuple[str, ...]], dict[tuple[Any, ...], dict[str, int]]] = {}

    def add(self, model: type[Row], key: Mapping[str, object], deltas: Mapping[str, Decimal | int]) -> None:
        fields = model._meta.fields
        sums = self._deltas.setdefault((model, tuple(key)), {}).setdefault(tuple(key.values()), {})
        for name, delta in deltas.items():
            if delta:
                sums[name] = sums.get(name, 0) + fields[name].db_value(delta)
            else:
                sums.setdefault(name, 0)

    def write(self) -> None:
        mark = self.database.placeholder
        for (model, names), rows in sorted(self._deltas.items(), key=lambda item: item[0][0]._meta.table_name):
            fields, table = model._meta.fields, model._meta.table_name
            by_sums: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
            convert = [fields[name].db_value for name in names]
            for key, sums in sorted(rows.items()):
                if not any(sums.values()):
                    continue
                values = [each(value) for each, value in zip(convert, key, strict=True)]
                by_sums.setdefault(tuple(sums), []).append((*values, *sums.values()))
            for summed, lines in by_sums.items():
                columns = [fields[name].column_name for name in (*names, *summed)]
                quoted = [f'"{column}"' for column in columns]
                target = ", ".join(quoted[:len(names)])
                updates = ", ".join(f'{name} = "{table}".{name} + excluded.{name}' for name in quoted[len(names):])
                self.database.execute_many(
                    f'INSERT INTO "{table}" ({", ".join(quoted)}) VALUES ({", ".join([mark] * len(quoted))}) '
                    f"ON CONFLICT ({target}) DO UPDATE SET {updates}", lines)
                if model in self.sparse:
                    self._drop_nothing(table, columns[:len(names)], columns[len(names):], lines)
        self._deltas = {}

    def _drop_nothing(self, table: str, key: Sequence[str], sums: Sequence[str],
                      lines: Sequence[tuple[Any, ...]]) -> None:
        """Delete, of the rows that something was taken from, those that have nothing left."""
        taken = [line[:len(key)] for line in lines if any(amount < 0 for amount in line[len(key):])]
        if taken:
            where = [f'"{column}" = {self.database.placeholder}' for column in key] + [f'"{name}" = 0' for name in sums]
            self.database.execute_many(f'DELETE FROM "{table}" WHERE {" AND ".join(where)}', taken)
