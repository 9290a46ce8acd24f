"""How far a job has come inside its transaction, told past it: what a transaction writes nobody sees before it ends."""
from __future__ import annotations

import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from .models import JobRecord

if TYPE_CHECKING:
    from ..site import Site

FOLDER = "progress"


@dataclass(frozen=True)
class Progress:
    done: int
    total: int | None
    message: str


def tell(site: Site, *, job: int, token: str, progress: Progress) -> bool:
    """From inside the job's transaction; whether it is still this attempt's.

    On SQLite, where nobody else can write meanwhile, it stands in a file beside the database; elsewhere a second
    connection writes it into the job's row.
    """
    if site.database.dialect == "sqlite":
        _write(_place(site, job), orjson.dumps(asdict(progress)))
        return True
    return _aside(site, job=job, token=token, values=asdict(progress)) == 1


def told(site: Site, job: int) -> Progress | None:
    """What a running job told past its transaction, where that is not in its row."""
    try:
        return Progress(**orjson.loads(_place(site, job).read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        return None


def forget(site: Site, job: int) -> None:
    """The attempt has ended: its row tells everything."""
    _place(site, job).unlink(missing_ok=True)


def _place(site: Site, job: int) -> Path:
    return site.settings.data / FOLDER / str(job)


def _write(place: Path, text: bytes) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = place.with_name(f".{place.name}.{os.getpid()}")
    aside.write_bytes(text)
    os.replace(aside, place)


def _aside(site: Site, *, job: int, token: str, values: dict[str, Any]) -> int:
    """Update the job's row over a connection of another thread; the number of rows that were this attempt's."""
    found: list[int] = []

    def update() -> None:
        mine = (JobRecord.id == job) & (JobRecord.worker == token) & (JobRecord.state == "running")
        with site.active(), site.database.write():
            found.append(JobRecord.update(**values).where(mine).execute())

    thread = threading.Thread(target=update, name=f"progress-{job}")
    thread.start()
    thread.join()
    return sum(found)
