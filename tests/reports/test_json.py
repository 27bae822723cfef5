import json
import re
from pathlib import Path

import pytest

from gridkit.errors import OutputError
from gridkit.reports import to_json, write_json
from tests.reports import sample, sample_proof

DOCUMENT = Path(__file__).parents[2] / "docs" / "audit-json.md"


def documented() -> dict[str, set[str]]:
    """Section of the document -> the keys in the first column of its tables."""
    sections = re.split(r"^## ", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        re.match(r"`(\w+)(?:\[\])?`", text).group(1): set(re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE))
        for text in sections
    }


def test_every_key_is_documented_and_every_documented_key_exists():
    document, made = documented(), to_json(sample_proof.run())
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


def test_what_is_proved_is_in_the_document(tmp_path):
    run = sample_proof.run("en")
    made = to_json(run)
    assert made["allowance"] == {"rate": 0.0124, "confidence": 0.95, "sampled": 240, "wrong": 0}
    assert made["shades"] == {"covered": 3, "possible": 2, "confirmed": 3}
    assert len(made["matrix"]) == len(run.result.matrix)
    assert made["matrix"][-1]["low"] is None
    assert made["tricks"][0] | {"title": ""} == {
        "code": "A101", "title": "", "findings": 1, "rows": 1, "compounds": 1, "numerator": 3, "without": 2,
        "denominator": 8,
    }  # fmt: skip
    assert [row["rank_last"] for row in made["league"]] == [1, None, 2, 2]
    assert made["differences"] == [
        {"name": "小区数", "kind": "only_a", "count": 1},
        {"name": "小区数", "kind": "value", "count": 1},
    ]
    assert made["claims"][0]["upheld_under"] == ["work/all/compounds", "declared/eligible/compounds"]
    write_json(run, tmp_path / "audit.json")
    assert json.loads((tmp_path / "audit.json").read_text(encoding="utf-8")) == made


def test_nothing_proved_is_null_or_empty():
    made = to_json(sample.run())
    assert made["shades"] == {"covered": None, "possible": None, "confirmed": None}
    assert not any(made[key] for key in ("matrix", "tricks", "bounds", "league", "differences", "bridges"))
