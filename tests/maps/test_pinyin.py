from __future__ import annotations

import time

import pytest

from gridkit.maps.pinyin import LONGEST, MOST, initials


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("金桂家园", "jgjy"),
        ("翠湖苑一期", "chyyq"),
        ("第3网格", "d3wg"),
        ("ＡＢ座１号", "abz1h"),
        ("银行小区", "yhxq yxxq"),
        ("長安街", "caj zaj"),
        ("مجمع", ""),
        ("🏠", ""),
        ("", ""),
        ("龙湖·天街 (二期)", "lhtjeq"),
        ("\u202e东门\u0000", "dm"),
    ],
)
def test_by_hand(name, said):
    assert initials([name]) == [said]


def test_long_names_and_many_readings_stay_short():
    assert len(initials(["重" * 10_000])[0].split()) <= MOST
    assert len(initials(["a" * 10_000])[0]) == LONGEST


def test_many_names_in_time():
    """132,000 names in 2 s on a quiet machine; here a tenth, with room for a loaded one."""
    names = [f"{'金桂翠湖重庆长安'[at % 8]}{'家园小区'[at % 4]}{at}号院" for at in range(13_200)]
    initials(names[:1])
    start = time.process_time()
    assert len(set(initials(names))) > 10_000
    assert time.process_time() - start < 2
