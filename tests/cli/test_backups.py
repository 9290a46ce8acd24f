"""A backup made while the site is written to, and what restoring it brings back or refuses."""

import json
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from trastienda.errors import Refusal
from trastienda.storage.dumps import _run
from trastienda.testing import postgres
from trastienda.testing.databases import Databases
from trastienda.testing.serving import served

Run = Callable[..., Result]


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore of the tests' own server."""
    monkeypatch.setenv("TRASTIENDA_POSTGRES_PROGRAMS", str(postgres.programs()))


@pytest.fixture
def empty(database_backend: str, databases: Databases) -> str:
    """A second database of the same kind, with nothing in it."""
    return databases.server(database_backend).create(databases.new_name())


@pytest.fixture
def backed_up(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: None) -> Path:
    """A backup of the company ACME with two guests and an attached file."""
    monkeypatch.setenv("TRASTIENDA_DATA", str(tmp_path / "old"))
    attached = tmp_path / "old" / "files" / "ab" / "abcd"
    attached.parent.mkdir(parents=True)
    attached.write_text("a contract")
    (tmp_path / "guests.csv").write_text("code,name,nights\nG1,Ana,2\nG2,Luis,3\n")
    assert run("import", "guesthouse.guest", "guests.csv").exit_code == 0
    made = run("backup", "all.zip")
    assert (made.exit_code, made.stderr) == (0, "  Copying the database\n  Writing the archive\n")
    return tmp_path / "all.zip"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty: str, backed_up: Path) -> None:
    """From here on the commands are those of another, empty installation."""
    monkeypatch.setenv("TRASTIENDA_DATA", str(tmp_path / "new"))
    monkeypatch.setenv("TRASTIENDA_DATABASE", empty)


def exported(run: Run) -> str:
    return run("export", "guesthouse.guest", "--format", "csv").stdout


@pytest.mark.usefixtures("elsewhere")
def test_a_restored_site_has_the_records_the_files_and_the_audit(run: Run, tmp_path: Path) -> None:
    restored = run("restore", "all.zip")
    assert (restored.exit_code, restored.stdout.split(" made at")[0][:9]) == (0, "Restored "), restored.stderr
    assert [line.split(",")[1:3] for line in exported(run).splitlines()[1:]] == [["G1", "Ana"], ["G2", "Luis"]]
    assert (tmp_path / "new" / "files" / "ab" / "abcd").read_text() == "a contract"
    assert run("audit", "verify").exit_code == 0
    assert run("doctor").stdout.endswith("All is well.\n")


@pytest.mark.usefixtures("elsewhere")
def test_what_is_restored_can_be_written_to_and_keeps_its_triggers(run: Run, tmp_path: Path) -> None:
    run("restore", "all.zip")
    (tmp_path / "more.csv").write_text("code,name,nights\nG3,Eva,1\n")
    assert run("import", "guesthouse.guest", "more.csv").exit_code == 0
    assert run("migrate").stdout == "Nothing to do.\n"


def test_a_database_that_is_not_empty_is_left_alone(run: Run, backed_up: Path) -> None:
    before = exported(run)
    refused = run("restore", str(backed_up))
    assert (refused.exit_code, "The database is not empty: a backup is restored into" in refused.stderr) == (1, True)
    assert exported(run) == before


def test_a_backup_is_never_written_over(run: Run, backed_up: Path) -> None:
    before = backed_up.read_bytes()
    assert run("backup", str(backed_up)).stderr == f"There is a {backed_up} already\n"
    assert backed_up.read_bytes() == before
    assert [path.name for path in backed_up.parent.glob(".trastienda-*")] == []


def test_only_its_owner_can_read_a_backup(backed_up: Path) -> None:
    assert backed_up.stat().st_mode & 0o777 == 0o600


