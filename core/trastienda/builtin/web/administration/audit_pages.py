"""Who did what: every change in the company, with filters, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from ....entities.audited import AUDIT, audit_page, audited_names, parse_audit_query
from ....errors import BadQuery
from ....languages import gettext as _
from .. import addresses
from ..blueprint import show, visit, web
from ..history import changes, what_of
from ..reader import word
from ..views.fields import FieldView
from ..views.parts import Choice, ErrorLink, Link
from ..views.records import Change, Difference
from ..visit import Visit
from . import places

DOORS = ("web", "api", "import", "cli", "job")


@dataclass(frozen=True)
class Entry:
    """One change, and of what."""

    change: Change
    kind: str
    record: Link


@dataclass(frozen=True)
class AuditView:
    filters: tuple[FieldView, ...]
    entries: tuple[Entry, ...]
    next_url: str = ""
    first_url: str = ""
    heads_url: str = ""
    errors: tuple[ErrorLink, ...] = ()


@web.get(places.AUDIT, endpoint="audit")
def audit() -> Response:
    visitor = visit()
    given = [(name, text) for name, text in request.args.items(multi=True) if text.strip()]
    try:
        query = parse_audit_query(given, time_zone=visitor.company.time_zone)
    except BadQuery as error:
        visitor.site.permissions.require(visitor.actor, AUDIT, "read")
        return show("administration/audit", _refused(visitor, dict(given), error), status=400, visitor=visitor)
    page = audit_page(visitor.site, visitor.actor, visitor.company, query)
    kept = [(name, text) for name, text in given if name != "cursor"]
    view = AuditView(
        tuple(_filters(visitor, dict(given))),
        tuple(_entries(visitor, page.items)),
        addresses.with_query(places.AUDIT, [*kept, ("cursor", page.next)]) if page.next else "",
        addresses.with_query(places.AUDIT, kept) if query.before is not None else "",
        places.HEADS if visitor.may_on(AUDIT, "export") else "",
    )
    return show("administration/audit", view, visitor=visitor)


def _refused(visitor: Visit, given: Mapping[str, str], error: BadQuery) -> AuditView:
    filters = tuple(_filters(visitor, given))
    labels = {each.name: each for each in filters}
    links = tuple(
        ErrorLink(text, labels[name].label, labels[name].id) if name in labels else ErrorLink(text, name)
        for name, texts in error.errors.items()
        for text in texts
    )
    return AuditView(filters, (), errors=links)


def _filters(visitor: Visit, given: Mapping[str, str]) -> Iterator[FieldView]:
    names = audited_names(visitor.site, visitor.actor)
    kinds = sorted((label_of(visitor, name), name) for name, shown in names.items() if shown)
    actions = [(name, what_of(None, name)) for name in ("create", "update", "delete")]
    yield FieldView("actor", _("Who"), "text", given.get("actor", ""))
    yield _choice("entity", _("What"), [(name, label) for label, name in kinds], given)
    yield FieldView("record", _("Record's number"), "integer", given.get("record", ""))
    yield FieldView("key", _("Record's key"), "text", given.get("key", ""))
    yield _choice("action", _("Action"), actions, given)
    yield FieldView("since", _("From"), "date", given.get("since", ""))
    yield FieldView("until", _("To"), "date", given.get("until", ""))
    yield _choice("via", _("Door"), [(door, word(door)) for door in DOORS], given)


def _choice(name: str, label: str, options: Sequence[tuple[str, str]], given: Mapping[str, str]) -> FieldView:
    chosen = given.get(name, "")
    known = [("", ""), *options] if chosen in {"", *dict(options)} else [("", ""), (chosen, chosen), *options]
    choices = tuple(Choice(value, text, value == chosen) for value, text in known)
    return FieldView(name, label, "choice", chosen, choices=choices)


def label_of(visitor: Visit, name: str) -> str:
    """What a row's entity is called."""
    if (entity := visitor.site.registry.entities.get(name)) is not None:
        return _(entity.label)
    form = visitor.site.registry.settings.get(name.removeprefix("settings."))
    return _("Settings: %(form)s", form=form.label) if form is not None else name


def _entries(visitor: Visit, items: Sequence[Mapping[str, Any]]) -> Iterator[Entry]:
    """In the order of the rows; the labels in their values are looked up once for each entity."""
    told: dict[int, Change] = {}
    for name in dict.fromkeys(item["entity"] for item in items):
        of_name = [item for item in items if item["entity"] == name]
        entity = visitor.site.registry.entities.get(name)
        made = (
            changes(visitor, entity, of_name, births=True)
            if entity is not None
            else tuple(_plain(visitor, item) for item in of_name)
        )
        told.update(zip((item["id"] for item in of_name), made, strict=True))
    for item in items:
        entity = visitor.site.registry.entities.get(item["entity"])
        url = addresses.record(entity, item["record"]) if entity is not None and item["action"] != "delete" else ""
        text = item["key"] or f"#{item['record']}"
        yield Entry(told[item["id"]], label_of(visitor, item["entity"]), Link(text, url))


def _plain(visitor: Visit, item: Mapping[str, Any]) -> Change:
    """Of settings, and of what belongs to a plugin that is gone."""
    form = visitor.site.registry.settings.get(item["entity"].removeprefix("settings."))
    differences = []
    for name, pair in item["changes"].items():
        field = form.fields.get(name) if form is not None else None
        before, after = pair if isinstance(pair, list) else (None, _("erased"))
        texts = [_value(visitor, field, each) for each in (before, after)]
        differences.append(Difference(_(field.label) if field is not None else name, *texts))
    who = f"{item['actor']}" if item["via"] == "web" else f"{item['actor']}, {item['via']}"
    moment = visitor.reader.moment(item["at"])
    return Change(moment, item["at"], who, what_of(None, item["action"]), tuple(differences))


def _value(visitor: Visit, field: Any, value: Any) -> str:
    if field is None or field.kind == "ref" or value is None:
        return "" if value is None else str(value)
    return visitor.reader.text(field, value)
