"""How long the law keeps what is known of an employee."""

from datetime import date as Date

from trastienda import Retention, Work, lazy_gettext

from .employees import Employee
from .personal_data import PersonalData

#: Real Decreto Legislativo 5/2000, article 21.1, and article 4: documents of affiliation, contributions and wages.
YEARS = 4


def employment_of(_work: Work, employee: Employee) -> Date | None:
    """As long as he works here and four years on; whoever left on an unknown day is kept no longer."""
    if employee.ends_on is not None:
        return Date(employee.ends_on.year + YEARS, 12, 31)
    return None if employee.left else Date.max


def employment_behind(work: Work, data: PersonalData) -> Date | None:
    return employment_of(work, data.employee)


LAW = lazy_gettext("Social security law, RDL 5/2000, article 21: four years after the employment")
retentions = [
    Retention("hr.employee", employment_of, law=LAW),
    Retention("hr.personal-data", employment_behind, law=LAW),
]
