"""Every night what has accrued, and what has lapsed, is booked: each credit on its own date, whenever it runs."""

from trastienda import LongJob, RunningJob, Work

from .allocations import LeaveAllocation, accrue, waiting_to_accrue

BATCH = 100


def accrue_leave(job: RunningJob) -> str:
    """A batch a transaction. What was booked is not waiting any more, so that it may run twice, or days late."""
    while job.write(lambda work: _next_batch(job, work)):
        pass
    return f"{job.done} allocations"


def _next_batch(job: RunningJob, work: Work) -> bool:
    waiting = waiting_to_accrue(work)
    for allocation in work.lock_many(LeaveAllocation, waiting[:BATCH]):
        accrue(work, allocation)
    job.progress(job.done + len(waiting[:BATCH]), job.done + len(waiting))
    return len(waiting) > BATCH


jobs = [LongJob("hr.accrue-leave", accrue_leave, label="Book accrued leave", schedule="10 0 * * *", on_request=True)]
