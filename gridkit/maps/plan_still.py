"""The picture of two plans of grids for paper, drawn without a browser."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gridkit.locale import gettext as _
from gridkit.maps.plan_colours import TINTS
from gridkit.maps.plan_frames import ABOVE, BELOW, EXCLUSIVE, inner_lines
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd

    from gridkit.maps.plan_frames import Shown

PAPER: Final = (420 / 25.4, 297 / 25.4)
"""A3 across, inches."""
INK, CHANGED, OUTSIDE, GREY = "#1b1f24", "#0b3d91", "#c1121f", "#d9dbde"
LABELS: Final = 600
"""Labels that are tried, those outside the band and of the largest grids first."""


def write_picture(parts: Shown, path: Path, *, title: str, dpi: int) -> None:
    """Write the picture as PNG; equal plans give equal bytes on one machine.

    Raises
    ------
    gridkit.errors.OutputError
        There is no font for the texts, or the file cannot be written.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from gridkit.maps.fonts import family

    legend = _legend(parts)
    texts = [title, _("Before"), _("After"), *parts.figures, *(text for _style, text in legend)]
    rules: dict[Any, Any] = {
        "font.family": [family(texts), "DejaVu Sans"], "hatch.linewidth": 0.7, "hatch.color": CHANGED,
        "text.usetex": False, "text.parse_math": False, "figure.dpi": 100.0,
    }  # fmt: skip
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a character that no font has is shown as a box
        mpl.rcdefaults()
        mpl.rcParams.update(rules)
        figure = Figure(figsize=PAPER, dpi=dpi, facecolor="white")
        canvas: Any = FigureCanvasAgg(figure)
        _compose(figure, parts, title=title, legend=legend)
        with whole(path) as draft, draft.open("wb") as stream:
            canvas.print_png(stream, metadata={"Software": None})


def _compose(figure: Any, parts: Shown, *, title: str, legend: Sequence[tuple[dict[str, Any], str]]) -> None:
    from matplotlib.patches import Rectangle

    shown = title if len(title) <= 80 else f"{title[:80]}…"
    figure.text(0.02, 0.955, shown, fontsize=22, fontweight="bold", color=INK, va="center")
    panels = [(parts.after, "")] if parts.before is None else [(parts.before, _("Before")), (parts.after, _("After"))]
    for (frame, name), (left, bottom, wide, high) in zip(panels, _places(len(panels), parts), strict=True):
        axes = figure.add_axes((left, bottom, wide, high))
        _panel(axes, frame, parts, after=frame is parts.after)
        figure.text(left, bottom + high + 0.013, name, fontsize=15, color=INK, va="center")
    x = 0.02
    for style, text in legend:
        swatch = Rectangle((x, 0.128), 0.018, 0.018, transform=figure.transFigure, linewidth=1.5, **style)
        figure.add_artist(swatch)
        figure.text(x + 0.023, 0.137, text, fontsize=11, color=INK, va="center")
        x += 0.042 + 0.0056 * sum(2 if ord(character) > 0x2E7F else 1 for character in text)
    for at, line in enumerate(parts.figures):
        figure.text(0.02, 0.10 - 0.02 * at, line, fontsize=11.5, color=INK, va="center")


def _places(count: int, parts: Shown) -> list[tuple[float, float, float, float]]:
    """Return where the panels lie: side by side, or below each other where that shows more of a wide city."""
    whole_sheet = (0.02, 0.17, 0.96, 0.735)
    if count == 1:
        return [whole_sheet]
    box = parts.communities.total_bounds
    wide, high = max(box[2] - box[0], 1.0), max(box[3] - box[1], 1.0)
    beside, below = (0.475, 0.735), (0.96, 0.345)
    sheet = np.array(PAPER)
    scales = [float(np.min(np.array(room) * sheet / (wide, high))) for room in (beside, below)]
    if scales[0] >= scales[1]:
        return [(0.02, 0.17, *beside), (0.505, 0.17, *beside)]
    return [(0.02, 0.56, *below), (0.02, 0.17, *below)]


