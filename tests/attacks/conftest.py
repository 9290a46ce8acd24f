"""The stages are made once a run and database, and copied; a test that leaves its mark takes a copy of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from trastienda.testing.databases import Databases

from .stage import Stage, Theatre


@pytest.fixture(scope="session")
def database_backend(request: pytest.FixtureRequest) -> str:
    """sqlite or postgresql, one after the other."""
    return str(request.param)


@pytest.fixture(scope="session")
def theatre(
    databases: Databases, database_backend: str, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Theatre:
    data = tmp_path_factory.mktemp(f"attacks-{database_backend}")
    both = pytestconfig.getoption("database") == "both"
    later = Theatre(databases, "postgresql", data) if both and database_backend == "sqlite" else None
    return Theatre(databases, database_backend, data, later)


@pytest.fixture(scope="session")
def stage(theatre: Theatre) -> Iterator[Stage]:
    """Both companies at business; left as it was found."""
    with theatre.opened(business=True) as made:
        yield made


@pytest.fixture(scope="session")
def quiet(theatre: Theatre) -> Iterator[Stage]:
    """The same without any business of BETA's."""
    with theatre.opened(business=False) as made:
        yield made


@pytest.fixture
def own_stage(theatre: Theatre) -> Iterator[Stage]:
    """A copy of `stage` that a test may change."""
    with theatre.opened(business=True) as made:
        yield made


@pytest.fixture
def own_quiet(theatre: Theatre) -> Iterator[Stage]:
    """A copy of `quiet` that a test may change; its audit is whole."""
    with theatre.opened(business=False) as made:
        yield made
