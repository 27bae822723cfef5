"""Words of a filing: what an edit did, what became of a grid, and why a grid lies outside the band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gridkit.io.privacy import mask
from gridkit.locale import N_, gettext
from gridkit.locale import gettext as _
from gridkit.reports.words import labelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gridkit.model.plan import Edit, Norm

KINDS: Final[Mapping[str, str]] = {
    "comprehensive": N_("comprehensive grid"),
    "exclusive": N_("exclusive grid"),
    "basic": N_("basic grid"),
    "micro": N_("micro-grid"),
    "unit_cell": N_("unit grid"),
    "rural": N_("rural grid"),
}
RELATIONS: Final[Mapping[str, str]] = {
    "unchanged": N_("unchanged"),
    "boundary": N_("border moved"),
    "split": N_("split"),
    "merge": N_("merged"),
    "many": N_("rearranged"),
    "issued": N_("newly issued"),
    "retired": N_("retired"),
}
STATUSES: Final[Mapping[str, str]] = {"live": N_("live"), "retired": N_("retired"), "reserved": N_("reserved")}
OUTCOMES: Final[Mapping[str, str]] = {
    "same": N_("code unchanged"),
    "follows": N_("moved over: all of the old grid lies in this one"),
    "majority": N_("moved over to where most households are"),
    "decide": N_("to be decided: no new grid has more than half"),
    "unknown": N_("to be decided: no grid has this code"),
    "blank": N_("no code stated"),
}
MEASURES: Final[Mapping[str, str]] = {"households": N_("households"), "persons": N_("persons")}
_OPERATIONS: Final[Mapping[str, str]] = {
    "move": N_("{n} pieces of land moved to {grid}"),
    "merge": N_("{n} grids merged into {grid}: {grids}"),
    "split": N_("{grid} split into {n} parts"),
    "cut": N_("{atom} cut into {n} pieces along {m} lines"),
    "new": N_("new grid in community {community} of {n} pieces of land"),
    "retire": N_("{grid} retired"),
    "set_kind": N_("{grid} made a {kind}"),
    "lock": N_("{grid} locked"),
    "unlock": N_("{grid} unlocked"),
    "rename": N_("{grid} named {name}"),
    "undo": N_("edit {seq} undone"),
}
_TAKEN_OUT: Final = N_("{n} pieces of land taken out of their grids")
SHOWN: Final = 40
"""Characters of a name inside a sentence."""


def short(text: str) -> str:
    r"""Return a name as a sentence can hold it: one line, not too long.

    >>> short("a\nb"), len(short("x" * 10_000))
    ('a b', 41)
    """
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}…"


def grids_of(edit: Edit) -> list[str]:
    """Return the uids of the grids that an edit names."""
    args = edit.args
    named = [args.get(key) for key in ("to", "into", "grid")]
    return [str(uid) for uid in (*named, *(args.get("grids") or ())) if uid]


def edit_words(edit: Edit, call: Callable[[str], str]) -> str:
    """Return in one sentence what an edit did; ``call`` says code and name of a grid by its uid."""
    args = edit.args
    template = _TAKEN_OUT if edit.op == "move" and not args.get("to") else _OPERATIONS.get(edit.op)
    if template is None:
        return edit.op
    uids = grids_of(edit)
    values: dict[str, Any] = {
        "grid": call(uids[0]) if uids else _everything(args),
        "grids": _(", ").join(call(str(uid)) for uid in args.get("grids") or ()),
        "community": short(str(args.get("community", ""))),
        "atom": short(str(args.get("atom", ""))),
        "kind": labelled(KINDS, args.get("kind", "")),
        "name": short(str(args.get("name", ""))),
        "seq": args.get("seq", ""),
        "n": _count(edit),
        "m": len(args.get("lines") or ()),
    }
    return gettext(template).format(**values)


def _everything(args: Mapping[str, Any]) -> str:
    if args.get("community"):
        return _("every grid of community {community}").format(community=short(str(args["community"])))
    return _("every grid")


def _count(edit: Edit) -> int:
    for key in ("atoms", "grids", "parts", "households"):
        if edit.args.get(key):
            return len(edit.args[key])
    return len(edit.args.get("lines") or ()) + 1


def reason_words(edit: Edit) -> str:
    """Return the reason of an edit without what it says of persons, and the number of its document."""
    document = _("document {doc_no}").format(doc_no=short(edit.doc_no)) if edit.doc_no else ""
    return _("; ").join(part for part in (short(mask(edit.reason)), document) if part)


def outside_words(norm: Norm, size: Mapping[str, int], edit: Edit | None) -> str:
    """Return why a grid lies outside the band: what cannot be otherwise, else the last edit that touched it.

    Parameters
    ----------
    norm : Norm
    size : mapping of str to int
        ``largest`` (of its largest compound or piece of land) and ``community`` (of all its grids together).
    edit : Edit, optional
        The last one that stands and touched the grid.
    """
    if size["largest"] > norm.high:
        return _("one compound alone has {n}, above the limit, and is kept whole").format(n=f"{size['largest']:,}")
    if size["community"] < norm.low:
        return _("the whole community has {n}, fewer than one grid needs").format(n=f"{size['community']:,}")
    if edit is not None:
        return _("edit {seq}: {why}").format(seq=edit.seq, why=reason_words(edit) or _("no reason given"))
    return _("no reason on record")
