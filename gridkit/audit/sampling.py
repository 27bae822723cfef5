"""Samples for checks by persons: how many, which ones, and what the result proves (hypergeometric, exact)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from gridkit.model.samples import UNANSWERED, Sample

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIDENCE: Final = 0.95
ROUNDING: Final = 1e-9
"""Probabilities that differ by this share only are equal."""


def bound(population: int, sample: int, wrong: int, confidence: float = CONFIDENCE) -> int:
    """Return how many of a population are wrong at most, given how many of a random sample were.

    Parameters
    ----------
    population, sample, wrong : int
        Size of the population, of the sample drawn from it without putting back, and the wrong ones in the sample.
    confidence : float
        Probability (above 0, below 1) with which the bound holds, over repeated samples.

    Returns
    -------
    int
        The largest number of wrong ones in the population with which a sample shows so few of them with a probability
        of more than ``1 - confidence``. Exact; found by bisection, as that probability falls with the number.

    Raises
    ------
    ValueError
        Numbers that contradict each other, or a confidence that is none.

    Examples
    --------
    >>> bound(1000, 0, 0), bound(1000, 59, 0), bound(1000, 1000, 3)
    (1000, 48, 3)
    """
    _demand(population, sample, wrong, confidence)
    low, high = wrong, population - (sample - wrong)
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeom.cdf(wrong, population, middle, sample) > (1 - confidence) * (1 + ROUNDING):
            low = middle
        else:
            high = middle - 1
    return low


def least(population: int, sample: int, wrong: int, confidence: float = CONFIDENCE) -> int:
    """Return how many of a population are wrong at least, given how many of a random sample were.

    >>> least(1000, 59, 0), least(1000, 1000, 3), least(100, 50, 10)
    (0, 3, 14)
    """
    _demand(population, sample, wrong, confidence)
    return population - bound(population, sample, sample - wrong, confidence)


def interval(population: int, sample: int, wrong: int, confidence: float = CONFIDENCE) -> tuple[int, int]:
    """Return how many of a population are wrong, from-to: each end holds with half of what is left of certainty.

    >>> interval(615, 60, 3), interval(615, 0, 0), interval(10, 10, 2)
    ((8, 82), (0, 615), (2, 2))
    """
    one_sided = (1 + confidence) / 2
    return least(population, sample, wrong, one_sided), bound(population, sample, wrong, one_sided)


def sample_size(population: int, *, tolerable: int, confidence: float = CONFIDENCE) -> int:
    """Return how many must be checked so that, none found wrong, at most ``tolerable`` of the population are.

    Raises
    ------
    ValueError
        Numbers that contradict each other, or a confidence that is none.

    Examples
    --------
    >>> sample_size(1000, tolerable=49), sample_size(1000, tolerable=0), sample_size(10, tolerable=10)
    (57, 950, 0)
    """
    _demand(population, 0, 0, confidence)
    if tolerable < 0:
        raise ValueError(f"tolerable {tolerable}")
    low, high = 0, population
    while low < high:
        middle = (low + high) // 2
        if bound(population, middle, 0, confidence) <= tolerable:
            high = middle
        else:
            low = middle + 1
    return low


def draw(frame: pd.DataFrame, strata: pd.Series, n: int, seed: int) -> pd.DataFrame:
    """Return ``n`` rows drawn at random, from each stratum in proportion to its size.

    Everything has the same chance of being drawn: the ids stand in one line, by stratum, strata and ids in random
    order, and every (size / n)-th is taken from a random start. Of a stratum as many are drawn as its share says,
    rounded up or down by chance.

    Parameters
    ----------
    frame : pandas.DataFrame
        Index: unique ids (text).
    strata : pandas.Series
        The stratum (text) of each id.
    n : int
        All rows where there are fewer.
    seed : int
        Of the PCG64 generator of numpy. The ids are sorted before anything is drawn: row order does not matter.

    Returns
    -------
    pandas.DataFrame
        The rows that were drawn, by stratum, then id, with one column more: ``stratum``.

    Examples
    --------
    >>> frame = pd.DataFrame({"x": range(6)}, index=list("fedcba"))
    >>> draw(frame, pd.Series(["s", "s", "s", "s", "t", "t"], index=frame.index), 3, seed=1)["stratum"].tolist()
    ['s', 's', 't']
    """
    ids = np.array(sorted(map(str, frame.index)), dtype=object)
    n = max(0, min(n, len(ids)))
    names, stratum = np.unique(strata.reindex(ids).astype(str).to_numpy(dtype=object).astype(str), return_inverse=True)
    dice = np.random.Generator(np.random.PCG64(seed))
    line = np.lexsort((dice.permutation(len(ids)), dice.permutation(len(names))[stratum]))
    start = int(dice.integers(len(ids))) if n else 0
    # Whole numbers: the k-th is the one at which k * size + start passes a multiple of n.
    picked = line[(np.arange(n) * len(ids) + start) // n] if n else line[:0]
    found = sorted(ids[picked].tolist(), key=lambda one: (str(strata[one]), one))
    return frame.loc[found].assign(stratum=strata.reindex(found).astype(str))


def take(frame: pd.DataFrame, by: str, n: int, seed: int, *, run: str = "") -> Sample:
    """Return a sample of ``n`` rows, drawn by the strata that the column ``by`` tells apart."""
    strata = frame[by].astype(object)
    rows = draw(frame, strata, n, seed)
    sizes = strata.astype(str).value_counts().sort_index()
    drawn = rows["stratum"].value_counts().reindex(sizes.index).fillna(0).astype("int64")
    return Sample(rows, pd.DataFrame({"size": sizes.astype("int64"), "drawn": drawn}), by, seed, run)


def fingerprint(frame: pd.DataFrame) -> str:
    """Return a hash of what a sample is drawn from: every id with its text columns, whatever the row order.

    >>> frame = pd.DataFrame({"status": ["a", "b"]}, index=["x", "y"])
    >>> fingerprint(frame) == fingerprint(frame[::-1]), fingerprint(frame) == fingerprint(frame.assign(status="c"))
    (True, False)
    """
    rows = sorted("\x1f".join(map(str, row)) for row in frame.itertuples(name=None))
    return hashlib.sha256("\x1e".join(rows).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def results(population: Mapping[str, int], labels: pd.DataFrame, *, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return what visits prove, per stratum and overall.

    Parameters
    ----------
    population : Mapping
        Stratum -> how many there are.
    labels : pandas.DataFrame
        ``stratum`` and ``label`` (``true``, ``false``, ``unverifiable``, ``unanswered``) of everything that was drawn.

    Returns
    -------
    pandas.DataFrame
        One row per stratum of which any was drawn, sorted, and a last one for all (stratum ``""``): ``population``,
        ``drawn``, ``unanswered``, and of each label but ``true`` how many were found (``false``), the estimate of how
        many there are (``false_estimate``), and the exact interval (``false_low``, ``false_high``). What could not be
        verified is a class of its own: neither true nor false. What is unanswered may be anything: the upper ends count
        it as found, the lower ends do not.

    Examples
    --------
    >>> labels = pd.DataFrame({"stratum": ["s"] * 10, "label": ["true"] * 9 + ["false"]})
    >>> told = results({"s": 100}, labels).iloc[-1]
    >>> [int(told[name]) for name in ("drawn", "false", "false_estimate", "false_low", "false_high")]
    [10, 1, 10, 1, 42]
    """
    rows = []
    for name in [*sorted(set(labels["stratum"])), ""]:
        here = labels if name == "" else labels[labels["stratum"] == name]
        size = sum(population.values()) if name == "" else population[name]
        open_ = int((here["label"] == UNANSWERED).sum())
        row: dict[str, object] = {"stratum": name, "population": size, "drawn": len(here), "unanswered": open_}
        for label in ("false", "unverifiable"):
            found = int((here["label"] == label).sum())
            low = interval(size, len(here), found, confidence)[0]
            high = interval(size, len(here), found + open_, confidence)[1]
            answered = len(here) - open_
            estimate = round(size * found / answered) if answered else 0
            row |= {label: found, f"{label}_estimate": estimate, f"{label}_low": low, f"{label}_high": high}
        rows.append(row)
    return pd.DataFrame(rows)


def _demand(population: int, sample: int, wrong: int, confidence: float) -> None:
    if not 0 <= wrong <= sample <= population or not 0 < confidence < 1:
        raise ValueError(f"{wrong} wrong of {sample} sampled of {population} at {confidence}")
