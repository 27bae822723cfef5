"""What a report claims, put together: the drafted claims file, a short summary, and JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gridkit.audit.texts import (
    Check,
    CountRatio,
    Draft,
    Figure,
    check_text,
    claims_toml,
    count_ratios,
    draft_claims,
    figures_in,
    remarks_of,
    unrelated,
)
from gridkit.audit.texts.arithmetic import said, written
from gridkit.io.person_numbers import mask_name_of_file
from gridkit.io.persons import mask_surely
from gridkit.locale import N_, gettext
from gridkit.rules import CATALOGUE
from gridkit.writing import whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gridkit.io.report_text import ReportText
    from gridkit.model import Findings

SHOWN = 12

_REMARKS: Mapping[str, str] = {
    "readings": N_("readings in brackets, left out for matching: {n}"),
    "lost": N_("places where a word is lost (&&), kept as they are: {n}"),
    "garbled": N_("garbled places, kept as they are, nothing is guessed: {n}"),
    "traditional": N_("traditional characters read as simplified ones, quotations keep them: {n}"),
    "struck": N_("passages struck through or hidden, left out: {n}"),
    "encoding": N_("read as {n}, which is a guess"),
}
_KINDS: Mapping[str, str] = {
    "share": N_("{part} of {whole} is {computed}%, as stated: {stated}"),
    "change": N_("from {whole} to {part} is {computed}%, as stated: {stated}"),
    "points": N_("from {whole} to {part} are {computed} percentage points, as stated: {stated}"),
    "ledger": N_("{part} of {whole}: {computed}%, not more than before"),
    "of": N_("{part} of {whole}: {computed}%"),
    "parts": N_("the parts make up the stated total: {terms} = {stated}"),
}


@dataclass(frozen=True)
class Reading:
    """Everything that was read from one report."""

    report: ReportText
    figures: tuple[Figure, ...]
    drafts: tuple[Draft, ...]
    ratios: tuple[CountRatio, ...]
    findings: Findings
    checks: tuple[Check, ...]
    others: tuple[int, float]
    remarks: Mapping[str, int | str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the file, without what says of persons."""
        return mask_name_of_file(self.report.name)


def read_claims(report: ReportText) -> Reading:
    """Return figures, drafts, arithmetic and count ratios of a report.

    Examples
    --------
    >>> from gridkit.io.report_text import ReportText
    >>> found = read_claims(ReportText("网格1359个，网格党支部194个。表格从91张减到39张，减少65.3%。", "a.txt", "text"))
    >>> len(found.figures), len(found.findings), [ratio.share for ratio in found.ratios]
    (5, 1, ['14.3%'])
    """
    figures = figures_in(report.text)
    name = mask_name_of_file(report.name)
    findings, checks = check_text(figures, place=name)
    remarks: dict[str, int | str] = dict(remarks_of(report.text))
    if report.struck:
        remarks["struck"] = report.struck
    if report.guessed and report.encoding:
        remarks["encoding"] = report.encoding
    drafts = draft_claims(figures, report.text, source=name)
    return Reading(report, figures, drafts, count_ratios(figures), findings, checks, unrelated(figures), remarks)


def claims_file(found: Reading) -> str:
    """Return the claims file of a report, with a head that says what it is."""
    head = (
        gettext(
            "Claims drafted from {name} by gridkit claims extract: read them, correct them, then gridkit audit."
        ).format(name=found.name),
    )
    return claims_toml(found.drafts, found.ratios, head=head)


def write_claims(found: Reading, path: Path) -> None:
    """Write the claims file, whole or not at all."""
    with whole(path) as draft:
        draft.write_bytes(claims_file(found).encode("utf-8"))


def summary_lines(found: Reading) -> Iterator[str]:
    """Yield the summary for a terminal: what was found, what contradicts itself, what the counts allow to say."""
    redacted = sum(one.redacted for one in found.figures)
    words = sum(one.kind == "full" for one in found.figures)
    made = sum(bool(one.indicator) for one in found.drafts)
    yield gettext(
        "{name}: figures {figures} (redacted {redacted}), full coverage in words {words}; claims drafted: {made}"
    ).format(name=found.name, figures=len(found.figures) - words, redacted=redacted, words=words, made=made)
    for name, n in found.remarks.items():
        yield "  " + gettext(_REMARKS[name]).format(n=n)
    yield from _arithmetic(found)
    yield from _ratios(found)


