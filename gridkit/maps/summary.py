"""What the page says without a script: headline figures, the table street by status, the lines at the foot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pandas as pd

from gridkit.audit.format import interval, percent, span
from gridkit.coverage import caveats
from gridkit.locale import gettext as _
from gridkit.maps.bare import NOT_AUDITED
from gridkit.maps.certainty import certainty
from gridkit.maps.features import group_of
from gridkit.maps.palette import STATUS_STYLES
from gridkit.maps.profiles import FEW_HOUSEHOLDS, Options, withheld_homes
from gridkit.maps.rates import DECLARED, UNPLACED, VALID, Numbers, in_words, numbers, numbers_in, numbers_of, rate_of
from gridkit.maps.words import GROUPS, ONE_OF, said
from gridkit.model.fields import STATUSES, STREET
from gridkit.rules.labels import ruleset_label

if TYPE_CHECKING:
    from gridkit.model import Run

FILES_NAMED: Final = 6
"""Files that the foot of a page names; of more it says the number."""


@dataclass(frozen=True)
class Figure:
    """One big figure: a count, what it counts, and its share of all compounds."""

    id: str
    label: str
    count: int
    share: str


@dataclass(frozen=True)
class Row:
    """One row of the table: a street, its compounds by status in the order of ``STATUSES``, and its coverage rate.

    ``share`` holds numerator and denominator, ``percent`` what they make, ``rate`` the interval.
    """

    code: str
    name: str
    total: int
    counts: tuple[int, ...]
    share: str
    rate: str
    percent: str


def headline(run: Run) -> list[Figure]:
    """Return the figures of the headline, all compounds first; the others add up to it.

    Groups without a compound are left out, but covered, not covered and data missing are always said.
    """
    groups = group_of(run.coverage).value_counts()
    total = len(run.coverage.frame)
    figures = [Figure("total", _("compounds"), total, "")]
    for name, label in said(GROUPS).items():
        count = int(groups.get(name, 0))
        if count or name in ("covered", "uncovered", "unknown"):
            figures.append(Figure(name, label, count, percent(count, total)))
    return figures


def rates(run: Run, *, public: bool = False) -> list[str]:
    """Return the city's coverage rates in words, each with numerator, denominator and what was left out.

    A public map leaves out the rate by households where those of some compounds are not said, for these would follow.
    """
    labels = {
        (DECLARED, "compounds"): _("Organisation coverage as declared, by compounds"),
        (VALID, "compounds"): _("as valid, by compounds"),
        (DECLARED, "households"): _("as declared, by households"),
    }
    lines = []
    if public and len(withheld_homes(run)):
        labels.pop((DECLARED, "households"))
    for (name, basis), label in labels.items():
        try:
            row = run.indicators.get(name, basis=basis)
        except KeyError:
            continue
        excluded = int(row["excluded"])
        line = _("{label}: {rate}").format(label=label, rate=in_words(*numbers_in(row)))
        lines.append(line + (_(" ({excluded} excluded)").format(excluded=excluded) if excluded else ""))
    return lines


def derivation(run: Run) -> list[str]:
    """Return where the ends of the city's interval by compounds come from, a sentence each; nothing for one figure."""
    try:
        row = run.indicators.get(DECLARED, basis="compounds")
    except KeyError:
        return []
    n, d, unknown, less, more = numbers_in(row)
    low, plain, lines = span(n, d, unknown, less=less, more=more)[0], interval(n, d, unknown), []
    if low < n:
        text = _("Lower end of the interval: {low} = {n} covered − {less} that wrong links may have added (allowance)")
        lines.append(text.format(low=low, n=n, less=n - low))
    lines += filter(None, [upper_end(run)])
    if rate_of((n, d, unknown, less, more)) != plain:
        lines.append(_("Without the link-error allowance: {interval}").format(interval=plain))
    return lines


def upper_end(run: Run) -> str:
    """Return what the upper end of the city's rate is made of, where that is more than the compounds without data.

    Besides compounds whose organisation coverage is unknown it counts compounds that the registries may mean by names
    that match nothing (``possible`` in the details of the indicator).
    """
    try:
        row = run.indicators.get(DECLARED, basis="compounds")
    except KeyError:
        return ""
    covered, unknown, without = int(row["numerator"]), int(row["unknown"]), len(row["unknown_ids"])
    listed = int((run.coverage.frame["status"] == "UNKNOWN").sum())
    perhaps = unknown - without
    hidden = span(*numbers_in(row)[:3], more=numbers_in(row)[4])[1] - covered - unknown
    if perhaps <= 0 and without == listed and not hidden:
        return ""
    parts = [_("{n} covered").format(n=covered)]
    if without == listed:
        parts.append(_("{n} with data missing").format(n=without))
    else:
        text = _("{n} whose organisation coverage is unknown ({listed} of them listed as data missing)")
        parts.append(text.format(n=without, listed=listed))
    if perhaps > 0:
        records = len(row["details"].get("possible", ()))
        text = _("up to {n} that the registries may mean by names that match nothing ({records} records)")
        if not records:  # of a street, whose rows do not name them
            text = _("up to {n} that the registries may mean by names that match nothing")
        parts.append(text.format(n=perhaps, records=records))
    if hidden > 0:
        parts.append(_("{n} that wrong links may hide (allowance)").format(n=hidden))
    high = covered + unknown + max(hidden, 0)
    return _("Upper end of the interval: {high} = {parts}").format(high=high, parts=" + ".join(parts))


