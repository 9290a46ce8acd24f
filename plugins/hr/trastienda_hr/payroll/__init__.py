"""Payroll: structures of rules, statutory figures, runs and payslips."""
