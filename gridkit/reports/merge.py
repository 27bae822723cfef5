"""What is reported of a merge of networks: differences, what was kept, and what a person has to decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.geo.edges import shared_borders
from gridkit.grids.check import fractions
from gridkit.grids.merge import kept, names_of
from gridkit.grids.merge_drawn import by_networks, codes_twice, grid_relations, lines, pairs, uncovered
from gridkit.grids.merge_through import THROUGH_COLUMNS, through
from gridkit.grids.totals import grid_layer, totals
from gridkit.locale import N_
from gridkit.locale import gettext as _
from gridkit.reports.filing_words import MEASURES, short
from gridkit.reports.words import labelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.grids.merge_drawn import Drawn
    from gridkit.grids.merge_plan import Merged
    from gridkit.model import Findings

KINDS: Final = {
    "post": N_("posts without a home"), "border": N_("agreed border given up"),
    "through": N_("agreed border through land that stays whole"), "band": N_("grid outside the band"),
    "area": N_("land that a network does not cover"), "code": N_("one code for several grids of a network"),
}  # fmt: skip
"""Kinds of decisions, in their order."""
POSTS: Final = {"branches": N_("branches"), "staff": N_("staff posts"), "stations": N_("stations")}
OUTCOMES: Final = {
    "same": N_("the grid goes on"), "follows": N_("all of the grid went there"),
    "majority": N_("most of its households went there"), "place": N_("by its place"),
    "decide": N_("to be decided: no grid has more than half"), "unknown": N_("to be decided: no grid has this code"),
    "no_place": N_("to be decided: it lies in no merged grid"),
}  # fmt: skip
REASONS: Final = {
    "small": N_("it cuts off {n} households, fewer than a grid needs"),
    "between": N_("{n} households lie on its two sides, which no whole number of grids divides as it runs"),
    "dangling": N_("it ends inside a grid of {n} households and encloses nothing"),
    "other": N_("another division of {n} households fits the band better"),
}  # fmt: skip
RELATIONS: Final = {
    "unchanged": N_("the same"), "boundary": N_("another border"), "split": N_("split in the other"),
    "merge": N_("merged in the other"), "many": N_("rearranged"), "issued": N_("only in the second"),
    "retired": N_("only in the first"),
}  # fmt: skip
WHERE: Final = {"within": N_("within one network"), "across": N_("in several networks")}
TOUCHING: Final = 1.0
"""Metres: where two atoms share less, they touch at a corner, of which nobody has to decide."""
DECISION_COLUMNS: Final = ("kind", "network", "subject", "text", "n", "lon", "lat")


@dataclass(frozen=True)
class MergeReport:
    """A merge and what is said of it.

    Parameters
    ----------
    merged : Merged
    pairs, borders, relations, uncovered, codes : pandas.DataFrame
        See :mod:`gridkit.grids.merge_drawn`.
    lines : geopandas.GeoDataFrame
        Drawn borders, each once.
    findings : Findings
        What reading says of the layers, and their gaps, overlaps and land outside.
    names : mapping of str to str
        Community code -> name.
    tolerance : float
    notes : tuple of str
    through, drawn
        See :func:`gridkit.grids.merge_through.through`.
    """

    merged: Merged
    pairs: pd.DataFrame
    borders: pd.DataFrame
    relations: pd.DataFrame
    uncovered: pd.DataFrame
    codes: pd.DataFrame
    lines: gpd.GeoDataFrame
    findings: Findings
    names: Mapping[str, str] = field(default_factory=dict)
    tolerance: float = 0.0
    notes: tuple[str, ...] = ()
    through: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(THROUGH_COLUMNS)))
    drawn: Mapping[str, float] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<MergeReport: {self.merged!r}, {len(self.decisions)} decisions>"

    @property
    def base(self) -> str:
        """Name of the network whose codes go on."""
        return self.merged.overlay.networks[self.merged.base].name

    @property
    def title(self) -> str:
        """Title of all pages."""
        names = [short(network.name) for network in self.merged.overlay.networks]
        return _("One network from several: {names}").format(names=_(", ").join(names))

    @property
    def decisions(self) -> pd.DataFrame:
        """What is left to a person (``DECISION_COLUMNS``), by kind."""
        return decision_rows(self)

    def community(self, code: str) -> str:
        """Return name and code of a community."""
        name = short(self.names.get(code, ""))
        return f"{name} {code}".strip()

    def networks_of(self, bits: int) -> str:
        """Return the names of networks."""
        return "+".join(names_of(bits, self.merged.overlay.networks))

    def layers(self) -> list[tuple[str, pd.DataFrame]]:
        """Return the layers of ``differences.gpkg``: borders as drawn, borders of the merge, grids old and new."""
        return [("drawn_borders", self.lines), ("merged_borders", merged_borders(self)), *grid_layers(self)]


def make_report(
    made: Merged, drawn: Drawn, *, findings: Findings, names: Mapping[str, str], tolerance: float,
    notes: tuple[str, ...] = (),
) -> MergeReport:  # fmt: skip
    """Return the report of a merge.

    Parameters
    ----------
    made : Merged
    drawn : Drawn
        From :func:`gridkit.grids.merge_drawn.drawn_borders`.
    findings, names, tolerance, notes
        As of :class:`MergeReport`.
    """
    found = made.overlay
    return MergeReport(made, pairs(found, drawn), by_networks(found, drawn), grid_relations(found), uncovered(found),
                       codes_twice(found), lines(found, drawn), findings, names, tolerance, notes,
                       *through(made, drawn, tolerance))  # fmt: skip


def figures(report: MergeReport) -> dict[str, Any]:
    """Return the figures of a merge as plain values, with numerators and denominators."""
    made = report.merged
    inside, drawn = fractions(made.plan)["in_band"]
    waiting = made.open_homes
    posts = {}
    for network in made.overlay.networks:
        for kind, n in network.total.items():
            mine = waiting.loc[(waiting["network"] == network.name) & (waiting["kind"] == kind), "n"]
            posts[f"{network.name}.{kind}"] = {"in": n, "homed": n - int(mine.sum()), "to_decide": int(mine.sum())}
    grids = {network.name: len(network.grids) for network in made.overlay.networks}
    return {
        "networks": grids, "base": report.base, "grids": len(made.plan), "in_band": [inside, drawn],
        "borders": {**made.shares, **report.drawn}, "posts": posts, "decisions": counts(report),
    }  # fmt: skip


def counts(report: MergeReport) -> dict[str, int]:
    """Return how many decisions of each kind are left."""
    table = report.decisions["kind"].value_counts()
    return {kind: int(table.get(kind, 0)) for kind in KINDS}


# ---- what a person decides


def decision_rows(report: MergeReport) -> pd.DataFrame:
    """Return every decision with a sentence, its size and its place in degrees."""
    rows = [*_post_rows(report), *_border_rows(report), *_through_rows(report), *_band_rows(report),
            *_area_rows(report), *_code_rows(report)]  # fmt: skip
    return pd.DataFrame(rows, columns=list(DECISION_COLUMNS))


def _place(report: MergeReport, shape: Any) -> tuple[float | None, float | None]:
    if shape is None or shapely.is_missing(shape) or shapely.is_empty(shape):
        return None, None
    point = gpd.GeoSeries([shapely.point_on_surface(shape)], crs=report.merged.plan.atoms.frame.crs).to_crs(4490)
    return round(float(point.x.iloc[0]), 6), round(float(point.y.iloc[0]), 6)


def _post_rows(report: MergeReport) -> list[tuple[Any, ...]]:
    rows = []
    shapes = {network.name: network.grids.geometry for network in report.merged.overlay.networks}
    for row in report.merged.open_homes.itertuples(index=False):
        what = f"{_(POSTS[row.kind])} {row.n:,}"
        if row.outcome == "no_place":
            text = _("{what}: the place lies in no merged grid").format(what=what)
        elif row.outcome == "unknown":
            text = _("{what}: no grid of the network, or several, have the code {code}").format(
                what=what, code=short(str(row.code)) or "—")  # fmt: skip
        else:
            grid = f"{short(str(row.name))} {short(str(row.code))}".strip()
            text = _("{what} of grid {grid}: {choices}").format(what=what, grid=grid, choices=row.alternatives or "—")
        shape = shapes[row.network].get(row.key) if row.key else None
        rows.append(("post", row.network, row.key or row.code, text, int(row.n), *_place(report, shape)))
    return rows


def _border_rows(report: MergeReport) -> list[tuple[Any, ...]]:
    made = report.merged
    frame = made.plan.atoms.frame
    rows = []
    for row in made.given_up.loc[made.given_up["length"] >= TOUCHING].itertuples(index=False):
        why = _(REASONS[row.reason]).format(n=f"{row.size:,}")
        text = _("{n} m between {a} and {b} in grid {grid}: {why}").format(
            n=f"{row.length:,.0f}", a=row.a, b=row.b, grid=made.plan.grids["code"][row.grid] or row.grid, why=why
        )
        both = shapely.intersection(frame.geometry[row.a], frame.geometry[row.b])
        rows.append(("border", report.networks_of(row.networks), str(made.plan.grids["code"][row.grid]), text,
                     round(row.length), *_place(report, both)))  # fmt: skip
    return rows


def _through_rows(report: MergeReport) -> list[tuple[Any, ...]]:
    frame = report.merged.plan.atoms.frame
    rows = []
    for community, part in report.through.groupby("community", sort=True):
        length = float(part["length"].sum())
        if length < TOUCHING or not community:
            continue
        text = _("{n} m in {community} through {k} compounds or pieces of land that stay whole: a border of the merge "
                 "lies up to {m} m beside").format(
            n=f"{length:,.0f}", community=report.community(str(community)), k=f"{len(part):,}",
            m=f"{part['apart'].max():,.0f}")  # fmt: skip
        bits = int(np.bitwise_or.reduce(part["networks"].to_numpy(dtype=np.int64)))
        longest = part.sort_values(["length", "atom"], ascending=[False, True])["atom"].iloc[0]
        rows.append(("through", report.networks_of(bits), str(community), text, round(length),
                     *_place(report, frame.geometry[longest])))  # fmt: skip
    return rows


def _band_rows(report: MergeReport) -> list[tuple[Any, ...]]:
    plan = report.merged.plan
    sums = totals(plan)
    off = sums.loc[sums["outside"] != 0]
    shapes = grid_layer(plan).geometry
    rows = []
    for uid, row in off.iterrows():
        norm = plan.norm_of(str(plan.grids["community"][uid]))
        text = _("{n} {measure}; the band is {low} to {high}").format(
            n=f"{int(row[norm.measure]):,}", measure=labelled(MEASURES, norm.measure), low=norm.low, high=norm.high
        )
        name = str(plan.grids["code"][uid]) or str(uid)
        rows.append(("band", "", name, text, int(row["outside"]), *_place(report, shapes[uid])))
    return sorted(rows, key=lambda row: row[2])


def _area_rows(report: MergeReport) -> list[tuple[Any, ...]]:
    frame = report.merged.plan.atoms.frame
    rows = []
    for row in report.uncovered.itertuples(index=False):
        if not row.whole and row.households == 0 and row.by_others == 0:
            continue  # land without people, of which the table of areas tells
        template = N_("the network has no grid in {community}: {n} households, {area} m²") if row.whole else N_(
            "no grid of the network holds {n} households in {community}, {area} m²")  # fmt: skip
        text = _(template).format(community=report.community(row.community), n=f"{row.households:,}",
                                  area=f"{row.area:,.0f}")  # fmt: skip
        members = frame.index[frame["community"] == row.community]
        plan = report.merged.overlay.plans[[one.name for one in report.merged.overlay.networks].index(row.network)]
        left = [atom for atom in members if plan.assignment[atom] == ""]
        shape = frame.geometry[left[0]] if left else None
        rows.append(("area", row.network, row.community, text, row.households, *_place(report, shape)))
    return rows


def _code_rows(report: MergeReport) -> list[tuple[Any, ...]]:
    some = report.codes.loc[report.codes["where"] == "within"]
    text = N_("the code {code} stands for {grids}")
    return [
        ("code", "", row.code, _(text).format(code=row.code, grids=row.grids), row.grids.count(";") + 1, None, None)
        for row in some.itertuples(index=False)
    ]


# ---- layers


def merged_borders(report: MergeReport) -> gpd.GeoDataFrame:
    """Return the borders between atoms that a network or the merge has, with who has them and what became of them."""
    made = report.merged
    frame, table = made.plan.atoms.frame, made.votes
    here = kept(table, made.plan)
    some = table.loc[here | (table["have"] > 0).to_numpy()]
    shared = shared_borders(frame.geometry.to_numpy())
    ids = frame.index.to_numpy()
    shapes = dict(zip(zip(ids[shared["a"]], ids[shared["b"]], strict=True), shared["geometry"], strict=True))
    there = kept(some, made.plan)
    agreed = some["agreed"].to_numpy(dtype=bool)
    columns = {
        "community": frame["community"].reindex(some["a"]).to_numpy(), "a": some["a"].to_numpy(),
        "b": some["b"].to_numpy(), "length": some["length"].to_numpy(),
        "networks": [report.networks_of(bits) for bits in some["having"]],
        "lacking": [report.networks_of(bits) for bits in some["covering"] & ~some["having"]],
        "agreed": agreed, "kept": there,
        "what": np.select([agreed & there, agreed, there & (some["have"] > 0).to_numpy(), there],
                          ["agreed, kept", "agreed, given up", "of some, kept", "new"], "of some, not kept"),
    }  # fmt: skip
    lines_of = [shapes.get(pair) for pair in zip(some["a"], some["b"], strict=True)]
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=lines_of, crs=frame.crs)


def grid_layers(report: MergeReport) -> list[tuple[str, pd.DataFrame]]:
    """Return the merged grids, and the grids of each network as they were read."""
    made = report.merged
    grids = grid_layer(made.plan).drop(columns=["pieces", "unknown"]).rename_axis("uid").reset_index()
    out: list[tuple[str, pd.DataFrame]] = [("merged_grids", grids.sort_values(["code", "uid"], ignore_index=True))]
    for n, network in enumerate(made.overlay.networks, start=1):
        some = network.grids[["code", "name", "grid_kind", "branches", "staff", "stations", "geometry"]]
        frame = some.rename_axis("key").reset_index().assign(network=network.name)
        out.append((f"network_{n}", frame))
    return out
