"""A plugin, in one value: what it declares, and the hook implementations that hand it over."""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from types import ModuleType
from typing import IO, TYPE_CHECKING, Any, Generic, ParamSpec, TypeAlias, TypeVar

import click
import pluggy
from flask import Blueprint, Request

from .entities.compiled import CompiledEntity
from .entities.declarations import Entity, Extension, LiveExtensions, Retention, Role, Tally
from .entities.numbering import Numbering
from .entities.settings_forms import SettingsForm
from .isolation import blame
from .jobs.declarations import AnyJob
from .mails import MailTemplate
from .prints.declarations import AnyPrint
from .prints.papers import Paper
from .reports.declarations import Report
from .reports.panels import Panel
from .reports.table import Table
from .security.actor import Identity
from .storage.models import Row

if TYPE_CHECKING:
    from .site import Site
    from .work import Work

_SERVICE = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+/[1-9][0-9]*")

P = ParamSpec("P")
T = TypeVar("T")

hookspec = pluggy.HookspecMarker("trastienda")
hookimpl = pluggy.HookimplMarker("trastienda")


@dataclass(frozen=True)
class Service(Generic[P, T]):
    """A function that other plugins may call: by import, which stays typed, or by its versioned name
    (`work.service("mail.send/1")`). It takes the caller's work first, and is trusted.

    The number grows when a caller would have to change; the old one may be offered beside it.
    """

    name: str
    run: Callable[P, T]

    def __post_init__(self) -> None:
        if not _SERVICE.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no service's name: it is area.verb/version, such as mail.send/1")

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return self.run(*args, **kwargs)
        except (Exception, SystemExit) as error:
            site = getattr(args[0], "site", None) if args else None
            owner = site.registry.owners.get(("service", self.name)) if site is not None else None
            if owner is None:
                raise
            blame(error, plugin=owner, what=f"service {self.name}")


@dataclass(frozen=True)
class Event(Generic[T]):
    """Something that happens to a record, by name; `created` and `entered` make the core's own."""

    name: str
    model: type[Any] | None = None


def created(model: type[T]) -> Event[T]:
    """A record of this model was created."""
    return Event(f"{_name(model)}:created", model)


def entered(model: type[T], state: str) -> Event[T]:
    """A record of this model came into a state by a transition."""
    return Event(f"{_name(model)}:entered:{state}", model)


def changed(model: type[T]) -> Event[T]:
    """A stored record of this model is about to be written with changes that doors or plugins made.

    It may be told more than once of one record in one transaction.
    """
    return Event(f"{_name(model)}:changed", model)


def deleted(model: type[T] | None = None) -> Event[T]:
    """A record of this model was deleted; without a model, one of any."""
    return Event(f"{_name(model) if model is not None else ANY}:deleted")


#: An import's last step before its commit; subscribers get an `Imported`.
imported: Event[Any] = Event("import:done")

#: A person's data are about to be emptied; subscribers get each record that goes, and take away what hangs on it.
erased: Event[Any] = Event("record:erased")


@dataclass(frozen=True)
class Disclosure:
    """What is kept beside one record of a person, for the file that he is given.

    `parts` are lists of plain objects by what they are (`"comments": [{"text": ...}]`); `files` are contents, by the
    name that each has in the archive.
    """

    entity: str
    record: int
    parts: dict[str, list[Mapping[str, object]]] = field(default_factory=dict)
    files: dict[str, Callable[[], IO[bytes]]] = field(default_factory=dict)


#: A person's data are being put out; subscribers get a `Disclosure` of each record, and add what hangs on it.
disclosed: Event[Any] = Event("record:disclosed")

#: Stands for every model in an event's name.
ANY = "*"


def _name(model: type[Any]) -> str:
    return str(model._meta.table_name)


@dataclass(frozen=True)
class InTransaction(Generic[T]):
    """Runs before the commit, trusted; what it raises vetoes the whole."""

    on: Event[T]
    run: Callable[[Work, T], object]


