"""The language of salary rules: arithmetic, comparisons, conditions and a few functions over exact decimals.

It is read by Python's parser and then checked node by node against a short list; nothing is ever handed to
Python's own evaluation (`working_out` has one of ours). Size and nesting are bounded when a formula is entered,
numbers when it is worked out: there are no loops, no attributes, no indexes and no calls but of the functions
below, so that its time is bounded by its length.
"""

import ast
import operator
import warnings
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from trastienda import gettext as _

LONGEST = 1_000
MOST_NODES = 300
DEEPEST = 40
LARGEST = Decimal(10) ** 15
LARGEST_POWER = 100
MOST_DECIMALS = 10

Value: TypeAlias = Decimal | bool
Function: TypeAlias = Callable[..., Value]

CONTEXT = Context(prec=40)


class FormulaError(ValueError):
    """A formula that isn't one, or that cannot be worked out; the message says why."""


BINARY: Mapping[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: CONTEXT.add,
    ast.Sub: CONTEXT.subtract,
    ast.Mult: CONTEXT.multiply,
    ast.Div: CONTEXT.divide,
    ast.FloorDiv: CONTEXT.divide_int,
    ast.Mod: CONTEXT.remainder,
}
COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
ALLOWED: tuple[type[ast.AST], ...] = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Call,
    ast.Name,
    ast.Constant,
    ast.Load,
    ast.Pow,
    ast.USub,
    ast.UAdd,
    ast.Not,
    ast.And,
    ast.Or,
    *BINARY,
    *COMPARISONS,
)


def _round(value: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    return _quantized(value, places, ROUND_HALF_UP)


def _quantized(value: Decimal, places: Decimal, rounding: str) -> Decimal:
    if places != int(places) or not 0 <= places <= MOST_DECIMALS:
        raise FormulaError(_("Round to 0 to 10 decimals"))
    return value.quantize(Decimal(1).scaleb(-int(places)), rounding, CONTEXT)


FUNCTIONS: Mapping[str, Function] = {
    "min": lambda *values: min(values),
    "max": lambda *values: max(values),
    "abs": abs,
    "round": _round,
    "floor": lambda value: _quantized(value, Decimal(0), ROUND_FLOOR),
    "ceil": lambda value: _quantized(value, Decimal(0), ROUND_CEILING),
    "trunc": lambda value: _quantized(value, Decimal(0), ROUND_DOWN),
}
#: Functions that look up statutory figures; their first argument is the figure's name, in quotes.
LOOKUPS = frozenset({"rate", "bands"})


@lru_cache(maxsize=2_000)
def parse(text: str) -> ast.expr:
    """The checked tree of a formula; raises FormulaError."""
    if len(text) > LONGEST:
        raise FormulaError(_("A formula has at most {count} characters").format(count=LONGEST))
    if not text.isprintable():
        raise FormulaError(_("A formula is one line"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise FormulaError(_("This is no formula: {text}").format(text=text)) from error
    if sum(1 for node in ast.walk(tree)) > MOST_NODES:
        raise FormulaError(_("The formula is too long"))
    _check(tree, depth=0, text=False)
    return tree.body


def _check(node: ast.AST, *, depth: int, text: bool) -> None:
    """Every node is of the language; `text` where a quoted name may stand."""
    if depth > DEEPEST:
        raise FormulaError(_("The formula is nested too deeply"))
    if not isinstance(node, ALLOWED):
        raise FormulaError(_("{what} has no place in a formula").format(what=type(node).__name__))
    if isinstance(node, ast.Name) and node.id.startswith("_"):
        raise FormulaError(_("There is no name {name}").format(name=node.id))
    if isinstance(node, ast.Constant):
        _check_constant(node, text=text)
    if isinstance(node, ast.Call):
        _check_call(node, depth=depth)
        return
    for child in ast.iter_child_nodes(node):
        _check(child, depth=depth + 1, text=False)


def _check_constant(node: ast.Constant, *, text: bool) -> None:
    if isinstance(node.value, str) and text:
        return
    if isinstance(node.value, (bytes, complex, str)) or node.value in (None, ...):
        raise FormulaError(_("Only numbers stand in a formula"))
    if not isinstance(node.value, bool):
        limited(Decimal(repr(node.value)))


def _check_call(node: ast.Call, *, depth: int) -> None:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS.keys() | LOOKUPS:
        raise FormulaError(_("There is no such function"))
    if node.keywords or not node.args:
        raise FormulaError(_("{name} takes values").format(name=node.func.id))
    lookup = node.func.id in LOOKUPS
    if lookup and not (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)):
        raise FormulaError(_("{name} takes a name in quotes first").format(name=node.func.id))
    for position, argument in enumerate(node.args):
        _check(argument, depth=depth + 1, text=lookup and position == 0)


def limited(value: Decimal) -> Decimal:
    if -LARGEST <= value <= LARGEST:
        return value
    raise FormulaError(_("A number is out of range"))


def power(base: Decimal, exponent: Decimal) -> Decimal:
    if abs(exponent) > LARGEST_POWER:
        raise FormulaError(_("A power is too large"))
    return CONTEXT.power(base, exponent)


@lru_cache(maxsize=2_000)
def names_in(text: str) -> tuple[str, ...]:
    """The names that a formula takes its values from, in their order."""
    tree = parse(text)
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in functions)
    return tuple(sorted({node.id for node in names}))
