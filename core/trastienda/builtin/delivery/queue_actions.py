"""What people do to jobs that wait, run or came to grief."""
from __future__ import annotations

from collections.abc import Sequence

import peewee

from ...jobs.models import JobRecord
from ...jobs.queue import naive
from ...languages import gettext
from ...security.actor import Actor
from ...storage.rows import tuples
from ...work import Work


def mine(actor: Actor) -> peewee.Node:
    """The jobs that the actor asked for."""
    return JobRecord.requested_by == (actor.user or 0)


def again(work: Work, job: JobRecord) -> None:
    """At once, with all its attempts; it goes on from where it had come."""
    job.run_at, job.attempts, job.ended_at = naive(work.now), 0, None


def set_aside(work: Work, job: JobRecord) -> None:
    """It is not done, or no further: what its attempt has not committed yet is undone."""
    job.ended_at, job.worker, job.lease_until = naive(work.now), None, None


def lost_jobs(work: Work) -> Sequence[str]:
    """Jobs that nobody will take up again by himself."""
    query = (JobRecord.select(JobRecord.name, JobRecord.state, peewee.fn.COUNT(JobRecord.id))
             .where(JobRecord.company == work.company.id, JobRecord.state << ["parked", "failed"])
             .group_by(JobRecord.name, JobRecord.state).order_by(JobRecord.name, JobRecord.state))
    return [gettext("%(count)s jobs %(name)s are %(state)s: try them again, or discard them",
                    count=count, name=name, state=state) for name, state, count in tuples(query)]
