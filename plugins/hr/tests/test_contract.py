"""What every plugin owes its users."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as Date
from typing import Any

import pytest

from trastienda import Work
from trastienda.testing.contract import PluginContract
from trastienda_hr import Employee


def two_people(work: Work) -> None:
    for code in ("UP", "DOWN"):
        work.add(Employee(code=code, starts_on=Date(2025, 1, 1)))


class TestContract(PluginContract):
    plugin = "hr"
    values = {
        "hr.delegation": {"manager": "UP", "deputy": "DOWN"},
        "hr.personal-data": None,
        "hr.salary": None,
    }

    @pytest.fixture(autouse=True)
    def _there(self, write: Callable[[Callable[[Work], Any]], Any]) -> None:
        write(two_people)
