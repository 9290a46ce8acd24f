"""Files between their trial and their import, kept for a day under a name that nobody can guess."""

from __future__ import annotations

import re
import secrets
import time
from pathlib import Path
from typing import IO

from ...errors import NotFound
from ...languages import gettext

FOLDER = "uploads"
KEPT_SECONDS = 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def keep_upload(data: Path, source: IO[bytes], *, name: str, user: int | None) -> str:
    """Store the file for this user; the token that `open_upload` takes."""
    folder = data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(folder)
    token = secrets.token_urlsafe(32)
    with (folder / _file(token, user)).open("xb") as kept:
        while part := source.read(1 << 20):
            kept.write(part)
    (folder / f"{_file(token, user)}.name").write_text(name, encoding="utf-8")
    return token


def open_upload(data: Path, token: str, *, user: int | None) -> tuple[IO[bytes], str]:
    """The file and the name that it came with; raises NotFound for one that is not there or is another's."""
    path = data / FOLDER / _file(token, user)
    if not _TOKEN.fullmatch(token) or not path.is_file():
        raise NotFound(gettext("The file is no longer here; choose it again"))
    return path.open("rb"), path.with_name(f"{path.name}.name").read_text(encoding="utf-8")


def drop_upload(data: Path, token: str, *, user: int | None) -> None:
    if _TOKEN.fullmatch(token):
        for ending in ("", ".name"):
            (data / FOLDER / f"{_file(token, user)}{ending}").unlink(missing_ok=True)


def _file(token: str, user: int | None) -> str:
    return f"{user or 0}.{token}"


def _sweep(folder: Path) -> None:
    oldest = time.time() - KEPT_SECONDS
    for each in folder.iterdir():
        if each.stat().st_mtime < oldest:
            each.unlink(missing_ok=True)
