"""What the plugin keeps, as every door serves it."""

from typing import Any

from trastienda import Action, Entity, Lines, Locked, Personal, Transition

from .assignments import Assignment, correct, move, terminate
from .calendars import CalendarDay, WorkCalendar, calendar_faults
from .clock import ClockRecord, clock_faults, clock_out
from .contracts import Contract, contract_faults
from .departments import Department, department_faults, missing_department
from .documents import Document, document_faults
from .employees import Employee, employed_faults, employee_faults, missing_employee, oneself
from .leave import allocations, requests
from .leave.allocations import LeaveAllocation, allocation_faults
from .leave.delegations import Delegation, delegation_faults
from .leave.feeds import CalendarFeed, revoke
from .leave.ledger import LeaveEntry
from .leave.requests import LeaveRequest, request_faults
from .leave.types import LeaveSeniority, LeaveType, leave_type_faults
from .payroll import in_batches, paid_salaries, runs
from .payroll.entered_figures import StatutoryBand, StatutoryFigure, figure_faults
from .payroll.payslips import PayrollInput, PayrollRun, Payslip, PayslipLine
from .payroll.runs import run_faults
from .payroll.structures import SalaryRule, SalaryStructure, structure_faults
from .personal_data import PersonalData, personal_data_faults
from .positions import Position, missing_position, position_faults
from .salaries import Salary, salary_faults
from .timesheets import Timesheet, TimesheetLine, confirm, monday, sunday, timesheet_faults

organisation: list[Entity[Any]] = [
    Entity(
        "hr.department",
        Department,
        key=Department.code,
        archive=Department.active,
        rules=[department_faults],
        search=[Department.code, Department.name],
        parent=Department.parent,
        create_missing=missing_department,
    ),
    Entity(
        "hr.position",
        Position,
        key=Position.code,
        archive=Position.active,
        rules=[position_faults],
        search=[Position.code, Position.name],
        create_missing=missing_position,
    ),
    Entity(
        "hr.employee",
        Employee,
        key=Employee.code,
        archive=Employee.active,
        checks=[employed_faults],
        personal=Personal(
            [Employee.name, Employee.first_name, Employee.last_name, Employee.email, Employee.phone]
        ),
        rules=[employee_faults],
        search=[Employee.code, Employee.name, Employee.first_name, Employee.last_name],
        columns=[
            Employee.code,
            Employee.name,
            Employee.department,
            Employee.position,
            Employee.manager,
            Employee.starts_on,
            Employee.ends_on,
        ],
        group_by=[Employee.department, Employee.position],
        readonly=[Employee.assigned_since],
        create_missing=missing_employee,
        actions=[
            Action("move", move, label="Move elsewhere"),
            Action("correct", correct, label="Correct the assignment"),
            Action("terminate", terminate, label="End employment", confirm=True),
        ],
    ),
    Entity("hr.assignment", Assignment, writable=False, order=[-Assignment.ends_on], label="Past assignment"),
    Entity(
        "hr.personal-data",
        PersonalData,
        rules=[personal_data_faults],
        personal=Personal(
            [
                PersonalData.tax_id,
                PersonalData.social_security_number,
                PersonalData.iban,
                PersonalData.bic,
                PersonalData.birth_date,
                PersonalData.address,
                PersonalData.private_email,
                PersonalData.private_phone,
                PersonalData.emergency_contact,
            ],
            person=PersonalData.employee,
        ),
        path="personal-data",
        label="Personal data",
        plural="Personal data",
    ),
    Entity("hr.document", Document, rules=[document_faults], order=[Document.expires_on]),
]