@dataclass(frozen=True)
class AfterCommit(Generic[T]):
    """Runs after the commit, in a transaction of its own, at least once for each event and once as a rule.

    What it writes is committed exactly once. What it raises is tried again later, and in the end parked for an
    administrator; it never undoes what happened. The events of one record reach it in their order, the record
    as it is by then; a record that is gone by then is passed over.
    """

    on: Event[T]
    run: Callable[[Work, T], object]


@dataclass(frozen=True)
class Changed:
    """One record of one entity was created, updated, deleted or acted upon in this transaction."""

    entity: str
    record: int
    action: str


@dataclass(frozen=True)
class BeforeCommit:
    """Runs at the end of every transaction that changed an entity, inside it and trusted, with all that changed.

    For what follows every entity, whoever declared it. What it raises undoes the whole; what it writes must be plain
    rows and jobs. A long work tells its changes in parts.
    """

    run: Callable[[Work, Sequence[Changed]], object]


Subscriber: TypeAlias = "InTransaction[Any] | AfterCommit[Any] | BeforeCommit"


#: What a route asks for, where it says nothing else.
VERB_OF_METHOD = {"GET": "run", "HEAD": "run", "OPTIONS": "run", "POST": "create", "PUT": "update", "PATCH": "update",
                  "DELETE": "delete"}


@dataclass(frozen=True)
class Route:
    """A page or an endpoint of the plugin's own, below `/<plugin>/` (or `/api/v1/<plugin>/` with `api`).

    `handler` gets the unit of work of a read (GET) or a write; its keyword-only parameters are what it takes from
    the URL and from the query or the body, checked by their annotations as an action's are; an `Upload` comes in a
    form. What it returns is sent as JSON unless it is a Flask response, with `status` (204: without a body).

    Whoever calls it needs the verb `verb` on `permission`; by default the one that says what the method does: `run` for
    GET, `create` for POST, `update` for PUT and PATCH, `delete` for DELETE. So whoever may only look, writes by none.

    With `on_record` the address stands below each record of every entity, the handler is given a `RecordAt` as well,
    and `permission` is the verb that is needed on the record, its row filters included.
    """

    path: str
    handler: Callable[..., Any]
    _: KW_ONLY
    permission: str
    verb: str = ""
    methods: Sequence[str] = ("GET",)
    api: bool = True
    on_record: bool = False
    status: int = 200

    def verb_of(self, method: str) -> str:
        """What is asked of whoever calls it by an HTTP method."""
        return self.verb or VERB_OF_METHOD[method]


@dataclass(frozen=True)
class RecordAt:
    """A record that may be any entity's; `key` is its natural key, where it has one. It is held while being written."""

    entity: CompiledEntity
    id: int
    key: str | None = None

    @property
    def address(self) -> str:
        return f"/api/v1/{self.entity.path}/{self.id}"


@dataclass(frozen=True)
class Format:
    """A way to put out a report, asked for by its name (`--format xlsx`); with `render_paper`, documents too.

    Both get the language to say it in.
    """

    name: str
    mimetype: str
    render: Callable[[Table, str], bytes]
    render_paper: Callable[[Paper, str], bytes] | None = None


@dataclass(frozen=True)
class Check:
    """One question of `trastienda doctor`: `run` returns sentences about what is wrong; none is well."""

    name: str
    run: Callable[[Work], Sequence[str]]


