"""A payroll run for 1,000 people with 15 rules each, against the bare rules in plain Python and raw inserts."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from trastienda import Actor, Company, Site, Work
from trastienda.cli.context import disconnect
from trastienda.cli.main import calm_collector
from trastienda.settings import load_settings
from trastienda.upgrade import upgrade
from trastienda_hr import Employee, PayrollRun
from trastienda_hr.first_run import first_run
from trastienda_hr.payroll.in_batches import compute_in_batches
from trastienda_hr.payroll.structures import SalaryStructure
from trastienda_hr.salaries import Salary

from ..bench import Bench
from ..measuring import Measured, seconds, summary

PEOPLE = 1_000
#: Within four times the time of the bare rules and raw inserts.
LEAST = 0.25
MAY = (date(2026, 5, 1), date(2026, 5, 31))
CENT, HUNDRED = Decimal("0.01"), Decimal(100)
TABLES = ("hr_payslip", "hr_payslip_line", "core_audit_record", "core_audit_seal")
#: Percent of the base, after the salary, the base itself, two bands that are empty here, and income tax.
RATES = [Decimal(rate) for rate in ("4.70", "1.55", "0.10", "0.15", "23.60", "5.50", "0.20", "0.60", "0.75", "1.5")]


def measure(bench: Bench) -> list[Measured]:
    """Both in this process, whose collector is set as the worker's."""
    calm_collector()
    people = bench.rows(PEOPLE)
    staffed = bench.folder / "payroll" / "staffed.db"
    staffed.parent.mkdir(parents=True)
    run = _staff(staffed, people)
    case = f"{people:,} employees, 15 rules each"
    bench.tell(case)
    theirs, own = [], []
    for number in range(max(bench.rounds // 4, 2)):
        names = (f"computed-{number}.db", f"raw-{number}.db")
        computed, raw = (Path(shutil.copy(staffed, staffed.with_name(name))) for name in names)
        own.append(_compute(computed, run))
        theirs.append(_bare(raw, computed, people))
    return [summary("payroll", case, baseline=theirs, ours=own, unit="s", least=LEAST)]


def _open(path: Path) -> Site:
    given = {"DATABASE": f"sqlite:///{path}", "DATA": str(path.parent), "PLUGINS": "contacts,hr"}
    return Site.open(load_settings({f"TRASTIENDA_{name}": value for name, value in given.items()}))


def _staff(path: Path, people: int) -> int:
    """A company with so many employees and a draft of May's run; its id."""
    site = _open(path)
    with site.active():
        upgrade(site, report=lambda title: None)
        Company.insert(code="ACME", name="Acme", currency="EUR", country="ES", time_zone="Europe/Madrid").execute()

        def body(work: Work) -> int:
            first_run(work)
            structure = work.get(SalaryStructure, "ES-MENSUAL")
            staff = work.add_all([(Employee(code=f"E{n}", starts_on=date(2025, 1, 1)), ()) for n in range(people)])
            salaries = [
                Salary(employee=each.id, starts_on=each.starts_on, amount=Decimal(2000 + n), structure=structure.id)
                for n, each in enumerate(staff)
            ]
            work.add_all([(each, ()) for each in salaries])
            return work.add(PayrollRun(code="2026-05", starts_on=MAY[0], ends_on=MAY[1])).id

        run = site.write(Actor.system("bench"), site.company("ACME"), body)
    disconnect(site)
    site.database.close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return run


def _compute(path: Path, run: int) -> float:
    site = _open(path)
    with site.active():
        company, actor = site.company("ACME"), Actor.system("bench")
        taken = seconds(
            lambda: compute_in_batches(
                lambda body: site.write(actor, company, body), run, tell=lambda done, of: None
            )
        )
    site.database.close()
    return taken


def _bare(path: Path, computed: Path, people: int) -> float:
    """The same figures for everybody, and the very rows that the run wrote, in one transaction."""
    with sqlite3.connect(computed) as source:
        rows = {table: source.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
    with sqlite3.connect(path, isolation_level=None) as database:
        database.execute("PRAGMA synchronous=FULL")
        last = {table: {row[0] for row in database.execute(f"SELECT rowid FROM {table}")} for table in TABLES}
        new = {table: [row for row in rows[table] if row[0] not in last[table]] for table in TABLES}
        return seconds(lambda: _evaluate_and_insert(database, new, people))


def _evaluate_and_insert(database: sqlite3.Connection, new: dict[str, list[tuple[Any, ...]]], people: int) -> None:
    for number in range(people):
        _pay(Decimal(2000 + number))
    database.execute("BEGIN IMMEDIATE")
    for table, rows in new.items():
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    database.execute("COMMIT")


def _pay(salary: Decimal) -> list[tuple[str, Decimal, str]]:
    """Fifteen lines, each with the words of how it came about."""
    gross = (salary * 31 / 31).quantize(CENT, ROUND_HALF_UP)
    base = min(Decimal("5101.20"), max(gross, Decimal("1424.40")))
    lines = [("salary", gross, f"salary = {salary}"), ("base", base, f"gross = {gross}")]
    for rate in RATES:
        lines.append((str(rate), (base * rate / HUNDRED).quantize(CENT, ROUND_HALF_UP), f"{rate} % of {base}"))
    lines += [(name, Decimal(0), f"gross = {gross}") for name in ("tax", "bands", "bands of the employer")]
    return lines
