import ast
import contextlib
import io
import logging
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.cli import main

VERBS = ("run", "annotate", "train", "tag", "report", "demo", "check")
UTTERANCES = [
    "快递三天没动静，太慢了",
    "客服态度很好，谢谢",
    "重复扣费两次",
    "断网没人修",
    "会员退款不到账",
    "不错",
]


@pytest.fixture(autouse=True)
def _no_handlers_left():
    before = list(logging.getLogger().handlers)
    yield
    logging.getLogger().handlers[:] = before


def rows(n, **columns):
    at = np.arange(n)
    frame = pd.DataFrame(
        {
            "doc_id": [f"T{i}" for i in at],
            "text": [UTTERANCES[i % 6] + "。" * (i % 3) for i in at],
            "created_at": pd.Timestamp("2026-01-05 09:00") + pd.to_timedelta(at * 7 % 60, unit="D"),
            "channel": np.array(["电话", "在线"])[at % 2],
            "product": np.array(["手机", "宽带", "会员"])[at % 3],
        }
    )
    kept = [name for name in frame if columns.get(name, "") is not None]
    return frame[kept].assign(**{name: values for name, values in columns.items() if values is not None})


def csv(folder, frame, name="in.csv"):
    frame.to_csv(folder / name, index=False)
    return str(folder / name)


def outcome(capsys, *words):
    code = main(list(words))
    out, err = capsys.readouterr()
    return code, out, err


def is_chinese(text):
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return csv(tmp_path_factory.mktemp("good"), rows(60))


@pytest.fixture(scope="module")
def ran(good, tmp_path_factory):
    """The folder of a run of the good input, with its code and what it printed and logged; only read it."""
    folder = tmp_path_factory.mktemp("ran") / "out"
    printed, logged = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(logged):
        code = main(["run", good, "-o", str(folder), "--column", "text=text"])
    return folder, code, printed.getvalue(), logged.getvalue()


@pytest.mark.parametrize("verb", [None, *VERBS])
def test_help_is_in_chinese_and_complete(capsys, verb):
    with pytest.raises(SystemExit) as left:
        main([*([verb] if verb else []), "--help"])
    assert left.value.code == 0
    usage = capsys.readouterr().out
    assert usage.startswith("用法：")
    for english in ("usage", "positional", "options", "show this", "optional"):
        assert english not in usage
    if verb is None:
        assert all(name in usage for name in VERBS)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "缺少 命令"),
        (["fly"], "不能是 'fly'"),
        (["run"], "缺少 INPUT, -o/--out"),
        (["run", "x", "-o"], "后面要跟一个值"),
        (["run", "x", "-o", "y", "--fast"], "不认识的参数 --fast"),
        (["run", "x", "-o", "y", "--column", "text"], "标准列=表头"),
        (["run", "", "-o", "y"], "是空的"),
        (["run", "x", "-o", ""], "是空的"),
        (["run", "x", "-o", "y", "--config", "/none/c.toml"], "请检查路径"),
        (["demo", "--contacts", "many"], "要写整数"),
        (["demo", "--contacts", "0"], "不小于 1"),
        (["demo", "--seed", "-1"], "不小于 0"),
    ],
)
def test_wrong_usage_is_code_2_and_one_chinese_sentence(capsys, words, message):
    code, out, err = outcome(capsys, *words)
    assert code == 2
    assert out == ""
    assert message in err
    assert err.count("\n") == 1
    for english in ("required", "argument", "invalid", "expected"):
        assert english not in err


def bad_inputs(folder):
    noise = np.random.default_rng(0).integers(0, 256, 4000, dtype=np.uint8).tobytes()
    (folder / "empty.csv").write_bytes(b"")
    (folder / "heads.csv").write_text("doc_id,text\n")
    (folder / "binary.csv").write_bytes(b"\x00\x01" + noise)
    (folder / "folder").mkdir()
    (folder / "folder" / "a.pdf").write_text("x")
    return {
        "empty": str(folder / "empty.csv"),
        "headers only": str(folder / "heads.csv"),
        "binary": str(folder / "binary.csv"),
        "folder of nothing": str(folder / "folder"),
        "not there": str(folder / "none.csv"),
        "not a path": "\x00",
        "unknown ending": str(folder / "folder" / "a.pdf"),
        "texts missing": csv(folder, rows(4, text=[None] * 4), "nulls.csv"),
        "no text column": csv(folder, rows(4, text=None, channel=range(4), product=range(4)), "notext.csv"),
        "repeated ids": csv(folder, rows(4, doc_id=list("aabc")), "twice.csv"),
    }


