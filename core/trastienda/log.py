"""Logs: one JSON object a line on standard error, from the core, the plugins and every library alike."""

from __future__ import annotations

import logging
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class _StandardError(logging.Handler):
    """Writes to what standard error is at the moment, which tests and servers replace."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


def configure_logging(level: str) -> None:
    """Log what is of this level (debug, info, warning, error) or a graver one."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _to_json],
        )
    )
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each, _StandardError)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())


def get_logger(name: str) -> Any:
    """`log.info("what happened", key=value)`; `log.exception(...)` adds the traceback."""
    return structlog.stdlib.get_logger(name)


@contextmanager
def request_context(request_id: str, **values: object) -> Iterator[None]:
    """Every line of this context carries the request's id and these values."""
    with structlog.contextvars.bound_contextvars(request_id=request_id, **values):
        yield


def request_id_of(header: str | None) -> str:
    """The caller's own `X-Request-ID` where it is a short plain word, else a new one of 16 digits."""
    return header if header and _REQUEST_ID.fullmatch(header) else secrets.token_hex(8)


def _to_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
