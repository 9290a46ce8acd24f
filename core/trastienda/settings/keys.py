"""The secret key that an installation makes for itself."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from ..errors import TrastiendaError

FILE = "secret.key"


class KeyUnavailable(TrastiendaError):
    """The data directory holds no key and cannot be made to hold one, or holds one that others can read."""

    status = 500
    title = "No secret key"


def kept_key(data: Path) -> str:
    """That of the data directory, readable by its owner alone; whoever comes first makes it."""
    path = data / FILE
    try:
        if not path.exists():
            _make(path)
        if path.stat().st_mode & 0o077:
            raise KeyUnavailable(f"{path} can be read by others: chmod 600 {path}")
        key = path.read_text(encoding="ascii")
    except OSError as error:
        raise KeyUnavailable(
            f"{error.filename}: {error.strerror}; set TRASTIENDA_SECRET_KEY instead"
        ) from error
    if not key:
        raise KeyUnavailable(f"{path} is empty: remove it, and all sign-ins end")
    return key


def _make(path: Path) -> None:
    """Written aside, then linked: another process sees the whole key or none, and the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(descriptor)
        os.link(aside, path)
    except FileExistsError:
        return
    finally:
        aside.unlink()
