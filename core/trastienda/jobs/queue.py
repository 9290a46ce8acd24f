"""Putting jobs into the queue, inside the transaction that wants them."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson

from ..entities.parameters import load_parameters
from ..storage.models import Company, Row
from ..storage.rows import insert_rows
from .models import JobRecord

if TYPE_CHECKING:
    from ..work import Work


class Outbox:
    """What one work wants done after its commit."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self._pending: dict[tuple[str, str, int], JobRecord] = {}

    def enqueue(self, name: str, parameters: Mapping[str, object], *, key: str | None, lane: str | None,
                not_before: datetime | None) -> int:
        """The job's id; that of the earlier one where the key was used before. Raises Invalid for its parameters."""
        declared = self.work.site.registry.jobs.get(name)
        if declared is None:
            raise LookupError(f"no plugin declares a job {name!r}")
        given = {name: _plain(value) for name, value in parameters.items()}
        load_parameters(self.work, declared[1].run, given)
        record = self._record(name, given, key=key, lane=lane)
        record.priority = declared[1].priority
        if not_before is not None:
            record.run_at = naive(not_before)
        (record.id,) = self.work.site.database.reserve_ids("core_job", 1)
        if key is None:
            insert_rows(self.work.site.database, JobRecord, [record])
            return int(record.id)
        JobRecord.insert(**record.__data__).on_conflict_ignore().execute()
        return int(JobRecord.get(JobRecord.company == record.__data__["company"], JobRecord.name == name,
                                 JobRecord.key == key).id)

    def deliver(self, subscriber: str, event: str, record: Any) -> None:
        """Have a subscriber told of the event once it is committed; one record's events reach it in order, each
        kind once a transaction."""
        company = record.id if isinstance(record, Company) else None
        lane = f"{subscriber} {event.partition(':')[0]} {record.id}"
        job = self._record(subscriber, {"record": record.id}, lane=lane)
        job.event = event
        if company is not None:
            job.__data__["company"] = company
        self._pending[subscriber, event, record.id] = job

    def write(self) -> None:
        """Insert what was gathered, set-based."""
        if self._pending:
            database = self.work.site.database
            records = list(self._pending.values())
            for record, identity in zip(records, database.reserve_ids("core_job", len(records)), strict=True):
                record.__data__["id"] = identity
            insert_rows(database, JobRecord, records)
            self._pending = {}

    def _record(self, name: str, parameters: Mapping[str, Any], *, key: str | None = None,
                lane: str | None = None) -> JobRecord:
        now = naive(self.work.now)
        return JobRecord(company=self.work.company.id, name=name, parameters=orjson.dumps(parameters).decode(), key=key,
                         lane=lane, run_at=now, created_at=now, requested_by=self.work.actor.user)


def enqueue_all(work: Work, name: str, jobs: Sequence[tuple[int, str, Mapping[str, Any]]]) -> list[int]:
    """Many jobs of one name at once, as (company, lane, parameters), for parameters that are sure to be right."""
    ids = list(work.site.database.reserve_ids("core_job", len(jobs)))
    priority = work.site.registry.jobs[name][1].priority
    now = naive(work.now)
    insert_rows(work.site.database, JobRecord, [
        JobRecord(id=identity, company=company, name=name, lane=lane, parameters=orjson.dumps(parameters).decode(),
                  run_at=now, created_at=now, priority=priority)
        for identity, (company, lane, parameters) in zip(ids, jobs, strict=True)])
    return ids


def naive(moment: datetime) -> datetime:
    """As times are stored: UTC, without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _plain(value: object) -> object:
    """As the JSON of an action's parameters has it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value.__data__["id"] if isinstance(value, Row) else value
