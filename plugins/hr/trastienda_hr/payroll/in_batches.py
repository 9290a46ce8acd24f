"""A long run, a batch a transaction: whoever stops it stops it between two, and whoever goes on doubles none."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from trastienda import LongJob, RunningJob, Work

from .payslips import PayrollRun, Payslip
from .runs import compute_batch, waiting_for

T = TypeVar("T")


class Write(Protocol):
    """Runs its body in a transaction of its own."""

    def __call__(self, body: Callable[[Work], T], /) -> T: ...


def compute_in_batches(write: Write, run: int, *, tell: Callable[[int, int], None]) -> None:
    """From draft to computed, by the run's id; `tell(done, of)` is called inside each batch's transaction.

    One that is computed already, or becomes so meanwhile, is left as it is.
    """
    while write(lambda work: _next_batch(work, run, tell)):
        pass


def _next_batch(work: Work, number: int, tell: Callable[[int, int], None]) -> bool:
    """Whether there is more to do."""
    run = work.lock(work.get(PayrollRun, number))
    if run.state != "draft":
        return False
    made = compute_batch(work, run)
    done = work.select(Payslip).where(Payslip.run == run.id).count()
    if not made:
        work.act(run, "compute")
    tell(done, done + waiting_for(work, run).count() if made else done)
    return made > 0


def compute_later(work: Work, run: PayrollRun) -> None:
    """Have the worker compute it, a batch a transaction; its job tells how far it is. Asked twice, it is done once."""
    work.enqueue("hr.compute-run", {"run": run.id}, lane=f"payroll run {run.id}")


def compute_in_background(job: RunningJob, *, run: int) -> None:
    compute_in_batches(job.write, run, tell=job.progress)


jobs = [LongJob("hr.compute-run", compute_in_background, label="Compute a payroll run", priority="interactive")]
