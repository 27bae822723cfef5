import json
import re
from pathlib import Path

import pytest

from gridkit.errors import OutputError
from gridkit.reports import to_json, write_json
from tests.reports import sample

DOCUMENT = Path(__file__).parents[2] / "docs" / "audit-json.md"


def documented() -> dict[str, set[str]]:
    """Section of the document -> the keys in the first column of its tables."""
    sections = re.split(r"^## ", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        re.match(r"`(\w+)(?:\[\])?`", text).group(1): set(re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE))
        for text in sections
    }


def test_every_key_is_documented_and_every_documented_key_exists():
    document, made = documented(), to_json(sample.run())
    assert set(made) - {"schema"} == set(document)
    for section, value in made.items():
        if section == "schema":
            continue
        keys = set(value) if isinstance(value, dict) else set().union(*value)
        statuses = set(value.get("by_status", {})) if isinstance(value, dict) else set()
        assert document[section] == keys | statuses, section
    assert made["schema"] in DOCUMENT.read_text(encoding="utf-8")


def test_figures_are_those_of_the_run():
    made = to_json(sample.run())
    assert made["compounds"]["total"] == 8 == sum(made["compounds"]["by_status"].values())
    assert made["compounds"]["by_status"]["UNKNOWN"] == 2
    first = made["indicators"][0]
    assert (first["numerator"], first["denominator"], first["unknown"]) == (3, 8, 2)
    assert (first["low"], first["high"]) == (0.375, 0.625)
    empty = next(row for row in made["indicators"] if row["id"] == "property.organisation_rate")
    assert empty["low"] is None
    assert [claim["verdict"] for claim in made["claims"]] == ["refuted", "upheld"]
    assert [(finding["code"], finding["count"]) for finding in made["findings"]] == [
        ("C101", 1), ("C103", 1), ("S104", 1),
    ]  # fmt: skip
    assert all(row["rows_in"] == row["kept"] + row["set_aside"] for row in made["inputs"])
    assert made["run"]["counts_as"] == ["UNIT_ORG", "OWN_BRANCH", "JOINT_BRANCH"]


def test_floats_have_six_decimals_and_no_nan(tmp_path):
    write_json(sample.run(), tmp_path / "audit.json")
    text = (tmp_path / "audit.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    assert not re.search(r"\d\.\d{7}", text)
    assert json.loads(text) == to_json(sample.run())


def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(OutputError):
        write_json(sample.run(), tmp_path / "missing" / "audit.json")
