"""The steps of drawing grids: atoms from the files of a project, a plan proposed, checked, edited and compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridkit.errors import InputError, UsageError
from gridkit.geo.crs import to_metric
from gridkit.grids.atoms import Built, build_atoms
from gridkit.grids.baseline import NO_CODE, from_layer, on_other_atoms
from gridkit.grids.check import check
from gridkit.grids.codes import empty_ledger
from gridkit.grids.drawn import Surroundings, check_drawn
from gridkit.grids.lineage import with_present
from gridkit.grids.propose import Proposal, Wish, propose
from gridkit.grids.replay import add, undo
from gridkit.io.person_numbers import mask_name_of_file, mask_numbers
from gridkit.io.vector import read_layer
from gridkit.locale import N_, gettext
from gridkit.model.fields import GRID
from gridkit.model.plan import LEDGER_COLUMNS, Atoms, Norm, Plan
from gridkit.plan_source import LOST, STEPS, Source, quiet, read_source
from gridkit.stores.plan_folder import Stored, plan_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gridkit.io.project import Project
    from gridkit.model import Findings

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Made:
    """Atoms of a city, the grids of today on them (None without a grid layer), and the atoms that these cut."""

    source: Source
    built: Built
    today: Plan | None
    cuts: pd.DataFrame

    @property
    def plan(self) -> Plan:
        """The grids of today, or atoms without a grid."""
        return self.today or without_grids(self.built.atoms, self.source.norm, self.source.norms)

    @property
    def communities(self) -> dict[str, str]:
        """Names of communities by code."""
        names = self.source.communities["name"].fillna("")
        return {str(code): str(name) for code, name in names.items() if str(name)}

    @property
    def settings(self) -> dict[str, Any]:
        """How the atoms were made, for ``plan.json``."""
        events = self.built.log["event"].value_counts().sort_index()
        made = {str(event): int(n) for event, n in events.items()}
        return {"made": {**made, **({"twice": len(self.source.twice)} if self.source.twice else {})}}


def without_grids(atoms: Atoms, norm: Norm, norms: Mapping[str, Norm]) -> Plan:
    """Return a plan in which no atom has a grid."""
    columns = ["uid", "code", "name", "kind", "community", "locked", "valid_from"]
    none = pd.Series("", index=atoms.frame.index, dtype="object", name="grid")
    return Plan(atoms, none, pd.DataFrame(columns=columns, dtype="object").set_index("uid"), norm, norms)


def make_atoms(project: Project, *, band: str = "", measure: str = "", progress: Progress = quiet) -> Made:
    """Cut the ground of a project's communities into atoms; see :func:`read_source`."""
    source = read_source(project, band=band, measure=measure, progress=progress)

    def cutting(code: str, done: int, total: int) -> None:
        progress(f"{gettext(STEPS[1])} {code}", done, total)

    built = build_atoms(
        source.communities, source.compounds, ground=source.ground, norm=source.norm, norms=source.norms,
        progress=cutting,
    )  # fmt: skip
    none = pd.DataFrame(columns=["atom", "grid", "other", "share"])
    if source.grids is None or source.grids.empty:
        return Made(source, built, None, none)
    plan, cuts = from_layer(built.atoms, source.grids, source.norm, norms=source.norms)
    return Made(source, built, plan, cuts)


def ledger_of(made: Made) -> pd.DataFrame:
    """Return the ledger of the codes that the layer of grids has, of grids without ground too: none is issued again."""
    ledger = with_present(empty_ledger(), made.today)
    if made.source.grids is None:
        return ledger
    known = set(ledger["code"])
    codes = [str(code) for code in made.source.grids.index if str(code) not in known]
    rows = [(code, "", code[:12], "live", *[""] * 5) for code in sorted(codes) if not code.startswith(NO_CODE)]
    more = pd.DataFrame(rows, columns=list(LEDGER_COLUMNS), dtype="object")
    return pd.concat([ledger, more]).sort_values("code", ignore_index=True)


