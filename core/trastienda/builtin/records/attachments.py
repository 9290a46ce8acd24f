"""Files attached to any record: whoever may read it may read them, whoever may change it may add and remove them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import IO
from urllib.parse import quote

import peewee
from flask import Response

from ...entities.settings_forms import setting
from ...entities.values import Upload
from ...errors import Invalid, NotFound
from ...jobs.running import RunningJob
from ...languages import gettext
from ...plugin import Disclosure, RecordAt
from ...security.actor import Actor
from ...security.audit import SHARED
from ...site import Site
from ...storage.models import Company, Row, SharedRecord, User
from ...storage.rows import fetch, tuples
from ...work import Work
from .file_types import HEAD, TYPES, clean_name, type_of
from .import_jobs import ImportFile, forget_old
from .stores import received, store_of

MOST = 1000
#: A file that nothing refers to any more is kept so long: a backup that is running has a row that does.
SPARED = timedelta(days=1)
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


@dataclass(frozen=True)
class FileLimits:
    """What may be attached to records."""

    most_mb: int = setting(20, label="Largest file (MB)")
    endings: str = setting(
        "pdf png jpg jpeg gif webp tif tiff heic docx xlsx pptx odt ods odp zip txt csv md json xml xsig eml ics vcf",
        label="Kinds of files",
        help="Endings of their names, with spaces between",
    )


def known_endings(limits: FileLimits) -> Iterator[tuple[str, str]]:
    """Only what the server can tell by its content."""
    if unknown := sorted(set(limits.endings.split()) - set(TYPES)):
        yield (
            "endings",
            gettext("%(ending)s is not one of: %(known)s.", ending=unknown[0], known=" ".join(sorted(TYPES))),
        )
    if not 1 <= limits.most_mb <= 2048:
        yield "most_mb", gettext("From 1 to 2048.")


class Attachment(Row):
    """Of a company's record, or (without a company) of one that all share. The content lies outside the database."""

    id = peewee.BigAutoField()
    company = peewee.ForeignKeyField(Company, null=True, on_delete="CASCADE")
    entity = peewee.CharField(80)
    record = peewee.BigIntegerField()
    name = peewee.CharField(200)
    mimetype = peewee.CharField(100)
    size = peewee.BigIntegerField()
    digest = peewee.CharField(64, index=True, help_text="SHA-256 of the content")
    user = peewee.ForeignKeyField(User, null=True, on_delete="SET NULL")
    by = peewee.CharField(120)
    at = peewee.DateTimeField()

    class Meta:
        table_name = "records_attachment"
        indexes = ((("entity", "record"), False),)


@dataclass(frozen=True)
class AttachmentItem:
    """As it is answered; `url` is where the content can be had."""

    id: int
    name: str
    mimetype: str
    size: int
    digest: str
    by: str
    at: str
    url: str


@dataclass(frozen=True)
class AttachmentList:
    items: Sequence[AttachmentItem]


def item_of(place: RecordAt, row: Attachment) -> AttachmentItem:
    return AttachmentItem(
        row.id,
        row.name,
        row.mimetype,
        row.size,
        row.digest,
        row.by,
        f"{row.at.isoformat()}Z",
        f"{place.address}/attachments/{row.id}",
    )


def list_attachments(work: Work, place: RecordAt) -> AttachmentList:
    """The files attached to a record, newest first."""
    where, values = '"entity" = ? AND "record" = ?', [place.entity.name, place.id]
    rows = fetch(work.site.database, Attachment, where, values, tail=f' ORDER BY "id" DESC LIMIT {MOST}')
    return AttachmentList([item_of(place, row) for row in rows])


def attach(work: Work, place: RecordAt, *, file: Upload) -> AttachmentItem:
    """Attach a file to a record."""
    limits = work.settings(FileLimits)
    name = clean_name(file.name)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in limits.endings.split():
        raise Invalid({"file": [gettext("Files of this kind are not taken. These are: %(endings)s.",
                                        endings=limits.endings)]})  # fmt: skip
    if _of(place).count() >= MOST:
        raise Invalid({"file": [gettext("At most %(most)s files to a record.", most=MOST)]})
    store = store_of(work.site.settings)
    with received(file.stream, most=limits.most_mb << 20) as (path, digest, size):
        with path.open("rb") as content:
            kind = type_of(name, content.read(HEAD))
        if size == 0:
            raise Invalid({"file": [gettext("The file is empty.")]})
        if kind is None:
            raise Invalid({"file": [gettext("The content is not that of a .%(ending)s file.", ending=ending)]})
        work.site.database.serialize(f"trastienda files {digest}")
        if not store.has(digest):
            store.put(path, digest)
    row = Attachment(
        company=_company(work, place), entity=place.entity.name, record=place.id, name=name, mimetype=kind.mimetype,
        size=size, digest=digest, user=work.actor.user, by=work.actor.name, at=_moment(work),
    )  # fmt: skip
    row.id = int(work.execute(Attachment.insert(row.__data__)))
    _audit(work, place, "attach", row, [None, _told(row)])
    return item_of(place, row)


