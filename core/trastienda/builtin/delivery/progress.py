"""How far a job has come, this very moment."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from ...entities import read
from ...jobs import live
from ...jobs.live import Progress
from ...work import Work


@dataclass(frozen=True)
class JobProgress:
    """`done` of `total`, where that is known; `result` is what it answered, or the errors that it failed for."""

    id: int
    name: str
    state: str
    done: int
    total: int | None
    message: str
    result: Any


def progress_of(work: Work, *, job: int) -> JobProgress:
    """Of a job that one may see; also what a running job has not committed yet."""
    entity = work.site.registry.entities["delivery.job"]
    row = read.one(work.site, work.actor, work.company, entity, job)
    now = live.told(work.site, job) if row["state"] == "running" else None
    shown = now or Progress(row["done"], row["total"], row["message"])
    result = orjson.loads(row["result"]) if row["result"] else None
    return JobProgress(job, row["name"], row["state"], shown.done, shown.total, shown.message, result)
