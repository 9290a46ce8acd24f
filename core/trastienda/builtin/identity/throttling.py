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

#: Failures that cost nothing: of one name, and of one address, behind which there may be a whole office.
FREE_FAILURES = 5
FREE_OF_ADDRESS = 20
LONGEST_WAIT = 900
#: So long after the last one they are forgotten.
REMEMBERED = timedelta(hours=1)


class TooManyAttempts(TrastiendaError):
    """Wait before the next try; `extra["wait"]` says how many seconds."""

    status = 429
    title = "Too many attempts"

    def __init__(self, seconds: int) -> None:
        super().__init__(gettext("Too many failed attempts; try again in %(seconds)s seconds", seconds=seconds))
        self.extra = {"wait": seconds}


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def subject_of(kind: str, who: str) -> str:
    """What is counted under: never longer than its column, whatever was typed."""
    return f"{kind} {who.lower()[:100]}"


def begin_attempt(site: Site, subjects: Sequence[str]) -> None:
    """Counts as failed until `end_attempt` says otherwise; raises TooManyAttempts before anything else is looked at.

    It is counted before its outcome is known, so that tries that are made at once are not one try.
    """
    with site.database.write():
        for subject in sorted(subjects):
            site.database.serialize(f"trastienda attempt {subject}")
        moment = now()
        known = {each.subject: each for each in Attempt.select().where(
            Attempt.subject.in_(subjects), Attempt.last_at > moment - REMEMBERED)}
        for attempt in known.values():
            _refuse_too_soon(attempt, moment)
        for subject in subjects:
            count = known[subject].failures + 1 if subject in known else 1
            Attempt.insert(subject=subject, failures=count, last_at=moment).on_conflict(
                conflict_target=[Attempt.subject],
                update={Attempt.failures: count, Attempt.last_at: moment}).execute()


def end_attempt(subjects: Sequence[str]) -> None:
    """It went well, inside a write: the name begins afresh, of an address this one try is no failure."""
    Attempt.delete().where(Attempt.subject.in_([each for each in subjects if not _is_address(each)])).execute()
    Attempt.update(failures=Attempt.failures - 1).where(
        Attempt.subject.in_([each for each in subjects if _is_address(each)]), Attempt.failures > 0).execute()


def forget_old_attempts() -> None:
    """Inside a write."""
    Attempt.delete().where(Attempt.last_at < now() - 24 * REMEMBERED).execute()


def _refuse_too_soon(attempt: Attempt, moment: datetime) -> None:
    beyond = attempt.failures - (FREE_OF_ADDRESS if _is_address(attempt.subject) else FREE_FAILURES)
    if beyond >= 0:
        left = attempt.last_at + timedelta(seconds=min(2 ** min(beyond + 1, 10), LONGEST_WAIT)) - moment
        if left > timedelta(0):
            raise TooManyAttempts(int(left.total_seconds()) + 1)


def _is_address(subject: str) -> bool:
    return subject.startswith(("address ", "reset-from "))
