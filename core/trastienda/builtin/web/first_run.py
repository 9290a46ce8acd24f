"""The first run in the browser: on an empty database nothing else is served, and only to who has the console's code."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from flask import Response, flash, request
from werkzeug.wrappers import Response as AnyResponse

from ...cli.founding import first_runs, found, questions
from ...entities.parameters import Parameter
from ...errors import Forbidden, Invalid, Refusal
from ...languages import LANGUAGES, current_language
from ...languages import gettext as _
from ...plugin import Service
from ...site import FirstRun, Site
from ...storage.models import Company
from ...upgrade import is_new, upgrade
from ..identity.signing_in import sign_in
from . import addresses
from .blueprint import go, here, show, web
from .session_routes import come_through, this_site
from .views.fields import FieldView, Section
from .views.parts import Choice, ErrorLink
from .views.start import FirstRunView

MOST_TRIES = 20
OWN = ("code", "name", "country", "currency", "language", "time_zone")
ALWAYS = ("/assets/", "/healthz", "/readyz", "/first-run", "/preferences")


def _await_first_run(site: Site) -> str:
    """Let the site serve its first run alone; the code that unlocks it."""
    site.first_run = FirstRun("-".join(secrets.token_hex(2) for _place in range(3)))
    return site.first_run.code


await_first_run = Service("web.first-run/1", _await_first_run)


@web.before_app_request
def lead_to_first_run() -> AnyResponse | None:
    """Everything else waits until there is a company, whichever process made it."""
    site = this_site()
    if site.first_run is None or request.path.startswith(ALWAYS):
        return None
    if not is_new(site):
        site.first_run = None
        return go(here()) if request.method == "GET" else None  # asked again, with whoever it is looked up
    if request.path.startswith("/api/"):
        raise Forbidden(_("There is no company yet: the first run is at %(address)s", address=addresses.FIRST_RUN))
    return go(addresses.FIRST_RUN)


@web.get("/first-run", endpoint="first_run")
def ask_code() -> Response | AnyResponse:
    site = this_site()
    if site.first_run is None or not is_new(site):
        return go(addresses.HOME)
    return show("first_run", _locked())


@web.post("/first-run")
def make_company() -> Response | AnyResponse:
    """With the code alone: the questions. With the answers: the company and its first user, signed in."""
    site = this_site()
    if site.first_run is None or not is_new(site):
        return go(addresses.HOME)
    if not _unlocks(site.first_run, request.form.get("unlock", "")):
        return show("first_run", _locked(_("That is not the code on the console.")), status=422)
    if "name" not in request.form:
        return show("first_run", _asked(site, {}))
    try:
        _found(site)
    except (Invalid, Refusal) as error:
        said = error.errors if isinstance(error, Invalid) else {"": [str(error)]}
        return show("first_run", _asked(site, said), status=422)
    site.first_run = None
    name, password = request.form.get("user", ""), request.form.get("password", "")
    signed_in = sign_in(site, name=name, password=password, address=request.remote_addr or "")
    response = come_through(site, signed_in, addresses.HOME)
    flash(_("%(company)s is there. This is its start page.", company=request.form["name"]), "done")
    return response


def _unlocks(run: FirstRun, text: str) -> bool:
    """A server that was guessed at too often must be started again."""
    if run.tries >= MOST_TRIES:
        raise Forbidden(_("Too many wrong codes: start the server again"))
    right = secrets.compare_digest(text.strip().lower().encode(), run.code.encode())
    run.tries += not right
    return right


def _found(site: Site) -> None:
    form = request.form
    wanting = {name: [_("Must not be empty.")] for name in ("code", "name", "user", "password") if not form.get(name)}
    if wanting:
        raise Invalid(wanting)
    upgrade(site, report=lambda title: None)
    company = Company(**{name: form.get(name, "").strip() for name in OWN})
    answers = {each.argument: form[each.name] for each in questions(site) if form.get(each.name)}
    steps = list(first_runs(site, answers))
    found(site, company, user=form["user"].strip(), password=form["password"], steps=steps)


# -- the page
def _locked(wrong: str = "") -> FirstRunView:
    errors = (wrong,) if wrong else ()
    field = FieldView("unlock", _("Code"), required=True, autofocus=not wrong, errors=errors,
                      help=_("The server prints it on its console when it starts."))  # fmt: skip
    links = tuple(ErrorLink(each, field.label, field.id) for each in errors)
    return FirstRunView((Section("", (field,)),), links)


def _asked(site: Site, errors: Mapping[str, Sequence[str]]) -> FirstRunView:
    """The questions, with what was answered; a plugin's own in a section of theirs."""
    fields = {each.name: each for each in (*_company_fields(errors), *_user_fields(errors))}
    more = [_question(each, errors) for each in questions(site)]
    sections = [
        Section(_("Company"), tuple(fields[name] for name in OWN)),
        Section(_("What the plugins ask"), tuple(more)),
        Section(_("First user"), (fields["user"], fields["password"])),
    ]
    labels = {each.name: each for section in sections for each in section.fields}
    links = tuple(
        ErrorLink(_(text), labels[name].label if name in labels else "", labels[name].id if name in labels else "")
        for name, texts in errors.items()
        for text in texts
    )
    unlocked = (("unlock", request.form.get("unlock", "")),)
    return FirstRunView(tuple(each for each in sections if each.fields), links, unlocked)


def _company_fields(errors: Mapping[str, Sequence[str]]) -> Sequence[FieldView]:
    spanish = current_language() == "es"
    return (
        _field("code", _("Short code"), errors, "1", required=True, help=_("A few letters, for addresses and files")),
        _field("name", _("Company's name"), errors, required=True, help=_("As it is written on paper")),
        _field("country", _("Country"), errors, "ES" if spanish else "", help=_("Two letters, ISO 3166-1")),
        _field("currency", _("Currency"), errors, "EUR", required=True, help=_("Three letters, ISO 4217")),
        _field("language", _("Language"), errors, current_language(), options=LANGUAGES),
        _field("time_zone", _("Time zone"), errors, "Europe/Madrid" if spanish else "UTC", required=True),
    )


def _user_fields(errors: Mapping[str, Sequence[str]]) -> Sequence[FieldView]:
    password = FieldView(
        "password",
        _("Password"),
        "password",
        required=True,
        autocomplete="new-password",
        errors=tuple(_(text) for text in errors.get("password", ())),
    )
    return (_field("user", _("Sign-in name"), errors, "admin", required=True), password)


def _question(each: Parameter, errors: Mapping[str, Sequence[str]]) -> FieldView:
    default = "" if each.default is None else str(each.default)
    options = {value: value for value in each.options}
    if options and not each.required and default not in options:
        options = {"": "", **options}
    return _field(each.name, _(each.label), errors, default, required=each.required, options=options)


def _field(
    name: str,
    label: str,
    errors: Mapping[str, Sequence[str]],
    default: str = "",
    *,
    required: bool = False,
    help: str = "",
    options: Mapping[str, str] | None = None,
) -> FieldView:
    value = request.form.get(name, default)
    return FieldView(
        name,
        label,
        "choice" if options else "text",
        value,
        required=required,
        help=help,
        choices=tuple(Choice(code, word, code == value) for code, word in (options or {}).items()),
        errors=tuple(_(text) for text in errors.get(name, ())),
    )
