"""What would make the claim of full coverage true: branches to found, compounds to join, instructors to send."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gridkit.audit.joining import Limits, join_neighbours
from gridkit.locale import N_, gettext
from gridkit.model.fields import COMMUNITY, COMPOUND, NO, YES
from gridkit.model.proof import PLAN_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gridkit.model import Attributes, City, Coverage, Places
    from gridkit.rules.ruleset import RuleSet

KINDS: Final = ("own", "joint", "unit", "instructor", "unknown", "check")
"""What a row of the plan asks for, in the order of the plan."""
SENTENCES: Final[Mapping[str, str]] = {
    "own": N_("{members} formal members, enough for a branch of its own"),
    "own_unstated": N_(
        "{members} formal members, enough for a branch of its own; whether it is eligible is not stated"
    ),
    "own_large": N_("{members} formal members, more than one branch may have: {branches} branches"),
    "joint": N_("{n} neighbouring compounds within {span} m, together {members} formal members"),
    "by_unit": N_("run by a unit: found no branch, take its organisation into the big committee or sign an agreement"),
    "few": N_("no neighbours with which it would have enough members: an instructor gives work coverage only"),
    "alone": N_("no other uncovered compound near enough: an instructor gives work coverage only"),
    "many": N_("not eligible, and too many members for a joint branch: an instructor gives work coverage only"),
    "members": N_("its number of formal members is not known: find it out first"),
    "place": N_("its place or community is not known, so its neighbours are not either: find it out first"),
    "check": N_("whether it is covered is not known: decide the open rows first"),
}
"""Why a row of the plan asks for what it asks."""
_MAYBE: Final = N_("{text} ({n} of them may be covered already)")


class _Compound(NamedTuple):
    """One compound of the plan."""

    code: str
    community: str
    members: int | None
    possible: bool
    why: str


def say_need(because: Mapping[str, Any]) -> str:
    """Return in the reader's language why the plan asks for this.

    >>> say_need({"why": "joint", "n": 3, "span": 420, "members": 4, "possible": 0})
    '3 neighbouring compounds within 420 m, together 4 formal members'
    """
    text = gettext(SENTENCES[str(because["why"])]).format(**because)
    possible = because.get("possible", 0)
    return gettext(_MAYBE).format(text=text, n=possible) if possible else text


def plan_needed(
    city: City, places: Places, attributes: Attributes, coverage: Coverage, shades: pd.DataFrame, *, ruleset: RuleSet
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return what would make the claim of full coverage true, and how few of each would do.

    Parameters
    ----------
    city, places, attributes, coverage
        Of one run.
    shades : pandas.DataFrame
        From :func:`gridkit.audit.shades.shade`: everything that is not ``covered`` is in the plan, exactly once.
    ruleset : RuleSet
        Its thresholds: least members of a branch, most compounds, members and metres of a joint one.

    Returns
    -------
    tuple of pandas.DataFrame and dict of int
        ``PLAN_COLUMNS``: ``kind`` (one of :data:`KINDS`), ``community`` (code), ``compounds`` (tuple of codes),
        ``members`` (formal members together, ``<NA>`` where not known), ``because`` (dict for :func:`say_need`:
        ``why``, ``n``, ``span`` in whole metres rounded up, ``members``, ``possible``: how many may be covered
        already). The bounds: ``uncovered`` compounds in the plan; rows of each kind (``joint_planned`` for joint
        ones); ``joint_compounds`` that the joint ones cover; ``joint_least`` and ``instructor_least``.

    Notes
    -----
    Let m compounds of a community be covered by its planned joint branches. A joint branch covers at most u compounds
    and has at most c members, so any plan that covers m or more of them this way needs at least m/u branches, rounded
    up; and as the members of any m compounds are at least the sum s of the m smallest numbers, at least s/c. The
    greater of the two, summed over the communities (no joint branch crosses them), is ``joint_least``.
    A joint branch needs t members, so a community whose n joinable compounds have S members has at most S/t joint
    branches, rounded down, which leave at least n - u * floor(S/t) compounds; and a compound with no other joinable one
    within the span can be in none. The greater of the two numbers, summed, is ``instructor_least``. The plan is
    greedy: it reaches the bounds often, not always. An exact plan needs the pairing of all compounds at once.
    Both bounds speak of new foundings: a joint branch that exists and has room could take some compounds in.
    """
    table = _table(city, places, attributes, coverage, shades)
    limit = Limits.of(ruleset.thresholds)
    table["kind"], table["why"] = _sorted_out(table, limit)
    rows = [_row([code], kind, limit) for code, kind in _codes(table[table["kind"] != "join"])]
    bounds = dict.fromkeys(("uncovered", "own", "joint_least", "joint_planned", "joint_compounds", "unit",
                            "instructor_least", "instructor", "unknown", "check"), 0)  # fmt: skip
    for _, here in table[table["kind"] == "join"].groupby(COMMUNITY, sort=True):
        codes = [code for code, _ in _codes(here)]
        members = here["members"].to_numpy(np.int64)
        groups, lone = join_neighbours(here[["x", "y"]].to_numpy(), members, limit)
        rows += [_row([codes[at] for at in group], "joint", limit, span=span) for group, span in groups]
        rows += [
            _row([codes[at]._replace(why="alone" if lonely else "few")], "instructor", limit) for at, lonely in lone
        ]
        covered = sum(len(group) for group, _ in groups)
        least, left = _least(members, covered, sum(lonely for _, lonely in lone), limit)
        bounds["joint_compounds"] += covered
        bounds["joint_least"] += least
        bounds["instructor_least"] += left
    bounds["instructor_least"] += int((table["kind"] == "instructor").sum())
    plan = pd.DataFrame(rows, columns=list(PLAN_COLUMNS))
    order = plan["kind"].map({kind: at for at, kind in enumerate(KINDS)})
    plan = plan.assign(order=order).sort_values(["order", "community", "compounds"], ignore_index=True)
    for kind, n in plan["kind"].value_counts().items():
        bounds["joint_planned" if kind == "joint" else str(kind)] = int(n)
    bounds["uncovered"] = len(table)
    return plan[list(PLAN_COLUMNS)].astype({"members": "Int64"}), bounds


