"""What a plugin may say about its reports."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from ..storage.models import Row

if TYPE_CHECKING:
    from ..work import Work

M = TypeVar("M", bound=Row)

Money: TypeAlias = Annotated[Decimal, "money"]
Quantity: TypeAlias = Annotated[Decimal, "quantity"]
Rate: TypeAlias = Annotated[Decimal, "rate"]


class Ref(int, Generic[M]):
    """The id of a record: in a report's row shown with its label and linked, labels fetched in one query;
    as a parameter of a report or an action, a reference that is written like any foreign key."""


@dataclass(frozen=True)
class Link:
    """Where a figure comes from: a report with parameters, a list with filters, or (with `id`) one record.

    With `new` it leads to the form of a new record, filled in with the parameters. An address of one's own
    (`/api/v1/hr/payroll-runs/2026-06/sepa.xml`) is taken as it is.
    """

    to: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    id: int | None = None
    new: bool = False


@dataclass(frozen=True)
class Styled:
    """A report's row with its place on the page: indent level, and whether it is a heading or a subtotal."""

    row: tuple[Any, ...]
    _: KW_ONLY
    level: int = 0
    kind: Literal["row", "heading", "subtotal"] = "row"
    link: Link | None = None


@dataclass(frozen=True)
class Bars:
    """A bar chart beside the table: the column of its categories, the columns of its heights."""

    x: str
    y: Sequence[str]


@dataclass(frozen=True)
class Curve:
    """A line chart beside the table."""

    x: str
    y: Sequence[str]


@dataclass(frozen=True, eq=False)
class Report:
    """Keyword-only parameters of `run` are its form; the fields of the NamedTuple it yields are its columns.

    `run` reads in one snapshot. A parameter `from_` is called `from` outside. `totals` names the columns that
    are summed over the rows of kind "row"; `drill` says where a row's figures come from, given the row and the
    parameters. `labels` names columns for people; without one, the field's name with spaces. `defaults` says what
    parameters are that nobody gave, by their names and from those given: it is run with these days, and told so.
    A report with a parameter `compare_with` compares for itself, in every format; pages compare others' figures with
    those of other days.
    """

    name: str
    run: Callable[Concatenate[Work, ...], Iterable[Any]]
    _: KW_ONLY
    row: type[NamedTuple]
    label: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    totals: Sequence[str] = ()
    chart: Bars | Curve | None = None
    drill: Callable[[Any, Mapping[str, Any]], Link | None] | None = None
    defaults: Callable[[Work, Mapping[str, Any]], Mapping[str, Any]] | None = None
