"""A case of a rule drawn in a terminal: outlines of the units in dots, the place that the rule means in dense dots.

The dots are Braille patterns: eight to a column, and every terminal gives one column to each of them, which is not so
with box characters (two columns in Chinese terminals). Where the encoding has no Braille, plain letters draw the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gridkit.locale import N_
from gridkit.locale import gettext as _
from gridkit.reports.terminal import wrap
from gridkit.reports.xlsx import text_of

if TYPE_CHECKING:
    from gridkit.rules.examples import Case

Array = np.ndarray[Any, Any]

COLUMNS: Final = 60
ROWS: Final = 16
BRAILLE: Final = 0x2800
_BITS: Final = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
"""Dots of a Braille pattern: four rows of two."""
_DENSE, _PLAIN_DENSE = "\u28ff", "#"
_OUTLINES: Final = (1, 3, 1)
"""Every how manyth dot of an outline is drawn: solid for the widest level, loose for the next."""
_LETTERS: Final = "*.o"
_SAMPLES: Final = ("\u2812\u2812", "\u2802\u2802", "\u2812\u2812")
_LEVELS: Final = {
    "street": N_("Streets: {codes}"),
    "community": N_("Communities: {codes}"),
    "grid": N_("Grids: {codes}"),
    "compound": N_("Compounds: {codes}"),
}


def speaks_braille(encoding: str | None) -> bool:
    """Return whether a terminal of this encoding can show Braille patterns.

    >>> speaks_braille("utf-8"), speaks_braille("gbk"), speaks_braille("no such"), speaks_braille(None)
    (True, False, False, False)
    """
    try:
        _DENSE.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


@dataclass(frozen=True)
class _Frame:
    """Where a case lies on the canvas: dots are ``step`` metres apart, from the north-west corner."""

    west: float
    north: float
    step: Array
    size: tuple[int, int]
    wide: float

    @classmethod
    def of(cls, shapes: list[shapely.Geometry], columns: int, dots: tuple[int, int]) -> _Frame:
        west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
        wide, high = columns * dots[0], ROWS * dots[1]
        aspect = dots[1] / dots[0] / 2  # a column is half as wide as a line is high
        step = max((east - west) / (wide - 1), (north - south) * aspect / (high - 1), 1e-9)
        lines = min(ROWS, max(1, round(((north - south) * aspect / step + 1) / dots[1])))
        rows = lines * dots[1]
        return cls(
            west, north, np.array([step, max((north - south) / max(rows - 1, 1), 1e-9)]), (rows, wide), east - west
        )

    def at(self, xy: Array) -> Array:
        """Return row and column of the dots of points, shape (n, 2)."""
        place = np.rint((xy - (self.west, self.north)) / self.step * (1, -1)).astype(np.intp)
        return np.column_stack([place[:, 1].clip(0, self.size[0] - 1), place[:, 0].clip(0, self.size[1] - 1)])

    def along(self, shape: shapely.Geometry, every: int = 1) -> Array:
        """Return the dots along the outline of a shape."""
        canvas = np.zeros(self.size, dtype=bool)
        lines = shape.boundary if shapely.get_dimensions(shape) == 2 else shape
        if lines.length:
            for part in shapely.get_parts(lines):
                steps = np.arange(0, part.length + self.step.min() / 2, self.step.min() / 2)
                rows, cols = self.at(shapely.get_coordinates(shapely.line_interpolate_point(part, steps))).T
                canvas[rows, cols] = True
        else:
            rows, cols = self.at(shapely.get_coordinates(shape)).T
            canvas[rows, cols] = True
        rows, cols = np.indices(self.size)
        return canvas & ((rows + cols) % every == 0)

    def inside(self, shape: shapely.Geometry, thicker: int) -> Array:
        """Return the dots in a shape, and ``thicker`` ones beside its outline, so that the narrowest stays visible."""
        canvas = self.along(shape)
        for _time in range(thicker):
            canvas = _wider(canvas)
        if shape.area:
            rows, cols = np.indices(self.size)
            x, y = self.west + cols * self.step[0], self.north - rows * self.step[1]
            canvas |= shapely.contains_xy(shape, x, y)
        return canvas


def _wider(canvas: Array) -> Array:
    out = canvas.copy()
    for axis in (0, 1):
        for way in (1, -1):
            moved = np.roll(canvas, way, axis)
            moved[(slice(None),) * axis + ((0 if way == 1 else -1),)] = False
            out |= moved
    return out


def draw(case: Case, *, columns: int = COLUMNS, plain: bool = False) -> list[str]:
    r"""Return a case as lines of text, none wider than ``columns``; its legend is below it.

    Parameters
    ----------
    case : Case
    columns : int
    plain : bool
        Draw with ASCII only.

    Examples
    --------
    >>> from gridkit.rules.examples import Case
    >>> case = Case({"grid": {"A": "POLYGON ((0 0, 40 0, 40 20, 0 20, 0 0))"}})
    >>> print("\n".join(draw(case, columns=14, plain=True)))
    **************
    *            *
    *     A      *
    **************
    * Grids: A
    the picture is
       40 m wide
    """
    units = {level: {code: shapely.from_wkt(text) for code, text in some.items() if text}
             for level, some in case.layers.items()}  # fmt: skip
    shapes = [shape for some in units.values() for shape in some.values()]
    place = shapely.from_wkt(case.defect) if case.defect else None
    frame = _Frame.of(shapes, columns, (1, 1) if plain else (2, 4))
    rows = (_letters if plain else _dots)(frame, [list(some.values()) for some in units.values()], place)
    _write_codes(rows, frame, units, (1, 1) if plain else (2, 4))
    return ["".join(row).rstrip() for row in rows] + _legend(case, frame, columns, plain=plain)


def _dots(frame: _Frame, levels: list[list[shapely.Geometry]], place: shapely.Geometry | None) -> list[list[str]]:
    """Return the canvas as Braille patterns, one per character."""
    canvas = np.zeros(frame.size, dtype=bool)
    for number, shapes in enumerate(levels):
        for shape in shapes:
            canvas |= frame.along(shape, _OUTLINES[min(number, 2)])
    if place is not None:
        canvas |= frame.inside(place, thicker=1 if place.length else 2)
    cells = canvas.reshape(frame.size[0] // 4, 4, frame.size[1] // 2, 2).transpose(0, 2, 1, 3)
    codes = (cells * _BITS).sum(axis=(2, 3))
    return [[chr(BRAILLE + code) if code else " " for code in row] for row in codes.tolist()]


def _letters(frame: _Frame, levels: list[list[shapely.Geometry]], place: shapely.Geometry | None) -> list[list[str]]:
    """Return the canvas in plain letters."""
    rows = np.full(frame.size, " ", dtype=object)
    for number in reversed(range(len(levels))):
        for shape in levels[number]:
            rows[frame.along(shape)] = _LETTERS[min(number, 2)]
    if place is not None:
        rows[frame.inside(place, thicker=0)] = _PLAIN_DENSE
    return rows.tolist()


def _write_codes(rows: list[list[str]], frame: _Frame, units: dict[str, dict[str, Any]], dots: tuple[int, int]) -> None:
    """Write the code of each unit into it, the smallest level first: where nothing is drawn, or at least no code."""
    taken: set[tuple[int, int]] = set()
    busy = {(row, col) for row, line in enumerate(rows) for col, sign in enumerate(line) if sign != " "}
    for some in reversed(list(units.values())):
        for code, shape in some.items():
            spots = [_cells(frame.at(xy[None])[0], code, dots) for xy in _spots(shape, frame)]
            spots = [cells for cells in spots if cells[0][1] >= 0 and cells[-1][1] < len(rows[0])]
            free = [cells for cells in spots if not taken & set(cells)]
            best = next((cells for cells in free if not busy & set(cells)), free[0] if free else ())
            taken |= set(best)
            for (row, col), sign in zip(best, f" {text_of(code)} ", strict=False):
                rows[row][col] = sign


def _cells(place: Array, code: str, dots: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the cells that a code with a blank on both sides takes, around a place on the canvas."""
    row, col = int(place[0]) // dots[1], int(place[1]) // dots[0] - len(code) // 2 - 1
    return [(row, at) for at in range(col, col + len(code) + 2)]


