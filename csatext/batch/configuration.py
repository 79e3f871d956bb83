"""Configuration of the main job, read from a TOML file and written as one."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

from csatext.errors import ConfigError, InputError, ParameterError
from csatext.inference import check_alpha
from csatext.ingest.formats.database import variable_in, with_environment
from csatext.ingest.options import ReadOptions
from csatext.regular_files import read_whole
from csatext.reporting.standard_tables import FREQUENCIES
from csatext.taxonomy.packs import PACKS, pack_named

__all__ = [
    "AnalysisSection",
    "Configuration",
    "PrivacySection",
    "ReportSection",
    "TablesSection",
    "TextSection",
    "as_toml",
    "load_configuration",
    "processes",
]

AUTO = "auto"
"""Taxonomy that is chosen by the contacts."""
_TAXONOMIES = f"请检查路径，或写 {AUTO}（自动选）或行业名：{'、'.join(PACKS)}"
_LARGEST = 1 << 20
"""Bytes of a configuration; words in any number stand in lexicons."""
_MOST_DOTS = 1_000
_SECRET_KEY, _SECRET_VARIABLE = "pseudonymize", "CSATEXT_PSEUDONYMIZE"
_DESCRIBED = {bool: "true 或 false", int: "整数", float: "小数", str: "字符串"}


@dataclass(frozen=True)
class TextSection:
    """Options of segmentation and counting.

    Attributes
    ----------
    terms : list of str
        Words to keep whole.
    lexicons : list of str
        Lexicons whose terms are kept whole: names of shipped ones, or paths.
    stop_words : dict of str to list of str
        ``extra``: words not to be counted; ``without``: words of the shipped list to be counted.
    min_df : int
        Documents a term must be in; 0 lets the size of the input decide (1 to 5).
    simplify : bool
        Convert Traditional characters.
    n_jobs : int
        Processes.
    """

    terms: list[str] = field(default_factory=list)
    lexicons: list[str] = field(default_factory=lambda: ["terms"])
    stop_words: dict[str, list[str]] = field(default_factory=dict)
    min_df: int = 0
    simplify: bool = True
    n_jobs: int = 1


@dataclass(frozen=True)
class PrivacySection:
    """Masking of the metadata columns.

    Attributes
    ----------
    keep : list of str
        Columns that stay as they are, by canonical name or header: ``["agent_id", "order_id"]``.
    pseudonymize : str
        Key; the same person then has the same token in every run. In a file ``${NAME}`` takes it from a
        variable of the environment. Empty: masks, and labels (坐席-1) that hold for one run. Never written
        anywhere.
    """

    keep: list[str] = field(default_factory=list)
    pseudonymize: str = field(default="", repr=False)


@dataclass(frozen=True)
class AnalysisSection:
    """Options of the analyses.

    Attributes
    ----------
    n_topics : int
        Topics; 0 leaves the topic model out.
    n_keywords : int
        Keywords a group.
    taxonomy : str
        Name of a shipped pack (telecom, ecommerce, ...), path of a taxonomy file, or ``auto``: the packs that
        fit the contacts. Empty takes the taxonomy of all trades.
    model : str
        Path of a trained classifier that ``csatext.save`` wrote: its answers join the facts, with what a
        person should look at. Or of a topic model, whose topics are given as they are, with table
        ``topic_fit``. Empty: the rules of the taxonomy alone, and topics learnt afresh.
    random_state : int
        Seed of the topic model.
    """

    n_topics: int = 20
    n_keywords: int = 20
    taxonomy: str = ""
    model: str = ""
    random_state: int = 0


@dataclass(frozen=True)
class TablesSection:
    """Options of the tables.

    Attributes
    ----------
    by : list of str
        Dimensions; empty takes those the input has.
    measure : str
        Flag whose rate is broken down and explained.
    freq : str
        Period of trends and root causes: auto (by the span of the contacts), D, W, M or Q.
    baseline_periods : int
        Periods before the current one that it is compared with.
    alpha : float
        Error rate: probability of any false root cause in a run.
    """

    by: list[str] = field(default_factory=list)
    measure: str = "is_negative"
    freq: str = "auto"
    baseline_periods: int = 4
    alpha: float = 0.05


@dataclass(frozen=True)
class ReportSection:
    """Options of the report.

    Attributes
    ----------
    title : str
        Heading.
    """

    title: str = "客户之声分析报告"


@dataclass(frozen=True)
class Configuration:
    """All sections of ``csatext.toml``; every key may be left out.

    Examples
    --------
    >>> Configuration().tables.measure
    'is_negative'
    """

    input: ReadOptions = field(default_factory=ReadOptions)
    text: TextSection = field(default_factory=TextSection)
    privacy: PrivacySection = field(default_factory=PrivacySection)
    analysis: AnalysisSection = field(default_factory=AnalysisSection)
    tables: TablesSection = field(default_factory=TablesSection)
    report: ReportSection = field(default_factory=ReportSection)

    def to_dict(self) -> dict[str, Any]:
        """Return plain nested values."""
        return asdict(self)

    def with_given(
        self,
        tables: Mapping[str, Any] | None = None,
        taxonomy: str = "",
        model: str = "",
        n_jobs: int | str = "",
        **options: Any,
    ) -> Configuration:
        """Return this configuration overridden by the command line; empty values and None are ignored.

        Parameters
        ----------
        tables : mapping of str to object, optional
            Keys of section ``[tables]``.
        taxonomy, model : str, default ""
            Keys of section ``[analysis]``.
        n_jobs : int or "auto", default ""
            Key of section ``[text]``.
        **options
            Keys of section ``[input]``; ``columns`` are added to those of the file.

        Raises
        ------
        ConfigError
            There is no such taxonomy.
        """
        if taxonomy and not _is_taxonomy(taxonomy):
            raise ConfigError(f"--taxonomy {taxonomy} 指向的文件不存在；{_TAXONOMIES}。")
        given = {name: value for name, value in options.items() if value not in (None, "", {})}
        given["columns"] = {**self.input.columns, **given.get("columns", {})}
        chosen = {name: value for name, value in (tables or {}).items() if value not in (None, "", [])}
        analysis = replace(
            self.analysis, taxonomy=taxonomy or self.analysis.taxonomy, model=model or self.analysis.model
        )
        text = replace(self.text, n_jobs=processes(n_jobs)) if n_jobs else self.text
        return replace(
            self,
            input=replace(self.input, **given),
            text=text,
            tables=replace(self.tables, **chosen),
            analysis=analysis,
        )


def processes(n_jobs: int | str) -> int:
    """Return a number of processes: ``auto`` is one a core that this process may use.

    Examples
    --------
    >>> processes(3)
    3
    """
    if n_jobs != AUTO:
        return int(n_jobs)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _is_taxonomy(given: str) -> bool:
    return given == AUTO or pack_named(given) is not None or Path(given).is_file()


def load_configuration(path: str | Path) -> Configuration:
    """Read a TOML file.

    Raises
    ------
    ConfigError
        The file cannot be read, is too large, is not TOML, nests too deeply, has a key nobody reads or a
        value of a wrong type.
    """
    path = Path(path)
    try:
        data = read_whole(path, _LARGEST, "词表请另放文件，写在 text.lexicons 里")
        text = data.decode("utf-8-sig")
        _refuse_dotted(text, path)
        values = tomllib.loads(text)
    except ConfigError:
        raise
    except InputError as error:
        raise ConfigError(str(error)) from error
    except OSError as error:
        raise ConfigError(f"无法打开配置「{path}」：{error.strerror}；请检查路径和权限。") from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(f"配置「{path}」不是 UTF-8 编码（第 {line} 行）；请另存为 UTF-8。") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"配置「{path}」不是合法的 TOML：{error}；请改正这一处。") from error
    except RecursionError as error:
        raise ConfigError(f"配置「{path}」的列表或表嵌套太深；请写成一层。") from error
    except ValueError as error:
        raise ConfigError(f"配置「{path}」里有不能用的数值或路径；请检查里面的数字和文件名。") from error
    configuration: Configuration = _fill(Configuration, values, path, "")
    _check_ranges(configuration, path)
    key = configuration.privacy.pseudonymize
    if not variable_in(key):
        return configuration
    return replace(configuration, privacy=replace(configuration.privacy, pseudonymize=with_environment(key)))


def as_toml(configuration: Configuration) -> str:
    r"""Return a configuration as the text of a file that :func:`load_configuration` reads as the same.

    A key of pseudonyms is taken from the variable ``CSATEXT_PSEUDONYMIZE``, and is not shown.

    Parameters
    ----------
    configuration : Configuration

    Examples
    --------
    >>> print(as_toml(Configuration()).split("\n\n")[-1], end="")
    [report]
    title = "客户之声分析报告"
    """
    sections = []
    for section in fields(configuration):
        given = getattr(configuration, section.name)
        lines = [f"[{section.name}]"]
        for item in fields(given):
            value = getattr(given, item.name)
            if value is None:
                continue  # TOML has no null: what is left out is found from the content
            if item.name == _SECRET_KEY and value:
                lines.append(f"# 密钥不写出：请放进环境变量 {_SECRET_VARIABLE}")
                value = f"${{{_SECRET_VARIABLE}}}"
            lines.append(f"{item.name} = {_toml_value(value)}")
        sections.append("\n".join(lines) + "\n")
    return "\n".join(sections)


def _toml_value(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{_toml_value(str(key))} = {_toml_value(inner)}" for key, inner in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    if isinstance(value, str):
        # A string of JSON is one of TOML, but for DEL, which TOML wants written out.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _refuse_dotted(text: str, path: Path) -> None:
    """Raise for a key of very many parts (``a.a.a``): the parser copies each beginning of it."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > _MOST_DOTS:
            raise ConfigError(f"配置「{path}」第 {number} 行有 {line.count('.'):,} 个点；请分成几行。")


