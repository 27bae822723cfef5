import pytest

from gridkit.locale import speaking
from gridkit.reports import summary, summary_lines, tables, words
from gridkit.reports.names import Names
from tests.reports import sample


@pytest.fixture(autouse=True)
def english():
    with speaking("en"):
        yield


@pytest.fixture(scope="module")
def run():
    return sample.run("en")


def test_one_row_per_compound_with_place_status_and_reason(run):
    frame = tables.compounds(run).frame.set_index("code")
    assert list(frame.index) == list(run.coverage.frame.index)
    assert frame.loc["a3", ["street", "community", "grid"]].tolist() == ["平安街道", "东门社区", "第二网格"]
    assert frame.loc["a3", "status"] == "through the unit's organisation"
    assert frame.loc["a3", "reason"] == ("relies on the organisation of its unit: 市财政局党总支; validity is unknown")
    assert frame.loc["b2", "reason"] == "a link waits for confirmation: 和平花园党支部"
    assert frame.loc["a1", "via"] == "branches.xlsx!Sheet1!3"
    assert frame.loc["a2", "formal_members"] is None


def test_uncovered_and_unknown_are_different_lists(run):
    table = tables.compounds(run)
    assert tables.with_status(run, table, "UNCOVERED").frame["code"].tolist() == ["c1"]
    assert tables.with_status(run, table, "UNKNOWN").frame["code"].tolist() == ["b2", "c2"]


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
    assert words.claim_rate("coverage.work.valid", None, None, float("nan")) == "—"
    assert words.claim_rate("coverage.work.valid", 3, 8, 0.625) == "37.5%–62.5%"


def test_every_rate_stands_beside_its_numbers(run):
    for table in (tables.indicators(run), tables.claims(run), summary.figures(run)):
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
    assert names.records(("branches.xlsx!Sheet1!404",)) == ["branches.xlsx!Sheet1!404"]
    assert names.scope("class", "urban") == "urban communities"
    assert names.scope("mode", "joint/old") == "joint management / old compounds"
    assert names.anywhere("") == "whole city"


def test_summary_lines_for_the_terminal(run):
    lines = summary_lines(run)
    assert any("3 of 8, 2 unknown" in line for line in lines)
    assert lines[-1] == "findings: 3 (error 1, warning 1, notice 1)"


def test_labels_cover_the_vocabularies():
    from gridkit.model.fields import LEVELS, REGISTRY_FIELDS, STATUSES

    assert set(words.STATUS_LABELS) == set(STATUSES)
    assert set(words.KINDS) == {*LEVELS, *REGISTRY_FIELDS}
