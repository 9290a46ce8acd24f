"""Many at once: whatever they do to each other comes out as if they had come one after the other.

The last ten of a stock and the 200 runs of one payroll are raced in the plugins' own tests.

Seen to catch: posting without the lock on its period (on PostgreSQL; SQLite has one writer at a time).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from itertools import groupby
from threading import Barrier
from typing import Any

from trastienda import Work
from trastienda.security.audit import verify
from trastienda.testing.sites import SYSTEM
from trastienda_accounting import Account, FiscalYear, Journal, JournalEntry, Period, Posting
from trastienda_accounting.balances import PeriodBalance
from trastienda_accounting.periods import FiscalPeriodClosed

from .stage import Stage

YEARS = range(2100, 2142)
RACES = 500
CLERKS = 20


def drafts(work: Work) -> list[tuple[int, int]]:
    """A year after the other of twelve months, with one draft in each month: (period, entry)."""
    account, journal = work.select(Account).where(Account.postable).first(), work.select(Journal).first()
    for year in YEARS:
        work.add(FiscalYear(code=str(year), name=str(year), starts_on=date(year, 1, 1), ends_on=date(year, 12, 31)))
    work.flush()
    periods = list(work.select(Period).where(Period.starts_on >= date(YEARS[0], 1, 1)).order_by(Period.starts_on))
    made = work.add_all([
        (JournalEntry(date=each.starts_on, journal=journal), [
            Posting(account=account, debit=Decimal(1)), Posting(account=account, credit=Decimal(1))])
        for each in periods
    ])  # fmt: skip
    return [(period.id, entry.id) for period, entry in zip(periods, made, strict=True)][:RACES]


def test_of_500_postings_each_comes_before_the_closing_of_its_period_or_is_refused(own_quiet: Stage) -> None:
    site = own_quiet.site
    acme = site.company("ACME")
    pairs = site.write(SYSTEM, acme, drafts)
    assert len(pairs) == RACES
    start = Barrier(2)

    seen_closed: list[bool] = []

    def side(model: type[Any], action: str, place: int) -> list[bool]:
        outcomes = []
        with site.active():
            for number, pair in enumerate(pairs):
                start.wait(30)
                time.sleep(0.004 * ((number // 2) % 3 == 1) * (number % 2 == place))

                def act(work: Work, key: int = pair[place]) -> None:
                    work.act(work.lock(work.get(model, key)), action)

                try:
                    site.write(SYSTEM, acme, act)
                    outcomes.append(True)
                except FiscalPeriodClosed:
                    outcomes.append(False)
                if model is Period:  # what was posted when the period was closed: nothing joins it afterwards
                    seen_closed.append(JournalEntry.get_by_id(pair[1]).state == "posted")
        return outcomes

    with ThreadPoolExecutor(2) as pool:
        closing = pool.submit(side, Period, "close", 0)
        posted = pool.submit(side, JournalEntry, "post", 1).result()
    assert closing.result() == [True] * RACES
    assert seen_closed == posted
    assert 0 < posted.count(True) < RACES
    with site.active():
        entries = {each.id: each for each in JournalEntry.select().where(
            JournalEntry.id.in_([entry for _, entry in pairs]))}  # fmt: skip
        assert [entries[entry].state == "posted" for _, entry in pairs] == posted
        assert {each.state for each in Period.select().where(Period.id.in_([each for each, _ in pairs]))} == {"closed"}
        numbers = sorted((each.date.year, each.number) for each in entries.values() if each.state == "posted")
        for _year, of_year in groupby(numbers, key=lambda each: each[0]):
            assert [int(number.rpartition("/")[2]) for _, number in of_year] == list(
                range(1, sum(each[0] == _year for each in numbers) + 1))  # fmt: skip
        summed = PeriodBalance.select(PeriodBalance.period).where(PeriodBalance.period.in_([each for each, _ in pairs]))
        assert {row[0] for row in summed.tuples()} == {
            period for (period, _), done in zip(pairs, posted, strict=True) if done}  # fmt: skip
        assert verify(site.database)[2] == []


def at_once(stage: Stage, who: str, send: Callable[[Any], Any]) -> list[Any]:
    """The answers to as many clerks, each with a connection of his own."""
    start = Barrier(CLERKS)

    def one(_number: int) -> Any:
        client = stage.api(who)
        start.wait(30)
        return send(client)

    with ThreadPoolExecutor(CLERKS) as pool:
        return list(pool.map(one, range(CLERKS)))


def approvals(stage: Stage, who: str, url: str) -> Sequence[int]:
    return at_once(stage, who, lambda client: client.post(f"{url}/actions/approve", json={}).status_code)


def test_of_20_approvals_of_a_leave_request_one_counts(own_quiet: Stage) -> None:
    own = own_quiet.api("hr.self-service")
    employee = own.get("/api/v1/hr/employees").json["items"][0]["id"]
    asked = {"employee": employee, "leave_type": "UNPAID", "starts_on": "2027-03-02", "ends_on": "2027-03-02"}
    request = own.post("/api/v1/hr/leave-requests", json=asked).json["id"]
    url = f"/api/v1/hr/leave-requests/{request}"
    assert own.post(f"{url}/actions/submit", json={}).status_code == 200
    admin = own_quiet.api("admin")
    before = admin.get(f"/api/v1/hr/leave-entries?employee.id={employee}&count=exact").json["count"]
    assert Counter(approvals(own_quiet, "hr.manager", url)) == {200: 1, 409: CLERKS - 1}
    shown = admin.get(url).json
    assert (shown["state"], shown["days"]) == ("approved", "1")
    entries = admin.get(f"/api/v1/hr/leave-entries?employee.id={employee}&count=exact").json["count"]
    assert entries - before <= 1
    told = [each["action"] for each in admin.get(f"{url}/history").json["items"]]
    assert told == ["approve", "submit", "create"]


def test_of_20_approvals_of_a_payroll_run_one_counts_and_is_posted_once(own_quiet: Stage) -> None:
    admin = own_quiet.api("admin")
    given = {"code": "RACE", "starts_on": "2026-12-01", "ends_on": "2026-12-31"}
    url = f"/api/v1/hr/payroll-runs/{admin.post('/api/v1/hr/payroll-runs', json=given).json['id']}"
    assert admin.post(f"{url}/actions/compute", json={}).json["state"] == "computed"
    before = admin.get("/api/v1/accounting/entries?count=exact&state=posted&limit=1").json["count"]
    assert Counter(approvals(own_quiet, "admin", url)) == {200: 1, 409: CLERKS - 1}
    assert admin.get(url).json["state"] == "posted"
    after = admin.get("/api/v1/accounting/entries?count=exact&state=posted&limit=1").json["count"]
    assert after - before == 1
    assert [each["action"] for each in admin.get(f"{url}/history").json["items"]] == [
        "post", "approve", "compute", "create"]  # fmt: skip
