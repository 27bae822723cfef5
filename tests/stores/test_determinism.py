"""The same run gives the same bytes: in another process, with another hash order, with rows in another order."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

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
