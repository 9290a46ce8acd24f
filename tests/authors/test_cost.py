"""What the machinery costs a request: with ten plugins of ten entities no more calls and queries than with two."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.synthetic import install

from trastienda import Company, Site, Work
from trastienda.api.app import create_app
from trastienda.builtin.identity.administration import add_user
from trastienda.settings import load_settings
from trastienda.storage.migrations import History, Migration, migrate
from trastienda.storage.model_shapes import shape_of
from trastienda.storage.operations import CreateTable
from trastienda.testing.sites import SYSTEM, bearer_client, browser_client
from trastienda.upgrade import histories_of, triggers_of

Counts = dict[str, tuple[int, int]]
THINGS = "/api/v1/many00/thing0s"


def found(site: Site) -> None:
    """The tables, one company, a few things."""
    histories = list(histories_of(site))
    histories += [History(name, [Migration("0001", [CreateTable(shape_of(model)) for model in models], "")])
                  for name, models in site.registry.models.items() if name.startswith("many")]  # fmt: skip
    migrate(site.database, histories, triggers=triggers_of(site.registry), report=lambda title: None)
    company = Company(code="ACME", name="Acme", currency="EUR", time_zone="Europe/Madrid")
    site.write(SYSTEM, Company(), lambda work: work.add(company))
    model: Any = site.registry.entities["many00.thing0"].model

    def fill(work: Work) -> None:
        for number in range(20):
            work.add(model(code=f"T{number}"))

    site.write(SYSTEM, company, fill)


def counted(site: Site, monkeypatch: pytest.MonkeyPatch) -> Counts:
    """Python calls and queries of each request, the third time it is made."""
    app = create_app(site)
    user = site.write(SYSTEM, site.company("ACME"), lambda work: add_user(
        work, name="ana", password=None, roles=["admin"]))  # fmt: skip
    api, browser = bearer_client(app, site, user), browser_client(app, site, user)
    number = iter(range(1000))
    requests: dict[str, Callable[[], Any]] = {
        "list": lambda: api.get(f"{THINGS}?amount__gte=0&sort=-day,code&include=parts"),
        "one": lambda: api.get(f"{THINGS}/1"),
        "create": lambda: api.post(THINGS, json={"code": f"N{next(number)}", "other": "T1", "parts": [{"text": "a"}]}),
        "update": lambda: api.patch(f"{THINGS}/2", json={"amount": str(next(number))}, headers={"If-Match": "*"}),
        "action": lambda: api.post(f"{THINGS}/3/actions/act", json={"by": "1"}),
        "report": lambda: api.get("/api/v1/reports/many00.sums0"),
        "route": lambda: api.get("/api/v1/many00/count"),
        "export": lambda: api.get(f"{THINGS}/export?limit=5"),
        "history": lambda: api.get(f"{THINGS}/2/history"),
        "form": lambda: browser.get("/many00/thing0s/new"),
    }
    return {name: _count(site, send, monkeypatch) for name, send in requests.items()}


def _count(site: Site, send: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    calls, queries = 0, 0
    execute = site.database.execute_sql

    def note(*args: Any, **kwargs: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*args, **kwargs)

    def called(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event == "call"

    for _ in range(2):
        assert send().status_code in (200, 201)
    with monkeypatch.context() as patched:
        patched.setattr(site.database, "execute_sql", note)
        sys.setprofile(called)
        try:
            answer = send()
            answer.get_data()
        finally:
            sys.setprofile(None)
    assert answer.status_code in (200, 201)
    return calls, queries


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("many")
    list(install(folder, 10))
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.mark.database("sqlite")
def test_ten_plugins_cost_a_request_what_two_do(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_backend: str
) -> None:
    figures: list[Counts] = []
    for count in (2, 10):
        names = ",".join(f"many{number:02}" for number in range(count))
        site = Site.open(load_settings({"TRASTIENDA_DATABASE": f"sqlite:///{tmp_path}/{count}.db",
                                        "TRASTIENDA_DATA": str(tmp_path), "TRASTIENDA_PLUGINS": names}))  # fmt: skip
        with site.active():
            found(site)
            figures.append(counted(site, monkeypatch))
    two, ten = figures
    assert {name: (calls, queries) for name, (calls, queries) in ten.items()
            if calls > two[name][0] or queries > two[name][1]} == {}  # fmt: skip
    assert all(queries for _, queries in ten.values())
