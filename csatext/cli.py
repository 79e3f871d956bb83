"""The command line: verbs that match the library's."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn, TextIO

from csatext.errors import ConfigError, CsatextError

__all__ = ["main"]

DONE, FAILED, WRONG_USAGE = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"命令写法有误：{message}；用 {self.prog} --help 查看用法。")


class _Progress:
    """One line that is rewritten on a terminal, plain lines elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._step = 0

    def __call__(self, step: str) -> None:
        self._step += 1
        start, end = ("\r\033[K", "") if self._terminal else ("", "\n")
        self._stream.write(f"{start}[{self._step}] {step} …{end}")
        self._stream.flush()

    def close(self) -> None:
        if self._terminal and self._step:
            self._stream.write("\r\033[K")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after ``csatext``; None takes those of the process.

    Returns
    -------
    int
        0 done, 1 failed, 2 wrong usage or configuration.

    Examples
    --------
    >>> main(["run"])
    2
    """
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    progress = _Progress(sys.stderr)
    try:
        given = _parser().parse_args(arguments)
        message = given.verb(given, progress)
    except ConfigError as error:
        progress.close()
        sys.stderr.write(f"{error}\n")
        return WRONG_USAGE
    except CsatextError as error:
        progress.close()
        sys.stderr.write(f"{error}\n")
        return FAILED
    except OSError as error:
        progress.close()
        sys.stderr.write(
            f"读写文件出错：{error.filename or ''} {error.strerror or error}；请检查路径、权限和磁盘空间。\n"
        )
        return FAILED
    except KeyboardInterrupt:
        progress.close()
        sys.stderr.write("已中断；未写完的文件没有留下。\n")
        return FAILED
    progress.close()
    sys.stdout.write(f"{message}\n")
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="csatext", description="把客服文本变成经得起追问的表格。")
    verbs = parser.add_subparsers(dest="command", required=True, metavar="命令")
    run = verbs.add_parser("run", help="读取导出文件，分析，写出表格和报告")
    run.add_argument("input", metavar="INPUT", help="CSV、TSV、XLSX、XLS、JSON、JSONL、Parquet 或文件夹")
    run.add_argument("-o", "--out", required=True, metavar="OUT", help="输出文件夹")
    run.add_argument("--config", metavar="TOML", help="配置文件")
    run.add_argument(
        "--column", action="append", default=[], metavar="标准列=表头", help="如 text=投诉内容，可重复"
    )
    run.add_argument("--encoding", default="", help="文件编码；不写则自动判断")
    run.set_defaults(verb=_run)
    demo = verbs.add_parser("demo", help="在模拟的客服中心上跑一遍，留下一份可打开的报告")
    demo.add_argument("-o", "--out", default="csatext-demo", metavar="OUT", help="输出文件夹")
    demo.add_argument("--contacts", type=int, default=20000, metavar="N", help="模拟的联络数")
    demo.add_argument("--seed", type=int, default=0, metavar="S", help="随机种子")
    demo.set_defaults(verb=_demo)
    check = verbs.add_parser("check", help="检查文件的数据质量")
    check.add_argument("input", metavar="FILE")
    check.add_argument("--column", action="append", default=[], metavar="标准列=表头")
    check.add_argument("--encoding", default="")
    check.set_defaults(verb=_check)
    return parser


def _columns(pairs: Sequence[str]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        canonical, equals, header = pair.partition("=")
        if not equals or not canonical or not header:
            raise ConfigError(f"--column {pair} 写法有误；应写作 标准列=表头，如 text=投诉内容。")
        columns[canonical] = header
    return columns


def _run(given: argparse.Namespace, progress: _Progress) -> str:
    from csatext.batch.configuration import Configuration, load_configuration
    from csatext.batch.pipeline import run

    configuration = load_configuration(given.config) if given.config else Configuration()
    section = configuration.input
    section = replace(
        section,
        columns={**section.columns, **_columns(given.column)},
        encoding=given.encoding or section.encoding,
    )
    result = run(given.input, given.out, replace(configuration, input=section), progress)
    return f"读入 {result.rows} 行：{result.contacts} 条联络，{result.rejects} 行剔除。报告：{result.report}"


def _demo(given: argparse.Namespace, progress: _Progress) -> str:
    from csatext.batch.demo import demo

    if given.contacts < 1:
        raise ConfigError(f"--contacts {given.contacts} 不可用；应是正整数。")
    result, incidents = demo(Path(given.out), given.contacts, given.seed, progress)
    planted = "；".join(incidents)
    return f"模拟了 {result.contacts} 条联络，其中埋入的事件：{planted}。报告：{result.report}"


def _check(given: argparse.Namespace, progress: _Progress) -> str:
    from csatext.ingest.quality import check
    from csatext.ingest.read import read_contacts

    progress(f"读取 {Path(given.input).name}")
    contacts = read_contacts(
        given.input, columns=_columns(given.column) or None, encoding=given.encoding or None
    )
    progress("检查")
    table = check(contacts)
    lines = [
        f"{row.check}\t{row.column or '-'}\t{row.n}/{row.total}\t{row.detail}"
        for row in table.itertuples(index=False)
    ]
    return "\n".join(["检查项\t列\t行数\t说明", *lines])
