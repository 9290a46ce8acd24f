"""All that the core asks of a plugin, on one page.

Every `register_*` hook is called once, at start-up, in the order of requirements; its answers are collected
into the frozen registry. An exception or a value of another type stops the start, named with its plugin.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
import pluggy

if TYPE_CHECKING:
    from flask import Blueprint, Request

    from .entities.declarations import Entity, Extension, LiveExtensions, Retention, Role, Tally
    from .entities.numbering import Numbering
    from .entities.settings_forms import SettingsForm
    from .jobs.declarations import AnyJob
    from .mails import MailTemplate
    from .plugin import Check, Format, Route, Service, Setup, Subscriber
    from .prints.declarations import AnyPrint
    from .reports.declarations import Report
    from .reports.panels import Panel
    from .security.actor import Identity
    from .site import Site
    from .storage.models import Row
    from .work import Work

hookspec = pluggy.HookspecMarker("trastienda")


@hookspec
def register_entities() -> Sequence[Entity[Any] | Extension[Any] | LiveExtensions | Tally | Retention | Numbering]:
    """Everything that names an entity: entities, extensions of others' entities, those that people declare, running
    sums, laws that keep data, how documents are numbered."""
    raise AssertionError("a specification is never called")


@hookspec
def register_tables() -> Sequence[type[Row]]:
    """Models that are no entity's own: satellites and derived tables, so that migrations know them."""
    raise AssertionError("a specification is never called")


@hookspec
def register_routes() -> Sequence[Route | Blueprint]:
    """Pages and endpoints of the plugin's own."""
    raise AssertionError("a specification is never called")


@hookspec
def register_reports() -> Sequence[Report]:
    """Reports, in every format and on the command line."""
    raise AssertionError("a specification is never called")


@hookspec
def register_formats() -> Sequence[Format]:
    """Ways to put a report out, and a document."""
    raise AssertionError("a specification is never called")


@hookspec
def register_prints() -> Sequence[AnyPrint]:
    """Documents of single records, of one's own entities or of another plugin's."""
    raise AssertionError("a specification is never called")


@hookspec
def register_settings() -> Sequence[type[Any] | SettingsForm[Any] | MailTemplate]:
    """Frozen dataclasses whose fields are a company's settings, alone or in a SettingsForm; all fields have
    defaults. And mails, whose words are settings too."""
    raise AssertionError("a specification is never called")


@hookspec
def register_permissions() -> Sequence[Role]:
    """Roles that come with the plugin."""
    raise AssertionError("a specification is never called")


@hookspec
def register_services() -> Sequence[Service[..., Any]]:
    """Functions for other plugins, by versioned name."""
    raise AssertionError("a specification is never called")


@hookspec
def register_subscribers() -> Sequence[Subscriber]:
    """What is to run when something happens: inside its transaction, where an exception vetoes it, or after its
    commit, where an exception is tried again and in the end parked."""
    raise AssertionError("a specification is never called")


@hookspec
def register_jobs() -> Sequence[AnyJob]:
    """Work to be done later or on a schedule, by the worker process."""
    raise AssertionError("a specification is never called")


@hookspec
def register_ui() -> Sequence[Panel]:
    """Panels: something worth a glance on the start page, or beside each record of an entity, one's own or
    another plugin's."""
    raise AssertionError("a specification is never called")


@hookspec
def register_commands() -> Sequence[click.Command]:
    """Commands under `trastienda <plugin> ...`."""
    raise AssertionError("a specification is never called")


@hookspec
def register_checks() -> Sequence[Check]:
    """Questions of `trastienda doctor`."""
    raise AssertionError("a specification is never called")


@hookspec
def register_setup() -> Sequence[Setup]:
    """Part of making a company, and of filling the demo's."""
    raise AssertionError("a specification is never called")


@hookspec
def startup(site: Site) -> None:
    """Called once per process when the site is complete, without a connection open; what it raises is logged
    with the plugin's name and stops nothing."""


@hookspec
def purge_blockers(work: Work, plugin: str) -> Sequence[str]:
    """Called for each company before `plugin`'s data is taken away: sentences on what needs it to stay, if anything
    does, such as a law."""
    raise AssertionError("a specification is never called")


@hookspec(firstresult=True)
def authenticate(request: Request, site: Site) -> Identity | None:
    """Called once per request, outside a transaction: who is this? The first answer counts; None is no answer."""
