"""A full disk, a folder that is gone, one that cannot be written to: one clear error, and nothing half-written."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gridkit import errors, pipeline
from gridkit.writing import whole
from tests.reports import sample

ROOT = Path(__file__).parents[2]
SMALL = 2000
"""Bytes that a file may have; every output is larger."""
POSIX = pytest.mark.skipif(os.name == "nt", reason="limits of a process, and rights of folders, are POSIX")


@pytest.fixture(scope="module")
def run():
    plain = sample.run()
    return replace(plain, settings={**plain.settings, "ruleset": {}, "map": {}, "profile": "internal"})


def below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


LIMITED = f"""
import resource, signal, sys, tempfile
from dataclasses import replace
from pathlib import Path
from gridkit import errors, pipeline
from tests.reports import sample

folder, plain = Path(sys.argv[1]), sample.run()
run = replace(plain, settings={{**plain.settings, "ruleset": {{}}, "map": {{}}, "profile": "internal"}})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({SMALL}, {SMALL}))
checked = pipeline.Checked(run.city, run.places, run.links, run.findings)
writers = {{
    **pipeline.WRITERS,
    "run folder": lambda run, path: pipeline.save(run, folder),
    "check.xlsx": lambda run, path: pipeline.CHECK_WRITERS["check.xlsx"](checked, None, path),
    "check.json": lambda run, path: pipeline.CHECK_WRITERS["check.json"](checked, None, path),
}}
for name, write in writers.items():
    try:
        write(run, folder / name)
        print(name, "wrote", sep=chr(9))
    except errors.OutputError as problem:
        print(name, problem.exit_code, problem, sep=chr(9))
    except BaseException as problem:
        print(name, repr(problem), sep=chr(9))
"""


@POSIX
def test_a_disk_that_takes_no_more(tmp_path, tmp_path_factory):
    """The limit of a process stands for the end of the disk: every write beyond it fails."""
    scratch = tmp_path_factory.mktemp("scratch")  # where libraries keep files of their own
    (tmp_path / "audit.html").write_text("older")
    child = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        env={**os.environ, "TMPDIR": str(scratch)},
        check=False,
    )
    said = [line.split("\t") for line in child.stdout.splitlines()]
    assert {line[0]: line[1] for line in said} == {
        **dict.fromkeys((*pipeline.WRITERS, "run folder", "check.xlsx", "check.json"), str(errors.EXIT_OUTPUT)),
        "manifest.json": "wrote",  # of a folder with one old file it is short
    }, child.stdout + child.stderr
    assert below(scratch) == []
    assert below(tmp_path) == ["audit.html", "manifest.json"]
    assert (tmp_path / "audit.html").read_text() == "older"


@pytest.mark.parametrize("name", sorted(pipeline.WRITERS))
def test_a_folder_that_is_gone(run, name, tmp_path):
    with pytest.raises(errors.OutputError) as caught:
        pipeline.WRITERS[name](run, tmp_path / "gone" / name)
    assert caught.value.exit_code == errors.EXIT_OUTPUT
    assert name in str(caught.value)
    assert below(tmp_path) == []


@POSIX
@pytest.mark.parametrize("name", sorted(pipeline.WRITERS))
def test_a_folder_that_may_not_be_written_to(run, name, tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(errors.OutputError):
            pipeline.WRITERS[name](run, tmp_path / name)
    finally:
        tmp_path.chmod(0o700)
    assert below(tmp_path) == []


@POSIX
@pytest.mark.parametrize("name", sorted(pipeline.WRITERS))
def test_a_device_is_not_replaced(run, name):
    with pytest.raises(errors.OutputError):
        pipeline.WRITERS[name](run, Path("/dev/full"))
    assert Path("/dev/full").is_char_device()


@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="only root on Linux can mount a small disk")
@pytest.mark.parametrize("size", [40, 130, 190])
def test_a_geopackage_on_a_full_disk(run, size, tmp_path):
    """The library reports few of the writes that fail; the file is counted through before it gets its name."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(disk)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        with pytest.raises(errors.OutputError, match=r"no room is left|磁盘空间不足"):  # in the run's language
            pipeline.WRITERS["city.gpkg"](run, disk / "city.gpkg")
        assert below(disk) == []
    finally:
        subprocess.run(["umount", disk], check=True)


def test_an_older_file_stays_where_writing_fails(tmp_path):
    (tmp_path / "a.txt").write_text("older")
    with pytest.raises(KeyboardInterrupt), whole(tmp_path / "a.txt") as draft:
        draft.write_text("half")
        raise KeyboardInterrupt
    with pytest.raises(errors.OutputError, match="no room"), whole(tmp_path / "a.txt") as draft:
        draft.write_text("half")
        raise OSError(28, "no room")
    assert below(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "older"
