"""What the templates are given, and all they are given: plain text, already formatted for the reader.

Nothing here knows an entity, a query or a request. A presenter fills these; a template lays them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Literal

from markupsafe import Markup

Kind = Literal[
    "id",
    "text",
    "longtext",
    "integer",
    "bigint",
    "boolean",
    "date",
    "datetime",
    "money",
    "quantity",
    "rate",
    "choice",
    "choices",
    "state",
    "ref",
    "json",
    "password",
    "file",
    "hidden",
]
Tone = Literal["start", "middle", "end", "undone"]
Theme = Literal["auto", "light", "dark"]
Level = Literal["done", "warning", "refused"]
FIGURES: frozenset[str] = frozenset({"integer", "bigint", "money", "quantity", "rate"})


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    count: int | str | None = None


@dataclass(frozen=True)
class Mark:
    """A state: a word with a shape beside it, so that it never rests on colour alone."""

    label: str
    tone: Tone


@dataclass(frozen=True)
class Cell:
    """One value in a table or in a read-only form; `unit` and `note` are set quietly beside it."""

    text: str = ""
    _: KW_ONLY
    url: str = ""
    unit: str = ""
    note: str = ""
    mark: Mark | None = None


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    kind: Kind = "text"
    _: KW_ONLY
    unit: str = ""
    short: bool = False
    sort_url: str = ""
    sorted: Literal["", "ascending", "descending"] = ""

    @property
    def figure(self) -> bool:
        return self.kind in FIGURES


@dataclass(frozen=True)
class Row:
    """A row of a list or of a report; `level` indents it, `total` sets it as a sum of those above."""

    key: str
    cells: tuple[Cell, ...]
    level: int = 0
    total: bool = False


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
    cell: Cell = Cell()
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


@dataclass(frozen=True)
class ActionButton:
    """`confirm` is the question asked first; with `url` the action has a page of its own."""

    name: str
    label: str
    _: KW_ONLY
    confirm: str = ""
    url: str = ""
    primary: bool = False
    danger: bool = False


@dataclass(frozen=True)
class ErrorLink:
    """A line of the summary above a form: what is wrong, and the id of the control it is about."""

    message: str
    label: str = ""
    target: str = ""


@dataclass(frozen=True)
class Step:
    label: str
    place: Literal["past", "current", "ahead"]


@dataclass(frozen=True)
class Difference:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One entry of a record's history; `at` is for reading, `instant` for the machine (ISO 8601)."""

    at: str
    instant: str
    who: str
    what: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class MenuItem:
    label: str
    url: str
    _: KW_ONLY
    kind: Literal["list", "report", "tool"] = "list"
    plugin: str = ""
    create: Link | None = None


@dataclass(frozen=True)
class MenuGroup:
    plugin: str
    label: str
    items: tuple[MenuItem, ...]


@dataclass(frozen=True)
class Notice:
    text: str
    level: Level = "done"
    link: Link | None = None


@dataclass(frozen=True)
class Unread:
    """A notification; to open it is to send a form to `url`."""

    subject: str
    at: str
    instant: str
    url: str


@dataclass(frozen=True)
class Bell:
    """`count` of what is unread is empty where all is read."""

    unread: tuple[Unread, ...]
    count: str
    read_url: str
    all_url: str


@dataclass(frozen=True)
class Tour:
    """A step of the guided tour, from 1; the offer of it has the number 0."""

    name: str
    title: str
    text: str
    number: int
    count: int


@dataclass(frozen=True)
class Page:
    """The frame around every page. Without a `user` there is no menu, as on the sign-in page."""

    locale: str
    theme: Theme
    path: str
    _: KW_ONLY
    user: str = ""
    menu: Markup = Markup()
    companies: tuple[Choice, ...] = ()
    choices: Markup = Markup()
    dialogs: Markup = Markup()
    notices: tuple[Notice, ...] = ()
    bell: Bell | None = None
    tour: Tour | None = None
    decimal_mark: str = "."
    group_mark: str = ","

    @property
    def company(self) -> str:
        return next((company.label for company in self.companies if company.chosen), "")
