"""The formats of document numbers: what each is, what the next number will be, and changing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from ....entities import company_settings, number_formats
from ....entities.number_formats import PAGE, next_numbers
from ....entities.numbering import NumberFormat, Numbering, pattern_faults
from ....errors import Forbidden
from ....languages import gettext as _
from ..blueprint import go, show, visit, web
from ..views.parts import ErrorLink
from ..visit import Visit
from . import places
from .settings_pages import NO_ERRORS, Group, answered, groups_of, links_to, taken


@dataclass(frozen=True)
class NumbersGroup:
    """One format: its form, the next numbers in it, and the places that it may have, each with what it is."""

    form: Group
    next: tuple[str, ...]
    preview: bool
    places: tuple[tuple[str, str, bool], ...]
    shipped: str
    changed: bool


@dataclass(frozen=True)
class NumbersView:
    url: str
    groups: tuple[NumbersGroup, ...]
    version: int
    errors: tuple[ErrorLink, ...] = ()


@web.get(places.NUMBERS, endpoint="numbers")
def numbers_page() -> Response:
    visitor = visit()
    return show("administration/numbers", _view(visitor), visitor=visitor)


@web.post(places.NUMBERS)
def change_numbers() -> Response | AnyResponse:
    """One format at a time: saved, taken back to the shipped one, or only looked at."""
    visitor = visit()
    form = visitor.site.registry.settings.get(request.form.get("_form", ""))
    if form is None or form.page != PAGE:
        return go(places.NUMBERS)
    typed = taken(visitor, form, request.form)
    if "_preview" in request.form:
        numbering = _numbering(visitor, form.name)
        found = list(pattern_faults(numbering, _typed(numbering, typed)))
        errors = {f"{form.name}.pattern": found} if found else NO_ERRORS
        return show("administration/numbers", _view(visitor, errors, preview=form.name),
                    status=422 if found else 200, visitor=visitor)
    given = dict.fromkeys(form.fields) if "_reset" in request.form else typed
    return answered(
        visitor,
        {form.name: given},
        places.NUMBERS,
        lambda errors: show("administration/numbers", _view(visitor, errors), status=422, visitor=visitor),
    )


def _numbering(visitor: Visit, form: str) -> Numbering:
    return visitor.site.registry.numberings[form.removeprefix(f"{PAGE}.")]


def _typed(numbering: Numbering, given: Mapping[str, object]) -> NumberFormat:
    chosen = next((each for each in numbering.restarts if each == given.get("restarts")), numbering.restarts[0])
    return NumberFormat(str(given["pattern"]), chosen)


def _view(visitor: Visit, errors: Mapping[str, list[str]] = NO_ERRORS, *, preview: str = "") -> NumbersView:
    groups, version = groups_of(visitor, PAGE, errors)
    if not groups:
        raise Forbidden(_("Document numbers are administrators' to see"))
    return NumbersView(
        places.NUMBERS,
        tuple(_group(visitor, each, preview=each.name == preview and not errors) for each in groups),
        version,
        links_to(errors, groups),
    )


def _group(visitor: Visit, group: Group, *, preview: bool) -> NumbersGroup:
    work = visitor.site.work(visitor.actor, visitor.company)
    numbering = _numbering(visitor, group.name)
    held = company_settings.held(work, visitor.site.registry.settings[group.name])
    form = number_formats.format_of(work, numbering)
    if preview:
        form = _typed(numbering, {field.name.rpartition(".")[2]: field.value for field in group.fields})
    return NumbersGroup(
        group,
        tuple(next_numbers(work, numbering, form)),
        preview,
        tuple((f"{{{each.name}}}", _(each.label), each.required) for each in numbering.placeholders(form.restarts)),
        numbering.pattern,
        bool(held.given),
    )
