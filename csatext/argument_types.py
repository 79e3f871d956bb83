"""Types of arguments that public names share: tables, paths, lists of names, whole numbers."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from os import PathLike
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np
import pandas as pd

from csatext.errors import ParameterError, SchemaError

__all__ = [
    "as_names",
    "as_path",
    "as_table",
    "as_whole_number",
    "check_simple_parameters",
    "check_simple_types",
]

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _is_whole(given: object) -> bool:
    return _is_number(given) and not given % 1  # type: ignore[operator]


def _is_number(given: object) -> bool:
    return isinstance(given, Real) and not isinstance(given, (bool, np.bool_)) and given == given


_Simple = tuple[Callable[[object], bool], str, bool]
"""Whether a value fits, what is wanted, whether None is allowed."""
_SIMPLE: dict[str, tuple[Callable[[object], bool], str]] = {
    "int": (_is_whole, "整数"),
    "float": (_is_number, "数字，不能是 NaN"),
    "bool": (lambda given: isinstance(given, (bool, np.bool_)), "True 或 False"),
    "str": (lambda given: isinstance(given, str), "一个字符串"),
}
"""Annotation -> what fits, and its name in errors."""


def as_table(given: object, argument: str, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Return a table as it is.

    Parameters
    ----------
    given : object
    argument : str
        Named in errors.
    columns : sequence of str
        Columns that it must have.

    Raises
    ------
    ParameterError
        It is no DataFrame.
    SchemaError
        A column is missing.

    Examples
    --------
    >>> as_table(["退款太慢"], "turns")
    Traceback (most recent call last):
    csatext.errors.ParameterError: 参数 turns 的类型是 list；要求：pandas 的 DataFrame，一行一条。
    """
    if not isinstance(given, pd.DataFrame):
        wanted = "pandas 的 DataFrame，一行一条"
        if isinstance(given, (str, PathLike)):
            wanted += "；文件请先用 ct.read_contacts 或 ct.read_turns 读入"
        raise ParameterError.wrong_type(argument, given, wanted)
    for name in columns:
        if name not in given.columns:
            raise SchemaError.missing_column(argument, name, given.columns)
    return given


def as_path(given: object, argument: str = "path") -> Path:
    """Return a path.

    Raises
    ------
    ParameterError
        It is neither a string nor a path.

    Examples
    --------
    >>> as_path(None)
    Traceback (most recent call last):
    csatext.errors.ParameterError: 参数 path 的类型是 NoneType；要求：文件路径（字符串或 pathlib.Path）。
    """
    if not isinstance(given, (str, PathLike)):
        raise ParameterError.wrong_type(argument, given, "文件路径（字符串或 pathlib.Path）")
    return Path(given)


def as_names(given: object, argument: str, wanted: str) -> list[str]:
    """Return a list of strings; one string by itself is none, as its characters would be taken.

    Parameters
    ----------
    given : object
        A list, tuple, set, array, Series or any other iterable of strings.
    argument, wanted : str
        Named in errors.

    Raises
    ------
    ParameterError
        It is something else, or something in it is no string.

    Examples
    --------
    >>> as_names({"channel": 1}, "keep", "列名的列表")
    ['channel']
    """
    if isinstance(given, (str, bytes, pd.DataFrame)) or not isinstance(given, Iterable):
        raise ParameterError.wrong_type(argument, given, wanted)
    names = list(given)
    for name in names:
        if not isinstance(name, str):
            raise ParameterError.wrong_type(f"{argument} 的一项", name, wanted)
    return names


def as_whole_number(given: object, argument: str, least: int) -> int:
    """Return a whole number that is not under ``least``.

    Raises
    ------
    ParameterError
        It is none, or smaller.

    Examples
    --------
    >>> as_whole_number(3, "weeks", 1)
    3
    """
    if isinstance(given, bool) or not isinstance(given, (int, np.integer)):
        raise ParameterError.wrong_type(argument, given, f"整数，至少 {least}")
    if given < least:
        raise ParameterError.out_of_range(argument, given, f"至少 {least}")
    return int(given)


def check_simple_types(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return the function, which refuses arguments that are not the number, switch or string it declares.

    Arguments of other types are left to the function. Not for functions that are called once a text.

    Examples
    --------
    >>> @check_simple_types
    ... def first(values: list, n: int | None = 10) -> list:
    ...     return values[:n]
    >>> first(["慢", "贵"], n="1")
    Traceback (most recent call last):
    csatext.errors.ParameterError: 参数 n 的类型是 str；要求：整数，或 None。
    """
    signature = inspect.signature(function)
    simple = _simple_types(signature)

    @functools.wraps(function)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        _refuse(simple, dict(zip(signature.parameters, args, strict=False)) | kwargs)
        return function(*args, **kwargs)

    return checked


def check_simple_parameters(estimator: object) -> None:
    """Raise for parameters of an estimator that are not the number, switch or string its class declares.

    scikit-learn sets parameters without looking at them, so that this is for ``fit`` and ``transform``.

    Raises
    ------
    ParameterError
        One is of another type.

    Examples
    --------
    >>> import csatext as ct
    >>> check_simple_parameters(ct.TopicModel(n_terms="20"))
    Traceback (most recent call last):
    csatext.errors.ParameterError: 参数 n_terms 的类型是 str；要求：整数。
    """
    _refuse(_simple_types(inspect.signature(type(estimator))), vars(estimator))


def _simple_types(signature: inspect.Signature) -> dict[str, _Simple]:
    """Return what is declared of the arguments that are numbers, switches or strings."""
    simple = {}
    for name, parameter in signature.parameters.items():
        parts = {part.strip() for part in str(parameter.annotation).split("|")}
        found = parts - {"None"} - ({"int"} if "float" in parts else set())
        if len(found) == 1 and found <= _SIMPLE.keys():
            simple[name] = (*_SIMPLE[found.pop()], "None" in parts)
    return simple


def _refuse(simple: Mapping[str, _Simple], given: Mapping[str, object]) -> None:
    for name, (fits, wanted, optional) in simple.items():
        if name not in given or (optional and given[name] is None) or fits(given[name]):
            continue
        raise ParameterError.wrong_type(name, given[name], wanted + ("，或 None" if optional else ""))
