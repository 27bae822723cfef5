"""A run in a few lines for a terminal: verdicts first, then three figures, how sure they are, what to look at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gridkit.audit.format import percent
from gridkit.coverage import caveats
from gridkit.locale import gettext as _
from gridkit.model.findings import SEVERITIES
from gridkit.reports import proof, proof_words, reconciled, summary, words
from gridkit.reports.xlsx import columns_wide, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from gridkit.model import Run

WIDE: Final = 80
"""Columns of a line; a Chinese character takes two."""
MOST_LINES: Final = 25
INDENT: Final = "  "
FIGURES: Final = ("coverage.organisation.declared", "coverage.organisation.valid", "coverage.work.declared")
TRICKS: Final = 3
COMPARISONS: Final = 2
WARNINGS: Final = 4
"""Lines about what makes the figures doubtful; the reports have all of them."""
_ORDER: Final = ("refuted", "undetermined", "upheld")
_PIECE: Final = re.compile(r"\s+|[^\s\u1100-\uffff]+|[\u1100-\uffff][、。，；：？！）》”’]*")
"""Where a line may break: at blanks and between Chinese characters, but not before their closing marks."""


def wrap(text: str, width: int = WIDE, indent: str = "") -> list[str]:
    r"""Return a text in lines of at most ``width`` columns, the later ones indented; control characters are taken out.

    >>> wrap("one two three", 9, "  ")
    ['one two', '  three']
    >>> wrap("小区组织覆盖率，\x1b[31m偏高", 10)
    ['小区组织覆', '盖率，�', '[31m偏高']
    """
    lines, line = [], ""
    pieces = _PIECE.findall(" ".join(text_of(text).split()))
    for piece in (part for whole in pieces for part in _cut(whole, width - len(indent))):
        if columns_wide(line + piece) > width and line.strip():
            lines.append(line.rstrip())
            line = indent
        if line.strip() or not piece.isspace():
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines or [""]


def _cut(piece: str, width: int) -> Iterator[str]:
    """Yield a word that is longer than a line in parts of at most ``width`` columns."""
    while columns_wide(piece) > max(width, 2):
        at = next(at for at in range(len(piece), 0, -1) if columns_wide(piece[:at]) <= max(width, 2))
        yield piece[:at]
        piece = piece[at:]
    yield piece


def summary_lines(run: Run) -> list[str]:
    """Return a run in at most ``MOST_LINES`` lines of ``WIDE`` columns, in the current language."""
    head, figures = list(_head(run)), list(_wrapped(_figures(run)))
    doubts = list(_wrapped([*caveats(run.city), *summary.doubts(run)]))
    if len(doubts) > WARNINGS:
        doubts = [*doubts[: WARNINGS - 1], _("… and more: see the report")]
    tail = list(_wrapped([*_shades(run), *_tricks(run), *reconciled.in_brief(run)[:COMPARISONS], _findings(run)]))
    room = MOST_LINES - len(head) - len(doubts) - len(figures) - len(tail)
    return [*head, *_claims(run, max(room, 2)), *doubts, *figures, *tail]


def _wrapped(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        lead = INDENT if line.startswith(INDENT) else ""
        yield from (lead + part for part in wrap(line, WIDE - len(lead), INDENT))


def _head(run: Run) -> Iterator[str]:
    city = run.city
    parts = [city.name, _("data as of {date}").format(date=city.as_of.isoformat() if city.as_of else _("none stated")),
             words.ruleset_label(run.coverage.ruleset)]  # fmt: skip
    yield from wrap(_(", ").join(parts), indent=INDENT)
    counts = words.counts_as_sentence(run.coverage.counts_as)
    counted = _("{key}: {text}").format(key=_("counts as organisation coverage"), text=counts)
    yield from wrap(counted, indent=INDENT)


def _claims(run: Run, room: int) -> list[str]:
    """Return the verdicts, those refuted first, in at most ``room`` lines; every claim that is not upheld says why.

    What does not fit is counted.
    """
    frame = run.claims
    if not len(frame):
        return []
    rank = {verdict: at for at, verdict in enumerate(_ORDER)}
    order = sorted(range(len(frame)), key=lambda at: (rank.get(frame["verdict"].iloc[at], 9), at))
    said = [_claim(frame.iloc[at]) for at in order]
    lines = wrap(summary.verdicts(run), indent=INDENT)
    room -= len(lines)
    if sum(map(len, said)) <= room:
        return [*lines, *(line for part in said for line in part)]
    fits = next((n for n in range(len(said), 0, -1) if sum(map(len, said[:n])) < room), 1)
    rest = [_("… and {n} more").format(n=len(said) - fits)] if fits < len(said) else []
    return [*lines, *(line for part in said[:fits] for line in part), *rest]


def _claim(row: pd.Series) -> list[str]:
    """Return the lines of one claim: its verdict and, where it is not upheld, what was found."""
    verdict = words.labelled(words.VERDICTS, row["verdict"])
    why = "" if row["verdict"] == "upheld" else words.in_brief(row)
    if not why:
        return wrap(_("{key}: {text}").format(key=verdict, text=row["text"]), indent=INDENT)
    said = _("{verdict}: {text} - {because}").format(verdict=verdict, text=row["text"], because=why)
    return wrap(said, indent=INDENT)


def _figures(run: Run) -> Iterator[str]:
    for figure in summary.headline(run):
        if figure.id not in FIGURES or figure.counted != "compounds":
            continue
        said = _("{title}: {rate} ({n} of {d} {basis}, {unknown} unknown)") if figure.unknown else _(
            "{title}: {rate} ({n} of {d} {basis})")  # fmt: skip
        yield said.format(title=figure.title, rate=figure.rate, n=f"{figure.numerator:,}", d=f"{figure.denominator:,}",
                          basis=figure.basis, unknown=f"{figure.unknown:,}")  # fmt: skip


def _shades(run: Run) -> Iterator[str]:
    """Return how many compounds are covered, possibly covered and confirmed uncovered; by status where nobody asked."""
    shades = proof.shade_counts(run)
    labelled = {proof_words.shade_label(name): n for name, n in shades.items()}
    statuses = {words.status_label(status): n for status, n in run.coverage.by_status().items() if n}
    parts = _(", ").join(f"{label} {n:,}" for label, n in (labelled or statuses).items())
    yield _("compounds: {total} ({parts})").format(total=f"{len(run.coverage.frame):,}", parts=parts)


def _tricks(run: Run) -> Iterator[str]:
    """Return how many rules found what may be too high, and those that take most away from the declared figure."""
    found = [row for row in run.result.tricks.itertuples(index=False) if row.code]
    found.sort(key=lambda row: (row.without - row.numerator, -row.findings, row.code))
    if found:
        yield _("what may be too high: {n} rules have found something").format(n=len(found))
    for row in found[:TRICKS]:
        said = _("{code} {title}: {share} → {left} ({n} finding(s))")
        yield INDENT + said.format(code=row.code, title=proof_words.trick_title(row.code), n=f"{row.findings:,}",
                                   share=percent(int(row.numerator), int(row.denominator)),
                                   left=percent(int(row.without), int(row.denominator)))  # fmt: skip


def _findings(run: Run) -> str:
    severities = run.findings.frame["severity"].value_counts()
    shown = (f"{words.severity(name)} {int(severities.get(name, 0)):,}" for name in SEVERITIES)
    return _("findings: {total} ({parts})").format(total=f"{len(run.findings):,}", parts=_(", ").join(shown))