def _arithmetic(found: Reading) -> Iterator[str]:
    rows = sorted(found.findings.rows(), key=lambda row: (row["severity"] == "notice", row["code"]))
    agreeing = [check for check in found.checks if check.agrees]
    if rows or agreeing:
        yield gettext("Arithmetic of the text:")
    for row in rows[:SHOWN]:
        rule = CATALOGUE[row["code"]]
        yield f"  {row['code']} [{gettext(rule.severity)}] {mask_surely(rule.say(row['params']))}"
    if len(rows) > SHOWN:
        yield "  " + gettext("… and {n} more (--json lists them)").format(n=len(rows) - SHOWN)
    for check in agreeing[:SHOWN]:
        yield "  " + _agreement(check)
    if found.others[0]:
        yield "  " + gettext(
            "not told: sums of figures that count different things: {n}; by chance there would be about {chance}"
        ).format(n=found.others[0], chance=f"{found.others[1]:.0f}")


def _agreement(check: Check) -> str:
    numbers = [said(one) for one in check.figures]
    values = {"computed": written(check.computed, 1), "stated": numbers[-1], "terms": " + ".join(numbers[:-1])}
    old, new = (1, 0) if check.kind in ("share", "of") else (0, 1)
    values |= {"whole": numbers[old], "part": numbers[new]}
    return gettext(_KINDS[check.kind]).format(**{key: " ".join(value.split()) for key, value in values.items()})


def _ratios(found: Reading) -> Iterator[str]:
    if not found.ratios:
        return
    yield gettext("Count ratios, undetermined without rows:")
    said: list[list[str]] = []
    for ratio in found.ratios[:SHOWN]:
        if ratio.numerator is None or ratio.denominator is None:
            yield f"  {ratio.noun}: {gettext('a count is redacted')}"
            continue
        numbers = f"{ratio.numerator:,} / {ratio.denominator:,} = {ratio.share}"
        claimed = gettext(" (full coverage is claimed)") if ratio.claimed else ""
        yield f"  {ratio.noun}: {numbers}{claimed}"
        said.append(ratio.why())
    for reason in dict.fromkeys(reason for reasons in said for reason in reasons):
        yield f"    - {reason}"


def claims_document(found: Reading) -> dict[str, Any]:
    """Return everything as plain values, for JSON."""
    return {
        "name": found.name,
        "kind": found.report.kind,
        "encoding": found.report.encoding,
        "remarks": dict(found.remarks),
        "figures": [_figure(one) for one in found.figures],
        "claims": [_draft(one) for one in found.drafts if one.indicator],
        "findings": [
            {"code": row["code"], "severity": row["severity"], "params": row["params"],
             "sentence": mask_surely(CATALOGUE[row["code"]].say(row["params"]))}
            for row in found.findings.rows()
        ],
        "checks": [
            {"kind": check.kind, "agrees": check.agrees, "figures": [one.written for one in check.figures],
             "computed": written(check.computed, 4)}
            for check in found.checks
        ],
        "ratios": [
            {"covering": [one.noun for one in ratio.covering], "covered": ratio.covered.noun,
             "numerator": ratio.numerator, "denominator": ratio.denominator, "share": ratio.share,
             "verdict": ratio.verdict, "claimed": mask_surely(ratio.claimed), "because": ratio.why()}
            for ratio in found.ratios
        ],
        "toml": claims_file(found),
    }  # fmt: skip


def _figure(one: Figure) -> dict[str, Any]:
    value = None if one.value is None else written(one.value, 0 if one.value.denominator == 1 else max(one.decimals, 2))
    return {
        "start": one.start, "end": one.end, "written": one.written, "kind": one.kind, "value": value,
        "upper": None if one.upper is None else written(one.upper, one.decimals), "unit": one.unit, "noun": one.noun,
        "comparator": one.comparator, "approx": one.approx, "redacted": one.redacted, "scope": one.scope,
        "as_of": one.as_of, "aim": one.aim,
    }  # fmt: skip


def _draft(one: Draft) -> dict[str, Any]:
    return {
        "text": one.text, "source": one.source, "figure": one.figure, "upper": one.upper,
        "comparator": one.comparator, "rounding": one.rounding, "indicator": one.indicator, "scope": one.scope,
        "as_of": one.as_of, "definition": dict(one.definition), "notes": list(one.notes),
    }  # fmt: skip
