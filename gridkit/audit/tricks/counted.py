"""What the declared figure counts: which rows carry which compounds, and what is known to be wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridkit.audit.evidence import Evidence
from gridkit.audit.scopes import look_up
from gridkit.audit.stated import Where
from gridkit.audit.tricks.trick import NEEDED
from gridkit.model.fields import COMMUNITY, COMPOUND, YES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gridkit.model import Attributes, City, Coverage, Findings, Links, Places
    from gridkit.rules.ruleset import RuleSet, Thresholds

Offender = dict[str, Any]


def carriers(coverage: Coverage, ruleset: RuleSet) -> pd.DataFrame:
    """Return ``code``, ``record``: the rows by which each compound counts as covered by an organisation.

    All rules whose status counts are looked at, not only the deciding one: a compound stays covered as long as one of
    them is left. A rule that holds without any row stands there with the record ``""``.
    """
    wanted = {rule.id for rule in ruleset.rules if rule.status in ruleset.organisation.statuses}
    trace = coverage.trace
    held = trace[trace["rule"].isin(wanted) & trace["held"].astype(bool)]
    pairs = held[["compound", "via"]].explode("via").fillna({"via": ""})
    pairs.columns = pd.Index(["code", "record"])
    return pairs.astype("object").drop_duplicates().reset_index(drop=True)


@dataclass(frozen=True)
class Counted:
    """The values of one audit, in the shape in which the tricks ask about them.

    ``carry`` as of :func:`carriers`; ``offenders`` the findings already made, by rule code.
    """

    city: City
    places: Places
    links: Links
    attributes: Attributes
    coverage: Coverage
    ruleset: RuleSet
    carry: pd.DataFrame
    offenders: Mapping[str, list[Offender]]

    @classmethod
    def of(
        cls, city: City, places: Places, links: Links, attributes: Attributes, coverage: Coverage, *,
        ruleset: RuleSet, findings: Iterable[Findings],
    ) -> Counted:  # fmt: skip
        """Return what is counted, with the offenders among ``findings``."""
        known: dict[str, list[Offender]] = {}
        for part in findings:
            frame = part.frame
            for row in frame[frame["code"].isin(NEEDED)].to_dict("records"):
                known.setdefault(str(row["code"]), []).append({str(name): value for name, value in row.items()})
        return cls(city, places, links, attributes, coverage, ruleset, carriers(coverage, ruleset), known)

    @property
    def limits(self) -> Thresholds:
        """The thresholds of the rule set."""
        return self.ruleset.thresholds

    @cached_property
    def carried(self) -> dict[str, tuple[str, ...]]:
        """Row id -> the compounds that count through it, sorted."""
        found: dict[str, list[str]] = {}
        for code, record in zip(self.carry["code"].tolist(), self.carry["record"].tolist(), strict=True):
            if record:
                found.setdefault(record, []).append(code)
        return {record: tuple(sorted(found[record])) for record in sorted(found)}

    @cached_property
    def declared(self) -> frozenset[str]:
        """Compounds that count as covered by an organisation."""
        frame = self.coverage.frame
        return frozenset(frame.index[(frame["organisation"] == YES).to_numpy(bool)])

    @cached_property
    def units(self) -> dict[str, str]:
        """The names of the units, by row id."""
        return {str(record): str(name) for record, name in self.city.rows("units")["name"].items()}

    @cached_property
    def evidence(self) -> Evidence:
        """The links by registry and column."""
        return Evidence(self.city, self.links)

    @cached_property
    def branches(self) -> pd.DataFrame:
        """The branch registry."""
        return self.city.rows("branches")

    @cached_property
    def _branches(self) -> dict[str, str]:
        return {str(record): str(name) for record, name in self.branches["name"].items()}

    def branch(self, record: str) -> str:
        """Return the name of a branch; its row where it has none."""
        return self._branches.get(record, "") or record

    def found(self, code: str, *, counted: bool = True) -> list[Offender]:
        """Return the offenders of a rule, with ``counted`` only rows through which a compound counts."""
        rows = self.offenders.get(code, [])
        return [row for row in rows if row["subject"] in self.carried] if counted else rows

    def given(self, kind: str, field: str) -> bool:
        """Whether a registry has the column ``field``."""
        registry = self.city.registries.get(kind)
        return registry is not None and field in registry.given

    def claims(self) -> pd.Series:
        """Return, per row of the compound registry, whether it claims to be covered."""
        told = self.city.rows("compounds")["coverage_claimed"].fillna("").str.strip()
        return (told != "") & ~told.isin(self.ruleset.words.claims_nothing)

    @cached_property
    def listing(self) -> pd.DataFrame:
        """Return ``record``, ``code`` of the compound registry's accepted links, and its ``community``."""
        links = self.links.accepted("compound", "compound")
        links = links[links["record"].isin(self.city.rows("compounds").index)][["record", "code"]].drop_duplicates()
        return links.assign(community=look_up(links["code"], self.places.frame[COMMUNITY])).reset_index(drop=True)

    @cached_property
    def _where(self) -> Where:
        return Where.of(self.city, self.places, self.links, self.coverage.frame.index)

    def unsettled(self, field: str) -> pd.DataFrame:
        """Return the candidates of compound names in the column ``field`` that no link settles, nor a person."""
        frame = self.links.frame
        frame = frame[(frame["field"] == field) & (frame["level"] == COMPOUND) & (frame["method"] != "all")]
        if frame.empty:
            return frame
        key = [frame["record"], frame["position"]]
        settled = (frame["accepted"].astype(bool) | (frame["method"] == "override")).groupby(key).transform("any")
        return frame[~settled.astype(bool)]

    def perhaps(self, field: str) -> frozenset[str]:
        """Return the compounds that an unsettled name in ``field`` may mean.

        It may mean its candidates, what it is like, and any compound of the community (else street) that its row
        states.
        """
        rest, where = self.unsettled(field), self._where
        found = pd.concat([where.compounds(rest, ""), where.alike(rest, ""), where.around(rest, "")])["place"]
        return frozenset(str(code) for code in where.codes[found.unique()])

    def alike(self, field: str) -> dict[str, frozenset[str]]:
        """Return, per row, the communities of the compounds that its unsettled names in ``field`` are like."""
        where = self._where
        table = where.alike(self.unsettled(field), "")
        area = where.table[COMMUNITY].to_numpy()[table["place"].to_numpy()]
        groups = pd.Series(area, index=table["record"], dtype=object).groupby(level=0)
        return {str(record): frozenset(found) for record, found in groups}

    def stated(self, record: str) -> str:
        """Return the community that a row states, ``""`` where it states none that is known."""
        told = self._where.stated[COMMUNITY]
        return str(told.get(record, "") or "")

    def community_name(self, code: str) -> str:
        """Return the name of a community of the layer; its code where the layer does not hold it."""
        layer = self.city.layers.get(COMMUNITY)
        return str(layer.frame["name"][code]) if layer is not None and code in layer.frame.index else code

    def name(self, code: str) -> str:
        """Return the name of a compound, as the layer gives it."""
        return self._names.get(code, "") or code

    @cached_property
    def _names(self) -> dict[str, str]:
        layer = self.city.layers.get(COMPOUND)
        names = self.attributes.frame["name"] if layer is None else layer.frame["name"]
        return {str(code): str(name) for code, name in names.items()}

    def origin(self, code: str, field: str) -> tuple[tuple[str, str], ...]:
        """Return the record and field that a value of a compound comes from, where one does."""
        record = str(self.attributes.origin[field].get(code, ""))
        return ((record, field),) if record else ()
