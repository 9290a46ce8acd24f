"""The worker: takes what is due, a job a thread, and keeps the queue in order. Several of them share one queue."""
from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from ..log import get_logger
from ..storage.models import Company
from ..storage.rows import fetch, tuples
from .declarations import ATTEMPTS
from .models import JobRecord
from .queue import naive
from .running import RunningJob, new_token
from .schedules import keep_schedules

if TYPE_CHECKING:
    from ..site import Site

log = get_logger(__name__)

#: Seconds between two looks into an empty queue.
CALM = 0.5
#: Seconds that running jobs get to end after a stop; what does not is taken up again when its lease has run out.
GRACE = 25.0
KEPT = timedelta(days=30)
_DUE = (""""state" = 'queued' AND "run_at" <= ? AND ("lane" IS NULL OR NOT EXISTS (SELECT 1 FROM "core_job" "before" """
        """WHERE "before"."lane" = "core_job"."lane" AND "before"."id" < "core_job"."id" """
        """AND "before"."state" IN ('queued', 'running'))) """)
#: What has waited so long is as urgent as what somebody waits for: nothing is overtaken for ever.
PATIENCE = {"normal": timedelta(minutes=5), "background": timedelta(minutes=30)}
_ORDER = (""" ORDER BY CASE WHEN "priority" = 'interactive' OR "priority" = 'normal' AND "run_at" <= ? """
          """OR "run_at" <= ? THEN 0 WHEN "priority" = 'normal' THEN 1 ELSE 2 END, "run_at", "id" LIMIT 1""")
_PROMPT = """ AND "priority" <> 'background'"""


def claim(site: Site, *, token: str, prompt: bool = False) -> JobRecord | None:
    """The next job that is due, now leased to `token`; None when there is none. `prompt`: none that may wait."""
    now = naive(site.clock())
    database = site.database
    due = f"{_DUE}{_PROMPT if prompt else ''}{_ORDER}"
    moments = [now, now - PATIENCE["normal"], now - PATIENCE["background"]]
    if not fetch(database, JobRecord, due, moments):
        return None  # without the lock that writing takes on SQLite
    with database.write():
        skip = "" if database.dialect == "sqlite" else ' FOR UPDATE OF "core_job" SKIP LOCKED'
        found = fetch(database, JobRecord, due, moments, tail=skip)
        if not found:
            return None
        record = found[0]
        leased = {"state": "running", "worker": token, "attempts": record.attempts + 1, "started_at": now,
                  "lease_until": now + timedelta(seconds=site.settings.job_lease_seconds)}
        JobRecord.update(**leased).where(JobRecord.id == record.id).execute()
        record.__data__.update(leased)
        record.company = fetch(database, Company, '"id" = ?', [record.__data__["company"]])[0]
        return record


def run_due(site: Site, *, most: int = 10_000) -> int:
    """Run in this thread all that is due, what it leads to included; how many attempts that were. For tests and
    for the command line."""
    for count in range(most):
        if not run_next(site, new_token()):
            return count
    return most


def run_next(site: Site, token: str, stopping: Callable[[], bool] = lambda: False, *, prompt: bool = False) -> bool:
    record = claim(site, token=token, prompt=prompt)
    if record is not None:
        RunningJob(site, record, token=token, stopping=stopping).attempt_it()
    return record is not None


def sweep(site: Site) -> int:
    """Queue again what a worker left unfinished; how many there were. One too often tried is parked."""
    now = naive(site.clock())
    database = site.database
    expired = (JobRecord.state == "running") & (JobRecord.lease_until < now)
    if not JobRecord.select(JobRecord.id).where(expired).exists():
        return 0
    count = 0
    with database.write():
        skip = "" if database.dialect == "sqlite" else " FOR UPDATE SKIP LOCKED"
        for record in fetch(database, JobRecord, """"state" = 'running' AND "lease_until" < ?""", [now], tail=skip):
            declared = site.registry.jobs.get(record.name)
            most = declared[1].attempts if declared is not None else ATTEMPTS
            state = "queued" if record.attempts < most or record.scheduled else "parked"
            JobRecord.update(state=state, run_at=now, worker=None, lease_until=None,
                             message="The worker ended while it ran").where(JobRecord.id == record.id).execute()
            log.warning("a job's worker ended", job=record.name, id=record.id, attempt=record.attempts, now=state)
            count += 1
    return count


