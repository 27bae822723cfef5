"""Five public reports, read by hand, against what is drafted from their text."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gridkit.audit.texts import check_text, count_ratios, draft_claims, figures_in, identities
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
    assert hits == len(FIGURES[name])
    assert hits >= 0.95 * len(found)


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


SUMS = {
    "000": set(),
    "001": set(),
    "002": {(43, 178, 221), (194, 1165, 1359)},
    "003": {(17, 3, 20), (6, 14, 20)},
    "004": {(15, 11, 26)},
}
CHECKS = {
    "000": [],
    "001": [("of", 104, 109, "95.4")],
    "002": [],
    "003": [("of", 5, 34, "14.7"), ("ledger", 119, 98, "82.4"), ("ledger", 98, 93, "94.9"), ("ledger", 7, 5, "71.4")],
    "004": [("parts", 15, 11, "26.0")],
}
RATIOS = {
    "000": [],
    "001": [(None, None), (7, 41), (5, 25), (25, 25)],
    "002": [(194, 1359), (1359, 1359), (123, 1359)],
    "003": [],
    "004": [],
}


def test_arithmetic(report):
    """Sums are hints, and nothing in these five contradicts itself."""
    name, text = report
    figures = figures_in(text)
    found = {(*(int(term.value) for term in terms), int(total.value)) for terms, total in identities(figures)}
    assert found == SUMS[name]
    findings, checks = check_text(figures)
    hints = len(SUMS[name]) - sum(check.kind == "parts" for check in checks)
    assert findings.counts() == ({"A221": hints} if hints else {})
    assert all(check.agrees for check in checks)
    told = [(one.kind, *(int(f.value) for f in one.figures[:2]), f"{float(one.computed):.1f}") for one in checks]
    assert told == CHECKS[name]


def test_count_ratios_decide_nothing(report):
    name, text = report
    ratios = count_ratios(figures_in(text))
    assert [(one.numerator, one.denominator) for one in ratios] == RATIOS[name]
    assert {one.verdict for one in ratios} <= {"undetermined"}
    if name == "002":
        assert [one.share for one in ratios[:2]] == ["14.3%", "100.0%"]
        assert any("173" in reason and "1,165" in reason for reason in ratios[1].why())
        assert any("several" in reason for reason in ratios[1].why())
