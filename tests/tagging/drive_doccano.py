"""Annotate the sample in a doccano that runs here, and keep its export (CONTRIBUTING.md says how)."""

from __future__ import annotations

import io
import json
import sys
import tempfile
import time
import urllib.request
import zipfile
from pathlib import Path

from exported_sample import TAXONOMY, sample

import csatext as ct

FOLDER = Path(__file__).parent / "exports"
KIND = "IntentDetectionAndSlotFilling"


class Doccano:
    """Calls of its API."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url, self.token = url, ""
        self.token = json.loads(
            self.call("POST", "/v1/auth/login/", {"username": user, "password": password})
        )["key"]

    def call(self, method: str, path: str, body: object = None) -> bytes:
        """Return the answer of one call."""
        data = None if body is None else json.dumps(body).encode()
        return self._send(method, path, data, "application/json")

    def upload(self, path: str, name: str, file: Path) -> bytes:
        """Return the answer to one file."""
        head = f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{file.name}"\r\n\r\n'
        data = head.encode() + file.read_bytes() + b"\r\n--x--\r\n"
        return self._send("POST", path, data, "multipart/form-data; boundary=x")

    def _send(self, method: str, path: str, data: bytes | None, kind: str) -> bytes:
        headers = {"Content-Type": kind} | ({"Authorization": f"Token {self.token}"} if self.token else {})
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return answer.read()

    def wait(self, task: str) -> None:
        """Wait until a task of the server has ended."""
        while not json.loads(self.call("GET", f"/v1/tasks/status/{task}"))["ready"]:
            time.sleep(1)


def main(url: str, *accounts: str) -> None:
    """Create a project, import texts and labels, annotate as two people, write the export.

    ``accounts`` are user and password of an administrator and of another person.
    """
    first, second = Doccano(url, *accounts[:2]), Doccano(url, *accounts[2:])
    settings = {
        "name": "客服质检",
        "description": "质检",
        "project_type": KIND,
        "resourcetype": f"{KIND}Project",
    }
    project = json.loads(first.call("POST", "/v1/projects", settings))["id"]
    home = f"/v1/projects/{project}"
    roles = {one["name"]: one["id"] for one in json.loads(first.call("GET", "/v1/roles"))}
    other = next(
        one["id"] for one in json.loads(first.call("GET", "/v1/users")) if one["username"] == accounts[2]
    )
    first.call("POST", f"{home}/members", {"user": other, "role": roles["annotator"]})
    with tempfile.TemporaryDirectory() as folder:
        drawn, corpus, suggestions = sample()
        data, labels = ct.write_doccano(
            drawn, corpus, Path(folder) / "tasks.jsonl", taxonomy=TAXONOMY, suggestions=suggestions
        )
        first.upload(f"{home}/category-type-upload", "file", labels)
        upload = first.upload("/v1/fp/process/", "filepond", data).decode()
    first.call("POST", f"{home}/span-types", {"text": "依据", "background_color": "#C00000"})
    given = {
        "uploadIds": [upload],
        "format": "JSONL",
        "task": KIND,
        "column_data": "text",
        "encoding": "utf_8",
    }
    first.wait(json.loads(first.call("POST", f"{home}/upload", given))["task_id"])
    found = json.loads(first.call("GET", f"{home}/examples?limit=100"))["results"]
    of = {example["meta"]["doc_id"]: example for example in found}
    kinds = {one["text"]: one["id"] for one in json.loads(first.call("GET", f"{home}/category-types"))}
    span = json.loads(first.call("GET", f"{home}/span-types"))[0]["id"]
    bill = TAXONOMY["bill"].label_zh
    late = of["c1"]["text"].index("太慢")
    for person, doc, categories, passage, comment in (
        (first, "c0", ["退款/到账慢"], (4, 7), "等了三周"),
        (second, "c0", ["退款/到账慢"], None, ""),
        (first, "c1", ["物流/送得慢"], (late, late + 2), ""),
        (second, "c1", ["退款"], None, ""),
        (first, "c2", [f"{bill}/多收 | 错收/漏收"], None, '说 "多收", <b>'),
        (first, "c3", ["未归类"], None, ""),
        (second, "c3", ["退款", "物流"], None, ""),
        (second, "c4", ["物流"], None, ""),
        (first, "c5", [], None, "看不懂"),
    ):
        place = f"{home}/examples/{of[doc]['id']}"
        for category in categories:
            person.call("POST", f"{place}/categories", {"label": kinds[category]})
        if passage is not None:
            marked = {"label": span, "start_offset": passage[0], "end_offset": passage[1]}
            person.call("POST", f"{place}/spans", marked)
        if comment:
            person.call("POST", f"{home}/comments?example={of[doc]['id']}", {"text": comment})
    task = json.loads(first.call("POST", f"{home}/download", {"format": "JSONL", "exportApproved": False}))
    first.wait(task["task_id"])
    packed = first.call("GET", f"{home}/download?taskId={task['task_id']}")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for name in archive.namelist():
            (FOLDER / f"doccano_{name}").write_bytes(archive.read(name))


if __name__ == "__main__":
    main(*sys.argv[1:])
