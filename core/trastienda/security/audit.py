"""The audit chain: every change of every entity is a row, every transaction a seal that chains its rows.

A row's digest covers salted hashes of its values, so a value can be erased where the law demands it (GDPR,
article 17) and the chain still verifies. Digests are BLAKE2b, 32 bytes, as hex.
"""
from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import orjson
import peewee

from ..storage.database import Database
from ..storage.models import Row
from ..storage.rows import tuples

SALT = 16
HASH = 16
#: Separates the company's own chain from the chain of what all companies share.
SHARED = 0


class AuditRecord(Row):
    """One change of one record. `changes` maps a field to `[before, after]`, or to `{"erased": hash}`."""

    id = peewee.BigAutoField()
    batch = peewee.CharField(32, index=True, help_text="The transaction; its seal bears the same")
    chain = peewee.BigIntegerField(help_text="The company's id, 0 for what all companies share")
    at = peewee.DateTimeField()
    user = peewee.BigIntegerField(null=True)
    actor = peewee.CharField(120)
    via = peewee.CharField(200)
    entity = peewee.CharField(80)
    record = peewee.BigIntegerField()
    key = peewee.CharField(200, null=True)
    action = peewee.CharField(40)
    changes = peewee.TextField()
    salts = peewee.BlobField()
    digest = peewee.CharField(64)

    class Meta:
        indexes = ((("entity", "record", "id"), False), (("chain", "id"), False))


class AuditSeal(Row):
    """One transaction's rows, chained to the transaction before it."""

    id = peewee.BigAutoField()
    chain = peewee.BigIntegerField()
    number = peewee.BigIntegerField()
    batch = peewee.CharField(32)
    at = peewee.DateTimeField()
    rows = peewee.IntegerField()
    content = peewee.CharField(64, help_text="Digest of the digests of the rows, in order")
    digest = peewee.CharField(64)

    class Meta:
        indexes = ((("chain", "number"), True), (("batch", "chain"), True))


def plain(value: Any) -> Any:
    """A stored value as the audit writes it: text for decimals, ISO for dates, JSON's own otherwise."""
    if isinstance(value, Decimal):
        return format(value.normalize() if value else Decimal(0), "f")
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value


_FIELDS = (AuditRecord.batch, AuditRecord.chain, AuditRecord.at, AuditRecord.user, AuditRecord.actor, AuditRecord.via,
           AuditRecord.entity, AuditRecord.record, AuditRecord.key, AuditRecord.action, AuditRecord.changes,
           AuditRecord.salts, AuditRecord.digest)
_COLUMNS = tuple(field.column_name for field in _FIELDS)
_SEAL = ("chain", "number", "batch", "at", "rows", "content", "digest")
_LAST = "SELECT number, digest FROM core_audit_seal WHERE chain = ? ORDER BY number DESC LIMIT 1"


@dataclass(frozen=True)
class Head:
    """Where a chain ends: enough for another machine to notice that its tail was cut."""

    chain: int
    number: int
    digest: str
    at: str


class AuditLog:
    """The rows of one transaction, gathered while it runs and sealed as the last thing before its commit."""

    def __init__(self, *, user: int | None, actor: str, via: str, at: datetime) -> None:
        self.batch = os.urandom(16).hex()
        self.at = at.replace(tzinfo=None, microsecond=0)
        self._who = (user, actor, via)
        self._pending: list[tuple[Any, ...]] = []
        self._sealing: dict[int, tuple[Any, list[int]]] = {}

    def record(self, *, chain: int, entity: str, record: int, key: str | None, action: str,
               changes: Mapping[str, Sequence[Any]]) -> None:
        """Note one record's change; the values are `[before, after]` as `plain` gives them."""
        pairs = [(name, orjson.dumps(pair, default=plain)) for name, pair in changes.items()]
        salts = os.urandom(SALT * len(pairs))
        head = (self.batch, chain, self.at, *self._who, entity, record, key, action)
        digest = row_digest(head, [(name, value_hash(text, salts[i * SALT:(i + 1) * SALT]))
                                   for i, (name, text) in enumerate(pairs)])
        text = "{" + ",".join(f"{orjson.dumps(name).decode()}:{value.decode()}" for name, value in pairs) + "}"
        self._pending.append((*head, text, salts, digest))
        content, count = self._sealing.setdefault(chain, (blake2b(digest_size=32), [0]))
        content.update(digest.encode())
        count[0] += 1

    def write(self, database: Database) -> None:
        """Insert the rows gathered so far; the seal comes later."""
        if self._pending:
            database.insert_rows(AuditRecord._meta.table_name, _COLUMNS, self._pending)
            self._pending = []

    def seal(self, database: Database) -> None:
        """Chain what was written, company by company: the last lock that the transaction takes."""
        self.write(database)
        for chain, (hashed, (rows,)) in sorted(self._sealing.items(), key=lambda item: item[0]):
            database.serialize(f"trastienda audit {chain}")
            last = database.execute_sql(_LAST.replace("?", database.placeholder), (chain,)).fetchone()
            number, previous = (last[0] + 1, last[1]) if last else (1, "")
            content = hashed.hexdigest()
            digest = seal_digest(previous, chain, number, self.batch, self.at, rows, content)
            database.insert_rows(AuditSeal._meta.table_name, _SEAL, [
                (chain, number, self.batch, self.at, rows, content, digest)])


