"""The same run gives the same bytes: in another process, with another hash order, with rows in another order."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gridkit.demo import make_city, write
from gridkit.model import Coverage, Findings, Links
from gridkit.stores import read_manifest, write_run
from tests.reports import sample
from tests.stores.test_run_folder import WRITERS

ROOT = Path(__file__).parents[2]
SCRIPT = """
import json, sys
from pathlib import Path
from gridkit.stores import read_manifest, write_run
from tests.reports import sample
from tests.stores.test_run_folder import WRITERS
print(json.dumps(read_manifest(write_run(sample.run(), Path(sys.argv[1]), WRITERS))["outputs"]))
"""

WHOLE = """
import json, random, sys
from dataclasses import replace
from pathlib import Path
from gridkit import pipeline
from gridkit.io.project import read_project
from gridkit.stores import read_manifest
folder, seed = Path(sys.argv[1]), int(sys.argv[2])
read = pipeline.read_city

def shuffled(*given):
    city, noticed = read(*given)
    def turned(frame):
        order = list(range(len(frame)))
        random.Random(seed).shuffle(order)
        return frame.iloc[order]
    registries = {kind: replace(one, frame=turned(one.frame)) for kind, one in city.registries.items()}
    registries = dict(sorted(registries.items(), reverse=seed > 1))
    pending = {kind: turned(frame) for kind, frame in city.pending.items()}
    return replace(city, registries=registries, pending=pending, set_aside=turned(city.set_aside)), noticed

if seed:
    pipeline.read_city = shuffled
run = pipeline.audit(read_project(folder))
made = pipeline.save(run, Path(sys.argv[3]), with_map=False)
result = run.result
sizes = {name: len(getattr(result, name)) for name in ("matrix", "tricks", "shades", "plan", "league")}
print(json.dumps({"sizes": sizes, "outputs": read_manifest(made)["outputs"]}))
"""
TABLES = ("matrix", "tricks", "shades", "plan", "league")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    return read_manifest(write_run(sample.run(), tmp_path_factory.mktemp("a"), WRITERS))["outputs"]


@pytest.mark.parametrize(("seed", "zone"), [("0", "UTC"), ("4711", "Asia/Shanghai")])
def test_other_process_hash_seed_and_time_zone(outputs, tmp_path, seed, zone):
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == outputs


def test_rows_in_another_order(outputs, tmp_path):
    run = sample.run()
    back = replace(
        run,
        links=Links(run.links.frame.iloc[::-1]),
        findings=Findings.of(reversed(list(run.findings.rows()))),
        city=replace(run.city, sources=run.city.sources[::-1], set_aside=run.city.set_aside.iloc[::-1]),
        coverage=Coverage(run.coverage.frame, "strict", run.coverage.counts_as, run.coverage.trace),
    )
    assert read_manifest(write_run(back, tmp_path, WRITERS))["outputs"] == outputs


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    write(make_city("town"), folder)
    return folder


def whole(town, parent, *, rows, hashing):
    """Audit the town in a process of its own, its registries in another order, and return what it wrote."""
    environment = {**os.environ, "PYTHONHASHSEED": hashing, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WHOLE, str(town), rows, str(parent)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_whole_audit_of_a_town_with_rows_in_another_order(town, tmp_path):
    """Reports, tables and audit.json, with all that is proved: matrix, tricks, certainty, plan, league."""
    first = whole(town, tmp_path / "1", rows="0", hashing="0")
    other = whole(town, tmp_path / "2", rows="2", hashing="4711")
    assert min(first["sizes"].values()) > 0
    differing = {name for name in first["outputs"] if other["outputs"].get(name) != first["outputs"][name]}
    assert (differing, other) == (set(), first)
    for name in TABLES:
        assert any(name in written for written in first["outputs"]), name
