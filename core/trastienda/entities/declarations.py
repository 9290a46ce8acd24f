"""What a plugin may say about its entities: small frozen values, read once at start-up."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Concatenate, Generic, TypeAlias, TypeVar

import peewee

from ..security.actor import Actor
from ..storage.models import Child, Extra, Row

if TYPE_CHECKING:
    from ..work import Work

R = TypeVar("R", bound=Row)
X = TypeVar("X", bound=Extra)
AnyField: TypeAlias = "peewee.Field[Any]"


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one field; a rule yields as many as it finds.

    `line` says in which child of the record it is; without a field the fault is of the whole record or line.
    """

    field: AnyField | None
    message: str
    _: KW_ONLY
    line: Child | None = None


#: Values of a text column with their labels, as they are at the moment.
Choices: TypeAlias = "Callable[[Work], Sequence[tuple[str, str]]]"
#: What one field of a new record's form begins with: a value, a record where it is a reference, None for nothing.
Beginning: TypeAlias = "Callable[[Work], object]"
Rule: TypeAlias = "Callable[[R], Iterable[Fault]]"
#: What columns of a record hold where an action is for it: a value, or a function of the value and of the company's
#: today, whose name says in descriptions what the value is (`def yet_to_come(day, today)`).
When: TypeAlias = "Mapping[AnyField, object]"


@dataclass(frozen=True)
class Action(Generic[R]):
    """A named operation on a record. The keyword-only parameters of `run` are its form.

    It is for records in one of the `states`, and for those whose columns hold what `when` says
    (`{Card.active: True}`, `{Card.ends_on: yet_to_come}`): on others no page offers it, and called all the same it
    is refused (409).

    `run` is called inside the write's transaction with the record locked and read afresh; what it changes on
    the record and its lines is saved afterwards. Raising `Refusal` or `Invalid` undoes everything. Whoever
    calls it needs the permission `permission`, by default the action's own name.
    """

    name: str
    run: Callable[Concatenate[Work, R, ...], object]
    _: KW_ONLY
    label: str = ""
    states: Sequence[str] = ()
    when: When = field(default_factory=dict)
    permission: str = ""
    confirm: bool = False


@dataclass(frozen=True)
class Transition(Generic[R]):
    """An action that moves the record's StateField from one of `from_` to `to`; `run` goes first.

    `when` is as an action's.
    """

    name: str
    from_: str | Sequence[str]
    to: str
    run: Callable[Concatenate[Work, R, ...], object] | None = None
    _: KW_ONLY
    label: str = ""
    when: When = field(default_factory=dict)
    permission: str = ""
    confirm: bool = False

    @property
    def states(self) -> tuple[str, ...]:
        return (self.from_,) if isinstance(self.from_, str) else tuple(self.from_)


@dataclass(frozen=True)
class Computed:
    """A column that SQL computes, so that it filters and sorts: an expression over the model's own columns."""

    name: str
    expression: peewee.Node
    _: KW_ONLY
    like: AnyField
    label: str = ""


@dataclass(frozen=True)
class Lines:
    """Children edited with their record, as the list `name` in every door.

    `parent` is the child's foreign key. `copies` maps a child's column to the record's column it repeats (kept
    by the write path, never taken from outside), so that children can be listed and indexed on their own.
    `totals` names the money or quantity columns whose sums a form shows, `balance` two whose sums must meet.
    `offers` narrows what a look-up of a reference proposes, by filters as a list's address has them
    (`{Posting.account: {"postable": "true"}}`); it forbids nothing. `choices` proposes values of a text that people
    would otherwise have to know, each with its label, and forbids nothing either: that is for the rules.
    """

    parent: AnyField
    _: KW_ONLY
    name: str = "lines"
    label: str = ""
    columns: Sequence[AnyField] = ()
    readonly: Sequence[AnyField] = ()
    copies: Mapping[AnyField, AnyField] = field(default_factory=dict)
    totals: Sequence[AnyField] = ()
    balance: tuple[AnyField, AnyField] | None = None
    offers: Mapping[AnyField, Mapping[str, str]] = field(default_factory=dict)
    choices: Mapping[AnyField, Choices] = field(default_factory=dict)


@dataclass(frozen=True)
class Locked:
    """In these states nothing of the record changes and nothing is deleted, lines included: kept by triggers.

    The entity's own transitions out of a locked state are admitted: they may change the state, the version, and
    the columns in `but`, together and in no other update.
    """

    states: Sequence[str]
    _: KW_ONLY
    but: Sequence[AnyField] = ()


