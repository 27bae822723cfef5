"""How well each answer about a compound or grid is proved: by a person, by code and name, or by a machine's link alone.

A link is graded ``SURE`` (a person decided it, or no link was needed), ``TWICE`` (code and name say the same) or
``ALONE`` (accepted by the linker on one of them). A chain of links (a branch, its unit, the unit's premises) is as good
as its weakest link, and an answer as good as its best record.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gridkit.model.fields import COMPOUND, GRID

if TYPE_CHECKING:
    from gridkit.model import Attributes, City, Links

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

ALONE, TWICE, SURE = 0, 1, 2
_PAIRS: Final = ("record", "code", "grade")


@dataclass(frozen=True)
class Grades:
    """The best and the worst grade of the records behind each item, in the order of the items.

    Items that no record speaks of have ``SURE`` twice: there is no link that could be wrong.
    """

    best: Numbers
    worst: Numbers

    @property
    def machine(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which answers rest on links that no person decided."""
        return self.best < SURE


def graded(links: Links) -> pd.DataFrame:
    """Return the accepted links with their ``grade``.

    >>> from gridkit.model import Links
    >>> from gridkit.model.results import LINK_COLUMNS
    >>> ways = ("override", "code+name", "name+parent")
    >>> rows = [{"record": "a!1", "code": "c", "method": way, "accepted": True} for way in ways]
    >>> graded(Links(pd.DataFrame(rows, columns=list(LINK_COLUMNS))))["grade"].tolist()
    [2, 1, 0]
    """
    frame = links.frame
    frame = frame.loc[frame["accepted"].astype(bool).to_numpy(), ["record", "field", "level", "code", "method"]]
    said = frame["method"].astype("object")
    grades = {method: _grade(str(method)) for method in said.unique()}
    return frame.astype("object").assign(grade=said.map(grades).astype("int64"))


def _grade(method: str) -> int:
    parts = method.split("+")
    return SURE if "override" in parts else TWICE if {"code", "name"} <= set(parts) else ALONE


def of_compounds(
    city: City, links: Links, attributes: Attributes, *, via: pd.Series, grids: pd.Series
) -> tuple[Grades, pd.DataFrame]:
    """Return how well the coverage of each compound is proved, and the accepted links with their grades.

    Parameters
    ----------
    via : pandas.Series
        Tuples of the row ids that cover each compound, by compound.
    grids : pandas.Series
        The grid that each compound lies in, on the same index.
    """
    table = graded(links)
    pairs = _exploded(via)
    direct = table.loc[table["level"] == COMPOUND, list(_PAIRS)]
    found = _best(pairs, direct)
    rest = pairs[found < 0]
    if len(rest):
        found[found < 0] = _through(rest, table, city=city, attributes=attributes, grids=grids)
    return _folded(pairs["at"].to_numpy(np.int64), found, len(via)), table


def _exploded(via: pd.Series) -> pd.DataFrame:
    """Return one row per compound and record: ``at`` (position), ``record``, ``code``."""
    lengths = np.fromiter(map(len, via), dtype=np.int64, count=len(via))
    at = np.repeat(np.arange(len(via)), lengths)
    records = np.empty(len(at), dtype=object)
    records[:] = list(chain.from_iterable(via))
    return pd.DataFrame({"at": at, "record": records, "code": via.index.to_numpy(dtype=object)[at]})


def _places(known: pd.Index, values: pd.Series) -> Numbers:
    """Return where ``values`` stand in ``known``, -1 where not; as objects, as texts are slow at this."""
    return np.asarray(known.get_indexer(pd.Index(values, dtype="object")), dtype=np.int64)


def _best(pairs: pd.DataFrame, known: pd.DataFrame) -> Numbers:
    """Return the best grade that ``known`` has for each pair of record and code, -1 where it has none."""
    if known.empty or pairs.empty:
        return np.full(len(pairs), -1, dtype=np.int64)
    records, codes = (pd.Index(known[name].unique(), dtype="object") for name in ("record", "code"))

    def key(frame: pd.DataFrame) -> Numbers:
        one, other = _places(records, frame["record"]), _places(codes, frame["code"])
        return np.where((one < 0) | (other < 0), -1, one.astype(np.int64) * len(codes) + other)

    has, grades = key(known), known["grade"].to_numpy(np.int64)
    order = np.lexsort((grades, has))
    has, grades = has[order], grades[order]
    wanted = key(pairs)
    at = np.searchsorted(has, wanted, side="right") - 1
    hit = (at >= 0) & (has[at] == wanted) & (wanted >= 0)
    return np.where(hit, grades[at], -1)


