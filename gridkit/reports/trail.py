"""The trail: which rows stand behind every figure of a run.

Every figure has a key, the same in every output (``data-figure`` on the page, ``figure`` in tables): a family and its
parts, joined by ``|``.

==========================================================================  ==========================================
``indicator|id|level|scope|basis|part``                                     part: numerator, denominator, unknown,
                                                                            missing, excluded, rate
``matrix|subject|level|scope|numerator|denominator|weight|part``            part: as above
``trick|code|part``                                                         part: findings, records, compounds,
                                                                            numerator, without, denominator
``plan|n``, ``bound|name``                                                  one step of the plan; its numbers
``league|level|code|part``                                                  part: numerator, denominator, unknown
``status|status``, ``status|status|street|code``, ``status|all``            compounds
``organisation|yes``, ``organisation|no|street|code``, ``...|all|...``       compounds
``shade|shade``, ``shade|shade|street|code``                                compounds
``finding|code``, ``finding|all``, ``setaside|all``, ``unmatched|all``      findings, rows
``claim|n``                                                                 what decides the claim
``difference|name|line``, ``difference|name|line|figure``                    what explains two tellings
==========================================================================  ==========================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from gridkit.model.fields import NO, STATUSES, STREET, UNKNOWN, YES
from gridkit.model.proof import SHADES
from gridkit.reports.compounds import unmatched_rows
from gridkit.reports.traced import Traced, figure_key
from gridkit.reports.trail_proof import matrix_traced, plan_traced, trick_traced
from gridkit.reports.trail_weights import traced_weight, weigh

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from gridkit.model import Run

__all__ = ["PARTS", "Traced", "Trail", "figure_ids", "figure_key", "weigh"]

PARTS: Final = ("numerator", "denominator", "unknown", "missing", "excluded", "rate")
"""Parts of an indicator or of a cell of the matrix."""
TRICK_PARTS: Final = ("findings", "records", "compounds", "numerator", "without", "denominator")
LEAGUE_PARTS: Final = ("numerator", "denominator", "unknown")
_LEAGUE: Final = "coverage.organisation.valid"
"""The indicator that the league table ranks by."""
_GAP: Final = "gap."


@dataclass(frozen=True)
class Trail(Mapping[str, Traced]):
    """Figure key -> what stands behind it; worked out when asked for, as a large city has millions of figures."""

    run: Run

    def __getitem__(self, key: str) -> Traced:
        family, *parts = key.split("|")
        try:
            return _FAMILIES[family][1](self, [part.replace("%7C", "|") for part in parts])
        except (KeyError, IndexError, ValueError) as problem:
            raise KeyError(key) from problem

    def __iter__(self) -> Iterator[str]:
        for keys, _get in _FAMILIES.values():
            yield from keys(self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def weights(self, name: str, ids: tuple[str, ...]) -> int:
        """Return what ``ids`` count together in the weight ``name``."""
        return weigh(self.run, name, ids)

    @cached_property
    def indicators(self) -> dict[tuple[str, ...], int]:
        """Position of each row of the indicator table by id, scope level, scope, basis."""
        frame = self.run.indicators.frame
        keys = zip(*(frame[name].tolist() for name in ("id", "scope_level", "scope", "basis")), strict=True)
        return {key: at for at, key in enumerate(keys)}

    @cached_property
    def matrix(self) -> dict[tuple[str, ...], int]:
        """Position of each row of the matrix by subject, scope, definition and weight."""
        frame, names = self.run.result.matrix, _MATRIX
        return {key: at for at, key in enumerate(zip(*(frame[name].tolist() for name in names), strict=True))}

    @cached_property
    def possible(self) -> dict[str, tuple[str, ...]]:
        """Per indicator, the registry rows whose names match nothing and may mean one more that is covered."""
        frame = self.run.indicators.frame
        city = frame[frame["scope"] == ""]
        found: dict[str, dict[str, None]] = {}
        for name, details in zip(city["id"], city["details"], strict=True):
            found.setdefault(name, {}).update(dict.fromkeys(details.get("possible", ())))
        found["mode.covered"] = found.get("coverage.organisation.declared", {})
        return {name: tuple(records) for name, records in found.items()}


_MATRIX: Final = ("subject", "scope_level", "scope", "numerator_id", "denominator_id", "weight")


def figure_ids(run: Run) -> Trail:
    """Return, for every figure of ``run`` by its key, the ids of the rows that it is made of.

    Examples
    --------
    >>> from tests.reports import sample
    >>> trail = figure_ids(sample.run())
    >>> traced = trail["status|UNCOVERED"]
    >>> traced.figure, traced.ids, traced.table, traced.where
    (1, ('c1',), 'compounds', 'status = UNCOVERED')
    """
    return Trail(run)


def _indicator_keys(trail: Trail) -> Iterator[str]:
    for row in trail.indicators:
        for part in PARTS:
            yield figure_key("indicator", *row, part)


def _indicator(trail: Trail, parts: list[str]) -> Traced:
    *row, part = parts
    found = trail.run.indicators.frame.iloc[trail.indicators[tuple(row)]]
    name, _level, scope, basis = row
    stem = figure_key("indicator", *row)
    where = f"id = {name}, scope = {scope or '-'}, basis = {basis}; {part}_ids"
    if part not in PARTS:
        raise KeyError(part)
    if name.startswith(_GAP):
        return _of_gap(row, part, found)
    if part == "rate":
        made = tuple(f"{stem}|{name}" for name in ("numerator", "denominator", "unknown"))
        return Traced(int(found["numerator"]), made_of=made, table="indicators", where=where)
    ids = {name: tuple(found[f"{name}_ids"]) for name in ("numerator", "unknown", "missing", "excluded")}
    ids["denominator"] = tuple(sorted({*ids["numerator"], *ids["unknown"], *ids["missing"]}))
    weight = traced_weight(name, basis, part)
    if name == "owners.party_share_min":
        ids["numerator"] = ids["missing"]
    weighed = weigh(trail.run, weight, ids[part])
    figure = weighed if part == "missing" else int(found[part])
    extra = figure - weighed
    records = trail.possible.get(name, ()) if extra else ()
    return Traced(figure, ids[part], weight, extra, records, table="indicators", where=where)


def _of_gap(row: list[str], part: str, found: pd.Series) -> Traced:
    """Return what a gap is made of: the numbers of both classes."""
    made = tuple(
        figure_key("indicator", "coverage.organisation.declared", "class", side, row[3], name)
        for side in ("urban", "township")
        for name in ("numerator", "denominator", "unknown")
        if found["details"].get(side, {}).get("denominator")
    )
    figure = 0 if part in ("rate", "missing") else int(found[part])
    return Traced(figure, made_of=made, table="indicators", where=f"id = {row[0]}")


def _matrix_keys(trail: Trail) -> Iterator[str]:
    for row in trail.matrix:
        for part in PARTS:
            yield figure_key("matrix", *row, part)


def _matrix(trail: Trail, parts: list[str]) -> Traced:
    row = trail.run.result.matrix.iloc[trail.matrix[tuple(parts[:-1])]]
    if parts[-1] == "rate":
        stem = figure_key("matrix", *parts[:-1])
        made = tuple(f"{stem}|{name}" for name in ("numerator", "denominator", "unknown"))
        return Traced(int(row["numerator"]), made_of=made, table="matrix")
    return matrix_traced(trail.run, row, parts[-1])


def _compounds(trail: Trail, frame: pd.DataFrame, column: str, parts: list[str]) -> Traced:
    value, *scope = parts
    held = frame[column] == value if value != "all" else frame[column].notna()
    where = f"{column} = {value}"
    if scope:
        held &= (trail.run.places.frame["street"].reindex(frame.index) == scope[1]).to_numpy()
        where += f", street = {scope[1]}"
    ids = tuple(frame.index[held.to_numpy(dtype=bool)].tolist())
    return Traced(len(ids), ids, table="compounds", where=where)


def _statuses(trail: Trail) -> Iterator[str]:
    streets = _streets(trail)
    yield "status|all"
    for status in STATUSES:
        yield f"status|{status}"
        yield from (figure_key("status", status, STREET, code) for code in streets)


def _organisation(trail: Trail) -> Iterator[str]:
    for answer in (YES, NO, UNKNOWN, "all"):
        yield f"organisation|{answer}"
        yield from (figure_key("organisation", answer, STREET, code) for code in _streets(trail))


def _streets(trail: Trail) -> list[str]:
    layer = trail.run.city.layers.get(STREET)
    return [] if layer is None else layer.frame.index.tolist()


def _shades(trail: Trail) -> Iterator[str]:
    if len(trail.run.result.shades):
        for shade in SHADES:
            yield f"shade|{shade}"
            yield from (figure_key("shade", shade, STREET, code) for code in _streets(trail))


def _findings(trail: Trail, parts: list[str]) -> Traced:
    codes = trail.run.findings.counts() if parts[0] == "all" else {parts[0]: trail.run.findings.counts()[parts[0]]}
    ids = tuple(f"{code}#{at}" for code, count in codes.items() for at in range(count))
    where = "" if parts[0] == "all" else f"code = {parts[0]}"
    return Traced(len(ids), ids, table="findings", where=where)


def _set_aside(trail: Trail, _parts: list[str]) -> Traced:
    frame = trail.run.city.set_aside.sort_values(["src", "row", "reason"], kind="stable")  # whatever order it came in
    rows = zip(frame["src"], frame["row"], strict=True)
    return Traced(len(frame), tuple(f"{src}!{row}" for src, row in rows), table="set_aside")


def _unmatched(trail: Trail, _parts: list[str]) -> Traced:
    rows = unmatched_rows(trail.run)
    return Traced(len(rows), tuple(rows["record"].tolist()), table="links", where="code = '', field = covers")


def _claims(trail: Trail, parts: list[str]) -> Traced:
    ids = tuple(trail.run.claims["ids"].iloc[int(parts[0])])
    return Traced(len(ids), ids, table="claims", where=f"row {int(parts[0]) + 1}")


def _league(trail: Trail, parts: list[str]) -> Traced:
    level, code, part = parts
    if part not in LEAGUE_PARTS:
        raise KeyError(part)
    return _indicator(trail, [_LEAGUE, level, code, "compounds", part])


def _league_keys(trail: Trail) -> Iterator[str]:
    frame = trail.run.result.league
    for level, code in zip(frame["level"], frame["code"], strict=True):
        if (_LEAGUE, level, code, "compounds") in trail.indicators:
            yield from (figure_key("league", level, code, part) for part in LEAGUE_PARTS)


def _differences(trail: Trail, parts: list[str]) -> Traced:
    name, line, *figure = parts
    frame = trail.run.result.differences
    kind = line.replace("open_", "only_")
    rows = frame[(frame["name"] == name) & (frame["kind"] == kind)]
    if kind.startswith("only_"):  # a thing that an open name may mean is a line of its own
        rows = rows[(rows["field"] == "open") == line.startswith("open_")]
    if kind == "value" and figure:
        rows = rows[rows["field"] == figure[0]]
    if rows.empty:
        raise KeyError(name)
    records = {record for column in ("a_records", "b_records") for ids in rows[column] for record in ids}
    return Traced(
        len(rows), tuple(rows["code"].tolist()), records=tuple(sorted(records)), table="differences",
        where=f"name = {name}, kind = {kind}",
    )  # fmt: skip


def _difference_keys(trail: Trail) -> Iterator[str]:
    frame = trail.run.result.differences
    near = (frame["field"] == "open") & frame["kind"].str.startswith("only_")
    kinds = frame["kind"].where(~near, frame["kind"].str.replace("only_", "open_"))
    pairs = sorted(set(zip(frame["name"], kinds, strict=True)))
    yield from (figure_key("difference", name, kind) for name, kind in pairs)


_FAMILIES: Final[Mapping[str, tuple[Callable[[Trail], Iterator[str]], Callable[[Trail, list[str]], Traced]]]] = {
    "indicator": (_indicator_keys, _indicator),
    "matrix": (_matrix_keys, _matrix),
    "trick": (
        lambda trail: (f"trick|{code}|{part}" for code in trail.run.result.tricks["code"] for part in TRICK_PARTS),
        lambda trail, parts: trick_traced(trail.run, *parts),
    ),
    "plan": (
        lambda trail: (f"plan|{at}" for at in range(len(trail.run.result.plan))),
        lambda trail, parts: plan_traced(trail.run, int(parts[0])),
    ),
    "league": (_league_keys, _league),
    "status": (_statuses, lambda trail, parts: _compounds(trail, trail.run.coverage.frame, "status", parts)),
    "organisation": (
        _organisation,
        lambda trail, parts: _compounds(trail, trail.run.coverage.frame, "organisation", parts),
    ),
    "shade": (_shades, lambda trail, parts: _compounds(trail, trail.run.result.shades, "shade", parts)),
    "finding": (
        lambda trail: iter(["finding|all", *(f"finding|{code}" for code in trail.run.findings.counts())]),
        _findings,
    ),
    "setaside": (lambda _trail: iter(["setaside|all"]), _set_aside),
    "unmatched": (lambda _trail: iter(["unmatched|all"]), _unmatched),
    "claim": (lambda trail: (f"claim|{at}" for at in range(len(trail.run.claims))), _claims),
    "difference": (_difference_keys, _differences),
}
"""Family of keys -> the keys that a run has, and what stands behind one."""
