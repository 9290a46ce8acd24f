"""Which plugins are on: fleet, with those that a test asks for beside it, where they are installed."""

import importlib.util

import pytest


@pytest.fixture
def trastienda_plugins(request: pytest.FixtureRequest) -> tuple[str, ...]:
    marker = request.node.get_closest_marker("plugins")
    others = marker.args if marker else ()
    for name in others:
        if importlib.util.find_spec(f"trastienda_{name}") is None:
            pytest.skip(f"{name} is not installed")
    return ("fleet", *others)
