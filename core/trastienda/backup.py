"""A backup: one archive with the database, the attached files, and a manifest by which both are checked.

The archive is a ZIP of `manifest.json`, `database` (SQLite's own file, or PostgreSQL's custom dump) and `files/...`.
The database is of one moment. The files are copied after it: each is there before the transaction that names it has
ended, so all that the database names are there; a few that only later transactions name may be, too.
The keys are not in it: a backup that is stolen signs nobody in and opens no sealed secret.
"""
from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import orjson

from . import __version__
from .errors import Refusal
from .languages import gettext
from .security.audit import Head, heads, verify
from .site import Site
from .storage.database import Database
from .storage.dumps import Counts, count_rows, dump, is_empty, load
from .storage.migrations import applied_migrations
from .upgrade import histories_of

FORMAT = 1
MANIFEST, DATABASE, FILES = "manifest.json", "database", "files/"
BLOCK = 1 << 20

Report = Callable[[str], object]


@dataclass(frozen=True)
class Manifest:
    """What an archive holds. `tables` counts rows; `members` maps a member to its SHA-256; `plugins` to versions."""

    format: int
    made_at: str
    version: str
    dialect: str
    plugins: Mapping[str, str]
    migrations: Sequence[tuple[str, str]]
    tables: Counts
    heads: Sequence[Mapping[str, Any]]
    members: Mapping[str, str]

    @property
    def rows(self) -> int:
        return sum(self.tables.values())

    @property
    def files(self) -> list[str]:
        return [name for name in self.members if name.startswith(FILES)]


# -- making one
def make_backup(site: Site, target: Path, *, report: Report) -> Manifest:
    """Write the archive, while the site is used; it appears under its name when it is whole.

    Raises Refusal where there is something of that name, or the database cannot be copied.
    """
    if target.exists():
        raise Refusal(gettext("There is a %(file)s already", file=target))
    target.parent.mkdir(parents=True, exist_ok=True)
    with _aside(target.parent) as folder:
        copy, archive = folder / DATABASE, folder / "archive"
        report("Copying the database")
        with site.active():
            migrations = applied_migrations(site.database)
            ends = [asdict(head) for head in heads()]  # before the copy, which then contains them
            tables = dump(site.database, copy, programs=site.settings.postgres_programs)
        report("Writing the archive")
        with zipfile.ZipFile(archive, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as written:
            members = {DATABASE: _add(written, DATABASE, copy)}
            members.update((name, _add(written, name, path)) for name, path in _attached(site.settings.files))
            manifest = Manifest(FORMAT, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", __version__, site.database.dialect,
                                _versions(site), migrations, tables, ends, members)
            written.writestr(MANIFEST, orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))
        _settle(archive)
        os.link(archive, target)  # unlike a rename it never replaces what came in between
    return manifest


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A folder that only its owner can read, on the same file system, gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix=".trastienda-", dir=folder))
    try:
        yield made
    finally:
        shutil.rmtree(made)


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    with path.open("rb") as source, archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
        return _copied(source, member)


def _copied(source: IO[bytes], target: IO[bytes] | None = None) -> str:
    """The SHA-256 of what was read, and written to `target` if there is one."""
    digest = hashlib.sha256()
    while block := source.read(BLOCK):
        digest.update(block)
        if target is not None:
            target.write(block)
    return digest.hexdigest()


