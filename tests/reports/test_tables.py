from dataclasses import replace

import pandas as pd
import pytest

from gridkit.locale import speaking
from gridkit.model import Findings, Layer
from gridkit.reports import compounds, figures, summary, summary_lines, tables, words
from gridkit.reports.names import Names
from gridkit.reports.values import Share
from gridkit.rules import CATALOGUE
from tests.reports import sample


@pytest.fixture(autouse=True)
def english():
    with speaking("en"):
        yield


@pytest.fixture(scope="module")
def run():
    return sample.run("en")


def test_one_row_per_compound_with_place_status_and_reason(run):
    frame = compounds.compounds(run).frame.set_index("code")
    assert list(frame.index) == list(run.coverage.frame.index)
    assert frame.loc["a3", ["street", "community", "grid"]].tolist() == ["平安街道", "东门社区", "第二网格"]
    assert frame.loc["a3", "status"] == "through the unit's organisation"
    assert frame.loc["a3", "reason"] == (
        "relies on the organisation of its unit: 市财政局党总支; whether it holds as valid is unknown"
    )
    assert frame.loc["b2", "reason"] == "may be covered, which a person has to confirm: 和平花园党支部"
    assert frame.loc["a1", "via"] == "branches.xlsx!Sheet1!3"
    assert frame.loc["a2", "formal_members"] is None


def test_uncovered_and_unknown_are_different_lists(run):
    table = compounds.compounds(run)
    assert compounds.with_status(run, table, "UNCOVERED").frame["code"].tolist() == ["c1"]
    assert compounds.with_status(run, table, "UNKNOWN").frame["code"].tolist() == ["b2", "c2"]


@pytest.mark.parametrize(
    ("name", "numbers", "said"),
    [
        ("coverage.organisation.declared", (9999, 10000, 0), ">99.9%"),
        ("coverage.organisation.declared", (10000, 10000, 0), "100%"),
        ("coverage.organisation.declared", (3, 8, 5), "37.5%–100%"),
        ("coverage.organisation.declared", (0, 0, 0), "—"),
        ("load.households_per_grid", (1009, 178, 0), "5.67"),
    ],
)
def test_rates(name, numbers, said):
    assert words.rate(name, *numbers) == said


def test_a_claim_without_denominator_has_no_rate():
    row = {"indicator": "coverage.work.valid", "numerator": None, "denominator": None, "because": {}}
    assert words.claim_rate(row) == "—"
    assert words.claim_rate({**row, "numerator": 3, "denominator": 8, "because": {"unknown": 2}}) == "37.5%–62.5%"
    wider = {"unknown": 2, "allowance_low": 1, "allowance_high": 1}
    assert words.claim_rate({**row, "numerator": 3, "denominator": 8, "because": wider}) == "25.0%–75.0%"


def test_every_rate_stands_beside_its_numbers(run):
    for table in (figures.indicators(run), figures.claims(run), summary.figures(run)):
        assert {"rate", "numerator", "denominator"} <= set(table.frame.columns)
    assert {"share", "compounds", "of"} <= set(summary.statuses(run).frame.columns)


def test_statuses_add_up_and_say_what_counts(run):
    frame = summary.statuses(run).frame
    assert sum(frame["compounds"]) == 8 == frame["of"].iloc[0]
    assert frame.set_index("status")["counts"].to_dict()["grid branch"] == "no"
    assert frame.set_index("status")["counts"].to_dict()["own branch"] == "yes"
    assert dict(summary.about(run))["counts as organisation coverage"] == (
        "through the unit's organisation, own branch, joint branch"
    )


def test_by_street(run):
    frame = summary.by_street(run).frame
    assert frame["street"].tolist() == ["平安街道", "临河镇"]
    assert frame["compounds"].tolist() == [6, 2]
    assert frame["uncovered"].tolist() == [0, 1]
    assert frame["unknown"].tolist() == [1, 1]
    assert frame["declared"].tolist() == ["50.0%–66.7%", "0%–50.0%"]


def test_set_aside_and_sources_keep_the_balance(run):
    assert tables.set_aside(run).frame["row"].tolist() == [2, 9]
    frame = tables.sources(run).frame
    assert (frame["rows_in"] == frame["kept"] + frame["set_aside"]).all()
    assert len(frame) == len(run.city.sources)


def test_long_lists_are_counted_not_cut_silently():
    assert tables.listed(range(20)).endswith("… and 8 more")


def test_names_fall_back_to_codes(run):
    names = Names.of(run)
    assert names.place("street", "404") == "404"
    assert names.thing("branches.xlsx!Sheet1!404") == "branches.xlsx!Sheet1!404"
    assert names.thing("branches.xlsx!Sheet1!5") == "市财政局党总支"
    assert names.thing("990101001001001") == "第一网格 (990101001001001)"
    assert names.scope("class", "urban") == "urban communities"
    assert names.scope("mode", "joint/old") == "joint management / old compounds"
    assert names.anywhere("") == "whole city"


