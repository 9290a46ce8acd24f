"""Databases to measure on: a migrated one with a company, accounts, a journal, a fiscal year and a token."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from trastienda import Actor, Company, Site
from trastienda.cli.context import disconnect
from trastienda.settings import load_settings
from trastienda.storage.models import User
from trastienda.upgrade import upgrade
from trastienda_accounting import Account, FiscalYear, Journal

YEAR = 2025
ACCOUNTS = 100
FIRST_CODE = 1000
DAYS = 365
#: An entry of two postings a row, its day and accounts spread by numbers that have no factor in common with theirs.
_ENTRIES = f"""
    CREATE TEMP TABLE generated AS
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :entries)
    SELECT n, date('{YEAR}-01-01', '+' || (n * 7 % {DAYS}) || ' days') AS day, n * 3 % {ACCOUNTS} AS debtor,
           (n * 3 + 1) % {ACCOUNTS} AS creditor, 100 * (10000 + n * 7919 % 100000000) AS amount
    FROM numbers"""
_FILL = (
    """INSERT INTO accounting_posting (id, company_id, entry_id, date, account_id, debit, credit, description)
    SELECT 2 * n - 1, :company, n, day, :account + debtor, amount, 0, '' FROM generated UNION ALL
    SELECT 2 * n, :company, n, day, :account + creditor, 0, amount, '' FROM generated ORDER BY 1""",
    """INSERT INTO accounting_journal_entry
        (id, version, search_text, company_id, reference, date, journal_id, description, number, amount, state)
    SELECT n, 2, 'g' || n || ' generated', :company, 'G' || n, day, :journal, 'Generated', 'GEN/' || n, amount,
        'posted'
    FROM generated""",
    """INSERT INTO accounting_day_balance (company_id, account_id, date, debit, credit)
    SELECT company_id, account_id, date, sum(debit), sum(credit) FROM accounting_posting GROUP BY 1, 2, 3""",
    """INSERT INTO accounting_period_balance (company_id, account_id, period_id, debit, credit)
    SELECT b.company_id, b.account_id, p.id, sum(b.debit), sum(b.credit) FROM accounting_day_balance b
    JOIN accounting_period p ON p.company_id = b.company_id AND b.date BETWEEN p.starts_on AND p.ends_on
    GROUP BY 1, 2, 3""",
)
#: They are made again when the rows are there, which takes a fifth of the time.
_INDEXES = """
    SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
    AND tbl_name IN ('accounting_posting', 'accounting_journal_entry')"""


@dataclass(frozen=True)
class Books:
    """A SQLite database, or the one that `url` names; `token` is for reaching it over HTTP.

    What takes a connection of the standard library's is for SQLite alone.
    """

    path: Path
    token: str
    url: str = ""

    @property
    def database(self) -> str:
        """As TRASTIENDA_DATABASE takes it."""
        return self.url or f"sqlite:///{self.path}"

    @property
    def environment(self) -> dict[str, str]:
        """What makes a server or a command serve these books, with all plugins, from one worker."""
        return {
            "TRASTIENDA_DATABASE": self.database,
            "TRASTIENDA_DATA": str(self.path.parent),
            "TRASTIENDA_WORKERS": "1",
            "TRASTIENDA_LOG_LEVEL": "warning",
        }

    def site(self) -> Site:
        return Site.open(load_settings(self.environment))

    @contextmanager
    def raw(self) -> Iterator[sqlite3.Connection]:
        """A connection of the standard library's, in a transaction of the caller's own making."""
        connection = connect(self.path)
        try:
            yield connection
        finally:
            connection.close()

    def copy(self, name: str) -> Books:
        """The same books in a file of their own."""
        target = self.path.with_name(f"{name}.db")
        target.unlink(missing_ok=True)
        with self.raw() as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
        return Books(target, self.token)

    def fill(self, postings: int) -> None:
        """With posted entries and their balances, straight into the tables: no audit rows, no counter."""
        with self.raw() as connection:
            connection.execute("PRAGMA foreign_keys = 0")
            connection.execute("PRAGMA synchronous = off")
            connection.execute("PRAGMA cache_size = -400000")
            connection.execute(_ENTRIES, {"entries": postings // 2})
            indexes = connection.execute(_INDEXES).fetchall()
            given = {
                name: connection.execute(f"SELECT min(id) FROM {table}").fetchone()[0]
                for name, table in (
                    ("company", "core_company"),
                    ("account", "accounting_account"),
                    ("journal", "accounting_journal"),
                )
            }
            connection.execute("BEGIN")
            for name, _ in indexes:
                connection.execute(f'DROP INDEX "{name}"')
            for statement in _FILL:
                connection.execute(statement, given)
            for _, definition in indexes:
                connection.execute(definition)
            connection.execute("COMMIT")


def connect(path: Path) -> sqlite3.Connection:
    """With the settings that Trastienda's own connections have, durability first."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in (
        "journal_mode = wal",
        "synchronous = full",
        "foreign_keys = 1",
        "recursive_triggers = 1",
        "cache_size = -32000",
        "mmap_size = 268435456",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def make_books(path: Path, *, url: str = "") -> Books:
    """With no entries yet."""
    site = Books(path, token="", url=url).site()
    upgrade(site, report=lambda _: None)
    with site.active():
        Company.insert(code="BENCH", name="Bench").execute()
        company = site.company("BENCH")
        token = str(site.write(Actor.system("cli"), company, _fill))
    disconnect(site)
    return Books(path, token, url)


def _fill(work: Any) -> str:
    """The accounts' codes are 1000, 1001 and so on, the journal's GEN."""
    kinds = ("asset", "liability", "equity", "income", "expense")
    accounts = [
        Account(code=f"{FIRST_CODE + number}", name=f"Account {FIRST_CODE + number}", kind=kinds[number % len(kinds)])
        for number in range(ACCOUNTS)
    ]
    work.add_all([(account, ()) for account in accounts])
    work.add(Journal(code="GEN", name="General", kind="general"))
    first, last = date(YEAR, 1, 1), date(YEAR, 12, 31)
    work.add(FiscalYear(code=f"{YEAR}", name=f"{YEAR}", starts_on=first, ends_on=last))
    services = work.site.registry.services
    user: User = services["identity.add-user/1"](work, name="bench", password=None, roles=["admin"])
    return str(services["identity.add-token/1"](work, user=user, name="bench"))
