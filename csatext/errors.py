"""The one error tree: every error says what was given, what is allowed and what to do.

Messages that a person without Python can meet (files, configuration, columns) are in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

__all__ = [
    "ConfigError",
    "CsatextError",
    "InputError",
    "LexiconError",
    "NotFittedError",
    "OutputError",
    "OutputInUseError",
    "ParameterError",
    "SchemaError",
    "StoppedError",
    "escape_controls",
    "mask_numbers",
]

_SEP = "[-_. ]?"
_DATE = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_NUMBERS = (
    (r"(:/{0,2}[^\s:/@]{0,100}):[^\s/]{1,200}@", r"\1:***@"),
    (r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", "[邮箱]"),
    (rf"(?<!\d)\d{{6}}{_DATE}\d{{3}}[\dXx](?!\d)", "[身份证]"),
    (rf"(?<!\d)({_DATE})?(?:86{_SEP})?1[3-9]\d{_SEP}\d{{4}}{_SEP}\d{{4}}({_DATE})?(?!\d)", r"\1[手机号]\2"),
    (r"(?<!\d)0\d{2,3}-?[2-9]\d{6,7}(?!\d)", "[座机]"),
    (r"(?<!\d)[3-6]\d{14,18}(?!\d)", "[银行卡]"),
)
"""Shapes of personal numbers, wherever they stand: beside letters, Han and underscores too. A date, a time
stamp (20260501103000) and a clock in seconds or milliseconds have none of these shapes."""


def mask_numbers(text: str) -> str:
    """Return a name or a sentence without what has the shape of a personal number or an e-mail address.

    Blunt on purpose, for names of files and values echoed by errors; texts are for `csatext.redact`. The
    password of a database URL is hidden too.

    Examples
    --------
    >>> mask_numbers("客诉13800138000导出_20260501.csv")
    '客诉[手机号]导出_20260501.csv'
    """
    for shape, label in _NUMBERS:
        text = re.sub(shape, label, text)
    return text


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that steer a terminal or turn the order of letters (Unicode Annex 9); not tab and newline."""


_LONGEST = 2_000
"""Characters of a sentence: no name of a file or list of columns makes an error longer."""
_QUOTATION = re.compile(r"「([^「」]{300})[^「」]+」")


def escape_controls(text: str) -> str:
    r"""Return text in which control characters and marks of direction are written out: names may hold them.

    Examples
    --------
    >>> escape_controls("渠道\x1b[2J"), escape_controls("a\u202eb")
    ('渠道\\x1b[2J', 'a\\u202eb')
    """
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


