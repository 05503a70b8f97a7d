"""Formulas as they are printed, evaluated as they stand.

A formula is a text in the notation of the method report: ``ΔC_G = A * G_TOTAL * CF``. What follows
its first ``=`` is parsed once and evaluated on numbers, arrays, ``Linear`` values or anything else
that can be added and multiplied, in the order in which it is written. Auxiliary names follow after
commas: ``(a * V + b) * s, s = 1 / (1 + R)``. Conditions read ``x if S < 18 else y``, element by
element; functions are ``exp ln log10 √ min max`` and ``sum`` over the last axis.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from sink_models.sampling import Array

_OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}
_COMPARISONS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Lt: np.less,
    ast.Eq: np.equal,
    ast.Gt: np.greater,
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "exp": np.exp,
    "ln": np.log,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "min": np.minimum,
    "max": np.maximum,
    "sum": lambda x: np.sum(x, axis=-1),
}


@dataclass(frozen=True)
class Linear:
    """``constant + slope * V``: what an expression is when V stays open.

    Both parts are arrays of draws. A product of two values with slopes is not linear and raises
    ``TypeError``.

    >>> V = Linear(0.0, 1.0)
    >>> (2.0 * V + 10.0) * 0.5
    Linear(constant=5.0, slope=1.0)
    """

    constant: Array | float
    slope: Array | float
    __array_ufunc__ = None  # an array beside it leaves the arithmetic to this class

    def __add__(self, other: Any) -> Linear:
        if isinstance(other, Linear):
            return Linear(self.constant + other.constant, self.slope + other.slope)
        return Linear(self.constant + other, self.slope)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Linear:
        if isinstance(other, Linear):
            raise TypeError("A product of two straight lines is none.")
        return Linear(self.constant * other, self.slope * other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Linear:
        return Linear(self.constant / other, self.slope / other)


@dataclass(frozen=True)
class Expression:
    """The right side of a formula as a tree, auxiliary trees by name, and the open symbols."""

    text: str
    tree: ast.expr
    auxiliary: Mapping[str, ast.expr]
    symbols: tuple[str, ...]

    def __call__(self, values: Mapping[str, Any]) -> Any:
        """Value of the expression; ``values`` gives every symbol."""
        return self._value(self.tree, values)

    def _value(self, node: ast.expr, values: Mapping[str, Any]) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            if node.id in self.auxiliary:
                return self._value(self.auxiliary[node.id], values)
            return values[node.id]
        if isinstance(node, ast.BinOp):
            left, right = self._value(node.left, values), self._value(node.right, values)
            return _OPERATORS[type(node.op)](left, right)
        if isinstance(node, ast.UnaryOp):
            return _OPERATORS[type(node.op)](self._value(node.operand, values))
        if isinstance(node, ast.IfExp):
            return self._conditional(node, values)
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Name)
        return _FUNCTIONS[node.func.id](*(self._value(each, values) for each in node.args))

    def _conditional(self, node: ast.IfExp, values: Mapping[str, Any]) -> Array:
        """One of two values by a comparison; not known where what is compared is not known."""
        assert isinstance(node.test, ast.Compare)
        left = self._value(node.test.left, values)
        right = self._value(node.test.comparators[0], values)
        holds = _COMPARISONS[type(node.test.ops[0])](left, right)
        chosen = np.where(holds, self._value(node.body, values), self._value(node.orelse, values))
        return np.where(np.isnan(left) | np.isnan(right), np.nan, chosen)


@cache
def parse(text: str) -> Expression:
    """Parse a formula, or its right side alone.

    Raises ``ValueError`` for what is no formula in this notation.

    >>> parse("C = A * c")({"A": 2.0, "c": 5.0})
    10.0
    >>> parse("k * x, k = ln(2) / H").symbols
    ('x', 'H')
    """
    source = text.replace("^", "**").replace("√", "sqrt").replace("Σ", "sum")
    head, *rest = _split(source)
    auxiliary = {}
    for part in rest:
        name, _, body = part.partition("=")
        auxiliary[name.strip()] = _tree(body, text)
    tree = _tree(head.partition(" = ")[2] or head, text)
    names = [
        node.id
        for each in (tree, *auxiliary.values())
        for node in ast.walk(each)
        if isinstance(node, ast.Name) and node.id not in _FUNCTIONS
    ]
    symbols = tuple(each for each in dict.fromkeys(names) if each not in auxiliary)
    return Expression(text, tree, auxiliary, symbols)


def _split(text: str) -> list[str]:
    """Parts between commas outside brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


_ALLOWED = (
    *(ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Compare, ast.Call, ast.Load),
    *_OPERATORS,
    *_COMPARISONS,
)


def _tree(source: str, text: str) -> ast.expr:
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except SyntaxError:
        raise ValueError(f"Invalid formula '{text}'. Join symbols by + - * / ^.") from None
    for node in ast.walk(tree):
        is_known_call = not isinstance(node, ast.Call) or (
            isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS
        )
        is_comparison = not isinstance(node, ast.IfExp) or isinstance(node.test, ast.Compare)
        if not isinstance(node, _ALLOWED) or not is_known_call or not is_comparison:
            raise ValueError(f"Invalid formula '{text}'. '{ast.unparse(node)}' is not allowed.")
    return tree
