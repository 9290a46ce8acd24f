"""Each role reads and writes what it is declared to, and nothing else, through every door.

What is expected is reckoned here from the roles as plugins declare them: a verb that no grant has is refused (403) by
every address that does it; one that some grant has is not. What is asked is so made that what is allowed fails for
another reason, and nothing is changed.

Seen to catch: `export` and `import` that were granted and never asked for; the row filters left out of lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any

import peewee

from trastienda import Actor, Company, Grant, Route, User
from trastienda.api.plugin_routes import address_of
from trastienda.entities.compiled import CompiledEntity
from trastienda.entities.parameters import parameters_of
from trastienda.security.permissions import LOOKING
from trastienda.testing.values import PLAIN

from .stage import NOBODY, Stage, user_name

UNKNOWN = {"zz": 1}
NO_VERSION = {"If-Match": '"999999999"'}
NEVER = 9_000_000_000


@dataclass(frozen=True)
class Holder:
    """A role, as its declaration has it, held by somebody in ACME alone."""

    stage: Stage
    role: str
    grants: Sequence[Grant]
    common: Sequence[Grant]
    company: Company
    actor: Actor

    def may(self, verb: str, on: str) -> list[Grant]:
        """What belongs to all companies is looked at, and changed by nobody whose role holds in one of them."""
        aside = on in self.stage.site.permissions.central and verb not in LOOKING
        grants = self.common if aside else [*self.grants, *self.common]
        return [each for each in grants if ("*" in each.verbs or verb in each.verbs) and matches(each.on, on)]

    def reach(self, entity: CompiledEntity, verb: str = "read") -> set[int]:
        """The ids of ACME's rows that the role's grants select."""
        grants = self.may(verb, entity.guard)
        model = entity.model
        query: Any = model.select(model.id)
        if entity.scoped:
            query = query.where(model._meta.fields["company"] == self.company.id)
        if entity.declared.within is not None:
            query = query.where(entity.declared.within(self.actor))
        if grants and all(each.where is not None for each in grants):
            conditions = [self._selects(entity, each) for each in grants]
            query = query.where(conditions[0] if len(conditions) == 1 else any_of(conditions))
        return {row[0] for row in query.tuples()} if grants else set()

    def _selects(self, entity: CompiledEntity, grant: Grant) -> Any:
        assert grant.where is not None
        if entity.declared.of:
            parent = self.stage.site.registry.entities[entity.guard]
            link = next(each.parent for each in parent.lines.values() if each.model is entity.model)
            return link.in_(parent.model.select(parent.model.id).where(grant.where(self.actor)))
        return grant.where(self.actor)


def matches(pattern: str, name: str) -> bool:
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split("*")), name) is not None


def any_of(conditions: Sequence[Any]) -> Any:
    found = conditions[0]
    for each in conditions[1:]:
        found = found | each
    return found


def holders(stage: Stage) -> Iterator[Holder]:
    site = stage.site
    acme = site.company("ACME")
    common = [grant for role in site.permissions.roles.values() if role.everyone for grant in role.grants]
    for role in stage.roles:
        if role != NOBODY:
            user = User.get(User.name == user_name(role))
            actor = Actor(user.id, user.name, frozenset({role}), company=acme.id, local=frozenset({role}))
            yield Holder(stage, role, site.permissions.roles[role].grants, common, acme, actor)


# -- rows
def test_each_role_lists_and_counts_the_rows_that_it_is_granted_and_no_others(stage: Stage) -> None:
    wrong, limited = [], 0
    with stage.site.active():
        for holder in holders(stage):
            client = stage.api(holder.role)
            for entity in stage.site.registry.entities.values():
                url = f"/api/v1/{entity.path}?fields=id&sort=id&limit=200&count=exact&expand=none"
                answer = client.get(url)
                if not holder.may("read", entity.guard):
                    if answer.status_code != 403:
                        wrong.append((holder.role, entity.name, answer.status_code))
                    continue
                expected = holder.reach(entity)
                limited += all(each.where is not None for each in holder.may("read", entity.guard))
                listed = [each["id"] for each in answer.json["items"]]
                if (answer.json["count"], listed) != (len(expected), sorted(expected)[:200]):
                    wrong.append((holder.role, entity.name, answer.json["count"], len(expected)))
                hidden = entity.model.select(peewee.fn.MIN(entity.model.id)).where(
                    entity.model.id.not_in(sorted(expected)[:500])).scalar() if len(expected) < 500 else None
                if hidden and client.get(f"/api/v1/{entity.path}/{hidden}").status_code != 404:
                    wrong.append((holder.role, entity.name, "record", hidden))
    assert wrong == []
    assert limited > 20


def test_whoever_has_no_role_gets_nothing(stage: Stage) -> None:
    api, web = stage.api(NOBODY), stage.web(NOBODY)
    for entity in stage.site.registry.entities.values():
        for client, url in ((api, f"/api/v1/{entity.path}"), (web, f"/{entity.path}"), (web, "/find?q=a")):
            assert client.get(url).status_code in (403, 404), url


# -- verbs
def test_each_role_may_do_what_its_grants_say_at_every_address(stage: Stage, database_backend: str) -> None:
    """On PostgreSQL each role goes to a third of the addresses, the next role to the next third."""
    wrong, share = [], 1 if database_backend == "sqlite" else 3
    before = stage.digest()
    with stage.site.active():
        for number, holder in enumerate(holders(stage)):
            for verb, on, method, url, options in islice(doors(holder), number % share, None, share):
                answer = stage.api(holder.role).open(url, method=method, **options)
                refused = answer.status_code == 403 or b'"status":403' in answer.data
                if refused != (not holder.may(verb, on)) or answer.status_code >= 500:
                    wrong.append((holder.role, verb, on, method, url, answer.status_code))
    assert sorted(set(wrong)) == []
    assert stage.digest() == before


def doors(holder: Holder) -> Iterator[tuple[str, str, str, str, dict[str, Any]]]:
    """What each verb is asked for by: verb, on, method, address, options."""
    registry = holder.stage.site.registry
    for entity in registry.entities.values():
        reach = holder.reach(entity, "read") or {NEVER}
        yield from of_entity(holder, entity, min(reach))
    for name, (_, report) in registry.reports.items():
        needed = {each.name: PLAIN.get(each.kind, "1") for each in parameters_of(report.run) if each.required}
        if not holder.may("run", name):
            yield "run", name, "GET", f"/api/v1/reports/{name}", {"query_string": {**needed, "format": "csv"}}
    for plugin, route in registry.routes:
        if isinstance(route, Route) and not route.on_record:
            url = re.sub(r"<[^>]+>", "1", address_of(plugin, route))
            method, body = route.methods[0], {"json": UNKNOWN} if "POST" in route.methods else {}
            yield route.verb_of(method), route.permission, method, url, body
    for name, (_, job) in registry.jobs.items():
        if job.on_request:
            yield "start", name, "POST", f"/api/v1/jobs/{name}", {"json": UNKNOWN}
    yield "read", "audit", "GET", "/api/v1/audit?limit=1", {}
    yield "export", "audit", "GET", "/api/v1/audit/heads", {}
    yield "read", "settings.installation", "GET", "/api/v1/settings/installation", {}


def of_entity(holder: Holder, entity: CompiledEntity, there: int) -> Iterator[tuple[str, str, str, str, Any]]:
    on, base = entity.guard, f"/api/v1/{entity.path}"
    yield "read", on, "GET", f"{base}?limit=1&fields=id", {}
    yield "read", on, "GET", f"{base}/{there}", {}
    yield "read", on, "GET", f"{base}/{there}/history", {}
    if holder.may("read", on):
        yield "export", on, "GET", f"{base}/export?id={NEVER}", {}
    for action in entity.actions.values():
        verb = action.permission or action.name
        yield verb, on, "POST", f"{base}/{NEVER}/actions/{action.name}", {"json": UNKNOWN}
        yield verb, on, "POST", f"{base}/actions/{action.name}", {"json": {"ids": [NEVER], **UNKNOWN}}
    for _, each in holder.stage.site.registry.prints.get(entity.name, {}).values():
        if not (holder.may("read", on) and holder.may(each.permission, on)):
            yield each.permission, on, "GET", f"{base}/{there}/print/{each.name}", {}
    if not entity.declared.writable:
        return
    yield "create", on, "POST", base, {"json": UNKNOWN}
    yield "create", on, "POST", "/api/v1/batch", {
        "json": {"operations": [{"method": "POST", "path": entity.path, "body": UNKNOWN}]}}  # fmt: skip
    yield "update", on, "PATCH", f"{base}/{there}", {"json": UNKNOWN, "headers": {"If-Match": "*"}}
    yield "delete", on, "DELETE", f"{base}/{NEVER}", {"headers": NO_VERSION}
    if holder.may("create", on):
        yield "import", on, "POST", f"{base}/import?dry_run=true", {"data": "zz\n1\n", "content_type": "text/csv"}
    if entity.version is not None and holder.may("read", on):
        yield "read", on, "GET", f"{base}/{there}/attachments", {}
        yield "update", on, "POST", f"{base}/{NEVER}/attachments", {"data": {"file": (BytesIO(b""), "a.txt")}}
        if there != NEVER and not holder.may("comment", on) and not holder.may("update", on):
            yield "update", on, "POST", f"{base}/{there}/comments", {"json": {"text": "said"}}


def test_pages_refuse_what_the_role_is_not_granted(stage: Stage) -> None:
    """The forms of the web, those that read and those that write."""
    wrong = []
    with stage.site.active():
        for holder in holders(stage):
            client = stage.web(holder.role)
            for entity in stage.site.registry.entities.values():
                for verbs, method, path in (
                    (("read",), "GET", ""), (("read",), "GET", "/lookup"), (("create",), "GET", "/new"),
                    (("create",), "POST", "/new"), (("create",), "GET", "/quick"), (("create",), "POST", "/quick"),
                    (("create", "import"), "GET", "/import"), (("read",), "GET", f"/{NEVER}"),
                ):  # fmt: skip
                    granted = all(holder.may(verb, entity.guard) for verb in verbs)
                    if granted or ("read" not in verbs and not entity.declared.writable):
                        continue  # the pages of what one may do are asked for elsewhere
                    answer = client.open(f"/{entity.path}{path}", method=method, data={} if method == "POST" else None)
                    if answer.status_code != 403:
                        wrong.append((holder.role, method, f"/{entity.path}{path}", answer.status_code))
    assert wrong == []
