"""The Chinese catalogue is complete, current, compiled, and keeps every placeholder."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from gridkit import locale

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("catalogue", ROOT / "scripts" / "catalogue.py")
catalogue = importlib.util.module_from_spec(spec)
spec.loader.exec_module(catalogue)


def test_complete_current_and_compiled():
    assert catalogue.problems() == []


def test_a_missing_translation_is_noticed(monkeypatch):
    real = catalogue.extracted()
    monkeypatch.setattr(catalogue, "extracted", lambda: {**real, "A sentence nobody translated": ["x.py"]})
    assert catalogue.problems() == ["untranslated: 'A sentence nobody translated'"]


def test_a_stale_translation_is_noticed(monkeypatch):
    real = catalogue.known()
    monkeypatch.setattr(catalogue, "known", lambda: {**real, "Nobody says this any more": "没人再说"})
    assert catalogue.problems() == ["stale: 'Nobody says this any more'"]


def test_placeholders_survive_translation():
    """One test of all sentences: a test of each would read the catalogue thousands of times."""
    fields = re.compile(r"\{(\w*)")
    known = catalogue.known()
    assert len(known) > 1000
    assert [text for text, said in known.items() if set(fields.findall(text)) != set(fields.findall(said))] == []


def test_language_is_looked_up_late():
    text = "interrupted; nothing half-written was left behind"
    with locale.speaking("zh"):
        assert locale.gettext(text) == "已中断；没有留下写了一半的文件"
    with locale.speaking("en"):
        assert locale.gettext(text) == text


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "en_GB", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, None),
        ({}, None),
    ],
)
def test_language_of_the_environment(monkeypatch, variables, language):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert locale.from_environment() == language


def test_chinese_where_neither_a_choice_nor_the_locale_says_otherwise(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    with locale.speaking(""):
        monkeypatch.setenv("LANG", "C.UTF-8")
        assert (locale.chosen(), locale.current(), locale.gettext("covered")) == ("", "zh", "已覆盖")
        monkeypatch.setenv("LANG", "en_GB.UTF-8")
        assert (locale.current(), locale.gettext("covered")) == ("en", "covered")
