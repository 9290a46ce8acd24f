"""marshmallow fields for what comes in: strict, exact, each refusal a sentence."""
from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO, Any

from marshmallow import ValidationError, fields

from ..languages import gettext
from ..storage.fields import BIGINT_MAX
from .compiled import Column

_DECIMAL = re.compile(r"[+-]?([0-9]+)(?:\.([0-9]+))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INTEGER_MAX = 2**31 - 1
#: The days that are taken from outside: with room before and after for whatever is reckoned from them.
FIRST_DAY, LAST_DAY = date(1000, 1, 1), date(9000, 12, 31)


@dataclass(frozen=True, slots=True)
class Reference:
    """A record named by its id or by its natural key, not looked up yet."""

    id: int | None = None
    key: str | None = None


@dataclass(frozen=True)
class Upload:
    """A file as it was sent: the name is the sender's and says nothing."""

    name: str
    stream: IO[bytes]


class UploadField(fields.Field[Upload]):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Upload:
        if not isinstance(value, Upload):
            raise ValidationError(gettext("Give a file, in a form (multipart/form-data)."))
        return value


class DecimalField(fields.Field[Decimal]):
    """An exact decimal: text such as "1234.50", or a JSON integer. A JSON float is refused: it is not exact."""

    def __init__(self, scale: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
            raise ValidationError(gettext("Give the number as text, such as \"12.50\": a float is not exact."))
        text = str(value).strip()
        match = _DECIMAL.fullmatch(text)
        if not match:
            raise ValidationError(gettext("Not a decimal number."))
        if match[2] and len(match[2].rstrip("0")) > self.scale:
            raise ValidationError(gettext("More than %(decimals)s decimals.", decimals=self.scale))
        if len(match[1]) > 19 or abs(number := Decimal(text)).scaleb(self.scale) > BIGINT_MAX:
            raise ValidationError(gettext("Out of range."))
        return number

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else format(value, "f")


class ReferenceField(fields.Field[Reference]):
    """`{"id": 12}`, `12`, or the natural key as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Reference:
        if isinstance(value, Mapping):
            name, kind = ("id", int) if "id" in value else ("key", str)
            value = value.get(name)
            if not isinstance(value, kind):
                raise ValidationError(gettext("Give the id, the key, or an object that has one of them."))
        if isinstance(value, bool) or not isinstance(value, (int, str)) or value == "":
            raise ValidationError(gettext("Give the id as a number or the key as text."))
        if isinstance(value, int):
            if not 0 < value <= BIGINT_MAX:
                raise ValidationError(gettext("Not an id."))
            return Reference(id=value)
        if "\x00" in value or len(value) > 500:
            raise ValidationError(gettext("Not a key."))
        return Reference(key=value)


class TextField(fields.String):
    """Text without control characters; outer spaces are dropped; an optional text that is empty is its default."""

    def __init__(self, *, multiline: bool = False, filled: bool = False, **kwargs: Any) -> None:
        """`filled`: where it is given at all, it is not empty."""
        super().__init__(**kwargs)
        self.multiline = multiline
        self.filled = filled

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(gettext("Give text."))
        text = value.strip()
        allowed = "\n\r\t" if self.multiline else ""
        if any(ord(char) < 32 and char not in allowed for char in text):
            raise ValidationError(gettext("Control characters are not allowed."))
        if any(0xD800 <= ord(char) <= 0xDFFF for char in text):
            raise ValidationError(gettext("Not valid text."))
        if not text and (self.required or self.filled) and not self.allow_none:
            raise ValidationError(gettext("Must not be empty."))
        return text


class StrictDate(fields.Field[date]):
    """A day as `2026-12-31`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if type(value) is date:
            return value
        if not isinstance(value, str) or not _DATE.fullmatch(value.strip()):
            raise ValidationError(gettext("Give a date as 2026-12-31."))
        try:
            day = date.fromisoformat(value.strip())
        except ValueError as error:
            raise ValidationError(gettext("There is no such day.")) from error
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError(gettext("Out of range."))
        return day

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()


class UtcDateTime(fields.Field[datetime]):
    """A moment in ISO 8601 with its offset (`2026-12-31T10:00:00Z`); kept as UTC without one."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise ValidationError(gettext("Give a moment as 2026-12-31T10:00:00Z.")) from error
        if moment.tzinfo is None:
            raise ValidationError(gettext("Give the offset from UTC, such as Z."))
        if not FIRST_DAY < moment.date() < LAST_DAY:
            raise ValidationError(gettext("Out of range."))
        return moment.astimezone(UTC).replace(tzinfo=None)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat() + "Z"


class StrictBoolean(fields.Boolean):
    """true or false; as text also yes/no in either language, as files have them."""

    truthy = {True, "true", "1", "yes", "sí", "si", "x"}
    falsy = {False, "false", "0", "no", ""}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, (bool, str)):
            raise ValidationError(gettext("Give true or false."))
        return super()._deserialize(value.strip().lower() if isinstance(value, str) else value, attr, data, **kwargs)


class StrictInteger(fields.Integer):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise ValidationError(gettext("Give a whole number."))
        if isinstance(value, str) and not re.fullmatch(r"[+-]?[0-9]{1,19}", value.strip()):
            raise ValidationError(gettext("Give a whole number."))
        return super()._deserialize(value, attr, data, **kwargs)


def within_limit(most: int) -> Callable[[int], None]:
    """Checks say what is wrong in the language of the moment: marshmallow's own keep one text for ever."""
    def check(value: int) -> None:
        if abs(value) > most:
            raise ValidationError(gettext("Out of range."))
    return check


def one_of(options: Collection[str]) -> Callable[[str], None]:
    def check(value: str) -> None:
        if value not in options:
            raise ValidationError(gettext("Must be one of: %(options)s.", options=", ".join(options)))
    return check


def at_most(limit: int) -> Callable[[str], None]:
    def check(value: str) -> None:
        if len(value) > limit:
            raise ValidationError(gettext("Longer than %(limit)s characters.", limit=limit))
    return check


def _common(column: Column) -> dict[str, Any]:
    """What a field of any kind is told."""
    metadata: dict[str, Any] = {"description": column.help, "title": column.label}
    if column.extension is not None and column.extension.always and column.field.default is not None:
        default = column.field.default
        metadata["default"] = default if isinstance(default, (bool, int, str)) else str(default)
    null = bool(column.field.null) and not column.required
    return {"required": column.required, "allow_none": null, "metadata": metadata}


def input_field(column: Column) -> fields.Field[Any]:
    """The marshmallow field that takes a column's values."""
    common = _common(column)
    match column.kind:
        case "money" | "quantity" | "rate":
            return DecimalField(column.scale, **common)
        case "ref":
            return ReferenceField(**common)
        case "date":
            return StrictDate(**common)
        case "datetime":
            return UtcDateTime(**common)
        case "boolean":
            return StrictBoolean(**common)
        case "integer":
            return StrictInteger(validate=within_limit(INTEGER_MAX), **common)
        case "bigint" | "id":
            return StrictInteger(validate=within_limit(BIGINT_MAX), **common)
        case "choice" | "state":
            return TextField(validate=one_of(column.options), filled=column.required, **common)
        case "json" | "file":
            return fields.Raw(**common)
        case "longtext":
            return TextField(multiline=True, validate=at_most(100_000), filled=column.required, **common)
        case "text":
            limit = column.max_length
            return TextField(validate=at_most(limit) if limit else None, filled=column.required, **common)