def _through(
    pairs: pd.DataFrame, table: pd.DataFrame, *, city: City, attributes: Attributes, grids: pd.Series
) -> Numbers:
    """Return the grade of pairs that no link joins directly: through the grid or through the unit of the record.

    A record that is linked to nothing, such as a feature of the layer itself, needs no link.
    """
    grid = pairs.assign(code=grids.to_numpy(dtype=object)[pairs["at"].to_numpy()])
    found = _best(grid, table.loc[(table["level"] == GRID), list(_PAIRS)])
    chains = _unit_chains(table, city=city, attributes=attributes)
    found = np.maximum(found, _best(pairs, chains))
    linked = _places(pd.Index(table["record"].unique(), dtype="object"), pairs["record"]) >= 0
    return np.where(found >= 0, found, np.where(linked, ALONE, SURE))


def _unit_chains(table: pd.DataFrame, *, city: City, attributes: Attributes) -> pd.DataFrame:
    """Return branch -> its unit -> the compounds where the unit has premises, or which it owns."""
    units = table[table["level"] == "unit"]
    branch = units[units["record"].isin(city.rows("branches").index.astype("object"))]
    premises = city.rows("premises").index.astype("object")
    housed = units[units["record"].isin(premises)].merge(table[table["level"] == COMPOUND], on="record",
                                                         suffixes=("_unit", ""))  # fmt: skip
    housed["grade"] = housed[["grade_unit", "grade"]].min(axis=1)
    homes = pd.concat([housed[["code_unit", "code", "grade"]], _owned(table, city, attributes)], ignore_index=True)
    found = branch[["record", "code", "grade"]].merge(homes, left_on="code", right_on="code_unit",
                                                      suffixes=("_branch", ""))  # fmt: skip
    found["grade"] = found[["grade_branch", "grade"]].min(axis=1)
    return found[list(_PAIRS)]


def _owned(table: pd.DataFrame, city: City, attributes: Attributes) -> pd.DataFrame:
    """Return the units that own compounds, as good as the link of the row that states the owner."""
    rows, parts = city.rows("units"), []
    own = table[table["level"] == COMPOUND]
    for of_unit, of_compound in (("unit_id", "owner_unit_id"), ("name", "owner_unit")):
        owner = attributes.frame[of_compound]
        named = pd.DataFrame({"code": owner.index, of_unit: owner.to_numpy(dtype=object),
                              "record": attributes.origin[of_compound].to_numpy(dtype=object)})  # fmt: skip
        named = named[named[of_unit] != ""]
        if named.empty:
            continue
        units = rows.loc[rows[of_unit] != "", [of_unit]].astype("object").rename_axis("code_unit").reset_index()
        met = named.merge(units, on=of_unit)
        grade = _best(met, own[list(_PAIRS)])
        parts.append(met.assign(grade=np.where(grade < 0, SURE, grade))[["code_unit", "code", "grade"]])
    empty = pd.DataFrame({"code_unit": [], "code": [], "grade": []}, dtype="object")
    return pd.concat(parts, ignore_index=True) if parts else empty


def _folded(at: Numbers, grades: Numbers, size: int) -> Grades:
    best, worst = np.full(size, -1, dtype=np.int64), np.full(size, SURE, dtype=np.int64)
    np.maximum.at(best, at, grades)
    np.minimum.at(worst, at, grades)
    return Grades(np.where(best < 0, SURE, best), worst)


def of_codes(links: pd.DataFrame, ids: np.ndarray[Any, Any]) -> Grades:
    """Return how well the things ``ids`` are proved by graded ``links`` (``code``, ``grade``) that name them."""
    at = _places(pd.Index(ids, dtype="object"), links["code"])
    seen = at >= 0
    return _folded(at[seen].astype(np.int64), links["grade"].to_numpy(np.int64)[seen], len(ids))
