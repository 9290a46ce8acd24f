"""The words of the mails that are sent, in each language: changed, looked at, sent to oneself, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from ....entities import company_settings
from ....entities.settings_forms import CompiledSettings
from ....errors import Forbidden, Refusal
from ....languages import LANGUAGES
from ....languages import gettext as _
from ....mails import PAGE, MailTemplate, MailWords, subject_faults, text_faults, written
from ....work import Work
from .. import addresses
from ..blueprint import go, show, visit, web
from ..views.fields import FieldView
from ..views.parts import ErrorLink, Link
from ..visit import Visit
from . import places
from .settings_pages import NO_ERRORS, Group, answered, groups_of, links_to, taken

SEND_SPECIMEN = "mail.send-specimen/1"
FIELDS = ("subject", "text")


@dataclass(frozen=True)
class MailGroup:
    """One mail in one language; `preview` is its subject and its text with invented values."""

    form: str
    label: str
    fields: tuple[FieldView, ...]
    places: tuple[tuple[str, str, bool], ...]
    editable: bool
    changed: bool
    preview: MailWords | None = None


@dataclass(frozen=True)
class MailsView:
    url: str
    language: str
    languages: tuple[tuple[Link, bool], ...]
    groups: tuple[MailGroup, ...]
    version: int
    errors: tuple[ErrorLink, ...] = ()


@web.get(places.MAILS, endpoint="mails")
def mails_page() -> Response:
    visitor = visit()
    return show("administration/mails", _view(visitor), visitor=visitor)


@web.post(places.MAILS)
def change_mail() -> Response | AnyResponse:
    """One mail in one language at a time."""
    visitor = visit()
    form = visitor.site.registry.settings.get(request.form.get("_form", ""))
    if form is None or form.page != PAGE:
        return go(places.MAILS)
    template, language = _template(visitor, form), _language()
    if "_test" in request.form:
        return _send_specimen(visitor, form, template, language)
    given: dict[str, object] = {f"{name}_{language}": value for name, value in _typed(visitor, form)._asdict().items()}
    if "_preview" in request.form:
        return _preview(visitor, form, template)
    if "_reset" in request.form:
        given = dict.fromkeys(given)

    def again(errors: Mapping[str, list[str]]) -> Response:
        return show("administration/mails", _view(visitor, errors), status=422, visitor=visitor)

    return answered(visitor, {form.name: given}, _address(language), again)


def _preview(visitor: Visit, form: CompiledSettings, template: MailTemplate) -> Response:
    words, language = _typed(visitor, form), _language()
    found = {f"{form.name}.subject_{language}": list(subject_faults(template, words.subject)),
             f"{form.name}.text_{language}": list(text_faults(template, words.text))}
    errors = {path: texts for path, texts in found.items() if texts}
    view = _view(visitor, errors, preview="" if errors else form.name)
    return show("administration/mails", view, status=422 if errors else 200, visitor=visitor)


def _send_specimen(visitor: Visit, form: CompiledSettings, template: MailTemplate, language: str) -> AnyResponse:
    def body(work: Work) -> str:
        work.require(form.guard, "update")
        return str(work.service(SEND_SPECIMEN)(work, template, language))

    try:
        address = visitor.site.write(visitor.actor, visitor.company, body)
    except Refusal as error:
        return go(_address(language), refused=str(error))
    return go(_address(language), _("A test, in the words that are saved, is on its way to %(address)s.",
                                    address=address))


def _typed(visitor: Visit, form: CompiledSettings) -> MailWords:
    given = taken(visitor, form, request.form)
    subject, text = (str(given[f"{name}_{_language()}"] or "") for name in FIELDS)
    return MailWords(subject, text.replace("\r\n", "\n"))


def _template(visitor: Visit, form: CompiledSettings) -> MailTemplate:
    return visitor.site.registry.mails[form.name.removeprefix(f"{PAGE}.")]


def _language() -> str:
    """The one whose words are shown: asked for, else the company's."""
    asked = request.values.get("language", "")
    return asked if asked in LANGUAGES else visit().company.language


def _address(language: str) -> str:
    return addresses.with_query(places.MAILS, [("language", language)])


def _view(visitor: Visit, errors: Mapping[str, list[str]] = NO_ERRORS, *, preview: str = "") -> MailsView:
    groups, version = groups_of(visitor, PAGE, errors)
    if not groups:
        raise Forbidden(_("The words of mails are administrators' to see"))
    language = _language()
    return MailsView(
        places.MAILS,
        language,
        tuple((Link(spoken, _address(code)), code == language) for code, spoken in LANGUAGES.items()),
        tuple(_group(visitor, each, language, preview=each.name == preview) for each in groups),
        version,
        links_to(errors, groups),
    )


def _group(visitor: Visit, group: Group, language: str, *, preview: bool) -> MailGroup:
    form = visitor.site.registry.settings[group.name]
    template = _template(visitor, form)
    names = [f"{group.name}.{name}_{language}" for name in FIELDS]
    held = company_settings.held(visitor.site.work(visitor.actor, visitor.company), form)
    values = {**template.samples(), "company": visitor.company.name}
    return MailGroup(
        group.name,
        group.label,
        tuple(replace(each, help="") for each in group.fields if each.name in names),
        tuple((f"{{{each.name}}}", _(each.label), each.required) for each in template.placeholders),
        group.editable,
        any(f"{name}_{language}" in held.given for name in FIELDS),
        written(template, _typed(visitor, form), values) if preview else None,
    )