def _attached(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield FILES + path.relative_to(folder).as_posix(), path


def _settle(path: Path) -> None:
    path.chmod(0o600)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _versions(site: Site) -> dict[str, str]:
    return {each.name: each.version for each in site.loaded.plugins if each.status == "on"}


# -- reading one
def read_backup(site: Site, source: Path, *, report: Report) -> Manifest:
    """Check the whole archive against its manifest, and whether this site can take it.

    Raises Refusal, with all that stands in the way.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive)
            report("Checking the archive")
            problems = [*_damages(archive, manifest), *_mismatches(site, manifest)]
    except (zipfile.BadZipFile, KeyError, orjson.JSONDecodeError, TypeError) as error:
        raise Refusal(gettext("%(file)s is no backup: %(error)s", file=source, error=error)) from error
    if problems:
        raise Refusal("\n".join(problems))
    return manifest


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    found = orjson.loads(archive.read(MANIFEST))
    if found.get("format") != FORMAT:
        raise Refusal(gettext("The backup is of format %(found)s; this version reads format %(known)s",
                              found=found.get("format"), known=FORMAT))
    return Manifest(**found)


def _damages(archive: zipfile.ZipFile, manifest: Manifest) -> Iterator[str]:
    there = set(archive.namelist()) - {MANIFEST}
    for name in sorted(there ^ manifest.members.keys()):
        yield (gettext("%(member)s is not in the manifest", member=name) if name in there
               else gettext("%(member)s is missing", member=name))
    for name in sorted(there & manifest.members.keys()):
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not (name == DATABASE or name.startswith(FILES)):
            yield gettext("%(member)s is no name for a member", member=name)
            continue
        try:
            with archive.open(name) as member:
                if _copied(member) != manifest.members[name]:
                    yield gettext("%(member)s is not what was backed up", member=name)
        except zipfile.BadZipFile:
            yield gettext("%(member)s is damaged", member=name)


def _mismatches(site: Site, manifest: Manifest) -> Iterator[str]:
    if manifest.dialect != site.database.dialect:
        yield gettext("The backup is of %(dialect)s; this site's database is %(own)s",
                      dialect=manifest.dialect, own=site.database.dialect)
    known = {history.name: {each.name for each in history.migrations} for history in histories_of(site)}
    for plugin, name in manifest.migrations:
        if plugin in known and name not in known[plugin]:
            yield gettext("The backup has run %(plugin)s %(name)s, which the installed version does not know; "
                          "it was made with %(version)s", plugin=plugin, name=name,
                          version=f"{plugin} {manifest.plugins.get(plugin, manifest.version)}")


# -- taking it back
def restore_backup(site: Site, source: Path, *, report: Report) -> Manifest:
    """Fill the site's empty database and its folder of files, and check what then is there.

    Raises Refusal where the archive is not whole, is not for this site, or the database is not empty.
    """
    manifest = read_backup(site, source, report=report)
    with site.as_owner() as owner:
        database = owner.database
        if not is_empty(database):
            raise Refusal(gettext("The database is not empty: a backup is restored into an empty one, so "
                                  "that nothing is lost"))
        site.settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _aside(site.settings.data) as folder, zipfile.ZipFile(source) as archive:
            report("Restoring the files")
            for name in manifest.files:
                _place(archive, name, site.settings.files / name.removeprefix(FILES), folder)
            report("Restoring the database")
            with archive.open(DATABASE) as member, (folder / DATABASE).open("xb") as copy:
                _copied(member, copy)
            load(database, folder / DATABASE, programs=site.settings.postgres_programs)
        report("Checking what is there")
        _check(database, manifest)
    return manifest


def _place(archive: zipfile.ZipFile, name: str, path: Path, folder: Path) -> None:
    """A file that is there already holds the same: its name is its digest."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = folder / "file"
    with archive.open(name) as member, aside.open("wb") as file:
        _copied(member, file)
    aside.rename(path)


def _check(database: Database, manifest: Manifest) -> None:
    there = count_rows(database)
    wrong = [gettext("%(table)s has %(there)s rows instead of %(rows)s", table=table, there=there.get(table, 0),
                     rows=rows)
             for table, rows in manifest.tables.items() if there.get(table) != rows]
    broken = verify(database, heads=[Head(**each) for each in manifest.heads])[2]
    wrong += [gettext("audit, transaction %(seal)s: %(what)s", seal=each.seal, what=each.what) for each in broken]
    if wrong:
        raise Refusal("\n".join([gettext("What was restored is not what was backed up:"), *wrong]))
