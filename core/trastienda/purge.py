"""Taking a plugin's data out of the database: what would go, what stands in the way, and doing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from . import mails
from .entities import number_formats
from .errors import NotFound, Refusal
from .isolation import blaming, checked
from .languages import gettext
from .security.actor import Actor
from .site import Site
from .storage import purging
from .storage.counters import Counter
from .storage.migrations import History, read_history
from .storage.models import Company, RoleAssignment, User
from .storage.settings import Setting
from .storage.triggers import drop_triggers, synchronise
from .upgrade import history_folder, triggers_of
from .work import Work


class PurgeBlocked(Refusal):
    """Something needs the data; the message has a line for each."""

    def __init__(self, name: str, blockers: tuple[str, ...]) -> None:
        super().__init__("\n".join([f"{name} cannot be purged:", *(f"  {each}" for each in blockers)]))
        self.blockers = blockers


@dataclass(frozen=True)
class Purge:
    """What goes with a plugin (or with `plugin+other`, its glue): tables with their rows, and traces elsewhere.

    `settings`, `roles` and `counters` are numbers of rows. The audit is kept.
    """

    name: str
    histories: tuple[str, ...]
    tables: tuple[tuple[str, int], ...]
    migrations: int
    settings: int
    roles: int
    counters: int
    blockers: tuple[str, ...]


def plan_purge(site: Site, name: str) -> Purge:
    """Inside an active site; raises NotFound for what is not installed."""
    histories = list(_histories(site, name))
    names = tuple(history.name for history in histories)
    present = set(site.database.get_tables())
    tables = [table for history in histories for table in history.schema if table in present]
    own = f"{name}."
    whole = "+" not in name
    return Purge(
        name=name,
        histories=names,
        tables=tuple((table, purging.rows_in(site.database, table)) for table in tables),
        migrations=purging.ran(site.database, names),
        settings=Setting.select().where(_settings_of(own)).count() if whole else 0,
        roles=RoleAssignment.select().where(RoleAssignment.role.startswith(own)).count() if whole else 0,
        counters=Counter.select().where(Counter.series.startswith(own)).count() if whole else 0,
        blockers=tuple(_blockers(site, name, tables)),
    )


def purge(site: Site, name: str) -> Purge:
    """Drop it all in one transaction, as the database's owner where there is one; raises PurgeBlocked.

    A migration makes the tables anew, empty, for as long as the plugin is on.
    """
    with site.as_owner() as owner, purging.without_foreign_keys(owner.database):
        return owner.write(Actor.system("purge"), Company(), lambda work: _drop(work, name))


def _drop(work: Work, name: str) -> Purge:
    database = work.site.database
    database.serialize("trastienda:migrate")
    planned = plan_purge(work.site, name)
    if planned.blockers:
        raise PurgeBlocked(name, planned.blockers)
    if "+" not in name:
        own = f"{name}."
        _take_roles(work, own)
        work.flush()
        work.execute(Setting.delete().where(_settings_of(own)))
        work.execute(Counter.delete().where(Counter.series.startswith(own)))
    drop_triggers(database)
    purging.drop_tables(database, [table for table, _ in planned.tables])
    purging.forget(database, planned.histories)
    synchronise(database, triggers_of(work.site.registry))
    return planned


def _settings_of(prefix: str) -> Any:
    """The plugin's own forms, and those on pages of their own."""
    pages = ("", f"{number_formats.PAGE}.", f"{mails.PAGE}.")
    return reduce(or_, (Setting.name.startswith(f"{page}{prefix}") for page in pages))


def _take_roles(work: Work, prefix: str) -> None:
    """From every user who has one of the plugin's, as an administrator would: it is audited."""
    holding = RoleAssignment.select(RoleAssignment.user, RoleAssignment.id).where(
        RoleAssignment.role.startswith(prefix)
    )
    held: dict[int, set[int]] = {}
    for user, assignment in work.rows(holding):
        held.setdefault(user, set()).add(assignment)
    for record in work.lock_many(User, sorted(held)) if held else ():
        lines = record.lines_of(RoleAssignment)
        lines[:] = [line for line in lines if line.id not in held[record.id]]
        work.save(record)


def _histories(site: Site, name: str) -> Iterator[History]:
    """The plugin's, then those of its glue, switched on or not; of `plugin+other` that alone."""
    plugin, _, other = name.partition("+")
    loaded = next((each for each in site.loaded.plugins if each.name == plugin and each.module), None)
    if loaded is None:
        raise NotFound(gettext("No plugin %(plugin)s is installed: what it left can only be read with it",
                               plugin=plugin))
    if loaded.bundled:
        raise Refusal(gettext("%(plugin)s comes with the core and stays", plugin=plugin))
    if other:
        yield read_history(name, history_folder(loaded.module, name))
        return
    main = history_folder(loaded.module, plugin)
    glue = sorted(path.name.removeprefix("migrations_with_") for path in main.parent.glob("migrations_with_*"))
    for each in (plugin, *(f"{plugin}+{other}" for other in glue)):
        yield read_history(each, history_folder(loaded.module, each))


def _said(site: Site, name: str) -> Iterator[str]:
    """What plugins say stands in the way, company by company; one that cannot say stands in it itself."""
    for company in Company.select().order_by(Company.id):
        work = site.work(Actor.system("purge"), company)
        for owner, implementation in site.loaded.asked("purge_blockers"):
            with blaming(owner, "purge_blockers"):
                given = {"work": work, "plugin": name}
                said: Any = implementation.function(*(given[each] for each in implementation.argnames))
                answer: Any = checked(said, list | tuple)
            yield from (f"{company.code}: {each}" for each in answer)


def _blockers(site: Site, name: str, tables: list[str]) -> Iterator[str]:
    for each in site.loaded.plugins:
        if name in each.requires and each.status == "on":
            yield f"{each.name} needs it: purge that first, or switch it off"
    owners = {model._meta.table_name: owner for owner, models in site.registry.models.items() for model in models}
    yield from _said(site, name)
    for found in purging.references_to(site.database, tables):
        owner = owners.get(found.table, "")
        cure = f": purge {owner} first" if owner else ", which no plugin that is on has"
        yield f"{found.table}.{found.column} refers to {found.target}{cure}"
