"""Sets of dimension values: how they are read, and that equal ones are one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from trastienda import Work
from trastienda_accounting import DimensionSet, Line, credit, post_entry
from trastienda_accounting.dimensions import (
    Dimension,
    DimensionSetMember,
    DimensionValue,
    MalformedDimensions,
    dimensions_text,
    missing_dimension_set,
    parse_dimensions,
)

if TYPE_CHECKING:
    from .conftest import Books


def test_sets_are_written_by_dimension() -> None:
    assert dimensions_text(parse_dimensions(" project = P1 ;department=D2;")) == "department=D2;project=P1"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("department", "department is not dimension=value"),
        ("department=", "department= is not dimension=value"),
        ("a=1;a=2", "a is given twice"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, why: str) -> None:
    with pytest.raises(MalformedDimensions) as refused:
        parse_dimensions(text)
    assert refused.value.errors == {"dimensions": [why]}


@pytest.fixture
def departments(books: Books) -> None:
    def body(work: Work) -> None:
        department, project = (
            work.add(Dimension(code=code, name=code)) for code in ("department", "project")
        )
        work.add(DimensionValue(dimension=department, code="D2", name="Sales"))
        work.add(DimensionValue(dimension=project, code="P1", name="New shop"))

    books.write(body)


@pytest.mark.usefixtures("departments")
def test_same_values_in_any_order_are_one_set(books: Books) -> None:
    def body(work: Work) -> tuple[int, int]:
        made = [
            missing_dimension_set(work, text)
            for text in ("project=P1;department=D2", "department=D2;project=P1")
        ]
        return tuple(each.id for each in made if each)

    first, second = books.write(body)
    assert first == second
    found = books.read(lambda work: work.get(DimensionSet, "department=D2;project=P1"))
    members = books.read(lambda work: [line.value.code for line in found.lines_of(DimensionSetMember)])
    assert (found.id, members) == (first, ["D2", "P1"])


@pytest.mark.usefixtures("departments")
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("machine=M1", "There is no dimension machine"),
        ("department=D9", "department has no value D9"),
    ],
)
def test_unknown_value_is_refused(books: Books, text: str, why: str) -> None:
    with pytest.raises(MalformedDimensions) as refused:
        books.write(lambda work: missing_dimension_set(work, text))
    assert refused.value.errors == {"dimensions": [why]}


@pytest.mark.usefixtures("departments")
def test_posting_carries_its_dimensions(books: Books) -> None:
    lines = [Line("600", debit=Decimal(5), dimensions="department=D2"), credit("572", Decimal(5))]
    books.write(lambda work: post_entry(work, source="t/1", journal="GEN", date=work.today, lines=lines).id)
    texts = books.read(lambda work: [each.text for each in work.select(DimensionSet)])
    assert texts == ["department=D2"]