def nearest(given: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed name most like the given one, or None."""
    found = get_close_matches(str(given), [str(name) for name in allowed], n=1, cutoff=0.5)
    return found[0] if found else None


def _hint(given: str, allowed: Iterable[str]) -> str:
    name = nearest(given, allowed)
    return f"是不是想写「{name}」？" if name is not None else ""


def _shortened(sentence: str) -> str:
    """Return a sentence that can be read: long quotations, and the middle of a long sentence, are left out.

    Examples
    --------
    >>> _shortened(f"无法读取「{'x' * 5000}」。") == f"无法读取「{'x' * 300}…」。"
    True
    """
    short = _QUOTATION.sub(lambda found: f"「{found[1]}…」", sentence)
    return short if len(short) <= _LONGEST else f"{short[: _LONGEST // 2]}……{short[-_LONGEST // 2 :]}"


def _listed(names: Iterable[object], limit: int = 30) -> str:
    shown = [str(name) for name in names]
    more = f" 等 {len(shown)} 个" if len(shown) > limit else ""
    return "、".join(shown[:limit]) + more


class CsatextError(ValueError):
    """Base of all errors raised on purpose by csatext; no message shows a personal number it was given.

    A ``ValueError``, so that code that knows nothing of csatext handles it as one.

    Examples
    --------
    >>> str(CsatextError("无法读取「13800138000.csv」。"))
    '无法读取「[手机号].csv」。'
    """

    def __init__(self, *said: object) -> None:
        super().__init__(
            *(_shortened(mask_numbers(part)) if isinstance(part, str) else part for part in said)
        )


class ParameterError(CsatextError):
    """An argument has a value that is not allowed.

    Examples
    --------
    >>> str(ParameterError.not_allowed("freq", "w", ["D", "W"]))
    "参数 freq='w' 不可用；可选值：D、W。"
    """

    @classmethod
    def not_allowed(cls, name: str, given: object, allowed: Sequence[object]) -> ParameterError:
        """``name`` was given a value outside a closed list."""
        hint = _hint(str(given), [str(a) for a in allowed])
        return cls(f"参数 {name}={given!r} 不可用；可选值：{_listed(allowed)}。{hint}")

    @classmethod
    def out_of_range(cls, name: str, given: object, rule: str) -> ParameterError:
        """``name`` was given a value outside its range; ``rule`` states the range."""
        return cls(f"参数 {name}={given!r} 超出范围；要求：{rule}。")

    @classmethod
    def not_an_error_rate(cls, name: str, given: object) -> ParameterError:
        """``name`` is an error rate, given something else: often a coverage (0.95)."""
        return cls(
            f"参数 {name}={given!r} 超出范围；要求：大于 0、不大于 0.5，例如 0.05。"
            f"{name} 是误报率（其实没有变化或差别却报出来的概率），不是置信水平；要 95% 的把握请写 0.05。"
        )

    @classmethod
    def not_a_coverage(cls, name: str, given: object) -> ParameterError:
        """``name`` is the coverage of an interval, given something else: often an error rate (0.05)."""
        return cls(
            f"参数 {name}={given!r} 超出范围；要求：不小于 0.5、小于 1，例如 0.95。"
            f"{name} 是区间的置信水平（区间包含真实值的概率），不是误报率；要 95% 的区间请写 0.95。"
        )

    @classmethod
    def reserved_columns(cls, name: str, taken: Sequence[str], table: str) -> ParameterError:
        """Columns named by argument ``name`` bear names of columns of the result ``table``."""
        return cls(
            f"参数 {name} 里的列「{'、'.join(taken)}」与结果表的列同名（表 {table}）；"
            f'请先改名，例如 facts.rename(columns={{"{taken[0]}": "{taken[0]}_维度"}})。'
        )

    @classmethod
    def wrong_type(cls, name: str, given: object, wanted: str) -> ParameterError:
        """``name`` was given an object of the wrong type."""
        return cls(f"参数 {name} 的类型是 {type(given).__name__}；要求：{wanted}。")


class SchemaError(CsatextError):
    """A table does not have the columns or types it promises.

    Examples
    --------
    >>> str(SchemaError.missing_column("facts", "chanel", ["channel", "product"]))
    '表「facts」缺少列「chanel」；现有列：channel、product。是不是想写「channel」？'
    """

    @classmethod
    def missing_column(cls, table: str, column: str, seen: Iterable[object]) -> SchemaError:
        """A required column is not in the table."""
        names = [str(name) for name in seen]
        return cls(f"表「{table}」缺少列「{column}」；现有列：{_listed(names)}。{_hint(column, names)}")

    @classmethod
    def wrong_dtype(cls, table: str, column: str, given: object, wanted: str) -> SchemaError:
        """A column cannot be read as its type."""
        return cls(f"表「{table}」的列「{column}」类型是 {given}，应为 {wanted}；请先转换这一列。")

    @classmethod
    def duplicate_key(cls, table: str, key: Sequence[str], count: int) -> SchemaError:
        """Rows that must be unique repeat."""
        return cls(f"表「{table}」的键 {_listed(key)} 有 {count} 行重复；请先去重或换一个键。")

    @classmethod
    def foreign_index(cls, table: str, count: int) -> SchemaError:
        """Rows refer to documents that the corpus does not hold."""
        return cls(f"表「{table}」有 {count} 个 doc_id 不在语料中；请用同一个 corpus 得到的结果。")

    @classmethod
    def foreign_vocabulary(cls, estimator: object) -> SchemaError:
        """A corpus was counted on other terms than the estimator learnt."""
        return cls(
            f"这个 corpus 的词表与训练 {type(estimator).__name__} 时不同；"
            "请用同一个 Vectorizer 的 transform 得到 corpus。"
        )


class InputError(CsatextError):
    """A file or stream cannot be read as what it should be.

    Examples
    --------
    >>> str(InputError.unreadable("五月.csv", "文件是空的", "请检查导出是否完成"))
    '无法读取「五月.csv」：文件是空的；请检查导出是否完成。'
    """

    @classmethod
    def unreadable(cls, path: object, why: str, what_to_do: str) -> InputError:
        """The file cannot be used; ``what_to_do`` is a full clause."""
        return cls(f"无法读取「{path}」：{why}；{what_to_do}。")

    @classmethod
    def missing_package(cls, what: str, package: str, extra: str) -> InputError:
        """A package that only some users need is not installed."""
        return cls(f"{what}需要 {package}；请先运行 pip install 'csatext[{extra}]'。")

    @classmethod
    def no_text_column(cls, path: object, seen: Iterable[object], wanted: str = "text") -> InputError:
        """No column holds the text."""
        names = [str(name) for name in seen]
        return cls(
            f"「{path}」里没有找到文本列；现有列：{_listed(names)}。{_hint(wanted, names)}"
            '请用 columns={"text": "列名"} 或命令行 --column text=列名 指定。'
        )

    @classmethod
    def repeated_ids(cls, path: object, n: int, lines: str) -> InputError:
        """``n`` rows bear an identifier that was there before, those at ``lines`` among them."""
        where = f"（第 {lines} 行等）" if lines else ""
        return cls(
            f"「{path}」有 {n} 行的编号（doc_id）与前面的行重复{where}；请先去重，或用 --column doc_id=列名 "
            "指定唯一的编号列，或加 --duplicates first（留第一行）、last（留最后一行）、"
            "latest（留更新时间最晚的一行）。"
        )


class OutputError(InputError):
    """What is to be written cannot be: no permission, no room, a file in a folder's place, no database.

    An ``InputError``, because most callers ask no more than whether the paths that they gave can be used.

    Examples
    --------
    >>> str(OutputError.unwritable("out", "磁盘已满", "请腾出空间，再运行同一个命令"))
    '无法写入「out」：磁盘已满；请腾出空间，再运行同一个命令。'
    """

    @classmethod
    def unwritable(cls, place: object, why: str, what_to_do: str) -> OutputError:
        """The place cannot be written; ``what_to_do`` is a full clause."""
        return cls(f"无法写入「{place}」：{why}；{what_to_do}。")


class OutputInUseError(OutputError):
    """Another run is writing into the same folder.

    Examples
    --------
    >>> str(OutputInUseError.held("out", "4711", ".csatext.lock"))[:32]
    '输出文件夹「out」正被另一次运行使用（进程 4711）；请等它'
    """

    @classmethod
    def held(cls, folder: object, holder: str, lock: str) -> OutputInUseError:
        """Process ``holder`` holds the folder by the file ``lock`` in it."""
        return cls(
            f"输出文件夹「{folder}」正被另一次运行使用（进程 {holder}）；"
            f"请等它结束，或换一个输出文件夹；确认没有在运行时可删除 {lock}。"
        )


class StoppedError(CsatextError):
    """Work ended where it could, because the system asked for it.

    Examples
    --------
    >>> str(StoppedError.by_signal())
    '已按系统的要求停下；写完的部分都完整，再运行同一个命令会从这里继续。'
    """

    @classmethod
    def by_signal(cls) -> StoppedError:
        """A signal to end came while work was between two safe points."""
        return cls("已按系统的要求停下；写完的部分都完整，再运行同一个命令会从这里继续。")


class ConfigError(CsatextError):
    """A configuration file or command line cannot be used.

    Examples
    --------
    >>> str(ConfigError.unknown_key("csatext.toml", "topic", ["n_topics"]))
    '配置「csatext.toml」有不认识的键「topic」；可用的键：n_topics。是不是想写「n_topics」？'
    """

    @classmethod
    def unknown_key(cls, path: object, key: str, allowed: Iterable[str]) -> ConfigError:
        """The file has a key nobody reads."""
        names = list(allowed)
        return cls(f"配置「{path}」有不认识的键「{key}」；可用的键：{_listed(names)}。{_hint(key, names)}")

    @classmethod
    def reserved_columns(cls, key: str, taken: Sequence[str]) -> ConfigError:
        """Columns named by ``key`` bear names of columns of the result tables."""
        return cls(
            f"配置 {key} 里的列「{'、'.join(taken)}」与结果表的列同名；"
            f'请在 [input.columns] 里给它另起一个名字，如 "{taken[0]}_维度" = "{taken[0]}"。'
        )


class LexiconError(CsatextError):
    """A lexicon or taxonomy file has a bad line.

    Examples
    --------
    >>> str(LexiconError.bad_line("terms.tsv", 3, "缺少词语"))
    '词典「terms.tsv」第 3 行有误：缺少词语。'
    """

    @classmethod
    def bad_line(cls, path: object, line: int, why: str) -> LexiconError:
        """Line ``line`` (counted from 1) of ``path`` cannot be used."""
        return cls(f"词典「{path}」第 {line} 行有误：{why}。")

    @classmethod
    def bad_item(cls, path: object, item: object, why: str) -> LexiconError:
        """An item of a service script cannot be used."""
        return cls(f"话术「{path}」的「{item}」有误：{why}。")


class NotFittedError(CsatextError, AttributeError):
    """A fitted attribute was asked for before ``fit``.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["退款太慢"])
    >>> ct.TopicModel(2).transform(corpus)
    Traceback (most recent call last):
    ...
    csatext.errors.NotFittedError: TopicModel 还没有训练；请先调用 fit。
    """

    @classmethod
    def before_fit(cls, estimator: object) -> NotFittedError:
        """``transform`` or ``predict`` came before ``fit``."""
        return cls(f"{type(estimator).__name__} 还没有训练；请先调用 fit。")
