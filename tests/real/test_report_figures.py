"""Five public reports, read by hand, against what is drafted from their text."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gridkit.audit.texts import draft_claims, figures_in
from tests.real.conftest import REAL
from tests.real.report_figures import CLAIMS, FIGURES, FULL

SEEDS = REAL.parent / "seeds"


@pytest.fixture(params=sorted(FIGURES))
def report(request):
    files = sorted(SEEDS.glob(f"{request.param}_*.txt"))
    if not files:
        pytest.skip("the public reports are not beside the project")
    return request.param, files[0].read_text(encoding="utf-8")


def matched(expected, found):
    """Return how many of the expected figures were found, each at most once and in their order."""
    left = list(found)
    hits = 0
    for written, unit, noun, sign in expected:
        value = None if written == "XX" else Fraction(written)
        fits = [
            one for one in left
            if (one.value, one.unit, one.comparator, one.redacted) == (value, unit, sign, value is None)
            and noun in one.noun
        ]  # fmt: skip
        if fits:
            hits += 1
            left = left[left.index(fits[0]) + 1 :]
    return hits


def test_every_figure_is_found_and_nothing_else(report):
    name, text = report
    found = [one for one in figures_in(text) if one.kind != "full"]
    hits = matched(FIGURES[name], found)
    recall, precision = hits / len(FIGURES[name]), hits / len(found)
    print(f"{name}: {len(FIGURES[name])} figures, {len(found)} found, recall {recall:.3f}, precision {precision:.3f}")
    assert recall == 1.0
    assert precision >= 0.95


def test_full_coverage_in_words(report):
    name, text = report
    found = [one for one in figures_in(text) if one.kind == "full"]
    assert len(found) == len(FULL[name])
    assert all(part in one.clause for part, one in zip(FULL[name], found, strict=True))


def test_redactions_stay_redactions(report):
    name, text = report
    redacted = [one for one in figures_in(text) if one.redacted]
    assert len(redacted) == sum(written == "XX" for written, *_ in FIGURES[name])
    assert all(one.value is None and one.upper is None for one in redacted)


def test_claims_that_an_indicator_measures(report):
    name, text = report
    drafts = draft_claims(figures_in(text), text)
    made = [(one.figure, one.comparator, one.indicator) for one in drafts if one.indicator]
    assert made == CLAIMS[name]
