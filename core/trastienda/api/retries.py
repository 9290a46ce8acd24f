"""Idempotency-Key: a request that is sent again has one effect and gets the same answer."""
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from hashlib import sha256
from typing import Any, TypeVar

import orjson
import peewee
from flask import request

from ..errors import Invalid, Refusal
from ..languages import gettext
from ..storage.answers import Answer
from ..work import Work
from .context import Caller

T = TypeVar("T")
KEPT = timedelta(days=2)


class KeyReused(Invalid):
    """The key came before with another body."""

    title = "Idempotency-Key was used for another request"

    def __init__(self) -> None:
        super().__init__({"Idempotency-Key": [gettext("This key was used with another body or address.")]})


class _Replay(Exception):
    """Carries an earlier answer out of a transaction that must not write."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer


def once(who: Caller, body: Callable[[Work], T], answer: Callable[[T], Any]) -> Any:
    """Write, and answer from inside the transaction; with a key, write once and answer alike ever after.

    The key's row is in the same transaction as the effect: a refusal leaves neither, and a duplicate in flight
    waits for the first at the row's unique key.
    """
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    if key is None:
        return who.site.write(who.actor, who.company, lambda work: (body(work),), answer=lambda made: answer(made[0]))
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise Invalid({"Idempotency-Key": [gettext("From 1 to 200 printable characters.")]})
    row = {"user": who.actor.user or 0, "company": who.company.id, "route": request.path[:300], "key": key}
    print_ = sha256(request.get_data()).hexdigest()

    def guarded(work: Work) -> tuple[T]:
        moment = work.now.astimezone(UTC).replace(tzinfo=None)
        Answer.delete().where(Answer.at < moment - KEPT).execute()
        try:
            with who.site.database.atomic():
                Answer.insert(**row, body=print_, at=moment, answer="").execute()
        except peewee.IntegrityError:
            _replay(row, print_)
        return (body(work),)

    def kept(made: tuple[T]) -> Any:
        value = answer(made[0])
        Answer.update(answer=orjson.dumps(value, default=str).decode()).where(*_same(row)).execute()
        return value

    try:
        return who.site.write(who.actor, who.company, guarded, answer=kept)
    except _Replay as earlier:
        return earlier.answer


def _same(row: dict[str, Any]) -> list[Any]:
    return [getattr(Answer, name) == value for name, value in row.items()]


def _replay(row: dict[str, Any], body: str) -> None:
    earlier = Answer.get_or_none(*_same(row))
    if earlier is None:
        raise Refusal(gettext("The same request is being worked on; try again"))
    if earlier.body != body:
        raise KeyReused
    raise _Replay(orjson.loads(earlier.answer))
