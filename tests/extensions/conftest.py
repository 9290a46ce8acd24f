"""The depot and two plugins that extend its items, installed; the fixtures of `trastienda.testing` do the rest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

PLUGINS = Path(__file__).parent / "plugins"
NEEDS = {"depot": "", "paint": "Requires-Dist: trastienda-depot", "hazard": "Requires-Dist: trastienda-depot"}
Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, needs in NEEDS.items():
        info = tmp_path / "path" / f"trastienda_{name}-1.0.dist-info"
        info.mkdir(parents=True)
        head = f"Metadata-Version: 2.1\nName: trastienda-{name}\nVersion: 1.0\n"
        (info / "METADATA").write_text(f"{head}{needs}\n" if needs else head)
        (info / "entry_points.txt").write_text(f"[trastienda.plugins]\n{name} = trastienda_{name}:plugin\n")
    monkeypatch.syspath_prepend(tmp_path / "path")
    monkeypatch.syspath_prepend(PLUGINS)


@pytest.fixture
def trastienda_plugins() -> tuple[str, ...]:
    return ("paint", "hazard")


@pytest.fixture
def call(client: FlaskClient) -> Call:
    """call("GET", "depot/items", status=200): the answer's JSON, after its status was looked at."""

    def send(method: str, path: str, body: Any = None, *, status: int = 200, **kwargs: Any) -> Any:
        answer = client.open(f"/api/v1/{path}", method=method, json=body, **kwargs)
        assert answer.status_code == status, answer.text
        return answer.json if answer.is_json or "json" in answer.mimetype else answer.text

    return send


@pytest.fixture
def make(call: Call) -> Call:
    """make("A", paint={...}): an item through the API."""

    def send(code: str, *, name: str = "", **ext: Any) -> Any:
        return call("POST", "depot/items", {"code": code, "name": name, **({"ext": ext} if ext else {})}, status=201)

    return send
