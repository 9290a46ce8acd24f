"""Every word that the core and its plugins say to a person is there in Spanish, and says the same values."""
from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import cast

import pytest
from babel.messages.pofile import read_po
from marshmallow import ValidationError, fields
from werkzeug.exceptions import BadRequest, MethodNotAllowed, NotFound, RequestEntityTooLarge

from trastienda.entities.changes import LockedRecord
from trastienda.entities.compiled import Column, CompiledEntity, humanise
from trastienda.entities.parameters import parameters_of
from trastienda.entities.schemas import checker, load
from trastienda.errors import Invalid
from trastienda.languages import gettext, lazy_gettext, load_catalogues, speaking, within
from trastienda.registry import Registry
from trastienda.security.permissions import ADMIN, AUDITOR
from trastienda.settings import describe_settings, load_settings
from trastienda.site import Site
from trastienda.storage.models import SharedRecord

#: Package -> the other packages whose catalogues speak for it too.
PACKAGES = {
    "trastienda": (),
    "trastienda.builtin.identity": ("trastienda",),
    "trastienda.builtin.delivery": ("trastienda",),
    "trastienda.builtin.formats": ("trastienda",),
    "trastienda.builtin.web": ("trastienda",),
    "trastienda.builtin.records": ("trastienda",),
    "trastienda_contacts": ("trastienda",),
    "trastienda_accounting": ("trastienda", "trastienda_contacts"),
    "trastienda_inventory": ("trastienda",),
    "trastienda_hr": ("trastienda", "trastienda_contacts"),
}
PLUGINS = {"identity": "trastienda.builtin.identity", "formats": "trastienda.builtin.formats",
           "web": "trastienda.builtin.web", "records": "trastienda.builtin.records",
           "contacts": "trastienda_contacts", "accounting": "trastienda_accounting",
           "inventory": "trastienda_inventory", "hr": "trastienda_hr",
           "delivery": "trastienda.builtin.delivery"}
PLACEHOLDER = re.compile(r"%\((\w+)\)|\{(\w*)\}")
#: What raises or reports to a person: its texts go through gettext.
SAYING = {"Refusal", "Invalid", "BadQuery", "NotSignedIn", "Forbidden", "NotFound", "VersionRequired", "Busy",
          "ValidationError", "UnreadableFile", "NotJson", "NoCompany"}
SENTENCE = re.compile(r"\w+ \w+")
#: marshmallow's own words, translated where its messages are flattened.
MARSHMALLOW = {str(text) for field in (fields.Field, fields.Integer, fields.Boolean, fields.List, fields.Nested)
               for text in field.default_error_messages.values()}
#: What the errors say that Flask raises by itself.
WERKZEUG = {str(error.description) for error in (BadRequest, NotFound, MethodNotAllowed, RequestEntityTooLarge)}


def catalogue(package: str) -> dict[str, str]:
    source = Path(str(files(package))) / "translations/es/LC_MESSAGES/messages.po"
    with source.open("rb") as file:
        messages = [message for message in read_po(file, locale="es", abort_invalid=True) if message.id]
    assert [message.id for message in messages if message.fuzzy] == []
    return {str(message.id): str(message.string or "") for message in messages}


CATALOGUES = {package: catalogue(package) for package in PACKAGES}


# -- what is said in the sources
def sources_of(package: str) -> Iterator[tuple[Path, ast.Module]]:
    root = Path(str(files(package)))
    others = [Path(str(files(other))) for other in PACKAGES if other.startswith(f"{package}.")]
    for path in sorted(root.rglob("*.py")):
        if "cli" not in path.relative_to(root).parts and not any(other in path.parents for other in others):
            yield path, ast.parse(path.read_text("utf-8"))


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def literal(node: ast.expr) -> list[str]:
    """The texts of an argument: a literal, or either branch of a choice between two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return [*literal(node.body), *literal(node.orelse)] if isinstance(node, ast.IfExp) else []


def said_in_sources(package: str) -> set[str]:
    """The literals of `gettext`, `lazy_gettext` and `_`, and the sentences that errors are made of."""
    found: set[str] = set()
    for _, tree in sources_of(package):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and name_of(node) in {"gettext", "lazy_gettext", "_"}:
                found.update(literal(node.args[0]))
            elif isinstance(node, ast.Call) and name_of(node) in {"Busy", "Refusal"}:
                found.update(text for argument in node.args for text in literal(argument))
            elif isinstance(node, ast.Dict) and package == "trastienda":
                found.update(_own_messages(node))
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {"UNKNOWN", "READONLY"}:
                found.update(literal(node.value))
    return found


def _own_messages(node: ast.Dict) -> Iterator[str]:
    """The words of a schema's `error_messages`."""
    if {getattr(key, "value", "") for key in node.keys} == {"unknown", "type"}:
        for value in node.values:
            yield from literal(value)