def value_hash(text: bytes, salt: bytes) -> str:
    """The salted hash of one field's `[before, after]`."""
    return blake2b(text, key=salt, digest_size=HASH).hexdigest()


def row_digest(head: tuple[Any, ...], values: Sequence[tuple[str, str]]) -> str:
    return blake2b(orjson.dumps([*head, values], default=plain), digest_size=32).hexdigest()


def seal_digest(previous: str, chain: int, number: int, batch: str, at: datetime, rows: int, content: str) -> str:
    return blake2b(orjson.dumps([previous, chain, number, batch, at, rows, content]), digest_size=32).hexdigest()


@dataclass(frozen=True)
class Broken:
    """The first thing of a chain that is not as it was sealed."""

    chain: int
    seal: int
    record: int | None
    what: str


def verify(database: Database, *, heads: Sequence[Head] = ()) -> tuple[int, int, list[Broken]]:
    """Recompute every digest: how many rows were checked, how many values are erased, what is broken (the first
    of each chain). With exported `heads`, also that no chain is shorter than it was."""
    checked = erased = 0
    broken: list[Broken] = []
    for (chain,) in tuples(AuditSeal.select(AuditSeal.chain).distinct().order_by(AuditSeal.chain)):
        fault, rows, gone = _verify_chain(chain)
        checked, erased = checked + rows, erased + gone
        if fault:
            broken.append(fault)
    unsealed = (AuditRecord.select(AuditRecord.chain, AuditRecord.id)
                .where(~peewee.fn.EXISTS(AuditSeal.select(peewee.SQL("1")).where(
                    AuditSeal.batch == AuditRecord.batch, AuditSeal.chain == AuditRecord.chain)))
                .order_by(AuditRecord.id).limit(1))
    broken += [Broken(chain, 0, record, "the row belongs to no sealed transaction")
               for chain, record in tuples(unsealed)]
    for head in heads:
        seal = AuditSeal.get_or_none(AuditSeal.chain == head.chain, AuditSeal.number == head.number)
        if seal is None or seal.digest != head.digest:
            broken.append(Broken(head.chain, head.number, None, "the chain no longer contains the exported head"))
    return checked, erased, broken


def _verify_chain(chain: int) -> tuple[Broken | None, int, int]:
    previous, expected, checked, erased = "", 1, 0, 0
    seals = AuditSeal.select().where(AuditSeal.chain == chain).order_by(AuditSeal.number)
    for seal in seals.iterator():
        if seal.number != expected:
            return Broken(chain, expected, None, "the transaction's seal is missing"), checked, erased
        digests = []
        for row in AuditRecord.select().where(
                AuditRecord.batch == seal.batch, AuditRecord.chain == chain).order_by(AuditRecord.id):
            digest, gone = recompute(row)
            if digest != row.digest:
                return Broken(chain, seal.number, row.id, "the row was changed"), checked, erased
            digests.append(digest)
            checked, erased = checked + 1, erased + gone
        content = blake2b("".join(digests).encode(), digest_size=32).hexdigest()
        if content != seal.content or len(digests) != seal.rows:
            return Broken(chain, seal.number, None, "rows were deleted, inserted or swapped"), checked, erased
        digest = seal_digest(previous, chain, seal.number, seal.batch, seal.at, seal.rows, seal.content)
        if digest != seal.digest:
            return Broken(chain, seal.number, None, "the seal was changed"), checked, erased
        previous, expected = digest, expected + 1
    return None, checked, erased


def recompute(row: AuditRecord) -> tuple[str, int]:
    """A row's digest from what is stored, and how many of its values are erased."""
    hashes, gone = [], 0
    salts = bytes(row.salts)
    try:
        changes = orjson.loads(row.changes)
        for i, (name, pair) in enumerate(changes.items()):
            if isinstance(pair, dict):
                gone += 1
                hashes.append((name, str(pair["erased"])))
            else:
                hashes.append((name, value_hash(orjson.dumps(pair), salts[i * SALT:(i + 1) * SALT])))
    except (orjson.JSONDecodeError, KeyError, AttributeError):
        return "", 0
    head = (row.batch, row.chain, row.at, row.user, row.actor, row.via, row.entity, row.record, row.key, row.action)
    return row_digest(head, hashes), gone


def heads() -> Iterator[Head]:
    """The end of every chain."""
    last = AuditSeal.select(AuditSeal.chain, peewee.fn.MAX(AuditSeal.number)).group_by(AuditSeal.chain)
    for chain, number in tuples(last.order_by(AuditSeal.chain)):
        seal = AuditSeal.get(AuditSeal.chain == chain, AuditSeal.number == number)
        yield Head(chain, number, seal.digest, seal.at.isoformat())
