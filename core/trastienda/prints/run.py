"""Printing a record: permission, one snapshot, a finished paper, and the format that sets it."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from ..entities import read
from ..entities.compiled import CompiledEntity, humanise
from ..entities.currencies import decimals_of
from ..entities.write import require_reach
from ..errors import BadQuery, NotFound
from ..isolation import WrongType, blaming, checked
from ..languages import current_language, gettext
from ..reports.panels import Rows
from ..reports.run import made_table
from ..reports.table import Column, ColumnType
from ..storage.models import SharedRecord
from .declarations import AnyPrint, Barcode, Block, Document, Field, Letterhead, Note, PrintPart, Signatures, Totals
from .letterheads import letterhead_of
from .papers import Paper, PaperBlock, PaperField, PaperPart, PaperTotals, Sheet
from .pictures import Logo

if TYPE_CHECKING:
    from ..plugin import Format
    from ..security.actor import Actor
    from ..site import Site
    from ..storage.models import Company
    from ..work import Work

_KINDS: Mapping[type, ColumnType] = {
    bool: "boolean", int: "integer", Decimal: "money", date: "date", datetime: "datetime", str: "text"}


@dataclass(frozen=True)
class Printed:
    """A file to send."""

    data: bytes
    mimetype: str
    filename: str


def prints_of(site: Site, actor: Actor, entity: CompiledEntity) -> Iterator[AnyPrint]:
    """What the actor may print of an entity's records, of all or of some."""
    for _, each in site.registry.prints.get(entity.name, {}).values():
        if site.permissions.of(actor, entity.guard, each.permission):
            yield each


def label_of(declared: AnyPrint) -> str:
    return gettext(declared.label or humanise(declared.name))


def printing_formats(site: Site) -> Mapping[str, Format]:
    """The formats that set documents."""
    return {name: each for name, each in site.registry.formats.items() if each.render_paper is not None}


def printed(site: Site, actor: Actor, company: Company, entity: CompiledEntity, identity: int, name: str, *,
            wanted: str = "pdf") -> Printed:
    """A record's document in a format; raises NotFound, Forbidden, or BadQuery for a format that there isn't."""
    formats = printing_formats(site)
    if wanted not in formats:
        raise BadQuery("format", gettext("one of %(options)s", options=", ".join(sorted(formats))))
    paper = paper_of(site, actor, company, entity, identity, name)
    render = formats[wanted].render_paper
    assert render is not None, "printing_formats has no other"
    with blaming(site.registry.owners["format", wanted], f"format {wanted}"):
        data = checked(render(paper, current_language()), bytes)
    return Printed(data, formats[wanted].mimetype, f"{name}-{identity}.{wanted}")


def paper_of(site: Site, actor: Actor, company: Company, entity: CompiledEntity, identity: int, name: str) -> Paper:
    """As the reader may see it; raises NotFound or Forbidden."""
    found = site.registry.prints.get(entity.name, {}).get(name)
    if found is None:
        raise NotFound(gettext("%(label)s has no document %(name)s", label=gettext(entity.label), name=name))
    plugin, declared = found

    def body(work: Work) -> Paper:
        read.one(site, actor, company, entity, identity)
        record = work.get(cast(type[SharedRecord], entity.model), identity)
        require_reach(work, entity, [record], declared.permission)
        _hide(work, entity, record)
        with blaming(plugin, f"print {entity.name}/{name}"):
            built = declared.build(work, record)
            documents = [built] if isinstance(built, Document) else built
            return _paper(work, [checked(each, Document) for each in documents])

    return site.read(actor, company, body)


def _hide(work: Work, entity: CompiledEntity, record: SharedRecord) -> None:
    """What the reader may not see of the record is as if it had never been filled in."""
    visible = work.site.permissions.visible(work.actor, entity)
    for name, column in entity.columns.items():
        if name not in visible and column.expression is None:
            row = record if column.extension is None else record.extra_of(column.extension.model)
            default = column.field.default
            row.__data__[column.field.name] = default() if callable(default) else default
            row.__rel__.pop(column.field.name, None)


def _paper(work: Work, documents: Sequence[Document]) -> Paper:
    return made_paper(work, documents, *letterhead_of(work))


def made_paper(work: Work, documents: Sequence[Document], head: Letterhead, logo: Logo | None) -> Paper:
    """Documents under a letterhead."""
    place = ", ".join(filter(None, (head.city, head.country)))
    return Paper(
        company=head.name or work.company.name, logo=logo,
        head=tuple(filter(None, (head.tax_id, head.street, place, head.contact))),
        foot=tuple(filter(None, (*head.registry.splitlines(), *head.footer.splitlines()))),
        currency=work.company.currency, made_at=work.now.astimezone(ZoneInfo(work.company.time_zone)),
        sheets=tuple(Sheet(gettext(each.title), each.number, tuple(_part(work, part) for part in each.parts))
                     for each in documents))


def _part(work: Work, part: PrintPart) -> PaperPart:
    match part:
        case Block():
            return PaperBlock(gettext(part.title) if part.title else "", _fields(work, part.fields))
        case Totals():
            return PaperTotals(_fields(work, part.fields))
        case Rows():
            return made_table(
                work, name="print", title=gettext(part.title) if part.title else "", row=part.row, rows=part.rows,
                labels=part.labels, totals=part.totals, chart=part.chart)
        case Note():
            return Note(part.text, title=gettext(part.title) if part.title else "")
        case Barcode():
            return Barcode(part.text, label=gettext(part.label) if part.label else "")
        case Signatures():
            return Signatures([gettext(label) for label in part.labels])
    raise WrongType(f"a part is {type(part).__name__}")


def _fields(work: Work, fields: Sequence[Field]) -> tuple[PaperField, ...]:
    return tuple(_field(work, each) for each in fields if each.value not in (None, ""))


def _field(work: Work, field: Field) -> PaperField:
    kind = field.kind or _KINDS.get(type(field.value), "text")
    decimals = decimals_of(work.company.currency) if kind == "money" else None
    return PaperField(Column("field", gettext(field.label) if field.label else "", kind, decimals), field.value)
