"""A fair queue for the one writer that SQLite admits, between threads and processes."""
from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import Busy


class WriterQueue:
    """`flock` on a file beside the database: the kernel wakes waiters in turn, where SQLite's own waiting polls."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    @contextmanager
    def turn(self, timeout: float) -> Iterator[None]:
        """Hold the turn; raises Busy when it does not come within `timeout` seconds."""
        descriptor = self._descriptor()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait(descriptor, timeout)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)

    def _descriptor(self) -> int:
        owner, descriptor = getattr(self._local, "held", (0, -1))
        if owner != os.getpid():
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._local.held = (os.getpid(), descriptor)
        return int(descriptor)

    def _wait(self, descriptor: int, timeout: float) -> None:
        """Wait in a thread of its own, since flock has no time limit; one that is given up closes its file."""
        decision = threading.Lock()
        came = threading.Event()
        given_up = timeout <= 0
        if given_up:
            raise Busy("Another write is under way")

        def wait() -> None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            with decision:
                if given_up:
                    os.close(descriptor)
                else:
                    came.set()

        threading.Thread(target=wait, daemon=True).start()
        if came.wait(timeout):
            return
        with decision:
            if came.is_set():
                return
            given_up = True
        del self._local.held
        raise Busy("Another write is taking long; try again")
