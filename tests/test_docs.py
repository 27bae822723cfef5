"""The documents say what the code does: every setting, indicator and rule is in them."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from gridkit.io.grid_settings import GridsSpec
from gridkit.io.project import ClaimSpec, CoverageSpec, LayerSpec, LinksSpec, Project, RegistrySpec
from gridkit.io.reconcile import ReconcileSpec, SideSpec
from gridkit.model.fields import LEVELS, REGISTRY_FIELDS
from tests.main_job import done

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def test_columns_page_is_in_step():
    spec = importlib.util.spec_from_file_location("columns", ROOT / "scripts" / "columns.py")
    columns = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(columns)
    assert (DOCS / "columns.md").read_text(encoding="utf-8") == columns.text()


TABLES = (LayerSpec, RegistrySpec, LinksSpec, CoverageSpec, ClaimSpec, ReconcileSpec, SideSpec, GridsSpec)


@pytest.mark.parametrize("table", TABLES)
def test_every_setting_is_documented(table):
    text = (DOCS / "project-file.md").read_text(encoding="utf-8")
    for key in table.model_fields:
        assert f"| `{key}` |" in text, key


def test_every_table_of_the_project_file_is_documented():
    text = (DOCS / "project-file.md").read_text(encoding="utf-8")
    tables = {"layers", "registries", "links", "coverage", "claims", "map", "reconcile", "repair", "grids"}
    for key in set(Project.model_fields) - {"root", "unread", "claims_file", *tables}:
        assert f"| `{key}` |" in text, key
    for level in LEVELS:
        assert f"[layers.{level}]" in text
    for kind in REGISTRY_FIELDS:
        assert f"`{kind}`" in text


def test_every_indicator_is_documented():
    text = (DOCS / "indicators.md").read_text(encoding="utf-8")
    for name in done().run.indicators.frame["id"].unique():
        known = "completeness.<kind>" if name.startswith("completeness.") else name
        assert f"`{known}`" in text, name


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_links_of_the_readmes_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target


def test_readmes_say_the_same():
    """Same headings, code blocks, tables and list items; only the words differ."""
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
    for pattern in (r"^#+ ", r"^```", r"^\|", r"^- "):
        assert len(re.findall(pattern, english, re.M)) == len(re.findall(pattern, chinese, re.M)), pattern
