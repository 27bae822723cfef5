import numpy as np

from benchmarks import audit, calibration, datum, linking, nesting, reading, rules, startup, validation


def test_nesting_runs_and_agrees_with_overlay(capsys):
    assert nesting.main(["--tiny"]) == 0
    assert "same assignment: yes" in capsys.readouterr().out


def test_lattice_neighbours_share_their_vertices():
    lattice = nesting.make_lattice(300)
    assert np.isclose(lattice.grids.union_all().area, lattice.grids.area.sum())
    assert np.isclose(lattice.communities.area.sum(), lattice.grids.area.sum())
    assert len(lattice.compounds) == 300


def test_start_up_is_a_fraction_of_importing_the_peers():
    assert startup.main(["--tiny"]) > 0


def test_whole_audit_runs_at_a_tiny_size(capsys):
    audit.main(["--tiny"])
    said = capsys.readouterr().out
    assert "peak" in said
    assert "linking registries" in said


def test_undoing_gcj02_agrees_with_the_loops(capsys):
    assert datum.main(["--tiny"]) == 0
    assert "point by point" in capsys.readouterr().out


def test_validation_tells_every_wrong_cell(capsys):
    assert validation.main(["--tiny"]) == 0
    assert "wrong cells told: 100 by gridkit with file, sheet and cell; 100 by the peer" in capsys.readouterr().out


def test_reading_finds_all_that_was_written_into_a_nasty_workbook(capsys):
    assert reading.main(["--tiny"]) == 0
    assert "all of them found: yes" in capsys.readouterr().out


def test_linking_is_judged_on_a_small_world(capsys):
    linking.main(["--tiny"])
    said = capsys.readouterr().out
    assert "'codes shifted': 2" in said
    assert "'alarms in clean worlds': 0" in said
    table = linking.quality(400, (2,)).set_index(["case", "profile"])
    assert table.loc[("m:1", "normal"), "F1"] > 0.95
    assert table.loc[("1:1", "audit"), "P"] > 0.99


def test_intervals_hold_in_small_worlds(capsys):
    report = calibration.main(["--tiny"])
    assert "worlds of" in capsys.readouterr().out
    assert all(row["assumed_in"] and row["measured_in"] for row in report.intervals)
    assert report.links.precision > 0.97
    for code, tally in report.exact.items():
        assert tally.right == tally.given == tally.wanted, code


def test_every_kind_of_trick_is_searched_for_at_a_tiny_size(capsys):
    rules.main(["--tiny"])
    said = capsys.readouterr().out
    assert "cpu s: tricks" in said
    assert {"A102", "A104", "A108", "A111"} <= set(said.replace(",", " ").split())
