"""Run one function of maup on a layer; used by ``benchmarks.boundaries --peers`` in an environment of its own.

``maup_run.py doctor|smart_repair LAYER RESULT`` writes cpu seconds and what came of it as JSON. What is printed by maup
itself (it counts on the screen) is not read. The function has run once on two squares before it is timed.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import geopandas as gpd
import maup
import shapely

JOBS = {"doctor": maup.doctor, "smart_repair": maup.smart_repair}

name, layer, result = sys.argv[1:]
frame = gpd.read_file(layer)
squares = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]
JOBS[name](gpd.GeoDataFrame(geometry=squares, crs=frame.crs))
start = time.process_time()
said: dict[str, object] = {}
try:
    made = JOBS[name](frame)
    if name == "smart_repair":
        Path(f"{result}.wkb").write_text("\n".join(shapely.to_wkb(made.geometry.to_numpy(), hex=True)))
except Exception as error:  # a peer that breaks is a result, too
    said["broke"] = f"{type(error).__name__}: {error}"
said["seconds"] = time.process_time() - start
Path(result).write_text(json.dumps(said))
