"""From a structure's rules and an employee's figures to payslip lines: a pure function over plain values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date as Date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

from trastienda import gettext as _

from .formula import FormulaError, Function, Value, names_in
from .statutory import Figures
from .working_out import evaluate, number

RuleKind: TypeAlias = Literal["earning", "deduction", "employer", "figure"]
CENT = Decimal("0.01")
HUNDRED = Decimal(100)
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Rule:
    """One step. `percent` is of `base`, a name (40 is 40 %); a rule whose condition is not met makes no line."""

    code: str
    kind: RuleKind = "earning"
    name: str = ""
    amount: Decimal | None = None
    percent: Decimal | None = None
    formula: str = ""
    base: str = ""
    condition: str = ""
    account: str = ""


class PayLine(NamedTuple):
    """Amounts are positive, whatever their kind; `explanation` says how the amount came about."""

    rule: str
    kind: RuleKind
    name: str
    base: Decimal | None
    rate: Decimal | None
    amount: Decimal
    explanation: str
    account: str


@dataclass(frozen=True)
class Pay:
    lines: Sequence[PayLine]

    def total(self, kind: RuleKind) -> Decimal:
        return sum((line.amount for line in self.lines if line.kind == kind), NOTHING)

    @property
    def gross(self) -> Decimal:
        return self.total("earning")

    @property
    def net(self) -> Decimal:
        return self.gross - self.total("deduction")

    @property
    def cost(self) -> Decimal:
        """To the employer."""
        return self.gross + self.total("employer")


@dataclass(frozen=True)
class PayInput:
    """What is known of somebody in a period: `names` are what formulas may use."""

    names: Mapping[str, Decimal]
    figures: Figures
    on: Date
    currency_step: Decimal = CENT
    lookups: Mapping[str, Function] = field(default_factory=dict)


class RuleFailed(ValueError):
    """A rule that cannot be worked out for somebody."""

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(_("rule {rule}: {why}").format(rule=rule, why=why))
        self.rule = rule


def compute(rules: Sequence[Rule], given: PayInput) -> Pay:
    """Rules in order; each later one may use the codes of those before, and `gross`, the earnings so far."""
    names: dict[str, Value] = dict(given.names)
    names["gross"] = NOTHING
    lookups = statutory_lookups(given)
    lines: list[PayLine] = []
    for rule in rules:
        try:
            line = _line(rule, names, lookups, given)
        except FormulaError as error:
            raise RuleFailed(rule.code, str(error)) from error
        names[rule.code] = line.amount if line else NOTHING
        if line is not None:
            lines.append(line)
            if line.kind == "earning":
                names["gross"] = Decimal(names["gross"]) + line.amount
    return Pay([line for line in lines if line.amount or line.kind == "figure"])


def _line(rule: Rule, names: Mapping[str, Value], lookups: Mapping[str, Function], given: PayInput) -> PayLine | None:
    if rule.condition and not evaluate(rule.condition, names, lookups):
        return None
    base = rate = None
    if rule.percent is not None:
        base, rate = number(rule.base, names, lookups), rule.percent
        exact = base * rate / HUNDRED
        why = _("{rate} % of {base} ({name})").format(rate=plain(rate), base=plain(base), name=rule.base)
    elif rule.formula:
        exact = number(rule.formula, names, lookups)
        base = number(rule.base, names, lookups) if rule.base else None
        why = explained(rule.formula, names, given)
    else:
        exact = rule.amount if rule.amount is not None else NOTHING
        why = _("fixed amount")
    if rule.condition:
        why = _("{how}, as {condition}").format(how=why, condition=rule.condition)
    amount = exact.quantize(given.currency_step, ROUND_HALF_UP)
    return PayLine(rule.code, rule.kind, rule.name or rule.code, base, rate, amount, why, rule.account)


def explained(formula: str, names: Mapping[str, Value], given: PayInput) -> str:
    """The formula, the values of its names, and the law behind the statutory figures in it."""
    values = [f"{name} = {plain(Decimal(names[name]))}" for name in names_in(formula) if name in names]
    sources = given.figures.sources(formula, on=given.on)
    return "; ".join([formula, *values, *sources])


def statutory_lookups(given: PayInput) -> dict[str, Function]:
    def rate(name: str) -> Decimal:
        return given.figures.value(name, on=given.on)

    def bands(name: str, amount: Decimal) -> Decimal:
        return banded(amount, given.figures.bands(name, on=given.on), step=given.currency_step)

    found: dict[str, Callable[..., Value]] = {"rate": rate, "bands": bands, **given.lookups}
    return found


def banded(amount: Decimal, bands: Sequence[tuple[Decimal, Decimal]], *, step: Decimal) -> Decimal:
    """Progressive: each (threshold, percent) rates what lies between it and the next; each band is rounded."""
    total = NOTHING
    for (low, percent), high in zip(bands, [*(low for low, _percent in bands[1:]), None], strict=True):
        top = amount if high is None else min(amount, high)
        if top > low:
            total += ((top - low) * percent / HUNDRED).quantize(step, ROUND_HALF_UP)
    return total


@lru_cache(maxsize=2_000)
def plain(value: Decimal) -> str:
    """Without exponent or needless zeros, but with two decimals where there are any."""
    text = f"{value.normalize():f}"
    whole, _point, part = text.partition(".")
    return f"{whole}.{part:0<2}" if part else whole
