"""Propose the grids of every community, and say of each how good they are, how good they could be, and why."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.grids.solve.exact import connected_sets
from gridkit.grids.solve.merged import MergeProblem, solve_merged
from gridkit.grids.solve.pool import choose
from gridkit.grids.solve.problem import Band, Problem, Weights, bits
from gridkit.grids.solve.solver import Solved, solve
from gridkit.model.plan import GRID_COLUMNS, UNASSIGNED, Atoms, Norm, Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gridkit.grids.merge_borders import Borders

KEEP: Final = 3.0
"""Weight of households that leave their old grid: the re-draw test found no gain above it."""
ROAD: Final = 1.0
"""Weight of borders away from roads."""

REPORT_COLUMNS: Final = (
    "community", "atoms", "households", "grids", "in_band", "share_households", "bound_households", "status", "gap",
    "fewest_outside", "reasons", "moved",
)  # fmt: skip
"""Columns of ``Proposal.report``: in_band and fewest_outside are numbers of grids (fewest_outside only where proven),
status ``optimal``, ``feasible`` or ``kept`` (nothing to draw), gap of cost where a bound is known; ``bound_households``
is the most households that can lie in grids of the band; reasons are tuples (kind, number)."""

REASONS: Final = ("too_large", "too_few", "between", "island", "unknown", "proven")
"""Why the band is out of reach: an atom above it; a piece with fewer households than a grid needs; a total that no
whole number of grids fits; land that hangs together with nothing else; households not stated; proven by listing."""


@dataclass(frozen=True)
class Proposal:
    """A plan, and a report with one row for each community (``REPORT_COLUMNS``)."""

    plan: Plan
    report: pd.DataFrame

    def __repr__(self) -> str:
        grids = int(self.report["grids"].sum())
        return f"<Proposal: {grids} grids, {int(self.report['in_band'].sum())} in band, {len(self.report)} communities>"


@dataclass(frozen=True)
class Wish:
    """How to draw.

    Parameters
    ----------
    profile : str
        ``fast``, ``balanced`` or ``best``.
    prove : bool
        Solve to the optimum where it can be proven.
    seed : int
        Equal seeds give equal plans.
    keep : float
        Weight of staying with the baseline's grids; 0 draws afresh.
    road : float
        Weight of borders along roads.
    allow_mixed : bool
        Whether a part of a cut compound may share a grid with other compounds; land without households always may.
    borders : Borders, optional
        Borders on which several networks agree and that shall be kept.
    """

    profile: str = "balanced"
    prove: bool = False
    seed: int = 0
    keep: float = KEEP
    road: float = ROAD
    allow_mixed: bool = False
    borders: Borders | None = None


@dataclass
class _Drawn:
    """What was drawn in one community."""

    grids: list[list[str]] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    reasons: list[tuple[str, int]] = field(default_factory=list)
    fewest: list[int | None] = field(default_factory=list)


def propose(
    atoms: Atoms,
    norm: Norm = Norm(),  # noqa: B008 - a frozen value
    *,
    norms: Mapping[str, Norm] | None = None,
    baseline: Plan | None = None,
    wish: Wish = Wish(),
    progress: Callable[[str, int, int], None] | None = None,
) -> Proposal:
    """Return contiguous grids for every community.

    Parameters
    ----------
    atoms : Atoms
    norm, norms
        The band, and bands of single communities.
    baseline : Plan, optional
        A plan of the same atoms (or of some of them): grids that it locks stay as they are, the others change as little
        as the band allows.
    wish : Wish
    progress : callable, optional
        Called with a text, how many communities are done, and of how many.

    Returns
    -------
    Proposal
        Exclusive atoms are grids of their own; communities are drawn one by one, each with a seed made of its code, so
        that no community's grids depend on another's, nor on the order of rows.
    """
    bands = dict(norms or {})
    frame = atoms.frame
    old = _old(frame, baseline)
    grids: list[dict[str, Any]] = []
    assignment = pd.Series(UNASSIGNED, index=frame.index, dtype="object", name="grid")
    rows = []
    edges = dict(list(atoms.edges.groupby(atoms.edges["a"].map(frame["community"]), sort=True)))
    communities = frame.groupby("community", sort=True).groups
    for done, (code, members) in enumerate(communities.items()):
        if progress:
            progress(str(code), done, len(communities))
        here = frame.loc[members]
        band = bands.get(str(code), norm)
        kept = _kept(here, old, baseline)
        free = here.loc[[i for i in here.index if i not in kept]]
        drawn = _draw(str(code), free, edges.get(code, atoms.edges[:0]), band, old=old, wish=wish)
        _enter(str(code), drawn, here, kept, baseline=baseline, old=old, grids=grids, assignment=assignment)
        rows.append(_row(str(code), here, assignment, old, band, drawn))
    table = pd.DataFrame(grids, columns=["uid", *GRID_COLUMNS]).set_index("uid").sort_index()
    report = pd.DataFrame(rows, columns=list(REPORT_COLUMNS))
    return Proposal(Plan(atoms, assignment, table, norm, bands), report)


def _old(frame: pd.DataFrame, baseline: Plan | None) -> pd.Series:
    if baseline is None:
        return pd.Series(UNASSIGNED, index=frame.index, dtype="object")
    return baseline.assignment.reindex(frame.index).fillna(UNASSIGNED)


def _kept(here: pd.DataFrame, old: pd.Series, baseline: Plan | None) -> dict[str, str]:
    """Return atom -> uid of the grids that are not drawn: locked ones, and exclusive areas."""
    kept = {}
    locked: set[str] = set()
    if baseline is not None:
        locked = set(baseline.grids.index[baseline.grids["locked"].astype(bool)])
        locked |= set(baseline.grids.index[baseline.grids["kind"] == "exclusive"])
    for atom, kind in zip(here.index, here["kind"], strict=True):
        if old[atom] in locked:
            kept[atom] = old[atom]
        elif kind == "exclusive":
            kept[atom] = uid_of(str(here["community"].iloc[0]), [atom])
    return kept


def uid_of(community: str, atoms: Sequence[str], salt: str = "") -> str:
    """Return an identity for a new grid, made of what it is first made of; it never changes afterwards."""
    text = "\x1f".join([salt, community, *sorted(atoms)])
    return "g" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:15]


def seed_of(seed: int, community: str) -> int:
    """Return the seed of one community."""
    return int.from_bytes(hashlib.sha256(f"{seed}\x1f{community}".encode("utf-8", "replace")).digest()[:8], "big")


def problem_of(here: pd.DataFrame, edges: pd.DataFrame, norm: Norm, *, old: pd.Series, wish: Wish) -> Problem:
    """Return some atoms of a community as the solver takes them, in the order of their ids."""
    place = {atom: at for at, atom in enumerate(here.index)}
    pairs = [
        (place[a], place[b], round(float(length) * 100), round(float(road) * 100))
        for a, b, length, road in edges[["a", "b", "length", "road"]].itertuples(index=False)
        if a in place and b in place
    ]
    shapes = here.geometry.to_numpy()
    border = np.rint(shapely.length(shapes) * 100).astype("int64").tolist()
    area = np.rint(shapely.area(shapes) * 100).astype("int64").tolist()
    kinds = {uid: at for at, uid in enumerate(sorted(set(old[here.index]) - {UNASSIGNED}))}
    before = [kinds.get(uid, -1) for uid in old[here.index]]
    size = here[norm.measure].astype("int64").tolist()
    band = Band(norm.low, norm.high, norm.best)
    weights, known = Weights(wish.road, wish.keep), before if kinds else None
    if wish.borders is not None:
        return wish.borders.problem(here.index, (size, area, border), pairs, band=band, weights=weights, old=known)
    return Problem(size, area, border, pairs, band, weights, known)


def _draw(code: str, free: pd.DataFrame, edges: pd.DataFrame, norm: Norm, *, old: pd.Series, wish: Wish) -> _Drawn:
    """Draw the free atoms of a community, one connected piece after the other."""
    drawn = _Drawn()
    if free.empty:
        return drawn
    if not wish.allow_mixed:
        edges = unmixed(free, edges)
    whole = problem_of(free, edges, norm, old=old, wish=wish)
    pieces = whole.pieces(whole.all)
    for at, piece in enumerate(pieces):
        names = [free.index[i] for i in bits(piece)]
        part = free.loc[names]
        problem = whole if len(pieces) == 1 else problem_of(part, edges, norm, old=old, wish=wish)
        solved = _solved(problem, seed_of(wish.seed, f"{code}/{at}"), wish)
        drawn.grids += [[names[i] for i in bits(grid)] for grid in solved.grids]
        drawn.statuses.append("optimal" if solved.proven else "feasible")
        if solved.bound is not None:
            drawn.gaps.append(max(0.0, solved.cost - solved.bound) / max(solved.cost, 1e-9))
        drawn.fewest.append(_fewest(problem, solved) if wish.prove else None)
        drawn.reasons += _why(problem, part, alone=len(pieces) > 1, fewest=drawn.fewest[-1])
    return drawn


def _solved(problem: Problem, seed: int, wish: Wish) -> Solved:
    if isinstance(problem, MergeProblem):
        return solve_merged(problem, seed, profile=wish.profile, prove=wish.prove)
    return solve(problem, seed, profile=wish.profile, prove=wish.prove, baseline=_before(problem))


def unmixed(here: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Return edges without those across which a part of a cut compound would join other compounds.

    Parameters
    ----------
    here : pandas.DataFrame
        Atoms of one community (``ATOM_COLUMNS``).
    edges : pandas.DataFrame
        ``EDGE_COLUMNS``.

    Notes
    -----
    Every cut compound is drawn by itself, and all else together. Land without households that is shut in by cut
    compounds goes to the one with which it shares most border: land alone would be a grid of nobody.
    """
    kinds = here["kind"].to_dict()
    names = here["compound"].to_dict()
    if "part" not in set(kinds.values()):
        return edges
    house = {atom: f"part {names[atom]}" if kind == "part" else "" for atom, kind in kinds.items()}
    known = edges.loc[edges["a"].isin(house) & edges["b"].isin(house)]
    empty = {atom for atom, size in here["households"].items() if size == 0 and kinds[atom] == "land"}
    for piece in _pieces_of([atom for atom in here.index if not house[atom]], known, house):
        if empty.issuperset(piece):
            shared: dict[str, float] = {}
            for a, b, length in known[["a", "b", "length"]].itertuples(index=False):
                for one, other in ((a, b), (b, a)):
                    if one in piece and house[other]:
                        shared[house[other]] = shared.get(house[other], 0.0) + float(length)
            if shared:
                best = min(shared, key=lambda name: (-round(shared[name], 2), name))
                house |= dict.fromkeys(piece, best)
    return known.loc[[house[a] == house[b] for a, b in zip(known["a"], known["b"], strict=True)]]


