"""A saved model is read back, or refused with one sentence: whatever was done to the file."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile

import numpy as np
import pytest

import csatext as ct
from csatext.persistence import _digest


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    corpus = ct.Vectorizer().fit_transform(["快递丢了", "快递没到", "退款慢", "退款没到"])
    model = ct.ComplaintClassifier().fit(corpus, ["物流", "物流", "退款", "退款"])
    return ct.save(model, tmp_path_factory.mktemp("model") / "m.csatext").read_bytes()


def files_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "sha256"}


def packed(files, digest=True):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**files, **({"sha256": _digest(files).encode()} if digest else {})}.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def refused(data, tmp_path):
    path = tmp_path / "m.csatext"
    path.write_bytes(data)
    with pytest.raises(ct.InputError) as caught:
        ct.load(path)
    assert "csatext.save" in str(caught.value) or "版本" in str(caught.value)


def test_every_cut_and_flipped_byte_is_refused_or_harmless(saved, tmp_path):
    path = tmp_path / "m.csatext"
    for at in range(0, len(saved), max(1, len(saved) // 60)):
        for data in (saved[:at], saved[:at] + bytes([saved[at] ^ 0x5A]) + saved[at + 1 :]):
            path.write_bytes(data)
            try:
                model = ct.load(path)
            except ct.InputError:
                continue
            # Bits that only say when and how a file was packed.
            assert model.classes_.tolist() == ["物流", "退款"]


def paths_in(value, at=()):
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths_in(inner, (*at, key))


def changed(value, at, new):
    if not at:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = changed(value[at[0]], at[1:], new)
    return copy


def test_an_edit_is_refused_and_with_a_new_digest_at_least_ours(saved, tmp_path):
    files = files_of(saved)
    content = json.loads(files["model.json"])
    path = tmp_path / "m.csatext"
    for at in [at for at in paths_in(content) if len(at) < 5][:40]:
        for new in (None, 7, {"skops": "none"}, {"estimator": {}}):
            edited = {**files, "model.json": json.dumps(changed(content, at, new)).encode()}
            if edited["model.json"] == files["model.json"]:
                continue
            refused(packed({**edited}, digest=False), tmp_path)
            path.write_bytes(packed(edited))
            with contextlib.suppress(ct.InputError):
                ct.load(path)


def test_nested_encrypted_and_other_archives(saved, tmp_path):
    files = files_of(saved)
    deep = b'{"format": 2, "model": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    refused(packed({**files, "model.json": deep}), tmp_path)
    refused(packed({**files, "model.json": b"\xff"}), tmp_path)
    refused(packed({**files, "arrays.npz": b"PK"}), tmp_path)
    refused(packed({"model.json": files["model.json"]}), tmp_path)
    refused(packed({}), tmp_path)
    refused(packed({**files, "model.json": json.dumps({"format": 1, "model": {}}).encode()}), tmp_path)


def test_a_claim_of_much_memory_is_refused_before_it_is_taken(saved, tmp_path):
    files = files_of(saved)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**9,)})
    npz = io.BytesIO()
    with zipfile.ZipFile(npz, "w") as archive:
        archive.writestr("a0.npy", header.getvalue() + b"\0" * 8)
    refused(packed({**files, "arrays.npz": npz.getvalue()}), tmp_path)
    refused(packed({**files, "more.skops": bytes(100 << 20)}), tmp_path)


def arrays_of(files):
    with np.load(io.BytesIO(files["arrays.npz"]), allow_pickle=False) as npz:
        return dict(npz)


def with_arrays(files, arrays):
    npz = io.BytesIO()
    np.savez(npz, **arrays)
    return {**files, "arrays.npz": npz.getvalue()}


def test_what_a_forger_signs_anew_is_refused_all_the_same(saved, tmp_path):
    files = files_of(saved)
    arrays = arrays_of(files)
    for name, array in arrays.items():
        if not array.size:
            continue
        for bad in (array.ravel()[:-1], array[None], array.astype("U9")):
            refused(packed(with_arrays(files, {**arrays, name: bad})), tmp_path)
        if array.dtype.kind == "f":
            for value in (np.nan, np.inf):
                spoilt = array.copy()
                spoilt.flat[0] = value
                refused(packed(with_arrays(files, {**arrays, name: spoilt})), tmp_path)
        refused(packed(with_arrays(files, {k: v for k, v in arrays.items() if k != name})), tmp_path)
    refused(packed(with_arrays(files, {**arrays, "more": np.zeros(3)})), tmp_path)
    refused(packed(with_arrays(files, {**arrays, "a0": np.array([{}], object)})), tmp_path)
    for name in ("evil.py", "../../evil", "/tmp/evil", "more.skops"):
        refused(packed({**files, name: b"x"}), tmp_path)
    content = files["model.json"]
    for old, new in ((b"ComplaintClassifier", b"os.system"), (b"ComplaintClassifier", b"Sentiment")):
        refused(packed({**files, "model.json": content.replace(old, new, 1)}), tmp_path)
