"""List cells: nothing that stands in them is lost."""

from __future__ import annotations

from gridkit.linkage.lists import split_cell


def test_an_undecided_place_in_a_list_is_not_lost():
    assert split_cell("金桂家园、待定").items == ("金桂家园", "待定")
    assert split_cell("待定").items == ()
    assert split_cell("金桂家园、无、").items == ("金桂家园",)
