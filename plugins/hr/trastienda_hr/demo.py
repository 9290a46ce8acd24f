"""The demo company's staff, leave and payrolls: generated, the same for the same day."""

from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from random import Random

from stdnum import iban
from stdnum.es import ccc

from trastienda import User, Work

from .departments import Department
from .employees import Employee
from .first_run import first_run
from .leave.allocations import LeaveAllocation
from .leave.requests import LeaveRequest
from .leave.types import LeaveType
from .payroll.payslips import PayrollRun
from .payroll.sepa import PayrollBank
from .payroll.structures import SalaryStructure
from .personal_data import PersonalData
from .positions import Position
from .salaries import Salary

SEED = 1964
DEPARTMENTS = (("DIR", "Dirección", 1), ("VEN", "Ventas", 9), ("ALM", "Almacén", 8), ("ADM", "Administración", 6))
SALARIES = {"DIR": 5800, "VEN": 2300, "ALM": 1750, "ADM": 2150}
FIRST = ("Lucía", "Martina", "Julia", "Irene", "Alba", "Hugo", "Mateo", "Leo", "Bruno", "Adrián", "Nora", "Iván")
SIGN_INS = {
    "hr": ["hr.officer", "hr.self-service"], "payroll": ["hr.payroll-officer", "hr.self-service"],
    "manager": ["hr.manager", "hr.self-service"], "employee": ["hr.self-service"],
}  # fmt: skip
#: Whose place in the sample company each of them has.
PLACES = {"manager": "E002", "employee": "E003", "hr": "E020", "payroll": "E021"}
LAST = ("Robledal", "Montecillo", "Valdeolivas", "Riofrío", "Peñaclara", "Fontanar", "Sotobosque", "Altozano")


def make_demo(work: Work) -> None:
    """24 employees in four departments, their holidays, and the payroll of the last two whole months.

    Where accounting is on, its own demo has the wages in the books: the last month's run waits to be approved.
    """
    first_run(work)
    random = Random(SEED)
    work.configure(PayrollBank, iban=demo_iban(Random(SEED)))
    people = _people(work, random)
    _pay(work, random, people)
    _leave(work, random, people)
    _payrolls(work)


def _people(work: Work, random: Random) -> list[tuple[Employee, str]]:
    people: list[tuple[Employee, str]] = []
    chief: Employee | None = None
    for code, name, count in DEPARTMENTS:
        department = work.add(Department(code=code, name=name))
        position = work.add(Position(code=code, name=f"Puesto de {name.lower()}", department=department.id))
        head = chief
        for _number in range(count):
            began = work.today - timedelta(days=random.randint(400, 3000))
            person = work.add(
                Employee(
                    code=f"E{len(people) + 1:03}",
                    first_name=random.choice(FIRST),
                    last_name=f"{random.choice(LAST)} {random.choice(LAST)}",
                    department=department.id,
                    position=position.id,
                    manager=head.id if head else None,
                    starts_on=began,
                )
            )
            people.append((person, code))
            chief = chief or person
            head = person if head is chief and person is not chief else head
    for user in work.select(User).where(User.name.in_(list(PLACES))):
        work.get(Employee, PLACES[user.name]).user = user
    return people


def _pay(work: Work, random: Random, people: list[tuple[Employee, str]]) -> None:
    structure = work.get(SalaryStructure, "ES-MENSUAL")
    for person, code in people:
        amount = Decimal(SALARIES[code] + 25 * random.randint(0, 40))
        work.add(
            Salary(
                employee=person.id,
                starts_on=person.starts_on,
                amount=amount,
                structure=structure.id,
                withholding=Decimal(8 + int(amount) // 400),
            )
        )
        work.add(PersonalData(employee=person.id, iban=demo_iban(random)))


def demo_iban(random: Random) -> str:
    """An account at a bank that does not exist (entity 9990), all check digits computed."""
    office, account = f"{random.randint(1, 9999):04}", f"{random.randint(1, 9_999_999_999):010}"
    check = ccc.calc_check_digits(f"9990{office}00{account}")
    bban = f"9990{office}{check}{account}"
    return f"ES{iban.calc_check_digits('ES00' + bban)}{bban}"


def _leave(work: Work, random: Random, people: list[tuple[Employee, str]]) -> None:
    holiday = work.get(LeaveType, "HOLIDAY")
    for person, _code in people:
        allocation = work.add(
            LeaveAllocation(
                employee=person.id,
                leave_type=holiday.id,
                starts_on=Date(work.today.year - 1, 1, 1),
                days=Decimal(23),
            )
        )
        work.act(allocation, "submit")
        work.act(allocation, "approve")
        begins = work.today + timedelta(days=random.randint(-120, 40))
        request = work.add(
            LeaveRequest(
                employee=person.id,
                leave_type=holiday.id,
                starts_on=begins,
                ends_on=begins + timedelta(days=random.randint(2, 8)),
            )
        )
        work.act(request, "submit")
        if begins < work.today or random.random() < 0.5:
            work.act(request, "approve")


def _payrolls(work: Work) -> None:
    last = work.today.replace(day=1) - timedelta(days=1)
    before = last.replace(day=1) - timedelta(days=1)
    posted = "ledger.post/1" in work.site.registry.services
    for ends_on in (last,) if posted else (before, last):
        run = work.add(
            PayrollRun(
                code=f"{ends_on:%Y-%m}",
                name=f"Nómina {ends_on:%m/%Y}",
                starts_on=ends_on.replace(day=1),
                ends_on=ends_on,
            )
        )
        work.act(run, "compute")
        if not posted:
            work.act(run, "approve")
