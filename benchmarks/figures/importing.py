"""Importing entries from a CSV file, against raw executemany of the very same rows, audit included."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..bench import Bench
from ..books import ACCOUNTS, FIRST_CODE, YEAR, Books
from ..http import TRASTIENDA, surroundings
from ..machine import memory
from ..measuring import Measured, seconds, summary

ENTRIES = 100_000
#: Within four times the time of executemany.
LEAST = 0.25
#: Caches are full long before half of the file: what grows from there on would grow for ever.
LEAST_BOUNDED = 0.8
POLL_SECONDS = 0.01
#: What an import writes to, entries first.
TABLES = (
    "accounting_journal_entry",
    "accounting_posting",
    "accounting_day_balance",
    "accounting_period_balance",
    "core_counter",
    "core_audit_record",
    "core_audit_seal",
)


@dataclass(frozen=True)
class Rows:
    """What the import added to one table."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


def measure(bench: Bench) -> list[Measured]:
    empty = bench.books("importing")
    many, few = bench.rows(ENTRIES), bench.rows(ENTRIES) // 2
    files = {count: write_file(bench.folder / f"{count}.csv", count) for count in (many, few)}
    found = []
    for name, options in (("drafts", []), ("posted", ["--post"])):
        case = f"{many:,} entries, {name}"
        bench.tell(case)
        theirs, own, memory, memory_of_few = [], [], [], []
        for _ in range(max(bench.rounds // 4, 2)):
            imported = empty.copy("imported")
            taken, size = run_import(imported, files[many], options)
            own.append(taken)
            memory.append(size)
            theirs.append(insert_raw(empty.copy("raw"), added(imported, empty)))
            memory_of_few.append(run_import(empty.copy("few"), files[few], options)[1])
        found.append(summary("importing", case, baseline=theirs, ours=own, unit="s", least=LEAST))
        case = f"peak memory, {few:,} against {many:,} entries, {name}"
        found.append(summary("importing", case, baseline=memory_of_few, ours=memory, unit="MB", least=LEAST_BOUNDED))
    return found


def write_file(path: Path, entries: int) -> Path:
    """A row a posting, two postings an entry."""
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["reference", "date", "journal", "description", "account", "debit", "credit"])
        for number in range(1, entries + 1):
            day = f"{YEAR}-{number % 12 + 1:02}-{number % 28 + 1:02}"
            amount = f"{100 + number * 7919 % 100000}.25"
            first, second = (FIRST_CODE + (number * 3 + line) % ACCOUNTS for line in (0, 1))
            head = [f"B{number}", day, "GEN", f"Invoice {number}"]
            out.writerow([*head, first, amount, ""])
            out.writerow([*head, second, "", amount])
    return path


def run_import(books: Books, file: Path, options: Sequence[str]) -> tuple[float, float]:
    """Seconds from the start of `trastienda import` to its end, and the most megabytes of its own."""
    command = [sys.executable, TRASTIENDA, "import", "accounting.entry", str(file), *options]
    start, most = time.perf_counter(), 0.0
    with subprocess.Popen(command, env=surroundings(books.environment), stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, memory(process.pid, "RssAnon"))
            time.sleep(POLL_SECONDS)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - start, most


def added(books: Books, before: Books) -> list[Rows]:
    """All rows that the import wrote."""
    with books.raw() as connection:
        connection.execute("ATTACH ? AS earlier", (str(before.path),))
        found = []
        for table in TABLES:
            cursor = connection.execute(
                f"SELECT * FROM main.{table} WHERE rowid > (SELECT ifnull(max(rowid), 0) FROM earlier.{table})"
            )
            columns = tuple(column[0] for column in cursor.description)
            found.append(Rows(table, columns, cursor.fetchall()))
        return found


def insert_raw(books: Books, found: Sequence[Rows]) -> float:
    """Seconds of executemany, with one commit, into the same schema with the same durability.

    The schema lets nobody add postings to a posted entry: here too entries are inserted as drafts, and updated
    when their postings are there.
    """
    entries, *others = found
    at = entries.columns.index("state")
    drafts = [(*row[:at], "draft", *row[at + 1 :]) for row in entries.rows]
    states = [(row[at], row[entries.columns.index("id")]) for row in entries.rows if row[at] != "draft"]
    with books.raw() as connection:

        def insert() -> None:
            connection.execute("BEGIN IMMEDIATE")
            for each in (Rows(entries.table, entries.columns, drafts), *others):
                names = ", ".join(f'"{name}"' for name in each.columns)
                marks = ", ".join("?" * len(each.columns))
                connection.executemany(f"INSERT INTO {each.table} ({names}) VALUES ({marks})", each.rows)
            connection.executemany(f"UPDATE {entries.table} SET state = ? WHERE id = ?", states)
            connection.execute("COMMIT")

        return seconds(insert)