def test_bad_input_is_code_1_one_chinese_sentence_and_no_file(tmp_path, capsys):
    for name, path in bad_inputs(tmp_path).items():
        for verb, out in (("run", tmp_path / "out"), ("annotate", tmp_path / "out.csv")):
            code, printed, err = outcome(capsys, verb, path, "-o", str(out))
            last = err.rstrip("\n").split("\n")[-1]
            assert (name, code, printed) == (name, 1, "")
            assert is_chinese(last), name
            assert "Traceback" not in err
            assert not out.exists()


def test_bad_configuration_is_code_2_and_no_file(tmp_path, capsys, good):
    for number, text in enumerate(("[tables]\nbyy=[]", "[tables]\nby='x'", "=", "[tables]\nby=['chanel']")):
        (tmp_path / "c.toml").write_text(text)
        code, _, err = outcome(
            capsys, "run", good, "-o", str(tmp_path / "out"), "--config", str(tmp_path / "c.toml")
        )
        assert (number, code) == (number, 2)
        assert is_chinese(err)
        assert not (tmp_path / "out").exists()


def test_output_that_is_a_file(tmp_path, capsys, good):
    (tmp_path / "out").write_text("keep")
    for place in ("out", "out/deep"):
        code, _, err = outcome(capsys, "run", good, "-o", str(tmp_path / place))
        assert code == 4
        assert "是一个文件" in err
    assert (tmp_path / "out").read_text() == "keep"


def odd_inputs():
    many = rows(400)
    return {
        "one row": rows(1),
        "three rows": rows(3),
        "no dates": rows(30, created_at=None),
        "unreadable dates": rows(30, created_at="昨天"),
        "one day": rows(30, created_at="2026-01-05"),
        "no dimension": rows(30, channel=None, product=None),
        "very many values": rows(400, product=[f"p{i}" for i in range(400)]),
        "long texts": rows(3, text=["快递太慢" * 100_000, "x" * 500_000, "好"]),
        "odd characters": rows(6, text=["快\x00递😀慢", "👨‍👩‍👧", "……", "123", "a\r\nb", "\u200b\ufeff"]),
        "odd names": many.rename(columns={"channel": "", "product": "a/b:c*?\n"}),
        "same words": rows(30, text="太差了，垃圾"),
    }


@pytest.mark.parametrize("name", odd_inputs())
def test_odd_input_ends_well_and_the_report_says_what_is_absent(name, tmp_path, capsys):
    frame = odd_inputs()[name]
    code, printed, err = outcome(capsys, "run", csv(tmp_path, frame), "-o", str(tmp_path / "out"))
    assert code == 0, err
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "方法与口径" in page
    if name in ("no dates", "unreadable dates"):
        assert "走势、变化与根因" in page
    if name == "no dimension":
        assert "没有取值在 2 到 200 个之间的维度列" in page
    assert f"{len(frame)} 行" in printed


def test_run_says_what_it_did_and_logs_plain_lines(ran):
    folder, code, out, err = ran
    assert code == 0
    assert out == f"读入 60 行：60 条联络，0 行剔除。报告：{folder / 'report.html'}\n"
    lines = err.splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO \[1\] 读取 in\.csv …", lines[0])
    assert " INFO [2] " in lines[1]
    assert "\r" not in err


def test_quiet_shows_no_progress(tmp_path, capsys, good):
    code, out, err = outcome(capsys, "check", good, "--column", "text=text", "-q")
    assert (code, err) == (0, "") and out


