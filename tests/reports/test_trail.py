"""Every figure resolves to ids that weigh what it says, and every id to cells."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest

from gridkit import pipeline
from gridkit.audit.matrix import build_matrix
from gridkit.demo import make_city, write
from gridkit.io.project import read_project
from gridkit.model import Allowance
from gridkit.reports import figures, words
from gridkit.reports.json import to_json
from gridkit.reports.trail import figure_ids, figure_key
from gridkit.reports.trail_cells import cells_of
from tests import tiny
from tests.reports import sample, sample_proof

BRANCH = sample.BRANCH


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A run of the demo town: every room before the reports has worked on it."""
    folder = tmp_path_factory.mktemp("town")
    write(make_city("town", 0), folder)
    return pipeline.audit(read_project(folder / "gridkit.toml"), language="zh")


@pytest.fixture(scope="module")
def traced(town):
    trail = figure_ids(town)
    return {key: trail[key] for key in trail}


def wrong(trail, key, traced):
    """Return what is wrong with one figure; empty where its ids weigh it."""
    if traced.made_of:
        return [part for part in traced.made_of if trail[part].figure is None]
    weighed = trail.weights(traced.weight, traced.ids)
    problems = []
    if weighed + traced.extra != traced.figure:
        problems.append((traced.figure, weighed, traced.extra))
    if traced.extra < 0 or (traced.extra and not traced.records):
        problems.append(("nobody", traced.extra))
    if len(set(traced.ids)) != len(traced.ids) and not key.startswith("unmatched"):
        problems.append("ids twice")
    return problems


def test_every_figure_of_the_demo_resolves_to_ids_that_weigh_it(town, traced):
    trail = figure_ids(town)
    said = {key: wrong(trail, key, one) for key, one in traced.items()}
    families = Counter(key.split("|")[0] for key in traced)
    assert {key: problems for key, problems in said.items() if problems} == {}
    assert {"indicator", "matrix", "trick", "plan", "league", "status", "shade", "finding", "claim"} <= set(families)
    assert families["indicator"] == 6 * len(town.indicators.frame)
    assert families["matrix"] == 6 * len(town.result.matrix)
    assert families["trick"] == 6 * len(town.result.tricks)


def test_every_id_of_the_demo_stands_in_a_cell(town, traced):
    ids = {ident for one in traced.values() for ident in (*one.ids, *one.records)}
    cells = cells_of(town, sorted(ids))
    names = tuple(source.name for source in town.city.sources)
    assert [ident for ident, found in cells.items() if not found] == []
    assert [cell for found in cells.values() for cell in found if not cell.startswith(names)] == []
    assert len(ids) > 400


def test_all_statuses_and_all_shades_add_up(town):
    trail = figure_ids(town)
    total = trail["status|all"].figure
    assert sum(trail[f"status|{status}"].figure for status in town.coverage.by_status()) == total
    assert sum(trail[f"shade|{shade}"].figure for shade in ("covered", "possible", "confirmed")) == total


def test_the_row_order_of_the_files_changes_no_trail():
    run = sample.run()
    turned = replace(run, coverage=replace(run.coverage, frame=run.coverage.frame.iloc[::-1]))
    assert set(figure_ids(turned)["status|UNKNOWN"].ids) == {"b2", "c2"}
    assert figure_ids(turned)["status|UNKNOWN"].figure == 2


def test_the_unknown_of_a_rate_names_the_rows_of_names_that_match_nothing():
    traced = figure_ids(sample.run())["indicator|coverage.organisation.declared|city||compounds|unknown"]
    assert (traced.figure, traced.ids, traced.extra, traced.records) == (2, ("b2",), 1, (BRANCH.format(8),))


def test_a_gap_is_made_of_the_numbers_of_both_classes():
    traced = figure_ids(sample.run())["indicator|gap.organisation|city||compounds|rate"]
    assert traced.made_of[0] == "indicator|coverage.organisation.declared|class|urban|compounds|numerator"
    assert len(traced.made_of) == 6 and traced.ids == ()


@pytest.mark.parametrize(
    "key", ["", "nothing", "status", "indicator|x", "claim|99", "trick|A101|cells", "plan|x", "%7C"]
)
def test_a_key_that_no_figure_has_is_a_key_error(key):
    with pytest.raises(KeyError):
        figure_ids(sample.run())[key]


