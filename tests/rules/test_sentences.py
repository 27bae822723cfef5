"""Sentences of rules: words for codes, blanks for what is missing, sources that a reader can follow."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from gridkit.audit.titles import BASES, TITLES, indicator_title
from gridkit.locale import gettext, speaking
from gridkit.model.fields import LAYER_FIELDS, LEVELS, REGISTRY_FIELDS, STATUSES, VOCABULARIES
from gridkit.rules import CATALOGUE
from gridkit.rules.headings import BLANKS, FIELDS, TABLES
from gridkit.rules.labels import STATUS_LABELS, label
from gridkit.rules.rule import Rule
from gridkit.rules.ruleset import load_ruleset

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("catalogue", ROOT / "scripts" / "catalogue.py")
catalogue = importlib.util.module_from_spec(spec)
spec.loader.exec_module(catalogue)
CHINESE = catalogue.known()

SENTENCES = {
    (code, name): text
    for code, rule in CATALOGUE.items()
    for name, text in {"": rule.sentence, **rule.variants}.items()
}
_PLACEHOLDER = re.compile(r"\{(\w+)(?::([^{}]*(?:\{\w+\})?))?\}")


def test_every_field_and_table_has_a_name():
    fields = {name for kinds in (LAYER_FIELDS, REGISTRY_FIELDS) for names in kinds.values() for name in names}
    assert set(FIELDS) == fields | {"code"}
    assert set(TABLES) == {*LEVELS, *REGISTRY_FIELDS, "control"}


def test_every_status_and_every_value_of_a_vocabulary_in_use_has_a_word():
    assert tuple(STATUS_LABELS) == STATUSES
    for name in ("branch_kind", "party_form", "compound_type", "property_mode", "management_mode"):
        for value in VOCABULARIES[name]:
            with speaking("zh"):
                assert label(value, name) != value, (name, value)


@pytest.mark.parametrize(("code", "variant"), sorted(SENTENCES), ids=lambda text: text or "-")
def test_a_rule_without_a_finding_shows_blanks(code, variant):
    for name, _ in _PLACEHOLDER.findall(SENTENCES[code, variant]):
        assert name in BLANKS or name in FIELDS, (code, name)
    with speaking("zh"):
        said = CATALOGUE[code].say({"variant": variant})
    assert not set("{}?") & set(said), said
    assert said.count("〈") == len(_PLACEHOLDER.findall(gettext_zh(SENTENCES[code, variant])))


def gettext_zh(text: str) -> str:
    with speaking("zh"):
        return gettext(text)


@pytest.mark.parametrize("text", sorted(set(SENTENCES.values())))
def test_vocabularies_survive_translation(text):
    translated = CHINESE.get(text, text)
    assert sorted(_PLACEHOLDER.findall(translated)) == sorted(_PLACEHOLDER.findall(text))


def test_codes_become_words_in_the_readers_language():
    rule = CATALOGUE["C101"]
    params = {"name": "银兰小区", "members": 4, "status": "JOINT_BRANCH"}
    assert rule.say(params) == "银兰小区 has 4 formal members and is eligible, yet its status is: joint branch"
    assert label("第二网格 (990101)", "place") == "第二网格 (990101)"
    assert label("户数", "field") == "户数"
    assert label("households", "field") == "number of households"
    assert label("similar+parent", "method") == "similar name, same community or street"
    assert label("?", "count") == "unknown"
    assert label(7, "count") == "7"
    assert label("anything", "no such vocabulary") == "anything"


def test_the_vocabulary_may_come_from_the_finding():
    said = CATALOGUE["L107"].say(
        {"field": "小区类型", "name": "甲", "column": "compound_type", "registry_value": "unit", "layer_value": "old"}
    )
    assert "unit-run compound in the registry, old compound in the layer" in said
    said = CATALOGUE["L107"].say(
        {"field": "户数", "name": "甲", "column": "households", "registry_value": 120, "layer_value": 100}
    )
    assert "120 in the registry, 100 in the layer" in said


def test_text_of_a_file_is_never_taken_for_a_template():
    rule = Rule("X1", "x", "notice", "", "{value}", "")
    assert rule.say({"value": "{n} {value:status}"}) == "{n} {value:status}"


def test_a_variant_says_it_otherwise():
    assert (
        CATALOGUE["C103"].say({"branch": "甲", "variant": "one"}) == "甲 is a joint branch, but lists one compound only"
    )


@pytest.mark.parametrize("code", CATALOGUE)
def test_sources_can_be_followed_and_are_translated(code):
    source = CATALOGUE[code].source
    assert not re.search(r"\bD\d-\d|brief|domain rule|this programme|secondary pages|F1[012]?\b", source), source
    assert not re.search(r"[\u4e00-\u9fff]{12}", source), "a source is English, and Chinese in the catalogue"


def test_sources_of_the_rule_set_can_be_followed():
    for rule in load_ruleset().rules:
        assert not re.search(r"D\d-\d|programme", rule.source), rule.source


def test_titles_of_indicators():
    assert indicator_title("completeness.units") == "completeness: registry of units"
    assert indicator_title("no.such") == "no.such"
    assert set(TITLES) > {"pairing.units", "coverage.work.valid"}
    assert "sites" in BASES
