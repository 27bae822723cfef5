"""The first page of a report: what was audited, what counts, and the figures a leader asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from gridkit import __version__
from gridkit.audit.format import percent
from gridkit.coverage import caveats
from gridkit.locale import gettext as _
from gridkit.model.findings import SEVERITIES
from gridkit.reports import words
from gridkit.reports.names import Names
from gridkit.reports.tables import Column, Table
from gridkit.reports.values import whole

if TYPE_CHECKING:
    from gridkit.model import Run

HEADLINE: Final = (
    ("coverage.organisation.declared", "compounds"),
    ("coverage.organisation.valid", "compounds"),
    ("coverage.work.declared", "compounds"),
    ("coverage.organisation.declared", "households"),
    ("grids.branch_or_group_rate", ""),
    ("property.organisation_rate", "companies"),
    ("governance.body_rate", ""),
    ("pairing.units", ""),
)
"""Indicators of the whole city on the first page, with the basis each is shown in (empty: whatever there is)."""


@dataclass(frozen=True)
class Figure:
    """One rate of the first page: whole numbers, and the texts made from them."""

    id: str
    title: str
    basis: str
    numerator: int
    denominator: int
    unknown: int
    excluded: int
    rate: str

    @property
    def low(self) -> float:
        """Share that is known, 0..1; 0 without a denominator."""
        return self.numerator / self.denominator if self.denominator else 0.0

    @property
    def high(self) -> float:
        """Share if everything unknown were fulfilled, 0..1."""
        return (self.numerator + self.unknown) / self.denominator if self.denominator else 0.0


def figure_of(row: pd.Series) -> Figure:
    """Return one row of the indicator table as a figure."""
    n, d, u, x = (value or 0 for value in whole(row[["numerator", "denominator", "unknown", "excluded"]]))
    name = str(row["id"])
    basis = words.labelled(words.BASES, row["basis"])
    return Figure(name, words.indicator_title(name), basis, n, d, u, x, words.rate(name, n, d, u))


def headline(run: Run) -> list[Figure]:
    """Return the figures of the whole city that stand on the first page; those the run does not have are left out."""
    frame = run.indicators.frame
    city = frame[frame["scope"] == ""]
    figures = []
    for name, basis in HEADLINE:
        rows = city[(city["id"] == name) & ((city["basis"] == basis) if basis else True)]
        figures += [figure_of(row) for _index, row in rows.head(1).iterrows()]
    return figures


def verdicts(run: Run) -> str:
    """Return how many claims stand and fall, in words; empty without claims."""
    counts = run.claims["verdict"].value_counts()
    shown = (f"{words.labelled(words.VERDICTS, key)} {int(counts.get(key, 0))}" for key in words.VERDICTS)
    return _("{n} claims: {parts}").format(n=len(run.claims), parts=_(", ").join(shown)) if len(run.claims) else ""


def about(run: Run) -> list[tuple[str, str]]:
    """Return what was audited and by which definitions, as pairs of name and text."""
    city = run.city
    return [
        (_("city"), city.name),
        (_("data as of"), city.as_of.isoformat() if city.as_of else _("none stated")),
        (_("rule set"), run.coverage.ruleset),
        (_("counts as organisation coverage"), words.counts_as_sentence(run.coverage.counts_as)),
        (_("registries declared complete"), _complete(run)),
        (_("coordinate system of measurements"), city.crs),
        (_("hash of inputs and settings"), run.inputs_hash),
        (_("made with"), f"gridkit {__version__}"),
    ]


def _complete(run: Run) -> str:
    kinds = [kind for kind in sorted(run.city.registries) if run.city.registries[kind].complete]
    names = [
        words.labelled(words.KINDS, kind) + (f" ({scope})" if (scope := run.city.registries[kind].scope) else "")
        for kind in kinds
    ]
    return _(", ").join(names) if names else _("none, so no compound can be called uncovered")


def statuses(run: Run) -> Table:
    """Return the number of compounds in each status; the numbers add up to all compounds."""
    counts = run.coverage.by_status()
    total = sum(counts.values())
    keys = list(counts)
    counting = set(run.coverage.counts_as)
    columns = (
        Column("status", _("status"), 30),
        Column("compounds", _("compounds"), 12, number=True),
        Column("of", _("of"), 12, number=True),
        Column("share", _("share"), 14),
        Column("counts", _("counts as organisation coverage"), 20),
    )
    frame = pd.DataFrame(
        {
            "status": [words.status_label(key) for key in keys],
            "compounds": pd.Series(list(counts.values()), dtype="object"),
            "of": pd.Series([total] * len(keys), dtype="object"),
            "share": [percent(counts[key], total) for key in keys],
            "counts": [_counting(key, counting) for key in keys],
        }
    )
    return Table("statuses", _("Compounds by status"), columns, frame)


def _counting(status: str, counting: set[str]) -> str:
    if status == "UNKNOWN":
        return words.labelled(words.ANSWERS, "unknown")
    return words.labelled(words.ANSWERS, "yes" if status in counting else "no")


def figures(run: Run) -> Table:
    """Return the headline as a table."""
    rows = headline(run)
    columns = (
        Column("title", _("indicator"), 30),
        Column("rate", _("rate (interval)"), 20),
        Column("numerator", _("numerator"), 12, number=True),
        Column("denominator", _("denominator"), 12, number=True),
        Column("unknown", _("unknown among them"), 12, number=True),
        Column("excluded", _("left out"), 12, number=True),
        Column("basis", _("counted in"), 14),
    )
    data = {column.key: pd.Series([getattr(row, column.key) for row in rows], dtype="object") for column in columns}
    return Table("figures", _("Headline"), columns, pd.DataFrame(data))


def finding_counts(run: Run) -> Table:
    """Return the number of findings per rule, errors first."""
    frame = run.findings.frame
    severity = frame.drop_duplicates("code").set_index("code")["severity"].to_dict()
    counts = run.findings.counts()
    codes = sorted(counts, key=lambda code: (SEVERITIES.index(severity[code]), code))
    columns = (
        Column("code", _("rule"), 10),
        Column("severity", _("severity"), 10),
        Column("title", _("finding"), 40),
        Column("count", _("number"), 10, number=True),
    )
    data = {
        "code": codes,
        "severity": [words.labelled(words.SEVERITY_LABELS, severity[code]) for code in codes],
        "title": [words.rule_title(code) for code in codes],
        "count": [counts[code] for code in codes],
    }
    frame = pd.DataFrame({key: pd.Series(values, dtype="object") for key, values in data.items()})
    return Table("finding_counts", _("Findings by rule"), columns, frame)


def _street_figures(run: Run, name: str) -> dict[str, Figure]:
    frame = run.indicators.frame
    rows = frame[(frame["id"] == name) & (frame["scope_level"] == "street") & (frame["basis"] == "compounds")]
    return {str(row["scope"]): figure_of(row) for _index, row in rows.sort_values("scope").iterrows()}


def by_street(run: Run) -> Table:
    """Return organisation coverage street by street, with the compounds that are uncovered and unknown."""
    columns = (
        Column("street", _("street"), 20),
        Column("compounds", _("compounds"), 11, number=True),
        Column("covered", _("covered as declared"), 11, number=True),
        Column("declared", _("rate as declared"), 20),
        Column("valid", _("covered as valid"), 11, number=True),
        Column("valid_rate", _("rate as valid"), 20),
        Column("uncovered", _("uncovered"), 11, number=True),
        Column("unknown", _("unknown"), 11, number=True),
    )
    declared, valid = (_street_figures(run, f"coverage.organisation.{kind}") for kind in ("declared", "valid"))
    names = Names.of(run)
    street = run.places.frame["street"].reindex(run.coverage.frame.index).fillna("")
    tally = pd.crosstab(street.to_numpy(), run.coverage.frame["status"].to_numpy())
    counts = tally.reindex(columns=["UNCOVERED", "UNKNOWN"], fill_value=0).to_dict("index")
    out = [
        {
            "street": names.place("street", code),
            "compounds": row.denominator,
            "covered": row.numerator,
            "declared": row.rate,
            "valid": valid[code].numerator if code in valid else None,
            "valid_rate": valid[code].rate if code in valid else "",
            "uncovered": counts.get(code, {}).get("UNCOVERED", 0),
            "unknown": counts.get(code, {}).get("UNKNOWN", 0),
        }
        for code, row in declared.items()
    ]
    data = {column.key: pd.Series([row[column.key] for row in out], dtype="object") for column in columns}
    return Table("by_street", _("By street"), columns, pd.DataFrame(data))


def summary_lines(run: Run) -> list[str]:
    """Return a run in a few lines for a terminal, in the current language: figures, statuses, claims, findings."""
    counts = {status: n for status, n in run.coverage.by_status().items() if n}
    total = len(run.coverage.frame)
    lines = [f"{key}: {value}" for key, value in about(run)[:4]]
    lines += caveats(run.city)
    lines += [
        _("{title} ({basis}): {rate} ({numerator} of {denominator}, {unknown} unknown)").format(**vars(figure))
        for figure in headline(run)
    ]
    parts = (f"{words.status_label(status)} {n}" for status, n in counts.items())
    lines.append(_("compounds: {total} ({parts})").format(total=total, parts=_(", ").join(parts)))
    lines += [
        f"{words.labelled(words.VERDICTS, verdict)}: {text} - {words.because(because)}"
        for verdict, text, because in zip(run.claims["verdict"], run.claims["text"], run.claims["because"], strict=True)
    ]
    severities = run.findings.frame["severity"].value_counts()
    shown = (f"{words.labelled(words.SEVERITY_LABELS, name)} {int(severities.get(name, 0))}" for name in SEVERITIES)
    lines.append(_("findings: {total} ({parts})").format(total=len(run.findings), parts=_(", ").join(shown)))
    return lines
