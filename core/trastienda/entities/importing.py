"""Files into records, through the one write path: checked without a lock, applied set-based, all or nothing."""
from __future__ import annotations

import pickle
import tempfile
from typing import IO, TYPE_CHECKING, cast

from ..errors import BadQuery
from ..languages import gettext
from . import write
from .compiled import CompiledEntity
from .files import Hashed, UnreadableFile
from .import_reading import MOST_ERRORS, Group, GroupReader, TooManyErrors
from .import_results import Imported, Options, Progress, Result, RowError, options_from
from .import_writing import GroupWriter, Writing
from .references import References

if TYPE_CHECKING:
    from ..security.actor import Actor
    from ..site import Site
    from ..storage.models import Company

__all__ = ["IMPORT", "MOST_ERRORS", "Imported", "Options", "Progress", "Result", "RowError", "import_file",
           "options_from", "require_import"]

CHUNK = 1000
IMPORT = "import"


def require_import(site: Site, actor: Actor, entity: CompiledEntity, options: Options) -> None:
    """Raises Forbidden, or BadQuery for an action that there is not."""
    write.require_writable(entity)
    for verb in ("create", IMPORT):
        site.permissions.require(actor, entity.guard, verb)
    if options.action is not None:
        if options.action not in entity.actions:
            raise BadQuery("action", gettext("%(records)s have no action %(action)s",
                                             records=gettext(entity.plural), action=options.action))
        site.permissions.require(actor, entity.guard, entity.actions[options.action].permission or options.action)


def import_file(site: Site, actor: Actor, company: Company, entity: CompiledEntity, source: IO[bytes], *, name: str,
                options: Options, progress: Progress = lambda phase, done, total: None,
                writing: Writing | None = None) -> Result:
    """Import a file; raises Forbidden, BadQuery or UnreadableFile, and reports everything else in the result.

    `writing` runs the one transaction, and may answer with what an earlier one of the same request did.
    """
    require_import(site, actor, entity, options)
    result = Result(dry_run=options.dry_run)
    reader = GroupReader(site, actor, entity, options, result)
    file = Hashed(source, name)
    with tempfile.TemporaryFile() as spool:
        try:
            chunks = _check(reader, References(site.work(actor, company)), file, spool, progress)
            if not result.errors:
                GroupWriter(reader, file, progress).write(
                    spool, chunks, writing or (lambda body: site.write(actor, company, body)))
            if chunks > 1 and not result.errors and not options.dry_run:
                site.database.refresh_statistics()
        except TooManyErrors:
            del result.errors[MOST_ERRORS:]
        except UnreadableFile as error:
            result.errors.append(RowError(error.row or 1, "", error.message))
    if result.errors:
        result.created = result.updated = result.acted = 0
        result.made = {}
        result.errors.sort(key=lambda each: (each.row, each.column))
    return result


def _check(reader: GroupReader, references: References, file: Hashed, spool: IO[bytes], progress: Progress) -> int:
    """Read the file and pickle its records into the spool, in chunks; how many of those there are."""
    chunks, pending = 0, list[Group]()

    def keep() -> None:
        nonlocal chunks
        reader.check_references(references, pending)
        pickle.dump(pending, spool, pickle.HIGHEST_PROTOCOL)
        pending.clear()
        chunks += 1

    for group in reader.groups(cast("IO[bytes]", file), file.name):
        pending.append(group)
        if len(pending) >= CHUNK:
            keep()
            progress("check", reader.result.rows, file.estimate(reader.result.rows))
    if pending:
        keep()
    progress("check", reader.result.rows, reader.result.rows)
    return chunks
