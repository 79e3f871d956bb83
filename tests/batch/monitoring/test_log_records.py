import io
import json
import logging
import re
import warnings

import pytest

from csatext import progress
from csatext.batch.monitoring.log_records import LoggedSteps, log_of_parent, log_of_worker, logged
from csatext.progress import counted

PHONE = "13800138000"


@pytest.fixture
def clock(monkeypatch):
    """A clock that work moves on by hand."""
    now = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def records_of(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_progress_is_a_record_with_rate_and_seconds_left_at_most_every_ten_seconds(clock):
    stream = io.StringIO()
    with logged(stream, "json") as log, LoggedSteps(stream, log) as steps:
        steps("标注")
        with counted("分词", 100) as count:
            for _ in range(10):
                clock[0] += 3
                count.add(10)
    step, *shown = records_of(stream)
    assert (step["event"], step["step"], step["number"], step["seconds"]) == ("step", "标注", 1, 0.0)
    # The first after two seconds, then ten after it: 3, 15 and 27 seconds; and the end.
    assert [(one["done"], one["seconds"]) for one in shown] == [(10, 3), (50, 15), (90, 27), (100, 30)]
    first = shown[0]
    assert (first["event"], first["total"], first["unit"]) == ("progress", 100, "条")
    assert first["per_second"] == 3.333  # 10 / 3
    assert first["seconds_left"] == 27  # 90 more at 10 in 3 seconds
    assert "seconds_left" not in shown[-1]
    assert {one["run"] for one in (step, *shown)} == {log.run}
    assert all(re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["time"]) for one in shown)


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_libraries_say_passes_masked_on_one_line_and_without_what_their_errors_quote(form):
    stream = io.StringIO()
    with logged(stream, form):
        warnings.warn(f"column 张三{PHONE}\nis odd", UserWarning, stacklevel=1)
        try:
            raise ValueError(f"cell {PHONE}")
        except ValueError:
            logging.getLogger("other").exception("could not read 客诉%s.csv", PHONE)
        logging.getLogger("other").info("nobody asks for this")
    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert PHONE not in stream.getvalue()
    assert "[手机号]" in lines[0] and "[手机号]" in lines[1]
    if form == "json":
        first, second = records_of(stream)
        assert (first["level"], first["logger"]) == ("warning", "py.warnings")
        assert second["message"] == "could not read 客诉[手机号].csv (ValueError)"
    else:
        assert " ERROR other: could not read 客诉[手机号].csv (ValueError)" in lines[1]


def test_nothing_is_left_behind_and_quiet_is_quiet():
    before = list(logging.getLogger().handlers)
    stream = io.StringIO()
    with logged(stream, "json") as log:
        steps = LoggedSteps(stream, log)
        steps.verbose = False
        steps("读取")
    logging.getLogger("other").error("after the end")
    assert stream.getvalue() == ""
    assert logging.getLogger().handlers == before
    assert log_of_parent() is None


def test_a_worker_writes_as_its_parent(capsys, monkeypatch):
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    log_of_worker(None)
    assert root.handlers == []
    with logged(io.StringIO(), "json") as log:
        given = log_of_parent()
    log_of_worker(given)
    logging.captureWarnings(False)
    logging.getLogger("w").warning("号码 %s", PHONE)
    shown = json.loads(capsys.readouterr().err)
    assert (shown["run"], shown["message"]) == (log.run, "号码 [手机号]")
