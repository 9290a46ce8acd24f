"""When a scheduled job is next due, and its one row in each company."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ..storage.models import Company
from .declarations import AnyJob
from .models import JobRecord
from .queue import naive

if TYPE_CHECKING:
    from ..site import Site


def schedule_fault(job: AnyJob) -> str:
    """What is wrong with its schedule; nothing when it is well."""
    if isinstance(job.schedule, timedelta):
        return "" if job.schedule >= timedelta(seconds=1) else "an interval below one second"
    if job.schedule is None:
        return ""
    from cronsim import CronSim, CronSimError  # a fiftieth of the start-up time, and few plugins have a schedule

    try:
        next(CronSim(job.schedule, datetime(2000, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration):
        return f"{job.schedule!r} is not five cron fields with a moment to come"
    return ""


def next_moment(job: AnyJob, now: datetime, time_zone: str) -> datetime:
    """The first moment after `now` (aware) at which it is due, in UTC; a skipped hour's is put off, as cron does."""
    if isinstance(job.schedule, timedelta):
        return now.astimezone(UTC) + job.schedule
    from cronsim import CronSim

    return next(CronSim(str(job.schedule), now.astimezone(ZoneInfo(time_zone)))).astimezone(UTC)


def keep_schedules(site: Site) -> None:
    """Make the row of every scheduled job in every company, and bring forward one whose schedule became tighter."""
    jobs = [job for _, job in site.registry.jobs.values() if job.schedule is not None]
    if not jobs:
        return
    now = site.clock()
    known = {(row.__data__["company"], row.name): row for row in JobRecord.select().where(JobRecord.scheduled)}
    for company in Company.select():
        for job in jobs:
            due = naive(next_moment(job, now, company.time_zone))
            row = known.get((company.id, job.name))
            if row is None:
                with site.database.write():
                    JobRecord.insert(company=company.id, name=job.name, key="schedule", scheduled=True, run_at=due,
                                     priority=job.priority, created_at=naive(now)).on_conflict_ignore().execute()
            elif row.state == "queued" and row.run_at > due:
                with site.database.write():
                    JobRecord.update(run_at=due).where(JobRecord.id == row.id, JobRecord.state == "queued").execute()
