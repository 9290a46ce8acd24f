"""One attempt at one job: its lease, its progress, and how it ends."""
from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from ..entities.parameters import load_parameters
from ..errors import Busy, Forbidden, TrastiendaError
from ..isolation import PluginFailed, blaming
from ..log import get_logger
from ..security.actor import Actor
from ..storage.models import Company, User
from ..storage.rows import fetch
from . import live
from .declarations import ATTEMPTS, AnyJob, Job, JobStopped, TryAgain
from .models import JobRecord
from .queue import naive
from .schedules import next_moment

if TYPE_CHECKING:
    from ..plugin import AfterCommit
    from ..site import Site
    from ..work import Work

T = TypeVar("T")
log = get_logger(__name__)

#: Seconds before the second attempt; doubled for each further one, give or take a half, up to an hour.
FIRST_DELAY = 5.0
LONGEST_DELAY = 3600.0
MESSAGE = 2000
#: Seconds between two tellings past a transaction.
TELLING = 0.5


class RunningJob:
    """What a long job has in hand. `done` is how far it had come when an earlier attempt ended."""

    def __init__(self, site: Site, record: JobRecord, *, token: str,
                 stopping: Callable[[], bool] = lambda: False) -> None:
        self.site = site
        self.id = int(record.id)
        self.name = record.name
        self.attempt = record.attempts
        self.done = record.done
        self.total = record.total
        self.company: Company = record.company
        self.actor = _actor(site, record)
        self._record = record
        self._token = token
        self._stopping = stopping
        self._message = ""
        self._told_at = 0.0

    def read(self, body: Callable[[Work], T]) -> T:
        """Run `body` in one snapshot."""
        return self.site.read(self.actor, self.company, body)

    def write(self, body: Callable[[Work], T]) -> T:
        """Run `body` in one transaction, which is committed only while this attempt still holds the job.

        Raises JobStopped where the job was cancelled or taken over, and between two writes while the worker ends.
        """
        self._go_on()
        self._told_at = time.monotonic()
        before = (self.done, self.total, self._message)

        def fenced(work: Work) -> T:
            result = body(work)
            self._keep()
            return result

        try:
            return self.site.write(self.actor, self.company, fenced)
        except BaseException:
            self.done, self.total, self._message = before
            raise

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say how far it has come: inside a write committed with it, else at once. Raises JobStopped.

        Where one write takes long, it is shown before the commit too.
        """
        self.done, self._message = done, message
        self.total = self.total if total is None else total
        if not self.site.database.in_transaction():
            self._go_on()
            with self.site.database.write():
                self._keep()
        elif time.monotonic() - self._told_at >= TELLING:
            self._go_on()
            self._told_at = time.monotonic()
            shown = live.Progress(self.done, self.total, self._message)
            if not live.tell(self.site, job=self.id, token=self._token, progress=shown):
                raise JobStopped("The job was cancelled or taken over")

    def _go_on(self) -> None:
        if self._stopping():
            raise JobStopped("The worker ends")

    def _keep(self) -> None:
        lease = naive(self.site.clock()) + timedelta(seconds=self.site.settings.job_lease_seconds)
        self._update(done=self.done, total=self.total, message=self._message, lease_until=lease)

    def _update(self, **values: Any) -> None:
        """Change the row of this very attempt; raises JobStopped when it is no longer the one."""
        mine = (JobRecord.id == self.id) & (JobRecord.worker == self._token) & (JobRecord.state == "running")
        if not JobRecord.update(**values).where(mine).execute():
            raise JobStopped("The job was cancelled or taken over")

    # -- the attempt as a whole
    def attempt_it(self) -> None:
        """Run it and write down how it ended."""
        try:
            self._attempt()
        finally:
            live.forget(self.site, self.id)

    def _attempt(self) -> None:
        try:
            self._run()
        except JobStopped:
            self._settle(self._put_back())
        except PluginFailed as error:
            self.site.failures.note(error)
            self._settle(self._another_time(f"{error.plugin}: {error.what}: {_cause(error)}"))
        except (Busy, TryAgain) as error:
            self._settle(self._another_time(str(error)))
        except TrastiendaError as error:
            self._settle(self._refused(f"{error.title}: {error}", result=_as_json(error.members() or None)))
        except Exception as error:
            log.exception("a job failed", job=self.name, id=self.id)
            self._settle(self._another_time(f"{type(error).__name__}: {error}"))

    def _run(self) -> None:
        if self._record.event is not None:
            self._deliver(self._record.event)
            return
        declared = self.site.registry.jobs.get(self.name)
        if declared is None:
            raise TrastiendaError(f"No plugin that is on declares a job {self.name}")
        plugin, job = declared
        given = orjson.loads(self._record.parameters)
        what = f"job {self.name}"
        if isinstance(job, Job):
            def whole(work: Work) -> None:
                arguments = load_parameters(work, job.run, given)
                with blaming(plugin, what):
                    result = _as_json(job.run(work, **arguments))
                self._update(**self._finished(result))

            self.site.write(self.actor, self.company, whole)
            return
        arguments = self.read(lambda work: load_parameters(work, job.run, given))
        with blaming(plugin, what):
            result = _as_json(job.run(self, **arguments))
        with self.site.database.write():
            self._update(**self._finished(result))

    def _deliver(self, event: str) -> None:
        plugin, subscriber = self._subscriber(event)
        model = subscriber.on.model
        if model is None:
            raise TrastiendaError(f"{event} is not the event of a model")
        identity = orjson.loads(self._record.parameters)["record"]

        def whole(work: Work) -> None:
            record = work.find(model, identity)
            if record is not None:
                with blaming(plugin, f"subscriber to {event}"):
                    subscriber.run(work, record)
            self._update(**self._finished(None, message="" if record is not None else "The record is gone"))

        self.site.write(self.actor, self.company, whole)

    def _subscriber(self, event: str) -> tuple[str, AfterCommit[Any]]:
        for plugin, subscriber in self.site.registry.after_commit.get(event, ()):
            if subscriber_name(plugin, subscriber) == self.name:
                return plugin, subscriber
        raise TrastiendaError(f"No plugin that is on subscribes {self.name} to {event}")

    # -- how it ends
    @property
    def _declared(self) -> AnyJob | None:
        found = self.site.registry.jobs.get(self.name) if self._record.event is None else None
        return found[1] if found else None

    def _finished(self, result: str | None, *, message: str = "") -> dict[str, Any]:
        return self._ended("done", message=message, result=result)

    def _refused(self, message: str, *, result: str | None) -> dict[str, Any]:
        """A job that is refused would be so again; a subscriber waits for what stands in its way to change."""
        if self._record.event is not None and self._attempts_left():
            return self._another_time(message)
        return self._ended("failed" if self._record.event is None else "parked", message=message, result=result)

    def _another_time(self, message: str) -> dict[str, Any]:
        if not self._attempts_left():
            return self._ended("parked", message=message)
        return {"state": "queued", "run_at": self._now() + timedelta(seconds=delay(self.attempt)), "worker": None,
                "lease_until": None, "message": message[:MESSAGE]}

    def _put_back(self) -> dict[str, Any]:
        return {"state": "queued", "run_at": self._now(), "worker": None, "lease_until": None,
                "attempts": self.attempt - 1}

    def _ended(self, state: str, **values: Any) -> dict[str, Any]:
        """A scheduled job waits for its next moment, whatever came of it; the message says what did."""
        values = {**values, "message": values["message"][:MESSAGE], "ended_at": self._now(), "worker": None,
                  "lease_until": None}
        declared = self._declared
        if self._record.scheduled and declared is not None and declared.schedule is not None:
            due = naive(next_moment(declared, self.site.clock(), self.company.time_zone))
            return {**values, "state": "queued", "run_at": due, "attempts": 0, "done": 0, "total": None}
        return {**values, "state": state, "done": self.done, "total": self.total}

    def _attempts_left(self) -> bool:
        declared = self._declared
        return self.attempt < (declared.attempts if declared is not None else ATTEMPTS)

    def _settle(self, values: dict[str, Any]) -> None:
        try:
            with self.site.database.write():
                self._update(**values)
        except JobStopped:
            log.info("a job is no longer this worker's", job=self.name, id=self.id)

    def _now(self) -> datetime:
        return naive(self.site.clock())


def delay(attempt: int) -> float:
    """Seconds to wait after this attempt failed."""
    return min(FIRST_DELAY * 2.0 ** (attempt - 1), LONGEST_DELAY) * random.uniform(0.5, 1.5)


def subscriber_name(plugin: str, subscriber: AfterCommit[Any]) -> str:
    """By which a waiting event finds its subscriber again, after an upgrade too: the function's own name."""
    return f"{plugin.partition('+')[0]}.{getattr(subscriber.run, '__name__', 'subscriber')}"


def new_token() -> str:
    return secrets.token_hex(16)


def _actor(site: Site, record: JobRecord) -> Actor:
    """Whoever asked for it, with the roles that he holds now; the installation for what nobody asked for."""
    via = f"job {record.name}"
    user = record.__data__["requested_by"]
    if user is None:
        return Actor.system(via)
    found = fetch(site.database, User, '"id" = ?', [user])[0]
    try:
        return site.actor(found, record.company, via=via)
    except Forbidden:  # all his roles were taken from him since
        return Actor(user=user, name=found.name, via=via, language=found.language)


def _cause(error: PluginFailed) -> str:
    cause = error.__cause__
    return f"{type(cause).__name__}: {cause}" if cause is not None else str(error)


def _as_json(result: object) -> str | None:
    """What a job answers, as it is kept; TypeError for what JSON cannot say."""
    return None if result is None else orjson.dumps(result, default=str).decode()
