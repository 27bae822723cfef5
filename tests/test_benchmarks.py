import subprocess
import sys

import numpy as np
import pytest

from benchmarks import (
    audit,
    boundaries,
    calibration,
    datum,
    linking,
    maps,
    maps_run,
    merge,
    nesting,
    reading,
    rules,
    startup,
    validation,
)


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


def test_boundaries_are_repaired_beside_the_peer_that_is_there(capsys):
    boundaries.main(["--tiny"])
    said = capsys.readouterr().out
    assert "maup is not measured without --peers" in said
    assert said.count("mend / coverage_clean") == 2
    assert "microseconds per polygon" in said


def test_merging_networks_keeps_what_all_agree_on_and_every_post(capsys):
    found = merge.main(["--tiny"])
    assert found["agreed_kept"] >= 0.99
    assert found["truth_kept"] >= 0.99
    assert found["posts_lost"] == 0
    assert found["in_band"] == found["contiguous"] == 1.0
    assert "in the band before" in capsys.readouterr().out


def test_what_a_repair_errs_by_is_no_more_than_the_peer():
    case = boundaries.Case(900, 0.015)
    ours, theirs = boundaries.work("mend", case), boundaries.work("coverage_clean", case)
    assert 0 < ours.error <= theirs.error


def test_real_boundaries_that_are_absent_are_named(capsys, tmp_path):
    assert boundaries.real_layers(tmp_path) == {}
    assert capsys.readouterr().out.count("is not there") == 2


def test_a_map_keeps_every_place_of_a_small_city():
    frames = maps.map_world(1_000)
    worst, lost = maps.coordinate_error(frames)
    assert lost == 0
    assert 0 < worst <= 0.2


def test_a_wrong_hit_is_told_from_one_on_a_border():
    frames = maps.map_world(1_000)
    points = maps.points_of(frames, 50)
    at, which = frames["compound"].sindex.query(maps.shapely.points(points), predicate="within")
    found = np.full(50, "", object)
    found[at] = frames["compound"].index.to_numpy()[which]
    assert maps.agreement(frames, points, found.tolist()) == (50, 0)
    found[at[0]] = "elsewhere"
    assert maps.agreement(frames, points, found.tolist())[0] == 49


@pytest.mark.browser
def test_the_map_is_measured_beside_a_peer_at_a_tiny_size():
    if not maps_run.available():
        pytest.skip("no Chromium: set GRIDKIT_CHROMIUM or run scripts/browser.py")
    # in a process of its own: the browser of other tests may be open in this one
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.maps", "--tiny"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = done.stdout
    assert "0 features or places lost" in said
    assert "agree with shapely: 200 of 200" in said
    assert said.count("gridkit / ") == 1
    assert "not loaded" not in said
