"""The summary on a terminal: short, no wider than 80 columns with Chinese characters counted twice, verdicts first."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridkit.locale import speaking
from gridkit.model import AuditResult
from gridkit.reports import summary_lines
from gridkit.reports.terminal import MOST_LINES, WIDE, wrap
from gridkit.reports.xlsx import columns_wide
from tests.reports import sample_proof


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("claims", [0, 1, 2, 40])
def test_short_and_narrow(language, claims):
    run = sample_proof.run(language)
    many = pd.concat([run.claims] * 20, ignore_index=True).head(claims)
    with speaking(language):
        lines = summary_lines(replace(run, claims=many))
    assert len(lines) <= MOST_LINES
    assert max(map(columns_wide, lines)) <= WIDE


def test_verdicts_then_figures_then_certainty_then_tricks():
    with speaking("en"):
        lines = summary_lines(sample_proof.run("en"))
    text = "\n".join(lines)
    order = [
        "测试市, data as of 2024-06-30",
        "2 claims: upheld 1, refuted 1",
        "refuted: 全市小区党组织覆盖率达到100%",
        "organisation coverage, as declared",
        "compounds: 8 (",
        "what may be too high: 3 rules",
        "  A104 ",
        "  A101 ",
        "findings: 3 (",
    ]
    found = [text.index(part) for part in order]
    assert found == sorted(found)
    assert "37.5% → 25.0% (2 finding(s))" in text
    assert "recomputed 37.5%–62.5% (3 of 8, 2 unknown)" in " ".join(text.split())


def test_claims_that_do_not_fit_are_counted():
    run = sample_proof.run("en")
    many = pd.concat([run.claims] * 20, ignore_index=True)
    with speaking("en"):
        lines = summary_lines(replace(run, claims=many))
    shown = sum(line.startswith("refuted: ") for line in lines) + sum(line.startswith("upheld: ") for line in lines)
    assert f"… and {40 - shown} more" in lines


def test_nothing_proved():
    run = replace(sample_proof.run("en"), result=AuditResult())
    with speaking("en"):
        lines = summary_lines(run)
    assert any(line.startswith("compounds: 8 (through the unit's organisation 1, own branch 1") for line in lines)


@given(st.text(max_size=300), st.integers(4, 90), st.sampled_from(["", "  "]))
def test_wrapping_keeps_every_visible_character(text, width, indent):
    lines = wrap(text, width, indent)
    assert all("\n" not in line and "\x1b" not in line for line in lines)
    kept = "".join("".join(lines).split())
    clean = "".join(char for char in kept)
    assert len(clean) == len("".join(text.split())) or "�" in clean or not text.strip()


def test_a_line_does_not_begin_with_a_closing_mark():
    text = "全市小区党组织覆盖率，" * 20
    assert not any(line.strip().startswith("，") for line in wrap(text, 40))
