"""One dataclass a page, made of the pieces in `views`: the `view` that each template is given."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from markupsafe import Markup

from .views import (
    ActionButton,
    Cell,
    Change,
    Choice,
    Column,
    ErrorLink,
    FieldView,
    LineGrid,
    Link,
    Mark,
    MenuGroup,
    Row,
    Section,
    Step,
)


@dataclass(frozen=True)
class SignInView:
    fields: tuple[FieldView, ...]
    errors: tuple[ErrorLink, ...] = ()
    next: str = ""
    forgotten_url: str = ""
    provider: Link | None = None
    provider_out: Link | None = None


@dataclass(frozen=True)
class PanelFigure:
    label: str
    cell: Cell
    attention: bool = False


@dataclass(frozen=True)
class PanelToDo:
    link: Link
    due: str = ""


@dataclass(frozen=True)
class PanelTable:
    """A chart, or else a few rows; `link` leads to all of it."""

    title: str
    _: KW_ONLY
    link: Link | None = None
    chart: Markup = Markup()
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Panel:
    """Something a plugin shows on the start page or beside a record; `failed` says why it cannot."""

    name: str
    title: str
    _: KW_ONLY
    figures: tuple[PanelFigure, ...] = ()
    todos: tuple[PanelToDo, ...] = ()
    tables: tuple[PanelTable, ...] = ()
    failed: str = ""


@dataclass(frozen=True)
class FirstRunView:
    """The code is asked for first; `unlocked` carries it along with the questions."""

    sections: tuple[Section, ...]
    errors: tuple[ErrorLink, ...] = ()
    unlocked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class HomeView:
    """`waiting` counts what waits for the visitor, `recent` is what he last worked on."""

    panels: tuple[Panel, ...]
    menu: tuple[MenuGroup, ...]
    waiting: tuple[Link, ...] = ()
    recent: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Filter:
    """One filterable column; two fields when it is asked for as a span."""

    label: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True)
class EmptyState:
    message: str
    hint: str = ""
    link: Link | None = None


@dataclass(frozen=True)
class Arrangement:
    """What can be chosen of a list's looks: its columns in their order, up to three keys to sort by, a group, sums."""

    columns: tuple[Choice, ...]
    sorts: tuple[tuple[Choice, ...], ...]
    groups: tuple[Choice, ...]
    sums: Choice | None = None


@dataclass(frozen=True)
class KeptView:
    """A list as somebody keeps it; `shared` says with whom, where it is not his alone."""

    name: str
    url: str
    shared: str = ""
    current: bool = False
    delete_url: str = ""


@dataclass(frozen=True)
class ListView:
    """`tools` are its panels, `chips` the filters in force; `query` is what a selection or a view is of."""

    title: str
    columns: tuple[Column, ...]
    body: Markup
    empty: EmptyState
    _: KW_ONLY
    search: str = ""
    searchable: bool = True
    tools: Markup = Markup()
    chips: tuple[Link, ...] = ()
    views: tuple[KeptView, ...] = ()
    keep_url: str = ""
    totals: tuple[Cell, ...] = ()
    shapes: tuple[Link, ...] = ()
    clear_url: str = ""
    create: Link | None = None
    import_url: str = ""
    exports: tuple[Link, ...] = ()
    bulk: tuple[ActionButton, ...] = ()
    bulk_url: str = ""
    bulk_all: bool = False
    first_url: str = ""
    next_url: str = ""


@dataclass(frozen=True)
class File:
    """`remove` is the address that takes it off, empty for who may not."""

    name: str
    url: str
    about: str
    remove: str = ""


@dataclass(frozen=True)
class Said:
    text: str
    who: str
    at: str
    instant: str
    remove: str = ""


@dataclass(frozen=True)
class Beside:
    """`attach` and `comment` are the addresses of their forms, empty for who may not; `more` says that there are
    older comments than these."""

    files: tuple[File, ...]
    comments: tuple[Said, ...]
    attach: str = ""
    accept: str = ""
    comment: str = ""
    more: bool = False


@dataclass(frozen=True)
class CardMove:
    """A transition from a card; where it `asks` for parameters it has a page of its own."""

    label: str
    url: str
    to: str
    asks: bool = False
    confirm: str = ""


@dataclass(frozen=True)
class Card:
    """A record on a board; `late` where it has stood in its state for too long, `next` where its moves lead back."""

    title: str
    url: str
    name: str
    cells: tuple[Cell, ...]
    _: KW_ONLY
    version: str = ""
    since: str = ""
    late: bool = False
    moves: tuple[CardMove, ...] = ()
    next: str = ""


@dataclass(frozen=True)
class BoardColumn:
    state: str
    mark: Mark
    count: int
    cards: tuple[Card, ...]
    url: str


@dataclass(frozen=True)
class BoardView:
    title: str
    columns: tuple[BoardColumn, ...]
    shapes: tuple[Link, ...] = ()


@dataclass(frozen=True)
class CalendarEntry:
    text: str
    url: str
    mark: Mark | None = None


@dataclass(frozen=True)
class CalendarDay:
    number: str
    label: str
    entries: tuple[CalendarEntry, ...]
    _: KW_ONLY
    more: Link | None = None
    outside: bool = False
    today: bool = False
    create_url: str = ""


@dataclass(frozen=True)
class CalendarView:
    title: str
    month: str
    days: tuple[str, ...]
    weeks: tuple[tuple[CalendarDay, ...], ...]
    _: KW_ONLY
    previous: Link
    next: Link
    today: Link
    shapes: tuple[Link, ...] = ()
    cut: str = ""


