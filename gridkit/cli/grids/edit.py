"""``gridkit grids edit``: one change of a plan, with its reason, in a log that can be undone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from gridkit import errors
from gridkit.cli import options
from gridkit.cli.grids import shared
from gridkit.locale import N_, gettext

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridkit.model import Findings
    from gridkit.model.plan import Plan
    from gridkit.stores.plan_folder import Stored

KINDS = ("comprehensive", "exclusive", "basic", "micro", "unit_cell", "rural")
_WKT: Final = re.compile(
    r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\s*(Z|M|ZM)?\s*(\(|EMPTY)", re.IGNORECASE
)
"""How a geometry begins as text; anything else is the name of a file."""
NOWHERE = "-"
"""What ``--to`` says for no grid."""


class _Edit(click.Group):
    """``edit [PLAN] OP``: the plan of the working directory where an operation comes first."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] in self.commands and not Path(args[0]).exists():
            args = [".", *args]
        return super().parse_args(ctx, args)


def command() -> click.Group:
    """Build the command in the current language."""
    ops = {one.name: one for one in (_move(), _merge(), _split(), _cut(), _new(), *_plain(), *_locks(), _undo())}
    return _Edit(
        "edit",
        commands={str(name): one for name, one in ops.items()},
        params=[shared.source("plan"), options.lang()],
        callback=lambda plan: None,
        subcommand_metavar="OP [ARGS]...",
        short_help=gettext("Change a plan, with a log."),
        help=gettext(
            "Change a plan: every change keeps the ground covered, is a line of edits.jsonl with its reason and the "
            "number of the document that decides it, and can be undone.\n\n"
            "PLAN is a plan folder, or a project that names one (default: the working directory). Grids are named by "
            "uid, code, or a name that only one has. Says the new sizes and what the change makes wrong; exits with 1 "
            "where it makes something wrong, else with 0."
        ),
    )


def _op(name: str, callback: Callable[..., int], text: str, *params: click.Parameter) -> click.Command:
    more = [
        click.Option(["--reason"], default="", help=gettext("Why, for the log.")),
        click.Option(["--doc-no"], default="", help=gettext("Number of the document that decides it.")),
        click.Option(["--user"], default="", help=gettext("Who, as a role: names of persons do not belong here.")),
        click.Option(["--time"], default="", help=gettext("When, as 2024-06-30T09:00:00+08:00 (default: now).")),
        options.as_json(),
        options.lang(),
    ]
    return click.Command(name, callback=callback, params=[*params, *more], help=text)


def _grid() -> click.Argument:
    return click.Argument(["grid"])


def _move() -> click.Command:
    return _op(
        "move", move, gettext("Move atoms to another grid, or to none (--to -)."),
        click.Argument(["atoms"], metavar="ATOM...", nargs=-1, required=True),
        click.Option(["--to"], metavar="GRID", required=True, help=gettext("Grid that gets them.")),
    )  # fmt: skip


def _merge() -> click.Command:
    return _op(
        "merge", merge, gettext("Merge grids into one of them."),
        click.Argument(["grids"], metavar="GRID...", nargs=-1, required=True),
        click.Option(["--into"], metavar="GRID", required=True, help=gettext("Grid that goes on.")),
    )  # fmt: skip


def _split() -> click.Command:
    return _op(
        "split", split, gettext("Split a grid; the part with most households goes on under its name."), _grid(),
        click.Option(["--in", "count"], metavar="N", type=click.IntRange(min=2),
                     help=gettext("Find so many connected parts.")),
        click.Option(["--parts"], metavar="FILE", type=click.Path(path_type=Path),
                     help=gettext("Table of atoms and parts.")),
    )  # fmt: skip


def _cut() -> click.Command:
    return _op(
        "cut", cut, gettext("Cut land, or a compound larger than a grid may be, along a line."),
        click.Argument(["atom"]),
        click.Option(["--line"], metavar="WKT|FILE", required=True,
                     help=gettext("LINESTRING in metres of the plan or in degrees, or a file with lines, FILE or "
                                  "FILE!LAYER.")),
        click.Option(["--households"], metavar="N,N...", default="",
                     help=gettext("Households of the pieces, west to east (default: by area).")),
    )  # fmt: skip


def _new() -> click.Command:
    return _op(
        "new", new, gettext("Make a new grid, empty or of atoms."), click.Argument(["community"]),
        click.Argument(["atoms"], metavar="[ATOM]...", nargs=-1),
        click.Option(["--kind"], type=click.Choice(KINDS), default=KINDS[0], show_default=True,
                     help=gettext("Kind of the grid.")),
    )  # fmt: skip


