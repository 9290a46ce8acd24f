"""Which plugins are on: fleet, with those that a test asks for beside it."""

import pytest


@pytest.fixture
def trastienda_plugins(request: pytest.FixtureRequest) -> tuple[str, ...]:
    marker = request.node.get_closest_marker("plugins")
    return ("fleet", *(marker.args if marker else ()))
