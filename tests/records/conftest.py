"""A site with contacts: records of somebody else's, to which everything here attaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def trastienda_plugins(request: pytest.FixtureRequest) -> Sequence[str]:
    marker = request.node.get_closest_marker("plugins")
    return tuple(marker.args) if marker else ("contacts",)


@pytest.fixture
def party(client: FlaskClient) -> Callable[..., int]:
    """``party("C1")``: the id of a new party."""

    def make(code: str, **values: Any) -> int:
        answer = client.post("/api/v1/contacts/parties", json={"code": code, "name": f"Party {code}", **values})
        assert answer.status_code == 201, answer.text
        return int(answer.json["id"])

    return make
