"""Every page of the sample company: under the rules of accessibility, and with no more queries than a list may take."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from trastienda import User
from trastienda.entities.parameters import parameters_of
from trastienda.testing.sites import browser_client
from trastienda.testing.values import PLAIN

from .stage import OVERFLOWING, Stage, broken_rules, signed_in

pytestmark = pytest.mark.database("sqlite")

WIDE: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
NARROW: dict[str, Any] = {"viewport": {"width": 390, "height": 900}, "color_scheme": "dark"}
#: Answers that are no pages, what ends the visit, and the door, which has tests of its own.
ASIDE = re.compile(r"^/(api|assets|sign-|healthz|readyz|metrics|first-run|find)|/(lookup|quick|preview)$|data\.zip$")
#: Pages of one template have parts of the same classes one after the other.
KIND = "[...document.querySelectorAll('main > *, main > * > *')].map((each) => each.className).join()"
ON_ENTITY, ON_RECORD = "<plugin>/<path>", "<int:identity>"
#: What differs with every entity by more than its words.
EACH = ("/<plugin>/<path>/new", "/<plugin>/<path>/<int:identity>")


def first_records(stage: Stage) -> dict[str, int]:
    """The id of a record, by the path of its entity."""
    with stage.site.active():
        found = {path: entity.model.select(entity.model.id).order_by(entity.model.id).tuples().first()
                 for path, entity in stage.site.registry.by_path.items()}  # fmt: skip
    return {path: row[0] for path, row in found.items() if row}


def pages(stage: Stage) -> Iterator[tuple[str, str]]:
    """The rule and an address of it: every entity's and every report's, the others once."""
    records, registry = first_records(stage), stage.site.registry
    for rule in stage.app.url_map.iter_rules():
        text = str(rule)
        if "GET" not in (rule.methods or ()) or ASIDE.search(text):
            continue
        if ON_ENTITY in text:
            for path, entity in registry.by_path.items():
                if ON_RECORD not in text or path in records:
                    at = text.replace(ON_ENTITY, path).replace(ON_RECORD, str(records.get(path, 0)))
                    for name in entity.actions if "<name>" in at else [""]:
                        yield text, at.replace("<name>", name)
        elif "reports" in text and "<name>" in text:
            yield from ((text, text.replace("<name>", name) + run(stage, name)) for name in registry.reports)
        elif "privacy" in text and ON_RECORD in text:
            for name in ("contacts.party", "hr.employee"):
                yield text, text.replace("<name>", name).replace(ON_RECORD, str(records[registry.entities[name].path]))
        else:
            yield text, re.sub(r"<[^>]+>", "1", text)


def run(stage: Stage, report: str) -> str:
    """The query that runs it, with no more than it must be given."""
    needed = [each for each in parameters_of(stage.site.registry.reports[report][1].run) if each.required]
    return "?" + "&".join(["run=1", *(f"{each.name}={PLAIN.get(each.kind, '1')}" for each in needed)])


def admin(stage: Stage) -> FlaskClient:
    with stage.site.active():
        return browser_client(stage.app, stage.site, User.get(User.name == "admin"))


@pytest.mark.parametrize("part", range(4))
def test_no_page_breaks_a_rule(stage: Stage, browser: Browser, part: int) -> None:
    """Every form and record, and a few of what differs in its words alone: half of them wide and light, half narrow
    and dark; colours, which are the style sheet's, on one of each kind."""
    client = admin(stage)
    context = signed_in(browser, stage, "admin", **(NARROW if part % 2 else WIDE))
    page, found, seen, looked = context.new_page(), dict[str, list[str]](), set[str](), 0
    done = Counter[str]()
    for number, (rule, url) in enumerate(pages(stage)):
        if number % 4 != part or (rule not in EACH and done[rule] >= 2):
            continue
        answer = client.get(url)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        looked, done[rule] = looked + 1, done[rule] + 1
        page.goto(url)
        kind = str(page.evaluate(KIND))
        faults = [*broken_rules(page, colours=kind not in seen), *page.evaluate(OVERFLOWING)]
        seen.add(kind)
        if faults:
            found[url] = faults
    context.close()
    assert looked > 30, looked
    assert found == {}


def test_no_list_asks_more_than_three_things(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the three of the session: whatever it shows, and however many plugins add to it."""
    client, counted = admin(stage), dict[str, list[str]]()
    execute = stage.site.database.execute_sql
    for path in stage.site.registry.by_path:
        asked: list[str] = []
        assert client.get(f"/{path}").status_code == 200, path

        def watched(sql: str, *args: Any, asked: list[str] = asked, **kwargs: Any) -> Any:
            if sql.startswith(("SELECT", "WITH")):
                asked.append(sql[:200])
            return execute(sql, *args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(stage.site.database, "execute_sql", watched)
            client.get(f"/{path}")
        counted[path] = asked
    assert {path: asked for path, asked in counted.items() if len(asked) > 6} == {}
    assert len(counted) > 40
