"""Expressions of KPI definitions: columns, numbers, + - * /, comparisons, and / or / not; nothing else."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

__all__ = ["ExpressionError", "evaluate", "names_in", "parse"]

Array = npt.NDArray[np.float64]
_LONGEST = 300
_ARITHMETIC: dict[type[ast.operator], Callable[[Array, Array], Array]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Array, Array], npt.NDArray[np.bool_]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_NODES = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Name, ast.Load, ast.Constant,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub, ast.Not, ast.And, ast.Or, *_COMPARISONS,
)  # fmt: skip


class ExpressionError(ValueError):
    """An expression cannot be read; the message is a clause in Chinese."""


@lru_cache(maxsize=1024)
def parse(text: str) -> ast.expr:
    """Return an expression as a tree.

    Parameters
    ----------
    text : str
        Such as ``"answered and wait_seconds <= seconds"``.

    Returns
    -------
    ast.expr

    Raises
    ------
    ExpressionError
        It is no expression, or holds something else than columns, numbers, ``+ - * /``, one comparison
        at a time, ``and``, ``or`` and ``not``.

    Examples
    --------
    >>> sorted(names_in(parse("answered and waiting_seconds <= seconds")))
    ['answered', 'seconds', 'waiting_seconds']
    """
    if len(text) > _LONGEST:
        raise ExpressionError(f"算式超过 {_LONGEST} 个字符")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"「{text}」不是算式") from error
    for node in ast.walk(tree):
        plain = not isinstance(node, ast.Constant) or type(node.value) in (int, float)
        single = not isinstance(node, ast.Compare) or len(node.ops) == 1
        if not (isinstance(node, _NODES) and plain and single):
            raise ExpressionError(
                f"算式「{text}」里只能有列名、数字、+ - * /、比较（一次一个）、and、or、not 和括号"
            )
    return tree.body


def names_in(tree: ast.expr) -> set[str]:
    """Return the names that an expression reads."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def evaluate(tree: ast.expr, values: Mapping[str, Array | float], size: int) -> Array:
    """Return the value of an expression in each row; true is 1, false 0, unknown NaN.

    ``and``, ``or`` and ``not`` follow the three-valued logic of SQL (Kleene 1938): false and unknown is
    false. Whatever is divided by 0 is unknown.

    Parameters
    ----------
    tree : ast.expr
        From :func:`parse`.
    values : mapping of str to array or float
        Every name in it.
    size : int
        Rows.

    Returns
    -------
    ndarray of float64, shape (size,)

    Examples
    --------
    >>> waits = {"wait": np.array([3.0, 30.0, np.nan]), "answered": np.array([1.0, 1.0, 0.0])}
    >>> evaluate(parse("answered and wait <= 20"), waits, 3).tolist()
    [1.0, 0.0, 0.0]
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.broadcast_to(_value(tree, values), (size,)).astype("float64")


def _value(node: ast.expr, values: Mapping[str, Array | float]) -> Array:
    if isinstance(node, ast.Constant):
        return np.asarray(float(node.value))  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return np.asarray(values[node.id], dtype="float64")
    if isinstance(node, ast.UnaryOp):
        inner = _value(node.operand, values)
        return -inner if isinstance(node.op, ast.USub) else np.where(np.isnan(inner), np.nan, inner == 0)
    if isinstance(node, ast.BoolOp):
        parts = np.broadcast_arrays(*(_value(part, values) for part in node.values))
        unknown = np.logical_or.reduce([np.isnan(part) for part in parts])
        yes = [~np.isnan(part) & (part != 0) for part in parts]
        if isinstance(node.op, ast.Or):
            return np.where(np.logical_or.reduce(yes), 1.0, np.where(unknown, np.nan, 0.0))
        no = np.logical_or.reduce([part == 0 for part in parts])
        return np.where(no, 0.0, np.where(unknown, np.nan, 1.0))
    if isinstance(node, ast.Compare):
        left, right = _value(node.left, values), _value(node.comparators[0], values)
        found = _COMPARISONS[type(node.ops[0])](left, right)
        return np.where(np.isnan(left) | np.isnan(right), np.nan, found)
    assert isinstance(node, ast.BinOp)
    left, right = _value(node.left, values), _value(node.right, values)
    if isinstance(node.op, ast.Div):
        return left / np.where(right == 0, np.nan, right)
    return _ARITHMETIC[type(node.op)](left, right)
