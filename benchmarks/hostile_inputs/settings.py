"""Configurations, taxonomies, word lists and scorecards, words of the command line, addresses of databases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hostile_inputs.case import FAILED, OK, USAGE, Case, Ready, good_rows

__all__ = ["cases"]

HEAD = "- id: a\n  label_zh: 甲\n  patterns: [慢, 掉线]\n"


def with_files(
    files: dict[str, str | bytes], words: Sequence[str | bytes]
) -> Callable[[Path], Sequence[str | bytes]]:
    def make(folder: Path) -> Sequence[str | bytes]:
        (folder / "a.csv").write_text(good_rows(), "utf-8")
        for name, content in files.items():
            path = folder / name
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return words

    return make


def configured(name: str, toml: str | bytes, codes: tuple[int, ...] = (USAGE,), **more: object) -> Case:
    words = ["run", "a.csv", "-o", "out", "--config", "c.toml"]
    return Case(f"configuration: {name}", with_files({"c.toml": toml}, words), codes, **more)  # type: ignore[arg-type]


def taxonomy(
    name: str, text: str | bytes, codes: tuple[int, ...] = (FAILED,), file: str = "t.yaml", **more: object
) -> Case:
    words = ["annotate", "a.csv", "-o", "out.parquet", "--taxonomy", file]
    return Case(f"taxonomy: {name}", with_files({file: text}, words), codes, writes=("out.parquet",), **more)  # type: ignore[arg-type]


def wrong_values() -> Iterator[Case]:
    yield configured("no TOML", "]][[")
    yield configured("an unknown key", "[analysis]\nevil = 1\n")
    for line in ("n_topics = -1",):
        yield configured(line, f"[analysis]\n{line}\n")
    for line in ("n_topics = 1000000000", "n_topics = 100000"):
        yield configured(line, f"[analysis]\n{line}\n", (OK, FAILED, USAGE))
    yield configured(
        "n_keywords = 10^12", "[analysis]\nn_topics = 0\nn_keywords = 1000000000000\n", (OK, FAILED, USAGE)
    )
    yield configured(
        "baseline_periods = 10^12",
        "[analysis]\nn_topics = 0\n[tables]\nbaseline_periods = 1000000000000\n",
        (OK, FAILED, USAGE),
    )
    for value in (
        "nan",
        "0.95",
    ):
        yield configured(f"alpha = {value}", f"[tables]\nalpha = {value}\n")
    yield configured("terms of a dictionary", "[text]\nterms = {a = 1}\n")
    yield configured(
        "100,000 terms",
        "[analysis]\nn_topics = 0\n[text]\nterms = [" + ",".join(f"'词{i}'" for i in range(60_000)) + "]\n",
        (OK, FAILED, USAGE),
    )
    yield configured(
        "a term of 100,000 characters",
        f"[analysis]\nn_topics = 0\n[text]\nterms = ['{'慢' * 100_000}']\n",
        (OK, FAILED, USAGE),
    )
    yield configured("lists 100,000 deep", "a = " + "[" * 100_000)
    yield configured("3 MB", "#" * (3 << 20))
    yield configured(
        "a title of 500,000 characters",
        f"[analysis]\nn_topics = 0\n[report]\ntitle = '{'题' * 300_000}'\n",
        (OK, FAILED, USAGE),
    )
    yield configured(
        "a measure that is no column",
        "[analysis]\nn_topics = 0\n[tables]\nmeasure = '../x'\n",
        (FAILED, USAGE),
    )
    yield configured("an encoding of archives", "[input]\nencoding = 'zip'\n", (FAILED, USAGE))
    yield configured(
        "a password as the key of pseudonyms",
        "[analysis]\nn_topics = 0\n[privacy]\npseudonymize = 'hunter2-of-a-test'\n",
        (OK,),
        hides=("hunter2-of-a-test",),
        check=no_secret,
    )


def no_secret(folder: Path) -> str:
    found = [
        path.name
        for path in (folder / "out").rglob("*")
        if path.is_file() and b"hunter2-of-a-test" in path.read_bytes()
    ]
    return f"the key stands in {found[0]}" if found else ""


def paths() -> Iterator[Case]:
    for value in (
        "../../canary/kept.txt",
        "/etc/shadow",
        "/dev/zero",
    ):
        yield configured(
            f"taxonomy = {value}",
            f"[analysis]\nn_topics = 0\ntaxonomy = '{value}'\n",
            (FAILED, USAGE),
            hides=("kept secret", "root:"),
        )
    for value in ("../../canary/kept.txt", "/etc/shadow", "/proc/self/environ"):
        yield configured(
            f"lexicons = {value}",
            f"[analysis]\nn_topics = 0\n[text]\nlexicons = ['{value}']\n",
            (OK, FAILED, USAGE),
            hides=("kept secret", "root:", "sk-secret-of-a-test"),
        )
    for value in (
        "../../canary/kept.txt",
        "/etc/passwd",
        "/dev/zero",
    ):
        yield configured(
            f"model = {value}",
            f"[analysis]\nn_topics = 0\nmodel = '{value}'\n",
            (FAILED, USAGE),
            hides=("kept secret", "root:"),
        )
    words = ["run", "a.csv", "-o", "out", "--config"]
    for value, codes in (
        ("/dev/zero", (USAGE,)),
        ("a.csv", (USAGE,)),
        ("x" * 5000, (USAGE,)),
    ):
        yield Case(f"configuration file: {value[:40]}", with_files({}, [*words, value]), codes)


def bombs() -> Iterator[Case]:
    laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    yield taxonomy("aliases that swell", laughs)
    yield taxonomy("an anchor in itself", "- id: a\n  label_zh: b\n  children:\n    - &x [*x]\n")
    yield taxonomy(
        "a tag that calls os.system",
        "- id: !!python/object/apply:os.system ['touch canary/kept.txt']\n  label_zh: a\n",
    )
    yield taxonomy("100,000 levels", "- " * 100_000 + "a")
    yield taxonomy("3 MB", HEAD + "#" * (3 << 20))
    yield taxonomy("an integer of 100,000 digits", "- id: a\n  label_zh: b\n  severity: " + "9" * 100_000)
    yield taxonomy(
        "a parent that is its child", "- {id: a, label_zh: a, parent: b}\n- {id: b, label_zh: b, parent: a}\n"
    )
    yield taxonomy(
        "extends a path",
        "name: a\nextends: [../../canary/kept.txt]\ncategories: [{id: a, label_zh: a}]\n",
        hides=("kept secret",),
    )
    yield taxonomy(
        "a csv of 100,000 columns", ",".join(f"c{i}" for i in range(100_000)) + "\n1\n", file="t.csv"
    )


EXPRESSIONS = {
    "nested repetition": r"(a+)+$",
    "many stars": "(.*)*(.*)*(.*)*(.*)*x",
    "look-ahead": "退款(?=慢)",
    "back-reference": r"(退|款)\1",
    "single bytes": r"\C",
    "nested counts": "((a{900}){900}){900}",
    "counts in a row": "(?:[退款慢].{0,10}){90}x",
    "5,000 alternatives": "|".join(f"词{i}" for i in range(5_000)),
    "an open bracket": "[退",
}


def expressions() -> Iterator[Case]:
    quoted = {name: json.dumps("re:" + one, ensure_ascii=False) for name, one in EXPRESSIONS.items()}
    long = "a" * 200_000 + "!"
    harm = {"a.csv": f"{good_rows()}T999,{long},电话,宽带,2026-01-01,网络\n"}
    words = ["annotate", "a.csv", "-o", "out.parquet", "--taxonomy", "t.yaml"]
    for name, one in quoted.items():
        files = harm | {"t.yaml": f"- id: a\n  label_zh: b\n  patterns: [{one}]\n"}
        yield Case(
            f"expression in a taxonomy: {name}",
            with_files(files, words),
            (OK, FAILED),
            writes=("out.parquet",),
        )
    for name in ("nested repetition", "look-ahead"):
        rule = f"- id: a\n  label_zh: b\n  patterns: [{{words: {quoted[name]}, without: {quoted[name]}}}]\n"
        yield Case(
            f"expression in a rule: {name}",
            with_files(harm | {"t.yaml": rule}, words),
            (OK, FAILED),
            writes=("out.parquet",),
        )
        out = f"- id: a\n  label_zh: b\n  patterns: [慢]\n  except: [{quoted[name]}]\n"
        yield Case(
            f"expression in exceptions: {name}",
            with_files(harm | {"t.yaml": out}, words),
            (OK, FAILED),
            writes=("out.parquet",),
        )
        table = f'id,label_zh,patterns\na,b,"{quoted[name].replace(chr(34), "")}"\n'
        yield Case(
            f"expression in a taxonomy as a table: {name}",
            with_files(harm | {"t.csv": table}, [*words[:-1], "t.csv"]),
            (OK, FAILED),
            writes=("out.parquet",),
        )
    card = "items:\n  - {id: a, label_zh: b, weight: 5, said: [%s]}\n"
    talk = (
        "会话,角色,内容\n"
        + "".join(
            f"{i // 4},{('客户', '客服')[i % 2]},{'您好' if i % 2 else '太慢了'}{i}\n" for i in range(200)
        )
        + f"99,客户,{long}\n"
    )
    export = ["tag", "export", "turns.csv", "-o", "out.xlsx", "--n", "10", "--scorecard", "card.yaml"]
    for name in ("nested repetition", "back-reference"):
        files = {"turns.csv": talk, "card.yaml": card % quoted[name]}
        yield Case(
            f"expression in a scorecard: {name}",
            with_files(files, export),
            (OK, FAILED),
            writes=("out.xlsx",),
        )
    for name, text in (
        ("a script from another folder", "script: ../../canary/kept.txt\nitems: [{id: a}]\n"),
        ("aliases", "items: &a [*a]\n"),
    ):
        files = {"turns.csv": talk, "card.yaml": text}
        yield Case(
            f"scorecard: {name}",
            with_files(files, export),
            (FAILED,),
            writes=("out.xlsx",),
            hides=("kept secret",),
        )
    chain = " .. ".join(["a|aa|aaa|aaaa"] * 40)
    yield taxonomy(
        "40 slots of letters over 200,000 of them",
        f"- id: a\n  label_zh: b\n  patterns: ['{chain}']\n",
        (OK, FAILED),
    )
    for name, content in (
        ("binary", bytes(range(256)) * 30),
        ("17 MB", "慢\n" * (17 << 18)),
        ("a line of 3,000,000 characters", "慢" * 3_000_000),
        ("patterns for words", "(a+)+$\n.*\n[\n\\\n" * 50),
    ):
        files = {"l.tsv": content, "c.toml": "[analysis]\nn_topics = 0\n[text]\nlexicons = ['l.tsv']\n"}
        yield Case(
            f"word list: {name}",
            with_files(files, ["run", "a.csv", "-o", "out", "--config", "c.toml"]),
            (OK, FAILED),
        )


def command_line() -> Iterator[Case]:
    run = ["run", "a.csv", "-o", "out"]
    for name, words in {
        "an unknown verb": ["evil"],
        "an empty output": ["run", "a.csv", "-o", ""],
        "2,000,000,000 processes": [*run, "--n-jobs", "2000000000"],
        "month 13": [*run, "--month", "2026-13"],
        "a day that is none": [*run, "--since", "2026-02-30'; drop table"],
        "an unknown kind": [*run, "--kind", "evil"],
    }.items():
        yield Case(f"command line: {name}", with_files({}, words), (USAGE,))
    for name, words in {
        "an input that is not there": ["run", "nothing.csv", "-o", "out"],
        "a path of 5,000 letters": ["run", "x" * 5000 + ".csv", "-o", "out"],
        "an escape sequence": ["run", "\x1b[2J.csv", "-o", "out"],
    }.items():
        yield Case(f"command line: {name}", with_files({}, words), (FAILED, USAGE), hides=("\x1b[2J",))
    yield Case(
        "command line: a word of 100,000 letters",
        with_files({}, [*run, "--column", "text=" + "x" * 100_000]),
        (FAILED, USAGE),
    )


def databases(ready: Ready) -> Iterator[Case]:
    password = "pass-of-a-test"
    for name, url in {
        "an unknown driver": f"evil://root:{password}@localhost/db",
        "no server": f"postgresql://root:{password}@localhost:1/db",
        "no slashes": f"postgresql:root:{password}@localhost/db",
        "a password in the query": f"postgresql://localhost:1/db?user=root&password={password}",
        "a database that is not there": "sqlite:///nothing/at/all.db",
    }.items():
        yield Case(
            f"database: {name}",
            with_files({}, ["run", url, "--query", "select 1", "-o", "out"]),
            (FAILED, USAGE),
            hides=(password,),
        )
        yield Case(
            f"database by a model: {name}",
            lambda folder, url=url: [
                "run",
                url,
                "--query",
                "select 1",
                "-o",
                "out",
                "--model",
                str(ready.copy("model", folder)),
                "--incremental",
            ],
            (FAILED, USAGE),
            hides=(password,),
        )
    yield Case(
        "database: no query",
        with_files({}, ["run", f"sqlite:///x{password}.db", "-o", "out"]),
        (FAILED, USAGE),
        hides=(password,),
    )


def cases(ready: Ready) -> Iterator[Case]:
    yield from wrong_values()
    yield from paths()
    yield from bombs()
    yield from expressions()
    yield from command_line()
    yield from databases(ready)