def _table(
    city: City, places: Places, attributes: Attributes, coverage: Coverage, shades: pd.DataFrame
) -> pd.DataFrame:
    """Return the compounds that are not covered, sorted by code: what the plan asks of them."""
    codes = shades.index[shades["shade"] != "covered"].sort_values()
    shapes = city.layers[COMPOUND].frame.geometry.reindex(codes).to_numpy()
    centres = shapely.centroid(shapes)
    frame = attributes.frame.reindex(codes)
    return pd.DataFrame({
        "organisation": coverage.frame["organisation"].reindex(codes),
        "possible": (shades["shade"].reindex(codes) == "possible").to_numpy(),
        COMMUNITY: places.frame[COMMUNITY].reindex(codes).fillna("").astype(object),
        "members": frame["formal_members"].astype("Int64"), "eligible": frame["eligible"],
        "unit": (frame["compound_type"] == "unit").to_numpy(),
        "x": shapely.get_x(centres), "y": shapely.get_y(centres),
    }, index=codes)  # fmt: skip


def _sorted_out(table: pd.DataFrame, limit: Limits) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the kind of each compound (``join`` for those that neighbours may take up), and why."""
    members = table["members"].fillna(0)
    enough = (members >= limit.least) & (table["eligible"] != NO)
    cases = (
        (table["organisation"] != NO, "check", "check"),
        (table["unit"], "unit", "by_unit"),
        (table["members"].isna(), "unknown", "members"),
        (enough & (members > limit.most), "own", "own_large"),
        (enough & (table["eligible"] == YES), "own", "own"),
        (enough, "own", "own_unstated"),
        (members > limit.most, "instructor", "many"),
        ((table[COMMUNITY] == "") | ~np.isfinite(table["x"]), "unknown", "place"),
    )
    conditions = [np.asarray(condition, dtype=bool) for condition, _, _ in cases]
    kinds = np.select(conditions, [kind for _, kind, _ in cases], "join").astype(object)
    return kinds, np.select(conditions, [why for _, _, why in cases], "joint").astype(object)


def _codes(table: pd.DataFrame) -> Iterator[tuple[_Compound, str]]:
    """Yield every compound of a table, and its kind."""
    members = [None if pd.isna(one) else int(one) for one in table["members"]]
    rows = zip(table.index, table[COMMUNITY], members, table["possible"], table["why"], table["kind"], strict=True)
    for code, community, number, possible, why, kind in rows:
        yield _Compound(str(code), str(community), number, bool(possible), str(why)), str(kind)


def _row(some: Sequence[_Compound], kind: str, limit: Limits, *, span: float = 0.0) -> dict[str, Any]:
    """Return one row of the plan."""
    known = [one.members for one in some if one.members is not None]
    members = sum(known) if len(known) == len(some) else None
    because: dict[str, Any] = {
        "why": some[0].why,
        "n": len(some),
        "span": math.ceil(span),
        "possible": 0 if kind == "check" else sum(one.possible for one in some),
    }
    if members is not None:
        because |= {"members": members, "branches": max(1, -(-members // limit.most))}
    values = (kind, some[0].community, tuple(one.code for one in some), members, because)
    return dict(zip(PLAN_COLUMNS, values, strict=True))


def _least(members: np.ndarray[Any, Any], covered: int, isolated: int, limit: Limits) -> tuple[int, int]:
    """Return the least joint branches that cover as many, and the least compounds that stay without (see the notes).

    >>> _least(np.array([1, 1, 1, 0, 0, 0, 3]), 6, 1, Limits(3, 5, 50, 1500.0))
    (2, 1)
    >>> _least(np.array([1, 0, 1]), 0, 0, Limits(3, 5, 50, 1500.0))
    (0, 3)
    """
    smallest = int(np.sort(members)[:covered].sum())
    least = max(-(-covered // limit.units), -(-smallest // limit.most)) if covered else 0
    groups = int(members.sum()) // limit.least if limit.least else len(members)
    return least, max(isolated, len(members) - limit.units * groups, 0)
