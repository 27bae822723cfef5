"""Whole numbers and texts as bytes that gzip well and that a page reads fast: the sections of the map's data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LARGEST = 2**52
"""Whole numbers below this in size can be written; a page reads them exactly."""

_INT32, _PLAIN = 2**31 - 1, 4


class Sections:
    """The binary part of a blob while it is written.

    Numbers are folded so that small ones of either sign are small (0, -1, 1, -2 become 0, 1, 2, 3), and their lowest
    bytes are written first, all of them, then the next bytes: the upper planes are nearly constant and gzip to almost
    nothing, however large a single number is.

    Examples
    --------
    >>> sections = Sections()
    >>> where = sections.numbers([1, -2, 300])
    >>> read_numbers(sections.bytes(), where).tolist()
    [1, -2, 300]
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._at = 0

    def raw(self, data: bytes) -> list[int]:
        """Write bytes; return where they are: offset and length."""
        where = [self._at, len(data)]
        self._parts.append(data)
        self._at += len(data)
        return where

    def numbers(self, values: Sequence[int] | NDArray[Any], *, steps: bool = True) -> list[int]:
        """Write whole numbers; return offset, how many, bytes of each, and how they are to be read.

        The last is 1 where differences were written (``steps``: if that is shorter), and 2 more where a number needs
        more than 32 bits.
        """
        whole = np.asarray(values, dtype=np.int64)
        change = np.diff(whole, prepend=0)
        delta = steps and _bits(change) < _bits(whole)
        folded = _fold(change if delta else whole)
        planes = max(1, (int(folded.max(initial=0)).bit_length() + 7) // 8)
        data = folded.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :planes]
        wide = bool((np.abs(whole) >= _INT32).any()) or planes > _PLAIN
        return [self.raw(data.T.tobytes())[0], len(whole), planes, int(delta) + 2 * int(wide)]

    def floats(self, values: NDArray[Any]) -> list[int]:
        """Write numbers with a fraction, byte by byte like the whole ones; return offset and how many."""
        data = np.asarray(values, dtype="<f8").view(np.uint8).reshape(-1, 8)
        return [self.raw(data.T.tobytes())[0], len(values)]

    def bytes(self) -> bytes:
        """Return everything that was written."""
        return b"".join(self._parts)


def read_numbers(data: bytes, where: Sequence[int]) -> NDArray[np.int64]:
    """Return the numbers that :meth:`Sections.numbers` wrote."""
    offset, n, planes, mode = where
    wide = np.zeros((n, 8), dtype=np.uint8)
    wide[:, :planes] = np.frombuffer(data, np.uint8, n * planes, offset).reshape(planes, n).T
    folded = wide.view("<u8").ravel().astype(np.int64)
    values = (folded >> 1) ^ -(folded & 1)
    return np.cumsum(values) if mode & 1 else values


def read_floats(data: bytes, where: Sequence[int]) -> NDArray[np.float64]:
    """Return the numbers that :meth:`Sections.floats` wrote."""
    offset, n = where
    planes = np.frombuffer(data, np.uint8, n * 8, offset).reshape(8, n)
    return np.ascontiguousarray(planes.T).view("<f8").ravel().astype(np.float64)


def _fold(values: NDArray[np.int64]) -> NDArray[np.int64]:
    return (values << 1) ^ (values >> 63)


def _bits(values: NDArray[np.int64]) -> float:
    """Return how many bits the numbers need in all, roughly; equal numbers need none."""
    return float(np.log2(1.0 + np.abs(values)).sum())
