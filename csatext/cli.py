"""The command line: verbs that match the library's."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from csatext.batch.monitoring.stopping import StopRequests, stop_requests
from csatext.errors import (
    ConfigError,
    CsatextError,
    OutputError,
    OutputInUseError,
    ParameterError,
    StoppedError,
)
from csatext.progress import Steps, write_plain

if TYPE_CHECKING:
    from csatext.batch.configuration import Configuration
    from csatext.batch.monitoring.metrics import RunMetrics
    from csatext.batch.pipeline import RunResult

__all__ = ["EXIT_CODES", "main"]

DONE, FAILED, WRONG_USAGE, TO_MEND, NOT_WRITTEN, IN_USE, UNFORESEEN = range(7)
INTERRUPTED, TERMINATED = 130, 143
EXIT_CODES = {
    DONE: "完成；没有变化、不必重算也是 0",
    FAILED: "输入或模型不能用，或内存不够",
    WRONG_USAGE: "命令或配置写法有误",
    TO_MEND: "check、validate、verify、tag 查出了要处理的问题",
    NOT_WRITTEN: "输出写不了：没有权限、磁盘已满、数据库没有接受",
    IN_USE: "另一次运行正在写同一个文件夹；稍后再试",
    UNFORESEEN: "csatext 内部出错；位置记在 csatext-error.log",
    INTERRUPTED: "被 Ctrl-C 中断",
    TERMINATED: "被 SIGTERM 停下；再运行同一个命令会继续",
}
"""What each exit code says; 130 and 143 are 128 and the number of the signal, as shells have it."""
_NOT_WRITABLE = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EFBIG: "文件超过系统允许的大小",
    errno.EROFS: "磁盘是只读的",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
}
"""Errors of the system that say that the output cannot be written: inputs raise errors of ours."""
_TRANSLATIONS = (
    (r"the following arguments are required: (.*)", r"缺少 \1"),
    (r"argument (\S+): invalid choice: (.*?) \(choose from (.*)\)", r"\1 不能是 \2；可选：\3"),
    (r"argument (\S+): invalid int value: (.*)", r"\1 要写整数，现在是 \2"),
    (r"argument (\S+): expected one argument", r"\1 后面要跟一个值"),
    (r"unrecognized arguments: (.*)", r"不认识的参数 \1"),
    (r"ambiguous option: (\S+) could match (.*)", r"\1 不明确，可能是 \2"),
)
"""Messages of argparse and their Chinese translations."""
_MOST_PROCESSES = 1024
_CONFIG_HELP = "配置文件；不写则全用默认值"
_MOST_FINDINGS = 20
_ERROR_LOG = "csatext-error.log"
_SCORECARD_HELP = "general（自带的）或文件：按评分表逐项标注，INPUT 要是对话；不写则标投诉类别"
_AUDIT_HELP = "tag import 写出的标注库：报告里的率按抽检校正；不写则注明未经抽检校正"
_SPARK_HELP = "另由 Spark 把事实按天写到 table:库.表 或 Parquet 的地址，如 s3a://…；原有的整个替换"
_FLAG_HELP = "标注是/否列而不是类别，如 is_negative，可重复；INPUT 要是 run 的输出文件夹"
_COLUMN_HELP = "如 text=投诉内容，可重复；优先于自动识别；text=标题,内容 把两列连成文本"


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_Formatter, add_help=False, allow_abbrev=False, **options)
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> NoReturn:
        for english, chinese in _TRANSLATIONS:
            message = re.sub(f"^{english}$", chinese, message)
        raise ConfigError(f"命令写法有误：{message}；用 {self.prog} --help 查看用法。")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after ``csatext``; None takes those of the process.

    Returns
    -------
    int
        A key of :data:`EXIT_CODES`.

    Examples
    --------
    >>> main(["run"])
    2
    """
    given = argparse.Namespace()
    with stop_requests() as requests, ExitStack() as held:
        progress = held.enter_context(Steps(sys.stderr))
        try:
            _parser().parse_args(arguments, given)
            progress = _progress_of(given, held)
            _begin(progress, given)
            _check_places(given)
            message, code = given.verb(given, progress)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - what nobody foresaw becomes a sentence
            failure = _failure_of(error, given, requests)
            return _end(progress, failure.sentence, failure.code)
        return _end(progress, message, int(code))


class _Failure(NamedTuple):
    sentence: str
    code: int


def _failure_of(error: BaseException, given: argparse.Namespace, requests: StopRequests) -> _Failure:
    """Return what is said of an error, and the exit code."""
    if isinstance(error, StoppedError):
        return _Failure(str(error), TERMINATED)
    if isinstance(error, CsatextError):
        kinds = ((ConfigError, WRONG_USAGE), (OutputInUseError, IN_USE), (OutputError, NOT_WRITTEN))
        return _Failure(str(error), next((code for kind, code in kinds if isinstance(error, kind)), FAILED))
    if isinstance(error, OSError):
        why = _NOT_WRITABLE.get(error.errno or 0)
        said = f"{error.filename or ''} {why or error.strerror or error}".strip()
        code = FAILED if why is None else NOT_WRITTEN
        return _Failure(f"读写文件出错：{said}；请检查路径、权限和磁盘空间。", code)
    if isinstance(error, MemoryError):
        return _Failure("内存不够；请分批处理，或换一台内存更大的机器。", FAILED)
    if isinstance(error, KeyboardInterrupt):
        return _Failure("已中断；未写完的文件没有留下。", TERMINATED if requests.asked else INTERRUPTED)
    return _Failure(_unexpected(error, given), UNFORESEEN)


