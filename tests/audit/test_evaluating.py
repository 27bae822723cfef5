"""Which street evaluates a unit: every state by hand."""

from gridkit.audit.evaluating import evaluating
from gridkit.model.proof import EVALUATING_COLUMNS
from tests import tiny
from tests.audit import build

PAIR, UNIT = "pairings.xlsx!Sheet1!{}", "units.xlsx!Sheet1!{}"


def made(complete=True, units=6, extra=()):
    registries = [tiny.registry("pairings", [{"unit_name": f"单位{n}", "target_name": "x"} for n in range(6)],
                                complete=complete)]  # fmt: skip
    if units:
        registries.append(tiny.registry("units", [{"name": f"单位{n}"} for n in range(units)]))
    rows = []
    for pair, unit, level, code in (
        (3, 3, "compound", "a1"), (4, 4, "compound", "b1"), (5, 4, "community", tiny.C), (6, 3, "community", tiny.B),
    ):  # fmt: skip
        rows += [(PAIR.format(pair), "unit", "unit", UNIT.format(unit))] if units else []
        rows.append((PAIR.format(pair), "target", level, code))
    rows += extra
    return evaluating(tiny.city(registries), tiny.places(), build.links(rows))


def test_one_street_several_streets_and_none():
    table = made(extra=[(PAIR.format(7), "unit", "unit", UNIT.format(5), False)])
    assert tuple(table.columns) == EVALUATING_COLUMNS
    assert table[["unit", "name", "street", "state", "via"]].values.tolist() == [
        [UNIT.format(3), "单位0", tiny.STREET1, "one", (PAIR.format(3), PAIR.format(6))],
        [UNIT.format(4), "单位1", tiny.STREET1, "several", (PAIR.format(4),)],
        [UNIT.format(4), "单位1", tiny.STREET2, "several", (PAIR.format(5),)],
        [UNIT.format(5), "单位2", "", "waiting", ()],
        [UNIT.format(6), "单位3", "", "unpaired", ()],
        [UNIT.format(7), "单位4", "", "unpaired", ()],
        [UNIT.format(8), "单位5", "", "unpaired", ()],
    ]
    assert table["targets"].tolist()[0] == ("990101001002", "a1")


def test_silence_of_an_incomplete_registry_is_no_lack():
    assert set(made(complete=False)["state"]) == {"one", "several", "unknown"}


def test_without_a_registry_of_units_the_pairing_names_them():
    table = made(units=0)
    assert table[["unit", "name", "street"]].values.tolist() == [
        ["单位0", "单位0", tiny.STREET1],
        ["单位1", "单位1", tiny.STREET1],
        ["单位2", "单位2", tiny.STREET2],
        ["单位3", "单位3", tiny.STREET1],
    ]


def test_a_target_in_no_known_street():
    table = made(extra=[(PAIR.format(7), "unit", "unit", UNIT.format(5)), (PAIR.format(7), "target", "community", "x")])
    assert table.loc[table["unit"] == UNIT.format(5), ["street", "state"]].values.tolist() == [["", "unplaced"]]


def test_without_pairings_there_is_nothing_to_say():
    table = evaluating(tiny.city(), tiny.places(), build.links())
    assert table.empty
    assert tuple(table.columns) == EVALUATING_COLUMNS
