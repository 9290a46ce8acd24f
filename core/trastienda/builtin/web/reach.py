"""What the visitor may do with records in particular, where his grants select some of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import peewee

from ...entities.compiled import CompiledEntity
from ...storage.rows import primary, tuples
from .visit import Visit

CHANGING = ("update", "delete")


def verbs_on(visit: Visit, entity: CompiledEntity, ids: Collection[int]) -> Mapping[int, frozenset[str]]:
    """Of changing, deleting and the entity's actions, the verbs that he may on each of these records.

    Where he may on all records it asks nothing of the database, else once for all of these.
    """
    verbs = {action.permission or action.name for action in entity.actions.values()} | {*CHANGING}
    permissions = {verb: visit.site.permissions.of(visit.actor, entity.guard, verb) for verb in sorted(verbs)}
    always = frozenset(verb for verb, each in permissions.items() if each and each.where is None)
    some = [(verb, each.where) for verb, each in permissions.items() if each.where is not None]
    if not some or not ids or entity.declared.of:
        return dict.fromkeys(ids, always)
    key = primary(entity.model)
    asked = entity.model.select(key, *(peewee.Case(None, [(where, 1)], 0) for _verb, where in some))
    found = {row[0]: always | _held(some, row[1:]) for row in tuples(asked.where(key.in_(sorted(ids))))}
    return {identity: found.get(identity, frozenset()) for identity in ids}


def _held(some: Iterable[tuple[str, object]], answers: Iterable[int]) -> set[str]:
    return {verb for (verb, _where), yes in zip(some, answers, strict=True) if yes}


def verbs_on_one(visit: Visit, entity: CompiledEntity, identity: int) -> frozenset[str]:
    return verbs_on(visit, entity, [identity])[identity]
