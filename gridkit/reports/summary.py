"""The first page of a report: what was audited, what counts, and the figures a leader asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from gridkit import __version__
from gridkit.audit.format import percent, span
from gridkit.locale import gettext as _
from gridkit.model.fields import COMPOUND
from gridkit.reports import proof, proof_words, words
from gridkit.reports.figures import allowances
from gridkit.reports.figures import claims as claim_table
from gridkit.reports.names import Names
from gridkit.reports.tables import Column, Table, table
from gridkit.reports.values import Share, whole
from gridkit.rules.labels import ANSWERS

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

DOUBTED: Final = 100
"""One compound in so many must be in doubt for the summary to say so before the figures."""
NAMED: Final = 5
"""Impossible numbers that are told one by one."""


@dataclass(frozen=True)
class Figure:
    """One rate of the first page: whole numbers, and the texts made from them; ``counted`` is the code of the basis.

    ``rate`` has the link-error allowance, ``plain`` is the same as counted; ``ends`` are its whole numbers.
    """

    id: str
    counted: str
    title: str
    basis: str
    numerator: int
    denominator: int
    unknown: int
    excluded: int
    rate: str
    plain: str
    unknown_text: str
    ends: tuple[int, int] = (0, 0)

    @property
    def low(self) -> float:
        """Least share, 0..1: what is known, less what wrong links may have added; 0 without a denominator."""
        return self.ends[0] / self.denominator if self.denominator else 0.0

    @property
    def high(self) -> float:
        """Greatest share, 0..1: everything unknown fulfilled, and what wrong links may hide."""
        return self.ends[1] / self.denominator if self.denominator else 0.0

    @property
    def without_allowance(self) -> str:
        """The interval without the link-error allowance, labelled; empty where the allowance changes nothing."""
        if self.plain == self.rate:
            return ""
        return _("without the link-error allowance: {interval}").format(interval=self.plain)


def figure_of(row: pd.Series, run: Run) -> Figure:
    """Return one row of the indicator table as a figure."""
    n, d, u, x = (value or 0 for value in whole(row[["numerator", "denominator", "unknown", "excluded"]]))
    name = str(row["id"])
    less, more = (values[0] for values in allowances(row.to_frame().T))
    rates = words.rate(name, n, d, u, less=less, more=more), words.rate(name, n, d, u)
    titles = words.indicator_title(name), words.basis_label(str(row["basis"]))
    ends = span(n, d, u, less=less, more=more)
    return Figure(name, str(row["basis"]), *titles, n, d, u, x, *rates, _unknown(row, u, run), ends)


def _unknown(row: pd.Series, unknown: int, run: Run) -> str:
    """Return the unknown part of a figure in words: compounds, and names in the registry that match nothing."""
    own = unknown
    if row["details"].get("possible"):
        ids = list(row["unknown_ids"])
        by_home = row["basis"] == "households"
        own = int(run.attributes.frame["households"].reindex(ids).sum()) if by_home else len(ids)
    if not unknown:
        return ""
    if own >= unknown:
        return _("{n} unknown").format(n=f"{unknown:,}")
    return _("{n} unknown ({compounds} of compounds + {names} of names that match nothing)").format(
        n=f"{unknown:,}", compounds=f"{own:,}", names=f"{unknown - own:,}"
    )


def headline(run: Run) -> list[Figure]:
    """Return the figures of the whole city that stand on the first page; those the run does not have are left out.

    A title that comes a second time says what is counted.
    """
    frame = run.indicators.frame
    city = frame[frame["scope"] == ""]
    figures: list[Figure] = []
    for name, basis in HEADLINE:
        rows = city[(city["id"] == name) & ((city["basis"] == basis) if basis else True)]
        for row in (row for _index, row in rows.head(1).iterrows()):
            figure = figure_of(row, run)
            again = any(figure.title == other.title for other in figures)
            figures.append(replace(figure, title=words.defined(name, basis)) if again else figure)
    return figures


def verdicts(run: Run) -> str:
    """Return how many claims stand and fall, in words; empty without claims."""
    counts = run.claims["verdict"].value_counts()
    shown = (f"{words.labelled(words.VERDICTS, key)} {int(counts.get(key, 0))}" for key in words.VERDICTS)
    return _("{n} claims: {parts}").format(n=len(run.claims), parts=_(", ").join(shown)) if len(run.claims) else ""


def about(run: Run) -> list[tuple[str, str]]:
    """Return what was audited and by which definitions, as pairs of name and text."""
    city = run.city
    said = [
        (_("city"), city.name),
        (_("data as of"), city.as_of.isoformat() if city.as_of else _("none stated")),
        (_("rule set"), words.ruleset_label(run.coverage.ruleset)),
        (_("counts as organisation coverage"), words.counts_as_sentence(run.coverage.counts_as)),
        (_("registries declared complete"), _complete(run)),
        (_("linking"), _linking(run)),
        (_("coordinate system of measurements"), city.crs),
        (_("hash of inputs and settings"), run.inputs_hash),
        (_("made with"), f"gridkit {__version__}"),
    ]
    return [(name, text) for name, text in said if name != _("linking") or text]


def _linking(run: Run) -> str:
    """Return how much was asked of a link, and how many decisions of persons were used; empty where nobody noted it."""
    if not {"links", "weights"} <= set(run.settings):
        return ""
    profile = dict(run.settings["links"])["profile"]  # type: ignore[call-overload]
    used = int((run.links.decisions["state"] == "used").sum())
    said = _("profile {profile}, weights version {version}, {n} decision(s) of persons")
    return said.format(profile=profile, version=run.settings["weights"], n=used)


def _complete(run: Run) -> str:
    scopes: dict[str, set[str]] = {}
    for kind, registry in run.city.registries.items():
        if registry.complete:
            scopes.setdefault(kind, set()).add(registry.scope)
    for source in run.city.sources:
        if source.complete:
            scopes.setdefault(source.kind, set()).add(source.scope)
    names = [
        words.table_label(kind) if "" in scopes[kind]
        else _("{name} ({code})").format(name=words.table_label(kind), code=_(", ").join(sorted(scopes[kind])))
        for kind in sorted(scopes)
    ]  # fmt: skip
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
        Column("exact", _("share (number)"), 14, number=True),
        Column("counts", _("counts as organisation coverage"), 20),
    )
    frame = pd.DataFrame(
        {
            "status": [words.status_label(key) for key in keys],
            "compounds": pd.Series(list(counts.values()), dtype="object"),
            "of": pd.Series([total] * len(keys), dtype="object"),
            "share": [percent(counts[key], total) for key in keys],
            "exact": pd.Series([Share(counts[key] / total) if total else None for key in keys], dtype="object"),
            "counts": [_counting(key, counting) for key in keys],
        }
    )
    return Table("statuses", _("Compounds by status"), columns, frame)


def _counting(status: str, counting: set[str]) -> str:
    if status == "UNKNOWN":
        return words.labelled(ANSWERS, "unknown")
    return words.labelled(ANSWERS, "yes" if status in counting else "no")


def blocks(run: Run) -> list[Table]:
    """Return the tables of the first page, in reading order: verdicts, figures, certainty, what is needed, statuses."""
    return [claims(run), figures(run), shades(run), proof.plan_bounds(run), statuses(run)]


def claims(run: Run) -> Table:
    """Return the claims as the first page has them: verdict, sentence, what was stated and what was found."""
    whole_table = claim_table(run)
    keys = ("verdict", "text", "stated", "rate", "numerator", "denominator", "because")
    columns = tuple(next(column for column in whole_table.columns if column.key == key) for key in keys)
    return Table("verdicts", _("Verdicts"), columns, whole_table.frame[list(keys)])


def shades(run: Run) -> Table:
    """Return how many compounds are covered, possibly covered, and confirmed uncovered."""
    counts = proof.shade_counts(run)
    total = sum(counts.values())
    columns = (
        Column("shade", _("how sure"), 22),
        Column("note", _("what it means"), 40),
        Column("compounds", _("compounds"), 12, number=True),
        Column("of", _("of"), 12, number=True),
        Column("share", _("share"), 14),
    )
    data = {
        "shade": [proof_words.shade_label(name) for name in counts],
        "note": [proof_words.shade_note(name) for name in counts],
        "compounds": list(counts.values()),
        "of": [total] * len(counts),
        "share": [percent(n, total) for n in counts.values()],
    }
    return table("shade_counts", _("Compounds by certainty"), columns, data)


def figures(run: Run) -> Table:
    """Return the headline as a table."""
    rows = headline(run)
    columns = (
        Column("title", _("indicator"), 30),
        Column("rate", _("rate (interval)"), 20),
        Column("plain", _("without the link-error allowance"), 20),
        Column("low", _("lowest"), 12, number=True),
        Column("high", _("highest"), 12, number=True),
        Column("numerator", _("numerator"), 12, number=True),
        Column("denominator", _("denominator"), 12, number=True),
        Column("unknown", _("unknown among them"), 12, number=True),
        Column("excluded", _("left out"), 12, number=True),
        Column("basis", _("counted in"), 14),
        Column("unknown_text", _("what is unknown"), 40),
    )
    data = {column.key: pd.Series([getattr(row, column.key) for row in rows], dtype="object") for column in columns}
    for key in ("low", "high"):
        data[key] = pd.Series([Share(getattr(row, key)) if row.denominator else None for row in rows], dtype="object")
    return Table("figures", _("Headline"), columns, pd.DataFrame(data))


def _street_figures(run: Run, name: str) -> dict[str, Figure]:
    frame = run.indicators.frame
    rows = frame[(frame["id"] == name) & (frame["scope_level"] == "street") & (frame["basis"] == "compounds")]
    return {str(row["scope"]): figure_of(row, run) for _index, row in rows.sort_values("scope").iterrows()}


def by_street(run: Run) -> Table:
    """Return organisation coverage street by street, with the compounds that are uncovered or without data."""
    columns = (
        Column("street", _("street"), 20),
        Column("compounds", _("compounds"), 11, number=True),
        Column("covered", _("covered as declared"), 11, number=True),
        Column("declared", _("rate as declared"), 20),
        Column("valid", _("covered as valid"), 11, number=True),
        Column("valid_rate", _("rate as valid"), 20),
        Column("uncovered", words.status_label("UNCOVERED"), 11, number=True),
        Column("unknown", words.status_label("UNKNOWN"), 11, number=True),
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


def doubts(run: Run) -> list[str]:
    """Return what makes the figures doubtful before they are read: compounds twice, nowhere, or of impossible size.

    Only what concerns at least one compound in a hundred is told, impossible numbers of households always.
    """
    total = len(run.coverage.frame)
    repeated = run.findings.with_code("L110")["params"]
    spare = sum(int(params["count"]) for params in repeated) - len(repeated)
    outside = run.findings.with_code("T315")["subject"].nunique()
    nowhere = sum(params.get("level") == COMPOUND for params in run.findings.with_code("T341")["params"])
    lines = []
    if spare * DOUBTED >= max(total, 1):
        text = _("{n} of {total} compounds may be duplicates ({clusters} names stand several times): see L110")
        lines.append(text.format(n=f"{spare:,}", total=f"{total:,}", clusters=f"{len(repeated):,}"))
    if outside * DOUBTED >= max(total, 1):
        text = _("{n} of {total} compounds lie outside every street: see T315")
        lines.append(text.format(n=f"{outside:,}", total=f"{total:,}"))
    if nowhere * DOUBTED >= max(total, 1):
        text = _("{n} of {total} compounds have no place: see T341")
        lines.append(text.format(n=f"{nowhere:,}", total=f"{total:,}"))
    return lines + _impossible(run)


def _impossible(run: Run) -> list[str]:
    odd = [params for params in run.findings.with_code("S118")["params"] if params.get("column") == "households"]
    if not odd:
        return []
    named = (
        _("{name}: {value}").format(name=params.get("name") or "—", value=params["value"]) for params in odd[:NAMED]
    )
    more = [_("… and {n} more").format(n=len(odd) - NAMED)] if len(odd) > NAMED else []
    text = _("numbers of households that are hardly possible count in rates by households: {names}; see S118")
    return [text.format(names=_(", ").join([*named, *more]))]
