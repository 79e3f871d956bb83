"""Annotate the sample in a Label Studio that runs here, and keep its exports (CONTRIBUTING.md says how)."""

from __future__ import annotations

import json
import sys
import tempfile
import urllib.request
from pathlib import Path

from exported_sample import TAXONOMY, sample

import csatext as ct

FOLDER = Path(__file__).parent / "exports"
KINDS = {"JSON": "label_studio.json", "JSON_MIN": "label_studio_min.json", "CSV": "label_studio.csv"}


class LabelStudio:
    """Calls of its API."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def call(self, method: str, path: str, body: object = None, token: str | None = None) -> bytes:
        """Return the answer of one call."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Token {token or self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return answer.read()


def _category(*path: str) -> dict[str, object]:
    return {"from_name": "category", "to_name": "text", "type": "taxonomy", "value": {"taxonomy": [[*path]]}}


def _evidence(text: str, start: int, end: int) -> dict[str, object]:
    value = {"start": start, "end": end, "text": text[start:end], "labels": ["依据"]}
    return {"from_name": "evidence", "to_name": "text", "type": "labels", "value": value}


def _note(text: str) -> dict[str, object]:
    return {"from_name": "note", "to_name": "text", "type": "textarea", "value": {"text": [text]}}


def main(url: str, first: str, second: str) -> None:
    """Create a project, import the tasks, annotate as two people, write the exports.

    ``first`` and ``second`` are the tokens of two users.
    """
    studio = LabelStudio(url, first)
    with tempfile.TemporaryDirectory() as folder:
        drawn, corpus, suggestions = sample()
        tasks, configuration = ct.write_label_studio(
            drawn, corpus, Path(folder) / "tasks.json", taxonomy=TAXONOMY, suggestions=suggestions
        )
        project = json.loads(
            studio.call(
                "POST",
                "/api/projects",
                {"title": "客服质检", "label_config": configuration.read_text("utf-8")},
            )
        )["id"]
        given = json.loads(tasks.read_text("utf-8"))
        print(studio.call("POST", f"/api/projects/{project}/import", given).decode())  # noqa: T201
    listed = json.loads(studio.call("GET", f"/api/tasks?project={project}&fields=all&page_size=100"))["tasks"]
    of = {task["data"]["doc_id"]: task for task in listed}
    bill = TAXONOMY["bill"].label_zh
    texts = {doc: task["data"]["text"] for doc, task in of.items()}
    late = texts["c1"].index("太慢")
    answers = [
        (first, "c0", [_category("退款", "到账慢"), _evidence(texts["c0"], 4, 7), _note("等了三周")], False),
        (second, "c0", [_category("退款", "到账慢")], False),
        (first, "c1", [_category("物流", "送得慢"), _evidence(texts["c1"], late, late + 2)], False),
        (second, "c1", [_category("退款")], False),
        (first, "c2", [_category(bill, "多收 | 错收/漏收"), _note('说 "多收", <b>')], False),
        (first, "c3", [_category("未归类")], False),
        (first, "c4", [], True),
        (second, "c4", [_category("物流")], False),
        (first, "c5", [_note("看不懂")], False),
    ]
    for token, doc, result, skipped in answers:
        body = {"result": result, "was_cancelled": skipped}
        studio.call("POST", f"/api/tasks/{of[doc]['id']}/annotations", body, token)
    for kind, name in KINDS.items():
        (FOLDER / name).write_bytes(
            studio.call("GET", f"/api/projects/{project}/export?exportType={kind}&download_all_tasks=true")
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