# -- what the registry declares
@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    folder = tmp_path_factory.mktemp("languages")
    return Site.open(load_settings({"TRASTIENDA_DATA": str(folder), "TRASTIENDA_PLUGINS": ",".join(PLUGINS)})).registry


def words_of_column(column: Column) -> Iterator[str]:
    yield column.label
    yield column.help
    yield from (humanise(option) for option in column.options)


def words_of_entity(entity: CompiledEntity) -> Iterator[str]:
    yield from (entity.label, entity.plural)
    for column in entity.columns.values():
        yield from words_of_column(column)
    for lines in entity.lines.values():
        yield lines.label
        for column in lines.columns.values():
            yield from words_of_column(column)
    for section in entity.declared.sections:
        yield section.label
    for action in entity.actions.values():
        yield action.label or humanise(action.name)
        if action.run is not None:
            for parameter in parameters_of(action.run):
                yield parameter.label
                yield from map(humanise, parameter.options)


def declared_by(plugin: str, registry: Registry) -> set[str]:
    found: list[str] = []
    for entity in registry.entities.values():
        if entity.plugin == plugin:
            found += words_of_entity(entity)
    for owner, report in registry.reports.values():
        if owner == plugin:
            found += [report.label or humanise(report.name.partition(".")[2])]
            found += [report.labels.get(name, humanise(name)) for name in report.row._fields]
            for parameter in parameters_of(report.run):
                found += [parameter.label, *map(humanise, parameter.options)]
    found += [role.label or humanise(name.partition(".")[2]) for name, role in registry.roles.items()
              if name.partition(".")[0] == plugin]
    return {text + "" for text in found} - {""}  # a lazy text added to is its English source


def untranslated(package: str, texts: set[str]) -> list[str]:
    spoken = [CATALOGUES[each] for each in (package, *PACKAGES[package])]
    return sorted(text for text in texts if not any(each.get(text) for each in spoken))


@pytest.mark.parametrize("package", PACKAGES)
def test_what_the_sources_say_is_said_in_spanish(package: str) -> None:
    said = said_in_sources(package)
    assert said
    assert untranslated(package, said) == []


@pytest.mark.parametrize("plugin", ["identity", "delivery", "contacts", "accounting", "inventory", "hr"])
def test_what_a_plugin_declares_is_said_in_spanish(plugin: str, registry: Registry) -> None:
    declared = declared_by(plugin, registry)
    assert len(declared) > 20
    assert untranslated(PLUGINS[plugin], declared) == []


def test_the_cores_roles_and_its_libraries_words_are_said_in_spanish() -> None:
    assert untranslated("trastienda", {*MARSHMALLOW, *WERKZEUG, ADMIN.label + "", AUDITOR.label + ""}) == []


def test_what_the_servers_settings_mean_is_said_in_spanish() -> None:
    assert untranslated("trastienda", {each.help for each in describe_settings(load_settings({}))}) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_both_languages_have_the_same_values(package: str) -> None:
    different = {english for english, spanish in CATALOGUES[package].items()
                 if spanish and sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(spanish))}
    assert different == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_no_translation_is_empty(package: str) -> None:
    assert [english for english, spanish in CATALOGUES[package].items() if not spanish] == []


def test_no_catalogue_of_the_core_keeps_what_another_says() -> None:
    core = CATALOGUES["trastienda"]
    assert [text for text in CATALOGUES["trastienda.builtin.identity"] if text in core] == []