@dataclass(frozen=True)
class Branch:
    """A record of a tree; the two words are its key and its name."""

    key: str
    name: str
    details: tuple[str, ...]
    url: str
    below: tuple[Branch, ...] = ()
    open: bool = False


@dataclass(frozen=True)
class TreeView:
    title: str
    branches: tuple[Branch, ...]
    shapes: tuple[Link, ...] = ()
    cut: str = ""


@dataclass(frozen=True)
class FormView:
    """A record, new or stored, to edit or (where `editable` is false) to read."""

    title: str
    back: Link
    url: str
    sections: tuple[Section, ...]
    _: KW_ONLY
    name: str = ""
    version: str = ""
    grids: tuple[LineGrid, ...] = ()
    mark: Mark | None = None
    steps: tuple[Step, ...] = ()
    actions: tuple[ActionButton, ...] = ()
    errors: tuple[ErrorLink, ...] = ()
    editable: bool = True
    locked_note: str = ""
    delete_url: str = ""
    copy_url: str = ""
    related: tuple[Link, ...] = ()
    prints: tuple[Link, ...] = ()
    panels: tuple[Panel, ...] = ()
    beside: Beside | None = None
    history: tuple[Change, ...] = ()


@dataclass(frozen=True)
class QuickView:
    """The fields that a new record needs, in another record's form; `whole_url` leads to all of them."""

    title: str
    url: str
    fields: tuple[FieldView, ...]
    errors: tuple[ErrorLink, ...]
    whole_url: str


@dataclass(frozen=True)
class ConfirmView:
    """A question before an action or a deletion, with the parameters the action wants."""

    title: str
    back: Link
    url: str
    submit: str
    _: KW_ONLY
    message: str = ""
    fields: tuple[FieldView, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    errors: tuple[ErrorLink, ...] = ()
    danger: bool = False


@dataclass(frozen=True)
class ConflictField:
    """A field on which the stored record and the form differ; `carried` are the form's inputs for it."""

    name: str
    label: str
    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    mine_chosen: bool = True


@dataclass(frozen=True)
class ConflictView:
    """`carried` holds every input of the refused form, so that nothing typed is lost."""

    title: str
    back: Link
    url: str
    version: str
    who: str
    at: str
    fields: tuple[ConflictField, ...]
    carried: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class BulkResult:
    record: Link
    message: str
    done: bool


@dataclass(frozen=True)
class BulkView:
    title: str
    back: Link
    results: tuple[BulkResult, ...]
    summary: str


@dataclass(frozen=True)
class KeptMail:
    """A report that is sent: when, in which form; `stop_url` is the address of the form that ends it."""

    label: str
    next_on: str
    trouble: str
    url: str
    stop_url: str


@dataclass(frozen=True)
class ReportMailing:
    """How the report that is shown is sent by mail; `parameters` are its own, as a query string."""

    url: str
    parameters: str
    every: tuple[Choice, ...]
    formats: tuple[Choice, ...]
    kept: tuple[KeptMail, ...]


@dataclass(frozen=True)
class ReportView:
    """Without `ran` only the parameters are shown; `cut` says so where not all rows are.

    `periods` names spans of days to choose from, `permalink` reproduces the page on whatever day.
    """

    title: str
    parameters: tuple[FieldView, ...]
    _: KW_ONLY
    periods: tuple[Choice, ...] = ()
    comparisons: tuple[Choice, ...] = ()
    permalink: str = ""
    description: str = ""
    caption: str = ""
    ran: bool = False
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    totals: tuple[Cell, ...] = ()
    cut: str = ""
    chart: Markup = Markup()
    exports: tuple[Link, ...] = ()
    mailing: ReportMailing | None = None
    errors: tuple[ErrorLink, ...] = ()


@dataclass(frozen=True)
class RowError:
    """What is wrong with an imported file; `row` counts as the reader's spreadsheet does, from 1."""

    row: str
    column: str
    message: str


@dataclass(frozen=True)
class Tried:
    """What a dry run found; `token` names the uploaded file until it is imported."""

    file_name: str
    summary: str
    errors: tuple[RowError, ...]
    token: str = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class ImportRunning:
    """An import that the worker makes; `share` is what is done of it, from 0 to 100, None where nobody knows.
    `job` is what a form to `jobs_url` cancels, 0 for who may not."""

    message: str
    share: int | None
    text: str
    job: int
    jobs_url: str


@dataclass(frozen=True)
class ImportView:
    """`fields` ask for the file and what to do with it; `chosen` are the answers, for the import itself."""

    title: str
    back: Link
    url: str
    fields: tuple[FieldView, ...]
    expected: tuple[FieldView, ...]
    _: KW_ONLY
    tried: Tried | None = None
    chosen: tuple[tuple[str, str], ...] = ()
    done: str = ""
    undo: Link | None = None
    running: ImportRunning | None = None
    errors: tuple[ErrorLink, ...] = ()


@dataclass(frozen=True)
class PluginCard:
    """A plugin that is on: what it says of itself, what it added, and how often it failed, with what happened last
    for administrators."""

    name: str
    label: str
    version: str
    description: str
    requires: tuple[str, ...]
    added: tuple[Link, ...]
    failed: str = ""
    what: str = ""
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True)
class PluginsView:
    """`looked`: whoever may is told how the plugins are, `checked` with their own checks run just now."""

    plugins: tuple[PluginCard, ...]
    looked: bool = False
    checked: bool = False


@dataclass(frozen=True)
class AdministrationSection:
    label: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class AdministrationView:
    sections: tuple[AdministrationSection, ...]


@dataclass(frozen=True)
class ErrorView:
    status: int
    title: str
    message: str
    request_id: str = ""
    links: tuple[Link, ...] = ()
