import numpy as np

from benchmarks import nesting


def test_nesting_runs_and_agrees_with_overlay(capsys):
    assert nesting.main(["--tiny"]) == 0
    assert "same assignment: yes" in capsys.readouterr().out


def test_lattice_neighbours_share_their_vertices():
    lattice = nesting.make_lattice(300)
    assert np.isclose(lattice.grids.union_all().area, lattice.grids.area.sum())
    assert np.isclose(lattice.communities.area.sum(), lattice.grids.area.sum())
    assert len(lattice.compounds) == 300
