"""A session of Spark: the one that is there, or one of this process; says what is missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from csatext.errors import InputError

__all__ = ["check_spark", "java_version", "spark_session"]

_WHAT = "--engine spark "
_SPARK, _OLDEST = 4, 17
"""Spark that takes tables of Arrow, and the Java that it runs on."""
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_SECONDS = 60


@contextmanager
def spark_session() -> Iterator[Any]:
    """Yield the session that is active in this process; where there is none, one that ends with the block.

    Its master is that of ``spark-submit``, of ``spark-defaults.conf`` or of the environment variable
    ``MASTER``, as for every program of Spark; without any, the cores of this machine.

    Raises
    ------
    InputError
        pyspark or Java is missing or too old, Spark does not start, or the session is one of Spark Connect.
    """
    check_spark()
    pyspark, sql = import_module("pyspark"), import_module("pyspark.sql")
    errors, py4j = import_module("pyspark.errors"), import_module("py4j.protocol")
    running = _context(pyspark) is not None
    builder = sql.SparkSession.builder
    if not running:
        builder = builder.appName("csatext").config("spark.ui.showConsoleProgress", "false")
    try:
        session = builder.getOrCreate()
        context = session.sparkContext
    except (errors.PySparkException, py4j.Py4JError) as error:
        what = "请检查 SPARK_HOME、--master 和 Spark 的日志；不支持 Spark Connect"
        raise InputError.unreadable("Spark", f"没有启动（{type(error).__name__}）", what) from error
    if not running and context.master.startswith("local") and "PYSPARK_PYTHON" not in os.environ:
        context.pythonExec = sys.executable
    try:
        yield session
    finally:
        if not running:
            session.stop()


def java_version() -> int | None:
    """Return the version of the Java that Spark would start; None where there is none.

    Examples
    --------
    >>> java_version() is None or java_version() > 0
    True
    """
    home = os.environ.get("JAVA_HOME", "")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if java is None:
        return None
    try:
        said = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search(said.stderr + said.stdout)
    return int(found[1]) if found else None


def check_spark() -> None:
    """Raise where Spark could not start; nothing is started.

    Raises
    ------
    InputError
        pyspark or Java is missing or too old.
    """
    try:
        pyspark = import_module("pyspark")
    except ImportError as error:
        raise InputError.missing_package(_WHAT, "pyspark", "spark") from error
    if int(pyspark.__version__.split(".")[0]) < _SPARK:
        given = f"{_WHAT}需要 pyspark {_SPARK} 以上，现在是 {pyspark.__version__}"
        raise InputError(f"{given}；请运行 pip install 'csatext[spark]'。")
    if _context(pyspark) is not None or "PYSPARK_GATEWAY_PORT" in os.environ:
        return  # Java runs
    version = java_version()
    what = f"请安装 Java {_OLDEST} 以上（Debian、Ubuntu：apt install default-jre-headless），或设好 JAVA_HOME"
    if version is None:
        raise InputError(f"{_WHAT}需要 Java，这台机器上没有找到；{what}；或用 --engine local。")
    if version < _OLDEST:
        raise InputError(f"{_WHAT}需要 Java {_OLDEST} 以上，现在是 Java {version}；{what}。")


def _context(pyspark: ModuleType) -> Any:
    """Return the context of this process, None where there is none."""
    return pyspark.SparkContext._active_spark_context
