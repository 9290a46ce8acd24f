"""People, time and pay in figures."""

from trastienda import Bars, Curve, Report

from ..documents import ExpiringDocument, expiring_documents
from ..payroll.entered_figures import FigureRow, figures_in_force
from .pay import CostRow, RegisterRow, payroll_cost, payroll_register
from .people import (
    AbsenceRow,
    BalanceRow,
    HeadcountRow,
    LiabilityRow,
    OrgChartRow,
    OvertimeRow,
    TeamDay,
    TurnoverRow,
    absence,
    headcount,
    leave_balances,
    leave_liability,
    org_chart,
    overtime,
    team_calendar,
    turnover,
)

reports = [
    Report("hr.org-chart", org_chart, row=OrgChartRow, label="Organisation chart"),
    Report(
        "hr.headcount",
        headcount,
        row=HeadcountRow,
        label="Headcount",
        totals=["employees"],
        chart=Bars("department", ["employees"]),
    ),
    Report(
        "hr.turnover",
        turnover,
        row=TurnoverRow,
        label="Turnover",
        totals=["joined", "left"],
        chart=Curve("month", ["joined", "left"]),
    ),
    Report(
        "hr.absence",
        absence,
        row=AbsenceRow,
        label="Absence",
        totals=["days"],
        chart=Bars("department", ["days"]),
    ),
    Report("hr.team-calendar", team_calendar, row=TeamDay, label="Team calendar"),
    Report("hr.leave-balances", leave_balances, row=BalanceRow, label="Leave balances"),
    Report(
        "hr.leave-liability",
        leave_liability,
        row=LiabilityRow,
        label="Leave liability",
        totals=["days", "amount"],
        chart=Bars("employee", ["amount"]),
    ),
    Report(
        "hr.overtime",
        overtime,
        row=OvertimeRow,
        label="Overtime",
        totals=["worked", "planned", "overtime"],
        chart=Bars("employee", ["overtime"]),
    ),
    Report("hr.expiring-documents", expiring_documents, row=ExpiringDocument, label="Expiring documents"),
    Report("hr.figures-in-force", figures_in_force, row=FigureRow, label="Statutory figures in force"),
    Report(
        "hr.payroll-register",
        payroll_register,
        row=RegisterRow,
        label="Payroll register",
        totals=["gross", "deductions", "net", "cost"],
    ),
    Report(
        "hr.payroll-cost",
        payroll_cost,
        row=CostRow,
        label="Payroll cost by department",
        totals=["gross", "cost"],
        chart=Bars("department", ["cost"]),
    ),
]

__all__ = ["reports"]
