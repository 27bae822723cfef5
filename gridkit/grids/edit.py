"""One edit of a plan: what it may do, and the plan after it. The page of the redraw board speaks the same language."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from shapely.errors import ShapelyError

from gridkit.errors import UsageError
from gridkit.grids.cutting import cut_atom
from gridkit.grids.propose import uid_of
from gridkit.locale import N_
from gridkit.model.fields import VOCABULARIES
from gridkit.model.plan import GRID_COLUMNS, UNASSIGNED, Edit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gridkit.model.plan import Plan

ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "move": ("atoms", "to"),
    "merge": ("grids", "into"),
    "split": ("grid", "parts"),
    "cut": ("atom", "lines", "households"),
    "new": ("community", "kind", "atoms"),
    "retire": ("grid",),
    "set_kind": ("grid", "kind"),
    "lock": ("grid", "community"),
    "unlock": ("grid", "community"),
    "rename": ("grid", "name"),
    "undo": ("seq",),
}
"""What each operation is told; of lock and unlock one of the two, or neither for all grids."""

NAME_LENGTH: Final = 200


def apply_edit(plan: Plan, edit: Edit) -> Plan:
    """Return the plan after one edit.

    Parameters
    ----------
    plan : Plan
    edit : Edit
        Of any operation but ``undo``, which concerns a log (:mod:`gridkit.grids.replay`).

    Raises
    ------
    UsageError
        The edit names an atom or grid that is not there, touches a locked grid, joins two communities, retires a grid
        that has land, or its arguments are not those of its operation.

    Notes
    -----
    Whatever the edits, every atom stays in at most one grid and keeps its ground, so that no edit makes a gap or an
    overlap. A grid may fall apart or leave the band on the way: :func:`gridkit.grids.check.check` says so.
    """
    doing = _DOING.get(edit.op)
    args = dict(edit.args)
    strange = set(args) - set(ARGUMENTS.get(edit.op, ()))
    if doing is None or strange:
        raise UsageError(
            N_("edit {seq}: {op} with {args} is no edit that is known"),
            remedy=N_("use one of: {known}"), seq=edit.seq, op=edit.op, args=", ".join(sorted(args)) or "-",
            known=", ".join(sorted(_DOING)),
        )  # fmt: skip
    try:
        return doing(plan, args, edit)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, ShapelyError) as error:
        raise UsageError(
            N_("edit {seq}: {op} lacks or mistakes an argument: {what}"),
            remedy=N_("{op} needs {known}"), seq=edit.seq, op=edit.op, what=str(error)[:200],
            known=", ".join(ARGUMENTS[edit.op]),
        ) from error  # fmt: skip


def _atoms(plan: Plan, names: Sequence[str], edit: Edit) -> list[str]:
    if isinstance(names, str) or not names:
        raise ValueError("atoms")
    known = plan.atoms.frame.index
    strange = sorted({str(name) for name in names if str(name) not in known})
    if strange:
        raise UsageError(
            N_("edit {seq} ({op}): there is no atom {atom}"),
            remedy=N_("name atoms of this plan; it may be another base"),
            seq=edit.seq, op=edit.op, atom=", ".join(strange[:3]),
        )  # fmt: skip
    return sorted({str(name) for name in names})


def _grid(plan: Plan, uid: Any, edit: Edit) -> str:
    if uid not in plan.grids.index:
        found = plan.grids.index[plan.grids["code"] == str(uid)]
        if len(found) != 1:
            raise UsageError(
                N_("edit {seq} ({op}): there is no grid {grid}"),
                remedy=N_("name a grid of this plan by its uid or code"), seq=edit.seq, op=edit.op, grid=str(uid),
            )  # fmt: skip
        return str(found[0])
    return str(uid)


def _open(plan: Plan, uids: Sequence[str], edit: Edit) -> None:
    """Refuse to touch grids that are locked."""
    locked = sorted(uid for uid in set(uids) - {UNASSIGNED} if bool(plan.grids["locked"][uid]))
    if locked:
        raise UsageError(
            N_("edit {seq} ({op}): grid {grid} is locked"), remedy=N_("unlock it first"),
            seq=edit.seq, op=edit.op, grid=plan.grids["code"][locked[0]] or locked[0],
        )  # fmt: skip


def _one_community(plan: Plan, atoms: Sequence[str], code: str, edit: Edit) -> None:
    others = sorted(set(plan.atoms.frame["community"][list(atoms)]) - {code})
    if others:
        raise UsageError(
            N_("edit {seq} ({op}): land of community {other} cannot join a grid of community {code}"),
            remedy=N_("every grid belongs to one community; make a new grid there"),
            seq=edit.seq, op=edit.op, other=others[0], code=code,
        )  # fmt: skip


def _move(plan: Plan, args: dict[str, Any], edit: Edit) -> Plan:
    atoms, to = _atoms(plan, args["atoms"], edit), args["to"]
    if to != UNASSIGNED:
        to = _grid(plan, to, edit)
        _one_community(plan, atoms, str(plan.grids["community"][to]), edit)
    _open(plan, [*plan.assignment[atoms], to], edit)
    return _given(plan, {to: atoms})


def _given(plan: Plan, given: Mapping[str, Sequence[str]], grids: pd.DataFrame | None = None) -> Plan:
    assignment = plan.assignment.copy()
    for uid, atoms in given.items():
        assignment[list(atoms)] = uid
    return replace(plan, assignment=assignment, grids=plan.grids if grids is None else grids.sort_index())


def _members(plan: Plan, uid: str) -> list[str]:
    return [str(atom) for atom in plan.assignment.index[plan.assignment == uid]]


def _merge(plan: Plan, args: dict[str, Any], edit: Edit) -> Plan:
    grids = sorted({_grid(plan, uid, edit) for uid in args["grids"]})
    into = _grid(plan, args["into"], edit)
    _open(plan, [*grids, into], edit)
    atoms = [atom for uid in grids for atom in _members(plan, uid)]
    _one_community(plan, atoms, str(plan.grids["community"][into]), edit)
    left = plan.grids.drop(index=[uid for uid in grids if uid != into])
    return _given(plan, {into: atoms}, left)


def _split(plan: Plan, args: dict[str, Any], edit: Edit) -> Plan:
    uid = _grid(plan, args["grid"], edit)
    _open(plan, [uid], edit)
    parts = [_atoms(plan, part, edit) for part in args["parts"]]
    every = sorted(atom for part in parts for atom in part)
    if len(parts) < 2 or every != _members(plan, uid):
        raise UsageError(
            N_("edit {seq} (split): the parts are not exactly the land of grid {grid}"),
            remedy=N_("list every atom of the grid once, in two or more parts"), seq=edit.seq, grid=uid,
        )  # fmt: skip
    given: dict[str, list[str]] = {}
    grids = plan.grids
    for at, part in enumerate(parts[1:]):
        new = _fresh(plan, part, f"{edit.prev_hash}/{at}")
        row = {**plan.grids.loc[uid].to_dict(), "code": "", "name": "", "valid_from": "", "locked": False}
        grids = pd.concat([grids, _row(new, row)])
        given[new] = part
    return _given(plan, given, grids)


def _fresh(plan: Plan, atoms: Sequence[str], salt: str) -> str:
    """Return an identity that no grid has: made of where the log stood, so that a replay gives the same."""
    community = str(plan.atoms.frame["community"][atoms[0]]) if atoms else ""
    return uid_of(community, atoms, salt)


def _row(uid: str, values: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([values], index=pd.Index([uid], name="uid", dtype="object"))[list(GRID_COLUMNS)]


def _cut(plan: Plan, args: dict[str, Any], edit: Edit) -> Plan:
    atom = _atoms(plan, [args["atom"]], edit)[0]
    uid = str(plan.assignment[atom])
    _open(plan, [uid], edit)
    row = plan.atoms.frame.loc[atom]
    norm = plan.norm_of(str(row["community"]))
    if row["kind"] == "exclusive" or (row["kind"] in ("compound", "part") and row[norm.measure] <= norm.high):
        raise UsageError(
            N_("edit {seq} (cut): {atom} is kept whole"),
            remedy=N_("only land and compounds with more than {high} may be cut"),
            seq=edit.seq, atom=row["name"] or atom, high=norm.high,
        )  # fmt: skip
    try:
        atoms, new = cut_atom(plan.atoms, atom, args["lines"], args["households"])
    except ValueError as problem:
        raise _no_cut(str(problem), row, edit) from problem
    assignment = plan.assignment.drop(index=atom)
    assignment = pd.concat([assignment, pd.Series(uid, index=new, dtype="object")]).reindex(atoms.frame.index)
    return replace(plan, atoms=atoms, assignment=assignment.rename("grid"))


def _no_cut(what: str, row: pd.Series, edit: Edit) -> Exception:
    """Return what is said of a cut that :func:`cut_atom` refuses."""
    name = row["name"] or str(row.name)
    if what == "lines":
        return UsageError(
            N_("edit {seq} (cut): the lines do not cut {atom} in two"),
            remedy=N_("draw them across it, a little beyond its border on both sides"), seq=edit.seq, atom=name,
        )  # fmt: skip
    if what == "households":
        return UsageError(
            N_("edit {seq} (cut): the households of the pieces are not the {n} of {atom}"),
            remedy=N_("state one whole number for each piece, west to east, that add up to it, or none at all"),
            seq=edit.seq, atom=name, n=f"{int(row['households']):,}",
        )  # fmt: skip
    return ValueError(what)


def _new(plan: Plan, args: dict[str, Any], edit: Edit) -> Plan:
    atoms = _atoms(plan, args["atoms"], edit) if args.get("atoms") else []
    community = str(args["community"])
    if not (plan.atoms.frame["community"] == community).any():
        raise UsageError(
            N_("edit {seq} (new): there is no community {code}"), remedy=N_("name a community of this plan"),
            seq=edit.seq, code=community,
        )  # fmt: skip
    _one_community(plan, atoms, community, edit)
    _open(plan, list(plan.assignment[atoms]), edit)
    row = {
        "code": "",
        "name": "",
        "kind": _kind(args["kind"], edit),
        "community": community,
        "locked": False,
        "valid_from": "",
    }
    uid = uid_of(community, atoms, f"{edit.prev_hash}/new")
    return _given(plan, {uid: atoms}, pd.concat([plan.grids, _row(uid, row)]))


def _kind(kind: Any, edit: Edit) -> str:
    if kind not in VOCABULARIES["grid_kind"]:
        raise UsageError(
            N_("edit {seq} ({op}): {kind} is no kind of grid"), remedy=N_("use one of: {known}"),
            seq=edit.seq, op=edit.op, kind=str(kind), known=", ".join(VOCABULARIES["grid_kind"]),
        )  # fmt: skip
    return str(kind)


def _retire(plan: Plan, args: dict[str, Any], edit: Edit) -> Plan:
    uid = _grid(plan, args["grid"], edit)
    _open(plan, [uid], edit)
    if _members(plan, uid):
        raise UsageError(
            N_("edit {seq} (retire): grid {grid} still has land"), remedy=N_("move its land to other grids first"),
            seq=edit.seq, grid=plan.grids["code"][uid] or uid,
        )  # fmt: skip
    return replace(plan, grids=plan.grids.drop(index=uid))


def _set(plan: Plan, uids: Sequence[str], column: str, value: Any) -> Plan:
    grids = plan.grids.copy()
    grids.loc[list(uids), column] = value
    return replace(plan, grids=grids)


def _set_kind(plan: Plan, args: dict[str, Any], edit: Edit) -> Plan:
    uid = _grid(plan, args["grid"], edit)
    _open(plan, [uid], edit)
    return _set(plan, [uid], "kind", _kind(args["kind"], edit))


def _locked(*, value: bool) -> Callable[[Plan, dict[str, Any], Edit], Plan]:
    def doing(plan: Plan, args: dict[str, Any], edit: Edit) -> Plan:
        if "grid" in args:
            return _set(plan, [_grid(plan, args["grid"], edit)], "locked", value)
        uids = list(plan.grids.index)
        if "community" in args:
            uids = [uid for uid in uids if plan.grids["community"][uid] == args["community"]]
            if not uids:
                raise UsageError(
                    N_("edit {seq} ({op}): there is no grid in community {code}"),
                    remedy=N_("name a community of this plan"), seq=edit.seq, op=edit.op, code=str(args["community"]),
                )  # fmt: skip
        return _set(plan, uids, "locked", value)

    return doing


def _rename(plan: Plan, args: dict[str, Any], edit: Edit) -> Plan:
    uid = _grid(plan, args["grid"], edit)
    _open(plan, [uid], edit)
    return _set(plan, [uid], "name", str(args["name"])[:NAME_LENGTH])


_DOING: Final[Mapping[str, Callable[[Plan, dict[str, Any], Edit], Plan]]] = {
    "move": _move,
    "merge": _merge,
    "split": _split,
    "cut": _cut,
    "new": _new,
    "retire": _retire,
    "set_kind": _set_kind,
    "lock": _locked(value=True),
    "unlock": _locked(value=False),
    "rename": _rename,
}
