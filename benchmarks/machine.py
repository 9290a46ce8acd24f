"""What of the machine and of the software has to do with the figures; nothing that names it."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import statistics
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from .measuring import seconds

BLOCK = b"\0" * 4096


def facts(folder: Path) -> dict[str, object]:
    """`folder` is on the disk that is measured on."""
    return {
        "cores": os.cpu_count(),
        "architecture": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load": round(os.getloadavg()[0], 1),
        "fsync_ms": round(fsync_milliseconds(folder), 2),
        **{name: version(name) for name in ("trastienda", "flask", "peewee", "gunicorn")},
    }


def memory(pid: int, what: Literal["VmRSS", "RssAnon"]) -> float:
    """Megabytes that a process has in memory, all or its own without mapped files; 0 when it is over."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def fsync_milliseconds(folder: Path) -> float:
    """The median time to get four kilobytes more of a file onto the disk."""
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:

        def write() -> None:
            file.write(BLOCK)
            os.fsync(file.fileno())

        return statistics.median(seconds(write) for _ in range(50)) * 1000
