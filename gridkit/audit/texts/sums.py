"""Sums among the counts of a text: 194 + 1,165 = 1,359 is a hint of what a total counts, never a proof."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from gridkit.audit.texts.figures import Figure

LEAST: Final = 10
"""Smaller totals are sums of something nearly always."""

MOST: Final = 400
"""So many different counts are compared; a text with more is a table."""

AROUND: Final = 0.2
"""Chance is counted among the sums that lie within this share of the total."""

TERMS: Final = 3
"""A sum has at most so many terms."""

_KINDS: Final = re.compile(
    r"街道|社区|网格|小区|楼栋|支部|小组|党组织|物业|企业|公司|业委会|委员会|党员|中心|驿站|服务站|单位|项目|问题|清单|诉求|队|委员|网格员|指导员"
)


def counts_of(figures: Sequence[Figure]) -> list[Figure]:
    """Return the figures that count something, exactly."""
    return [one for one in figures if one.kind == "count" and one.exact and (one.value or 0).denominator == 1]


def expected_by_chance(values: Sequence[int], total: int) -> float:
    """Return how many pairs of ``values`` would add up to ``total`` if their sums fell anywhere near it by chance.

    All pairs whose sum lies within ``AROUND`` of the total are spread evenly over that stretch; the pairs that do hit
    the total are left out.

    >>> round(expected_by_chance([194, 1165, 1359, 700, 500], 1359), 4)
    0.0037
    """
    numbers = np.array(sorted(set(values)), dtype=float)
    rows, columns = np.triu_indices(len(numbers), k=1)
    sums = numbers[rows] + numbers[columns]
    low, high = total * (1 - AROUND), total * (1 + AROUND)
    near = int(((sums >= low) & (sums <= high) & (sums != total)).sum())
    return near / max(high - low, 1.0)


def identities(figures: Sequence[Figure]) -> list[tuple[tuple[Figure, ...], Figure]]:
    """Return the sums that their nouns relate, each once: terms that are told together, and the total.

    Two or three counts that follow each other in one sentence are the terms; the total stands anywhere, shares a noun
    with one of them, and a unit. Each combination of numbers is told once, at its first place.
    """
    counts = counts_of(figures)
    totals = _totals(counts)
    found: dict[tuple[tuple[int, ...], int], tuple[tuple[Figure, ...], Figure]] = {}
    for _, group in groupby(counts, key=lambda one: one.at):
        told = list(group)
        for size in range(2, TERMS + 1):
            for at in range(len(told) - size + 1):
                terms = tuple(told[at : at + size])
                numbers = sorted(int(term.value or 0) for term in terms)
                key = tuple(numbers), sum(numbers)
                if key in found or key[1] < LEAST or numbers[0] <= 1:
                    continue
                whole = _whole(terms, key[1], totals)
                if whole is not None:
                    found[key] = terms, whole
    return list(found.values())


def _totals(counts: Sequence[Figure]) -> dict[tuple[int, str, str], list[Figure]]:
    """Return the first counts of each number, unit and kind: more than the terms of a sum, so that one is none."""
    found: dict[tuple[int, str, str], list[Figure]] = {}
    for one in counts:
        for kind in _kinds(one.noun):
            first = found.setdefault((int(one.value or 0), one.unit, kind), [])
            if len(first) <= TERMS:
                first.append(one)
    return found


def _whole(terms: tuple[Figure, ...], total: int, totals: dict[tuple[int, str, str], list[Figure]]) -> Figure | None:
    """Return the first count of ``total`` that shares a unit and a kind with a term and is none of them."""
    places = {term.start for term in terms}
    units = sorted({term.unit for term in terms})
    kinds = sorted({kind for term in terms for kind in _kinds(term.noun)})
    found = [one for unit in units for kind in kinds for one in totals.get((total, unit, kind), ())]
    return min((one for one in found if one.start not in places), key=lambda one: one.start, default=None)


@lru_cache(maxsize=4096)
def _kinds(noun: str) -> frozenset[str]:
    return frozenset(_KINDS.findall(noun))


def unrelated(figures: Sequence[Figure]) -> tuple[int, float]:
    """Return how many other sums of two counts there are, and how many chance would make: they are not told.

    >>> unrelated([])
    (0, 0)
    """
    values = sorted({int(one.value or 0) for one in counts_of(figures)})
    values = [value for value in values if value > 1][:MOST]
    told = {key for terms, total in identities(figures) for key in [(*sorted(int(t.value or 0) for t in terms),)]}
    known, hits = set(values), 0
    for at, low in enumerate(values):
        for high in values[at + 1 :]:
            hits += low + high in known and low + high >= LEAST and (low, high) not in told
    return hits, sum(expected_by_chance(values, total) for total in values if total >= LEAST)


def sum_hints(figures: Sequence[Figure], told: Collection[tuple[int, ...]] = ()) -> Iterator[dict[str, Any]]:
    """Yield the hints A221, with how likely chance is; not those ``told`` as parts of a total (places of figures)."""
    found = [sum_ for sum_ in identities(figures) if tuple(one.start for one in (*sum_[0], sum_[1])) not in told]
    values = [int(one.value or 0) for one in counts_of(figures)][: 2 * MOST]
    chances = {number: expected_by_chance(values, number) for number in {int(total.value or 0) for _, total in found}}
    for terms, total in found:
        chance = chances[int(total.value or 0)]
        yield CATALOGUE["A221"].found(
            "",
            terms=" + ".join(f"{int(term.value or 0):,}" for term in terms),
            whole=f"{int(total.value or 0):,}",
            nouns=" + ".join(term.noun or "—" for term in terms),
            noun=total.noun or "—",
            chance=f"{chance:.2f}" if chance >= 0.005 else "<0.01",
        )
