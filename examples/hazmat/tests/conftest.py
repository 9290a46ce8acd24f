"""Which plugins are on: hazmat, with those that a test asks for beside it."""

import pytest


@pytest.fixture
def trastienda_plugins(request: pytest.FixtureRequest) -> tuple[str, ...]:
    marker = request.node.get_closest_marker("plugins")
    return ("hazmat", *(marker.args if marker else ()))
