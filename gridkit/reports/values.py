"""Values of frames as plain Python values, missing ones the same way everywhere."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridkit.locale import gettext

if TYPE_CHECKING:
    from collections.abc import Iterable


class Share(float):
    """A share (0..1) that the workbook shows in percent; a plain float is shown as a number.

    >>> Share(0.25) + 0
    0.25
    """

    __slots__ = ()


def shares(values: Iterable[float], means: Iterable[bool]) -> list[float | None]:
    """Return quotients as :class:`Share`, or as plain floats where ``means``; missing ones as None.

    >>> shares([0.5, 2.5, float("nan")], [False, True, False])
    [0.5, 2.5, None]
    """
    plain_values = values.astype(float).tolist() if isinstance(values, pd.Series) else map(float, values)
    rows = zip(plain_values, means, strict=True)
    return [None if math.isnan(value) else value if mean else Share(value) for value, mean in rows]


def whole(values: Iterable[object]) -> list[int | None]:
    """Return counts as ``int``, missing ones as None."""
    plain: list[Any] = values.tolist() if isinstance(values, pd.Series) else list(values)
    return [value if type(value) is int else None if pd.isna(value) else int(value) for value in plain]


def texts(values: Iterable[object]) -> list[str]:
    """Return values as ``str``, missing ones empty.

    A list, not a pandas text column: that cannot hold the lone surrogates which a broken file may bring.
    """
    return ["" if value is None or value is pd.NA or value != value else str(value) for value in values]  # noqa: PLR0124


def short(value: object) -> str:
    """Return a value as short text: numbers without needless digits, everything else as it is.

    >>> short(0.5), short(12), short(None), short([1, 2])
    ('0.5', '12', '', '1, 2')
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.4f}".rstrip("0").rstrip(".")
    if isinstance(value, (list, tuple)):
        return gettext(", ").join(short(item) for item in value)
    return str(value)


def plain(value: object) -> float | None:
    """Return a float rounded to six decimals; None for what is not a number.

    >>> plain(2 / 3), plain(float("nan"))
    (0.666667, None)
    """
    if value is None or not isinstance(value, (int, float)):
        return None
    return None if math.isnan(value) else round(float(value), 6)
