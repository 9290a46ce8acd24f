"""Records under the names that another system gives them: what an import is sent again by."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from marshmallow import ValidationError

from ..languages import gettext
from ..storage.external import ExternalId
from ..storage.rows import insert_rows, tuples
from .compiled import CompiledEntity

if TYPE_CHECKING:
    from ..work import Work

#: The header of a file, unless the entity has a column of this name.
EXTERNAL_ID = "external_id"
LONGEST = 200


def checked(text: object) -> str:
    """A name as a cell has it."""
    name = str(text).strip()
    if not 1 <= len(name) <= LONGEST or not name.isprintable():
        raise ValidationError(gettext("From 1 to %(most)s printable characters.", most=LONGEST))
    return name


def look_up(work: Work, entity: CompiledEntity, names: Iterable[str]) -> dict[str, int]:
    """The ids of records that have these names and are still there."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    query = ExternalId.select(ExternalId.name, ExternalId.record).where(
        ExternalId.company == _company(work, entity), ExternalId.entity == entity.name, ExternalId.name.in_(wanted))
    found: dict[str, int] = dict(tuples(query))
    there = {each for (each,) in tuples(work.select(entity.model, entity.columns["id"].field).where(
        entity.columns["id"].field.in_(sorted(found.values()))))}
    return {name: identity for name, identity in found.items() if identity in there}


def remember(work: Work, entity: CompiledEntity, records: Mapping[str, int]) -> None:
    """Give new records their names; a name whose record is gone is taken over."""
    if not records:
        return
    company = _company(work, entity)
    names: Sequence[str] = sorted(records)
    ExternalId.delete().where(ExternalId.company == company, ExternalId.entity == entity.name,
                              ExternalId.name.in_(names)).execute()
    insert_rows(work.site.database, ExternalId, [
        ExternalId(company=company, entity=entity.name, name=name, record=records[name]) for name in names])


def _company(work: Work, entity: CompiledEntity) -> int:
    return work.company.id if entity.scoped else 0
