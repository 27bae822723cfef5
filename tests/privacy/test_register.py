"""The register of writers is complete: what lies in a folder of ours was made by one of them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import gridkit
from gridkit import cli, pipeline
from gridkit.stores.tables import TABLES
from tests.privacy.lines import LINES
from tests.reports import sample

SOURCE = Path(gridkit.__file__).parent
_WRITES = re.compile(
    r"\.write_text\(|\.write_bytes\(|\.open\(\s*[\"'][wax]|(?:[ .]|^)open\([^()\n]*,\s*[\"'][wax]b?[\"']|"
    r"ParquetWriter\(|\.to_file\(|write_dataframe\(|xlsxwriter\.Workbook\(|\.to_(?:csv|excel|parquet)\(|fiona\.open\([^)]*[\"']w"
)
_EXAMPLE = re.compile(r"^ *(?:>>>|\.\.\.) .*$", re.MULTILINE)
WRITERS = {
    # the demo city: no input, invented names
    "demo/layers.py", "demo/networks.py", "demo/workbook.py", "demo/write.py",
    "io/containers.py", "io/shapefile.py",  # unpack into a folder of the system that is gone after reading
    "reports/check_json.py", "reports/claims_text.py", "reports/link_json.py",
    "maps/gridmap.py", "maps/still.py",
    "reports/book.py", "reports/docx.py", "reports/html.py", "reports/json.py", "stores/gpkg.py",
    "stores/manifest.py", "stores/bundle.py", "stores/tables.py", "reports/check.py", "cli/init.py",
    "reports/repair_files.py", "reports/repair_page.py",
    "maps/plan_still.py",
    "io/edits.py", "io/assignment.py", "stores/journal.py", "stores/plan_folder.py",  # plans of grids
    "stores/plan_files.py",
}  # fmt: skip
"""Modules that may write files. One that is new belongs into the register of :mod:`gridkit.pipeline` first."""


@pytest.fixture
def run():
    plain = sample.run()
    return replace(plain, settings={**plain.settings, "ruleset": {}, "map": {}, "profile": "internal"})


def test_a_run_folder_holds_what_the_register_names(run, tmp_path):
    folder = pipeline.save(run, tmp_path)
    assert {path.name for path in folder.iterdir()} == set(pipeline.WRITERS)
    assert {path.stem for path in (folder / "tables").iterdir()} == set(TABLES)


def test_every_writer_of_the_register_writes_by_itself(run, tmp_path):
    for name, write in pipeline.WRITERS.items():
        write(run, tmp_path / name)
    assert {path.name for path in tmp_path.iterdir()} == set(pipeline.WRITERS)


def test_every_command_has_a_line():
    assert set(LINES) == set(cli.COMMANDS)


def test_only_writers_write():
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if _WRITES.search(_EXAMPLE.sub("", path.read_text(encoding="utf-8")))
    }
    assert found <= WRITERS, sorted(found - WRITERS)
