"""Which geometries have coordinates that can be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray


def finite(shapes: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which geometries exist, are not empty and have finite coordinates throughout.

    The bounds alone do not tell: one coordinate that is not a number is passed over there.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries
        Shape (n,); missing ones allowed.

    Examples
    --------
    >>> line = shapely.linestrings([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    >>> spoilt = shapely.transform(line, lambda points: np.where(points == 1.0, np.nan, points))
    >>> finite(np.array([line, spoilt, None])).tolist()
    [True, False, False]
    """
    result: NDArray[np.bool_] = np.isfinite(shapely.bounds(shapes).reshape(-1, 4)).all(axis=1)
    points, of = shapely.get_coordinates(shapes, return_index=True)
    result[of[~np.isfinite(points).all(axis=1)]] = False
    return result