def _check_ranges(configuration: Configuration, path: Path) -> None:
    text, analysis, tables = configuration.text, configuration.analysis, configuration.tables
    rules = (
        ("text.min_df", text.min_df, text.min_df >= 0, "不小于 0 的整数，0 表示按数据量决定"),
        (
            "text.stop_words",
            text.stop_words,
            set(text.stop_words) <= {"extra", "without"},
            "只有 extra（添加的停用词）和 without（去掉的停用词）两个键",
        ),
        ("text.n_jobs", text.n_jobs, text.n_jobs >= 1, "不小于 1 的整数"),
        ("analysis.n_topics", analysis.n_topics, analysis.n_topics >= 0, "不小于 0 的整数，0 表示不做主题"),
        ("analysis.n_keywords", analysis.n_keywords, analysis.n_keywords >= 1, "不小于 1 的整数"),
        ("analysis.random_state", analysis.random_state, analysis.random_state >= 0, "不小于 0 的整数"),
        (
            "tables.freq",
            tables.freq,
            tables.freq in FREQUENCIES,
            "auto（按时间跨度）、D（天）、W（周）、M（月）或 Q（季度）",
        ),
        ("tables.baseline_periods", tables.baseline_periods, tables.baseline_periods >= 1, "不小于 1 的整数"),
        ("tables.by", tables.by, len(set(tables.by)) == len(tables.by), "不重复的列名"),
    )
    for key, value, fits, wanted in rules:
        if not fits:
            raise ConfigError(f"配置「{path}」的键「{key}」是 {value!r}；要求：{wanted}。")
    try:
        check_alpha(tables.alpha)
    except ParameterError as error:
        raise _of_key(error, path, "tables.") from error
    taxonomy = analysis.taxonomy
    if taxonomy and not _is_taxonomy(taxonomy):
        raise ConfigError(
            f"配置「{path}」的键「analysis.taxonomy」指向的文件「{taxonomy}」不存在；{_TAXONOMIES}。"
        )


