import numpy as np

from csatext.text.key_lookup import KeyLookup


def test_every_key_is_found_and_no_other() -> None:
    keys = np.random.default_rng(0).choice(1 << 40, 5_000, replace=False)
    asked = np.concatenate((keys, keys + 1, np.arange(100)))
    position = {key: at for at, key in enumerate(keys.tolist())}
    assert KeyLookup(keys)(asked).tolist() == [position.get(key, len(keys)) for key in asked.tolist()]


def test_without_keys_nothing_is_found() -> None:
    assert KeyLookup(np.empty(0, np.int64))(np.array([0, 7])).tolist() == [0, 0]
