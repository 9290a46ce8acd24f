"""What every plugin owes its users, as tests that it inherits: migrations, doors, words, permissions, reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, ClassVar

import pytest
from flask.testing import FlaskClient

from ..api.openapi import document
from ..entities.parameters import parameters_of
from ..plugin import Route
from ..security.permissions import covers
from ..security.vocabulary import vocabulary
from ..site import Site
from ..storage.migration_drafts import differences
from ..upgrade import histories_of, models_of
from . import words
from .roundtrips import RoundTrips
from .values import PLAIN, Values

VERBS = {"*", "read", "create", "update", "delete", "run", "start", "export", "import", "read-private"}
Parameters = Mapping[str, Mapping[str, str]]


def migration_problems(site: Site, plugin: str) -> Iterator[str]:
    """Tables that are not as the models of the plugin and of its glue say."""
    kept = {history.name: history for history in histories_of(site)}
    for name in [*site.registry.models]:
        if name.partition("+")[0] == plugin and models_of(site, name):
            if name not in kept:
                yield f"{name} has models, but no migrations: trastienda plugins migration {name}"
            else:
                yield from (f"{name}: {step}" for step in differences(kept[name], models_of(site, name)))


def door_problems(site: Site, plugin: str, *, api: FlaskClient, browser: FlaskClient, values: Values) -> Iterator[str]:
    """Entities, its own and those that it extends, that do not come back through a door as they went in."""
    trips = RoundTrips(site, api, browser, values)
    for entity in site.registry.entities.values():
        if entity.plugin.partition("+")[0] == plugin or plugin in entity.extended:
            yield from trips.problems(entity)


def permission_problems(site: Site, plugin: str) -> Iterator[str]:
    """Grants of its roles that give nothing: an unknown entity, report or verb."""
    found = next(each.plugin for each in site.loaded.plugins if each.name == plugin)
    verbs = vocabulary(site.registry)
    for role in found.roles if found is not None else ():
        for grant in role.grants:
            covered = [name for name in verbs if fnmatchcase(name, grant.on)]
            if not covered:
                yield f"the role {role.name} grants on {grant.on}, which is nothing here"
            known = VERBS.union(*(verbs[name] for name in covered))
            yield from (
                f"the role {role.name} grants {verb} on {grant.on}, which nothing asks for"
                for verb in grant.verbs
                if verb not in known
            )


def unused_permissions(site: Site, plugin: str) -> Iterator[str]:
    """What the plugin asks for and no role gives: nobody but an administrator could ever do it.

    A plugin without roles leaves all to administrators, as do those that come with the core.
    """
    loaded = next(each for each in site.loaded.plugins if each.name == plugin)
    if loaded.bundled or loaded.plugin is None or not loaded.plugin.roles:
        return
    grants = [grant for role in site.registry.roles.values() for grant in role.grants]
    for name, verb in sorted(_asked(site, plugin)):
        if not any(covers(grant, name, verb) for grant in grants):
            yield f"no role may {verb} on {name}"


def _asked(site: Site, plugin: str) -> Iterator[tuple[str, str]]:
    registry = site.registry
    yield from ((name, "run") for name, (owner, _) in registry.reports.items() if _is_of(owner, plugin))
    yield from ((route.permission, route.verb_of(method)) for owner, route in registry.routes
                if isinstance(route, Route) and not route.on_record and _is_of(owner, plugin)
                for method in route.methods)  # fmt: skip
    for entity in registry.entities.values():
        own = _is_of(entity.plugin, plugin)
        if own:
            verbs = ["read", "create", "update", "delete"] if entity.declared.writable else ["read"]
            yield from ((entity.guard, verb) for verb in verbs)
        yield from ((entity.guard, action.permission or name) for name, action in entity.actions.items()
                    if _is_of(entity.owner_of(name), plugin))  # fmt: skip
        yield from ((entity.guard, column.permission) for column in entity.columns.values() if column.permission
                    and (_is_of(column.extension.plugin, plugin) if column.extension else own))  # fmt: skip


def _is_of(owner: str, plugin: str) -> bool:
    """A plugin's own, or its glue's."""
    return owner.partition("+")[0] == plugin


def report_problems(
    site: Site, plugin: str, *, api: FlaskClient, browser: FlaskClient, parameters: Parameters
) -> Iterator[str]:
    """Reports that fail where there is nothing to report, in any format or on the screen."""
    for name, (owner, report) in sorted(site.registry.reports.items()):
        if owner.partition("+")[0] == plugin:
            asked = {each.name: str(PLAIN.get(each.kind, "")) for each in parameters_of(report.run) if each.required}
            asked |= parameters.get(name, {})
            formats = ["json", "csv", *site.registry.formats, *(["svg"] if report.chart else [])]
            for format in formats:
                answer = api.get(f"/api/v1/reports/{name}", query_string={**asked, "format": format})
                if answer.status_code != 200:
                    yield f"{name} as {format} with {asked} answers {answer.status_code}: {answer.text[:300]}"
            page = browser.get(f"/reports/{name}", query_string=asked)
            if page.status_code != 200:
                yield f"the screen of {name} with {asked} answers {page.status_code}"


def description_problems(site: Site, plugin: str) -> Iterator[str]:
    """What the plugin serves and OpenAPI does not tell of."""
    paths: Any = document(site)["paths"]
    wanted = [f"/api/v1/{entity.path}" for entity in site.registry.entities.values() if entity.plugin == plugin]
    wanted += [f"/api/v1/reports/{name}" for name, (owner, _) in site.registry.reports.items() if owner == plugin]
    wanted += [
        f"/api/v1/{plugin}/{route.path.partition('<')[0].strip('/')}"
        for owner, route in site.registry.routes
        if owner == plugin and isinstance(route, Route) and route.api
    ]
    for path in wanted:
        if not any(each == path or each.startswith(f"{path}/") for each in paths):
            yield f"OpenAPI does not tell of {path}"


class PluginContract:
    """Inherit it, name the plugin, and pytest has the tests::

        class TestContract(PluginContract):
            plugin = "fleet"

    `values` maps an entity to the fields that its rules want otherwise than made up, or to None where its records
    are not made through doors; `parameters` maps a report to the parameters that it needs.
    """

    plugin: ClassVar[str]
    values: ClassVar[Values] = {}
    parameters: ClassVar[Parameters] = {}

    @pytest.fixture
    def trastienda_plugins(self) -> Sequence[str]:
        return (self.plugin,)

    def test_migrations_make_the_tables_of_the_models(self, site: Site) -> None:
        assert list(migration_problems(site, self.plugin)) == []

    def test_every_entity_comes_back_through_every_door(
        self, site: Site, client: FlaskClient, browser_client: FlaskClient
    ) -> None:
        trips = door_problems(site, self.plugin, api=client, browser=browser_client, values=self.values)
        assert list(trips) == []

    @pytest.mark.database("sqlite")
    def test_every_message_can_be_translated(self, site: Site) -> None:
        assert list(words.untranslatable(site, self.plugin)) == []

    @pytest.mark.database("sqlite")
    def test_every_word_is_translated(self, site: Site) -> None:
        assert list(words.untranslated(site, self.plugin)) == []

    @pytest.mark.database("sqlite")
    def test_every_permission_that_is_granted_exists(self, site: Site) -> None:
        assert list(permission_problems(site, self.plugin)) == []

    @pytest.mark.database("sqlite")
    def test_every_permission_that_is_asked_for_is_granted(self, site: Site) -> None:
        assert list(unused_permissions(site, self.plugin)) == []

    def test_every_report_runs_on_empty_data(
        self, site: Site, client: FlaskClient, browser_client: FlaskClient
    ) -> None:
        given = self.parameters
        problems = report_problems(site, self.plugin, api=client, browser=browser_client, parameters=given)
        assert list(problems) == []

    @pytest.mark.database("sqlite")
    def test_openapi_tells_of_all_that_is_served(self, site: Site) -> None:
        assert list(description_problems(site, self.plugin)) == []
