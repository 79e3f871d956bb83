"""Progress: bars on a terminal, plain lines with the time in a log, nothing where it is not wanted."""

from __future__ import annotations

import io
import logging
import re
import time

import pytest

import csatext as ct
from csatext import progress
from csatext.progress import Steps, counted, tracked

SAID = ("50/100 条（50%），已用 0:03，每秒 17 条，约剩 0:03", "100/100 条（100%），已用 0:06，每秒 17 条")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that work moves on by hand."""
    now = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def work(clock, done, seconds):
    with counted("分词", 100) as count:
        for n in done:
            clock[0] += seconds
            count.add(n)


def test_steps_rewrite_their_line_on_a_terminal_and_are_lines_with_the_time_elsewhere(clock):
    for stream, wanted in (
        (Terminal(), "\r\033[K[1] 一 …\r\033[K[2] 二 …\r\033[K"),
        (io.StringIO(), "[1] 一 …\n[2] 二 …（已用 1:05）\n"),
    ):
        steps = Steps(stream)
        steps("一")
        clock[0] += 65
        steps("二")
        steps.close()
        assert stream.getvalue() == wanted


def test_a_log_gets_plain_lines_from_two_seconds_on(clock, caplog):
    caplog.set_level(logging.INFO, logger="csatext.progress")
    work(clock, [20, 20, 20, 20, 20], 1)
    assert caplog.messages == [
        "分词 40/100 条（40%），已用 0:02，每秒 20 条，约剩 0:03",
        "分词 100/100 条（100%），已用 0:05，每秒 20 条",
    ]
    caplog.clear()
    work(clock, [50, 50], 0.5)
    assert caplog.messages == []


def test_a_command_without_a_terminal_gets_the_lines_under_its_step(clock):
    stream = io.StringIO()
    with Steps(stream) as steps:
        steps("清洗")
        work(clock, [50, 50], 3)
    lines = ["[1] 清洗 …", *("    分词 " + said for said in SAID)]
    assert stream.getvalue().splitlines() == lines


def test_a_terminal_gets_a_bar_with_rate_and_time_left(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(progress, "_AFTER", 0.0)
    monkeypatch.setattr(progress, "_FRAME", 0.01)
    with Steps(stream), counted("分词", 4) as count:
        count.add(2)
        time.sleep(0.5)
    lines = stream.getvalue().removesuffix("\r\033[K").split("\r")
    assert any(re.match(r"分词  50%.*\| 2/4 \[00:00<00:\d\d, +[\d.]+ 条/s\]", line) for line in lines)
    assert not lines[-1] and not lines[-2].strip()  # the bar leaves the line empty
    assert "\n" not in stream.getvalue()
    with Steps(stream), counted("读取", None):
        time.sleep(0.3)
    assert "\r读取 … [00:00]" in stream.getvalue()
    with Steps(stream) as steps:
        steps("清洗")
        with counted("分词", 4):
            time.sleep(0.3)
    assert stream.getvalue().endswith("\r\033[K[1] 清洗 …")
    quick = Terminal()
    monkeypatch.setattr(progress, "_AFTER", 60.0)
    with Steps(quick), counted("分词", 4) as count:
        count.add(4)
    assert quick.getvalue() == ""


def test_what_is_counted_inside_of_a_count_or_not_wanted_is_not_shown(clock, caplog):
    caplog.set_level(logging.INFO, logger="csatext.progress")
    with counted("外", 1, verbose=False) as count:
        clock[0] += 60
        count.add(1)
    for _ in tracked([1, 2], "根因", unit="期"):
        work(clock, [50, 50], 30)
    assert caplog.messages == ["根因 1/2 期（50%），已用 1:00，约剩 1:00", "根因 2/2 期（100%），已用 2:00"]
    stream = io.StringIO()
    with Steps(stream) as steps:
        steps.verbose = False
        steps("一")
        work(clock, [50, 50], 3)
    assert stream.getvalue() == ""


def test_long_verbs_count_where_it_is_wanted(monkeypatch):
    texts = ["快递三天没到，客服态度差", "退款一直没到账", "怎么开发票"] * 30
    done = {}

    class Bar:
        def __init__(self, name, *_):
            self.name = name

        def add(self, n):
            done[self.name] = done.get(self.name, 0) + n

        def at(self, n, total):
            done[self.name] = (n, total)

        def close(self):
            pass

    monkeypatch.setattr(progress, "_Bar", Bar)
    monkeypatch.setattr(progress.sys, "stderr", Terminal())
    for verbose in (False, True):
        assert done == {}
        corpus = ct.Vectorizer(verbose=verbose).fit_transform(texts)
        ct.TopicModel(2, n_iter=20, n_runs=2, verbose=verbose).fit(corpus)
        for kind in (ct.ServiceSignals, ct.AspectSentiment, ct.SnowNLPSentiment):
            kind(verbose=verbose).fit(corpus).transform(corpus)
    assert done == {"清洗、脱敏": 90, "分词": 90, "主题": (40, 40), "逐条分析": 90, "方面": 90, "情感": 90}
    for kind in (ct.Sentiment, ct.RuleClassifier, ct.ContactKind):
        kind(verbose=False).fit(corpus).transform(corpus)
    assert done["逐条分析"] == 90
    for kind in (ct.Sentiment, ct.RuleClassifier, ct.ContactKind):
        kind().fit(corpus).transform(corpus)
    assert done["逐条分析"] > 90
