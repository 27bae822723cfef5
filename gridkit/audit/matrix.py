"""The definition matrix: every numerator over every denominator in every weight, each an interval.

``low`` counts accepted links only. ``high`` adds everything open: candidates that wait, rows that do not say what they
cover, held rows, mentions that name nothing known. Both are widened by the link-error allowance, in whole numbers of
the weight.

The allowance is conservative. Of the ``n`` items of a cell whose answer rests on accepted links that no person decided,
``ceil(rate * n)`` may be wrong: the heaviest ones (``allowance_low``). A wrong link hides the right one, so as many of
the items that are not covered may be the true targets: again the heaviest (``allowance_high``). The rate is a bound for
all accepted links together. In a single street the errors may lie closer together than that; a linker that keeps to the
stated community rarely moves a link from one street to another.

An item of which nobody knows whether it belongs to a denominator stays in it, and counts as unknown: the interval holds
whichever way that turns out. An item whose weight nobody knows is excluded, and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.audit.definitions import MISSING, N, Y, compound_subject, grid_subject
from gridkit.audit.evidence import Evidence
from gridkit.audit.heaviest import Blocks, doubtful
from gridkit.audit.scopes import Scopes
from gridkit.model.fields import GRID
from gridkit.model.proof import MATRIX_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridkit.audit.definitions import Subject
    from gridkit.model import Allowance, Attributes, City, Coverage, Links, Places

    Array = np.ndarray[Any, Any]

SCOPES: Final = ("city", "class", "street")
_NUMBERS: Final = ("numerator", "denominator", "excluded", "unknown", "allowance_low", "allowance_high")


def build_matrix(
    city: City, places: Places, links: Links, attributes: Attributes, coverage: Coverage, *, allowance: Allowance
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return the definition matrix and the answers behind it.

    Parameters
    ----------
    city, places, links, attributes, coverage
        Of one run.
    allowance : Allowance
        How many of the accepted links may be wrong.

    Returns
    -------
    matrix : pandas.DataFrame
        ``MATRIX_COLUMNS``, one row per subject, scope (city, class, street), numerator, denominator and weight, in that
        order. Areas are whole square metres.
    definitions : dict of str to pandas.DataFrame
        Per subject (``compound``, ``grid``) a frame indexed by code with ``numerator.*`` and ``denominator.*`` (yes,
        no, unknown), ``machine.*`` (whether a numerator rests on links that no person decided), ``weight.*`` and
        ``scope.*``; and ``mentions``: the rows that name nothing known, with their community. Every cell of the matrix
        follows from these.

    Notes
    -----
    Sums are taken once per scope, weight and pattern of answers, and every cell adds up patterns: the cost grows
    linearly with the items and hardly with the number of definitions.
    """
    scopes, evidence = Scopes(city, places), Evidence(city, links)
    subjects = [compound_subject(scopes, evidence, attributes, coverage)]
    if GRID in city.layers:
        subjects.append(grid_subject(scopes, evidence, attributes))
    parts = [part for subject in subjects for part in _Table(subject, allowance.rate).parts()]
    definitions = {subject.name: subject.frame() for subject in subjects}
    definitions["mentions"] = pd.concat([subject.mentions() for subject in subjects], ignore_index=True)
    return _sealed(parts), definitions


def _sealed(parts: list[dict[str, Any]]) -> pd.DataFrame:
    """Return all cells in one frame, with their intervals."""
    columns: dict[str, Any] = {
        name: np.concatenate([np.asarray(part[name], dtype=object) for part in parts]) for name in MATRIX_COLUMNS[:6]
    }
    columns |= {name: np.concatenate([part[name] for part in parts]).astype(np.int64) for name in _NUMBERS}
    frame = pd.DataFrame(columns)
    # As the parts come: weights outside, then denominators. As one reads: scope, numerator, denominator, weight.
    keys = [pd.factorize(frame[name])[0] for name in MATRIX_COLUMNS[:6]]
    keys[2] = pd.factorize(frame["scope"], sort=True)[0]
    frame = frame.take(np.lexsort(keys[::-1])).reset_index(drop=True)
    denominator = frame["denominator"].where(frame["denominator"] > 0).astype("float64")
    frame["low"] = ((frame["numerator"] - frame["allowance_low"]) / denominator).clip(0, 1)
    highest = frame["numerator"] + frame["unknown"] + frame["allowance_high"]
    frame["high"] = (highest / denominator).clip(0, 1)
    return frame[list(MATRIX_COLUMNS)]


@dataclass(frozen=True)
class _Table:
    """The cells of one subject. A *pattern* is one combination of all answers; few of them occur."""

    subject: Subject
    rate: float

    @cached_property
    def _coded(self) -> tuple[Array, list[dict[str, Array]]]:
        """The pattern of each item, and per answer what each pattern says: numerators, denominators, machine, known."""
        of = self.subject
        groups: list[dict[str, Array]] = [
            {**of.numerators}, {**of.denominators}, {**of.machine}, {k: w != MISSING for k, w in of.weights.items()}
        ]  # fmt: skip
        code = np.zeros(len(of.items), dtype=np.int64)
        for answers in groups:
            for values in answers.values():
                code = code * 3 + values
        _, first, pattern = np.unique(code, return_index=True, return_inverse=True)
        size = np.int16 if len(first) < np.iinfo(np.int16).max else np.int64
        said = [{name: np.asarray(values)[first] for name, values in answers.items()} for answers in groups]
        return pattern.reshape(-1).astype(size), said

    def parts(self) -> Iterator[dict[str, Any]]:
        """Yield the cells of one scope level and weight, as columns."""
        for level in SCOPES:
            groups = self.subject.items.groups[level]
            scope = np.empty(len(self.subject.items), dtype=np.int64)
            scope[groups.order] = np.repeat(np.arange(len(groups.labels)), np.diff(groups.bounds))
            for weight, values in self.subject.weights.items():
                yield self._of(level, groups.labels, scope, weight=weight, values=values)

    def _of(self, level: str, labels: list[str], scope: Array, *, weight: str, values: Array) -> dict[str, Any]:
        pattern, (numerators, denominators, machine, known) = self._coded
        counted = known[weight]
        size, patterns = len(labels), len(counted)
        blocks = Blocks.of(scope, pattern, np.where(values == MISSING, 0, values), size)
        items, weights = blocks.tables(patterns)
        rows = []
        for denominator, member in denominators.items():
            inside, sure = (member != N) & counted, (member == Y) & counted
            for numerator, answer in numerators.items():
                held, lacking = sure & (answer == Y), sure & (answer == N)
                unknown = inside & ~held & ~lacking
                doubt = doubtful(self.subject, blocks, numerator, lacking)
                wrong = np.ceil(np.round(items @ (held & machine[numerator]) * self.rate, 9)).astype(np.int64)
                numbers = [
                    weights @ held, weights @ inside, items @ ~inside, weights @ unknown + doubt,
                    blocks.heaviest(held & machine[numerator], wrong),
                    np.minimum(blocks.heaviest(lacking, wrong), weights @ lacking - doubt),
                ]  # fmt: skip
                rows.append((numerator, denominator, numbers))
        return {
            "subject": [self.subject.name] * (size * len(rows)),
            "scope_level": [level] * (size * len(rows)),
            "scope": [label for label in labels for _ in rows],
            "numerator_id": [row[0] for row in rows] * size,
            "denominator_id": [row[1] for row in rows] * size,
            "weight": [weight] * (size * len(rows)),
            **{name: np.stack([row[2][at] for row in rows], axis=1).reshape(-1) for at, name in enumerate(_NUMBERS)},
        }
