"""What a plugin may say about its jobs."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Concatenate, Literal, TypeAlias

from ..errors import TrastiendaError

if TYPE_CHECKING:
    from ..work import Work
    from .running import RunningJob

#: Five cron fields, in the company's time zone, or an interval.
Schedule: TypeAlias = "str | timedelta | None"
ATTEMPTS = 8
#: Somebody waits for it; the usual; what may wait, as at night. Each goes before the next, and nothing waits for ever.
Priority: TypeAlias = Literal["interactive", "normal", "background"]


@dataclass(frozen=True)
class Job:
    """Work to be done later, in one transaction of its own: all of it happens exactly once, or none.

    `name` is `<plugin>.<words>`. The keyword-only parameters of `run` are what `work.enqueue` takes. With `schedule`
    it runs in each company, as five cron fields say in the company's time zone or after each interval. With
    `on_request` whoever may `start` the name starts it over REST. A refusal (`Refusal`, `Invalid`, ...) fails it for
    good; anything else is tried again, `attempts` times in all, and then parked. Where more is due than can be done at
    a time, `priority` says what goes first.
    """

    name: str
    run: Callable[Concatenate[Work, ...], object]
    _: KW_ONLY
    label: str = ""
    schedule: Schedule = None
    on_request: bool = False
    attempts: int = ATTEMPTS
    priority: Priority = "normal"


@dataclass(frozen=True)
class LongJob:
    """As `Job`, but `run` gets the running job and writes as often as it likes: a batch in each `job.write`.

    What it told `job.progress` inside a write is committed with it, so that another attempt goes on from `job.done`.
    For what leaves the database (a mail, a request to another server) too: it may happen twice, never not at all.
    """

    name: str
    run: Callable[Concatenate[RunningJob, ...], object]
    _: KW_ONLY
    label: str = ""
    schedule: Schedule = None
    on_request: bool = False
    attempts: int = ATTEMPTS
    priority: Priority = "normal"


AnyJob: TypeAlias = "Job | LongJob"


class TryAgain(TrastiendaError):
    """Raised by a job that cannot be done now but may be later; it waits longer each time, and is parked at last."""

    status = 503
    title = "Not now"


class JobStopped(TrastiendaError):
    """The job was cancelled, taken over by another worker, or its worker ends: it must not go on."""

    status = 409
    title = "Job stopped"