def _legend(parts: Shown) -> list[tuple[dict[str, Any], str]]:
    """Return what marks and patterns mean, with counts and denominators."""
    after = parts.after
    drawn = after[after["kind"] == "comprehensive"]
    out = int((drawn["outside"] != 0).sum())
    rows = [
        ({"facecolor": TINTS[0], "edgecolor": "#444c56"}, _("comprehensive grid (colours only tell neighbours apart)"))
    ]
    if len(after) > len(drawn):
        said = _("exclusive or other kind: {n}/{all}").format(n=len(after) - len(drawn), all=len(after))
        rows.append(({"facecolor": GREY, "edgecolor": "#444c56"}, said))
    if parts.before is not None:
        said = _("changed: {n}/{all}").format(n=int(after["changed"].sum()), all=len(after))
        rows.append(({"facecolor": "white", "edgecolor": CHANGED, "hatch": "////"}, said))
    said = _("outside the band: {n}/{all} ({above} above, {below} below)").format(
        n=out, all=len(drawn), above=ABOVE, below=BELOW
    )
    rows.append(({"facecolor": "white", "edgecolor": OUTSIDE}, said))
    return rows


def _panel(axes: Any, frame: gpd.GeoDataFrame, parts: Shown, *, after: bool) -> None:
    """Draw one plan: tints, hatches over what changed, red outlines outside the band, communities, labels."""
    axes.set_axis_off()
    colours = [GREY if colour == EXCLUSIVE else TINTS[colour % len(TINTS)] for colour in frame["colour"]]
    box = parts.communities.total_bounds
    pad = 0.01 * max(box[2] - box[0], box[3] - box[1], 1.0)
    axes.set_xlim(box[0] - pad, box[2] + pad)
    axes.set_ylim(box[1] - pad, box[3] + pad)
    axes.set_aspect("equal", adjustable="box")
    thin = min(1.0, (300 / max(len(frame), 1)) ** 0.5)
    how = {"ax": axes, "aspect": None, "autolim": False}
    if len(frame):
        frame.plot(color=colours, edgecolor="#444c56", linewidth=0.5 * thin, **how)
    changed = frame[frame["changed"].to_numpy(dtype=bool)]
    if len(changed):
        changed.plot(facecolor="none", edgecolor=CHANGED, linewidth=0.0, hatch="////", **how)
        changed.boundary.plot(color=CHANGED, linewidth=1.0 * thin, **how)
    out = frame[frame["outside"].to_numpy() != 0]
    if len(out):
        inner_lines(out, 0.04).plot(color=OUTSIDE, linewidth=1.8 * thin, **how)
    parts.communities.boundary.plot(color=INK, linewidth=1.6 * thin, **how)
    _labels(axes, frame, bold=after)


def _labels(axes: Any, frame: gpd.GeoDataFrame, *, bold: bool) -> None:
    """Write labels, grids outside the band first, then the largest; none over another, none larger than its grid."""
    from matplotlib import patheffects

    shapes = frame.geometry.to_numpy()
    labels = [label.replace(" · ", "\n") for label in frame["label"]]
    outside = frame["outside"].tolist()
    order = np.lexsort((-shapely.area(shapes), frame["outside"].to_numpy() == 0))[:LABELS]
    halo = [patheffects.withStroke(linewidth=2.5, foreground="white")]
    size, dots = 9.0, axes.figure.dpi / 72
    taken: list[tuple[float, float, float]] = []
    for at in order.tolist():
        point = shapely.get_coordinates(shapely.point_on_surface(shapes[at]))[0]
        x, y = axes.transData.transform(point)
        half = 0.31 * size * dots * max(map(len, labels[at].split("\n")))
        box = axes.transData.transform(shapely.bounds(shapes[at]).reshape(2, 2))
        if not outside[at] and (box[1] - box[0] < (1.6 * half, 1.8 * size * dots)).any():
            continue  # the grid is smaller than its label
        if any(abs(x - a) < half + b and abs(y - c) < 2.4 * size * dots for a, c, b in taken):
            continue
        taken.append((x, y, half))
        axes.text(
            *point, labels[at], fontsize=size, ha="center", va="center", zorder=6, path_effects=halo, linespacing=1.0,
            color=OUTSIDE if outside[at] else INK, fontweight="bold" if bold and outside[at] else "normal",
        )  # fmt: skip
