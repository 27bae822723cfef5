"""Columns of values as sections of the map's data.

===========  ==========================================================================================
``text``     the texts joined, and the length of each in UTF-16 units, by which a page cuts them apart
``code``     texts of one length that differ in digits at their end only: ``prefix``, ``digits``, the numbers ``at``
``words``    distinct texts in ``of``, the place of each value among them in ``at``
``whole``    whole numbers in ``at``; ``gap`` is 1 where there is none
``real``     numbers with a fraction, NaN where there is none
``list``     tuples of text: how many in ``n``, all of them one after another in ``of``
``json``     anything else, each value as JSON text
===========  ==========================================================================================
"""

from __future__ import annotations

import json
import math
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridkit.maps.planes import LARGEST, read_floats, read_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.maps.planes import Sections

_FEW, _DIGITS = 8, 15
_REPEATED = 2
"""Texts are numbered where each stands for this many values or more."""


def write_column(sections: Sections, values: pd.Series) -> dict[str, Any]:
    """Write a column and return its head.

    Lone surrogates, which no file can hold, become U+FFFD.

    >>> from gridkit.maps.planes import Sections
    >>> sections = Sections()
    >>> head = write_column(sections, pd.Series(["a", "b", "a", "a"]))
    >>> head["kind"], read_column(sections.bytes(), head)
    ('words', ['a', 'b', 'a', 'a'])
    """
    if pd.api.types.is_numeric_dtype(values.dtype):
        return _numbers(sections, values)
    plain = values.tolist()
    kinds = set(map(type, plain))
    if kinds <= {str}:
        return write_texts(sections, plain)
    if kinds <= {tuple, list} and set(map(type, (item for value in plain for item in value))) <= {str}:
        counts = sections.numbers([len(value) for value in plain])
        return {"kind": "list", "n": counts, "of": write_texts(sections, [item for value in plain for item in value])}
    simple = [_simple(value) for value in plain]
    if set(map(type, simple)) <= {int, float, type(None)}:
        return _numbers(sections, pd.Series([math.nan if value is None else value for value in simple], dtype=object))
    if set(map(type, simple)) <= {str}:
        return write_texts(sections, simple)
    return {"kind": "json", "of": write_texts(sections, [_json(value) for value in simple])}


def write_texts(sections: Sections, texts: Sequence[str]) -> dict[str, Any]:
    """Write texts, numbered where that is shorter."""
    place = {text: at for at, text in enumerate(dict.fromkeys(texts))}
    if _REPEATED * len(place) > len(texts):
        return _codes(sections, texts) or _joined(sections, texts)
    at, distinct = sections.numbers([place[text] for text in texts]), [*place]
    return {"kind": "words", "at": at, "of": _codes(sections, distinct) or _joined(sections, distinct)}


def _codes(sections: Sections, texts: Sequence[str]) -> dict[str, Any] | None:
    """Write texts such as 520102001, 520102002; None if they are not of that form."""
    if len(texts) < _FEW or len(set(map(len, texts))) > 1:
        return None
    low, high = min(texts), max(texts)
    prefix = low[: next((at for at, (a, b) in enumerate(zip(low, high, strict=True)) if a != b), len(low))]
    ends = [text[len(prefix) :] for text in texts]
    joined, digits = "".join(ends), len(ends[0])
    if not (0 < digits <= _DIGITS and joined.isascii() and joined.isdigit() and prefix.isascii()):
        return None
    return {"kind": "code", "prefix": prefix, "digits": digits, "at": sections.numbers(list(map(int, ends)))}


def _joined(sections: Sections, texts: Sequence[str]) -> dict[str, Any]:
    joined = "".join(texts)
    try:
        data = joined.encode("utf-8")
    except UnicodeEncodeError:
        return _joined(sections, [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts])
    wide = len(joined) and max(joined) > "\uffff"
    lengths = [len(text.encode("utf-16-le")) // 2 for text in texts] if wide else list(map(len, texts))
    return {"kind": "text", "n": sections.numbers(lengths), "of": sections.raw(data)}


def _numbers(sections: Sections, values: pd.Series) -> dict[str, Any]:
    gap = values.isna().to_numpy(dtype=bool)
    filled = values.mask(gap, 0).tolist()
    if all(abs(value) < LARGEST and value == int(value) for value in filled):
        head = {"kind": "whole", "at": sections.numbers([int(value) for value in filled])}
        return head | ({"gap": sections.numbers(gap)} if gap.any() else {})
    real = np.array([float(value) for value in filled])
    real[gap] = math.nan
    return {"kind": "real", "at": sections.floats(real)}


def _simple(value: Any) -> Any:
    """Return a value that JSON has: a text, a number, None, or a list of such."""
    if isinstance(value, (set, frozenset)):
        value = sorted(value, key=str)
    if isinstance(value, (tuple, list, np.ndarray)):
        return [_simple(item) for item in value]
    if isinstance(value, (bool, np.bool_, int, np.integer)) and abs(int(value)) < LARGEST:
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    return None if value is None or value is pd.NaT or value is pd.NA else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read_column(data: bytes, head: dict[str, Any]) -> list[Any]:
    """Return the values that :func:`write_column` wrote; lists as tuples, no value as None."""
    kind = head["kind"]
    if kind in ("text", "code", "words"):
        return _read_texts(data, head)
    if kind == "list":
        items = read_column(data, head["of"])
        ends = [0, *accumulate(read_numbers(data, head["n"]).tolist())]
        return [tuple(items[a:b]) for a, b in pairwise(ends)]
    if kind == "json":
        return [_tuples(json.loads(text)) for text in read_column(data, head["of"])]
    if kind == "real":
        return [None if math.isnan(value) else value for value in read_floats(data, head["at"]).tolist()]
    values = read_numbers(data, head["at"]).tolist()
    gaps = read_numbers(data, head["gap"]).tolist() if "gap" in head else [0] * len(values)
    return [None if gap else value for value, gap in zip(values, gaps, strict=True)]


def _read_texts(data: bytes, head: dict[str, Any]) -> list[str]:
    if head["kind"] == "words":
        words = _read_texts(data, head["of"])
        return [words[at] for at in read_numbers(data, head["at"]).tolist()]
    if head["kind"] == "code":
        return [f"{head['prefix']}{value:0{head['digits']}d}" for value in read_numbers(data, head["at"]).tolist()]
    offset, size = head["of"]
    wide = data[offset : offset + size].decode("utf-8").encode("utf-16-le")
    ends = [0, *accumulate(read_numbers(data, head["n"]).tolist())]
    return [wide[2 * a : 2 * b].decode("utf-16-le") for a, b in pairwise(ends)]


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
