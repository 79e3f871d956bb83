"""Personal data is found where it stands, written and spoken."""

from __future__ import annotations

import pytest

from csatext.text.pii import find_pii


def values(text: str) -> list[tuple[str, str]]:
    return [(kind, text[start:end]) for start, end, kind in find_pii(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我的手机是幺三八零零，幺三八零零零", [("mobile", "幺三八零零，幺三八零零零")]),
        ("打+86 138-0013-8000", [("mobile", "+86 138-0013-8000")]),
        ("（010）62345678", [("landline", "（010）62345678")]),
        ("身份证11010519491231002X", [("id_card", "11010519491231002X")]),
        ("打10086、95588、400-820-8820", []),
        ("一三五限行，九九八十一，二零二六年", []),
    ],
)
def test_values(text: str, expected: list[tuple[str, str]]) -> None:
    assert values(text) == expected