def test_report_from_facts(tmp_path, capsys, good, ran):
    shutil.copytree(ran[0], tmp_path, dirs_exist_ok=True)
    again = tmp_path / "again" / "r.html"
    code, out, _ = outcome(
        capsys, "report", str(tmp_path / "facts.parquet"), "-o", str(again), "--title", "第二份"
    )
    assert code == 0
    assert str(again) in out
    assert "<h1>第二份</h1>" in again.read_text("utf-8")
    nowhere = tmp_path / "again"  # a folder, but of no run
    for bad in (str(tmp_path / "none.parquet"), good, str(tmp_path / "rejects.parquet"), str(nowhere)):
        code, _, err = outcome(capsys, "report", bad, "-o", str(tmp_path / "x.html"))
        assert (bad, code) == (bad, 1)
        assert "csatext run" in err
    assert not (tmp_path / "x.html").exists()

    # The folder of the run has what needs the texts; departments, chapters and times are chosen.
    words = ["report", str(tmp_path), "-o", str(again)]
    assert outcome(capsys, *words, "--audience", "市场")[0] == 0
    page = again.read_text("utf-8")
    assert 'id="cases"' in page and 'id="service"' not in page
    assert outcome(capsys, *words, "--sections", "摘要,典型案例", "--since", "2026-05-01")[0] in (0, 1)
    for options, said in (
        (["--audience", "财务"], "客服（service）"),
        (["--sections", "别的"], "投诉分类"),
        (["--month", "2026-05", "--since", "2026-05-01"], "--month"),
        (["--month", "五月吧"], "--month"),
    ):
        code, _, err = outcome(capsys, *words, *options)
        assert (options, code, said in err) == (options, 2, True)


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".xlsx"])
def test_annotate_writes_every_contact_once(tmp_path, capsys, ending):
    path = csv(tmp_path, rows(12, note=["=1+1", *["x"] * 11], text=["电话13812345678", *UTTERANCES * 2][:12]))
    out = tmp_path / f"annotated{ending}"
    assert outcome(capsys, "annotate", path, "-o", str(out), "--text")[0] == 0
    once = out.read_bytes()
    assert outcome(capsys, "annotate", path, "-o", str(out), "--text")[0] == 0
    assert out.read_bytes() == once
    if ending == ".parquet":
        table = pd.read_parquet(out).reset_index()
    elif ending == ".csv":
        table = pd.read_csv(out)
    else:
        table = pd.read_excel(out, engine="calamine")
    assert table["doc_id"].tolist() == [f"T{i}" for i in range(12)]
    assert table["文本" if ending == ".xlsx" else "text"].iloc[0] == "电话[手机号]"
    results = (
        {"情感分", "情感", "投诉类别", "命中词"}
        if ending == ".xlsx"
        else {"sentiment", "polarity", "category"}
    )
    assert {"channel", *results} <= set(table)
    assert table["note"].iloc[0].lstrip("'") == "=1+1"


def test_annotate_leaves_the_text_out_unless_asked(tmp_path, capsys, good):
    assert outcome(capsys, "annotate", good, "-o", str(tmp_path / "t.parquet"))[0] == 0
    assert "text" not in pd.read_parquet(tmp_path / "t.parquet")
    code, _, err = outcome(capsys, "annotate", good, "-o", str(tmp_path / "t.docx"))
    assert code == 1
    assert ".xlsx" in err


def test_check_prints_a_table(capsys, good):
    code, out, _ = outcome(capsys, "check", good)
    assert code == 0
    assert out.startswith("检查项\t列\t行数\t说明\n")


def test_check_ends_with_a_verdict_and_its_code(tmp_path, capsys, good):
    code, out, _ = outcome(capsys, "check", good)
    assert (code, out.splitlines()[-1]) == (0, "结论：可以分析。")
    lost = rows(20, text=[*["快递慢"] * 10, *[None] * 10])
    code, out, _ = outcome(capsys, "check", csv(tmp_path, lost, "lost.csv"))
    assert code == 3
    assert out.splitlines()[-1].startswith("结论：请先处理这 1 项：")
    assert "（10/20）" in out.splitlines()[-1]


