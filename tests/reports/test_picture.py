"""Cases of rules drawn as text: not too wide, in every encoding, with the place that the rule means."""

from __future__ import annotations

import pytest

from gridkit.locale import speaking
from gridkit.reports.picture import COLUMNS, ROWS, draw
from gridkit.reports.xlsx import columns_wide
from gridkit.rules.examples import Case, cases

ALL = [(code, "failing") for code in cases()]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("plain", [True, False])
def test_no_line_is_too_wide_and_every_unit_is_named(plain, language):
    with speaking(language):
        for code, kind in ALL:
            case = cases()[code][kind]
            lines = draw(case, plain=plain)
            assert max(map(columns_wide, lines)) <= COLUMNS, (code, kind)
            legend = 0 if plain else sum(not any(0x2800 <= ord(sign) < 0x2900 for sign in line) for line in lines)
            assert legend < len(lines)
            for units in case.layers.values():
                for unit in units:
                    assert any(unit in line for line in lines), (code, kind, unit)
            if plain and language == "en":
                "\n".join(lines).encode("ascii")


def test_the_picture_is_as_high_as_it_is_wide():
    square = Case({"grid": {"A": "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0))"}})
    lines = draw(square, plain=True)[:-2]
    assert len(lines) == ROWS
    assert {len(line) for line in lines} <= {2 * ROWS - 1, 2 * ROWS, 2 * ROWS + 1, 2 * ROWS - 2}


@pytest.mark.parametrize("plain", [True, False])
def test_the_place_is_seen_however_thin(plain):
    dense = "#" if plain else "\u28ff"
    for code in ("T203", "T353", "T102", "T104"):
        picture = draw(cases()[code]["failing"], plain=plain)[:ROWS]
        passing = draw(cases()[code]["passing"], plain=plain)[:ROWS]
        assert any(dense in line for line in picture), code
        assert not any(dense in line for line in passing), code


def test_codes_stand_in_their_units_and_not_over_each_other():
    twice = draw(cases()["T205"]["failing"], plain=True)[:ROWS]
    for unit in ("A1", "A2", "A3"):
        assert sum(line.count(unit) for line in twice) == 1
    point = next(line for line in draw(cases()["T502"]["failing"], plain=True) if "P" in line)
    assert "#" in point


def test_hostile_codes_are_harmless():
    case = Case(
        {
            "grid": {
                "\x1b[31mA" * 30: "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))",
                "\x1b[": "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0))",
                "B": "",
            }
        },
        stated={"B": "\x07"},
    )
    assert not any(sign < " " for line in draw(case) for sign in line)
