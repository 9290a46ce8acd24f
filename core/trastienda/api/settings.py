"""A company's settings, and how the installation is set, which only its operator changes."""
from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from ..entities import company_settings, number_formats
from ..entities.company_settings import Held
from ..entities.numbering import Numbering
from ..languages import gettext
from ..settings import describe_settings
from ..work import Work
from .context import body, caller, expected_version
from .entities import json_response

blueprint = Blueprint("settings", __name__, url_prefix="/api/v1/settings")
INSTALLATION = "settings.installation"


@blueprint.get("")
def read_settings() -> Response:
    who = caller()

    def read(work: Work) -> dict[str, Any]:
        return _described(work, company_settings.all_held(work, company_settings.visible(work)))

    return _answer(who.site.read(who.actor, who.company, read))


@blueprint.patch("")
def change_settings() -> Response:
    who = caller()
    version, given = expected_version(request.headers.get("If-Match")), body()
    return _answer(who.site.write(who.actor, who.company, lambda work: _described(
        work, company_settings.change(work, given, version=version))))


@blueprint.get("/numbers")
def read_numbers() -> Response:
    """The formats of document numbers, with the numbers that come next."""
    who = caller()

    def read(work: Work) -> dict[str, Any]:
        known, forms = work.site.registry.numberings, {each.name for each in company_settings.visible(work)}
        return {"items": [_numbers(work, each) for name, each in sorted(known.items())
                          if f"{number_formats.PAGE}.{name}" in forms]}

    return json_response(who.site.read(who.actor, who.company, read))


def _numbers(work: Work, numbering: Numbering) -> dict[str, Any]:
    form = number_formats.format_of(work, numbering)
    return {
        "name": numbering.name, "label": gettext(numbering.label), "pattern": form.pattern, "restarts": form.restarts,
        "next": number_formats.next_numbers(work, numbering, form),
        "placeholders": [{"name": each.name, "label": gettext(each.label), "required": each.required}
                         for each in numbering.placeholders(form.restarts)],
    }


@blueprint.get("/installation")
def read_installation() -> Response:
    """Values, meanings and sources; what is secret is masked."""
    who = caller()
    who.site.permissions.require(who.actor, INSTALLATION, "read")
    return json_response({"items": [
        {"name": each.name, "type": each.kind, "help": gettext(each.help), "default": each.default,
         "value": each.value, "source": each.source} for each in describe_settings(who.site.settings)]})


def _answer(described: dict[str, Any]) -> Response:
    response = json_response(described)
    response.headers["ETag"] = f'"{described["version"]}"'
    return response


def _described(work: Work, held: list[Held]) -> dict[str, Any]:
    may = work.site.permissions.of
    return {
        "version": company_settings.version_of(held),
        "settings": {each.form.name: company_settings.shown(work, each) for each in held},
        "forms": [{"name": each.form.name, "label": each.form.label, "help": gettext(each.form.form.help),
                   "writable": bool(may(work.actor, each.form.guard, "update")),
                   "fields": [{"name": field.name, "label": gettext(field.label), "help": gettext(field.help),
                               "type": field.kind, "default": company_settings.encoded(field.default),
                               "options": field.options} for field in each.form.fields.values()]}
                  for each in held]}
