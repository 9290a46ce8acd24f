"""Columns that peewee does not have: exact scaled numbers, and a state that only transitions change."""
from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

import peewee

if not TYPE_CHECKING:  # peewee's fields are generic in its stubs only
    peewee.Field.__class_getitem__ = classmethod(lambda cls, _: cls)

_V = TypeVar("_V")
BIGINT_MAX = 2**63 - 1


class ScaledField(peewee.Field[_V]):
    """An exact decimal, stored as a BIGINT of its smallest unit. Summed in SQL, never multiplied there."""

    field_type = "BIGINT"
    scale = 0

    def db_value(self, value: Any) -> int | None:
        """The scaled integer; raises ValueError for a float, too many decimals, NaN or a value out of range."""
        if value is None:
            return None
        if isinstance(value, (float, bool)):
            raise ValueError("not an exact decimal")
        try:
            scaled = Decimal(value).scaleb(self.scale)
            whole = int(scaled)
        except (InvalidOperation, TypeError, ValueError, OverflowError) as error:
            raise ValueError("not a decimal number") from error
        if whole != scaled:
            raise ValueError(f"more than {self.scale} decimals")
        if not -BIGINT_MAX <= whole <= BIGINT_MAX:
            raise ValueError("out of range")
        return whole

    def python_value(self, value: Any) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.scale)

    def _not_multiplied(self, _other: object) -> Any:
        raise TypeError(f"{self.name} is a scaled integer: sum it in SQL, multiply it in Python")

    __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _not_multiplied


class MoneyField(ScaledField[_V]):
    """An amount of money, four decimals in store.

    It is shown with, and limited to, the decimals of its currency: that of the sibling column
    named by `currency`, else the company's.
    """

    scale = 4

    currency: str | None

    if not TYPE_CHECKING:
        def __init__(self, currency: str | None = None, **kwargs: Any) -> None:
            self.currency = currency
            super().__init__(**kwargs)
    else:
        @overload
        def __new__(cls, currency: str | None = ..., *, null: Literal[True], default: Decimal | None = ...,
                    help_text: str = ..., verbose_name: str = ...) -> MoneyField[Decimal | None]: ...
        @overload
        def __new__(cls, currency: str | None = ..., *, null: Literal[False] = ..., default: Decimal = ...,
                    help_text: str = ..., verbose_name: str = ...) -> MoneyField[Decimal]: ...
        def __new__(cls, *args: Any, **kwargs: Any) -> Any: ...


class QuantityField(ScaledField[_V]):
    """A quantity of something countable or measurable, six decimals."""

    scale = 6
    if TYPE_CHECKING:
        @overload
        def __new__(cls, *, null: Literal[True], default: Decimal | None = ...,
                    help_text: str = ..., verbose_name: str = ...) -> QuantityField[Decimal | None]: ...
        @overload
        def __new__(cls, *, null: Literal[False] = ..., default: Decimal = ...,
                    help_text: str = ..., verbose_name: str = ...) -> QuantityField[Decimal]: ...
        def __new__(cls, **kwargs: Any) -> Any: ...


class RateField(ScaledField[_V]):
    """A rate or a factor, ten decimals: an exchange rate, a share; 21 % is 0.21."""

    scale = 10
    if TYPE_CHECKING:
        @overload
        def __new__(cls, *, null: Literal[True], default: Decimal | None = ...,
                    help_text: str = ..., verbose_name: str = ...) -> RateField[Decimal | None]: ...
        @overload
        def __new__(cls, *, null: Literal[False] = ..., default: Decimal = ...,
                    help_text: str = ..., verbose_name: str = ...) -> RateField[Decimal]: ...
        def __new__(cls, **kwargs: Any) -> Any: ...


class StateField(peewee.CharField[str]):
    """The first state is where a record is born; only transitions change it."""

    def __init__(self, *states: str, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        kwargs.setdefault("default", states[0] if states else None)
        kwargs.setdefault("index", True)
        super().__init__(**kwargs)
        self.states = states

    if TYPE_CHECKING:
        def __new__(
            cls, *states: str, verbose_name: str = ..., help_text: str = ..., index: bool = ...,
        ) -> StateField: ...

    def clone(self) -> Any:
        return StateField(*self.states, max_length=self.max_length, index=self.index,
                          verbose_name=self.verbose_name, help_text=self.help_text)


class ChoiceField(peewee.CharField[str]):
    """One of a few fixed words, kept as the word: `kind = ChoiceField("asset", "liability")`."""

    def __init__(self, *options: str, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)
        self.options = options

    if TYPE_CHECKING:
        @overload
        def __new__(cls, *options: str, null: Literal[True], default: str | None = ..., verbose_name: str = ...,
                    help_text: str = ..., index: bool = ..., max_length: int = ...) -> ChoiceField: ...
        @overload
        def __new__(cls, *options: str, null: Literal[False] = ..., default: str = ..., verbose_name: str = ...,
                    help_text: str = ..., index: bool = ..., max_length: int = ...) -> ChoiceField: ...
        def __new__(cls, *options: str, **kwargs: Any) -> Any: ...

    def clone(self) -> Any:
        return ChoiceField(*self.options, max_length=self.max_length, index=self.index, null=self.null,
                           default=self.default, verbose_name=self.verbose_name, help_text=self.help_text)


def total(column: peewee.Field[Any]) -> peewee.Function:
    """SUM in the column's own unit: peewee leaves a SUM unconverted, a scaled integer."""
    return peewee.fn.SUM(column).converter(column.python_value)