def _plain() -> list[click.Command]:
    kind = click.Argument(["kind"], type=click.Choice(KINDS))
    return [
        _op("retire", lambda grid, **said: _done("retire", {"grid": grid}, said),
            gettext("Retire a grid that has no land."), _grid()),
        _op("set-kind", lambda grid, kind, **said: _done("set_kind", {"grid": grid, "kind": kind}, said),
            gettext("Set the kind of a grid."), _grid(), kind),
        _op("rename", lambda grid, name, **said: _done("rename", {"grid": grid, "name": name}, said),
            gettext("Give a grid another name."), _grid(), click.Argument(["name"])),
    ]  # fmt: skip


def _locks() -> list[click.Command]:
    def built(op: str, text: str) -> click.Command:
        return _op(
            op, lambda grid, community, everything, **said: lock(op, grid, community, everything, said), text,
            click.Argument(["grid"], required=False, default=""),
            click.Option(["--community"], metavar="CODE", default="", help=gettext("All grids of a community.")),
            click.Option(["--all", "everything"], is_flag=True, help=gettext("All grids.")),
        )  # fmt: skip

    return [
        built("lock", gettext("Lock a grid: neither edits nor proposals change it.")),
        built("unlock", gettext("Unlock a grid.")),
    ]


def _undo() -> click.Command:
    return _op("undo", lambda **said: _done("undo", {}, said), gettext("Undo the last change that stands."))


def move(atoms: tuple[str, ...], to: str, **said: Any) -> int:
    """Move atoms to another grid."""
    return _done("move", lambda plan: {"atoms": list(atoms), "to": "" if to == NOWHERE else shared.resolve(plan, to)},
                 said)  # fmt: skip


def merge(grids: tuple[str, ...], into: str, **said: Any) -> int:
    """Merge grids into one of them."""

    def args(plan: Plan) -> dict[str, Any]:
        one = shared.resolve(plan, into)
        return {"grids": sorted({one, *(shared.resolve(plan, name) for name in grids)}), "into": one}

    return _done("merge", args, said)


def split(grid: str, count: int | None, parts: Path | None, **said: Any) -> int:
    """Split a grid."""
    if (count is None) == (parts is None):
        raise errors.UsageError(N_("say how to split: --in N or --parts FILE"), remedy=N_("give one of the two"))

    def args(plan: Plan) -> dict[str, Any]:
        from gridkit.grids.suggest import split_in

        uid = shared.resolve(plan, grid)
        return {"grid": uid, "parts": split_in(plan, uid, count) if count else _parts(plan, parts or Path())}

    return _done("split", args, said)


def _parts(plan: Plan, file: Path) -> list[list[str]]:
    """Return the parts of a table of atoms, the one with most households first."""
    from gridkit.io.assignment import read_assignment

    table = read_assignment(file, atoms=set(plan.atoms.frame.index))
    size = plan.atoms.frame["households"]
    found = [[str(atom) for atom in atoms] for _, atoms in sorted(table.groupby(table).groups.items())]
    return sorted(found, key=lambda atoms: (-int(size[atoms].sum()), atoms))


def cut(atom: str, line: str, households: str, **said: Any) -> int:
    """Cut an atom along a line."""
    try:
        sizes = [int(part) for part in households.split(",")] if households else []
    except ValueError as problem:
        raise errors.UsageError(
            N_("{text} are no numbers of households"), remedy=N_("write them as 120,80"), text=households[:60]
        ) from problem
    return _done("cut", lambda plan: {"atom": atom, "lines": _lines(plan, line), "households": sizes}, said)


def _lines(plan: Plan, text: str) -> list[list[list[float]]]:
    """Return the lines of a text or file as coordinates in the metres of the plan, to the millimetre."""
    import geopandas as gpd
    import shapely

    from gridkit.geo.crs import LONLAT
    from gridkit.io.ground import read_shapes

    crs = plan.atoms.frame.crs
    if _WKT.match(text):
        shapes = gpd.GeoSeries([_line(text)], crs=crs)
        if (abs(shapes.total_bounds) <= 180).all():
            shapes = shapes.set_crs(LONLAT, allow_override=True).to_crs(crs)
    else:
        name, _, layer = (text, "", "") if Path(text).exists() else text.partition("!")
        if not name.strip() or not Path(name).exists():
            raise errors.InputError(
                N_("there is no such file"),
                place=name[:200],
                remedy=N_("name a file with lines, or write a LINESTRING"),
            )
        shapes = read_shapes(Path(name).name, Path(name).parent, crs.to_string(), layer=layer).geometry
    parts = shapely.get_parts(shapely.force_2d(shapes.to_numpy()))
    parts = parts[shapely.get_dimensions(parts) == 1]
    if not len(parts):
        raise errors.UsageError(N_("there is no line to cut along"), remedy=N_("write it as LINESTRING (x y, x y)"))
    return [[[round(x, 3), round(y, 3)] for x, y in shapely.get_coordinates(part).tolist()] for part in parts]


def _line(text: str) -> Any:
    """Return the line of a text."""
    import numpy as np
    import shapely

    try:
        with np.errstate(invalid="ignore"):
            shape = shapely.from_wkt(text)
    except (shapely.errors.ShapelyError, ValueError):
        shape = None
    if shape is None or shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        raise errors.UsageError(N_("{text} is no line"), remedy=N_("write it as LINESTRING (x y, x y)"), text=text[:60])
    return shape


