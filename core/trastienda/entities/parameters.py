"""Forms from annotations: the keyword-only parameters of an action or a report, the fields of a settings class."""
from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from marshmallow import Schema, ValidationError, fields

from ..errors import Invalid
from ..languages import gettext
from ..storage.fields import BIGINT_MAX
from ..storage.models import Row
from .compiled import Kind, humanise
from .references import References
from .schemas import Strict, flatten
from .values import (
    DecimalField,
    Reference,
    ReferenceField,
    StrictBoolean,
    StrictDate,
    StrictInteger,
    TextField,
    Upload,
    UploadField,
    at_most,
    one_of,
    within_limit,
)

if TYPE_CHECKING:
    from ..work import Work

SCALES = {"money": 4, "quantity": 6, "rate": 10}


@dataclass(frozen=True)
class Parameter:
    """One field of the form; `name` as it is outside, `argument` as the function has it."""

    name: str
    argument: str
    kind: Kind
    label: str
    required: bool
    default: Any
    options: tuple[str, ...] = ()
    target: type[Row] | None = None
    help: str = ""


@cache
def parameters_of(run: Callable[..., Any]) -> tuple[Parameter, ...]:
    """The form of a function; raises TypeError for an annotation that no field can be made of."""
    hints = typing.get_type_hints(run, include_extras=True, localns=_placeholders())
    words: dict[str, Mapping[str, str]] = {}
    if isinstance(run, type):
        words = {each.name: each.metadata for each in dataclasses.fields(run)}
    found = []
    for each in inspect.signature(run).parameters.values():
        if each.kind is inspect.Parameter.KEYWORD_ONLY or isinstance(run, type):
            said = words.get(each.name, {})
            kind, options, target, optional = _kind(hints.get(each.name, str), run, each.name)
            required = each.default is inspect.Parameter.empty and not optional
            found.append(Parameter(
                name=each.name.rstrip("_"), argument=each.name, kind=kind, required=required,
                label=said.get("label") or humanise(each.name), help=said.get("help", ""),
                default=None if each.default is inspect.Parameter.empty else each.default,
                options=options, target=target))
    return tuple(found)


def _placeholders() -> dict[str, Any]:
    """Names that a plugin imports for its type checker alone."""
    return {"Work": object}


def _kind(annotation: Any, run: Callable[..., Any], name: str) -> tuple[Kind, tuple[str, ...], type[Row] | None, bool]:
    optional = False
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        inner = [each for each in typing.get_args(annotation) if each is not type(None)]
        optional = len(inner) < len(typing.get_args(annotation))
        annotation = inner[0]
        origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return typing.get_args(annotation)[1], (), None, optional
    if origin is Literal:
        return "choice", tuple(str(each) for each in typing.get_args(annotation)), None, optional
    if origin is not None and getattr(origin, "__name__", "") == "Ref":
        return "ref", (), typing.get_args(annotation)[0], optional
    kinds: dict[Any, Kind] = {date: "date", int: "bigint", str: "text", bool: "boolean", Decimal: "money",
                              Upload: "file"}
    if annotation not in kinds:
        raise TypeError(f"{run.__name__}: no form field for {name}: {annotation!r}")
    return kinds[annotation], (), None, optional


@cache
def schema_of_parameters(run: Callable[..., Any]) -> Schema:
    members = {each.name: parameter_field(each) for each in parameters_of(run)}
    return Strict.from_dict(members, name=f"{run.__module__}.{run.__name__}")()


def parameter_field(parameter: Parameter) -> fields.Field[Any]:
    common: dict[str, Any] = {"required": parameter.required, "allow_none": not parameter.required,
                              "metadata": {"title": parameter.label}}
    match parameter.kind:
        case "money" | "quantity" | "rate":
            return DecimalField(SCALES[parameter.kind], **common)
        case "ref":
            return ReferenceField(**common)
        case "date":
            return StrictDate(**common)
        case "boolean":
            return StrictBoolean(**common)
        case "bigint" | "integer":
            return StrictInteger(validate=within_limit(BIGINT_MAX), **common)
        case "choice":
            return TextField(validate=one_of(parameter.options), **common)
        case "longtext":
            return TextField(multiline=True, validate=at_most(100_000), **common)
        case "file":
            return UploadField(**common)
        case _:
            return TextField(validate=at_most(500), **common)


def load_parameters(work: Work, run: Callable[..., Any], given: object, *, new: bool = False) -> dict[str, Any]:
    """The function's keyword arguments from a form, a query or a JSON object; raises Invalid.

    What is `new` names no archived records: an action does, a report may look at them.
    """
    if given is None:
        given = {}
    if not isinstance(given, Mapping):
        raise Invalid({"": [gettext("Give an object with fields.")]})
    try:
        values = schema_of_parameters(run).load({name: value for name, value in given.items() if value != ""})
    except ValidationError as error:
        raise Invalid(flatten(error.messages)) from error
    references = References(work)
    arguments = {}
    for parameter in parameters_of(run):
        if parameter.name in values:
            value = values[parameter.name]
            if isinstance(value, Reference) and parameter.target is not None:
                resolve = references.resolve_new if new else references.resolve
                value = resolve(parameter.target, value, parameter.name)
            if value is not None or parameter.default is None:
                arguments[parameter.argument] = value
        elif parameter.default is None and not parameter.required:
            arguments[parameter.argument] = None
    return arguments
