"""What all plugins declared, checked against each other and frozen: a request looks up here, it never asks around."""
from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import click
import peewee
from flask import Blueprint

from . import mails
from .entities import number_formats, offering
from .entities.compiled import CompiledEntity, LineSet, compile_entity
from .entities.declarations import Entity, Extension, Retention, Role, Tally
from .entities.numbering import Numbering, declaration_faults
from .entities.settings_forms import CompiledSettings, compile_settings
from .faults import Fault, StartupFaults
from .isolation import NoSuchService
from .jobs.declarations import AnyJob
from .jobs.models import JobRecord
from .jobs.running import subscriber_name
from .jobs.schedules import schedule_fault
from .mails import MailTemplate
from .plugin import AfterCommit, BeforeCommit, Check, Format, InTransaction, Route, Service, Setup
from .prints.declarations import AnyPrint
from .reports.declarations import Report
from .reports.panels import Panel
from .storage.models import Company, Row, StoredRole, User

Owned = Iterable[tuple[str, Any]]


@dataclass(frozen=True)
class Registry:
    """Values are keyed by their public names; where a plugin matters, values come as (plugin, value).

    `prints` are by the entity that they are of, then by their name.
    `panels` are by the entity that they stand beside; those of the start page under the empty name.
    `followers` are the tallies that follow a model.
    `owners` has the plugin of what is declared under a name: `("format", "pdf")`, `("role", "clerk")`.
    """

    entities: Mapping[str, CompiledEntity]
    by_model: Mapping[type[Row], CompiledEntity]
    by_path: Mapping[str, CompiledEntity]
    line_sets: Mapping[type[Row], tuple[CompiledEntity, LineSet]]
    reports: Mapping[str, tuple[str, Report]]
    formats: Mapping[str, Format]
    prints: Mapping[str, Mapping[str, tuple[str, AnyPrint]]]
    roles: Mapping[str, Role]
    services: Mapping[str, Service[..., Any]]
    settings: Mapping[str, CompiledSettings]
    settings_of: Mapping[type[Any], CompiledSettings]
    subscribers: Mapping[str, tuple[tuple[str, InTransaction[Any]], ...]]
    after_commit: Mapping[str, tuple[tuple[str, AfterCommit[Any]], ...]]
    before_commit: tuple[tuple[str, BeforeCommit], ...]
    jobs: Mapping[str, tuple[str, AnyJob]]
    routes: tuple[tuple[str, Route | Blueprint], ...]
    commands: tuple[tuple[str, click.Command], ...]
    checks: tuple[tuple[str, Check], ...]
    setups: tuple[tuple[str, Setup], ...]
    panels: Mapping[str, tuple[tuple[str, Panel], ...]]
    tallies: tuple[tuple[str, Tally], ...]
    followers: Mapping[type[Row], tuple[tuple[str, Tally], ...]]
    retentions: Mapping[str, tuple[tuple[str, Retention], ...]]
    numberings: Mapping[str, Numbering]
    mails: Mapping[str, MailTemplate]
    models: Mapping[str, tuple[type[Row], ...]]
    owners: Mapping[tuple[str, str], str]

    @cached_property
    def sparse(self) -> frozenset[type[Row]]:
        """The running sums of which rows of nothing are deleted."""
        return frozenset(tally.model for _, tally in self.tallies if tally.sparse)

    def offered(self) -> Mapping[str, str]:
        """The services' names, and who offers each."""
        return {name: self.owners["service", name] for name in self.services}

    def entity_of(self, record: Row | type[Row]) -> CompiledEntity:
        """The entity that a record is of; KeyError for a plain row."""
        return self.by_model[record if isinstance(record, type) else type(record)]