def _fill(section: type[Any], values: dict[str, Any], path: Path, prefix: str) -> Any:
    hints = get_type_hints(section)
    names = [item.name for item in fields(section)]
    filled = {}
    for key, value in values.items():
        if key not in names:
            raise ConfigError.unknown_key(path, prefix + key, [prefix + name for name in names])
        wanted = hints[key]
        if isinstance(wanted, type) and is_dataclass(wanted):
            if not isinstance(value, dict):
                raise _wrong_type(path, prefix + key, value, "一节，写作 [" + key + "]")
            filled[key] = _fill(wanted, value, path, prefix + key + ".")
        else:
            filled[key] = _checked(wanted, value, path, prefix + key)
    try:
        return section(**filled)
    except ParameterError as error:
        raise _of_key(error, path, prefix) from error


def _of_key(error: ParameterError, path: Path, prefix: str) -> ConfigError:
    """Return the error of an argument as that of the key it came from."""
    return ConfigError(str(error).replace("参数 ", f"配置「{path}」的键 {prefix}", 1))


def _checked(wanted: Any, value: Any, path: Path, key: str) -> Any:
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if wanted == list[str]:
        fits = isinstance(value, list) and all(isinstance(item, str) for item in value)
        described = '字符串列表，如 ["a", "b"]'
    elif wanted == dict[str, list[str]]:
        fits = isinstance(value, dict) and all(
            isinstance(items, list) and all(isinstance(item, str) for item in items)
            for items in value.values()
        )
        described = '键值是字符串列表，如 {extra = ["您好"]}'
    elif wanted == Mapping[str, str | Sequence[str]]:
        fits = isinstance(value, dict) and all(
            isinstance(item, str) or (isinstance(item, list) and all(isinstance(part, str) for part in item))
            for item in value.values()
        )
        described = '键值都是字符串，如 {text = "投诉内容"}；text 也可以是列表，如 ["标题", "内容"]'
    else:
        # TOML has no null: a key that may be absent is left out.
        kinds = tuple(kind for kind in get_args(wanted) if kind is not NoneType) or (wanted,)
        fits = type(value) in kinds
        described = "或".join(_DESCRIBED[kind] for kind in kinds)
    if not fits:
        raise _wrong_type(path, key, value, described)
    return value


def _wrong_type(path: Path, key: str, value: object, described: str) -> ConfigError:
    return ConfigError(f"配置「{path}」的键「{key}」是 {type(value).__name__} 类型；要求：{described}。")
