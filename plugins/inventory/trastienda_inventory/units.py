"""Units of measure: exact ratios to the reference unit of their kind, never a rounded factor."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from peewee import BigIntegerField, BooleanField, CharField

from trastienda import ChoiceField, Fault, Record, Refusal
from trastienda import gettext as _

#: A quantity is kept with this many decimals.
QUANTITY_DECIMALS = 6


class Unit(Record):
    code = CharField(12, verbose_name="Code")
    name = CharField(60, verbose_name="Name")
    kind = ChoiceField("count", "weight", "volume", "length", "area", "time", default="count", verbose_name="Kind")
    numerator = BigIntegerField(
        default=1, verbose_name="Numerator", help_text="Numerator / denominator reference units make one of these"
    )
    denominator = BigIntegerField(default=1, verbose_name="Denominator")
    active = BooleanField(default=True, verbose_name="Active")

    class Meta:
        indexes = ((("company", "code"), True),)

    @property
    def ratio(self) -> Fraction:
        """How many reference units one of these is."""
        return Fraction(self.numerator, self.denominator)


class IncompatibleUnits(Refusal):
    field = "unit"

    def __init__(self, source: Unit, target: Unit) -> None:
        text = _("{source} cannot be converted to {target}: they measure different things")
        super().__init__(text.format(source=source.code, target=target.code))


class InexactConversion(Refusal):
    """The quantity in the other unit has more decimals than are kept."""

    field = "quantity"

    def __init__(self, quantity: Decimal, source: Unit, target: Unit) -> None:
        text = _("{quantity} {source} is no exact quantity of {target}")
        super().__init__(text.format(quantity=quantity, source=source.code, target=target.code))


def unit_faults(unit: Unit) -> Iterator[Fault]:
    if not unit.code.strip():
        yield Fault(Unit.code, _("A unit needs a code"))
    if unit.numerator <= 0:
        yield Fault(Unit.numerator, _("The ratio is made of positive numbers"))
    if unit.denominator <= 0:
        yield Fault(Unit.denominator, _("The ratio is made of positive numbers"))


def convert(quantity: Decimal, *, source: Unit, target: Unit) -> Decimal:
    """The same quantity in another unit; raises where that is not possible exactly, to six decimals."""
    if source.kind != target.kind:
        raise IncompatibleUnits(source, target)
    converted = exactly(quantity, source=source, target=target)
    if converted is None:
        raise InexactConversion(quantity, source, target)
    return converted


def exactly(quantity: Decimal, *, source: Unit, target: Unit) -> Decimal | None:
    """The same quantity in another unit, None where that is not possible exactly, to six decimals."""
    if source.id == target.id:
        return quantity
    return exact_decimal(Fraction(quantity) * source.ratio / target.ratio) if source.kind == target.kind else None


def exact_decimal(number: Fraction) -> Decimal | None:
    """None where it has more decimals than a quantity keeps."""
    scaled = number * 10**QUANTITY_DECIMALS
    return Decimal(scaled.numerator).scaleb(-QUANTITY_DECIMALS) if scaled.denominator == 1 else None