def _progress_of(given: argparse.Namespace, held: ExitStack) -> Steps:
    """Return where steps are shown: a line on a terminal, log records elsewhere and where asked for."""
    from csatext.batch.monitoring.log_records import LoggedSteps, logged

    log = held.enter_context(logged(sys.stderr, given.log_format or "text"))
    is_log = bool(given.log_format) or not sys.stderr.isatty()
    progress = held.enter_context(LoggedSteps(sys.stderr, log) if is_log else Steps(sys.stderr))
    progress.verbose = not given.quiet
    return progress


def _check_places(given: argparse.Namespace) -> None:
    """Raise for empty paths, and for passwords that all users of the machine could read."""
    from csatext.ingest.formats.database import is_url, refuse_literal_password, variable_in, with_environment

    for name in ("input", "out", "facts", "run_a", "run_b"):
        if getattr(given, name, None) == "":
            raise ConfigError(f"{name} 是空的；请写上路径。")
    source = getattr(given, "input", None) or ""
    if is_url(source):
        refuse_literal_password(source, "INPUT")
    elif variable_in(source):
        given.input = with_environment(source)
    if getattr(given, "to_sql", ""):
        refuse_literal_password(given.to_sql, "--to-sql")


def _record(progress: Steps, fields: dict[str, Any], sentence: str = "", level: int = logging.INFO) -> None:
    """Write a record where steps are log records; what has no sentence stands in JSON lines alone."""
    from csatext.batch.monitoring.log_records import LoggedSteps

    if isinstance(progress, LoggedSteps) and (progress.verbose or level > logging.INFO):
        progress.record(fields, sentence, level)


def _begin(progress: Steps, given: argparse.Namespace) -> None:
    _record(progress, {"event": "started", "command": given.command, "csatext": _version()})


def _end(progress: Steps, message: str, code: int) -> int:
    """Say how a command ended: what it found on stdout, why it failed on stderr; return the code."""
    from csatext.batch.monitoring.log_records import LoggedSteps
    from csatext.privacy.outputs import mask_sentence

    progress.close()
    failed = code not in (DONE, TO_MEND)
    fields = {"event": "failed" if failed else "finished", "code": code, "message": message}
    if not failed:
        try:
            write_plain(sys.stdout, f"{mask_sentence(message)}\n")
            sys.stdout.flush()
        except OSError as error:
            # The interpreter would flush it again when it ends, and complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return _end(progress, f"命令已完成，但标准输出不可写：{error.strerror}。", NOT_WRITTEN)
        _record(progress, {**fields, "seconds": progress.seconds})
    elif isinstance(progress, LoggedSteps):
        _record(progress, {**fields, "seconds": progress.seconds}, message, logging.ERROR)
    else:
        write_plain(sys.stderr, f"{mask_sentence(message)}\n")
    return code


def _unexpected(error: BaseException, given: argparse.Namespace) -> str:
    """Log where an error came up, without its message, which may quote data; return the user's message.

    The log stands where the output was to stand, or in the working folder where a verb has none.
    """
    import csatext
    from csatext.atomic_files import write_text

    out = Path(getattr(given, "out", None) or ".")
    folder = out if given.command in ("run", "demo", "aggregate", "fit") else out.parent
    chain: list[BaseException] = [error]
    while (before := chain[-1].__cause__ or chain[-1].__context__) is not None and before not in chain:
        chain.append(before)
    lines = [f"csatext {csatext.__version__} {getattr(given, 'command', '')}"]
    for raised in reversed(chain):
        lines.append(type(raised).__name__)
        lines += [
            f"  {frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(raised.__traceback__)
        ]
    name = type(error).__name__
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_text("\n".join(lines) + "\n", folder / _ERROR_LOG)
    except OSError:
        where = f"出错位置：{lines[-1].strip()}"
    else:
        where = f"出错位置记在「{folder / _ERROR_LOG}」，里面没有数据"
    return f"csatext 内部出错（{name}），没有完成；{where}，请把它发给维护者，并换一份较小的文件重试。"


def _version() -> str:
    from csatext import __version__

    return __version__


