"""Every word that a plugin shows: is it translatable, and is it translated?"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from ..entities.compiled import Column, CompiledEntity, humanise
from ..entities.declarations import Action, Transition
from ..entities.parameters import parameters_of
from ..languages import LANGUAGES
from ..reports.run import columns_of
from ..site import Site

KEYWORDS: Mapping[str, None] = {"_": None, "gettext": None, "lazy_gettext": None}
SPOKEN = {"Fault": 1, "Refusal": 0, "Figure": 0, "ToDo": 0}
"""What is shown to people as it stands, and which argument it is."""


def untranslated(site: Site, plugin: str) -> Iterator[str]:
    """Texts of the plugin that a language which it speaks lacks."""
    package = package_of(site, plugin)
    words = {text for text in [*declared(site, plugin), *marked(package)] if any(map(str.isalpha, text))}
    words -= set(LANGUAGES.values())  # each called in its own tongue
    for catalogue in sorted((package / "translations").glob("*/LC_MESSAGES/messages.po")):
        language = catalogue.parts[-3]
        known = _translated(catalogue, language)
        needed = [name for name in _needed(site, plugin) if name != plugin]
        for other in (files("trastienda"), *(package_of(site, name) for name in needed)):
            inherited = Path(str(other)) / "translations" / language / "LC_MESSAGES" / "messages.po"
            known |= _translated(inherited, language) if inherited.is_file() else set()
        yield from (f"{text!r} is not translated to {language}" for text in sorted(words - known))


def untranslatable(site: Site, plugin: str) -> Iterator[str]:
    """Messages of faults and refusals that are no gettext's."""
    package = package_of(site, plugin)
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPOKEN:
                at = SPOKEN[node.func.id]
                said = node.args[at] if len(node.args) > at else None
                if isinstance(said, ast.JoinedStr) or (
                    isinstance(said, ast.Constant) and isinstance(said.value, str)
                ):
                    place = f"{path.relative_to(package)}:{node.lineno}"
                    yield f"{place}: {node.func.id}({ast.unparse(said)}): put the message into gettext"


def package_of(site: Site, plugin: str) -> Path:
    loaded = next(each for each in site.loaded.plugins if each.name == plugin)
    return Path(str(files(loaded.module.partition(":")[0])))


def declared(site: Site, plugin: str) -> Iterator[str]:
    """What its declarations say, names made readable included."""
    found = next(each.plugin for each in site.loaded.plugins if each.name == plugin)
    assert found is not None
    yield from (str.__str__(found.label), str.__str__(found.description))
    for entity in site.registry.entities.values():
        if entity.plugin.partition("+")[0] == plugin:
            yield from _of_entity(entity)
        yield from _of_extensions(entity, plugin)
    for owner, report in site.registry.reports.values():
        if owner.partition("+")[0] == plugin:
            yield report.label
            yield from report.labels.values()
            yield from (each.label for each in parameters_of(report.run))
            yield from (humanise(name) for name, _, _ in columns_of(report.row) if name not in report.labels)
    yield from (str.__str__(role.label) for role in found.roles)
    yield from _of_views(site, plugin)


def _of_views(site: Site, plugin: str) -> Iterator[str]:
    """Of its documents, panels and settings."""
    for prints in site.registry.prints.values():
        for owner, declared_print in prints.values():
            if owner.partition("+")[0] == plugin:
                yield str.__str__(declared_print.label) or humanise(declared_print.name)
    for panels in site.registry.panels.values():
        for owner, panel in panels:
            if owner.partition("+")[0] == plugin:
                yield str.__str__(panel.label) or humanise(panel.name.partition(".")[2])
    for form in site.registry.settings.values():
        if form.plugin.partition("+")[0] == plugin:
            yield from (str.__str__(text) for text in (form.form.label or form.label, form.form.help))
            for each in form.fields.values():
                yield from (str.__str__(text) for text in (each.label, each.help, *map(humanise, each.options)))


def _of_entity(entity: CompiledEntity) -> Iterator[str]:
    yield from (str.__str__(text) for text in (entity.label, entity.plural))
    yield from (str.__str__(section.label) for section in entity.declared.sections)
    shown: list[Column] = [each for each in entity.columns.values() if each.extension is None and each.name != "id"]
    for lines in entity.lines.values():
        yield str.__str__(lines.label)
        shown += [each for each in lines.columns.values() if each.name != "id"]
    yield from _of_columns(shown)
    yield from _of_actions(action for name, action in entity.actions.items() if name not in entity.added_actions)


def _of_extensions(entity: CompiledEntity, plugin: str) -> Iterator[str]:
    """What a plugin adds to an entity, anybody's."""
    yield from (str.__str__(each.label) for each in entity.extensions if each.plugin == plugin)
    yield from _of_columns(entity.extended.get(plugin, {}).values())
    yield from _of_actions(
        action for name, action in entity.actions.items()
        if entity.added_actions.get(name, "").partition("+")[0] == plugin
    )  # fmt: skip


def _of_columns(columns: Iterable[Column]) -> Iterator[str]:
    for column in columns:
        yield from (str.__str__(column.label), str.__str__(column.help))
        yield from (humanise(option) for option in column.options)


def _of_actions(actions: Iterable[Action[Any] | Transition[Any]]) -> Iterator[str]:
    for action in actions:
        yield str.__str__(action.label) or humanise(action.name)
        yield from (each.label for each in (parameters_of(action.run) if action.run else ()))


def marked(package: Path) -> Iterator[str]:
    """What the source puts into gettext."""
    methods = [("**.py", "python")]
    for _, _, message, _, _ in extract_from_dir(str(package), method_map=methods, keywords=KEYWORDS):
        yield message if isinstance(message, str) else message[0]




def _needed(site: Site, plugin: str) -> tuple[str, ...]:
    return next(each.requires for each in site.loaded.plugins if each.name == plugin)


def _translated(path: Path, language: str) -> set[str]:
    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    return {str(each.id) for each in messages if each.id and each.string and not each.fuzzy}
