"""What can go wrong on purpose. Each error is a status at the edge and a sentence for a person."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from .languages import gettext


class TrastiendaError(Exception):
    """A failure that is explained to the person who caused it; never a stack trace."""

    status = 400
    title = "Bad request"
    #: The one field at fault, where a subclass knows it.
    field = ""
    #: Further members of the problem document: plain JSON values.
    extra: Mapping[str, object] = {}

    @property
    def errors(self) -> Mapping[str, list[str]]:
        """Sentences by the path of their field; what concerns no field in particular stands under ``""``."""
        return {self.field: [str(self)]}

    def members(self) -> dict[str, object]:
        """What the problem document says beyond status, title and detail."""
        known = {} if self.errors == {"": [str(self)]} else {"errors": self.errors}
        return {**self.extra, **known}


class Refusal(TrastiendaError):
    """A business rule says no: the request was well formed, the state of the books forbids it.

    A subclass whose refusal is about one field says so: ``field = "date"``; the answer then names it as it names the
    field of a value that cannot be taken.
    """

    status = 409
    title = "Refused"


class Invalid(TrastiendaError):
    """Values that cannot be taken. `errors` maps a field's path (`lines.2.debit`) to its messages."""

    status = 422
    title = "Invalid values"
    errors: Mapping[str, list[str]] = {}

    def __init__(self, errors: Mapping[str, Sequence[str]], message: str = "") -> None:
        first = next(((path, texts) for path, texts in errors.items() if texts), ("", [""]))
        super().__init__(message or f"{first[0]}: {first[1][0]}")
        self.errors = {path: list(texts) for path, texts in errors.items()}


class BadQuery(TrastiendaError):
    """A list or report was asked for in a way that it does not offer."""

    title = "Bad query"
    errors: Mapping[str, list[str]] = {}

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(f"{parameter}: {message}")
        self.errors = {parameter: [message]}


class NotSignedIn(TrastiendaError):
    """Nobody, or a token or password that is not good."""

    status = 401
    title = "Not signed in"


class Forbidden(TrastiendaError):
    """The actor lacks the permission."""

    status = 403
    title = "Not allowed"


class SafeMode(TrastiendaError):
    """The site has the bundled plugins alone: what the others would veto must not be written meanwhile."""

    status = 503
    title = "Safe mode"


class NotFound(TrastiendaError):
    """There is no such thing, or none that the actor may see."""

    status = 404
    title = "Not found"


class Stale(TrastiendaError):
    """The record changed since the caller read it."""

    status = 412
    title = "Changed by someone else"

    def __init__(self, entity: str, record_id: int, expected: int, actual: int) -> None:
        super().__init__(gettext("%(entity)s %(record)s is at version %(actual)s, not %(expected)s",
                                 entity=entity, record=record_id, actual=actual, expected=expected))
        self.extra = {"version": actual}


class VersionRequired(TrastiendaError):
    status = 428
    title = "If-Match is required"


class Busy(TrastiendaError):
    """The database could not be had in time; nothing was written and the request may be repeated."""

    status = 503
    title = "Busy"
