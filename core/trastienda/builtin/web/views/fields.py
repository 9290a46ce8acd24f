"""A form's fields, in sections and in lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field

from markupsafe import Markup

from .parts import FIGURES, NOTHING, Cell, Choice, Column, Kind


@dataclass(frozen=True)
class Lookup:
    """Where to search for records, and what the value entered now means; `create_url` makes one on the way."""

    search_url: str
    label: str = ""
    url: str = ""
    create_url: str = ""


@dataclass(frozen=True)
class FieldView:
    """One field of a form. `value` is what an input holds, `cell` what a reader is shown."""

    name: str
    label: str
    kind: Kind = "text"
    value: str = ""
    _: KW_ONLY
    cell: Cell = NOTHING
    required: bool = False
    readonly: bool = False
    help: str = ""
    errors: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    lookup: Lookup | None = None
    unit: str = ""
    max_length: int | None = None
    autocomplete: str = "off"
    autofocus: bool = False
    accept: str = ""

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-")

    @property
    def figure(self) -> bool:
        return self.kind in FIGURES

    @property
    def wide(self) -> bool:
        return self.kind in ("longtext", "json")

    @property
    def described_by(self) -> str:
        """Ids for `aria-describedby`, the error before the help."""
        present = ((self.errors, "error"), (self.help, "help"))
        return " ".join(f"{self.id}-{part}" for said, part in present if said)


@dataclass(frozen=True)
class Section:
    label: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True)
class LineRow:
    """A line of a record; `index` is what its fields' names carry, `id` is empty for a new line."""

    index: str
    fields: tuple[FieldView, ...]
    id: str = ""
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Balance:
    """Two columns whose totals must meet."""

    plus: str
    minus: str
    difference: str
    even: bool


@dataclass(frozen=True)
class LineGrid:
    """Lines edited with their record; `totals` are the sums, by column name.

    `blank` is what the script copies for a new line, with `__index__` and `__number__` in it; so many `blanks` of it
    stand below the rows.
    """

    name: str
    label: str
    columns: tuple[Column, ...]
    rows: tuple[LineRow, ...]
    _: KW_ONLY
    blank: Markup = Markup()
    blanks: int = 0
    totals: Mapping[str, str] = field(default_factory=dict)
    balance: Balance | None = None
    editable: bool = True
    errors: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"g-{self.name}"