def test_summary_lines_for_the_terminal(run):
    lines = summary_lines(run)
    at = lines.index("organisation coverage, as declared: 37.5%–62.5% (3 of 8 compounds, 2 unknown)")
    assert not any(", 0 unknown" in line for line in lines)
    assert lines[-1] == "findings: 3 (error 1, warning 1, notice 1)"
    assert lines.index("2 claims: upheld 1, refuted 1, undetermined 0") < at


def test_doubts_come_before_the_figures(run):
    rules = (
        CATALOGUE["L110"].found("a1", name="甲园", count=3),
        CATALOGUE["T315"].found("a2", name="乙园"),
        CATALOGUE["T341"].found("a3", name="丙园", level="compound"),
        CATALOGUE["T341"].found("x", name="东门社区", level="community"),
        CATALOGUE["S118"].found("a4", name="丁园", value="75000", column="households"),
    )
    changed = replace(run, findings=Findings.of(rules))
    lines = summary_lines(changed)
    shown = " ".join(line.strip() for line in lines)
    assert shown.index("may be duplicates") < shown.index("organisation coverage, as declared")
    assert summary.doubts(changed) == [
        "2 of 8 compounds may be duplicates (1 names stand several times): see L110",
        "1 of 8 compounds lie outside every street: see T315",
        "1 of 8 compounds have no place: see T341",
        "numbers of households that are hardly possible count in rates by households: 丁园: 75000; see S118",
    ]


def test_a_title_that_comes_twice_says_what_is_counted(run):
    titles = [figure.title for figure in summary.headline(run)]
    assert len(set(titles)) == len(titles)
    assert "organisation coverage, as declared (by households)" in titles


def test_the_basis_joins_the_brackets_of_a_chinese_title():
    with speaking("zh"):
        assert "）（" not in words.defined("coverage.organisation.declared", "compounds")


@pytest.mark.parametrize(
    ("status", "valid", "said"),
    [("OWN_BRANCH", "yes", "yes"), ("INSTRUCTOR_ONLY", "yes", "—"), ("UNCOVERED", "no", "—"), ("PLANNED", "no", "—"),
     ("UNKNOWN", "unknown", "unknown")],
)  # fmt: skip
def test_only_an_organisation_can_be_valid(status, valid, said):
    assert words.valid_label(status, valid) == said


def test_an_uncovered_compound_rests_on_the_registry_that_is_complete(run):
    frame = compounds.compounds(run).frame.set_index("code")
    assert frame.loc["c1", "refs"] == "branches.xlsx!Sheet1 (declared complete)"
    assert frame.loc["c1", "flags"] == "C101 Should have its own branch"
    assert frame.loc["a1", "refs"] == "branches.xlsx!Sheet1!B3"


def test_names_that_match_nothing(run):
    frame = compounds.unmatched(run).frame
    assert frame[["mention", "branch", "widens"]].values.tolist() == [
        ["无此小区", "无此党支部", "organisation coverage"]
    ]
    assert frame["cell"].iloc[0] == run.city.cell("branches.xlsx!Sheet1!8", "covers")


def test_a_gap_shows_its_two_shares_and_no_cross_products(run):
    frame = figures.indicators(run).frame.set_index("id")
    row = frame.loc["gap.organisation"]
    assert row[["numerator", "denominator", "unknown", "low", "high"]].tolist() == [None] * 5
    assert row["rate"] == "19.4–23.1 points"
    assert row["details"] == ("as far as known 62.1% (306/493) − 41.8% (51/122) = 20.3 points; unknown 14 and 1")


def test_bounds_are_numbers_and_a_mean_is_no_share(run):
    frame = figures.indicators(run).frame
    first, mean = frame.iloc[0], frame[frame["id"] == "load.units_per_community"].iloc[0]
    assert (first["low"], first["high"]) == (0.375, 0.625)
    assert isinstance(first["low"], Share)
    assert mean["low"] == 2.5
    assert not isinstance(mean["low"], Share)


@pytest.mark.parametrize(
    ("households", "said"),
    [(None, "summed over the compounds"), (100, "as the grid layer states them")],
)
def test_households_per_grid_say_their_source(run, households, said):
    layer = run.city.layers["grid"]
    frame = layer.frame.assign(households=pd.array([households] * len(layer), dtype="Int64"))
    city = run.city.with_layers(grid=Layer("grid", frame))
    assert figures.title("load.households_per_grid", city) == f"households per grid ({said})"


def test_findings_errors_first(run):
    mixed = {"A205": "notice", "C103": "warning", "S115": "error", "C101": "error"}
    rows = [{"code": code, "severity": severity, "subject": "x", "params": {}} for code, severity in mixed.items()]
    frame = tables.findings(replace(run, findings=Findings.of(rows))).frame
    assert frame["code"].tolist() == ["C101", "S115", "C103", "A205"]


def test_layers_are_not_declared_complete(run):
    frame = tables.sources(run).frame
    assert set(frame.loc[frame["path"].str.endswith("gpkg"), "complete"]) == {"—"}


def test_internal_columns_come_last():
    run = sample.run("en")
    for table, key in (
        (figures.indicators(run), "id"),
        (figures.claims(run), "ids"),
        (compounds.compounds(run), "rule"),
    ):
        assert table.columns[-1].key == key
        assert table.columns[-1].heading.startswith("internal id")