def _parser() -> argparse.ArgumentParser:
    codes = "\n".join(f"  {code:<4} {said}" for code, said in EXIT_CODES.items())
    parser = _Parser(
        prog="csatext", description="把客服文本变成经得起追问的表格。", epilog=f"退出码：\n{codes}"
    )
    parser.add_argument("--version", action="version", version=f"csatext {_version()}", help="显示版本")
    verbs = parser.add_subparsers(dest="command", required=True, metavar="命令", title="命令")

    def add(name: str, verb: _Verb, description: str) -> _Parser:
        added: _Parser = verbs.add_parser(name, help=description, description=description + "。")
        added.set_defaults(verb=verb)
        _add_log(added)
        return added

    run = add("run", _run, "读取导出文件，分析，写出表格和报告")
    _add_input(run)
    run.add_argument(
        "-o", "--out", required=True, metavar="OUT", help="输出文件夹；里面已有的同名文件会被替换"
    )
    run.add_argument("--audit", default="", metavar="PARQUET", help=_AUDIT_HELP)
    _add_engine(run)
    _add_preview(run)
    _add_sql(run)
    run.add_argument("--spark-write", default="", metavar="TABLE", help=_SPARK_HELP)
    run.add_argument(
        "--incremental",
        action="store_true",
        help="逐夜运行：只标注新增和改动的文件；编号相同的联络以较晚的为准，其时段重算",
    )
    fit = add("fit", _fit, "从联络学出模型（词、主题、情感零点、类别），存成一个文件夹")
    _add_input(fit)
    fit.add_argument("-o", "--out", required=True, metavar="MODEL", help="模型文件夹")
    _add_print(fit)
    fit.add_argument("--sample", type=int, default=None, metavar="N", help="随机取 N 条来学；不写则用全部")
    annotate = add("annotate", _annotate, "给每条联络标上情感、投诉类别和主题，写成一张表或分区文件夹")
    _add_input(annotate)
    annotate.add_argument(
        "-o",
        "--out",
        required=True,
        metavar="OUT",
        help="输出文件：.parquet、.csv 或 .xlsx；--model 是模型文件夹时也可以是文件夹，按分区写，可续跑",
    )
    _add_preview(annotate)
    annotate.add_argument("--text", action="store_true", help="附上清洗并脱敏后的文本")
    _add_engine(annotate)
    aggregate = add("aggregate", _aggregate, "从标注好的分区文件夹写出表格和报告")
    aggregate.add_argument("facts", metavar="FACTS", help="annotate --model 或 run --model 写出的文件夹")
    aggregate.add_argument("-o", "--out", required=True, metavar="OUT", help="输出文件夹")
    aggregate.add_argument("--audit", default="", metavar="PARQUET", help=_AUDIT_HELP)
    _add_tables(aggregate)
    aggregate.add_argument("--config", metavar="TOML", help=_CONFIG_HELP)
    _add_print(aggregate)
    _add_sql(aggregate)
    export = add(
        "export", _export, "把一次运行的表写进数据库，或写成按日期分区的 Parquet、Excel 能打开的 CSV"
    )
    export.add_argument("out", metavar="OUT", help="run 或 aggregate 的输出文件夹")
    _add_sql(export)
    export.add_argument("--to-parquet", default="", metavar="DIR", help="事实表按日期分区写进 DIR/facts")
    export.add_argument(
        "--by-date", choices=["day", "month"], default="day", help="分区：dt=2026-05-31（默认）或 dt=2026-05"
    )
    export.add_argument("--to-csv", default="", metavar="DIR", help="每个表一个 CSV，Excel 能直接打开")
    train = add("train", _train, "用人工标注训练分类模型，存成一个文件")
    train.add_argument("tags", metavar="TAGS", help="tag import 写出的标注库，或有文本列和类别列的表格")
    _add_input(train, config=False, positional=False)
    train.add_argument("--input", dest="original", default="", metavar="FILE", help="标注库的原文件")
    train.add_argument("-o", "--out", required=True, metavar="MODEL", help="模型文件")
    train.add_argument("--date", default=None, metavar="日期", help="写进模型卡的日期，如 2026-05-31")
    report = add("report", _report, "用一次 run 的输出重做报告：换读者、章节或时间")
    report.add_argument("facts", metavar="OUT_DIR", help="run 的输出文件夹；只有事实表时给 facts.parquet")
    report.add_argument(
        "-o", "--out", default="report.html", metavar="HTML", help="输出文件，默认 report.html"
    )
    report.add_argument("--audit", default="", metavar="PARQUET", help=_AUDIT_HELP)
    report.add_argument("--title", default="", metavar="标题", help="报告标题；不写则用 run 的")
    report.add_argument(
        "--audience", default=None, metavar="部门", help="给谁看：客服、市场、产品、质量；不写则全部章节"
    )
    report.add_argument(
        "--sections", default=None, metavar="章节", help="只要这些章节，按这个次序：摘要,投诉分类,根因"
    )
    report.add_argument(
        "--month", default="", metavar="年-月", help="只报告这个月，之前的作为比较的基准，如 2026-05"
    )
    report.add_argument(
        "--since", default="", metavar="日期", help="只报告这一天（含）以后的，之前的作为比较的基准"
    )
    report.add_argument("--until", default="", metavar="日期", help="只报告这一天（含）以前的")
    for ending, what in (("xlsx", "工作簿"), ("pptx", "幻灯片")):
        said = f"同时写出{what}；不写路径则放在网页旁边"
        report.add_argument(f"--{ending}", nargs="?", const="", metavar="路径", help=said)
    verify = add("verify", _verify, "核对报告里的每个数：按运行结果和事实重算")
    verify.add_argument("report", metavar="HTML", help="csatext 写出的报告")
    verify.add_argument("run", metavar="OUT", help="它出自的 run 输出文件夹")
    compare = add("compare", _compare, "对比两次运行：什么升了，什么降了，什么是新的")
    compare.add_argument("run_a", metavar="RUN_A", help="前一次 run 的输出文件夹，如上个月")
    compare.add_argument("run_b", metavar="RUN_B", help="后一次 run 的输出文件夹，如这个月")
    compare.add_argument(
        "-o", "--out", default="compare.html", metavar="HTML", help="输出文件，默认 compare.html"
    )
    compare.add_argument("--xlsx", action="store_true", help="在旁边再写一份工作簿")
    compare.add_argument(
        "--by", action="append", default=[], metavar="列", help="比较的列，可重复；不写则同报告"
    )
    compare.add_argument("--measure", default="", metavar="列", help="比较的指标；不写则用运行时的")
    compare.add_argument("--title", default="两次运行对比", metavar="标题", help="页面标题")
    validate = add("validate", _validate, "检查一次运行的输出文件夹是否完整，与 manifest 一致")
    validate.add_argument("out", metavar="OUT", help="run 的输出文件夹")
    demo = add("demo", _demo, "在模拟的客服中心上跑一遍，留下一份可打开的报告")
    demo.add_argument("-o", "--out", default="csatext-demo", metavar="OUT", help="输出文件夹")
    demo.add_argument("--contacts", type=int, default=20000, metavar="N", help="模拟的联络数，默认 20000")
    demo.add_argument("--seed", type=int, default=0, metavar="S", help="随机种子，默认 0")
    _add_tag(verbs)
    check = add("check", _check, "检查文件的数据质量")
    _add_input(check, config=False)
    return parser