def _pieces_of(atoms: list[str], edges: pd.DataFrame, house: Mapping[str, str]) -> list[set[str]]:
    """Return the connected pieces of atoms that belong to no cut compound."""
    beside: dict[str, list[str]] = {atom: [] for atom in atoms}
    for a, b in zip(edges["a"], edges["b"], strict=True):
        if not house[a] and not house[b]:
            beside[a].append(b)
            beside[b].append(a)
    pieces, seen = [], set()
    for atom in atoms:
        if atom in seen:
            continue
        piece, waiting = {atom}, [atom]
        while waiting:
            fresh = set(beside[waiting.pop()]) - piece
            piece |= fresh
            waiting += sorted(fresh)
        seen |= piece
        pieces.append(piece)
    return pieces


def _before(problem: Problem) -> list[int] | None:
    """Return the baseline as connected sets: its grids' pieces, and what had no grid as single atoms."""
    if problem.old is None:
        return None
    masks: dict[int, int] = {}
    for i, grid in enumerate(problem.old):
        masks[grid] = masks.get(grid, 0) | 1 << i
    alone = [1 << i for i in bits(masks.pop(-1, 0))]
    return alone + [piece for mask in masks.values() for piece in problem.pieces(mask)]


def _fewest(problem: Problem, solved: Solved) -> int | None:
    """Return the least number of grids outside the band that any contiguous partition has, where that is proven."""
    outside = [grid for grid in solved.grids if problem.band.outside(problem.households(grid))]
    if not outside:
        return 0
    columns = connected_sets(problem, problem.households(problem.all), limit=50_000)
    if columns is None:
        return None
    costs = np.array([1.0 if problem.band.outside(problem.households(mask)) else 0.0 for mask in columns])
    chosen = choose(problem, columns, solved.grids, costs=costs)
    return round(chosen.cost) if chosen.proven else None


