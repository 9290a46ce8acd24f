"""`trastienda migrate` as it is run for real: by eight machines at the same moment, and killed in the midst of it."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from trastienda import Site
from trastienda.settings import load_settings
from trastienda.storage.migrations import applied_migrations
from trastienda.testing.databases import Databases
from trastienda.testing.serving import TRASTIENDA
from trastienda.upgrade import histories_of, unrun

Migrate = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def environment(database_backend: str, databases: Databases, tmp_path: Path) -> dict[str, str]:
    """Of a new installation: an empty database of its own."""
    url = databases.server(database_backend).create(databases.new_name())
    return {"TRASTIENDA_DATABASE": url, "TRASTIENDA_DATA": str(tmp_path)}


@pytest.fixture
def migrate(environment: dict[str, str]) -> Migrate:
    return lambda: subprocess.Popen([*TRASTIENDA, "migrate"], env={**os.environ, **environment}, text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.fixture
def site(environment: dict[str, str]) -> Site:
    return Site.open(load_settings(environment))


def wanted(site: Site) -> list[tuple[str, str]]:
    return sorted((history.name, each.name) for history in histories_of(site) for each in history.migrations)


def applied(site: Site) -> list[tuple[str, str]]:
    with site.active():
        return applied_migrations(site.database)


def test_eight_at_once_run_each_migration_once(migrate: Migrate, site: Site) -> None:
    ended = [(process.communicate(), process.returncode) for process in [migrate() for _ in range(8)]]
    assert [code for _, code in ended] == [0] * 8, ended
    said = Counter(int(out.split()[0]) if out[0].isdigit() else 0 for (out, _), _ in ended)
    assert sum(number * times for number, times in said.items()) == len(wanted(site))
    assert (applied(site), list(unrun(site))) == (wanted(site), [])
    site.shut()


def test_killed_after_every_step_it_goes_on_where_it_was(migrate: Migrate, site: Site) -> None:
    """Each run is killed as soon as it says that it begins with its second migration."""
    reached, runs = -1, 0
    while True:
        process = migrate()
        assert process.stderr is not None
        assert process.stdout is not None
        begun = [line for line, _ in zip(process.stderr, range(2), strict=False)]
        process.kill()
        process.stderr.close()
        process.stdout.close()
        process.wait()
        runs += 1
        if len(begun) < 2:
            break
        there = len(applied(site))
        assert there > reached, "a run came no further than the one before"
        reached = there
    last = migrate()
    _, errors = last.communicate()
    assert last.returncode == 0, errors
    assert runs > 3
    assert (applied(site), list(unrun(site))) == (wanted(site), [])
    site.shut()