def test_what_the_command_line_says_of_time_and_dimensions(tmp_path, capsys):
    frame = rows(
        80, created_at=[f"2026-{month:02}-10" for month in (3, 4, 5, 6)] * 20, store=["甲", "乙"] * 40
    )
    path = csv(tmp_path, frame, "in.csv")
    cases = {
        ("--month", "2026-05"): 20,
        ("--until", "2026-04"): 40,
        ("--since", "2026-04-01", "--until", "2026-05-09", "--by", "store", "--freq", "M"): 20,
    }
    for words, n in cases.items():
        out = tmp_path / "-".join(words)
        code, printed, err = outcome(capsys, "run", path, "-o", str(out), *words)
        assert (words, code) == (words, 0), err
        assert f"读入 80 行：{n} 条联络，0 行剔除，{80 - n} 条不在所选时间内。" in printed
        assert len(pd.read_parquet(out / "facts.parquet")) == n
    tables = {path.stem for path in (out / "tables").iterdir()}
    assert {name for name in tables if name.startswith("breakdown_")} == {
        "breakdown_category",
        "breakdown_is_complaint_category",
        "breakdown_is_complaint_store",
        "breakdown_store",
        "breakdown_store_category",
    }
    wrong = {
        ("--month", "2026-05", "--since", "2026-05-01"): 2,
        ("--since", "五月某天"): 2,
        ("--since", "2026-06", "--until", "2026-05"): 2,
        ("--month", "2020-01"): 1,
        ("--freq", "Y"): 2,
    }
    for words, wanted in wrong.items():
        code, _, err = outcome(capsys, "run", path, "-o", str(tmp_path / "no"), *words)
        assert (words, code) == (words, wanted)
        assert is_chinese(err.rstrip("\n").split("\n")[-1])
        assert not (tmp_path / "no").exists()


def test_the_version_and_a_report_that_is_no_page(tmp_path, capsys, ran):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"csatext {ct.__version__}\n"
    facts = ran[0] / "facts.parquet"
    code, _, err = outcome(capsys, "report", str(facts), "-o", str(tmp_path / "x.xlsx"))
    assert (code, ".html" in err, (tmp_path / "x.xlsx").exists()) == (1, True, False)


def test_demo_leaves_a_report_and_names_what_it_planted(tmp_path, capsys):
    code, out, _ = outcome(capsys, "demo", "-o", str(tmp_path), "--contacts", "400", "--seed", "3")
    assert code == 0
    assert out.startswith("模拟了 400 条联络，其中埋入的事件：")
    assert out.count("；") >= 4  # five incidents
    assert (tmp_path / "manifest.json").exists()
    assert "模拟客服中心" in (tmp_path / "report.html").read_text("utf-8")


def test_an_interrupt_is_the_code_of_shells(tmp_path, capsys, good, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("csatext.batch.phases.run_by_model.run_input", stop)
    code, _, err = outcome(capsys, "run", good, "-o", str(tmp_path / "out"))
    assert code == 130
    assert "已中断" in err


def test_what_nobody_foresaw_is_one_sentence_and_a_log_without_data(tmp_path, capsys, good, monkeypatch):
    def fail(*_, **__):
        try:
            {}["张三 13800138000"]
        except KeyError as error:
            raise ZeroDivisionError("客户说：退款 13800138000") from error

    monkeypatch.setattr("csatext.batch.phases.run_by_model.run_input", fail)
    code, printed, err = outcome(capsys, "run", good, "-o", str(tmp_path / "out"))
    log = tmp_path / "out" / "csatext-error.log"
    assert (code, printed) == (6, "")
    assert "内部出错（ZeroDivisionError）" in err
    assert str(log) in err
    lines = log.read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith(" ")][1:] == ["KeyError", "ZeroDivisionError"]
    assert any(line.endswith(" fail") and "test_cli.py:" in line for line in lines)
    for shown in (err, log.read_text("utf-8")):
        assert "13800138000" not in shown
        assert "退款" not in shown


