"""Defects that wait for a person, in words: units with names, what would be done, and between whom is to be chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import shapely

from gridkit.locale import N_
from gridkit.locale import gettext as _
from gridkit.reports import words
from gridkit.rules import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
_NOT_DONE: Final = N_("it was decided, but that could not be carried out: {cause}")
_BETWEEN: Final = ("T351", "T352", "T354")
_TWO: Final = ("T201", "T202", "T203", "T205", "T206", "T208")
_ABOVE: Final[Mapping[str, str]] = {"grid": "community", "community": "street"}
_GROUND: Final = ("street", "community", "grid")
_ASKED: Final = N_("rules do not settle it without a person")
MADE_VALID_RULE: Final = "T101"
"""Rule of a unit that reading made valid."""
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
    waits: bool = True
    """Whether a person is still asked: nobody has decided, or what was decided could not be done."""


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
    failed, waits = set(plan.repair.failed), set(plan.waiting)
    follow = _Followed(plan)
    rows = [
        _row(str(ident), follow.only(row), names, failed, given.get(str(ident), {}))
        for ident, row in zip(known, frame.loc[known].to_dict("records"), strict=True)
    ]
    rows += [_bare(name, given.get(name, {})) for name in wanted if name not in frame.index]
    return sorted((_waiting(row, waits) for row in rows), key=_order)


def _waiting(row: DecisionRow, waits: set[str]) -> DecisionRow:
    """Return a row that says whether it waits, and why if it was decided."""
    if row.defect_id not in waits:
        return replace(row, waits=False)
    return replace(row, cause=_(_NOT_DONE).format(cause=row.cause)) if row.decided else row


class _Followed:
    """The targets that a decision on a place can have: others would not be carried out."""

    def __init__(self, plan: BoundaryPlan) -> None:
        self._sides = dict(plan.settings.get("authority", {}))
        self._locked = set(map(str, plan.settings.get("locked", ())))
        self._frames = {level: layer.frame for level, layer in plan.city.layers.items()}
        self._codes = {level: set(map(str, frame.index)) for level, frame in self._frames.items()}

    def only(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a defect with no targets but those."""
        level, rule, target = str(row["level"]), str(row["code"]), str(row["target"] or "")
        metres = [*row["borders"], *([0.0] * len(row["alternatives"]))]
        pairs = list(zip(map(str, row["alternatives"]), metres, strict=False))
        if rule in _BETWEEN:
            may = self._between(level, row)
        elif rule in _TWO:
            may = self._codes.get(level, set())
            if any(_ABOVE.get(child) == level and side == "bottom" for child, side in self._sides.items()):
                may = {target}  # outlines that are put together from what lies below go with that
        else:
            may = set()
        may = may - self._locked
        pairs = [pair for pair in pairs if pair[0] in may]
        return {
            **row, "target": target if target in may else "",
            "alternatives": [code for code, _metres in pairs], "borders": [length for _code, length in pairs],
        }  # fmt: skip

    def _between(self, level: str, row: Mapping[str, Any]) -> set[str]:
        """Return who can get what lies outside a parent, or is not filled: by codes its parent, by outlines a child."""
        side, above = self._sides.get(level, "none"), _ABOVE.get(level, "")
        if side == "top":  # a child, or the parent whose child gets it
            return self._codes.get(level, set()) | self._codes.get(above, set())
        if side != "bottom" or above not in self._codes:
            return set()
        frame, field = self._frames[level], f"{above}_code"
        units = [unit for unit in map(str, row["units"]) if unit in self._codes[level]]
        if field not in frame.columns or not units:
            return self._codes[above]
        return set(map(str, frame.loc[units, field].fillna(""))) & self._codes[above]


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


