"""A run for many: a batch a transaction, killed and gone on with, pressed by many at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date as Date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trastienda import Work
from trastienda_hr import Employee, PayrollRun, Payslip
from trastienda_hr.payroll.in_batches import compute_in_batches
from trastienda_hr.payroll.runs import compute_batch
from trastienda_hr.payroll.structures import SalaryStructure
from trastienda_hr.salaries import Salary

if TYPE_CHECKING:
    from .conftest import Firm

MORE = 495
SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
from conftest import Firm, open_site
from trastienda_hr.payroll.in_batches import compute_in_batches
site = open_site({url!r}, Path({data!r}))
with site.active():
    compute_in_batches(Firm(site).write, {run}, tell=lambda done, of: print(done, of, flush=True))
"""


@pytest.fixture
def run(firm: Firm) -> int:
    """A draft for 500 people; its id."""

    def body(work: Work) -> int:
        structure = work.get(SalaryStructure, "ES-MENSUAL")
        people = work.add_all([(Employee(code=f"N{n}", starts_on=Date(2025, 1, 1)), ()) for n in range(MORE)])
        work.add_all([
            (Salary(employee=each.id, starts_on=each.starts_on, amount=Decimal(2000), structure=structure.id), ())
            for each in people
        ])
        return work.add(PayrollRun(code="5", starts_on=Date(2026, 5, 1), ends_on=Date(2026, 5, 31))).id

    return firm.write(body)


def result(firm: Firm) -> tuple[str, int, int, int]:
    """State, payslips by the run, payslips stored, and employees who have one."""

    def body(work: Work) -> tuple[str, int, int, int]:
        run = work.get(PayrollRun, "5")
        stored = list(work.rows(work.select(Payslip, Payslip.employee)))
        return run.state, run.payslips, len(stored), len(set(stored))

    return firm.read(body)


def test_progress_is_told_batch_by_batch(firm: Firm, run: int) -> None:
    told: list[tuple[int, int]] = []
    compute_in_batches(firm.write, run, tell=lambda done, of: told.append((done, of)))
    assert told == [(250, 500), (500, 500), (500, 500)]
    assert result(firm) == ("computed", 500, 500, 500)


def test_killed_run_is_gone_on_with_and_pays_nobody_twice(firm: Firm, run: int, tmp_path: Path) -> None:
    here, url = str(Path(__file__).parent), firm.site.settings.database
    script = SCRIPT.format(here=here, url=url, data=str(tmp_path), run=run)
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert first == "250 500\n"
    state, _, stored, _ = result(firm)
    assert state == "draft"
    assert stored in (0, 250, 500)
    compute_in_batches(firm.write, run, tell=lambda done, of: None)
    assert result(firm) == ("computed", 500, 500, 500)


def test_worker_computes_a_run_and_tells_how_far_it_is(firm: Firm, run: int, run_jobs: Callable[[], int]) -> None:
    for _ in range(2):
        firm.act(PayrollRun, "5", "compute-later")
    assert result(firm)[0] == "draft", "nothing is computed before the worker comes"
    assert run_jobs() == 2
    assert result(firm) == ("computed", 500, 500, 500)
    told = firm.site.database.execute_sql("SELECT state, done, total FROM core_job ORDER BY id").fetchall()
    assert [tuple(each) for each in told] == [("done", 500, 500), ("done", 0, None)]


def test_many_at_once_make_each_payslip_once(firm: Firm, run: int) -> None:
    def press(_number: int) -> None:
        with firm.site.active():
            compute_in_batches(firm.write, run, tell=lambda done, of: None)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(press, range(6)))
    assert result(firm) == ("computed", 500, 500, 500)


def test_draft_that_was_begun_can_be_thrown_away(firm: Firm, run: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        compute_in_batches(firm.write, run, tell=_stop_at(500))
    assert result(firm)[:3] == ("draft", 0, 250)
    firm.act(PayrollRun, "5", "discard")
    assert result(firm) == ("draft", 0, 0, 0)


def _stop_at(number: int):  # type: ignore[no-untyped-def]
    def tell(done: int, _of: int) -> None:
        if done >= number:
            raise KeyboardInterrupt

    return tell


def test_run_asks_the_same_number_of_questions_for_few_as_for_many(firm: Firm, run: int) -> None:
    counts = [0]

    def body(work: Work) -> None:
        database = firm.site.database
        plain = database.execute_sql

        def counting(*args: object, **kwargs: object) -> object:
            counts[-1] += 1
            return plain(*args, **kwargs)

        database.execute_sql = counting
        try:
            draft = work.get(PayrollRun, run)
            for _ in range(2):
                counts.append(0)
                compute_batch(work, draft)
                work.checkpoint()
        finally:
            del database.execute_sql

    firm.write(body)
    assert counts[2] <= counts[1] <= 30
