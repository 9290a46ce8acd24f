"""Imports in the background: the file is kept, and the worker takes it down the very path of a direct import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import IO, Any

import orjson
import peewee

from ...entities.compiled import CompiledEntity
from ...entities.files import MOST_BYTES
from ...entities.importing import Options, Progress, Result, import_file
from ...errors import NotFound, TrastiendaError
from ...jobs.running import RunningJob
from ...languages import gettext, speaking
from ...storage.models import Company, Row
from ...work import Work
from .stores import received, store_of

JOB = "records.import-file"
#: A file whose job is to be tried again may wait so long.
KEPT = timedelta(days=30)


class ImportFile(Row):
    """A file that waits for its import, and what was asked with it; `result` is there once that is committed."""

    id = peewee.BigAutoField()
    company = peewee.ForeignKeyField(Company, on_delete="CASCADE")
    entity = peewee.CharField(80)
    name = peewee.CharField(200)
    digest = peewee.CharField(64, index=True, help_text="SHA-256 of the content")
    options = peewee.TextField()
    scopes = peewee.TextField(null=True, help_text="Of the token that asked, where one did")
    at = peewee.DateTimeField(index=True)
    result = peewee.TextField(null=True)

    class Meta:
        table_name = "records_import_file"


class ImportRefused(TrastiendaError):
    """Nothing was written; the errors are in the job's result, each with its row and column."""

    status = 422
    title = "Import refused"

    def __init__(self, result: Result) -> None:
        super().__init__(gettext("%(count)s errors; nothing was written", count=len(result.errors)))
        self.extra = result.as_json()


def import_later(work: Work, entity: CompiledEntity, source: IO[bytes], *, name: str, options: Options) -> int:
    """Have a file imported by the worker if and when this work is committed; the job's id."""
    moment = _moment(work)
    forget_old(work)
    with received(source, most=MOST_BYTES) as (path, digest, _):
        work.site.database.serialize(f"trastienda files {digest}")
        store_of(work.site.settings).put(path, digest)
    file = work.execute(ImportFile.insert(
        company=work.company.id, entity=entity.name, name=name[-200:], digest=digest, at=moment,
        options=orjson.dumps(asdict(options)).decode(),
        scopes=None if work.actor.scopes is None else " ".join(work.actor.scopes)))  # fmt: skip
    return work.enqueue(JOB, {"file": int(file)})


def forget_old(work: Work) -> None:
    """Files whose job nobody will try again, of every company."""
    work.execute(ImportFile.delete().where(ImportFile.at < _moment(work) - KEPT))


def _moment(work: Work) -> datetime:
    return work.now.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def run_import(job: RunningJob, *, file: int) -> dict[str, Any]:
    """The job. An attempt that died after its commit is not made again: the file's row tells what came of it."""
    found: ImportFile | None = ImportFile.get_or_none(ImportFile.id == file, ImportFile.company == job.company.id)
    if found is None:
        raise NotFound(gettext("The file is no longer here; choose it again"))
    if found.result is not None:
        done: dict[str, Any] = orjson.loads(found.result)
        return done
    entity = job.site.registry.entities.get(found.entity)
    if entity is None:
        raise NotFound(gettext("What %(name)s was is no longer known here.", name=found.entity))

    if found.scopes is not None:
        job.actor = replace(job.actor, scopes=tuple(found.scopes.split()))

    def write(body: Callable[[Work], Result]) -> object:
        return job.write(lambda work: keep(work, body(work)))

    def keep(work: Work, result: Result) -> None:
        text = orjson.dumps(result.as_json()).decode()
        work.execute(ImportFile.update(result=text).where(ImportFile.id == file))

    with speaking(job.actor.language), store_of(job.site.settings).open(found.digest) as source:
        result = import_file(job.site, job.actor, job.company, entity, source, name=found.name,
                             options=Options(**orjson.loads(found.options)), progress=_teller(job), writing=write)
        if result.errors:
            raise ImportRefused(result)
    return result.as_json()


def _teller(job: RunningJob) -> Progress:
    def tell(phase: str, done: int, total: int | None) -> None:
        job.progress(done, total, gettext("Checking the rows") if phase == "check" else gettext("Writing the rows"))

    return tell
