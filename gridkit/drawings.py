"""The step of taking over grids that somebody has drawn by hand: read, brought to the right place, laid over a plan."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.errors import InputError, LayerError, UsageError
from gridkit.geo.crs import to_lonlat, to_metric
from gridkit.geo.detect import BD09, GCJ02, HYPOTHESES, SAME
from gridkit.geo.finite import finite
from gridkit.grids.codes import empty_ledger
from gridkit.grids.drawn import LEAST, Surroundings, check_drawn
from gridkit.grids.hand_drawn import CUT_COLUMNS, TOLERANCE, Laid, lay
from gridkit.grids.land import areas_of
from gridkit.grids.lineage import with_present
from gridkit.grids.steps import follow, steps_between
from gridkit.io.person_numbers import mask_name_of_file, mask_numbers
from gridkit.io.shifts import shift_of
from gridkit.io.vector import is_table, read_layer
from gridkit.locale import N_, gettext
from gridkit.model import Findings
from gridkit.model.fields import GRID
from gridkit.plans import check_plan
from gridkit.reports.filing_sheets import write_csv
from gridkit.stores.digest import file_digest

if TYPE_CHECKING:
    from pathlib import Path

    from gridkit.io.drafts import Draft
    from gridkit.model.plan import Plan
    from gridkit.stores.plan_folder import Stored

Array = np.ndarray[Any, Any]

SURE: Final = 0.9
"""Share of the drawn ground that must fit the atoms before another datum than the stated one is believed."""
BETTER: Final = 0.1
"""How much better another datum must fit."""
_DRAWING: Final = frozenset(("G102", "G105", "G106", "G107", "G108", "G121", "G122", "G123"))
"""Findings about the drawing itself; sizes and pieces are those of the result."""
_UNTITLED: Final = frozenset(("untitled polygon", "untitled placemark", "未命名多边形", "未命名地标"))
"""What drawing programs call what nobody has named: no name."""
_NAMES: Final = {SAME: "", GCJ02: "gcj02", BD09: "bd09"}


@dataclass(frozen=True)
class Drawing:
    """Grids as they were drawn, in the system of a plan.

    ``frame``: polygons by row, with ``code``, ``name`` and ``kind``; ``datum`` is the one that was undone (``GCJ-02``,
    ``BD-09`` or ``""``), ``detected`` whether nobody stated it; ``fits`` the share of the drawn ground that fits the
    atoms, by datum; ``empty`` counts features without an area; ``notes`` what reading found; ``assumed`` is the system
    that was taken for want of a stated one.
    """

    frame: gpd.GeoDataFrame
    datum: str
    detected: bool
    fits: dict[str, float]
    empty: int
    notes: Findings
    sha256: str = ""
    assumed: str = ""


@dataclass(frozen=True)
class Imported:
    """A drawing taken over: the plan folder to be, how the drawing lies on the atoms, and what is wrong with each."""

    stored: Stored
    drawing: Drawing
    laid: Laid
    of_drawing: Findings
    of_plan: Findings
    steps: int

    @property
    def findings(self) -> Findings:
        """What reading found, and what is wrong with the drawing and with the plan."""
        return Findings.concat([self.drawing.notes, self.of_drawing, self.of_plan])


def read_drawing(path: Path, plan: Plan, *, layer: str = "", crs: str = "") -> Drawing:
    """Read grids drawn by hand and bring them to where they belong.

    Parameters
    ----------
    path : pathlib.Path
        Boundary file of any format that is read: GeoPackage, Shapefile, KML, DXF, GeoJSON ...
    plan : Plan
        What they are drawn for.
    layer : str
        Layer of the file.
    crs : str
        System that outranks that of the file; ``GCJ-02`` and ``BD-09`` are converted. Where none is stated, numbers
        that lie on the plan in its own system are taken to be in it.

    Returns
    -------
    Drawing

    Raises
    ------
    InputError
        The file cannot be used, holds no area, or none that touches the plan.

    Notes
    -----
    Nothing in a file says that its numbers are those of a map service. Where nobody states a datum, GCJ-02 and BD-09
    are undone in turn, and the one is taken under which the drawn grids fit the atoms by at least 90 % and by 10 % more
    than as they stand.
    """
    draft, assumed = _read(path, plan, layer=layer, crs=crs)
    table, shapes, empty = _table(draft)
    coded = plan.grids.loc[plan.grids["code"] != ""]
    known = dict(zip(coded["code"], coded["kind"], strict=True))  # of a grid that states its code, the kind is known
    table["kind"] = [kind or known.get(code, "") for kind, code in zip(table["kind"], table["code"], strict=True)]
    if not len(table):
        raise InputError(
            N_("the layer holds no area"), place=mask_name_of_file(path.name),
            remedy=N_("name the layer with the polygons of the grids, as FILE!LAYER; points and open lines are no "
                      "grids"),
        )  # fmt: skip
    degrees = to_lonlat(gpd.GeoSeries(shapes, crs=draft.crs))
    stated = shift_of(crs)
    fits = {name: _fit(plan, _placed(degrees, name, plan)) for name in _NAMES} if not stated else {}
    datum = _datum(fits)
    placed = _placed(degrees, datum, plan)
    if shapely.area(shapely.intersection(shapely.box(*plan.atoms.frame.total_bounds), placed)).sum() < LEAST:
        raise _elsewhere(path, placed, plan)
    frame = gpd.GeoDataFrame(table, geometry=placed, crs=plan.atoms.frame.crs)
    if not _touches(frame, plan):
        raise _elsewhere(path, placed, plan)
    said = next((name for name, short in _NAMES.items() if short and short == stated), "")
    named = datum if datum != SAME else said
    notes = Findings.of(draft.records.notes)
    return Drawing(frame, named, datum != SAME, fits, empty, notes, draft.records.source.sha256, assumed)


def _read(path: Path, plan: Plan, *, layer: str, crs: str) -> tuple[Draft, str]:
    """Return the layer, and the system that was taken where none is stated."""
    if is_table(path.name, path.parent):
        raise InputError(
            N_("a table of points is no drawing of grids"), place=mask_name_of_file(path.name),
            remedy=N_("name a GeoPackage, Shapefile, KML, DXF or GeoJSON with polygons"),
        )  # fmt: skip
    try:
        return read_layer(path.name, path.parent, GRID, layer=layer, crs=crs), ""
    except LayerError as problem:
        own = plan.atoms.frame.crs
        if crs or own is None or "no coordinate system" not in str(problem.template):
            raise
        try:  # a drawing in a system that it does not name: that of the plan, if its numbers lie there
            draft = read_layer(path.name, path.parent, GRID, layer=layer, crs=own.to_string())
        except LayerError:
            draft = None
        if draft is not None and _near(draft.geometry.to_numpy(), plan):
            return draft, draft.crs
        raise InputError(
            N_("the layer states no coordinate system"), place=mask_name_of_file(path.name),
            remedy=N_("state it with --crs, for example --crs EPSG:4490 or --crs GCJ-02"),
        ) from problem  # fmt: skip


def _near(shapes: Array, plan: Plan) -> bool:
    west, south, east, north = plan.atoms.frame.total_bounds
    x0, y0, x1, y1 = shapely.total_bounds(shapes)
    return bool(x0 < east and x1 > west and y0 < north and y1 > south)


def _table(draft: Draft) -> tuple[pd.DataFrame, Array, int]:
    """Return what can be a grid: code, name and kind of each feature with an area, by row; and how many have none."""
    rows = draft.records.frame
    columns = {"code": "code", "name": "name", "kind": "grid_kind"}
    table = pd.DataFrame({
        to: [mask_numbers(text) if to == "name" else text for text in rows[name].fillna("").astype(str)]
        if name in rows else [""] * len(rows)
        for to, name in columns.items()
    }, dtype="object")  # fmt: skip
    table["code"] = ["" if code.startswith("~") else code for code in table["code"]]
    table["name"] = ["" if name.strip().casefold() in _UNTITLED else name for name in table["name"]]
    shapes = np.array(shapely.force_2d(draft.geometry.to_numpy()), dtype=object)
    usable = ~shapely.is_missing(shapes) & finite(shapes)
    none = shapely.Polygon()
    parts = [areas_of(shapely.make_valid(one)) if fine else none for one, fine in zip(shapes, usable, strict=True)]
    shapes = np.array(parts, dtype=object)
    # the order of the rows of a file says nothing: what was drawn does
    corners = np.round(shapely.bounds(shapes).reshape(-1, 4), 9)
    there = [at for at in range(len(table)) if not shapely.is_empty(shapes[at])]
    order = sorted(there, key=lambda at: (*table.iloc[at], *corners[at], at))
    kept = table.iloc[order].set_axis(pd.Index([f"{n + 1:05d}" for n in range(len(order))], dtype="object"))
    return kept, shapes[order], len(table) - len(order)


def _placed(degrees: gpd.GeoSeries, datum: str, plan: Plan) -> Array:
    """Return degrees in the system of a plan when a datum of a map service is undone in them."""
    move = HYPOTHESES[datum]

    def there(xy: Array) -> Array:
        return np.column_stack(move(xy[:, 0], xy[:, 1]))

    shapes = degrees.to_numpy() if datum == SAME else shapely.transform(degrees.to_numpy(), there)
    crs = plan.atoms.frame.crs
    metric = to_metric(gpd.GeoSeries(shapes, crs=degrees.crs), crs.to_string()).to_numpy()
    fine = finite(metric)
    valid = [areas_of(shapely.make_valid(one)) if sound else shapely.Polygon()
             for one, sound in zip(metric, fine, strict=True)]  # fmt: skip
    return np.array(valid, dtype=object)


def _fit(plan: Plan, shapes: Array) -> float:
    """Return which share of drawn grids and of the atoms that most of them hold is the same ground."""
    ground = plan.atoms.frame.geometry.to_numpy()
    a, b = shapely.STRtree(shapes).query(ground, predicate="intersects")
    if not len(a):
        return 0.0
    pairs = pd.DataFrame({"atom": a, "area": shapely.area(shapely.intersection(ground[a], shapes[b]))})
    best = pairs.groupby("atom")["area"].max()
    whole = pd.Series(shapely.area(ground)).loc[best.index]
    taken = best >= 0.5 * whole
    union = float(shapely.area(shapes).sum() + (whole - best)[taken].sum())
    return float(best[taken].sum()) / max(union, 1e-9)


def _datum(fits: dict[str, float]) -> str:
    if not fits:
        return SAME
    best = max(fits, key=lambda name: round(fits[name], 6))
    return best if fits[best] >= SURE and fits[best] >= fits[SAME] + BETTER else SAME


def _touches(frame: gpd.GeoDataFrame, plan: Plan) -> bool:
    ground = plan.atoms.frame.geometry.to_numpy()
    a, b = shapely.STRtree(ground).query(frame.geometry.to_numpy(), predicate="intersects")
    return bool((shapely.area(shapely.intersection(frame.geometry.to_numpy()[a], ground[b])) >= LEAST).any())


def _elsewhere(path: Path, shapes: Array, plan: Plan) -> InputError:
    one, other = shapely.total_bounds(shapes), plan.atoms.frame.total_bounds
    apart = math.hypot(*((one[:2] + one[2:]) / 2 - (other[:2] + other[2:]) / 2))
    far = f"{apart / 1000:,.1f}" if math.isfinite(apart) else "-"
    return InputError(
        N_("no drawn grid touches the plan; it lies {km} km away"), place=mask_name_of_file(path.name),
        remedy=N_("name the layer of this city, or state its coordinate system with --crs"), km=far,
    )  # fmt: skip


def import_drawing(
    stored: Stored, path: Path, *, layer: str = "", crs: str = "", tolerance: float = TOLERANCE, fill: bool = False,
    said: dict[str, str] | None = None,
) -> Imported:  # fmt: skip
    """Take over grids drawn by hand as edits of a plan.

    Parameters
    ----------
    stored : Stored
        A plan folder; its own edits are kept, those of the drawing follow.
    path, layer, crs
        As of :func:`read_drawing`.
    tolerance, fill
        As of :func:`gridkit.grids.hand_drawn.lay`.
    said : dict, optional
        ``user``, ``time``, ``reason`` and ``doc_no`` of the edits.

    Raises
    ------
    InputError
        The drawing cannot be used.
    UsageError
        It changes a grid that is locked.
    """
    drawing = read_drawing(path, stored.plan, layer=layer, crs=crs)
    laid = lay(stored.plan, drawing.frame, tolerance=tolerance, fill=fill)
    steps = steps_between(stored.plan, laid.plan)
    locked = [stored.plan.grids.loc[args["grid"]] for op, args in steps if op == "unlock"]
    if locked:
        names = [str(row["name"] or row["code"] or row.name) for row in locked]
        raise UsageError(
            N_("the drawing changes grids that are locked: {names}"),
            remedy=N_("unlock them first, or draw them as they are"), names=", ".join(names[:5]),
        )  # fmt: skip
    masked = {key: text if key == "time" else mask_numbers(text) for key, text in (said or {}).items()}
    plan, log = follow(stored.plan, stored.log, steps, **masked)
    document = {**stored.document, "inputs": {**stored.document.get("inputs", {}),
                                              mask_name_of_file(path.name): _digest(path, drawing)}}  # fmt: skip
    after = replace(stored, plan=plan, log=log, document=document)
    laid = replace(laid, cuts=_renamed(laid, plan))
    return Imported(after, drawing, laid, _check(stored, drawing, laid), check_plan(after), len(steps))


def _digest(path: Path, drawing: Drawing) -> str:
    return drawing.sha256 or file_digest(path)


def _renamed(laid: Laid, plan: Plan) -> pd.DataFrame:
    """Return the cuts with the uids that the log gave to new grids."""
    return laid.cuts.assign(grid=[str(plan.assignment[atom]) for atom in laid.cuts["atom"]])


def _check(stored: Stored, drawing: Drawing, laid: Laid) -> Findings:
    """Return what is wrong with the drawing, compared with the communities and compounds of the atoms.

    Compounds that a line only grazes, within the tolerance, are not cut.
    """
    frame = stored.plan.atoms.frame
    communities = frame[["community", "geometry"]].dissolve("community", method="coverage")
    touched = shapely.STRtree(communities.geometry.to_numpy()).query(
        drawing.frame.geometry.to_numpy(), predicate="intersects"
    )
    communities = communities.iloc[np.unique(touched[1])]
    living = frame.loc[frame["kind"].isin(("compound", "part")) & frame["community"].isin(communities.index)]
    people = living[["households", "persons"]].astype("float64").where(living["known"].astype(bool))
    parts = living[["compound", "name", "geometry"]].assign(**people)
    compounds = parts.dissolve("compound", aggfunc={"name": "first", "households": "sum", "persons": "sum"})
    ledger = stored.ledger if len(stored.ledger) else empty_ledger()
    ledger = with_present(ledger, stored.plan)
    around = Surroundings(communities, compounds, stored.plan.norm, stored.plan.norms, ledger if len(ledger) else None)
    shown = [f"{name or code} #{row}".strip() for row, name, code in
             zip(drawing.frame.index, drawing.frame["name"], drawing.frame["code"], strict=True)]  # fmt: skip
    codes = [code if code not in stored.plan.grids.index else "" for code in drawing.frame["code"]]
    found = check_drawn(drawing.frame.assign(code=codes).set_axis(pd.Index(shown)), around).frame
    cut = set(frame["compound"].reindex(laid.cuts["atom"]))
    grazed = (found["code"] == "G105") & ~found["subject"].isin(cut)
    return Findings(found.loc[found["code"].isin(_DRAWING) & ~grazed].reset_index(drop=True))


def write_cuts(found: Imported, path: Path) -> None:
    """Write the atoms that drawn lines cut as a table (``CUT_COLUMNS``) that a spreadsheet program opens as text.

    Raises
    ------
    gridkit.errors.OutputError
        The file cannot be written.
    """
    write_csv(path, CUT_COLUMNS, found.laid.cuts.itertuples(index=False, name=None))


def datum_text(drawing: Drawing) -> str:
    """Return what is said of the datum of a drawing; ``""`` where there is nothing to say."""
    fits = {name: f"{100 * fit:.1f}" for name, fit in drawing.fits.items()}
    if not drawing.datum:
        best = max(drawing.fits, key=lambda name: round(drawing.fits[name], 6), default=SAME)
        if best == SAME or drawing.fits[best] < drawing.fits[SAME] + BETTER:
            return ""
        text = gettext("the drawing may hold {datum} coordinates: undone, {fit} % of it would fit the plan, as it "
                       "stands {same} %; if that is so, say --crs {datum}")  # fmt: skip
        return text.format(datum=best, fit=fits[best], same=fits[SAME])
    if not drawing.detected:
        return gettext("{datum} was undone, as stated").format(datum=drawing.datum)
    text = gettext("the drawing holds {datum} coordinates: undone, {fit} % of it fits the plan, as it stands {same} %")
    return text.format(datum=drawing.datum, fit=fits[drawing.datum], same=fits[SAME])
