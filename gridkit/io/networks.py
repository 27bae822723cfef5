"""Departmental networks of grids and tables of their posts, read for merging: counts only, never persons."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.errors import LayerError, TableError
from gridkit.geo.crs import to_lonlat, to_metric
from gridkit.geo.detect import SAME, score_datum
from gridkit.geo.finite import finite
from gridkit.io.dictionary import field_of
from gridkit.io.drafts import settled
from gridkit.io.fields import shape
from gridkit.io.person_numbers import mask_name_of_file, mask_numbers
from gridkit.io.referring import read_referring
from gridkit.io.text import cell_text, compact
from gridkit.io.vector import is_table, parts_of, read_layer
from gridkit.locale import N_
from gridkit.model.fields import COMPOUND, GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from gridkit.io.vector import Draft

POSTS: Final = ("branches", "staff", "stations")
CODE_HEADERS: Final = (
    "网格编码",
    "网格代码",
    "网格编号",
    "所属网格编码",
    "所属网格代码",
    "所属网格",
    "grid_code",
    "gridcode",
    "code",
)
"""Headings under which a table names a grid, in the order in which they are looked for."""
COUNT_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "branches": ("网格党支部数", "党支部数", "支部数", "党组织数", "branches"),
    "staff": ("staff",),
    "stations": ("站点数", "驿站数", "党群服务站数", "党群服务驿站数", "服务站数", "服务站点数", "stations"),
}
"""Headings of counts that the dictionary of columns does not have."""
MOST: Final = 100_000
"""A larger count of posts in one grid is none."""
_SUMS: Final = re.compile(r"^(小计|合计|总计)$")
_NOTE: Final = re.compile(r"^(注|说明)[:：]")
_SEVERAL: Final = re.compile(r"[、,，;；\s]+")


@dataclass(frozen=True)
class ReadNetwork:
    """A layer of grids as it was read.

    Parameters
    ----------
    name : str
        What the network is called.
    grids : geopandas.GeoDataFrame
        Indexed by key, with ``code``, ``name``, ``grid_kind``, ``valid_from``, the counts of ``POSTS`` and ``row``.
    notes : tuple of dict
        Findings of reading.
    files : dict of str to str
        File -> sha256.
    pointless : int
        Features without an area, which are no grids.
    unread : dict of str to int
        Kind of posts -> cells with a text, a negative or an impossible number in its column.
    landless : pandas.DataFrame
        Posts that features without an area count: ``kind``, ``code`` and ``n``. They are posts all the same.
    """

    name: str
    grids: gpd.GeoDataFrame
    notes: tuple[dict[str, Any], ...]
    files: dict[str, str]
    pointless: int = 0
    unread: dict[str, int] = field(default_factory=dict)
    landless: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["kind", "code", "n"]))


@dataclass(frozen=True)
class ReadPosts:
    """Posts of a network from a table or a layer of points.

    ``listed``: ``code`` and ``n``; ``points``: ``x``, ``y`` (NaN without a place) and ``n``; one of the two is empty.
    ``dropped``: headings of columns of persons that were left out; ``sums``: rows of totals and notes, not counted;
    ``counted``: heading of the column that says how many posts a row stands for; ``unread``: cells of it that say
    something else than a count.
    """

    name: str
    sha256: str
    listed: pd.DataFrame
    points: pd.DataFrame
    dropped: tuple[str, ...] = ()
    sums: int = 0
    counted: str = ""
    unread: int = 0


def read_network(
    path: Path, name: str, crs: str, *, layer: str = "", columns: Mapping[str, str] | None = None, stated: str = ""
) -> ReadNetwork:
    """Read the grids of a department.

    Parameters
    ----------
    path : pathlib.Path
        Boundary file of any format.
    name : str
    crs : str
        Metric system of the city.
    layer : str
        Layer of the file.
    columns : mapping of str to str, optional
        Field -> attribute, such as ``code`` or ``name``.
    stated : str
        Coordinate system that outranks the file's own; ``GCJ-02`` and ``BD-09`` are converted.

    Raises
    ------
    LayerError
        The file cannot be used, or holds no area.
    """
    if is_table(path.name, path.parent):
        raise LayerError(
            N_("a table has no borders: a network is read from a layer of areas"), place=mask_name_of_file(path.name),
            remedy=N_("name the boundary file of the grids; a table of posts is named with --posts"),
        )  # fmt: skip
    draft = read_layer(path.name, path.parent, GRID, layer=layer, columns=columns, crs=stated)
    frame = draft.records.frame
    shapes = np.array(shapely.force_2d(to_metric(draft.geometry, crs).to_numpy()), dtype=object)
    usable = ~shapely.is_missing(shapes) & finite(shapes)
    shapes[~usable] = shapely.Polygon()
    valid = shapely.make_valid(shapes)
    areal = shapely.area(valid) > 0
    if not areal.any():
        raise LayerError(
            N_("the layer holds no area: {n} features are points, lines or have no place"),
            place=mask_name_of_file(path.name), remedy=N_("name a layer with the areas of the grids"), n=len(frame),
        )  # fmt: skip
    texts = {
        to: _texts(frame, field, len(frame))
        for to, field in {"code": "code", "name": "name", "grid_kind": "grid_kind", "valid_from": "valid_from"}.items()
    }
    counts, unread = _counts(draft, path, layer)
    table = pd.DataFrame({**texts, **counts, "row": frame["row"].to_numpy() if "row" in frame else range(len(frame))})
    table["name"] = [mask_numbers(text) for text in table["name"]]
    landless = table.loc[~areal].melt(["code"], list(POSTS), "kind", "n")
    landless = landless.loc[landless["n"] > 0, ["kind", "code", "n"]].reset_index(drop=True)
    table = table.loc[areal].reset_index(drop=True)
    grids = gpd.GeoDataFrame(table, geometry=valid[areal], crs=crs)
    grids.index = pd.Index(_keys(grids), dtype="object", name="key")
    files = {source.name: source.sha256 for source in draft.all_sources}
    return ReadNetwork(
        name, grids.sort_index(), tuple(draft.records.notes), files, int((~areal).sum()), unread, landless
    )


def _texts(frame: pd.DataFrame, field: str, n: int) -> list[str]:
    if field not in frame:
        return [""] * n
    return ["" if value is None or pd.isna(value) else str(value) for value in frame[field]]


def _keys(grids: gpd.GeoDataFrame) -> list[str]:
    """Return a key for each grid whatever the order of rows: its code, numbered where it is not alone."""
    shapes = grids.geometry.to_numpy()
    bounds = np.round(shapely.bounds(shapes), 2)
    area = np.round(shapely.area(shapes), 2)
    codes = [str(code) for code in grids["code"]]
    order = sorted(range(len(codes)), key=lambda at: (codes[at], -area[at], bounds[at].tolist()))
    seen: dict[str, int] = {}
    keys = [""] * len(codes)
    for at in order:
        code = codes[at]
        if not code or code.startswith("~"):
            content = f"{grids['name'].iloc[at]}\x1f{bounds[at].tolist()}\x1f{area[at]}"
            code = "~" + hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:12]
        seen[code] = seen.get(code, 0) + 1
        keys[at] = code if seen[code] == 1 else f"{code}#{seen[code]}"
    return keys


def _counts(draft: Draft, path: Path, layer: str) -> tuple[dict[str, list[int]], dict[str, int]]:
    """Return how many branches, staff and stations each feature counts, and how many cells are no counts.

    What the dictionary of columns knows is checked as it is read, and told there.
    """
    frame, n = draft.records.frame, len(draft.records.frame)
    out = {kind: [0] * n for kind in POSTS}
    given = draft.records.given
    if "branch_id" in given:
        named = _texts(frame, "branch_id", n)
        out["branches"] = [len([one for one in _SEVERAL.split(text.strip()) if one]) for text in named]
    if "grid_worker_count" in given:
        out["staff"] = [_count(value) for value in frame["grid_worker_count"]]
    if "grid_head" in given:
        heads = [value is not None and not pd.isna(value) and bool(value) for value in frame["grid_head"]]
        out["staff"] = [staff + head for staff, head in zip(out["staff"], heads, strict=True)]
    own = _own_columns(draft, path, layer)
    unread = {kind: sum(map(_is_none, cells)) for kind, cells in own.items()}
    found = out | {kind: [_count(cell) for cell in cells] for kind, cells in own.items()}
    return found, {kind: n for kind, n in unread.items() if n}


def _own_columns(draft: Draft, path: Path, layer: str) -> dict[str, list[Any]]:
    """Return the cells under headings that only merging knows, row for row with the draft."""
    parts = parts_of(path.name, path.parent, GRID, layer=layer)
    if len(parts) != 1:
        return {}
    raw = parts[0][0]
    headers = {compact(header).lower(): at for at, header in enumerate(raw.headers)}
    place = {row: at for at, row in enumerate(raw.rows)}
    rows = [place.get(int(row), -1) for row in draft.records.frame["row"]]
    out = {}
    for kind, words in COUNT_HEADERS.items():
        at = next((headers[word] for word in words if word in headers), None)
        if at is not None:
            cells = raw.columns[at]
            out[kind] = [cells[row] if row >= 0 else None for row in rows]
    return out


def _count(value: Any) -> int:
    """Return a cell as a count of posts; what is none counts as nothing.

    >>> [_count(value) for value in (2, "3", None, "若干", -1, 2.0)]
    [2, 3, 0, 0, 0, 2]
    """
    number = pd.to_numeric(pd.Series([value]), errors="coerce").iloc[0]
    return int(number) if pd.notna(number) and 0 <= number <= MOST else 0


def _is_none(value: Any) -> bool:
    """Return whether a cell says something that is no count.

    >>> [_is_none(value) for value in ("若干", -1, 0, None, "", " 0 ")]
    [True, True, False, False, False, False]
    """
    text = cell_text(value).strip()
    number = pd.to_numeric(pd.Series([text]), errors="coerce").iloc[0]
    return bool(text) and not (pd.notna(number) and 0 <= number <= MOST)


def doubt(network: ReadNetwork, communities: gpd.GeoSeries) -> tuple[str, float]:
    """Return in which datum the numbers of a network are, where they fit the communities better than as stated.

    Returns
    -------
    str
        ``GCJ-02``, ``BD-09``, ``reverse GCJ-02`` (the communities are in it) or ``reverse BD-09``; ``""`` where the
        network fits as it is, or too few grids tell.
    float
        Share of the grids that fit then.
    """
    stated = pd.Series([code[:12] for code in network.grids["code"]], index=network.grids.index)
    bodies = gpd.GeoSeries(network.grids.geometry.to_numpy(), index=network.grids.index, crs=network.grids.crs)
    scores = score_datum(to_lonlat(bodies), to_lonlat(communities), stated=stated, shifts=False)
    verdict = "" if scores.verdict == SAME else scores.verdict
    return verdict, scores.share(verdict) if verdict else 1.0


def read_posts(path: Path, crs: str, *, column: str = "", stated: str = "", kind: str = "") -> ReadPosts:
    """Read posts: a table whose rows name the code of a grid, a table of places, or a layer of points.

    Parameters
    ----------
    path : pathlib.Path
    crs : str
        Metric system of the city.
    column : str
        Heading of the codes; looked for where it is not given.
    stated : str
        Coordinate system of places.
    kind : str
        One of ``POSTS``: a column of a table that counts these (网格员数) says how many posts each of its rows is.

    Returns
    -------
    ReadPosts
        Each row is one post, unless a column counts them. Nothing of a row is kept but its code or its place.

    Raises
    ------
    TableError, LayerError
        The file cannot be used.
    """
    name = mask_name_of_file(path.name)
    if not path.exists():
        raise TableError(N_("there is no such file"), place=name, remedy=N_("name a workbook, a CSV file or a layer"))
    none = pd.DataFrame({"code": [], "n": []}), pd.DataFrame({"x": [], "y": [], "n": []})
    if not is_table(path.name, path.parent):
        points, sha256 = _places(path, crs, stated)
        return ReadPosts(name, sha256, none[0], points)
    try:
        return _by_code(path, [column] if column else list(CODE_HEADERS), none[1], kind=kind)
    except TableError:
        if column:
            raise
        try:
            draft = read_layer(path.name, path.parent, GRID, crs=stated)
        except LayerError:
            draft = None
        if draft is None:
            raise
    return ReadPosts(name, draft.records.source.sha256, none[0], _points(to_metric(draft.geometry, crs).to_numpy()))


def _by_code(path: Path, columns: Sequence[str], none: pd.DataFrame, *, kind: str) -> ReadPosts:
    for at, column in enumerate(columns):
        try:
            tables = read_referring(path, column)
            break
        except TableError:
            if at == len(columns) - 1:
                raise
    codes: list[str] = []
    counts: list[int] = []
    sums, unread, headings = 0, 0, []
    for table in tables:
        rows = [row for row in table.cells if not _is_sum(row, table.at)]
        sums += len(table.cells) - len(rows)
        mine = [row[table.at].strip() for row in rows]
        # where a grid has several rows, each row is a post, and the column repeats what they add up to
        heading = _counting(table.headers, kind, table.at) if len(set(mine)) == len(mine) else -1
        codes += mine
        counts += [_count(row[heading]) if heading >= 0 else 1 for row in rows]
        if heading >= 0:
            headings.append(table.headers[heading])
            unread += sum(_is_none(row[heading]) for row in rows)
    listed = pd.DataFrame({"code": pd.Series(codes, dtype="object"), "n": pd.Series(counts, dtype="int64")})
    listed = listed.groupby("code", sort=True, as_index=False)["n"].sum()
    dropped = tuple(dict.fromkeys(name for table in tables for name in table.dropped))
    return ReadPosts(tables[0].name, tables[0].sha256, listed.loc[listed["n"] > 0], none, dropped, sums,
                     ", ".join(dict.fromkeys(headings)), int(unread))  # fmt: skip


def _counting(headers: Sequence[str], kind: str, without: int) -> int:
    """Return the position of the column that counts posts of a kind, -1 for none."""
    return next((at for at, header in enumerate(headers) if at != without and _counts_of(header, kind)), -1)


def _counts_of(header: str, kind: str) -> bool:
    """Return whether a heading counts posts of a kind.

    >>> _counts_of("网格员数", "staff"), _counts_of("驿站数", "stations"), _counts_of("姓名", "staff")
    (True, True, False)
    """
    own = compact(header).lower() in COUNT_HEADERS.get(kind, ())
    return own or (kind == "staff" and field_of(header, GRID) == "grid_worker_count")


def _is_sum(row: Sequence[str], at: int) -> bool:
    """Return whether a row is a total or a note; a note beside a code is a remark on a post.

    >>> _is_sum(["", "合计", "3"], 0), _is_sum(["注：截至六月", ""], 0), _is_sum(["990101001001001", "注：兼职"], 0)
    (True, True, False)
    """
    texts = [str(cell).strip() for cell in row]
    noted = not texts[at] or bool(_NOTE.match(texts[at]))
    return any(_SUMS.match(text) or (noted and _NOTE.match(text)) for text in texts)


def _places(path: Path, crs: str, stated: str) -> tuple[pd.DataFrame, str]:
    found, sha256 = [], ""
    for raw, geometry, own, _cut in parts_of(path.name, path.parent, COMPOUND):
        draft = settled(shape(raw, COMPOUND), geometry, stated or own, stated=own)
        found.append(to_metric(draft.geometry, crs).to_numpy())
        sha256 = raw.sha256
    return _points(np.concatenate(found)), sha256


def _points(shapes: np.ndarray[Any, Any]) -> pd.DataFrame:
    there = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    spots = shapely.point_on_surface(np.where(there, shapes, shapely.Point(np.nan, np.nan)))
    x, y = (np.where(there, part(spots), np.nan) for part in (shapely.get_x, shapely.get_y))
    return pd.DataFrame({"x": x, "y": y, "n": 1})