@dataclass(frozen=True)
class Setup:
    """Part of making a company: `demo` fills it with believable data, `first_run` with what it cannot do without.

    `sign_ins` are users of the sample company and the roles of each, so that it can be seen as they see it; they are
    there before `demo` runs, and several plugins may give one user roles.
    """

    first_run: Callable[[Work], object] | None = None
    demo: Callable[[Work], object] | None = None
    sign_ins: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plugin:
    """What pluggy registers. A module of plain hook functions may be given as `hooks` as well.

    `when` maps another plugin's name to a module of this one, whose `plugin` is registered while both are on.
    `hookspecs` is a module or class of the plugin's own hook specifications, their names beginning with its name.
    `uses` names the services of others that it calls by name: the start says so where nobody offers one.
    `blocks_purge(work, plugin)` says what stands in the way of taking a plugin's data away.
    """

    name: str
    _: KW_ONLY
    label: str = ""
    description: str = ""
    when: Mapping[str, str] = field(default_factory=dict)
    hooks: object | None = None
    hookspecs: ModuleType | type[Any] | None = None
    uses: Sequence[str] = ()
    entities: Sequence[Entity[Any]] = ()
    extensions: Sequence[Extension[Any]] = ()
    live: Sequence[LiveExtensions] = ()
    tables: Sequence[type[Row]] = ()
    routes: Sequence[Route | Blueprint] = ()
    roles: Sequence[Role] = ()
    reports: Sequence[Report] = ()
    formats: Sequence[Format] = ()
    prints: Sequence[AnyPrint] = ()
    panels: Sequence[Panel] = ()
    services: Sequence[Service[..., Any]] = ()
    subscribers: Sequence[Subscriber] = ()
    jobs: Sequence[AnyJob] = ()
    tallies: Sequence[Tally] = ()
    retentions: Sequence[Retention] = ()
    numberings: Sequence[Numbering] = ()
    settings: Sequence[type[Any] | SettingsForm[Any]] = ()
    mails: Sequence[MailTemplate] = ()
    commands: Sequence[click.Command] = ()
    checks: Sequence[Check] = ()
    setup: Setup | None = None
    on_startup: Callable[[Site], object] | None = None
    blocks_purge: Callable[[Work, str], Sequence[str]] | None = None
    authenticator: Callable[[Request, Site], Identity | None] | None = None

    @hookimpl
    def register_entities(
        self) -> Sequence[Entity[Any] | Extension[Any] | LiveExtensions | Tally | Retention | Numbering]:
        return [*self.entities, *self.extensions, *self.live, *self.tallies, *self.retentions, *self.numberings]

    @hookimpl
    def register_tables(self) -> Sequence[type[Row]]:
        return self.tables

    @hookimpl
    def register_routes(self) -> Sequence[Route | Blueprint]:
        return self.routes

    @hookimpl
    def register_reports(self) -> Sequence[Report]:
        return self.reports

    @hookimpl
    def register_formats(self) -> Sequence[Format]:
        return self.formats

    @hookimpl
    def register_prints(self) -> Sequence[AnyPrint]:
        return self.prints

    @hookimpl
    def register_settings(self) -> Sequence[type[Any] | SettingsForm[Any] | MailTemplate]:
        return [*self.settings, *self.mails]

    @hookimpl
    def register_permissions(self) -> Sequence[Role]:
        return self.roles

    @hookimpl
    def register_services(self) -> Sequence[Service[..., Any]]:
        return self.services

    @hookimpl
    def register_subscribers(self) -> Sequence[Subscriber]:
        return self.subscribers

    @hookimpl
    def register_jobs(self) -> Sequence[AnyJob]:
        return self.jobs

    @hookimpl
    def register_ui(self) -> Sequence[Panel]:
        return self.panels

    @hookimpl
    def register_commands(self) -> Sequence[click.Command]:
        return self.commands

    @hookimpl
    def register_checks(self) -> Sequence[Check]:
        return self.checks

    @hookimpl
    def register_setup(self) -> Sequence[Setup]:
        return [self.setup] if self.setup else []

    @hookimpl
    def startup(self, site: Site) -> None:
        if self.on_startup:
            self.on_startup(site)

    @hookimpl
    def purge_blockers(self, work: Work, plugin: str) -> Sequence[str]:
        return self.blocks_purge(work, plugin) if self.blocks_purge else []

    @hookimpl
    def authenticate(self, request: Request, site: Site) -> Identity | None:
        return self.authenticator(request, site) if self.authenticator else None
