"""Progress: bars on a terminal, plain lines with the time in a log, nothing where it is not wanted."""

from __future__ import annotations

import io
import logging
import time

import pytest

import csatext as ct
from csatext import progress
from csatext.progress import Steps, counted, tracked

SAID = ("50/100 条（50%），已用 0:03，约剩 0:03", "100/100 条（100%），已用 0:06")


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
        "分词 40/100 条（40%），已用 0:02，约剩 0:03",
        "分词 100/100 条（100%），已用 0:05",
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
    monkeypatch.setattr(progress, "_AFTER", 0.05)
    with Steps(stream), counted("分词", 4) as count:
        for _ in range(4):
            time.sleep(0.06)
            count.add(1)
    shown = stream.getvalue()
    assert "分词  50%" in shown and "2/4 [00:00<00:00" in shown and "条/s" in shown
    assert shown.endswith("\r") and "\n" not in shown  # the bar leaves the line empty
    quick = Terminal()
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


def test_long_verbs_show_bars_only_where_they_are_wanted(monkeypatch):
    texts = ["快递三天没到，客服态度差", "退款一直没到账", "怎么开发票"] * 30
    monkeypatch.setattr(progress, "_AFTER", 0.0)
    seen = {}
    for verbose in (True, False):
        monkeypatch.setattr(progress.sys, "stderr", stream := Terminal())
        corpus = ct.Vectorizer(verbose=verbose).fit_transform(texts)
        ct.TopicModel(2, n_iter=20, n_runs=2, verbose=verbose).fit(corpus)
        for kind in (ct.Sentiment, ct.ServiceSignals, ct.RuleClassifier, ct.ContactKind, ct.AspectSentiment):
            kind(verbose=verbose).fit(corpus).transform(corpus)
        seen[verbose] = stream.getvalue()
    assert seen[False] == ""
    assert [
        name for name in ("清洗、脱敏", "分词", "主题", "逐条分析", "方面") if name not in seen[True]
    ] == []
