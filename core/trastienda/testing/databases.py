"""Fixtures: a database of its own for each test, on SQLite and on a real PostgreSQL.

A test that takes ``database_url`` or ``prepared_database`` runs once on each backend that
``--database`` names; ``@pytest.mark.database("sqlite")`` keeps it to those that it names itself.
"""
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from . import postgres
from .servers import DatabaseServer, PostgresServer, SqliteFolder, drop_all

BACKENDS = ("sqlite", "postgresql")
RUN_DIRECTORY = pytest.StashKey[Path]()
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 2 * 1024**3  # bytes; a container often has 64 MB of it

Build = Callable[[str], object]
PreparedDatabase = Callable[[str, Build], str]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("trastienda").addoption(
        "--database",
        choices=[*BACKENDS, "both"],
        default="both",
        help="what tests that take a database run on (default: both). The environment variable "
        "TRASTIENDA_TEST_POSTGRES=postgresql://... names a server to use instead of an own one",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "database(*backends): run on these backends only")
    shared = getattr(config, "workerinput", {}).get("trastienda_run_directory")
    config.stash[RUN_DIRECTORY] = Path(shared) if shared else make_run_directory()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["trastienda_run_directory"] = str(node.config.stash[RUN_DIRECTORY])


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        directory = config.stash[RUN_DIRECTORY]
        if others := os.environ.get("TRASTIENDA_TEST_POSTGRES"):
            drop_all(others, prefix=f"{directory.name}-")
        postgres.stop_server(directory)
        shutil.rmtree(directory)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_backend" in metafunc.fixturenames:
        option = metafunc.config.getoption("database")
        marker = metafunc.definition.get_closest_marker("database")
        allowed = marker.args if marker else BACKENDS
        backends = [name for name in BACKENDS if option in (name, "both") and name in allowed]
        metafunc.parametrize("database_backend", backends, indirect=True)


@pytest.fixture
def database_backend(request: pytest.FixtureRequest) -> str:
    """sqlite or postgresql."""
    return str(request.param)


@pytest.fixture
def database_url(database_backend: str, databases: "Databases") -> Iterator[str]:
    """An empty database, dropped after the test."""
    server, name = databases.server(database_backend), databases.new_name()
    yield server.create(name)
    server.drop(name)


@pytest.fixture
def prepared_database(database_backend: str, databases: "Databases") -> Iterator[PreparedDatabase]:
    """``prepared_database(name, build)``: a database that `build` filled, dropped after the test.

    ``build(url)`` runs once per backend and worker, for the first test that asks for that name; every
    test gets a copy. It must close its connections.
    """
    server = databases.server(database_backend)
    copies = []

    def copy(state: str, build: Build) -> str:
        template = databases.template(state, backend=database_backend, build=build)
        copies.append(databases.new_name())
        return server.clone(template=template, name=copies[-1])

    yield copy
    for name in copies:
        server.drop(name)


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Iterator["Databases"]:
    made = Databases(
        directory=pytestconfig.stash[RUN_DIRECTORY], worker=os.environ.get("PYTEST_XDIST_WORKER", "main")
    )
    yield made
    made.close()


class Databases:
    """What one worker has made in this run."""

    def __init__(self, *, directory: Path, worker: str) -> None:
        self.directory = directory
        self.worker = worker
        self._numbers = itertools.count(1)
        self._servers: dict[str, DatabaseServer] = {}
        self._templates: dict[tuple[str, str], str] = {}

    def new_name(self) -> str:
        return f"database-{next(self._numbers)}"

    def server(self, backend: str) -> DatabaseServer:
        if backend not in self._servers:
            own = f"{self.directory.name}-{self.worker}-"
            self._servers[backend] = self._sqlite() if backend == "sqlite" else self.postgresql(prefix=own)
        return self._servers[backend]

    def template(self, state: str, *, backend: str, build: Build) -> str:
        """The name of the database that holds this state, built now if it is not there yet."""
        if (state, backend) not in self._templates:
            server, name = self.server(backend), self.new_name()
            url = server.create(name)
            try:
                build(url)
                server.freeze(name)
            except BaseException:
                server.drop(name)
                raise
            self._templates[state, backend] = name
        return self._templates[state, backend]

    def close(self) -> None:
        for (_, backend), name in self._templates.items():
            self.server(backend).drop(name)
        for server in self._servers.values():
            server.close()

    def _sqlite(self) -> DatabaseServer:
        folder = self.directory / self.worker
        folder.mkdir()
        return SqliteFolder(folder)

    def postgresql(self, *, prefix: str) -> DatabaseServer:
        """The run's server, for databases whose names begin so."""
        url = os.environ.get("TRASTIENDA_TEST_POSTGRES") or postgres.server_url(self.directory)
        return PostgresServer(url=url, prefix=prefix)


def make_run_directory() -> Path:
    """In memory where there is enough of it, and with a path short enough for PostgreSQL's socket."""
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED
    return Path(tempfile.mkdtemp(prefix="trastienda-", dir=MEMORY if in_memory else None))