def _why(problem: Problem, part: pd.DataFrame, *, alone: bool, fewest: int | None) -> list[tuple[str, int]]:
    """Return why the band is out of reach, where it is."""
    band, total = problem.band, sum(problem.size)
    reasons = []
    large = sum(size > band.high for size in problem.size)
    if large:
        reasons.append(("too_large", large))
    if total < band.low:
        reasons.append(("island" if alone else "too_few", total))
    elif not large and -(-total // band.high) > total // band.low:
        reasons.append(("between", total))
    unknown = int((~part["known"].astype(bool) & (part["kind"] != "land")).sum())
    if unknown:
        reasons.append(("unknown", unknown))
    if fewest and not reasons:
        reasons.append(("proven", fewest))
    return reasons


def _enter(  # noqa: PLR0913 - fills two tables of the caller
    code: str, drawn: _Drawn, here: pd.DataFrame, kept: dict[str, str], *, baseline: Plan | None, old: pd.Series,
    grids: list[dict[str, Any]], assignment: pd.Series,
) -> None:  # fmt: skip
    """Enter the grids of a community into the tables; a grid goes on under the old uid that gave most of it."""
    for uid in sorted(set(kept.values())):
        members = [atom for atom, to in kept.items() if to == uid]
        assignment[members] = uid
        kind = "exclusive" if set(here.loc[members, "kind"]) == {"exclusive"} else "comprehensive"
        grids.append(_grid(uid, code, kind, baseline))
    for members, uid in zip(drawn.grids, _uids(code, drawn.grids, here, old), strict=True):
        assignment[members] = uid
        grids.append(_grid(uid, code, "comprehensive", baseline))


def _uids(code: str, grids: list[list[str]], here: pd.DataFrame, old: pd.Series) -> list[str]:
    """Return a uid for each new grid: that of the old grid with which it shares most households, each given once."""
    weight = here["households"].astype("int64") * 1000 + 1
    overlap = []
    for at, members in enumerate(grids):
        shared = weight[members].groupby(old[members]).sum()
        overlap += [(-int(n), str(uid), at) for uid, n in shared.items() if uid != UNASSIGNED]
    taken: dict[int, str] = {}
    for _, uid, at in sorted(overlap):
        if at not in taken and uid not in taken.values():
            taken[at] = uid
    return [taken.get(at) or uid_of(code, members) for at, members in enumerate(grids)]


def _grid(uid: str, code: str, kind: str, baseline: Plan | None) -> dict[str, Any]:
    if baseline is not None and uid in baseline.grids.index:
        return {"uid": uid, **baseline.grids.loc[uid, list(GRID_COLUMNS)].to_dict()}
    return {"uid": uid, "code": "", "name": "", "kind": kind, "community": code, "locked": False, "valid_from": ""}


def _row(
    code: str, here: pd.DataFrame, assignment: pd.Series, old: pd.Series, norm: Norm, drawn: _Drawn
) -> tuple[Any, ...]:
    drawn_atoms = [atom for grid in drawn.grids for atom in grid]
    sizes = here.loc[drawn_atoms, norm.measure].groupby(assignment[drawn_atoms]).sum()
    inside = sizes[(sizes >= norm.low) & (sizes <= norm.high)]
    total = int(here[norm.measure].sum())
    normed = int(sizes.sum())
    too_large = here.loc[drawn_atoms, norm.measure]
    # so many grids reach the lower end at most, and each holds the upper end at most
    possible = normed - int(too_large[too_large > norm.high].sum())
    bound = min(possible, possible // norm.low * norm.high)
    status = "kept" if not drawn.grids else "optimal" if set(drawn.statuses) == {"optimal"} else "feasible"
    gap = max(drawn.gaps) if drawn.gaps and len(drawn.gaps) == len(drawn.statuses) else float("nan")
    known = [n for n in drawn.fewest if n is not None]
    fewest = sum(known) if drawn.fewest and len(known) == len(drawn.fewest) else None
    changed = (old[here.index] != UNASSIGNED) & (old[here.index] != assignment[here.index])
    moved = int(here.loc[changed.to_numpy(), norm.measure].sum())
    share = int(inside.sum())
    return (
        code, len(here), total, len(sizes), len(inside), share, bound, status, gap, fewest,
        tuple(sorted(_summed(drawn.reasons).items())), moved,
    )  # fmt: skip


def _summed(reasons: list[tuple[str, int]]) -> dict[str, int]:
    out: dict[str, int] = {}
    for kind, number in reasons:
        out[kind] = out.get(kind, 0) + number
    return out