def test_a_folder_in_use_a_link_and_a_name_that_is_no_utf8(tmp_path, capsys, good):
    out = tmp_path / "out"
    out.mkdir()
    (out / ".csatext.lock").write_text(f"{os.getppid()} {platform.node()}")
    code, _, err = outcome(capsys, "run", good, "-o", str(out))
    assert (code, "正被另一次运行使用" in err) == (5, True)
    (out / ".csatext.lock").unlink()
    (tmp_path / "elsewhere").mkdir()
    (out / "tables").symlink_to(tmp_path / "elsewhere")
    code, _, err = outcome(capsys, "run", good, "-o", str(out))
    # Before the work: nothing was read.
    assert (code, "是一个链接" in err, "读取" in err) == (4, True, False)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    odd = os.fsdecode(os.fsencode(str(tmp_path)) + b"/\xcd\xb6\xcb\xdf.csv")
    Path(odd).write_bytes(Path(good).read_bytes())
    assert outcome(capsys, "run", odd, "-o", str(tmp_path / "odd"))[0] == 0
    assert (tmp_path / "odd" / "manifest.json").exists()
    # In a folder the files are told apart, whatever bytes their names are made of.
    (tmp_path / "given").mkdir()
    for name in (b"\xff.csv", b"\xfe.csv"):
        text = Path(good).read_text("utf-8").replace("\n", f"\n{name[0]}-")
        (tmp_path / "given" / os.fsdecode(name)).write_text(text.removesuffix(f"{name[0]}-"), "utf-8")
    assert outcome(capsys, "run", str(tmp_path / "given"), "-o", str(tmp_path / "both"))[0] == 0
    facts = pd.read_parquet(tmp_path / "both" / "facts.parquet")
    assert sorted(facts["source"].unique()) == ["\\udcfe.csv", "\\udcff.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_standard_output_is_said_on_the_other(good):
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "csatext", "check", good]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    said = done.stderr.decode().splitlines()
    assert (done.returncode, "命令已完成，但标准输出不可写" in said[-1]) == (4, True)
    assert "Traceback" not in done.stderr.decode()


def test_a_terminal_without_chinese_gets_escapes_and_the_run_is_done(tmp_path, good):
    for encoding in ("cp1252", "utf-8"):
        done = subprocess.run(
            [sys.executable, "-m", "csatext", "check", good],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": encoding},
            check=False,
        )
        assert done.returncode == 0, done.stderr
        start = "检查项\t" if encoding == "utf-8" else "\\u68c0\\u67e5\\u9879\t"
        assert done.stdout.decode(encoding).startswith(start)


def test_names_of_columns_do_not_steer_the_terminal(tmp_path, capsys):
    frame = rows(4).rename(columns={"channel": "渠道\x1b[2J\u202e"})
    code, printed, err = outcome(capsys, "check", csv(tmp_path, frame))
    assert code == 0
    assert "\x1b" not in printed + err
    assert "渠道\\x1b[2J\\u202e" in printed


def test_the_password_of_a_database_is_not_shown(tmp_path, capsys):
    for url in (
        "mysql://root:s3cret@localhost/db",
        "mysql+pymysql://root:s3@cret@localhost",
        "sqlite:///x.db",
    ):
        for verb in (["run", url, "-o", str(tmp_path / "out")], ["check", url]):
            code, printed, err = outcome(capsys, *verb)
            assert code == (1 if url.startswith("sqlite") else 2)
            assert "s3" not in printed + err
            assert "root" not in printed + err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal")
def test_a_termination_ends_as_an_interrupt(tmp_path, capsys, good, monkeypatch):
    monkeypatch.setattr(
        "csatext.batch.phases.run_by_model.run_input", lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM)
    )
    before = signal.getsignal(signal.SIGTERM)
    code, _, err = outcome(capsys, "run", good, "-o", str(tmp_path / "out"))
    assert code == 143
    assert "已中断" in err
    assert signal.getsignal(signal.SIGTERM) is before


def test_import_opens_no_data_file_and_loads_nothing_heavy():
    code = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == 'open' else None)\n"
        "import csatext\n"
        "data = [name for name in opened if not name.endswith(('.py', '.pyc', '.so', '.pyi'))]\n"
        "heavy = [name for name in ('pandas', 'scipy', 'csatext.text') if name in sys.modules]\n"
        "print([[name for name in data if 'csatext' in name or 'lexicons' in name], heavy])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stdout) == [[], []]


def test_the_command_is_installed_and_says_its_errors_on_stderr(tmp_path):
    code = "import sys; from csatext.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "run", str(tmp_path / "none.csv"), "-o", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "文件不存在" in done.stderr
