"""Defects of boundary layers as a level of the map, switched off when the page opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gridkit.geo.crs import to_lonlat
from gridkit.locale import N_, gettext
from gridkit.maps.palette import Style
from gridkit.model.findings import SEVERITIES
from gridkit.rules import CATALOGUE
from gridkit.topology.sentences import defect_sentences

if TYPE_CHECKING:
    from gridkit.model import Run

LEVEL: Final = "defect"
MOST: Final = 2000
"""Defects that a map draws; the page says how many there are in all."""
UNITS: Final = 6
"""Units that are named beside one."""
DEFECT_STYLES: Final = (
    Style("defect-error", N_("error"), "#a3005c"),
    Style("defect-warning", N_("warning"), "#c77700"),
    Style("defect-notice", N_("notice"), "#4a5568"),
)


def defect_features(run: Run) -> gpd.GeoDataFrame | None:
    """Return the worst defects of a run as features of the map, in degrees; None without any that has a place."""
    chosen = _worst(run)
    if chosen is None:
        return None
    said = defect_sentences(run.findings)
    rules = {code: CATALOGUE[code] for code in chosen["code"].unique()}
    columns = {
        "name": [gettext(rules[code].title) for code in chosen["code"]],
        "class": ["defect-" + severity for severity in chosen["severity"]],
        "rule": chosen["code"],
        "sentence": [said.get(str(ident), "") for ident in chosen.index],
        "size": [_size(*row) for row in zip(chosen["area_m2"], chosen["width_m"], chosen["length_m"], strict=True)],
        "units": [tuple(map(str, units[:UNITS])) for units in chosen["units"]],
        "of": chosen["level"],
        "remedy": [gettext(rules[code].remedy) for code in chosen["code"]],
        "exception": chosen["exception"],
    }
    return gpd.GeoDataFrame(columns, index=chosen.index, geometry=to_lonlat(chosen.geometry), crs="EPSG:4490")


def _worst(run: Run) -> gpd.GeoDataFrame | None:
    """Return what is drawn, the worst last, so that it lies on top: severity, who lives inside, area."""
    frame = run.defects
    if frame is None or not _placed(frame).any():
        return None
    frame = frame[_placed(frame)]
    rank = frame["severity"].map({name: at for at, name in enumerate(SEVERITIES)}).to_numpy()
    kept = (frame["exception"] != "").to_numpy()
    area = frame["area_m2"].fillna(0).to_numpy()
    order = np.lexsort((frame.index, -area, -frame["compounds"], -frame["households"], rank, kept))
    return frame.iloc[order[:MOST][::-1]]


def _placed(frame: gpd.GeoDataFrame) -> np.ndarray[Any, Any]:
    shapes = np.asarray(frame.geometry.array)
    return ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))


def _size(area: float, width: float, length: float) -> str:
    """Return how large a defect is, in words.

    >>> _size(12.34, 0.051, float("nan")), _size(0.0, float("nan"), 80.0), _size(0.0, 0.0, 0.0)
    ('12.3 m², 0.05 m wide', '80.0 m long', '0.0 m²')
    """
    if length > 0 and not area > 0:
        return gettext("{metres} m long").format(metres=f"{length:,.1f}")
    if width > 0:
        return gettext("{area} m², {width} m wide").format(area=f"{area:,.1f}", width=f"{width:,.2f}")
    return gettext("{area} m²").format(area=f"{np.nan_to_num(area):,.1f}")


def defect_words(run: Run, drawn: int) -> dict[str, Any]:
    """Return styles, count and note of the level for the page's script.

    Parameters
    ----------
    run : Run
    drawn : int
        Defects that are drawn.
    """
    frame = run.defects
    total = 0 if frame is None or not drawn else int(_placed(frame).sum())
    notes = [gettext("Defects are drawn some pixels wide, however narrow they are. Click one to see what it is.")]
    if drawn < total:
        note = gettext("The worst {n} of {all} are drawn; city.gpkg and the workbook have all.")
        notes.insert(0, note.format(n=f"{drawn:,}", all=f"{total:,}"))
    return {
        "styles": [style.said() for style in DEFECT_STYLES] if drawn else [],
        "count": f"{drawn:,}/{total:,}" if drawn < total else str(total),
        "note": " ".join(notes),
    }