def _spots(shape: shapely.Geometry, frame: _Frame) -> Array:
    """Return places for the code of a unit, the middle first; beside it where it is a point."""
    middle = shapely.get_coordinates(shape.point_on_surface())
    if shapely.get_dimensions(shape) < 2:
        return middle + frame.step * frame.size[1] / COLUMNS * [(3, 0), (-3, 0)]
    west, south, east, north = shape.bounds
    x, y = np.meshgrid(np.linspace(west, east, 13)[1:-1], np.linspace(south, north, 13)[1:-1])
    spots = np.column_stack([x.ravel(), y.ravel()])
    spots = spots[shapely.contains_xy(shape, spots)]
    order = np.argsort(np.hypot(*(spots - middle).T), kind="stable")
    return np.vstack([middle, spots[order]])


def _legend(case: Case, frame: _Frame, columns: int, *, plain: bool) -> list[str]:
    """Return what the signs mean, and what of the case is not in the picture."""
    lines = []
    if case.defect:
        lines.append(f"{(_PLAIN_DENSE if plain else _DENSE) * 2} " + _("the place that the rule means, never thinner"))
    for number, (level, some) in enumerate(case.layers.items()):
        sample = _LETTERS[min(number, 2)] if plain else _SAMPLES[min(number, 2)]
        missing = [code for code, text in some.items() if not text]
        lines.append(f"{sample} " + _(_LEVELS[level]).format(codes=", ".join(some)))
        if missing:
            lines.append(_("not drawn: {codes}").format(codes=", ".join(missing)))
    if case.stated:
        pairs = ", ".join(_("{code} in {above}").format(code=code, above=above) for code, above in case.stated.items())
        lines.append(_("superior that is stated: {pairs}").format(pairs=pairs))
    if case.official:
        lines.append(_("official list of codes: {codes}").format(codes=", ".join(case.official)))
    if case.exception.get("until"):
        lines.append(_("kept as an exception until {date}").format(date=case.exception["until"]))
    lines.append(_("the picture is {metres} m wide").format(metres=f"{frame.wide:,.0f}"))
    return [line for text in lines for line in wrap(text, columns, "   ")]