def _add_log(parser: _Parser) -> None:
    """Add how a command tells of itself."""
    parser.add_argument("-q", "--quiet", action="store_true", help="不显示进度")
    parser.add_argument(
        "--log-format",
        choices=["text", "json"],
        default="",
        help="stderr 上的日志：text 每行有时间（不是终端时的默认），json 每行一个 JSON；不含个人信息",
    )


def _add_tag(verbs: Any) -> None:
    """Add the verb ``tag`` with its own verbs."""
    description = "标注：导出工作簿，读回，语言模型，计算一致性"
    tag = verbs.add_parser("tag", help=description, description=description + "。")
    verbs_of_tag = tag.add_subparsers(dest="tag_command", required=True, metavar="动作", title="动作")

    def add(name: str, verb: _Verb, description: str) -> _Parser:
        added: _Parser = verbs_of_tag.add_parser(name, help=description, description=description + "。")
        added.set_defaults(verb=verb)
        _add_log(added)
        return added

    export = add("export", _tag_export, "抽样并写出给人标注的工作簿，或 Label Studio、doccano 的任务")
    _add_input(export)
    export.add_argument(
        "-o", "--out", required=True, metavar="FILE",
        help="输出：.xlsx 工作簿，.json Label Studio 任务，.jsonl doccano 数据",
    )  # fmt: skip
    export.add_argument(
        "--format", dest="form", choices=["xlsx", "label-studio", "doccano"], default="",
        help="写成什么；不写则按输出的后缀",
    )  # fmt: skip
    export.add_argument(
        "--annotators", action="append", default=[], metavar="人名", help="标注人，可重复；几个人就写几份"
    )
    export.add_argument("--scorecard", default="", metavar="评分表", help=_SCORECARD_HELP)
    export.add_argument("--flag", action="append", default=[], metavar="列", help=_FLAG_HELP)
    _add_sample(export)
    tag_import = add("import", _tag_import, "读回标好的工作簿或其他工具的导出，存入标注库")
    tag_import.add_argument(
        "workbooks", nargs="+", metavar="FILE",
        help="标好的工作簿（.xlsx、.xls、.ods、.csv）、Label Studio 的导出（.json、.csv）、"
        "doccano 的导出（.jsonl）；几个人的可以一起给",
    )  # fmt: skip
    tag_import.add_argument("--store", required=True, metavar="PARQUET", help="标注库；没有就新建，只增不改")
    tag_import.add_argument("--taxonomy", default="", metavar="分类体系", help="导出时用的分类体系")
    tag_import.add_argument("--scorecard", default="", metavar="评分表", help="导出时用的评分表")
    tag_import.add_argument("--flag", action="append", default=[], metavar="列", help="导出时用的是/否列")
    tag_import.add_argument(
        "--name", action="append", default=[], metavar="代号=人名",
        help="Label Studio 的用户编号或邮箱、doccano 的用户名，各是谁；可重复",
    )  # fmt: skip
    tag_import.add_argument(
        "--date", default="", metavar="日期", help="标注日期，如 2026-05-31；不写则为今天"
    )
    by_model = add("llm", _tag_llm, "抽样并由语言模型标注（密钥在环境变量 OPENAI_API_KEY、OPENAI_BASE_URL）")
    _add_input(by_model)
    by_model.add_argument("--llm", required=True, metavar="模型", help="模型的名字，也是标注人的名字")
    by_model.add_argument("--store", required=True, metavar="PARQUET", help="标注库；没有就新建，只增不改")
    by_model.add_argument("--cache", default="", metavar="JSONL", help="答案的缓存；中断后再运行从这里继续")
    by_model.add_argument("--max-calls", type=int, default=1000, metavar="N", help="最多调用几次，默认 1000")
    by_model.add_argument("--date", default="", metavar="日期", help="标注日期；不写则为今天")
    _add_sample(by_model)
    agreed = add("agreement", _tag_agreement, "两人以上标过的联络，看一致到什么程度")
    agreed.add_argument("store", metavar="PARQUET", help="import 写出的标注库")


def _add_sample(export: _Parser) -> None:
    """Add how contacts are drawn."""
    export.add_argument("--n", type=int, default=400, metavar="N", help="抽多少条，默认 400")
    export.add_argument(
        "--strategy",
        choices=["stratified", "random", "uncertain", "risk", "disagreement"],
        default="stratified",
        help="stratified 分层（默认），random 随机，uncertain 拿不准的多抽，risk 严重的多抽，"
        "disagreement 规则与模型不同的多抽",
    )
    export.add_argument("--seed", type=int, default=0, metavar="S", help="随机种子，默认 0")
    export.add_argument(
        "--input", dest="original", default="", metavar="FILE", help="INPUT 是 run 的输出文件夹时：原文件"
    )


