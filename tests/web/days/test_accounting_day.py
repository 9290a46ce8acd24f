"""The day of an accountant."""

from __future__ import annotations

from .stage import Start, in_each_way


@in_each_way
def test_accounting_day(start: Start) -> None:
    day = start("lucia", "accounting.accountant")
    day.look("start")
    day.go_to("Journal entries")
    day.look("entries")
    day.go_to("", record="Papelería")
    day.look("customer")
