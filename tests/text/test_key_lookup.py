import numpy as np

from csatext.text.key_lookup import KeyLookup


def test_every_key_is_found_and_no_other() -> None:
    keys = np.random.default_rng(0).choice(1 << 40, 5_000, replace=False)
    asked = np.concatenate((keys, keys + 1, np.arange(100)))
    position = {key: at for at, key in enumerate(keys.tolist())}
    assert KeyLookup(keys)(asked).tolist() == [position.get(key, len(keys)) for key in asked.tolist()]


def test_without_keys_nothing_is_found() -> None:
    assert KeyLookup(np.empty(0, np.int64))(np.array([0, 7])).tolist() == [0, 0]


def test_found_keys_are_told_in_order_with_their_positions() -> None:
    keys = np.random.default_rng(1).choice(1 << 40, 3_000, replace=False)
    known = set(keys.tolist())
    asked = np.concatenate((keys[::3], keys[:50] + 1))
    at, position = KeyLookup(keys).found(asked)
    wanted = [(n, key) for n, key in enumerate(asked.tolist()) if key in known]
    assert list(zip(at.tolist(), keys[position].tolist(), strict=True)) == wanted
