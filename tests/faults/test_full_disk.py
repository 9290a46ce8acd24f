"""The disk under an SQLite database fills up while clients post entries, and is freed again."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from .conftest import API, Office


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(file: Path) -> None:
    with suppress(OSError), file.open("wb", buffering=0) as opened:
        while opened.write(b"\0" * 4096):
            pass


def test_a_full_disk_is_503_and_loses_nothing_and_needs_no_restart(
        small_disk: Path, tmp_path: Path, open_office: Callable[[str, Path], Office]) -> None:
    office = open_office(f"sqlite:///{small_disk / 'office.db'}", tmp_path)
    with office.at_work(2):
        office.wait_for_postings(3)
        filler = small_disk / "filler"
        fill(filler)
        refusals = [office.call("POST", f"{API}/journals", {"code": f"J{number}", "name": "x" * 80})
                    for number in range(20)]
        assert {status for status, _ in refusals} <= {201, 503}, refusals[-1]
        status, answer = refusals[-1]
        assert (status, answer["title"], answer["detail"]) == (503, "Busy", "The disk is full; nothing was written")
        assert office.call("GET", f"{API}/accounts")[0] == 200, "reading goes on"
        filler.unlink()
        office.wait_for_postings(5)
    made = sum(status == 201 for status, _ in refusals)
    assert office.call("GET", f"{API}/journals?count=exact")[1]["count"] == 1 + made
    office.check()