def _add_input(parser: _Parser, *, config: bool = True, positional: bool = True) -> None:
    what = "CSV、TSV、XLSX、XLS、JSON、JSONL、Parquet、SRT、VTT、对话文本或文件夹"
    if positional:
        parser.add_argument("input", metavar="INPUT", help=what)
    parser.add_argument("--column", action="append", default=[], metavar="标准列=表头", help=_COLUMN_HELP)
    parser.add_argument("--encoding", default="", metavar="编码", help="文件编码；不写则自动判断")
    parser.add_argument(
        "--kind",
        choices=["auto", "contacts", "turns"],
        default="",
        help="contacts 一行一条联络，turns 对话（只取客户说的话）；不写则自动判断",
    )
    parser.add_argument("--query", default="", metavar="SQL", help="INPUT 是数据库 URL 时要读的 SQL")
    if config:
        _add_tables(parser)
        parser.add_argument(
            "--taxonomy",
            default="",
            metavar="分类体系",
            help="行业名（telecom、ecommerce、banking 等）、文件，或 auto：按命中自动选；不写则用通用的",
        )
        parser.add_argument(
            "--model",
            default="",
            metavar="模型",
            help="训练好的分类器或主题模型（csatext.save 写出的文件），答案并入结果；或 fit 写出的模型文件夹",
        )
        parser.add_argument("--month", default="", metavar="年-月", help="只分析这个月，如 2026-05")
        parser.add_argument(
            "--since", default="", metavar="日期", help="只分析这一天（含）以后的，如 2026-05-01"
        )
        parser.add_argument("--until", default="", metavar="日期", help="只分析这一天（含）以前的")
        parser.add_argument(
            "--duplicates",
            choices=["error", "first", "last", "latest"],
            default="",
            help="编号重复时：error 报错停止（默认）；first 留第一行，last 留最后一行，"
            "latest 留更新时间最晚的一行，其余记入 rejects",
        )
        parser.add_argument("--config", metavar="TOML", help=_CONFIG_HELP)


def _add_tables(parser: _Parser) -> None:
    """Add what tables are made by."""
    parser.add_argument(
        "--by", action="append", default=[], metavar="列", help="分组的列，可重复；不写则自动选"
    )
    parser.add_argument(
        "--freq",
        choices=["auto", "D", "W", "M", "Q"],
        type=_freq,
        default="",
        help="时段：天、周、月、季度；不写则按时间跨度",
    )


def _add_print(parser: _Parser) -> None:
    parser.add_argument(
        "--print-config",
        action="store_true",
        help="只打印实际生效的配置（TOML，可再用 --config 读入），什么都不做；密钥不显示",
    )


def _add_preview(parser: _Parser) -> None:
    """Add what shows a command before it is run."""
    _add_print(parser)
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="只读文件开头：显示列的对应、会写出什么、估计的时间和内存，什么都不写",
    )


def _add_sql(parser: _Parser) -> None:
    """Add a database that results go into."""
    parser.add_argument(
        "--to-sql",
        default="",
        metavar="URL",
        help="同时写进数据库；密码放在环境变量里：'postgresql://用户:${PGPASSWORD}@主机/库'",
    )
    parser.add_argument("--to-sql-schema", default="", metavar="S", help="数据库里的 schema；不写则用默认的")
    parser.add_argument(
        "--if-exists",
        choices=["replace", "append", "fail"],
        default="replace",
        help="表已存在时：replace 整个替换（默认），append 只替换这次运行和编号相同的行，fail 报错",
    )


def _add_engine(parser: _Parser) -> None:
    """Add where partitions are annotated."""
    parser.add_argument(
        "--n-jobs",
        default="",
        metavar="N",
        help="进程数，或 auto（每核一个）；结果与进程数无关",
    )
    parser.add_argument(
        "--engine",
        choices=["local", "spark"],
        default="local",
        help="在哪里标注：local 本机（默认），spark 集群；结果相同",
    )


def _n_jobs(given: str) -> int | str:
    """Return a number of processes, ``auto``, or nothing where nothing was given."""
    if given in ("auto", ""):
        return given
    if not given.isdecimal() or not 1 <= int(given) <= _MOST_PROCESSES:
        raise ConfigError(f"--n-jobs {given} 不可用；应是 1 到 {_MOST_PROCESSES} 的整数，或 auto。")
    return int(given)


_FREQUENCIES = {"D": "day daily 日 天 按天", "W": "week weekly 周 按周", "M": "month monthly 月 按月"}
_FREQUENCIES |= {"Q": "quarter quarterly 季 季度 按季"}


def _freq(given: str) -> str:
    """Return our name of a period where a usual word was given for it."""
    return next((freq for freq, names in _FREQUENCIES.items() if given.lower() in names.split()), given)


_Verb = Callable[[argparse.Namespace, Steps], tuple[str, int]]


def _columns(pairs: Sequence[str]) -> dict[str, str | Sequence[str]]:
    columns: dict[str, str | Sequence[str]] = {}
    for pair in pairs:
        canonical, equals, header = pair.partition("=")
        if not equals or not canonical or not header:
            raise ConfigError(f"--column {pair} 写法有误；应写作 标准列=表头，如 text=投诉内容。")
        before = columns.get(canonical, [])
        columns[canonical] = (
            [*([before] if isinstance(before, str) else before), header] if before else header
        )
    return columns


