"""Three answers as small whole numbers, so that "and" is a minimum and "or" a maximum (Kleene's strong logic)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gridkit.model.fields import NO, UNKNOWN, YES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

Answers = np.ndarray[Any, np.dtype[np.int8]]
"""An array of int8: 0 no, 1 maybe, 2 yes."""

N, MAYBE, Y = np.int8(0), np.int8(1), np.int8(2)
_WORDS: Final = np.array([NO, UNKNOWN, YES], dtype=object)


def words(answers: Answers) -> np.ndarray[Any, Any]:
    """Return ``no``, ``unknown`` or ``yes`` for each answer.

    >>> words(np.array([0, 1, 2], dtype=np.int8)).tolist()
    ['no', 'unknown', 'yes']
    """
    return _WORDS[answers]


def sure(mask: Any) -> Answers:
    """Return yes where ``mask`` is true, else no."""
    return np.where(np.asarray(mask, dtype=bool), Y, N).astype(np.int8)


def known(mask: Any, missing: Any) -> Answers:
    """Return maybe where ``missing`` is true, else yes or no by ``mask``."""
    return np.where(np.asarray(missing, dtype=bool), MAYBE, sure(mask)).astype(np.int8)


def at_least(counts: pd.Series, least: int) -> Answers:
    """Return whether each count reaches ``least``; maybe where it is missing.

    >>> import pandas as pd
    >>> at_least(pd.Series([2, 3, None], dtype="Int64"), 3).tolist()
    [0, 2, 1]
    """
    return known(counts.ge(least).fillna(False).to_numpy(bool), counts.isna())


def every(answers: Sequence[Answers], size: int) -> Answers:
    """Return the conjunction of answer arrays; yes where there are none."""
    return np.minimum.reduce([np.full(size, Y, dtype=np.int8), *answers])


def strongest(positions: np.ndarray[Any, Any], answers: Answers, size: int) -> Answers:
    """Return, per position 0..size-1, the strongest of its answers; no where it has none."""
    result = np.zeros(size, dtype=np.int8)
    np.maximum.at(result, positions, answers)
    return result
