"""The linker on noisy worlds: precision, recall, review, fitness of columns, and time beside a peer.

``python -m benchmarks.linking [--tiny] [--peer]`` makes the worlds of :mod:`benchmarks.worlds` (the weights were set on
seed 0; what is printed are other seeds), links them through the same function that an audit calls, and compares with
the truth. ``--peer`` also links one world with splink, in an environment of its own, from the same normalised names.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from benchmarks.worlds import CRS, World, make_world
from gridkit.geo import place
from gridkit.linkage import link
from gridkit.linkage.names import keys
from gridkit.linkage.stems import addresses, base_of
from gridkit.model import City, Layer, Links, Registry, conform
from gridkit.model.fields import COMMUNITY, COMPOUND, LAYER_FIELDS, REGISTRY_FIELDS

SEEDS: Final = (1, 2, 3, 4, 5, 6)
EVIDENCE: Final = ("code", "address", "point")
PEER: Final = Path(__file__).parent / "peers"


def city_of(world: World, kind: str) -> City:
    """Return the world as a city with one registry of ``kind``: ``premises`` (m:1) or ``compounds`` (1:1)."""
    layers = {
        COMMUNITY: _layer(COMMUNITY, world.communities.rename(columns={"street": "street_code"})),
        COMPOUND: _layer(COMPOUND, world.compounds.rename(columns={"community": "community_code"})),
    }
    rows = world.rows
    name = "compound_name" if kind == "premises" else "name"
    table = pd.DataFrame(
        {
            "compound_id": rows["code"],
            name: rows["name"],
            "community_name": rows["community"],
            "address": rows["address"],
            "lon": pd.array(rows["lon"], dtype="Float64"),
            "lat": pd.array(rows["lat"], dtype="Float64"),
        }
    )
    table["src"], table["row"] = "registry.xlsx!Sheet1", range(2, len(table) + 2)
    table.index = pd.Index([f"registry.xlsx!Sheet1!{row}" for row in table["row"]], name="row_id", dtype="object")
    registry = Registry(kind, conform(table, REGISTRY_FIELDS[kind]))
    return City("world", CRS, None, layers, {kind: registry})


def _layer(level: str, frame: gpd.GeoDataFrame) -> Layer:
    frame = frame.assign(src=f"{level}.gpkg!{level}", row=range(1, len(frame) + 1))
    return Layer(
        level, gpd.GeoDataFrame(conform(frame, LAYER_FIELDS[level]), geometry="geometry", crs=CRS).sort_index()
    )


def without(world: World, *evidence: str) -> World:
    """Return the world with whole columns left blank."""
    rows = world.rows.copy()
    for name in evidence:
        if name == "point":
            rows[["lon", "lat"]] = np.nan
        else:
            rows[name] = ""
    return World(world.communities, world.compounds, rows)


def judge(links: Links, world: World) -> dict[str, float]:
    """Return precision, recall, F1 of accepted links, and the share of rows that wait for a person."""
    frame = links.frame[links.frame["field"] == "compound"]
    ids = pd.Index([f"registry.xlsx!Sheet1!{row}" for row in range(2, len(world.rows) + 2)])
    accepted = frame[frame["accepted"]].set_index("record")["code"].reindex(ids).fillna("").to_numpy(dtype=object)
    truth = world.rows["truth"].to_numpy(dtype=object)
    right = int(((accepted == truth) & (truth != "")).sum())
    precision, recall = right / max(int((accepted != "").sum()), 1), right / int((truth != "").sum())
    waiting = links.open()
    review = waiting.loc[waiting["field"] == "compound", "record"].nunique() / len(ids)
    return {"P": precision, "R": recall, "F1": 2 * precision * recall / max(precision + recall, 1e-9), "review": review}


def linked(world: World, kind: str, profile: str) -> dict[str, float]:
    """Link a world and judge the result."""
    city = city_of(world, kind)
    return judge(link(city, place(city), profile=profile), world)


def quality(size: int, seeds: tuple[int, ...]) -> pd.DataFrame:
    """Return the figures of every case and seed."""
    found = []
    for seed in seeds:
        many, once = make_world(size, size, seed=seed), make_world(size, size, seed=seed, one_to_one=True)
        cases = {
            ("m:1", "normal"): (many, "premises"),
            ("m:1", "audit"): (many, "premises"),
            ("m:1 names and communities only", "normal"): (without(many, *EVIDENCE), "premises"),
            ("m:1 without codes", "normal"): (without(many, "code"), "premises"),
            ("m:1 without points", "normal"): (without(many, "point"), "premises"),
            ("m:1 without communities", "normal"): (without(many, "community"), "premises"),
            ("1:1", "normal"): (once, "compounds"),
            ("1:1", "audit"): (once, "compounds"),
        }
        found += [
            {"case": case, "profile": profile, "seed": seed, **linked(world, kind, profile)}
            for (case, profile), (world, kind) in cases.items()
        ]
    return pd.DataFrame(found)


def fitness(size: int, seeds: range) -> dict[str, int]:
    """Return in how many worlds each spoilt column is named as what it is, and how many clean ones raise an alarm."""
    named = {"codes shifted": 0, "points off by 100 m": 0, "points off by 567 m": 0, "communities shifted": 0}
    named["alarms in clean worlds"] = 0
    for seed in seeds:
        world = make_world(size, size, seed=seed)
        named["alarms in clean worlds"] += bool(_unfit(world))
        for title, wanted, spoilt in (
            ("codes shifted", ("code", "shifted"), _shifted(world, "code")),
            ("communities shifted", ("community", "shifted"), _shifted(world, "community")),
            ("points off by 100 m", ("point", "offset"), _moved(world, 80.0, -60.0)),
            ("points off by 567 m", ("point", "offset"), _moved(world, 480.0, -300.0)),
        ):
            named[title] += _unfit(spoilt) == [wanted]
    return named


def _unfit(world: World) -> list[tuple[str, str]]:
    city = city_of(world, "premises")
    return list(link(city, place(city)).health[["column", "verdict"]].itertuples(index=False, name=None))


def _shifted(world: World, column: str) -> World:
    rows = world.rows.copy()
    rows[column] = rows[column].shift(1, fill_value="")
    return World(world.communities, world.compounds, rows)


def _moved(world: World, east: float, north: float) -> World:
    rows = world.rows.copy()
    rows["lon"] += east / 99_600.0  # metres of a degree at 26.6 degrees north
    rows["lat"] += north / 110_800.0
    return World(world.communities, world.compounds, rows)


def classes(size: int, seed: int) -> pd.DataFrame:
    """Return per kind of noise the share linked rightly, wrongly, and waiting, in profile normal."""
    world = make_world(size, size, seed=seed)
    city = city_of(world, "premises")
    links = link(city, place(city), profile="normal")
    frame = links.frame[links.frame["field"] == "compound"]
    ids = pd.Index([f"registry.xlsx!Sheet1!{row}" for row in range(2, len(world.rows) + 2)])
    accepted = frame[frame["accepted"]].set_index("record")["code"].reindex(ids).fillna("").to_numpy(dtype=object)
    truth = world.rows["truth"].to_numpy(dtype=object)
    table = pd.DataFrame(
        {
            "noise": world.rows["noise"].str.split(),
            "right": accepted == truth,
            "wrong": (accepted != "") & (accepted != truth),
            "review": ids.isin(links.open()["record"]),
        }
    )
    return table.explode("noise").groupby("noise").mean().round(3)


def scale(rows: int, compounds: int) -> tuple[float, float, dict[str, float]]:
    """Return cpu seconds, peak memory in GB and quality of one large world."""
    world = make_world(compounds, rows, seed=7)
    city = city_of(world, "premises")
    start = time.process_time()
    links = link(city, place(city), profile="normal")
    spent = time.process_time() - start
    return spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, judge(links, world)


def peer(rows: int, compounds: int) -> None:
    """Link one world with splink in its own environment, from our normalised and parsed names, and compare."""
    folder = PEER / ".venv-splink"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        pinned = ["-r", str(PEER / "splink.txt")]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *pinned], check=True)
    world = make_world(compounds, rows, seed=7)
    city = city_of(world, "premises")
    start = time.process_time()
    ours = judge(link(city, place(city), profile="normal"), world)
    own = time.process_time() - start
    with tempfile.TemporaryDirectory() as scratch:
        for name, frame in _tables(world).items():
            frame.to_parquet(Path(scratch) / f"{name}.parquet")
        subprocess.run([python, str(PEER / "splink_run.py"), scratch], check=True)
        theirs = pd.read_parquet(Path(scratch) / "result.parquet")
        seconds = float((Path(scratch) / "seconds.txt").read_text())
    best = _best_threshold(theirs, world)
    print(f"{rows} rows x {compounds} compounds, cpu seconds: gridkit {own:.1f}, splink {seconds:.1f}")
    print(f"ratio {seconds / own:.1f}; F1 gridkit {ours['F1']:.4f}, splink {best:.4f} (at its best threshold)")


def _tables(world: World) -> dict[str, pd.DataFrame]:
    """Return both sides as a peer wants them: normalised name, its parts, community, code, address, place."""
    codes = dict(zip(world.communities["name"], world.communities.index, strict=True))
    middle = world.compounds.geometry.centroid.to_crs("EPSG:4490")
    right = pd.DataFrame({"name": world.compounds["name"], "community": world.compounds["community"]})
    right = right.assign(code=right.index, address=world.compounds["address"], lon=middle.x, lat=middle.y)
    left = world.rows.assign(community=world.rows["community"].map(codes))
    tables = {}
    for side, frame in (("left", left), ("right", right)):
        parsed = keys(frame["name"].to_list(), COMPOUND)
        table = pd.DataFrame({"id": [f"{side}{at}" for at in range(len(frame))]})
        table["full"] = [key.full for key in parsed]
        table["base"] = [base_of(key.full) for key in parsed]
        table["marks"] = [",".join(key.marks) or None for key in parsed]
        for name in ("community", "code"):
            table[name] = [value or None for value in frame[name].astype(object).where(frame[name].notna(), None)]
        table["address"] = [value or None for value in addresses(frame["address"].to_list())]
        table["lon"], table["lat"] = frame["lon"].to_numpy(dtype=float), frame["lat"].to_numpy(dtype=float)
        tables[side] = table
    return tables


def _best_threshold(pairs: pd.DataFrame, world: World) -> float:
    """Return the best F1 over all thresholds of the peer's probability, best pair per row."""
    truth = world.rows["truth"].to_numpy(dtype=object)
    codes = world.compounds.index.to_numpy(dtype=object)
    pairs = pairs.sort_values(["probability", "right"], ascending=[False, True]).drop_duplicates("left")
    at = pairs["left"].str.removeprefix("left").astype(int).to_numpy()
    ok = codes[pairs["right"].str.removeprefix("right").astype(int).to_numpy()] == truth[at]
    right, given, there = np.cumsum(ok), np.arange(1, len(ok) + 1), int((truth != "").sum())
    return float((2 * right / (given + there)).max())


def main(arguments: list[str]) -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--peer", action="store_true")
    given = parser.parse_args(arguments)
    size, seeds = (400, (1,)) if given.tiny else (10_000, SEEDS)
    if given.peer:
        peer(*((400, 400) if given.tiny else (100_000, 10_000)))
        return
    table = quality(size, seeds).drop(columns="seed").groupby(["case", "profile"], sort=False)
    print(table.agg(["mean", "min", "max"]).round(4).to_string())
    print(classes(size, seeds[0]).to_string())
    print(fitness(400 if given.tiny else 1_000, range(2) if given.tiny else range(20)))
    spent, peak, result = scale(*((400, 400) if given.tiny else (100_000, 10_000)))
    print(
        f"{spent:.1f} cpu seconds, peak {peak:.2f} GB, { ({name: round(value, 4) for name, value in result.items()}) }"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
