"""The keys that an installation makes for itself, kept in files of the data directory."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet

from ..errors import TrastiendaError

SIGNING, SEALING = "secret.key", "encryption.key"


class KeyUnavailable(TrastiendaError):
    """The data directory holds no key and cannot be made to hold one, or holds one that others can read."""

    status = 500
    title = "No secret key"


def kept_key(data: Path) -> str:
    """The one that signs sessions, readable by its owner alone; whoever comes first makes it."""
    path = data / SIGNING
    key = _kept(path, secrets.token_urlsafe(48), variable="TRASTIENDA_SECRET_KEY")
    if not key:
        raise KeyUnavailable(f"{path} is empty: remove it, and all sign-ins end")
    return key


def kept_sealing_keys(data: Path, *, make: bool) -> tuple[str, ...]:
    """Those that seal secrets in the database, the first for new ones; none where there is no file and none is made."""
    path = data / SEALING
    if not make and not path.exists():
        return ()
    return tuple(_kept(path, new_sealing_key(), variable="TRASTIENDA_ENCRYPTION_KEYS").split())


def new_sealing_key() -> str:
    return Fernet.generate_key().decode()


def keep_sealing_keys(data: Path, keys: Sequence[str]) -> None:
    """Replace those of the file, the whole at once."""
    path = data / SEALING
    aside = _aside(path, "\n".join(keys))
    aside.replace(path)


def _kept(path: Path, new: str, *, variable: str) -> str:
    try:
        if not path.exists():
            _make(path, new)
        if path.stat().st_mode & 0o077:
            raise KeyUnavailable(f"{path} can be read by others: chmod 600 {path}")
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise KeyUnavailable(f"{error.filename}: {error.strerror}; set {variable} instead") from error


def _make(path: Path, key: str) -> None:
    """Written aside, then linked: another process sees the whole key or none, and the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = _aside(path, key)
    try:
        os.link(aside, path)
    except FileExistsError:
        return
    finally:
        aside.unlink()


def _aside(path: Path, text: str) -> Path:
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    return aside