def test_errors_say_nothing_that_bypasses_translation() -> None:
    """No f-string and no bare sentence in an error that a person reads; a literal Busy is translated at the edge."""
    found = []
    for package in ("trastienda", "trastienda.builtin.identity"):
        for path, tree in sources_of(package):
            if "formats" not in path.parts:
                found += [f"{path.name}:{line}" for line in _bypassing(tree)]
    assert found == []


def _bypassing(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) in SAYING:
            for argument in node.args:
                if isinstance(argument, ast.JoinedStr) or _bare(argument, name_of(node)):
                    yield node.lineno


def _bare(argument: ast.expr, error: str) -> bool:
    if isinstance(argument, ast.Dict):
        return any(isinstance(each, ast.JoinedStr) or (literal(each) and SENTENCE.search(literal(each)[0]))
                   for value in argument.values if isinstance(value, ast.List) for each in value.elts)
    return error != "Busy" and any(SENTENCE.search(text) for text in literal(argument))


# -- how the languages behave
@pytest.fixture
def spanish() -> Iterator[None]:
    load_catalogues(["trastienda", "trastienda.builtin.identity"])
    with speaking("es"):
        yield


@pytest.mark.usefixtures("spanish")
def test_a_lazy_label_inside_a_message_is_translated() -> None:
    said = gettext("There is no %(label)s %(key)s.", label=within(lazy_gettext("Company")), key="ACME")
    assert said == "No hay empresa ACME."


def test_a_label_inside_a_sentence_keeps_its_acronym() -> None:
    assert (within("Journal entry"), within("API token"), within("")) == ("journal entry", "API token", "")


def test_a_schema_made_once_answers_each_in_his_language(registry: Registry) -> None:
    account = registry.entities["accounting.account"]
    payload = {"code": "4" * 500, "kind": "cash", "name": "", "id": 4, "colour": "red"}

    def refusals() -> dict[str, list[str]]:
        with pytest.raises(Invalid) as refused:
            load(account, payload)
        return {path: texts for path, texts in refused.value.errors.items() if path != "kind"}

    with speaking("es"):
        assert refusals() == {"code": ["Supera los 20 caracteres."], "name": ["No puede estar vacío."],
                              "id": ["Lo pone el sistema; no lo indique."], "colour": ["Campo desconocido."]}
    assert refusals() == {"code": ["Longer than 20 characters."], "name": ["Must not be empty."],
                          "id": ["Set by the system; leave it out."], "colour": ["Unknown field."]}


def test_a_columns_checker_answers_each_in_his_language(registry: Registry) -> None:
    check = checker(registry.entities["accounting.entry"].columns["date"])

    def refusal() -> str:
        with pytest.raises(ValidationError) as refused:
            check("2026-02-30")
        return str(refused.value.messages[0])

    with speaking("es"):
        assert refusal() == "Ese día no existe."
    assert refusal() == "There is no such day."


def test_a_locked_records_state_is_said_in_the_readers_language(registry: Registry) -> None:
    entry = registry.entities["accounting.entry"]
    with speaking("es"):
        refused = LockedRecord(entry, cast(SharedRecord, entry.model(id=12)), "posted")
    assert str(refused) == "Asiento 12 tiene el estado «contabilizado»: ya no puede cambiar"


@pytest.mark.usefixtures("spanish")
def test_a_message_may_have_a_value_called_message() -> None:
    assert gettext("row %(row)s: %(message)s", row=2, message="x") == "fila 2: x"


def test_a_language_that_is_not_offered_is_english() -> None:
    with speaking("tlh"):
        assert gettext("There is no such day.") == "There is no such day."


def test_a_message_says_the_same_in_every_catalogue() -> None:
    """They share one namespace: where two disagree, one of them is shown in the other's place."""
    said: dict[str, dict[str, list[str]]] = {}
    for package in PACKAGES:
        for message, translation in catalogue(package).items():
            said.setdefault(message, {}).setdefault(translation, []).append(package)
    assert {message: each for message, each in said.items() if len(each) > 1} == {}
