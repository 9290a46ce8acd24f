"""Idempotency-Key: a request that is sent again has one effect and gets the same answer."""
from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, timedelta
from hashlib import sha256
from typing import Any, TypeVar

import orjson
import peewee
from flask import Response, g, request

from ..errors import Invalid, Refusal
from ..languages import gettext
from ..storage.answers import Answer
from ..work import Work
from .context import Caller

T = TypeVar("T")
KEPT = timedelta(days=2)
_PART = 1 << 20


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


def once(who: Caller, body: Callable[[Work], T], answer: Callable[[T], Any], *, part: object = "") -> Any:
    """Write, and answer from inside the transaction; with a key, write once and answer alike ever after.

    The key's row is in the same transaction as the effect: a refusal leaves neither, and a duplicate in flight
    waits for the first at the row's unique key. A request of several transactions names each as a `part`.
    """
    row = _row(who, part)
    if row is None:
        return who.site.write(who.actor, who.company, lambda work: (body(work),), answer=lambda made: answer(made[0]))
    digest = digest_of_request()

    def guarded(work: Work) -> tuple[T]:
        moment = work.now.astimezone(UTC).replace(tzinfo=None)
        Answer.delete().where(Answer.at < moment - KEPT).execute()
        try:
            with who.site.database.atomic():
                Answer.insert(**row, body=digest, at=moment, answer="").execute()
        except peewee.IntegrityError:
            earlier = _earlier(row, digest)
            if earlier is None:
                raise Refusal(gettext("The same request is being worked on; try again")) from None
            raise _Replay(earlier[0]) from None
        return (body(work),)

    def kept(made: tuple[T]) -> Any:
        value = answer(made[0])
        Answer.update(answer=orjson.dumps(value, default=str).decode()).where(*_same(row)).execute()
        return value

    try:
        return who.site.write(who.actor, who.company, guarded, answer=kept)
    except _Replay as earlier:
        return earlier.answer


def in_parts(who: Caller, run: Callable[[], Any]) -> Any:
    """The answer of a request that makes several transactions, each guarded by `once` as a part of it.

    The answer as a whole is kept when all are made; one that was cut off before runs again, and its parts that were
    made are not made again.
    """
    earlier = answered(who)
    if earlier is not None:
        return earlier[0]
    answer = run()
    return once(who, lambda work: None, lambda _: answer) if "Idempotency-Key" in request.headers else answer


def answered(who: Caller) -> tuple[Any] | None:
    """The answer that this request was given before, if it was; raises KeyReused."""
    row = _row(who, "")
    return None if row is None else _earlier(row, digest_of_request())


def response_once(who: Caller, run: Callable[[Work], Response]) -> Response:
    """As `once`, for what answers with a whole response."""
    kept = once(who, run, lambda response: {
        "status": response.status_code, "headers": list(response.headers.items()),
        "body": b64encode(response.get_data()).decode()})
    return Response(b64decode(kept["body"]), status=kept["status"], headers=kept["headers"])


def digest_of_request() -> str:
    """Of the query, the form and the files as they were sent."""
    if "digest" not in g:
        whole = sha256(request.query_string + b"\0")
        if request.mimetype == "multipart/form-data":
            for name, upload in request.files.items(multi=True):
                whole.update(repr((name, upload.filename, digest_of(upload.stream))).encode())
            whole.update(repr(list(request.form.items(multi=True))).encode())
        else:
            whole.update(request.get_data())
        g.digest = whole.hexdigest()
    found: str = g.digest
    return found


def digest_of(stream: Any) -> str:
    """Of all that a stream holds; it is at its start afterwards."""
    whole = sha256()
    while part := stream.read(_PART):
        whole.update(part)
    stream.seek(0)
    return whole.hexdigest()


def _row(who: Caller, part: object) -> dict[str, Any] | None:
    """The key's row for this request, None without a key; raises Invalid."""
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    if key is None:
        return None
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise Invalid({"Idempotency-Key": [gettext("From 1 to 200 printable characters.")]})
    if part != "":
        key = f"part {sha256(repr((key, part)).encode()).hexdigest()}"
    return {"user": who.actor.user or 0, "company": who.company.id, "route": request.path[:300], "key": key}


def _same(row: dict[str, Any]) -> list[Any]:
    return [getattr(Answer, name) == value for name, value in row.items()]


def _earlier(row: dict[str, Any], digest: str) -> tuple[Any] | None:
    """The answer that was given; raises KeyReused."""
    found = Answer.get_or_none(*_same(row))
    if found is None or not found.answer:
        return None
    if found.body != digest:
        raise KeyReused
    return (orjson.loads(found.answer),)