def _configuration(given: argparse.Namespace) -> Configuration:
    from csatext.batch.configuration import Configuration, load_configuration

    configuration = load_configuration(given.config) if given.config is not None else Configuration()
    if given.month and (given.since or given.until):
        raise ConfigError("--month 不能与 --since、--until 同时用；请只写一种。")
    try:
        return configuration.with_given(
            tables={"by": given.by, "freq": given.freq},
            taxonomy=given.taxonomy,
            model="" if _by_model(given) else given.model,
            columns=_columns(given.column),
            encoding=given.encoding,
            duplicates=given.duplicates,
            kind=given.kind,
            query=given.query,
            since=given.month or given.since,
            until=given.month or given.until,
            n_jobs=_n_jobs(getattr(given, "n_jobs", "")),
        )
    except ParameterError as error:
        said = str(error).replace("参数 ", "--", 1)
        raise ConfigError(said.replace("--since", "--month", 1) if given.month else said) from error


def _by_model(given: argparse.Namespace) -> bool:
    """Return whether ``--model`` names the folder of a model, by which contacts are annotated."""
    from csatext.batch.phases.run_model import is_run_model

    if not given.model or not is_run_model(given.model):
        return False
    if given.command == "fit":
        raise ConfigError("fit 的 --model 要是训练好的分类器或主题模型（文件），现在是文件夹。")
    if given.taxonomy:
        raise ConfigError("--model 的文件夹里已有分类体系，不能再写 --taxonomy；要换，请重新 csatext fit。")
    return True


