"""A record's form, what lies beside it, and the questions on the way."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Literal

from .fields import FieldView, LineGrid, Section
from .parts import ActionButton, ErrorLink, Link, Mark
from .start import Panel


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
