"""``gridkit diff runs``, bundles and ``gridkit verify`` on a project of three compounds."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gridkit import errors
from gridkit.stores.compare import compare_tables, say_changes
from tests.cli.test_bad_input import collection, compound, square
from tests.cli.test_link import BRANCHES, TOML, decide

HEADER, *ROWS = BRANCHES.strip().split("\n")
ROOT = Path(__file__).resolve().parents[2]


def places(name: str = "金桂家园") -> str:
    return collection(
        (compound("990101001001X001", name), square(105.001, 39.001, 0.001)),
        (compound("990101001001X002", "银杏小区"), square(105.004, 39.004, 0.001)),
        (compound("990101001001X003", "市财政局家属院"), square(105.006, 39.006, 0.001)),
    )


def build(folder: Path) -> Path:
    folder.mkdir(parents=True)
    claim = '[[claims]]\ntext = "全部覆盖"\nindicator = "coverage.organisation.declared"\nfigure = 100\n'
    (folder / "gridkit.toml").write_text(TOML + claim, encoding="utf-8")
    (folder / "branches.csv").write_text(BRANCHES, encoding="utf-8")
    areas = [({"社区代码": f"99010100100{n}", "社区名称": name}, square(105 + n / 100 - 0.01, 39, 0.01))
             for n, name in ((1, "东门社区"), (2, "西门社区"))]  # fmt: skip
    (folder / "communities.geojson").write_text(collection(*areas), encoding="utf-8")
    (folder / "compounds.geojson").write_text(places(), encoding="utf-8")
    return folder


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def append(folder: Path, text: str) -> None:
    write(folder, "gridkit.toml", (folder / "gridkit.toml").read_text("utf-8") + text)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A project with its run folder and its bundle; tests copy it."""
    from gridkit import cli

    folder = build(tmp_path_factory.mktemp("base") / "project")
    cli.run(["audit", str(folder), "--lang", "en", "--bundle", "--no-map"])
    return folder


@pytest.fixture
def project(base, tmp_path):
    return Path(shutil.copytree(base, tmp_path / "elsewhere" / "copy"))