class _Collector:
    """Puts declarations into the registry's maps, noting every clash instead of stopping at the first."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.owners: dict[tuple[str, str], str] = {}

    def once(self, kind: str, name: str, plugin: str) -> bool:
        """Claim a name; False, and a fault, when somebody had it."""
        owner = self.owners.get((kind, name))
        if owner is None:
            self.owners[kind, name] = plugin
            return True
        self.faults.append(Fault(plugin, f"{kind} {name!r} is already declared by {owner}", "choose another name"))
        return False

    def known(self, plugin: str, what: str, entity: str, entities: Collection[str]) -> None:
        """Note a fault for what names an entity that nobody declared."""
        if entity not in entities:
            near = difflib.get_close_matches(entity, entities, 1)
            hint = f"did you mean {near[0]!r}?" if near else "is the plugin that owns it installed?"
            self.faults.append(Fault(plugin, f"{what} an unknown entity {entity!r}", hint))


def build_registry(hooks: Mapping[str, Sequence[tuple[str, Any]]], *,
                   uses: Iterable[tuple[str, str]] = ()) -> Registry:
    """From each hook's answers, as (plugin, value) in the order of requirements, and the services that plugins
    call by name; raises StartupFaults."""
    names = _Collector()
    declared = hooks.get("register_entities", ())
    entities = _entities(declared, names)
    reports = {report.name: (plugin, report) for plugin, report in hooks.get("register_reports", ())
               if names.once("report", report.name, plugin)}
    services = {service.name: service for plugin, service in hooks.get("register_services", ())
                if names.once("service", service.name, plugin)}
    roles = {role.name: role for plugin, role in hooks.get("register_permissions", ())
             if names.once("role", role.name, plugin)}
    formats = {format.name: format for plugin, format in hooks.get("register_formats", ())
               if names.once("format", format.name, plugin)}
    settings = _settings(hooks.get("register_settings", ()), names)
    numberings = _numberings(declared, names)
    templates = _mails(hooks.get("register_settings", ()), names)
    settings |= {form.name: form for form in (mails.form_of(names.owners["mail", each.name], each)
                                              for each in templates.values())}
    settings |= {form.name: form for form in (number_formats.form_of(names.owners["numbering", each.name], each)
                                              for each in numberings.values())}
    for plugin, route in hooks.get("register_routes", ()):
        name = route.name if isinstance(route, Blueprint) else f"{plugin}/{route.path.strip('/')} {route.methods}"
        names.once("route", name, plugin)
    for plugin, wanted in uses:
        if wanted not in services:
            offered = {name: names.owners["service", name] for name in services}
            names.faults.append(Fault(plugin, str(NoSuchService(wanted, offered)),
                                      "install the plugin that offers it, in a version that does"))
    models = _models(hooks, entities, names)
    prints = _prints(hooks.get("register_prints", ()), entities, names)
    panels = _panels(hooks.get("register_ui", ()), entities, names)
    jobs = _jobs(hooks.get("register_jobs", ()), names)
    subscribers: dict[str, list[tuple[str, InTransaction[Any]]]] = {}
    before_commit: list[tuple[str, BeforeCommit]] = []
    after_commit: dict[str, list[tuple[str, AfterCommit[Any]]]] = {}
    for plugin, subscriber in hooks.get("register_subscribers", ()):
        if isinstance(subscriber, InTransaction):
            subscribers.setdefault(subscriber.on.name, []).append((plugin, subscriber))
        elif isinstance(subscriber, BeforeCommit):
            before_commit.append((plugin, subscriber))
        elif subscriber.on.model is None:
            names.faults.append(Fault(plugin, f"subscribes after the commit to {subscriber.on.name!r}, of no model",
                                      "name a record's event: created(Model) or entered(Model, state)"))
        elif names.once("subscriber", f"{subscriber_name(plugin, subscriber)} to {subscriber.on.name}", plugin):
            after_commit.setdefault(subscriber.on.name, []).append((plugin, subscriber))
    tallies = tuple((plugin, each) for plugin, each in declared if isinstance(each, Tally))
    if names.faults:
        raise StartupFaults(names.faults)
    return Registry(
        entities=entities, by_model={entity.model: entity for entity in entities.values()},
        by_path={entity.path: entity for entity in entities.values()},
        line_sets={lines.model: (entity, lines) for entity in entities.values() for lines in entity.lines.values()},
        reports=reports, formats=formats, prints=prints, roles=roles, services=services,
        subscribers={name: tuple(each) for name, each in subscribers.items()},
        settings=settings, settings_of={each.form.kind: each for each in settings.values()},
        before_commit=tuple(before_commit),
        after_commit={name: tuple(each) for name, each in after_commit.items()}, jobs=jobs,
        routes=tuple(hooks.get("register_routes", ())), commands=tuple(hooks.get("register_commands", ())),
        checks=tuple(hooks.get("register_checks", ())), setups=tuple(hooks.get("register_setup", ())),
        panels=panels,
        retentions=_retentions(declared, entities, names), numberings=numberings, mails=templates,
        tallies=tallies, followers=_followers(tallies), models=models,
        owners=names.owners)


def _followers(tallies: Iterable[tuple[str, Tally]]) -> dict[type[Row], tuple[tuple[str, Tally], ...]]:
    found: dict[type[Row], tuple[tuple[str, Tally], ...]] = {}
    for plugin, tally in tallies:
        if tally.follows is not None:
            found[tally.follows] = (*found.get(tally.follows, ()), (plugin, tally))
    return found


def _jobs(declared: Owned, names: _Collector) -> dict[str, tuple[str, AnyJob]]:
    jobs: dict[str, tuple[str, AnyJob]] = {}
    for plugin, job in declared:
        if not job.name.startswith(f"{plugin.partition('+')[0]}."):
            names.faults.append(Fault(plugin, f"names a job {job.name!r}", "begin it with the plugin's name and a dot"))
        elif fault := schedule_fault(job):
            names.faults.append(Fault(plugin, f"schedules the job {job.name!r} with {fault}", "mend its schedule"))
        elif names.once("job", job.name, plugin):
            jobs[job.name] = (plugin, job)
    return jobs


def _entities(declared: Sequence[tuple[str, Any]], names: _Collector) -> dict[str, CompiledEntity]:
    own = [(plugin, each) for plugin, each in declared if isinstance(each, Entity)]
    known = {each.name for _, each in own}
    extensions: dict[str, list[tuple[str, Extension[Any]]]] = {}
    for plugin, each in declared:
        if isinstance(each, Extension):
            names.known(plugin, "extends", each.target, known)
            extensions.setdefault(each.target, []).append((plugin, each))
    entities = {}
    for plugin, entity in own:
        if names.once("entity", entity.name, plugin):
            _check_extensions(entity, extensions.get(entity.name, ()), names)
            compiled = compile_entity(plugin, entity, extensions.get(entity.name, ()))
            unknown = [name for name in entity.columns if isinstance(name, str) and name not in compiled.columns]
            names.faults += [Fault(plugin, f"lists {name!r} in {entity.name}, which has no such column",
                                   "name a computed column, or give the model's field") for name in unknown]
            names.once("path", compiled.path, plugin)
            names.faults += [Fault(plugin, fault, cure) for fault, cure in offering.faults_of(compiled)]
            entities[entity.name] = compiled
    return entities


def _check_extensions(entity: Entity[Any], extensions: Sequence[tuple[str, Extension[Any]]],
                      names: _Collector) -> None:
    for plugin, extension in extensions:
        names.once(f"extension of {entity.name}", plugin.partition("+")[0], plugin)
        link = extension.model._meta.primary_key
        if not isinstance(link, peewee.ForeignKeyField) or link.rel_model is not entity.model \
                or link.on_delete != "CASCADE":
            names.faults.append(Fault(
                plugin, f"the rows of {extension.model.__name__} do not belong to records of {entity.name}",
                f"its primary key must be ForeignKeyField({entity.model.__name__}, primary_key=True, "
                "on_delete='CASCADE')"))
        if extension.personal and entity.personal is None:
            names.faults.append(Fault(plugin, f"says what of {extension.model.__name__} is personal, and "
                                      f"{entity.name} tells of no person", "leave `personal` out"))


def _prints(declared: Sequence[tuple[str, AnyPrint]], entities: Mapping[str, CompiledEntity],
            names: _Collector) -> dict[str, dict[str, tuple[str, AnyPrint]]]:
    found: dict[str, dict[str, tuple[str, AnyPrint]]] = {}
    for plugin, each in declared:
        names.known(plugin, f"prints {each.name!r} of", each.entity, entities)
        if names.once("print", f"{each.entity}/{each.name}", plugin):
            found.setdefault(each.entity, {})[each.name] = plugin, each
    return found


def _panels(declared: Sequence[tuple[str, Panel]], entities: Mapping[str, CompiledEntity],
            names: _Collector) -> dict[str, tuple[tuple[str, Panel], ...]]:
    found: dict[str, list[tuple[str, Panel]]] = {}
    for plugin, panel in declared:
        if panel.on:
            names.known(plugin, f"has the panel {panel.name!r} on", panel.on, entities)
        if names.once("panel", panel.name, plugin):
            found.setdefault(panel.on, []).append((plugin, panel))
    return {on: tuple(panels) for on, panels in found.items()}


def _retentions(declared: Owned, entities: Mapping[str, CompiledEntity],
                names: _Collector) -> dict[str, tuple[tuple[str, Retention], ...]]:
    found: dict[str, list[tuple[str, Retention]]] = {}
    for plugin, each in declared:
        if isinstance(each, Retention):
            names.known(plugin, "keeps data of", each.target, entities)
            found.setdefault(each.target, []).append((plugin, each))
    return {target: tuple(kept) for target, kept in found.items()}


def _numberings(declared: Owned, names: _Collector) -> dict[str, Numbering]:
    found: dict[str, Numbering] = {}
    for plugin, each in declared:
        if isinstance(each, Numbering):
            faults = list(declaration_faults(each, plugin))
            names.faults += [Fault(plugin, f"numbers {each.name!r}: {text}", "mend its declaration") for text in faults]
            if names.once("numbering", each.name, plugin) and not faults:
                found[each.name] = each
    for one, other in number_formats.clashing_defaults(found.values()):
        names.faults.append(Fault(names.owners["numbering", one.name],
                                  f"numbers {one.name!r} as {other.name!r} does, by {other.pattern}",
                                  "begin the one's pattern otherwise"))
    return found


def _mails(declared: Owned, names: _Collector) -> dict[str, MailTemplate]:
    found = {}
    for plugin, each in declared:
        if isinstance(each, MailTemplate) and names.once("mail", each.name, plugin):
            names.faults += [Fault(plugin, f"writes a mail {each.name!r}: {text}", "mend its declaration")
                             for text in mails.declaration_faults(each, plugin)]
            found[each.name] = each
    return found


def _settings(declared: Owned, names: _Collector) -> dict[str, CompiledSettings]:
    found = {}
    for plugin, each in declared:
        if isinstance(each, MailTemplate):
            continue
        try:
            compiled = compile_settings(plugin, each)
        except TypeError as error:
            names.faults.append(Fault(plugin, str(error), "give the field a type that a form can have"))
            continue
        if names.once("settings", compiled.name, plugin):
            found[compiled.name] = compiled
    return found


def _models(hooks: Mapping[str, Sequence[tuple[str, Any]]], entities: Mapping[str, CompiledEntity],
            names: _Collector) -> dict[str, tuple[type[Row], ...]]:
    """Each plugin's models in an order in which they can be created."""
    found: dict[str, dict[type[Row], None]] = {}
    for entity in entities.values():
        mine = found.setdefault(entity.plugin, {})
        if entity.model not in (Company, User, StoredRole, JobRecord):
            mine[entity.model] = None
        mine.update({lines.model: None for lines in entity.lines.values()})
    for plugin, each in hooks.get("register_entities", ()):
        if isinstance(each, (Extension, Tally)):
            found.setdefault(plugin, {})[each.model] = None
    for plugin, model in hooks.get("register_tables", ()):
        found.setdefault(plugin, {})[model] = None
    for plugin, mine in found.items():
        for model in mine:
            names.once("table", model._meta.table_name, plugin)
    return {plugin: tuple(mine) for plugin, mine in found.items()}
