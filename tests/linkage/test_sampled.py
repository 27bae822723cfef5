"""Links as a sample is drawn from them, and labels found again by what the rows say."""

from __future__ import annotations

import pandas as pd
import pytest

from gridkit.linkage import key_of, link
from gridkit.linkage.sampled import match_labels, sample_frame
from gridkit.locale import speaking
from gridkit.model import Overrides
from gridkit.model.overrides import KEPT_COLUMNS
from gridkit.model.samples import LABEL_COLUMNS, LINK_SAMPLE_COLUMNS, Labels
from gridkit.rules import CATALOGUE
from tests import tiny

ROWS = [
    {"name": "甲党支部", "branch_kind": "compound", "community_name": "东门社区", "covers": "金桂家园、银杏小区"},
    {"name": "乙党支部", "branch_kind": "compound", "community_name": "西门社区", "covers": "和平花园"},
    {"name": "丙党支部", "branch_kind": "joint", "community_name": "河口社区", "covers": "全部小区"},
    {"name": "丁党支部", "branch_kind": "compound", "community_name": "东门社区", "covers": "无此院"},
]


def linked(rows=ROWS, decisions=()):
    city = tiny.city([tiny.registry("branches", rows)])
    frame = pd.DataFrame(decisions, columns=list(KEPT_COLUMNS), dtype="object")
    return city, link(city, tiny.places(), overrides=Overrides(frame))


def key(mention: str, community: str = "东门社区") -> str:
    return key_of("branches", "covers", mention, community)


def labels(*rows) -> Labels:
    frame = pd.DataFrame(
        [(*row, f"l.xlsx!S!{at}") for at, row in enumerate(rows, start=4)], columns=list(LABEL_COLUMNS)
    )
    return Labels(frame.sort_values("key"))


def decision(mention: str, target: str, kind: str = "link") -> tuple[str, ...]:
    return (key(mention), "branches", "covers", mention, kind, target, "", "o.csv!2")


def test_what_may_be_drawn():
    """Names that were linked by evidence: not the row that says "all", not what is not linked."""
    city, links = linked()
    frame = sample_frame(city, tiny.places(), links)
    assert list(frame.columns) == list(LINK_SAMPLE_COLUMNS)
    assert sorted(frame["mention"]) == ["和平花园", "金桂家园", "银杏小区"]
    row = frame.loc[key("金桂家园")]
    assert row[["parent", "code", "name", "community"]].tolist() == ["东门社区", "a1", "金桂家园", "东门社区"]
    assert row["cell"].startswith("branches.xlsx!Sheet1!")
    assert row["cell"].endswith("3")


def test_decisions_of_persons_are_not_drawn():
    city, links = linked(decisions=[decision("金桂家园", "a1")])
    assert "金桂家园" not in set(sample_frame(city, tiny.places(), links)["mention"])


def test_labels_are_found_again_in_another_order():
    told = labels((key("金桂家园"), "a1", "right"), (key("和平花园", "西门社区"), "b2", "wrong"))
    for rows in (ROWS, ROWS[::-1]):
        found = match_labels(*linked(rows), told)
        assert (found.sampled, found.wrong, found.unclear, found.stale) == (2, 1, 0, 0)


def test_what_cannot_be_told_counts_as_wrong():
    found = match_labels(*linked(), labels((key("金桂家园"), "a1", "unclear"), (key("银杏小区"), "a2", "right")))
    assert (found.sampled, found.wrong, found.unclear) == (2, 1, 1)


def test_a_wrong_link_that_was_corrected_still_speaks_for_the_others():
    told = labels((key("金桂家园"), "a1", "wrong"), (key("银杏小区"), "a2", "right"))
    for change in (decision("金桂家园", "a3"), decision("金桂家园", "", "no_match")):
        found = match_labels(*linked(decisions=[change]), told)
        assert (found.sampled, found.wrong, found.stale) == (2, 1, 0)


def test_stale_labels_are_told_and_only_wrong_ones_count():
    """What was right and is no more proves nothing; what was wrong speaks for the others however it was corrected."""
    told = labels(
        (key("金桂家园"), "a2", "right"), (key("早没了的小区"), "a1", "wrong"), (key("银杏小区"), "a2", "right")
    )
    found = match_labels(*linked(), told)
    assert (found.sampled, found.wrong, found.stale) == (2, 1, 2)
    assert sorted(found.findings.frame["refs"]) == [("l.xlsx!S!4",), ("l.xlsx!S!5",)]
    assert set(found.findings.frame["code"]) == {"L122"}
    with speaking("en"):
        assert not set("?〈") & set(CATALOGUE["L122"].say(found.findings.frame["params"].iloc[0]))


def test_what_is_not_filled_in_counts_as_wrong_and_is_told():
    told = labels((key("金桂家园"), "a1", "right"), (key("银杏小区"), "a2", "unanswered"))
    found = match_labels(*linked(), told)
    assert (found.sampled, found.wrong, found.unanswered, found.population) == (2, 1, 1, 3)
    assert found.findings.frame["code"].tolist() == ["L123"]
    with speaking("en"):
        assert CATALOGUE["L123"].say(found.findings.frame["params"].iloc[0]).startswith("1 of 2 links")


def test_no_labels_no_links():
    city, links = linked([])
    assert sample_frame(city, tiny.places(), links).empty
    assert match_labels(city, links, Labels()).sampled == 0
    assert match_labels(city, links, labels((key("x"), "a1", "right"))).stale == 1


def test_labels_hold_one_per_key():
    with pytest.raises(ValueError):
        labels((key("x"), "a1", "right"), (key("x"), "a1", "wrong"))
    with pytest.raises(ValueError):
        labels((key("x"), "a1", "perhaps"))
