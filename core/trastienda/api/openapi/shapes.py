"""JSON schemas of plain Python types, as a function's annotation names them: what a plugin's address answers."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Response

from .common import Json

_PLAIN: dict[Any, Json] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Decimal: {"type": "string"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    Response: {"type": "string", "format": "binary"},
}


def answer_of(run: Callable[..., Any]) -> Json:
    """What the function returns; an empty schema where its annotation says nothing."""
    try:
        hints = typing.get_type_hints(run, localns={"Work": object})
    except NameError:
        return {}
    return shape(hints.get("return"))


def shape(annotation: Any) -> Json:
    if annotation in _PLAIN:
        return dict(_PLAIN[annotation])
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [{"type": "null"} if each is type(None) else shape(each) for each in arguments]}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": shape(arguments[1])}
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return {"type": "array", "items": shape(arguments[0])}
    if dataclasses.is_dataclass(annotation):
        return _object(annotation)
    return {}


def _object(kind: Any) -> Json:
    hints = typing.get_type_hints(kind)
    names = [each.name for each in dataclasses.fields(kind)]
    return {"type": "object", "required": names, "properties": {name: shape(hints[name]) for name in names}}