@dataclass(frozen=True)
class Section:
    """A named group of fields on a form."""

    label: str
    fields: Sequence[AnyField]


@dataclass(frozen=True)
class Entity(Generic[R]):
    """A model that the core serves through every door: REST, screens, import, export, history.

    `name` is `<plugin>.<singular>`; `path` the last part of its address (by default the plural of the name).
    `key` is the column by which people and files name a record, unique (in its company); None for records that
    only have an id. `title` is shown with the key where the record is referred to. `columns` are what a list
    shows first, a computed one by its name; `search` what a text search looks at; `order` the default order
    (`[-Entry.date]`).
    `readonly` columns are set by the plugin's code alone; `hidden` ones are not served at all.
    `private` maps a column to the permission needed to see or set it. `on_missing` is asked for a record when a
    reference names a key that isn't there, inside the write (for records that are their own content).
    `writable` False: no door writes; a Child's model is served so, on its own, and `of` names the entity whose
    permissions then decide. `offers` and `choices` are as in `Lines`. `begins` says what people find filled in when
    they start a new record on the screen (`{Entry.date: lambda work: work.today}`); other doors take what they are
    given. `parent` makes a tree of the records; `calendar`
    is the day, or the first and the last, by which they stand in one (by default `starts_on` and `ends_on`, or the
    first date of `columns`). `waits` names the states in which a record waits for somebody, each with the days after
    which it has waited too long; `undone` those in which it came to nothing or was taken back, which are shown so.
    `daily`: a new one is made day by day, so that the start page has that at hand; where something `waits`, it is taken
    for granted.
    An imported file has a row a line: rows alike in the columns `import_by` are one record. Where the importer
    asks for what is missing to be created, `create_missing` makes the record of a key that a file names, and
    `before_import` is told the records about to be added.
    `derives` set columns that follow from others whenever a record is new or changes, before the rules are asked, who
    are the ones to refuse.
    `checks` are rules that depend on who acts, or on what else the database holds. `within`, for a shared entity,
    selects the rows that roles reach which their holder has in one company alone.
    `central`, for a shared entity: written by those alone whose role holds in all companies, read by others too.
    `archive` is a boolean column: where it is false the record is archived, that is out of lists, look-ups and new
    references, and still in the old ones.
    """

    name: str
    model: type[R]
    _: KW_ONLY
    key: AnyField | None = None
    title: AnyField | None = None
    label: str = ""
    plural: str = ""
    path: str = ""
    columns: Sequence[AnyField | str] = ()
    sections: Sequence[Section] = ()
    search: Sequence[AnyField] = ()
    order: Sequence[Any] = ()
    lines: Sequence[Lines] = ()
    computed: Sequence[Computed] = ()
    rules: Sequence[Callable[[R], Iterable[Fault]]] = ()
    actions: Sequence[Action[R] | Transition[R]] = ()
    locked: Locked | None = None
    readonly: Sequence[AnyField] = ()
    hidden: Sequence[AnyField] = ()
    private: Mapping[AnyField, str] = field(default_factory=dict)
    parent: AnyField | None = None
    offers: Mapping[AnyField, Mapping[str, str]] = field(default_factory=dict)
    choices: Mapping[AnyField, Choices] = field(default_factory=dict)
    begins: Mapping[AnyField, Beginning] = field(default_factory=dict)
    calendar: Sequence[AnyField] = ()
    waits: Mapping[str, int] = field(default_factory=dict)
    undone: Sequence[str] = ()
    daily: bool = False
    on_missing: Callable[[Work, str], R | None] | None = None
    group_by: Sequence[AnyField] = ()
    writable: bool = True
    of: str = ""
    import_by: Sequence[AnyField] = ()
    create_missing: Callable[[Work, str], R] | None = None
    before_import: Callable[[Work, Sequence[R]], None] | None = None
    derives: Sequence[Callable[[Work, R], object]] = ()
    checks: Sequence[Callable[[Work, R], Iterable[Fault]]] = ()
    within: Callable[[Actor], peewee.Node] | None = None
    personal: Personal | None = None
    archive: AnyField | None = None
    central: bool = False