time: list[Entity[Any]] = [
    Entity(
        "hr.calendar",
        WorkCalendar,
        search=[WorkCalendar.code, WorkCalendar.name],
        key=WorkCalendar.code,
        archive=WorkCalendar.active,
        columns=[WorkCalendar.code, WorkCalendar.name, WorkCalendar.country, WorkCalendar.region,
                 WorkCalendar.is_default],
        rules=[calendar_faults],
        label="Working-time calendar",
        lines=[Lines(CalendarDay.calendar, name="days", label="Days of its own")],
    ),
    Entity(
        "hr.contract",
        Contract,
        columns=[Contract.employee, Contract.kind, Contract.starts_on, Contract.ends_on, Contract.trial_ends_on,
                 Contract.calendar, Contract.part_time],
        rules=[contract_faults],
        order=[-Contract.starts_on],
    ),
    Entity(
        "hr.clock-record",
        ClockRecord,
        daily=True,
        rules=[clock_faults],
        begins={ClockRecord.employee: oneself, ClockRecord.date: lambda work: work.today,
                ClockRecord.clock_in: lambda work: work.now},
        order=[-ClockRecord.clock_in],
        actions=[Action("clock-out", clock_out, label="Clock out", when={ClockRecord.clock_out: None})],
    ),
    Entity(
        "hr.timesheet",
        Timesheet,
        rules=[timesheet_faults],
        waits={"submitted": 3},
        begins={Timesheet.employee: oneself, Timesheet.starts_on: monday, Timesheet.ends_on: sunday},
        order=[-Timesheet.starts_on],
        lines=[Lines(TimesheetLine.timesheet, totals=[TimesheetLine.hours])],
        actions=[
            Transition("submit", ("draft", "refused"), "submitted", label="Submit"),
            Transition("approve", "submitted", "approved", confirm, label="Approve"),
            Transition("refuse", "submitted", "refused", confirm, label="Refuse"),
        ],
        locked=Locked(["approved"]),
        undone=["refused"],
    ),
]

leave: list[Entity[Any]] = [
    Entity(
        "hr.leave-type",
        LeaveType,
        search=[LeaveType.code, LeaveType.name],
        key=LeaveType.code,
        archive=LeaveType.active,
        rules=[leave_type_faults],
        lines=[Lines(LeaveSeniority.leave_type, name="seniority", label="Seniority")],
    ),
    Entity(
        "hr.leave-allocation",
        LeaveAllocation,
        rules=[allocation_faults],
        columns=[LeaveAllocation.employee, LeaveAllocation.leave_type, LeaveAllocation.starts_on,
                 LeaveAllocation.ends_on, LeaveAllocation.days, LeaveAllocation.accrued_until, LeaveAllocation.state],
        readonly=[LeaveAllocation.accrued_until, LeaveAllocation.decided_by],
        actions=[
            Transition("submit", "draft", "submitted", label="Submit"),
            Transition("approve", "submitted", "approved", allocations.approve_allocation, label="Approve"),
            Transition("refuse", "submitted", "refused", allocations.decide, label="Refuse"),
            Action("accrue", allocations.accrue, label="Book what has accrued", states=["approved"]),
        ],
        locked=Locked(["refused"]),
        undone=["refused"],
    ),
    Entity(
        "hr.leave-request",
        LeaveRequest,
        rules=[request_faults],
        columns=[LeaveRequest.employee, LeaveRequest.leave_type, LeaveRequest.starts_on, LeaveRequest.ends_on,
                 LeaveRequest.days, LeaveRequest.state],
        begins={LeaveRequest.employee: oneself, LeaveRequest.leave_type: requests.type_of_last},
        order=[-LeaveRequest.starts_on],
        waits={"submitted": 3},
        undone=["refused", "cancelled"],
        readonly=[LeaveRequest.days, LeaveRequest.decided_by, LeaveRequest.answer],
        actions=[
            Transition("submit", "draft", "submitted", requests.submit, label="Submit"),
            Transition("withdraw", "submitted", "draft", requests.withdraw, label="Withdraw"),
            Transition("approve", "submitted", "approved", requests.approve, label="Approve"),
            Transition("refuse", "submitted", "refused", requests.refuse, label="Refuse"),
            Transition("cancel", "approved", "cancelled", requests.cancel, label="Cancel", confirm=True,
                       when={LeaveRequest.starts_on: requests.yet_to_come}),
            Transition("cancel-begun", "approved", "cancelled", requests.cancel, label="Cancel although begun",
                       confirm=True, when={LeaveRequest.starts_on: requests.begun}),
        ],
        locked=Locked(
            ["submitted", "approved", "refused", "cancelled"],
            but=[LeaveRequest.decided_by, LeaveRequest.answer],
        ),
    ),
    Entity(
        "hr.leave-entry",
        LeaveEntry,
        writable=False,
        path="leave-entries",
        plural="Leave entries",
        order=[-LeaveEntry.date],
    ),
    Entity("hr.delegation", Delegation, rules=[delegation_faults], order=[-Delegation.starts_on],
           begins={Delegation.manager: oneself, Delegation.starts_on: lambda work: work.today}),
    Entity(
        "hr.calendar-feed",
        CalendarFeed,
        title=CalendarFeed.name,
        hidden=[CalendarFeed.salt],
        readonly=[CalendarFeed.user, CalendarFeed.revoked],
        columns=[CalendarFeed.name, CalendarFeed.user, CalendarFeed.revoked],
        order=[-CalendarFeed.id],
        actions=[Action("revoke", revoke, label="Revoke", confirm=True, when={CalendarFeed.revoked: False})],
    ),
]

