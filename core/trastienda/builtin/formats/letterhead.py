"""The letterhead: what it may say, its logo, and a page to look at."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, NamedTuple

from flask import Response

from ...entities import company_settings
from ...entities.settings_forms import SettingsForm
from ...entities.values import Upload
from ...errors import Invalid, NotFound
from ...languages import current_language, gettext, lazy_gettext
from ...plugin import Route, Service
from ...prints import pictures
from ...prints.declarations import Block, Document, Field, Letterhead, Totals
from ...prints.papers import Paper
from ...prints.pictures import Logo
from ...prints.run import made_paper
from ...reports.declarations import Money
from ...reports.panels import Rows
from ...work import Work
from .documents import to_document_pdf
from .typeset import TypesettingFailed

PAGE = "letterhead"
FORM = "formats.letterhead"
GUARD = f"settings.{FORM}"
LONGEST, LONGEST_FOOT, MOST_LINES = 120, 500, 4
_LONG = ("registry", "footer")


# -- what it may say
def fits(letterhead: Letterhead) -> Iterator[tuple[str, str]]:
    """Each text within its room on the page."""
    for each in fields(letterhead):
        text = getattr(letterhead, each.name)
        most = LONGEST_FOOT if each.name in _LONG else LONGEST
        if len(text) > most:
            yield each.name, gettext("At most %(most)s characters.", most=most)
    for name in _LONG:
        if len(getattr(letterhead, name).splitlines()) > MOST_LINES:
            yield name, gettext("At most %(most)s lines.", most=MOST_LINES)


def has_its_logo(work: Work, letterhead: Letterhead) -> Iterator[tuple[str, str]]:
    if letterhead.logo and pictures.stored(work, letterhead.logo) is None:
        yield "logo", gettext("There is no such picture: it is sent to %(address)s.", address="/api/v1/formats/logo")


form = SettingsForm(Letterhead, label=lazy_gettext("Letterhead"), rules=[fits], checks=[has_its_logo], page=PAGE)


# -- its logo
def set_logo(work: Work, *, file: Upload) -> dict[str, str]:
    """A PNG or JPEG; its digest, by which the letterhead names it from now on."""
    return {"logo": keep_logo(work, file)}


def keep_logo(work: Work, file: Upload) -> str:
    logo = checked_logo(work, file)
    digest = pictures.keep(work, logo)
    company_settings.change(work, {FORM: {"logo": digest}}, version=None)
    return digest


def checked_logo(work: Work, file: Upload) -> Logo:
    """Decoded to be sure of it; raises Invalid."""
    logo = pictures.uploaded(file)
    try:
        to_document_pdf(specimen(work, replace(work.settings(Letterhead), logo=""), logo), current_language())
    except TypesettingFailed as error:
        raise Invalid({"file": [gettext("Not a PNG or JPEG picture.")]}) from error
    return logo


def logo(work: Work) -> Response:
    """The picture that stands on papers."""
    found = pictures.stored(work, work.settings(Letterhead).logo)
    if found is None:
        raise NotFound(gettext("The letterhead has no logo"))
    return Response(found.content, mimetype="image/png" if found.kind == "png" else "image/jpeg",
                    headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache"})


# -- to look at
def preview(work: Work, letterhead: Letterhead | None = None, logo: Logo | None = None) -> bytes:
    """A page under a letterhead, by default the one that holds, as PDF."""
    chosen = letterhead or work.settings(Letterhead)
    return to_document_pdf(specimen(work, chosen, logo or pictures.stored(work, chosen.logo)), current_language())


def preview_page(work: Work) -> Response:
    """A page under the company's letterhead, with invented figures."""
    return Response(preview(work), mimetype="application/pdf",
                    headers={"Content-Disposition": 'inline; filename="letterhead.pdf"'})


class _Line(NamedTuple):
    description: str
    amount: Money


def specimen(work: Work, letterhead: Letterhead, logo: Logo | None) -> Paper:
    """A document with invented figures, in the reader's language."""
    lines = [_Line(gettext("Line %(number)s", number=number), Decimal(number * 100)) for number in (1, 2, 3)]
    return made_paper(work, [Document(
        gettext("Specimen"),
        [Block("", [Field(gettext("Date"), work.today), Field(gettext("Recipient"), gettext("A customer"))]),
         Rows(row=_Line, rows=lines, labels={"description": gettext("Description"), "amount": gettext("Amount")}),
         Totals([Field(gettext("Total"), sum((each.amount for each in lines), Decimal(0)))])],
        number=f"{work.today.year}/0001",
    )], letterhead, logo)  # fmt: skip


routes = [
    Route("logo", logo, permission=GUARD, verb="read"),
    Route("logo", set_logo, permission=GUARD, verb="update", methods=["POST"]),
    Route("letterhead", preview_page, permission=GUARD, verb="read"),
]
services: list[Service[..., Any]] = [
    Service("letterhead.preview/1", preview),
    Service("letterhead.check-logo/1", checked_logo),
    Service("letterhead.keep-logo/1", keep_logo),
]
