"""Tricks that the linker must not be made to accuse: names with numerals, wrong codes, namesakes, names that wait."""

import pytest

from gridkit.audit.tricks import find_tricks
from gridkit.coverage import check_coverage, cover
from gridkit.linkage import check_links, link, merge_attributes
from gridkit.model import Links
from gridkit.rules.ruleset import load_ruleset
from tests import tiny

RULES = load_ruleset()


def offenders(rule, links=None, **registries):
    return sorted(found(rule, links, **registries)["subject"])


def found(rule, links=None, **registries):
    city = tiny.city([tiny.registry(kind, rows, complete=True) for kind, rows in registries.items()])
    if "unit" in registries.get("compounds", [{}])[0].get("compound_type", ""):
        city = tiny.city(list(city.registries.values()), {"a3": {"compound_type": "unit"}})
    places = tiny.places()
    links = links(link(city, places)) if links else link(city, places)
    attributes, _ = merge_attributes(city, links)
    coverage = cover(city, places, links, attributes, RULES)
    known = [
        check_links(city, links, covers=False, places=places),
        check_coverage(city, places, links, attributes, coverage, RULES),
    ]
    return find_tricks(city, places, links, attributes, coverage, ruleset=RULES, findings=known).with_code(rule)


def variants(rule, **registries):
    rows = found(rule, **registries)
    return {
        subject: (params.get("variant", ""), severity)
        for subject, params, severity in zip(rows["subject"], rows["params"], rows["severity"], strict=True)
    }


def branch(name, covers, **more):
    row = {"name": name, "covers": covers, "community_name": "东门社区", "branch_kind": "compound", "formal_members": 5}
    return {**row, "branch_status": "active", "founded_on": "2022-03-01", "term_end": "2027-03-01", **more}


@pytest.mark.parametrize(
    ("second", "told"),
    [("翠湖里党支部", True), ("翠湖苑一期支部", True), ("翠湖苑第二党支部", False)],
)
def test_numerals_tell_branches_apart_only_where_both_names_have_them(second, told):
    rows = [branch("翠湖苑一期党支部", "翠湖苑一期"), branch(second, "翠湖苑一期")]
    assert bool(offenders("A105", branches=rows)) is told


@pytest.mark.parametrize(("second", "told"), [("翠湖苑一期西区第一党支部", False), ("翠湖苑一期东区第一支部", True)])
def test_names_that_are_nearly_equal_but_for_a_direction_are_two_branches(second, told):
    rows = [branch("翠湖苑一期东区第一党支部", "翠湖苑一期"), branch(second, "翠湖苑一期")]
    assert bool(offenders("A105", branches=rows)) is told


def listed(name, community, **more):
    return {"name": name, "community_name": community, "coverage_claimed": "单独组建", **more}


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (listed("银杏小区", "东门社区"), True),
        (listed("向阳院", "河口社区", compound_id="a2"), False),  # the code of one, the name of another
    ],
)
def test_a_wrong_code_is_no_second_row(second, told):
    rows = [listed("银杏小区", "东门社区", compound_id="a2"), second]
    branches = [branch("银杏小区党支部", "银杏小区")]
    assert bool(offenders("A105", branches=branches, compounds=rows)) is told


def test_a_unit_whose_name_waits_for_a_person_is_not_called_exempt_without_cover():
    rows = [branch("市财政局党支部", "市财政局家属院", branch_kind="unit", big_committee_member="yes")]
    compounds = [listed("市财政局家属院", "东门社区", compound_type="unit") | {"coverage_claimed": "依托单位党组织"}]

    def waiting(links):
        frame = links.frame.copy()
        frame.loc[frame["field"] == "covers", "accepted"] = False
        return Links(frame)

    assert offenders("A107", branches=rows, compounds=compounds) == []
    assert offenders("A107", waiting, branches=rows, compounds=compounds) == []
    bare = [row | {"big_committee_member": "no"} for row in rows]
    assert offenders("A107", branches=bare, compounds=compounds) == ["a3"]


LISTED = [listed("金桂家园", "东门社区"), listed("银杏小区", "东门社区")]


def test_left_out_is_only_possible_where_a_row_that_is_not_linked_may_mean_it():
    sure = variants("A106", compounds=LISTED)
    assert sure["a4"] == ("", "error")
    doubted = variants("A106", compounds=[*LISTED, listed("老粮站大院", "东门社区")])
    assert doubted["a4"] == ("possible", "notice")
    assert doubted["b1"] == ("", "error")


def test_exempt_without_cover_is_only_possible_where_a_branch_that_is_not_linked_may_mean_it():
    unit = [listed("市财政局家属院", "东门社区", compound_type="unit") | {"coverage_claimed": ""}]
    other = branch("银杏小区党支部", "银杏小区")
    assert variants("A107", compounds=unit, branches=[other]) == {"a3": ("", "warning")}
    lost = branch("局机关党支部", "老粮站大院", branch_kind="unit", big_committee_member="yes")
    assert variants("A107", compounds=unit, branches=[other, lost]) == {"a3": ("possible", "notice")}


@pytest.mark.parametrize(
    ("name", "covers", "community", "variant"),
    [
        ("海天党支部", "海天佳苑", "东门社区", ""),
        ("海天党支部", "海天佳苑", "", "possible"),  # may lie anywhere
        ("银杏小区党支部", "海天佳苑", "河口社区", "possible"),  # called after a compound of another community
    ],
)
def test_an_unknown_name_is_a_ghost_only_where_it_is_like_nothing(name, covers, community, variant):
    told = variants("A114", branches=[branch(name, covers, community_name=community)])
    assert [one for one, _ in told.values()] == [variant]


def test_a_row_too_many_is_a_ghost_only_where_every_compound_has_its_row():
    rows = [listed(name, "河口社区") for name in ("向阳院", "金桂家园", "海天佳苑")]
    assert list(variants("A114", compounds=rows).values()) == [("compound", "warning")]
    assert list(variants("A114", compounds=rows[1:]).values()) == [("possible_compound", "notice")]


def test_a_second_row_whose_community_is_not_the_one_stated_is_no_second_row():
    rows = [listed("银杏小区", "东门社区"), listed("银杏小区", "")]
    assert offenders("A105", compounds=rows, branches=[branch("银杏小区党支部", "银杏小区")]) == []


def test_a_twin_whose_name_waits_is_found_by_its_figures():
    rows = [branch("金桂家园党支部", "金桂家园"), branch("桂里党支部", "金桂花苑")]
    assert len(offenders("A105", branches=rows)) == 1
    rows[1]["founded_on"] = "2022-03-02"
    assert offenders("A105", branches=rows) == []
