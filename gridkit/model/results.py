"""What the rooms between reading and reporting hand on: places, links, attributes, coverage, indicators, claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from gridkit.model.fields import STATUSES
from gridkit.model.overrides import DECISION_COLUMNS
from gridkit.model.proof import AuditResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from gridkit.model.city import City
    from gridkit.model.findings import Findings

PLACE_COLUMNS = ("grid", "community", "street", "method", "share")
LINK_COLUMNS = (
    "record", "field", "position", "mention", "level", "code",
    "method", "score", "margin", "rank", "accepted", "reason",
)  # fmt: skip
HEALTH_COLUMNS = ("source", "field", "column", "verdict", "checked", "agreeing", "dx", "dy")
COVERAGE_COLUMNS = ("status", "organisation", "work", "valid", "rule", "via", "open_via", "flags", "refs")
INDICATOR_COLUMNS = (
    "id", "scope_level", "scope", "basis", "numerator", "denominator", "excluded", "unknown", "low", "high",
    "numerator_ids", "unknown_ids", "missing_ids", "excluded_ids", "details", "allowance_low", "allowance_high",
)  # fmt: skip
CLAIM_COLUMNS = (
    "text", "indicator", "scope", "basis", "comparator", "figure", "verdict", "numerator", "denominator", "low", "high",
    "because", "ids", "source", "definition", "upheld_under", "as_of", "upper", "scope_level", "scope_code",
)  # fmt: skip


def _require(frame: pd.DataFrame, columns: tuple[str, ...], what: str) -> None:
    lacking = [name for name in columns if name not in frame.columns]
    if lacking:
        raise ValueError(f"{what} lacks {lacking}")


@dataclass(frozen=True)
class Places:
    """Which grid, community and street each compound lies in, by geometry where there is one, else by its codes.

    ``frame`` is indexed like the compound layer: ``grid``, ``community``, ``street`` (codes, ``""`` for none),
    ``method`` (``contains``, ``overlap``, ``point``, ``code``, ``none``: how the lowest level was found), ``share`` of
    its area inside the community (0..1, NaN for points). ``parents`` holds, per level below street, child code
    -> parent code (for ``community`` the street, for ``grid`` the community), by geometry where both layers exist.
    """

    frame: pd.DataFrame
    parents: Mapping[str, pd.Series] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _require(self.frame, PLACE_COLUMNS, "places")


@dataclass(frozen=True)
class Links:
    """Registry mentions joined to codes; every candidate is kept, and a mention without any has one row.

    ``frame`` columns: ``record`` (row id), ``field`` (the column that holds the mention), ``position`` (0.. in a list
    cell), ``mention`` (text as split), ``level`` (``compound``, ``community``, ``grid``, ``street``, ``unit``,
    ``company``, ``branch``), ``code`` (``""`` for no candidate), ``method`` (``code+name``, ``name+parent``, ...,
    ``none``; ``all`` without a code means every place of a community that is not known), ``score`` (points), ``margin``
    (points ahead of the next candidate), ``rank`` (1 = best), ``accepted``, ``reason`` (dict of plain values that
    explain the decision).

    ``pending`` has the same columns: the links that there would be, beyond these, if the held rows of the city
    (``City.pending``) were records. They count nowhere; what only they would cover is unknown. ``health`` names the
    columns that were not used because most anchors contradict them: ``source``, ``field``, ``column`` (``code``,
    ``point``, ``community``), ``verdict`` (``shifted`` by a row, ``offset`` in metres ``dx``, ``dy``, or ``wrong``),
    ``checked``, ``agreeing``. ``decisions`` says what became of each decision of a person (``DECISION_COLUMNS`` of
    :mod:`gridkit.model.overrides`); a mention that one of them settles has the method ``override``.
    """

    frame: pd.DataFrame
    pending: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(LINK_COLUMNS)))
    health: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(HEALTH_COLUMNS)))
    decisions: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(DECISION_COLUMNS)))

    def __post_init__(self) -> None:
        _require(self.frame, LINK_COLUMNS, "links")
        _require(self.pending, LINK_COLUMNS, "pending links")
        _require(self.decisions, DECISION_COLUMNS, "decisions")

    def accepted(self, level: str, name: str = "") -> pd.DataFrame:
        """Return accepted links to ``level``, of the mention column ``name`` where given."""
        frame = self.frame[self.frame["accepted"] & (self.frame["level"] == level)]
        return frame[frame["field"] == name] if name else frame

    def open(self, level: str = "") -> pd.DataFrame:
        """Return the candidates of mentions that wait for a person: candidates exist, none is accepted."""
        waiting = ~self.frame["accepted"].astype(bool).to_numpy() & (self.frame["code"] != "").to_numpy(dtype=bool)
        # Only the mentions of these records matter; of most records every mention is settled.
        records = pd.Index(self.frame["record"].to_numpy(dtype=object)[waiting], dtype="object").unique()
        mine = records.get_indexer(pd.Index(self.frame["record"], dtype="object")) >= 0
        frame = self.frame[mine]
        key = [frame["record"], frame["field"], frame["position"]]
        settled = frame["accepted"].groupby(key).transform("any") if len(frame) else frame["accepted"]
        rows = frame[~settled.astype(bool) & waiting[mine]]
        return rows[rows["level"] == level] if level else rows

    def unmatched(self) -> pd.DataFrame:
        """Return the mentions without any candidate."""
        return self.frame[(self.frame["code"] == "") & ~self.frame["accepted"].astype(bool)]

    def __repr__(self) -> str:
        accepted, waiting = int(self.frame["accepted"].sum()), self.open()
        mentions = len(waiting.drop_duplicates(["record", "field", "position"]))
        return f"<Links: {accepted} accepted, {mentions} for review, {len(self.unmatched())} without candidate>"


@dataclass(frozen=True)
class Attributes:
    """One value per compound and field, from the layer and the ``compounds`` registry, and where each came from.

    ``frame`` is indexed like the compound layer with the columns ``LAYER_FIELDS["compound"]``; ``origin`` has the same
    shape and holds the row id of the record that gave the value (``""`` where nothing gave one).
    """

    frame: pd.DataFrame
    origin: pd.DataFrame


@dataclass(frozen=True)
class Coverage:
    """One row per compound: how it is covered, and why.

    ``frame`` is indexed like the compound layer: ``status`` (one of ``STATUSES``), ``organisation``, ``work``,
    ``valid`` (``yes``/``no``/``unknown``), ``rule`` (id of the deciding rule), ``via`` (tuple of the row ids that cover
    it), ``open_via`` (row ids that would cover it if an open link were confirmed), ``flags`` (tuple of finding codes),
    ``refs`` (tuple of cells). ``trace`` lists every rule per compound: ``compound``, ``rule``, ``held``, ``via``.
    ``counts_as`` says which statuses count as organisation coverage in this rule set.
    """

    frame: pd.DataFrame
    ruleset: str = "strict"
    counts_as: tuple[str, ...] = ()
    trace: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["compound", "rule", "held", "via"]))

    def __post_init__(self) -> None:
        _require(self.frame, COVERAGE_COLUMNS, "coverage")
        strange = set(self.frame["status"]) - set(STATUSES)
        if strange:
            raise ValueError(f"unknown statuses {sorted(strange)}")

    def by_status(self) -> dict[str, int]:
        """Return the number of compounds in each status, in the order of ``STATUSES``; the numbers add up to all."""
        counts = self.frame["status"].value_counts()
        return {status: int(counts.get(status, 0)) for status in STATUSES}

    def __repr__(self) -> str:
        by = ", ".join(f"{n} {status}" for status, n in self.by_status().items() if n)
        return f"<Coverage of {len(self.frame)} compounds ({self.ruleset}): {by}>"


@dataclass(frozen=True)
class Indicators:
    """Indicator table: one row per indicator, scope and basis.

    ``frame`` columns: ``id`` (``coverage.organisation.declared``), ``scope_level`` (``city``, ``street``,
    ``community``, ``grid``, ``class``), ``scope`` (a code, ``urban``, ``township`` or ``""`` for the city), ``basis``
    (``compounds``, ``households``, ``grids``, ...), ``numerator``, ``denominator``, ``excluded``, ``unknown`` (whole
    numbers), ``low`` = (numerator - allowance_low) / denominator, ``high`` = (numerator + unknown + allowance_high) /
    denominator (NaN without a denominator; shares kept between 0 and 1), the ids behind each (tuples), ``details``
    (dict), ``allowance_low`` and ``allowance_high`` (whole numbers: 0 as measured, until the audit has widened them).
    """

    frame: pd.DataFrame

    def __post_init__(self) -> None:
        _require(self.frame, INDICATOR_COLUMNS, "indicators")

    def get(self, name: str, *, scope: str = "", basis: str = "") -> pd.Series:
        """Return one row; raises KeyError where there is none."""
        frame = self.frame
        rows = frame[(frame["id"] == name) & (frame["scope"] == scope)]
        if basis:
            rows = rows[rows["basis"] == basis]
        if rows.empty:
            raise KeyError((name, scope, basis))
        return rows.iloc[0]


@dataclass(frozen=True)
class Linked:
    """The links of a city, what is to be said about them, and the coverage and indicators that follow from them.

    ``queue`` are the decisions that wait for a person (:func:`gridkit.linkage.review_queue`), where
    they were asked for.
    """

    city: City
    links: Links
    attributes: Attributes
    coverage: Coverage
    indicators: Indicators
    findings: Findings
    queue: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class Run:
    """All values of one audit, handed to reports, maps and stores.

    ``links`` hold what was joined, ``claims`` has the columns ``CLAIM_COLUMNS``, ``inputs_hash`` is the sha256 over all
    inputs and settings, ``language`` the language of the reports, ``settings`` the project settings as plain values,
    ``result`` what is proved beside the figures, ``defects`` those of the boundary layers, as ``frame`` of
    :class:`gridkit.model.boundaries.Inspection`.
    """

    city: City
    places: Places
    links: Links
    attributes: Attributes
    coverage: Coverage
    indicators: Indicators
    claims: pd.DataFrame
    findings: Findings
    inputs_hash: str = ""
    language: str = "zh"
    settings: Mapping[str, object] = field(default_factory=dict)
    result: AuditResult = field(default_factory=AuditResult)
    defects: gpd.GeoDataFrame | None = None
