"""Hostile inputs through the command line, each in a process of its own: what comes of them, at what cost.

usage: python benchmarks/hostile.py [--kind KIND] [--only PATTERN] [--failures] [--warm] [--ready FOLDER]

More than 200 inputs that are damaged or made to do harm: files, archives, contents, inputs that are read in
sections, settings, expressions, addresses, special files, outputs that cannot be written, doctored results
and models. Each must end within 60 seconds of the processor and 3 GB (resident, of all its processes) with
the right exit code; where it fails, in one Chinese sentence without a traceback; nothing may be shown that
must not be, and nothing changed but the output: everything else around it, with the folders for temporary
files and of the user, is the same after it. Disks that are full and folders without rights need root (mount,
setpriv); without it these are left out, and counted. Prints a line for each, and a table of the kinds.

With --warm a process that has imported the package is forked for each but those of kind large, which is
quicker; the memory shown is then at least that of this process. Set OMP_NUM_THREADS=1 for it: a process that
has threads cannot be forked.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from hostile_inputs import content, damaged, large, places, results, settings
from hostile_inputs.case import MENDED, OK, Case, Ready, good_rows, named

import csatext.cli

SECONDS, MEGABYTES = 60, 3 * 1024
LONGEST_WAIT = 60
"""Seconds without half a second of work after which a process is ended: it waits for something. Its 60
seconds are those of the processor, so that what else runs on the machine does not count."""
ROOM = 10 << 30
"""Bytes of address space: what goes beyond ends by itself and does not take the machine with it."""
COMMAND = [sys.executable, "-m", "csatext"]
WARM = (
    "csatext.batch.annotate",
    "csatext.batch.compare",
    "csatext.batch.phases.run_by_model",
    "csatext.batch.report_from_facts",
    "csatext.batch.tag",
    "csatext.batch.train",
    "csatext.reporting.verify",
)
"""What the verbs import when they are called; a run before the first case loads the dictionaries."""
SOURCE = Path(__file__).resolve().parent.parent
NO_RIGHTS = "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"
DISKS = {"small disk": "size=300k", "read-only disk": "size=300k,ro"}


class Outcome(NamedTuple):
    """What came of a command."""

    seconds: float
    megabytes: float
    code: int
    output: str
    last: str


def tree(folder: Path, without: Sequence[str] = ()) -> dict[str, str]:
    """Return what stands in a folder: kind, permissions and content of each entry, by its path."""
    found: dict[str, str] = {}
    for where, folders, files in os.walk(os.fsencode(folder)):
        inner = os.path.relpath(where, os.fsencode(folder))
        if inner == b".":
            folders[:] = [name for name in folders if os.fsdecode(name) not in without]
            files = [name for name in files if os.fsdecode(name) not in without]
        for name in (*folders, *files):
            path = where + b"/" + name
            mode = os.lstat(path).st_mode
            said = f"{stat.S_IFMT(mode):o} {stat.S_IMODE(mode):o} "
            if stat.S_ISLNK(mode):
                said += repr(Path(os.fsdecode(path)).readlink())
            elif stat.S_ISREG(mode):
                said += hashlib.sha256(Path(os.fsdecode(path)).read_bytes()).hexdigest()
            found[os.fsdecode(os.path.relpath(path, os.fsencode(folder)))] = said
    return found


class Usage(NamedTuple):
    """Seconds of the processor and resident bytes."""

    seconds: float = 0.0
    size: float = 0.0


def used(leader: int) -> Usage:
    """Return what the living processes of a session use; pages that they share count for each."""
    seconds = size = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            # User and system time, those of children that were waited for, and resident pages.
            seconds += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
            size += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return Usage(seconds, size)


def ended(pid: int, case: Case, folder: Path) -> tuple[int, Usage]:
    """Wait for a process, at most the time that it has; return its code and what it used with its workers."""
    most, worked, at = Usage(), 0.0, time.monotonic()
    while True:
        done, status, own = os.wait4(pid, os.WNOHANG)
        if done:
            seconds = max(most.seconds, own.ru_utime + own.ru_stime)
            return os.waitstatus_to_exitcode(status), Usage(seconds, max(most.size, own.ru_maxrss * 1024))
        now = used(pid)
        most = Usage(max(most.seconds, now.seconds), max(most.size, now.size))
        if most.seconds > worked + 0.5:
            worked, at = most.seconds, time.monotonic()
        if most.seconds > 2 * SECONDS or time.monotonic() > at + LONGEST_WAIT:
            os.killpg(pid, signal.SIGKILL)
            most = most._replace(seconds=max(most.seconds, LONGEST_WAIT + 1.0))
        if case.during is not None:
            case.during(folder)
        time.sleep(0.05)


def start(words: Sequence[str | bytes], case: Case, folder: Path, out: int, *, warm: bool) -> int:
    """Start a command in a folder; return the number of its process, which leads a group of its own."""
    command: list[str | bytes] = [*COMMAND, *words]
    own_rights = case.how != "no rights" or os.geteuid() != 0
    if not own_rights:
        command = ["setpriv", *NO_RIGHTS, *command]
    environment = {
        "HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1",
        "OPENAI_API_KEY": "sk-secret-of-a-test", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    }  # fmt: skip
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        os.environ.update(environment)
        full = os.open("/dev/full", os.O_WRONLY) if case.how == "full stdout" else out
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        os.dup2(full, 1)
        os.dup2(out, 2)
        resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if case.how == "small files":
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        if warm and own_rights:
            tempfile.tempdir = None
            code = csatext.cli.main([os.fsdecode(word) for word in words])
            sys.stdout.flush()
            os._exit(code)
        os.execvp(command[0], command)
    finally:
        os._exit(99)


def run(words: Sequence[str | bytes], case: Case, folder: Path, *, warm: bool) -> Outcome:
    """Run a command in a folder."""
    if case.how in DISKS:
        subprocess.run(["mount", "-t", "tmpfs", "-o", DISKS[case.how], "tmpfs", folder / "out"], check=True)
    # What is written to a pipe has no size that could be limited.
    held, out = os.pipe()
    pid = start(words, case, folder, out, warm=warm)
    os.close(out)
    os.set_blocking(held, False)
    code, usage = ended(pid, case, folder)
    with os.fdopen(held, "rb") as pipe:
        data = pipe.read() or b""
    if case.how in DISKS:
        data += left_half_written(folder, code).encode()
        subprocess.run(["umount", folder / "out"], check=True)
    output = data.decode("utf-8", "replace")
    last = (output.strip().splitlines() or [""])[-1]
    return Outcome(usage.seconds, usage.size / 2**20, code, output, last)


def left_half_written(folder: Path, code: int) -> str:
    """Return what a small disk holds that counts as finished, or is temporary."""
    names = [path.relative_to(folder).as_posix() for path in (folder / "out").rglob("*")]
    finished = {"out/manifest.json", "out/model.json", "out/annotations.json"} if code else set()
    bad = [name for name in names if name.endswith(".tmp") or name in finished]
    return f"\nLEFT {bad[0]}" if bad else ""


def problem(case: Case, found: Outcome, folder: Path, before: dict[str, str], *, had_manifest: bool) -> str:
    """Return what is wrong with what came of a case; empty where all is right."""
    if found.seconds > SECONDS:
        return "too slow"
    if found.megabytes > MEGABYTES:
        return "too large"
    if found.code not in case.codes:
        return f"exit code {found.code}"
    for sign in ("Traceback", "内部出错", "Error:", "Warning:", "\nLEFT "):
        if sign in found.output:
            return f"says {sign.strip()!r}"
    said = found.last.endswith(("。", "？")) and re.search("[\u4e00-\u9fff]", found.last)
    if found.code not in (OK, MENDED) and not said and case.how != "full stdout":
        return "no sentence"
    if len(found.last) > 3_000:
        return f"a sentence of {len(found.last):,} characters"
    if any(hidden in found.output for hidden in case.hides):
        return "shows what it must not"
    if case.says and not re.search(case.says, found.output):
        return f"does not say {case.says}"
    after = tree(folder, case.writes)
    if after != before:
        other = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        return f"changed {sorted(other)[:5]}"
    temporary = [path.name for path in folder.rglob("*.tmp")]
    if temporary:
        return f"left {temporary[0]}"
    finished = (folder / "out" / "manifest.json").is_file()
    if found.code not in (OK, MENDED) and finished and not had_manifest:
        return "failed and left a manifest"
    return case.check(folder) if case.check is not None and found.code == OK else ""


def prepare(folder: Path) -> Ready:
    """Make what cases spoil, by sound commands, unless it is there."""
    ready = Ready(folder)
    if (folder / "tags.xlsx").is_file():
        return ready
    (folder / "good.csv").write_text(good_rows(), "utf-8")
    named(folder)
    columns = ["--column", "text=内容", "--column", "category=类别"]
    for words in (
        ["run", "good.csv", "-o", "run", "--config", "fast.toml"],
        ["fit", "good.csv", "-o", "model", "--config", "fast.toml"],
        ["run", "good.csv", "-o", "night", "--model", "model", "--incremental"],
        ["annotate", "good.csv", "-o", "facts", "--model", "model"],
        ["train", "good.csv", *columns, "-o", "classifier.csatext"],
        ["tag", "export", "good.csv", "-o", "tags.xlsx", "--n", "20"],
    ):
        paths = os.environ | {"PYTHONPATH": str(SOURCE)}
        subprocess.run([*COMMAND, *words], cwd=folder, check=True, capture_output=True, env=paths)
    return ready


def every(ready: Ready, kinds: Sequence[str]) -> Iterator[tuple[str, Case]]:
    """Yield the cases of some kinds, of all where none is named, each with its kind."""
    made = {
        "damaged": damaged.cases,
        "content": content.cases,
        "large": partial(large.cases, ready),
        "settings": partial(settings.cases, ready),
        "places": partial(places.cases, ready),
        "results": partial(results.cases, ready),
    }
    for kind in kinds or made:
        yield from ((kind, case) for case in made[kind]())


def judged(case: Case, folder: Path, *, warm: bool) -> tuple[Outcome, str]:
    """Make a case in a folder, run it and judge it."""
    os.chdir(folder)
    for name in ("canary", "home", "tmp"):
        (folder / name).mkdir()
    (folder / "canary" / "kept.txt").write_text("kept secret", "utf-8")
    words = case.make(folder)
    before = tree(folder, case.writes)
    had_manifest = (folder / "out" / "manifest.json").exists()
    found = run(words, case, folder, warm=warm)
    return found, problem(case, found, folder, before, had_manifest=had_manifest)


def show(case: Case, found: Outcome, why: str, *, at_length: bool) -> None:
    last = found.last if len(found.last) < 90 else found.last[:89] + "…"
    cells = (case.name[:70], f"{found.seconds:.1f} s", f"{found.megabytes:.0f} MB", found.code, last)
    print("WRONG" if why else "right", *cells, sep="\t", flush=True)
    if why:
        print(f"\t{why}", flush=True)
    if why and at_length:
        print(found.output[-1500:], flush=True)


def summed(kind: str, outcomes: Sequence[tuple[Outcome, str]]) -> int:
    """Print a line of the table of kinds; return how many are wrong."""
    wrong = sum(bool(why) for _, why in outcomes)
    seconds = max((found.seconds for found, _ in outcomes), default=0.0)
    megabytes = max((found.megabytes for found, _ in outcomes), default=0.0)
    print(kind, len(outcomes), wrong, f"{seconds:.1f}", f"{megabytes:.0f}", sep="\t")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="pattern of the names of cases")
    parser.add_argument(
        "--kind", action="append", default=[], help="damaged, content, large, settings, places, results"
    )
    parser.add_argument("--failures", action="store_true", help="print only what is wrong, with all it said")
    parser.add_argument("--warm", action="store_true", help="fork a process that has imported the package")
    parser.add_argument("--ready", default="", help="folder for the sound results; kept for the next time")
    given = parser.parse_args()
    can_mount = os.geteuid() == 0 and bool(shutil.which("mount") and shutil.which("setpriv"))
    n = left_out = 0
    found_of: dict[str, list[tuple[Outcome, str]]] = {}
    with tempfile.TemporaryDirectory(prefix="hostile-") as above:
        sound = Path(given.ready or Path(above, "ready")).absolute()
        sound.mkdir(exist_ok=True)
        ready = prepare(sound)
        if given.warm:
            os.chdir(above)
            csatext.cli.main(
                ["run", str(sound / "good.csv"), "-o", "warm", "--config", str(sound / "fast.toml")]
            )
            for module in WARM:
                import_module(module)
        unspoilt = tree(sound)
        for kind, case in every(ready, given.kind):
            if not re.search(given.only, case.name):
                continue
            if case.how in (*DISKS, "no rights") and not can_mount:
                left_out += 1
                continue
            folder = Path(above, f"case{n}")
            folder.mkdir()
            found, why = judged(case, folder, warm=given.warm and kind != "large")
            n += 1
            found_of.setdefault(kind, []).append((found, why))
            if why or not given.failures:
                show(case, found, why, at_length=given.failures)
            os.chdir(above)
            subprocess.run(["chmod", "-R", "u+rwX", folder], check=False, capture_output=True)
            shutil.rmtree(folder)
        kept = tree(sound) == unspoilt
    print("kind", "cases", "wrong", "most seconds", "most MB", sep="\t")
    for kind, outcomes in found_of.items():
        summed(kind, outcomes)
    wrong = summed("all", [outcome for outcomes in found_of.values() for outcome in outcomes])
    if left_out:
        print(f"{left_out} left out: they need root")
    print("sound results beside them:", "unchanged" if kept else "WRONG: changed")
    return int(bool(wrong) or not kept)


if __name__ == "__main__":
    sys.exit(main())
