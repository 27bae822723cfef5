import datetime as dt
import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from gridkit.errors import OutputError
from gridkit.reports import write_html, write_json, write_xlsx
from gridkit.stores import read_manifest, run_folder, verify_outputs, write_gpkg, write_run, write_tables
from tests.reports import sample

WRITERS = {
    "audit.xlsx": write_xlsx,
    "audit.html": write_html,
    "audit.json": write_json,
    "city.gpkg": write_gpkg,
    "tables": write_tables,
}
LIGHT = {"a.txt": lambda run, path: path.write_text(run.city.name, encoding="utf-8")}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_whole_run(tmp_path):
    folder = write_run(sample.run(), tmp_path / "runs", WRITERS, project=tmp_path / "gridkit.toml", ruleset_text="x")
    assert folder == tmp_path / "runs" / "2024-06-30-abababab"
    assert names(folder) == sorted([*WRITERS, "manifest.json"])
    assert names(tmp_path / "runs") == [folder.name]
    manifest = read_manifest(folder)
    assert set(manifest["outputs"]) == {
        *(set(WRITERS) - {"tables"}),
        *(f"tables/{name}" for name in names(folder / "tables")),
    }
    assert manifest["project"] == "../../gridkit.toml"
    assert len(manifest["rules"]["sha256"]) == 64
    assert verify_outputs(folder) == []


def test_the_manifest_holds_no_path_of_this_machine(tmp_path):
    for project in (tmp_path / "gridkit.toml", None):
        folder = write_run(sample.run(), tmp_path / "out" / "deep", LIGHT, project=project)
        text = (folder / "manifest.json").read_text(encoding="utf-8")
        assert str(tmp_path) not in text
        assert str(Path.home()) not in text


def test_an_undated_run(tmp_path):
    run = sample.run()
    undated = replace(run, city=replace(run.city, as_of=None))
    assert write_run(undated, tmp_path, LIGHT).name == "undated-abababab"


def test_without_a_stated_hash_the_inputs_name_the_folder(tmp_path):
    run = replace(sample.run(), inputs_hash="")
    assert write_run(run, tmp_path, LIGHT) == write_run(run, tmp_path, LIGHT)


def test_an_identical_run_is_kept(tmp_path):
    first = write_run(sample.run(), tmp_path, LIGHT)
    stamp = (first / "a.txt").stat().st_mtime_ns
    inode = first.stat().st_ino
    assert write_run(sample.run(), tmp_path, LIGHT) == first
    assert (first / "a.txt").stat().st_mtime_ns == stamp
    assert first.stat().st_ino == inode
    assert names(tmp_path) == [first.name]


@pytest.mark.parametrize("harm", ["change", "delete", "add", "manifest"])
def test_a_run_of_the_same_name_with_another_content_is_kept_too(tmp_path, harm):
    first = write_run(sample.run(), tmp_path, LIGHT)
    if harm == "change":
        (first / "a.txt").write_text("?")
    elif harm == "delete":
        (first / "a.txt").unlink()
    elif harm == "add":
        (first / "b.txt").write_text("?")
    else:
        (first / "manifest.json").write_text("{}")
    second = write_run(sample.run(), tmp_path, LIGHT)
    assert second.name == first.name + "-2"
    assert write_run(sample.run(), tmp_path, LIGHT) == second
    assert first.exists()


@pytest.mark.parametrize("failure", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_a_failure_in_the_middle_leaves_nothing(tmp_path, failure):
    def fail(_run, path):
        path.write_text("half")
        raise failure

    with pytest.raises(failure):
        write_run(sample.run(), tmp_path, {**LIGHT, "b.txt": fail})
    assert names(tmp_path) == []


def test_a_failure_does_not_touch_an_older_run(tmp_path):
    first = write_run(sample.run(), tmp_path, LIGHT)

    def full(_run, _path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OutputError, match=os.strerror(errno.ENOSPC)):
        write_run(sample.run(), tmp_path, {"b.txt": full})
    assert verify_outputs(first) == []
    assert names(tmp_path) == [first.name]


def test_a_parent_below_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError) as caught:
        write_run(sample.run(), tmp_path / "file" / "runs", LIGHT)
    assert str(tmp_path / "file" / "runs") in str(caught.value)
    assert caught.value.exit_code == 5
    assert caught.value.remedy


@pytest.mark.parametrize("step", ["mkdir", "mkdtemp", "rename"])
def test_no_permission(tmp_path, monkeypatch, step):
    def refuse(*_args, **_more):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(run_folder.tempfile if step == "mkdtemp" else Path, step, refuse)
    with pytest.raises(OutputError, match=os.strerror(errno.EACCES)):
        write_run(sample.run(), tmp_path / "runs" if step == "mkdir" else tmp_path, LIGHT)
    monkeypatch.undo()
    assert names(tmp_path) == []


def test_two_writers_at_the_same_moment_share_one_run(tmp_path, monkeypatch):
    """Another process puts the same run in place between our look and our renaming."""
    rename = Path.rename

    def late(draft, target):
        monkeypatch.setattr(Path, "rename", rename)
        assert write_run(sample.run(), tmp_path, LIGHT) == target
        return rename(draft, target)

    monkeypatch.setattr(Path, "rename", late)
    folder = write_run(sample.run(), tmp_path, LIGHT)
    assert names(tmp_path) == [folder.name]


def test_the_rights_of_a_run_folder_are_those_of_a_new_folder(tmp_path):
    (tmp_path / "other").mkdir()
    folder = write_run(sample.run(), tmp_path, LIGHT)
    assert folder.stat().st_mode == (tmp_path / "other").stat().st_mode


def test_date_of_the_run_is_not_the_clock(tmp_path):
    run = sample.run()
    dated = replace(run, city=replace(run.city, as_of=dt.date(1999, 12, 31)))
    assert write_run(dated, tmp_path, LIGHT).name.startswith("1999-12-31-")


def test_drafts_of_killed_runs_go_when_they_are_a_day_old(tmp_path):
    day = 25 * 3600
    for name, age in (
        (".tmp-2024-06-30-1a2b3c4d-abcdefgh", day),
        (".tmp-undated-1a2b3c4d-ab_defgh", 60),  # may still be written
        (".tmp-mine", day),  # not a name of ours
        ("2024-06-30-1a2b3c4d", day),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").write_text("")
        for path in (tmp_path / name / "half", tmp_path / name):
            stamp = path.stat().st_mtime - age
            os.utime(path, (stamp, stamp))
    folder = write_run(sample.run(), tmp_path, LIGHT)
    left = [".tmp-mine", ".tmp-undated-1a2b3c4d-ab_defgh", "2024-06-30-1a2b3c4d", folder.name]
    assert names(tmp_path) == sorted(left)


def test_an_error_names_the_file_and_not_the_draft(tmp_path):
    def fail(_run, path):
        raise OutputError("full", place=str(path))

    with pytest.raises(OutputError) as caught:
        write_run(sample.run(), tmp_path, {"b.txt": fail})
    assert caught.value.place == str(tmp_path / "2024-06-30-abababab" / "b.txt")