def test_a_folder_gets_a_file_named_by_the_time(run: Run, backed_up: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    assert run("backup", "kept").exit_code == 0
    assert [path.suffix for path in (tmp_path / "kept").iterdir()] == [".zip"]


def rewritten(archive: Path, name: str, change: Callable[[bytes], bytes | None], *, add: str = "") -> None:
    """The same archive with one member changed, or left out, or another added."""
    old = archive.rename(archive.with_suffix(".old"))
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(archive, "w") as target:
        for each in source.namelist():
            content = change(source.read(each)) if each == name else source.read(each)
            if content is not None:
                target.writestr(each, content)
        if add:
            target.writestr(add, "surplus")


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(("name", "change", "add", "said"), [
    ("database", lambda content: content[:-1] + b"\0\1", "", "database is not what was backed up"),
    ("files/ab/abcd", lambda content: b"another contract", "", "files/ab/abcd is not what was backed up"),
    ("files/ab/abcd", lambda content: None, "", "files/ab/abcd is missing"),
    ("", lambda content: content, "files/../../evil", "files/../../evil is not in the manifest"),
    ("manifest.json", lambda content: content.replace(b'"dialect": "', b'"dialect": "my'), "", "The backup is of my"),
    ("manifest.json", lambda content: content.replace(b"0001_initial", b"0009_later"), "",
     "guesthouse 0009_later, which the installed version does not know"),
    ("manifest.json", lambda content: content.replace(b'"format": 1', b'"format": 7'), "", "reads format 1"),
    ("manifest.json", lambda content: None, "", "is no backup"),
])
def test_an_archive_that_is_not_whole_or_not_for_this_site_is_refused_before_anything_is_written(
        run: Run, backed_up: Path, tmp_path: Path, name: str, change: Callable[[bytes], bytes | None], add: str,
        said: str) -> None:
    rewritten(backed_up, name, change, add=add)
    for arguments in (("--dry-run",), ()):
        refused = run("restore", "all.zip", *arguments)
        assert (refused.exit_code, said in refused.stderr) == (1, True), refused.stderr
    assert not (tmp_path / "evil").exists()
    assert not (tmp_path / "new" / "files").exists()
    assert run("migrate").stdout != "Nothing to do.\n", "the database is empty still"


@pytest.mark.usefixtures("elsewhere")
def test_rows_that_the_manifest_counts_differently_are_reported(run: Run, backed_up: Path) -> None:
    def fewer(content: bytes) -> bytes:
        manifest = json.loads(content)
        manifest["tables"]["guesthouse_guest"] = 3
        return json.dumps(manifest).encode()

    rewritten(backed_up, "manifest.json", fewer)
    refused = run("restore", "all.zip")
    assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (1, "guesthouse_guest has 2 rows instead of 3")


def test_a_file_that_is_no_archive_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a backup")
    refused = run("restore", "notes.txt")
    assert (refused.exit_code, refused.stderr) == (1, "notes.txt is no backup: File is not a zip file\n")


def test_without_the_programs_of_postgresql_the_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="setting postgres_programs"):
        _run("pg_dump", [], {}, tmp_path)


def test_a_backup_under_load_is_of_one_moment(run: Run, tmp_path: Path, programs: None, empty: str,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients go on writing while it is made; the restored audit chain has whole transactions alone."""
    token = run("token", "create", "--user", "admin").stdout.strip()
    stop, made = threading.Event(), [0, 0]

    with served("serve", "--bind", "127.0.0.1:0", "--workers", "2") as server:
        def write(client: int) -> None:
            while not stop.is_set():
                guest = {"code": f"{client}-{made[client]}", "name": "Ana", "nights": 1}
                assert server.call("POST", "/api/v1/guesthouse/guests", guest, token=token)[0] == 201
                made[client] += 1

        writers = [threading.Thread(target=write, args=[number]) for number in range(2)]
        for writer in writers:
            writer.start()
        try:
            while sum(made) < 4:
                stop.wait(0.01)
            before = sum(made)
            for number in range(3):
                assert run("backup", f"{number}.zip").exit_code == 0
            after = sum(made)
        finally:
            stop.set()
            for writer in writers:
                writer.join()
    assert after > before, "it was written to meanwhile"
    monkeypatch.setenv("TRASTIENDA_DATA", str(tmp_path / "new"))
    monkeypatch.setenv("TRASTIENDA_DATABASE", empty)
    restored = run("restore", "2.zip")
    assert restored.exit_code == 0, restored.stderr
    assert before <= len(exported(run).splitlines()) - 1 <= sum(made)
    assert run("doctor").exit_code == 0
