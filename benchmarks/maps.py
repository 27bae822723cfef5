"""The map beside its peers: the same city, the same Chromium without a graphics card, one run.

``python -m benchmarks.maps [--tiny] [--huge] [--sizes N ...] [--rounds N] [--beside NAME ...]`` builds each page from
the same city (``gridkit``: the coverage map with list, filters and evidence; ``explore``: ``GeoDataFrame.explore`` of
every level on one map; ``folium``: a plain ``folium.GeoJson`` per level with tooltips), opens it and prints size, cpu
seconds to build, time to interactive, frames while dragging and zooming, memory, and what only our page can do. Ratios
are gridkit to the peer, the median of the rounds with the smallest and largest; ``-`` where a peer has no such thing or
was not loaded in time. ``--huge`` adds 100,000 compounds, where the peers are opened once.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import folium
import numpy as np
import shapely

from benchmarks import maps_run
from benchmarks.map_runs import run_of
from benchmarks.map_worlds import map_world
from gridkit.maps import coverage_map
from gridkit.maps.codec import decode_levels, encode_levels, project, unproject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import geopandas as gpd

    from gridkit.model import Run

PEERS: Final = ("explore", "folium")
HUGE: Final = 100_000
POINTS: Final = 3_000
NEAR: Final = 0.2
"""Metres: a point this near to a border may be on either side of it, as coordinates are whole units."""
COLUMNS: Final = {
    "mb": ("file MB", 2),
    "build": ("build cpu s", 1),
    "interactive": ("interactive s", 2),
    "pan_median": ("pan median ms", 0),
    "pan_p95": ("pan p95 ms", 0),
    "gap": ("+3 zoom gap ms", 0),
    "memory": ("renderer MB", 0),
    "requests": ("requests", 0),
}
OWN: Final = {
    "search": ("search ms", 1),
    "filter": ("filter and redraw ms", 0),
    "png": ("A3 PNG s", 1),
    "hover": ("hit test ms", 3),
}


@dataclass(frozen=True, slots=True)
class Page:
    """A saved page: its size and the cpu seconds that it took to make."""

    path: Path
    mb: float
    build: float


def save(name: str, run: Run, frames: Mapping[str, gpd.GeoDataFrame], folder: Path) -> Page:
    """Build one page. Ours begins at the audit: reasons, indicators and the table by street are worked out, too.

    Parameters
    ----------
    name : str
        ``gridkit``, ``explore`` or ``folium``.
    run : Run
        Of :func:`benchmarks.map_runs.run_of`, for our page.
    frames : mapping of str to geopandas.GeoDataFrame
        Of :func:`benchmarks.map_worlds.map_world`.
    folder : Path
        Where the page is written.
    """
    path = folder / f"{name}.html"
    start = time.process_time()
    makers: dict[str, Callable[[], Any]] = {
        "gridkit": lambda: coverage_map(run, both_languages=False),
        "explore": lambda: explored(frames),
        "folium": lambda: plain(frames),
    }
    made = makers[name]()
    made.save(str(path))
    return Page(path, path.stat().st_size / 1e6, time.process_time() - start)


def explored(frames: Mapping[str, gpd.GeoDataFrame]) -> folium.Map:
    """Return every level on one map by ``GeoDataFrame.explore``, compounds coloured by their status."""
    made = None
    for level, frame in frames.items():
        style = {"column": "status", "cmap": "tab10"} if level == "compound" else {"style_kwds": {"fill": False}}
        made = frame.explore(m=made, name=level, tiles=None, **style)
    assert made is not None
    return made


def plain(frames: Mapping[str, gpd.GeoDataFrame]) -> folium.Map:
    """Return every level as a ``folium.GeoJson`` with a tooltip, as examples on the web do."""
    west, south, east, north = next(iter(frames.values())).total_bounds
    made = folium.Map(tiles=None)
    for level, frame in frames.items():
        names = [name for name in frame.columns if name != "geometry"]
        folium.GeoJson(frame, name=level, tooltip=folium.GeoJsonTooltip(names)).add_to(made)
    made.fit_bounds([[south, west], [north, east]])
    return made


def points_of(frames: Mapping[str, gpd.GeoDataFrame], n: int, *, seed: int = 11) -> np.ndarray[Any, Any]:
    """Return random places within the city, longitude and latitude, shape (n, 2)."""
    west, south, east, north = frames["compound"].total_bounds
    return np.random.default_rng(seed).uniform((west, south), (east, north), (n, 2))


def agreement(
    frames: Mapping[str, gpd.GeoDataFrame], points: np.ndarray[Any, Any], found: Sequence[str]
) -> tuple[int, int]:
    """Return at how many points page and shapely say the same compound, and at how many they may not be told apart."""
    compounds = frames["compound"]
    shapes = np.asarray(compounds.geometry.array)
    at, which = shapely.STRtree(shapes).query(shapely.points(points), predicate="within")
    truth = np.full(len(points), "", object)
    truth[at] = compounds.index.to_numpy()[which]
    wrong = np.flatnonzero(truth != np.array(found, object))
    tree = shapely.STRtree(shapely.boundary(shapes))
    metre = 1 / 111_320
    close = sum(
        len(tree.query(shapely.Point(points[k]), predicate="dwithin", distance=NEAR * metre)) > 0 for k in wrong
    )
    return len(points) - len(wrong), close


def coordinate_error(frames: Mapping[str, gpd.GeoDataFrame]) -> tuple[float, int]:
    """Return the largest shift of a vertex in metres after writing and reading, and how many features were lost."""
    back = decode_levels(encode_levels(frames))
    worst, lost = 0.0, 0
    for level, frame in frames.items():
        lost += len(set(frame.index) - set(back[level].index[~back[level].geometry.isna()]))
        before = shapely.get_coordinates(frame.geometry.array)
        units = project(before)
        kept = {tuple(pair) for pair in project(shapely.get_coordinates(back[level].geometry.array)).tolist()}
        lost += len({tuple(pair) for pair in units.tolist()} - kept)
        shift = (unproject(units) - before) * [111_320 * np.cos(np.radians(before[:, 1].mean())), 110_800]
        worst = max(worst, float(np.hypot(shift[:, 0], shift[:, 1]).max()))
    return worst, lost


def rounds_of(
    run: Run, frames: Mapping[str, gpd.GeoDataFrame], chosen: argparse.Namespace
) -> dict[str, list[dict[str, Any]]]:
    """Return name -> what was measured in each round; the pages are opened in turns."""
    tiny, rounds = chosen.tiny, 1 if chosen.tiny else chosen.rounds
    measured: dict[str, list[dict[str, Any]]] = {name: [] for name in ("gridkit", *chosen.beside)}
    points = points_of(frames, 200 if tiny else POINTS)
    huge = len(frames["compound"]) > HUGE / 2
    with tempfile.TemporaryDirectory() as place:
        pages = {name: save(name, run, frames, Path(place)) for name in measured}
        for turn in range(rounds):
            for name, page in pages.items():
                if huge and turn and name in PEERS:
                    continue
                opened, found = maps_run.measure(
                    page.path, patience=chosen.patience, points=points.tolist(), short=tiny
                )
                row = asdict(opened) | {"mb": page.mb, "build": page.build, "found": found}
                row["pan_median"], row["pan_p95"] = opened.pan or (None, None)
                measured[name].append(row)
    same, close = agreement(frames, points, measured["gridkit"][0]["found"])
    print(f"hit tests that agree with shapely: {same} of {len(points)}; {close} others lie within {NEAR} m of a border")
    return measured


def middle(values: Sequence[float | None], digits: int) -> str:
    """Return the median as text, with the extremes where they differ; ``-`` where nothing was measured."""
    known = [value for value in values if value is not None]
    if not known:
        return "-"
    text = f"{statistics.median(known):.{digits}f}"
    low, high = f"{min(known):.{digits}f}", f"{max(known):.{digits}f}"
    return text if low == high else f"{text} ({low}-{high})"


def report(measured: Mapping[str, list[dict[str, Any]]]) -> None:
    """Print a line per page, our ratio to each peer, and what only our page does."""
    print(" | ".join(["page", *(title for title, _ in COLUMNS.values())]))
    for name, rows in measured.items():
        print(" | ".join([name, *(middle([row[key] for row in rows], digits) for key, (_, digits) in COLUMNS.items())]))
    for peer in [name for name in measured if name != "gridkit"]:
        cells = [f"gridkit / {peer}"]
        for key in COLUMNS:
            pairs = zip(measured["gridkit"], measured[peer], strict=False)
            ratios = [ours[key] / theirs[key] for ours, theirs in pairs if ours[key] is not None and theirs[key]]
            cells.append(middle(ratios, 3))
        print(" | ".join(cells))
    ours = measured["gridkit"]
    print("; ".join(f"{title} {middle([row[key] for row in ours], digits)}" for key, (title, digits) in OWN.items()))
    missing = sorted({url for rows in measured.values() for row in rows for url in row["unknown"]})
    if missing:
        print("no file for " + ", ".join(missing))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparisons; return 1 if our page lost a feature or made a request, else 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="1,000 compounds, one round: the size of the test suite")
    parser.add_argument("--huge", action="store_true", help="100,000 compounds as well")
    parser.add_argument("--sizes", type=int, nargs="+", default=None, help="of 1000, 10000 and 100000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--beside", nargs="*", choices=PEERS, default=None)
    parser.add_argument("--patience", type=float, default=180.0, help="seconds until a page counts as not loaded")
    chosen, _ = parser.parse_known_args(arguments)
    if chosen.beside is None:
        chosen.beside = PEERS[:1] if chosen.tiny else PEERS
    if not maps_run.available():
        print("no Chromium: set GRIDKIT_CHROMIUM or run scripts/browser.py")
        return 0
    sizes = chosen.sizes or ([1_000] if chosen.tiny else [1_000, 10_000] + [HUGE] * chosen.huge)
    failed = False
    for size in sizes:
        frames = map_world(size)
        run = run_of(frames)
        worst, lost = coordinate_error(frames)
        print(f"{len(frames['compound'])} compounds: coordinates within {worst:.3f} m, {lost} features or places lost")
        measured = rounds_of(run, frames, chosen)
        report(measured)
        failed = failed or lost > 0 or any(row["requests"] for row in measured["gridkit"])
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
