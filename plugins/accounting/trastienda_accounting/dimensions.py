"""Open-ended dimensions of a posting: department, project, machine, whatever a company asks its books for.

A posting carries one set of values, written `department=D2;project=P1`. A set is its own content: it is made
the first time that it is named, and never changes.
"""

from collections.abc import Iterator, Mapping

from peewee import BooleanField, CharField, ForeignKeyField

from trastienda import Child, Fault, Invalid, Record, Work
from trastienda import gettext as _


class Dimension(Record):
    code = CharField(20, verbose_name="Code")
    name = CharField(80, verbose_name="Name")
    active = BooleanField(default=True, verbose_name="Active")

    class Meta:
        indexes = ((("company", "code"), True),)


class DimensionValue(Record):
    dimension = ForeignKeyField(Dimension, on_delete="RESTRICT", verbose_name="Dimension")
    code = CharField(20, verbose_name="Code")
    name = CharField(80, verbose_name="Name")
    active = BooleanField(default=True, verbose_name="Active")

    class Meta:
        indexes = ((("dimension", "code"), True),)


class DimensionSet(Record):
    text = CharField(400, verbose_name="Values", help_text="dimension=value;dimension=value, by dimension")

    class Meta:
        indexes = ((("company", "text"), True),)


class DimensionSetMember(Child):
    dimension_set = ForeignKeyField(DimensionSet, on_delete="CASCADE")
    dimension = ForeignKeyField(Dimension, on_delete="RESTRICT", verbose_name="Dimension")
    value = ForeignKeyField(DimensionValue, on_delete="RESTRICT", verbose_name="Value")

    class Meta:
        indexes = ((("dimension_set", "dimension"), True),)


class MalformedDimensions(Invalid):
    def __init__(self, text: str, why: str) -> None:
        super().__init__({"dimensions": [why]})
        self.text = text


def parse_dimensions(text: str) -> dict[str, str]:
    """Dimension to value, by code; raises MalformedDimensions for what cannot be read or is said twice."""
    values: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        dimension, equals, value = (piece.strip() for piece in part.partition("="))
        if not (dimension and equals and value):
            raise MalformedDimensions(text, _("{part} is not dimension=value").format(part=part))
        if dimension in values:
            raise MalformedDimensions(text, _("{dimension} is given twice").format(dimension=dimension))
        values[dimension] = value
    return values


def dimensions_text(values: Mapping[str, str]) -> str:
    """The one way to write a set: by dimension, so that equal sets are equal texts."""
    return ";".join(f"{dimension}={values[dimension]}" for dimension in sorted(values))


def missing_dimension_set(work: Work, text: str) -> DimensionSet | None:
    """The set that a text names in any order, made if it is new; None where nothing is named."""
    values = parse_dimensions(text)
    if not values:
        return None
    canonical = dimensions_text(values)
    known = work.find(DimensionSet, canonical)
    if known is not None:
        return known
    members = [_member(work, text, dimension, value) for dimension, value in sorted(values.items())]
    return work.add(DimensionSet(text=canonical), members)


def _member(work: Work, text: str, dimension_code: str, value_code: str) -> DimensionSetMember:
    dimension = work.find(Dimension, dimension_code)
    if dimension is None or not dimension.active:
        raise MalformedDimensions(text, _("There is no dimension {code}").format(code=dimension_code))
    value = (
        work.select(DimensionValue)
        .where((DimensionValue.dimension == dimension) & (DimensionValue.code == value_code))
        .first()
    )
    if value is None or not value.active:
        message = _("{dimension} has no value {code}").format(dimension=dimension_code, code=value_code)
        raise MalformedDimensions(text, message)
    return DimensionSetMember(dimension=dimension, value=value)


def code_faults(record: Dimension | DimensionValue) -> Iterator[Fault]:
    """Codes stand in texts such as `department=D2;project=P1`."""
    if not record.code.strip() or any(sign in record.code for sign in "=;"):
        yield Fault(type(record).code, _("A code is not empty and has no = or ;"))