payroll: list[Entity[Any]] = [
    Entity(
        "hr.salary",
        Salary,
        rules=[salary_faults],
        path="salaries",
        order=[-Salary.starts_on],
        actions=[Action("correct", paid_salaries.correct, label="Correct the amount")],
    ),
    Entity(
        "hr.salary-structure",
        SalaryStructure,
        search=[SalaryStructure.code, SalaryStructure.name],
        key=SalaryStructure.code,
        archive=SalaryStructure.active,
        rules=[structure_faults],
        lines=[Lines(SalaryRule.structure, name="rules", label="Rules")],
    ),
    Entity(
        "hr.statutory-figure",
        StatutoryFigure,
        title=StatutoryFigure.name,
        rules=[figure_faults],
        search=[StatutoryFigure.name, StatutoryFigure.source],
        order=[StatutoryFigure.name, -StatutoryFigure.starts_on],
        lines=[Lines(StatutoryBand.figure, name="bands", label="Bands")],
    ),
    Entity("hr.payroll-input", PayrollInput, order=[-PayrollInput.date]),
    Entity(
        "hr.payroll-run",
        PayrollRun,
        search=[PayrollRun.code, PayrollRun.name],
        key=PayrollRun.code,
        columns=[PayrollRun.code, PayrollRun.name, PayrollRun.kind, PayrollRun.pay_on, PayrollRun.payslips,
                 PayrollRun.gross, PayrollRun.net, PayrollRun.cost, PayrollRun.state],
        begins={PayrollRun.code: runs.code_due, PayrollRun.starts_on: runs.first_day_due,
                PayrollRun.ends_on: runs.last_day_due},
        rules=[run_faults],
        order=[-PayrollRun.starts_on],
        waits={"draft": 7, "computed": 3, "approved": 3},
        readonly=[PayrollRun.payslips, PayrollRun.gross, PayrollRun.net, PayrollRun.cost],
        actions=[
            Transition("compute", "draft", "computed", runs.compute_run, label="Compute"),
            Transition("reopen", "computed", "draft", runs.reopen, label="Back to draft", confirm=True),
            Action("compute-later", in_batches.compute_later, label="Compute in the background", states=["draft"]),
            Action("discard", runs.reopen, label="Throw the payslips away", states=["draft"], confirm=True),
            Transition("approve", "computed", "approved", runs.approve_run, label="Approve", confirm=True),
            Transition("post", "approved", "posted", runs.post_run, label="Post"),
            Transition("pay", ("approved", "posted"), "paid", runs.pay_run, label="Pay", confirm=True),
        ],
        locked=Locked(["approved", "posted", "paid"], but=[PayrollRun.pay_on]),
    ),
    Entity(
        "hr.payslip",
        Payslip,
        writable=False,
        columns=[Payslip.employee, Payslip.run, Payslip.department, Payslip.kind, Payslip.gross, Payslip.deductions,
                 Payslip.net, Payslip.cost, Payslip.state],
        order=[-Payslip.starts_on],
        lines=[Lines(PayslipLine.payslip)],
        actions=[Transition("approve", "draft", "approved", label="Approve", permission="finalize")],
        locked=Locked(["approved"]),
    ),
]

entities = [*organisation, *time, *leave, *payroll]
