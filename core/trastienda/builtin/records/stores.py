"""Where attached files lie: each under the SHA-256 digest of its content, written once, never changed."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Protocol

from ...errors import Busy, TrastiendaError
from ...languages import gettext
from ...settings import Settings

_PART = 1 << 20
#: Of S3: seconds, and tries by the library underneath.
PATIENCE = {"connect_timeout": 5, "read_timeout": 60, "retries": {"max_attempts": 2}}


class TooLarge(TrastiendaError):
    """More than the limit, noticed while it is read."""

    status = 413
    title = "File too large"
    field = "file"

    def __init__(self, most: int) -> None:
        super().__init__(gettext("The file is larger than %(most)s MB", most=most >> 20))


class StoreAway(Busy):
    """The store of files could not be reached; nothing was written and the request may be repeated."""

    def __init__(self) -> None:
        super().__init__(gettext("The store of files cannot be reached at the moment"))


class Store(Protocol):
    def put(self, source: Path, digest: str) -> None:
        """Keep the file's content; when this returns, a crash does not lose it."""

    def open(self, digest: str) -> IO[bytes]: ...

    def has(self, digest: str) -> bool: ...

    def remove(self, digest: str) -> None: ...

    def touch(self, digest: str) -> None:
        """From now on it counts as new, where that matters to a backup of this store."""

    def kept(self) -> Iterator[tuple[str, float]]:
        """Every digest, and when it was last put or touched (seconds since 1970)."""


class Folder:
    """On this machine's disk: `ab/cdef...` below the folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _place(self, digest: str) -> Path:
        return self.path / digest[:2] / digest[2:]

    def put(self, source: Path, digest: str) -> None:
        place = self._place(digest)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = place.with_name(f".{place.name}.{os.getpid()}.{time.monotonic_ns()}")
        try:
            with source.open("rb") as given, aside.open("xb") as kept:
                while part := given.read(_PART):
                    kept.write(part)
                kept.flush()
                os.fsync(kept.fileno())
            os.replace(aside, place)
        finally:
            aside.unlink(missing_ok=True)
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def open(self, digest: str) -> IO[bytes]:
        return self._place(digest).open("rb")

    def has(self, digest: str) -> bool:
        return self._place(digest).is_file()

    def remove(self, digest: str) -> None:
        self._place(digest).unlink(missing_ok=True)

    def touch(self, digest: str) -> None:
        if self.has(digest):
            os.utime(self._place(digest))

    def kept(self) -> Iterator[tuple[str, float]]:
        for place in sorted(self.path.glob("??/*")):
            if len(place.parent.name + place.name) == 64:
                yield place.parent.name + place.name, place.stat().st_mtime


class Remote:
    """Wherever fsspec reaches, S3 and what speaks like it before all; `trastienda[s3]`."""

    def __init__(self, address: str) -> None:
        try:
            from fsspec.core import url_to_fs
        except ImportError as error:
            raise TrastiendaError(f"{address}: pip install 'trastienda[s3]'") from error
        #: What other processes put must be seen at once; a request must not wait for a server that does not answer.
        patience = {"config_kwargs": PATIENCE} if address.startswith(("s3:", "s3a:")) else {}
        self.system: Any
        self.system, self.root = url_to_fs(address, use_listings_cache=False, skip_instance_cache=True,
                                             **patience)

    def _place(self, digest: str) -> str:
        return f"{self.root}/{digest[:2]}/{digest[2:]}"

    def put(self, source: Path, digest: str) -> None:
        with _reaching():
            self.system.makedirs(f"{self.root}/{digest[:2]}", exist_ok=True)
            self.system.put_file(str(source), self._place(digest))

    def open(self, digest: str) -> IO[bytes]:
        with _reaching():
            found: IO[bytes] = self.system.open(self._place(digest), "rb")
        return found

    def has(self, digest: str) -> bool:
        """Asked by `info`: what fsspec calls `isfile` takes a server that is away for a file that is not there."""
        with _reaching(), suppress(FileNotFoundError):
            return bool(self.system.info(self._place(digest))["type"] == "file")
        return False

    def remove(self, digest: str) -> None:
        if self.has(digest):
            with _reaching():
                self.system.rm_file(self._place(digest))

    def touch(self, digest: str) -> None:
        """`trastienda backup` takes none of these files."""

    def kept(self) -> Iterator[tuple[str, float]]:
        with _reaching():
            places = sorted(self.system.find(self.root))
        for place in places:
            head, _, tail = place.rpartition("/")
            digest = head.rpartition("/")[2] + tail
            if len(digest) == 64:
                with _reaching():
                    at = self.system.modified(place).timestamp()
                yield digest, at


@contextmanager
def _reaching() -> Iterator[None]:
    """Raises StoreAway for whatever a library says when it cannot reach its server."""
    try:
        yield
    except (FileNotFoundError, TrastiendaError):
        raise
    except Exception as error:
        raise StoreAway from error


@lru_cache(maxsize=64)
def _store(address: str | None, folder: Path) -> Store:
    return Folder(folder) if address is None else Remote(address)


def store_of(settings: Settings) -> Store:
    return _store(settings.file_store, settings.files)


@contextmanager
def received(stream: IO[bytes], *, most: int) -> Iterator[tuple[Path, str, int]]:
    """The stream's content in a file of its own, its digest and its size; raises TooLarge beyond `most` bytes."""
    whole, size = sha256(), 0
    stream.seek(0)
    with tempfile.NamedTemporaryFile(prefix="trastienda-") as aside:
        while part := stream.read(_PART):
            size += len(part)
            if size > most:
                raise TooLarge(most)
            whole.update(part)
            aside.write(part)
        aside.flush()
        yield Path(aside.name), whole.hexdigest(), size
