"""The stages are made once a worker and database; a test that leaves its mark takes a copy of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from trastienda.testing.databases import Databases

from .stage import Stage, opened


@pytest.fixture(scope="session")
def database_backend(request: pytest.FixtureRequest) -> str:
    """sqlite or postgresql, one after the other."""
    return str(request.param)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory, database_backend: str) -> Path:
    """Where the attached files of the stages lie."""
    return tmp_path_factory.mktemp(f"attacks-{database_backend}")


@pytest.fixture(scope="session")
def stage(databases: Databases, database_backend: str, data: Path) -> Iterator[Stage]:
    """Both companies at business; left as it was found."""
    with opened(databases, database_backend, data, business=True) as made:
        yield made


@pytest.fixture(scope="session")
def quiet(databases: Databases, database_backend: str, data: Path) -> Iterator[Stage]:
    """The same without any business of BETA's."""
    with opened(databases, database_backend, data, business=False) as made:
        yield made


@pytest.fixture
def own_stage(databases: Databases, database_backend: str, data: Path) -> Iterator[Stage]:
    """A copy of `stage` that a test may change."""
    with opened(databases, database_backend, data, business=True) as made:
        yield made


@pytest.fixture
def own_quiet(databases: Databases, database_backend: str, data: Path) -> Iterator[Stage]:
    """A copy of `quiet` that a test may change; its audit is whole."""
    with opened(databases, database_backend, data, business=False) as made:
        yield made