def _bare(ident: str, decided: Mapping[str, str]) -> DecisionRow:
    """Return a defect of which only the id is known: it came up while another was settled."""
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
    """Return, per level and rule, the defects and their area, and what becomes of them.

    Each defect is counted once: ``waiting`` (whatever else is said of it), ``decided``, ``settled`` (the log has it),
    ``kept``, ``gone`` (there no more, as something beside it was settled), ``reported``. What reading made valid is
    settled, and its area is the difference.
    """
    frame: pd.DataFrame = plan.inspection.frame
    waits, told = set(plan.waiting), plan.decisions.set_index("defect_id")["decision"]
    logged = set(plan.repair.log["defect_id"])
    result: dict[tuple[str, str], dict[str, Any]] = {}
    for (level, code), some in frame.groupby(["level", "code"], sort=True):
        ids = set(some.index) - waits
        decided = {one for one in ids & set(told.index) if one in logged or told[one] == "keep"}
        settled = (ids & logged) - decided
        kept = set(some.index[some["exception"] != ""]) & (ids - decided - settled)
        rest = ids - decided - settled - kept
        result[str(level), str(code)] = {
            "level": str(level), "rule": str(code), "count": len(some), "area": float(some["area_m2"].sum()),
            "settled": len(settled), "decided": len(decided), "kept": len(kept), "waiting": len(some) - len(ids),
            "gone": len(rest - plan.left), "reported": len(rest & plan.left),
        }  # fmt: skip
    for one in plan.made_valid:
        key = (one.level, MADE_VALID_RULE)
        row = result.setdefault(key, {
            "level": one.level, "rule": MADE_VALID_RULE, "count": 0, "area": 0.0, "settled": 0, "decided": 0,
            "kept": 0, "waiting": 0, "gone": 0, "reported": 0,
        })  # fmt: skip
        row["count"] += 1
        row["settled"] += 1
        row["area"] += abs(one.area_after - one.area_before)
    return [result[key] for key in sorted(result)]


def noise(plan: BoundaryPlan) -> dict[str, Any]:
    """Return what the log has beyond the defects that were found: ``places``, ``area`` (m²) and ``units``.

    Borders that differ by less than the match width are drawing noise, and no defects; they are fitted all the same.
    """
    log = plan.repair.log
    mine = log[~log["defect_id"].isin(plan.inspection.frame.index) & (log["role"] == "auto")]
    # Who gains has it from who loses, so the ground of a place is the larger of both sums.
    area = 0.0
    if plan.repair.shapes is not None and len(mine):
        shapes = plan.repair.shapes
        shapes = shapes[shapes["defect_id"].isin(mine["defect_id"]) & shapes["kind"].isin(["gained", "lost"])]
        sizes = shapely.area(shapely.from_wkb(shapes["wkb"].to_list()))
        sums = pd.Series(sizes, dtype=float).groupby([shapes["defect_id"].to_numpy(), shapes["kind"].to_numpy()]).sum()
        area = float(sums.groupby(level=0).max().sum()) if len(sums) else 0.0
    return {
        "places": int(mine["defect_id"].nunique()), "area": area,
        "units": len(mine[["level", "unit"]].drop_duplicates()),
    }  # fmt: skip


def noise_text(plan: BoundaryPlan) -> str:
    """Return the drawing noise in words, ``""`` where there was none."""
    found = noise(plan)
    if not found["places"]:
        return ""
    return _("drawing noise fitted: {n} places, {area} m², {units} units").format(
        n=f"{found['places']:,}", area=f"{found['area']:,.2f}", units=f"{found['units']:,}"
    )


def looked_at(plan: BoundaryPlan) -> list[dict[str, Any]]:
    """Return, per boundary level that the project has, how many ``units`` it has and how many were ``looked_at``."""
    return [
        {
            "level": level, "units": len(plan.city.layers[level].frame),
            "looked_at": int((shapely.area(plan.city.layers[level].frame.geometry.to_numpy()) > 0).sum()),
        }
        for level in _GROUND if level in plan.city.layers
    ]  # fmt: skip


def looked_at_text(plan: BoundaryPlan) -> str:
    """Return what was looked at in words; that nothing could be, where no unit has an area."""
    found = looked_at(plan)
    if not any(one["looked_at"] for one in found):
        return _("no boundary could be looked at: no unit of a boundary layer has an area")
    said = [
        _("{level}: {n} of {total} units").format(
            level=level_name(one["level"]), n=f"{one['looked_at']:,}", total=f"{one['units']:,}"
        )
        for one in found
    ]
    return _("looked at: {levels}").format(levels=_("; ").join(said))


def findings_said(plan: BoundaryPlan) -> list[tuple[dict[str, Any], str]]:
    """Return what reading says of the shapes of boundary layers, each with its sentence."""
    return [(row, CATALOGUE[row["code"]].say(row["params"])) for row in plan.findings.rows()]
