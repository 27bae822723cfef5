"""Link two tables with splink; run by ``benchmarks.linking --peer`` in an environment of its own.

It gets the same normalised, parsed names, communities, codes, addresses and places as our linker, but no aliases.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pyarrow
import splink.comparison_library as cl
from pyarrow import parquet
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

folder = Path(sys.argv[1])
left, right = (parquet.read_table(folder / f"{side}.parquet") for side in ("left", "right"))
start = time.process_time()
settings = SettingsCreator(
    link_type="link_only",
    unique_id_column_name="id",
    comparisons=[
        cl.JaroWinklerAtThresholds("base", [0.92, 0.8]),
        cl.ExactMatch("marks"),
        cl.ExactMatch("community"),
        cl.ExactMatch("code"),
        cl.ExactMatch("address"),
        cl.DistanceInKMAtThresholds("lat", "lon", [0.05, 0.2, 0.5]),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("community"),
        block_on("full"),
        block_on("code"),
        block_on("base"),
    ],
    retain_intermediate_calculation_columns=False,
)
api = DuckDBAPI()
linker = Linker([api.register(left), api.register(right)], settings)
linker.training.estimate_probability_two_random_records_match([block_on("full", "community")], recall=0.6)
linker.training.estimate_u_using_random_sampling(max_pairs=2e6)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("full"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("community", "substr(base, 1, 1)"))
found = linker.inference.predict(threshold_match_probability=0.01)
spent = time.process_time() - start
columns = found.as_pyarrow_table()
pairs = [
    (one, two, probability) if one.startswith("left") else (two, one, probability)
    for one, two, probability in zip(
        columns["id_l"].to_pylist(), columns["id_r"].to_pylist(), columns["match_probability"].to_pylist(), strict=True
    )
]
names = ("left", "right", "probability")
table = pyarrow.table({name: [pair[at] for pair in pairs] for at, name in enumerate(names)})
parquet.write_table(table, folder / "result.parquet")
(folder / "seconds.txt").write_text(f"{spent:.3f}")
