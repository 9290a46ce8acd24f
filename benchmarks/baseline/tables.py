"""The tables of the books as plain peewee models, amounts as the scaled integers that are stored."""

import os
from contextlib import AbstractContextManager

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    CompositeKey,
    DateTimeField,
    IntegerField,
    Model,
    PostgresqlDatabase,
    SqliteDatabase,
)

SQLITE = "sqlite:///"
URL = os.environ["BENCH_DATABASE"]
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "cache_size": -32000,
    "mmap_size": 268435456,
}
database = (
    SqliteDatabase(URL.removeprefix(SQLITE), timeout=20, check_same_thread=False, pragmas=PRAGMAS)
    if URL.startswith(SQLITE)
    else PostgresqlDatabase(URL, prefer_psycopg3=True)
)


def transaction() -> AbstractContextManager[object]:
    """One that writes: SQLite's lock is taken at its start, lest two of them wait for each other."""
    return database.atomic("IMMEDIATE") if URL.startswith(SQLITE) else database.atomic()


class Table(Model):
    class Meta:
        database = database


class Token(Table):
    digest = CharField()
    user_id = BigIntegerField()
    revoked = BooleanField()

    class Meta:
        table_name = "identity_token"


class Account(Table):
    id = AutoField()
    company_id = BigIntegerField()
    code = CharField()

    class Meta:
        table_name = "accounting_account"


class Journal(Table):
    id = AutoField()
    company_id = BigIntegerField()
    code = CharField()

    class Meta:
        table_name = "accounting_journal"


class Period(Table):
    id = AutoField()
    company_id = BigIntegerField()
    fiscal_year_id = BigIntegerField()
    starts_on = CharField()
    ends_on = CharField()

    class Meta:
        table_name = "accounting_period"


class Entry(Table):
    id = AutoField()
    company_id = BigIntegerField()
    version = IntegerField()
    search_text = CharField()
    reference = CharField()
    date = CharField()
    journal_id = BigIntegerField()
    description = CharField()
    number = CharField(null=True)
    amount = BigIntegerField()
    state = CharField()

    class Meta:
        table_name = "accounting_journal_entry"


class Posting(Table):
    company_id = BigIntegerField()
    entry_id = BigIntegerField()
    date = CharField()
    account_id = BigIntegerField()
    debit = BigIntegerField()
    credit = BigIntegerField()
    description = CharField()

    class Meta:
        table_name = "accounting_posting"


class DayBalance(Table):
    company_id = BigIntegerField()
    account_id = BigIntegerField()
    date = CharField()
    debit = BigIntegerField()
    credit = BigIntegerField()

    class Meta:
        table_name = "accounting_day_balance"
        primary_key = CompositeKey("company_id", "account_id", "date")


class PeriodBalance(Table):
    company_id = BigIntegerField()
    account_id = BigIntegerField()
    period_id = BigIntegerField()
    debit = BigIntegerField()
    credit = BigIntegerField()

    class Meta:
        table_name = "accounting_period_balance"
        primary_key = CompositeKey("company_id", "account_id", "period_id")


class Counter(Table):
    company_id = BigIntegerField()
    series = CharField()
    value = BigIntegerField()

    class Meta:
        table_name = "core_counter"
        primary_key = CompositeKey("company_id", "series")


class AuditRecord(Table):
    batch = CharField()
    chain = BigIntegerField()
    at = DateTimeField()
    user = BigIntegerField()
    actor = CharField()
    via = CharField()
    entity = CharField()
    record = BigIntegerField()
    key = CharField(null=True)
    action = CharField()
    changes = CharField()
    salts = BlobField()
    digest = CharField()

    class Meta:
        table_name = "core_audit_record"


class AuditSeal(Table):
    chain = BigIntegerField()
    number = BigIntegerField()
    batch = CharField()
    at = DateTimeField()
    rows = IntegerField()
    content = CharField()
    digest = CharField()

    class Meta:
        table_name = "core_audit_seal"
