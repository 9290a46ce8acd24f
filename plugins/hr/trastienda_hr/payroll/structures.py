"""Salary structures: rules in order, each an amount, a percentage of something, or a formula."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import cast

from peewee import BooleanField, CharField, ForeignKeyField, IntegerField

from trastienda import Child, ChoiceField, Fault, MoneyField, QuantityField, Record, Work
from trastienda import gettext as _

from .computing import Rule, RuleKind
from .formula import FormulaError, parse

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")


class SalaryStructure(Record):
    code = CharField(20, verbose_name="Code")
    name = CharField(120, verbose_name="Name")
    active = BooleanField(default=True, verbose_name="Active")

    class Meta:
        indexes = ((("company", "code"), True),)


class SalaryRule(Child):
    structure = ForeignKeyField(SalaryStructure, on_delete="CASCADE")
    sequence = IntegerField(default=0, verbose_name="Order", help_text="Equal ones in the order of their lines")
    code = CharField(20, verbose_name="Code", help_text="Letters, digits, underscores: later formulas use it")
    name = CharField(120, default="", verbose_name="Name")
    kind = ChoiceField("earning", "deduction", "employer", "figure", default="earning", verbose_name="Kind")
    amount = MoneyField(null=True, verbose_name="Amount")
    percent = QuantityField(null=True, verbose_name="Percent", help_text="40 is 40 % of the base")
    formula = CharField(1000, default="", verbose_name="Formula")
    base = CharField(200, default="", verbose_name="Base", help_text="A code or formula that the percent is of")
    condition = CharField(500, default="", verbose_name="Condition", help_text="No line where it is not met")
    account = CharField(
        41, default="", verbose_name="Account", help_text="Code; of an employer's cost: expense/payable"
    )

    class Meta:
        indexes = ((("structure", "code"), True),)


def structure_faults(structure: SalaryStructure) -> Iterator[Fault]:
    """What is wrong with a rule is found when it is entered, not when salaries are due."""
    seen: set[str] = set()
    for rule in structure.lines_of(SalaryRule):
        if not CODE.fullmatch(rule.code):
            yield Fault(SalaryRule.code, _("Begin with a letter; letters, digits, underscores"), line=rule)
        elif rule.code in seen:
            yield Fault(SalaryRule.code, _("This code is there already"), line=rule)
        seen.add(rule.code)
        given = [rule.amount is not None, rule.percent is not None, bool(rule.formula)]
        if sum(given) != 1:
            yield Fault(SalaryRule.amount, _("Give an amount, a percent or a formula"), line=rule)
        if rule.percent is not None and not rule.base:
            yield Fault(SalaryRule.base, _("A percent is of a base"), line=rule)
        for field, text in (
            (SalaryRule.formula, rule.formula),
            (SalaryRule.base, rule.base),
            (SalaryRule.condition, rule.condition),
        ):
            try:
                if text:
                    parse(text)
            except FormulaError as error:
                message = _("rule {rule}: {why}").format(rule=rule.code, why=error)
                yield Fault(field, message, line=rule)


def rules_of(structure: SalaryStructure) -> list[Rule]:
    lines = sorted(structure.lines_of(SalaryRule), key=lambda rule: rule.sequence)
    return [
        Rule(
            code=line.code,
            kind=cast(RuleKind, line.kind),
            name=line.name,
            amount=line.amount,
            percent=line.percent,
            formula=line.formula,
            base=line.base,
            condition=line.condition,
            account=line.account,
        )
        for line in lines
    ]


def add_country_structure(work: Work, country: str) -> SalaryStructure | None:
    """The structure that companies of a country begin with; None where there is none, or it is there."""
    source = files("trastienda_hr") / "statutory" / f"{country.lower()}_structure.toml"
    if not country.isalpha() or not source.is_file():
        return None
    read = tomllib.loads(source.read_text(encoding="utf-8"))
    if work.find(SalaryStructure, read["code"]) is not None:
        return None
    rules = [SalaryRule(sequence=number, **each) for number, each in enumerate(read["rules"], start=1)]
    return work.add(SalaryStructure(code=read["code"], name=read["name"]), rules)
