"""A person's data: looked up, put out, and erased where no law keeps them (GDPR, articles 15 to 17)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from ....api.privacy import as_archive
from ....entities.compiled import CompiledEntity
from ....entities.privacy import GUARD, Held, Kept, disclose, erase, look_into, people
from ....errors import Forbidden, NotFound, Refusal
from ....languages import gettext as _
from ....languages import within
from .. import addresses
from ..blueprint import go, show, visit, web
from ..finding import find_in
from ..views.fields import FieldView
from ..views.parts import Cell, Column, ErrorLink, Link, Row
from ..visit import Visit
from . import places


@dataclass(frozen=True)
class PeopleView:
    """Whom to look for, and who was found."""

    search: FieldView
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    asked: bool


@dataclass(frozen=True)
class PersonView:
    """What tells of one person, and what becomes of it. Without `erase_url` there is nothing to be erased, or the
    visitor may not."""

    title: str
    back: Link
    record: Link
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    wholly_kept: str
    download_url: str
    erase_url: str
    confirm: FieldView
    errors: tuple[ErrorLink, ...] = ()


@web.get(places.PRIVACY, endpoint="privacy")
def people_page() -> Response:
    visitor = visit()
    if not visitor.may_on(GUARD, "erase"):
        visitor.site.permissions.require(visitor.actor, GUARD, "export")
    text = request.args.get("q", "").strip()
    asked = FieldView("q", _("Whose data?"), "text", text, autofocus=not text)
    columns = (Column("person", _("Person")), Column("kind", _("As what")))
    view = PeopleView(asked, columns, tuple(_found(visitor, text)) if text else (), bool(text))
    return show("administration/privacy", view, visitor=visitor)


def _found(visitor: Visit, text: str) -> Iterator[Row]:
    """Archived ones as well: what is put aside is kept all the same."""
    for entity in people(visitor.site).values():
        if visitor.may(entity, "read"):
            for words in find_in(visitor, entity, text, _all_of(entity)):
                person = Cell(words["label"] or words["key"], note=words["key"] if words["label"] else "",
                              url=_place(entity, words["id"]))  # fmt: skip
                yield Row(str(words["id"]), (person, Cell(_(entity.label))))


def _all_of(entity: CompiledEntity) -> list[tuple[str, str]]:
    return [("archived", "all")] if entity.archive is not None else []


def _place(entity: CompiledEntity, identity: int) -> str:
    return f"{places.PRIVACY}/{entity.name}/{identity}"


@web.get(f"{places.PRIVACY}/<name>/<int:identity>", endpoint="person")
def person_page(name: str, identity: int) -> Response:
    visitor = visit()
    return show("administration/person", _person(visitor, name, identity), visitor=visitor)


@web.get(f"{places.PRIVACY}/<name>/<int:identity>/data.zip", endpoint="person_data")
def person_data(name: str, identity: int) -> Response:
    visitor = visit()
    found = disclose(visitor.site, visitor.actor, visitor.company, name, identity)
    return as_archive(found, name, identity)


@web.post(f"{places.PRIVACY}/<name>/<int:identity>")
def erase_person(name: str, identity: int) -> Response | AnyResponse:
    """Nothing is erased by a single click: what the person is called here is typed first."""
    visitor = visit()
    if not visitor.may_on(GUARD, "erase"):
        raise Forbidden(_("You may not do that"))
    entity = _entity(visitor, name)
    key = _called(visitor, entity, identity)["key"]
    if request.form.get("key", "").strip() != key:
        wrong = _("Type %(key)s to confirm.", key=key)
        return show("administration/person", _person(visitor, name, identity, wrong), status=422, visitor=visitor)
    try:
        done = erase(visitor.site, visitor.actor, visitor.company, name, identity)
    except Refusal as error:
        return go(_place(entity, identity), refused=str(error))
    said = _("Erased: %(records)s records, %(entries)s entries of the log.", records=done.records,
             entries=done.log_entries)  # fmt: skip
    return go(_place(entity, identity), said)


def _entity(visitor: Visit, name: str) -> CompiledEntity:
    found = people(visitor.site).get(name)
    if found is None:
        raise NotFound(_("%(name)s are not persons", name=name))
    return found


def _called(visitor: Visit, entity: CompiledEntity, identity: int) -> dict[str, str]:
    """`key` and `label` of a person that there is for the visitor."""
    found = find_in(visitor, entity, "", [("id", str(identity)), *_all_of(entity)])
    if not found:
        raise NotFound(_("No %(label)s %(key)s", label=within(entity.label), key=identity))
    return found[0]


def _person(visitor: Visit, name: str, identity: int, wrong: str = "") -> PersonView:
    held = look_into(visitor.site, visitor.actor, visitor.company, name, identity)
    entity = _entity(visitor, name)
    words = _called(visitor, entity, identity)
    laws = held[0].kept
    may_erase = visitor.may_on(GUARD, "erase") and not laws
    label = _("Type %(key)s to confirm.", key=words["key"])
    return PersonView(
        words["label"] or words["key"],
        Link(_("A person's data"), places.PRIVACY),
        Link(f"{_(entity.label)} {words['key']}", addresses.record(entity, identity)),
        (Column("what", _("What")), Column("law", _("Kept by")), Column("until", _("Until"))),
        tuple(_rows(visitor, held)),
        _reason(visitor, laws) if laws else "",
        f"{_place(entity, identity)}/data.zip" if visitor.may_on(GUARD, "export") else "",
        _place(entity, identity) if may_erase else "",
        FieldView("key", label, "text", "", required=True, errors=(wrong,) if wrong else ()),
        (ErrorLink(wrong, label, "f-key"),) if wrong else (),
    )


def _reason(visitor: Visit, laws: Sequence[Kept]) -> str:
    last = max(laws, key=lambda each: each.until)
    return _("The law keeps these data: %(law)s (%(until)s)", law=_(last.law), until=_until(visitor, last.until))


def _rows(visitor: Visit, held: Sequence[Held]) -> Iterator[Row]:
    """One for each kind of record and what becomes of it, with how many there are."""
    counted: dict[tuple[str, str, str], int] = {}
    for each in held:
        last = max(each.kept, key=lambda kept: kept.until) if each.kept else None
        law, until = (_(last.law), _until(visitor, last.until)) if last is not None else ("", "")
        counted[each.entity, law, until] = counted.get((each.entity, law, until), 0) + 1
    for (name, law, until), count in counted.items():
        entity = visitor.site.registry.entities[name]
        what = Cell(_(entity.label) if count == 1 else _(entity.plural), note=str(count) if count > 1 else "")
        yield Row("", (what, Cell(law or _("Nothing: it goes")), Cell(until)))


def _until(visitor: Visit, day: date) -> str:
    """The last day; a law that waits for something has none."""
    return _("at present") if day == date.max else visitor.reader.speech.day(day)