def purge(site: Site) -> None:
    """Forget what ended long ago; what failed or was parked stays until somebody has seen to it."""
    past = naive(site.clock()) - KEPT
    old = JobRecord.select(JobRecord.id).where(JobRecord.state << ["done", "cancelled"], JobRecord.ended_at < past,
                                               ~JobRecord.scheduled).limit(1000)
    while found := [identity for (identity,) in tuples(old)]:
        with site.database.write():
            JobRecord.delete().where(JobRecord.id << found).execute()


class Worker:
    """Runs until it is told to stop, whatever happens to the jobs or to the database."""

    def __init__(self, site: Site, *, alive: Callable[[], bool] = lambda: True) -> None:
        self.site = site
        self.alive = alive
        self._stop = threading.Event()
        self._tokens: dict[int, str] = {}

    def stop(self, *_: object) -> None:
        """Take no further job; those that are running may end."""
        self._stop.set()

    def run(self) -> bool:
        """Until `stop`; whether everything that was running came to its end."""
        self._await_tables()
        threads = [threading.Thread(target=self._take, args=[number], name=f"job-{number}", daemon=True)
                   for number in range(self.site.settings.job_threads)]
        for thread in threads:
            thread.start()
        self._keep_order()
        self._stop.set()
        for thread in threads:
            thread.join(GRACE / len(threads))
        return not any(thread.is_alive() for thread in threads)

    def _await_tables(self) -> None:
        """There are none before a server's first run."""
        while self._safely("looking for the jobs", self._is_missing) and self.alive() and not self._stop.is_set():
            self._stop.wait(CALM)

    def _is_missing(self) -> bool:
        return not self.site.database.table_exists(JobRecord._meta.table_name)

    def _take(self, number: int) -> None:
        """One thread of several leaves alone what may wait: long nightly work never holds them all."""
        prompt = number == 0 and self.site.settings.job_threads > 1
        while not self._stop.is_set():
            token = self._tokens[number] = new_token()
            busy = self._safely("taking a job", partial(
                run_next, self.site, token, self._stop.is_set, prompt=prompt))
            if not busy:
                self._stop.wait(CALM * random.uniform(0.8, 1.2))
        self.site.close()

    def _keep_order(self) -> None:
        """Leases, schedules and old rows, from this thread."""
        lease = self.site.settings.job_lease_seconds
        duties: list[tuple[float, str, Callable[[], Any]]] = [
            (lease / 3, "renewing leases", self._renew), (lease / 3, "looking for lost jobs", lambda: sweep(self.site)),
            (30.0, "keeping schedules", lambda: keep_schedules(self.site)),
            (3600.0, "purging", lambda: purge(self.site))]
        waited = [interval for interval, _, _ in duties]
        step = min(1.0, lease / 6)
        while not self._stop.is_set() and self.alive():
            for at, (interval, what, duty) in enumerate(duties):
                if waited[at] >= interval:
                    waited[at] = 0.0
                    self._safely(what, duty)
                waited[at] += step
            self._stop.wait(step)

    def _renew(self) -> None:
        database = self.site.database
        mine = (JobRecord.state == "running") & (JobRecord.worker << list(self._tokens.values()))
        held = [identity for (identity,) in tuples(JobRecord.select(JobRecord.id).where(mine))]
        if held:
            until = naive(self.site.clock()) + timedelta(seconds=self.site.settings.job_lease_seconds)
            with database.write():
                free = JobRecord.select(JobRecord.id).where(JobRecord.id << held)
                if database.dialect != "sqlite":  # a job's own transaction may hold its row, and renews it itself
                    free = free.for_update(skip_locked=True)
                JobRecord.update(lease_until=until).where(mine, JobRecord.id << free).execute()

    def _safely(self, what: str, duty: Callable[[], Any]) -> Any:
        """A lost database or a full disk is waited out."""
        try:
            with self.site.active(keep=True):
                return duty()
        except Exception as error:
            log.exception("the worker failed", doing=what)
            if not self.site.database.is_closed():
                self.site.database.close()
            self._stop.wait(2.0)
            return error is None
