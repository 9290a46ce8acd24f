"""The worker as a process: one under `serve`, killed under load, on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from trastienda import Site, User
from trastienda.jobs.models import JobRecord
from trastienda.security.audit import verify
from trastienda.testing.postgres import children
from trastienda.testing.serving import TRASTIENDA, Server, served
from trastienda.testing.sites import SYSTEM

from .conftest import acme, opened

CHORES = Path(__file__).parent / "chores"


@pytest.fixture
def environment(url: str, tmp_path: Path) -> dict[str, str]:
    """With the plugin `chores` installed: its only job hires somebody, in a while."""
    info = tmp_path / "path" / "chores-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: chores\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[trastienda.plugins]\nchores = trastienda_chores:plugin\n")
    path = os.pathsep.join([str(info.parent), str(CHORES), *(each for each in sys.path if each)])
    return {"PYTHONPATH": path, "TRASTIENDA_DATABASE": url, "TRASTIENDA_DATA": str(tmp_path),
            "TRASTIENDA_PLUGINS": "chores", "TRASTIENDA_JOB_LEASE_SECONDS": "2", "TRASTIENDA_LOG_LEVEL": "warning"}


@pytest.fixture
def site(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.syspath_prepend(CHORES)
    from trastienda_chores import plugin

    with opened(url, tmp_path, plugin) as made:
        yield made


def working(environment: dict[str, str]) -> AbstractContextManager[Server]:
    return served("worker", settings=environment, ready="The worker is ready")


def serving(environment: dict[str, str]) -> AbstractContextManager[Server]:
    return served("serve", "--bind", "127.0.0.1:0", "--workers", "1", settings=environment)


def until(question: Callable[[], bool], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def ask(site: Site, count: int) -> None:
    names = [f"u{number:03}" for number in range(count)]
    site.write(SYSTEM, acme(site), lambda work: [work.enqueue("chores.hire", {"name": name}) for name in names])


def count(**where: str) -> int:
    """Of those that were asked for: the bundled plugins' scheduled jobs wait beside them."""
    query = JobRecord.select().where(~JobRecord.scheduled)
    for name, value in where.items():
        query = query.where(getattr(JobRecord, name) == value)
    return int(query.count())


def test_killing_the_worker_under_load_loses_nothing_and_does_nothing_twice(
    site: Site, environment: dict[str, str]
) -> None:
    ask(site, 60)
    for _ in range(3):
        with working(environment) as worker:
            before = count(state="done")
            until(lambda before=before: count(state="done") >= before + 5)
            worker.process.kill()
    with working(environment):
        until(lambda: count(state="done") == 60)
    assert sorted(each.name for each in User.select()) == [f"u{n:03}" for n in range(60)]
    assert verify(site.database)[2] == []


def test_a_worker_that_is_stopped_ends_what_it_is_at(site: Site, environment: dict[str, str]) -> None:
    ask(site, 40)
    with working(environment) as worker:
        until(lambda: count(state="done") > 3)
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(timeout=20) == 0
    assert (count(state="running"), count(state="done") + count(state="queued")) == (0, 40)
    assert User.select().count() == count(state="done") < 40


def test_serve_runs_one_worker_and_replaces_it_when_it_is_killed(site: Site, environment: dict[str, str]) -> None:
    with serving(environment) as server:
        process = server.process
        until(lambda: len(children(process.pid)) == 2)
        (supervisor,) = [each for each in children(process.pid) if children(each)]
        (first,) = children(supervisor)
        os.kill(first, signal.SIGKILL)
        until(lambda: children(supervisor) not in ([], [first]))
        (second,) = children(supervisor)
        ask(site, 3)
        until(lambda: count(state="done") == 3)
        process.kill()
        until(lambda: not Path(f"/proc/{supervisor}").exists() and not Path(f"/proc/{second}").exists())


def test_serve_ends_its_worker(site: Site, environment: dict[str, str]) -> None:
    with serving(environment) as server:
        process = server.process
        until(lambda: len(children(process.pid)) == 2)
        (supervisor,) = [each for each in children(process.pid) if children(each)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=40) == 0
        assert not Path(f"/proc/{supervisor}").exists()


def test_two_workers_share_the_queue(site: Site, environment: dict[str, str]) -> None:
    ask(site, 30)
    with working(environment), working(environment):
        until(lambda: count(state="done") == 30)
    assert User.select().count() == 30
    assert {each.attempts for each in JobRecord.select().where(~JobRecord.scheduled)} == {1}


def test_worker_once_does_what_is_due_and_ends(site: Site, environment: dict[str, str]) -> None:
    ask(site, 2)
    done = subprocess.run([*TRASTIENDA, "worker", "--once"], env={**os.environ, **environment},
                          capture_output=True, text=True, check=True)
    assert done.stdout == "2 jobs done or tried.\n"
