"""Failures in a row make the next try wait; kept in the database, so that all workers know."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ...errors import TrastiendaError
from ...languages import gettext
from .models import Attempt

if TYPE_CHECKING:
    from ...site import Site

FREE_FAILURES = 5
LONGEST_WAIT = 900


class TooManyAttempts(TrastiendaError):
    """Wait before the next try; `extra["wait"]` says how many seconds."""

    status = 429
    title = "Too many attempts"

    def __init__(self, seconds: int) -> None:
        super().__init__(gettext("Too many failed attempts; try again in %(seconds)s seconds", seconds=seconds))
        self.extra = {"wait": seconds}


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def refuse_if_throttled(subjects: Sequence[str]) -> None:
    """Raises TooManyAttempts before anything else is looked at."""
    for attempt in Attempt.select().where(Attempt.subject.in_(subjects), Attempt.failures >= FREE_FAILURES):
        wait = min(2 ** (attempt.failures - FREE_FAILURES + 1), LONGEST_WAIT)
        left = attempt.last_at + timedelta(seconds=wait) - now()
        if left > timedelta(0):
            raise TooManyAttempts(int(left.total_seconds()) + 1)


def count_failures(site: Site, subjects: Sequence[str]) -> None:
    with site.database.write():
        for subject in subjects:
            Attempt.insert(subject=subject, failures=1, last_at=now()).on_conflict(
                conflict_target=[Attempt.subject],
                update={Attempt.failures: Attempt.failures + 1, Attempt.last_at: now()}).execute()


def forget_failures(subject: str) -> None:
    Attempt.delete().where(Attempt.subject == subject).execute()
