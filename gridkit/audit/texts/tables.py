"""Figures in tables of a report: what they count stands in the head of their column."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from gridkit.audit.texts.plain import plain_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridkit.audit.texts.figures import Figure


def with_heads(figures: Sequence[Figure], text: str) -> tuple[Figure, ...]:
    r"""Return figures with the head of their column as noun, where they stand in a table that has heads.

    Rows are lines of cells between tabs; the head is the first of some lines with as many tabs each, and holds no
    digits.

    >>> from gridkit.audit.texts.figures import figures_in
    >>> [(one.noun, one.written) for one in figures_in("街道\t小区\t组织覆盖率\n甲街道\t30个\t90%\n")]
    [('小区', '30个'), ('组织覆盖率', '90%')]
    """
    if "\t" not in text:
        return tuple(figures)
    starts, width = [0], 0
    heads: list[list[str] | None] = []
    head: list[str] | None = None
    for line in text.split("\n"):
        tabs = line.count("\t")
        begins = tabs > 0 and tabs != width
        if tabs != width:
            head = None
        if begins and re.search(r"\d", line) is None:
            head = [plain_of(cell).plain for cell in line.split("\t")]
            heads.append(None)  # the head itself
        else:
            heads.append(head)
        width = tabs
        starts.append(starts[-1] + len(line) + 1)
    return tuple(_headed(one, text, starts, heads) for one in figures)


def _headed(one: Figure, text: str, starts: list[int], heads: list[list[str] | None]) -> Figure:
    at = bisect_right(starts, one.start) - 1
    head = heads[at]
    column = text.count("\t", starts[at], one.start)
    return replace(one, noun=head[column]) if head and column and head[column] else one
