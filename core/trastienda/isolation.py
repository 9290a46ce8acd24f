"""A plugin's code at run time: what goes wrong in it costs one request, and is told with the plugin's name."""
from __future__ import annotations

import difflib
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import UnionType
from typing import NoReturn, TypeVar

import orjson
import peewee
from click import ClickException
from werkzeug.exceptions import HTTPException

from .errors import TrastiendaError
from .languages import gettext
from .log import get_logger
from .storage.models import current_database

T = TypeVar("T")

log = get_logger(__name__)


class PluginFailed(TrastiendaError):
    """A plugin's code raised what no one may raise on purpose, or answered with something of the wrong type.

    `what` says which code of it: `report fleet.costs`. The cause is chained, for the log alone.
    """

    status = 500
    title = "Plugin failed"

    def __init__(self, *, plugin: str, what: str) -> None:
        super().__init__(gettext("The plugin %(plugin)s failed in its %(what)s; it has been logged",
                                 plugin=plugin, what=what))
        self.plugin = plugin
        self.what = what
        self.extra = {"plugin": plugin, "what": what}
        self.noted = False


class NoSuchService(LookupError):
    """Nobody offers a service of that name; the message says who offers what comes near."""

    def __init__(self, name: str, offered: Mapping[str, str]) -> None:
        head = name.partition("/")[0]
        near = [each for each in offered if each.partition("/")[0] == head] \
            or difflib.get_close_matches(name, offered, 3)
        told = "; ".join(f"{offered[each]} offers {each}" for each in sorted(near)) or "is its plugin installed?"
        super().__init__(f"no plugin that is on offers the service {name}: {told}")
        self.name = name


class WrongType(TypeError):
    """A plugin's function returned or yielded something else than it must."""


@dataclass(frozen=True)
class Failure:
    """How often a plugin has failed since this process started, and what happened last."""

    count: int
    message: str
    at: datetime

    def and_(self, other: Failure | None) -> Failure:
        """Both together."""
        if other is None:
            return self
        last = max(self, other, key=lambda each: each.at)
        return Failure(self.count + other.count, last.message, last.at)


class Failures:
    """What failed since the server started, by plugin; each is logged once, with its traceback.

    A server's processes tell each other by a small file each, so that a page of any of them names all.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, Failure] = {}
        self._folder: Path | None = None

    def share(self, folder: Path) -> None:
        """Among the processes that are forked from this one; what earlier ones left in the folder goes."""
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob("*.json"):
            left.unlink(missing_ok=True)
        self._folder = folder

    def note(self, error: PluginFailed) -> None:
        """Count and log it, unless that was done on its way here."""
        if error.noted:
            return
        error.noted = True
        cause = error.__cause__
        message = f"{error.what}: {type(cause).__name__}: {cause}" if cause is not None else error.what
        with self._lock:
            known = self._found.get(error.plugin)
            count = known.count + 1 if known is not None else 1
            self._found[error.plugin] = Failure(count, message, datetime.now(UTC))
            self._tell()
        log.error("a plugin failed", plugin=error.plugin, what=error.what, exc_info=cause or error)

    def _tell(self) -> None:
        if self._folder is not None:
            own = self._folder / f"{os.getpid()}.json"
            own.with_suffix(".new").write_bytes(orjson.dumps(self._found))
            own.with_suffix(".new").replace(own)

    def by_plugin(self) -> Mapping[str, Failure]:
        """Of all processes: how often in all, and what happened last."""
        found = dict(self._found)
        for file in sorted(self._folder.glob("*.json")) if self._folder is not None else ():
            if file.stem != str(os.getpid()):
                for plugin, told in orjson.loads(file.read_bytes()).items():
                    other = Failure(told["count"], told["message"], datetime.fromisoformat(told["at"]))
                    found[plugin] = other.and_(found.get(plugin))
        return found


@contextmanager
def blaming(plugin: str, what: str) -> Iterator[None]:
    """Around a call into a plugin's code: raises PluginFailed for whatever it did not raise on purpose."""
    try:
        yield
    except (Exception, SystemExit) as error:
        blame(error, plugin=plugin, what=what)


def checked(answer: T, kind: type | UnionType) -> T:
    """The answer, if it is of this type; raises WrongType, inside `blaming`."""
    if not isinstance(answer, kind):
        raise WrongType(f"{type(answer).__name__} instead of {getattr(kind, '__name__', kind)}")
    return answer


def blame(error: BaseException, *, plugin: str, what: str) -> NoReturn:
    """Raise PluginFailed for an error of a plugin's code; the error itself where it is not the plugin's fault.

    For loops too hot for `blaming`: a `try` around the loop costs nothing until something is raised.
    """
    if isinstance(error, (TrastiendaError, HTTPException, ClickException)) or _is_the_database(error):
        raise error
    raise PluginFailed(plugin=plugin, what=what) from error


def _is_the_database(error: BaseException) -> bool:
    """A lost race, a lost database, or a constraint that is explained elsewhere; not a wrong statement."""
    if not isinstance(error, peewee.DatabaseError):
        return False
    database = current_database.obj
    return database is not None and (
        database.violation(error) is not None or database.is_transient(error)
        or (isinstance(error, peewee.OperationalError) and database.is_lost(error)))
