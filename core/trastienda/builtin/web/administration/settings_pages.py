"""The settings of the company, to be changed, and those of the installation, to be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from ....api.settings import INSTALLATION
from ....entities import company_settings
from ....entities.company_settings import Held
from ....entities.parameters import Parameter
from ....entities.settings_forms import CompiledSettings
from ....errors import Invalid, Stale
from ....languages import gettext as _
from ....settings import SettingInfo, describe_settings
from .. import fields
from ..blueprint import go, show, visit, web
from ..reader import word
from ..record_routes import version_sent
from ..views.fields import FieldView
from ..views.parts import Cell, Column, ErrorLink, Row
from ..visit import Visit
from . import places

NO_ERRORS: Mapping[str, list[str]] = MappingProxyType({})


@dataclass(frozen=True)
class Group:
    """One form of the company's settings."""

    name: str
    label: str
    help: str
    fields: tuple[FieldView, ...]
    editable: bool


@dataclass(frozen=True)
class SettingsView:
    groups: tuple[Group, ...]
    version: int
    columns: tuple[Column, ...]
    installation: tuple[Row, ...] = ()
    errors: tuple[ErrorLink, ...] = ()


@web.get(places.SETTINGS, endpoint="settings")
def settings_page() -> Response:
    visitor = visit()
    return show("administration/settings", _view(visitor), visitor=visitor)


@web.post(places.SETTINGS)
def change_settings() -> Response | AnyResponse:
    """One form at a time: each has its own button."""
    visitor = visit()
    form = visitor.site.registry.settings.get(request.form.get("_form", ""))
    given = {form.name: taken(visitor, form, request.form)} if form is not None else {}
    return answered(visitor, given, places.SETTINGS,
                    lambda errors: show("administration/settings", _view(visitor, errors), status=422, visitor=visitor))


def answered(visitor: Visit, given: Mapping[str, object], address: str,
             again: Callable[[Mapping[str, list[str]]], Response]) -> Response | AnyResponse:
    """Change settings and go on to an address, or show the form `again` with what is wrong."""
    try:
        visitor.site.write(
            visitor.actor,
            visitor.company,
            lambda work: company_settings.change(work, given, version=version_sent()),
        )
    except Stale:
        return go(address, refused=_("Somebody else changed the settings meanwhile; look again."))
    except Invalid as error:
        return again(error.errors)
    return go(address, _("Saved."))


def taken(visitor: Visit, form: CompiledSettings, sent: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, as doors take it; nothing typed takes a field back to its default, but for texts."""
    found: dict[str, Any] = {}
    for name, field in form.fields.items():
        text = sent.get(f"{form.name}.{name}", "").strip()
        if field.kind == "boolean":
            found[name] = bool(text)
        elif text or field.kind == "text":
            found[name] = visitor.reader.taken(field, text)
        else:
            found[name] = None
    return found


def _view(visitor: Visit, errors: Mapping[str, list[str]] = NO_ERRORS) -> SettingsView:
    groups, version = groups_of(visitor, "", errors)
    return SettingsView(
        groups,
        version,
        (Column("name", _("Setting")), Column("value", _("Value")), Column("source", _("Source")),
         Column("help", _("Meaning"))),
        tuple(map(_installed, describe_settings(visitor.site.settings)))
        if visitor.may_on(INSTALLATION, "read")
        else (),
        links_to(errors, groups),
    )


def groups_of(
    visitor: Visit, page: str, errors: Mapping[str, list[str]] = NO_ERRORS
) -> tuple[tuple[Group, ...], int]:
    """The forms of a page as they stand or were sent, and the version of all settings that the visitor sees."""
    work = visitor.site.work(visitor.actor, visitor.company)
    held = company_settings.all_held(work, company_settings.visible(work))
    groups = [_group(visitor, each, company_settings.shown(work, each), errors) for each in held
              if each.form.page == page]
    return tuple(groups), company_settings.version_of(held)


def links_to(errors: Mapping[str, list[str]], groups: Sequence[Group]) -> tuple[ErrorLink, ...]:
    known = {field.name: field for group in groups for field in group.fields}
    return tuple(
        ErrorLink(text, known[path].label, known[path].id) if path in known else ErrorLink(text, path)
        for path, texts in errors.items()
        for text in texts
    )


def _installed(each: SettingInfo) -> Row:
    return Row(each.name, tuple(map(Cell, (each.name, each.value, word(each.source), _(each.help)))))


def _group(visitor: Visit, held: Held, values: Mapping[str, Any], errors: Mapping[str, list[str]]) -> Group:
    form = held.form
    typed = request.form if request.form.get("_form") == form.name else None
    editable = visitor.may_on(form.guard, "update")
    return Group(
        form.name,
        form.label,
        _(form.form.help) if form.form.help else "",
        tuple(
            _field(visitor, f"{form.name}.{name}", each, values[name], typed, errors, editable=editable)
            for name, each in form.fields.items()
        ),
        editable,
    )


def _field(
    visitor: Visit,
    path: str,
    field: Parameter,
    value: Any,
    typed: Mapping[str, str] | None,
    errors: Mapping[str, list[str]],
    *,
    editable: bool,
) -> FieldView:
    text = visitor.reader.typed(field, value) if typed is None else typed.get(path, "")
    is_reference = field.kind == "ref"
    return FieldView(
        path,
        _(field.label),
        field.kind,
        text,
        cell=fields.reference_cell(visitor, field, value)
        if is_reference and value is not None
        else Cell(visitor.reader.text(field, value)),
        readonly=not editable,
        help=_(field.help) if field.help else "",
        errors=tuple(errors.get(path, ())),
        choices=fields.options(field.options, text, optional=False) if field.options else (),
        lookup=fields.lookup(visitor, field, value, text) if is_reference else None,
    )
