"""Findings A2xx: numbers and dates of the registries that contradict each other."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gridkit.audit.claims import MISTYPED, find
from gridkit.audit.figures import comparator, figure_of
from gridkit.audit.ledgers import LEDGER
from gridkit.audit.outcomes import contradictions
from gridkit.audit.shares import SIZES, totals_for
from gridkit.audit.titles import indicator_title
from gridkit.audit.verdicts import declared
from gridkit.locale import gettext
from gridkit.model import Findings
from gridkit.model.fields import COMPOUND
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gridkit.audit.claims import Claim
    from gridkit.model import City, Indicators

PARTS: Final = (
    ("A202", "owners_committees", "party_members", "members"),
    ("A206", "branches", "formal_members", "members"),
    ("A206", "property_companies", "formal_members", "members"),
    ("A207", "units", "members_reported", "members"),
    ("A207", "owners_committees", "in_branch_committee", "members"),
    ("A207", "compounds", "households_occupied", "households"),
    ("A207", COMPOUND, "households_occupied", "households"),
    ("A207", "property_companies", "members", "employees"),
)
"""Rule, registry or layer, part, whole: the part is never more than the whole."""

ORDERED: Final = (
    ("branches", "founded_on", "term_end"),
    ("owners_committees", "founded_on", "term_end"),
    ("ledgers", "raised_on", "promised_on"),
    ("ledgers", "raised_on", "due_on"),
    ("ledgers", "raised_on", "resolved_on"),
)
"""Registry, earlier date, later date."""

PAST: Final = (
    ("branches", "founded_on"),
    ("branches", "agreement_on"),
    ("owners_committees", "founded_on"),
    ("pairings", "since"),
    ("pairings", "agreement_on"),
    ("ledgers", "raised_on"),
    ("ledgers", "promised_on"),
    ("ledgers", "resolved_on"),
    ("compounds", "agreement_on"),
)
"""Registry and date of something done, which cannot lie after the date of the data."""

_DATE = r"\d{4}-\d{2}-\d{2}"


def check_arithmetic(city: City, claims: Iterable[Claim] = (), indicators: Indicators | None = None) -> Findings:
    """Return what contradicts itself in the registries, whatever the places may be.

    Parameters
    ----------
    city : City
        Layers and registries.
    claims : iterable of Claim
        Stated figures; party shares among them are checked for being reachable at all.
    indicators : Indicators, optional
        What was measured. Without it only the indicators that claims name are checked, not their scopes and bases.

    Returns
    -------
    Findings
        A201-A211, each with its cells.
    """
    claims = tuple(claims)
    parts = (_parts(city), _dates(city), _committees(city), _companies(city), _ledgers(city), _shares(city, claims),
             _mistyped(city, claims, indicators))  # fmt: skip
    return Findings.of(row for part in parts for row in part)


def _frame(city: City, kind: str) -> pd.DataFrame:
    """Return a registry, or a layer indexed by its records."""
    if kind not in city.layers:
        return city.rows(kind)
    frame = pd.DataFrame(city.layers[kind].frame.drop(columns="geometry"))
    return frame.set_index(pd.Index(frame["src"] + "!" + frame["row"].astype(str), dtype="object"))


def _header(city: City, record: str, field: str) -> str:
    """Return how the file itself heads the column ``field``."""
    src = record.rpartition("!")[0]
    headers = next((source.headers for source in city.sources if source.name == src), {})
    return headers.get(field, field)


def _cells(city: City, record: str, *fields: str) -> tuple[str, ...]:
    return tuple(city.cell(record, field) for field in fields)


def _parts(city: City) -> Iterator[dict[str, Any]]:
    for code, kind, part, whole in PARTS:
        if kind == COMPOUND and kind not in city.layers:
            continue
        frame = _frame(city, kind)
        wrong = frame[(frame[part] > frame[whole]).fillna(False).astype(bool)]
        for record, some, every in zip(wrong.index, wrong[part], wrong[whole], strict=True):
            values: dict[str, Any] = {"part": int(some), "whole": int(every)}
            if code == "A207":
                values |= {"field": _header(city, record, part), "of": _header(city, record, whole)}
            yield CATALOGUE[code].found(record, refs=_cells(city, record, part, whole), **values)


def _dates(city: City) -> Iterator[dict[str, Any]]:
    for kind, early, late in ORDERED:
        frame = _frame(city, kind)
        frame = frame[frame[early].str.fullmatch(_DATE) & frame[late].str.fullmatch(_DATE)] if len(frame) else frame
        wrong = frame[frame[late] < frame[early]] if len(frame) else frame
        for record, before, after in zip(wrong.index, wrong[early], wrong[late], strict=True):
            values: dict[str, Any] = {"early": before, "late": after}
            values |= {"field": _header(city, record, late), "of": _header(city, record, early)}
            yield CATALOGUE["A208"].found(record, refs=_cells(city, record, early, late), **values)
    if city.as_of is None:
        return
    as_of = city.as_of.isoformat()
    for kind, field in PAST:
        frame = _frame(city, kind)
        frame = frame[frame[field].str.fullmatch(_DATE) & (frame[field] > as_of)] if len(frame) else frame
        for record, date in zip(frame.index, frame[field], strict=True):
            name, refs = _header(city, record, field), _cells(city, record, field)
            yield CATALOGUE["A209"].found(record, refs=refs, field=name, date=date, as_of=as_of)


def _committees(city: City) -> Iterator[dict[str, Any]]:
    frame = city.rows("owners_committees")
    frame = frame[(frame["body_kind"] == "owners_committee") & frame["members"].notna()]
    for record, members in frame.loc[~frame["members"].isin(SIZES), "members"].items():
        refs = _cells(city, str(record), "members")
        yield CATALOGUE["A203"].found(str(record), refs=refs, members=int(members))


def _companies(city: City) -> Iterator[dict[str, Any]]:
    frame = city.rows("property_companies")
    wrong = contradictions(frame)
    fields = ("party_form", "formal_members", "members", "eligible")
    for record, reason in wrong.items():
        row, refs = frame.loc[record], _cells(city, str(record), *fields)
        formal = "?" if pd.isna(row["formal_members"]) else int(row["formal_members"])
        values = {"form": row["party_form"], "formal": formal, "eligible": row["eligible"], "reason": reason}
        yield CATALOGUE["A204"].found(str(record), refs=refs, **values)
    without = frame[(frame["party_form"] == "none") & ~frame.index.isin(wrong.index)]
    for record, members in without["members"].items():
        number = "?" if pd.isna(members) else int(members)
        yield CATALOGUE["A205"].found(str(record), refs=_cells(city, str(record), "party_form"), members=number)


def _ledgers(city: City) -> Iterator[dict[str, Any]]:
    """Yield the communities whose ledger resolves more than it promises; silent where promises are not recorded."""
    if "ledgers" not in city.registries or "promised_on" not in city.registries["ledgers"].given:
        return
    frame = city.rows("ledgers")
    frame = frame[frame["ledger_kind"] == LEDGER].sort_index()
    promised, resolved = frame["promised_on"] != "", frame["resolved_on"] != ""
    counts = pd.DataFrame({"raised": 1, "promised": promised, "resolved": resolved, "stray": resolved & ~promised})
    sums = counts.astype("int64").groupby(frame["community_name"]).sum()
    for community, row in sums[sums["resolved"] > sums["promised"]].iterrows():
        rows = frame.index[(resolved & ~promised) & (frame["community_name"] == community)]
        refs = tuple(city.cell(record, "promised_on") for record in rows)
        numbers = {name: int(value) for name, value in row.items()}
        yield CATALOGUE["A201"].found(str(community), refs=refs, community=str(community) or "?", **numbers)


def _shares(city: City, claims: Iterable[Claim]) -> Iterator[dict[str, Any]]:
    frame = city.rows("owners_committees")
    committees = int((frame["body_kind"] == "owners_committee").sum())
    for claim in claims:
        stated = figure_of(claim)
        if (
            stated is None
            or comparator(claim.comparator) != "="
            or not claim.indicator.startswith("owners.party_share")
        ):
            continue
        number = 1 if claim.indicator.endswith("_min") else committees
        if number and not totals_for(*stated, number):
            figure = f"{float(Fraction(stated[0])):.{stated[1]}f}%"
            yield CATALOGUE["A210"].found(claim.text, figure=figure, committees=number)


def _mistyped(city: City, claims: Iterable[Claim], indicators: Indicators | None) -> Iterator[dict[str, Any]]:
    """Yield the claims that name an indicator, a scope or a basis that is not there: nobody would judge them."""
    frame = pd.DataFrame({"id": []}, dtype="object") if indicators is None else indicators.frame
    for claim in claims:
        if getattr(claim, "mistakes", ()) or declared(claim) is not None:
            continue  # judged by the matrix, or not at all
        found = find(claim, frame, city)
        if isinstance(found, dict) and found["key"] in MISTYPED:
            variant = MISTYPED[found["key"]]
            near = gettext(", ").join(found["near"]) or "-"
            values = {"indicator": indicator_title(claim.indicator), "mention": found[variant], "near": near}
            yield CATALOGUE["A211"].found(claim.text, variant=variant, **values)