def download(work: Work, place: RecordAt, *, attachment: int) -> Response:
    """The content of an attached file, to be saved and never shown."""
    row = _one(place, attachment)
    try:
        content = store_of(work.site.settings).open(row.digest)
    except FileNotFoundError as error:
        raise NotFound(gettext("The file %(name)s is missing from the store", name=row.name)) from error
    plain = row.name.encode("ascii", "replace").decode().replace("?", "_").replace("\\", "_").replace('"', "_")
    return Response(_parts(content), mimetype=row.mimetype, headers={
        "Content-Length": str(row.size),
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(row.name)}",
        **HEADERS,
    })  # fmt: skip


def _parts(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        while part := content.read(1 << 16):
            yield part


def detach(work: Work, place: RecordAt, *, attachment: int) -> None:
    """Take a file off a record; its content goes with the last record that has it."""
    row = _one(place, attachment)
    work.execute(Attachment.delete().where(Attachment.id == row.id))
    store_of(work.site.settings).touch(row.digest)
    _audit(work, place, "detach", row, [_told(row), None])


def drop_all(work: Work, record: SharedRecord) -> None:
    """With the record that they are attached to."""
    place = RecordAt(work.site.registry.entity_of(record), record.id)
    if digests := [row.digest for row in _of(place)]:
        work.execute(Attachment.delete().where(Attachment.entity == place.entity.name, Attachment.record == place.id))
        for digest in digests:
            store_of(work.site.settings).touch(digest)


def disclose(work: Work, found: Disclosure) -> None:
    """For the person whom the record tells of: each file with what is known of it."""
    place = RecordAt(work.site.registry.entities[found.entity], found.record)
    store, rows = store_of(work.site.settings), list(_of(place).order_by(Attachment.id))
    if rows:
        found.parts["attachments"] = []
    for row in rows:
        name = f"{found.entity}/{found.record}/{row.id}-{row.name}"
        found.files[name] = partial(store.open, row.digest)
        found.parts["attachments"].append({"name": row.name, "size": row.size, "by": row.by,
                                           "at": f"{row.at.isoformat()}Z", "file": f"files/{name}"})  # fmt: skip


def sweep(site: Site) -> int:
    """Remove the content that nothing refers to since a day; how many files. Inside an active site."""
    store, oldest = store_of(site.settings), (site.clock() - SPARED).timestamp()

    def remove(digest: str, _work: Work) -> bool:
        site.database.serialize(f"trastienda files {digest}")
        if _referred(digest):
            return False
        store.remove(digest)
        return True

    system = Actor.system("sweep")
    site.write(system, Company(), forget_old)
    old = [digest for digest, at in store.kept() if at < oldest and not _referred(digest)]
    return sum(site.write(system, Company(), partial(remove, digest)) for digest in old)


def sweep_nightly(job: RunningJob) -> dict[str, int]:
    """The job: how many files were removed."""
    return {"removed": sweep(job.site)}


def missing(work: Work) -> list[str]:
    """For `trastienda doctor`: attachments whose content is gone."""
    store = store_of(work.site.settings)
    rows = Attachment.select(Attachment.digest, peewee.fn.MIN(Attachment.name)).group_by(Attachment.digest)
    return [f"the file {name} ({digest[:12]}…) is not in the store" for digest, name in tuples(rows)
            if not store.has(digest)]  # fmt: skip


def _referred(digest: str) -> bool:
    waiting = ImportFile.select(ImportFile.id).where(ImportFile.digest == digest, ImportFile.result.is_null())
    return bool(Attachment.select(Attachment.id).where(Attachment.digest == digest).exists() or waiting.exists())


def _of(place: RecordAt) -> peewee.ModelSelect[Attachment]:
    return Attachment.select().where(Attachment.entity == place.entity.name, Attachment.record == place.id)


def _one(place: RecordAt, identity: int) -> Attachment:
    row: Attachment | None = _of(place).where(Attachment.id == identity).first()
    if row is None:
        raise NotFound(gettext("No attachment %(key)s", key=identity))
    return row


def _company(work: Work, place: RecordAt) -> int | None:
    return work.company.id if place.entity.scoped else None


def _moment(work: Work) -> datetime:
    return work.now.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _told(row: Attachment) -> dict[str, object]:
    return {"name": row.name, "size": row.size, "digest": row.digest}


def _audit(work: Work, place: RecordAt, action: str, row: Attachment, pair: Sequence[object]) -> None:
    work.audit.record(
        chain=_company(work, place) or SHARED, entity=place.entity.name, record=place.id, key=place.key,
        action=action, changes={f"attachments.{row.id}": pair},
    )  # fmt: skip
