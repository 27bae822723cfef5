"""Cut communities into grids with other libraries; used by ``benchmarks.grids --peers`` in an environment of its own.

``grids_run.py METHOD COMMUNITIES RESULT``: COMMUNITIES is JSON, a list of ``{households, edges, x, y, k, low, wkb}``;
the result a list of ``{seconds, labels}`` or ``{seconds, broke}``. A library that breaks is a result, too.
"""

from __future__ import annotations

import contextlib
import functools
import json
import random
import sys
import time
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

warnings.simplefilter("ignore")


def _frame(given: dict) -> gpd.GeoDataFrame:
    shapes = shapely.from_wkb([bytes.fromhex(text) for text in given["wkb"]])
    columns = {"hh": given["households"], "x": given["x"], "y": given["y"], "geometry": shapes}
    return gpd.GeoDataFrame(columns, crs="EPSG:4545")


def _weights(given: dict):
    from libpysal.weights import W

    near = {i: [] for i in range(len(given["households"]))}
    for a, b, *_ in given["edges"]:
        near[a].append(b)
        near[b].append(a)
    return W(near, silence_warnings=True)


def maxp(given: dict) -> list[int]:
    """spopt: as many regions as have the floor; it knows no ceiling."""
    from spopt.region import MaxPHeuristic

    model = MaxPHeuristic(_frame(given), _weights(given), ["x", "y"], "hh", given["low"], 2)
    model.solve()
    return [int(label) for label in model.labels_]


def ward(given: dict) -> list[int]:
    """spopt: a number of regions by Ward's method on the coordinates."""
    from spopt.region import WardSpatial

    model = WardSpatial(_frame(given), _weights(given), ["x", "y"], given["k"])
    model.solve()
    return [int(label) for label in model.labels_]


def metis(given: dict) -> list[int]:
    """METIS: recursive bisection into equal weights."""
    import pymetis

    near = [[] for _ in given["households"]]
    for a, b, *_ in given["edges"]:
        near[a].append(b)
        near[b].append(a)
    _, labels = pymetis.part_graph(given["k"], near, vweights=given["households"], recursive=True)
    return [int(label) for label in labels]


def recom(given: dict) -> list[int]:
    """gerrychain: recursive bisection of spanning trees."""
    import networkx as nx
    from gerrychain import Graph
    from gerrychain.tree import bipartition_tree, recursive_tree_part

    graph = nx.Graph()
    graph.add_nodes_from((i, {"hh": hh}) for i, hh in enumerate(given["households"]))
    graph.add_edges_from((a, b) for a, b, *_ in given["edges"])
    random.seed(1)
    ideal = sum(given["households"]) / given["k"]
    method = functools.partial(bipartition_tree, max_attempts=300)
    parts = recursive_tree_part(Graph.from_networkx(graph), range(given["k"]), ideal, "hh", 0.25, method=method)
    return [int(parts[i]) for i in range(len(given["households"]))]


def geoda(given: dict) -> list[int]:
    """pygeoda: the largest number of regions with the floor."""
    import pygeoda

    frame = _frame(given)
    data = pygeoda.open(frame)
    weights = pygeoda.queen_weights(data)
    made = pygeoda.maxp_greedy(weights, data[["x", "y"]], data["hh"], given["low"])
    return [int(label) for label in made["Clusters"]]


METHODS = {"maxp": maxp, "ward": ward, "metis": metis, "gerrychain": recom, "pygeoda": geoda}


def main(name: str, source: str, target: str) -> None:
    """Run one method over all communities."""
    communities = json.loads(Path(source).read_text())
    out = []
    for at, given in enumerate(communities):
        if not at:  # what the first call imports is not measured
            with contextlib.suppress(Exception):
                METHODS[name](given)
        np.random.seed(1)  # the libraries draw from it
        start = time.process_time()
        said: dict[str, object] = {}
        try:
            said["labels"] = METHODS[name](given)
        except Exception as error:  # a peer that breaks is a result
            said["broke"] = f"{type(error).__name__}: {error}"[:200]
        said["seconds"] = time.process_time() - start
        out.append(said)
    Path(target).write_text(json.dumps(out))


main(*sys.argv[1:])