@dataclass(frozen=True)
class Extension(Generic[X]):
    """What a plugin adds to somebody else's entity: fields in a 1:1 table of its own, and what goes with them.

    They are `ext.<plugin>.<field>` in every door. A record needs no row of it; a column that is required is so
    once the record has one. `rules` are asked whenever a record that has one changes, and can only add faults;
    the link leads to the record (`card.party`). `columns` are those that doors serve, by default all. `readonly`,
    `private` and `computed` are as an entity's, `computed` being SQL over the extension's columns and the
    record's. An action is called `<plugin>.<name>` and gets the record. `label` heads the fields on a form.
    `search` are the texts that a search of the entity looks at as well. With `always`, every record that is made at
    a door has a row, so that defaults and required columns hold for it, and one that a plugin's code makes a row of
    defaults, if these are enough; `required` are columns that may be empty in the table (records were there before
    them, or a plugin made them) and not at a door. `personal` are the columns that tell of a natural
    person: emptied with the record, where no law keeps it.
    """

    target: str
    model: type[X]
    _: KW_ONLY
    rules: Sequence[Callable[[X], Iterable[Fault]]] = ()
    columns: Sequence[AnyField] = ()
    readonly: Sequence[AnyField] = ()
    private: Mapping[AnyField, str] = field(default_factory=dict)
    computed: Sequence[Computed] = ()
    actions: Sequence[Action[Any]] = ()
    label: str = ""
    search: Sequence[AnyField] = ()
    required: Sequence[AnyField] = ()
    always: bool = False
    personal: Sequence[AnyField] = ()


@dataclass(frozen=True)
class LiveExtensions:
    """Extensions that people declare while the site runs, served as `ext.<name>.<field>`.

    `version` is asked at the start of every request, with the database, and so has to be cheap (None: there cannot be
    any yet); where its answer differs from the last, `extensions` is asked with the entities by name, and every door
    follows.
    """

    name: str
    version: Callable[[Any], object]
    extensions: Callable[[Mapping[str, Any]], Sequence[Extension[Any]]]


@dataclass(frozen=True)
class Personal:
    """What of an entity tells of a natural person: put out on his request, and erased where no law keeps it.

    `columns` are emptied (a text that may not be empty becomes `#` and the record's id) and the rows of `lines` go.
    `person` is the reference that leads to the person; without it the record is the person. How long a law keeps
    him is said by a `Retention` of any plugin.
    """

    columns: Sequence[AnyField]
    _: KW_ONLY
    person: AnyField | None = None
    lines: Sequence[str] = ()


@dataclass(frozen=True)
class Retention:
    """Until when a law keeps the data of a person, told for an entity of one's own or of another plugin.

    `until` answers the last day on which a record is kept, or None where this law does not ask for it; `law` names
    the law, for whoever must explain the refusal.
    """

    target: str
    until: Callable[[Work, Any], date | None]
    _: KW_ONLY
    law: str


@dataclass(frozen=True)
class Tally:
    """Running sums kept in the transaction; `source` recomputes them for `trastienda doctor`.

    `key` names the columns that make a row unique; `source` selects the key columns, then the sums, in the
    order of `key` and `sums`.

    A plugin adds to the sums by `Work.tally`. Or they follow an entity: `adds` says what one record of the model
    `follows` comes to, by its own columns alone, as pairs of a key and its sums; the core asks it for what a record
    was and for what it is, whoever changes it. Columns that are numbered when the work ends do not count.
    `sparse`: rows that come to nothing are deleted.
    """

    model: type[Row]
    source: Callable[[], peewee.ModelSelect[Any]]
    _: KW_ONLY
    key: Sequence[AnyField] = ()
    sums: Sequence[AnyField] = ()
    follows: type[Row] | None = None
    adds: Callable[[Any], Iterable[tuple[Sequence[object], Sequence[Decimal | int]]]] | None = None
    sparse: bool = False


@dataclass(frozen=True)
class Grant:
    """Grants add up. One with `where` reaches only the rows it selects, before and after a write.

    `on` is an entity, a report, or a pattern (`accounting.*`, `*`); `verbs` are read, create, update, delete,
    export and import (which need read and create as well), the names of actions, `run` for reports, or `*`.
    """

    on: str
    verbs: Sequence[str] = ("*",)
    _: KW_ONLY
    where: Callable[[Actor], peewee.Node] | None = None


@dataclass(frozen=True)
class Role:
    """A named set of grants, given to a user in a company (or in all).

    With `everyone`, whoever holds any role in a company has these grants there as well.
    """

    name: str
    grants: Sequence[Grant]
    _: KW_ONLY
    label: str = ""
    everyone: bool = False
