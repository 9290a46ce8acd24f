"""People, leave and payroll."""

from trastienda import InTransaction, Plugin, Route, Setup, changed, created, deleted

from .access import roles
from .assignments import EmployeeAsOf, keep_history
from .demo import SIGN_INS, make_demo
from .departments import Department
from .employees import Employee, name_employee
from .entities import entities
from .first_run import first_run
from .leave.feeds import CalendarFeed, by_address, own_feed, read_feed, tell_address
from .leave.nightly import jobs as nightly_jobs
from .leave.requests import LeaveDay, LeaveRequest
from .panels import panels
from .payroll.in_batches import jobs
from .payroll.paid_salaries import refuse_change_of_paid
from .payroll.payslip_print import prints
from .payroll.payslips import PayrollRun, Payslip
from .payroll.sepa import PAYROLL_BANK, PaymentFile, download
from .positions import Position
from .reports import reports
from .retention import retentions
from .salaries import Salary
from .services import employee_as_of, find_employee, services, working_days

__all__ = [
    "Department",
    "Employee",
    "EmployeeAsOf",
    "LeaveRequest",
    "PayrollRun",
    "Payslip",
    "Position",
    "employee_as_of",
    "find_employee",
    "plugin",
    "working_days",
]

plugin = Plugin(
    "hr",
    label="Human resources",
    description="People, working time, leave and payroll",
    when={"accounting": "trastienda_hr.with_accounting"},
    entities=entities,
    tables=[LeaveDay, PaymentFile],
    roles=roles,
    prints=prints,
    reports=reports,
    panels=panels,
    services=services,
    retentions=retentions,
    settings=[PAYROLL_BANK],
    jobs=[*jobs, *nightly_jobs],
    subscribers=[
        InTransaction(created(CalendarFeed), own_feed),
        InTransaction(created(Employee), name_employee),
        InTransaction(changed(Employee), keep_history),
        InTransaction(changed(Salary), refuse_change_of_paid),
        InTransaction(deleted(Salary), refuse_change_of_paid),
    ],
    routes=[
        Route("leave.ics", read_feed, permission="hr.leave-feed"),
        Route("calendar-feeds/<feed>/address", tell_address, permission="hr.leave-feed"),
        Route("payroll-runs/<run>/sepa.xml", download, permission="hr.payment-file"),
    ],
    authenticator=by_address,
    setup=Setup(first_run=first_run, demo=make_demo, sign_ins=SIGN_INS),
)