def new(community: str, atoms: tuple[str, ...], kind: str, **said: Any) -> int:
    """Make a new grid."""
    return _done("new", {"community": community, "kind": kind, "atoms": list(atoms)}, said)


def lock(op: str, grid: str, community: str, everything: bool, said: dict[str, Any]) -> int:
    """Lock or unlock grids."""
    if sum((bool(grid), bool(community), everything)) != 1:
        raise errors.UsageError(
            N_("say what to lock: a grid, --community CODE or --all"), remedy=N_("give one of the three")
        )
    if grid:
        return _done(op, {"grid": grid}, said)
    return _done(op, {"community": community} if community else {}, said)


def _done(op: str, args: dict[str, Any] | Callable[[Plan], dict[str, Any]], said: dict[str, Any]) -> int:
    """Carry out a change, write the plan, and say what it did."""
    from gridkit import plans
    from gridkit.stores.plan_folder import write_plan

    context = click.get_current_context()
    path: Path = context.parent.params["plan"] if context.parent else Path()
    as_json = bool(said.pop("as_json", False))
    stored, folder = shared.open_stored(path)
    shared.note_board(folder)
    stated = args(stored.plan) if callable(args) else dict(args)
    if isinstance(stated.get("grid"), str):
        stated["grid"] = shared.resolve(stored.plan, stated["grid"])
    said["time"] = shared.moment(said["time"])
    after = plans.edited(stored, op, stated, **said)
    before = set(map(str, shared.finding_rows(plans.check_plan(stored))))
    findings = plans.check_plan(after)
    fresh = type(findings).of(
        row for row, shown in zip(findings.rows(), shared.finding_rows(findings), strict=True)
        if str(shown) not in before
    )  # fmt: skip
    write_plan(after, folder)
    touched = _touched(stored.plan, after.plan)
    if as_json:
        options.print_json(_document(after, touched, fresh))
    else:
        _show(after, touched, fresh)
    return errors.EXIT_FINDINGS if options.has_findings(fresh) else errors.EXIT_CLEAN


def _touched(before: Plan, after: Plan) -> list[str]:
    """Return the grids that hold other atoms than before, or are described in another way."""
    one, other = _members(before), _members(after)
    return sorted(uid for uid in other if one.get(uid) != other[uid])


def _members(plan: Plan) -> dict[str, tuple[Any, ...]]:
    atoms = plan.assignment.groupby(plan.assignment).groups
    rows = plan.grids.astype(str)
    return {str(uid): (*rows.loc[uid], *atoms.get(uid, ())) for uid in plan.grids.index}


def _document(after: Stored, touched: list[str], fresh: Findings) -> dict[str, Any]:
    from gridkit.grids.totals import totals

    table = after.plan.grids.join(totals(after.plan)).loc[touched]
    names = ("code", "name", "kind", "atoms", "households", "persons", "outside", "pieces")
    rows = [{"uid": uid, **{name: row[name] for name in names}} for uid, row in table.iterrows()]
    edit = after.log.edits[-1]
    return {"seq": edit.seq, "op": edit.op, "plan": after.plan.base, "grids": rows, "atoms": _pieces(after),
            "findings": shared.finding_rows(fresh)}  # fmt: skip


def _pieces(after: Stored) -> list[dict[str, Any]]:
    """Return the pieces into which the last edit has cut an atom, none where it was no cut."""
    edit, frame = after.log.edits[-1], after.plan.atoms.frame
    if edit.op != "cut":
        return []
    mine = frame.loc[frame.index.str.fullmatch(re.escape(str(edit.args["atom"])) + r"~\d+")]
    return [{"atom": str(atom), "households": int(row["households"]), "area": round(float(row["geometry"].area), 1)}
            for atom, row in mine.iterrows()]  # fmt: skip


def _show(after: Stored, touched: list[str], fresh: Findings) -> None:
    from gridkit.grids.totals import totals

    edit = after.log.edits[-1]
    click.echo(gettext("edit {seq} ({op})").format(seq=edit.seq, op=edit.op))
    for piece in _pieces(after):
        line = gettext("  atom {atom}: {n} households, {area} m²")
        click.echo(line.format(atom=piece["atom"], n=f"{piece['households']:,}", area=f"{piece['area']:,.0f}"))
    sums = totals(after.plan)
    for uid in touched[: shared.SHOWN]:
        click.echo("  " + shared.size_text(after.plan, uid, sums.loc[uid]))
    if len(touched) > shared.SHOWN:
        click.echo("  " + gettext("… and {n} more (--json lists them)").format(n=len(touched) - shared.SHOWN))
    if len(fresh):
        click.echo(gettext("what this makes wrong:"))
        shared.show_findings(fresh)