def counting(run: Run) -> str:
    """Return which statuses count as organisation coverage, and by which rule set."""
    labels = [_(style.label) for style in STATUS_STYLES if style.id in run.coverage.counts_as]
    return _("Counts as organisation coverage: {statuses} (rule set {ruleset})").format(
        statuses=_(", ").join(labels) or _("not stated"), ruleset=ruleset_label(run.coverage.ruleset)
    )


def by_street(run: Run, level: str = STREET) -> list[Row]:
    """Return the table street by status, compounds in no street in a row of their own, all in the last row.

    ``level`` is ``community`` for the page of one street.

    The rates are those of the indicators of the same scope, so that no two figures of a page differ.
    """
    coverage = run.coverage.frame
    street = run.places.frame[level].reindex(coverage.index).fillna("")
    counts = pd.crosstab(street, coverage["status"]).reindex(columns=list(STATUSES), fill_value=0)
    table, city = numbers(run, DECLARED, level), numbers(run, DECLARED, "city")
    layer = run.city.layers.get(level)
    names = {} if layer is None else layer.frame["name"].to_dict()
    nowhere = _("(in no street)") if level == STREET else _("(in no community)")
    rows = []
    for code in [*sorted({*names, *counts.index} - {""}), *([""] if "" in counts.index else [])]:
        held = tuple(int(n) for n in counts.loc[code]) if code in counts.index else (0,) * len(STATUSES)
        name = (names.get(code) or code) if code else nowhere
        rows.append(_row(code, str(name), held, numbers_of(table, code or UNPLACED)))
    sums = tuple(sum(row.counts[at] for row in rows) for at in range(len(STATUSES)))
    return [*rows, _row("", _("All"), sums, numbers_of(city, ""))]


def _row(code: str, name: str, counts: tuple[int, ...], rate: Numbers) -> Row:
    n, total, *_rest = rate
    return Row(code, name, sum(counts), counts, f"{n}/{total}", rate_of(rate), percent(n, total))


def footer(run: Run, options: Options) -> list[str]:
    """Return the lines at the foot of the page."""
    as_of = run.city.as_of.isoformat() if run.city.as_of else _("not stated")
    lines = [
        _("Data as of {date}").format(date=as_of),
        _("Source: {source}").format(source=_source(run, public=options.public)),
        _("Coordinates: CGCS2000 degrees (EPSG:4490), areas in {crs}").format(crs=run.city.crs),
        _("Base map: {name}").format(name=basemap_name(options.basemap)),
        _("Rule set: {name}").format(
            name=ruleset_label(run.coverage.ruleset) if run.coverage.ruleset else _("not stated")
        ),
        _("Inputs: {hash}").format(hash=run.inputs_hash[:16] or _("not stated")),
    ]
    if options.approval_no:
        lines.append(_("Map review number: {number}").format(number=options.approval_no))
    elif options.public:
        lines.append(_("Map review number: none; have the map reviewed before it is published"))
    if options.public:
        lines.append(
            _(
                "Places of the armed forces are not shown; the figures count every compound. Of compounds with fewer "
                "than {few} households only place and status are shown."
            ).format(few=FEW_HOUSEHOLDS)
        )
        return lines
    return [*lines, _("Internal material, not for publication")]


def _source(run: Run, *, public: bool) -> str:
    """Return what the map was made from: on a public map only how many tables and layers, as names may tell."""
    files = sorted({source.path for source in run.city.sources})
    if public or len(files) > FILES_NAMED:
        return _("{n} files").format(n=len(files))
    return _(", ").join(files) if files else _("not stated")


def basemap_name(basemap: object) -> str:
    """Return how a base map is called at the foot of the page; a key in an address is not repeated.

    >>> basemap_name("http://10.0.0.1/tiles/{z}/{x}/{y}.png?key=1"), basemap_name("osm")
    ('10.0.0.1', 'osm')
    """
    if not basemap:
        return _("none")
    name = str(getattr(basemap, "name", "") or basemap)
    return urlsplit(name).netloc.rpartition("@")[2] or name if "://" in name else name


def shell(run: Run, title: str, options: Options | None = None, *, level: str = STREET) -> dict[str, Any]:
    """Return what the page template shows; ``level`` is that of the rows of its table."""
    options = options or Options()
    notes = [_("Made without an audit: without findings, and without an allowance for wrong links.")]
    return {
        "title": title,
        "figures": headline(run),
        "rates": rates(run, public=options.public),
        "derivation": [] if options.public else [*derivation(run), *certainty(run)],
        "warnings": [
            *(caveats(run.city) if len(run.coverage.frame) else []),
            *(notes if run.settings.get(NOT_AUDITED) else []),
        ],
        "counting": counting(run),
        "statuses": [style.said() for style in STATUS_STYLES],
        "rows": by_street(run, level),
        "level": level,
        "level_name": _(ONE_OF[level]),
        "footer": footer(run, options),
        "mark": "" if options.public else _("Internal"),
    }
