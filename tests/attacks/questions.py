"""What is asked of a site: an address for each route that reads, and each thing that it serves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from zipfile import ZipFile

from pypdf import PdfReader
from werkzeug.test import TestResponse

from trastienda import Company, Site, User
from trastienda.builtin.records.attachments import Attachment
from trastienda.builtin.records.comments import Comment
from trastienda.entities.compiled import CompiledEntity
from trastienda.entities.parameters import parameters_of
from trastienda.testing.values import PLAIN

from .stage import BETA, Stage

#: Served alike to everybody, or each one's own.
ASIDE = ("/assets/", "/api/docs", "/healthz", "/readyz", "/metrics", "/sign-", "/api/v1/openapi.json", "/me/",
         "/first-run")  # fmt: skip
ON_ENTITY, ON_RECORD = "<plugin>/<path>", "<int:identity>"


class Questions:
    """All of them, of BETA's records, as somebody of ACME would put them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.site: Site = stage.site

    @cached_property
    def victims(self) -> dict[str, tuple[int, str]]:
        """The id and the key of a record of BETA's, by entity; of what all share, one that ACME does not see."""
        with self.site.active():
            beta, found = self.site.company("BETA"), {}
            for name, entity in self.site.registry.entities.items():
                query: Any = entity.model.select().order_by(entity.model.id)
                if entity.scoped:
                    query = query.where(entity.model._meta.fields["company"] == beta.id)
                elif name == "identity.company":
                    query = query.where(Company.id == beta.id)
                elif name == "identity.user":
                    query = query.where(User.name == "beta-admin")
                else:
                    continue
                record = query.first()
                key = getattr(record, entity.key.name) if entity.key is not None else ""
                found[name] = int(record.id), str(key)
            return found

    @cached_property
    def _beside(self) -> dict[tuple[str, str], int]:
        """The file and the comment on BETA's records, by entity."""
        with self.site.active():
            return {
                **{("attachment", each.entity): each.id for each in Attachment.select()},
                **{("comment", each.entity): each.id for each in Comment.select()},
            }

    def all(self, door: str) -> list[str]:
        found: list[str] = []
        for rule in self.stage.app.url_map.iter_rules():
            text = str(rule)
            if "GET" not in (rule.methods or ()) or text.startswith(ASIDE):
                continue
            if text.startswith("/api/") == (door == "api"):
                found += self._of_rule(text)
        return list(dict.fromkeys(found))

    def _of_rule(self, text: str) -> Iterator[str]:
        if ON_ENTITY in text:
            for entity in self.site.registry.entities.values():
                yield from self._of_entity(text, entity)
        elif "reports" in text and "<name>" in text:
            for name in self.site.registry.reports:
                url = text.replace("<name>", name) + self._parameters(name)
                yield from [url] if text.startswith("/reports") else [
                    f"{url}&format={each}" for each in ("json", "csv", "xlsx", "pdf")]  # fmt: skip
        elif "privacy" in text:
            for name in ("contacts.party", "hr.employee"):
                yield text.replace("<entity>", name).replace(ON_RECORD, str(self.victims[name][0]))
        elif text == "/find":
            yield from (f"/find?q={BETA}", f"/find?q={BETA[:4]}")
        elif text == "/api/v1/changes":
            yield from (text, f"{text}?limit=200")
        elif text == "/api/v1/audit":
            yield from (text, f"{text}?limit=200", f"{text}?actor={BETA}", f"{text}?key={BETA}")
        else:
            yield re.sub(r"<[^>]+>", self.victims["hr.payroll-run"][1] if "payroll" in text else "1", text)

    def _of_entity(self, text: str, entity: CompiledEntity) -> Iterator[str]:
        identity, key = self.victims.get(entity.name, (1, ""))
        at = text.replace(ON_ENTITY, entity.path).replace(ON_RECORD, str(identity))
        for kind in ("attachment", "comment"):
            at = at.replace(f"<int:{kind}>", str(self._beside.get((kind, entity.name), 1)))
        prints = self.site.registry.prints.get(entity.name, {})
        names = list(prints) if "/print/" in at else entity.actions if "<name>" in at else [""]
        for name in names:
            yield at.replace("<name>", name)
        if ON_RECORD in text:
            return
        if at == f"/api/v1/{entity.path}":
            yield from (f"{at}?{query}" for query in self.listings(entity, identity, key))
        elif at.endswith("/export"):
            yield from (f"{at}?format=jsonl", f"{at}?format=xlsx")
        elif at.endswith("/lookup"):
            yield from (f"{at}?q={BETA[:5]}", f"{at}?q={key[:3] or 'a'}")
        elif at.endswith("/calendar"):
            yield f"{at}?month=2026-06"

    def listings(self, entity: CompiledEntity, identity: int, key: str) -> Iterator[str]:
        """Ways to ask a list for what another company has."""
        yield "count=exact&limit=200"
        yield f"id={identity}&count=exact"
        if entity.declared.search:
            yield f"q={BETA[:5]}&count=exact"
        if entity.key is not None:
            yield urlencode({entity.key.name: key, "count": "exact"})
        for name, column in entity.columns.items():
            if column.kind == "ref" and column.target is not None:
                target = self.site.registry.by_model.get(column.target)
                if target is not None and target.name in self.victims:
                    yield f"{name}.id={self.victims[target.name][0]}&count=exact"

    def orders(self) -> Iterator[str]:
        """Each column of each list as its order, its group, and what it is compared by."""
        for entity in self.site.registry.entities.values():
            for name, column in entity.columns.items():
                yield f"/api/v1/{entity.path}?sort=-{name}&limit=50&count=exact"
                if column.kind in ("choice", "state", "boolean", "ref", "date"):
                    yield f"/api/v1/{entity.path}?group={name}&limit=1"
                if column.kind in ("money", "quantity"):
                    yield f"/api/v1/{entity.path}?totals={name}&{name}__gte=0&count=exact&limit=1"

    def _parameters(self, report: str) -> str:
        """As much as the report cannot do without."""
        needed = [each for each in parameters_of(self.site.registry.reports[report][1].run) if each.required]
        return "?" + "&".join(["run=1", *(f"{each.name}={PLAIN.get(each.kind, '1')}" for each in needed)])


def words_of(answer: TestResponse) -> str:
    """All that an answer says, whatever it is packed in."""
    if answer.mimetype == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    if answer.mimetype.endswith("spreadsheetml.sheet"):
        with ZipFile(BytesIO(answer.data)) as book:
            return "\n".join(book.read(name).decode() for name in sorted(book.namelist()) if "docProps" not in name)
    return answer.get_data(as_text=True)