def run_of(folder: Path) -> Path:
    return max(
        (path for path in (folder / "runs").iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime_ns
    )


def audited(gridkit, folder: Path) -> Path:
    shutil.rmtree(folder / "runs", ignore_errors=True)
    said = gridkit("audit", folder, "--lang", "en", "--no-map")
    assert said.code in (0, 1), said.err
    return run_of(folder)


def difference(gridkit, before: Path, after: Path) -> dict:
    said = gridkit("diff", "runs", before, after, "--json")
    assert said.code == errors.EXIT_FINDINGS
    return json.loads(said.out)


def test_identical_runs_do_not_differ(gridkit, base):
    said = gridkit("diff", "runs", run_of(base), run_of(base), "--lang", "en")
    assert said.code == errors.EXIT_CLEAN
    assert said.out.startswith("nothing differs between ")


def changed_data(folder: Path) -> None:
    """Dissolve the branch of X002."""
    write(folder, "branches.csv", BRANCHES.replace("2026-01-01,6,正常", "2026-01-01,6,撤销"))


def test_causes_are_told_each_with_its_compound(gridkit, base, project, tmp_path):
    changed_data(project)
    decide(project / "mine.csv")
    append(project, '[links]\noverrides = "mine.csv"\n')
    after = audited(gridkit, project)
    found = difference(gridkit, run_of(base), after)
    rows = {row["code"]: row for row in found["compounds"]}
    assert {code: row["causes"] for code, row in rows.items() if code != "990101001001X003"} == {
        "990101001001X001": ["links"], "990101001001X002": ["data"],
    }  # fmt: skip
    two = rows["990101001001X002"]
    assert (two["status_before"], two["status_after"]) == ("OWN_BRANCH", "UNCOVERED")
    assert two["rows_before"] == two["rows_after"] == ["branches.csv!3"]
    assert [(row["name"], row["kind"], row["change"]) for row in found["inputs"]] == [
        ("branches.csv", "branches", "changed"), ("mine.csv", "overrides", "new"),
    ]  # fmt: skip
    assert found["rows"] == [{"kind": "branches", "before": 2, "after": 2, "gone": 1, "new": 1}]
    assert "settings.links.overrides" in {f"{row['part']}.{row['key']}" for row in found["settings"]}
    assert "13900000000" not in json.dumps(found)
    check_workbook(gridkit, run_of(base), after, tmp_path / "d.xlsx")


def check_workbook(gridkit, before: Path, after: Path, file: Path) -> None:
    said = gridkit("diff", "runs", before, after, "-o", file, "--lang", "en")
    assert said.code == errors.EXIT_FINDINGS
    assert "银杏小区 (990101001001X002): own branch → uncovered" in said.out
    assert "why: data" in said.out
    book = openpyxl.load_workbook(file)
    assert {"Summary", "Inputs", "Compounds with another coverage", "Indicators"} <= set(book.sheetnames)
    first = file.read_bytes()
    gridkit("diff", "runs", before, after, "-o", file, "--lang", "en")
    assert file.read_bytes() == first


def test_what_is_no_run_is_told(gridkit, base, tmp_path):
    assert gridkit("diff", "runs", run_of(base), tmp_path).code == errors.EXIT_USAGE
    broken = Path(shutil.copytree(run_of(base), tmp_path / "run"))
    (broken / "tables" / "links.parquet").write_bytes(b"PAR1")
    assert gridkit("diff", "runs", run_of(base), broken).code == errors.EXIT_USAGE
    old = Path(shutil.copytree(run_of(base), tmp_path / "old"))
    (old / "tables" / "rows.parquet").unlink()
    said = gridkit("diff", "runs", old, run_of(base), "--lang", "en")
    assert "older gridkit" in said.out


# Bundles


def bundle_of(folder: Path) -> Path:
    return next((folder / "runs").glob("*.zip"))


def verify(gridkit, bundle: Path, project: Path):
    return gridkit("verify", bundle, "--project", project, "--lang", "en")


def test_a_bundle_holds_no_input_no_path_and_no_date(base):
    bundle = bundle_of(base)
    with zipfile.ZipFile(bundle) as archive:
        infos = archive.infolist()
        names = [info.filename for info in infos]
        assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
        text = b"".join(archive.read(name) for name in names if not name.endswith(".parquet"))
    assert names == sorted(names)
    assert {"manifest.json", "audit.json", "bundle.json", "claims.json", "rules/ruleset.json", "links/weights.toml",
            "links/decisions.json", "tables/rows.parquet", "tables/compounds.parquet"} <= set(names)  # fmt: skip
    assert str(base).encode() not in text
    assert not any(name.endswith((".csv", ".geojson", ".html")) for name in names)


def test_a_bundle_is_made_and_verified_in_another_process_and_place(base, project):
    (project / "runs").rename(project.parent / "away")
    bundle = next((project.parent / "away").glob("*.zip"))
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT)}
    made = "import sys; from gridkit import cli; cli.run(['audit', '--bundle', 'b.zip', '--no-map', '--lang', 'en']); "
    command = [sys.executable, "-c", made + f"sys.exit(cli.run(['verify', {str(bundle)!r}, '--lang', 'en']))"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("holds: same inputs, same bytes\n")
    assert (project / "b.zip").read_bytes() == bundle.read_bytes()


def test_a_changed_cell_is_told_down_to_the_cell(gridkit, base, project):
    changed_data(project)
    said = verify(gridkit, bundle_of(base), project)
    assert said.code == errors.EXIT_FINDINGS
    assert "input branches.csv has changed" in said.out
    assert "table compounds: values differ; 1 of 3 rows changed" in said.out
    assert "990101001001X002, status: OWN_BRANCH before, UNCOVERED now" in said.out
    found = json.loads(gridkit("verify", bundle_of(base), "--project", project, "--json").out)
    table = next(one for one in found["tables"] if one["table"] == "compounds")
    assert (table["rows"], table["gone"], table["new"], table["values_equal"]) == (1, 0, 0, False)


def test_a_changed_rule_is_told(gridkit, base, project):
    append(project, "[coverage.overrides]\nthresholds = { min_formal_members = 6 }\n")
    said = verify(gridkit, bundle_of(base), project)
    assert said.code == errors.EXIT_FINDINGS
    assert "settings.ruleset" in said.out
    assert "input" not in said.out


def test_a_missing_input_is_told_and_nothing_recomputed(gridkit, base, project):
    (project / "branches.csv").unlink()
    write(project, "compounds.geojson", places("金桂花园"))
    said = verify(gridkit, bundle_of(base), project)
    assert said.code == errors.EXIT_FINDINGS
    assert "input branches.csv is not there" in said.out
    assert "input compounds.geojson has changed" in said.out
    assert "nothing was recomputed" in said.out


def test_an_input_that_cannot_be_read_any_more_is_a_difference(gridkit, base, project):
    (project / "branches.csv").write_bytes(b"")
    said = verify(gridkit, bundle_of(base), project)
    assert said.code == errors.EXIT_FINDINGS
    assert "input branches.csv has changed" in said.out


def test_a_run_folder_is_verified_with_another_project(gridkit, base, project):
    said = gridkit("verify", run_of(base), "--project", project, "--lang", "en")
    assert (said.code, said.out) == (errors.EXIT_CLEAN, f"{run_of(base)} holds: same inputs, same bytes\n")


def repacked(bundle: Path, target: Path, change) -> Path:
    """Write the bundle anew with other entries: ``change`` gets and returns name -> bytes."""
    with zipfile.ZipFile(bundle) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in change(entries).items():
            archive.writestr(name, data)
    return target


def with_index(packed: dict, **changes) -> dict:
    index = json.loads(packed["bundle.json"])
    return {**packed, "bundle.json": json.dumps({**index, **changes}).encode()}


HOSTILE = {
    "name leads out": lambda entries: {**entries, "../evil.json": b"{}"},
    "absolute name": lambda entries: {**entries, "/tmp/evil.json": b"{}"},
    "drive": lambda entries: {**entries, "C:\\evil.json": b"{}"},
    "unknown entry": lambda entries: {**entries, "tables/x.exe": b"MZ"},
    "too many": lambda entries: {**entries, **{f"tables/{'a' * n}.parquet": b"" for n in range(1, 41)},
                                 **{f"rules/{'a' * n}.json": b"" for n in range(1, 41)},
                                 **{f"rules/{'a' * n}.toml": b"" for n in range(1, 41)},
                                 **{f"links/{'a' * n}.json": b"" for n in range(1, 41)},
                                 **{f"links/{'a' * n}.toml": b"" for n in range(1, 41)}},
    "no index": lambda entries: {name: data for name, data in entries.items() if name != "bundle.json"},
    "no manifest": lambda entries: {name: data for name, data in entries.items() if name != "manifest.json"},
    "index no JSON": lambda entries: {**entries, "bundle.json": b"{"},
    "index deep": lambda entries: {**entries, "bundle.json": b"[" * 100_000},
    "index of another form": lambda entries: with_index(entries, schema="other/1"),
    "entries no table": lambda entries: with_index(entries, entries=[1]),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_bundles_are_refused(gridkit, base, project, tmp_path, case):
    bundle = repacked(bundle_of(base), tmp_path / "hostile.zip", HOSTILE[case])
    before = sorted(path for path in tmp_path.rglob("*"))
    said = verify(gridkit, bundle, project)
    assert said.code == errors.EXIT_INPUT
    assert "no bundle that can be read" in said.err
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_files_that_are_no_bundles_are_refused(gridkit, base, project, tmp_path):
    data = bundle_of(base).read_bytes()
    cases = {
        "empty": b"",
        "text": b"hello",
        "cut": data[: len(data) // 2],
        "hole": data[:5000] + b"\0" * 400 + data[5400:],
    }
    for name, content in cases.items():
        file = tmp_path / f"{name}.zip"
        file.write_bytes(content)
        assert verify(gridkit, file, project).code == errors.EXIT_INPUT, name


def test_bombs_and_links_are_refused(gridkit, project, tmp_path):
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bundle.json", b"{}")
        archive.writestr("audit.json", b"\0" * 30_000_000)
    assert "unpacks to more than it may" in verify(gridkit, bomb, project).err
    link = zipfile.ZipInfo("audit.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr("bundle.json", b"{}")
        archive.writestr(link, b"/etc/passwd")
    assert "does not belong in it" in verify(gridkit, tmp_path / "link.zip", project).err


def test_entries_that_were_changed_or_are_not_there_are_told(gridkit, base, project, tmp_path):
    def spoiled(entries):
        found = {name: data for name, data in entries.items() if name != "tables/trace.parquet"}
        return {**found, **{name: entries[name] + b" " for name in ("rules/ruleset.json", "tables/claims.parquet")}}

    said = verify(gridkit, repacked(bundle_of(base), tmp_path / "b.zip", spoiled), project)
    assert said.code == errors.EXIT_FINDINGS
    assert "rules/ruleset.json: it was changed after the bundle was made" in said.out
    assert "rules/ruleset.json: it is not what the manifest of the bundle says" in said.out
    assert "tables/claims.parquet: it was changed after the bundle was made" in said.out
    assert "tables/trace.parquet: the bundle lists it and does not hold it" in said.out
    assert "table trace: the table was not written before" in said.out
    assert "table claims: the table cannot be read; its bytes differ" in said.out


# Tables


def tables(folder: Path, name: str, table: pa.Table, **options) -> Path:
    (folder / "tables").mkdir(parents=True)
    pq.write_table(table, folder / "tables" / f"{name}.parquet", **options)
    return folder


def test_other_bytes_are_not_other_values(tmp_path):
    table = pa.table({"kind": ["grid"], "code": ["g"], "record": ["a!1"], "x": [10.0], "area_m2": [5.0]})
    moved = table.set_column(3, "x", pa.array([10.0004]))
    before = tables(tmp_path / "a", "rows", table, compression="zstd")
    assert compare_tables(before, tables(tmp_path / "b", "rows", table, compression="zstd")) == []
    for number, other in enumerate((table, moved)):
        change = compare_tables(before, tables(tmp_path / f"c{number}", "rows", other, compression="snappy"))[0]
        assert change.values_equal
        assert list(say_changes([change])) == [
            "table rows: all values are equal, only the bytes differ (another version of a library)"
        ]
    far = table.set_column(3, "x", pa.array([10.002]))
    change = compare_tables(before, tables(tmp_path / "d", "rows", far))[0]
    assert (change.values_equal, change.rows, change.columns) == (False, 1, ("x",))
    assert change.examples == (("grid · g", "x", "10.0", "10.002"),)


def test_columns_and_rows_that_only_one_side_has(tmp_path):
    before = tables(tmp_path / "a", "compounds", pa.table({"code": ["x", "y"], "old": [1, 2]}))
    after = tables(tmp_path / "b", "compounds", pa.table({"code": ["y", "z", "z"], "new": [1, 2, 3]}))
    change = compare_tables(before, after)[0]
    assert (change.gone, change.new, change.columns, change.values_equal) == (1, 2, ("old", "new"), False)


def test_a_bundle_that_was_rewritten_with_its_hashes_does_not_hold(gridkit, base, project, tmp_path):
    """Verdicts turned round, weights and allowance replaced, and every hash of the list made to fit."""
    with zipfile.ZipFile(next((base / "runs").glob("*.zip"))) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    parts["audit.json"] = parts["audit.json"].replace(b'"undetermined"', b'"upheld"').replace(b'"refuted"', b'"upheld"')
    parts["links/weights.toml"], parts["links/allowance.json"] = b"x = 1\n", b'{"rate": 0.0}\n'
    index = json.loads(parts.pop("bundle.json"))
    index["entries"] = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in parts.items()
    }
    forged = tmp_path / "forged.zip"
    with zipfile.ZipFile(forged, "w") as archive:
        for name, data in {"bundle.json": json.dumps(index).encode(), **parts}.items():
            archive.writestr(name, data)
    said = gridkit("verify", forged, "--project", project, "--json")
    assert said.code == errors.EXIT_FINDINGS
    found = json.loads(said.out)
    assert not found["same"]
    for name in ("audit.json", "links/weights.toml", "links/allowance.json"):
        assert any(name in problem for problem in found["differences"]), name


def test_a_table_that_comes_out_otherwise_is_never_the_same(gridkit, base, project, tmp_path):
    """A table and its hash in the manifest forged together: recomputing tells."""
    run = Path(shutil.copytree(run_of(base), project / "runs" / "2024-forged"))
    claims = pq.read_table(run / "tables" / "claims.parquet")
    at = claims.column_names.index("verdict")
    pq.write_table(claims.set_column(at, "verdict", pa.array(["upheld"] * len(claims))), run / "tables/claims.parquet")
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    digest = hashlib.sha256((run / "tables/claims.parquet").read_bytes()).hexdigest()
    manifest["outputs"]["tables/claims.parquet"]["sha256"] = digest
    (run / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    said = gridkit("verify", run, "--json")
    assert said.code == errors.EXIT_FINDINGS
    assert not json.loads(said.out)["same"]


def test_settings_are_compared_one_by_one(gridkit, base, project):
    append(project, "[coverage.overrides.thresholds]\njoint_max_units = 4\n")
    said = gridkit("verify", run_of(base), "--project", project, "--lang", "en")
    assert said.code == errors.EXIT_FINDINGS
    assert "settings.ruleset.thresholds.joint_max_units: 5 before, 4 now" in said.out
    assert max(len(line) for line in said.out.splitlines()) < 300


def test_where_the_project_is_must_be_said(gridkit, base, tmp_path):
    run = shutil.copytree(run_of(base), tmp_path / "lonely")
    said = gridkit("verify", run, "--lang", "en")
    assert said.code == errors.EXIT_USAGE
    assert "--project" in said.err