def propose_plan(
    today: Plan, *, norm: Norm | None = None, baseline: Plan | None = None, communities: Sequence[str] = (),
    wish: Wish = Wish(), progress: Progress = quiet,  # noqa: B008 - a frozen value
) -> Proposal:  # fmt: skip
    """Propose the grids of a plan's atoms.

    Parameters
    ----------
    today : Plan
        Its atoms are drawn; where only some communities are, the grids of the others stay.
    norm : Norm, optional
        Another band than that of the plan; bands of single communities stay.
    baseline : Plan, optional
        What shall change least, on these atoms or others; None draws afresh.
    communities : sequence of str
        Codes of the communities to be drawn; all where none is named.
    wish : Wish
    progress : callable

    Raises
    ------
    UsageError
        There is no such community.
    """
    atoms, frame = today.atoms, today.atoms.frame
    unknown = sorted(set(communities) - set(frame["community"]))
    if unknown:
        raise UsageError(
            N_("there is no community {code}"), remedy=N_("name the code of a community of this plan"),
            code=", ".join(unknown[:3]),
        )  # fmt: skip
    mine = frame.loc[frame["community"].isin(communities)] if communities else frame
    edges = atoms.edges.loc[atoms.edges["a"].isin(mine.index)] if communities else atoms.edges
    some = Atoms(mine, edges)
    old = None if baseline is None else on_other_atoms(atoms, baseline)
    if old is not None and communities:
        here = old.assignment[mine.index]
        old = Plan(some, here, old.grids.loc[sorted(set(here) - {""})], old.norm, old.norms)

    def drawing(code: str, done: int, total: int) -> None:
        progress(f"{gettext(STEPS[2])} {code}", done, total)

    found = propose(some, norm or today.norm, norms=today.norms, baseline=old, wish=wish, progress=drawing)
    if not communities:
        return found
    rest = today.grids.loc[~today.grids["community"].isin(communities)]
    assignment = today.assignment.where(~frame["community"].isin(communities), "")
    assignment[mine.index] = found.plan.assignment
    # an atom of another community in a grid that was drawn anew would hold a grid that is no longer listed
    grids = pd.concat([rest, found.plan.grids]).sort_index()
    assignment = assignment.where(assignment.isin(grids.index), "").astype("object").rename("grid")
    return replace(found, plan=Plan(atoms, assignment, grids, today.norm, today.norms))


def locked(plan: Plan, uids: Sequence[str]) -> Plan:
    """Return a plan in which some grids are locked."""
    grids = plan.grids.copy()
    grids.loc[list(uids), "locked"] = True
    return replace(plan, grids=grids)


def check_layer(project: Project, path: Path | None, *, layer: str = "", band: str = "", measure: str = "",
                progress: Progress = quiet) -> tuple[Findings, int]:  # fmt: skip
    """Check grids drawn as polygons against the communities and compounds of a project.

    Parameters
    ----------
    project : Project
    path : pathlib.Path, optional
        Boundary file; None for the grid layer of the project.
    layer : str
        Layer of the file.
    band, measure, progress
        As of :func:`read_source`.

    Returns
    -------
    Findings
    int
        How many grids were checked.

    Raises
    ------
    InputError
        A file cannot be used, or there is nothing to check.
    """
    source = read_source(project, band=band, measure=measure, progress=progress)
    progress(gettext("checking"), 2, len(STEPS))
    if path is None:
        if source.grids is None:
            raise InputError(
                N_("the project has no layer of grids"), place="gridkit.toml",
                remedy=N_("name one with --layer FILE, or a folder of a plan"),
            )  # fmt: skip
        frame = source.grids
        table = pd.DataFrame({"code": list(frame.index), "name": list(frame["name"]), "kind": list(frame["grid_kind"])})
        shapes, lost = frame.geometry.to_numpy(), list(source.damaged)
    else:
        draft = read_layer(path.name, path.parent, GRID, layer=layer)
        rows, lost = draft.records.frame, [row for row in draft.records.notes if row["code"] == LOST]
        columns = {"code": "code", "name": "name", "kind": "grid_kind"}
        table = pd.DataFrame({
            to: rows[name].fillna("").astype(str).to_numpy() if name in rows else [""] * len(rows)
            for to, name in columns.items()
        })  # fmt: skip
        shapes = np.array(to_metric(draft.geometry, source.city.crs).to_numpy(), dtype=object)
        if len(shapes) and not shapely.STRtree(source.communities.geometry.to_numpy()).query(shapes).size:
            raise InputError(
                N_("no drawn grid lies in a community of the project"), place=mask_name_of_file(path.name),
                remedy=N_("name the layer of this city in its own coordinate system"),
            )  # fmt: skip
    table["code"] = ["" if code.startswith("~") else code for code in table["code"]]
    table.index = pd.Index([f"{name} #{at + 1}".strip() for at, name in enumerate(table["name"])])
    drawn = gpd.GeoDataFrame(table, geometry=shapes, crs=source.city.crs)
    around = Surroundings(source.communities, source.compounds, source.norm, source.norms)
    found = check_drawn(drawn, around)
    return (type(found).of([*found.rows(), *lost]) if lost else found), len(drawn)


def check_plan(stored: Stored) -> Findings:
    """Check a plan with its ledger."""
    return check(stored.plan, ledger=stored.ledger if len(stored.ledger) else None)


def edited(stored: Stored, op: str, args: Mapping[str, Any], **said: str) -> Stored:
    """Return a plan folder after one more edit; ``said`` are user, time, reason and doc_no.

    Numbers of persons in names and reasons are masked before they are logged: a log is filed as it stands.

    Raises
    ------
    UsageError
        The edit cannot be done.
    """
    said = {key: text if key == "time" else mask_numbers(text) for key, text in said.items()}
    args = {key: mask_numbers(value) if key == "name" else value for key, value in args.items()}
    if op == "undo":
        plan, log = undo(stored.base, stored.log, **said)
    else:
        plan, log = add(stored.plan, stored.log, op, args, **said)
    return replace(stored, plan=plan, log=log)


def stored_of(proposal: Proposal, ledger: pd.DataFrame | None = None) -> Stored:
    """Return a proposal as it is stored, without edits."""
    return plan_of(proposal.plan, ledger=ledger)
