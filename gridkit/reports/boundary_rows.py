"""Defects that wait for a person, in words: units with names, what would be done, and between whom is to be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gridkit.locale import N_
from gridkit.locale import gettext as _
from gridkit.reports import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from gridkit.model import City
    from gridkit.model.repairs import BoundaryPlan

CAUSES: Final[Mapping[str, str]] = {
    "several": N_("more than two units claim it"),
    "parents": N_("the units have different superiors; nothing goes from one to another without a person"),
    "wide": N_("it is wider than what is settled without a person"),
    "large": N_("it is larger than what is settled without a person"),
    "share": N_("a unit would change by more than its bound"),
    "alone": N_("no unit lies beside it that could have it"),
    "inside": N_("something lies inside it"),
    "overlay": N_("one of the two is a grid that lies over the others"),
}
"""Why a person is asked, by the engine's word."""
_TAKEN_BACK: Final = N_("it was settled, and taken back because something beside it did not come out clean")
_ASKED: Final = N_("rules do not settle it without a person")
_SEVERITY: Final = {"error": 0, "warning": 1, "notice": 2}


@dataclass(frozen=True)
class DecisionRow:
    """One defect that waits, or was decided, in the reader's language; ``alternatives`` are code, name, metres."""

    defect_id: str
    level: str
    rule: str
    title: str
    severity: str
    units: tuple[tuple[str, str], ...]
    area: float
    width: float
    compounds: int
    households: int
    suggested: str
    suggested_name: str
    alternatives: tuple[tuple[str, str, float], ...]
    cause: str
    decided: Mapping[str, str]
    geometry: Any = None

    @property
    def waits(self) -> bool:
        """Whether nobody has decided yet."""
        return not self.decided


class UnitNames:
    """Names of units by level and code."""

    def __init__(self, city: City) -> None:
        self._names = {
            level: dict(zip(map(str, layer.frame.index), layer.frame["name"].fillna("").astype(str), strict=True))
            for level, layer in city.layers.items()
        }

    def of(self, code: str, level: str = "") -> str:
        """Return the name of a unit, ``""`` where it has none; of the level first, else of any."""
        levels = [level, *(other for other in self._names if other != level)]
        return next((name for one in levels if (name := self._names.get(one, {}).get(code, ""))), "")

    def called(self, code: str, level: str = "") -> str:
        """Return code and name."""
        name = self.of(code, level)
        return _("{code} {name}").format(code=code, name=name) if name else code


def decision_rows(plan: BoundaryPlan) -> list[DecisionRow]:
    """Return the defects that wait or were decided, the worst first: severity, people inside, area."""
    names = UnitNames(plan.city)
    given = {
        str(row["defect_id"]): {key: str(value) for key, value in row.items() if key != "ref"}
        for row in plan.decisions.to_dict("records")
    }
    frame = plan.inspection.frame
    wanted = dict.fromkeys((*plan.waiting, *(key for key in given if key in frame.index)))
    known = [name for name in wanted if name in frame.index]
    failed = set(plan.repair.failed)
    rows = [
        _row(str(ident), row, names, failed, given.get(str(ident), {}))
        for ident, row in zip(known, frame.loc[known].to_dict("records"), strict=True)
    ]
    rows += [_bare(name, names, given.get(name, {})) for name in wanted if name not in frame.index]
    return sorted(rows, key=_order)


def _order(row: DecisionRow) -> tuple[Any, ...]:
    return (not row.waits, _SEVERITY.get(row.severity, 3), -row.households, -row.compounds, -row.area, row.defect_id)


def _row(
    ident: str, row: Mapping[str, Any], names: UnitNames, failed: set[str], decided: Mapping[str, str]
) -> DecisionRow:
    level, target = str(row["level"]), str(row["target"] or "")
    metres = [*row["borders"], *([0.0] * len(row["alternatives"]))]
    cause = _(_TAKEN_BACK) if ident in failed else cause_words(str(row["cause"] or ""))
    return DecisionRow(
        ident, level, str(row["code"]), words.rule_title(str(row["code"])), str(row["severity"]),
        tuple((str(code), names.of(str(code), level)) for code in row["units"]),
        float(row["area_m2"]), float(row["width_m"]), int(row["compounds"]), int(row["households"]),
        target, names.of(target, level) if target else "",
        tuple((str(code), names.of(str(code), level), float(length)) for code, length in zip(
            row["alternatives"], metres, strict=False)),
        cause, decided, row["geometry"],
    )  # fmt: skip


def _bare(ident: str, names: UnitNames, decided: Mapping[str, str]) -> DecisionRow:
    """Return a defect of which only the id is known: it came up while another was settled."""
    del names
    cause = _("it came up while others were settled; settle those first")
    return DecisionRow(ident, "", "", "", "", (), 0.0, 0.0, 0, 0, "", "", (), cause, decided)


def cause_words(cause: str) -> str:
    """Return why a person is asked.

    >>> cause_words("alone"), cause_words("")
    ('no unit lies beside it that could have it', 'rules do not settle it without a person')
    """
    return _(CAUSES.get(cause, _ASKED))


def level_name(level: str) -> str:
    """Return what a level is called."""
    return words.table_label(level) if level else ""


def names_of(units: Iterable[tuple[str, str]]) -> str:
    """Return units as text: code and name, with semicolons between.

    >>> names_of([("1", "a"), ("2", "")])
    '1 a; 2'
    """
    return _("; ").join(f"{code} {name}".strip() for code, name in units)


def borders_of(row: DecisionRow) -> str:
    """Return the alternatives as text: code, name, and the length of the common border."""
    said = [
        _("{unit} ({metres} m of common border)").format(unit=f"{code} {name}".strip(), metres=f"{length:,.1f}")
        if length else f"{code} {name}".strip()
        for code, name, length in row.alternatives
    ]  # fmt: skip
    return _("; ").join(said)


def summary(plan: BoundaryPlan) -> list[dict[str, Any]]:
    """Return, per level and rule, the defects and their area: settled, waiting, decided, kept, only reported."""
    frame: pd.DataFrame = plan.inspection.frame
    waits, decided = set(plan.waiting), set(plan.decisions["defect_id"])
    result = []
    for (level, code), some in frame.groupby(["level", "code"], sort=True):
        ids = set(some.index) - decided
        kept = set(some.index[some["exception"] != ""]) - decided
        settled = ids - plan.left
        result.append({
            "level": str(level), "rule": str(code), "count": len(some), "area": float(some["area_m2"].sum()),
            "settled": len(settled), "decided": len(some) - len(ids), "kept": len(kept - settled),
            "waiting": len((ids & waits) - kept - settled),
            "reported": len(ids - waits - kept - settled),
        })  # fmt: skip
    return result