def _run(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    configuration = _configuration(given)
    if shown := _instead(given, configuration, progress):
        return shown, DONE
    metrics = _metrics(given, configuration)
    from csatext.batch.engines.warehouse import is_warehouse
    from csatext.batch.phases.run_by_model import run_input

    target = given.spark_write
    if target and not is_warehouse(target):
        raise ConfigError(f"--spark-write {target} 不可用；应是 table:库.表，或 s3a://… 这样的地址。")
    result = run_input(
        given.input,
        given.out,
        configuration,
        metrics.timed(progress),
        model=given.model if _by_model(given) else "",
        audit=given.audit,
        n_jobs=_n_jobs(given.n_jobs) or "auto",
        engine=given.engine,
        incremental=given.incremental,
    )
    return _handed_on(given, result, metrics, progress), DONE


def _instead(given: argparse.Namespace, configuration: Configuration, progress: Steps) -> str:
    """Return what is shown where the command is not to be run: its configuration, or what it would do."""
    if given.print_config:
        from csatext.batch.configuration import as_toml

        return as_toml(configuration).rstrip("\n")
    if getattr(given, "dry_run", False):
        from csatext.batch.preview.preview import preview

        return "\n".join(
            preview(
                given.input,
                given.out,
                configuration,
                progress,
                model=given.model if _by_model(given) else "",
                n_jobs=_processes(given, configuration),
                annotates=given.command == "annotate",
                in_partitions=_in_partitions(given),
            )
        )
    return ""


def _metrics(given: argparse.Namespace, configuration: Configuration) -> RunMetrics:
    from csatext.batch.configuration import processes
    from csatext.batch.monitoring.metrics import RunMetrics

    return RunMetrics(given.command, processes(_processes(given, configuration)))


def _in_partitions(given: argparse.Namespace) -> bool:
    """Return whether the command annotates contacts in partitions."""
    from csatext.batch.phases.run_by_model import runs_in_partitions

    if given.command == "annotate":
        return _by_model(given)
    if given.command != "run":
        return False
    model = given.model if _by_model(given) else ""
    return runs_in_partitions(given.input, model=model, engine=given.engine, incremental=given.incremental)


def _processes(given: argparse.Namespace, configuration: Configuration) -> int | str:
    """Return the processes that the command takes: those given, else one a core for partitions."""
    return (_n_jobs(given.n_jobs) or "auto") if _in_partitions(given) else configuration.text.n_jobs


def _handed_on(given: argparse.Namespace, result: RunResult, metrics: RunMetrics, progress: Steps) -> str:
    """Write the metrics of a run, hand its tables on where that is asked for; return what is said of it."""
    said = [_ran(result)]
    if given.to_sql:
        said += _exported(given, metrics.timed(progress))
    _write_metrics(given, metrics, progress, unchanged=result.unchanged)
    if target := getattr(given, "spark_write", ""):
        from csatext.batch.engines.warehouse import write_warehouse

        progress("写入 Spark")
        write_warehouse(Path(given.out) / "facts.parquet", target)
    return "\n".join(said)


def _write_metrics(
    given: argparse.Namespace, metrics: RunMetrics, progress: Steps, *, unchanged: bool
) -> None:
    figures = metrics.write(Path(given.out), unchanged=unchanged)
    _record(progress, {"event": "metrics", **figures})


def _exported(given: argparse.Namespace, progress: Callable[[str], None]) -> list[str]:
    from csatext.batch.destinations.export import Destinations, export_run

    to = Destinations(
        given.to_sql,
        given.to_sql_schema,
        given.if_exists,
        getattr(given, "to_parquet", ""),
        getattr(given, "by_date", "day"),
        getattr(given, "to_csv", ""),
    )
    return export_run(given.out, to, progress)


def _export(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    if not (given.to_sql or given.to_parquet or given.to_csv):
        raise ConfigError("export 要写到哪里？请至少给出 --to-sql、--to-parquet、--to-csv 之一。")
    return "；".join(_exported(given, progress)) + "。", DONE


def _ran(result: RunResult) -> str:
    """Return the sentence about a run."""
    if result.unchanged:
        return (
            f"没有变化：输入、配置、模型都与上次相同，{result.contacts} 条联络不必重算。报告：{result.report}"
        )
    dialogues = "" if result.turns is None else f"{result.turns} 句对话合成 "
    outside = f"，{result.outside} 条不在所选时间内" if result.outside else ""
    found = f"{dialogues}{result.contacts} 条联络，{result.rejects} 行剔除{outside}"
    left_out = "".join(f"{detail.rstrip('。')}。" for detail in result.left_out)
    revised = f"重算的时段：{'、'.join(result.revised)}。" if result.revised else ""
    return f"读入 {result.rows} 行：{found}。{left_out}{revised}报告：{result.report}"


def _fit(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    configuration = _configuration(given)
    if shown := _instead(given, configuration, progress):
        return shown, DONE
    from csatext.batch.phases.fit import fit

    found = fit(given.input, given.out, configuration, progress, sample=given.sample)
    total = "" if found.contacts is None else f"共 {found.contacts} 条，"
    of_all = "" if found.fitted == found.contacts else f"（{total}随机抽取）"
    return f"从 {found.fitted} 条联络学出了模型{of_all}。模型：{found.folder}", DONE


def _aggregate(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    from csatext.batch.configuration import Configuration, load_configuration
    from csatext.batch.phases.run_by_model import aggregate_store

    configuration = load_configuration(given.config) if given.config is not None else Configuration()
    configuration = configuration.with_given(tables={"by": given.by, "freq": given.freq})
    if shown := _instead(given, configuration, progress):
        return shown, DONE
    metrics = _metrics(given, configuration)
    result = aggregate_store(
        given.facts, given.out, configuration, metrics.timed(progress), audit=given.audit
    )
    return _handed_on(given, result, metrics, progress), DONE


def _annotate(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    configuration = _configuration(given)
    if shown := _instead(given, configuration, progress):
        return shown, DONE
    from csatext.batch.annotate import ENDINGS, annotate

    model = given.model if _by_model(given) else ""
    if model and Path(given.out).suffix.lower() not in ENDINGS:
        from csatext.batch.phases.run_by_model import annotate_store

        metrics = _metrics(given, configuration)
        found = annotate_store(
            given.input,
            given.out,
            configuration,
            metrics.timed(progress),
            model=model,
            n_jobs=_n_jobs(given.n_jobs) or "auto",
            engine=given.engine,
        )
        _write_metrics(given, metrics, progress, unchanged=not found.changed)
        done = f"标注了 {len(found.annotated)} 个文件" if found.changed else "没有变化"
        known = f"，{found.known} 个文件早已标注" if found.known else ""
        return f"{done}{known}：{found.contacts} 条联络，{found.rejects} 行剔除。文件夹：{given.out}", DONE
    if given.engine == "spark":
        raise ConfigError("annotate --engine spark 要 --model 模型文件夹，--out 要是文件夹。")
    contacts, rejects = annotate(
        given.input, given.out, configuration, progress, with_text=given.text, model=model
    )
    return f"标注了 {contacts} 条联络，{rejects} 行剔除。文件：{given.out}", DONE


def _train(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    from csatext.batch.configuration import Configuration
    from csatext.batch.train import train

    configuration = Configuration().with_given(
        columns=_columns(given.column), encoding=given.encoding, kind=given.kind, query=given.query
    )
    found = train(given.tags, given.out, configuration, progress, original=given.original, date=given.date)
    divided = f"，{found.divided} 条标注人意见不一，没有用" if found.divided else ""
    return f"用 {found.contacts} 条标注学了 {found.categories} 个类别{divided}。模型：{given.out}", DONE


def _tag_export(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    configuration = _configuration(given)
    from csatext.batch.tag import export_tags

    n, files = export_tags(
        given.input,
        given.out,
        configuration,
        progress,
        original=given.original,
        n=given.n,
        strategy=given.strategy,
        by=given.by,
        annotators=given.annotators or 1,
        scorecard=given.scorecard,
        flags=_flags(given),
        random_state=given.seed,
        form=given.form,
    )
    return f"抽出 {n} 条。文件：{'、'.join(map(str, files))}", DONE


def _flags(given: argparse.Namespace) -> list[str]:
    if given.flag and given.scorecard:
        raise ConfigError("--flag 与 --scorecard 不能同时用；请只写一种。")
    return list(given.flag)


def _names(given: list[str]) -> dict[str, str]:
    """Return the name of each annotator by what a tool calls them."""
    pairs = [one.partition("=")[::2] for one in given]
    for one, (key, name) in zip(given, pairs, strict=True):
        if not key.strip() or not name.strip():
            raise ConfigError(f"--name「{one}」不可用；请写成 代号=人名，例如 --name 1=张三。")
    return {key.strip(): name.strip() for key, name in pairs}


def _tag_import(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    from datetime import date

    from csatext.batch.tag import import_lines, import_tags

    day = given.date or date.today().isoformat()
    result = import_tags(
        given.workbooks, given.store, given.taxonomy, day, progress, given.scorecard, _flags(given),
        _names(given.name),
    )  # fmt: skip
    is_clean = result.found.problems.empty and result.found.conflicts.empty
    return "\n".join(import_lines(result)), DONE if is_clean else TO_MEND


def _tag_llm(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    from datetime import date

    configuration = _configuration(given)
    from csatext.batch.tag import import_lines, tag_by_model

    result = tag_by_model(
        given.input,
        given.store,
        configuration,
        progress,
        model=given.llm,
        tagged_on=given.date or date.today().isoformat(),
        original=given.original,
        n=given.n,
        strategy=given.strategy,
        by=given.by,
        random_state=given.seed,
        cache=given.cache,
        max_calls=given.max_calls,
    )
    return "\n".join(import_lines(result)), DONE if result.found.problems.empty else TO_MEND


def _tag_agreement(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    from csatext.batch.tag import agreement_lines

    return "\n".join(agreement_lines(given.store, progress)), DONE


def _report(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    from csatext.batch.report_from_facts import Wanted, report_of

    if given.month and (given.since or given.until):
        raise ConfigError("--month 不能与 --since、--until 同时用；请只写一种。")
    wanted = Wanted(
        given.title,
        given.sections,
        given.audience,
        given.month or given.since,
        given.month or given.until,
    )
    try:
        written = report_of(
            given.facts, given.out, wanted, progress, audit=given.audit, xlsx=given.xlsx, pptx=given.pptx
        )
    except ParameterError as error:
        said = str(error).replace("参数 ", "--", 1)
        raise ConfigError(said.replace("--since", "--month", 1) if given.month else said) from error
    return f"报告：{'、'.join(map(str, written))}", DONE


def _verify(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    from csatext.reporting.verify import verify_report

    progress("核对")
    found = verify_report(given.report, given.run)
    counted = f"核对了报告里的 {found.attrs['numbers']:,} 个数，按事实重算了 {found.attrs['tables']:,} 个表"
    if found.empty:
        return f"{counted}：全部一致。", DONE
    lines = [
        f"{row.place}「{row.table}」{_address(row)}：{row.problem}"
        + (f"，报告 {row.shown}，应为 {row.found}" if row.found == row.found else f"，报告 {row.shown}")
        for row in found.head(_MOST_FINDINGS).itertuples(index=False)
    ]
    more = f"\n另有 {len(found) - _MOST_FINDINGS:,} 处。" if len(found) > _MOST_FINDINGS else ""
    return f"{counted}：{len(found):,} 处不一致。\n" + "\n".join(lines) + more, TO_MEND


def _address(row: Any) -> str:
    return "，".join(str(part) for part in (row.row, row.column) if part == part and part)


def _compare(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    from csatext.batch.compare import compare

    found = compare(
        given.run_a,
        given.run_b,
        given.out,
        given.title,
        progress,
        by=given.by,
        measure=given.measure,
        workbook=given.xlsx,
    )
    clear = found.table["q"] < found.table.attrs["alpha"]
    counted = {
        name: int((found.table["status"].eq(status) & clear).sum())
        for name, status in (("上升", "rose"), ("下降", "fell"), ("新出现", "new"), ("消失", "gone"))
    }
    said = "，".join(f"{name} {n} 项" for name, n in counted.items())
    lines = [f"{said}。对比：{'、'.join(map(str, found.files))}", *found.table.attrs["notes"]]
    return "\n".join(lines), DONE


def _validate(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    from csatext.batch.monitoring.metrics import read_metrics
    from csatext.batch.output import damaged_files

    progress(f"检查 {Path(given.out).name}")
    damaged, listed = damaged_files(Path(given.out))
    figures = read_metrics(Path(given.out))
    if not damaged:
        last = f"上次运行结束于 {figures['ended']}（metrics.json）。" if figures else ""
        return f"{listed} 个文件都在，与 manifest.json 一致。{last}", DONE
    named = "、".join(damaged[:_MOST_FINDINGS])
    return f"{listed} 个文件里有 {len(damaged)} 个缺了或被改动过：{named}。请重新运行同一个命令。", TO_MEND


def _demo(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    for name, value, least in (("--contacts", given.contacts, 1), ("--seed", given.seed, 0)):
        if value < least:
            raise ConfigError(f"{name} {value} 不可用；应是不小于 {least} 的整数。")
    from csatext.batch.demo import demo

    result, incidents = demo(Path(given.out), given.contacts, given.seed, progress)
    planted = "；".join(incidents)
    return f"模拟了 {result.contacts} 条联络，其中埋入的事件：{planted}。报告：{result.report}", DONE


def _check(given: argparse.Namespace, progress: Steps) -> tuple[str, int]:
    columns = _columns(given.column)
    from csatext.ingest.any_input import read_any
    from csatext.ingest.formats.database import source_name
    from csatext.ingest.options import ReadOptions
    from csatext.ingest.quality.checks import check, verdict
    from csatext.labels import check_name
    from csatext.privacy.outputs import mask_sentence

    progress(f"读取 {mask_sentence(source_name(given.input))}")
    section = ReadOptions(
        columns, given.encoding, kind=given.kind or "auto", query=given.query, duplicates="first"
    )
    read, turns = read_any(given.input, section, progress)
    progress("检查")
    contacts = read.contacts
    contacts.attrs["quality"] = read.quality.to_dict("records")
    table = check(contacts, turns)
    lines = [
        f"{check_name(row.check)}\t{row.column or '-'}\t{row.n}/{row.total}\t{mask_sentence(row.detail)}"
        for row in table.itertuples(index=False)
    ]
    to_mend = verdict(table)
    conclusion = (
        f"结论：请先处理这 {len(to_mend)} 项：{'；'.join(to_mend)}。" if to_mend else "结论：可以分析。"
    )
    return "\n".join(["检查项\t列\t行数\t说明", *lines, conclusion]), TO_MEND if to_mend else DONE
