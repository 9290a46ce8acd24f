"""The company's letterhead: what it says, its logo, and a page to look at before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from ....entities import company_settings
from ....entities.settings_forms import CompiledSettings
from ....entities.values import Upload
from ....errors import Forbidden, Invalid, Stale
from ....languages import gettext as _
from ....prints.declarations import Letterhead
from ....work import Work
from ..blueprint import go, show, visit, web
from ..record_routes import version_sent
from ..views.fields import FieldView
from ..views.parts import ErrorLink
from ..visit import Visit
from . import places
from .settings_pages import NO_ERRORS, groups_of, links_to, taken

PAGE, LOGO = "letterhead", "logo"
LOGO_URL = "/api/v1/formats/logo"


@dataclass(frozen=True)
class LetterheadView:
    url: str
    form: str
    fields: tuple[FieldView, ...]
    file: FieldView
    version: int
    logo: str
    editable: bool
    errors: tuple[ErrorLink, ...] = ()


@web.get(places.LETTERHEAD, endpoint="letterhead")
def letterhead_page() -> Response:
    visitor = visit()
    return show("administration/letterhead", _view(visitor), visitor=visitor)


@web.post(places.LETTERHEAD)
def change_letterhead() -> Response | AnyResponse:
    """Saved with the logo in one transaction, or only shown as a PDF."""
    visitor = visit()
    form = _form(visitor)
    typed = {name: value for name, value in taken(visitor, form, request.form).items() if name != LOGO}
    try:
        if "_preview" in request.form:
            return _preview(visitor, typed)
        visitor.site.write(visitor.actor, visitor.company, lambda work: _save(work, form, typed))
    except Stale:
        return go(places.LETTERHEAD, refused=_("Somebody else changed the settings meanwhile; look again."))
    except Invalid as error:
        errors = {f"{form.name}.{LOGO}" if name == "file" else name: found for name, found in error.errors.items()}
        return show("administration/letterhead", _view(visitor, errors), status=422, visitor=visitor)
    return go(places.LETTERHEAD, _("Saved."))


def _form(visitor: Visit) -> CompiledSettings:
    for each in visitor.site.registry.settings.values():
        if each.page == PAGE and visitor.may_on(each.guard, "read"):
            return each
    raise Forbidden(_("The letterhead is administrators' to see"))


def _save(work: Work, form: CompiledSettings, typed: Mapping[str, object]) -> None:
    given = dict(typed)
    if "_without" in request.form:
        given[LOGO] = None
    company_settings.change(work, {form.name: given}, version=version_sent())
    if (file := _file()) is not None:
        work.service("letterhead.keep-logo/1")(work, file)


def _file() -> Upload | None:
    sent = request.files.get(LOGO)
    return Upload(sent.filename, BytesIO(sent.stream.read())) if sent is not None and sent.filename else None


def _preview(visitor: Visit, typed: Mapping[str, object]) -> Response:
    """Of what is typed, with the file that is chosen, though nothing of it is kept."""

    def body(work: Work) -> bytes:
        chosen = replace(work.settings(Letterhead), **{name: str(text) for name, text in typed.items()})
        if "_without" in request.form:
            chosen = replace(chosen, logo="")
        file = _file()
        logo = work.service("letterhead.check-logo/1")(work, file) if file is not None else None
        made: bytes = work.service("letterhead.preview/1")(work, chosen, logo)
        return made

    return Response(visitor.site.read(visitor.actor, visitor.company, body), mimetype="application/pdf",
                    headers={"Content-Disposition": 'inline; filename="letterhead.pdf"'})


def _view(visitor: Visit, errors: Mapping[str, list[str]] = NO_ERRORS) -> LetterheadView:
    _form(visitor)
    groups, version = groups_of(visitor, PAGE, errors)
    (group,) = groups
    path = f"{group.name}.{LOGO}"
    stored = visitor.site.work(visitor.actor, visitor.company).settings(Letterhead).logo
    file = FieldView(LOGO, _("Logo"), "file", accept="image/png,image/jpeg", errors=tuple(errors.get(path, ())),
                     help=_("PNG or JPEG, at most 256 KB"), readonly=not group.editable)
    return LetterheadView(
        places.LETTERHEAD,
        group.name,
        tuple(each for each in group.fields if each.name != path),
        file,
        version,
        LOGO_URL if stored else "",
        group.editable,
        links_to({name: found for name, found in errors.items() if name != path}, groups)
        + tuple(ErrorLink(text, file.label, file.id) for text in errors.get(path, ())),
    )
