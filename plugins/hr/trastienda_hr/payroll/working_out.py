"""A checked formula made into nested functions, once; a payroll works it out for everybody.

Each part is a function of the names' values and of the lookups. Numbers are kept within their bounds wherever one
comes into being.
"""

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from functools import lru_cache
from typing import TypeAlias

from trastienda import gettext as _

from .formula import BINARY, COMPARISONS, FUNCTIONS, LOOKUPS, FormulaError, Function, Value, limited, parse, power

Names: TypeAlias = Mapping[str, Value]
Lookups: TypeAlias = Mapping[str, Function]
Part: TypeAlias = Callable[[Names, Lookups], Value]
NumberPart: TypeAlias = Callable[[Names, Lookups], Decimal]


def evaluate(text: str, names: Names, lookups: Lookups | None = None) -> Value:
    """Work a formula out; raises FormulaError."""
    try:
        return _made(text)(names, lookups or {})
    except (DecimalException, TypeError, ValueError) as error:
        if isinstance(error, FormulaError):
            raise
        reason = _("division by zero") if isinstance(error, ZeroDivisionError) else _("wrong kind of value")
        raise FormulaError(reason) from error


def number(text: str, names: Names, lookups: Lookups | None = None) -> Decimal:
    """As `evaluate`, for a formula whose result is a number; often it is no more than a name."""
    return _checked(names[text] if text in names else evaluate(text, names, lookups))


@lru_cache(maxsize=2_000)
def _made(text: str) -> Part:
    return _part(parse(text))


def _checked(value: Value) -> Decimal:
    if type(value) is not Decimal:
        raise FormulaError(_("A number is needed here"))
    return limited(value)


def _part(node: ast.expr) -> Part:
    match node:
        case ast.Constant():
            value = node.value if isinstance(node.value, bool) else Decimal(repr(node.value))
            return lambda names, lookups: value
        case ast.Name():
            return _name(node.id)
        case ast.BinOp():
            return _binary(node)
        case ast.UnaryOp(op=ast.Not()):
            operand = _part(node.operand)
            return lambda names, lookups: not operand(names, lookups)
        case ast.UnaryOp():
            return _signed(node)
        case ast.BoolOp():
            return _truth(node)
        case ast.IfExp():
            test, yes, no = (_part(each) for each in (node.test, node.body, node.orelse))
            return lambda names, lookups: yes(names, lookups) if test(names, lookups) else no(names, lookups)
        case ast.Compare():
            return _comparison(node)
        case ast.Call(func=ast.Name(id=name)):
            return _lookup(name, node) if name in LOOKUPS else _call(FUNCTIONS[name], node)
        case _:
            raise FormulaError(_("{what} has no place in a formula").format(what=type(node).__name__))


def _number_part(node: ast.expr) -> NumberPart:
    """Of a place where only a number may stand; what is one by its making is not checked again."""
    match node:
        case ast.BinOp():
            return _binary(node)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            return _signed(node)
        case _:
            part = _part(node)
            return lambda names, lookups: _checked(part(names, lookups))


def _name(name: str) -> Part:
    def find(names: Names, _lookups: Lookups) -> Value:
        if name not in names:
            raise FormulaError(_("There is no name {name}").format(name=name))
        return names[name]

    return find


def _binary(node: ast.BinOp) -> NumberPart:
    left, right = _number_part(node.left), _number_part(node.right)
    work_out = power if isinstance(node.op, ast.Pow) else BINARY[type(node.op)]
    return lambda names, lookups: limited(work_out(left(names, lookups), right(names, lookups)))


def _signed(node: ast.UnaryOp) -> NumberPart:
    operand = _number_part(node.operand)
    return (lambda names, lookups: -operand(names, lookups)) if isinstance(node.op, ast.USub) else operand


def _truth(node: ast.BoolOp) -> Part:
    parts, decide = [_part(each) for each in node.values], all if isinstance(node.op, ast.And) else any
    return lambda names, lookups: decide(bool(part(names, lookups)) for part in parts)


def _comparison(node: ast.Compare) -> Part:
    parts = [_part(each) for each in (node.left, *node.comparators)]
    comparisons = [COMPARISONS[type(kind)] for kind in node.ops]

    def compare(names: Names, lookups: Lookups) -> bool:
        values = [part(names, lookups) for part in parts]
        pairs = zip(values, comparisons, values[1:], strict=False)
        return all(holds(left, right) for left, holds, right in pairs)

    return compare


def _call(function: Function, node: ast.Call) -> Part:
    arguments = [_number_part(each) for each in node.args]
    return lambda names, lookups: function(*[argument(names, lookups) for argument in arguments])


def _lookup(name: str, node: ast.Call) -> Part:
    """Of a statutory figure, named by the quoted first argument."""
    first, *others = node.args
    assert isinstance(first, ast.Constant)
    figure, arguments = first.value, [_number_part(each) for each in others]

    def find(names: Names, lookups: Lookups) -> Value:
        if name not in lookups:
            raise FormulaError(_("There is no such function"))
        return lookups[name](figure, *[argument(names, lookups) for argument in arguments])

    return find
