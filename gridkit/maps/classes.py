"""Classes and colours of the features of any level: numbers in at most five steps, other values as categories."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.errors import UsageError
from gridkit.locale import N_, gettext
from gridkit.maps.palette import GAP, GREY, JOINT, OWN, UNIT, WORK, Style

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

MOST: Final = 5
"""Steps of a number."""
MANY: Final = 10
"""Categories with a colour of their own; the others share one."""
SCHEMES: Final = ("FisherJenks", "Quantiles", "EqualInterval")
HUES: Final = (OWN, JOINT, UNIT, WORK, GAP)
_RAMP: Final = ("#dcf1ec", "#9fd8cb", "#52b09e", "#23816f", "#0b4a3e")
_NO_VALUE: Final = "none"
_REST: Final = "rest"
_LOOKED_AT: Final = 400
"""Values from which steps are made; of more, so many at equal distances in their order."""
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


def by_value(
    values: pd.Series, *, styles: Mapping[Any, str] | None = None, scheme: str = "FisherJenks"
) -> tuple[NDArray[np.object_], tuple[Style, ...]]:
    """Return the class of each value, and the styles of the classes in the order of the legend.

    Parameters
    ----------
    values : pandas.Series
        Numbers, unless ``styles`` names their colours, are put into steps; anything else is a category. Missing and
        infinite values are a class of their own.
    styles : mapping, optional
        Value -> colour ``#rrggbb``, in the order of the legend.
    scheme : str
        One of ``SCHEMES``, by mapclassify.

    Raises
    ------
    UsageError
        An unknown scheme, a colour that is none.

    Examples
    --------
    >>> ids, styles = by_value(pd.Series([1.0, 2.0, None]))
    >>> ids.tolist(), [style.label for style in styles]
    (['0', '1', 'none'], ['1', '2', 'no value'])
    """
    if scheme not in SCHEMES:
        raise UsageError(
            N_("{scheme} is not a way to make classes"),
            remedy=N_("choose of: {known}"),
            scheme=str(scheme),
            known=", ".join(SCHEMES),
        )
    numeric = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
    ids, found = _steps(values, scheme) if numeric and styles is None else _categories(values, styles or {})
    if (ids == _NO_VALUE).any():
        found = (*found, Style(_NO_VALUE, N_("no value"), GREY, "dots"))
    return ids, found


def _steps(values: pd.Series, scheme: str) -> tuple[NDArray[np.object_], tuple[Style, ...]]:
    numbers = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    there = np.isfinite(numbers)
    ends = _ends(numbers[there], scheme)
    at = np.searchsorted(ends, numbers, side="left")
    ids = np.where(there, at.astype(str).astype(object), _NO_VALUE)
    colours = _RAMP[-len(ends) :] if len(ends) > 1 else _RAMP[2:3]
    labels = _ranges(numbers[there], ends)
    return ids, tuple(
        Style(str(step), label, colour) for step, (label, colour) in enumerate(zip(labels, colours, strict=False))
    )


def _ranges(numbers: NDArray[np.float64], ends: NDArray[np.float64]) -> list[str]:
    """Return what each step holds: a value, or from where to where, so that no value lies between two steps.

    >>> _ranges(np.array([1.5, 19.5, 34.5, 90.0]), np.array([19.5, 90.0]))
    ['1.5 – 19.5', 'above 19.5 to 90']
    >>> _ranges(np.array([1.0, 2.0, 9.0]), np.array([2.5, 9.0])), _ranges(np.array([1.0, 5.0]), np.array([1.0, 5.0]))
    (['1 – 2', '3 – 9'], ['1', '5'])
    """
    if not len(numbers):
        return []
    if np.array_equal(np.unique(numbers), ends):
        return [_figure(end) for end in ends]
    counts = bool((numbers == np.floor(numbers)).all())
    highs = np.floor(ends) if counts else ends
    found = []
    for step, high in enumerate(highs):
        low = numbers.min() if step == 0 else highs[step - 1] + 1 if counts else highs[step - 1]
        if step and not counts:
            found.append(gettext("above {low} to {high}").format(low=_figure(low), high=_figure(high)))
        else:
            found.append(_figure(low) if low == high else f"{_figure(low)} – {_figure(high)}")
    return found


def _ends(numbers: NDArray[np.float64], scheme: str) -> NDArray[np.float64]:
    """Return the upper end of each step, of the last one included; few different numbers are steps of their own."""
    distinct = np.unique(numbers)
    if len(distinct) <= MOST:
        return distinct
    import mapclassify

    some = np.sort(numbers) if scheme == "Quantiles" else distinct
    some = some[np.unique(np.linspace(0, len(some) - 1, min(len(some), _LOOKED_AT)).astype(int))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the classifier, about its own speed and about equal quantiles
        ends = np.unique(getattr(mapclassify, scheme)(some, k=MOST).bins)
    return np.append(ends[ends < distinct[-1]], distinct[-1])


def _figure(value: float) -> str:
    return f"{value:,.6g}" if abs(value) >= 10_000 else f"{value:.4g}"


def _categories(values: pd.Series, given: Mapping[Any, str]) -> tuple[NDArray[np.object_], tuple[Style, ...]]:
    texts = as_text(values)
    colours = {str(value): str(colour) for value, colour in given.items()}
    for colour in colours.values():
        if not _COLOUR.fullmatch(colour):
            raise UsageError(
                N_("{colour} is not a colour"), remedy=N_("write it as six digits: #9362b7"), colour=colour
            )
    counts = Counter(text for text in texts if text)
    free = [text for text, _n in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if text not in colours]
    # each hue twice, the second time hatched: more colours could not be told apart
    spare = [(hue, pattern) for pattern in ("", "hatch") for hue in HUES]
    kinds = [(text, colour, "") for text, colour in colours.items()]
    kinds += [(text, *look) for text, look in zip(free, spare, strict=False)]
    number = {text: str(at) for at, (text, _colour, _pattern) in enumerate(kinds)}
    styles = [Style(str(at), text, colour, pattern) for at, (text, colour, pattern) in enumerate(kinds)]
    if len(free) > len(spare):
        styles.append(Style(_REST, N_("other values"), "#8a8f98"))
    return np.array([number.get(text, _REST) if text else _NO_VALUE for text in texts], dtype=object), tuple(styles)


def said(styles: Sequence[Style]) -> list[dict[str, str]]:
    """Return styles as plain values in the current language; values of the data stay as they are."""
    ours = {_NO_VALUE, _REST}
    return [
        {"id": style.id, "label": gettext(style.label) if style.id in ours else style.label}
        | {"color": style.color, "pattern": style.pattern}
        for style in styles
    ]


def as_text(values: pd.Series) -> list[str]:
    """Return values as a person reads them; nothing for a missing one.

    >>> as_text(pd.Series([1.5, None, True, "a", 3.0], dtype=object))
    ['1.5', '', 'True', 'a', '3']
    """
    gaps = values.isna().to_numpy(dtype=bool).tolist()
    return ["" if gap else _text(value) for value, gap in zip(values.tolist(), gaps, strict=True)]


def _text(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return f"{value:.10g}"
    if isinstance(value, (tuple, list)):
        return "; ".join(map(str, value))
    return str(value)
