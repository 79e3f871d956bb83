import sys

import pytest

from csatext.batch.engines.java_session import check_spark, java_version
from csatext.errors import InputError


def java_that_says(folder, said):
    """Make a Java home whose java says its version, on standard error as Java does."""
    (folder / "bin").mkdir(parents=True)
    java = folder / "bin" / "java"
    java.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    java.chmod(0o755)
    return str(folder)


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A process without Java and without Spark."""
    import pyspark

    monkeypatch.setattr(pyspark.SparkContext, "_active_spark_context", None)
    monkeypatch.delenv("PYSPARK_GATEWAY_PORT", raising=False)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    return monkeypatch


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_401"', 8),
        ('openjdk version "21" 2023-09-19', 21),
        ("no version", None),
    ],
)
def test_version_of_java(bare, tmp_path, said, version):
    bare.setenv("JAVA_HOME", java_that_says(tmp_path / "jdk", said))
    assert java_version() == version


def test_java_is_missing(bare):
    assert java_version() is None
    with pytest.raises(InputError, match="需要 Java，这台机器上没有找到；请安装 Java 17 以上"):
        check_spark()


def test_java_is_too_old(bare, tmp_path):
    bare.setenv("JAVA_HOME", java_that_says(tmp_path / "jdk", 'openjdk version "11.0.2" 2019-01-15'))
    with pytest.raises(InputError, match="需要 Java 17 以上，现在是 Java 11；"):
        check_spark()


def test_java_that_runs_is_not_asked(bare):
    bare.setenv("PYSPARK_GATEWAY_PORT", "1")
    check_spark()


def test_pyspark_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(InputError, match=r"需要 pyspark；请先运行 pip install 'csatext\[spark\]'"):
        check_spark()


def test_pyspark_is_too_old(monkeypatch):
    import pyspark

    monkeypatch.setattr(pyspark, "__version__", "3.5.1")
    with pytest.raises(InputError, match=r"需要 pyspark 4 以上，现在是 3\.5\.1；"):
        check_spark()
