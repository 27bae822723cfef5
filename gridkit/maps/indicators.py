"""Any indicator as colours of areas: one class per area and level, with the numbers that the class stands for."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.audit.format import mean
from gridkit.audit.titles import TITLES as OF_AUDIT
from gridkit.audit.titles import basis_label, indicator_title
from gridkit.locale import N_
from gridkit.locale import gettext as _
from gridkit.maps.palette import CLASS_STYLES, Style, rate_class
from gridkit.maps.profiles import withheld_homes
from gridkit.maps.rates import DECLARED, SMALL, VALID, in_words
from gridkit.maps.shares import COLUMNS, MEMBERS, TITLES, shares
from gridkit.model.fields import COMMUNITY, GRID, STREET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridkit.model import Run

AREAS: Final = (STREET, COMMUNITY, GRID)
MOST_CLASSES: Final = 5
MANY_AREAS: Final = 5000
"""A level with more areas has the first three indicators only: the words of all would outweigh its geometry."""
_LOOKED_AT: Final = 128
"""Shares, evenly spaced among the sorted ones, from which class ends are worked out: the method takes n² steps."""
_NOT_RATES: Final = ("gap.organisation", "mode.covered")
_MEANS: Final = "load."
"""Indicators that are quotients, not shares: units per community."""
_FIRST: Final = ((DECLARED, "compounds"), (VALID, "compounds"), (DECLARED, "households"))
_NUMBERS: Final = ["numerator", "denominator", "unknown", "allowance_low", "allowance_high"]
_RAMP: Final = ("#f9f1dc", "#ead09a", "#d9ae5f", "#a8721b", "#7a4c05")
"""One hue, light to dark, for what lies below 100 %; no status has it."""
_APART: Final = {
    "full": N_("100%"),
    "zero": N_("0 of them"),
    "unknown": N_("all data missing"),
    "none": N_("no denominator"),
}
_FULL, _ZERO, _UNKNOWN, _NONE = (
    Style(style.id, _APART[style.id], style.color, style.pattern) for style in CLASS_STYLES if style.id in _APART
)
_LEAST_HOMES: Final = 100
"""Households of a street below which a public map does not say a share of them."""
_WITHHELD: Final = Style("withheld", N_("not published (few households)"), "#f4f4f4", "cross")


@dataclass(frozen=True)
class Choropleth:
    """One indicator, ready to colour areas.

    ``id`` is that of the indicator and its basis, ``column`` and ``text`` are the columns of class and rate,
    ``classes`` the styles of its legend in order, ``areas`` maps a level to a frame indexed by code with ``class``,
    ``rate`` (in words) and the numbers. ``scale`` is 0 for a share, else what a quotient is multiplied by.
    """

    id: str
    name: str
    basis: str
    column: str
    text: str
    classes: tuple[Style, ...]
    areas: Mapping[str, pd.DataFrame]
    scale: int = 0

    def in_words(self) -> dict[str, pd.DataFrame]:
        """Return the areas with their rates in the current language."""
        found = {}
        for level, numbers in self.areas.items():
            rate = pd.Series(_in_words(numbers, scale=self.scale), index=numbers.index, dtype="object")
            withheld = numbers["class"] == f"{self.id}/{_WITHHELD.id}"
            found[level] = numbers.assign(rate=rate.mask(withheld, _(_WITHHELD.label)))
        return found

    def tells(self) -> bool:
        """Return whether anything of it may be said."""
        return any(numbers["denominator"].any() for numbers in self.areas.values())

    def said(self) -> dict[str, Any]:
        """Return what the page needs to offer the indicator, in the current language."""
        title = _(TITLES[self.name]) if self.name in TITLES else indicator_title(self.name)
        basis = basis_label(self.basis)
        return {
            "id": self.id,
            "label": title if self.name == MEMBERS else _("{title} (by {basis})").format(title=title, basis=basis),
            "basis": basis,
            "column": self.column,
            "text": self.text,
            "levels": list(self.areas),
            "classes": [style.said() for style in self.classes],
        }


def choropleths(run: Run, *, public: bool = False) -> list[Choropleth]:
    """Return every indicator that speaks of at least one level of areas, organisation coverage as declared first.

    Parameters
    ----------
    run : Run
        Its indicators are taken as they are, nothing is counted anew.
    public : bool
        Leave out what speaks of persons, and households below the street; streets with few households that are not
        said elsewhere are ``withheld``.

    Returns
    -------
    list of Choropleth
        The first has the columns ``class`` and ``rate``, the text of the second is ``valid_rate``, the others have
        ``class:<id>`` and ``rate:<id>``.

    Examples
    --------
    >>> breaks([0.2, 0.4, 0.6, 0.9])
    [0.2, 0.4, 0.6]
    """
    frame = run.indicators.frame
    frame = frame[frame["scope_level"].isin(AREAS) & ~frame["id"].isin(_NOT_RATES)]
    own = shares(run, [level for level in AREAS if level in run.city.layers])
    frame = pd.concat([frame[[*COLUMNS, *_NUMBERS[3:]]], own.assign(allowance_low=0, allowance_high=0)])
    pairs = list(dict.fromkeys(zip(frame["id"], frame["basis"], strict=True)))
    order = {pair: at for at, pair in enumerate([*_FIRST, *sorted(set(pairs) - set(_FIRST), key=_place)])}
    found = []
    for name, basis in sorted(pairs, key=order.__getitem__):
        if public and basis == "members":
            continue
        rows = frame[(frame["id"] == name) & (frame["basis"] == basis)]
        made = _choropleth(run, rows, name=name, basis=basis, public=public)
        if made is not None and (made.tells() or not public):
            found.append(made)
    return found


def _place(pair: tuple[str, str]) -> tuple[int, str, str]:
    known = [*OF_AUDIT, *TITLES]
    return (known.index(pair[0]) if pair[0] in known else len(known), *pair)


def _choropleth(run: Run, rows: pd.DataFrame, *, name: str, basis: str, public: bool) -> Choropleth | None:
    first, homes = (name, basis) == _FIRST[0], public and basis == "households"
    ident = f"{name}.{basis}"
    areas: dict[str, pd.DataFrame] = {}
    for level in (STREET,) if homes else AREAS:
        layer = run.city.layers.get(level)
        here = rows[rows["scope_level"] == level].drop_duplicates("scope").set_index("scope")[_NUMBERS]
        if layer is None or not here.index.isin(layer.frame.index).any():
            continue
        if len(layer.frame) <= MANY_AREAS or (name, basis) in _FIRST:
            areas[level] = here.reindex(layer.frame.index.sort_values()).fillna(0).astype("int64")
            if level in SMALL:
                areas[level][_NUMBERS[3:]] = 0
    if not areas:
        return None
    scale = 100 if name == MEMBERS else 1 if name.startswith(_MEANS) else 0
    styles = CLASS_STYLES if first else _classed(areas, ident, scale=scale)
    for numbers in areas.values():
        numbers["rate"] = _in_words(numbers, scale=scale)
        if first:
            numbers["class"] = _present(numbers)
        if homes:
            _withhold(numbers, ident, withheld_homes(run))
    styles = (*styles, _of(ident, _WITHHELD)) if homes else styles
    column, text = f"class:{ident}", f"rate:{ident}"
    if (name, basis) in _FIRST[:2]:  # the columns that a map always has
        column, text = ("class", "rate") if first else (column, "valid_rate")
    return Choropleth(ident, name, basis, column, text, styles, areas, scale)


def _withhold(numbers: pd.DataFrame, ident: str, withheld: pd.Series) -> None:
    """Empty the numbers of streets with few households, or with compounds whose households are not said."""
    small = (numbers["denominator"] < _LEAST_HOMES) | numbers.index.isin(withheld.index)
    small &= numbers["denominator"] > 0
    numbers.loc[small, "rate"] = _(_WITHHELD.label)
    numbers.loc[small, "class"] = f"{ident}/{_WITHHELD.id}"
    numbers.loc[small, _NUMBERS] = 0


def _present(numbers: pd.DataFrame) -> list[str]:
    rows = numbers[_NUMBERS[:3]].itertuples(index=False)
    return [rate_class(int(n), int(d), int(u)) for n, d, u in rows]


def _in_words(numbers: pd.DataFrame, *, scale: int) -> list[str]:
    said = []
    for n, d, unknown, less, more in numbers[_NUMBERS].itertuples(index=False):
        if not d:
            said.append(_("no denominator"))
        elif scale:
            said.append(_("{n}/{d}, {rate}").format(n=n, d=d, rate=mean(scale * int(n), int(d))))
        else:
            text = in_words(int(n), int(d), int(unknown), int(less), int(more))
            said.append(_("{rate} ({unknown} unknown)").format(rate=text, unknown=int(unknown)) if unknown else text)
    return said


def _classed(areas: Mapping[str, pd.DataFrame], ident: str, *, scale: int) -> tuple[Style, ...]:
    """Put a column ``class`` into every frame and return the styles; the same classes for all levels."""
    whole = pd.concat(list(areas.values()))
    n, d, unknown = (whole[name].to_numpy(dtype=np.int64) for name in _NUMBERS[:3])
    told = (d > 0) & (unknown < d)
    between = told & (n > 0) & ((n < d) | (scale > 0))
    cuts = breaks(((scale or 1) * n[between] / d[between]).tolist(), step=10 if scale else 1000)
    edges = [*cuts, float("inf") if scale else 1.0]
    styles = [_step(ident, at, edges, scale=scale) for at in range(len(edges))] if between.any() else []
    apart = [] if scale else [_of(ident, _FULL)]
    for numbers in areas.values():
        numbers["class"] = _ids(numbers, ident, cuts, scale=scale)
    rest = [_of(ident, style) for style in (_ZERO, _UNKNOWN, _NONE)]
    return (*apart, *reversed(styles), *rest)


def _ids(numbers: pd.DataFrame, ident: str, cuts: Sequence[float], *, scale: int) -> list[str]:
    n, d, unknown = (numbers[name].to_numpy(dtype=np.int64) for name in _NUMBERS[:3])
    share = np.divide((scale or 1) * n, d, out=np.zeros(len(n)), where=d > 0)
    step = np.searchsorted(np.asarray(cuts, dtype=float), share, side="left").astype(str).astype(object)
    full = np.zeros(len(n), dtype=bool) if scale else n >= d
    kinds = [d <= 0, unknown >= np.maximum(d, 1), full, n <= 0]
    names = np.select(kinds, ["none", "unknown", "full", "zero"], default=step)
    return [f"{ident}/{name}" for name in names]


def breaks(shares: Sequence[float], *, step: int = 1000) -> list[float]:
    """Return the upper ends of all classes but the last, at most ``MOST_CLASSES`` classes (Fisher-Jenks).

    Few different shares are classes of their own. Ends are rounded up to one part in ``step``, so that the
    legend says them as they are; where that leaves fewer than two classes, to a thousandth.
    """
    values = np.unique(np.asarray(shares, dtype=float))
    if len(values) <= 1:
        return []
    if len(values) <= MOST_CLASSES:
        ends = values[:-1]
    else:
        from mapclassify import FisherJenks

        thinned = values[np.unique(np.linspace(0, len(values) - 1, min(len(values), _LOOKED_AT)).astype(int))]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the classifier, about its own speed
            ends = FisherJenks(thinned, k=MOST_CLASSES).bins[:-1]
    for parts in (step, 1000):
        rounded = np.unique(np.ceil(np.asarray(ends, dtype=float) * parts - 1e-9) / parts)
        found = [float(end) for end in rounded if end < values[-1]]
        if found:
            break
    return found


def _of(ident: str, style: Style) -> Style:
    return Style(f"{ident}/{style.id}", style.label, style.color, style.pattern)


@dataclass(frozen=True, slots=True)
class Step(Style):
    """A class between two ends; its label names them as ``{low}`` and ``{high}``."""

    low: str = ""
    high: str = ""

    def said(self) -> dict[str, Any]:
        """Return the style as plain values."""
        label = _(self.label).format(low=self.low, high=self.high)
        return {"id": self.id, "label": label, "color": self.color, "pattern": self.pattern, "short": ""}


def _step(ident: str, at: int, edges: Sequence[float], *, scale: int) -> Style:
    colour = _RAMP[len(_RAMP) - len(edges) + at]
    low, high = "0" if at == 0 else _figure(edges[at - 1], scale=scale), _figure(edges[at], scale=scale)
    last = at == len(edges) - 1
    if not scale:
        low = "0%" if at == 0 else low
        label = N_("above {low}, below 100%") if last else N_("above {low} to {high}")
    else:
        label = N_("above {low}") if last else N_("above {low} to {high}")
    return Step(f"{ident}/{at}", label, colour, "", "", low, high)


def _figure(value: float, *, scale: int) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if scale else f"{value * 100:.1f}%"
