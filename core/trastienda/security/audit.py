"""The audit chain: every change of every entity is a row, every transaction a seal that chains its rows.

A row's digest covers salted hashes of its values, so a value can be erased where the law demands it (GDPR,
article 17) and the chain still verifies. Digests are BLAKE2b, 32 bytes, as hex.
"""
from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    content = peewee.CharField(64, help_text="Digest of the last row, which rests on those of the rows before it")
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
        self._sealing: dict[int, tuple[str, int]] = {}

    def record(self, *, chain: int, entity: str, record: int, key: str | None, action: str,
               changes: Mapping[str, Sequence[Any]]) -> None:
        """Note one record's change; the values are `[before, after]` as `plain` gives them."""
        pairs = [(name, orjson.dumps(pair, default=plain)) for name, pair in changes.items()]
        salts = os.urandom(SALT * len(pairs))
        head = (self.batch, chain, self.at, *self._who, entity, record, key, action)
        previous, count = self._sealing.get(chain, ("", 0))
        digest = row_digest(previous, head, [(name, value_hash(text, salts[i * SALT:(i + 1) * SALT]))
                                             for i, (name, text) in enumerate(pairs)])
        self._pending.append((*head, changes_text(pairs), salts, digest))
        self._sealing[chain] = digest, count + 1

    def write(self, database: Database) -> None:
        """Insert the rows gathered so far; the seal comes later."""
        if self._pending:
            database.insert_rows(AuditRecord._meta.table_name, _COLUMNS, self._pending)
            self._pending = []

    def seal(self, database: Database) -> None:
        """Chain what was written, company by company: the last lock that the transaction takes."""
        self.write(database)
        for chain, (content, rows) in sorted(self._sealing.items()):
            database.serialize(f"trastienda audit {chain}")
            last = database.execute_sql(_LAST.replace("?", database.placeholder), (chain,)).fetchone()
            number, previous = (last[0] + 1, last[1]) if last else (1, "")
            digest = seal_digest(previous, chain, number, self.batch, self.at, rows, content)
            database.insert_rows(AuditSeal._meta.table_name, _SEAL, [
                (chain, number, self.batch, self.at, rows, content, digest)])


def value_hash(text: bytes, salt: bytes) -> str:
    """The salted hash of one field's `[before, after]`."""
    return blake2b(text, key=salt, digest_size=HASH).hexdigest()


def changes_text(pairs: Iterable[tuple[str, bytes]]) -> str:
    """How a row's changes stand in its column; nothing else counts as the same."""
    return "{" + ",".join(f"{orjson.dumps(name).decode()}:{value.decode()}" for name, value in pairs) + "}"


def row_digest(previous: str, head: tuple[Any, ...], values: Sequence[tuple[str, str]]) -> str:
    """`previous` is the digest of the transaction's row before it, so that the first odd row is found."""
    return blake2b(orjson.dumps([previous, *head, values], default=plain), digest_size=32).hexdigest()


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
        last, count = "", 0
        for row in AuditRecord.select().where(
                AuditRecord.batch == seal.batch, AuditRecord.chain == chain).order_by(AuditRecord.id):
            last, gone = recompute(row, last)
            if last != row.digest:
                what = "the row was changed, or those before it are not the ones that were"
                return Broken(chain, seal.number, row.id, what), checked, erased
            count, checked, erased = count + 1, checked + 1, erased + gone
        if last != seal.content or count != seal.rows:
            return Broken(chain, seal.number, None, "its last rows were deleted"), checked, erased
        digest = seal_digest(previous, chain, seal.number, seal.batch, seal.at, seal.rows, seal.content)
        if digest != seal.digest:
            return Broken(chain, seal.number, None, "the seal was changed"), checked, erased
        previous, expected = digest, expected + 1
    return None, checked, erased


def recompute(row: AuditRecord, previous: str) -> tuple[str, int]:
    """A row's digest from what is stored, and how many of its values are erased; no digest for what is not as
    rows are written."""
    hashes, pairs, gone = [], [], 0
    salts = bytes(row.salts)
    try:
        changes = orjson.loads(row.changes)
        for i, (name, pair) in enumerate(changes.items()):
            salt, text = salts[i * SALT:(i + 1) * SALT], orjson.dumps(pair)
            if isinstance(pair, dict):
                gone += 1
                hashes.append((name, str(pair["erased"])))
                if salt != bytes(SALT):
                    return "", 0
            else:
                hashes.append((name, value_hash(text, salt)))
            pairs.append((name, text))
    except (orjson.JSONDecodeError, KeyError, AttributeError):
        return "", 0
    if changes_text(pairs) != row.changes or len(salts) != SALT * len(pairs):
        return "", 0
    head = (row.batch, row.chain, row.at, row.user, row.actor, row.via, row.entity, row.record, row.key, row.action)
    return row_digest(previous, head, hashes), gone


def erased_changes(text: str, salts: bytes, personal: Callable[[str], bool]) -> tuple[str, bytes]:
    """A row's changes and salts without the values of these fields: a hash stays, the salt that it was made with
    goes, so that nobody can try values out."""
    kept, pairs = bytearray(salts), []
    for i, (name, pair) in enumerate(orjson.loads(text).items()):
        value = orjson.dumps(pair)
        if personal(name) and not isinstance(pair, dict):
            value = orjson.dumps({"erased": value_hash(value, salts[i * SALT:(i + 1) * SALT])})
            kept[i * SALT:(i + 1) * SALT] = bytes(SALT)
        pairs.append((name, value))
    return changes_text(pairs), bytes(kept)


def heads() -> Iterator[Head]:
    """The end of every chain."""
    last = AuditSeal.select(AuditSeal.chain, peewee.fn.MAX(AuditSeal.number)).group_by(AuditSeal.chain)
    for chain, number in tuples(last.order_by(AuditSeal.chain)):
        seal = AuditSeal.get(AuditSeal.chain == chain, AuditSeal.number == number)
        yield Head(chain, number, seal.digest, seal.at.isoformat())
