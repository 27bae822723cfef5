"""What "covered" and "all" can mean: every definition of numerator, denominator and weight, answered per item."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gridkit.audit.balance import grid_households
from gridkit.audit.doubt import STATUS_OF_KIND, Doubt
from gridkit.audit.grids import grid_kinds, holding, tied_to_grids
from gridkit.audit.proofs import SURE, TWICE, Grades, graded, of_codes, of_compounds
from gridkit.audit.rollup import UNCLASSED, UNPLACED
from gridkit.model.fields import COMMUNITY, COMPOUND, GRID, NO, STREET, UNKNOWN, YES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridkit.audit.evidence import Evidence
    from gridkit.audit.rollup import Items
    from gridkit.audit.scopes import Scopes
    from gridkit.model import Attributes, Coverage

    Levels = np.ndarray[Any, np.dtype[np.int8]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]
    Whole = np.ndarray[Any, np.dtype[np.int64]]

N, U, Y = 0, 1, 2
"""No, unknown and yes as numbers."""
WORDS: Final = np.array([NO, UNKNOWN, YES], dtype=object)
MEMBERS: Final = 3
"""Formal members from which a compound has a branch of its own, "以上" included (domain rule D1-3)."""
SERVED: Final = ("company", "public_benefit", "unit")
"""Property modes with property service; ``self`` and ``community`` look after themselves."""
MISSING: Final = -1
"""A weight that nobody knows: the item is excluded, never counted as none."""

OF_SUBJECT: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]] = {
    "compound": (
        ("named", "declared", "valid", "valid_confirmed", "own", "work", "work_valid"),
        ("all", "registry", "not_exempt", "members3", "eligible", "property"),
        ("compounds", "households", "residents", "area"),
    ),
    "grid": (("branch", "branch_or_group"), ("comprehensive", "all"), ("grids", "households", "area")),
}
"""Which numerators, denominators and weights belong together."""


@dataclass(frozen=True)
class Subject:
    """The items of one subject with every answer, in the order of ``items``.

    ``numerators`` and ``denominators`` hold ``N``, ``U`` or ``Y`` per item, ``machine`` per numerator whether the
    answer rests on links that no person decided, ``weights`` whole numbers (``MISSING`` where nobody knows).
    ``doubts`` are, per numerator, the mentions that name nothing known; ``community`` is that of each item.
    """

    name: str
    items: Items
    numerators: Mapping[str, Levels]
    denominators: Mapping[str, Levels]
    machine: Mapping[str, Flags]
    weights: Mapping[str, Whole]
    community: pd.Series
    doubts: Mapping[str, Doubt] = field(default_factory=dict)

    @cached_property
    def communities(self) -> tuple[Whole, list[str]]:
        """A number for the community of each item, and the names that the numbers stand for."""
        codes, names = pd.factorize(self.community.to_numpy(dtype=object))
        return codes.astype(np.int64), [str(name) for name in names]

    def frame(self) -> pd.DataFrame:
        """Return all answers by code: ``numerator.*``, ``denominator.*``, ``machine.*``, ``weight.*``, ``scope.*``."""
        index = pd.Index(self.items.ids, dtype="object", name="code")
        columns: dict[str, Any] = {f"numerator.{key}": WORDS[value] for key, value in self.numerators.items()}
        columns |= {f"denominator.{key}": WORDS[value] for key, value in self.denominators.items()}
        columns |= {f"machine.{key}": WORDS[np.where(value, Y, N)] for key, value in self.machine.items()}
        scopes = self.items.frame.assign(community=self.community.to_numpy(dtype=object))
        for level in scopes.columns:
            instead = UNCLASSED if level == "class" else UNPLACED
            column = scopes[level].to_numpy(dtype=object)
            columns[f"scope.{level}"] = np.where(column == "", instead, column)
        # As objects: texts that are guessed to be such are copied, which takes longer than to count the matrix.
        columns = {name: pd.Series(value, index=index, dtype="object") for name, value in columns.items()}
        for key, value in self.weights.items():
            columns[f"weight.{key}"] = pd.Series(pd.arrays.IntegerArray(value.copy(), value == MISSING), index=index)
        return pd.DataFrame(columns)

    def mentions(self) -> pd.DataFrame:
        """Return the mentions that name nothing known: ``subject``, ``numerator``, ``record``, ``community``."""
        parts = [d.mentions.assign(subject=self.name, numerator=name) for name, d in self.doubts.items()]
        columns = ["subject", "numerator", "record", "community"]
        return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns, dtype="object")


def _levels(yes: Flags, unknown: Flags) -> Levels:
    return np.where(yes, Y, np.where(unknown, U, N)).astype(np.int8)


def _of_words(values: pd.Series) -> Levels:
    found = values.to_numpy(dtype=object)
    return _levels(found == YES, found != NO)


def compound_subject(scopes: Scopes, evidence: Evidence, attributes: Attributes, coverage: Coverage) -> Subject:
    """Return every definition of the compounds.

    Notes
    -----
    ``valid_confirmed`` is unknown where the coverage is valid but no settled link proves it: nobody has looked, which
    is not the same as not covered. Where several records cover a compound, nobody knows which of them is valid, so all
    of them must be settled.
    """
    items = scopes.compounds
    ids = items.frame.index
    frame = coverage.frame.reindex(ids)
    values = attributes.frame.reindex(ids)
    via = pd.Series([found if isinstance(found, tuple) else () for found in frame["via"]], index=ids, dtype="object")
    grades, links = of_compounds(scopes.city, evidence.links, attributes, via=via, grids=items.frame[GRID])
    organisation, work, valid = (_of_words(frame[name]) for name in ("organisation", "work", "valid"))
    fine = np.minimum(organisation, valid)
    # As the indicators: where the coverage is open, whatever its validity would be stays open.
    fine = np.where(organisation == U, U, fine).astype(np.int8)
    fine_work = np.where(work == U, U, np.minimum(work, valid)).astype(np.int8)
    sure = np.where(grades.worst >= TWICE, Y, U)
    named, named_grades = _named(items, evidence, links, declared=organisation, grades=grades)
    numerators = {
        "named": named, "declared": organisation, "valid": fine,
        "valid_confirmed": np.minimum(fine, sure).astype(np.int8), "own": _own(coverage, frame, evidence),
        "work": work, "work_valid": fine_work,
    }  # fmt: skip
    one, every = grades.machine, grades.worst < SURE
    machine = dict.fromkeys(numerators, one) | {"named": named_grades.machine}
    machine |= dict.fromkeys(("valid", "valid_confirmed", "work_valid"), every)
    counted, any_status = Doubt.of(evidence, coverage.counts_as), Doubt.of(evidence, STATUS_OF_KIND.values())
    doubts = dict.fromkeys(("declared", "valid", "valid_confirmed"), counted)
    doubts |= dict.fromkeys(("named", "work", "work_valid"), any_status)
    doubts |= {"own": Doubt.of(evidence, ("OWN_BRANCH",))}
    return Subject("compound", items, numerators, _denominators(items, evidence, values), machine,
                   _compound_weights(scopes, items, values), items.frame[COMMUNITY], doubts)  # fmt: skip


def _named(
    items: Items, evidence: Evidence, links: pd.DataFrame, *, declared: Levels, grades: Grades
) -> tuple[Levels, Grades]:
    """Return which compounds a row of the branch registry names, whatever its kind and status, and how well proved."""
    branches = evidence.city.rows("branches").index.astype("object")
    rows = links[(links["level"] == COMPOUND) & (links["field"] == "covers")]
    rows = rows[rows["record"].isin(branches)]
    named = items.mask(rows["code"])
    open_ = evidence.waiting("branches", "covers", COMPOUND)["code"]
    pending = evidence.links.pending
    held = pending.loc[(pending["field"] == "covers") & (pending["level"] == COMPOUND), "code"]
    unknown = items.mask(open_) | items.mask(held) | (declared == U)
    directly = of_codes(rows, items.ids)
    best = np.where(named & (declared == Y), np.maximum(directly.best, grades.best),
                    np.where(named, directly.best, grades.best))  # fmt: skip
    return _levels(named | (declared == Y), unknown), Grades(best, best)


def _own(coverage: Coverage, frame: pd.DataFrame, evidence: Evidence) -> Levels:
    """Return which compounds have a branch of their own, be it the deciding one or not."""
    status = frame["status"].to_numpy(dtype=object)
    yes = status == "OWN_BRANCH"
    rules = {"OWN_BRANCH", *frame.loc[yes, "rule"].unique()}
    trace = coverage.trace
    if len(trace):
        at = np.flatnonzero(trace["held"].to_numpy(dtype=bool))
        rule, code = (trace[name].to_numpy(dtype=object)[at] for name in ("rule", "compound"))
        codes, names = pd.factorize(rule)
        met = np.isin(codes, [place for place, name in enumerate(names) if name in rules])
        yes = yes | np.isin(np.arange(len(frame)), frame.index.get_indexer(pd.Index(code[met], dtype="object")))
    kinds = evidence.city.with_pending().rows("branches")["branch_kind"]
    able = set(kinds.index[kinds.isin(("compound", ""))])
    perhaps = np.fromiter(
        (isinstance(found, tuple) and len(found) > 0 and not able.isdisjoint(found) for found in frame["open_via"]),
        dtype=bool, count=len(frame),
    )  # fmt: skip
    return _levels(yes, perhaps | (_of_words(frame["organisation"]) == U))


def _denominators(items: Items, evidence: Evidence, values: pd.DataFrame) -> dict[str, Levels]:
    size = len(items)
    kind = values["compound_type"].fillna("").to_numpy(dtype=object)
    members = values["formal_members"].astype("Int64")
    enough = (members >= MEMBERS).fillna(False).to_numpy(dtype=bool)
    eligible = values["eligible"].fillna(UNKNOWN).to_numpy(dtype=object)
    listed = items.mask(evidence.linked("compounds", "compound", COMPOUND)["code"])
    waiting = items.mask(evidence.waiting("compounds", "compound", COMPOUND)["code"])
    return {
        "all": np.full(size, Y, dtype=np.int8),
        "registry": _levels(listed, waiting),
        "not_exempt": _levels((kind != "unit") & ~np.isin(kind, ("", UNKNOWN)), np.isin(kind, ("", UNKNOWN))),
        "members3": _levels(enough, members.isna().to_numpy(dtype=bool)),
        "eligible": _levels(eligible == YES, eligible != NO),
        "property": _served(items, evidence, values),
    }


def _served(items: Items, evidence: Evidence, values: pd.DataFrame) -> Levels:
    """Return which compounds have property service: a row of the service table, a company, or the stated mode."""
    kind = "property_service"
    linked = items.mask(evidence.linked(kind, "compound", COMPOUND)["code"])
    waiting = items.mask(evidence.waiting(kind, "compound", COMPOUND)["code"])
    mode = values["property_mode"].fillna("").to_numpy(dtype=object)
    company = (values["property_company"].fillna("") != "") | (values["property_company_id"].fillna("") != "")
    silent = evidence.speaks_of(kind, items.frame[COMMUNITY].where(items.frame[COMMUNITY] != "", items.ids))
    none = np.isin(mode, ("none", "self", "community"))
    served = linked | np.isin(mode, SERVED) | company.to_numpy(dtype=bool)
    return _levels(served, waiting | ~(none | silent))


def _counts(values: pd.Series) -> Whole:
    return values.astype("Int64").fillna(MISSING).to_numpy(dtype=np.int64)


def _area(scopes: Scopes, level: str, items: Items) -> Whole:
    """Return whole square metres, ``MISSING`` for what is drawn as a point or not at all."""
    shapes = scopes.city.layers[level].frame.geometry.reindex(items.frame.index).to_numpy()
    area = np.nan_to_num(shapely.area(shapes))
    return np.where(area > 0, np.rint(area), MISSING).astype(np.int64)


def _compound_weights(scopes: Scopes, items: Items, values: pd.DataFrame) -> dict[str, Whole]:
    return {
        "compounds": np.ones(len(items), dtype=np.int64),
        "households": _counts(values["households"]),
        "residents": _counts(values["population"]),
        "area": _area(scopes, COMPOUND, items),
    }


def grid_subject(scopes: Scopes, evidence: Evidence, attributes: Attributes) -> Subject:
    """Return every definition of the grids; without a registry of branches nothing is known of any."""
    items = scopes.grids()
    kind = grid_kinds(scopes, items)
    links = graded(evidence.links)
    pending = evidence.links.pending
    hidden = items.mask(pending.loc[(pending["field"] == "covers") & (pending["level"] == GRID), "code"])
    numerators, machine, doubts = {}, {}, {}
    tied = tied_to_grids(evidence)
    for name in OF_SUBJECT["grid"][0]:
        records = tied[name]
        held, unknown = holding(items, evidence, records)
        numerators[name] = _levels(held, unknown | hidden)
        rows = links[(links["level"] == GRID) & (links["field"] == "covers")]
        machine[name] = of_codes(rows[rows["record"].isin(records.astype("object"))], items.ids).machine
        doubts[name] = Doubt.among(evidence, records, GRID)
    comprehensive = _levels((kind == "comprehensive").to_numpy(dtype=bool), (kind == "").to_numpy(dtype=bool))
    denominators = {"comprehensive": comprehensive, "all": np.full(len(items), Y, dtype=np.int8)}
    homes = grid_households(scopes, attributes, items)
    weights = {
        "grids": np.ones(len(items), dtype=np.int64),
        "households": _counts(homes),
        "area": _area(scopes, GRID, items),
    }
    items_of = items.frame[["class", STREET]]
    return Subject("grid", type(items)(items_of, items.known), numerators, denominators, machine, weights,
                   items.frame[COMMUNITY], doubts)  # fmt: skip
