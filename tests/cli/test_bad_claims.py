"""Claims and rule sets with mistakes: everything that can be judged is judged, and the rest is named."""

from __future__ import annotations

import json

import pandas as pd

from gridkit import errors
from tests.cli.test_bad_input import project  # noqa: F401  # a fixture

STRICT = """
name = "ours"
organisation = { statuses = ["OWN_BRANCH"], silence = [{ complete = ["branches"] }] }
work = { statuses = ["OWN_BRANCH"], silence = [] }
[thresholds]
joint_max_units = -1
[audit]
link_error = 0.9
[[rules]]
id = "OWN"
status = "OWN_BRANCH"
text = "t"
source = "s"
colour = "red"
needs = [{ branch_kind = ["compound"] }]
[[rules]]
id = "REST"
status = "UNKNOWN"
text = "t"
source = "s"
"""
CLAIMS = """
[[claims]]
text = "readable"
indicator = "coverage.organisation.declared"
figure = 0
comparator = ">="
[[claims]]
text = "not readable"
indicator = "coverage.organisation.declared"
figure = "many"
[[claims]]
text = "complete"
indicator = "completeness.branches"
figure = 0
comparator = ">="
"""


def audited(gridkit, folder):
    said = gridkit("audit", folder, "--json")
    assert said.code == errors.EXIT_FINDINGS, said.err
    found = json.loads(said.out)
    run = folder / "runs" / found["run"].rsplit("/", 1)[-1]
    return found, pd.read_parquet(run / "tables" / "findings.parquet"), run


def test_an_entry_that_cannot_be_read_leaves_the_others(gridkit, project):  # noqa: F811
    toml = project / "gridkit.toml"
    toml.write_text(toml.read_text("utf-8") + CLAIMS, encoding="utf-8")
    found, findings, _ = audited(gridkit, project)
    verdicts = {claim["text"]: claim["verdict"] for claim in found["claims"]}
    assert verdicts == {"readable": "upheld", "not readable": "undetermined", "complete": "upheld"}
    rows = findings[findings["code"] == "A214"]
    assert rows["subject"].tolist() == ["not readable"]
    assert "figure must be a number" in json.loads(rows["params"].iloc[0])["mistake"]
    assert gridkit("check", project).code == errors.EXIT_FINDINGS


def test_a_broken_rule_set_does_not_stop_the_audit(gridkit, project):  # noqa: F811
    toml = project / "gridkit.toml"
    text = toml.read_text("utf-8") + '\n[coverage]\nruleset = "own.toml"\n'
    text += '[coverage.overrides]\ncolour = "red"\n' + CLAIMS.replace('"many"', "5")
    toml.write_text(text, encoding="utf-8")
    (project / "own.toml").write_text(STRICT, encoding="utf-8")
    found, findings, run = audited(gridkit, project)
    verdicts = {claim["text"]: claim["verdict"] for claim in found["claims"]}
    assert verdicts == {"readable": "undetermined", "not readable": "undetermined", "complete": "upheld"}
    places = findings.loc[findings["code"] == "A213", "refs"].explode().tolist()
    assert places == [
        "gridkit.toml!coverage.overrides.colour",
        "own.toml!audit.link_error",
        "own.toml!rules.0.colour",
        "own.toml!thresholds.joint_max_units",
    ]
    assert gridkit("verify", run).code == errors.EXIT_CLEAN


def test_the_matrix_is_written(gridkit, project):  # noqa: F811
    _, _, run = audited(gridkit, project)
    matrix = pd.read_parquet(run / "tables" / "matrix.parquet")
    definitions = pd.read_parquet(run / "tables" / "definitions.parquet")
    city = matrix[(matrix["scope_level"] == "city") & (matrix["numerator_id"] == "declared")]
    row = city[(city["denominator_id"] == "all") & (city["weight"] == "compounds")].iloc[0]
    assert row["numerator"] == (definitions["numerator.declared"] == "yes").sum()
    assert row["denominator"] == len(definitions) == 2


def test_a_rule_file_that_is_no_toml_is_named_and_the_rest_judged(gridkit, project):  # noqa: F811
    (project / "rules.toml").write_text("[thresholds\n", encoding="utf-8")
    toml = project / "gridkit.toml"
    toml.write_text(toml.read_text("utf-8") + CLAIMS + '[coverage]\nruleset = "rules.toml"\n', encoding="utf-8")
    found, findings, _ = audited(gridkit, project)
    assert {claim["text"]: claim["verdict"] for claim in found["claims"]}["complete"] == "upheld"
    rows = findings[findings["code"] == "A213"]
    assert rows["subject"].tolist() == ["rules.toml"]
    assert "TOML" in str(rows["params"].iloc[0])


def test_a_branch_of_nobody_is_no_branch(gridkit, project):  # noqa: F811
    toml = project / "gridkit.toml"
    more = "[coverage.overrides.thresholds]\nmin_formal_members = 0\n"
    toml.write_text(toml.read_text("utf-8") + more, encoding="utf-8")
    _, findings, _ = audited(gridkit, project)
    assert "min_formal_members" in str(findings.loc[findings["code"] == "A213", "params"].tolist())


def test_check_reads_a_project_that_the_audit_reads(gridkit, project):  # noqa: F811
    toml = project / "gridkit.toml"
    toml.write_text(toml.read_text("utf-8") + CLAIMS, encoding="utf-8")
    said = gridkit("check", project, "--lang", "en")
    assert said.code == errors.EXIT_FINDINGS
    assert "A214" in said.out