def test_a_scope_with_the_separator_in_its_code_has_a_key_of_its_own():
    run = sample.run()
    frame = pd.concat(
        [
            run.indicators.frame,
            pd.DataFrame([sample.indicator("mode.covered", 1, 1, scope_level="mode", scope="a|b/new")]),
        ]
    )
    run = replace(run, indicators=replace(run.indicators, frame=frame))
    key = figure_key("indicator", "mode.covered", "mode", "a|b/new", "compounds", "numerator")
    assert figure_ids(run)[key].ids == ("a1",)
    assert key in set(figure_ids(run))


def test_the_matrix_of_the_tiny_city_weighs_what_its_definitions_say():
    """Households by hand: a1, a2 and a3 are covered, 100 each; the scope of street 1 holds six compounds."""
    run = sample.run()
    matrix, definitions = build_matrix(
        run.city, run.places, run.links, run.attributes, run.coverage, allowance=Allowance()
    )
    run = replace(run, result=replace(run.result, matrix=matrix, definitions=definitions))
    trail = figure_ids(run)
    stem = "matrix|compound|street|990101001|declared|all|households"
    assert trail[f"{stem}|numerator"].figure == 300
    assert trail[f"{stem}|numerator"].ids == ("a1", "a2", "a3")
    assert trail[f"{stem}|denominator"].ids == ("a1", "a2", "a3", "a4", "b1", "b2")
    assert not any(wrong(trail, key, trail[key]) for key in trail if key.startswith("matrix|compound|street"))
    assert trail[f"{stem}|rate"].made_of == tuple(f"{stem}|{part}" for part in ("numerator", "denominator", "unknown"))


def test_cells_of_compounds_records_findings_and_rows_set_aside():
    cells = cells_of(sample.run(), ["a1", BRANCH.format(3), "C101#0", "branches.xlsx!Sheet1!9", "no such thing", "Z#1"])
    assert "compound.gpkg!compound!1.name" in cells["a1"]
    assert "branches.xlsx!Sheet1!B3" in cells["a1"], "the row that covers it"
    assert cells[BRANCH.format(3)][0] == "branches.xlsx!Sheet1!B3"
    assert cells["C101#0"] == ("compounds.xlsx!Sheet1!D9",)
    assert cells["branches.xlsx!Sheet1!9"][0] == "branches.xlsx!Sheet1!B9"
    assert cells["no such thing"] == cells["Z#1"] == ()


def test_tricks_plan_and_differences_of_made_up_frames():
    trail = figure_ids(sample_proof.run())
    assert trail["trick|A101|records"].ids == (BRANCH.format(3),)
    assert trail["trick|A101|compounds"].ids == ("a1",)
    assert (trail["trick|A101|numerator"].figure, trail["trick|A101|numerator"].ids) == (3, ("a1", "a2", "a3"))
    assert (trail["trick|A101|without"].figure, trail["trick|A101|without"].ids) == (2, ("a2", "a3"))
    assert trail["plan|1"].ids == ("c1", "c2")
    assert trail[figure_key("difference", "小区数", "only_a")].ids == ("c1",)
    assert trail[figure_key("difference", "小区数", "value")].records == (BRANCH.format(3), BRANCH.format(4))
    assert trail[figure_key("shade", "confirmed", "street", tiny.STREET2)].ids == ("c1",)


def test_the_figures_of_audit_json_resolve_by_the_same_keys(town, traced):
    document = to_json(town)
    for row in document["indicators"]:
        stem = figure_key("indicator", row["id"], row["scope_level"], row["scope"], row["basis"])
        for part in ("numerator", "denominator", "unknown", "excluded"):
            assert traced[f"{stem}|{part}"].figure == row[part], stem
    for status, n in document["compounds"]["by_status"].items():
        assert traced[f"status|{status}"].figure == n
    for row in document["findings"]:
        assert traced[f"finding|{row['code']}"].figure == row["count"]


def test_the_figures_of_the_workbook_resolve_by_the_same_keys(town, traced):
    levels = town.indicators.frame.set_index(["id", "scope", "basis"])["scope_level"]
    bases = {words.basis_label(basis): basis for basis in set(town.indicators.frame["basis"])}
    rows = figures.indicators(town).frame
    for row in rows[~rows["id"].str.startswith("gap.")].to_dict("records"):
        basis = bases[row["basis"]]
        for level in dict.fromkeys([levels.loc[(row["id"], row["scope_code"], basis)]]):
            stem = figure_key("indicator", row["id"], level, row["scope_code"], basis)
            for part in ("numerator", "denominator", "unknown", "excluded"):
                assert traced[f"{stem}|{part}"].figure == row[part], stem
