"""A Spanish company with a boss, a manager, two of his people and somebody elsewhere, on each database."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from datetime import date as Date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest

from trastienda import Actor, Company, Site, User, Work
from trastienda.settings import load_settings
from trastienda.upgrade import upgrade
from trastienda_hr import Department, Employee
from trastienda_hr.demo import demo_iban
from trastienda_hr.first_run import first_run
from trastienda_hr.payroll.structures import SalaryStructure
from trastienda_hr.personal_data import PersonalData
from trastienda_hr.salaries import Salary

T = TypeVar("T")
NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
PEOPLE = (("BOSS", None), ("CHIEF", "BOSS"), ("ONE", "CHIEF"), ("TWO", "CHIEF"), ("OTHER", "BOSS"))


class Firm:
    """The company ACME; each employee's user is called as his code in small letters."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.company = site.company("ACME")
        self.system = Actor.system("tests")

    def write(self, body: Callable[[Work], T], actor: Actor | None = None) -> T:
        return self.site.write(actor or self.system, self.company, body)

    def read(self, body: Callable[[Work], T], actor: Actor | None = None) -> T:
        return self.site.read(actor or self.system, self.company, body)

    def as_(self, name: str, *roles: str) -> Actor:
        user = User.get(User.name == name)
        return Actor(user=user.id, name=name, roles=frozenset(roles), today=self.site.today(self.company))

    def id_of(self, code: str) -> int:
        return self.read(lambda work: work.get(Employee, code).id)

    def act(self, model: type[Any], key: int | str, action: str, actor: Actor | None = None, **given: object) -> None:
        self.write(lambda work: work.act(work.lock(work.get(model, key)), action, **given), actor)


def found_company(site: Site) -> None:
    with site.active():
        upgrade(site, report=lambda title: None)
        Company.insert(code="ACME", name="Acme", currency="EUR", country="ES", time_zone="Europe/Madrid").execute()
        Firm(site).write(_staff)
    site.shut()


def _staff(work: Work) -> None:
    from random import Random

    first_run(work)
    department = work.add(Department(code="D1", name="All"))
    structure = work.get(SalaryStructure, "ES-MENSUAL")
    ids: dict[str, int] = {}
    for number, (code, manager) in enumerate(PEOPLE, start=1):
        user = work.add(User(name=code.lower()))
        person = work.add(
            Employee(
                code=code,
                user=user.id,
                department=department.id,
                manager=ids[manager] if manager else None,
                starts_on=Date(2025, 1, 1),
            )
        )
        ids[code] = person.id
        amount = Decimal(2500 + 100 * number)
        work.add(Salary(employee=person.id, starts_on=person.starts_on, amount=amount, structure=structure.id))
        work.add(PersonalData(employee=person.id, iban=demo_iban(Random(number))))


def open_site(url: str, data: Path, plugins: str = "contacts,hr") -> Site:
    settings = {"TRASTIENDA_DATABASE": url, "TRASTIENDA_DATA": str(data), "TRASTIENDA_PLUGINS": plugins}
    site = Site.open(load_settings(settings))
    site.clock = lambda: NOW
    return site


@pytest.fixture
def site(prepared_database: Callable[[str, Callable[[str], object]], str], tmp_path: Path) -> Iterator[Site]:
    url = prepared_database("hr", lambda url: found_company(open_site(url, tmp_path)))
    made = open_site(url, tmp_path)
    with made.active():
        yield made
    made.shut()


@pytest.fixture
def firm(site: Site) -> Firm:
    return Firm(site)
