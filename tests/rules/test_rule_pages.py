"""The pages of rules are in step with the rules and their cases."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from xml.etree import ElementTree

from gridkit.rules import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("rule_pages", ROOT / "scripts" / "rule_pages.py")
rule_pages = importlib.util.module_from_spec(spec)
spec.loader.exec_module(rule_pages)


def test_pages_are_in_step():
    assert rule_pages.stale() == [], "run: python scripts/rule_pages.py"


def test_every_rule_of_boundaries_has_a_page_with_everything():
    for code, rule in CATALOGUE.items():
        if not code.startswith("T"):
            continue
        text = (rule_pages.TARGET / f"{code}.md").read_text(encoding="utf-8")
        for said in (rule.name, rule.severity, rule.title, rule.remedy, rule.source, "Breaks it:", "Does not:"):
            assert said in text, (code, said)
        assert rule.elsewhere, code
        assert rule.elsewhere in text
        ElementTree.parse(rule_pages.TARGET / "drawings" / f"{code}.svg")


def test_links_of_the_pages_lead_somewhere():
    for page in rule_pages.TARGET.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)
