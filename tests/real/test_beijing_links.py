"""Four real sources linked to each other by name, district and address; their coordinates are the judge."""

from __future__ import annotations

import pytest

from tests.real.beijing_links import read, study

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def rows(real):
    return read(real / "beijing" / "compounds_4sources.csv")


@pytest.fixture(scope="module", params=["audit", "normal"])
def table(request, rows):
    return study(rows, profile=request.param)


def test_every_pair_of_sources_is_linked(table):
    assert len(table) == 6
    assert (table["accepted"] > 0).all()
    assert (table[["confirmed", "near", "between", "contradicted"]].sum(axis=1) == table["with_both"]).all()
    assert table["with_both"].sum() > 3_000


def test_where_the_points_are_sharp_they_confirm_the_links(table):
    """Of two sources whose points do not scatter nearly all links lie within 500 m; one source scatters."""
    sharp = table[table["median_m"] <= 50]
    assert len(sharp)
    for row in sharp.to_dict("records"):
        assert row["contradicted"] <= 0.05 * row["with_both"]
    total = table.sum(numeric_only=True)
    assert total["contradicted"] <= 0.13 * total["with_both"]


def test_most_contradicted_links_agree_in_what_the_linker_has_not_seen(table):
    """Households, developer or company are the same: it is the point that is wrong, not the link."""
    total = table.sum(numeric_only=True)
    assert total["but_alike"] >= 0.6 * total["contradicted"]
